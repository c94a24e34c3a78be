//! The forms that a private key is written in, and the way from one to another.

use std::sync::Arc;

use asn1::{Asn1Read, BigUint, BitString, ObjectIdentifier, Tlv};
use tlsmith_crypto::{CryptoError, Curve, KeyType, SigningKey};
use zeroize::Zeroizing;

use crate::{
    ContainerError,
    der::{self, Der, tag},
    encrypted::AlgorithmIdentifier,
    oid,
};

/// `PrivateKeyInfo` (RFC 5208 §5) and `OneAsymmetricKey` (RFC 5958 §2). What stands behind the key is not looked at.
#[derive(Asn1Read)]
struct PrivateKeyInfo<'a> {
    version: u8,
    algorithm: Tlv<'a>,
    private_key: &'a [u8],
    #[implicit(0)]
    _attributes: Option<asn1::Set<'a>>,
    #[implicit(1)]
    _public_key: Option<BitString<'a>>,
}

/// `ECPrivateKey` (RFC 5915 §3).
#[derive(Asn1Read)]
struct EcPrivateKey<'a> {
    _version: u8,
    private_key: &'a [u8],
    #[explicit(0)]
    parameters: Option<Tlv<'a>>,
    #[explicit(1)]
    _public_key: Option<BitString<'a>>,
}

/// The head of `RSAPrivateKey` (RFC 8017 §A.1.2), to say what is wrong with one.
struct RsaHead<'a> {
    version: u64,
    modulus: BigUint<'a>,
}

/// PKCS#8 version 1 of a key that was loaded from `file`.
pub(super) fn pkcs8(file: &[u8], signing: &Arc<dyn SigningKey>) -> Result<Der, ContainerError> {
    let broken = || ContainerError::malformed("it is not a valid private key");
    let info = asn1::parse_single::<PrivateKeyInfo<'_>>(file).ok();
    let key = info.as_ref().map_or(file, |info| info.private_key);
    let (algorithm, key) = match signing.key_type() {
        KeyType::Ecdsa(curve) => {
            let parts = asn1::parse_single::<EcPrivateKey<'_>>(key).map_err(|_| broken())?;
            let algorithm =
                der::sequence(&[&der::oid(&oid::EC_PUBLIC_KEY), &der::oid(curve_oid(curve).ok_or_else(broken)?)]);
            (algorithm, ec_private_key(curve, parts.private_key, None, signing))
        }
        _ => {
            let algorithm = match &info {
                Some(info) => Zeroizing::new(info.algorithm.full_data().to_vec()),
                // PKCS#1 alone comes without one.
                None => der::sequence(&[&der::oid(&oid::RSA_ENCRYPTION), der::NULL]),
            };
            (algorithm, Zeroizing::new(key.to_vec()))
        }
    };
    Ok(der::sequence(&[&der::integer(0), &algorithm, &der::element(tag::OCTET_STRING, &[&key])]))
}

/// SEC1 out of what [`pkcs8`] made.
pub(super) fn sec1(pkcs8: &[u8], signing: &Arc<dyn SigningKey>) -> Option<Der> {
    let KeyType::Ecdsa(curve) = signing.key_type() else { return None };
    let info = asn1::parse_single::<PrivateKeyInfo<'_>>(pkcs8).ok()?;
    let parts = asn1::parse_single::<EcPrivateKey<'_>>(info.private_key).ok()?;
    Some(ec_private_key(curve, parts.private_key, curve_oid(curve), signing))
}

/// PKCS#1 out of what [`pkcs8`] made.
pub(super) fn pkcs1(pkcs8: &[u8], signing: &Arc<dyn SigningKey>) -> Option<Der> {
    let KeyType::Rsa { .. } = signing.key_type() else { return None };
    let info = asn1::parse_single::<PrivateKeyInfo<'_>>(pkcs8).ok()?;
    Some(Zeroizing::new(info.private_key.to_vec()))
}

/// `ECPrivateKey` with the public key; with the curve where nothing else says it (RFC 5915 §3).
fn ec_private_key(curve: Curve, secret: &[u8], named: Option<&ObjectIdentifier>, signing: &Arc<dyn SigningKey>) -> Der {
    // RFC 5915 §3: as long as the order of the curve; some writers leave leading zeros out.
    let mut padded = Zeroizing::new(vec![0; field_len(curve).saturating_sub(secret.len())]);
    padded.extend_from_slice(secret);
    let parameters = named.map(|id| der::element(tag::explicit(0), &[&der::oid(id)]));
    let public = der::element(tag::explicit(1), &[&der::bits(signing.public_key())]);
    let secret = der::element(tag::OCTET_STRING, &[&padded]);
    let parameters = parameters.as_ref().map_or(&[][..], |parameters| parameters.as_slice());
    der::sequence(&[&der::integer(1), &secret, parameters, &public])
}

fn curve_oid(curve: Curve) -> Option<&'static ObjectIdentifier> {
    match curve {
        Curve::P256 => Some(&oid::P256),
        Curve::P384 => Some(&oid::P384),
        Curve::P521 => Some(&oid::P521),
        _ => None,
    }
}

fn field_len(curve: Curve) -> usize {
    match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
        _ => 66,
    }
}

/// What is wrong with a key that the provider did not take.
pub(super) fn complaint(file: &[u8], error: CryptoError) -> ContainerError {
    let info = asn1::parse_single::<PrivateKeyInfo<'_>>(file).ok();
    let algorithm = info.as_ref().and_then(|info| info.algorithm.parse::<AlgorithmIdentifier<'_>>().ok());
    let key = info.as_ref().map_or(file, |info| info.private_key);
    if let Some(head) = rsa_head(key) {
        return rsa_complaint(&head);
    }
    if error == CryptoError::Unsupported {
        // The curve stands in the algorithm, or in the key itself where that is all (RFC 5915 §3).
        let sec1 = asn1::parse_single::<EcPrivateKey<'_>>(key).ok();
        let what = match (&algorithm, &sec1) {
            (Some(algorithm), _) if algorithm.algorithm == oid::EC_PUBLIC_KEY => {
                on_curve(algorithm.parameters.as_ref())
            }
            (Some(algorithm), _) if algorithm.algorithm == oid::DSA => {
                return ContainerError::unsupported(NO_DSA).with_fix(NEW_KEY);
            }
            (Some(algorithm), _) => format!("a private key of type {}", name(&algorithm.algorithm)),
            (None, Some(sec1)) => on_curve(sec1.parameters.as_ref()),
            (None, None) => "a private key of this type".to_owned(),
        };
        return ContainerError::unsupported(format!("{what} is not supported"))
            .with_fix("use ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 8192 bits");
    }
    if asn1::parse_single::<Tlv<'_>>(file).is_err() {
        return ContainerError::malformed("it is not a private key: it is no DER, or it is cut off");
    }
    if info.as_ref().is_some_and(|info| info.version > 1) {
        return ContainerError::malformed("it is not a valid private key: its version is not known");
    }
    match algorithm.is_some() || asn1::parse_single::<EcPrivateKey<'_>>(file).is_ok() {
        true => ContainerError::malformed(
            "it is not a valid private key: its parts do not belong together, or are out of range",
        ),
        false => ContainerError::malformed("it is not a private key"),
    }
}

fn rsa_head(key: &[u8]) -> Option<RsaHead<'_>> {
    let read = |p: &mut asn1::Parser<'_>| -> Result<(), asn1::ParseError> {
        // Eight numbers with the version and the modulus before them, and perhaps more primes.
        (0..7).try_for_each(|_| p.read_element::<BigUint<'_>>().map(|_| ()))
    };
    asn1::parse_single::<asn1::Sequence<'_>>(key)
        .and_then(|sequence| {
            sequence.parse(|p| {
                let (version, modulus) = (p.read_element::<u64>()?, p.read_element::<BigUint<'_>>()?);
                read(p)?;
                while !p.is_empty() {
                    p.read_element::<Tlv<'_>>()?;
                }
                Ok::<_, asn1::ParseError>(RsaHead { version, modulus })
            })
        })
        .ok()
}

fn rsa_complaint(head: &RsaHead<'_>) -> ContainerError {
    // RFC 8017 §A.1.2: version 1 has otherPrimeInfos.
    if head.version == 1 {
        return ContainerError::unsupported("an RSA key of more than two primes is not supported")
            .with_fix("make a new one with `tlsmith key new --type rsa`");
    }
    let magnitude = head.modulus.as_bytes().strip_prefix(&[0]).unwrap_or(head.modulus.as_bytes());
    let bits = magnitude.len() * 8 - magnitude.first().map_or(0, |first| first.leading_zeros() as usize);
    match bits {
        2048..=8192 => ContainerError::malformed(
            "it is not a valid RSA key: its parts do not belong together, or its modulus has an odd length",
        ),
        bits => ContainerError::unsupported(format!("an RSA key of {bits} bits is not supported: 2048 to 8192 are"))
            .with_fix("make a new one with `tlsmith key new --type rsa`"),
    }
}

/// Why a DSA key is not read.
pub(crate) const NO_DSA: &str =
    "a DSA key is not supported: TLS 1.3 has no DSA (RFC 8446 §4.2.3), and no public CA takes it";
/// What to do instead.
pub(crate) const NEW_KEY: &str = "make a new one with `tlsmith key new`";

/// An ECDSA key by its curve, `parameters` being that (RFC 5480 §2.1.1).
fn on_curve(parameters: Option<&Tlv<'_>>) -> String {
    match parameters.map(Tlv::parse::<ObjectIdentifier>) {
        None => "an ECDSA key that names no curve".to_owned(),
        Some(Err(_)) => "an ECDSA key that spells its curve out (explicit parameters)".to_owned(),
        Some(Ok(id)) => match CURVES.iter().find(|(known, _)| *known == id) {
            Some((_, name)) => format!("an ECDSA key on the curve {name}"),
            None => format!("an ECDSA key on the curve {id}"),
        },
    }
}

/// Curves that are not supported: SEC 2 §A.2.1, RFC 5639 §4.1, GB/T 32918.
const CURVES: [(ObjectIdentifier, &str); 21] = [
    (asn1::oid!(1, 2, 840, 10045, 3, 1, 1), "P-192 (prime192v1)"),
    (asn1::oid!(1, 3, 132, 0, 33), "P-224 (secp224r1)"),
    (asn1::oid!(1, 3, 132, 0, 8), "secp160r1"),
    (asn1::oid!(1, 3, 132, 0, 31), "secp192k1"),
    (asn1::oid!(1, 3, 132, 0, 32), "secp224k1"),
    (asn1::oid!(1, 3, 132, 0, 10), "secp256k1"),
    (asn1::oid!(1, 2, 156, 10197, 1, 301), "SM2"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 1), "brainpoolP160r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 2), "brainpoolP160t1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 3), "brainpoolP192r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 4), "brainpoolP192t1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 5), "brainpoolP224r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 6), "brainpoolP224t1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 7), "brainpoolP256r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 8), "brainpoolP256t1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 9), "brainpoolP320r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 10), "brainpoolP320t1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 11), "brainpoolP384r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 12), "brainpoolP384t1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 13), "brainpoolP512r1"),
    (asn1::oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 14), "brainpoolP512t1"),
];

/// A name for people, or the dotted numbers.
fn name(id: &ObjectIdentifier) -> String {
    let known = [
        (asn1::oid!(1, 3, 101, 110), "X25519"),
        (asn1::oid!(1, 3, 101, 111), "X448"),
        (asn1::oid!(1, 3, 101, 113), "Ed448"),
        (asn1::oid!(1, 2, 840, 10046, 2, 1), "DH"),
        (asn1::oid!(1, 2, 840, 113549, 1, 3, 1), "DH"),
        (asn1::oid!(1, 2, 643, 2, 2, 19), "GOST R 34.10-2001"),
        (asn1::oid!(1, 2, 643, 7, 1, 1, 1, 1), "GOST R 34.10-2012 (256 bits)"),
        (asn1::oid!(1, 2, 643, 7, 1, 1, 1, 2), "GOST R 34.10-2012 (512 bits)"),
    ];
    known.iter().find(|(known, _)| known == id).map_or_else(|| id.to_string(), |(_, name)| (*name).to_owned())
}
