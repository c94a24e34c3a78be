//! From the errors of the layers below to rules: exhaustive matches, no wildcard.

use super::{Error, Rule};
use crate::{
    record::RecordError,
    wire::{Malformed, Problem},
};

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        let (rule, problem) = match malformed.problem {
            Problem::Truncated => (Rule::Decode, "it ends early"),
            Problem::Trailing => (Rule::Decode, "bytes follow its end"),
            Problem::Empty => (Rule::Decode, "it is empty"),
            Problem::BadLength => (Rule::Decode, "its length is out of range"),
            Problem::BadValue => (Rule::IllegalParameter, "its value is not allowed"),
            Problem::Duplicate => (Rule::DuplicateExtension, "an extension stands in it twice"),
            Problem::Repeated => (Rule::IllegalParameter, "a value stands in it twice"),
            Problem::NotAllowedHere => (Rule::MisplacedExtension, "it must not stand in this message"),
            Problem::NotLast => (Rule::IllegalParameter, "it has to be the last extension"),
            Problem::TooMany => (Rule::IllegalParameter, "it has more elements than accepted"),
        };
        Self::new(rule, format!("{}: {problem}", malformed.what))
    }
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        let rule = match error {
            RecordError::HttpRequest { .. } | RecordError::HttpResponse => Rule::PlainHttp,
            RecordError::SshBanner | RecordError::SmtpBanner | RecordError::OtherText(_) => Rule::PlainText,
            RecordError::Sslv2ClientHello => Rule::Sslv2Hello,
            RecordError::InvalidContentType(_) => Rule::InvalidContentType,
            RecordError::InvalidVersion(_) => Rule::InvalidRecordVersion,
            RecordError::Overflow { .. } => Rule::RecordOverflow,
            RecordError::Empty(_) => Rule::EmptyRecord,
            RecordError::BadMac => Rule::BadRecordMac,
            RecordError::OnlyPadding => Rule::NoContentType,
            RecordError::Interleaved(_) => Rule::InterleavedHandshake,
            RecordError::SpansKeyChange { .. } => Rule::MessageSpansKeyChange,
            RecordError::MessageTooLong { .. } => Rule::HandshakeTooLong,
            RecordError::KeyExhausted => Rule::KeyExhausted,
            RecordError::SealFailed => Rule::Crypto,
        };
        let detail = match error {
            // The rule says it all.
            RecordError::BadMac | RecordError::OnlyPadding | RecordError::KeyExhausted => String::new(),
            other => other.to_string(),
        };
        Self::new(rule, detail)
    }
}
