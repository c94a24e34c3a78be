//! Ending in order: first no new connections and no new requests, then, when all are done or patience is, the end.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::{mpsc, watch};

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    Draining,
    Ended,
}

/// Tells every part of the terminator when to end. Clones are handles to the same.
#[derive(Clone)]
pub struct Shutdown {
    phase: Arc<watch::Sender<Phase>>,
    work: mpsc::WeakSender<()>,
    keeper: Arc<std::sync::Mutex<Keeper>>,
}

/// What must be let go of for [`Shutdown::done`] to see the last token go.
struct Keeper {
    sender: Option<mpsc::Sender<()>>,
    receiver: Option<mpsc::Receiver<()>>,
}

/// Work that the end waits for, while this or a clone of it lives.
#[derive(Clone)]
pub(crate) struct Token {
    _alive: Option<mpsc::Sender<()>>,
    _permit: Option<Arc<tokio::sync::OwnedSemaphorePermit>>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shutdown({:?})", *self.phase.borrow())
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// Running.
    pub fn new() -> Self {
        let (sender, receiver) = mpsc::channel(1);
        Self {
            phase: Arc::new(watch::Sender::new(Phase::Running)),
            work: sender.downgrade(),
            keeper: Arc::new(std::sync::Mutex::new(Keeper { sender: Some(sender), receiver: Some(receiver) })),
        }
    }

    /// No more new work: what is being done is finished.
    pub fn begin(&self) {
        self.advance(Phase::Draining);
    }

    /// The end, whatever is being done.
    pub fn end(&self) {
        self.advance(Phase::Ended);
    }

    fn advance(&self, to: Phase) {
        self.phase.send_if_modified(|phase| {
            let later = to > *phase;
            *phase = (*phase).max(to);
            later
        });
    }

    /// Returns once no new work should be taken on.
    pub async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Returns once all work should be dropped.
    pub async fn ended(&self) {
        self.reached(Phase::Ended).await;
    }

    /// Whether the end has begun.
    pub(crate) fn is_draining(&self) -> bool {
        *self.phase.borrow() >= Phase::Draining
    }

    async fn reached(&self, wanted: Phase) {
        // The sender lives in `self`: the wait cannot fail.
        let _ = self.phase.subscribe().wait_for(|phase| *phase >= wanted).await;
    }

    /// Counts a piece of work.
    pub(crate) fn token(&self, permit: Option<tokio::sync::OwnedSemaphorePermit>) -> Token {
        Token { _alive: self.work.upgrade(), _permit: permit.map(Arc::new) }
    }

    /// Waits until all work is done; after `patience` the work is told to end at once. To be called by one task.
    pub(crate) async fn done(&self, patience: Duration) {
        let (sender, receiver) = match self.keeper.lock() {
            Ok(mut keeper) => (keeper.sender.take(), keeper.receiver.take()),
            Err(_) => return,
        };
        drop(sender);
        let Some(mut receiver) = receiver else { return };
        if tokio::time::timeout(patience, receiver.recv()).await.is_err() {
            tracing::warn!("some requests were not finished after {} s; ending them", patience.as_secs());
            self.end();
            // Every task watches for the end; this only waits for the scheduler.
            let _ = tokio::time::timeout(Duration::from_secs(1), receiver.recv()).await;
        }
    }

    /// Catches SIGTERM and SIGINT from now on, and acts on them as long as the returned future is polled: the first
    /// begins the end, the second is the end.
    ///
    /// # Errors
    /// The system does not let signals be caught.
    pub fn catch_signals(&self) -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
        let mut signals = Signals::new()?;
        let shutdown = self.clone();
        Ok(async move {
            let name = signals.next().await;
            tracing::info!("{name}: finishing what is in flight (once more: end at once)");
            shutdown.begin();
            let name = signals.next().await;
            tracing::info!("{name}: ending at once");
            shutdown.end();
        })
    }
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> &'static str {
        match tokio::signal::ctrl_c().await {
            Ok(()) => "Ctrl-C",
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_for_the_last_token() {
        let shutdown = Shutdown::new();
        let token = shutdown.token(None);
        shutdown.begin();
        shutdown.draining().await;
        let waiting = shutdown.clone();
        let waiting = tokio::spawn(async move { waiting.done(Duration::from_secs(3600)).await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(token);
        waiting.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let shutdown = Shutdown::new();
        let token = shutdown.token(None);
        let working = shutdown.clone();
        let work = tokio::spawn(async move {
            working.ended().await;
            drop(token);
        });
        shutdown.begin();
        shutdown.done(Duration::from_secs(30)).await;
        work.await.unwrap();
    }

    #[tokio::test]
    async fn phases_only_go_forward() {
        let shutdown = Shutdown::new();
        shutdown.end();
        shutdown.begin();
        shutdown.ended().await;
    }
}
