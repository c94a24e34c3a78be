//! Anti-replay for early data: has this ClientHello been seen? (RFC 8446 §8)

use std::{
    collections::HashSet,
    fmt,
    sync::atomic::{AtomicI64, Ordering},
};

use super::{UnixMillis, sharded::Sharded};

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

/// What a part of the window holds at least: fewer parts, rather than such that a few ClientHellos fill.
const MIN_ENTRIES: usize = 64;

/// The ClientHellos of a window of time, in memory (RFC 8446 §8.2): bounded, and full means `false`.
///
/// A ClientHello counts if it comes within the tolerance of the time at which it was expected (§8.3). Each is remembered for
/// at least twice the tolerance from when it came, so until no copy of it can count any more.
///
/// After a start all are refused until twice the tolerance has passed: what came before the start is not known, and could be
/// replayed ("When implementations are freshly started, they SHOULD reject 0-RTT as long as any portion of their recording
/// window overlaps the startup time", §8.2). Time that goes back is taken for standing still: after a clock was ahead, all are
/// refused until it is there again.
pub struct ReplayWindow {
    parts: Sharded<Part>,
    tolerance: i64,
    /// The latest time that was told.
    latest: AtomicI64,
    /// Nothing counts up to then.
    opens_at: UnixMillis,
}

/// Two generations, each as long as a ClientHello has to be remembered: when the newer is that old, it becomes the older.
struct Part {
    max_entries: usize,
    newer_since: UnixMillis,
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl ReplayWindow {
    /// `tolerance` in milliseconds to both sides (RFC 8446 §8.3 has windows "on the order of ten seconds" in mind), at most
    /// `entries` ClientHellos, some 100 bytes each, started at `now`. Each takes its place for two to four times the
    /// tolerance, so `entries` over four times the tolerance is the rate that always goes well.
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
        let part = |parts: usize| Part {
            max_entries: entries / parts,
            newer_since: now,
            newer: HashSet::new(),
            older: HashSet::new(),
        };
        Self {
            parts: Sharded::new(entries / MIN_ENTRIES, part),
            tolerance: i64::from(tolerance),
            latest: AtomicI64::new(now.0),
            opens_at,
        }
    }
}

impl AntiReplay for ReplayWindow {
    fn first_time(&self, id: &[u8; 32], expected_arrival: UnixMillis, now: UnixMillis) -> bool {
        let under_lock = |part: &mut Part| {
            // Under the lock, so that what this part has forgotten is too old by this time as well.
            let now = UnixMillis(self.latest.fetch_max(now.0, Ordering::Relaxed).max(now.0));
            let is_fresh = now.since(expected_arrival).saturating_abs() <= self.tolerance;
            now > self.opens_at && is_fresh && part.first_time(id, now, 2 * self.tolerance)
        };
        self.parts.with(id, under_lock).unwrap_or(false)
    }
}

impl Part {
    fn first_time(&mut self, id: &[u8; 32], now: UnixMillis, generation: i64) -> bool {
        self.advance(now, generation);
        !self.newer.contains(id) && !self.older.contains(id) && self.len() < self.max_entries && self.newer.insert(*id)
    }

    fn len(&self) -> usize {
        self.newer.len() + self.older.len()
    }

    /// Forgets what is too old to count.
    fn advance(&mut self, now: UnixMillis, generation: i64) {
        let age = now.since(self.newer_since);
        if age <= generation {
            return;
        }
        self.older = std::mem::take(&mut self.newer);
        if age.saturating_sub(generation) > generation {
            self.older.clear();
        }
        self.newer_since = now;
    }
}

impl fmt::Debug for ReplayWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplayWindow({} ClientHellos)", self.parts.sum(Part::len))
    }
}
