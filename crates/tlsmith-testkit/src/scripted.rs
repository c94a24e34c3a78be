//! A provider that draws its randomness from a script, so that a run can be repeated or compared byte for byte.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tlsmith_crypto::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, Provider, Secret,
    SignatureAlgorithm, SigningKey,
    aws_lc::{AwsLc, p256_from_private, x25519_from_private},
};

/// [`AwsLc`], but random bytes and the private keys of the key exchange are taken from the script, in order. When it has
/// run out, random bytes are zeros and key pairs are new.
///
/// Signatures of ECDSA and PSS keep their own randomness: it comes from the backend.
#[derive(Debug, Default)]
pub struct Scripted {
    random: Mutex<VecDeque<u8>>,
    private_keys: Mutex<VecDeque<[u8; 32]>>,
    groups: Vec<Group>,
}

impl Scripted {
    /// A script of random bytes and of private keys.
    pub fn new(random: &[u8], private_keys: &[[u8; 32]]) -> Self {
        Self {
            random: Mutex::new(random.iter().copied().collect()),
            private_keys: Mutex::new(private_keys.iter().copied().collect()),
            groups: vec![Group::X25519, Group::Secp256r1],
        }
    }
}

impl Provider for Scripted {
    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        let mut script = self.random.lock().unwrap();
        out.fill_with(|| script.pop_front().unwrap_or(0));
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
        &self.groups
    }

    fn start_key_exchange(&self, group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
        let private = self.private_keys.lock().unwrap().pop_front();
        match (group, private) {
            (Group::X25519, Some(private)) => x25519_from_private(&private),
            (Group::Secp256r1, Some(private)) => p256_from_private(&private),
            _ => AwsLc.start_key_exchange(group),
        }
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
