//! What connectors and acceptors have in common.

use std::{fmt, sync::Arc, time::Duration};

use tlsmith::{buffered::BufferPool, session::UnixMillis};

use crate::Answers;

/// Settings of a [`Connector`](crate::Connector), an [`Acceptor`](crate::Acceptor) or a
/// [`LazyAcceptor`](crate::LazyAcceptor) that are not about the protocol. Clones share the pool.
#[derive(Clone)]
pub struct Options {
    pub(crate) pool: BufferPool,
    pub(crate) clock: Clock,
    pub(crate) answers: Option<Arc<dyn Answers>>,
    pub(crate) timeout: Option<Duration>,
}

impl Options {
    /// A pool of its own, the system's clock, no answers, no limit of time.
    pub fn new() -> Self {
        Self { pool: BufferPool::default(), clock: Clock(Arc::new(UnixMillis::now)), answers: None, timeout: None }
    }

    /// Buffers come from `pool`.
    pub fn pool(self, pool: BufferPool) -> Self {
        Self { pool, ..self }
    }

    /// The time comes from `clock`, asked whenever something was received. Seconds (`UnixTime`) will do; ages of tickets are
    /// then right to the second.
    pub fn clock<T: Into<UnixMillis>>(self, clock: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { clock: Clock(Arc::new(move || clock().into())), ..self }
    }

    /// What connections need is answered by `answers`.
    pub fn answers(self, answers: Arc<dyn Answers>) -> Self {
        Self { answers: Some(answers), ..self }
    }

    /// A handshake that is not complete after `limit` fails with [`Failure::TimedOut`](crate::Failure::TimedOut). Needs
    /// a runtime with its timer on.
    pub fn handshake_timeout(self, limit: Duration) -> Self {
        Self { timeout: Some(limit), ..self }
    }
}

/// Tells the time.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> UnixMillis + Send + Sync>);

impl Clock {
    pub(crate) fn now(&self) -> UnixMillis {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("pool", &self.pool).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
