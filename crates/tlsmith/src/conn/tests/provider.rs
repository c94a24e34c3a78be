//! A provider whose randomness repeats, so that a connection can be run again byte for byte.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tlsmith_crypto::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, Provider, Secret,
    SignatureAlgorithm, SigningKey,
    aws_lc::{AwsLc, x25519_from_private},
};

/// Randomness from a seed, X25519 from that randomness, everything else from AWS-LC.
#[derive(Debug)]
pub(crate) struct Repeating {
    seed: u64,
    drawn: AtomicU64,
    dry: bool,
}

impl Repeating {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0), dry: false }
    }

    /// Has no randomness to give.
    pub(crate) fn dry() -> Self {
        Self { dry: true, ..Self::new(0) }
    }
}

impl Provider for Repeating {
    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        if self.dry {
            return Err(CryptoError::Backend);
        }
        for chunk in out.chunks_mut(32) {
            let mut hash = AwsLc.hash(HashAlgorithm::Sha256);
            hash.update(&self.seed.to_be_bytes());
            hash.update(&self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&hash.current().as_ref()[..chunk.len()]);
        }
        Ok(())
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
        &[Group::X25519]
    }

    fn start_key_exchange(&self, _: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
        let mut private = [0; 32];
        self.random(&mut private)?;
        x25519_from_private(&private)
    }

    fn accept_key_exchange(&self, group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
        let own = self.start_key_exchange(group)?;
        let share = own.share().to_vec();
        Ok((share, own.complete(peer_share)?))
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        AwsLc.verify(algorithm, public_key, message, signature)
    }

    fn load_key(&self, der: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
        AwsLc.load_key(der)
    }
}
