//! The provider on `aws-lc-rs`.

mod aead;
mod hash;
mod hybrid;
mod kdf;
mod key_file;
mod kx;
mod ml_kem;
mod sign;
mod verify;

use std::sync::Arc;

pub use kx::{ecdh_from_private, p256_from_private, x25519_from_private};

use crate::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, Provider, Secret,
    SignatureAlgorithm, SigningKey,
};

/// The provider on `aws-lc-rs`.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl AwsLc {
    /// SHA-1 of `data`: a name for something that is known already (RFC 6960 §4.1.1 names issuers by it, people certificates).
    /// It proves nothing, collisions are cheap; that is why no [`HashAlgorithm`] is called so.
    pub fn sha1_identifier(data: &[u8]) -> [u8; 20] {
        hash::sha1(data)
    }
}

impl Provider for AwsLc {
    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        random(out)
    }

    fn hash(&self, algorithm: HashAlgorithm) -> Box<dyn HashContext> {
        hash::start(algorithm)
    }

    fn hmac(&self, algorithm: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
        hash::hmac(algorithm, key, parts)
    }

    fn hkdf_expand(
        &self,
        algorithm: HashAlgorithm,
        prk: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        kdf::hkdf_expand(algorithm, prk, info, out)
    }

    fn tls12_prf(&self, algorithm: HashAlgorithm, secret: &[u8], label: &[u8], seed: &[&[u8]], out: &mut [u8]) {
        kdf::tls12_prf(algorithm, secret, label, seed, out);
    }

    fn aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
        aead::key(algorithm, key)
    }

    fn groups(&self) -> &[Group] {
        kx::GROUPS
    }

    fn supports_group(&self, group: Group) -> bool {
        kx::supports(group)
    }

    fn start_key_exchange(&self, group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
        kx::start(group)
    }

    fn accept_key_exchange(&self, group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
        kx::accept(group, peer_share)
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        verify::verify(algorithm, public_key, message, signature)
    }

    fn load_key(&self, der: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
        sign::load(der)
    }
}

fn random(out: &mut [u8]) -> Result<(), CryptoError> {
    aws_lc_rs::rand::fill(out).map_err(|_| CryptoError::Backend)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_differs_each_time() {
        let (mut a, mut b) = ([0; 32], [0; 32]);
        AwsLc.random(&mut a).unwrap();
        AwsLc.random(&mut b).unwrap();
        assert_ne!(a, [0; 32]);
        assert_ne!(a, b);
        AwsLc.random(&mut []).unwrap();
    }
}
