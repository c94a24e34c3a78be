//! The arguments of `tlsmith bench`, as clap reads them.

use std::time::Duration;

use clap::Args;

use crate::{cli::duration, trust::Trust};

const EXAMPLES: &str = "\
Examples:
  tlsmith bench example.com
      How many handshakes a second, and how long one takes; three seconds
      for each kind.
  tlsmith bench localhost:8443 --ca ca.pem --concurrency 32 --seconds 10
      More at once, and for longer.
  tlsmith bench localhost:8443 --ca ca.pem --count 1000 --path / --json
      A thousand of each kind with a request on every connection; one
      document for a program.

What is measured is both ends and the way between them: this program's own work
counts, on the same machine for both. A handshake's time runs from the
ClientHello to the last message, without TCP. Use it on servers of your own.

Exit codes: 0 all handshakes succeeded, 1 one failed or none was made, 2 usage,
3 not trusted.";

/// Handshakes a second and their latency, kind by kind
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// Whom to measure; the port is 443 unless named, an IPv6 address with a port stands in brackets
    #[arg(value_name = "HOST[:PORT]")]
    pub(crate) target: String,

    /// Connections at a time
    #[arg(long, value_name = "COUNT", default_value_t = 4, help_heading = "How much",
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) concurrency: u32,
    /// How long for each kind of handshake, at most an hour [default: 3s]
    #[arg(long, value_name = "TIME", value_parser = bounded, help_heading = "How much")]
    pub(crate) seconds: Option<Duration>,
    /// How many of each kind, at most ten million; with --seconds whatever comes first
    #[arg(long, value_name = "COUNT", help_heading = "How much",
          value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(crate) count: Option<u64>,
    /// Ask for this path over HTTP/1.1 on each connection, and measure the first byte of the answer as well
    #[arg(long, value_name = "PATH", help_heading = "How much")]
    pub(crate) path: Option<String>,
    /// How long each of name lookup, TCP, TLS and the answer may take
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, help_heading = "How much")]
    pub(crate) timeout: Duration,

    #[command(flatten)]
    pub(crate) trust: Trust,

    /// Key exchange groups, most wanted first: X25519MLKEM768,X25519,P-256
    #[arg(long, value_name = "LIST", help_heading = "What to offer")]
    pub(crate) groups: Option<String>,
    /// Cipher suites, most wanted first: TLS_AES_128_GCM_SHA256
    #[arg(long, value_name = "LIST", help_heading = "What to offer")]
    pub(crate) suites: Option<String>,
}

/// A duration of at most an hour: nobody is to be measured without end.
fn bounded(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        time if time <= Duration::from_secs(3600) => Ok(time),
        _ => Err(String::from("out of range; at most an hour (60m)")),
    }
}
