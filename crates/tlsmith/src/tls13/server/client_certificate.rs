//! WAIT_CERT and WAIT_CV: the client's authentication (RFC 8446 §4.4.2, §4.4.3).

use super::{State, VerifyPeer, WaitCertificate, WaitCertificateVerify, WaitFinished};
use crate::{
    auth::{
        Answer, PeerCertificates, Verdict,
        proofs::{self, PeerAuthentication, PeerVerified, SignatureVerified, Signer},
    },
    config::ClientAuth,
    error::{Error, Rule},
    msg::{CertificateMessage, CertificateVerify, CompressedCertificate},
    session::trusted_until,
    tls13::{
        certificate::{self, Shown},
        effects::Sink,
        server::flight::requested,
    },
};

impl WaitCertificate {
    /// The client's certificates, compressed (RFC 8879 §4).
    pub(super) fn on_compressed(
        self,
        message: &CompressedCertificate<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let body = self.config.certificate_compressions.unpack(message)?;
        sink.facts().certificate_compression = Some(message.algorithm);
        self.on_certificate(&CertificateMessage::decode(&body)?, raw, sink)
    }

    pub(super) fn on_certificate(
        mut self,
        message: &CertificateMessage<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        certificate::check_no_context(message.context)?;
        let shown = Shown::read(message, self.asked, &requested(&self.config))?;
        self.keys.transcript.add(raw);
        let Self { config, keys, application, .. } = self;
        let Some(key) = shown.key() else {
            // §4.4.2.4: the server may go on without, or refuse.
            return match config.client_auth {
                ClientAuth::Require(_) => Err(Error::new(Rule::CertificateRequired, "")),
                ClientAuth::Request(_) | ClientAuth::None => {
                    let peer = PeerAuthentication::Anonymous;
                    Ok(State::WaitFinished(Box::new(WaitFinished { config, keys, application, peer })))
                }
            };
        };
        shown.keep(sink.facts());
        proofs::check_key(&key)?;
        Ok(State::WaitCertificateVerify(Box::new(WaitCertificateVerify { config, keys, application, key })))
    }
}

impl WaitCertificateVerify {
    pub(super) fn on_verify(
        mut self,
        message: &CertificateVerify<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let signature = SignatureVerified::check(
            self.config.provider.as_ref(),
            &self.config.signature_schemes,
            &self.key,
            message.scheme,
            &proofs::signed_content(Signer::Client, &self.keys.transcript.current()),
            message.signature,
        )?;
        sink.facts().signature_scheme = Some(message.scheme);
        self.keys.transcript.add(raw);
        let Self { config, keys, application, .. } = self;
        Ok(State::VerifyPeer(Box::new(VerifyPeer { config, keys, application, signature })))
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

    /// Whether the client was asked for the OCSP response of its certificate.
    pub(crate) fn ocsp_asked(&self) -> bool {
        self.config.client_ocsp_stapling
    }

    pub(super) fn on_verdict(self, verdict: Verdict, sink: &mut dyn Sink) -> Result<State, Error> {
        let now = sink.now().seconds();
        let facts = sink.facts();
        // A raw key has no path to report on, and nothing that says how long it may be relied on.
        if facts.peer_raw_key.is_none() {
            facts.trusted_until = Some(trusted_until(now, &verdict.report));
            facts.verification = Some(verdict.report.clone());
        }
        let peer = PeerAuthentication::Certificate(PeerVerified::by(verdict)?, self.signature);
        let Self { config, keys, application, .. } = self;
        Ok(State::WaitFinished(Box::new(WaitFinished { config, keys, application, peer })))
    }
}
