//! Key exchange: (EC)DH and the ML-KEM hybrid.

use crate::{CryptoError, Secret};

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
}

/// The private half of a share that was offered; used once.
pub trait KeyExchange: Send + Sync {
    /// The group that the share is of.
    fn group(&self) -> Group;
    /// The public share, as `KeyShareEntry.key_exchange` carries it (RFC 8446 §4.2.8).
    fn share(&self) -> &[u8];
    /// Agrees with the peer's share. Points off the curve, all-zero X25519 results (RFC 7748 §6.1) and wrong
    /// lengths are [`CryptoError::InvalidInput`].
    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError>;
}
