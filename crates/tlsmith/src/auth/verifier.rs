//! Judging the peer's certificates.

use std::sync::Arc;

use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, Purpose, Report, ServerName, TrustAnchors, UnixTime};

use super::Answer;

/// What is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct PeerCertificates<'a> {
    /// As the peer sent them, leaf first.
    pub chain: &'a [Certificate],
    /// The name that the client asked for; `None` when a server judges a client.
    pub name: Option<&'a ServerName>,
    /// What the leaf is used for.
    pub purpose: Purpose,
    /// The time that the connection was given.
    pub now: UnixTime,
}

/// A judgement: the report, and whether the handshake goes on.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub(crate) report: Report,
    pub(crate) accepted: bool,
}

impl Verdict {
    /// Goes on exactly if the report trusts.
    pub fn judge(report: Report) -> Self {
        Self { accepted: report.is_trusted(), report }
    }
    /// Goes on whatever the report says: for diagnosis only.
    pub fn accept_anyway(report: Report) -> Self {
        Self { accepted: true, report }
    }
}

/// Judges certificates: the seam.
pub trait PeerVerifier: Send + Sync + std::fmt::Debug {
    /// Judges at once, or pauses the connection.
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict>;
    /// DER names that a server puts into `certificate_authorities`; empty for none.
    fn authorities(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

/// The verifier of everyday: RFC 5280 path validation against anchors.
#[derive(Clone, Debug)]
pub struct ChainVerifier {
    provider: Arc<dyn Provider>,
    anchors: Arc<TrustAnchors>,
}

impl ChainVerifier {
    /// Trusts `anchors`.
    pub fn new(provider: Arc<dyn Provider>, anchors: Arc<TrustAnchors>) -> Self {
        Self { provider, anchors }
    }
}

/// Runs another verifier, keeps its report, and goes on regardless. Insecure by design: `connect --insecure`.
#[derive(Clone, Debug)]
pub struct AcceptAnyway<V>(pub V);
