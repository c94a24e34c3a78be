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

    /// The suites of TLS 1.3, in the registry's order.
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
            // Of TLS 1.2 and older, for reading what others offer.
            Self(0x000a) => "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            Self(0x002f) => "TLS_RSA_WITH_AES_128_CBC_SHA",
            Self(0x0033) => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
            Self(0x0035) => "TLS_RSA_WITH_AES_256_CBC_SHA",
            Self(0x0039) => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
            Self(0x003c) => "TLS_RSA_WITH_AES_128_CBC_SHA256",
            Self(0x003d) => "TLS_RSA_WITH_AES_256_CBC_SHA256",
            Self(0x0067) => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
            Self(0x006b) => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
            Self(0x009c) => "TLS_RSA_WITH_AES_128_GCM_SHA256",
            Self(0x009d) => "TLS_RSA_WITH_AES_256_GCM_SHA384",
            Self(0x009e) => "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            Self(0x009f) => "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
            Self(0x00ff) => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
            Self(0x5600) => "TLS_FALLBACK_SCSV",
            Self(0xc009) => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            Self(0xc00a) => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            Self(0xc013) => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            Self(0xc014) => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            Self(0xc023) => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
            Self(0xc024) => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
            Self(0xc027) => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            Self(0xc028) => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            Self(0xc02b) => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            Self(0xc02c) => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            Self(0xc02f) => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            Self(0xc030) => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            Self(0xcca8) => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            Self(0xcca9) => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            Self(0xccaa) => "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
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
