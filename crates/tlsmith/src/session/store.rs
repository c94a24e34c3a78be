//! A server's cache of sessions by their IDs (RFC 5246 §7.4.1.2).

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
};

use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use super::bounded::Bounded;

/// Where a server keeps sessions of TLS 1.2 by their IDs: the seam. Called from within a handshake, so it has to answer at
/// once; a store that fails forgets. What it holds are secrets.
pub trait SessionStore: Send + Sync + fmt::Debug {
    /// Keeps an encoded session until `expires_at`, or not at all.
    fn put(&self, id: &[u8], session: &[u8], expires_at: UnixTime, now: UnixTime);

    /// The session of this ID, unless it has expired.
    fn get(&self, id: &[u8], now: UnixTime) -> Option<Zeroizing<Vec<u8>>>;

    /// Forgets a session: its connection failed (RFC 5246 §7.2.2).
    fn remove(&self, id: &[u8]);
}

/// The longest session ID (RFC 5246 §7.4.1.2: `opaque SessionID<0..32>`).
const MAX_ID: usize = 32;

/// How many locks the entries are spread over, so that handshakes on many cores do not wait for each other.
const SHARDS: usize = 16;

/// What an entry costs besides its bytes, about: its place in the map and in the order, twice its ID.
const OVERHEAD: usize = 192;

/// A [`SessionStore`] in memory, bounded by count, bytes and time: the oldest go first. Spread over 16 locks.
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
}

type Shard = Bounded<Arc<[u8]>, Entry>;

struct Entry {
    session: Zeroizing<Vec<u8>>,
    expires_at: UnixTime,
}

impl MemoryStore {
    /// At most `entries` sessions that hold at most `bytes` in all. Each lock has its part of both, so that the store may
    /// forget a little before the whole is full.
    pub fn new(entries: usize, bytes: usize) -> Self {
        let shards = SHARDS.min(entries.max(1));
        let shard = || Mutex::new(Bounded::new(entries / shards, bytes / shards));
        Self { shards: (0..shards).map(|_| shard()).collect(), hasher: RandomState::new() }
    }

    /// How many sessions are held, expired ones that nobody asked for included.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes are held, about.
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).bytes()).sum()
    }

    fn with<T>(&self, id: &[u8], act: impl FnOnce(&mut Shard) -> T) -> Option<T> {
        let of = usize::try_from(self.hasher.hash_one(id) % self.shards.len() as u64).unwrap_or_default();
        // A thread that panicked under the lock left a map that is whole: its methods do not panic half way.
        self.shards.get(of).map(|shard| act(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Default for MemoryStore {
    /// 20,000 sessions in 32 MiB: those of an hour at five new clients a second.
    fn default() -> Self {
        Self::new(20_000, 32 << 20)
    }
}

impl SessionStore for MemoryStore {
    fn put(&self, id: &[u8], session: &[u8], expires_at: UnixTime, now: UnixTime) {
        if id.is_empty() || id.len() > MAX_ID || expires_at <= now {
            return;
        }
        let size = OVERHEAD + 2 * id.len() + session.len();
        let entry = Entry { session: Zeroizing::new(session.to_vec()), expires_at };
        self.with(id, |shard| {
            // Lifetimes are mostly alike: those that expired stand at the front.
            shard.evict_while(|entry| entry.expires_at <= now);
            shard.insert(Arc::from(id), entry, size);
        });
    }

    fn get(&self, id: &[u8], now: UnixTime) -> Option<Zeroizing<Vec<u8>>> {
        self.with(id, |shard| match shard.get(id) {
            Some(entry) if now < entry.expires_at => Some(entry.session.clone()),
            Some(_) => {
                shard.remove(id);
                None
            }
            None => None,
        })
        .flatten()
    }

    fn remove(&self, id: &[u8]) {
        self.with(id, |shard| shard.remove(id));
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} sessions)", self.len())
    }
}
