//! A server's cache of sessions by their IDs (RFC 5246 §7.4.1.2).

use std::{fmt, sync::Arc};

use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use super::{ServerSession, bounded::Bounded, sharded::Sharded};

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

/// What an entry costs besides its bytes, about: its place in the map and twice in the order, its ID.
const OVERHEAD: usize = 256;

/// What a part of the store holds at least: fewer parts, rather than such that a few sessions fill.
const MIN_ENTRIES: usize = 64;
const MIN_BYTES: usize = 4 * ServerSession::MAX_ENCODED;

/// A [`SessionStore`] in memory, bounded by count, bytes and time: the oldest go first. Spread over up to 16 locks.
pub struct MemoryStore {
    parts: Sharded<Bounded<Arc<[u8]>, Entry>>,
}

struct Entry {
    session: Zeroizing<Vec<u8>>,
    expires_at: UnixTime,
}

impl MemoryStore {
    /// At most `entries` sessions that hold at most `bytes` in all. Each lock has its part of both, so that the store may
    /// forget a little before the whole is full.
    pub fn new(entries: usize, bytes: usize) -> Self {
        let parts = (entries / MIN_ENTRIES).min(bytes / MIN_BYTES);
        Self { parts: Sharded::new(parts, |parts| Bounded::new(entries / parts, bytes / parts)) }
    }

    /// How many sessions are held, expired ones that nobody asked for included.
    pub fn len(&self) -> usize {
        self.parts.sum(Bounded::len)
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes are held, about.
    pub fn bytes(&self) -> usize {
        self.parts.sum(Bounded::bytes)
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
        if id.is_empty() || id.len() > MAX_ID || session.len() > ServerSession::MAX_ENCODED {
            return;
        }
        self.parts.with(id, |part| {
            // Lifetimes are mostly alike: those that expired stand at the front.
            part.evict_while(|entry| entry.expires_at <= now);
            part.remove(id);
            if now < expires_at {
                let entry = Entry { session: Zeroizing::new(session.to_vec()), expires_at };
                part.insert(Arc::from(id), entry, OVERHEAD + session.len());
            }
        });
    }

    fn get(&self, id: &[u8], now: UnixTime) -> Option<Zeroizing<Vec<u8>>> {
        self.parts
            .with(id, |part| match part.get(id) {
                Some(entry) if now < entry.expires_at => Some(entry.session.clone()),
                _ => {
                    part.remove(id);
                    None
                }
            })
            .flatten()
    }

    fn remove(&self, id: &[u8]) {
        self.parts.with(id, |part| part.remove(id));
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} sessions)", self.len())
    }
}
