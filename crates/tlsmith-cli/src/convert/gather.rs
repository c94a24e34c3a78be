//! What the files hold, together.

use std::{
    cmp::Reverse,
    path::{Path, PathBuf},
};

use serde::Serialize;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::{
    PrivateKey, Problem,
    container::{Contents, Named, Skipped},
};
use tlsmith_x509::{Certificate, CertificateRequest, SubjectPublicKeyInfo};

use super::{Only, Opts};
use crate::{
    connect::hex,
    encode::base64,
    exit::Usage,
    input,
    passphrase::{self, Source},
};

/// So many certificates are taken: each is compared with the others. The largest stores have a few hundred.
const MOST_CERTIFICATES: usize = 4096;

/// What was found in a file, for people.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) source: String,
    /// `PEM`, `DER`, `PKCS#12` or `PKCS#7`.
    pub(crate) format: &'static str,
    pub(crate) contents: Vec<Content>,
    /// How it was encrypted; each way once.
    pub(crate) encryption: Vec<String>,
    /// What of it was passed over, and why.
    pub(crate) skipped: Vec<String>,
}

/// One thing, for people. For programs it is its first line.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Content {
    /// `certificate CN=example.com`, `private key ECDSA P-256`.
    pub(crate) what: String,
    /// Which it is, for whoever wants to see more: labels and values.
    #[serde(skip)]
    pub(crate) facts: Vec<(&'static str, String)>,
}

/// A certificate or a key, and what its file says of it.
#[derive(Clone, Debug)]
pub(super) struct Held<T> {
    pub(super) it: T,
    /// PKCS#12: the friendly name.
    pub(super) name: Option<String>,
    /// The names of other entries of the same.
    pub(super) also: Vec<String>,
    /// PKCS#12: Java's mark of a trusted certificate.
    pub(super) trusted: bool,
    /// The place of its file among those that were read.
    pub(super) file: usize,
}

impl<T> Held<T> {
    /// Another entry of the same: its name stays known, and its mark counts.
    fn merge(&mut self, other: Self) {
        self.trusted |= other.trusted;
        match (&self.name, other.name) {
            (None, name) => self.name = name,
            (Some(known), Some(name)) if *known != name => self.also.push(name),
            _ => {}
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.name.iter().chain(&self.also).map(String::as_str)
    }

    pub(super) fn has_name(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }
}

/// A file with private keys.
pub(super) struct KeyFile {
    path: PathBuf,
    /// The public halves of those that were read.
    keys: Vec<SubjectPublicKeyInfo>,
    /// There are others, which could not be read.
    others: bool,
}

/// All of it, each once.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) certificates: Vec<Held<Certificate>>,
    pub(super) keys: Vec<Held<PrivateKey>>,
    /// Keys of files that the key was not to be taken from.
    pub(super) other_keys: Vec<PrivateKey>,
    pub(super) requests: Vec<CertificateRequest>,
    pub(super) crls: Vec<Vec<u8>>,
    /// A key was under a passphrase.
    pub(super) was_encrypted: bool,
    /// Something was encrypted in a way that is not safe any more.
    pub(super) was_legacy: Option<String>,
    pub(super) found: Vec<Found>,
    /// The files that hold private keys.
    pub(super) key_files: Vec<KeyFile>,
}

/// Reads all files, each once. Without `--key` the key is looked for in all of them.
pub(super) fn gather(opts: &Opts, source: &Source) -> Result<Gathered, Usage> {
    let mut gathered = Gathered::default();
    // Where the key is not wanted, none is to be missed; but a key has the alias of its chain.
    let wanted = opts.only != Some(Only::Certificates) || opts.alias.is_some();
    let is_of_key = |path: &Path| opts.key.as_ref().is_none_or(|key| is_same_file(path, key));
    for path in &opts.files {
        gathered.file(path, source, wanted && is_of_key(path))?;
    }
    if let Some(path) = &opts.key {
        if !opts.files.iter().any(|file| is_same_file(file, path)) {
            gathered.file(path, source, wanted)?;
        }
        if wanted && gathered.keys.is_empty() {
            let message = format!("--key {}: it holds no private key", path.display());
            return Err(Usage::new("usage.file", message, "are two files swapped?"));
        }
    }
    Ok(gathered)
}

/// However they are spelt.
fn is_same_file(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

impl Gathered {
    fn file(&mut self, path: &Path, source: &Source, keys: bool) -> Result<(), Usage> {
        let (name, content) = input::content(path)?;
        let contents = passphrase::open(&name, &content, source)?;
        if self.certificates.len() + contents.certificates.len() > MOST_CERTIFICATES {
            let message = format!("{name}: with it there are more than {MOST_CERTIFICATES} certificates");
            return Err(Usage::new("usage.file", message, "convert fewer at a time"));
        }
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
        if contents.has_private_key() {
            self.key_files.push(KeyFile {
                path: path.to_owned(),
                keys: contents.keys.iter().map(|key| key.public_key_info().clone()).collect(),
                others: contents.skipped.iter().any(Skipped::is_private_key),
            });
        }
        let (format, encryption) = (contents.format.name(), contents.encryption.clone());
        let file = self.found.len();
        let name_of = |of| contents.friendly_name(of).map(str::to_owned);
        let certificates: Vec<Held<Certificate>> = contents
            .certificates
            .iter()
            .enumerate()
            .map(|(at, it)| Held {
                it: it.clone(),
                name: name_of(Named::Certificate(at)),
                also: Vec::new(),
                trusted: contents.trusted.contains(&at),
                file,
            })
            .collect();
        let held_keys: Vec<Held<PrivateKey>> = contents
            .keys
            .iter()
            .enumerate()
            .map(|(at, it)| Held {
                it: it.clone(),
                name: name_of(Named::Key(at)),
                also: Vec::new(),
                trusted: false,
                file,
            })
            .collect();
        self.found.push(Found {
            source: name,
            format,
            contents: describe(&certificates, &held_keys, &contents.requests, &contents.crls),
            encryption: encryption.iter().map(ToString::to_string).collect(),
            skipped,
        });
        self.was_encrypted |= !encryption.is_empty() && !held_keys.is_empty();
        let legacy = encryption.iter().find(|scheme| scheme.is_legacy());
        self.was_legacy = self.was_legacy.take().or(legacy.map(ToString::to_string));
        certificates.into_iter().for_each(|certificate| self.take_certificate(certificate));
        match keys {
            true => held_keys.into_iter().for_each(|key| self.take_key(key)),
            false => self.other_keys.extend(held_keys.into_iter().map(|key| key.it)),
        }
        let Contents { requests, crls, .. } = contents;
        self.requests.extend(requests);
        self.crls.extend(crls);
        Ok(())
    }

    /// A certificate that is there already, in a chain perhaps, gets the name and the mark that only its other entry has.
    pub(super) fn take_certificate(&mut self, certificate: Held<Certificate>) {
        match self.certificates.iter_mut().find(|known| known.it == certificate.it) {
            Some(known) => known.merge(certificate),
            None => self.certificates.push(certificate),
        }
    }

    pub(super) fn take_key(&mut self, key: Held<PrivateKey>) {
        match self.keys.iter_mut().find(|known| known.it.public_key_info() == key.it.public_key_info()) {
            Some(known) => known.merge(key),
            None => self.keys.push(key),
        }
    }

    /// The certificate of a key, by its place: the one with the key's name, else the one that lasts longest.
    pub(super) fn leaf_of(&self, key: &Held<PrivateKey>) -> Option<usize> {
        let public = key.it.public_key_info().public_key();
        let fitting = self.certificates.iter().enumerate().filter(|(_, held)| held.it.public_key() == public);
        let best = fitting.min_by_key(|(_, held)| {
            let is_named = key.name.as_deref().is_some_and(|name| held.has_name(name));
            (!is_named, Reverse(held.it.not_after()))
        });
        best.map(|(place, _)| place)
    }

    /// The files that hold a private key which is not among those that are written.
    pub(super) fn files_with_other_keys(&self) -> impl Iterator<Item = &Path> {
        let is_written = |key: &SubjectPublicKeyInfo| self.keys.iter().any(|known| known.it.public_key_info() == key);
        let keeps = move |file: &&KeyFile| file.others || !file.keys.iter().all(is_written);
        self.key_files.iter().filter(keeps).map(|file| file.path.as_path())
    }

    /// Everything in the files that cannot be used, and why.
    pub(super) fn skipped(&self) -> impl Iterator<Item = String> {
        self.found.iter().flat_map(|found| found.skipped.iter().map(|skipped| format!("{}: {skipped}", found.source)))
    }
}

/// What there is, one after the other.
pub(super) fn describe(
    certificates: &[Held<Certificate>],
    keys: &[Held<PrivateKey>],
    requests: &[CertificateRequest],
    crls: &[Vec<u8>],
) -> Vec<Content> {
    let mut contents: Vec<Content> = certificates.iter().map(certificate).collect();
    contents.extend(keys.iter().map(key));
    contents.extend(requests.iter().map(|request| Content {
        what: format!("certificate request {}", request.subject()),
        facts: vec![("SPKI pin", base64(&request.public_key_info().sha256(&AwsLc)))],
    }));
    contents.extend(
        crls.iter()
            .map(|crl| Content { what: String::from("CRL"), facts: vec![("length", format!("{} octets", crl.len()))] }),
    );
    contents
}

fn certificate(held: &Held<Certificate>) -> Content {
    let certificate = &held.it;
    let subject = match certificate.subject() {
        empty if empty.is_empty() => certificate.sans().into_iter().next().unwrap_or_default(),
        subject => subject,
    };
    let mut facts = alias(held);
    facts.push(("valid until", certificate.not_after().to_string()));
    facts.push(("SHA-256", hex(&certificate.sha256(&AwsLc))));
    Content { what: format!("certificate {subject}"), facts }
}

fn key(held: &Held<PrivateKey>) -> Content {
    let mut facts = alias(held);
    facts.push(("SPKI pin", base64(&held.it.public_key_info().sha256(&AwsLc))));
    Content { what: key_alone(&held.it), facts }
}

/// The first line of a key.
pub(super) fn key_alone(key: &PrivateKey) -> String {
    format!("private key {}", key.key_type())
}

fn alias<T>(held: &Held<T>) -> Vec<(&'static str, String)> {
    held.name.iter().map(|name| ("alias", name.clone())).collect()
}
