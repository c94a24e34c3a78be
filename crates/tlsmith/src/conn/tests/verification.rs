//! What the verifier of a handshake demands besides a path, and the alerts by which it refuses.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use tlsmith_crypto::{Curve, HashAlgorithm, Provider, SignatureAlgorithm, SigningKey, aws_lc::AwsLc};
use tlsmith_x509::{
    Certificate, Code, Pin, Profile, SignatureCache, SubjectPublicKeyInfo, TrustAnchors, UnixTime,
    ct::{CtPolicy, Log, LogList},
    revocation::{Crl, RevocationPolicy, RevocationScope},
};

use super::Pair;
use crate::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Crls, CtDemand, Identity, PeerVerifier, Staples},
    conn::Connection,
    error::{Error, Rule},
    registry::AlertDescription,
};

/// A root, an intermediate, and a server that shows a leaf, the intermediate as well or not.
struct World {
    below_key: KeyPair,
    root: Certificate,
    intermediate: Certificate,
    leaf: Certificate,
    key: KeyPair,
    /// Whom the intermediate had sign OCSP responses in its place (RFC 6960 §4.2.2.2).
    responder: Certificate,
    responder_key: KeyPair,
}

impl World {
    fn new() -> Self {
        Self::with(|_| ())
    }

    /// The leaf promises an OCSP staple (RFC 7633 §4: status_request is 5).
    fn that_must_staple() -> Self {
        let feature = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5]);
        Self::with(|leaf| leaf.custom_extensions.push(feature.clone()))
    }

    fn with(change: impl Fn(&mut CertificateParams)) -> Self {
        let ca = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            (params, KeyPair::generate().unwrap())
        };
        let ((root, root_key), (below, below_key), key) = (ca("Root"), ca("Below"), KeyPair::generate().unwrap());
        let mut leaf = CertificateParams::new(vec!["host.example".to_owned()]).unwrap();
        change(&mut leaf);
        let leaf = leaf.signed_by(&key, &Issuer::from_params(&below, &below_key)).unwrap();
        let (mut responder, responder_key) = (CertificateParams::default(), KeyPair::generate().unwrap());
        responder.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        let responder = responder.signed_by(&responder_key, &Issuer::from_params(&below, &below_key)).unwrap();
        let below = below.signed_by(&below_key, &Issuer::from_params(&root, &root_key)).unwrap();
        let root = root.self_signed(&root_key).unwrap();
        let parse = |certificate: &rcgen::Certificate| Certificate::from_der(certificate.der()).unwrap();
        let (root, intermediate, leaf, responder) = (parse(&root), parse(&below), parse(&leaf), parse(&responder));
        Self { below_key, root, intermediate, leaf, key, responder, responder_key }
    }

    fn verifier(&self) -> ChainVerifier {
        let anchors: TrustAnchors = [self.root.clone()].into_iter().collect();
        ChainVerifier::new(Arc::new(AwsLc), Arc::new(anchors))
    }

    fn identity(&self, chain: &[&Certificate]) -> Arc<Identity> {
        let key = AwsLc.load_key(&self.key.serialize_der()).unwrap();
        let chain = chain.iter().map(|certificate| (*certificate).clone()).collect();
        Arc::new(Identity::new(chain, key).unwrap())
    }

    /// Leaf and intermediate, with these staples.
    fn whole(&self, staples: Staples) -> Arc<Identity> {
        let identity = self.identity(&[&self.leaf, &self.intermediate]);
        identity.staple(staples);
        identity
    }
}

/// A handshake in each version: how it went, and the alert that the server got.
fn handshakes(verifier: &ChainVerifier, identity: &Arc<Identity>) -> Vec<Result<Connection, Error>> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let versions = [crate::registry::ProtocolVersion::TLS1_3, crate::registry::ProtocolVersion::TLS1_2];
    let one = |version| {
        let client = ClientConfig::builder(provider.clone(), Arc::new(verifier.clone())).versions(version, version);
        let server = ServerConfig::builder(provider.clone()).identity(identity.clone());
        let mut pair = Pair::new(client.build().unwrap(), server.build().unwrap());
        pair.run().map(|_| pair.client)
    };
    versions.into_iter().map(one).collect()
}

fn accepted(verifier: &ChainVerifier, identity: &Arc<Identity>) {
    for connection in handshakes(verifier, identity) {
        let connection = connection.unwrap();
        assert!(connection.facts().verification.as_ref().unwrap().is_trusted());
    }
}

fn refused(verifier: &ChainVerifier, identity: &Arc<Identity>, code: Code, alert: AlertDescription) {
    for result in handshakes(verifier, identity) {
        let error = result.err().unwrap();
        assert_eq!((error.rule(), error.alert()), (Rule::Certificate(code), Some(alert)), "{error}");
    }
}

#[test]
fn pins_are_kept_in_both_versions() {
    let world = World::new();
    let identity = world.whole(Staples::default());
    let pin = |certificate| Pin::of(certificate, &AwsLc);
    for certificate in [&world.root, &world.intermediate, &world.leaf] {
        accepted(&world.verifier().pins(&[Pin([1; 32]), pin(certificate)]), &identity);
    }
    let verifier = world.verifier().pins(&[Pin([1; 32])]);
    refused(&verifier, &identity, Code::PinMismatch, AlertDescription::CERTIFICATE_UNKNOWN);
}

/// A log that signs what it is given (RFC 6962 §3.2).
struct TestLog(Arc<dyn SigningKey>);

impl TestLog {
    fn new() -> Self {
        Self(AwsLc.load_key(&KeyPair::generate().unwrap().serialize_der()).unwrap())
    }

    fn sct(&self, certificate: &Certificate) -> Vec<u8> {
        let key = SubjectPublicKeyInfo::from_der(self.0.spki()).unwrap();
        let at = 1_795_000_000_000_u64.to_be_bytes();
        let length = u32::try_from(certificate.der().len()).unwrap().to_be_bytes();
        let signed = [&[0, 0][..], &at, &[0, 0], &length[1..], certificate.der(), &[0, 0]].concat();
        let p256 = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
        let signature = vector(&self.0.sign(p256, &signed).unwrap());
        [&[0][..], &key.sha256(&AwsLc), &at, &[0, 0], &[4, 3], &signature].concat()
    }
}

fn vector(content: &[u8]) -> Vec<u8> {
    [&u16::try_from(content.len()).unwrap().to_be_bytes()[..], content].concat()
}

fn staples(logs: &[&TestLog], certificate: &Certificate) -> Staples {
    let list: Vec<u8> = logs.iter().flat_map(|log| vector(&log.sct(certificate))).collect();
    Staples::new(None, Some(vector(&list))).unwrap()
}

fn demand(logs: &[&TestLog]) -> CtDemand {
    let known = logs.iter().enumerate().map(|(number, log)| {
        let key = SubjectPublicKeyInfo::from_der(log.0.spki()).unwrap();
        Log::new(key, &format!("log {number}"), &format!("operator {number}"))
    });
    let logs = Arc::new(LogList::new(&AwsLc, None, known.collect()));
    CtDemand { logs, policy: CtPolicy::default(), required: true }
}

#[test]
fn transparency_that_is_demanded_takes_two_logs() {
    let world = World::new();
    let (one, other) = (TestLog::new(), TestLog::new());
    let verifier = world.verifier().transparency(demand(&[&one, &other]));
    let unknown = AlertDescription::CERTIFICATE_UNKNOWN;
    refused(&verifier, &world.whole(Staples::default()), Code::TooFewScts, unknown);
    refused(&verifier, &world.whole(staples(&[&one], &world.leaf)), Code::TooFewScts, unknown);
    refused(&verifier, &world.whole(staples(&[&one, &other], &world.root)), Code::TooFewScts, unknown);
    accepted(&verifier, &world.whole(staples(&[&one, &other], &world.leaf)));
    // Not demanded, it is a warning.
    let verifier = world.verifier().transparency(CtDemand { required: false, ..demand(&[&one, &other]) });
    for connection in handshakes(&verifier, &world.whole(Staples::default())) {
        let connection = connection.unwrap();
        let report = connection.facts().verification.as_ref().unwrap();
        assert!(report.findings.iter().any(|finding| finding.code == Code::TooFewScts));
    }
}

#[test]
fn an_intermediate_that_is_known_need_not_be_sent() {
    let world = World::new();
    let identity = world.identity(&[&world.leaf]);
    refused(&world.verifier(), &identity, Code::UnknownIssuer, AlertDescription::UNKNOWN_CA);
    accepted(&world.verifier().known_intermediates(std::slice::from_ref(&world.intermediate)), &identity);
}

#[test]
fn a_profile_is_kept() {
    let world = World::new();
    let identity = world.whole(Staples::default());
    let profile = Profile { max_path_length: Some(0), ..Profile::private() };
    refused(&world.verifier().profile(profile), &identity, Code::PathLength, AlertDescription::UNKNOWN_CA);
}

#[test]
fn a_cache_saves_the_signatures_of_the_next_handshake() {
    let world = World::new();
    let cache = Arc::new(SignatureCache::new(100));
    let verifier = world.verifier().signature_cache(cache.clone());
    accepted(&verifier, &world.whole(Staples::default()));
    assert_eq!(cache.len(), 2);
    // None is left to be made.
    let budget = tlsmith_x509::Budget { signatures: 0, ..tlsmith_x509::Budget::default() };
    accepted(&verifier.budget(budget), &world.whole(Staples::default()));
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match length {
        [0, short @ 0..0x80] => vec![short],
        [0, short] => vec![0x81, short],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag][..], &length, content].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

const SHA1: &[u8] = &[0x30, 7, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a];
const ECDSA_WITH_SHA256: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const OCSP_BASIC: &[u8] = &[6, 9, 0x2b, 6, 1, 5, 5, 7, 48, 1, 1];
const GOOD: &[u8] = &[0x80, 0];

/// Of 2026-11-20.
fn revoked() -> Vec<u8> {
    tlv(0xa1, &tlv(0x18, b"20261120000000Z"))
}

fn signature(key: &KeyPair, data: &[u8]) -> Vec<u8> {
    let key = AwsLc.load_key(&key.serialize_der()).unwrap();
    let p256 = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
    tlv(3, &[&[0][..], &key.sign(p256, data).unwrap()].concat())
}

impl World {
    /// An OCSP response about the leaf by its issuer, of 2026-11-20 to this day (RFC 6960 §4.2.1).
    fn response(&self, status: &[u8], next_update: &[u8]) -> Staples {
        self.response_by(self.leaf.issuer_der(), &self.below_key, &[], (status, next_update))
    }

    /// The same by the responder, whose certificate comes with it.
    fn delegated_response(&self, status: &[u8], next_update: &[u8]) -> Staples {
        let certificates = tlv(0xa0, &sequence(&[self.responder.der()]));
        self.response_by(self.responder.subject_der(), &self.responder_key, &certificates, (status, next_update))
    }

    fn response_by(
        &self,
        signer: &[u8],
        signer_key: &KeyPair,
        certificates: &[u8],
        (status, next_update): (&[u8], &[u8]),
    ) -> Staples {
        let (name, key) = (self.leaf.issuer_der(), self.intermediate.public_key());
        let hashes = [name, key].map(|data| tlv(4, &AwsLc::sha1_identifier(data)));
        let id = sequence(&[SHA1, &hashes[0], &hashes[1], &tlv(2, self.leaf.serial())]);
        let (this_update, next_update) = (tlv(0x18, b"20261120000000Z"), tlv(0xa0, &tlv(0x18, next_update)));
        let single = sequence(&[&id, status, &this_update, &next_update]);
        let data = sequence(&[&tlv(0xa1, signer), &this_update, &sequence(&[&single])]);
        let basic = sequence(&[&data, ECDSA_WITH_SHA256, &signature(signer_key, &data), certificates]);
        let bytes = sequence(&[OCSP_BASIC, &tlv(4, &basic)]);
        Staples::new(Some(sequence(&[&[10, 1, 0], &tlv(0xa0, &bytes)])), None).unwrap()
    }

    /// A CRL of the leaf's issuer, of 2026-11-20 to 2026-12-01 (RFC 5280 §5.1).
    fn crl(&self, revokes_leaf: bool) -> Crl {
        self.crl_of(revokes_leaf.then_some(&self.leaf))
    }

    fn crl_of(&self, revoked: Option<&Certificate>) -> Crl {
        let (from, to) = (tlv(0x17, b"261120000000Z"), tlv(0x17, b"261201000000Z"));
        let entry = |certificate: &Certificate| sequence(&[&sequence(&[&tlv(2, certificate.serial()), &from])]);
        let revoked = revoked.map(entry).unwrap_or_default();
        let number = sequence(&[&[6, 3, 0x55, 0x1d, 20], &tlv(4, &[2, 1, 1])]);
        let extensions = tlv(0xa0, &sequence(&[&number]));
        let list =
            sequence(&[&[2, 1, 1], ECDSA_WITH_SHA256, self.leaf.issuer_der(), &from, &to, &revoked, &extensions]);
        Crl::from_der(&sequence(&[&list, ECDSA_WITH_SHA256, &signature(&self.below_key, &list)])).unwrap()
    }
}

const IN_TIME: &[u8] = b"20261127000000Z";

#[test]
fn a_staple_that_says_revoked_refuses() {
    let world = World::new();
    let verifier = world.verifier().revocation(RevocationPolicy::Prefer, RevocationScope::Leaf);
    accepted(&verifier, &world.whole(Staples::default()));
    accepted(&verifier, &world.whole(world.response(GOOD, IN_TIME)));
    let identity = world.whole(world.response(&revoked(), IN_TIME));
    refused(&verifier, &identity, Code::Revoked, AlertDescription::CERTIFICATE_REVOKED);
    // Nobody is asked by default.
    accepted(&world.verifier(), &identity);
    // Required, somebody has to say so.
    let verifier = world.verifier().revocation(RevocationPolicy::Require, RevocationScope::Leaf);
    accepted(&verifier, &world.whole(world.response(GOOD, IN_TIME)));
    assert!(handshakes(&verifier, &world.whole(Staples::default())).iter().all(Result::is_err));
    // A session does not outlive what was said.
    for connection in handshakes(&verifier, &world.whole(world.response(GOOD, b"20261122000000Z"))) {
        let until = UnixTime::from_civil(2026, 11, 22, 0, 0, 0);
        assert_eq!(connection.unwrap().facts().trusted_until, until);
    }
}

/// Under every policy, as its owner wants it.
#[test]
fn a_certificate_that_promises_a_staple_is_refused_without() {
    let world = World::that_must_staple();
    let (none, status) = (world.whole(Staples::default()), AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE);
    for policy in [RevocationPolicy::Ignore, RevocationPolicy::Prefer, RevocationPolicy::Require] {
        let verifier = world.verifier().revocation(policy, RevocationScope::Leaf);
        for result in handshakes(&verifier, &none) {
            assert_eq!(result.err().unwrap().alert(), Some(status), "{policy:?}");
        }
        accepted(&verifier, &world.whole(world.response(GOOD, IN_TIME)));
        let stale = world.whole(world.response(GOOD, b"20261120120000Z"));
        assert!(handshakes(&verifier, &stale).iter().all(Result::is_err), "{policy:?}");
    }
    refused(&world.verifier(), &none, Code::MustStaple, status);
    // Whoever does not ask for a staple does not miss it.
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let client = ClientConfig::builder(provider.clone(), Arc::new(world.verifier())).ocsp_stapling(false);
    let server = ServerConfig::builder(provider).identity(none).build().unwrap();
    Pair::new(client.build().unwrap(), server).run().unwrap();
}

#[test]
fn crls_are_replaced_while_a_verifier_is_in_use() {
    let world = World::new();
    let identity = world.whole(Staples::default());
    let crls = Arc::new(Crls::new(vec![world.crl(false)]));
    let verifier = world.verifier().revocation(RevocationPolicy::Require, RevocationScope::Leaf).crls(crls.clone());
    accepted(&verifier, &identity);
    let before = verifier.policy();
    crls.replace(vec![world.crl(true)]);
    refused(&verifier, &identity, Code::Revoked, AlertDescription::CERTIFICATE_REVOKED);
    // A session of before is not resumed.
    assert_ne!(verifier.policy(), before);
}

/// Also where nobody is asked, they say who may sign a staple that was promised: no session is shared across them.
#[test]
fn crls_decide_about_the_responder_under_every_policy() {
    let world = World::that_must_staple();
    let identity = world.whole(world.delegated_response(GOOD, IN_TIME));
    let crls = Arc::new(Crls::default());
    let verifier = world.verifier().crls(crls.clone());
    let mut policies = vec![verifier.policy()];
    accepted(&verifier, &identity);
    crls.replace(vec![world.crl(false)]);
    policies.push(verifier.policy());
    accepted(&verifier, &identity);
    crls.replace(vec![world.crl_of(Some(&world.responder))]);
    policies.push(verifier.policy());
    refused(&verifier, &identity, Code::OcspUntrusted, AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE);
    for (at, one) in policies.iter().enumerate() {
        assert!(policies.iter().skip(at + 1).all(|other| other != one), "{at}");
    }
    // Of none it is that of who never heard of CRLs.
    assert_eq!(policies.first(), Some(&world.verifier().policy()));
}
