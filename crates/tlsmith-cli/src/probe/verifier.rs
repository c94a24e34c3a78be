//! A verifier that takes everybody, so that the handshake goes on and tells the rest.

use tlsmith::auth::{Answer, PeerCertificates, PeerVerifier, Verdict};
use tlsmith_x509::Report;

/// Takes everybody without a look: what came is judged afterwards. It has no policy, so that no session is ever kept.
#[derive(Debug)]
pub(super) struct AcceptAll;

impl PeerVerifier for AcceptAll {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Now(Verdict::accept_anyway(Report::default()))
    }
}
