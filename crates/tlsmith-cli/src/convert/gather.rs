//! What the files hold, together.

use std::path::Path;

use serde::Serialize;
use tlsmith_pki::{
    PrivateKey, Problem,
    container::{Contents, Named},
};
use tlsmith_x509::{Certificate, CertificateRequest};

use super::{Only, Opts};
use crate::{
    exit::Usage,
    input,
    passphrase::{self, Source},
};

/// What was found in a file, for people.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) source: String,
    /// `PEM`, `DER`, `PKCS#12` or `PKCS#7`.
    pub(crate) format: &'static str,
    /// `certificate CN=example.com`, `private key ECDSA P-256`.
    pub(crate) contents: Vec<String>,
    /// How it was encrypted; each way once.
    pub(crate) encryption: Vec<String>,
    /// What of it was passed over, and why.
    pub(crate) skipped: Vec<String>,
}

/// All of it, each once.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) certificates: Vec<Certificate>,
    pub(super) keys: Vec<PrivateKey>,
    pub(super) requests: Vec<CertificateRequest>,
    pub(super) crls: Vec<Vec<u8>>,
    /// The name of the key, or of the first certificate that has one.
    pub(super) name: Option<String>,
    /// A key was under a passphrase.
    pub(super) was_encrypted: bool,
    /// Something was encrypted in a way that is not safe any more.
    pub(super) was_legacy: Option<String>,
    pub(super) found: Vec<Found>,
}

/// Reads all files. Without `--key` the key is looked for in all of them.
pub(super) fn gather(opts: &Opts, source: &Source) -> Result<Gathered, Usage> {
    let mut gathered = Gathered::default();
    for path in &opts.files {
        // Where the key is not wanted, nobody is to be asked for its passphrase.
        let keys = opts.only != Some(Only::Certificates) && opts.key.is_none();
        gathered.file(path, source, keys)?;
    }
    if let Some(path) = &opts.key {
        let before = gathered.keys.len();
        gathered.file(path, source, true)?;
        if gathered.keys.len() == before {
            let message = format!("--key {}: it holds no private key", path.display());
            return Err(Usage::new("usage.file", message, "are two files swapped?"));
        }
    }
    Ok(gathered)
}

impl Gathered {
    fn file(&mut self, path: &Path, source: &Source, keys: bool) -> Result<(), Usage> {
        let (name, content) = input::content(path)?;
        let contents = passphrase::open(&name, &content, source)?;
        let mut skipped = Vec::new();
        for one in &contents.skipped {
            let what = format!("{name}: {}", one.what);
            match one.why.problem() {
                // What is of another kind is passed over; what is broken or closed is missing in what would be written.
                Problem::Unsupported => skipped.push(format!("{}: {}", one.what, one.why)),
                Problem::PassphraseNeeded if !keys => skipped.push(format!("{}: {}", one.what, one.why)),
                _ => return Err(passphrase::refused(&what, &one.why)),
            }
        }
        self.found.push(Found {
            source: name,
            format: contents.format.name(),
            contents: describe(&contents.certificates, &contents.keys, &contents.requests, &contents.crls),
            encryption: contents.encryption.iter().map(ToString::to_string).collect(),
            skipped,
        });
        self.take(contents, keys);
        Ok(())
    }

    fn take(&mut self, contents: Contents, keys: bool) {
        self.was_encrypted |= !contents.encryption.is_empty() && !contents.keys.is_empty();
        let legacy = contents.encryption.iter().find(|scheme| scheme.is_legacy());
        self.was_legacy = self.was_legacy.take().or(legacy.map(ToString::to_string));
        let first = [Named::Key(0), Named::Certificate(0)];
        let name = first.into_iter().find_map(|of| contents.friendly_name(of)).map(str::to_owned);
        self.name = self.name.take().or(name);
        for certificate in contents.certificates {
            if !self.certificates.contains(&certificate) {
                self.certificates.push(certificate);
            }
        }
        for key in contents.keys.into_iter().filter(|_| keys) {
            if !self.keys.iter().any(|known| known.public_key_info() == key.public_key_info()) {
                self.keys.push(key);
            }
        }
        self.requests.extend(contents.requests);
        self.crls.extend(contents.crls);
    }
}

/// What there is, a line each.
pub(super) fn describe(
    certificates: &[Certificate],
    keys: &[PrivateKey],
    requests: &[CertificateRequest],
    crls: &[Vec<u8>],
) -> Vec<String> {
    let certificates = certificates.iter().map(certificate);
    let keys = keys.iter().map(key);
    let requests = requests.iter().map(|request| format!("certificate request {}", request.subject()));
    certificates.chain(keys).chain(requests).chain(crls.iter().map(|_| String::from("CRL"))).collect()
}

pub(super) fn certificate(certificate: &Certificate) -> String {
    let subject = match certificate.subject() {
        empty if empty.is_empty() => certificate.sans().into_iter().next().unwrap_or_default(),
        subject => subject,
    };
    format!("certificate {subject}")
}

pub(super) fn key(key: &PrivateKey) -> String {
    format!("private key {}", key.key_type())
}
