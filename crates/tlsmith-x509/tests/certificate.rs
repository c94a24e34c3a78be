//! Parsing: what a certificate says, what is refused, and that no bytes do harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::*;
use rcgen::{DnType, KeyPair, SanType};
use support::raw::{self, Raw};
use support::{AS_IT_IS, Ca, PROVIDER, case, parse};
use tlsmith_crypto::{Curve, HashAlgorithm, KeyType, SignatureAlgorithm};
use tlsmith_x509::{Certificate, ParseError, TrustAnchors};

#[test]
fn a_certificate_says_what_was_put_into_it() {
    let root = Ca::root("Root CA", AS_IT_IS);
    let leaf = root.leaf(&["Example.COM", "*.example.com", "192.0.2.1", "2001:db8::1"], &|params| {
        params.distinguished_name.push(DnType::OrganizationName, "Evil\u{1b}[2J, Inc.");
        params.serial_number = Some(rcgen::SerialNumber::from_slice(&[0x12, 0x34]));
        params.subject_alt_names.push(SanType::URI("spiffe://example/x".try_into().unwrap()));
        params.subject_alt_names.push(SanType::Rfc822Name("a@example.com".try_into().unwrap()));
    });
    assert_eq!(leaf.version(), 3);
    assert_eq!(leaf.subject(), "O=Evil\\1b[2J\\, Inc.,CN=leaf");
    assert_eq!(leaf.common_name(), Some("leaf"));
    assert_eq!(leaf.issuer(), "CN=Root CA");
    assert_eq!(leaf.issuer_der(), root.certificate.subject_der());
    assert_eq!(leaf.serial(), [0x12, 0x34]);
    assert_eq!(leaf.not_before().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(leaf.not_after().to_string(), "2028-01-01T00:00:00Z");
    let sans = ["DNS:Example.COM", "DNS:*.example.com", "IP:192.0.2.1", "IP:2001:db8::1", "URI:spiffe://example/x"];
    assert_eq!(leaf.sans()[..5], sans);
    assert_eq!(leaf.sans()[5], "email:a@example.com");
    assert_eq!(leaf.dns_names(), ["example.com", "*.example.com"]);
    assert_eq!(leaf.key_type(), Some(KeyType::Ecdsa(Curve::P256)));
    assert_eq!(leaf.key_description(), "ECDSA P-256");
    assert_eq!(leaf.signature_description(), "ecdsa-with-SHA256");
    let algorithm = Some(SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256));
    assert_eq!((leaf.signature_algorithm(), leaf.signature_algorithm_under(&root.certificate)), (algorithm, algorithm));
    assert!(leaf.spki().ends_with(leaf.public_key()) && leaf.public_key().len() == 65);
    assert!(!leaf.is_ca() && root.certificate.is_ca());
    assert!(!leaf.is_self_issued() && root.certificate.is_self_issued());
    assert!(leaf.allows_digital_signature() && !root.certificate.allows_digital_signature());
    assert_eq!(leaf.authority_key_id(), root.certificate.subject_key_id());
    assert!(leaf.authority_key_id().is_some());
    assert!(leaf.raw_extensions().any(|(id, critical, _)| id == "2.5.29.15" && critical));
    let again = Certificate::from_der(leaf.der()).unwrap();
    assert_eq!(again, leaf);
    assert!(format!("{leaf:?}").contains("CN=leaf"));
}

#[test]
fn fingerprints_are_of_the_certificate_and_of_its_key() {
    let (root, key) = (Ca::root("Root", AS_IT_IS), support::key());
    let (one, other) = (root.certify("One", &key, AS_IT_IS), root.certify("Other", &key, AS_IT_IS));
    assert_ne!(one.sha256(&PROVIDER), other.sha256(&PROVIDER));
    assert_eq!(one.spki_sha256(&PROVIDER), other.spki_sha256(&PROVIDER));
    assert_ne!(one.spki_sha256(&PROVIDER), one.sha256(&PROVIDER));
    // As its CA publishes it.
    let mozilla = TrustAnchors::mozilla();
    let isrg = mozilla.certificates().iter().find(|anchor| anchor.common_name() == Some("ISRG Root X1")).unwrap();
    let hex: String = isrg.sha256(&PROVIDER).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6");
}

#[test]
fn keys_and_signatures_of_every_kind_are_known() {
    for (algorithm, key_type, signature) in [
        (&rcgen::PKCS_ECDSA_P256_SHA256, KeyType::Ecdsa(Curve::P256), "ecdsa-with-SHA256"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, KeyType::Ecdsa(Curve::P384), "ecdsa-with-SHA384"),
        (&rcgen::PKCS_ECDSA_P521_SHA512, KeyType::Ecdsa(Curve::P521), "ecdsa-with-SHA512"),
        (&rcgen::PKCS_ED25519, KeyType::Ed25519, "Ed25519"),
        (&rcgen::PKCS_RSA_SHA256, KeyType::Rsa { bits: 2048 }, "sha256WithRSAEncryption"),
        (&rcgen::PKCS_RSA_SHA512, KeyType::Rsa { bits: 2048 }, "sha512WithRSAEncryption"),
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let root = parse(params.self_signed(&key).unwrap().der());
        assert_eq!((root.key_type(), root.signature_description()), (Some(key_type), signature.to_owned()));
        assert!(root.signature_algorithm().is_some());

        let issuer = rcgen::Issuer::from_params(&params, &key);
        let leaf = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
        let leaf = parse(leaf.signed_by(&support::key(), &issuer).unwrap().der());
        let report = case(&[&root], &[&leaf]).report();
        // Both have the same common name, so the leaf is self-issued: its names and signature count all the same.
        assert!(report.is_trusted(), "{key_type}: {report:#?}");
    }
}

/// RSASSA-PSS as an AlgorithmIdentifier.
fn pss(hash: u8, mask_hash: u8, salt: u8) -> Vec<u8> {
    let sha2 = |last: u8| raw::sequence(&[&raw::oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, last]), &[5, 0]]);
    let mgf1 = raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8]);
    let parameters = raw::sequence(&[
        &raw::tlv(0xa0, &sha2(hash)),
        &raw::tlv(0xa1, &raw::sequence(&[&mgf1, &sha2(mask_hash)])),
        &raw::tlv(0xa2, &raw::tlv(2, &[salt])),
    ]);
    raw::sequence(&[&raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10]), &parameters])
}

#[test]
fn pss_parameters_are_checked() {
    let signer = raw::signer();
    let with = |algorithm: Vec<u8>| {
        let raw = Raw { algorithm, ..Raw::new("a", "b", signer.spki()) };
        raw.signed_by(&*signer)
    };
    assert_eq!(with(pss(1, 1, 32)).signature_algorithm(), Some(SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256)));
    assert_eq!(with(pss(2, 2, 48)).signature_description(), "RSASSA-PSS with SHA-384");
    let long = with(pss(1, 1, 64));
    assert_eq!(long.signature_description(), "RSASSA-PSS (with a salt of 64 octets instead of 32)");
    for wrong in [
        pss(1, 2, 32),
        pss(1, 1, 20),
        pss(4, 4, 28),
        raw::sequence(&[&raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10])]),
    ] {
        assert_eq!(with(wrong).signature_algorithm(), None);
    }
}

fn refused(raw: &Raw) -> ParseError {
    Certificate::from_der(&raw.der(&*raw::signer())).unwrap_err()
}

#[test]
fn structures_that_are_not_certificates_are_refused() {
    let signer = raw::signer();
    let good = Raw::new("a", "b", signer.spki()).with(&[raw::dns_names(&["example.com"])]);
    good.signed_by(&*signer);
    let other_algorithm = raw::sequence(&[&raw::oid(raw::ECDSA_WITH_SHA1)]);
    let time = |text: &str| raw::sequence(&[&raw::tlv(0x17, text.as_bytes()), &raw::tlv(0x17, b"280101000000Z")]);
    let twice = raw::dns_names(&["example.org"]);
    for (raw, field, text) in [
        (Raw { version: raw::tlv(0xa0, &raw::tlv(2, &[0])), ..good.clone() }, "version", "default"),
        (Raw { version: raw::tlv(0xa0, &raw::tlv(2, &[3])), ..good.clone() }, "version", "not known"),
        (Raw { version: Vec::new(), ..good.clone() }, "version", "version 1 certificate has no extensions"),
        (Raw { serial: raw::tlv(2, &[0, 1]), ..good.clone() }, "serialNumber", "malformed"),
        (Raw { outer_algorithm: Some(other_algorithm), ..good.clone() }, "signatureAlgorithm", "differs"),
        (Raw { validity: time("260230000000Z"), ..good.clone() }, "notBefore", "malformed"),
        (Raw { validity: time("2601010000Z"), ..good.clone() }, "notBefore", "malformed"),
        (Raw { validity: time("260101000000+0100"), ..good.clone() }, "notBefore", "malformed"),
        (Raw { subject: raw::tlv(0x31, &[]), ..good.clone() }, "subject", "another element"),
        (Raw { after_extensions: raw::tlv(0xa4, &[]), ..good.clone() }, "tbsCertificate", "follows"),
        (good.clone().with(&[twice]), "extensions", "subjectAltName stands there twice"),
    ] {
        let error = refused(&raw);
        assert_eq!(error.field(), field, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let der = good.der(&*signer);
    assert!(Certificate::from_der(&[&der[..], &[0]].concat()).unwrap_err().to_string().contains("follows"));
    assert!(Certificate::from_der(&der[..der.len() - 1]).unwrap_err().to_string().contains("cut off"));
    assert!(Certificate::from_der(&[]).is_err());
}

#[test]
fn extensions_that_are_malformed_are_refused() {
    let signer = raw::signer();
    let mapping = |from, to| raw::sequence(&[&raw::sequence(&[&raw::oid(from), &raw::oid(to)])]);
    let subtrees = |subtree: &[u8]| raw::sequence(&[&raw::tlv(0xa0, &raw::sequence(&[subtree]))]);
    for (id, value, field) in [
        (raw::BASIC_CONSTRAINTS, raw::tlv(0x31, &[]), "basicConstraints"),
        (raw::BASIC_CONSTRAINTS, raw::sequence(&[&[1, 1, 0xff], &[2, 1, 0xff]]), "basicConstraints"),
        (raw::KEY_USAGE, vec![3, 2, 7, 0], "keyUsage"),
        (raw::KEY_USAGE, vec![3, 2, 7, 0x81], "keyUsage"),
        (raw::EXTENDED_KEY_USAGE, raw::sequence(&[]), "extKeyUsage"),
        (raw::SUBJECT_ALT_NAME, raw::sequence(&[]), "subjectAltName"),
        (raw::SUBJECT_ALT_NAME, b"example.com".to_vec(), "subjectAltName"),
        (raw::SUBJECT_ALT_NAME, raw::sequence(&[&raw::tlv(0x87, &[1, 2, 3])]), "subjectAltName"),
        (raw::SUBJECT_ALT_NAME, raw::sequence(&[&raw::tlv(0x87, &[192, 0, 2, 0, 255, 255, 255, 0])]), "subjectAltName"),
        (raw::SUBJECT_ALT_NAME, raw::sequence(&[&raw::tlv(0x82, "ü.example".as_bytes())]), "subjectAltName"),
        (raw::SUBJECT_ALT_NAME, raw::sequence(&[&raw::tlv(0x89, b"x")]), "subjectAltName"),
        (raw::NAME_CONSTRAINTS, raw::sequence(&[]), "nameConstraints"),
        (raw::NAME_CONSTRAINTS, raw::sequence(&[&raw::tlv(0xa0, &[])]), "nameConstraints"),
        (raw::NAME_CONSTRAINTS, subtrees(&raw::tlv(0x87, &[192, 0, 2, 0])), "nameConstraints"),
        (raw::NAME_CONSTRAINTS, subtrees(&[raw::tlv(0x82, b"a"), raw::tlv(0x80, &[1])].concat()), "nameConstraints"),
        (raw::NAME_CONSTRAINTS, subtrees(&raw::tlv(0x81, b"a@b@c")), "nameConstraints"),
        (raw::POLICY_CONSTRAINTS, raw::sequence(&[]), "policyConstraints"),
        (raw::AUTHORITY_INFO_ACCESS, raw::sequence(&[]), "authorityInfoAccess"),
        (raw::CERTIFICATE_POLICIES, raw::sequence(&[]), "certificatePolicies"),
        (raw::CERTIFICATE_POLICIES, raw::sequence(&[&raw::oid(&[0x2a, 3])]), "certificatePolicies"),
        (raw::POLICY_MAPPINGS, raw::sequence(&[&raw::sequence(&[&raw::oid(&[0x2a, 3])])]), "policyMappings"),
        (raw::POLICY_MAPPINGS, mapping(&[0x2a, 3], raw::ANY_POLICY), "policyMappings"),
        (raw::POLICY_MAPPINGS, mapping(raw::ANY_POLICY, &[0x2a, 3]), "policyMappings"),
        (raw::INHIBIT_ANY_POLICY, raw::tlv(2, &[0xff]), "inhibitAnyPolicy"),
    ] {
        let certificate = Raw::new("a", "b", signer.spki()).with(&[raw::extension(id, false, &value)]);
        let error = refused(&certificate);
        assert_eq!(error.field(), field, "{error} {value:02x?}");
    }
}

#[test]
fn what_is_common_though_not_der_is_taken() {
    let signer = raw::signer();
    // FALSE where it is the default; a negative serial number; GeneralizedTime before 2050.
    let not_critical =
        raw::sequence(&[&raw::oid(raw::BASIC_CONSTRAINTS), &[1, 1, 0], &raw::tlv(4, &raw::sequence(&[&[1, 1, 0]]))]);
    let time = raw::tlv(0x18, b"20260101000000Z");
    let certificate = Raw {
        serial: raw::tlv(2, &[0x80]),
        validity: raw::sequence(&[&time, &raw::tlv(0x18, b"99991231235959Z")]),
        ..Raw::new("a", "b", signer.spki()).with(&[not_critical])
    }
    .signed_by(&*signer);
    assert!(!certificate.is_ca());
    assert_eq!(certificate.not_after().to_string(), "9999-12-31T23:59:59Z");
}

#[test]
fn every_root_of_mozilla_parses() {
    let anchors = TrustAnchors::mozilla();
    assert!(anchors.len() > 100 && anchors.skipped() == 0, "{anchors:?}");
    for anchor in anchors.certificates() {
        assert!(anchor.key_type().is_some() && anchor.is_ca() && anchor.is_self_issued(), "{anchor:?}");
    }
}

/// Everything that can be asked of a certificate.
fn ask_all(certificate: &Certificate) {
    let _ = (certificate.subject(), certificate.issuer(), certificate.sans(), certificate.dns_names());
    let _ = (certificate.key_description(), certificate.signature_description(), certificate.signature_algorithm());
    let _ = (certificate.sha256(&PROVIDER), certificate.spki_sha256(&PROVIDER), certificate.raw_extensions().count());
    let _ = (format!("{certificate:?}"), certificate.common_name(), certificate.allows_digital_signature());
    let text = [certificate.sans().concat(), certificate.subject(), certificate.issuer()].concat();
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

/// Changes to bytes: where (a fraction of the length), and to what.
fn mutations() -> impl Strategy<Value = Vec<(u16, u8)>> {
    proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6)
}

fn mutate(der: &[u8], mutations: &[(u16, u8)]) -> Vec<u8> {
    let mut der = der.to_vec();
    for (at, value) in mutations {
        let at = usize::from(*at) * der.len() / 65_536;
        der[at] = *value;
    }
    der
}

proptest! {
    #[test]
    fn any_bytes_parse_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(certificate) = Certificate::from_der(&bytes) {
            ask_all(&certificate);
        }
    }

    #[test]
    fn real_certificates_with_changes_do_no_harm(which in any::<prop::sample::Index>(), mutations in mutations()) {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS;
        let der = mutate(roots[which.index(roots.len())].as_ref(), &mutations);
        if let Ok(certificate) = Certificate::from_der(&der) {
            prop_assert_eq!(certificate.der(), &der[..]);
            ask_all(&certificate);
            let other = parse(roots[0].as_ref());
            case(&[&certificate, &other], &[&certificate]).report();
            case(&[&other], &[&certificate, &other, &certificate]).report();
        }
    }
}

/// A chain whose certificates hold every extension, so that changes hit them.
struct Chain {
    root: Certificate,
    leaf: Certificate,
    middle: Certificate,
}

fn rich_chain() -> Chain {
    use rcgen::{GeneralSubtree, NameConstraints};
    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Middle", &|params| {
        let permitted_subtrees = vec![GeneralSubtree::DnsName("example.com".to_owned())];
        params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    });
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    Chain { root: root.certificate, leaf, middle: middle.certificate }
}

#[test]
fn no_changed_byte_is_trusted() {
    let chain = rich_chain();
    case(&[&chain.root], &[&chain.leaf, &chain.middle]).is_trusted(&[]);
    for (index, original) in [&chain.leaf, &chain.middle].into_iter().enumerate() {
        for at in 0..original.der().len() {
            let mut der = original.der().to_vec();
            der[at] ^= 1 << (at % 8);
            let Ok(changed) = Certificate::from_der(&der) else { continue };
            ask_all(&changed);
            let sent = if index == 0 { [&changed, &chain.middle] } else { [&chain.leaf, &changed] };
            let report = case(&[&chain.root], &sent).report();
            assert!(!report.is_trusted(), "byte {at} of certificate {index}: {report:#?}");
        }
    }
}
