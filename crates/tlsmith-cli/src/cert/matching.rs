//! `tlsmith cert match`: which key belongs to which certificate or request.

use std::{ffi::OsString, path::Path};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::container::Contents;
use tlsmith_x509::SubjectPublicKeyInfo;

use super::tell;
use crate::{
    cli::Globals,
    connect::Error,
    encode::base64,
    exit::{Exit, Usage},
    input,
    passphrase::{PassphraseOpts, refused},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert match server.pem server.key
      Do they belong together?
  tlsmith cert match *.pem server.key
      Which of these certificates is the key's?
  tlsmith cert match request.csr server.key
  tlsmith cert match server.pem store.p12 --passphrase-file pass
      Keys that are encrypted; without the option the passphrase is asked for.
  tlsmith cert match server.pem request.csr
      Without a private key: is this the certificate for that request?

The order does not matter; what a file is, its content says. In a bundle it is
enough that one certificate fits.

Exit codes: 0 every key fits something, 1 one fits nothing, 2 usage, or a file
that cannot be read.";

/// Does a private key belong to a certificate or request, and to which?
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// Files with certificates, requests and private keys; - is standard input
    #[arg(value_name = "CERT|KEY|CSR", required = true)]
    pub(crate) files: Vec<OsString>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOpts,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// Every key fits something.
    pub(crate) matched: bool,
    /// Every private key; where there is none, every request.
    pub(crate) keys: Vec<Key>,
    /// Every certificate, and every request where there are private keys.
    pub(crate) holders: Vec<Holder>,
    /// Files, or keys in them, that could not be read.
    pub(crate) errors: Vec<Error>,
}

/// A key and what it fits.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Key {
    pub(crate) source: String,
    /// `private_key` or `request`.
    pub(crate) kind: &'static str,
    /// `ECDSA P-256`.
    pub(crate) key: String,
    /// SHA-256 of its SubjectPublicKeyInfo, base64.
    pub(crate) spki_pin: String,
    /// The holders that it fits, by their places.
    pub(crate) fits: Vec<usize>,
}

/// A certificate or request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Holder {
    pub(crate) source: String,
    /// `certificate` or `request`.
    pub(crate) kind: &'static str,
    /// Its place in the file, from 0.
    pub(crate) index: usize,
    pub(crate) subject: String,
    pub(crate) ca: bool,
    pub(crate) key: String,
    pub(crate) spki_pin: String,
}

/// A key as it was found.
struct Found {
    source: String,
    kind: &'static str,
    public: SubjectPublicKeyInfo,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let report = run(opts)?;
    let exit = match report.matched {
        _ if !report.errors.is_empty() => Exit::Usage,
        true => Exit::Good,
        false => Exit::Failed,
    };
    Ok(tell(&report, exit, globals, render::cert::matching))
}

fn run(opts: &Opts) -> Result<Report, Usage> {
    opts.passphrase.check()?;
    let mut holders = Vec::new();
    let mut requests = Vec::new();
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for text in &opts.files {
        let (source, contents, error) = read(text, &opts.passphrase);
        errors.extend(error);
        let Some(contents) = contents else { continue };
        let broken =
            contents.skipped.iter().filter(|skipped| skipped.what.to_ascii_uppercase().contains("CERTIFICATE"));
        errors.extend(broken.map(|skipped| refused(&format!("{source}: {}", skipped.what), &skipped.why)));
        for (index, certificate) in contents.certificates.iter().enumerate() {
            let public = certificate.subject_public_key_info();
            holders.push(Holder::new(
                &source,
                "certificate",
                index,
                certificate.subject(),
                certificate.is_ca(),
                &public,
            ));
        }
        for (index, request) in contents.requests.iter().enumerate() {
            let public = request.public_key_info();
            requests.push((Holder::new(&source, "request", index, request.subject(), false, public), public.clone()));
        }
        for key in &contents.keys {
            let public = key.public_key_info().clone();
            found.push(Found { source: source.clone(), kind: "private_key", public });
        }
    }
    // A request stands for its key where there is no other.
    match found.is_empty() {
        true => found.extend(requests.into_iter().map(|(holder, public)| Found {
            source: holder.source,
            kind: holder.kind,
            public,
        })),
        false => holders.extend(requests.into_iter().map(|(holder, _)| holder)),
    }
    if found.is_empty() || holders.is_empty() {
        if let Some(usage) = errors.into_iter().next() {
            return Err(usage);
        }
        let (has, lacks) =
            if found.is_empty() { ("certificates", "key or request") } else { ("keys", "certificate or request") };
        let message = format!("the files hold {has} and no {lacks} to compare");
        return Err(Usage::new("usage.file", message, "name both: tlsmith cert match CERT KEY"));
    }
    let keys: Vec<Key> = found.into_iter().map(|found| Key::new(found, &holders)).collect();
    let matched = keys.iter().all(|key| !key.fits.is_empty());
    Ok(Report { matched, keys, holders, errors: errors.iter().map(Error::of_usage).collect() })
}

/// What a file holds as far as it can be read, and what keeps the rest from it.
fn read(text: &OsString, passphrase: &PassphraseOpts) -> (String, Option<Contents>, Option<Usage>) {
    let (source, bytes) = match text == "-" {
        true => (String::from("standard input"), input::stdin()),
        false => (text.to_string_lossy().into_owned(), input::read_file(Path::new(text))),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(usage) => return (source, None, Some(usage)),
    };
    match input::with_keys(&source, &bytes, passphrase) {
        Ok(contents) => (source, Some(contents), None),
        Err(usage) => {
            let rest = input::contents(&source, &bytes).ok();
            (source, rest, Some(usage))
        }
    }
}

impl Holder {
    fn new(
        source: &str,
        kind: &'static str,
        index: usize,
        subject: String,
        ca: bool,
        public: &SubjectPublicKeyInfo,
    ) -> Self {
        Self {
            source: source.to_owned(),
            kind,
            index,
            subject,
            ca,
            key: public.key_description(),
            spki_pin: base64(&public.sha256(&AwsLc)),
        }
    }
}

impl Key {
    fn new(found: Found, holders: &[Holder]) -> Self {
        let spki_pin = base64(&found.public.sha256(&AwsLc));
        let fits = holders.iter().enumerate().filter(|(_, holder)| holder.spki_pin == spki_pin);
        Self {
            source: found.source,
            kind: found.kind,
            key: found.public.key_description(),
            fits: fits.map(|(index, _)| index).collect(),
            spki_pin,
        }
    }
}
