//! The values of arguments: numbers, text, bytes, lists of them.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
    str::FromStr,
};

use super::Options;
use crate::Failure;

/// What an argument takes and does.
#[derive(Clone, Copy)]
pub(super) enum Take {
    /// Nothing.
    Nothing(fn(&mut Options)),
    /// A number of 8 bits: a code point.
    Byte(fn(&mut Options, u8)),
    /// A number of 16 bits: a code point, a port.
    Code(fn(&mut Options, u16)),
    /// A count.
    Count(fn(&mut Options, u64)),
    /// A number with a sign.
    Signed(fn(&mut Options, i64)),
    /// Text.
    Text(fn(&mut Options, String)),
    /// Bytes as they are.
    Bytes(fn(&mut Options, Vec<u8>)),
    /// Bytes in base64.
    Base64(fn(&mut Options, Vec<u8>)),
    /// The name of a file.
    Path(fn(&mut Options, PathBuf)),
    /// A list of protocols as it stands on the wire (RFC 7301 §3.1).
    Protocols(fn(&mut Options, Vec<Vec<u8>>)),
    /// Hexadecimal strings with commas between them; `<EMPTY>` and `<NULL>` for none.
    HexList(fn(&mut Options, Vec<Vec<u8>>)),
}

impl Take {
    pub(super) fn has_value(self) -> bool {
        !matches!(self, Self::Nothing(_))
    }

    pub(super) fn apply(self, options: &mut Options, name: &str, value: Option<&OsStr>) -> Result<(), Failure> {
        let value = value.unwrap_or_default();
        match self {
            Self::Nothing(set) => set(options),
            Self::Byte(set) => set(options, number(name, value)?),
            Self::Code(set) => set(options, number(name, value)?),
            Self::Count(set) => set(options, number(name, value)?),
            Self::Signed(set) => set(options, number(name, value)?),
            Self::Text(set) => set(options, text(name, value)?.to_owned()),
            Self::Bytes(set) => set(options, value.as_bytes().to_vec()),
            Self::Base64(set) => set(options, base64(name, value.as_bytes())?),
            Self::Path(set) => set(options, PathBuf::from(value)),
            Self::Protocols(set) => set(options, protocols(name, value.as_bytes())?),
            Self::HexList(set) => set(options, hex_list(name, value.as_bytes())?),
        }
        Ok(())
    }
}

/// The arguments that are left.
pub(super) struct Values<I>(pub(super) I);

impl<I: Iterator<Item = OsString>> Values<I> {
    pub(super) fn next(&mut self, name: &str) -> Result<OsString, Failure> {
        self.0.next().ok_or_else(|| Failure::Setup(format!("{name} without its value")))
    }
}

fn text<'a>(name: &str, value: &'a OsStr) -> Result<&'a str, Failure> {
    value.to_str().ok_or_else(|| Failure::Setup(format!("{name} {value:?} is not text")))
}

fn number<T: FromStr>(name: &str, value: &OsStr) -> Result<T, Failure> {
    let text = text(name, value)?;
    text.parse().map_err(|_| Failure::Setup(format!("{name} {text} is not a number in range")))
}

fn protocols(name: &str, mut list: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut protocols = Vec::new();
    while let Some((&length, rest)) = list.split_first() {
        let Some((protocol, rest)) = rest.split_at_checked(usize::from(length)) else {
            return Err(Failure::Setup(format!("{name}: a length that goes beyond the end")));
        };
        protocols.push(protocol.to_vec());
        list = rest;
    }
    Ok(protocols)
}

fn hex_list(name: &str, list: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    if let b"<EMPTY>" | b"<NULL>" = list {
        return Ok(Vec::new());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    list.split(|&byte| byte == b',')
        .map(|item| {
            let (pairs, rest) = item.as_chunks::<2>();
            let bytes: Option<Vec<u8>> =
                pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok()).collect();
            match bytes {
                Some(bytes) if rest.is_empty() => Ok(bytes),
                _ => Err(Failure::Setup(format!("{name} {:?} is not hexadecimal", OsStr::from_bytes(item)))),
            }
        })
        .collect()
}

/// Reads base64 of the usual alphabet (RFC 4648 §4).
fn base64(name: &str, value: &[u8]) -> Result<Vec<u8>, Failure> {
    let wrong = || Failure::Setup(format!("{name} {:?} is not base64", OsStr::from_bytes(value)));
    let sextet = |byte: u8| -> Option<u32> {
        Some(match byte {
            b'A'..=b'Z' => u32::from(byte - b'A'),
            b'a'..=b'z' => u32::from(byte - b'a') + 26,
            b'0'..=b'9' => u32::from(byte - b'0') + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        })
    };
    let (groups, rest) = value.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    let mut out = Vec::with_capacity(groups.len() * 3);
    for (at, group) in groups.iter().enumerate() {
        let last = at + 1 == groups.len();
        let padding = group.iter().rev().take_while(|&&byte| byte == b'=').count();
        if padding > 2 || (padding > 0 && !last) {
            return Err(wrong());
        }
        let digits = group.iter().take(4 - padding).map(|&byte| sextet(byte));
        let bits = digits.chain(std::iter::repeat_n(Some(0), padding)).try_fold(0, |bits, six| Some(bits << 6 | six?));
        let [_, bytes @ ..] = bits.ok_or_else(wrong)?.to_be_bytes();
        out.extend(bytes.iter().take(3 - padding));
    }
    Ok(out)
}
