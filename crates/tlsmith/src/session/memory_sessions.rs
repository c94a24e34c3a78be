//! A client's sessions in memory.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{ClientSession, ClientSessions, SessionKey, UnixMillis, bounded::Bounded};
use crate::registry::ProtocolVersion;

/// A [`ClientSessions`] in memory: so many servers, so many sessions a server, so many bytes in all; the server that was put
/// longest ago goes first, and of one server's sessions the oldest.
pub struct MemorySessions {
    servers: Mutex<Bounded<Arc<SessionKey>, VecDeque<ClientSession>>>,
    per_server: usize,
}

impl MemorySessions {
    /// The bounds.
    pub fn new(servers: usize, per_server: usize, bytes: usize) -> Self {
        Self { servers: Mutex::new(Bounded::new(servers, bytes)), per_server }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Bounded<Arc<SessionKey>, VecDeque<ClientSession>>) -> T) -> T {
        // A thread that panicked under the lock left a map that is whole: its methods do not panic half way.
        act(&mut self.servers.lock().unwrap_or_else(PoisonError::into_inner))
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
        self.with(|servers| {
            let mut sessions = servers.remove(key).unwrap_or_default();
            // TLS 1.2: a new session stands for the one before it, whose ticket the server may have replaced (RFC 5077 §3.3).
            let is_replaced = |old: &ClientSession| old.version != ProtocolVersion::TLS1_3;
            let replaces = is_replaced(&session);
            sessions.retain(|old| old.is_alive(now) && !(replaces && is_replaced(old)));
            if session.is_alive(now) {
                sessions.push_back(session);
            }
            while sessions.len() > self.per_server {
                sessions.pop_front();
            }
            self.keep(servers, key, sessions);
        });
    }

    fn take(&self, key: &SessionKey, now: UnixMillis) -> Option<ClientSession> {
        self.with(|servers| {
            let mut sessions = servers.remove(key)?;
            sessions.retain(|session| session.is_alive(now));
            let newest = sessions.pop_back();
            let taken = newest.as_ref().map(ClientSession::duplicate);
            // The oldest place is the right one: a newer session of TLS 1.3 would be handed out first anyway.
            if let Some(stays) = newest.filter(|session| session.version != ProtocolVersion::TLS1_3) {
                sessions.push_back(stays);
            }
            self.keep(servers, key, sessions);
            taken
        })
    }

    fn remove(&self, key: &SessionKey) {
        self.with(|servers| servers.remove(key));
    }
}

impl MemorySessions {
    fn keep(
        &self,
        servers: &mut Bounded<Arc<SessionKey>, VecDeque<ClientSession>>,
        key: &SessionKey,
        sessions: VecDeque<ClientSession>,
    ) {
        if sessions.is_empty() {
            return;
        }
        let size = size_of::<SessionKey>() + key.scope.len() + sessions.iter().map(ClientSession::size).sum::<usize>();
        servers.insert(Arc::new(key.clone()), sessions, size);
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemorySessions({} servers)", self.with(|servers| servers.len()))
    }
}
