//! A client's sessions in memory.

use std::{collections::VecDeque, fmt, sync::Arc};

use super::{ClientSession, ClientSessions, SessionKey, UnixMillis, bounded::Bounded, sharded::Sharded};
use crate::registry::ProtocolVersion;

/// What a part of the cache holds at least: fewer parts, rather than such that a few servers fill.
const MIN_SERVERS: usize = 32;
const MIN_BYTES: usize = 1 << 20;

/// A [`ClientSessions`] in memory: so many servers, so many sessions a server, so many bytes in all. The server that was used
/// longest ago goes first, and of one server's sessions the oldest. Spread over up to 16 locks.
pub struct MemorySessions {
    parts: Sharded<Servers>,
    per_server: usize,
}

type Servers = Bounded<Arc<SessionKey>, VecDeque<ClientSession>>;

impl MemorySessions {
    /// The bounds. Each lock has its part of servers and bytes, so that the cache may forget a little before the whole is full.
    pub fn new(servers: usize, per_server: usize, bytes: usize) -> Self {
        let parts = (servers / MIN_SERVERS).min(bytes / MIN_BYTES);
        Self { parts: Sharded::new(parts, |parts| Bounded::new(servers / parts, bytes / parts)), per_server }
    }

    /// Of how many servers there are sessions, expired ones that nobody asked for included.
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

impl Default for MemorySessions {
    /// 256 servers, 8 sessions each, 16 MiB.
    fn default() -> Self {
        Self::new(256, 8, 16 << 20)
    }
}

impl ClientSessions for MemorySessions {
    fn put(&self, key: &SessionKey, session: ClientSession, now: UnixMillis) {
        self.parts.with(key, |servers| {
            let mut sessions = servers.remove(key).unwrap_or_default();
            sessions.retain(|old| old.is_alive(now));
            // TLS 1.2: a new session stands for the one before it, whose ticket it may renew (RFC 5077 §3.3).
            if !is_single_use(&session) {
                sessions.retain(is_single_use);
            }
            if session.is_alive(now) {
                sessions.push_back(session);
            }
            while sessions.len() > self.per_server {
                sessions.pop_front();
            }
            keep(servers, key, sessions);
        });
    }

    fn take(&self, key: &SessionKey, now: UnixMillis) -> Option<ClientSession> {
        self.parts
            .with(key, |servers| {
                let mut sessions = servers.remove(key)?;
                sessions.retain(|session| session.is_alive(now));
                let taken = match sessions.back() {
                    Some(newest) if !is_single_use(newest) => Some(newest.duplicate()),
                    _ => sessions.pop_back(),
                };
                keep(servers, key, sessions);
                taken
            })
            .flatten()
    }

    fn remove(&self, key: &SessionKey) {
        self.parts.with(key, |servers| servers.remove(key));
    }
}

/// "Clients SHOULD NOT reuse a ticket for multiple connections. Reuse of a ticket allows passive observers to correlate
/// different connections" (RFC 8446 §C.4). In TLS 1.2 they can anyway, and servers count on reuse.
fn is_single_use(session: &ClientSession) -> bool {
    session.version == ProtocolVersion::TLS1_3
}

fn keep(servers: &mut Servers, key: &SessionKey, mut sessions: VecDeque<ClientSession>) {
    // The key stands in the map and up to twice in the order, shared.
    let fixed = size_of::<SessionKey>() + key.scope.len() + 128;
    let mut size = fixed + sessions.iter().map(ClientSession::size).sum::<usize>();
    while size > servers.max_bytes() {
        match sessions.pop_front() {
            Some(oldest) => size -= oldest.size(),
            None => return,
        }
    }
    if !sessions.is_empty() {
        servers.insert(Arc::new(key.clone()), sessions, size);
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemorySessions({} servers)", self.len())
    }
}
