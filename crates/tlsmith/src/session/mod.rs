//! Sessions: what is remembered of a handshake so that the next one can be shorter (RFC 5246 §F.1.4, RFC 5077, RFC 8446 §2.2).

mod bounded;
mod client;
mod codec;
mod external_psk;
mod memory_sessions;
mod policy;
mod replay;
pub(crate) mod rights;
mod server;
mod sharded;
mod store;
#[cfg(test)]
mod tests;
pub mod ticket_keys;
mod ticketer;
mod time;

pub use client::{ClientSession, ClientSessions, SessionKey};
pub use external_psk::{ExternalPsk, ExternalPsks};
pub use memory_sessions::MemorySessions;
pub use policy::{IdentityId, PolicyId};
pub use replay::{AntiReplay, ReplayWindow};
pub use rights::WhyNot;
pub use server::ServerSession;
pub use store::{MemoryStore, SessionStore};
pub use ticket_keys::TicketKeys;
pub use ticketer::Ticketer;
pub use time::UnixMillis;

use tlsmith_x509::{Certificate, UnixTime};

/// The longest lifetime of a session in seconds, seven days: "Servers MUST NOT use any value greater than 604800 seconds"
/// and "Clients MUST NOT cache tickets for longer than 7 days" (RFC 8446 §4.6.1). Kept to in TLS 1.2 as well.
pub const MAX_LIFETIME: u32 = 604_800;

/// How long what the peer proved in a full handshake made at `now` may be relied on: seven days at most, and no longer than
/// every certificate of the verified path is valid. Handshakes that resume pass it on as it is, so that a chain of
/// resumptions cannot outlive it (RFC 8446 §4.6.1: limits "should take into account the lifetime of the peer's
/// certificate" and "the time since the peer's online CertificateVerify signature").
pub fn trusted_until(now: UnixTime, path: &[Certificate]) -> UnixTime {
    let latest = UnixTime(now.0.saturating_add(i64::from(MAX_LIFETIME)));
    path.iter().map(Certificate::not_after).fold(latest, UnixTime::min)
}
