//! What connectors and acceptors have in common.

use std::{fmt, sync::Arc, time::Duration};

use tlsmith::buffered::BufferPool;
use tlsmith_x509::UnixTime;

use crate::Answers;

/// Settings of a [`Connector`](crate::Connector), an [`Acceptor`](crate::Acceptor) or a
/// [`LazyAcceptor`](crate::LazyAcceptor) that are not about the protocol. Clones share the pool.
#[derive(Clone)]
pub struct Options {
    pub(crate) pool: BufferPool,
    pub(crate) clock: Arc<dyn Fn() -> UnixTime + Send + Sync>,
    pub(crate) answers: Option<Arc<dyn Answers>>,
    pub(crate) timeout: Option<Duration>,
}

impl Options {
    /// A pool of its own, the system's clock, no answers, no limit of time.
    pub fn new() -> Self {
        Self { pool: BufferPool::default(), clock: Arc::new(UnixTime::now), answers: None, timeout: None }
    }

    /// Buffers come from `pool`.
    pub fn pool(self, pool: BufferPool) -> Self {
        Self { pool, ..self }
    }

    /// The time comes from `clock`, asked once a connection.
    pub fn clock(self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
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
