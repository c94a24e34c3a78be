//! `tlsmith cert pin`: the hash of the public key, in the forms that programs want it.

use std::{ffi::OsString, sync::Arc};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};

use super::tell;
use crate::{
    cli::Globals,
    connect::{Error, hex},
    encode::base64,
    exit::{Exit, Usage},
    input::{self, InputOpts, Source},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert pin server.pem
  tlsmith cert pin example.com
  PIN=$(tlsmith cert pin server.pem --json | jq -r '.pins[0].curl')
  curl --pinnedpubkey \"$PIN\" https://example.com/

The pin is the SHA-256 of the SubjectPublicKeyInfo (RFC 7469 §2.4): it stays the
same when a certificate is renewed with the same key. Pin a CA's key, or two
keys of which one lies in a safe: a pin on the one key of a server locks
everybody out on the day that it has to be replaced.

Exit codes: 0 good, 1 the server could not be asked, 2 usage, or a file that
cannot be read.";

/// The pin of each certificate's key: SHA-256, in base64 and hexadecimal
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// A file (PEM, DER, PKCS#12, PKCS#7), a server, or - for standard input
    #[arg(value_name = "FILE|HOST[:PORT]|-")]
    pub(crate) source: OsString,
    #[command(flatten)]
    pub(crate) hosts: InputOpts,
}

/// The pins.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) source: String,
    pub(crate) pins: Vec<Pin>,
    /// Why there are none.
    pub(crate) error: Option<Error>,
}

/// One.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Pin {
    pub(crate) subject: String,
    pub(crate) ca: bool,
    pub(crate) key: String,
    /// Of the SubjectPublicKeyInfo.
    pub(crate) sha256_base64: String,
    pub(crate) sha256_hex: String,
    /// `pin-sha256="..."` (RFC 7469 §2.1.1).
    pub(crate) pin_sha256: String,
    /// For `curl --pinnedpubkey`.
    pub(crate) curl: String,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let source = Source::parse(&opts.source, opts.hosts.starttls)?;
    opts.hosts.check(std::slice::from_ref(&source))?;
    let report = match input::load_one(&source, &opts.hosts, &provider)? {
        Ok(input) => Report {
            source: input.name,
            pins: input.certificates.iter().map(|certificate| Pin::new(certificate, provider.as_ref())).collect(),
            error: None,
        },
        Err(error) => Report { source: source.name(), pins: Vec::new(), error: Some(error) },
    };
    let exit = if report.error.is_some() { Exit::Failed } else { Exit::Good };
    Ok(tell(&report, exit, globals, render::cert::pin))
}

impl Pin {
    fn new(certificate: &tlsmith_x509::Certificate, provider: &dyn Provider) -> Self {
        let hash = certificate.spki_sha256(provider);
        let in_base64 = base64(&hash);
        Self {
            subject: certificate.subject(),
            ca: certificate.is_ca(),
            key: certificate.key_description(),
            sha256_hex: hex(&hash),
            pin_sha256: format!("pin-sha256=\"{in_base64}\""),
            curl: format!("sha256//{in_base64}"),
            sha256_base64: in_base64,
        }
    }
}
