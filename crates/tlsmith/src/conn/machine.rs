//! The state machine of either role behind one door, and its pauses.

use tlsmith_x509::{Purpose, UnixTime};

use super::{Facts, Need, Reply};
use crate::{
    auth::{Answer, PeerCertificates, Verdict},
    error::{Error, Rule},
    msg::Message,
    tls13::{
        client,
        effects::Sink,
        established::Established,
        flight::{PendingSignature, sign_failed},
        key_schedule::Exporter,
        server,
    },
};

/// Where the connection stands.
pub(super) enum Machine {
    Client(client::State),
    Server(server::State),
    /// A transition failed, and there is no state left to be in.
    Gone,
}

impl Machine {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Client(state) => state.name(),
            Self::Server(state) => state.name(),
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
    pub(super) fn half_rtt_exporter(&self) -> Option<&Exporter> {
        match self {
            Self::Server(server::State::WaitEndOfEarlyData(state)) => Some(state.exporter()),
            _ => None,
        }
    }

    /// A message of the handshake. The state is consumed, so that one that failed cannot be used again.
    pub(super) fn handle(&mut self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        *self = match std::mem::replace(self, Self::Gone) {
            Self::Client(state) => Self::Client(state.handle(message, raw, sink)?),
            Self::Server(state) => Self::Server(state.handle(message, raw, sink)?),
            Self::Gone => return Err(gone()),
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
            (Self::Server(state), Reply::Ticket(opened)) => Self::Server(state.ticket(opened, sink)?),
            (Self::Server(state), Reply::Config(config)) => Self::Server(state.config(config, sink)?),
            (Self::Client(_), Reply::Config(_) | Reply::Ticket(_)) | (Self::Gone, _) => return Err(gone()),
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
            _ => None,
        }
    }

    fn ask_verifier(&self, facts: &Facts, now: UnixTime) -> Option<Answer<Verdict>> {
        let peer = self.peer_certificates(facts, now)?;
        match self {
            Self::Client(client::State::VerifyPeer(state)) => Some(state.ask(&peer)),
            Self::Server(server::State::VerifyPeer(state)) => Some(state.ask(&peer)),
            _ => None,
        }
    }

    fn peer_certificates<'a>(&'a self, facts: &'a Facts, now: UnixTime) -> Option<PeerCertificates<'a>> {
        let (name, purpose) = match self {
            Self::Client(client::State::VerifyPeer(state)) => (Some(&state.common().name), Purpose::ServerAuth),
            Self::Server(server::State::VerifyPeer(_)) => (None, Purpose::ClientAuth),
            _ => return None,
        };
        Some(PeerCertificates {
            chain: &facts.peer_certificates,
            raw_public_key: facts.peer_raw_key.as_ref(),
            ocsp_response: facts.ocsp_response.as_deref(),
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
