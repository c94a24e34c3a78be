//! OCSP responses (RFC 6960 §4.2.1): what a responder says of certificates. Reading one proves nothing: who signed it, and
//! whether he may, is for [`OcspResponse::verify`].

mod parse;
mod request;
mod verify;

pub use request::{NonceLength, request};
pub use verify::{OcspRefusal, Signer, Verified};
pub(crate) use verify::{WITHOUT_NEXT_UPDATE, Word};

use super::reason::Reason;
use super::signed::Signed;
use crate::name::dn::DistinguishedName;
use crate::{Certificate, ParseError, UnixTime};
use std::fmt;

/// A successful response, read and not verified.
#[derive(Clone, Debug)]
pub struct OcspResponse {
    /// Who says it.
    pub responder: Responder,
    /// When it was signed.
    pub produced_at: UnixTime,
    /// What it says, certificate by certificate.
    pub statuses: Vec<SingleStatus>,
    /// BasicOCSPResponse as it came.
    basic: Box<[u8]>,
    signed: Signed,
    /// `responder`, where it is a name, to be compared.
    responder_name: Option<DistinguishedName>,
    /// Of the certificates that came along, the first [`OcspResponse::MAX_CERTIFICATES`] that parse.
    certificates: Vec<Certificate>,
    nonce: Option<Vec<u8>>,
    /// A critical extension of the whole response that is not known.
    unsupported: Option<String>,
}

/// Who signed a response, as he says himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Responder {
    /// His name.
    Name(String),
    /// SHA-1 of his public key.
    KeyHash(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleStatus {
    /// Its serial number, as certificates have it.
    pub serial: Vec<u8>,
    /// The digest of its issuer's name.
    pub issuer_name_hash: Vec<u8>,
    /// The digest of its issuer's key.
    pub issuer_key_hash: Vec<u8>,
    /// Whether it counts.
    pub status: CertificateStatus,
    /// The time at which that was known to be right.
    pub this_update: UnixTime,
    /// By then there is newer word; none: there always is.
    pub next_update: Option<UnixTime>,
    /// The SignedCertificateTimestampList that it carries (RFC 6962 §3.3): content of its inner OCTET STRING.
    pub sct_list: Option<Vec<u8>>,
    /// How the issuer's name and key were hashed.
    hashed: Hashed,
    /// A critical extension that is not known.
    unsupported: Option<String>,
}

/// The hash function of a CertID.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Hashed {
    Sha1,
    Sha256,
    /// Another, by its OID.
    Other(String),
}

/// Whether a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// It was not revoked.
    Good,
    /// It was.
    Revoked {
        /// Since when.
        at: UnixTime,
        /// Why, where it says so.
        reason: Option<Reason>,
    },
    /// The responder does not know it.
    Unknown,
}

/// Why there is no response to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OcspError {
    /// The responder had none: the name of its status (RFC 6960 §4.2.1), `tryLater`.
    Unsuccessful(&'static str),
    /// The bytes are none.
    Malformed(ParseError),
}

impl From<ParseError> for OcspError {
    fn from(error: ParseError) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for OcspError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsuccessful(status) => write!(f, "the responder answered {status}"),
            Self::Malformed(error) => write!(f, "not an OCSP response: {error}"),
        }
    }
}

impl std::error::Error for OcspError {}

impl fmt::Display for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::KeyHash(hash) => write!(f, "key {}", crate::der::hex(hash, "")),
        }
    }
}

impl OcspResponse {
    /// Certificates of a response that are looked at: that of the responder is enough, some send the CA's as well.
    pub const MAX_CERTIFICATES: usize = 8;

    /// Reads an OCSPResponse.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        parse::response(der)
    }

    /// What it says of this certificate: by its serial number alone, since what is not verified proves nothing anyway.
    pub fn about(&self, certificate: &Certificate) -> Option<&SingleStatus> {
        self.statuses.iter().find(|single| single.serial == certificate.serial())
    }

    /// The nonce that it answers (RFC 9654). Whoever sent one compares: a response without one may be an old one that was
    /// kept, as most responders do; one with another answers somebody else.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

#[cfg(test)]
mod tests;
