//! ML-DSA in certificates (RFC 9881).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::{case, raw};
use tlsmith_crypto::{KeyType, SignatureAlgorithm};
use tlsmith_x509::{Certificate, Code, SubjectPublicKeyInfo, pem};

macro_rules! certificate {
    ($name:literal) => {
        pem::certificates(include_bytes!(concat!("../../tlsmith/tests/data/mldsa/", $name))).unwrap().remove(0)
    };
}

fn leaves() -> [(Certificate, KeyType, usize); 3] {
    [
        (certificate!("leaf44.pem"), KeyType::MlDsa44, 1312),
        (certificate!("leaf65.pem"), KeyType::MlDsa65, 1952),
        (certificate!("leaf87.pem"), KeyType::MlDsa87, 2592),
    ]
}

/// The identifier of ML-DSA-44 and how often it stands in a certificate; the last octet tells the parameter sets apart.
const MLDSA44: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11];

fn places(der: &[u8]) -> Vec<usize> {
    der.windows(9).enumerate().filter(|(_, window)| *window == MLDSA44).map(|(at, _)| at).collect()
}

#[test]
fn chains_of_openssl() {
    let root = certificate!("root.pem");
    for (leaf, kind, key_len) in leaves() {
        assert_eq!((leaf.key_type(), leaf.key_description()), (Some(kind), kind.to_string()));
        assert_eq!(leaf.public_key().len(), key_len);
        assert_eq!(leaf.signature_description(), "ML-DSA-44");
        assert_eq!(leaf.signature_algorithm(), Some(SignatureAlgorithm::MlDsa44));
        assert_eq!(leaf.signature_algorithm_under(&root), Some(SignatureAlgorithm::MlDsa44));
        case(&[&root], &[&leaf]).named("host.example").is_trusted(&[]);

        let mut case = case(&[&root], &[&leaf]).named("host.example");
        case.algorithms = vec![SignatureAlgorithm::MlDsa65, SignatureAlgorithm::MlDsa87];
        let finding = case.fails(&[Code::UnsupportedSignatureAlgorithm]);
        assert!(finding.message.contains("ML-DSA-44, which was not offered"), "{finding:#?}");
    }
    // Another set's key cannot have made it.
    let [(first, ..), (other, ..), _] = leaves();
    assert_eq!(first.signature_algorithm_under(&other), None);
}

#[test]
fn a_changed_certificate_has_a_bad_signature() {
    let root = certificate!("root.pem");
    for (leaf, ..) in leaves() {
        let der = leaf.der();
        let subject = der.windows(4).position(|window| window == b"leaf").unwrap();
        for at in [subject, der.len() - 2400, der.len() - 1] {
            let mut changed = der.to_vec();
            changed[at] ^= 1;
            let changed = Certificate::from_der(&changed).unwrap();
            case(&[&root], &[&changed]).named("host.example").fails(&[Code::BadSignature]);
        }
    }
}

/// A signature said to be of another parameter set than the issuer's key is.
#[test]
fn the_parameter_set_is_that_of_the_key() {
    let root = certificate!("root.pem");
    let [_, (leaf, ..), _] = leaves();
    let mut der = leaf.der().to_vec();
    for at in places(leaf.der()) {
        der[at + 8] = 0x13;
    }
    let leaf = Certificate::from_der(&der).unwrap();
    assert_eq!(leaf.signature_description(), "ML-DSA-87");
    let finding = case(&[&root], &[&leaf]).named("host.example").fails(&[Code::BadSignature]);
    assert!(
        finding.message.contains("is signed with ML-DSA-87, but the key of CN=ML-DSA root is ML-DSA-44"),
        "{finding:#?}"
    );
}

/// RFC 9881 §2: parameters are absent, and the key is the octets of FIPS 204.
#[test]
fn malformed_keys_and_identifiers() {
    let spki = |parameters: &[u8], len: usize| {
        let algorithm = raw::sequence(&[&raw::oid(MLDSA44), parameters]);
        raw::sequence(&[&algorithm, &raw::tlv(3, &[&[0][..], &vec![7; len]].concat())])
    };
    let key = SubjectPublicKeyInfo::from_der(&spki(&[], 1312)).unwrap();
    assert_eq!(key.usable(), Ok(KeyType::MlDsa44));
    for der in [spki(&[5, 0], 1312), spki(&[], 1311), spki(&[], 1313), spki(&[], 1952), spki(&[], 0)] {
        let key = SubjectPublicKeyInfo::from_der(&der).unwrap();
        assert_eq!((key.key_type(), key.key_description().as_str()), (None, "ML-DSA-44 (malformed)"));
    }
    let signer = raw::signer();
    let root = raw::Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    let mut leaf = raw::Raw::new("leaf", "Root", signer.spki()).with(&[raw::dns_names(&["example.com"])]);
    leaf.algorithm = raw::sequence(&[&raw::oid(MLDSA44), &[5, 0]]);
    let finding = case(&[&root], &[&leaf.signed_by(&*signer)]).fails(&[Code::UnsupportedSignatureAlgorithm]);
    assert!(finding.message.contains("ML-DSA-44 (with parameters), which is not supported"), "{finding:#?}");
    // And under a key of another kind it is no signature.
    leaf.algorithm = raw::sequence(&[&raw::oid(MLDSA44)]);
    case(&[&root], &[&leaf.signed_by(&*signer)]).fails(&[Code::BadSignature]);
}
