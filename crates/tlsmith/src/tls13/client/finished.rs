//! WAIT_FINISHED: the server's Finished, and the client's own flight (RFC 8446 §4.4.4, §4.4.2).

use super::{Common, Sign, State, WaitFinished, post_handshake::Answerer, tickets::TicketReader};
use crate::{
    auth::proofs::{FinishedVerified, PeerAuthentication, Signer},
    conn::{Direction, Role},
    error::Error,
    msg::{Finished, Message},
    tls13::{
        certificate,
        effects::{EarlyData, Sink},
        established::Established,
        flight::{self, Application, Keys, PendingSignature},
    },
};

impl WaitFinished {
    pub(super) fn on_finished(
        mut self,
        message: &Finished<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let transcript = self.keys.transcript.current();
        let finished =
            FinishedVerified::check(&self.keys.kdf, &self.keys.traffic.server, &transcript, message.verify_data)?;
        self.keys.transcript.add(raw);
        let Self { common, mut keys, secret, request, peer, early_data } = self;
        let application = keys.application(secret, sink)?;
        if early_data {
            sink.send(&Message::EndOfEarlyData, &mut keys.transcript)?;
            sink.early_data(EarlyData::NoMore);
            keys.install_handshake(Direction::Sent, &keys.traffic.client, sink)?;
        }
        match request {
            None => connect(common, keys, application, peer, finished, sink),
            Some(request) => {
                let identities = common.config.identities.as_ref();
                let chosen = identities.and_then(|identities| identities.choose(&request));
                match chosen.filter(|(identity, _)| identity.certificate_type() == request.certificate_type) {
                    None => {
                        certificate::send_none(&[], &mut keys.transcript, sink)?;
                        connect(common, keys, application, peer, finished, sink)
                    }
                    Some((identity, scheme)) => {
                        sink.facts().own_signature_scheme = Some(scheme);
                        let compressions = &common.config.certificate_compressions;
                        certificate::send(&identity, &[], (&request).into(), compressions, &mut keys.transcript, sink)?;
                        let pending = PendingSignature::new(identity, scheme, Signer::Client, &keys.transcript);
                        Ok(State::Sign(Box::new(Sign { common, keys, application, peer, finished, pending })))
                    }
                }
            }
        }
    }
}

impl Sign {
    pub(super) fn on_signature(mut self, signature: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        flight::send_certificate_verify(self.pending.scheme, signature, &mut self.keys, sink)?;
        let Self { common, keys, application, peer, finished, .. } = self;
        connect(common, keys, application, peer, finished, sink)
    }
}

/// Sends Finished and goes over to the application's keys.
fn connect(
    common: Common,
    mut keys: Keys,
    application: Application,
    peer: PeerAuthentication,
    finished: FinishedVerified,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    keys.send_finished(true, sink)?;
    let tickets = TicketReader::new(&common, &keys, &application.main, sink.facts())?;
    let answerer = Answerer::new(&common.config, &keys.transcript);
    let established = Established::new(Role::Client, &keys, application, peer, finished);
    let established = established.reading_tickets(tickets).answering(answerer);
    established.install_first(Direction::Received, sink)?;
    established.install_first(Direction::Sent, sink)?;
    Ok(State::Connected(Box::new(established)))
}
