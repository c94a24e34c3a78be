//! The requests in flight on a connection, and whether its client takes the answers.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::{sync::watch, time::Instant};

use super::{Body, BodyError};

/// How long an answer may stand still because its client takes nothing of it.
pub(super) const STALL: Duration = Duration::from_secs(300);

/// The requests in flight on a connection.
#[derive(Debug, Default)]
pub(super) struct Flights {
    pub(super) count: watch::Sender<usize>,
    next: AtomicU64,
    /// Since when the rest of an answer waits for the client to have taken what was handed over of it.
    handed: Mutex<BTreeMap<u64, Instant>>,
}

impl Flights {
    pub(super) fn begin(self: &Arc<Self>) -> Flight {
        self.count.send_modify(|count| *count += 1);
        Flight { id: self.next.fetch_add(1, Ordering::Relaxed), flights: Arc::clone(self) }
    }

    fn handed(&self) -> MutexGuard<'_, BTreeMap<u64, Instant>> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when a client has taken nothing of an answer for [`STALL`]. HTTP/2 lets it stop one and go on with others, or
    /// with pings alone: its connection shows nothing then.
    pub(super) async fn stalled(&self) {
        loop {
            tokio::time::sleep(STALL / 10).await;
            if self.handed().values().any(|since| since.elapsed() >= STALL) {
                return;
            }
        }
    }
}

/// A request in flight, from its head until the last byte of its answer.
pub(super) struct Flight {
    id: u64,
    flights: Arc<Flights>,
}

impl Flight {
    /// A piece of the answer was handed over.
    fn handed(&mut self) {
        self.flights.handed().insert(self.id, Instant::now());
    }

    /// More of it is asked for.
    fn asked(&mut self) {
        self.flights.handed().remove(&self.id);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.asked();
        self.flights.count.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// The body of an answer, and how its client takes it.
pub(super) struct Taken {
    pub(super) body: Body,
    pub(super) flight: Flight,
}

impl hyper::body::Body for Taken {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.flight.asked();
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_ready() {
            self.flight.handed();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn answers_that_are_not_asked_for_more_are_seen() {
        let flights = Arc::new(Flights::default());
        let (mut asked, mut left) = (flights.begin(), flights.begin());
        asked.handed();
        left.handed();
        let stalled = tokio::time::timeout(STALL * 3, flights.stalled());
        let asking = async {
            for _ in 0..10 {
                tokio::time::sleep(STALL / 2).await;
                asked.asked();
                asked.handed();
            }
        };
        let (stalled, ()) = tokio::join!(stalled, asking);
        assert!(stalled.is_ok(), "one was not asked for more");
        drop(left);
        let stalled = tokio::time::timeout(STALL / 2, flights.stalled());
        assert!(stalled.await.is_err(), "the other was");
    }
}
