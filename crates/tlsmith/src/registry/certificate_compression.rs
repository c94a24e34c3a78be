//! TLS Certificate Compression Algorithm IDs (RFC 8879 §7.3).

use std::fmt;

/// A compression's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateCompressionAlgorithm(pub u16);

impl CertificateCompressionAlgorithm {
    /// `zlib`(1) (RFC 1950).
    pub const ZLIB: Self = Self(1);
    /// `brotli`(2) (RFC 7932).
    pub const BROTLI: Self = Self(2);
    /// `zstd`(3) (RFC 8478).
    pub const ZSTD: Self = Self(3);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[Self::ZLIB, Self::BROTLI, Self::ZSTD];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::ZLIB => "zlib",
            Self::BROTLI => "brotli",
            Self::ZSTD => "zstd",
            _ => return None,
        })
    }
}

impl fmt::Display for CertificateCompressionAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for CertificateCompressionAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
