//! Judging the peer's certificates.

use std::sync::Arc;

use tlsmith_crypto::{Provider, SignatureAlgorithm};
use tlsmith_x509::{Budget, Certificate, PathRequest, Purpose, Report, ServerName, TrustAnchors, UnixTime};

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
    algorithms: Vec<SignatureAlgorithm>,
    budget: Budget,
}

impl ChainVerifier {
    /// Trusts `anchors`.
    pub fn new(provider: Arc<dyn Provider>, anchors: Arc<TrustAnchors>) -> Self {
        Self { provider, anchors, algorithms: Vec::new(), budget: Budget::default() }
    }

    /// Accepts only these algorithms in certificates; none given: all that the provider verifies.
    #[must_use]
    pub fn signature_algorithms(mut self, algorithms: &[SignatureAlgorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// Bounds the work of one verification.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }
}

impl PeerVerifier for ChainVerifier {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        let request = PathRequest {
            anchors: &self.anchors,
            chain: peer.chain,
            purpose: peer.purpose,
            name: peer.name,
            now: peer.now,
            budget: self.budget,
            algorithms: &self.algorithms,
        };
        Answer::Now(Verdict::judge(tlsmith_x509::verify(self.provider.as_ref(), &request)))
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.anchors.certificates().iter().map(|anchor| anchor.subject_der().to_vec()).collect()
    }
}

/// Runs another verifier, keeps its report, and goes on regardless. Insecure by design: `connect --insecure`.
#[derive(Clone, Debug)]
pub struct AcceptAnyway<V>(pub V);

impl<V: PeerVerifier> PeerVerifier for AcceptAnyway<V> {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.0.verify(peer) {
            Answer::Now(verdict) => Answer::Now(Verdict::accept_anyway(verdict.report)),
            Answer::Later => Answer::Later,
        }
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.0.authorities()
    }
}
