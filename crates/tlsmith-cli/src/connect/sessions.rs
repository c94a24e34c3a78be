//! The sessions of one run, in memory: what the first connection leaves, the next ones resume.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use tlsmith::{
    registry::ProtocolVersion,
    session::{ClientSession, ClientSessions, MemorySessions, SessionKey, UnixMillis},
};

/// A cache that notes what passes through it.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    kept: MemorySessions,
    /// How many sessions came.
    count: AtomicUsize,
    /// How the session that was handed out last is known to the server.
    offered: Mutex<Option<&'static str>>,
}

impl Sessions {
    /// How many sessions servers gave so far.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// What was offered since this was asked before: `ticket` or `session_id` in TLS 1.2, `psk` in TLS 1.3 (where the
    /// ticket is the name of a PSK).
    pub(crate) fn offered(&self) -> Option<&'static str> {
        self.offered.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ClientSessions for Sessions {
    fn put(&self, key: &SessionKey, session: ClientSession, now: UnixMillis) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.kept.put(key, session, now);
    }

    fn take(&self, key: &SessionKey, now: UnixMillis) -> Option<ClientSession> {
        let session = self.kept.take(key, now)?;
        let how = match (session.version, session.ticket.is_empty()) {
            (ProtocolVersion::TLS1_3, _) => "psk",
            (_, false) => "ticket",
            (_, true) => "session_id",
        };
        *self.offered.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
        Some(session)
    }

    fn remove(&self, key: &SessionKey) {
        self.kept.remove(key);
    }
}
