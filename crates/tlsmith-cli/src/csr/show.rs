//! `tlsmith csr show`: everything that a certificate request says, and whether its signature is right.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::container;
use tlsmith_x509::CertificateRequest;

use crate::{
    cert::{Extension, tell},
    cli::Globals,
    connect::hex,
    encode::base64,
    exit::{Exit, Usage},
    input, passphrase, render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith csr show request.csr
  tlsmith csr new --key key.pem example.com | tlsmith csr show -
  tlsmith csr show request.csr --json | jq -r '.requests[0].sans[]'

Exit codes: 0 good, 1 a signature is wrong, 2 usage, a file that cannot be read, or no request in it.";

/// Everything that a certificate request says; its signature is verified
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// A file (PEM or DER), or - for standard input
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
}

/// What is in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) source: String,
    pub(crate) requests: Vec<Request>,
    /// What of it was passed over, and why.
    pub(crate) skipped: Vec<String>,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Request {
    /// RFC 4514.
    pub(crate) subject: String,
    /// `DNS:example.com`, `IP:192.0.2.1`.
    pub(crate) sans: Vec<String>,
    pub(crate) key: String,
    pub(crate) spki_sha256: String,
    /// The same in base64.
    pub(crate) spki_pin: String,
    /// The algorithm that it is signed with.
    pub(crate) signature: String,
    /// Whether the key in it made the signature.
    pub(crate) verified: bool,
    /// Why not.
    pub(crate) verify_error: Option<String>,
    /// It holds a challengePassword, which everybody who sees the request can read.
    pub(crate) challenge_password: bool,
    /// Attributes that are not known here.
    pub(crate) other_attributes: Vec<String>,
    pub(crate) extensions: Vec<Extension>,
}

impl Request {
    pub(crate) fn new(request: &CertificateRequest) -> Self {
        let hash = request.public_key_info().sha256(&AwsLc);
        let verdict = request.verify(&AwsLc);
        Self {
            subject: request.subject(),
            sans: request.sans(),
            key: request.public_key_info().key_description(),
            spki_sha256: hex(&hash),
            spki_pin: base64(&hash),
            signature: request.signature_description(),
            verified: verdict.is_ok(),
            verify_error: verdict.err(),
            challenge_password: request.has_challenge_password(),
            other_attributes: request.other_attributes(),
            extensions: request.extension_details().iter().map(Extension::new).collect(),
        }
    }
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let (name, content) = input::content(&opts.file)?;
    // Nothing that is encrypted is a request.
    let contents = container::read(&content, &mut || None).map_err(|error| passphrase::refused(&name, &error))?;
    if contents.requests.is_empty() {
        return Err(match contents.skipped.first() {
            Some(skipped) => passphrase::refused(&format!("{name}: {}", skipped.what), &skipped.why),
            None if !contents.certificates.is_empty() => {
                let message = format!("{name}: it holds a certificate, not a request for one");
                Usage::new("usage.file", message, "look at it with `tlsmith cert show`")
            }
            None => Usage::new("usage.file", format!("{name}: it holds no certificate request"), ""),
        });
    }
    let report = Report {
        source: name,
        requests: contents.requests.iter().map(Request::new).collect(),
        skipped: contents.skipped.iter().map(|skipped| format!("{}: {}", skipped.what, skipped.why)).collect(),
    };
    let exit = match report.requests.iter().all(|request| request.verified) {
        true => Exit::Good,
        false => Exit::Failed,
    };
    Ok(tell(&report, exit, globals, render::pki::csr_show))
}
