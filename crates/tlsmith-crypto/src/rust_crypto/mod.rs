//! What `aws-lc-rs` lacks, by RustCrypto.

pub(crate) mod ccm;
pub(crate) mod ffdhe;
mod primes;
#[cfg(feature = "x448")]
pub(crate) mod x448;

use crate::CryptoError;

/// Where random bytes come from.
pub(crate) type Random<'a> = &'a dyn Fn(&mut [u8]) -> Result<(), CryptoError>;
