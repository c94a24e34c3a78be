//! A provider without cryptography, so that fuzzing gets past every check that a fuzzer cannot satisfy.
//!
//! Hashes, MACs and agreed secrets are zeros; encryption leaves the plaintext as it is and its tag is zeros, any tag is
//! accepted; every signature is, but an empty one. Random bytes come from a counter, so that a run repeats exactly.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tlsmith_crypto::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, KeyType, NONCE_LEN,
    Provider, Secret, SignatureAlgorithm, SigningKey, Tag, aws_lc::AwsLc,
};

/// The provider.
#[derive(Debug, Default)]
pub struct NullCrypto {
    drawn: AtomicU64,
}

impl Provider for NullCrypto {
    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        for byte in out {
            // A multiplication by an odd constant spreads the counter over the high bits: neighbours differ.
            let drawn = self.drawn.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *byte = drawn.to_be_bytes()[0];
        }
        Ok(())
    }

    fn hash(&self, algorithm: HashAlgorithm) -> Box<dyn HashContext> {
        Box::new(NullHash(algorithm))
    }

    fn hmac(&self, algorithm: HashAlgorithm, _: &[u8], _: &[&[u8]]) -> Digest {
        zeros(algorithm)
    }

    fn aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
        match key.len() == algorithm.key_len() {
            true => Ok(Box::new(NullAead { tag_len: algorithm.tag_len() })),
            false => Err(CryptoError::InvalidInput),
        }
    }

    fn groups(&self) -> &[Group] {
        &[Group::X25519MlKem768, Group::X25519, Group::Secp256r1, Group::Secp384r1, Group::Secp521r1]
    }

    fn supports_group(&self, group: Group) -> bool {
        share_lengths(group).is_ok()
    }

    fn start_key_exchange(&self, group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
        let (offered, _) = share_lengths(group)?;
        Ok(Box::new(NullKeyExchange { group, share: vec![4; offered] }))
    }

    fn accept_key_exchange(&self, group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
        let (offered, answered) = share_lengths(group)?;
        if peer_share.len() != offered {
            return Err(CryptoError::InvalidInput);
        }
        Ok((vec![4; answered], Secret::zero(32)))
    }

    fn verify(&self, _: SignatureAlgorithm, _: &[u8], _: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        if signature.is_empty() { Err(CryptoError::Rejected) } else { Ok(()) }
    }

    fn load_key(&self, der: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
        Ok(Arc::new(NullKey(AwsLc.load_key(der)?)))
    }
}

/// Lengths of a group's shares: the client's, the server's.
fn share_lengths(group: Group) -> Result<(usize, usize), CryptoError> {
    Ok(match group {
        Group::X25519MlKem768 => (1216, 1120),
        Group::Secp256r1MlKem768 => (1249, 1153),
        Group::Secp384r1MlKem1024 => (1665, 1665),
        Group::MlKem1024 => (1568, 1568),
        Group::X25519 => (32, 32),
        Group::Secp256r1 => (65, 65),
        Group::Secp384r1 => (97, 97),
        Group::Secp521r1 => (133, 133),
        Group::X448 => (56, 56),
        Group::Ffdhe2048 => (256, 256),
        Group::Ffdhe3072 => (384, 384),
        _ => return Err(CryptoError::Unsupported),
    })
}

fn zeros(algorithm: HashAlgorithm) -> Digest {
    Digest::new(&[0; 64][..algorithm.output_len()])
}

struct NullHash(HashAlgorithm);

impl HashContext for NullHash {
    fn algorithm(&self) -> HashAlgorithm {
        self.0
    }

    fn update(&mut self, _: &[u8]) {}

    fn current(&self) -> Digest {
        zeros(self.0)
    }

    fn fork(&self) -> Box<dyn HashContext> {
        Box::new(Self(self.0))
    }
}

struct NullAead {
    tag_len: usize,
}

impl AeadKey for NullAead {
    fn tag_len(&self) -> usize {
        self.tag_len
    }

    fn seal(&self, _: &[u8; NONCE_LEN], _: &[u8], _: &mut [u8]) -> Result<Tag, CryptoError> {
        Ok(if self.tag_len == 8 { Tag::from([0; 8]) } else { Tag::from([0; 16]) })
    }

    fn open(&self, _: &[u8; NONCE_LEN], _: &[u8], in_out: &mut [u8]) -> Result<usize, CryptoError> {
        in_out.len().checked_sub(self.tag_len).ok_or(CryptoError::Rejected)
    }
}

struct NullKeyExchange {
    group: Group,
    share: Vec<u8>,
}

impl KeyExchange for NullKeyExchange {
    fn group(&self) -> Group {
        self.group
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        let (_, answered) = share_lengths(self.group)?;
        if peer_share.len() == answered { Ok(Secret::zero(32)) } else { Err(CryptoError::InvalidInput) }
    }
}

/// A real key's public half, and signatures that cost nothing.
#[derive(Debug)]
struct NullKey(Arc<dyn SigningKey>);

impl SigningKey for NullKey {
    fn key_type(&self) -> KeyType {
        self.0.key_type()
    }

    fn spki(&self) -> &[u8] {
        self.0.spki()
    }

    fn public_key(&self) -> &[u8] {
        self.0.public_key()
    }

    fn sign(&self, algorithm: SignatureAlgorithm, _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if self.supports(algorithm) { Ok(vec![0; 64]) } else { Err(CryptoError::Unsupported) }
    }
}
