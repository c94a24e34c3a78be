//! Key derivation in one call of the backend, which sets the key of the HMAC up once.

use aws_lc_rs::{
    hkdf::{HKDF_SHA256, HKDF_SHA384, HKDF_SHA512, KeyType, Prk},
    tls_prf::{self, P_SHA256, P_SHA384, P_SHA512},
};

use super::hash;
use crate::{CryptoError, HashAlgorithm, hkdf, prf};

/// The longest PRK that the backend takes: the digest of SHA-512.
const MAX_PRK_LEN: usize = 64;

/// How much output is wanted.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

pub(super) fn hkdf_expand(
    algorithm: HashAlgorithm,
    prk: &[u8],
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    if prk.len() > MAX_PRK_LEN {
        return hkdf::expand_by_hmac(algorithm, |parts| hash::hmac(algorithm, prk, parts), info, out);
    }
    let backend = match algorithm {
        HashAlgorithm::Sha256 => HKDF_SHA256,
        HashAlgorithm::Sha384 => HKDF_SHA384,
        HashAlgorithm::Sha512 => HKDF_SHA512,
    };
    Prk::new_less_safe(backend, prk)
        .expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .map_err(|_| CryptoError::InvalidInput)
}

pub(super) fn tls12_prf(algorithm: HashAlgorithm, secret: &[u8], label: &[u8], seed: &[&[u8]], out: &mut [u8]) {
    let backend = match algorithm {
        HashAlgorithm::Sha256 => &P_SHA256,
        HashAlgorithm::Sha384 => &P_SHA384,
        HashAlgorithm::Sha512 => &P_SHA512,
    };
    let derived =
        tls_prf::Secret::new(backend, secret).and_then(|secret| secret.derive(label, &seed.concat(), out.len()));
    match derived {
        Ok(derived) => {
            for (to, from) in out.iter_mut().zip(derived.as_ref()) {
                *to = *from;
            }
        }
        // It refuses an empty secret; HMAC does not.
        Err(_) => prf::by_hmac(algorithm, |parts| hash::hmac(algorithm, secret, parts), label, seed, out),
    }
}
