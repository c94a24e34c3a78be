//! Secrets: boxed, zeroized on drop, redacted, compared in constant time, not `Clone`.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Secret bytes. There is no `Clone`: a copy of a secret is made only where [`Secret::duplicate`] says so.
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes a copy of `bytes`; the caller still owns, and should wipe, the original.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// `len` zero bytes, the "0" of the key schedule drawing (RFC 8446 §7.1).
    pub fn zero(len: usize) -> Self {
        Self(vec![0; len].into_boxed_slice())
    }

    /// The bytes themselves, for a primitive.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes themselves, to be filled by a primitive.
    pub fn expose_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// A second copy, on purpose.
    pub fn duplicate(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}
