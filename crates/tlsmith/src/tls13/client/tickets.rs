//! What a client makes of NewSessionTicket (RFC 8446 §4.6.1).

use std::sync::Arc;

use tlsmith_crypto::Secret;
use tlsmith_x509::UnixTime;

use super::{Common, psk};
use crate::{
    auth::proofs::crypto,
    conn::Facts,
    error::Error,
    msg::NewSessionTicket,
    registry::ProtocolVersion,
    session::{ClientSession, ClientSessions, IdentityId, MAX_LIFETIME, PolicyId, SessionKey, UnixMillis},
    tls13::{
        flight::Keys,
        key_schedule::{self, Kdf, MainSecret},
        suite::Suite,
    },
};

/// How many tickets of a connection are kept: a server that sends more has no use for them.
const MAX_TICKETS: usize = 8;

/// What a session remembers besides what is in the connection's facts.
pub(crate) struct TicketReader {
    sessions: Arc<dyn ClientSessions>,
    key: SessionKey,
    resumption: Secret,
    policy: PolicyId,
    own_identity: IdentityId,
    trusted_until: UnixTime,
    taken: usize,
}

impl TicketReader {
    /// `None` where no session is kept: without a cache, after an external PSK (the peer's certificates, which a session
    /// vouches for, were never seen), or where the verifier cannot say what it demands. The transcript ends with this
    /// side's Finished.
    pub(super) fn new(
        common: &Common,
        keys: &Keys,
        main: &MainSecret,
        facts: &Facts,
    ) -> Result<Option<Box<Self>>, Error> {
        let Some(sessions) = common.config.sessions.clone() else { return Ok(None) };
        let identities = (common.config.policy(), psk::own_identity(&common.config));
        let ((Some(policy), Some(own_identity)), Some(trusted_until)) = (identities, facts.trusted_until) else {
            return Ok(None);
        };
        Ok(Some(Box::new(Self {
            sessions,
            key: psk::session_key(&common.config, &common.name),
            resumption: main.resumption(&keys.transcript.current()).map_err(|error| crypto(&error))?,
            policy,
            own_identity,
            trusted_until,
            taken: 0,
        })))
    }

    pub(crate) fn take(
        &mut self,
        message: &NewSessionTicket<'_>,
        (kdf, suite): (&Kdf, Suite),
        facts: &Facts,
        now: UnixMillis,
    ) -> Result<(), Error> {
        // "The value of zero indicates that the ticket should be discarded immediately."
        if message.lifetime == 0 || self.taken >= MAX_TICKETS {
            return Ok(());
        }
        self.taken += 1;
        let secret = key_schedule::ticket_psk(kdf, &self.resumption, message.nonce).map_err(|error| crypto(&error))?;
        let session = ClientSession {
            version: ProtocolVersion::TLS1_3,
            cipher_suite: suite.code,
            secret,
            ticket: message.ticket.to_vec(),
            session_id: Vec::new(),
            received_at: now,
            // More is prohibited (§4.6.1), and cut rather than a reason to give up the connection.
            lifetime: message.lifetime.min(MAX_LIFETIME),
            age_add: message.age_add,
            trusted_until: self.trusted_until,
            server_name: self.key.name.clone(),
            alpn: facts.alpn.clone(),
            extended_main_secret: true,
            group: facts.group,
            peer_certificates: facts.peer_certificates.clone(),
            ocsp_response: facts.ocsp_response.clone(),
            sct_list: facts.sct_list.clone(),
            policy: Some(self.policy),
            own_identity: Some(self.own_identity),
            max_early_data: message.max_early_data().unwrap_or_default(),
        };
        self.sessions.put(&self.key, session, now);
        Ok(())
    }
}
