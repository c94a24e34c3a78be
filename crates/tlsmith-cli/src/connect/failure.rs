//! Failures of the way to the peer: a row each, as the library's table has them for the protocol.

use std::{io, time::Duration};

use super::report::Error;
use crate::files::describe;

/// What was under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The name lookup.
    Dns,
    /// The TCP connection.
    Tcp,
    /// The dialogue in clear before it.
    StartTls,
    /// The TLS handshake.
    Tls,
    /// The wait for the peer's reply.
    Reply,
    /// Nothing that somebody waits for.
    Idle,
}

impl Phase {
    /// Its name in JSON's `timings_ms` and in error messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::Reply => "reply",
            Self::Idle => "idle",
        }
    }
}

fn transport(code: &'static str, message: String, fix: &str) -> Error {
    Error {
        code: code.to_owned(),
        alert: None,
        alert_direction: None,
        message,
        fix: fix.to_owned(),
        section: None,
        why: None,
        phase: None,
    }
}

/// The name has no address.
pub(crate) fn dns(host: &str, what: &str) -> Error {
    Error {
        phase: Some(Phase::Dns.name()),
        ..transport(
            "transport.dns",
            format!("the name {host} cannot be resolved: {what}"),
            "Check the spelling of the name and the resolver (getent hosts NAME); connect by address with --servername NAME.",
        )
    }
}

/// The phase took longer than allowed.
pub(crate) fn timeout(phase: Phase, limit: Duration, what: &str) -> Error {
    let fix = match phase {
        Phase::Dns => "Check the resolver; connect by address with --servername NAME; allow more time with --timeout.",
        Phase::Tcp => {
            "Check host and port; a firewall that drops packets looks like this. Allow more time with --timeout."
        }
        Phase::StartTls => {
            "If the server speaks TLS at once it waits for this side: leave --starttls out. Allow more time with --timeout."
        }
        Phase::Tls => {
            "Check that the port speaks TLS at once (with a command before it: --starttls) and that no middlebox swallows the \
             ClientHello (try --groups X25519: it makes it shorter). Allow more time with --timeout."
        }
        Phase::Reply | Phase::Idle => {
            "Allow more time with --timeout; send a request that makes the server close at its end."
        }
    };
    Error {
        phase: Some(phase.name()),
        ..transport("transport.timeout", format!("{} timed out after {}: {what}", label(phase), seconds(limit)), fix)
    }
}

/// An error of the operating system while connecting or on the connection.
pub(crate) fn io(phase: Phase, to: &str, error: &io::Error) -> Error {
    use io::ErrorKind as Kind;
    let (code, what, fix) = match error.kind() {
        Kind::ConnectionRefused => (
            "transport.refused",
            format!("{to} refused the connection"),
            "Nothing listens on this port there, or a firewall says so: check the port and that the server runs.",
        ),
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable => (
            "transport.unreachable",
            format!("{to} is not reachable: {}", describe(error)),
            "Check the route, and whether this machine has the address family (IPv6).",
        ),
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => (
            "transport.reset",
            format!("{to} reset the connection"),
            "The server, or a firewall before it, dropped the connection without a reason: look at the server's log.",
        ),
        _ => ("transport.failed", format!("{to}: {}", describe(error)), "Look at the network of this machine."),
    };
    Error { phase: Some(phase.name()), ..transport(code, what, fix) }
}

/// A local failure to read what is to be sent.
pub(crate) fn input(error: &io::Error) -> Error {
    transport(
        "local.input",
        format!("what is to be sent cannot be read: {}", describe(error)),
        "Check the file of --send.",
    )
}

/// A local failure to write what was received.
pub(crate) fn output(error: &io::Error) -> Error {
    transport(
        "local.output",
        format!("what was received cannot be written: {}", describe(error)),
        "Check where standard output goes.",
    )
}

/// A connection that was to be resumed was not.
pub(crate) fn not_resumed(message: String) -> Error {
    Error {
        section: Some(String::from("RFC 8446 §2.2, RFC 5077, RFC 5246 §7.3")),
        why: Some(String::from(
            "Every connection costs a full handshake: time for both, and a signature for the server.",
        )),
        ..transport(
            "session.not_resumed",
            message,
            "Switch tickets on (nginx: ssl_session_tickets, ssl_session_cache; tlsmith serve has them on), and give all \
             servers behind one address the same ticket keys.",
        )
    }
}

/// A session that was to carry early data does not allow them, or not as many.
pub(crate) fn no_early_data() -> Error {
    transport(
        "session.no_early_data",
        String::from("the server's sessions do not allow early data, or less than the request has"),
        "Switch it on where requests may be replayed without harm (nginx: ssl_early_data on; openssl s_server: -early_data).",
    )
}

/// The server did not take early data that its session allows.
pub(crate) fn early_data_rejected() -> Error {
    transport(
        "session.early_data_rejected",
        String::from("the server rejects early data that its session allows"),
        "It may remember too few ClientHellos for so many a second, or its clock may be off: look at its anti-replay settings.",
    )
}

/// This machine has no port left to connect from.
pub(crate) fn no_port(to: &str) -> Error {
    transport(
        "local.no_port",
        format!("this machine has no port left to connect to {to} from"),
        "Each connection keeps its port for a minute after its end: make fewer, with --count or a shorter --seconds.",
    )
}

/// What answers a request is no HTTP.
pub(crate) fn not_http() -> Error {
    Error {
        phase: Some(Phase::Reply.name()),
        ..transport(
            "bench.not_http",
            String::from("the answer to the request is not HTTP/1"),
            "Leave --path out where the server speaks another protocol.",
        )
    }
}

fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::Dns => "the name lookup",
        Phase::Tcp => "the TCP connection",
        Phase::StartTls => "the dialogue before TLS",
        Phase::Tls => "the TLS handshake",
        Phase::Reply | Phase::Idle => "the wait for the reply",
    }
}

/// `10 s`, `0.5 s`.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 1e3).round() / 1e3)
}
