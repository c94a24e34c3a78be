//! Public keys by themselves (RFC 7250), and that they are read as those of certificates are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::*;
use support::raw::{self, Raw};
use support::{AS_IT_IS, Ca, PROVIDER};
use tlsmith_crypto::{Curve, HashAlgorithm, KeyType};
use tlsmith_x509::SubjectPublicKeyInfo;

const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Keys as OpenSSL writes them.
fn real() -> [(&'static [u8], KeyType); 6] {
    [
        (include_bytes!("../../tlsmith-crypto/tests/data/p256.spki"), KeyType::Ecdsa(Curve::P256)),
        (include_bytes!("../../tlsmith-crypto/tests/data/p384.spki"), KeyType::Ecdsa(Curve::P384)),
        (include_bytes!("../../tlsmith-crypto/tests/data/p521.spki"), KeyType::Ecdsa(Curve::P521)),
        (include_bytes!("../../tlsmith-crypto/tests/data/ed25519.spki"), KeyType::Ed25519),
        (include_bytes!("../../tlsmith-crypto/tests/data/rsa.spki"), KeyType::Rsa { bits: 2048 }),
        (include_bytes!("../../tlsmith-crypto/tests/data/pss.spki"), KeyType::RsaPss { bits: 2048 }),
    ]
}

/// A SubjectPublicKeyInfo whose BIT STRING has `unused` bits.
fn spki(algorithm: &[&[u8]], unused: u8, key: &[u8]) -> Vec<u8> {
    raw::sequence(&[&raw::sequence(algorithm), &raw::tlv(3, &[&[unused][..], key].concat())])
}

fn rsa_key(octets: usize) -> Vec<u8> {
    raw::sequence(&[&raw::tlv(2, &[&[0][..], &vec![0xc1; octets]].concat()), &raw::tlv(2, &[1, 0, 1])])
}

/// Asserts that a certificate with this key says the same of it.
fn same_in_a_certificate(der: &[u8]) {
    let alone = SubjectPublicKeyInfo::from_der(der);
    let signer = raw::signer();
    let inside = tlsmith_x509::Certificate::from_der(&Raw::new("leaf", "leaf", der).der(&*signer));
    match (alone, inside) {
        (Ok(alone), Ok(inside)) => {
            assert_eq!(inside.subject_public_key_info(), alone);
            assert_eq!(inside.key_type(), alone.key_type());
            assert_eq!(inside.key_description(), alone.key_description());
            assert_eq!(inside.public_key(), alone.public_key());
            assert_eq!(inside.subject_public_key_info().public_key(), alone.public_key());
            assert_eq!(inside.pss_hash(), alone.pss_hash());
            assert_eq!(inside.spki_sha256(&PROVIDER), alone.sha256(&PROVIDER));
        }
        (Err(alone), Err(inside)) => assert_eq!(alone.field(), inside.field()),
        (alone, inside) => panic!("{alone:?} {inside:?} {der:02x?}"),
    }
}

#[test]
fn real_keys() {
    for (der, kind) in real() {
        let key = SubjectPublicKeyInfo::from_der(der).unwrap();
        assert_eq!((key.der(), key.key_type()), (der, Some(kind)));
        assert_eq!(key.usable(), Ok(kind));
        assert_eq!(key.key_description(), kind.to_string());
        assert!(der.ends_with(key.public_key()) && !key.public_key().is_empty());
        assert_eq!(format!("{key:?}"), format!("SubjectPublicKeyInfo({kind}, {} bytes)", der.len()));
        same_in_a_certificate(der);
    }
    assert_eq!(SubjectPublicKeyInfo::from_der(real()[5].0).unwrap().pss_hash(), None);
}

#[test]
fn a_key_for_pss_with_one_hash() {
    // OpenSSL wrote a salt of 32 octets, which is not that of SHA-384.
    let mut der = include_bytes!("../../tlsmith-crypto/tests/data/pss384.spki").to_vec();
    let other_salt = SubjectPublicKeyInfo::from_der(&der).unwrap();
    assert_eq!(other_salt.key_description(), "RSA-PSS (parameters not supported)");
    same_in_a_certificate(&der);
    let salt = der.windows(5).position(|window| window == [0xa2, 3, 2, 1, 32]).unwrap() + 4;
    der[salt] = 48;
    let key = SubjectPublicKeyInfo::from_der(&der).unwrap();
    assert_eq!((key.usable(), key.pss_hash()), (Ok(KeyType::RsaPss { bits: 2048 }), Some(HashAlgorithm::Sha384)));
    same_in_a_certificate(&der);
}

#[test]
fn the_key_of_a_certificate_by_itself() {
    let leaf = Ca::root("Root", AS_IT_IS).leaf(&["example.com"], AS_IT_IS);
    let key = leaf.subject_public_key_info();
    assert_eq!((key.der(), key.public_key()), (leaf.spki(), leaf.public_key()));
    assert_eq!(key, SubjectPublicKeyInfo::from_der(leaf.spki()).unwrap());
    let other = Ca::root("Root", AS_IT_IS).certificate.subject_public_key_info();
    assert_ne!(key, other);
}

#[test]
fn cut_off_and_followed_by_something() {
    for (der, _) in real() {
        for length in 0..der.len() {
            let error = SubjectPublicKeyInfo::from_der(&der[..length]).unwrap_err();
            assert_eq!(error.field(), "subjectPublicKeyInfo");
        }
        SubjectPublicKeyInfo::from_der(&[der, &[0]].concat()).unwrap_err();
        SubjectPublicKeyInfo::from_der(&[der, der].concat()).unwrap_err();
    }
}

#[test]
fn what_is_no_subject_public_key_info() {
    let algorithm = raw::sequence(&[&raw::oid(ED25519)]);
    let bits = raw::tlv(3, &[&[0][..], &[7; 32]].concat());
    SubjectPublicKeyInfo::from_der(&raw::sequence(&[&algorithm, &bits])).unwrap();
    // The long form of a length that fits the short one, and an indefinite one (X.690 §10.1).
    let content = [&algorithm[..], &bits].concat();
    let long = [&[0x30, 0x81, content.len() as u8][..], &content].concat();
    let indefinite = [&[0x30, 0x80][..], &content, &[0, 0]].concat();
    let leaf = Ca::root("Root", AS_IT_IS).certificate;
    for (what, bad) in [
        ("empty", vec![]),
        ("an empty sequence", raw::sequence(&[])),
        ("no key", raw::sequence(&[&algorithm])),
        ("no algorithm", raw::sequence(&[&bits])),
        ("a third element", raw::sequence(&[&algorithm, &bits, &[5, 0]])),
        ("a set", raw::tlv(0x31, &content)),
        ("an octet string", raw::sequence(&[&algorithm, &raw::tlv(4, &[7; 32])])),
        ("an algorithm without an identifier", raw::sequence(&[&raw::sequence(&[]), &bits])),
        ("an algorithm with two parameters", spki(&[&raw::oid(ED25519), &[5, 0], &[5, 0]], 0, &[7; 32])),
        ("half an octet", spki(&[&raw::oid(ED25519)], 4, &[0x70; 32])),
        ("a bit string without its count", raw::sequence(&[&algorithm, &[3, 0]])),
        ("a long length", long),
        ("an indefinite length", indefinite),
        ("a certificate", leaf.der().to_vec()),
    ] {
        assert!(SubjectPublicKeyInfo::from_der(&bad).is_err(), "{what}");
        if what != "a certificate" && what != "empty" {
            same_in_a_certificate(&bad);
        }
    }
}

#[test]
fn keys_that_are_not_supported_have_no_type_and_say_what_they_are() {
    let point = |first: u8, length: usize| [&[first][..], &vec![1; length]].concat();
    let (null, rsa) = (&[5, 0][..], rsa_key(256));
    for (der, text) in [
        (spki(&[&raw::oid(EC), &raw::oid(P256)], 0, &point(2, 32)), "ECDSA P-256 with a compressed point"),
        (spki(&[&raw::oid(EC), &raw::oid(P256)], 0, &point(4, 63)), "ECDSA P-256 (malformed)"),
        (spki(&[&raw::oid(EC), &raw::oid(P256)], 0, &[]), "ECDSA P-256 (malformed)"),
        (spki(&[&raw::oid(EC)], 0, &point(4, 64)), "ECDSA without a curve"),
        (spki(&[&raw::oid(EC), null], 0, &point(4, 64)), "ECDSA on a curve with explicit parameters"),
        (spki(&[&raw::oid(EC), &raw::oid(&[0x2b, 0x81, 4, 0, 10])], 0, &point(4, 64)), "ECDSA secp256k1"),
        (spki(&[&raw::oid(ED25519)], 0, &[7; 31]), "Ed25519 (malformed)"),
        (spki(&[&raw::oid(ED25519), null], 0, &[7; 32]), "Ed25519 (malformed)"),
        (spki(&[&raw::oid(&[0x2b, 0x65, 0x71])], 0, &[7; 57]), "Ed448"),
        (spki(&[&raw::oid(RSA), null], 0, &[7; 256]), "RSA (malformed)"),
        (spki(&[&raw::oid(RSA), &raw::oid(RSA)], 0, &rsa), "RSA (malformed)"),
        (spki(&[&raw::oid(RSA), null], 0, &[&rsa[..], &[0]].concat()), "RSA (malformed)"),
        (spki(&[&raw::oid(&[0x2a, 3, 4])], 0, &[1]), "1.2.3.4"),
    ] {
        let key = SubjectPublicKeyInfo::from_der(&der).unwrap();
        assert_eq!((key.key_type(), key.key_description().as_str()), (None, text));
        assert_eq!(key.usable(), Err(format!("{text}, which is not supported")));
        same_in_a_certificate(&der);
    }
    for (octets, text) in
        [(128, "RSA 1024, which is shorter than 2048 bits"), (1025, "RSA 8200, which is longer than 8192 bits")]
    {
        let der = spki(&[&raw::oid(RSA), null], 0, &rsa_key(octets));
        let key = SubjectPublicKeyInfo::from_der(&der).unwrap();
        assert!(key.key_type().is_some());
        assert_eq!(key.usable(), Err(text.to_owned()));
        same_in_a_certificate(&der);
    }
}

proptest! {
    /// Whatever a peer does to a key: it is read as a certificate's is, and what is said of it is fit to be shown.
    #[test]
    fn changed_keys(which in 0..6_usize, at: proptest::sample::Index, value: u8, cut: proptest::sample::Index) {
        let mut der = real()[which].0.to_vec();
        let place = at.index(der.len());
        der[place] = value;
        same_in_a_certificate_or_not_one_element(&der);
        der.truncate(cut.index(der.len()));
        if let Ok(key) = SubjectPublicKeyInfo::from_der(&der) {
            prop_assert_eq!(key.der(), &der[..]);
        }
    }

    #[test]
    fn noise(der in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(key) = SubjectPublicKeyInfo::from_der(&der) {
            prop_assert!(!key.key_description().chars().any(char::is_control));
        }
    }
}

/// Where the outer length was changed, what follows in a certificate would be read as part of the key.
fn same_in_a_certificate_or_not_one_element(der: &[u8]) {
    if let Ok(key) = SubjectPublicKeyInfo::from_der(der) {
        assert!(!key.key_description().chars().any(char::is_control));
        same_in_a_certificate(der);
    }
}
