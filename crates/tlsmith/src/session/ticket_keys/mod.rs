//! The everyday [`Ticketer`]: keys with names, changed on a schedule, shared by many servers if wanted.
//!
//! # For who runs servers
//!
//! A ticket is a session, sealed by the server and kept by the client. Whoever has the key reads the sessions of its time
//! (in TLS 1.2 that is everything that was sent), so keys are changed often and forgotten. There are three ways:
//!
//! - **One server**: [`TicketKeys::generate`]. A random root; a new key every eight hours; tickets count for a day. After a
//!   restart every client makes a full handshake once, unless the keys were exported before and imported after.
//! - **A fleet with one root** ([`TicketKeys::from_root`], or a file with a `root` line): every server derives the same key from
//!   the root and the time, `epoch = now / period`, and nothing has to be passed around at a change. The root itself is to
//!   be replaced now and then, with [`TicketKeys::replace`].
//! - **A list of keys** ([`TicketKeys::from_keys`], or a file with `key` lines): somebody else makes the keys, each with the
//!   time from which it seals, and passes them around before that time.
//!
//! At every moment one key seals, the *current* one. These open:
//!
//! - the current one,
//! - the *previous* ones, for as long as a ticket can count that they sealed: with a root those of the last
//!   `lifetime / period` epochs (rounded up), in a list each until the lifetime has passed after its successor began. **No ticket
//!   is lost to a change of keys before its lifetime is over.**
//! - the *next* one, because the clock of the server that sealed may be ahead.
//!
//! All of it follows from the time that each call is given, nothing is counted forward: a clock that goes back uses the
//! earlier keys again, and what was sealed more than one key ahead of it does not open, which costs the client a full
//! handshake. A list that nobody renews runs dry: no key seals for longer than seven days
//! ([`TicketKeys::runs_dry_at`]), and then no tickets are issued rather than under a key that is too old.
//!
//! Keys replaced while a server runs ([`TicketKeys::replace`]) open for the rest of their tickets' lifetime, in memory only. So
//! that a restart at that time loses nothing either, put the old keys and the new ones into one list.
//!
//! # The file
//!
//! [`TicketKeys::export`] writes it, [`TicketKeys::import`] reads it. It is a secret: create it with mode 0600, under
//! another name in the same directory, `fsync` it, then rename it, so that no reader ever sees half of it. Its checksum finds
//! what was cut off or edited by accident; it keeps no attacker out.
//!
//! ```text
//! tlsmith ticket keys 1                     what it is, and the version of the format
//! created 2026-11-21T12:00:00Z              when the file was written
//! lifetime 86400                            for how long tickets count, seconds
//! period 28800                              with a root: how long a key seals, seconds
//! root 6b1f…                                with a root: at least 32 bytes
//! key 5e0c… 93ad… 2026-11-21T12:00:00Z      in a list: name (16 bytes), key (32 bytes), from when it seals; a line a key
//! checksum 88d1…                            SHA-256 of every byte before this line
//! ```
//!
//! Bytes are lower-case hex. Lines end with a line feed. Either `period` and `root`, or `key` lines.
//!
//! # A ticket
//!
//! `name (16) || nonce (12) || AES-256-GCM(session) || tag (16)`, with the format's version and the name as additional data. The
//! nonce is random, so a key seals at most 2^32 tickets in all (NIST SP 800-38D §8.3); here it stops at 2^30, for the other
//! servers that have it. A session whose encoding is longer than [`ServerSession::MAX_ENCODED`] gets no ticket.

mod file;
mod key;
mod list;
mod root;
mod schedule;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use tlsmith_crypto::{CryptoError, Provider, Secret};
use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

pub use self::list::NamedKey;
use self::{list::List, root::Root, schedule::Schedule};
use super::{ServerSession, Ticketer};
use crate::{auth::Answer, config::ConfigError};

/// Ticket keys; see the [module](self).
pub struct TicketKeys {
    state: RwLock<State>,
    created: Option<UnixTime>,
}

struct State {
    active: Arc<Schedule>,
    /// What was replaced, and until when it opens; the latest first.
    retired: VecDeque<(Arc<Schedule>, UnixTime)>,
}

/// The everyday lifetime of a ticket: a day, in seconds.
const DEFAULT_LIFETIME: u32 = 86_400;

/// The everyday period of a key: eight hours, in seconds.
const DEFAULT_PERIOD: u32 = 28_800;

/// How many replaced sets of keys are remembered. Who replaces them more often within one lifetime loses tickets.
const MAX_RETIRED: usize = 8;

impl TicketKeys {
    /// Keys of this process alone, from a random root: tickets count for a day, keys change every eight hours.
    pub fn generate(provider: &dyn Provider) -> Result<Self, ConfigError> {
        let mut root = Secret::zero(root::MIN_LEN);
        provider.random(root.expose_mut()).map_err(|error| ConfigError {
            code: "config.ticket_keys",
            message: format!("no ticket keys could be made: {error}"),
            fix: "see to the system's source of randomness",
        })?;
        Self::from_root(&root, DEFAULT_PERIOD, DEFAULT_LIFETIME)
    }

    /// Keys derived from a secret of 32 to 255 random bytes that a fleet shares: a new key every `period` seconds (an hour to
    /// seven days), tickets count for `lifetime` seconds (at most seven days).
    pub fn from_root(root: &Secret, period: u32, lifetime: u32) -> Result<Self, ConfigError> {
        Ok(Self::of(Schedule::Root(Root::new(root, period, lifetime)?), None))
    }

    /// Keys made elsewhere, each with the time from which it seals; tickets count for `lifetime` seconds (at most seven days).
    pub fn from_keys(keys: Vec<NamedKey>, lifetime: u32) -> Result<Self, ConfigError> {
        Ok(Self::of(Schedule::List(List::new(keys, lifetime)?), None))
    }

    /// Reads the file's content.
    pub fn import(provider: &dyn Provider, content: &[u8]) -> Result<Self, ConfigError> {
        let (schedule, created) = file::read(provider, content)?;
        Ok(Self::of(schedule, Some(created)))
    }

    /// The file's content, with the keys in use; those that were replaced are not in it.
    pub fn export(&self, provider: &dyn Provider, now: UnixTime) -> Zeroizing<String> {
        file::write(provider, &self.active(), now)
    }

    fn of(schedule: Schedule, created: Option<UnixTime>) -> Self {
        let state = State { active: Arc::new(schedule), retired: VecDeque::new() };
        Self { state: RwLock::new(state), created }
    }

    /// Uses other keys from now on, by whoever holds these. The old ones open for the rest of their tickets' lifetime; eight
    /// sets of them are remembered. The same keys again change nothing.
    pub fn replace(&self, keys: Self, now: UnixTime) {
        let new = keys.active();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if *state.active == *new {
            return;
        }
        let until = UnixTime(now.0.saturating_add(i64::from(state.active.lifetime())));
        let old = std::mem::replace(&mut state.active, Arc::clone(&new));
        state.retired.retain(|(schedule, until)| now < *until && **schedule != *new && **schedule != *old);
        state.retired.push_front((old, until));
        state.retired.truncate(MAX_RETIRED);
    }

    /// When the file was written that the keys were imported from.
    pub fn created(&self) -> Option<UnixTime> {
        self.created
    }

    /// When no key will be left to seal with; `None` with a root.
    pub fn runs_dry_at(&self) -> Option<UnixTime> {
        match &*self.active() {
            Schedule::Root(_) => None,
            Schedule::List(list) => Some(list.runs_dry_at()),
        }
    }

    fn active(&self) -> Arc<Schedule> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner).active)
    }

    fn opening_key(&self, provider: &dyn Provider, name: &key::Name, now: UnixTime) -> Option<Arc<key::TicketKey>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let retired = state.retired.iter().filter(|(_, until)| now < *until).map(|(schedule, _)| schedule);
        std::iter::once(&state.active).chain(retired).find_map(|schedule| schedule.opening_key(provider, name, now))
    }
}

impl Ticketer for TicketKeys {
    fn seal(&self, provider: &dyn Provider, session: &[u8], now: UnixTime) -> Result<Option<Vec<u8>>, CryptoError> {
        if session.is_empty() || session.len() > ServerSession::MAX_ENCODED || self.lifetime() == 0 {
            return Ok(None);
        }
        match self.active().sealing_key(provider, now)? {
            Some(key) => key.seal(provider, session),
            None => Ok(None),
        }
    }

    fn open(&self, provider: &dyn Provider, ticket: &[u8], now: UnixTime) -> Answer<Option<Zeroizing<Vec<u8>>>> {
        let key = key::name_of(ticket).and_then(|name| self.opening_key(provider, name, now));
        Answer::Now(key.and_then(|key| key.open(ticket)))
    }

    fn lifetime(&self) -> u32 {
        self.active().lifetime()
    }
}

impl fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let active = self.active();
        let kind = match &*active {
            Schedule::Root(_) => "root",
            Schedule::List(_) => "list",
        };
        f.debug_struct("TicketKeys").field("kind", &kind).field("lifetime", &active.lifetime()).finish_non_exhaustive()
    }
}

fn mistake(message: impl Into<String>, fix: &'static str) -> ConfigError {
    ConfigError { code: "config.ticket_keys", message: message.into(), fix }
}
