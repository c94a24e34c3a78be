//! TLS Cipher Suites (RFC 8446 §B.4).

use std::fmt;

/// A cipher suite's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CipherSuite(pub u16);

impl CipherSuite {
    /// `TLS_AES_128_GCM_SHA256` (RFC 8446 §B.4).
    pub const TLS_AES_128_GCM_SHA256: Self = Self(0x1301);
    /// `TLS_AES_256_GCM_SHA384` (RFC 8446 §B.4).
    pub const TLS_AES_256_GCM_SHA384: Self = Self(0x1302);
    /// `TLS_CHACHA20_POLY1305_SHA256` (RFC 8446 §B.4).
    pub const TLS_CHACHA20_POLY1305_SHA256: Self = Self(0x1303);
    /// `TLS_AES_128_CCM_SHA256` (RFC 8446 §B.4).
    pub const TLS_AES_128_CCM_SHA256: Self = Self(0x1304);
    /// `TLS_AES_128_CCM_8_SHA256` (RFC 8446 §B.4).
    pub const TLS_AES_128_CCM_8_SHA256: Self = Self(0x1305);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::TLS_AES_128_GCM_SHA256,
        Self::TLS_AES_256_GCM_SHA384,
        Self::TLS_CHACHA20_POLY1305_SHA256,
        Self::TLS_AES_128_CCM_SHA256,
        Self::TLS_AES_128_CCM_8_SHA256,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::TLS_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
            Self::TLS_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
            Self::TLS_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
            Self::TLS_AES_128_CCM_SHA256 => "TLS_AES_128_CCM_SHA256",
            Self::TLS_AES_128_CCM_8_SHA256 => "TLS_AES_128_CCM_8_SHA256",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }
}

impl fmt::Display for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
