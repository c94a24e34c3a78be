//! Private keys under a passphrase: PKCS#8 (RFC 5958 §3) and the older way of OpenSSL. Many schemes are read, one is
//! written: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.
//!
//! A file says itself how much work it takes to open it: that is bounded ([`MAX_ITERATIONS`], [`MAX_SCRYPT_MEMORY`]).

mod cipher;
pub(crate) mod kdf;
pub(crate) mod scheme;
mod traditional;
pub(crate) mod work;

use asn1::Asn1Read;
use tlsmith_crypto::{CryptoError, Provider};
use zeroize::Zeroizing;

pub use scheme::Scheme;
pub use work::{MAX_ITERATIONS, MAX_SCRYPT_MEMORY};

use crate::{
    der::{self, Der, tag},
    oid,
};
pub(crate) use scheme::AlgorithmIdentifier;
pub(crate) use traditional::scheme as traditional_scheme;
pub(crate) use work::Work;

/// The iterations of what is written: what is recommended for PBKDF2 with HMAC-SHA256 since 2023. Every program that reads
/// the format takes them; the largest bound that is known is Java's, five millions.
pub const ITERATIONS: u32 = 600_000;

/// The length of the salts that are written (RFC 8018 §4.1 wants eight bytes at least).
const SALT_LEN: usize = 16;

/// `EncryptedPrivateKeyInfo` (RFC 5958 §3), and what PKCS#7 encrypts (`EncryptedContentInfo` has the same two behind its type).
#[derive(Asn1Read)]
pub(crate) struct EncryptedPrivateKeyInfo<'a> {
    pub(crate) algorithm: AlgorithmIdentifier<'a>,
    pub(crate) data: &'a [u8],
}

/// A salt with its random bytes.
pub(crate) fn salt(provider: &dyn Provider) -> Result<[u8; SALT_LEN], CryptoError> {
    let mut salt = [0; SALT_LEN];
    provider.random(&mut salt)?;
    Ok(salt)
}

/// Encrypts `plaintext` under the one scheme that is written: the AlgorithmIdentifier, and the ciphertext.
pub(crate) fn encrypt(
    provider: &dyn Provider,
    passphrase: &str,
    plaintext: &[u8],
) -> Result<(Der, Vec<u8>), CryptoError> {
    let salt = salt(provider)?;
    let mut iv = [0; 16];
    provider.random(&mut iv)?;
    let key = kdf::pbkdf2(kdf::Hash::Sha256, passphrase.as_bytes(), &salt, ITERATIONS, 32);
    let ciphertext = cipher::encrypt(&key, iv, plaintext).ok_or(CryptoError::Backend)?;

    let prf = der::sequence(&[&der::oid(&oid::HMAC_SHA256), der::NULL]);
    let parameters = der::sequence(&[&der::element(tag::OCTET_STRING, &[&salt]), &der::integer(ITERATIONS), &prf]);
    let derivation = der::sequence(&[&der::oid(&oid::PBKDF2), &parameters]);
    let cipher = der::sequence(&[&der::oid(&oid::AES256_CBC), &der::element(tag::OCTET_STRING, &[&iv])]);
    let algorithm = der::sequence(&[&der::oid(&oid::PBES2), &der::sequence(&[&derivation, &cipher])]);
    Ok((algorithm, ciphertext))
}

/// `EncryptedPrivateKeyInfo` of a PKCS#8 key.
pub(crate) fn encrypt_pkcs8(
    provider: &dyn Provider,
    passphrase: &str,
    pkcs8: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let (algorithm, ciphertext) = encrypt(provider, passphrase, pkcs8)?;
    Ok(der::sequence(&[&algorithm, &der::element(tag::OCTET_STRING, &[&ciphertext])]))
}
