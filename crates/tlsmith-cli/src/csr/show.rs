//! `tlsmith csr show`: everything that a certificate request says, and whether its signature is right.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::container;
use tlsmith_x509::{CertificateRequest, RequestAttribute, Unverified};

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

Exit codes: 0 good, 1 a signature is wrong, 2 usage, a file that cannot be read,
or no request in it. A signature that is not checked, because its algorithm or
its key is not supported, is not wrong: 0, and \"not checked\" says why.";

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
    /// Whether the key in it made the signature; null where that was not checked.
    pub(crate) verified: Option<bool>,
    /// Why it did not.
    pub(crate) verify_error: Option<String>,
    /// Why that was not checked.
    pub(crate) not_checked: Option<String>,
    /// It holds a challengePassword, which everybody who sees the request can read.
    pub(crate) challenge_password: bool,
    /// Attributes beyond the extensions.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) extensions: Vec<Extension>,
}

/// An attribute that is not the extensions.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attribute {
    pub(crate) oid: String,
    pub(crate) name: Option<&'static str>,
    pub(crate) values: Vec<String>,
}

impl From<RequestAttribute> for Attribute {
    fn from(attribute: RequestAttribute) -> Self {
        // A password is not shown, though whoever sees the request can read it.
        let is_password = attribute.name == Some("challengePassword");
        let values = if is_password { Vec::new() } else { attribute.values };
        Self { oid: attribute.id, name: attribute.name, values }
    }
}

impl Request {
    pub(crate) fn new(request: &CertificateRequest) -> Self {
        let hash = request.public_key_info().sha256(&AwsLc);
        let (verified, verify_error, not_checked) = match request.verify(&AwsLc) {
            Ok(()) => (Some(true), None, None),
            Err(Unverified::Wrong(why)) => (Some(false), Some(why), None),
            Err(Unverified::NotChecked(why)) => (None, None, Some(why)),
        };
        Self {
            subject: request.subject(),
            sans: request.sans(),
            key: request.public_key_info().key_description(),
            spki_sha256: hex(&hash),
            spki_pin: base64(&hash),
            signature: request.signature_description(),
            verified,
            verify_error,
            not_checked,
            challenge_password: request.has_challenge_password(),
            attributes: request.attributes().into_iter().map(Attribute::from).collect(),
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
    // What nobody could check did not fail.
    let exit = match report.requests.iter().any(|request| request.verified == Some(false)) {
        true => Exit::Failed,
        false => Exit::Good,
    };
    Ok(tell(&report, exit, globals, render::pki::csr_show))
}
