//! The state machine of either role behind one door, and its pauses.

use tlsmith_x509::{Purpose, UnixTime};

use super::{Facts, Need, Reply};
use crate::{
    auth::{Answer, PeerCertificates, Verdict},
    error::{Error, Rule},
    msg::Message,
    tls12,
    tls13::{
        client,
        effects::Sink,
        established::{Established, Outcome},
        flight::{PendingSignature, sign_failed},
        key_schedule::Exporter,
        server,
    },
};

/// Where the connection stands.
pub(super) enum Machine {
    Client(client::State),
    Server(server::State),
    Client12(tls12::client::State),
    Server12(tls12::server::State),
    /// A transition failed, and there is no state left to be in.
    Gone,
}

impl Machine {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Client(state) => state.name(),
            Self::Server(state) => state.name(),
            Self::Client12(state) => state.name(),
            Self::Server12(state) => state.name(),
            Self::Gone => "GONE",
        }
    }

    /// How far the handshake came, for a person.
    pub(super) fn progress(&self) -> String {
        match self {
            Self::Client(client::State::WaitServerHello(_)) => String::from("no answer to the ClientHello"),
            Self::Server(server::State::WaitClientHello(_)) => String::from("no ClientHello came"),
            other => format!("in state {}", other.name()),
        }
    }

    /// TLS 1.2 was chosen.
    pub(super) fn is_tls12(&self) -> bool {
        matches!(self, Self::Client12(_) | Self::Server12(_))
    }

    /// The handshake is complete.
    pub(super) fn is_established(&self) -> bool {
        self.established().is_some() || self.established_tls12().is_some()
    }

    /// Takes a message after the handshake.
    pub(super) fn post_handshake(
        &mut self,
        message: &Message<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Error> {
        if let Some(established) = self.established_tls12() {
            return Err(established.refuse(message));
        }
        match self.established_mut() {
            Some(established) => established.handle(message, raw, sink),
            None => Ok(Outcome::Nothing),
        }
    }

    /// Exports keying material.
    pub(super) fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        if let Some(established) = self.established_tls12() {
            return established.export(label, context, out);
        }
        // In TLS 1.3 no context is an empty one.
        let context = context.unwrap_or_default();
        match (self.established(), self.half_rtt_exporter()) {
            (Some(established), _) => established.export(label, context, out),
            (None, Some(exporter)) => {
                exporter.export(label, context, out).map_err(|error| Error::new(Rule::ExportRefused, error.to_string()))
            }
            (None, None) => Err(Error::new(Rule::ExportRefused, "the handshake is not complete")),
        }
    }

    pub(super) fn established_tls12(&self) -> Option<&tls12::established::Established> {
        match self {
            Self::Client12(tls12::client::State::Connected(established))
            | Self::Server12(tls12::server::State::Connected(established)) => Some(established),
            _ => None,
        }
    }

    pub(super) fn established(&self) -> Option<&Established> {
        match self {
            Self::Client(client::State::Connected(established))
            | Self::Server(server::State::Connected(established)) => Some(established),
            _ => None,
        }
    }

    pub(super) fn established_mut(&mut self) -> Option<&mut Established> {
        match self {
            Self::Client(client::State::Connected(established))
            | Self::Server(server::State::Connected(established)) => Some(established),
            _ => None,
        }
    }

    /// The server has sent its flight and reads early data, which it may answer.
    pub(super) fn answers_early_data(&self) -> bool {
        matches!(self, Self::Server(server::State::WaitEndOfEarlyData(_)))
    }

    /// The exporter of a server that may send already: the client is known by its PSK.
    fn half_rtt_exporter(&self) -> Option<&Exporter> {
        match self {
            Self::Server(server::State::WaitEndOfEarlyData(state)) => Some(state.exporter()),
            _ => None,
        }
    }

    /// A client is in the middle of its answer to a request of post-handshake authentication.
    pub(super) fn is_in_client_flight(&self) -> bool {
        self.established().is_some_and(Established::is_in_client_flight)
    }

    /// A message of the handshake. The state is consumed, so that one that failed cannot be used again.
    pub(super) fn handle(&mut self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        *self = match std::mem::replace(self, Self::Gone) {
            Self::Client(state) => Self::of_client(state.handle(message, raw, sink)?),
            Self::Server(state) => Self::of_server(state.handle(message, raw, sink)?),
            Self::Client12(state) => Self::Client12(state.handle(message, raw, sink)?),
            Self::Server12(state) => Self::Server12(state.handle(message, raw, sink)?),
            Self::Gone => return Err(gone()),
        };
        Ok(())
    }

    /// The states of TLS 1.2 have a machine of their own from the message on that chose it.
    fn of_client(state: client::State) -> Self {
        match state {
            client::State::Tls12(state) => Self::Client12(*state),
            other => Self::Client(other),
        }
    }

    fn of_server(state: server::State) -> Self {
        match state {
            server::State::Tls12(state) => Self::Server12(*state),
            other => Self::Server(other),
        }
    }

    /// The ChangeCipherSpec of TLS 1.2.
    pub(super) fn change_cipher_spec(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        *self = match std::mem::replace(self, Self::Gone) {
            Self::Client12(state) => Self::Client12(state.change_cipher_spec(sink)?),
            Self::Server12(state) => Self::Server12(state.change_cipher_spec(sink)?),
            Self::Client(_) | Self::Server(_) | Self::Gone => return Err(gone()),
        };
        Ok(())
    }

    /// The answer to a pause.
    pub(super) fn reply(&mut self, reply: Reply, sink: &mut dyn Sink) -> Result<(), Error> {
        *self = match (std::mem::replace(self, Self::Gone), reply) {
            (Self::Client(state), Reply::Verdict(verdict)) => Self::Client(state.verdict(verdict, sink)?),
            (Self::Server(state), Reply::Verdict(verdict)) => Self::Server(state.verdict(verdict, sink)?),
            (Self::Client(state), Reply::Signature(Some(made))) => Self::Client(state.signature(&made, sink)?),
            (Self::Server(state), Reply::Signature(Some(made))) => Self::Server(state.signature(&made, sink)?),
            (_, Reply::Signature(None)) => return Err(sign_failed("the holder of the key declined")),
            (Self::Client12(state), Reply::Verdict(verdict)) => Self::Client12(state.verdict(verdict, sink)?),
            (Self::Server12(state), Reply::Verdict(verdict)) => Self::Server12(state.verdict(verdict, sink)?),
            (Self::Client12(state), Reply::Signature(Some(made))) => Self::Client12(state.signature(&made, sink)?),
            (Self::Server12(state), Reply::Signature(Some(made))) => Self::Server12(state.signature(&made, sink)?),
            (Self::Server(state), Reply::Ticket(opened)) => Self::Server(state.ticket(opened, sink)?),
            (Self::Server12(state), Reply::Ticket(opened)) => Self::Server12(state.ticket(opened, sink)?),
            (Self::Server(state), Reply::Config(config)) => Self::of_server(state.config(config, sink)?),
            (Self::Client(_) | Self::Client12(_), Reply::Config(_) | Reply::Ticket(_))
            | (Self::Server12(_), Reply::Config(_))
            | (Self::Gone, _) => return Err(gone()),
        };
        Ok(())
    }

    /// Answers the pauses that can be answered at once.
    pub(super) fn settle(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        loop {
            if let Some(pending) = self.pending_signature() {
                let Some(signed) = pending.sign_here() else { return Ok(()) };
                self.reply(Reply::Signature(Some(signed?)), sink)?;
                continue;
            }
            let now = sink.now().seconds();
            let Some(Answer::Now(verdict)) = self.ask_verifier(sink.facts(), now) else { return Ok(()) };
            self.reply(Reply::Verdict(verdict), sink)?;
        }
    }

    fn pending_signature(&self) -> Option<&PendingSignature> {
        match self {
            Self::Client(client::State::Sign(state)) => Some(&state.pending),
            Self::Server(server::State::Sign(state)) => Some(&state.pending),
            Self::Client12(tls12::client::State::Sign(state)) => Some(&state.pending),
            Self::Server12(tls12::server::State::Sign(state)) => Some(&state.pending),
            other => other.established()?.pending_signature(),
        }
    }

    fn ask_verifier(&self, facts: &Facts, now: UnixTime) -> Option<Answer<Verdict>> {
        let peer = self.peer_certificates(facts, now)?;
        match self {
            Self::Client(client::State::VerifyPeer(state)) => Some(state.ask(&peer)),
            Self::Server(server::State::VerifyPeer(state)) => Some(state.ask(&peer)),
            Self::Client12(tls12::client::State::VerifyPeer(state)) => Some(state.ask(&peer)),
            Self::Server12(tls12::server::State::VerifyPeer(state)) => Some(state.ask(&peer)),
            other => other.established()?.ask(&peer),
        }
    }

    fn peer_certificates<'a>(&'a self, facts: &'a Facts, now: UnixTime) -> Option<PeerCertificates<'a>> {
        let (name, ocsp_asked) = match self {
            Self::Client(client::State::VerifyPeer(state)) => {
                let common = state.common();
                (Some(&common.name), common.config.ocsp_stapling)
            }
            Self::Client12(tls12::client::State::VerifyPeer(state)) => {
                let common = state.common();
                (Some(&common.name), common.config.ocsp_stapling)
            }
            Self::Server(server::State::VerifyPeer(state)) => (None, state.ocsp_asked()),
            // TLS 1.2 has no way to ask a client.
            Self::Server12(tls12::server::State::VerifyPeer(_)) => (None, false),
            other => return other.established()?.judged(now),
        };
        let purpose = if name.is_some() { Purpose::ServerAuth } else { Purpose::ClientAuth };
        Some(PeerCertificates {
            chain: &facts.peer_certificates,
            raw_public_key: facts.peer_raw_key.as_ref(),
            ocsp_response: facts.ocsp_response.as_deref(),
            ocsp_asked,
            sct_list: facts.sct_list.as_deref(),
            name,
            purpose,
            now,
        })
    }

    /// What the machine waits for besides bytes.
    pub(super) fn need<'a>(&'a self, facts: &'a Facts, now: UnixTime) -> Option<Need<'a>> {
        if let Self::Server(server::State::ChooseConfig(state)) = self {
            return Some(Need::ChooseConfig(&state.facts));
        }
        if let Self::Server(server::State::DecryptTicket(state)) = self {
            return Some(Need::DecryptTicket(&state.ticket));
        }
        if let Self::Server12(tls12::server::State::DecryptTicket(state)) = self {
            return Some(Need::DecryptTicket(&state.ticket));
        }
        if let Some(pending) = self.pending_signature() {
            let (scheme, message) = (pending.scheme, pending.content.as_slice());
            return Some(Need::Sign { identity: &pending.identity, scheme, message });
        }
        self.peer_certificates(facts, now).map(Need::VerifyPeer)
    }
}

fn gone() -> Error {
    Error::new(Rule::Internal, "no state is left")
}
