//! Key files as OpenSSL writes them, and signatures in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;

use tlsmith_crypto::{
    CryptoError, Curve, HashAlgorithm, KeyType, Provider, SignatureAlgorithm, SigningKey, aws_lc::AwsLc,
};

use HashAlgorithm::{Sha256, Sha384, Sha512};
use SignatureAlgorithm::{Ecdsa, Ed25519, MlDsa44, MlDsa65, MlDsa87, RsaPkcs1, RsaPss};

macro_rules! data {
    ($name:literal) => {
        &include_bytes!(concat!("data/", $name))[..]
    };
}

const MESSAGE: &[u8] = b"message";

const ALL: [SignatureAlgorithm; 19] = [
    Ecdsa(Curve::P256, Sha256),
    Ecdsa(Curve::P256, Sha384),
    Ecdsa(Curve::P256, Sha512),
    Ecdsa(Curve::P384, Sha256),
    Ecdsa(Curve::P384, Sha384),
    Ecdsa(Curve::P384, Sha512),
    Ecdsa(Curve::P521, Sha256),
    Ecdsa(Curve::P521, Sha384),
    Ecdsa(Curve::P521, Sha512),
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    RsaPkcs1(Sha256),
    RsaPkcs1(Sha384),
    RsaPkcs1(Sha512),
    RsaPss(Sha256),
    RsaPss(Sha384),
    RsaPss(Sha512),
];

fn load(der: &[u8]) -> Arc<dyn SigningKey> {
    AwsLc.load_key(der).unwrap()
}

fn refused(der: &[u8]) -> CryptoError {
    AwsLc.load_key(der).unwrap_err()
}

/// One element with a length in long or short form, as DER has it.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(len) if len < 0x80 => out.push(len),
        Ok(len) => out.extend([0x81, len]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    out.extend_from_slice(content);
    out
}

/// Name, key file, the public key that OpenSSL writes for it, the type, and what it signs.
type Good = (&'static str, &'static [u8], &'static [u8], KeyType, Vec<SignatureAlgorithm>);

fn good() -> Vec<Good> {
    let p256 = vec![Ecdsa(Curve::P256, Sha256)];
    let p384 = vec![Ecdsa(Curve::P384, Sha384)];
    let p521 = vec![Ecdsa(Curve::P521, Sha512)];
    let pss = vec![RsaPss(Sha256), RsaPss(Sha384), RsaPss(Sha512)];
    let rsa = [&pss[..], &[RsaPkcs1(Sha256), RsaPkcs1(Sha384), RsaPkcs1(Sha512)]].concat();
    vec![
        ("p256 PKCS#8", data!("p256.p8"), data!("p256.spki"), KeyType::Ecdsa(Curve::P256), p256.clone()),
        ("p256 SEC1", data!("p256.sec1"), data!("p256.spki"), KeyType::Ecdsa(Curve::P256), p256.clone()),
        ("p256 no public", data!("p256-no-public.sec1"), data!("p256.spki"), KeyType::Ecdsa(Curve::P256), p256),
        ("p384 PKCS#8", data!("p384.p8"), data!("p384.spki"), KeyType::Ecdsa(Curve::P384), p384.clone()),
        ("p384 SEC1", data!("p384.sec1"), data!("p384.spki"), KeyType::Ecdsa(Curve::P384), p384),
        ("p521 PKCS#8", data!("p521.p8"), data!("p521.spki"), KeyType::Ecdsa(Curve::P521), p521.clone()),
        ("p521 SEC1", data!("p521.sec1"), data!("p521.spki"), KeyType::Ecdsa(Curve::P521), p521),
        ("Ed25519", data!("ed25519.p8"), data!("ed25519.spki"), KeyType::Ed25519, vec![Ed25519]),
        ("ML-DSA-44", data!("mldsa44.p8"), data!("mldsa44.spki"), KeyType::MlDsa44, vec![MlDsa44]),
        ("ML-DSA-65", data!("mldsa65.p8"), data!("mldsa65.spki"), KeyType::MlDsa65, vec![MlDsa65]),
        ("ML-DSA-87", data!("mldsa87.p8"), data!("mldsa87.spki"), KeyType::MlDsa87, vec![MlDsa87]),
        ("RSA PKCS#8", data!("rsa.p8"), data!("rsa.spki"), KeyType::Rsa { bits: 2048 }, rsa.clone()),
        ("RSA PKCS#1", data!("rsa.p1"), data!("rsa.spki"), KeyType::Rsa { bits: 2048 }, rsa),
        ("RSA-PSS", data!("pss.p8"), data!("pss.spki"), KeyType::RsaPss { bits: 2048 }, pss),
        ("PSS-384", data!("pss384.p8"), data!("pss384.spki"), KeyType::RsaPss { bits: 2048 }, vec![RsaPss(Sha384)]),
    ]
}

#[test]
fn every_form_loads_signs_and_verifies() {
    for (name, file, spki, key_type, supported) in good() {
        let key = load(file);
        assert_eq!(key.key_type(), key_type, "{name}");
        assert_eq!(key.spki(), spki, "{name}");
        assert!(spki.ends_with(key.public_key()), "{name}");
        for algorithm in ALL {
            assert_eq!(key.supports(algorithm), supported.contains(&algorithm), "{name} {algorithm:?}");
            let signature = match key.sign(algorithm, MESSAGE) {
                Ok(signature) => signature,
                Err(error) => {
                    assert!(!supported.contains(&algorithm), "{name} {algorithm:?}");
                    assert_eq!(error, CryptoError::Unsupported);
                    continue;
                }
            };
            assert!(supported.contains(&algorithm));
            let verify =
                |message: &[u8], signature: &[u8]| AwsLc.verify(algorithm, key.public_key(), message, signature);
            assert_eq!(verify(MESSAGE, &signature), Ok(()), "{name} {algorithm:?}");
            assert_eq!(verify(b"massage", &signature), Err(CryptoError::Rejected));
            assert_eq!(verify(MESSAGE, &[]), Err(CryptoError::Rejected));
            for at in [0, signature.len() / 2, signature.len() - 1] {
                let mut bad = signature.clone();
                bad[at] ^= 1;
                assert_eq!(verify(MESSAGE, &bad), Err(CryptoError::Rejected), "{name} {algorithm:?} {at}");
            }
            // Under every other algorithm it is no signature.
            for other in ALL.into_iter().filter(|other| *other != algorithm) {
                assert!(AwsLc.verify(other, key.public_key(), MESSAGE, &signature).is_err(), "{algorithm:?} {other:?}");
            }
        }
    }
}

#[test]
fn signatures_of_openssl() {
    let public = |file| load(file).public_key().to_vec();
    for (algorithm, key, signature) in [
        (Ecdsa(Curve::P256, Sha256), data!("p256.p8"), data!("m.p256sha256")),
        (Ecdsa(Curve::P256, Sha512), data!("p256.p8"), data!("m.p256sha512")),
        (Ecdsa(Curve::P384, Sha384), data!("p384.p8"), data!("m.p384sha384")),
        (Ecdsa(Curve::P521, Sha256), data!("p521.p8"), data!("m.p521sha256")),
        (Ed25519, data!("ed25519.p8"), data!("m.ed25519")),
        (MlDsa44, data!("mldsa44.p8"), data!("m.mldsa44")),
        (MlDsa65, data!("mldsa65.p8"), data!("m.mldsa65")),
        (MlDsa87, data!("mldsa87.p8"), data!("m.mldsa87")),
        (RsaPkcs1(Sha256), data!("rsa.p8"), data!("m.rsa")),
        (RsaPss(Sha512), data!("rsa.p8"), data!("m.pss512")),
    ] {
        assert_eq!(AwsLc.verify(algorithm, &public(key), MESSAGE, signature), Ok(()), "{algorithm:?}");
    }
    // RFC 8446 §4.2.3: the salt is as long as the digest.
    let salt20 = AwsLc.verify(RsaPss(Sha256), &public(data!("rsa.p8")), MESSAGE, data!("m.pss256salt20"));
    assert_eq!(salt20, Err(CryptoError::Rejected));
}

#[test]
fn a_compressed_point_verifies() {
    let point = load(data!("p256.p8")).public_key().to_vec();
    let mut compressed = point[..33].to_vec();
    compressed[0] = 2 | (point[64] & 1);
    let verify = |point: &[u8]| AwsLc.verify(Ecdsa(Curve::P256, Sha256), point, MESSAGE, data!("m.p256sha256"));
    assert_eq!(verify(&compressed), Ok(()));
    compressed[0] ^= 1;
    assert_eq!(verify(&compressed), Err(CryptoError::Rejected));
    // The hybrid form (X9.62) is no form of RFC 5480.
    let mut hybrid = point;
    hybrid[0] = 6 | (hybrid[64] & 1);
    assert_eq!(verify(&hybrid), Err(CryptoError::InvalidInput));
}

#[test]
fn malformed_public_keys_are_refused() {
    for (name, file, spki, _, supported) in good() {
        let key = load(file);
        for algorithm in supported {
            let signature = key.sign(algorithm, MESSAGE).unwrap();
            let verify = |public: &[u8]| AwsLc.verify(algorithm, public, MESSAGE, &signature);
            // A SubjectPublicKeyInfo is not the content of its BIT STRING.
            assert_eq!(verify(spki), Err(CryptoError::InvalidInput), "{name}");
            assert_eq!(verify(&[]), Err(CryptoError::InvalidInput), "{name}");
            assert_eq!(verify(&[key.public_key(), &[0]].concat()), Err(CryptoError::InvalidInput), "{name}");
            for len in (0..key.public_key().len()).step_by(7) {
                assert_eq!(verify(&key.public_key()[..len]), Err(CryptoError::InvalidInput), "{name} {len}");
            }
        }
    }
    let off_the_curve = [&[4][..], &[7; 64]].concat();
    assert_eq!(
        AwsLc.verify(Ecdsa(Curve::P256, Sha256), &off_the_curve, MESSAGE, data!("m.p256sha256")),
        Err(CryptoError::InvalidInput)
    );
}

#[test]
fn rsa_lengths_are_bounded() {
    assert_eq!(refused(data!("rsa1024.p1")), CryptoError::Unsupported);
    for (bits, want) in [
        (1024, CryptoError::Unsupported),
        (2047, CryptoError::Unsupported),
        (2048, CryptoError::Rejected),
        (8192, CryptoError::Rejected),
        (8193, CryptoError::Unsupported),
        (16384, CryptoError::Unsupported),
    ] {
        let mut modulus = vec![0xff_u8; usize::div_ceil(bits, 8)];
        modulus[0] >>= (8 - bits % 8) % 8;
        if modulus[0] >= 0x80 {
            modulus.insert(0, 0);
        }
        let public = element(0x30, &[element(2, &modulus), vec![2, 3, 1, 0, 1]].concat());
        for algorithm in [RsaPkcs1(Sha256), RsaPss(Sha512)] {
            assert_eq!(AwsLc.verify(algorithm, &public, MESSAGE, &vec![1; bits.div_ceil(8)]), Err(want), "{bits}");
        }
    }
}

/// Where SEC1 says neither the curve nor the public key, only the length of the scalar is left.
#[test]
fn a_bare_scalar_loads() {
    for (sec1, spki, len) in [
        (data!("p256.sec1"), data!("p256.spki"), 32),
        (data!("p384.sec1"), data!("p384.spki"), 48),
        (data!("p521.sec1"), data!("p521.spki"), 66),
    ] {
        let start = sec1.windows(2).position(|w| w == [4, u8::try_from(len).unwrap()]).unwrap() + 2;
        let scalar = &sec1[start..start + len];
        let bare = element(0x30, &[vec![2, 1, 1], element(4, scalar)].concat());
        assert_eq!(load(&bare).spki(), spki);
        let wrong = element(0x30, &[vec![2, 1, 1], element(4, &scalar[..len - 1])].concat());
        assert_eq!(refused(&wrong), CryptoError::InvalidInput);
    }
    let zero = element(0x30, &[vec![2, 1, 1], element(4, &[0; 32])].concat());
    assert_eq!(refused(&zero), CryptoError::InvalidInput);
}

/// RFC 8032 §5.1.5: the seed has 32 octets. The backend looks for too few only before it reads it.
#[test]
fn an_ed25519_seed_of_another_length_is_refused() {
    let p8 = data!("ed25519.p8");
    let (rest, seed) = p8.split_at(p8.len() - 32);
    let header = &rest[2..rest.len() - 4];
    let with = |seed: &[u8]| element(0x30, &[header, &element(4, &element(4, seed))].concat());
    assert_eq!(with(seed), p8);
    for bad in [&seed[..31], &[seed, &[0]].concat(), &[seed, seed].concat(), &[]] {
        assert_eq!(refused(&with(bad)), CryptoError::InvalidInput, "{}", bad.len());
    }
}

/// RFC 5958: version 2 has the public key at the end, and attributes before it.
#[test]
fn pkcs8_version_2() {
    let files = [data!("ed25519.p8"), data!("p256.p8"), data!("rsa.p8"), data!("pss.p8")];
    for (p8, other) in files.into_iter().zip([0x11, 4, 0x30, 0x30]) {
        let key = load(p8);
        let header = match p8[1] {
            0x81 => 3,
            0x82 => 4,
            _ => 2,
        };
        let inner = &p8[header + 3..];
        let version_2 = |public: &[u8], attributes: &[u8], version: u8| {
            let public = element(0x81, &[&[0], public].concat());
            element(0x30, &[&[2, 1, version], inner, attributes, &public].concat())
        };
        assert_eq!(load(&version_2(key.public_key(), &[], 1)).spki(), key.spki());
        assert_eq!(load(&version_2(key.public_key(), &[0xa0, 0], 1)).spki(), key.spki());
        // The public key of somebody else; one in version 1; a version that does not exist.
        let stranger = vec![other; key.public_key().len()];
        assert_eq!(refused(&version_2(&stranger, &[], 1)), CryptoError::InvalidInput);
        assert_eq!(refused(&version_2(key.public_key(), &[], 0)), CryptoError::InvalidInput);
        assert_eq!(refused(&version_2(key.public_key(), &[], 2)), CryptoError::InvalidInput);
    }
}

#[test]
fn what_is_not_supported_is_said_to_be() {
    assert_eq!(refused(data!("k256.sec1")), CryptoError::Unsupported);
    assert_eq!(refused(data!("explicit.sec1")), CryptoError::Unsupported);
    // X25519 (1.3.101.110) is no signing key.
    let mut x25519 = data!("ed25519.p8").to_vec();
    let at = x25519.windows(3).position(|w| w == [0x2b, 0x65, 0x70]).unwrap();
    x25519[at + 2] = 0x6e;
    assert_eq!(refused(&x25519), CryptoError::Unsupported);
}

#[test]
fn an_ec_key_with_the_public_key_of_another_is_refused() {
    for file in [data!("p256.sec1"), data!("p256.p8")] {
        let mut bad = file.to_vec();
        *bad.last_mut().unwrap() ^= 1;
        assert_eq!(refused(&bad), CryptoError::InvalidInput);
    }
}

#[test]
fn rsa_keys_that_do_not_fit_together_are_refused() {
    let mut bad = data!("rsa.p1").to_vec();
    *bad.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&bad), CryptoError::InvalidInput);
}

#[test]
fn truncated_and_extended_files_are_refused() {
    for (name, file, ..) in good() {
        for len in 0..file.len() {
            assert!(AwsLc.load_key(&file[..len]).is_err(), "{name} {len}");
        }
        assert_eq!(refused(&[file, &[0]].concat()), CryptoError::InvalidInput, "{name}");
    }
    assert_eq!(refused(b"-----BEGIN PRIVATE KEY-----"), CryptoError::InvalidInput);
    assert_eq!(refused(data!("rsa.spki")), CryptoError::InvalidInput);
}

#[test]
fn debug_shows_the_type_and_nothing_else() {
    for (_, file, _, key_type, _) in good() {
        assert_eq!(format!("{:?}", load(file)), format!("SigningKey({key_type})"));
    }
}

/// The three forms of RFC 9881 §6 and what is none of them. The expanded key is the backend's own, from OpenSSL's seed.
#[test]
fn mldsa_private_keys() {
    use aws_lc_rs::{
        encoding::AsRawBytes as _,
        signature::{ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair},
    };
    for (set, file, spki, key_type) in [
        (&ML_DSA_44_SIGNING, data!("mldsa44.p8"), data!("mldsa44.spki"), KeyType::MlDsa44),
        (&ML_DSA_65_SIGNING, data!("mldsa65.p8"), data!("mldsa65.spki"), KeyType::MlDsa65),
        (&ML_DSA_87_SIGNING, data!("mldsa87.p8"), data!("mldsa87.spki"), KeyType::MlDsa87),
    ] {
        let (algorithm, seed) = (&file[5..18], &file[file.len() - 32..]);
        assert_eq!(&algorithm[..4], [0x30, 11, 6, 9]);
        let expanded = PqdsaKeyPair::from_seed(set, seed).unwrap().private_key().as_raw_bytes().unwrap();
        let expanded = expanded.as_ref();
        let info = |version: u8, algorithm: &[u8], key: &[u8], after: &[u8]| {
            element(0x30, &[&[2, 1, version], algorithm, &element(4, key), after].concat())
        };
        let both = |seed: &[u8], expanded: &[u8]| element(0x30, &[element(4, seed), element(4, expanded)].concat());
        let good = [element(0x80, seed), element(4, expanded), both(seed, expanded)];
        for key in &good {
            let loaded = load(&info(0, algorithm, key, &[]));
            assert_eq!((loaded.key_type(), loaded.spki()), (key_type, spki));
            // PKCS#8 version 2 says the public key as well (RFC 5958 §2).
            let public = [&[0][..], loaded.public_key()].concat();
            assert_eq!(load(&info(1, algorithm, key, &element(0x81, &public))).spki(), spki);
            let mut other = public;
            other[5] ^= 1;
            assert_eq!(refused(&info(1, algorithm, key, &element(0x81, &other))), CryptoError::InvalidInput);
        }

        let mut other_seed = seed.to_vec();
        other_seed[0] ^= 1;
        let mut other_expanded = expanded.to_vec();
        other_expanded[40] ^= 1;
        let tagged = |tag: u8, content: &[u8]| element(tag, content);
        for (what, key) in [
            ("a short seed", tagged(0x80, &seed[..31])),
            ("a long seed", tagged(0x80, &[seed, &[0]].concat())),
            ("no seed", tagged(0x80, &[])),
            ("a seed as an expanded key", tagged(4, seed)),
            ("an expanded key as a seed", tagged(0x80, expanded)),
            ("a short expanded key", tagged(4, &expanded[..expanded.len() - 1])),
            ("a long expanded key", tagged(4, &[expanded, &[0]].concat())),
            ("the expanded key of another seed", both(&other_seed, expanded)),
            ("a changed expanded key", both(seed, &other_expanded)),
            ("a sequence of a seed alone", tagged(0x30, &tagged(4, seed))),
            ("a sequence of three", tagged(0x30, &[tagged(4, seed), tagged(4, expanded), vec![5, 0]].concat())),
            ("the other order", both(expanded, seed)),
            ("nothing", vec![]),
            ("a bare seed", seed.to_vec()),
            ("something after the seed", [tagged(0x80, seed), vec![5, 0]].concat()),
            ("an explicit tag", tagged(0xa0, &tagged(4, seed))),
        ] {
            assert_eq!(refused(&info(0, algorithm, &key, &[])), CryptoError::InvalidInput, "{what}");
        }
        // RFC 9881 §2: the parameters are absent.
        let null = element(0x30, &[&algorithm[2..], &[5, 0]].concat());
        assert_eq!(refused(&info(0, &null, &good[0], &[])), CryptoError::InvalidInput);
        // Another parameter set has another expanded key; a seed is one for every set.
        for other in [0x11, 0x12, 0x13].into_iter().filter(|last| *last != algorithm[12]) {
            let mut algorithm = algorithm.to_vec();
            algorithm[12] = other;
            assert_eq!(refused(&info(0, &algorithm, &good[1], &[])), CryptoError::InvalidInput);
            assert_ne!(load(&info(0, &algorithm, &good[0], &[])).key_type(), key_type);
        }
    }
}
