//! A provider that counts the signatures it verifies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_crypto::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, Provider, Secret,
    SignatureAlgorithm, SigningKey,
};

#[derive(Debug, Default)]
pub struct Counting {
    verified: AtomicUsize,
    /// What it calls itself, in place of the name of the type.
    name: Option<&'static str>,
}

impl Counting {
    pub fn named(name: &'static str) -> Self {
        Self { name: Some(name), ..Self::default() }
    }

    /// How many since this was last asked.
    pub fn taken(&self) -> usize {
        self.verified.swap(0, Ordering::Relaxed)
    }
}

impl Provider for Counting {
    fn name(&self) -> &'static str {
        self.name.unwrap_or("counting")
    }

    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        AwsLc.random(out)
    }

    fn hash(&self, algorithm: HashAlgorithm) -> Box<dyn HashContext> {
        AwsLc.hash(algorithm)
    }

    fn hmac(&self, algorithm: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
        AwsLc.hmac(algorithm, key, parts)
    }

    fn aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
        AwsLc.aead(algorithm, key)
    }

    fn groups(&self) -> &[Group] {
        AwsLc.groups()
    }

    fn start_key_exchange(&self, group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
        AwsLc.start_key_exchange(group)
    }

    fn accept_key_exchange(&self, group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
        AwsLc.accept_key_exchange(group, peer_share)
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.verified.fetch_add(1, Ordering::Relaxed);
        AwsLc.verify(algorithm, public_key, message, signature)
    }

    fn load_key(&self, der: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
        AwsLc.load_key(der)
    }
}
