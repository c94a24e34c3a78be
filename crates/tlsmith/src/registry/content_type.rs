//! TLS ContentType (RFC 8446 §5.1).

use std::fmt;

/// A record's content type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentType(pub u8);

impl ContentType {
    /// `change_cipher_spec`(20) (RFC 8446 §5, §D.4).
    pub const CHANGE_CIPHER_SPEC: Self = Self(20);
    /// `alert`(21) (RFC 8446 §6).
    pub const ALERT: Self = Self(21);
    /// `handshake`(22) (RFC 8446 §4).
    pub const HANDSHAKE: Self = Self(22);
    /// `application_data`(23) (RFC 8446 §5.2).
    pub const APPLICATION_DATA: Self = Self(23);
    /// `heartbeat`(24) (RFC 6520).
    pub const HEARTBEAT: Self = Self(24);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] =
        &[Self::CHANGE_CIPHER_SPEC, Self::ALERT, Self::HANDSHAKE, Self::APPLICATION_DATA, Self::HEARTBEAT];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::CHANGE_CIPHER_SPEC => "change_cipher_spec",
            Self::ALERT => "alert",
            Self::HANDSHAKE => "handshake",
            Self::APPLICATION_DATA => "application_data",
            Self::HEARTBEAT => "heartbeat",
            _ => return None,
        })
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:02x}", self.0),
        }
    }
}

impl fmt::Debug for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
