//! After the handshake (RFC 8446 §4.6, §7.2, §7.5).

use tlsmith_crypto::Secret;
use tlsmith_x509::UnixTime;

use super::{
    client::{Answerer, TicketReader},
    effects::{InstallKeys, Sink},
    flight::{Application, Keys, PendingSignature},
    key_schedule::{self, Exporter, Kdf},
    server::Asker,
    suite::Suite,
    transcript::Transcript,
};
use crate::{
    auth::{
        Answer, PeerCertificates, Verdict,
        proofs::{FinishedVerified, PeerAuthentication, crypto},
    },
    conn::{Direction, Role},
    error::{Error, Rule},
    msg::{KeyUpdate, Message, NewSessionTicket},
};

/// A connection whose peer has proved everything it has to. It cannot be made without the proofs.
pub(crate) struct Established {
    role: Role,
    suite: Suite,
    kdf: Kdf,
    read: Secret,
    write: Secret,
    exporter: Exporter,
    /// What becomes of tickets; a server has none.
    tickets: Option<Box<TicketReader>>,
    /// Answers requests for a certificate: a client that offered to.
    answerer: Option<Box<Answerer>>,
    /// Asks for a certificate: a server that may.
    asker: Option<Box<Asker>>,
    _peer: PeerAuthentication,
    _finished: FinishedVerified,
}

/// What a post-handshake message asks of this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing.
    Nothing,
    /// A KeyUpdate in answer (RFC 8446 §4.6.3).
    UpdateWriteKeys,
}

impl Established {
    pub(crate) fn new(
        role: Role,
        keys: &Keys,
        application: Application,
        peer: PeerAuthentication,
        finished: FinishedVerified,
    ) -> Self {
        let (read, write) = match role {
            Role::Client => (application.traffic.server, application.traffic.client),
            Role::Server => (application.traffic.client, application.traffic.server),
        };
        Self {
            role,
            suite: keys.suite,
            kdf: keys.kdf.clone(),
            read,
            write,
            exporter: application.exporter,
            tickets: None,
            answerer: None,
            asker: None,
            _peer: peer,
            _finished: finished,
        }
    }

    /// Keeps the tickets that come.
    pub(crate) fn reading_tickets(mut self, tickets: Option<Box<TicketReader>>) -> Self {
        self.tickets = tickets;
        self
    }

    /// Answers requests for a certificate.
    pub(crate) fn answering(mut self, answerer: Option<Box<Answerer>>) -> Self {
        self.answerer = answerer;
        self
    }

    /// May ask for a certificate.
    pub(crate) fn asking(mut self, asker: Option<Box<Asker>>) -> Self {
        self.asker = asker;
        self
    }

    /// Takes a post-handshake message.
    pub(crate) fn handle(&mut self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<Outcome, Error> {
        if self.is_in_client_flight() {
            return self.on_client_flight(message, raw, sink);
        }
        match (self.role, message) {
            (
                Role::Server,
                Message::Certificate(_)
                | Message::CompressedCertificate(_)
                | Message::CertificateVerify(_)
                | Message::Finished(_),
            ) if self.asker.is_some() => self.on_client_flight(message, raw, sink),
            (Role::Client, Message::CertificateRequest(request)) if self.answerer.is_some() => {
                if let Some(answerer) = &mut self.answerer {
                    answerer.on_request(request, raw, (&self.kdf, &self.write), sink)?;
                }
                Ok(Outcome::Nothing)
            }
            (_, Message::KeyUpdate(update)) => self.on_key_update(update, sink),
            (Role::Client, Message::NewSessionTicket(message)) => self.on_ticket(message, sink),
            (Role::Server, Message::ClientHello(_)) => {
                Err(Error::new(Rule::Renegotiation, "a ClientHello after the handshake"))
            }
            (Role::Client, Message::Unknown(kind, _)) if *kind == crate::registry::HandshakeType::HELLO_REQUEST => {
                Err(Error::new(Rule::Renegotiation, "a HelloRequest after the handshake"))
            }
            (_, other) => Err(Error::new(
                Rule::UnexpectedMessage,
                format!("{} after the handshake", other.handshake_type().message()),
            )),
        }
    }

    /// Asks the client for a certificate (§4.6.2).
    pub(crate) fn request_certificate(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        match &mut self.asker {
            Some(asker) => asker.request(sink),
            None => Err(Error::new(
                Rule::PostHandshakeAuthRefused,
                "the configuration does not say how, or the client did not offer it",
            )),
        }
    }

    /// A client is in the middle of its answer to such a request.
    pub(crate) fn is_in_client_flight(&self) -> bool {
        self.asker.as_ref().is_some_and(|asker| asker.is_in_flight())
    }

    fn on_client_flight(&mut self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<Outcome, Error> {
        if let Some(asker) = &mut self.asker
            && let Some(peer) = asker.handle(message, raw, (&self.kdf, &self.read), sink)?
        {
            self._peer = peer;
        }
        Ok(Outcome::Nothing)
    }

    /// The signature that an answer waits for.
    pub(crate) fn pending_signature(&self) -> Option<&PendingSignature> {
        self.answerer.as_ref()?.pending()
    }

    pub(crate) fn on_signature(&mut self, signature: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
        match &mut self.answerer {
            Some(answerer) => answerer.on_signature(signature, (&self.kdf, &self.write), sink),
            None => Err(Error::new(Rule::NothingNeeded, "a signature")),
        }
    }

    /// What the verifier of post-handshake authentication has to judge.
    pub(crate) fn judged(&self, now: UnixTime) -> Option<PeerCertificates<'_>> {
        self.asker.as_ref()?.judged(now)
    }

    /// Asks that verifier.
    pub(crate) fn ask(&self, peer: &PeerCertificates<'_>) -> Option<Answer<Verdict>> {
        self.asker.as_ref().map(|asker| asker.ask(peer))
    }

    pub(crate) fn on_verdict(&mut self, verdict: Verdict, sink: &mut dyn Sink) -> Result<(), Error> {
        match &mut self.asker {
            Some(asker) => asker.on_verdict(verdict, sink),
            None => Err(Error::new(Rule::NothingNeeded, "a verdict")),
        }
    }

    /// A server may send tickets to a client that keeps none; nothing follows then (§4.6.1).
    fn on_ticket(&mut self, message: &NewSessionTicket<'_>, sink: &mut dyn Sink) -> Result<Outcome, Error> {
        if let Some(tickets) = &mut self.tickets {
            let now = sink.now();
            tickets.take(message, (&self.kdf, self.suite), sink.facts(), now)?;
        }
        Ok(Outcome::Nothing)
    }

    fn on_key_update(&mut self, update: &KeyUpdate, sink: &mut dyn Sink) -> Result<Outcome, Error> {
        self.read = key_schedule::next_generation(&self.kdf, &self.read).map_err(|error| crypto(&error))?;
        self.install(Direction::Received, sink)?;
        Ok(if update.request_update { Outcome::UpdateWriteKeys } else { Outcome::Nothing })
    }

    /// Sends a KeyUpdate and goes on with the next keys.
    pub(crate) fn update_write_keys(&mut self, request_peer: bool, sink: &mut dyn Sink) -> Result<(), Error> {
        // Post-handshake messages are in nobody's transcript.
        sink.send(&Message::KeyUpdate(KeyUpdate { request_update: request_peer }), &mut Transcript::new())?;
        self.write = key_schedule::next_generation(&self.kdf, &self.write).map_err(|error| crypto(&error))?;
        self.install(Direction::Sent, sink)
    }

    fn install(&self, direction: Direction, sink: &mut dyn Sink) -> Result<(), Error> {
        let secret = match direction {
            Direction::Sent => &self.write,
            Direction::Received => &self.read,
        };
        sink.install_keys(InstallKeys { direction, suite: self.suite, kdf: &self.kdf, secret })
    }

    /// The application keys of one direction go into force for the first time.
    pub(crate) fn install_first(&self, direction: Direction, sink: &mut dyn Sink) -> Result<(), Error> {
        self.install(direction, sink)
    }

    /// Exports keying material.
    pub(crate) fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        self.exporter.export(label, context, out).map_err(|error| Error::new(Rule::ExportRefused, error.to_string()))
    }
}
