//! Hash functions: names, digests, running contexts.

use std::fmt;

/// A hash function of the SHA-2 family (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// Length of the digest in bytes.
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of nothing, which the key schedule of TLS 1.3 asks for again and again (RFC 8446 §7.1, `Derive-Secret(., ., "")`).
    pub fn of_nothing(self) -> Digest {
        match self {
            Self::Sha256 => Digest::new(&SHA256_OF_NOTHING),
            Self::Sha384 => Digest::new(&SHA384_OF_NOTHING),
            Self::Sha512 => Digest::new(&SHA512_OF_NOTHING),
        }
    }
}

const SHA256_OF_NOTHING: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];
const SHA384_OF_NOTHING: [u8; 48] = [
    0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9, 0x32, 0x7e, 0xb1, 0xb1, 0xe3, 0x6a, 0x21, 0xfd, 0xb7,
    0x11, 0x14, 0xbe, 0x07, 0x43, 0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda, 0x27, 0x4e, 0xde, 0xbf, 0xe7, 0x6f,
    0x65, 0xfb, 0xd5, 0x1a, 0xd2, 0xf1, 0x48, 0x98, 0xb9, 0x5b,
];
const SHA512_OF_NOTHING: [u8; 64] = [
    0xcf, 0x83, 0xe1, 0x35, 0x7e, 0xef, 0xb8, 0xbd, 0xf1, 0x54, 0x28, 0x50, 0xd6, 0x6d, 0x80, 0x07, 0xd6, 0x20, 0xe4,
    0x05, 0x0b, 0x57, 0x15, 0xdc, 0x83, 0xf4, 0xa9, 0x21, 0xd3, 0x6c, 0xe9, 0xce, 0x47, 0xd0, 0xd1, 0x3c, 0x5d, 0x85,
    0xf2, 0xb0, 0xff, 0x83, 0x18, 0xd2, 0x87, 0x7e, 0xec, 0x2f, 0x63, 0xb9, 0x31, 0xbd, 0x47, 0x41, 0x7a, 0x81, 0xa5,
    0x38, 0x32, 0x7a, 0xf9, 0x27, 0xda, 0x3e,
];

/// A digest or an HMAC tag; at most 64 bytes, kept on the stack.
#[derive(Clone, Copy)]
pub struct Digest {
    bytes: [u8; 64],
    len: u8,
}

impl Digest {
    /// Copies `bytes`; anything past 64 bytes is dropped (no hash of [`HashAlgorithm`] is longer).
    pub fn new(bytes: &[u8]) -> Self {
        let mut copy = [0; 64];
        let mut len = 0;
        for (to, from) in copy.iter_mut().zip(bytes) {
            *to = *from;
            len += 1;
        }
        Self { bytes: copy, len }
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl zeroize::Zeroize for Digest {
    /// For a digest that is a derived key; a digest is `Copy`, so every copy has to be wiped.
    fn zeroize(&mut self) {
        self.bytes.zeroize();
        self.len = 0;
    }
}

impl PartialEq for Digest {
    /// Constant time: a digest may be a MAC.
    fn eq(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.as_ref(), other.as_ref()).into()
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.as_ref() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// A running hash.
pub trait HashContext: Send + Sync {
    /// The function that runs.
    fn algorithm(&self) -> HashAlgorithm;
    /// Takes more input.
    fn update(&mut self, data: &[u8]);
    /// The digest of all input so far; the context goes on.
    fn current(&self) -> Digest;
    /// A second context with the same input so far.
    fn fork(&self) -> Box<dyn HashContext>;
}
