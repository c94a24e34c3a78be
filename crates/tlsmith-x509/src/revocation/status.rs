//! What came out, certificate by certificate, for tools to show.

use super::ocsp::WITHOUT_NEXT_UPDATE;
use super::reason::Reason;
use crate::{Certificate, UnixTime};
use std::fmt;

/// What is known of one certificate of the path.
#[derive(Clone, Debug)]
pub struct CertificateRevocation {
    /// Which one.
    pub certificate: Certificate,
    /// Its place in the chain as sent, if it was.
    pub sent: Option<usize>,
    /// What is known.
    pub status: RevocationStatus,
    /// Who says so, where somebody does.
    pub source: Option<RevocationSource>,
}

/// Whether a certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// It was not.
    Good,
    /// It was.
    Revoked(Revoked),
    /// Nobody who may says.
    Unknown,
    /// Its issuer never says (noRevAvail, RFC 9608): the certificate ends before it would matter.
    NotPublished,
    /// It was not asked for.
    NotChecked,
}

impl RevocationStatus {
    /// `good`, `revoked`, `unknown`, `not_published`, `not_checked`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked(_) => "revoked",
            Self::Unknown => "unknown",
            Self::NotPublished => "not_published",
            Self::NotChecked => "not_checked",
        }
    }
}

/// A revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Since when.
    pub at: UnixTime,
    /// Why, where that is said.
    pub reason: Option<Reason>,
    /// When the key was lost, where a CRL says so.
    pub invalidity_date: Option<UnixTime>,
}

impl Revoked {
    /// For good: a certificate that is on hold may come off the list again.
    pub fn is_final(&self) -> bool {
        self.reason != Some(Reason::CERTIFICATE_HOLD)
    }
}

impl fmt::Display for Revoked {
    /// `revoked at 2026-11-20T00:00:00Z (keyCompromise)`; a certificate on hold is told as that.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_final() { "revoked" } else { "put on hold" };
        write!(f, "{what} at {}", self.at)?;
        match self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationSource {
    /// By which way.
    pub kind: SourceKind,
    /// Who signed it, for people.
    pub signer: String,
    /// The time at which it was right.
    pub this_update: UnixTime,
    /// By then there is newer word.
    pub next_update: Option<UnixTime>,
}

/// The way by which it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A CRL.
    Crl,
    /// The OCSP response that the peer stapled.
    Staple,
    /// An OCSP response that was given.
    OcspResponse,
}

impl SourceKind {
    /// `crl`, `staple`, `ocsp_response`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crl => "crl",
            Self::Staple => "staple",
            Self::OcspResponse => "ocsp_response",
        }
    }
}

impl RevocationSource {
    /// Up to when its word counts. Where it names no end, that is a day (RFC 6960 §4.2.2.1 has newer word at any time).
    pub fn until(&self) -> UnixTime {
        let day = UnixTime(self.this_update.0.saturating_add(WITHOUT_NEXT_UPDATE));
        self.next_update.unwrap_or(day)
    }
}

impl fmt::Display for RevocationSource {
    /// `the CRL of CN=Example CA, of 2026-11-20T00:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            SourceKind::Crl => "the CRL",
            SourceKind::Staple => "the stapled OCSP response",
            SourceKind::OcspResponse => "the OCSP response",
        };
        write!(f, "{what} of {}, of {}", self.signer, self.this_update)
    }
}
