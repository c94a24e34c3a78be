//! Chains that OpenSSL made, a leaf below a root by each algorithm: which are taken, under which profile, and what is said of
//! the others. `tests/data/algorithms`: the leaf for example.com first, the root after it, one file an algorithm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::{Case, case, raw};
use tlsmith_x509::{Certificate, Code, Profile, UnixTime, pem};

macro_rules! chain {
    ($name:literal) => {
        ($name, &include_bytes!(concat!("data/algorithms/", $name, ".pem"))[..])
    };
}

/// Under the private profile, the day after they were made.
fn of(bytes: &[u8]) -> Case {
    let [leaf, root] = <[Certificate; 2]>::try_from(pem::certificates(bytes).unwrap()).unwrap();
    let now = UnixTime::from_civil(2026, 11, 23, 0, 0, 0).unwrap();
    Case { now, ..case(&[&root], &[&leaf]) }
}

#[test]
fn algorithms_that_are_taken() {
    for (name, bytes) in [
        chain!("rsa2048-sha256"),
        chain!("rsa2048-sha384"),
        chain!("rsa2048-sha512"),
        chain!("rsa2048-e3"),
        chain!("rsa8192-sha256"),
        chain!("pss-sha256"),
        chain!("pss-sha384"),
        chain!("pss-sha512"),
        chain!("rsa-pss-key"),
        chain!("ecdsa-p256-sha256"),
        chain!("ecdsa-p384-sha384"),
        chain!("ecdsa-p521-sha512"),
    ] {
        println!("{name}");
        let mut case = of(bytes);
        case.is_trusted(&[]);
        // Years of validity: a private CA's own matter.
        case.profile = Profile::web();
        case.is_trusted(&[Code::ValidityTooLong]);
    }
}

#[test]
fn algorithms_that_are_not_those_of_the_web() {
    let curves = [chain!("ecdsa-p384-sha256"), chain!("ecdsa-p256-sha512")];
    for (name, bytes) in curves.into_iter().chain([chain!("ed25519")]) {
        println!("{name}");
        let mut case = of(bytes);
        case.is_trusted(&[]);
        case.profile = Profile::web();
        let report = case.report();
        let finding = report.cause().unwrap();
        assert_eq!(finding.code, Code::UnsupportedSignatureAlgorithm, "{report:#?}");
        assert!(finding.message.contains("which the profile web does not allow"), "{finding:#?}");
    }
    let mut case = of(chain!("ed25519").1);
    case.profile = Profile::web();
    case.fails(&[Code::UnsupportedSignatureAlgorithm, Code::KeyNotAllowed, Code::ValidityTooLong]);
}

#[test]
fn algorithms_that_are_refused() {
    for ((name, bytes), text) in [
        (chain!("rsa2048-sha1"), "is signed with sha1WithRSAEncryption, which is broken"),
        (chain!("rsa2048-md5"), "is signed with md5WithRSAEncryption, which is broken"),
        (chain!("ecdsa-p256-sha1"), "is signed with ecdsa-with-SHA1, which is broken"),
        (chain!("ed448"), "is signed with Ed448, which is not supported"),
        // RFC 4055 §3.1 allows any salt; TLS, the web and the provider know the one as long as the hash.
        (chain!("pss-salt0"), "RSASSA-PSS (with a salt of 0 octets instead of 32), which is not supported"),
        (chain!("pss-salt20"), "RSASSA-PSS (with a salt of 20 octets instead of 32), which is not supported"),
        (chain!("pss-salt222"), "RSASSA-PSS (with a salt of 222 octets instead of 32), which is not supported"),
    ] {
        for profile in [Profile::private(), Profile::web()] {
            let report = Case { profile, ..of(bytes) }.report();
            let finding = report.cause().unwrap();
            assert_eq!(finding.code, Code::UnsupportedSignatureAlgorithm, "{name} {report:#?}");
            assert!(finding.message.contains(text), "{finding:#?}");
        }
    }
}

#[test]
fn keys_of_issuers_that_are_refused() {
    for ((name, bytes), text) in [
        (chain!("rsa1024-sha256"), "RSA 1024, which is shorter than 2048 bits"),
        (chain!("ecdsa-p224-sha256"), "ECDSA P-224, which is not supported"),
    ] {
        let report = of(bytes).report();
        let finding = report.cause().unwrap();
        assert_eq!(finding.code, Code::UnsupportedKey, "{name} {report:#?}");
        assert!(finding.message.contains(text), "{finding:#?}");
    }
}

/// RFC 8017 §3.1: with an exponent of 1 every message is its own signature.
#[test]
fn rsa_keys_that_are_none() {
    let spki = |modulus: &[u8], exponent: &[u8]| {
        let key = raw::sequence(&[&raw::tlv(2, modulus), &raw::tlv(2, exponent)]);
        let algorithm = raw::sequence(&[&raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]), &[5, 0]]);
        raw::sequence(&[&algorithm, &raw::tlv(3, &[&[0][..], &key].concat())])
    };
    let odd = [&[0][..], &[0xc1; 256]].concat();
    let even = [&[0][..], &[0xc2; 256]].concat();
    let signer = raw::signer();
    let root = raw::Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    for (modulus, exponent, text) in [
        (&odd, &[1][..], "RSA with the public exponent 1 or an even one"),
        (&odd, &[2], "RSA with the public exponent 1 or an even one"),
        (&odd, &[1, 0, 0], "RSA with the public exponent 1 or an even one"),
        (&odd, &[0], "RSA with the public exponent 1 or an even one"),
        (&even, &[1, 0, 1], "RSA with an even modulus"),
    ] {
        let leaf = raw::Raw::new("leaf", "Root", &spki(modulus, exponent)).with(&[raw::dns_names(&["example.com"])]);
        let finding = case(&[&root], &[&leaf.signed_by(&*signer)]).fails(&[Code::UnsupportedKey]);
        assert!(finding.message.contains(text), "{finding:#?}");
    }
}
