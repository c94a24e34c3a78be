//! Signatures: what is verified, what is made, with which keys.

use std::fmt;

use crate::{CryptoError, HashAlgorithm};

/// An elliptic curve of ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

/// A signature algorithm with all its parameters, apart from the key.
///
/// PSS always has MGF1 with the same hash and a salt as long as the digest (RFC 8446 §4.2.3, RFC 5756).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// ECDSA, signature in DER (RFC 3279 §2.2.3). X.509 lets curve and hash be combined freely.
    Ecdsa(Curve, HashAlgorithm),
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ML-DSA-44 (FIPS 204), pure, with an empty context (RFC 9881 §2).
    MlDsa44,
    /// ML-DSA-65, likewise.
    MlDsa65,
    /// ML-DSA-87, likewise.
    MlDsa87,
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2); in certificates, and in TLS 1.2.
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1).
    RsaPss(HashAlgorithm),
}

/// The type of a key pair or of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyType {
    /// ECDSA on a curve.
    Ecdsa(Curve),
    /// Ed25519.
    Ed25519,
    /// ML-DSA-44 (RFC 9881).
    MlDsa44,
    /// ML-DSA-65 (RFC 9881).
    MlDsa65,
    /// ML-DSA-87 (RFC 9881).
    MlDsa87,
    /// RSA, `rsaEncryption`: PKCS#1 and PSS (`rsa_pss_rsae_*`).
    Rsa {
        /// Length of the modulus in bits.
        bits: u32,
    },
    /// RSA restricted to PSS, `id-RSASSA-PSS` (`rsa_pss_pss_*`).
    RsaPss {
        /// Length of the modulus in bits.
        bits: u32,
    },
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ecdsa(Curve::P256) => f.write_str("ECDSA P-256"),
            Self::Ecdsa(Curve::P384) => f.write_str("ECDSA P-384"),
            Self::Ecdsa(Curve::P521) => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::RsaPss { bits } => write!(f, "RSA-PSS {bits}"),
        }
    }
}

/// A private key that signs. In memory here; an HSM or a KMS implements it, or answers `Need::Sign` itself.
pub trait SigningKey: Send + Sync + fmt::Debug {
    /// The type of the key.
    fn key_type(&self) -> KeyType;
    /// The public key as a DER `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    ///
    /// The `AlgorithmIdentifier` of an `id-RSASSA-PSS` key may differ from its certificate's in its parameters;
    /// whoever asks whether a key belongs to a certificate compares [`SigningKey::public_key`].
    fn spki(&self) -> &[u8];
    /// The content of the `subjectPublicKey` BIT STRING of [`SigningKey::spki`], as [`crate::Provider::verify`] takes it.
    fn public_key(&self) -> &[u8];
    /// Whether [`SigningKey::sign`] can make a signature of this kind.
    ///
    /// The provided answer is what the type of the key allows; a key with narrower bounds (a token that knows one
    /// hash, an `id-RSASSA-PSS` key with parameters) overrides it.
    fn supports(&self, algorithm: SignatureAlgorithm) -> bool {
        match (self.key_type(), algorithm) {
            (KeyType::Ecdsa(own), SignatureAlgorithm::Ecdsa(curve, _)) => own == curve,
            (KeyType::Ed25519, SignatureAlgorithm::Ed25519)
            | (KeyType::MlDsa44, SignatureAlgorithm::MlDsa44)
            | (KeyType::MlDsa65, SignatureAlgorithm::MlDsa65)
            | (KeyType::MlDsa87, SignatureAlgorithm::MlDsa87)
            | (KeyType::Rsa { .. }, SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(_))
            | (KeyType::RsaPss { .. }, SignatureAlgorithm::RsaPss(_)) => true,
            _ => false,
        }
    }
    /// Signs `message` (not its digest).
    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CryptoError>;
}
