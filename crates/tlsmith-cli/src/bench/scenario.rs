//! The kinds of handshake that are measured.

use std::fmt;

use crate::connect::Error;

/// One kind of handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// TLS 1.3 with certificate and key exchange.
    Tls13Full,
}

impl Scenario {
    /// All of them, in the order in which they are measured and shown.
    pub(crate) const ALL: [Self; 1] = [Self::Tls13Full];

    /// The version's name.
    pub(crate) fn protocol(self) -> &'static str {
        match self {
            Self::Tls13Full => "TLSv1.3",
        }
    }

    /// The kind's name.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Tls13Full => "full",
        }
    }

    /// Whether a first try that ended so says that the server cannot do it, rather than that something is wrong.
    pub(crate) fn is_unsupported(self, error: &Error) -> bool {
        let version = ["alert.protocol_version", "hello.unsupported_version", "hello.downgrade"];
        version.contains(&error.code.as_str())
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.protocol(), self.kind())
    }
}
