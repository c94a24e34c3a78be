//! WAIT_CERT and WAIT_CV: the client's authentication (RFC 5246 §7.4.6, §7.4.8).

use super::{State, VerifyPeer, WaitCertificate, WaitCertificateVerify, WaitClientKeyExchange, WaitFinished};
use crate::{
    auth::{
        Answer, PeerCertificates, Verdict,
        proofs::{self, PeerAuthentication, PeerVerified, SignatureVerified},
    },
    config::ClientAuth,
    error::{Error, Rule},
    msg::{CertificateVerify, tls12::CertificateTls12},
    session::trusted_until,
    tls12::flight,
    tls13::effects::Sink,
};

impl WaitCertificate {
    pub(super) fn on_certificate(
        mut self,
        message: &CertificateTls12<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let chain = flight::read_certificates(message)?;
        let leaf = chain.first().cloned();
        self.common.handshake.transcript.add(raw);
        match &leaf {
            // §7.4.6: the server may go on without, or refuse.
            None if matches!(self.common.config.client_auth, ClientAuth::Require(_)) => {
                return Err(Error::new(Rule::NoClientCertificate, ""));
            }
            None => {}
            Some(leaf) => {
                sink.facts().peer_certificates = chain;
                proofs::check_leaf(leaf)?;
            }
        }
        let Self { common, share } = self;
        let share = Some(share);
        Ok(State::WaitClientKeyExchange(Box::new(WaitClientKeyExchange { common, share, leaf })))
    }
}

impl WaitCertificateVerify {
    pub(super) fn on_verify(
        mut self,
        message: &CertificateVerify<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let signature = SignatureVerified::check_tls12(
            self.config.provider.as_ref(),
            &self.config.signature_schemes,
            &self.leaf,
            message.scheme,
            self.keyed.handshake.transcript.messages(),
            message.signature,
        )?;
        sink.facts().signature_scheme = Some(message.scheme);
        let handshake = &mut self.keyed.handshake;
        handshake.transcript.add(raw);
        let Self { config, mut keyed, issue, .. } = self;
        keyed.handshake.transcript = keyed.handshake.transcript.drop_messages();
        Ok(State::VerifyPeer(Box::new(VerifyPeer { config, keyed, issue, signature })))
    }
}

impl VerifyPeer {
    /// Asks the verifier of the configuration.
    pub(crate) fn ask(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.config.client_auth.verifier() {
            Some(verifier) => verifier.verify(peer),
            // Certificates are asked for only with a verifier; without one nobody may vouch.
            None => Answer::Later,
        }
    }

    pub(super) fn on_verdict(self, verdict: Verdict, sink: &mut dyn Sink) -> Result<State, Error> {
        let now = sink.now().seconds();
        let facts = sink.facts();
        facts.trusted_until = Some(trusted_until(now, &verdict.report));
        facts.verification = Some(verdict.report.clone());
        let peer = PeerAuthentication::Certificate(PeerVerified::by(verdict)?, self.signature);
        let Self { config, keyed, issue, .. } = self;
        Ok(State::WaitChangeCipherSpec(Box::new(WaitFinished { config, keyed, peer, issue, resumed: false })))
    }
}
