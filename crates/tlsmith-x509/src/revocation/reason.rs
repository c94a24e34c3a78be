//! Why a certificate was revoked (RFC 5280 §5.3.1), and the sets of reasons that CRLs and distribution points speak of
//! (§4.2.1.13).

use asn1::BitString;
use std::fmt;

/// CRLReason. A number that RFC 5280 does not assign is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason(pub u32);

impl Reason {
    /// The key is, or may be, in others' hands.
    pub const KEY_COMPROMISE: Self = Self(1);
    /// Not for good: the certificate may come off the list again.
    pub const CERTIFICATE_HOLD: Self = Self(6);
    /// In delta CRLs alone: it came off the list.
    pub const REMOVE_FROM_CRL: Self = Self(8);

    /// Its name: `keyCompromise`.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "unspecified",
            1 => "keyCompromise",
            2 => "cACompromise",
            3 => "affiliationChanged",
            4 => "superseded",
            5 => "cessationOfOperation",
            6 => "certificateHold",
            8 => "removeFromCRL",
            9 => "privilegeWithdrawn",
            10 => "aACompromise",
            _ => return None,
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "reason {}", self.0),
        }
    }
}

/// ReasonFlags: a set of reasons, bit 1 (keyCompromise) to bit 8 (aACompromise).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reasons(u16);

/// The bits that ReasonFlags names, but for bit 0, which is unused.
const FLAGS: std::ops::RangeInclusive<usize> = 1..=8;

impl Reasons {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self(0b1_1111_1110);

    pub(crate) fn from_bits(bits: &BitString<'_>) -> Self {
        Self(FLAGS.filter(|bit| bits.has_bit_set(*bit)).fold(0, |set, bit| set | 1 << bit))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// It has a reason that `other` lacks.
    pub(crate) fn adds_to(self, other: Self) -> bool {
        self.0 & !other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_the_names_of_rfc_5280() {
        assert_eq!(Reason(1).to_string(), "keyCompromise");
        assert_eq!(Reason(7).to_string(), "reason 7");
        assert_eq!(Reason(10).name(), Some("aACompromise"));
    }

    #[test]
    fn sets_of_reasons_count_the_bits_that_have_a_name() {
        let bits = BitString::new(&[0xff, 0xff], 0).unwrap();
        assert_eq!(Reasons::from_bits(&bits), Reasons::ALL);
        let key_compromise = Reasons::from_bits(&BitString::new(&[0b0100_0000], 6).unwrap());
        assert!(key_compromise.adds_to(Reasons::NONE) && !key_compromise.adds_to(Reasons::ALL));
        assert_eq!(key_compromise.or(Reasons::NONE).and(Reasons::ALL), key_compromise);
    }
}
