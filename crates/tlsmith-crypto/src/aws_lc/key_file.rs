//! Private keys in DER: PKCS#8, SEC1 and PKCS#1, told apart by their structure.
//!
//! The backend reads the innermost structure; what stands around it is read here, because the backend cannot tell
//! which curve a bare SEC1 key is on, and has no signing key of type `id-RSASSA-PSS`.

use super::verify::field_len;
use crate::{
    CryptoError, Curve, HashAlgorithm, KeyType,
    der::{self, Reader, tag},
};

/// 1.2.840.113549.1.1.1 (RFC 8017 §A.1).
pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.113549.1.1.10 (RFC 8017 §A.2.3).
const RSASSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
/// 1.2.840.113549.1.1.8 (RFC 8017 §A.2.3).
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];
/// 1.2.840.10045.2.1 (RFC 5480 §2.1.1).
pub(super) const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.3.101.112 (RFC 8410 §3).
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// 2.16.840.1.101.3.4.3.17 to 19 (RFC 9881 §2).
pub(super) const MLDSA44: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11];
pub(super) const MLDSA65: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12];
pub(super) const MLDSA87: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13];
/// 2.16.840.1.101.3.4.2, the arc of SHA-2 (RFC 8017 §B.1).
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
/// What the name of a curve is in `ECParameters` (RFC 5480 §2.1.1.1).
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// A private key as its file holds it; slices into the file.
pub(super) enum KeyFile<'a> {
    /// An `ECPrivateKey` (RFC 5915), whole, and the curve that it is on.
    Ec {
        curve: Curve,
        der: &'a [u8],
        /// The public key, if PKCS#8 version 2 says it outside of the `ECPrivateKey`.
        public: Option<&'a [u8]>,
    },
    /// The seed (RFC 8032 §5.1.5), and the public key of PKCS#8 version 2.
    Ed25519 { seed: &'a [u8], public: Option<&'a [u8]> },
    /// The parameter set's key, and the public key of PKCS#8 version 2.
    MlDsa { key_type: KeyType, private: MlDsaPrivate<'a>, public: Option<&'a [u8]> },
    /// An `RSAPrivateKey` (RFC 8017 §A.1.2), whole, and the public key of PKCS#8 version 2.
    Rsa { der: &'a [u8], public: Option<&'a [u8]> },
    /// The same, to be used for PSS only.
    RsaPss {
        der: &'a [u8],
        public: Option<&'a [u8]>,
        /// The `AlgorithmIdentifier`, whole.
        algorithm: &'a [u8],
        /// The only hash that its parameters allow; `None` is any.
        hash: Option<HashAlgorithm>,
    },
}

/// The forms of an ML-DSA private key (RFC 9881 §6).
pub(super) enum MlDsaPrivate<'a> {
    Seed(&'a [u8]),
    Expanded(&'a [u8]),
    Both { seed: &'a [u8], expanded: &'a [u8] },
}

/// Reads the outer structure. All three begin with a version, and differ in what follows.
pub(super) fn parse(file: &[u8]) -> Result<KeyFile<'_>, CryptoError> {
    let mut reader = Reader::of_sequence(file)?;
    let version = reader.take_unsigned()?;
    match reader.peek() {
        Some(tag::SEQUENCE) => pkcs8(version, reader),
        Some(tag::OCTET_STRING) => ec_private_key(file, None, None),
        Some(tag::INTEGER) => Ok(KeyFile::Rsa { der: file, public: None }),
        _ => Err(CryptoError::InvalidInput),
    }
}

/// `PrivateKeyInfo` (RFC 5208 §5) and `OneAsymmetricKey` (RFC 5958 §2), after the version.
fn pkcs8<'a>(version: &[u8], mut reader: Reader<'a>) -> Result<KeyFile<'a>, CryptoError> {
    let algorithm = reader.take_whole(tag::SEQUENCE)?;
    let key = reader.take(tag::OCTET_STRING)?;
    // [0] IMPLICIT Attributes: nothing that a signature depends on.
    reader.take_if(tag::explicit(0))?;
    // [1] IMPLICIT BIT STRING, in version 2 only.
    let public = match (version, reader.take_if(0x81)?) {
        ([] | [1], None) => None,
        ([1], Some(bits)) => Some(der::whole_octets(bits)?),
        _ => return Err(CryptoError::InvalidInput),
    };
    reader.end()?;

    let mut identifier = Reader::of_sequence(algorithm)?;
    match identifier.take(tag::OID)? {
        // The parameters are NULL; some writers leave them out.
        oid if oid == RSA_ENCRYPTION => Ok(KeyFile::Rsa { der: key, public }),
        oid if oid == RSASSA_PSS => {
            Ok(KeyFile::RsaPss { der: key, public, algorithm, hash: pss_parameters(identifier)? })
        }
        oid if oid == EC_PUBLIC_KEY => {
            let curve = named_curve(&mut identifier)?;
            identifier.end()?;
            ec_private_key(key, Some(curve), public)
        }
        oid if oid == ED25519 => {
            // RFC 8410 §3: parameters absent; §7: the seed is an OCTET STRING inside the OCTET STRING.
            identifier.end()?;
            let mut inner = Reader::new(key);
            let seed = inner.take(tag::OCTET_STRING)?;
            inner.end()?;
            Ok(KeyFile::Ed25519 { seed, public })
        }
        oid => {
            let key_type = mldsa(oid).ok_or(CryptoError::Unsupported)?;
            // RFC 9881 §2: parameters absent.
            identifier.end()?;
            Ok(KeyFile::MlDsa { key_type, private: mldsa_private_key(key)?, public })
        }
    }
}

fn mldsa(oid: &[u8]) -> Option<KeyType> {
    match oid {
        oid if oid == MLDSA44 => Some(KeyType::MlDsa44),
        oid if oid == MLDSA65 => Some(KeyType::MlDsa65),
        oid if oid == MLDSA87 => Some(KeyType::MlDsa87),
        _ => None,
    }
}

/// `ML-DSA-*-PrivateKey` (RFC 9881 §6): a CHOICE of the seed, the expanded key, and both.
fn mldsa_private_key(der: &[u8]) -> Result<MlDsaPrivate<'_>, CryptoError> {
    let mut reader = Reader::new(der);
    let private = match reader.peek() {
        // seed [0] IMPLICIT OCTET STRING.
        Some(0x80) => MlDsaPrivate::Seed(reader.take(0x80)?),
        Some(tag::OCTET_STRING) => MlDsaPrivate::Expanded(reader.take(tag::OCTET_STRING)?),
        _ => {
            let mut both = Reader::new(reader.take(tag::SEQUENCE)?);
            let (seed, expanded) = (both.take(tag::OCTET_STRING)?, both.take(tag::OCTET_STRING)?);
            both.end()?;
            MlDsaPrivate::Both { seed, expanded }
        }
    };
    reader.end()?;
    Ok(private)
}

/// `ECPrivateKey` (RFC 5915 §3). The curve may be said outside (PKCS#8), inside, or only by the sizes: the parameters
/// and the public key are both optional.
fn ec_private_key<'a>(
    whole: &'a [u8],
    outside: Option<Curve>,
    public: Option<&'a [u8]>,
) -> Result<KeyFile<'a>, CryptoError> {
    let mut reader = Reader::of_sequence(whole)?;
    if reader.take_unsigned()? != [1] {
        return Err(CryptoError::InvalidInput);
    }
    let scalar = reader.take(tag::OCTET_STRING)?;
    let inside = match reader.take_if(tag::explicit(0))? {
        Some(parameters) => {
            let mut parameters = Reader::new(parameters);
            let curve = named_curve(&mut parameters)?;
            parameters.end()?;
            Some(curve)
        }
        None => None,
    };
    if let Some(public) = reader.take_if(tag::explicit(1))? {
        let mut public = Reader::new(public);
        public.take_octet_bits()?;
        public.end()?;
    }
    reader.end()?;

    let curve = match (outside, inside) {
        (Some(a), Some(b)) if a != b => return Err(CryptoError::InvalidInput),
        (Some(curve), _) | (None, Some(curve)) => curve,
        // §3: the scalar is as long as the order of the group, and the three lengths differ.
        (None, None) => [Curve::P256, Curve::P384, Curve::P521]
            .into_iter()
            .find(|curve| field_len(*curve) == scalar.len())
            .ok_or(CryptoError::InvalidInput)?,
    };
    Ok(KeyFile::Ec { curve, der: whole, public })
}

/// `ECParameters` that name a curve. Curves spelt out, with prime and coefficients, are not supported (RFC 5480
/// §2.1.1 forbids them).
fn named_curve(reader: &mut Reader<'_>) -> Result<Curve, CryptoError> {
    if reader.peek() == Some(tag::SEQUENCE) {
        return Err(CryptoError::Unsupported);
    }
    match reader.take(tag::OID)? {
        oid if oid == P256 => Ok(Curve::P256),
        oid if oid == P384 => Ok(Curve::P384),
        oid if oid == P521 => Ok(Curve::P521),
        _ => Err(CryptoError::Unsupported),
    }
}

/// `AlgorithmIdentifier` contents that name a curve's key.
pub(super) fn curve_oid(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::P256 => P256,
        Curve::P384 => P384,
        Curve::P521 => P521,
    }
}

/// `RSASSA-PSS-params` of a key (RFC 4055 §3.1): absent means no bounds; present, the hash is the only one allowed,
/// and the salt length a minimum.
fn pss_parameters(mut reader: Reader<'_>) -> Result<Option<HashAlgorithm>, CryptoError> {
    let Some(parameters) = reader.take_if(tag::SEQUENCE)? else {
        reader.end()?;
        return Ok(None);
    };
    reader.end()?;
    let mut reader = Reader::new(parameters);
    // The default is SHA-1, with which no signature is made here.
    let hash = reader.take_if(tag::explicit(0))?.ok_or(CryptoError::Unsupported)?;
    let hash = sha2(&mut Reader::of_sequence(hash)?)?;
    // The mask generation function must be MGF1 with the same hash, as in every scheme of RFC 8446 §4.2.3.
    let mgf = reader.take_if(tag::explicit(1))?.ok_or(CryptoError::Unsupported)?;
    let mut mgf = Reader::of_sequence(mgf)?;
    if mgf.take(tag::OID)? != MGF1 || sha2(&mut Reader::new(mgf.take(tag::SEQUENCE)?))? != hash {
        return Err(CryptoError::Unsupported);
    }
    mgf.end()?;
    let salt_len = match reader.take_if(tag::explicit(2))? {
        None => 20,
        Some(content) => {
            let mut content = Reader::new(content);
            let value = content.take_unsigned()?;
            content.end()?;
            match value {
                [] => 0,
                [len] => usize::from(*len),
                _ => return Err(CryptoError::Unsupported),
            }
        }
    };
    if salt_len > hash.output_len() {
        return Err(CryptoError::Unsupported);
    }
    // The trailer field has one value only.
    if let Some(trailer) = reader.take_if(tag::explicit(3))?
        && trailer != [tag::INTEGER, 1, 1]
    {
        return Err(CryptoError::Unsupported);
    }
    reader.end()?;
    Ok(Some(hash))
}

/// The content of an `AlgorithmIdentifier` of a hash; parameters NULL or absent (RFC 4055 §2.1).
fn sha2(reader: &mut Reader<'_>) -> Result<HashAlgorithm, CryptoError> {
    let oid = reader.take(tag::OID)?;
    if reader.take_if(0x05)?.is_some_and(|null| !null.is_empty()) {
        return Err(CryptoError::InvalidInput);
    }
    reader.end()?;
    match oid.strip_prefix(SHA2) {
        Some([1]) => Ok(HashAlgorithm::Sha256),
        Some([2]) => Ok(HashAlgorithm::Sha384),
        Some([3]) => Ok(HashAlgorithm::Sha512),
        _ => Err(CryptoError::Unsupported),
    }
}
