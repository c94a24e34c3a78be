//! The cryptographic provider of tlsmith.
//!
//! [`Provider`] is the seam between the protocol and the primitives: a value that is passed, never a global.
//! [`aws_lc::AwsLc`] carries it out with `aws-lc-rs`, and with RustCrypto what that lacks.
//!
//! Nothing here knows TLS: the names are those of the primitives, the callers map code points to them.

mod aead;
pub mod aws_lc;
mod der;
mod error;
mod hash;
pub mod hkdf;
mod key_exchange;
pub mod prf;
mod provider;
mod rust_crypto;
mod secret;
mod signature;
#[cfg(test)]
mod test_util;

pub use aead::{AeadAlgorithm, AeadKey, NONCE_LEN, TAG_LEN, Tag};
pub use error::CryptoError;
pub use hash::{Digest, HashAlgorithm, HashContext};
pub use key_exchange::{Group, KeyExchange};
pub use provider::Provider;
pub use secret::Secret;
pub use signature::{Curve, KeyType, SignatureAlgorithm, SigningKey};
