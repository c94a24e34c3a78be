//! Which key seals and which keys open at a time.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tlsmith_crypto::{CryptoError, HashAlgorithm, Provider, Secret, hkdf};
use tlsmith_x509::UnixTime;

use super::key::{KEY_LEN, NAME_LEN, TicketKey};
use crate::{config::ConfigError, session::MAX_LIFETIME};

/// The least length of a root secret, and the length of one that is made here.
pub(super) const ROOT_LEN: usize = 32;

/// The least period. It bounds, with the lifetime, how many keys count at a time.
const MIN_PERIOD: u32 = 600;

/// Keys that follow from a root secret and the time.
pub(super) struct Schedule {
    root: Secret,
    period: u32,
    lifetime: u32,
    /// Keys that were derived, with their epochs.
    derived: Mutex<VecDeque<(i64, Arc<TicketKey>)>>,
}

impl Schedule {
    pub(super) fn from_root(root: &Secret, period: u32, lifetime: u32) -> Result<Self, ConfigError> {
        let mistake = |message: String, fix: &'static str| ConfigError { code: "config.ticket_keys", message, fix };
        if root.expose().len() < ROOT_LEN {
            let message = format!("the root of the ticket keys has {} bytes", root.expose().len());
            return Err(mistake(message, "give at least 32 random bytes"));
        }
        if !(MIN_PERIOD..=MAX_LIFETIME).contains(&period) {
            return Err(mistake(format!("ticket keys cannot change every {period} s"), "use 600 to 604800 seconds"));
        }
        if lifetime > MAX_LIFETIME {
            return Err(mistake(format!("tickets cannot count for {lifetime} s"), "use at most 604800 seconds"));
        }
        Ok(Self { root: root.duplicate(), period, lifetime, derived: Mutex::new(VecDeque::new()) })
    }

    pub(super) fn lifetime(&self) -> u32 {
        self.lifetime
    }

    pub(super) fn sealing_key(
        &self,
        provider: &dyn Provider,
        now: UnixTime,
    ) -> Result<Option<Arc<TicketKey>>, CryptoError> {
        self.key_of(provider, self.epoch(now), now).map(Some)
    }

    pub(super) fn opening_key(
        &self,
        provider: &dyn Provider,
        name: &[u8; NAME_LEN],
        now: UnixTime,
    ) -> Option<Arc<TicketKey>> {
        let current = self.epoch(now);
        // The newest first: most tickets are of today.
        let mut epochs = (current.saturating_sub(self.past())..=current.saturating_add(1)).rev();
        epochs.find_map(|epoch| self.key_of(provider, epoch, now).ok().filter(|key| key.name() == name))
    }

    fn epoch(&self, now: UnixTime) -> i64 {
        now.0.div_euclid(i64::from(self.period))
    }

    /// How many epochs before the current one still open: so many that no ticket is lost before its lifetime is over.
    fn past(&self) -> i64 {
        i64::from(self.lifetime.div_ceil(self.period))
    }

    fn key_of(&self, provider: &dyn Provider, epoch: i64, now: UnixTime) -> Result<Arc<TicketKey>, CryptoError> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = derived.iter().find(|(of, _)| *of == epoch) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.derive(provider, epoch)?);
        let current = self.epoch(now);
        derived.retain(|(of, _)| (current.saturating_sub(self.past())..=current.saturating_add(1)).contains(of));
        derived.push_back((epoch, Arc::clone(&key)));
        Ok(key)
    }

    /// `PRK = HKDF-Extract("tlsmith ticket keys 1", root)`, then name and key by HKDF-Expand with period and epoch (RFC 5869).
    fn derive(&self, provider: &dyn Provider, epoch: i64) -> Result<TicketKey, CryptoError> {
        let hash = HashAlgorithm::Sha256;
        let prk = hkdf::extract(provider, hash, b"tlsmith ticket keys 1", self.root.expose());
        let (period, epoch) = (self.period.to_be_bytes(), epoch.to_be_bytes());
        let mut name = [0; NAME_LEN];
        hkdf::expand(provider, hash, &prk, &[b"name", &period, &epoch], &mut name)?;
        let mut key = Secret::zero(KEY_LEN);
        hkdf::expand(provider, hash, &prk, &[b"key", &period, &epoch], key.expose_mut())?;
        TicketKey::new(provider, name, &key)
    }
}
