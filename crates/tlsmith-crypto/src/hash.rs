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
}

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
