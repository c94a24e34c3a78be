//! State spread over several locks, so that handshakes on many cores do not wait for each other.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, PoisonError},
};

/// How many locks there are at most.
const MAX_SHARDS: usize = 16;

/// One state a lock; which one a key belongs to is known here alone (the hash has a random key), so that nobody can choose
/// keys that all belong to one.
pub(super) struct Sharded<T> {
    shards: Vec<Mutex<T>>,
    hasher: RandomState,
}

impl<T> Sharded<T> {
    /// At most `wanted` states; `make` is given how many there are.
    pub(super) fn new(wanted: usize, make: impl Fn(usize) -> T) -> Self {
        let count = wanted.clamp(1, MAX_SHARDS);
        Self { shards: (0..count).map(|_| Mutex::new(make(count))).collect(), hasher: RandomState::new() }
    }

    /// Acts on the state that `key` belongs to.
    pub(super) fn with<R>(&self, key: &(impl Hash + ?Sized), act: impl FnOnce(&mut T) -> R) -> Option<R> {
        let at = usize::try_from(self.hasher.hash_one(key) % self.shards.len() as u64).unwrap_or_default();
        // Where a thread panicked under the lock, the state is whole: nothing that is done here panics half way.
        self.shards.get(at).map(|shard| act(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// The sum of a figure of each state.
    pub(super) fn sum(&self, of: impl Fn(&T) -> usize) -> usize {
        self.shards.iter().map(|shard| of(&shard.lock().unwrap_or_else(PoisonError::into_inner))).sum()
    }
}
