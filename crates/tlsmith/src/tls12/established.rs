//! After the handshake. TLS 1.2 has nothing to say then but data and alerts: renegotiation is refused.

use std::sync::Arc;

use super::{
    flight::Handshake,
    key_schedule::{MainSecret, Randoms},
};
use crate::{
    auth::proofs::{FinishedVerified, PeerAuthentication},
    conn::Role,
    error::{Error, Rule},
    msg::Message,
    session::{ClientSessions, SessionKey, SessionStore},
};

/// Where the session of a connection is remembered on this side.
pub(crate) enum Remembered {
    Nowhere,
    /// Under its ID.
    InStore(Arc<dyn SessionStore>, Vec<u8>),
    /// With all that a client knows of the server.
    InCache(Arc<dyn ClientSessions>, SessionKey),
}

/// A connection whose peer has proved everything it has to. It cannot be made without the proofs.
pub(crate) struct Established {
    role: Role,
    main: MainSecret,
    randoms: Randoms,
    extended_main_secret: bool,
    remembered: Remembered,
    _peer: PeerAuthentication,
    _finished: FinishedVerified,
}

impl Established {
    pub(crate) fn new(
        role: Role,
        handshake: &Handshake,
        main: MainSecret,
        remembered: Remembered,
        peer: PeerAuthentication,
        finished: FinishedVerified,
    ) -> Self {
        let (randoms, extended_main_secret) = (handshake.randoms, handshake.extended_main_secret);
        Self { role, main, randoms, extended_main_secret, remembered, _peer: peer, _finished: finished }
    }

    /// "Any connection terminated with a fatal alert MUST NOT be resumed" (RFC 5246 §7.2.2). Not so a handshake that fails: a
    /// session's ID is seen by everybody, and nobody else shall be able to end it.
    pub(crate) fn forget_session(&self) {
        match &self.remembered {
            Remembered::Nowhere => (),
            Remembered::InStore(store, id) => store.remove(id),
            Remembered::InCache(sessions, key) => sessions.remove(key),
        }
    }

    /// Why a message after the handshake is refused.
    pub(crate) fn refuse(&self, message: &Message<'_>) -> Error {
        match (self.role, message) {
            (Role::Client, Message::HelloRequest) => {
                Error::new(Rule::NoRenegotiation, "a HelloRequest after the handshake")
            }
            (Role::Server, Message::ClientHello(_)) => {
                Error::new(Rule::NoRenegotiation, "a ClientHello after the handshake")
            }
            (_, other) => {
                Error::new(Rule::UnexpectedMessage, format!("{} after the handshake", other.handshake_type().message()))
            }
        }
    }

    /// Exports keying material. Without extended_master_secret two connections can have the same (RFC 7627 §1), and what
    /// is exported would bind to neither.
    pub(crate) fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        if !self.extended_main_secret {
            return Err(Error::new(Rule::ExportRefused, "the peer does not support extended_master_secret"));
        }
        self.main
            .export(&self.randoms, label, context, out)
            .map_err(|error| Error::new(Rule::ExportRefused, error.to_string()))
    }
}
