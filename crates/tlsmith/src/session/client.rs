//! What a client remembers of a handshake, and where it keeps it.

use std::fmt;

use tlsmith_crypto::Secret;
use tlsmith_x509::{Certificate, ServerName, UnixTime};

use super::{
    IdentityId, PolicyId, UnixMillis,
    server::{expires_at, is_over},
};
use crate::registry::{CipherSuite, NamedGroup, ProtocolVersion};

/// What a client remembers of a handshake: one ticket, or one session ID.
#[derive(Debug, PartialEq, Eq)]
pub struct ClientSession {
    /// The version that was negotiated; a session resumes in no other.
    pub version: ProtocolVersion,
    /// The suite that was negotiated. TLS 1.2 resumes with the same, TLS 1.3 with any of the same hash.
    pub cipher_suite: CipherSuite,
    /// TLS 1.3: the PSK of this ticket (RFC 8446 §4.6.1). TLS 1.2: the main secret.
    pub secret: Secret,
    /// The ticket; empty for a session of TLS 1.2 that the server knows by its ID.
    pub ticket: Vec<u8>,
    /// TLS 1.2: the session ID.
    pub session_id: Vec<u8>,
    /// When the ticket came.
    pub received_at: UnixMillis,
    /// For how many seconds from then the server said to use it; what is above [`MAX_LIFETIME`](super::MAX_LIFETIME) does not
    /// count.
    pub lifetime: u32,
    /// What is added to the age that is reported (RFC 8446 §4.6.1).
    pub age_add: u32,
    /// Up to when the server's proof counts; see [`trusted_until`](super::trusted_until). Passed on from session to session.
    pub trusted_until: UnixTime,
    /// The name that the server proved to have.
    pub server_name: ServerName,
    /// The application protocol that was agreed; early data are sent only under the same.
    pub alpn: Option<Vec<u8>>,
    /// TLS 1.2: the secret is bound to its handshake (RFC 7627).
    pub extended_main_secret: bool,
    /// The group of the key exchange, for facts and for the first share.
    pub group: Option<NamedGroup>,
    /// The server's certificates, leaf first.
    pub peer_certificates: Vec<Certificate>,
    /// The OCSP response that was stapled.
    pub ocsp_response: Option<Vec<u8>>,
    /// The certificate timestamps that came with it (RFC 6962), the list as it was sent.
    pub sct_list: Option<Vec<u8>>,
    /// What the server was judged by.
    pub policy: Option<PolicyId>,
    /// Who the client was able to say it is.
    pub own_identity: Option<IdentityId>,
    /// How much early data the ticket allows; 0 for none.
    pub max_early_data: u32,
}

impl ClientSession {
    /// The last moment that it may be offered at: the end of its lifetime, or of the trust in the server.
    pub fn expires_at(&self) -> UnixTime {
        expires_at(self.received_at, self.lifetime, self.trusted_until)
    }

    /// It may still be offered. One that came later than `now` may not: the clock was set back, and its age is unknown. A
    /// second is let pass, for callers that tell whole seconds.
    pub fn is_alive(&self, now: UnixMillis) -> bool {
        const WHOLE_SECOND: i64 = 1000;
        now.since(self.received_at) > -WHOLE_SECOND
            && !is_over(self.received_at, self.lifetime, self.trusted_until, now)
    }

    /// What a PskIdentity says of the age (RFC 8446 §4.2.11.1): milliseconds since it came, plus
    /// [`ClientSession::age_add`], modulo 2^32. Seven days are fewer than 2^32 milliseconds.
    pub fn obfuscated_age(&self, now: UnixMillis) -> u32 {
        let age = u32::try_from(now.since(self.received_at).max(0)).unwrap_or(u32::MAX);
        age.wrapping_add(self.age_add)
    }

    /// A second copy, on purpose: it holds the secret as well.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            version: self.version,
            cipher_suite: self.cipher_suite,
            secret: self.secret.duplicate(),
            ticket: self.ticket.clone(),
            session_id: self.session_id.clone(),
            received_at: self.received_at,
            lifetime: self.lifetime,
            age_add: self.age_add,
            trusted_until: self.trusted_until,
            server_name: self.server_name.clone(),
            alpn: self.alpn.clone(),
            extended_main_secret: self.extended_main_secret,
            group: self.group,
            peer_certificates: self.peer_certificates.clone(),
            ocsp_response: self.ocsp_response.clone(),
            sct_list: self.sct_list.clone(),
            policy: self.policy,
            own_identity: self.own_identity,
            max_early_data: self.max_early_data,
        }
    }

    /// The bytes that it holds, about: what a cache counts.
    pub(super) fn size(&self) -> usize {
        let certificates: usize = self.peer_certificates.iter().map(|certificate| certificate.der().len()).sum();
        let optional = [&self.alpn, &self.ocsp_response, &self.sct_list];
        let optional: usize = optional.iter().filter_map(|bytes| bytes.as_ref().map(Vec::len)).sum();
        size_of::<Self>()
            + self.secret.expose().len()
            + self.ticket.len()
            + self.session_id.len()
            + certificates
            + optional
    }
}

/// What a client's sessions are kept under: whom it means to reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// The name of the server.
    pub name: ServerName,
    /// What the application says besides the name, e.g. the port.
    pub scope: Vec<u8>,
}

/// Where a client keeps its sessions: the seam. Called from within a handshake, so it has to answer at once; a cache that
/// fails forgets.
pub trait ClientSessions: Send + Sync + fmt::Debug {
    /// Keeps a session.
    fn put(&self, key: &SessionKey, session: ClientSession, now: UnixMillis);

    /// Hands out a session, the newest first. One of TLS 1.3 is gone with it: "Clients SHOULD NOT reuse a ticket for
    /// multiple connections" (RFC 8446 §C.4); one of TLS 1.2 may stay, and a duplicate is handed out.
    fn take(&self, key: &SessionKey, now: UnixMillis) -> Option<ClientSession>;

    /// Forgets all sessions of a server.
    fn remove(&self, key: &SessionKey);
}
