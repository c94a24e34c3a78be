//! The arguments of `tlsmith serve`, as clap reads them.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use tlsmith_proxy::{Backend, ListenAddress};

use crate::{cli::duration, versions::Version};

/// Whether clients have to show a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClientAuth {
    /// A client without a certificate is refused
    Require,
    /// A client without a certificate is served; one with a certificate that is not trusted is refused
    Request,
}

/// What a client gets that asks for a name which no certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnknownName {
    /// The first certificate
    Default,
    /// The alert unrecognized_name
    Refuse,
}

const EXAMPLES: &str = "\
Examples:
  tlsmith serve --demo
      A page on https://localhost:8443/ that shows what each connection
      negotiated, with a private CA of its own.
  tlsmith serve --demo --to http://127.0.0.1:3000
      The same CA in front of a server that is being developed.
  tlsmith serve --listen 0.0.0.0:443 --cert site.pem --key site.key \\
      --to http://127.0.0.1:3000
      TLS in front of an HTTP server. More pairs of --cert and --key for
      more names, or for RSA beside ECDSA.
  tlsmith serve --listen [::]:8443 --cert api.pem --key api.key \\
      --client-ca staff.pem --to http://127.0.0.1:3000
      Only for clients with a certificate of that CA; the backend reads
      whose in Client-Cert (RFC 9440).

  tlsmith serve --listen 0.0.0.0:443 --cert site.pem --key site.key \\
      --to http://127.0.0.1:3000 --ticket-key-file /var/lib/tlsmith/tickets \\
      --staple site.ocsp
      Sessions that resume on every server with this file, and a stapled
      OCSP response.

SIGTERM and SIGINT end it: no new connections, requests in flight are finished.
The second one ends it at once. The log goes to standard error; RUST_LOG sets
how much of it.

Exit codes: 0 ended as asked, 2 usage or configuration.";

/// End TLS in front of an HTTP server, or show a demo page
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// Where to listen; repeatable [default with --demo: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Vec<ListenAddress>,
    /// The HTTP server that answers; without it, --demo answers with a page about the connection
    #[arg(long, value_name = "http://HOST:PORT")]
    pub(crate) to: Option<Backend>,

    /// A certificate with its intermediates, leaf first (PEM or DER); repeatable, chosen by the name that clients ask for
    #[arg(long, value_name = "FILE", help_heading = "Certificates")]
    pub(crate) cert: Vec<PathBuf>,
    /// Its private key, in the order of --cert; not needed where the files of --cert hold them
    #[arg(long, value_name = "FILE", requires = "cert", help_heading = "Certificates")]
    pub(crate) key: Vec<PathBuf>,
    /// What a client gets that asks for a name which no certificate is for
    #[arg(long, value_name = "WHAT", default_value = "default", help_heading = "Certificates")]
    pub(crate) unknown_name: UnknownName,
    /// A private CA and its certificate for localhost, 127.0.0.1 and ::1, renewed before it ends
    #[arg(long, conflicts_with = "cert", help_heading = "Certificates")]
    pub(crate) demo: bool,
    /// Where that CA is kept [default: tlsmith in the XDG data directory]
    #[arg(long, value_name = "DIR", requires = "demo", help_heading = "Certificates")]
    pub(crate) state_dir: Option<PathBuf>,

    /// Staple this OCSP response (DER or PEM) to the certificate that it is about; repeatable, read again when it changes
    #[arg(long, value_name = "FILE", requires = "cert", help_heading = "Certificates")]
    pub(crate) staple: Vec<PathBuf>,

    /// Ticket keys that several servers share and that outlast a restart; made with mode 0600 if the file is missing, read
    /// again when it changes. Without it keys are random at each start; in both cases they change every eight hours
    #[arg(long, value_name = "FILE", help_heading = "Sessions")]
    pub(crate) ticket_key_file: Option<PathBuf>,
    /// Let no client resume a session. Early data (0-RTT) are never accepted: a backend cannot tell a request that somebody
    /// sends a second time from the first
    #[arg(long, conflicts_with = "ticket_key_file", help_heading = "Sessions")]
    pub(crate) no_resumption: bool,

    /// Ask clients for certificates of the CAs in this file; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Clients")]
    pub(crate) client_ca: Vec<PathBuf>,
    /// Whether they have to show one [default: require]
    #[arg(long, value_name = "WHAT", requires = "client_ca", help_heading = "Clients")]
    pub(crate) client_auth: Option<ClientAuth>,

    /// The lowest version to speak: 1.2 or 1.3
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "1.2",
        hide_possible_values = true,
        help_heading = "What to accept"
    )]
    pub(crate) min_version: Version,
    /// Application protocols, most wanted first
    #[arg(long, value_name = "LIST", default_value = "h2,http/1.1", help_heading = "What to accept")]
    pub(crate) alpn: String,
    /// Key exchange groups, most wanted first: X25519MLKEM768,X25519,P-256
    #[arg(long, value_name = "LIST", help_heading = "What to accept")]
    pub(crate) groups: Option<String>,
    /// Cipher suites, most wanted first: TLS_AES_128_GCM_SHA256
    #[arg(long, value_name = "LIST", help_heading = "What to accept")]
    pub(crate) suites: Option<String>,

    /// For a TLS handshake
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, help_heading = "Limits")]
    pub(crate) handshake_timeout: Duration,
    /// For the backend's answer to begin
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration, help_heading = "Limits")]
    pub(crate) backend_timeout: Duration,
    /// For requests in flight when it is to end
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration, help_heading = "Limits")]
    pub(crate) drain_timeout: Duration,
    /// Connections at once; more wait
    #[arg(long, value_name = "COUNT", default_value_t = 4096, help_heading = "Limits",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: u32,
}
