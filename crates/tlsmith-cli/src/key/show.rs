//! `tlsmith key show`: what a private key is, and not the key itself.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::{PrivateKey, container::Named};

use super::Form;
use crate::{
    cert::tell,
    cli::Globals,
    connect::hex,
    encode::base64,
    exit::{Exit, Usage},
    input,
    passphrase::{self, PassphraseOpts},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith key show key.pem
  tlsmith key show keystore.p12
  tlsmith key show key.pem --json | jq -r '.keys[0].spki_pin'

A certificate belongs to the key if both have the same pin: `tlsmith cert pin
server.pem`.

Exit codes: 0 good, 2 usage, a file that cannot be read, or no key in it.";

/// What a private key is: its type, its size, the pin of its public key; never the secret
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// A file (PEM, DER or PKCS#12), or - for standard input
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOpts,
}

/// What is in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) source: String,
    /// `PEM`, `DER`, `PKCS#12` or `PKCS#7`.
    pub(crate) format: &'static str,
    /// How it is encrypted; each way once.
    pub(crate) encryption: Vec<Encryption>,
    pub(crate) keys: Vec<KeyTold>,
    /// What of it was passed over, and why.
    pub(crate) skipped: Vec<String>,
}

/// A way that something is encrypted.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Encryption {
    pub(crate) scheme: String,
    /// A new file had better not have it.
    pub(crate) legacy: bool,
}

/// A key as reports have it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct KeyTold {
    /// `ECDSA P-256`, `RSA 2048`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Its name in a PKCS#12 file.
    pub(crate) name: Option<String>,
    /// SHA-256 of the SubjectPublicKeyInfo, hexadecimal.
    pub(crate) spki_sha256: String,
    /// The same in base64 (RFC 7469 §2.4).
    pub(crate) spki_pin: String,
    /// The forms that it can be written in.
    pub(crate) forms: Vec<&'static str>,
}

impl KeyTold {
    pub(crate) fn new(key: &PrivateKey) -> Self {
        let hash = key.public_key_info().sha256(&AwsLc);
        let forms =
            [Some(Form::Pkcs8.name()), key.sec1().map(|_| Form::Sec1.name()), key.pkcs1().map(|_| Form::Pkcs1.name())];
        Self {
            kind: key.key_type().to_string(),
            name: None,
            spki_sha256: hex(&hash),
            spki_pin: base64(&hash),
            forms: forms.into_iter().flatten().collect(),
        }
    }
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let (name, content) = input::content(&opts.file)?;
    let contents = passphrase::open(&name, &content, &opts.passphrase.source()?)?;
    if contents.keys.is_empty() {
        // It says why there is none.
        super::only_key(&name, contents)?;
        return Ok(Exit::Usage);
    }
    let keys = contents.keys.iter().enumerate().map(|(index, key)| KeyTold {
        name: contents.friendly_name(Named::Key(index)).map(str::to_owned),
        ..KeyTold::new(key)
    });
    let report = Report {
        source: name,
        format: contents.format.name(),
        encryption: contents
            .encryption
            .iter()
            .map(|scheme| Encryption { scheme: scheme.to_string(), legacy: scheme.is_legacy() })
            .collect(),
        keys: keys.collect(),
        skipped: contents.skipped.iter().map(|skipped| format!("{}: {}", skipped.what, skipped.why)).collect(),
    };
    Ok(tell(&report, Exit::Good, globals, render::pki::key_show))
}
