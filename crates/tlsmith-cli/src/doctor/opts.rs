//! The arguments of `tlsmith doctor`, as clap reads them.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use tlsmith_x509::UnixTime;

use crate::{cli::duration, connect::starttls::Protocol, trust::Anchors};

const EXAMPLES: &str = "\
Examples:
  tlsmith doctor example.com
      What is wrong with it? A few handshakes, then the one likely cause,
      what speaks for it, and the mend.
  tlsmith doctor 192.0.2.7:8443 --servername api.example.com --ca company-ca.pem
      A certain machine, asked for a name, judged by a private CA.
  tlsmith doctor example.com --expect \\
      /etc/letsencrypt/live/example.com/fullchain.pem
      Was the server reloaded after the renewal?
  tlsmith doctor api.internal --cert client.pem --key client.key
      Why is my client certificate refused?
  tlsmith doctor www.example.com --address 192.0.2.1 --address 192.0.2.2
      These machines, whatever DNS says.
  tlsmith doctor mail.example.com:587 --starttls smtp
      A server that is asked for TLS in its own protocol first.
  tlsmith doctor example.com --json | jq -r .cause.code
      The cause for a program: doctor.missing_intermediate
  tlsmith doctor example.com -v
      With all handshakes that were tried, and what came of each.

Exit codes: 0 nothing is wrong (or only worth knowing), 1 the handshake or a
check failed, 2 usage or configuration, 3 the certificate is not trusted.";

/// What follows from revocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Revocations {
    /// Nobody is asked
    Ignore,
    /// A certificate that was revoked is refused
    Prefer,
    /// So is one of which nobody says that it was not
    Require,
}

/// Find out what is wrong with a TLS server: the likely cause, its evidence, its mend
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// Whom to examine; the port is 443 unless named (with --starttls that of the protocol)
    #[arg(value_name = "HOST[:PORT]")]
    pub(crate) target: String,

    /// Ask for TLS in this protocol first: smtp, lmtp, imap, pop3, ftp, postgres, mysql, ldap, xmpp, xmpp-server,
    /// sieve, nntp, irc
    #[arg(long, value_name = "PROTOCOL", hide_possible_values = true)]
    pub(crate) starttls: Option<Protocol>,
    /// Ask the machine at this address instead of those that the name resolves to; repeatable
    #[arg(long, value_name = "IP")]
    pub(crate) address: Vec<IpAddr>,
    /// How long each of name lookup, TCP, TLS and answer may take: 10, 2.5s, 500ms, 1m
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// The name to ask for (SNI) and to verify, instead of HOST
    #[arg(long, value_name = "NAME", help_heading = "Whom to trust")]
    pub(crate) servername: Option<String>,
    #[command(flatten)]
    pub(crate) anchors: Anchors,

    /// The certificate to show when the server asks for one, with its intermediates (PEM or DER)
    #[arg(long, value_name = "FILE", help_heading = "Client certificate")]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key; not needed where the file of --cert holds it
    #[arg(long, value_name = "FILE", requires = "cert", help_heading = "Client certificate")]
    pub(crate) key: Option<PathBuf>,

    /// What follows from revocations, stapled or fetched (CRLs, OCSP): ignore, prefer to know, or require that each
    /// certificate is known not to be revoked
    #[arg(
        long,
        value_name = "POLICY",
        default_value = "prefer",
        hide_possible_values = true,
        help_heading = "What to look up"
    )]
    pub(crate) revocation: Revocations,
    /// Certificate revocation lists (PEM or DER) of CAs in the path; repeatable
    #[arg(long, value_name = "FILE", help_heading = "What to look up")]
    pub(crate) crl: Vec<PathBuf>,
    /// Fetch nothing that certificates name: no missing intermediate (AIA), no CRL, no OCSP response
    #[arg(long, help_heading = "What to look up")]
    pub(crate) offline: bool,

    /// The certificate file that the server is to serve: tells a server that was not reloaded after a renewal
    #[arg(long, value_name = "FILE", help_heading = "What to compare with")]
    pub(crate) expect: Option<PathBuf>,
    /// Judge as if it were this time (2026-12-31T00:00:00Z, or 2026-12-31)
    #[arg(long, value_name = "TIME", help_heading = "What to compare with")]
    pub(crate) at: Option<UnixTime>,
}
