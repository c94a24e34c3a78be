//! The load: clients side by side that make connections until it is enough.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{
    client::{Client, Done},
    histogram::Histogram,
    plan::Plan,
    report::Failures,
    scenario::Scenario,
};
use crate::connect::Error;

/// This many failures in a row, and for each connection at a time, and the server is left alone.
const PATIENCE: u32 = 20;

/// What all clients share.
#[derive(Debug)]
pub(crate) struct Load {
    plan: Arc<Plan>,
    scenario: Scenario,
    address: SocketAddr,
    /// Connections that were begun.
    started: AtomicU64,
    /// Handshakes that succeeded.
    done: AtomicU64,
    /// Failures since the last success.
    failed_in_a_row: AtomicU32,
}

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) tcp: Histogram,
    pub(crate) tls: Histogram,
    pub(crate) first_byte: Histogram,
    pub(crate) errors: BTreeMap<String, Failures>,
    pub(crate) statuses: BTreeMap<String, u64>,
    /// Full handshakes for sessions to resume, which do not count.
    pub(crate) prepared: u64,
    /// Handshakes a second of the time that went into them: the sum over all clients.
    pub(crate) per_second: f64,
    /// When the first connection began, and the last one ended.
    span: Option<(Instant, Instant)>,
}

impl Load {
    /// Of one kind of handshake with this address.
    pub(crate) fn new(plan: &Arc<Plan>, scenario: Scenario, address: SocketAddr) -> Self {
        Self {
            plan: Arc::clone(plan),
            scenario,
            address,
            started: AtomicU64::new(0),
            done: AtomicU64::new(0),
            failed_in_a_row: AtomicU32::new(0),
        }
    }

    /// How many handshakes succeeded so far.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Runs until it is enough.
    pub(crate) async fn run(self: &Arc<Self>) -> Tally {
        let mut workers = JoinSet::new();
        for _ in 0..self.plan.concurrency {
            let load = Arc::clone(self);
            workers.spawn(async move { load.work().await });
        }
        let mut tally = Tally::default();
        while let Some(worker) = workers.join_next().await {
            // A worker does not panic; if one did, what it counted is gone and the others' stands.
            if let Ok(counted) = worker {
                tally.merge(counted);
            }
        }
        tally
    }

    /// The server failed too often to be bothered further.
    pub(crate) fn gave_up(&self) -> bool {
        self.failed_in_a_row.load(Ordering::Relaxed) >= PATIENCE.saturating_mul(self.plan.concurrency)
    }

    async fn work(&self) -> Tally {
        let mut tally = Tally::default();
        // The plan was built once like this, so it builds.
        let Ok(client) = Client::new(&self.plan, self.scenario, self.address) else { return tally };
        let (begun, mut busy) = (Instant::now(), Duration::ZERO);
        while self.goes_on(begun) {
            if client.needs_session() {
                tally.prepared += 1;
                if let Err(error) = client.prepare(None).await {
                    self.failed(&mut tally, error);
                    continue;
                }
            }
            let started = Instant::now();
            match client.measure(None).await {
                Ok(done) => {
                    self.done.fetch_add(1, Ordering::Relaxed);
                    self.failed_in_a_row.store(0, Ordering::Relaxed);
                    tally.count(done);
                }
                Err(error) => self.failed(&mut tally, error),
            }
            busy += started.elapsed();
        }
        tally.per_second = rate(tally.tls.count(), busy);
        tally.span = Some((begun, Instant::now()));
        tally
    }

    fn failed(&self, tally: &mut Tally, error: Error) {
        self.failed_in_a_row.fetch_add(1, Ordering::Relaxed);
        tally.failed(error);
    }

    fn goes_on(&self, begun: Instant) -> bool {
        let in_time = self.plan.bound.time.is_none_or(|time| begun.elapsed() < time);
        let in_count = || {
            let before = self.started.fetch_add(1, Ordering::Relaxed);
            self.plan.bound.count.is_none_or(|count| before < count)
        };
        in_time && !self.gave_up() && in_count()
    }
}

/// So many a second.
fn rate(count: u64, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most ten million")]
    let count = count as f64;
    if time.is_zero() { 0.0 } else { count / time.as_secs_f64() }
}

impl Tally {
    /// How long it took, from the first connection to the last.
    pub(crate) fn elapsed(&self) -> Duration {
        self.span.map_or(Duration::ZERO, |(begun, ended)| ended.duration_since(begun))
    }

    fn count(&mut self, done: Done) {
        self.tcp.record(done.tcp);
        self.tls.record(done.tls);
        if let Some((time, status)) = done.first_byte {
            self.first_byte.record(time);
            *self.statuses.entry(status).or_default() += 1;
        }
    }

    fn failed(&mut self, error: Error) {
        let Error { code, message, fix, .. } = error;
        self.errors.entry(code).or_insert(Failures { count: 0, message, fix }).count += 1;
    }

    fn merge(&mut self, other: Self) {
        self.tcp.merge(&other.tcp);
        self.tls.merge(&other.tls);
        self.first_byte.merge(&other.first_byte);
        for (code, failures) in other.errors {
            let all = self.errors.entry(code).or_insert(Failures { count: 0, ..failures.clone() });
            all.count += failures.count;
        }
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.prepared += other.prepared;
        self.per_second += other.per_second;
        self.span = match (self.span, other.span) {
            (Some((begun, ended)), Some((other_begun, other_ended))) => {
                Some((begun.min(other_begun), ended.max(other_ended)))
            }
            (one, other) => one.or(other),
        };
    }
}
