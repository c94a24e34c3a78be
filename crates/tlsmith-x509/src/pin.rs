//! Pins: SHA-256 of a SubjectPublicKeyInfo (RFC 7469 §2.4). A peer is expected to be vouched for by one of some keys,
//! whichever other CA is trusted as well.

use crate::cert::Certificate;
use crate::der::hex;
use base64::prelude::{BASE64_STANDARD, Engine};
use std::fmt;
use std::str::FromStr;
use tlsmith_crypto::Provider;

/// A public key that is expected, by the SHA-256 of its SubjectPublicKeyInfo.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin(pub [u8; 32]);

/// Why text is no pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPin;

impl fmt::Display for InvalidPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a pin: sha256/ and 44 characters of base64, or 64 hexadecimal digits")
    }
}

impl std::error::Error for InvalidPin {}

impl Pin {
    /// The pin of a certificate's key.
    pub fn of(certificate: &Certificate, provider: &dyn Provider) -> Self {
        Self(certificate.spki_sha256(provider))
    }

    /// Lower-case hexadecimal.
    pub fn to_hex(&self) -> String {
        hex(&self.0, "")
    }

    fn from_hex(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> =
            text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
        let (pairs, []) = digits.as_deref()?.as_chunks::<2>() else { return None };
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        bytes.try_into().ok().map(Self)
    }
}

impl FromStr for Pin {
    type Err = InvalidPin;

    /// Base64 behind `sha256/` (as curl and Android have it, with one slash or two) or in `pin-sha256="…"` (RFC 7469
    /// §2.1.1) or alone; or hexadecimal, with colons between the bytes or without.
    fn from_str(text: &str) -> Result<Self, InvalidPin> {
        let text = text.trim();
        let bare = text
            .strip_prefix("pin-sha256=")
            .map(|quoted| quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted))
            .or_else(|| text.strip_prefix("sha256//"))
            .or_else(|| text.strip_prefix("sha256/"))
            .unwrap_or(text);
        if let Some(pin) = Self::from_hex(&bare.replace(':', "")) {
            return Ok(pin);
        }
        let bytes = BASE64_STANDARD.decode(bare).map_err(|_| InvalidPin)?;
        bytes.try_into().map(Self).map_err(|_| InvalidPin)
    }
}

impl fmt::Display for Pin {
    /// `sha256/` and base64, which [`Pin::from_str`] reads again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256/{}", BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pin({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_in_use_is_read() {
        let pin = Pin(std::array::from_fn(|index| index as u8 * 8));
        let base64 = BASE64_STANDARD.encode(pin.0);
        let colons = hex(&pin.0, ":");
        for text in [
            base64.clone(),
            format!("sha256/{base64}"),
            format!("sha256//{base64}"),
            format!("pin-sha256=\"{base64}\""),
            format!(" pin-sha256={base64}\n"),
            pin.to_hex(),
            pin.to_hex().to_uppercase(),
            colons,
            pin.to_string(),
        ] {
            assert_eq!(text.parse(), Ok(pin), "{text}");
        }
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        let pin = Pin([7; 32]);
        let base64 = BASE64_STANDARD.encode(pin.0);
        for text in [
            "",
            "sha256/",
            "sha1/2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            &base64[1..],
            &format!("{base64}A"),
            &pin.to_hex()[2..],
            &format!("{}00", pin.to_hex()),
            &pin.to_hex().replace('0', "g"),
            "sha256/ÿ",
        ] {
            assert_eq!(text.parse::<Pin>(), Err(InvalidPin), "{text}");
        }
    }
}
