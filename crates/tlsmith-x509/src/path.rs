//! Path building and validation under one budget.

use crate::{Certificate, Report, ServerName, UnixTime};
use tlsmith_crypto::{Provider, SignatureAlgorithm};

/// The certificates that are trusted without proof.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors;

/// Why anchors could not be loaded.
#[derive(Debug)]
pub struct AnchorsError;

impl TrustAnchors {
    /// No anchors.
    pub fn new() -> Self {
        Self
    }
    /// Adds a certificate (its subject, key and name constraints count; its own dates and signature do not).
    pub fn add(&mut self, certificate: Certificate) {
        let _ = certificate;
    }
    /// All certificates of a PEM or DER file's content.
    pub fn from_pem(data: &[u8]) -> Result<Self, crate::pem::PemError> {
        let _ = data;
        todo!()
    }
    /// The system's store (SSL_CERT_FILE, SSL_CERT_DIR, then the usual places). Certificates that do not parse are skipped and counted.
    pub fn system() -> Result<Self, AnchorsError> {
        todo!()
    }
    /// Mozilla's set, embedded.
    pub fn mozilla() -> Self {
        todo!()
    }
    /// How many.
    pub fn len(&self) -> usize {
        todo!()
    }
    /// None at all.
    pub fn is_empty(&self) -> bool {
        todo!()
    }
    /// The anchors.
    pub fn certificates(&self) -> &[Certificate] {
        todo!()
    }
}

/// What the leaf is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// id-kp-serverAuth.
    ServerAuth,
    /// id-kp-clientAuth.
    ClientAuth,
}

/// How much work one verification may cost.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Signatures verified.
    pub signatures: u32,
    /// Issuer candidates looked at.
    pub candidates: u32,
    /// Comparisons of names with name constraints.
    pub name_comparisons: u32,
    /// Certificates in a path, leaf and anchor included.
    pub depth: u32,
}
// + Default (100 signatures, ...; each with its reason)

/// What is to be verified.
pub struct PathRequest<'a> {
    /// Whom to trust.
    pub anchors: &'a TrustAnchors,
    /// As the peer sent them: the leaf first, the rest in any order.
    pub chain: &'a [Certificate],
    /// What for.
    pub purpose: Purpose,
    /// The name that the leaf must hold (servers), or none (clients).
    pub name: Option<&'a ServerName>,
    /// When.
    pub now: UnixTime,
    /// How much work.
    pub budget: Budget,
    /// Signature algorithms that certificates may be signed with; empty: all that the provider verifies.
    pub algorithms: &'a [SignatureAlgorithm],
}

/// Builds a path from the leaf to an anchor and validates it (RFC 5280 §6.1). Never fails: the report says all.
pub fn verify(provider: &dyn Provider, request: &PathRequest<'_>) -> Report {
    let _ = (provider, request);
    todo!()
}
