//! TLS Supported Groups (RFC 8446 §4.2.7).

use std::fmt;

/// A group's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NamedGroup(pub u16);

impl NamedGroup {
    /// NIST P-256 (RFC 8446 §4.2.7).
    pub const SECP256R1: Self = Self(0x0017);
    /// NIST P-384 (RFC 8446 §4.2.7).
    pub const SECP384R1: Self = Self(0x0018);
    /// NIST P-521 (RFC 8446 §4.2.7).
    pub const SECP521R1: Self = Self(0x0019);
    /// X25519 (RFC 8446 §4.2.7).
    pub const X25519: Self = Self(0x001d);
    /// X448 (RFC 8446 §4.2.7); not implemented.
    pub const X448: Self = Self(0x001e);
    /// ffdhe2048 (RFC 7919); not implemented.
    pub const FFDHE2048: Self = Self(0x0100);
    /// ffdhe3072 (RFC 7919); not implemented.
    pub const FFDHE3072: Self = Self(0x0101);
    /// X25519 with ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem).
    pub const X25519MLKEM768: Self = Self(0x11ec);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::SECP256R1,
        Self::SECP384R1,
        Self::SECP521R1,
        Self::X25519,
        Self::X448,
        Self::FFDHE2048,
        Self::FFDHE3072,
        Self::X25519MLKEM768,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::SECP256R1 => "secp256r1",
            Self::SECP384R1 => "secp384r1",
            Self::SECP521R1 => "secp521r1",
            Self::X25519 => "x25519",
            Self::X448 => "x448",
            Self::FFDHE2048 => "ffdhe2048",
            Self::FFDHE3072 => "ffdhe3072",
            Self::X25519MLKEM768 => "X25519MLKEM768",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }

    /// The code point of a group that the provider knows.
    pub const fn from_group(group: tlsmith_crypto::Group) -> Option<Self> {
        use tlsmith_crypto::Group;
        Some(match group {
            Group::X25519MlKem768 => Self::X25519MLKEM768,
            Group::X25519 => Self::X25519,
            Group::Secp256r1 => Self::SECP256R1,
            Group::Secp384r1 => Self::SECP384R1,
            Group::Secp521r1 => Self::SECP521R1,
            _ => return None,
        })
    }

    /// The provider's name for the group, where it has one.
    pub const fn to_group(self) -> Option<tlsmith_crypto::Group> {
        use tlsmith_crypto::Group;
        Some(match self {
            Self::X25519MLKEM768 => Group::X25519MlKem768,
            Self::X25519 => Group::X25519,
            Self::SECP256R1 => Group::Secp256r1,
            Self::SECP384R1 => Group::Secp384r1,
            Self::SECP521R1 => Group::Secp521r1,
            _ => return None,
        })
    }
}

impl fmt::Display for NamedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for NamedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
