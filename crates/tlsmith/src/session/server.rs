//! What a server remembers of a handshake.

use tlsmith_crypto::Secret;
use tlsmith_x509::{Certificate, UnixTime};

use super::{MAX_LIFETIME, PolicyId, UnixMillis};
use crate::registry::{CipherSuite, NamedGroup, ProtocolVersion};

/// What a server remembers: it goes into a ticket (encoded, sealed) or into the cache of session IDs.
#[derive(Debug, PartialEq, Eq)]
pub struct ServerSession {
    /// The version that was negotiated; a session resumes in no other.
    pub version: ProtocolVersion,
    /// The suite that was negotiated. TLS 1.2 resumes with the same, TLS 1.3 with any of the same hash.
    pub cipher_suite: CipherSuite,
    /// TLS 1.3: the PSK of this ticket (RFC 8446 §4.6.1). TLS 1.2: the main secret.
    pub secret: Secret,
    /// When the ticket was issued. TLS 1.3 asks for the estimated arrival at the client: half a round trip may be added (§8.3).
    pub issued_at: UnixMillis,
    /// For how many seconds from then the client was told to use it, at most [`MAX_LIFETIME`].
    pub lifetime: u32,
    /// What the client adds to the age that it reports (RFC 8446 §4.6.1).
    pub age_add: u32,
    /// Up to when the peer's proof counts; see [`trusted_until`](super::trusted_until). Passed on from session to session.
    pub trusted_until: UnixTime,
    /// The name that the client asked for (RFC 6066 §3: a session resumes under the same or not at all).
    pub server_name: Option<String>,
    /// The application protocol that was agreed; early data count only under the same.
    pub alpn: Option<Vec<u8>>,
    /// TLS 1.2: the secret is bound to its handshake (RFC 7627).
    pub extended_main_secret: bool,
    /// The group of the key exchange, for facts.
    pub group: Option<NamedGroup>,
    /// The client's certificates, leaf first; empty for an anonymous one.
    pub peer_certificates: Vec<Certificate>,
    /// What the client was judged by; none if it was not asked for a certificate.
    pub policy: Option<PolicyId>,
    /// How much early data the ticket allows; 0 for none.
    pub max_early_data: u32,
    /// The application's own scope, e.g. the virtual host: a session of one is none of another.
    pub context: Vec<u8>,
}

impl ServerSession {
    /// The last moment that it may be resumed at: the end of its lifetime, or of the trust in the peer.
    pub fn expires_at(&self) -> UnixTime {
        expires_at(self.issued_at, self.lifetime, self.trusted_until)
    }

    /// The age that the client meant, in milliseconds: what it reported less [`ServerSession::age_add`] (RFC 8446 §4.2.11.1).
    pub fn client_age(&self, obfuscated: u32) -> u32 {
        obfuscated.wrapping_sub(self.age_add)
    }

    /// When the ClientHello should arrive if the client's age is right (RFC 8446 §8.3): "expected_arrival_time =
    /// adjusted_creation_time + clients_ticket_age". The same for every copy of it.
    pub fn expected_arrival(&self, obfuscated: u32) -> UnixMillis {
        self.issued_at.plus(i64::from(self.client_age(obfuscated)))
    }

    /// A second copy, on purpose: it holds the secret as well.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            version: self.version,
            cipher_suite: self.cipher_suite,
            secret: self.secret.duplicate(),
            issued_at: self.issued_at,
            lifetime: self.lifetime,
            age_add: self.age_add,
            trusted_until: self.trusted_until,
            server_name: self.server_name.clone(),
            alpn: self.alpn.clone(),
            extended_main_secret: self.extended_main_secret,
            group: self.group,
            peer_certificates: self.peer_certificates.clone(),
            policy: self.policy,
            max_early_data: self.max_early_data,
            context: self.context.clone(),
        }
    }
}

/// The lifetime is over, to the millisecond, or the trust is. A lifetime of 0 is over at once, whatever the clock says.
pub(super) fn is_over(start: UnixMillis, lifetime: u32, trusted_until: UnixTime, now: UnixMillis) -> bool {
    now.since(start).max(0) >= i64::from(lifetime.min(MAX_LIFETIME)) * 1000 || now.seconds() >= trusted_until
}

/// The end of a session: whichever comes first. Lifetimes longer than the RFC allows are cut.
pub(super) fn expires_at(start: UnixMillis, lifetime: u32, trusted_until: UnixTime) -> UnixTime {
    let lifetime = i64::from(lifetime.min(MAX_LIFETIME));
    UnixTime(start.seconds().0.saturating_add(lifetime)).min(trusted_until)
}
