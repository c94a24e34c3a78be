//! Protocol versions as they stand on the wire (RFC 8446 §4.2.1).

use std::fmt;

/// A protocol version's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProtocolVersion(pub u16);

impl ProtocolVersion {
    /// SSLv3.
    pub const SSL3_0: Self = Self(0x0300);
    /// TLSv1.0.
    pub const TLS1_0: Self = Self(0x0301);
    /// TLSv1.1.
    pub const TLS1_1: Self = Self(0x0302);
    /// TLSv1.2.
    pub const TLS1_2: Self = Self(0x0303);
    /// TLSv1.3.
    pub const TLS1_3: Self = Self(0x0304);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[Self::SSL3_0, Self::TLS1_0, Self::TLS1_1, Self::TLS1_2, Self::TLS1_3];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::SSL3_0 => "SSLv3",
            Self::TLS1_0 => "TLSv1.0",
            Self::TLS1_1 => "TLSv1.1",
            Self::TLS1_2 => "TLSv1.2",
            Self::TLS1_3 => "TLSv1.3",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }
}

impl Default for ProtocolVersion {
    /// The newest.
    fn default() -> Self {
        Self::TLS1_3
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
