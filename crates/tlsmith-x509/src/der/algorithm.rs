//! AlgorithmIdentifier (RFC 5280 §4.1.1.2) and the signature algorithms that certificates are signed with.

use super::{oid, read, sequence, single};
use crate::ParseError;
use asn1::{Explicit, ObjectIdentifier, Parser, Sequence, Tlv};
use tlsmith_crypto::{Curve, HashAlgorithm, KeyType, SignatureAlgorithm};

/// AlgorithmIdentifier: an OID and parameters that depend on it.
pub(crate) struct AlgorithmIdentifier<'a> {
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) parameters: Option<Tlv<'a>>,
}

impl<'a> AlgorithmIdentifier<'a> {
    /// Parses a DER AlgorithmIdentifier.
    pub(crate) fn from_der(der: &'a [u8], field: &'static str) -> Result<Self, ParseError> {
        sequence(der, field, |p| Self::content(p, field))
    }

    fn content(p: &mut Parser<'a>, field: &'static str) -> Result<Self, ParseError> {
        let algorithm = read::<ObjectIdentifier>(p, field)?;
        let parameters = if p.is_empty() { None } else { Some(read::<Tlv<'a>>(p, field)?) };
        Ok(Self { algorithm, parameters })
    }

    /// No parameters, or NULL: RFC 4055 §2.1 demands that both are taken for RSA and the hash functions.
    pub(crate) fn parameters_absent_or_null(&self) -> bool {
        self.parameters.as_ref().is_none_or(|tlv| tlv.full_data() == [0x05, 0x00])
    }
}

/// A parameter set of ML-DSA (FIPS 204 §4). The same identifier is that of the key and of the signature (RFC 9881 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MlDsa {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl MlDsa {
    fn of(identifier: &ObjectIdentifier) -> Option<Self> {
        match identifier {
            a if *a == oid::MLDSA44 => Some(Self::MlDsa44),
            a if *a == oid::MLDSA65 => Some(Self::MlDsa65),
            a if *a == oid::MLDSA87 => Some(Self::MlDsa87),
            _ => None,
        }
    }

    fn key_type(self) -> KeyType {
        match self {
            Self::MlDsa44 => KeyType::MlDsa44,
            Self::MlDsa65 => KeyType::MlDsa65,
            Self::MlDsa87 => KeyType::MlDsa87,
        }
    }

    fn signature_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::MlDsa44 => SignatureAlgorithm::MlDsa44,
            Self::MlDsa65 => SignatureAlgorithm::MlDsa65,
            Self::MlDsa87 => SignatureAlgorithm::MlDsa87,
        }
    }

    /// Length of a public key in octets (FIPS 204 §4, table 2).
    fn public_key_len(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }
}

/// How a certificate is signed. The curve of ECDSA is the issuer's and so not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignedWith {
    Ecdsa(HashAlgorithm),
    Ed25519,
    /// With its parameter set.
    MlDsa(MlDsa),
    RsaPkcs1(HashAlgorithm),
    RsaPss(HashAlgorithm),
    /// Broken: SHA-1, MD5.
    Broken(&'static str),
    /// Not known, or with parameters that are not supported: its name and parameters for people, or its OID.
    Unsupported(String),
}

impl SignedWith {
    pub(crate) fn parse(identifier: &AlgorithmIdentifier<'_>) -> Self {
        let bare = identifier.parameters.is_none();
        let bare_or_null = identifier.parameters_absent_or_null();
        match &identifier.algorithm {
            // RFC 5758 §3.2, RFC 8410 §3, RFC 9881 §2: parameters must be absent.
            a if *a == oid::ECDSA_WITH_SHA256 && bare => Self::Ecdsa(HashAlgorithm::Sha256),
            a if *a == oid::ECDSA_WITH_SHA384 && bare => Self::Ecdsa(HashAlgorithm::Sha384),
            a if *a == oid::ECDSA_WITH_SHA512 && bare => Self::Ecdsa(HashAlgorithm::Sha512),
            a if *a == oid::ED25519 && bare => Self::Ed25519,
            a if *a == oid::SHA256_WITH_RSA && bare_or_null => Self::RsaPkcs1(HashAlgorithm::Sha256),
            a if *a == oid::SHA384_WITH_RSA && bare_or_null => Self::RsaPkcs1(HashAlgorithm::Sha384),
            a if *a == oid::SHA512_WITH_RSA && bare_or_null => Self::RsaPkcs1(HashAlgorithm::Sha512),
            a if *a == oid::RSASSA_PSS => match pss_hash(identifier) {
                Ok(hash) => Self::RsaPss(hash),
                Err(why) => Self::Unsupported(format!("RSASSA-PSS ({})", why.detail())),
            },
            a if *a == oid::SHA1_WITH_RSA => Self::Broken("sha1WithRSAEncryption"),
            a if *a == oid::MD5_WITH_RSA => Self::Broken("md5WithRSAEncryption"),
            a if *a == oid::ECDSA_WITH_SHA1 => Self::Broken("ecdsa-with-SHA1"),
            a if *a == oid::ED448 => Self::Unsupported("Ed448".to_owned()),
            other => match MlDsa::of(other) {
                Some(set) if bare => Self::MlDsa(set),
                Some(set) => Self::Unsupported(format!("{} (with parameters)", set.key_type())),
                None => Self::Unsupported(oid::name(other)),
            },
        }
    }

    /// The name in its RFC, or the OID.
    pub(crate) fn describe(&self) -> String {
        let hash_number = |hash: &HashAlgorithm| hash.output_len() * 8;
        match self {
            Self::Ecdsa(hash) => format!("ecdsa-with-SHA{}", hash_number(hash)),
            Self::Ed25519 => "Ed25519".to_owned(),
            Self::MlDsa(set) => set.key_type().to_string(),
            Self::RsaPkcs1(hash) => format!("sha{}WithRSAEncryption", hash_number(hash)),
            Self::RsaPss(hash) => format!("RSASSA-PSS with SHA-{}", hash_number(hash)),
            Self::Broken(name) => (*name).to_owned(),
            Self::Unsupported(what) => what.clone(),
        }
    }

    /// The algorithm under an issuer's key; `None` when they do not go together, or it is not supported.
    pub(crate) fn under(&self, issuer: KeyType) -> Option<SignatureAlgorithm> {
        match (self, issuer) {
            (Self::Ecdsa(hash), KeyType::Ecdsa(curve)) => Some(SignatureAlgorithm::Ecdsa(curve, *hash)),
            (Self::Ed25519, KeyType::Ed25519) => Some(SignatureAlgorithm::Ed25519),
            (Self::MlDsa(set), key) if set.key_type() == key => Some(set.signature_algorithm()),
            (Self::RsaPkcs1(hash), KeyType::Rsa { .. }) => Some(SignatureAlgorithm::RsaPkcs1(*hash)),
            (Self::RsaPss(hash), KeyType::Rsa { .. } | KeyType::RsaPss { .. }) => {
                Some(SignatureAlgorithm::RsaPss(*hash))
            }
            _ => None,
        }
    }

    /// The one that a key of this type makes `algorithm` with; `None` where it cannot.
    pub(crate) fn by(algorithm: SignatureAlgorithm, key: KeyType) -> Option<Self> {
        let signed = match algorithm {
            SignatureAlgorithm::Ecdsa(_, hash) => Self::Ecdsa(hash),
            SignatureAlgorithm::Ed25519 => Self::Ed25519,
            SignatureAlgorithm::MlDsa44 => Self::MlDsa(MlDsa::MlDsa44),
            SignatureAlgorithm::MlDsa65 => Self::MlDsa(MlDsa::MlDsa65),
            SignatureAlgorithm::MlDsa87 => Self::MlDsa(MlDsa::MlDsa87),
            SignatureAlgorithm::RsaPkcs1(hash) => Self::RsaPkcs1(hash),
            SignatureAlgorithm::RsaPss(hash) => Self::RsaPss(hash),
            _ => return None,
        };
        (signed.under(key) == Some(algorithm)).then_some(signed)
    }

    /// The algorithm with the issuer not known: for ECDSA the curve that TLS 1.3 pairs with the hash (RFC 8446 §4.2.3).
    pub(crate) fn alone(&self) -> Option<SignatureAlgorithm> {
        match self {
            Self::Ecdsa(hash) => {
                let curve = match hash {
                    HashAlgorithm::Sha256 => Curve::P256,
                    HashAlgorithm::Sha384 => Curve::P384,
                    HashAlgorithm::Sha512 => Curve::P521,
                    _ => return None,
                };
                Some(SignatureAlgorithm::Ecdsa(curve, *hash))
            }
            Self::Ed25519 => Some(SignatureAlgorithm::Ed25519),
            Self::MlDsa(set) => Some(set.signature_algorithm()),
            Self::RsaPkcs1(hash) => Some(SignatureAlgorithm::RsaPkcs1(*hash)),
            Self::RsaPss(hash) => Some(SignatureAlgorithm::RsaPss(*hash)),
            Self::Broken(_) | Self::Unsupported(_) => None,
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1): a SHA-2 hash, MGF1 with the same, a salt as long as the digest, trailer 1.
/// Anything else is refused; so are the defaults, which are SHA-1. Salts of other lengths are well formed, but TLS has no code
/// point for them (RFC 8446 §4.2.3), the CA/B Forum forbids them (BR §7.1.3.2.1), and the provider does not verify them.
pub(crate) fn pss_hash(identifier: &AlgorithmIdentifier<'_>) -> Result<HashAlgorithm, ParseError> {
    let field = "RSASSA-PSS parameters";
    let refused = |why: &'static str| move || ParseError::new(field, why);
    let parameters = identifier.parameters.as_ref().ok_or_else(refused("without parameters"))?;
    sequence(parameters.full_data(), field, |p| {
        let hash = read::<Option<Explicit<Tlv<'_>, 0>>>(p, field)?;
        let mask = read::<Option<Explicit<Tlv<'_>, 1>>>(p, field)?;
        let salt = read::<Option<Explicit<u32, 2>>>(p, field)?.map_or(20, Explicit::into_inner);
        let trailer = read::<Option<Explicit<u32, 3>>>(p, field)?.map_or(1, Explicit::into_inner);

        let hash = hash.ok_or_else(refused("with SHA-1"))?.into_inner();
        let hash = AlgorithmIdentifier::from_der(hash.full_data(), field)?;
        let hash = hash_function(&hash).ok_or_else(refused("with a hash that is not supported"))?;
        let mask = mask.ok_or_else(refused("with a mask by SHA-1"))?.into_inner();
        let mask = AlgorithmIdentifier::from_der(mask.full_data(), field)?;
        let mask_hash = mask.parameters.as_ref().filter(|_| mask.algorithm == oid::MGF1);
        let mask_hash = mask_hash.ok_or_else(refused("with a mask that is not MGF1"))?.full_data();
        if hash_function(&AlgorithmIdentifier::from_der(mask_hash, field)?) != Some(hash) {
            return Err(refused("with a mask by another hash")());
        }
        if usize::try_from(salt) != Ok(hash.output_len()) {
            return Err(ParseError::new(
                field,
                format!("with a salt of {salt} octets instead of {}", hash.output_len()),
            ));
        }
        if trailer == 1 { Ok(hash) } else { Err(refused("with another trailer")()) }
    })
}

fn hash_function(identifier: &AlgorithmIdentifier<'_>) -> Option<HashAlgorithm> {
    if !identifier.parameters_absent_or_null() {
        return None;
    }
    match &identifier.algorithm {
        a if *a == oid::SHA256 => Some(HashAlgorithm::Sha256),
        a if *a == oid::SHA384 => Some(HashAlgorithm::Sha384),
        a if *a == oid::SHA512 => Some(HashAlgorithm::Sha512),
        _ => None,
    }
}

/// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): its algorithm and the content of its BIT STRING.
pub(crate) struct PublicKeyInfo<'a> {
    pub(crate) algorithm: AlgorithmIdentifier<'a>,
    pub(crate) key: &'a [u8],
}

impl<'a> PublicKeyInfo<'a> {
    pub(crate) fn from_der(der: &'a [u8]) -> Result<Self, ParseError> {
        let field = "subjectPublicKeyInfo";
        sequence(der, field, |p| {
            let algorithm = read::<Tlv<'a>>(p, field)?;
            let key = read::<asn1::BitString<'a>>(p, field)?;
            if key.padding_bits() != 0 {
                return Err(ParseError::new(field, "the key is not a whole number of octets"));
            }
            Ok(Self { algorithm: AlgorithmIdentifier::from_der(algorithm.full_data(), field)?, key: key.as_bytes() })
        })
    }

    /// The type of the key, or what it is instead, for people.
    pub(crate) fn key_type(&self) -> Result<KeyType, String> {
        match &self.algorithm.algorithm {
            a if *a == oid::EC_PUBLIC_KEY => self.curve().and_then(|curve| self.point(curve)),
            a if *a == oid::ED25519 => match (self.key.len(), &self.algorithm.parameters) {
                (32, None) => Ok(KeyType::Ed25519),
                _ => Err("Ed25519 (malformed)".to_owned()),
            },
            a if *a == oid::RSA_ENCRYPTION => {
                let key = self.rsa_key().filter(|_| self.algorithm.parameters_absent_or_null());
                let bits = key.ok_or_else(|| "RSA (malformed)".to_owned())?.bits()?;
                Ok(KeyType::Rsa { bits })
            }
            a if *a == oid::RSASSA_PSS => {
                // RFC 4055 §1.2: parameters, where present, restrict what the key may sign with.
                let usable = self.algorithm.parameters.is_none() || pss_hash(&self.algorithm).is_ok();
                let bits = self.rsa_key().ok_or_else(|| "RSA-PSS (malformed)".to_owned())?.bits()?;
                if usable { Ok(KeyType::RsaPss { bits }) } else { Err("RSA-PSS (parameters not supported)".to_owned()) }
            }
            a if *a == oid::ED448 => Err("Ed448".to_owned()),
            a if *a == oid::DSA => Err("DSA".to_owned()),
            other => match (MlDsa::of(other), &self.algorithm.parameters) {
                (Some(set), None) if self.key.len() == set.public_key_len() => Ok(set.key_type()),
                (Some(set), _) => Err(format!("{} (malformed)", set.key_type())),
                (None, _) => Err(oid::name(other)),
            },
        }
    }

    /// The hash that an `id-RSASSA-PSS` key is restricted to, if it is.
    pub(crate) fn pss_restriction(&self) -> Option<HashAlgorithm> {
        if self.algorithm.algorithm == oid::RSASSA_PSS { pss_hash(&self.algorithm).ok() } else { None }
    }

    /// RFC 5480 §2.1.1: a curve by name; `implicitCurve` and `specifiedCurve` must not be used.
    fn curve(&self) -> Result<Curve, String> {
        let Some(parameters) = &self.algorithm.parameters else {
            return Err("ECDSA without a curve".to_owned());
        };
        let Ok(name) = single::<ObjectIdentifier>(parameters.full_data(), "curve") else {
            return Err("ECDSA on a curve with explicit parameters".to_owned());
        };
        match &name {
            a if *a == oid::P256 => Ok(Curve::P256),
            a if *a == oid::P384 => Ok(Curve::P384),
            a if *a == oid::P521 => Ok(Curve::P521),
            a if *a == oid::P192 => Err("ECDSA P-192".to_owned()),
            a if *a == oid::P224 => Err("ECDSA P-224".to_owned()),
            a if *a == oid::SECP256K1 => Err("ECDSA secp256k1".to_owned()),
            other => Err(format!("ECDSA on curve {}", oid::name(other))),
        }
    }

    /// RFC 5480 §2.2: an uncompressed point of the curve's size; the compressed form is not used in TLS (RFC 8422 §5.1.1).
    fn point(&self, curve: Curve) -> Result<KeyType, String> {
        let coordinate = match curve {
            Curve::P256 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
            _ => return Err("ECDSA on an unknown curve".to_owned()),
        };
        match self.key.split_first() {
            Some((4, point)) if point.len() == 2 * coordinate => Ok(KeyType::Ecdsa(curve)),
            Some((2 | 3, point)) if point.len() == coordinate => {
                Err(format!("{} with a compressed point", KeyType::Ecdsa(curve)))
            }
            _ => Err(format!("{} (malformed)", KeyType::Ecdsa(curve))),
        }
    }

    /// RSAPublicKey (RFC 8017 §A.1.1).
    fn rsa_key(&self) -> Option<RsaPublicKey<'a>> {
        let field = "RSAPublicKey";
        let key: Sequence<'a> = single(self.key, field).ok()?;
        super::inside(key, field, |p| {
            let modulus = significant(read::<asn1::BigUint<'a>>(p, field)?.as_bytes());
            let exponent = significant(read::<asn1::BigUint<'a>>(p, field)?.as_bytes());
            Ok(RsaPublicKey { modulus, exponent })
        })
        .ok()
    }
}

/// The numbers of an RSA key, without leading zeros.
struct RsaPublicKey<'a> {
    modulus: &'a [u8],
    exponent: &'a [u8],
}

impl RsaPublicKey<'_> {
    /// The length of the modulus in bits. RFC 8017 §3.1: it is odd, as is the exponent, which is at least 3: with 1 every
    /// message would be its own signature.
    fn bits(&self) -> Result<u32, String> {
        let is_odd = |number: &[u8]| number.last().is_some_and(|octet| octet & 1 == 1);
        if !is_odd(self.exponent) || self.exponent == [1] {
            return Err("RSA with the public exponent 1 or an even one".to_owned());
        }
        if !is_odd(self.modulus) {
            return Err("RSA with an even modulus".to_owned());
        }
        let first = self.modulus.first().map_or(0, |octet| 8 - octet.leading_zeros());
        let rest = u32::try_from(self.modulus.len().saturating_sub(1)).ok().and_then(|octets| octets.checked_mul(8));
        rest.and_then(|bits| bits.checked_add(first)).ok_or_else(|| "RSA with a modulus that is too long".to_owned())
    }
}

fn significant(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|octet| **octet == 0).count();
    digits.get(zeros..).unwrap_or_default()
}
