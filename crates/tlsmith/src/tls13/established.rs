//! After the handshake (RFC 8446 §4.6, §7.2, §7.5).

use tlsmith_crypto::Secret;

use super::{
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
    msg::{KeyUpdate, Message},
};

/// A connection whose peer has proved everything it has to. It cannot be made without the proofs.
pub(crate) struct Established {
    role: Role,
    suite: Suite,
    kdf: Kdf,
    read: Secret,
    write: Secret,
    exporter: Exporter,
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
            _peer: peer,
            _finished: finished,
        }
    }

    /// Takes a post-handshake message.
    pub(crate) fn handle(&mut self, message: &Message<'_>, sink: &mut dyn Sink) -> Result<Outcome, Error> {
        match (self.role, message) {
            (_, Message::KeyUpdate(update)) => self.on_key_update(update, sink),
            // Tickets are offered to nobody yet, so a server may send them and nothing follows (§4.6.1).
            (Role::Client, Message::NewSessionTicket(_)) => Ok(Outcome::Nothing),
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
