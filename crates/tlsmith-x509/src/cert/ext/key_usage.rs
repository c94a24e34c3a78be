//! keyUsage (RFC 5280 §4.2.1.3).

use crate::ParseError;
use crate::der::single;
use asn1::BitString;

const NAMES: [&str; 9] = [
    "digitalSignature",
    "contentCommitment",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

/// A set of bits; bit 0 (digitalSignature) is the lowest here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyUsage(u16);

impl KeyUsage {
    pub(crate) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let bits = single::<BitString<'_>>(value, "keyUsage")?;
        let set = (0..NAMES.len()).filter(|bit| bits.has_bit_set(*bit)).fold(0, |set, bit| set | 1 << bit);
        if set == 0 {
            return Err(ParseError::new("keyUsage", "no bit is set"));
        }
        Ok(Self(set))
    }

    pub(crate) fn digital_signature(self) -> bool {
        self.0 & 1 != 0
    }

    pub(crate) fn key_cert_sign(self) -> bool {
        self.0 & 1 << 5 != 0
    }

    /// Every bit of `other` is set here as well.
    pub(crate) fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn crl_sign(self) -> bool {
        self.0 & 1 << 6 != 0
    }

    /// The names of the bits, in order.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().enumerate().filter(move |(bit, _)| self.0 & 1 << bit != 0).map(|(_, name)| *name)
    }

    /// The same in one line.
    pub(crate) fn describe(self) -> String {
        self.names().collect::<Vec<_>>().join(", ")
    }
}
