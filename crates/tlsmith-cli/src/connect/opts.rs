//! The arguments of `tlsmith connect`, as clap reads them.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::starttls::Protocol;
use crate::{cli::duration, trust::Trust, versions::Versions};

const EXAMPLES: &str = "\
Examples:
  tlsmith connect example.com
      Who answers, with which parameters, and is it to be trusted?
  tlsmith connect example.com --json </dev/null | jq -r '.chain[0].not_after'
      The same for a program.
  tlsmith connect 192.0.2.7:8443 --servername api.example.com \\
      --ca company-ca.pem
      A certain machine, asked for a name, judged by a private CA.
  tlsmith connect example.com --groups X25519 \\
      --suites TLS_AES_256_GCM_SHA384 --trace
      Only these parameters, and the handshake drawn as RFC 8446 draws it.
  tlsmith connect mail.example.com:587 --starttls smtp
      A server that is asked for TLS in its own protocol first.
  tlsmith connect api.internal --cert client.pem --key client.key
      Mutual TLS; says so if the server refuses the certificate.
  tlsmith connect example.com --resume 3 --json </dev/null | jq .connections
      Does the server resume sessions, and how?
  tlsmith connect example.com --alpn http/1.1 --early-data get-request.txt
      A request in the first flight of a resumed connection (0-RTT).
  printf 'GET / HTTP/1.1\\r\\nHost: example.com\\r\\nConnection: close\\r\\n\\r\\n' |
      tlsmith connect example.com --alpn http/1.1 --send - >reply.txt
      Sends a request; the reply alone goes to standard output, the screen
      to standard error.

With a terminal as standard input, what is typed is sent and what comes is
shown; Ctrl-D closes this side. With --json there is no conversation unless
--send asks for one. With --resume it takes place on the last connection.

Exit codes: 0 good, 1 the connection or the handshake failed, 2 usage or
configuration, 3 not trusted.";

/// Reach a TLS server: what was negotiated, who answered, whether to trust it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// Whom to reach; the port is 443 unless named (with --starttls that of the protocol), an IPv6 address with a port stands in brackets
    #[arg(value_name = "HOST[:PORT]")]
    pub(crate) target: String,

    /// Ask for TLS in this protocol first: smtp, lmtp, imap, pop3, ftp, postgres, mysql, ldap, xmpp, xmpp-server,
    /// sieve, nntp, irc
    #[arg(long, value_name = "PROTOCOL", hide_possible_values = true)]
    pub(crate) starttls: Option<Protocol>,

    #[command(flatten)]
    pub(crate) trust: Trust,

    /// The certificate to show when the server asks for one, with its intermediates (PEM or DER)
    #[arg(long, value_name = "FILE", help_heading = "Client certificate")]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key; not needed where the file of --cert holds it
    #[arg(long, value_name = "FILE", requires = "cert", help_heading = "Client certificate")]
    pub(crate) key: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) versions: Versions,
    /// Application protocols to offer, most wanted first: h2,http/1.1
    #[arg(long, value_name = "LIST", help_heading = "What to offer")]
    pub(crate) alpn: Option<String>,
    /// Key exchange groups, most wanted first: X25519MLKEM768,X25519,P-256
    #[arg(long, value_name = "LIST", help_heading = "What to offer")]
    pub(crate) groups: Option<String>,
    /// Cipher suites, most wanted first: TLS_AES_128_GCM_SHA256
    #[arg(long, value_name = "LIST", help_heading = "What to offer")]
    pub(crate) suites: Option<String>,
    /// Signature schemes for the handshake, most wanted first: ecdsa_secp256r1_sha256
    #[arg(long, value_name = "LIST", help_heading = "What to offer")]
    pub(crate) sigalgs: Option<String>,

    /// Connect so many times again, with the session that the connection before left, and say how each was resumed; ends
    /// with 1 if one was not
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100),
          help_heading = "Sessions and keys known before")]
    pub(crate) resume: Option<u32>,
    /// Connect again and send this file as early data (0-RTT), then print what comes back as with --send; early data can
    /// be replayed by anybody who sees them, so let it be a request that may be made twice; what the server does not take
    /// is sent again after the handshake
    #[arg(long, value_name = "FILE", conflicts_with = "send", help_heading = "Sessions and keys known before")]
    pub(crate) early_data: Option<PathBuf>,
    /// Offer this pre-shared key (hexadecimal, at least 16 random bytes); other users of this machine can see what
    /// stands on a command line: --psk-file keeps it to itself
    #[arg(
        long,
        value_name = "IDENTITY:HEX",
        conflicts_with = "psk_file",
        help_heading = "Sessions and keys known before"
    )]
    pub(crate) psk: Option<String>,
    /// Offer the pre-shared keys in this file, a line IDENTITY:HEX each
    #[arg(long, value_name = "FILE", help_heading = "Sessions and keys known before")]
    pub(crate) psk_file: Option<PathBuf>,

    /// Send this file after the handshake (- is standard input), close this side, and print what comes back
    #[arg(long, value_name = "FILE", help_heading = "Conversation")]
    pub(crate) send: Option<PathBuf>,
    /// How long each of name lookup, TCP and TLS may take: 10, 2.5s, 500ms, 1m; after --send also how long to wait
    /// for more of the reply
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, help_heading = "Conversation")]
    pub(crate) timeout: Duration,

    /// Show the OCSP response that the server staples: the status of its certificate, by whom and until when; it is shown
    /// as it came and not verified
    #[arg(long, help_heading = "Looking inside")]
    pub(crate) status: bool,
    /// Draw the handshake as RFC 8446 does: each message with direction, time, size and what matters in it
    #[arg(long, help_heading = "Looking inside")]
    pub(crate) trace: bool,
    /// Append the secrets to this file (made with mode 0600) so that Wireshark can decrypt; the environment variable
    /// SSLKEYLOGFILE is not read, secrets leave this process only where this option says so
    #[arg(long, value_name = "FILE", help_heading = "Looking inside")]
    pub(crate) keylog: Option<PathBuf>,
}
