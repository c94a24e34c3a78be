//! Authenticated encryption (RFC 5116), as the record layer uses it.

use std::fmt;

use crate::CryptoError;

/// Length of the nonce of every AEAD here (RFC 5116 §5.1, RFC 6655 §3, RFC 8439 §2.8).
pub const NONCE_LEN: usize = 12;

/// Length of the tag of every AEAD here but CCM_8, whose tag is shorter: what a buffer has to have room for.
pub const TAG_LEN: usize = 16;

/// Length of the tag of CCM_8 (RFC 6655 §6.1).
const SHORT_TAG_LEN: usize = 8;

/// An AEAD algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AeadAlgorithm {
    /// AES-128 in Galois/Counter Mode.
    Aes128Gcm,
    /// AES-256 in Galois/Counter Mode.
    Aes256Gcm,
    /// ChaCha20 with Poly1305 (RFC 8439).
    ChaCha20Poly1305,
    /// AES-128 in Counter with CBC-MAC mode (RFC 3610, RFC 5116 §5.3).
    Aes128Ccm,
    /// AES-256 in Counter with CBC-MAC mode (RFC 5116 §5.4).
    Aes256Ccm,
    /// AES-128-CCM with a tag of 8 bytes (RFC 6655 §6.1): for small devices, forged with one try in 2^64.
    Aes128Ccm8,
    /// AES-256-CCM with a tag of 8 bytes (RFC 6655 §6.2).
    Aes256Ccm8,
}

impl AeadAlgorithm {
    /// Length of the key in bytes.
    pub const fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm | Self::Aes128Ccm8 => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 | Self::Aes256Ccm | Self::Aes256Ccm8 => 32,
        }
    }

    /// Length of the tag in bytes.
    pub const fn tag_len(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes256Gcm | Self::ChaCha20Poly1305 | Self::Aes128Ccm | Self::Aes256Ccm => TAG_LEN,
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => SHORT_TAG_LEN,
        }
    }
}

/// An authentication tag: 16 bytes, or the 8 of CCM_8.
#[derive(Clone, Copy)]
pub struct Tag {
    bytes: [u8; TAG_LEN],
    len: u8,
}

impl From<[u8; TAG_LEN]> for Tag {
    fn from(bytes: [u8; TAG_LEN]) -> Self {
        Self { bytes, len: 16 }
    }
}

impl From<[u8; SHORT_TAG_LEN]> for Tag {
    fn from(short: [u8; SHORT_TAG_LEN]) -> Self {
        let mut bytes = [0; TAG_LEN];
        let (front, _) = bytes.split_at_mut(SHORT_TAG_LEN);
        front.copy_from_slice(&short);
        Self { bytes, len: 8 }
    }
}

impl AsRef<[u8]> for Tag {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A key that is ready for use.
pub trait AeadKey: Send + Sync {
    /// Length of the tags that [`AeadKey::seal`] makes and [`AeadKey::open`] expects: [`AeadAlgorithm::tag_len`].
    fn tag_len(&self) -> usize;

    /// Encrypts `in_out` in place and returns the tag.
    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<Tag, CryptoError>;

    /// Verifies and decrypts `in_out` (ciphertext, then tag) in place; the plaintext's length is returned,
    /// the plaintext stands at the front. On `Err` the content of `in_out` is unspecified.
    fn open(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<usize, CryptoError>;
}
