//! The record protocol (RFC 8446 §5, RFC 5246 §6): bytes to records, protection, records to handshake messages, and back.
//!
//! ```text
//!  in:  bytes -> deframe -> Opener::open -> Joiner::next -> handshake messages
//!  out: handshake messages, data -> fragment -> Sealer::seal -> bytes
//! ```
//!
//! Nothing here knows the state of a connection: which content type may stand where, and what a record means, is the
//! driver's. What a record alone can get wrong is a [`RecordError`].

pub(crate) mod deframe;
pub(crate) mod fragment;
pub(crate) mod join;
pub(crate) mod protect;

use std::fmt;

use crate::registry::{ContentType, HandshakeType};

/// Type, version, length (§5.1).
pub(crate) const HEADER_LEN: usize = 5;

/// The most that a record carries: `TLSPlaintext.length` (§5.1).
pub(crate) const MAX_PLAINTEXT: usize = 1 << 14;

/// The largest `TLSCiphertext.length` of TLS 1.3 (§5.2): the content, its type, and the largest expansion an AEAD may have.
pub(crate) const MAX_CIPHERTEXT: usize = MAX_PLAINTEXT + 256;

/// The largest `TLSCiphertext.length` of TLS 1.2 (RFC 5246 §6.2.3): room for the expansion of compression and of CBC. No
/// AEAD uses it up; but a record within it is judged by its MAC first.
pub(crate) const MAX_CIPHERTEXT_TLS12: usize = MAX_PLAINTEXT + 2048;

/// `legacy_record_version` of every record but the first (§5.1).
pub(crate) const LEGACY_VERSION: u16 = 0x0303;

/// `legacy_record_version` of a record with an initial ClientHello, for servers that know no better (§5.1).
pub(crate) const INITIAL_VERSION: u16 = 0x0301;

/// What a record carries (§5.1): the content types of this protocol. An enum and not the registry's
/// [`ContentType`], so that a `match` on it is exhaustive: another type is an error wherever it stands (§5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordType {
    /// Means nothing in TLS 1.3; sent so that middleboxes recognise what they expect (§D.4).
    ChangeCipherSpec,
    /// §6.
    Alert,
    /// §4.
    Handshake,
    /// Also the outer type of every protected record (§5.2).
    ApplicationData,
}

impl RecordType {
    /// The type of this value.
    pub(crate) fn new(value: ContentType) -> Result<Self, RecordError> {
        match value {
            ContentType::CHANGE_CIPHER_SPEC => Ok(Self::ChangeCipherSpec),
            ContentType::ALERT => Ok(Self::Alert),
            ContentType::HANDSHAKE => Ok(Self::Handshake),
            ContentType::APPLICATION_DATA => Ok(Self::ApplicationData),
            other => Err(RecordError::InvalidContentType(other)),
        }
    }

    /// The value of this type.
    pub(crate) const fn value(self) -> ContentType {
        match self {
            Self::ChangeCipherSpec => ContentType::CHANGE_CIPHER_SPEC,
            Self::Alert => ContentType::ALERT,
            Self::Handshake => ContentType::HANDSHAKE,
            Self::ApplicationData => ContentType::APPLICATION_DATA,
        }
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

/// What is wrong with a record, or with the bytes where one should be. `Display` shows the actual values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordError {
    /// The first bytes are a request of HTTP.
    HttpRequest {
        /// They are `CONNECT`: the peer takes this side for a proxy.
        connect: bool,
    },
    /// The first bytes are a response of HTTP.
    HttpResponse,
    /// The first bytes are the banner of an SSH server or client.
    SshBanner,
    /// The first bytes are `220`, the greeting of SMTP and FTP.
    SmtpBanner,
    /// The first bytes are another text.
    OtherText([u8; HEADER_LEN]),
    /// The first bytes are an SSLv2 ClientHello.
    Sslv2ClientHello,
    /// A content type that does not exist, outside or inside of the protection.
    InvalidContentType(ContentType),
    /// A version whose major part is not 3.
    InvalidVersion(u16),
    /// A record, or what it protects, is longer than allowed.
    Overflow {
        /// How long it is, in bytes.
        len: usize,
        /// How long it may be.
        max: usize,
    },
    /// A record without content, of a type that must have some.
    Empty(RecordType),
    /// A protected record does not authenticate.
    BadMac,
    /// A protected record holds padding alone.
    OnlyPadding,
    /// A record of another type inside a handshake message.
    Interleaved(RecordType),
    /// Handshake bytes on both sides of a key change.
    SpansKeyChange {
        /// Bytes that are left before the change.
        left: usize,
    },
    /// A handshake message longer than accepted.
    MessageTooLong {
        /// Its type.
        message: HandshakeType,
        /// Length of its body.
        len: usize,
        /// Length that is accepted.
        max: usize,
    },
    /// A key has protected as many records as it may.
    KeyExhausted,
    /// The provider failed to encrypt; nothing that came from the peer.
    SealFailed,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HttpRequest { connect: false } => f.write_str("an HTTP request"),
            Self::HttpRequest { connect: true } => f.write_str("an HTTP CONNECT request, as to a proxy"),
            Self::HttpResponse => f.write_str("an HTTP response"),
            Self::SshBanner => f.write_str("an SSH banner"),
            Self::SmtpBanner => f.write_str("a greeting of SMTP or FTP (220)"),
            Self::OtherText(text) => write!(f, "a text that begins with \"{}\"", text.escape_ascii()),
            Self::Sslv2ClientHello => f.write_str("an SSLv2 ClientHello"),
            Self::InvalidContentType(value) => write!(f, "content type {}", value.0),
            Self::InvalidVersion(value) => write!(f, "version 0x{value:04x}"),
            Self::Overflow { len, max } => write!(f, "{len} bytes, at most {max} are allowed"),
            Self::Empty(record_type) => write!(f, "an empty record of type {record_type}"),
            Self::BadMac => f.write_str("the record does not authenticate"),
            Self::OnlyPadding => f.write_str("no content type before the padding"),
            Self::Interleaved(record_type) => write!(f, "a record of type {record_type} inside a handshake message"),
            Self::SpansKeyChange { left } => write!(f, "{left} bytes of a handshake message are left at a key change"),
            Self::MessageTooLong { message, len, max } => {
                write!(f, "{message} with {len} bytes, at most {max} are accepted")
            }
            Self::KeyExhausted => f.write_str("the key has protected as many records as it may"),
            Self::SealFailed => f.write_str("the cryptographic provider failed to encrypt"),
        }
    }
}

#[cfg(test)]
mod rfc8448;
