//! Signatures that were verified before.

use crate::Certificate;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tlsmith_crypto::{HashAlgorithm, Provider, SignatureAlgorithm};

/// Remembers which certificates carry a good signature of which key, so that an intermediate that was met before costs no
/// signature the next time. Shared by threads and connections; bounded.
///
/// Only signatures that hold, and that were found below an anchor, are remembered: what a peer makes up by itself gets in
/// only under the name and key of a CA that is trusted. Nothing else of a certificate is taken on trust: its dates, names and
/// uses are checked every time. An entry counts under the very policy that it was made under, which is the provider and the
/// set of algorithms that are accepted.
pub struct SignatureCache {
    generation: usize,
    entries: Mutex<Entries>,
}

/// What is not asked for while a generation fills is forgotten with the next.
#[derive(Default)]
struct Entries {
    young: HashSet<Key>,
    old: HashSet<Key>,
}

/// SHA-256 over the policy, the key of the issuer and the certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl SignatureCache {
    /// Remembers at most `capacity` signatures, at some 50 bytes each.
    pub fn new(capacity: usize) -> Self {
        Self { generation: capacity / 2, entries: Mutex::default() }
    }

    /// How many signatures it remembers.
    pub fn len(&self) -> usize {
        let entries = self.entries();
        entries.young.len() + entries.old.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// It was verified before.
    pub(crate) fn contains(&self, key: &Key) -> bool {
        let mut entries = self.entries();
        if entries.old.remove(key) {
            self.put(&mut entries, *key);
        }
        entries.young.contains(key)
    }

    /// It was verified.
    pub(crate) fn insert(&self, key: Key) {
        let mut entries = self.entries();
        entries.old.remove(&key);
        self.put(&mut entries, key);
    }

    fn put(&self, entries: &mut Entries, key: Key) {
        if self.generation == 0 {
            return;
        }
        if entries.young.len() >= self.generation && !entries.young.contains(&key) {
            entries.old = std::mem::take(&mut entries.young);
        }
        entries.young.insert(key);
    }

    /// Nothing here stops half-way, so that entries are whole whatever happened to another thread.
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SignatureCache {
    /// 4,096 signatures: the intermediates of the public CAs are some 2,000 (CCADB, 2026), and each server in use is one more.
    fn default() -> Self {
        Self::new(4_096)
    }
}

impl fmt::Debug for SignatureCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureCache({} of {})", self.len(), self.generation * 2)
    }
}

/// What a signature is judged by besides the certificate and the key.
pub(crate) struct Policy([u8; 32]);

impl Policy {
    /// Algorithms are a set: their order changes no judgement.
    pub(crate) fn new(provider: &dyn Provider, algorithms: &[SignatureAlgorithm]) -> Self {
        let mut algorithms: Vec<String> = algorithms.iter().map(|algorithm| format!("{algorithm:?}")).collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        Self(hash(provider, &[provider.name().as_bytes(), algorithms.join(",").as_bytes()]))
    }

    pub(crate) fn key(&self, provider: &dyn Provider, certificate: &Certificate, issuer: &Certificate) -> Key {
        Key(hash(provider, &[&self.0, issuer.spki(), certificate.der()]))
    }
}

/// SHA-256 of `parts`, the length before each.
fn hash(provider: &dyn Provider, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = provider.hash(HashAlgorithm::Sha256);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(context.current().as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlsmith_crypto::aws_lc::AwsLc;

    fn key(number: u8) -> Key {
        Key([number; 32])
    }

    #[test]
    fn it_is_bounded_and_forgets_what_is_not_asked_for() {
        let cache = SignatureCache::new(8);
        for number in 0..200 {
            cache.insert(key(number));
            assert!(cache.contains(&key(number)) && cache.len() <= 8, "{cache:?}");
            // This one is in use.
            assert!(number < 7 || cache.contains(&key(7)), "{number}");
        }
        assert!(!cache.contains(&key(100)) && cache.contains(&key(199)));
        let none = SignatureCache::new(0);
        none.insert(key(1));
        assert!(none.is_empty() && !none.contains(&key(1)));
    }

    #[test]
    fn policies_are_told_apart() {
        let policy = |algorithms: &[SignatureAlgorithm]| Policy::new(&AwsLc, algorithms).0;
        let (one, two) = (SignatureAlgorithm::Ed25519, SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256));
        assert_eq!(policy(&[one, two]), policy(&[two, one, two]));
        assert_ne!(policy(&[one]), policy(&[one, two]));
        assert_ne!(policy(&[]), policy(&[one]));
        // Parts do not run into each other.
        assert_ne!(hash(&AwsLc, &[b"ab", b"c"]), hash(&AwsLc, &[b"a", b"bc"]));
    }
}
