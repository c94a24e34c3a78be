//! Verifying signatures.

use aws_lc_rs::signature::{self as lc, ParsedPublicKey, VerificationAlgorithm};

use crate::{CryptoError, Curve, HashAlgorithm, SignatureAlgorithm, der};

/// Lengths of an RSA modulus that are accepted, in bits.
pub(super) const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

pub(super) fn verify(
    algorithm: SignatureAlgorithm,
    public_key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    // The backend guesses the form of a key and would take a whole SubjectPublicKeyInfo, of another type even.
    // What comes here is the content of its BIT STRING, and nothing else.
    match algorithm {
        SignatureAlgorithm::Ecdsa(curve, _) => check_point(curve, public_key)?,
        SignatureAlgorithm::Ed25519 if public_key.len() == lc::ED25519_PUBLIC_KEY_LEN => {}
        SignatureAlgorithm::Ed25519 => return Err(CryptoError::InvalidInput),
        SignatureAlgorithm::MlDsa44 | SignatureAlgorithm::MlDsa65 | SignatureAlgorithm::MlDsa87 => {
            if public_key.len() != mldsa_public_key_len(algorithm) {
                return Err(CryptoError::InvalidInput);
            }
        }
        SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(_) => {
            if !RSA_BITS.contains(&rsa_bits(public_key)?) {
                return Err(CryptoError::Unsupported);
            }
        }
    }
    ParsedPublicKey::new(backend(algorithm), public_key)
        .map_err(|_| CryptoError::InvalidInput)?
        .verify_sig(message, signature)
        .map_err(|_| CryptoError::Rejected)
}

fn backend(algorithm: SignatureAlgorithm) -> &'static dyn VerificationAlgorithm {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    match algorithm {
        SignatureAlgorithm::Ecdsa(Curve::P256, Sha256) => &lc::ECDSA_P256_SHA256_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P256, Sha384) => &lc::ECDSA_P256_SHA384_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P256, Sha512) => &lc::ECDSA_P256_SHA512_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P384, Sha256) => &lc::ECDSA_P384_SHA256_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P384, Sha384) => &lc::ECDSA_P384_SHA384_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P384, Sha512) => &lc::ECDSA_P384_SHA512_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P521, Sha256) => &lc::ECDSA_P521_SHA256_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P521, Sha384) => &lc::ECDSA_P521_SHA384_ASN1,
        SignatureAlgorithm::Ecdsa(Curve::P521, Sha512) => &lc::ECDSA_P521_SHA512_ASN1,
        SignatureAlgorithm::Ed25519 => &lc::ED25519,
        SignatureAlgorithm::MlDsa44 => &lc::ML_DSA_44,
        SignatureAlgorithm::MlDsa65 => &lc::ML_DSA_65,
        SignatureAlgorithm::MlDsa87 => &lc::ML_DSA_87,
        SignatureAlgorithm::RsaPkcs1(Sha256) => &lc::RSA_PKCS1_2048_8192_SHA256,
        SignatureAlgorithm::RsaPkcs1(Sha384) => &lc::RSA_PKCS1_2048_8192_SHA384,
        SignatureAlgorithm::RsaPkcs1(Sha512) => &lc::RSA_PKCS1_2048_8192_SHA512,
        SignatureAlgorithm::RsaPss(Sha256) => &lc::RSA_PSS_2048_8192_SHA256,
        SignatureAlgorithm::RsaPss(Sha384) => &lc::RSA_PSS_2048_8192_SHA384,
        SignatureAlgorithm::RsaPss(Sha512) => &lc::RSA_PSS_2048_8192_SHA512,
    }
}

/// Length of an ML-DSA public key in bytes (FIPS 204 §4, table 2).
const fn mldsa_public_key_len(algorithm: SignatureAlgorithm) -> usize {
    match algorithm {
        SignatureAlgorithm::MlDsa44 => 1312,
        SignatureAlgorithm::MlDsa65 => 1952,
        SignatureAlgorithm::MlDsa87 => 2592,
        _ => 0,
    }
}

/// Length of a field element in bytes.
pub(super) const fn field_len(curve: Curve) -> usize {
    match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
        Curve::P521 => 66,
    }
}

/// A point's form: uncompressed, or compressed, which RFC 5480 §2.2 allows in certificates.
fn check_point(curve: Curve, point: &[u8]) -> Result<(), CryptoError> {
    let field = field_len(curve);
    match point.first() {
        Some(0x04) if point.len() == 1 + 2 * field => Ok(()),
        Some(0x02 | 0x03) if point.len() == 1 + field => Ok(()),
        _ => Err(CryptoError::InvalidInput),
    }
}

/// Length in bits of the modulus of an `RSAPublicKey` (RFC 8017 §A.1.1).
fn rsa_bits(public_key: &[u8]) -> Result<u32, CryptoError> {
    let mut reader = der::Reader::of_sequence(public_key)?;
    let modulus = reader.take_unsigned()?;
    reader.take_unsigned()?;
    reader.end()?;
    bit_len(modulus)
}

/// Length in bits of a big-endian number without leading zero bytes.
pub(super) fn bit_len(number: &[u8]) -> Result<u32, CryptoError> {
    let Some(first) = number.first() else { return Ok(0) };
    let bytes = u32::try_from(number.len()).map_err(|_| CryptoError::InvalidInput)?;
    Ok((bytes * 8).saturating_sub(first.leading_zeros()))
}
