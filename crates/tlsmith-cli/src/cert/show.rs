//! `tlsmith cert show`: everything that a certificate says.

use std::{ffi::OsString, sync::Arc};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::UnixTime;

use super::{Entry, tell};
use crate::{
    cli::Globals,
    connect::Error,
    exit::{Exit, Usage},
    input::{self, InputOpts, NoInput, SOURCES},
    probe::Seen,
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert show server.pem
      What every certificate of the file says, in short.
  tlsmith cert show -v server.pem
      With all extensions, decoded.
  tlsmith cert show store.p12 --passphrase-file pass
      PKCS#12; without the option the passphrase is asked for.
  tlsmith cert show example.com
      The chain that a server sends.
  tlsmith cert show --starttls smtp mail.example.com:587
  openssl s_client -connect example.com:443 -showcerts </dev/null |
      tlsmith cert show -
  tlsmith cert show server.pem --json | jq -r \\
      '.sources[0].certificates[0].not_after'

Nothing is judged here: that is for `tlsmith cert verify`.

Exit codes: 0 good, 1 a server could not be asked, 2 usage, or a file that
cannot be read.";

/// Everything that certificates say; -v with all extensions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{SOURCES}\n\n{EXAMPLES}"))]
pub(crate) struct Opts {
    /// Files (PEM, DER, PKCS#12, PKCS#7), servers, or - for standard input
    #[arg(value_name = "FILE|HOST[:PORT]|-", required = true)]
    pub(crate) sources: Vec<OsString>,
    #[command(flatten)]
    pub(crate) hosts: InputOpts,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// By which validity is told, RFC 3339.
    pub(crate) time: String,
    pub(crate) sources: Vec<Source>,
}

/// One source.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Source {
    pub(crate) source: String,
    /// `file`, `stdin` or `host`.
    pub(crate) kind: &'static str,
    /// What was seen of a server; null for files.
    pub(crate) server: Option<Server>,
    pub(crate) certificates: Vec<Entry>,
    /// What of it was passed over, and why.
    pub(crate) skipped: Vec<String>,
    /// Why there is nothing.
    pub(crate) error: Option<Error>,
}

/// What was seen of a server beside its chain.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Server {
    /// The address that answered.
    pub(crate) address: Option<String>,
    /// `TLSv1.3`.
    pub(crate) protocol: Option<String>,
    /// It stapled an OCSP response.
    pub(crate) ocsp_stapled: bool,
    /// It sent SCTs in its own extension.
    pub(crate) scts_sent: bool,
}

impl Server {
    fn new(seen: &Seen) -> Self {
        Self {
            address: seen.address.map(|address| address.to_string()),
            protocol: seen.version.map(|version| version.to_string()),
            ocsp_stapled: seen.ocsp_response.is_some(),
            scts_sent: seen.sct_list.is_some(),
        }
    }
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let report = run(opts, UnixTime::now())?;
    let failed = |kind: &str| report.sources.iter().any(|source| source.error.is_some() && source.kind == kind);
    let exit = match (failed("file") || failed("stdin"), failed("host")) {
        (true, _) => Exit::Usage,
        (false, true) => Exit::Failed,
        (false, false) => Exit::Good,
    };
    Ok(tell(&report, exit, globals, render::cert::show))
}

fn run(opts: &Opts, now: UnixTime) -> Result<Report, Usage> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let sources = input::sources(&opts.sources, &opts.hosts)?;
    let loaded = input::block_on(async {
        let mut loaded = Vec::new();
        for source in &sources {
            loaded.push((source, input::load(source, &opts.hosts, &provider).await));
        }
        loaded
    })?;
    let mut told = Vec::new();
    for (source, result) in loaded {
        let (name, kind) = (source.name(), source.kind());
        told.push(match result {
            Ok(input) => Source {
                source: name,
                kind,
                server: input.seen.as_deref().map(Server::new),
                certificates: input.certificates.iter().map(|c| Entry::new(c, provider.as_ref(), now)).collect(),
                skipped: input.skipped,
                error: None,
            },
            Err(NoInput::Usage(usage)) if sources.len() == 1 => return Err(usage),
            // One must not hide the others.
            Err(error) => {
                let error = Some(error.error());
                Source { source: name, kind, server: None, certificates: Vec::new(), skipped: Vec::new(), error }
            }
        });
    }
    Ok(Report { time: now.to_string(), sources: told })
}
