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
    /// X448 (RFC 8446 §4.2.7); with the cargo feature `x448`.
    pub const X448: Self = Self(0x001e);
    /// ffdhe2048 (RFC 7919); off unless named.
    pub const FFDHE2048: Self = Self(0x0100);
    /// ffdhe3072 (RFC 7919); off unless named.
    pub const FFDHE3072: Self = Self(0x0101);
    /// ML-KEM-1024 alone (draft-ietf-tls-mlkem); off unless named.
    pub const MLKEM1024: Self = Self(0x0202);
    /// P-256 with ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem).
    pub const SECP256R1MLKEM768: Self = Self(0x11eb);
    /// X25519 with ML-KEM-768 (draft-ietf-tls-ecdhe-mlkem).
    pub const X25519MLKEM768: Self = Self(0x11ec);
    /// P-384 with ML-KEM-1024 (draft-ietf-tls-ecdhe-mlkem).
    pub const SECP384R1MLKEM1024: Self = Self(0x11ed);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::SECP256R1,
        Self::SECP384R1,
        Self::SECP521R1,
        Self::X25519,
        Self::X448,
        Self::FFDHE2048,
        Self::FFDHE3072,
        Self::MLKEM1024,
        Self::SECP256R1MLKEM768,
        Self::X25519MLKEM768,
        Self::SECP384R1MLKEM1024,
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
            Self::MLKEM1024 => "MLKEM1024",
            Self::SECP256R1MLKEM768 => "SecP256r1MLKEM768",
            Self::X25519MLKEM768 => "X25519MLKEM768",
            Self::SECP384R1MLKEM1024 => "SecP384r1MLKEM1024",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }

    /// Whether a part of the key agreement withstands a quantum computer, as far as is known.
    pub const fn is_post_quantum(self) -> bool {
        matches!(self, Self::X25519MLKEM768 | Self::SECP256R1MLKEM768 | Self::SECP384R1MLKEM1024 | Self::MLKEM1024)
    }

    /// The curve that stands beside ML-KEM in a hybrid.
    pub(crate) const fn curve_of_hybrid(self) -> Option<Self> {
        match self {
            Self::X25519MLKEM768 => Some(Self::X25519),
            Self::SECP256R1MLKEM768 => Some(Self::SECP256R1),
            Self::SECP384R1MLKEM1024 => Some(Self::SECP384R1),
            _ => None,
        }
    }

    /// The code point of a group that the provider knows.
    pub const fn from_group(group: tlsmith_crypto::Group) -> Option<Self> {
        use tlsmith_crypto::Group;
        Some(match group {
            Group::X25519MlKem768 => Self::X25519MLKEM768,
            Group::Secp256r1MlKem768 => Self::SECP256R1MLKEM768,
            Group::Secp384r1MlKem1024 => Self::SECP384R1MLKEM1024,
            Group::MlKem1024 => Self::MLKEM1024,
            Group::X25519 => Self::X25519,
            Group::Secp256r1 => Self::SECP256R1,
            Group::Secp384r1 => Self::SECP384R1,
            Group::Secp521r1 => Self::SECP521R1,
            Group::X448 => Self::X448,
            Group::Ffdhe2048 => Self::FFDHE2048,
            Group::Ffdhe3072 => Self::FFDHE3072,
            _ => return None,
        })
    }

    /// The provider's name for the group, where it has one.
    pub const fn to_group(self) -> Option<tlsmith_crypto::Group> {
        use tlsmith_crypto::Group;
        Some(match self {
            Self::X25519MLKEM768 => Group::X25519MlKem768,
            Self::SECP256R1MLKEM768 => Group::Secp256r1MlKem768,
            Self::SECP384R1MLKEM1024 => Group::Secp384r1MlKem1024,
            Self::MLKEM1024 => Group::MlKem1024,
            Self::X25519 => Group::X25519,
            Self::SECP256R1 => Group::Secp256r1,
            Self::SECP384R1 => Group::Secp384r1,
            Self::SECP521R1 => Group::Secp521r1,
            Self::X448 => Group::X448,
            Self::FFDHE2048 => Group::Ffdhe2048,
            Self::FFDHE3072 => Group::Ffdhe3072,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of the registry of IANA, and a way to the provider's name and back.
    #[test]
    fn values() {
        let values: Vec<u16> = NamedGroup::KNOWN.iter().map(|group| group.0).collect();
        let registry = [0x17, 0x18, 0x19, 0x1d, 0x1e, 0x100, 0x101, 0x202, 0x11eb, 0x11ec, 0x11ed];
        assert_eq!(values, registry);
        for group in NamedGroup::KNOWN {
            assert!(group.name().is_some());
            assert_eq!(group.to_group().and_then(NamedGroup::from_group), Some(*group));
            assert_eq!(group.to_group().map(|group| group.is_post_quantum()), Some(group.is_post_quantum()));
            let hybrid = group.is_post_quantum() && *group != NamedGroup::MLKEM1024;
            assert_eq!(group.curve_of_hybrid().is_some(), hybrid);
        }
        assert_eq!(NamedGroup(0x0102).to_group(), None);
        assert!(!NamedGroup(0x0102).is_post_quantum());
    }
}
