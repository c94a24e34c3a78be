//! The everyday [`Ticketer`]: keys with names, changed on a schedule, shared by many servers if wanted.

mod key;
mod schedule;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use tlsmith_crypto::{CryptoError, Provider, Secret};
use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use self::schedule::Schedule;
use super::{ServerSession, Ticketer};
use crate::{auth::Answer, config::ConfigError};

/// Ticket keys.
pub struct TicketKeys {
    schedule: RwLock<Arc<Schedule>>,
}

/// The everyday lifetime of a ticket: a day, in seconds.
pub(crate) const DEFAULT_LIFETIME: u32 = 86_400;

/// The everyday period of a key: eight hours, in seconds.
pub(crate) const DEFAULT_PERIOD: u32 = 28_800;

impl TicketKeys {
    /// Keys of this process alone, from a random root: tickets count for a day, keys change every eight hours. Nothing
    /// resumes after a restart.
    pub fn generate(provider: &dyn Provider) -> Result<Self, ConfigError> {
        let mut root = Secret::zero(schedule::ROOT_LEN);
        provider.random(root.expose_mut()).map_err(|error| ConfigError {
            code: "config.ticket_keys",
            message: format!("no ticket keys could be made: {error}"),
            fix: "see to the system's source of randomness",
        })?;
        Self::from_root(&root, DEFAULT_PERIOD, DEFAULT_LIFETIME)
    }

    /// Keys derived from a secret of at least 32 random bytes that a fleet shares: a new key every `period` seconds, tickets
    /// count for `lifetime` seconds.
    pub fn from_root(root: &Secret, period: u32, lifetime: u32) -> Result<Self, ConfigError> {
        Ok(Self { schedule: RwLock::new(Arc::new(Schedule::from_root(root, period, lifetime)?)) })
    }

    fn schedule(&self) -> Arc<Schedule> {
        Arc::clone(&self.schedule.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ticketer for TicketKeys {
    fn seal(&self, provider: &dyn Provider, session: &[u8], now: UnixTime) -> Result<Option<Vec<u8>>, CryptoError> {
        if session.is_empty() || session.len() > ServerSession::MAX_ENCODED {
            return Ok(None);
        }
        match self.schedule().sealing_key(provider, now)? {
            Some(key) => key.seal(provider, session).map(Some),
            None => Ok(None),
        }
    }

    fn open(&self, provider: &dyn Provider, ticket: &[u8], now: UnixTime) -> Answer<Option<Zeroizing<Vec<u8>>>> {
        let key = key::name_of(ticket).and_then(|name| self.schedule().opening_key(provider, name, now));
        Answer::Now(key.and_then(|key| key.open(ticket)))
    }

    fn lifetime(&self) -> u32 {
        self.schedule().lifetime()
    }
}

impl fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketKeys").field("lifetime", &self.lifetime()).finish_non_exhaustive()
    }
}
