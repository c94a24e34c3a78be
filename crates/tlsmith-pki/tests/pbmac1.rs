//! PKCS#12 files whose MAC is PBMAC1 (RFC 9579): what is right opens, what is not is told, and nothing hostile costs much.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use aws_lc_rs::{hmac, pbkdf2};
use rcgen::{CertificateParams, KeyPair};
use std::{num::NonZeroU32, sync::OnceLock};
use tlsmith_pki::{
    ContainerError, PrivateKey, Problem,
    container::{self, Contents, NamedCertificate},
};
use tlsmith_x509::Certificate;
use zeroize::Zeroizing;

/// Taken as UTF-8, not as the UTF-16 of PKCS#12's own MAC (RFC 9579 §5).
const PASSPHRASE: &str = "Öl & Wasser";

const SALT: &[u8] = b"the salt";

/// Few, so that the tests take no time.
const ITERATIONS: u32 = 2048;

/// hmacWithSHA256 to hmacWithSHA512 (RFC 8018 §B.1.2) by the last arc of their identifiers, with what they are.
#[derive(Clone, Copy)]
struct Hmac(u8, &'static hmac::Algorithm, &'static pbkdf2::Algorithm);

const SHA256: Hmac = Hmac(9, &hmac::HMAC_SHA256, &pbkdf2::PBKDF2_HMAC_SHA256);
const SHA384: Hmac = Hmac(10, &hmac::HMAC_SHA384, &pbkdf2::PBKDF2_HMAC_SHA384);
const SHA512: Hmac = Hmac(11, &hmac::HMAC_SHA512, &pbkdf2::PBKDF2_HMAC_SHA512);

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match content.len().to_be_bytes() {
        [.., 0, low] if low < 0x80 => vec![low],
        [.., 0, low] => vec![0x81, low],
        [.., high, low] => vec![0x82, high, low],
    };
    [&[tag], &length[..], &content].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, parts)
}

fn octets(content: &[u8]) -> Vec<u8> {
    element(4, &[content])
}

fn integer(value: u64) -> Vec<u8> {
    asn1::write_single(&value).unwrap()
}

/// 1.2.840.113549 and the rest: what RSA Laboratories gave names to.
fn oid(rest: &[u8]) -> Vec<u8> {
    element(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d], rest])
}

fn algorithm(hmac: Hmac) -> Vec<u8> {
    sequence(&[&oid(&[2, hmac.0]), &[5, 0]])
}

/// A key and its certificate under the passphrase: the PFX's authSafe, and the octets in it that the MAC is over.
fn safe() -> &'static (Vec<u8>, Vec<u8>, Certificate) {
    static SAFE: OnceLock<(Vec<u8>, Vec<u8>, Certificate)> = OnceLock::new();
    SAFE.get_or_init(|| {
        let pair = KeyPair::generate().unwrap();
        let made = CertificateParams::new(["a.test".to_owned()]).unwrap().self_signed(&pair).unwrap();
        let certificate = Certificate::from_der(made.der()).unwrap();
        let key = PrivateKey::from_der(&pair.serialize_der()).unwrap();
        let named = NamedCertificate { certificate: &certificate, name: Some("x"), trusted: false };
        let file = container::pkcs12(Some(&key), &[named], PASSPHRASE).unwrap();
        // PFX: version, authSafe, macData. The authSafe: its type, and the octets inside of a [0].
        let pfx: asn1::SequenceOf<'_, asn1::Tlv<'_>> = asn1::parse_single(&file).unwrap();
        let safe = pfx.clone().nth(1).unwrap();
        let inside = safe.parse::<asn1::SequenceOf<'_, asn1::Tlv<'_>>>().unwrap().nth(1).unwrap();
        let content: &[u8] = asn1::parse_single(inside.data()).unwrap();
        (safe.full_data().to_vec(), content.to_vec(), certificate)
    })
}

/// `PBKDF2-params` (RFC 8018 §A.2) inside of their AlgorithmIdentifier.
fn derivation(salt: &[u8], iterations: &[u8], length: &[u8], prf: &[u8]) -> Vec<u8> {
    sequence(&[&oid(&[1, 5, 12]), &sequence(&[salt, iterations, length, prf])])
}

/// The digest of the authSafe as it should be.
fn digest(passphrase: &str, prf: Hmac, mac: Hmac, length: usize) -> Vec<u8> {
    let mut key = vec![0; length];
    pbkdf2::derive(*prf.2, NonZeroU32::new(ITERATIONS).unwrap(), SALT, passphrase.as_bytes(), &mut key);
    hmac::sign(&hmac::Key::new(*mac.1, &key), &safe().1).as_ref().to_vec()
}

/// A file whose MAC has these parameters and this digest.
fn file(parameters: &[&[u8]], digest: &[u8]) -> Vec<u8> {
    file_with(parameters, digest, &integer(1))
}

/// The same, with these iterations in MacData, which with PBMAC1 mean as little as its salt (RFC 9579 §4).
fn file_with(parameters: &[&[u8]], digest: &[u8], iterations: &[u8]) -> Vec<u8> {
    let info = sequence(&[&sequence(&[&oid(&[1, 5, 14]), &parameters.concat()]), &octets(digest)]);
    let mac = sequence(&[&info, &octets(b"NOT USED"), iterations]);
    sequence(&[&integer(3), &safe().0, &mac])
}

/// The same, with a MAC that says what it is made with.
fn good(passphrase: &str, prf: Hmac, mac: Hmac, length: usize) -> Vec<u8> {
    let derived = derivation(&octets(SALT), &integer(ITERATIONS.into()), &integer(length as u64), &algorithm(prf));
    file(&[&sequence(&[&derived, &algorithm(mac)])], &digest(passphrase, prf, mac, length))
}

fn read(bytes: &[u8], passphrase: Option<&str>) -> Result<Contents, ContainerError> {
    container::read(bytes, &mut || passphrase.map(|text| Zeroizing::new(text.to_owned())))
}

fn problem(bytes: &[u8]) -> (Problem, String) {
    let error = read(bytes, Some(PASSPHRASE)).unwrap_err();
    (error.problem(), error.to_string())
}

/// The three of RFC 9579 §A.1 to §A.3, and what else may be.
#[test]
fn every_hash_opens() {
    for (prf, mac, length) in
        [(SHA256, SHA256, 32), (SHA512, SHA256, 32), (SHA512, SHA512, 64), (SHA384, SHA384, 48), (SHA256, SHA512, 20)]
    {
        let file = good(PASSPHRASE, prf, mac, length);
        let contents = read(&file, Some(PASSPHRASE)).unwrap();
        assert_eq!((contents.keys.len(), &contents.certificates[0]), (1, &safe().2));
        assert!(contents.skipped.is_empty());
        assert_eq!(read(&file, None).unwrap_err().problem(), Problem::PassphraseNeeded);
        for wrong in ["", "Ol & Wasser", "Öl & Wasser ", "öl & wasser"] {
            assert_eq!(read(&file, Some(wrong)).unwrap_err().problem(), Problem::WrongPassphrase, "{wrong:?}");
        }
    }
}

/// The vectors of RFC 9579 spell out the default of one iteration, which BER may and DER may not.
#[test]
fn iterations_beside_the_parameters_mean_nothing() {
    let derived = derivation(&octets(SALT), &integer(ITERATIONS.into()), &integer(32), &algorithm(SHA256));
    let said = sequence(&[&derived, &algorithm(SHA256)]);
    let right = digest(PASSPHRASE, SHA256, SHA256, 32);
    for iterations in [Vec::new(), integer(0), integer(1), integer(2048), integer(u64::MAX)] {
        let contents = read(&file_with(&[&said], &right, &iterations), Some(PASSPHRASE));
        assert_eq!(contents.unwrap().keys.len(), 1, "{iterations:02x?}");
    }
}

/// A MAC of the empty passphrase fits without asking. What is inside has another one, and that is not asked for either.
#[test]
fn no_passphrase_is_tried_first() {
    let error = container::read(&good("", SHA256, SHA256, 32), &mut || panic!("it was asked for")).unwrap_err();
    assert_eq!(error.problem(), Problem::WrongPassphrase);
    assert!(!error.to_string().contains("MAC"), "{error}");
}

#[test]
fn a_mac_that_does_not_fit_is_refused() {
    let right = digest(PASSPHRASE, SHA256, SHA256, 32);
    let parameters = |salt: &[u8], iterations, length, prf, mac| {
        let derived = derivation(&octets(salt), &integer(iterations), &integer(length), &algorithm(prf));
        sequence(&[&derived, &algorithm(mac)])
    };
    let said = parameters(SALT, ITERATIONS.into(), 32, SHA256, SHA256);
    assert!(read(&file(&[&said], &right), Some(PASSPHRASE)).is_ok());

    let mut flipped = right.clone();
    flipped[31] ^= 1;
    let longer = [&right[..], &[0]].concat();
    for digest in [&flipped[..], &right[..31], &right[..16], &right[..1], &[], &longer, &[0; 32]] {
        let (problem, message) = problem(&file(&[&said], digest));
        assert_eq!(problem, Problem::WrongPassphrase, "{} octets", digest.len());
        assert!(message.contains("MAC does not fit"), "{message}");
    }
    // RFC 9579 §A.4, §A.5, and the others: the digest is right, what it is said to be made with is not.
    for said in [
        parameters(SALT, u64::from(ITERATIONS) - 1, 32, SHA256, SHA256),
        parameters(b"The salt", ITERATIONS.into(), 32, SHA256, SHA256),
        parameters(b"", ITERATIONS.into(), 32, SHA256, SHA256),
        parameters(SALT, ITERATIONS.into(), 31, SHA256, SHA256),
        parameters(SALT, ITERATIONS.into(), 32, SHA512, SHA256),
        parameters(SALT, ITERATIONS.into(), 32, SHA256, SHA512),
    ] {
        assert_eq!(problem(&file(&[&said], &right)).0, Problem::WrongPassphrase);
    }
    // Of what the MAC is over, one octet is another: the last, which is ciphertext or an attribute.
    let mut changed = file(&[&said], &right);
    let end = changed.windows(safe().0.len()).position(|part| part == safe().0).unwrap() + safe().0.len();
    changed[end - 1] ^= 1;
    assert_eq!(problem(&changed).0, Problem::WrongPassphrase);
}

/// RFC 9579 §A.6, and what else a hostile file may say: each is told before any work is done for it.
#[test]
fn hostile_parameters_are_refused() {
    let right = digest(PASSPHRASE, SHA256, SHA256, 32);
    let (salt, count, length) = (octets(SALT), integer(ITERATIONS.into()), integer(32));
    let (prf, null) = (algorithm(SHA256), [5, 0]);
    let with = |derived: &[u8]| sequence(&[derived, &prf]);
    let long_salt = octets(&[7; 1025]);
    // saltSource is a CHOICE; nobody has otherSource.
    let other_source = sequence(&[&oid(&[1, 5, 12])]);
    let pbes2 = sequence(&[&oid(&[1, 5, 13]), &sequence(&[&salt, &count])]);
    let huge = element(2, &[&[1; 9]]);

    use Problem::{Malformed, TooMuchWork, Unsupported};
    for (what, parameters, expected) in [
        ("no key length", with(&derivation(&salt, &count, &[], &prf)), Malformed),
        ("a key length of 0", with(&derivation(&salt, &count, &integer(0), &prf)), Malformed),
        ("a key length of 19", with(&derivation(&salt, &count, &integer(19), &prf)), Malformed),
        ("a key length of 65", with(&derivation(&salt, &count, &integer(65), &prf)), Malformed),
        ("a key length of 2^40", with(&derivation(&salt, &count, &integer(1 << 40), &prf)), Malformed),
        ("a key length of 2^64 - 1", with(&derivation(&salt, &count, &integer(u64::MAX), &prf)), Malformed),
        ("a negative key length", with(&derivation(&salt, &count, &[2, 1, 0xe0], &prf)), Malformed),
        ("no iteration", with(&derivation(&salt, &integer(0), &length, &prf)), Malformed),
        ("a negative count", with(&derivation(&salt, &[2, 1, 0xff], &length, &prf)), Malformed),
        ("a count of nine octets", with(&derivation(&salt, &huge, &length, &prf)), Malformed),
        ("one iteration too many", with(&derivation(&salt, &integer(10_000_001), &length, &prf)), TooMuchWork),
        ("2^32 - 1 iterations", with(&derivation(&salt, &integer(u32::MAX.into()), &length, &prf)), TooMuchWork),
        ("2^64 - 1 iterations", with(&derivation(&salt, &integer(u64::MAX), &length, &prf)), TooMuchWork),
        ("a long salt", with(&derivation(&long_salt, &count, &length, &prf)), Malformed),
        ("no salt", with(&derivation(&[], &count, &length, &prf)), Malformed),
        ("a salt that is NULL", with(&derivation(&null, &count, &length, &prf)), Malformed),
        ("a salt of another source", with(&derivation(&other_source, &count, &length, &prf)), Malformed),
        (
            "a PRF that is no HMAC",
            with(&derivation(&salt, &count, &length, &algorithm(Hmac(5, SHA256.1, SHA256.2)))),
            Unsupported,
        ),
        ("a derivation that is none", with(&pbes2), Unsupported),
        ("a derivation without parameters", with(&sequence(&[&oid(&[1, 5, 12])])), Malformed),
        (
            "a MAC that is no HMAC",
            sequence(&[&derivation(&salt, &count, &length, &prf), &algorithm(Hmac(5, SHA256.1, SHA256.2))]),
            Unsupported,
        ),
        ("no MAC", sequence(&[&derivation(&salt, &count, &length, &prf)]), Malformed),
        ("parameters that are NULL", null.to_vec(), Malformed),
        ("no parameters", Vec::new(), Malformed),
        ("empty parameters", sequence(&[]), Malformed),
    ] {
        let (problem, message) = problem(&file(&[&parameters], &right));
        assert_eq!(problem, expected, "{what}: {message}");
    }
}

/// A file that is cut off, or has another octet in its MAC, does not open under a passphrase that is not its own, and is no panic.
#[test]
fn damaged_files_are_errors() {
    let file = good("x", SHA256, SHA256, 32);
    let mac = file.windows(6).rposition(|part| part == &oid(&[1, 5, 14])[2..8]).unwrap();
    for place in mac - 8..file.len() {
        for bit in [0x01, 0x80] {
            let mut changed = file.clone();
            changed[place] ^= bit;
            assert!(read(&changed, Some("y")).is_err(), "{place}");
        }
        assert!(read(&file[..place], Some("y")).is_err(), "{place}");
    }
}
