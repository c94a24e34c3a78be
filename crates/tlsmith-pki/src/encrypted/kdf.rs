//! Keys out of passphrases: PBKDF1 and PBKDF2 (RFC 8018 §5), that of PKCS#12 (RFC 7292 §B), scrypt (RFC 7914), and
//! OpenSSL's own.

use aws_lc_rs::{digest, hmac, pbkdf2};
use md5::{Digest as _, Md5};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

use crate::ContainerError;

/// A hash function under HMAC or by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    pub(crate) fn output_len(self) -> usize {
        self.digest().output_len()
    }

    /// HMAC (RFC 2104) of `data`, compared with `expected` in constant time.
    pub(crate) fn hmac_is(self, key: &[u8], data: &[u8], expected: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(self.hmac(), key), data, expected).is_ok()
    }

    /// HMAC of `data`.
    pub(crate) fn hmac_of(self, key: &[u8], data: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(self.hmac(), key), data).as_ref().to_vec()
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

/// What a key of PKCS#12 is for (RFC 7292 §B.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

/// PBKDF2 (RFC 8018 §5.2). No iterations at all are taken for one.
pub(super) fn pbkdf2(hash: Hash, passphrase: &[u8], salt: &[u8], iterations: u32, length: usize) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(vec![0; length]);
    let iterations = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
    pbkdf2::derive(hash.pbkdf2(), iterations, salt, passphrase, &mut out);
    out
}

/// scrypt (RFC 7914 §6); its parameters are within their bounds.
pub(super) fn scrypt(
    passphrase: &[u8],
    salt: &[u8],
    (n, r, p): (u64, u32, u32),
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let invalid = || ContainerError::malformed(format!("scrypt cannot do N = {n}, r = {r}, p = {p}"));
    if !n.is_power_of_two() {
        return Err(invalid());
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| invalid())?;
    let parameters = scrypt::Params::new(log_n, r, p).map_err(|_| invalid())?;
    let mut out = Zeroizing::new(vec![0; length]);
    scrypt::scrypt(passphrase, salt, &parameters, &mut out).map_err(|_| invalid())?;
    Ok(out)
}

/// PBKDF1 (RFC 8018 §5.1) with the 16 bytes that key and IV of DES take together.
pub(super) fn pbkdf1(md5: bool, passphrase: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    let hash = |data: &[u8]| match md5 {
        true => Zeroizing::new(Md5::digest(data).to_vec()),
        false => Zeroizing::new(digest::digest(Hash::Sha1.digest(), data).as_ref().to_vec()),
    };
    let mut out = hash(&Zeroizing::new([passphrase, salt].concat()));
    for _ in 1..iterations {
        out = hash(&out);
    }
    out.truncate(16);
    out
}

/// OpenSSL's `EVP_BytesToKey` with MD5 and one round, as old key files have it.
pub(super) fn bytes_to_key(passphrase: &[u8], salt: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(length + 16));
    let mut last = Zeroizing::new(Vec::new());
    while out.len() < length {
        last = Zeroizing::new(
            Md5::new().chain_update(&*last).chain_update(passphrase).chain_update(salt).finalize().to_vec(),
        );
        out.extend_from_slice(&last);
    }
    out.truncate(length);
    out
}

/// A passphrase as PKCS#12 has it: UTF-16, big endian, two zero bytes behind (RFC 7292 §B.1).
pub(crate) fn utf16(passphrase: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(passphrase.len() * 2 + 2));
    for unit in passphrase.encode_utf16().chain([0]) {
        out.extend_from_slice(&unit.to_be_bytes());
    }
    out
}

/// The key derivation of PKCS#12 (RFC 7292 §B.2). `passphrase` is that of [`utf16`].
pub(crate) fn pkcs12(
    hash: Hash,
    id: Use,
    passphrase: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let v = match hash {
        Hash::Sha1 | Hash::Sha256 => 64,
        Hash::Sha384 | Hash::Sha512 => 128,
    };
    // Steps 1 to 4: the diversifier, and salt and passphrase, each repeated to whole blocks.
    let diversifier = vec![id as u8; v];
    let filled =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(bytes.len().next_multiple_of(v)).collect() };
    let mut input = Zeroizing::new(filled(salt));
    let passphrase = Zeroizing::new(filled(passphrase));
    input.reserve_exact(passphrase.len());
    input.extend_from_slice(&passphrase);

    let mut out = Zeroizing::new(Vec::with_capacity(length + hash.output_len()));
    while out.len() < length {
        // Step 6 A.
        let mut context = digest::Context::new(hash.digest());
        context.update(&diversifier);
        context.update(&input);
        let mut a = context.finish();
        for _ in 1..iterations {
            a = digest::digest(hash.digest(), a.as_ref());
        }
        out.extend_from_slice(a.as_ref());
        // Steps 6 B and C: every block of the input grows by the digest and one.
        let b: Zeroizing<Vec<u8>> = Zeroizing::new(a.as_ref().iter().copied().cycle().take(v).collect());
        for block in input.chunks_exact_mut(v) {
            let mut carry = 1_u16;
            for (to, add) in block.iter_mut().zip(b.iter()).rev() {
                let sum = u16::from(*to) + u16::from(*add) + carry;
                let [high, low] = sum.to_be_bytes();
                *to = low;
                carry = u16::from(high);
            }
        }
    }
    out.truncate(length);
    out
}
