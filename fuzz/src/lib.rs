//! What the fuzz targets do with their input.

pub mod graph;
/// Taken by its path and not from the testkit, which would bring HTTP and an async runtime into every fuzz build.
#[path = "../../crates/tlsmith-testkit/src/null_crypto.rs"]
pub mod null_crypto;
pub mod roles;
pub mod sessions;
pub mod tickets;

use std::sync::OnceLock;

use tlsmith_crypto::{AeadAlgorithm, HashAlgorithm, KeyType, Provider, SignatureAlgorithm, aws_lc::AwsLc};
use tlsmith_x509::{
    Certificate, PathRequest, Profile, Purpose, ServerName, SubjectPublicKeyInfo, TrustAnchors, UnixTime,
    ct::{CtPolicy, LogList, Transparency, Verdict, sct},
    revocation::{Crl, Revocation, RevocationPolicy, RevocationScope, RevocationStatus, Stapling, ocsp::OcspResponse},
};

use null_crypto::NullCrypto;

/// A time at which the certificates in `data` are valid.
pub const NOW: UnixTime = UnixTime(1_800_000_000);

/// Protected records of TLS 1.2; the first byte says with which kind of nonce and tag.
pub fn tls12_records(data: &[u8]) {
    let Some((choice, records)) = data.split_first() else { return };
    let (algorithm, fixed_iv) = match choice % 3 {
        0 => (AeadAlgorithm::Aes128Gcm, &[7; 12][..4]),
        1 => (AeadAlgorithm::Aes128Ccm8, &[7; 12][..4]),
        _ => (AeadAlgorithm::ChaCha20Poly1305, &[7; 12][..]),
    };
    let provider = NullCrypto::default();
    let key = || provider.aead(algorithm, &[1; 32][..algorithm.key_len()]).expect("a key of the right length");
    tlsmith::fuzzing::tls12_records(&key, fixed_iv, &mut records.to_vec());
}

/// Parses a certificate and asks it everything.
pub fn certificate(data: &[u8]) {
    let Ok(certificate) = Certificate::from_der(data) else { return };
    assert_eq!(certificate.der(), data);
    // What is shown to people holds nothing that a terminal would obey.
    for shown in [
        certificate.subject(),
        certificate.issuer(),
        certificate.key_description(),
        certificate.signature_description(),
        certificate.sans().join(","),
        certificate.not_before().to_string(),
        certificate.not_after().to_string(),
    ] {
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }
    for name in names() {
        certificate.covers(name);
    }
    let _ = (
        format!("{certificate:?}"),
        certificate.dns_names(),
        certificate.common_name(),
        certificate.version(),
        certificate.serial(),
        certificate.spki(),
        certificate.public_key(),
        certificate.key_type(),
        certificate.pss_hash(),
        certificate.is_ca(),
        certificate.is_self_issued(),
        certificate.allows_digital_signature(),
        certificate.signature_algorithm(),
        certificate.signature_algorithm_under(&certificate),
        certificate.authority_key_id(),
        certificate.subject_key_id(),
        certificate.sha256(&NullCrypto::default()),
        certificate.raw_extensions().count(),
    );
}

/// Reads a CRL, looks up what it lists, and judges a chain by it.
pub fn crl(data: &[u8]) {
    let crl = match Crl::from_der(data) {
        Ok(crl) => crl,
        Err(error) => return one_line(&error.to_string()),
    };
    assert_eq!(crl.der(), data);
    assert_eq!(crl.entries().count(), crl.len());
    for entry in crl.entries() {
        assert!(crl.find(&entry.serial).is_some());
    }
    for shown in [Some(crl.issuer()), Some(crl.signature_description()), crl.scope_description()] {
        shown.iter().for_each(|text| one_line(text));
    }
    for issuer in chain() {
        if let Err(refusal) = crl.verify(&NullCrypto::default(), issuer, NOW) {
            one_line(&refusal.to_string());
        }
    }
    let crls = [crl];
    let revocation = Revocation { policy: RevocationPolicy::Require, crls: &crls, ..Revocation::default() };
    judged_by(revocation, None);
}

/// Reads an OCSP response, verifies it, and judges a chain that came with it. What it shows steers no terminal.
pub fn ocsp(data: &[u8]) {
    match OcspResponse::from_der(data) {
        Ok(response) => {
            one_line(&response.responder.to_string());
            assert!(response.statuses.iter().all(|single| !single.serial.is_empty()));
            for [certificate, issuer] in chain().array_windows() {
                if let Err(refusal) = response.verify(&NullCrypto::default(), certificate, issuer, NOW) {
                    one_line(&refusal.to_string());
                }
            }
        }
        Err(error) => one_line(&error.to_string()),
    }
    let (policy, scope) = (RevocationPolicy::Require, RevocationScope::Leaf);
    judged_by(Revocation { policy, scope, stapling: Stapling::Asked, ..Revocation::default() }, Some(data));
}

/// Whatever is trusted under this has a leaf that somebody called good.
fn judged_by(revocation: Revocation<'_>, ocsp_response: Option<&[u8]>) {
    let request =
        PathRequest { revocation, ocsp_response, ..PathRequest::new(chain(), anchors(), Purpose::ServerAuth, NOW) };
    let report = tlsmith_x509::verify(&NullCrypto::default(), &request);
    for finding in &report.findings {
        one_line(&finding.message);
    }
    let good = report.revocation.first().is_some_and(|known| known.status == RevocationStatus::Good);
    assert!(!report.is_trusted() || good);
}

/// Reads a list of timestamps, and judges a certificate that came with it.
pub fn sct_list(data: &[u8]) {
    match sct::parse_list(data) {
        Ok(entries) => assert!(!entries.is_empty()),
        Err(error) => one_line(&error.to_string()),
    }
    let (Some(leaf), policy) = (chain().first(), CtPolicy::default()) else { return };
    let request = PathRequest {
        transparency: Some(Transparency { logs: logs(), policy: &policy, required: true }),
        sct_list: Some(data),
        ..PathRequest::new(chain(), anchors(), Purpose::ServerAuth, NOW)
    };
    let report = tlsmith_x509::verify(&NullCrypto::default(), &request);
    // Whatever others say, nobody but the leaf is at the beginning of the path.
    assert!(report.path.first().is_none_or(|first| first == leaf));
    for finding in &report.findings {
        one_line(&finding.message);
    }
    let valid = report.scts.iter().filter(|sct| sct.verdict == Verdict::Valid).count();
    assert!(!report.is_trusted() || valid >= policy.delivered);
}

/// Reads a list of CT logs.
pub fn log_list(data: &[u8]) {
    let logs = match LogList::from_json(&AwsLc, data) {
        Ok(logs) => logs,
        Err(error) => return one_line(&error.to_string()),
    };
    for (id, log) in logs.logs() {
        assert_eq!(id.0, log.key.sha256(&AwsLc));
        for shown in [&log.description, &log.operator, &log.url, &log.state.to_string()] {
            assert!(!shown.chars().any(char::is_control), "{shown:?}");
        }
        let _ = log.operator_at(NOW);
    }
    // The order that a map of logs has by chance makes no difference.
    assert_eq!(LogList::from_json(&AwsLc, data).map(|again| again.fingerprint()), Ok(logs.fingerprint()));
}

/// Parses a public key by itself, asks it everything, and verifies with it.
pub fn spki(data: &[u8]) {
    let Ok(key) = SubjectPublicKeyInfo::from_der(data) else { return };
    assert_eq!(key.der(), data);
    for shown in [key.key_description(), key.usable().map_or_else(|why| why, |kind| kind.to_string())] {
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }
    if key.usable().is_ok() {
        assert!(key.key_type().is_some() && !key.public_key().is_empty());
    }
    let _ = (format!("{key:?}"), key.pss_hash(), key.sha256(&NullCrypto::default()));
    // The real backend reads the key; no signature of zeros is one.
    let algorithm = match key.key_type() {
        Some(KeyType::Ecdsa(curve)) => SignatureAlgorithm::Ecdsa(curve, HashAlgorithm::Sha256),
        Some(KeyType::Ed25519) => SignatureAlgorithm::Ed25519,
        Some(KeyType::MlDsa44) => SignatureAlgorithm::MlDsa44,
        Some(KeyType::MlDsa65) => SignatureAlgorithm::MlDsa65,
        Some(KeyType::MlDsa87) => SignatureAlgorithm::MlDsa87,
        Some(KeyType::Rsa { .. } | KeyType::RsaPss { .. }) => SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256),
        _ => return,
    };
    assert!(AwsLc.verify(algorithm, key.public_key(), b"message", &[0; 64]).is_err());
}

/// The passphrase of the seeds that have one.
pub const PASSPHRASE: &str = "geheim";

/// Reads a certificate file.
pub fn pem(data: &[u8]) {
    match tlsmith_x509::pem::certificates(data) {
        Ok(certificates) => assert!(!certificates.is_empty()),
        Err(error) => one_line(&error.to_string()),
    }
    let _ = TrustAnchors::from_pem(data);
}

/// Reads a key file, and signs with what was loaded.
pub fn key(data: &[u8]) {
    let provider: &dyn Provider = &AwsLc;
    if let Err(error) = tlsmith_x509::pem::private_key(provider, data) {
        one_line(&error.to_string());
    }
    let Ok(key) = provider.load_key(data) else { return };
    assert!(!key.spki().is_empty() && !key.public_key().is_empty());
    let _ = key.key_type().to_string();
}

/// Reads a file of any kind, under a passphrase; [`PASSPHRASE`] opens the seeds.
pub fn container(data: &[u8]) {
    let mut asked = 0;
    let contents = tlsmith_pki::container::read(data, &mut || {
        asked += 1;
        Some(zeroize::Zeroizing::new(PASSPHRASE.to_owned()))
    });
    assert!(asked <= 1);
    match contents {
        Ok(contents) => {
            assert!(contents.keys.len() <= tlsmith_pki::container::MAX_KEYS);
            for key in &contents.keys {
                // What was accepted reads as itself again.
                let again = tlsmith_pki::PrivateKey::from_der(key.pkcs8());
                assert!(again.is_ok_and(|again| again.pkcs8() == key.pkcs8()));
            }
            for request in &contents.requests {
                let _ = (request.subject(), request.sans(), request.extension_details());
                let _ = request.verify(&AwsLc);
            }
            contents.skipped.iter().for_each(|skipped| one_line(&skipped.why.to_string()));
        }
        Err(error) => one_line(&error.to_string()),
    }
}

/// Reads a name.
pub fn name(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(name) = text.parse::<ServerName>() {
        // What was accepted reads as itself again.
        assert_eq!(name.to_string().parse(), Ok(name));
    }
    if let Some(certificate) = chain().first() {
        for name in names() {
            certificate.covers(name);
        }
    }
}

/// Certificates one after the other, each with its length before it, where a bit of the first byte a certificate makes it an
/// anchor; or, by a bit of the second byte, a graph of certificates that are made of few bytes each.
pub fn path(data: &[u8]) {
    let Some(([flags, options], mut rest)) = data.split_first_chunk::<2>().map(|(first, rest)| (*first, rest)) else {
        return;
    };
    let mut anchors = TrustAnchors::new();
    let (mut sent, mut known) = (Vec::new(), Vec::new());
    let choices = if options & 128 == 0 { &[][..] } else { std::mem::take(&mut rest) };
    for choices in choices.as_chunks::<{ graph::SIZE }>().0.iter().take(64) {
        match graph::certificate(*choices) {
            Some((graph::Place::Sent, certificate)) => sent.push(certificate),
            Some((graph::Place::Known, certificate)) => known.push(certificate),
            Some((graph::Place::Anchor, certificate)) => anchors.add(certificate),
            None => {}
        }
    }
    for index in 0..40_u32 {
        let Some((length, after)) = rest.split_first_chunk::<2>() else { break };
        let Some((der, after)) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { break };
        rest = after;
        let Ok(certificate) = Certificate::from_der(der) else { continue };
        if flags >> (index % 8) & 1 == 1 {
            anchors.add(certificate);
        } else {
            sent.push(certificate);
        }
    }
    let purpose = if options & 1 == 0 { Purpose::ServerAuth } else { Purpose::ClientAuth };
    let mut profile = if options & 8 == 0 { Profile::private() } else { Profile::web() };
    profile.policies.require_explicit = options & 16 != 0;
    profile.policies.inhibit_any = options & 32 != 0;
    profile.policies.acceptable.extend((options & 64 != 0).then(|| "2.23.140.1.2.1".parse().expect("an OID")));
    let request = PathRequest {
        name: names().get(usize::from(options >> 1) % 4).map(Into::into),
        profile: &profile,
        known: &known,
        ..PathRequest::new(&sent, &anchors, purpose, NOW)
    };
    let report = tlsmith_x509::verify(&NullCrypto::default(), &request);
    let (work, budget) = (report.work, request.budget);
    assert!(work.signatures <= budget.signatures && work.candidates <= budget.candidates, "{work}");
    assert!(work.name_comparisons <= budget.name_comparisons, "{work}");
    for finding in &report.findings {
        assert!(finding.certificate.is_none_or(|index| index < sent.len()));
        one_line(&finding.message);
        one_line(&finding.fix);
    }
    // Trust is a path from the leaf to an anchor and nothing else.
    assert_eq!(report.is_trusted(), !report.path.is_empty());
    if report.is_trusted() {
        assert_eq!(report.path.first().map(Certificate::der), sent.first().map(Certificate::der));
        assert!(report.path.last().is_some_and(|last| anchors.contains(last)));
    } else {
        assert!(report.cause().is_some());
    }
}

/// The certificates of `data`, leaf first.
pub fn chain() -> &'static [Certificate] {
    static CHAIN: OnceLock<Vec<Certificate>> = OnceLock::new();
    CHAIN.get_or_init(|| tlsmith_x509::pem::certificates(CHAIN_PEM).expect("the chain of `data`"))
}

/// The root above [`chain`].
pub fn anchors() -> &'static TrustAnchors {
    static ANCHORS: OnceLock<TrustAnchors> = OnceLock::new();
    ANCHORS.get_or_init(|| TrustAnchors::from_pem(include_bytes!("../data/root.pem")).expect("the root of `data`"))
}

/// The logs of `data`, whose keys are those of the chain.
fn logs() -> &'static LogList {
    static LOGS: OnceLock<LogList> = OnceLock::new();
    LOGS.get_or_init(|| LogList::from_json(&AwsLc, LOG_LIST).expect("the logs of `data`"))
}

/// Logs as a file.
pub const LOG_LIST: &[u8] = include_bytes!("../data/log_list.json");

/// The chain as a file.
pub const CHAIN_PEM: &[u8] = include_bytes!("../data/chain.pem");

/// Its key as a file.
pub const KEY_PEM: &[u8] = include_bytes!("../data/leaf.key.pem");

fn names() -> &'static [ServerName] {
    static NAMES: OnceLock<Vec<ServerName>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let names = ["example.test", "a.example.test", "192.0.2.7", "2001:db8::1"];
        names.iter().map(|name| name.parse().expect("a name")).collect()
    })
}

fn one_line(message: &str) {
    assert!(!message.is_empty() && !message.chars().any(char::is_control), "{message:?}");
}
