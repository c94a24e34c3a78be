//! After the handshake (RFC 8446 §4.6, §7.2, §7.5).

use tlsmith_crypto::Secret;

use super::{
    client::TicketReader,
    effects::{InstallKeys, Sink},
    flight::{Application, Keys},
    key_schedule::{self, Exporter, Kdf},
    suite::Suite,
    transcript::Transcript,
};
use crate::{
    auth::proofs::{FinishedVerified, PeerAuthentication, crypto},
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
            _peer: peer,
            _finished: finished,
        }
    }

    /// Keeps the tickets that come.
    pub(crate) fn reading_tickets(mut self, tickets: Option<Box<TicketReader>>) -> Self {
        self.tickets = tickets;
        self
    }

    /// Takes a post-handshake message.
    pub(crate) fn handle(&mut self, message: &Message<'_>, sink: &mut dyn Sink) -> Result<Outcome, Error> {
        match (self.role, message) {
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
