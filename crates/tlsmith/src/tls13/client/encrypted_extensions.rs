//! WAIT_EE: EncryptedExtensions (RFC 8446 §4.3.1).

use super::{ChosenPsk, State, WaitCertificate, WaitEncryptedExtensions, WaitFinished};
use crate::{
    auth::proofs::{PeerAuthentication, PskAuthenticated},
    conn::{Direction, EarlyDataStatus, Facts},
    error::{Error, Rule},
    ext::Extension,
    hello::record_size,
    msg::EncryptedExtensions,
    tls13::effects::{EarlyData, RecordSizeLimits, Sink},
};

impl WaitEncryptedExtensions {
    pub(super) fn on_extensions(
        mut self,
        message: &EncryptedExtensions<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let types = message.extensions.iter().map(Extension::extension_type);
        if let Some(stranger) = types.into_iter().find(|extension| !self.common.offered.contains(extension)) {
            return Err(Error::new(Rule::UnsolicitedExtension, format!("{stranger} in EncryptedExtensions")));
        }
        if let Some(chosen) = message.alpn() {
            // RFC 7301 §3.1: one of the offered names.
            if !self.common.config.alpn.iter().any(|name| name == chosen) {
                let name = chosen.escape_ascii();
                return Err(Error::new(
                    Rule::IllegalParameter,
                    format!("the server chose ALPN \"{name}\", not offered"),
                ));
            }
            sink.facts().alpn = Some(chosen.to_vec());
        }
        if let Some(sent) = record_size::of_server(&message.extensions, record_size::MAX_TLS13)? {
            sink.limit_records(RecordSizeLimits { sent, received: self.common.config.record_size_limit })?;
        }
        let early_data = self.on_early_data(message, sink)?;
        if self.psk.is_none() {
            self.on_certificate_types(message)?;
            sink.facts().client_certificate_type = self.common.types.client;
        }
        self.keys.transcript.add(raw);
        let Self { common, keys, secret, psk, .. } = self;
        Ok(match psk {
            Some(psk) => {
                let peer = psk.authenticate(sink.facts());
                State::WaitFinished(Box::new(WaitFinished { common, keys, secret, request: None, peer, early_data }))
            }
            None => State::WaitCertificateOrRequest(Box::new(WaitCertificate { common, keys, secret, request: None })),
        })
    }

    /// Which type each side shows (RFC 7250 §4.2): one that was offered; a certificate where nothing is said.
    fn on_certificate_types(&mut self, message: &EncryptedExtensions<'_>) -> Result<(), Error> {
        let config = &self.common.config;
        for extension in &message.extensions {
            let (chosen, offered) = match extension {
                Extension::ServerCertificateType(chosen) => {
                    self.common.types.server = *chosen;
                    (chosen, config.verifier.certificate_types())
                }
                Extension::ClientCertificateType(chosen) => {
                    self.common.types.client = *chosen;
                    let identities = config.identities.as_ref();
                    (chosen, identities.map(|identities| identities.certificate_types()).unwrap_or_default())
                }
                _ => continue,
            };
            if !offered.contains(chosen) {
                let detail = format!("the server chose the certificate type {chosen}, which was not offered");
                return Err(Error::new(Rule::IllegalParameter, detail));
            }
        }
        match config.verifier.certificate_types().contains(&self.common.types.server) {
            true => Ok(()),
            false => Err(Error::new(Rule::NoCommonCertificateType, "the server shows certificates alone")),
        }
    }

    /// Whether the server reads the early data, which it may do only under what they were sent under (§4.2.10).
    fn on_early_data(&mut self, message: &EncryptedExtensions<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
        let Some(offered) = self.early_data.take() else {
            // Not in the list of what was offered, but for a retry, which took it back.
            return match message.early_data() {
                true => Err(Error::new(Rule::UnsolicitedExtension, "early_data in EncryptedExtensions")),
                false => Ok(false),
            };
        };
        if !message.early_data() {
            sink.early_data(EarlyData::Rejected);
            sink.facts().early_data = EarlyDataStatus::Rejected;
            self.keys.install_handshake(Direction::Sent, &self.keys.traffic.client, sink)?;
            return Ok(false);
        }
        let mismatch = |what: &str| Err(Error::new(Rule::EarlyDataMismatch, what));
        if self.psk.as_ref().is_none_or(|psk| psk.index != 0) {
            return mismatch("the server accepts early data without the first PSK");
        }
        if offered.suite != self.keys.suite.code {
            return mismatch("the cipher suite is not that of the session");
        }
        if offered.alpn != sink.facts().alpn {
            return mismatch("the application protocol is not that of the session");
        }
        sink.facts().early_data = EarlyDataStatus::Accepted;
        Ok(true)
    }
}

impl ChosenPsk {
    /// The server that knows the PSK is the one that proved itself when the session was made, or who was given the PSK.
    fn authenticate(self, facts: &mut Facts) -> PeerAuthentication {
        match self.session {
            Some(session) => {
                facts.resumed = true;
                facts.peer_certificates = session.peer_certificates;
                (facts.ocsp_response, facts.sct_list) = (session.ocsp_response, session.sct_list);
                facts.trusted_until = Some(session.trusted_until);
            }
            None => facts.external_psk = true,
        }
        PeerAuthentication::Psk(PskAuthenticated::by_server_choice())
    }
}
