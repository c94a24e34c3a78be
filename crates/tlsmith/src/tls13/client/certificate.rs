//! WAIT_CERT_CR, WAIT_CERT, WAIT_CV: the server's authentication (RFC 8446 §4.3.2, §4.4.2, §4.4.3).

use super::{State, VerifyPeer, WaitCertificate, WaitCertificateVerify, WaitFinished};
use crate::{
    auth::{
        Answer, PeerCertificates, Verdict,
        proofs::{self, PeerAuthentication, PeerVerified, SignatureVerified, Signer},
    },
    conn::CertificateRequestFacts,
    error::{Error, Rule},
    ext::Extension,
    hello::{keep_filters, keep_names},
    msg::{CertificateMessage, CertificateRequest, CertificateVerify, CompressedCertificate},
    registry::{CertificateType, ProtocolVersion},
    session::trusted_until,
    tls13::{
        certificate::{self, Shown},
        effects::Sink,
    },
};

impl WaitCertificate {
    /// The server wants a certificate of the client.
    pub(super) fn on_request(
        mut self,
        message: &CertificateRequest<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        certificate::check_no_context(message.context)?;
        let facts = CertificateRequestFacts { certificate_type: self.common.types.client, ..request_facts(message)? };
        sink.facts().client_auth_requested = true;
        sink.facts().certificate_request = Some(facts.clone());
        self.keys.transcript.add(raw);
        self.request = Some(facts);
        Ok(State::WaitCertificate(Box::new(self)))
    }

    /// The server's certificates, compressed (RFC 8879 §4).
    pub(super) fn on_compressed(
        self,
        message: &CompressedCertificate<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let body = self.common.config.certificate_compressions.unpack(message)?;
        sink.facts().certificate_compression = Some(message.algorithm);
        self.on_certificate(&CertificateMessage::decode(&body)?, raw, sink)
    }

    /// The server's certificates.
    pub(super) fn on_certificate(
        mut self,
        message: &CertificateMessage<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        certificate::check_no_context(message.context)?;
        let shown = Shown::read(message, self.common.types.server, &self.common.offered)?;
        let key = shown.key().ok_or_else(|| Error::new(Rule::EmptyServerCertificate, ""))?;
        shown.keep(sink.facts());
        proofs::check_key(&key)?;
        self.keys.transcript.add(raw);
        let Self { common, keys, secret, request } = self;
        Ok(State::WaitCertificateVerify(Box::new(WaitCertificateVerify { common, keys, secret, request, key })))
    }
}

/// What a CertificateRequest says (RFC 8446 §4.3.2). What is not known in it is ignored.
pub(super) fn request_facts(message: &CertificateRequest<'_>) -> Result<CertificateRequestFacts, Error> {
    let schemes = message
        .signature_algorithms()
        .ok_or_else(|| Error::new(Rule::MissingExtension, "signature_algorithms in the CertificateRequest"))?;
    Ok(CertificateRequestFacts {
        version: ProtocolVersion::TLS1_3,
        signature_schemes: schemes.to_vec(),
        signature_schemes_cert: message.signature_algorithms_cert().unwrap_or(schemes).to_vec(),
        authorities: keep_names(message.certificate_authorities().unwrap_or_default()),
        wants_ocsp_response: message.extensions.contains(&Extension::StatusRequested),
        certificate_type: CertificateType::X509,
        wants_sct_list: message.extensions.contains(&Extension::SctsRequested),
        certificate_compressions: message.compressions().unwrap_or_default().to_vec(),
        oid_filters: keep_filters(message.oid_filters()),
    })
}

impl WaitCertificateVerify {
    /// The server's proof that it holds the key; then the verifier is asked.
    pub(super) fn on_verify(
        mut self,
        message: &CertificateVerify<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let signature = SignatureVerified::check(
            self.common.provider(),
            &self.common.config.signature_schemes,
            &self.key,
            message.scheme,
            &proofs::signed_content(Signer::Server, &self.keys.transcript.current()),
            message.signature,
        )?;
        sink.facts().signature_scheme = Some(message.scheme);
        self.keys.transcript.add(raw);
        let Self { common, keys, secret, request, .. } = self;
        let pause = VerifyPeer { common, keys, secret, request, signature };
        Ok(State::VerifyPeer(Box::new(pause)))
    }
}

impl VerifyPeer {
    /// Asks the verifier of the configuration.
    pub(crate) fn ask(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        self.common.config.verifier.verify(peer)
    }

    pub(super) fn on_verdict(self, verdict: Verdict, sink: &mut dyn Sink) -> Result<State, Error> {
        let now = sink.now().seconds();
        let facts = sink.facts();
        // A raw key has no path to report on, and nothing that says how long it may be relied on: no session comes of it.
        if facts.peer_raw_key.is_none() {
            facts.trusted_until = Some(trusted_until(now, &verdict.report));
            facts.verification = Some(verdict.report.clone());
        }
        let Self { common, keys, secret, request, signature } = self;
        let peer = PeerAuthentication::Certificate(PeerVerified::by(verdict)?, signature);
        Ok(State::WaitFinished(Box::new(WaitFinished { common, keys, secret, request, peer, early_data: false })))
    }
}
