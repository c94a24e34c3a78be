//! Key exchange: (EC)DH and its hybrids with ML-KEM.

use crate::{CryptoError, Secret, rust_crypto::ffdhe};

/// A group that a key can be agreed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Group {
    /// ML-KEM-768 and X25519 together (draft-ietf-tls-ecdhe-mlkem): ML-KEM part first on the wire and in the secret.
    X25519MlKem768,
    /// X25519 (RFC 7748).
    X25519,
    /// NIST P-256, uncompressed points.
    Secp256r1,
    /// NIST P-384, uncompressed points.
    Secp384r1,
    /// NIST P-521, uncompressed points.
    Secp521r1,
    /// NIST P-256 and ML-KEM-768 together (draft-ietf-tls-ecdhe-mlkem): the curve's part first on the wire and in the secret.
    Secp256r1MlKem768,
    /// NIST P-384 and ML-KEM-1024 together, likewise.
    Secp384r1MlKem1024,
    /// ML-KEM-1024 alone (draft-ietf-tls-mlkem): the client's share is the encapsulation key, the server's the ciphertext.
    MlKem1024,
    /// X448 (RFC 7748). The provider of this crate has it with the cargo feature `x448`, from a crate that is not audited.
    X448,
    /// ffdhe2048 (RFC 7919 §A.1). Shares and secrets are as long as the prime, zeros to the left (RFC 8446 §4.2.8.1, §7.4.1).
    Ffdhe2048,
    /// ffdhe3072 (RFC 7919 §A.2), likewise.
    Ffdhe3072,
}

impl Group {
    /// The prime of a finite field group, big-endian; its generator is 2 (RFC 7919 Appendix A). `None` for the others.
    pub fn prime(self) -> Option<&'static [u8]> {
        ffdhe::prime(self)
    }

    /// Whether a part of the key agreement withstands a quantum computer, as far as is known.
    pub const fn is_post_quantum(self) -> bool {
        matches!(self, Self::X25519MlKem768 | Self::Secp256r1MlKem768 | Self::Secp384r1MlKem1024 | Self::MlKem1024)
    }
}

/// The private half of a share that was offered; used once.
pub trait KeyExchange: Send + Sync {
    /// The group that the share is of.
    fn group(&self) -> Group;
    /// The public share, as `KeyShareEntry.key_exchange` carries it (RFC 8446 §4.2.8).
    fn share(&self) -> &[u8];
    /// Agrees with the peer's share. Points off the curve, all-zero X25519 and X448 results (RFC 7748 §6), numbers not
    /// between 1 and p - 1 (RFC 7919 §5.1) and wrong lengths are [`CryptoError::InvalidInput`].
    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError>;
}
