//! What is measured: a kind of handshake in a version.

use std::fmt;

use tlsmith::registry::ProtocolVersion;

use crate::connect::Error;

/// A kind of handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With certificate and key exchange.
    Full,
    /// It continues a session of a connection before; in TLS 1.3 with a key exchange.
    Resumed,
    /// The same, with the request in the first flight.
    Early,
}

/// A kind of handshake in a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) version: ProtocolVersion,
    pub(crate) kind: Kind,
}

impl Scenario {
    /// All of them, in the order in which they are measured and shown.
    pub(crate) const ALL: [Self; 5] = [
        Self { version: ProtocolVersion::TLS1_3, kind: Kind::Full },
        Self { version: ProtocolVersion::TLS1_3, kind: Kind::Resumed },
        Self { version: ProtocolVersion::TLS1_3, kind: Kind::Early },
        Self { version: ProtocolVersion::TLS1_2, kind: Kind::Full },
        Self { version: ProtocolVersion::TLS1_2, kind: Kind::Resumed },
    ];

    /// The kind's name.
    pub(crate) fn kind(self) -> &'static str {
        match self.kind {
            Kind::Full => "full",
            Kind::Resumed => "resumed",
            Kind::Early => "0-rtt",
        }
    }

    /// It continues a session.
    pub(crate) fn resumes(self) -> bool {
        self.kind != Kind::Full
    }

    /// It sends the request early.
    pub(crate) fn is_early(self) -> bool {
        self.kind == Kind::Early
    }

    /// Whether a first try that ended so says that the server cannot do it, rather than that something is wrong.
    pub(crate) fn is_unsupported(self, error: &Error) -> bool {
        let codes: &[&str] = match self.kind {
            Kind::Full => &[],
            Kind::Resumed => &["session.not_resumed"],
            Kind::Early => &["session.not_resumed", "session.no_early_data", "session.early_data_rejected"],
        };
        let version = ["alert.protocol_version", "hello.unsupported_version"];
        version.contains(&error.code.as_str()) || codes.contains(&error.code.as_str())
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.version, self.kind())
    }
}
