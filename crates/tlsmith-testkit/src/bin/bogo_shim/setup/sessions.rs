//! What is kept from one connection to the next.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use tlsmith::{
    auth::Answer,
    session::{
        AntiReplay, ClientSession, ClientSessions, MemoryStore, ReplayWindow, SessionKey, SessionStore, TicketKeys,
        Ticketer, UnixMillis,
    },
};
use tlsmith_crypto::{CryptoError, Provider};
use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use crate::{Failure, Options};

/// What is kept from one connection to the next.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) client: Arc<ClientCache>,
    pub(crate) store: Arc<Store>,
    pub(crate) anti_replay: Arc<dyn AntiReplay>,
    keys: Arc<TicketKeys>,
    start: UnixMillis,
    /// Seconds that are said to have passed since.
    passed: AtomicI64,
}

impl Kept {
    pub(crate) fn new(provider: &dyn Provider) -> Result<Self, Failure> {
        // Room for the tests of a process, and no test replays.
        const TOLERANCE: u32 = 10_000;
        const ENTRIES: usize = 64;
        Ok(Self {
            client: Arc::default(),
            store: Arc::new(Store { sessions: MemoryStore::new(ENTRIES, 1 << 20), kept: AtomicBool::new(false) }),
            anti_replay: Arc::new(ReplayWindow::with_new_keys(TOLERANCE, ENTRIES, UnixMillis::now())),
            keys: Arc::new(TicketKeys::generate(provider)?),
            start: UnixMillis::now(),
            passed: AtomicI64::new(0),
        })
    }

    /// The time. It stands still but for what is said to pass: the runner compares ages of tickets to the millisecond.
    pub(crate) fn now(&self) -> UnixMillis {
        self.start.plus(self.passed.load(Ordering::Relaxed).saturating_mul(1000))
    }

    /// Lets seconds pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    /// What seals tickets in a connection.
    pub(super) fn ticketer(&self, options: &Options) -> Arc<dyn Ticketer> {
        Arc::new(Tickets { keys: Arc::clone(&self.keys), skip: options.skip_ticket, later: options.is_async })
    }

    /// Opens a ticket for a connection that waits for it.
    pub(crate) fn open(&self, provider: &dyn Provider, ticket: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self.keys.open(provider, ticket, self.now().seconds()) {
            Answer::Now(session) => session,
            Answer::Later => None,
        }
    }
}

/// A client's newest session. It is offered once.
#[derive(Debug, Default)]
pub(crate) struct ClientCache(Mutex<Newest>);

#[derive(Debug, Default)]
struct Newest {
    session: Option<ClientSession>,
    /// How much early data the session allows that came last in this connection.
    came: Option<u32>,
}

impl ClientCache {
    fn with<T>(&self, act: impl FnOnce(&mut Newest) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is one to offer.
    pub(crate) fn is_empty(&self) -> bool {
        self.with(|newest| newest.session.is_none())
    }

    /// Whether a session came since this was asked the last time, and how much early data it allows.
    pub(crate) fn came(&self) -> Option<u32> {
        self.with(|newest| newest.came.take())
    }
}

impl ClientSessions for ClientCache {
    fn put(&self, _: &SessionKey, session: ClientSession, _: UnixMillis) {
        self.with(|newest| {
            newest.came = Some(session.max_early_data);
            newest.session = Some(session);
        });
    }

    fn take(&self, _: &SessionKey, _: UnixMillis) -> Option<ClientSession> {
        self.with(|newest| newest.session.take())
    }

    fn remove(&self, _: &SessionKey) {
        self.with(|newest| newest.session = None);
    }
}

/// A server's sessions by their IDs.
#[derive(Debug)]
pub(crate) struct Store {
    sessions: MemoryStore,
    kept: AtomicBool,
}

impl Store {
    /// Whether a session was kept since this was asked the last time.
    pub(crate) fn kept(&self) -> bool {
        self.kept.swap(false, Ordering::Relaxed)
    }
}

impl SessionStore for Store {
    fn put(&self, id: &[u8], session: &[u8], expires_at: UnixTime, now: UnixTime) {
        self.kept.store(true, Ordering::Relaxed);
        self.sessions.put(id, session, expires_at, now);
    }

    fn get(&self, id: &[u8], now: UnixTime) -> Option<Zeroizing<Vec<u8>>> {
        self.sessions.get(id, now)
    }

    fn remove(&self, id: &[u8]) {
        self.sessions.remove(id);
    }
}

/// Seals tickets as a connection wants it.
#[derive(Debug)]
struct Tickets {
    keys: Arc<TicketKeys>,
    skip: bool,
    later: bool,
}

impl Ticketer for Tickets {
    fn seal(&self, provider: &dyn Provider, session: &[u8], now: UnixTime) -> Result<Option<Vec<u8>>, CryptoError> {
        match self.skip {
            true => Ok(None),
            false => self.keys.seal(provider, session, now),
        }
    }

    fn open(&self, provider: &dyn Provider, ticket: &[u8], now: UnixTime) -> Answer<Option<Zeroizing<Vec<u8>>>> {
        match self.later {
            true => Answer::Later,
            false => self.keys.open(provider, ticket, now),
        }
    }

    fn lifetime(&self) -> u32 {
        self.keys.lifetime()
    }
}
