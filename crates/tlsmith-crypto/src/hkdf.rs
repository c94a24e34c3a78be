//! HKDF (RFC 5869) on the provider's HMAC.

use crate::{CryptoError, HashAlgorithm, Provider, Secret};

/// HKDF-Extract (RFC 5869 §2.2).
pub fn extract(provider: &dyn Provider, hash: HashAlgorithm, salt: &[u8], ikm: &[u8]) -> Secret {
    Secret::new(provider.hmac(hash, salt, &[ikm]).as_ref())
}

/// HKDF-Expand (RFC 5869 §2.3); `info` is the concatenation of its parts. More than 255 digests of output are refused.
pub fn expand(
    provider: &dyn Provider,
    hash: HashAlgorithm,
    prk: &Secret,
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    let _ = (provider, hash, prk, info, out);
    todo!()
}
