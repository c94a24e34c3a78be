//! Keys that follow from a root secret and the time.

use std::{
    collections::{BTreeMap, HashMap},
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
};

use tlsmith_crypto::{CryptoError, HashAlgorithm, Provider, Secret, hkdf};
use tlsmith_x509::UnixTime;

use super::{
    key::{KEY_LEN, Name, TicketKey},
    mistake,
    schedule::check_lifetime,
};
use crate::{config::ConfigError, session::MAX_LIFETIME};

/// The least length of a root secret, and the length of one that is made here: that of the hash.
pub(super) const MIN_LEN: usize = 32;

/// The greatest length of a root secret. More holds no more.
const MAX_LEN: usize = 255;

/// The least period. With the greatest lifetime it bounds how many keys open at a time, 170.
const MIN_PERIOD: u32 = 3_600;

/// A root secret, the period of its keys, and those that were derived.
pub(super) struct Root {
    pub(super) secret: Secret,
    pub(super) period: u32,
    lifetime: u32,
    derived: Mutex<Derived>,
}

/// The keys around a time, by epoch and by name.
#[derive(Default)]
struct Derived {
    by_epoch: BTreeMap<i64, Arc<TicketKey>>,
    by_name: HashMap<Name, i64>,
    /// The epoch around which all keys are there that open.
    complete_for: Option<i64>,
}

impl PartialEq for Root {
    fn eq(&self, other: &Self) -> bool {
        self.secret == other.secret && self.period == other.period && self.lifetime == other.lifetime
    }
}

impl Root {
    pub(super) fn new(secret: &Secret, period: u32, lifetime: u32) -> Result<Self, ConfigError> {
        let len = secret.expose().len();
        if !(MIN_LEN..=MAX_LEN).contains(&len) {
            return Err(mistake(format!("the root of the ticket keys has {len} bytes"), "give 32 random bytes"));
        }
        if !(MIN_PERIOD..=MAX_LIFETIME).contains(&period) {
            return Err(mistake(
                format!("ticket keys are to change every {period} s"),
                "use a period of an hour to seven days, 3600 to 604800 seconds",
            ));
        }
        check_lifetime(lifetime)?;
        Ok(Self { secret: secret.duplicate(), period, lifetime, derived: Mutex::default() })
    }

    pub(super) fn lifetime(&self) -> u32 {
        self.lifetime
    }

    pub(super) fn sealing_key(&self, provider: &dyn Provider, now: UnixTime) -> Result<Arc<TicketKey>, CryptoError> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        self.key(&mut derived, provider, self.epoch(now))
    }

    pub(super) fn opening_key(&self, provider: &dyn Provider, name: &Name, now: UnixTime) -> Option<Arc<TicketKey>> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        self.complete(&mut derived, provider, now).ok()?;
        let epoch = derived.by_name.get(name).filter(|epoch| self.opens_at(now).contains(epoch))?;
        derived.by_epoch.get(epoch).cloned()
    }

    fn epoch(&self, now: UnixTime) -> i64 {
        now.0.div_euclid(i64::from(self.period))
    }

    /// The epochs whose keys open: the current one, so many before it that no ticket is lost before its lifetime is over,
    /// and the next.
    fn opens_at(&self, now: UnixTime) -> RangeInclusive<i64> {
        let current = self.epoch(now);
        let past = i64::from(self.lifetime.div_ceil(self.period));
        current.saturating_sub(past)..=current.saturating_add(1)
    }

    /// Derives whatever opens now and is not there, and forgets what is far from it. Once an epoch; a name that nobody has costs
    /// a look into the map.
    fn complete(&self, derived: &mut Derived, provider: &dyn Provider, now: UnixTime) -> Result<(), CryptoError> {
        let current = self.epoch(now);
        if derived.complete_for == Some(current) {
            return Ok(());
        }
        // Connections are not all told the same time: one epoch more to each side stays, or they would derive in turns.
        let opens = self.opens_at(now);
        let near = opens.start().saturating_sub(1)..=opens.end().saturating_add(1);
        derived.by_epoch.retain(|epoch, _| near.contains(epoch));
        derived.by_name.retain(|_, epoch| near.contains(epoch));
        for epoch in opens {
            self.key(derived, provider, epoch)?;
        }
        derived.complete_for = Some(current);
        Ok(())
    }

    fn key(&self, derived: &mut Derived, provider: &dyn Provider, epoch: i64) -> Result<Arc<TicketKey>, CryptoError> {
        if let Some(key) = derived.by_epoch.get(&epoch) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.derive(provider, epoch)?);
        derived.by_name.insert(*key.name(), epoch);
        derived.by_epoch.insert(epoch, Arc::clone(&key));
        Ok(key)
    }

    /// `PRK = HKDF-Extract("tlsmith ticket keys 1", root)`; name and key are HKDF-Expand of it with "name" or "key", the period
    /// and the epoch, 4 and 8 bytes, big endian (RFC 5869, SHA-256). Servers that share a root must agree on this.
    fn derive(&self, provider: &dyn Provider, epoch: i64) -> Result<TicketKey, CryptoError> {
        let hash = HashAlgorithm::Sha256;
        let prk = hkdf::extract(provider, hash, b"tlsmith ticket keys 1", self.secret.expose());
        let (period, epoch) = (self.period.to_be_bytes(), epoch.to_be_bytes());
        let mut name = Name::default();
        hkdf::expand(provider, hash, &prk, &[b"name", &period, &epoch], &mut name)?;
        let mut key = Secret::zero(KEY_LEN);
        hkdf::expand(provider, hash, &prk, &[b"key", &period, &epoch], key.expose_mut())?;
        TicketKey::new(provider, name, &key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlsmith_crypto::aws_lc::AwsLc;

    /// However time is told, so many keys are held and no more.
    #[test]
    fn the_keys_that_are_held_are_bounded() {
        let root = Root::new(&Secret::new(&[7; 32]), MIN_PERIOD, MAX_LIFETIME).unwrap();
        for hour in (0..400).chain([9_000, -9_000, 40, 30, 20, i64::MAX / 3_600, 10]) {
            let now = UnixTime(hour * 3_600);
            root.sealing_key(&AwsLc, now).unwrap();
            assert!(root.opening_key(&AwsLc, &[0; 16], now).is_none());
            let derived = root.derived.lock().unwrap();
            assert!(derived.by_epoch.len() <= 172 && derived.by_name.len() == derived.by_epoch.len());
        }
    }

    /// The derivation is part of the interface between servers. The values are from another implementation of HKDF.
    #[test]
    fn the_derivation_stays_as_it_is() {
        let hex = crate::rfc8448::unhex;
        let root = Root::new(&Secret::new(&[7; 32]), 28_800, 86_400).unwrap();
        let derived = root.derive(&AwsLc, 62_500).unwrap();
        assert_eq!(derived.name().as_slice(), hex("c6204c21c37d065f6d6da679fbc2b92a"));
        let key = Secret::new(&hex("bed13ee6912c5b61add753519f790fdac5331e1bbd2fabfb136abc09245faf10"));
        let same = TicketKey::new(&AwsLc, *derived.name(), &key).unwrap();
        let ticket = derived.seal(&AwsLc, b"a session").unwrap().unwrap();
        assert_eq!(same.open(&ticket).unwrap().as_slice(), b"a session");
    }
}
