//! Why a dialogue ended before TLS could begin: a row each, as the library's table has them for the protocol.

use std::io;

use super::{
    super::{
        failure::{self, Phase},
        report::Error,
    },
    Protocol,
};
use crate::render::text::safe;

/// How much of what the server said is quoted.
const QUOTED: usize = 160;

/// Why it ended.
#[derive(Debug)]
pub(super) enum Stop {
    /// The transport failed.
    Io(io::Error),
    /// The server closed; what it had said of an answer by then.
    Closed { waiting: &'static str, partial: Vec<u8> },
    /// It does not offer TLS; what it said instead.
    NotOffered(String),
    /// It offers TLS, or did not let it come to that, and said no.
    Refused { what: &'static str, said: String },
    /// What it said is no answer of this protocol.
    Unexpected { waiting: &'static str, said: Vec<u8> },
    /// More than any server has to say.
    TooMuch(&'static str),
    /// It spoke before it was asked.
    Unasked(Vec<u8>),
    /// It spoke on in clear after its go-ahead.
    Injected(Vec<u8>),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Stop {
    /// An answer that this protocol does not have.
    pub(super) fn unexpected(waiting: &'static str, said: &str) -> Self {
        Self::Unexpected { waiting, said: said.as_bytes().to_vec() }
    }

    /// The server said no.
    pub(super) fn refused(what: &'static str, said: &str) -> Self {
        Self::Refused { what, said: said.to_owned() }
    }

    /// As the report tells it.
    pub(super) fn into_error(self, protocol: Protocol, server: &str) -> Error {
        match self {
            Self::Io(error) => failure::io(Phase::StartTls, server, &error),
            Self::Closed { waiting, partial } => closed(protocol, waiting, &partial),
            Self::NotOffered(said) => row(
                "starttls.not_offered",
                format!("the server does not offer {}: {}", command(protocol), quoted(said.as_bytes())),
                "Switch TLS on in the server's configuration, or connect to the port on which it speaks TLS at once, \
                 without --starttls.",
                "A client that goes on in clear here can be made to by anybody on the way, who only has to take the \
                 offer out (RFC 9325 §3.2).",
                protocol,
            ),
            Self::Refused { what, said } => row(
                "starttls.refused",
                format!("the server refuses {what}: {}", quoted(said.as_bytes())),
                "The server's log says why: often its certificate or key cannot be read, or it takes no connections \
                 from this address.",
                "Without the server's consent there is no TLS on this connection.",
                protocol,
            ),
            Self::Unexpected { waiting, said } => unexpected(protocol, waiting, &said),
            Self::TooMuch(waiting) => row(
                "starttls.too_long",
                format!("the server sends without end: {waiting} is longer than any server's"),
                "Check that this is the right port: it does not behave like one of the protocol.",
                "What comes in clear comes from anybody; it is read up to a bound.",
                protocol,
            ),
            Self::Unasked(bytes) => row(
                "starttls.unasked",
                format!("the server answers before it is asked: {}", quoted(&bytes)),
                "Check that this is the right port, and what stands between: each answer has its question in this \
                 protocol.",
                "An answer that comes before its question may be taken for the answer to another one.",
                protocol,
            ),
            Self::Injected(bytes) => row(
                "starttls.injected",
                format!(
                    "after its go-ahead for TLS the server sent {} more bytes in clear: {}",
                    bytes.len(),
                    quoted(&bytes)
                ),
                "Somebody on the way may have put them there; if the server itself does it, update the server.",
                "A client that keeps such bytes takes them for the beginning of what comes under TLS: response \
                 injection, the class of CVE-2011-0411.",
                protocol,
            ),
        }
    }
}

fn closed(protocol: Protocol, waiting: &str, partial: &[u8]) -> Error {
    if is_tls(partial) {
        return speaks_tls(protocol, partial);
    }
    let after = match partial {
        [] => String::new(),
        some => format!(", after {}", quoted(some)),
    };
    row(
        "starttls.closed",
        format!("the server closed the connection before {waiting}{after}"),
        "Check that the port speaks this protocol, and whether the server's log says why it hung up.",
        "Without the server's consent there is no TLS on this connection.",
        protocol,
    )
}

fn unexpected(protocol: Protocol, waiting: &str, said: &[u8]) -> Error {
    if is_tls(said) {
        return speaks_tls(protocol, said);
    }
    let fix = match likely(said) {
        Some(other) => format!("That looks like {other}: check the port, and the name after --starttls."),
        None => String::from("Check the port, and the name after --starttls."),
    };
    row(
        "starttls.unexpected_reply",
        format!("{waiting} is none of {protocol}: {}", quoted(said)),
        &fix,
        "What is no answer of the protocol is no consent to TLS.",
        protocol,
    )
}

fn speaks_tls(protocol: Protocol, said: &[u8]) -> Error {
    row(
        "starttls.speaks_tls",
        format!("the server answers {protocol} in clear with a TLS record: {}", quoted(said)),
        "This port speaks TLS at once: leave --starttls out.",
        "The protocol in clear and TLS from the first byte have ports of their own (RFC 8314 §3).",
        protocol,
    )
}

fn row(code: &'static str, message: String, fix: &str, why: &str, protocol: Protocol) -> Error {
    Error {
        code: code.to_owned(),
        alert: None,
        alert_direction: None,
        message,
        fix: fix.to_owned(),
        section: Some(section(protocol).to_owned()),
        why: Some(why.to_owned()),
        phase: Some(Phase::StartTls.name()),
    }
}

/// What each protocol calls it.
fn command(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pop3 => "STLS",
        Protocol::Ftp => "AUTH TLS",
        Protocol::Postgres | Protocol::Mysql => "TLS",
        Protocol::Ldap => "StartTLS",
        _ => "STARTTLS",
    }
}

/// Where it is written.
fn section(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Smtp => "RFC 3207 §4",
        Protocol::Lmtp => "RFC 3207 §4, RFC 2033 §4.1",
        Protocol::Imap => "RFC 9051 §6.2.1",
        Protocol::Pop3 => "RFC 2595 §4",
        Protocol::Ftp => "RFC 4217 §4",
        Protocol::Postgres => "PostgreSQL, Frontend/Backend Protocol, SSL Session Encryption",
        Protocol::Mysql => "MySQL, Client/Server Protocol, SSLRequest",
        Protocol::Ldap => "RFC 4511 §4.14",
        Protocol::Xmpp | Protocol::XmppServer => "RFC 6120 §5",
        Protocol::Sieve => "RFC 5804 §2.2",
        Protocol::Nntp => "RFC 4642 §2.2",
        Protocol::Irc => "IRCv3, tls extension",
    }
}

/// An alert or a handshake record of any version (RFC 8446 §5.1).
pub(super) fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [0x15 | 0x16, 3, ..])
}

/// Whose first words these are.
fn likely(said: &[u8]) -> Option<&'static str> {
    let heads: [(&[u8], &str); 8] = [
        (b"SSH-", "SSH"),
        (b"HTTP/", "HTTP"),
        (b"* OK", "IMAP"),
        (b"+OK", "POP3"),
        (b"220", "SMTP or FTP"),
        (b"200", "NNTP"),
        (b"\"IMPLEMENTATION\"", "sieve"),
        (b"<?xml", "XMPP"),
    ];
    heads.iter().find(|(head, _)| said.starts_with(head)).map(|(_, name)| *name)
}

/// What was said, harmless and not too long, in quotation marks.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..QUOTED).unwrap_or(bytes));
    let more = if bytes.len() > QUOTED { "..." } else { "" };
    format!("\"{}\"{more}", safe(&text))
}
