//! Bytes and lengths (RFC 8446 §3): the only code that touches length prefixes.

mod reader;
mod writer;

pub(crate) use reader::Reader;
pub(crate) use writer::{TooLong, Writer};

/// Why bytes of the peer are not what they claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// The field, as the RFC's presentation language names it: `ClientHello.session_id`.
    pub(crate) what: &'static str,
    /// What is wrong with it.
    pub(crate) problem: Problem,
}

/// What is wrong with a field. Each problem has exactly one alert (RFC 8446 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The bytes end within the field: `decode_error`.
    Truncated,
    /// Bytes follow where nothing may follow: `decode_error`.
    Trailing,
    /// A vector that must not be empty is empty: `decode_error`.
    Empty,
    /// A vector's length is outside of its range, or no multiple of its element: `decode_error`.
    BadLength,
    /// A value that the syntax has room for, and the RFC no meaning: `illegal_parameter`.
    BadValue,
    /// A second extension of one type (RFC 8446 §4.2): `illegal_parameter`.
    Duplicate,
    /// A second one of another thing that may stand there once: `illegal_parameter`.
    Repeated,
    /// A recognised extension in a message that it is not specified for (RFC 8446 §4.2): `illegal_parameter`.
    NotAllowedHere,
    /// `pre_shared_key` is not the last extension (RFC 8446 §4.2.11): `illegal_parameter`.
    NotLast,
    /// More elements than this implementation is willing to hold: `illegal_parameter`.
    TooMany,
}

impl Malformed {
    pub(crate) const fn new(what: &'static str, problem: Problem) -> Self {
        Self { what, problem }
    }
}
