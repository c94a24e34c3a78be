//! Whom a connection accepts.

use tlsmith::{
    auth::{Answer, PeerCertificates, PeerVerifier, Verdict},
    session::PolicyId,
};
use tlsmith_x509::{Certificate, Report};

use crate::Options;

/// Accepts every certificate, or none: the runner's are made up.
#[derive(Debug)]
pub(crate) struct Verifier {
    refuse: bool,
    enforce: bool,
    later: bool,
    authorities: Vec<Vec<u8>>,
}

impl Verifier {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            refuse: options.verify_fail,
            // Without these BoringSSL judges as well, but goes on whatever comes of it.
            enforce: options.verify_peer || options.require_any_client_certificate,
            later: options.is_async,
            authorities: options.use_client_ca_list.clone(),
        }
    }

    /// The judgement; the caller brings it for an asynchronous test.
    pub(crate) fn judge(options: &Options, chain: &[Certificate]) -> Verdict {
        Self::new(options).verdict(chain)
    }

    fn verdict(&self, chain: &[Certificate]) -> Verdict {
        let report = match self.refuse {
            true => Report::default(),
            false => Report { path: chain.to_vec(), findings: Vec::new() },
        };
        match self.enforce {
            true => Verdict::judge(report),
            false => Verdict::accept_anyway(report),
        }
    }
}

impl PeerVerifier for Verifier {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.later {
            true => Answer::Later,
            false => Answer::Now(self.verdict(peer.chain)),
        }
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.authorities.clone()
    }

    /// The runner's tests resume what a verifier accepted under one that would not.
    fn policy(&self) -> Option<PolicyId> {
        Some(PolicyId(*b"the BoGo shim's made-up verifier"))
    }
}
