//! Our keys as rcgen wants them.

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519, PKCS_RSA_SHA256,
    PublicKeyData, SignatureAlgorithm,
};
use tlsmith_crypto::{self as crypto, Curve, HashAlgorithm, KeyType};

use crate::PrivateKey;

/// A key, and what it signs with.
pub(crate) struct Signer<'a> {
    key: &'a PrivateKey,
    public: Vec<u8>,
    named: &'static SignatureAlgorithm,
    algorithm: crypto::SignatureAlgorithm,
}

impl<'a> Signer<'a> {
    /// With the hash that goes with the key; SHA-256 for RSA. An error for a type of key that rcgen does not know.
    pub(crate) fn new(key: &'a PrivateKey) -> Result<Self, String> {
        use crypto::SignatureAlgorithm as Algorithm;
        let (named, algorithm): (&'static SignatureAlgorithm, _) = match key.key_type() {
            KeyType::Ecdsa(Curve::P256) => {
                (&PKCS_ECDSA_P256_SHA256, Algorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256))
            }
            KeyType::Ecdsa(Curve::P384) => {
                (&PKCS_ECDSA_P384_SHA384, Algorithm::Ecdsa(Curve::P384, HashAlgorithm::Sha384))
            }
            KeyType::Ecdsa(Curve::P521) => {
                (&PKCS_ECDSA_P521_SHA512, Algorithm::Ecdsa(Curve::P521, HashAlgorithm::Sha512))
            }
            KeyType::Ed25519 => (&PKCS_ED25519, Algorithm::Ed25519),
            KeyType::Rsa { .. } => (&PKCS_RSA_SHA256, Algorithm::RsaPkcs1(HashAlgorithm::Sha256)),
            other => return Err(format!("requests and certificates are not signed with a key of type {other}")),
        };
        Ok(Self { key, public: key.public_key_info().public_key().to_vec(), named, algorithm })
    }
}

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.named
    }
}

impl rcgen::SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.key.signing_key().sign(self.algorithm, message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
