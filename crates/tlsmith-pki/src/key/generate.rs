//! New keys.

use std::fmt;

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519, PKCS_RSA_SHA256,
    RsaKeySize,
};
use tlsmith_crypto::CryptoError;
use zeroize::{Zeroize as _, Zeroizing};

use super::PrivateKey;

/// The type and the size of a new key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewKey {
    /// ECDSA on P-256: small, fast, taken everywhere.
    #[default]
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521: no public CA certifies it.
    P521,
    /// Ed25519: no public CA certifies it.
    Ed25519,
    /// RSA of 2048 bits.
    Rsa2048,
    /// RSA of 3072 bits.
    Rsa3072,
    /// RSA of 4096 bits.
    Rsa4096,
}

impl fmt::Display for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P256 => "ECDSA P-256",
            Self::P384 => "ECDSA P-384",
            Self::P521 => "ECDSA P-521",
            Self::Ed25519 => "Ed25519",
            Self::Rsa2048 => "RSA 2048",
            Self::Rsa3072 => "RSA 3072",
            Self::Rsa4096 => "RSA 4096",
        })
    }
}

impl PrivateKey {
    /// Makes a key, by the random numbers of aws-lc.
    pub fn generate(kind: NewKey) -> Result<Self, CryptoError> {
        let pair = match kind {
            NewKey::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            NewKey::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
            NewKey::P521 => KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512),
            NewKey::Ed25519 => KeyPair::generate_for(&PKCS_ED25519),
            NewKey::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
            NewKey::Rsa3072 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_3072),
            NewKey::Rsa4096 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096),
        };
        let mut pair = pair.map_err(|_| CryptoError::Backend)?;
        let der = Zeroizing::new(pair.serialize_der());
        pair.zeroize();
        Self::from_der(&der).map_err(|_| CryptoError::Backend)
    }
}
