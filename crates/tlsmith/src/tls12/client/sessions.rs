//! What a client keeps of a handshake, to resume it: by a ticket (RFC 5077), or by the session's ID (RFC 5246 §7.4.1.3).

use std::sync::Arc;

use tlsmith_x509::ServerName;

use crate::{
    config::ClientConfig,
    conn::Facts,
    msg::tls12::NewSessionTicketTls12,
    registry::ProtocolVersion,
    session::{ClientSession, ClientSessions, IdentityId, MAX_LIFETIME, PolicyId, SessionKey, UnixMillis},
    tls12::{established::Remembered, flight::Keyed},
    tls13::client::psk,
};

/// How long a session is kept of which the server does not say how long: "an upper limit of 24 hours is suggested"
/// (RFC 5246 §F.1.4).
const UNSPECIFIED_LIFETIME: u32 = 24 * 60 * 60;

/// What a session remembers besides what is in the connection's facts.
pub(super) struct Memory {
    /// The server promised a NewSessionTicket.
    pub(super) promised: bool,
    /// `None`: no session is kept.
    keeper: Option<Keeper>,
    session_id: Vec<u8>,
    ticket: Vec<u8>,
    lifetime: u32,
}

struct Keeper {
    sessions: Arc<dyn ClientSessions>,
    key: SessionKey,
    policy: PolicyId,
    own_identity: IdentityId,
}

impl Memory {
    pub(super) fn new(config: &ClientConfig, name: &ServerName, session_id: &[u8], promised: bool) -> Self {
        let keeper = || {
            Some(Keeper {
                sessions: config.sessions.clone()?,
                key: psk::session_key(config, name),
                policy: config.policy()?,
                own_identity: psk::own_identity(config)?,
            })
        };
        Self {
            promised,
            keeper: keeper(),
            session_id: session_id.to_vec(),
            ticket: Vec::new(),
            lifetime: UNSPECIFIED_LIFETIME,
        }
    }

    /// A ticket; an empty one means that there is none after all (RFC 5077 §3.3).
    pub(super) fn take(&mut self, message: &NewSessionTicketTls12<'_>) {
        self.ticket = message.ticket.to_vec();
        if message.lifetime_hint != 0 {
            self.lifetime = message.lifetime_hint.min(MAX_LIFETIME);
        }
    }

    /// Where the session stands then.
    pub(super) fn remembered(&self) -> Remembered {
        match &self.keeper {
            Some(keeper) => Remembered::InCache(Arc::clone(&keeper.sessions), keeper.key.clone()),
            None => Remembered::Nowhere,
        }
    }

    /// Keeps the session of a handshake that is complete. One that was resumed without a new ticket is kept already.
    pub(super) fn keep(self, keyed: &Keyed, resumed: bool, facts: &Facts, now: UnixMillis) {
        let Self { keeper: Some(keeper), session_id, ticket, lifetime, .. } = self else { return };
        let Some(trusted_until) = facts.trusted_until else { return };
        let nothing_new = ticket.is_empty() && (resumed || session_id.is_empty());
        if nothing_new || !keyed.handshake.extended_main_secret {
            return;
        }
        let session = ClientSession {
            version: ProtocolVersion::TLS1_2,
            cipher_suite: keyed.handshake.suite.code,
            secret: keyed.main.secret.duplicate(),
            // With a ticket the ID stands for nothing that the server keeps.
            session_id: if ticket.is_empty() { session_id } else { Vec::new() },
            ticket,
            received_at: now,
            lifetime,
            age_add: 0,
            trusted_until,
            server_name: keeper.key.name.clone(),
            alpn: facts.alpn.clone(),
            extended_main_secret: true,
            group: facts.group,
            peer_certificates: facts.peer_certificates.clone(),
            ocsp_response: facts.ocsp_response.clone(),
            sct_list: facts.sct_list.clone(),
            policy: Some(keeper.policy),
            own_identity: Some(keeper.own_identity),
            max_early_data: 0,
        };
        keeper.sessions.put(&keeper.key, session, now);
    }
}
