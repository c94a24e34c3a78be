//! WAIT_CERT: the server's certificates, and what is stapled to them (RFC 5246 §7.4.2, RFC 6066 §8).

use super::{State, WaitCertificate, WaitServerKeyExchange};
use crate::{
    auth::proofs,
    error::{Error, Rule},
    msg::tls12::{CertificateStatus, CertificateTls12},
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
        let leaf = chain.first().cloned().ok_or_else(|| Error::new(Rule::EmptyServerCertificate, ""))?;
        sink.facts().peer_certificates = chain;
        proofs::check_leaf(&leaf)?;
        self.common.check_key(&leaf)?;
        self.common.handshake.transcript.add(raw);
        let Self { common, status } = self;
        let leaf = Some(leaf);
        Ok(State::WaitServerKeyExchange(Box::new(WaitServerKeyExchange { common, leaf, status })))
    }
}

impl WaitServerKeyExchange {
    /// The stapled OCSP response: announced in the ServerHello, and yet it may be missing (RFC 6066 §8).
    pub(super) fn on_status(
        mut self,
        message: &CertificateStatus<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        if !self.status {
            return Err(Error::new(Rule::UnexpectedMessage, "a CertificateStatus that was not announced"));
        }
        sink.facts().ocsp_response = Some(message.response.to_vec());
        self.status = false;
        self.common.handshake.transcript.add(raw);
        Ok(State::WaitServerKeyExchange(Box::new(self)))
    }
}
