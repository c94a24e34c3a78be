//! What a file holds, whatever its form: PEM with any number of blocks, DER, PKCS#12 (RFC 7292), PKCS#7 with certificates
//! only (RFC 2315 §9). What cannot be used is not passed over in silence: [`Contents::skipped`].

mod ber;
mod kind;
mod order;
mod pkcs12;
mod pkcs7;
mod read;
mod write;

use tlsmith_x509::{Certificate, CertificateRequest};
use zeroize::Zeroizing;

pub use read::{MAX_KEYS, certificates, read};
pub use write::{NamedCertificate, pem, pem_encrypted_key, pkcs12};

use crate::{ContainerError, PrivateKey, encrypted::Scheme};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text (RFC 7468).
    Pem,
    /// One certificate, key, request or CRL as it is; or certificates, one after the other.
    Der,
    /// RFC 7292; `.p12`, `.pfx`.
    Pkcs12,
    /// RFC 2315; `.p7b`, `.p7c`.
    Pkcs7,
}

impl Format {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::Pkcs12 => "PKCS#12",
            Self::Pkcs7 => "PKCS#7",
        }
    }
}

/// All that a file holds, in its order; the certificates of PKCS#7, which has none, in that of a chain: the leaf, its issuers,
/// and what belongs to neither.
#[derive(Debug)]
pub struct Contents {
    /// Its form.
    pub format: Format,
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// The private keys.
    pub keys: Vec<PrivateKey>,
    /// The certificate requests.
    pub requests: Vec<CertificateRequest>,
    /// The CRLs, DER; not looked into.
    pub crls: Vec<Vec<u8>>,
    /// What PKCS#12 calls them.
    pub friendly_names: Vec<FriendlyName>,
    /// The certificates that PKCS#12 marks as trusted, by their places: Java's way to say so.
    pub trusted: Vec<usize>,
    /// How keys and bags were encrypted, each way once.
    pub encryption: Vec<Scheme>,
    /// What could not be used, and why.
    pub skipped: Vec<Skipped>,
}

impl Contents {
    fn new(format: Format) -> Self {
        Self {
            format,
            certificates: Vec::new(),
            keys: Vec::new(),
            requests: Vec::new(),
            crls: Vec::new(),
            friendly_names: Vec::new(),
            trusted: Vec::new(),
            encryption: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// The name of what, where it has one.
    pub fn friendly_name(&self, of: Named) -> Option<&str> {
        self.friendly_names.iter().find(|name| name.of == of).map(|name| name.name.as_str())
    }

    /// There is a private key in it, whether it could be read or not.
    pub fn has_private_key(&self) -> bool {
        !self.keys.is_empty() || self.skipped.iter().any(Skipped::is_private_key)
    }

    fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.keys.is_empty() && self.requests.is_empty() && self.crls.is_empty()
    }
}

/// The name that PKCS#12 gives something: Java's alias. It comes from the file, nothing in it is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendlyName {
    /// What has it.
    pub of: Named,
    /// The name.
    pub name: String,
}

/// What has a name, by its place in [`Contents`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// A certificate.
    Certificate(usize),
    /// A private key.
    Key(usize),
}

/// Something in a file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What and where: `block 2 ("PRIVATE KEY", line 30)`.
    pub what: String,
    /// Why.
    pub why: ContainerError,
}

impl Skipped {
    /// It is a private key that could not be read.
    pub fn is_private_key(&self) -> bool {
        // Blocks of PEM are named by their labels, bags of PKCS#12 in words.
        self.what.contains("PRIVATE KEY") || self.what.starts_with("private key")
    }
}

/// Asks for the passphrase when it is needed, and once.
struct Passphrase<'a> {
    ask: &'a mut dyn FnMut() -> Option<Zeroizing<String>>,
    answer: Option<Option<Zeroizing<String>>>,
}

impl<'a> Passphrase<'a> {
    fn new(ask: &'a mut dyn FnMut() -> Option<Zeroizing<String>>) -> Self {
        Self { ask, answer: None }
    }

    /// The passphrase for `what`, or an error that says that there is none.
    fn get(&mut self, what: &str) -> Result<&str, ContainerError> {
        let answer = self.answer.get_or_insert_with(&mut self.ask);
        answer.as_ref().map(|text| text.as_str()).ok_or_else(|| ContainerError::passphrase_needed(what))
    }
}
