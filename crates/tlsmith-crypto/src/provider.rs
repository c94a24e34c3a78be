//! The seam between protocol and primitives.

use std::{fmt, sync::Arc};

use crate::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, Secret,
    SignatureAlgorithm, SigningKey, hkdf, prf,
};

/// Every primitive that tlsmith needs. Passed as `Arc<dyn Provider>`; there is no global one.
///
/// All randomness comes in through [`Provider::random`] and the key exchange, so that a test can fix it.
pub trait Provider: Send + Sync + fmt::Debug {
    /// Which one it is, for what is remembered of its judgements: two providers that may judge a signature differently have
    /// different names.
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }

    /// Fills `out` with random bytes.
    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError>;

    /// Starts a hash.
    fn hash(&self, algorithm: HashAlgorithm) -> Box<dyn HashContext>;

    /// HMAC (RFC 2104) over the concatenation of `parts`.
    fn hmac(&self, algorithm: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest;

    /// HKDF-Expand (RFC 5869 §2.3), for [`hkdf::expand`]. What is provided does it by [`Provider::hmac`]; a backend that
    /// has it in one piece saves setting up the key for each block.
    fn hkdf_expand(
        &self,
        algorithm: HashAlgorithm,
        prk: &[u8],
        info: &[&[u8]],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        hkdf::expand_by_hmac(algorithm, |parts| self.hmac(algorithm, prk, parts), info, out)
    }

    /// The PRF of TLS 1.2 (RFC 5246 §5), for [`prf::prf`]; likewise.
    fn tls12_prf(&self, algorithm: HashAlgorithm, secret: &[u8], label: &[u8], seed: &[&[u8]], out: &mut [u8]) {
        prf::by_hmac(algorithm, |parts| self.hmac(algorithm, secret, parts), label, seed, out);
    }

    /// Makes an AEAD key ready; `key` has [`AeadAlgorithm::key_len`] bytes.
    fn aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError>;

    /// The groups that key exchange works in unless a configuration names others, best first.
    fn groups(&self) -> &[Group];

    /// Whether key exchange works in this group, if a configuration names it.
    fn supports_group(&self, group: Group) -> bool {
        self.groups().contains(&group)
    }

    /// Makes an ephemeral key pair, to offer its share.
    fn start_key_exchange(&self, group: Group) -> Result<Box<dyn KeyExchange>, CryptoError>;

    /// Answers an offered share: the share to send back and the agreed secret (encapsulation, for a KEM).
    fn accept_key_exchange(&self, group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError>;

    /// Verifies a signature. `public_key` is the content of the `subjectPublicKey` BIT STRING: a point for ECDSA, an
    /// `RSAPublicKey` for RSA (2048 to 8192 bits, others are [`CryptoError::Unsupported`]), 32 bytes for Ed25519, the
    /// encoded key of FIPS 204 for ML-DSA.
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError>;

    /// Loads a private key from DER: PKCS#8 (RFC 5208, 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017 §A.1.2), told apart by
    /// their structure. RSA keys of 2048 to 8192 bits; `id-RSASSA-PSS` keys included. ML-DSA keys in the forms of RFC 9881
    /// §6: the seed, the expanded key, or both, which have to agree.
    fn load_key(&self, der: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError>;
}
