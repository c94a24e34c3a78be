//! Strict DER (X.690 §10, §11) by the `asn1` crate, and what certificates need on top: errors that name the field they
//! are about, spans into the certificate instead of copies, algorithm identifiers, object identifiers.

pub(crate) mod algorithm;
pub(crate) mod oid;
pub(crate) mod time;
pub(crate) mod write;

use crate::ParseError;
use asn1::{Asn1Readable, Parser};
use std::ops::Range;

/// Where a part stands in the certificate's own bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span(Range<usize>);

impl Span {
    /// The place of `part` in `whole`, which it must be a slice of (an empty span otherwise).
    pub(crate) fn of(whole: &[u8], part: &[u8]) -> Self {
        let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
        match start.checked_add(part.len()) {
            Some(end) if end <= whole.len() => Self(start..end),
            _ => Self(0..0),
        }
    }

    /// Where it begins.
    pub(crate) fn start(&self) -> usize {
        self.0.start
    }

    /// The bytes.
    pub(crate) fn get<'a>(&self, whole: &'a [u8]) -> &'a [u8] {
        whole.get(self.0.clone()).unwrap_or_default()
    }
}

/// Reads the next element; an error says which field it was.
pub(crate) fn read<'a, T: Asn1Readable<'a>>(p: &mut Parser<'a>, field: &'static str) -> Result<T, ParseError> {
    p.read_element::<T>().map_err(|error| ParseError::der(field, &error))
}

/// Parses all of `data` as one element.
pub(crate) fn single<'a, T: Asn1Readable<'a>>(data: &'a [u8], field: &'static str) -> Result<T, ParseError> {
    asn1::parse_single::<T>(data).map_err(|error| ParseError::der(field, &error))
}

/// Parses all of `data` as one SEQUENCE and hands its content to `content`, which must consume it.
pub(crate) fn sequence<'a, T>(
    data: &'a [u8],
    field: &'static str,
    content: impl Fn(&mut Parser<'a>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    inside(single::<asn1::Sequence<'a>>(data, field)?, field, content)
}

/// Hands the content of a SEQUENCE to `content`, which must consume it.
pub(crate) fn inside<'a, T>(
    sequence: asn1::Sequence<'a>,
    field: &'static str,
    content: impl Fn(&mut Parser<'a>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    sequence.parse(|p| consumed(p, field, &content))
}

/// Hands `data`, the elements of a SEQUENCE with another tag, to `content`, which must consume them.
pub(crate) fn elements<'a, T>(
    data: &'a [u8],
    field: &'static str,
    content: impl Fn(&mut Parser<'a>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    asn1::parse(data, |p| consumed(p, field, &content))
}

fn consumed<'a, T>(
    p: &mut Parser<'a>,
    field: &'static str,
    content: &impl Fn(&mut Parser<'a>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    let value = content(p)?;
    if p.is_empty() { Ok(value) } else { Err(ParseError::new(field, "something follows its last element")) }
}

/// Lower-case hexadecimal, bytes separated by `separator`.
pub(crate) fn hex(bytes: &[u8], separator: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        let _ = write!(out, "{byte:02x}");
    }
    out
}
