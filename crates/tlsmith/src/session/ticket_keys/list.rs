//! Keys that were given one by one, each with the time from which it seals.

use std::{
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
};

use tlsmith_crypto::{CryptoError, Provider, Secret};
use tlsmith_x509::UnixTime;

use super::{
    key::{KEY_LEN, Name, TicketKey},
    mistake,
    schedule::check_lifetime,
};
use crate::{config::ConfigError, session::MAX_LIFETIME};

/// How many keys a list may have: an hour each for a week, and as many to come.
pub(super) const MAX_KEYS: usize = 336;

/// How long a key seals at most, in seconds: seven days.
const MAX_SEALING: i64 = MAX_LIFETIME as i64;

/// 1970 to 9999: what the file can say.
const FILE_TIMES: RangeInclusive<i64> = 0..=253_402_300_799;

/// A key from outside.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// Its name, in the clear in every ticket: random, and no other key's.
    pub name: [u8; 16],
    /// The key: 32 random bytes.
    pub key: Secret,
    /// From when on it seals. Until its successor's time comes, and for seven days at most.
    pub from: UnixTime,
}

/// Keys in the order of their times.
pub(super) struct List {
    pub(super) keys: Vec<NamedKey>,
    lifetime: u32,
    /// The same keys, ready for use as far as they were used.
    ready: Mutex<Vec<Option<Arc<TicketKey>>>>,
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys && self.lifetime == other.lifetime
    }
}

impl List {
    pub(super) fn new(mut keys: Vec<NamedKey>, lifetime: u32) -> Result<Self, ConfigError> {
        if keys.is_empty() || keys.len() > MAX_KEYS {
            let message = format!("a list of ticket keys has {} of them", keys.len());
            return Err(mistake(message, "give 1 to 336 keys, most usefully the previous, the current and the next"));
        }
        if let Some(key) = keys.iter().find(|key| key.key.expose().len() != KEY_LEN) {
            let message = format!("a ticket key has {} bytes", key.key.expose().len());
            return Err(mistake(message, "give keys of 32 random bytes"));
        }
        if keys.iter().any(|key| !FILE_TIMES.contains(&key.from.0)) {
            return Err(mistake(
                "a ticket key begins outside of the years 1970 to 9999",
                "give the time in Unix seconds",
            ));
        }
        check_lifetime(lifetime)?;
        keys.sort_by_key(|key| key.from);
        let mut names: Vec<&Name> = keys.iter().map(|key| &key.name).collect();
        names.sort_unstable();
        let times = keys.iter().zip(keys.iter().skip(1));
        if names.iter().zip(names.iter().skip(1)).any(|(one, two)| one == two) {
            return Err(mistake("two ticket keys have the same name", "give every key a random name of its own"));
        }
        if times.clone().any(|(one, two)| one.from == two.from) {
            return Err(mistake("two ticket keys begin at the same time", "let one begin after the other"));
        }
        let ready = Mutex::new(keys.iter().map(|_| None).collect());
        Ok(Self { keys, lifetime, ready })
    }

    pub(super) fn lifetime(&self) -> u32 {
        self.lifetime
    }

    /// When the last key stops sealing.
    pub(super) fn runs_dry_at(&self) -> UnixTime {
        self.keys.last().map_or(UnixTime(i64::MIN), |last| seals_until(last, None))
    }

    pub(super) fn sealing_key(
        &self,
        provider: &dyn Provider,
        now: UnixTime,
    ) -> Result<Option<Arc<TicketKey>>, CryptoError> {
        let begun = self.begun(now);
        match begun.checked_sub(1).and_then(|at| Some((at, self.keys.get(at)?))) {
            Some((at, key)) if now < seals_until(key, None) => self.ready(provider, at, key),
            _ => Ok(None),
        }
    }

    pub(super) fn opening_key(&self, provider: &dyn Provider, name: &Name, now: UnixTime) -> Option<Arc<TicketKey>> {
        let at = self.keys.iter().position(|key| key.name == *name)?;
        let key = self.keys.get(at)?;
        // The one that begins next opens already: the clock of the server that sealed may be ahead.
        if at > self.begun(now) {
            return None;
        }
        let until = seals_until(key, self.keys.get(at.saturating_add(1)));
        if now.0 >= until.0.saturating_add(i64::from(self.lifetime)) {
            return None;
        }
        self.ready(provider, at, key).ok().flatten()
    }

    /// How many keys have begun; the index of the next.
    fn begun(&self, now: UnixTime) -> usize {
        self.keys.partition_point(|key| key.from <= now)
    }

    fn ready(&self, provider: &dyn Provider, at: usize, key: &NamedKey) -> Result<Option<Arc<TicketKey>>, CryptoError> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(slot) = ready.get_mut(at) else { return Ok(None) };
        if slot.is_none() {
            *slot = Some(Arc::new(TicketKey::new(provider, key.name, &key.key)?));
        }
        Ok(slot.clone())
    }
}

/// When a key stops sealing.
fn seals_until(key: &NamedKey, successor: Option<&NamedKey>) -> UnixTime {
    let longest = UnixTime(key.from.0.saturating_add(MAX_SEALING));
    successor.map_or(longest, |successor| successor.from.min(longest))
}
