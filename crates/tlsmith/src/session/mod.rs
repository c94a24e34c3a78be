//! Sessions: what is remembered of a handshake so that the next one can be shorter (RFC 5246 §F.1.4, RFC 5077, RFC 8446 §2.2).
//!
//! # Who remembers what
//!
//! - A **server** seals a [`ServerSession`] into a ticket with a [`Ticketer`] and remembers nothing: [`TicketKeys`] for
//!   everyday, with keys that change by themselves and can be shared ([`ticket_keys`] is the page for who runs servers). Clients
//!   of TLS 1.2 that know no tickets are remembered by their session ID in a [`SessionStore`].
//! - A **client** keeps [`ClientSession`]s in a [`ClientSessions`], by the name of the server and a scope of its own.
//! - A server that reads early data asks an [`AntiReplay`] whether it has seen the ClientHello before: [`ReplayWindow`] for
//!   one process; servers that share ticket keys have to share this as well.
//!
//! # What is never resumed
//!
//! A resumed connection has no right that its first handshake did not have. Both sides hold a session against what they
//! would demand today, and make a full handshake where anything differs, without an alert (but for a client that takes back
//! `extended_master_secret`, RFC 7627 §5.3); [`WhyNot`] names the reason in
//! [`Facts::not_resumed`](crate::Facts::not_resumed). It counts only
//!
//! - in its version, with its suite (TLS 1.3: with a suite of its hash), in TLS 1.2 with `extended_master_secret`;
//! - under its server name, and in its scope of the application;
//! - where the peer would be judged by the same demands, [`PeerVerifier::policy`](crate::auth::PeerVerifier::policy), and may
//!   sign with the same schemes;
//! - by the client that made it, [`ClientIdentities::id`](crate::auth::ClientIdentities::id);
//! - within its lifetime, seven days at most, and as long as what the peer proved in the full handshake is trusted
//!   ([`trusted_until`]): resumption upon resumption does not outlive it.

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

use tlsmith_x509::{Certificate, Report, UnixTime, revocation::RevocationSource};

/// The longest lifetime of a session in seconds, seven days: "Servers MUST NOT use any value greater than 604800 seconds"
/// and "Clients MUST NOT cache tickets for longer than 7 days" (RFC 8446 §4.6.1). Kept to in TLS 1.2 as well.
pub const MAX_LIFETIME: u32 = 604_800;

/// How long what the peer proved in a full handshake made at `now` may be relied on: seven days at most, and no longer than
/// every certificate of the verified path is valid, and what was said of its revocation counts. Handshakes that resume pass it
/// on as it is, so that a chain of resumptions cannot outlive it (RFC 8446 §4.6.1: limits "should take into account the
/// lifetime of the peer's certificate" and "the time since the peer's online CertificateVerify signature").
pub fn trusted_until(now: UnixTime, report: &Report) -> UnixTime {
    let latest = UnixTime(now.0.saturating_add(i64::from(MAX_LIFETIME)));
    let valid = report.path.iter().map(Certificate::not_after);
    let said = report.revocation.iter().filter_map(|known| known.source.as_ref()).map(RevocationSource::until);
    valid.chain(said).fold(latest, UnixTime::min)
}
