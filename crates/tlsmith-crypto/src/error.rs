//! The one error of the provider.

use std::fmt;

/// Why a primitive refused. Deliberately coarse: what a peer could learn from finer detail is an oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CryptoError {
    /// The provider does not implement the algorithm that was asked for.
    Unsupported,
    /// A key, share or parameter is malformed or out of range.
    InvalidInput,
    /// A signature, tag or MAC does not verify.
    Rejected,
    /// The random source or the backend failed; nothing the caller did.
    Backend,
}

impl fmt::Display for CryptoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "the cryptographic provider does not implement this algorithm",
            Self::InvalidInput => "a key or parameter is malformed or out of range",
            Self::Rejected => "a signature or authentication tag does not verify",
            Self::Backend => "the cryptographic backend failed",
        })
    }
}

impl std::error::Error for CryptoError {}
