//! Handshakes that failed.

use std::{error, fmt, io, time::Duration};

use tlsmith::{Error, Facts};

/// Why a handshake failed.
#[derive(Debug)]
pub enum Failure {
    /// The protocol was broken, or the peer refused; the alert, if there is one, was sent.
    Tls(Error),
    /// The transport failed, or [`Answers`](crate::Answers) did.
    Io(io::Error),
    /// It took longer than [`Options::handshake_timeout`](crate::Options::handshake_timeout) allows.
    TimedOut(Duration),
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Tls(error) => error.into(),
            Failure::Io(error) => error,
            Failure::TimedOut(_) => io::Error::new(io::ErrorKind::TimedOut, failure.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
            Self::TimedOut(limit) => write!(f, "the TLS handshake was not complete after {limit:?}"),
        }
    }
}

impl error::Error for Failure {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Tls(error) => Some(error),
            Self::Io(error) => Some(error),
            Self::TimedOut(_) => None,
        }
    }
}

/// A handshake that failed, and what is left of it.
///
/// A server that closes a TCP connection with bytes unread has its last alert thrown away by the peer's kernel: to be
/// sure that the alert is read, shut the transport's write side and read on for a moment.
pub struct HandshakeFailure<IO> {
    /// Why.
    pub error: Failure,
    /// What was seen until then: the peer's hello, its chain, the messages.
    pub facts: Box<Facts>,
    /// The transport.
    pub io: IO,
}

impl<IO> From<HandshakeFailure<IO>> for io::Error {
    fn from(failure: HandshakeFailure<IO>) -> Self {
        failure.error.into()
    }
}

impl<IO> fmt::Debug for HandshakeFailure<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeFailure").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<IO> fmt::Display for HandshakeFailure<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<IO> error::Error for HandshakeFailure<IO> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.error.source()
    }
}
