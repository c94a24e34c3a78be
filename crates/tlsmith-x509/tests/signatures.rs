//! The signatures of a path, and the keys that make them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::raw::{self, Raw};
use support::{AS_IT_IS, Ca, case};
use tlsmith_crypto::{Curve, HashAlgorithm, SignatureAlgorithm};
use tlsmith_x509::{Certificate, Code};

#[test]
fn a_changed_certificate_has_a_bad_signature() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let mut der = leaf.der().to_vec();
    let at = der.windows(11).position(|window| window == b"example.com").unwrap();
    der[at] = b'E';
    let changed = Certificate::from_der(&der).unwrap();
    let finding = case(&[&root.certificate], &[&changed]).fails(&[Code::BadSignature]);
    assert_eq!(finding.certificate, Some(0));
    let last = leaf.der().len() - 1;
    let mut der = leaf.der().to_vec();
    der[last] ^= 1;
    case(&[&root.certificate], &[&Certificate::from_der(&der).unwrap()]).fails(&[Code::BadSignature]);
}

#[test]
fn broken_and_unknown_signature_algorithms_are_named() {
    let signer = raw::signer();
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    for (algorithm, text) in [
        (raw::sequence(&[&raw::oid(raw::ECDSA_WITH_SHA1)]), "ecdsa-with-SHA1, which is broken"),
        (raw::sequence(&[&raw::oid(&[0x2a, 3, 4])]), "1.2.3.4, which is not supported"),
        (raw::sequence(&[&raw::oid(raw::ECDSA_WITH_SHA256), &[5, 0]]), "which is not supported"),
    ] {
        let mut leaf = Raw::new("leaf", "Root", signer.spki()).with(&[raw::dns_names(&["example.com"])]);
        leaf.algorithm = algorithm;
        let finding = case(&[&root], &[&leaf.signed_by(&*signer)]).fails(&[Code::UnsupportedSignatureAlgorithm]);
        assert!(finding.message.contains(text), "{finding:#?}");
    }
    // The signature of an anchor is not looked at.
    let mut root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]);
    root.algorithm = raw::sequence(&[&raw::oid(raw::ECDSA_WITH_SHA1)]);
    let leaf = Raw::new("leaf", "Root", signer.spki()).with(&[raw::dns_names(&["example.com"])]).signed_by(&*signer);
    // Leaf and root share a key, but not their name: no loop.
    case(&[&root.signed_by(&*signer)], &[&leaf]).is_trusted(&[]);
}

#[test]
fn algorithms_that_were_not_offered_are_refused() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let mut case = case(&[&root.certificate], &[&leaf]);
    case.algorithms = vec![SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256)];
    case.is_trusted(&[]);
    case.algorithms = vec![SignatureAlgorithm::Ed25519, SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256)];
    let finding = case.fails(&[Code::UnsupportedSignatureAlgorithm]);
    assert!(finding.message.contains("ecdsa-with-SHA256, which was not offered"), "{finding:#?}");
}

/// SubjectPublicKeyInfo of an RSA key whose modulus has `octets` octets, the highest bit set.
fn rsa(octets: usize) -> Vec<u8> {
    let key = raw::sequence(&[&raw::tlv(2, &[&[0][..], &vec![0xc1; octets]].concat()), &raw::tlv(2, &[1, 0, 1])]);
    let algorithm = raw::sequence(&[&raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]), &[5, 0]]);
    raw::sequence(&[&algorithm, &raw::tlv(3, &[&[0][..], &key].concat())])
}

#[test]
fn keys_that_are_too_short_too_long_or_unknown_are_refused() {
    let signer = raw::signer();
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    let p224 = {
        let algorithm =
            raw::sequence(&[&raw::oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), &raw::oid(&[0x2b, 0x81, 4, 0, 33])]);
        raw::sequence(&[&algorithm, &raw::tlv(3, &[&[0, 4][..], &[1; 56]].concat())])
    };
    for (spki, text) in [
        (rsa(128), "RSA 1024, which is shorter than 2048 bits"),
        (rsa(2048), "RSA 16384, which is longer than 8192 bits"),
        (p224, "ECDSA P-224, which is not supported"),
    ] {
        let leaf = Raw::new("leaf", "Root", &spki).with(&[raw::dns_names(&["example.com"])]).signed_by(&*signer);
        let finding = case(&[&root], &[&leaf]).fails(&[Code::UnsupportedKey]);
        assert!(finding.message.contains(text), "{finding:#?}");

        // As the key of an issuer: it is never used.
        let weak = Raw::new("Weak", "Weak", &spki).with(&[raw::ca()]).signed_by(&*signer);
        let leaf =
            Raw::new("leaf", "Weak", signer.spki()).with(&[raw::dns_names(&["example.com"])]).signed_by(&*signer);
        let report = case(&[&weak], &[&leaf]).report();
        assert_eq!(report.cause().unwrap().code, Code::UnsupportedKey, "{report:#?}");
    }
    let leaf = Raw::new("leaf", "Root", &rsa(256)).with(&[raw::dns_names(&["example.com"])]).signed_by(&*signer);
    case(&[&root], &[&leaf]).is_trusted(&[]);
}
