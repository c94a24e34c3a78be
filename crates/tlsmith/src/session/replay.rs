//! Anti-replay for early data: has this ClientHello been seen? (RFC 8446 §8)

use std::{
    collections::HashSet,
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use super::UnixMillis;

/// Whether a ClientHello with early data comes for the first time: the seam. A fleet that shares ticket keys has to share
/// this as well, or a replay at another server is taken for the first.
pub trait AntiReplay: Send + Sync + fmt::Debug {
    /// Tells whether `id`, a digest of what makes the ClientHello one of a kind (its PSK binder), comes for the first time.
    /// On any doubt `false`: then the early data are refused, and the handshake goes on without them.
    ///
    /// `expected_arrival` is when it should have come by the age that the client claims (RFC 8446 §8.3); the same for every
    /// copy. What is older than the window cannot be told from a replay.
    fn first_time(&self, id: &[u8; 32], expected_arrival: UnixMillis, now: UnixMillis) -> bool;
}

/// How many locks the entries are spread over.
const SHARDS: usize = 16;

/// The ClientHellos of a window of time, in memory (RFC 8446 §8.2): bounded, and full means `false`.
///
/// A ClientHello counts if it comes within the tolerance of the time at which it was expected (§8.3). Each is remembered for
/// at least twice the tolerance from when it came, so until no copy of it can count any more.
///
/// After a start all are refused until twice the tolerance has passed: what came before the start is not known, and could be
/// replayed ("When implementations are freshly started, they SHOULD reject 0-RTT as long as any portion of their recording
/// window overlaps the startup time", §8.2). Time that goes back is taken for standing still.
pub struct ReplayWindow {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    tolerance: i64,
    per_shard: usize,
    /// Nothing counts before.
    opens_at: UnixMillis,
}

/// Two generations, each as long as a ClientHello has to be remembered: when the newer is that old, it becomes the older.
struct Shard {
    latest: UnixMillis,
    newer_since: UnixMillis,
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl ReplayWindow {
    /// `tolerance` in milliseconds to both sides (10,000 is common), at most `entries` ClientHellos, started at `now`.
    pub fn new(tolerance: u32, entries: usize, now: UnixMillis) -> Self {
        let opens_at = now.plus(2 * i64::from(tolerance));
        Self::opening(tolerance, entries, now, opens_at)
    }

    /// The same for a server whose ticket keys are as new as this window, so that no ClientHello from before it can be
    /// replayed: early data count at once.
    pub fn with_new_keys(tolerance: u32, entries: usize, now: UnixMillis) -> Self {
        Self::opening(tolerance, entries, now, UnixMillis(i64::MIN))
    }

    fn opening(tolerance: u32, entries: usize, now: UnixMillis, opens_at: UnixMillis) -> Self {
        let shards = SHARDS.min(entries.max(1));
        let shard = || Shard { latest: now, newer_since: now, newer: HashSet::new(), older: HashSet::new() };
        Self {
            shards: (0..shards).map(|_| Mutex::new(shard())).collect(),
            hasher: RandomState::new(),
            tolerance: i64::from(tolerance),
            per_shard: entries / shards,
            opens_at,
        }
    }
}

impl AntiReplay for ReplayWindow {
    fn first_time(&self, id: &[u8; 32], expected_arrival: UnixMillis, now: UnixMillis) -> bool {
        let of = usize::try_from(self.hasher.hash_one(id) % self.shards.len() as u64).unwrap_or_default();
        let Some(shard) = self.shards.get(of) else { return false };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let now = shard.advance(now, 2 * self.tolerance);
        if now < self.opens_at || now.since(expected_arrival).saturating_abs() > self.tolerance {
            return false;
        }
        if shard.newer.contains(id) || shard.older.contains(id) {
            return false;
        }
        if shard.newer.len() + shard.older.len() >= self.per_shard {
            return false;
        }
        shard.newer.insert(*id)
    }
}

impl Shard {
    /// Forgets what is too old to count; the time as this shard knows it.
    fn advance(&mut self, now: UnixMillis, generation: i64) -> UnixMillis {
        self.latest = self.latest.max(now);
        let age = self.latest.since(self.newer_since);
        if age > generation {
            self.older = std::mem::take(&mut self.newer);
            if age.saturating_sub(generation) > generation {
                self.older.clear();
            }
            self.newer_since = self.latest;
        }
        self.latest
    }
}

impl fmt::Debug for ReplayWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.newer.len() + shard.older.len()
        };
        write!(f, "ReplayWindow({} ClientHellos)", self.shards.iter().map(held).sum::<usize>())
    }
}
