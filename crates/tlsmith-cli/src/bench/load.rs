//! The load: workers that make connections until it is enough.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tlsmith::{
    ClientConfig, Facts,
    registry::{CipherSuite, NamedGroup},
};
use tlsmith_tokio::{Connector, Failure, Options, TlsStream};
use tlsmith_x509::ServerName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use super::{
    histogram::Histogram,
    plan::{Bound, Plan},
    report::Failures,
};
use crate::connect::{
    Error,
    failure::{self, Phase},
};

/// This many failures in a row, and for each connection at a time, and the server is left alone.
const PATIENCE: u32 = 20;
/// How much of an answer is read: its first line is what counts.
const HEAD: usize = 4096;
/// How long a peer may take to take note of the end.
const PARTING: Duration = Duration::from_millis(100);

/// What all workers share.
#[derive(Debug)]
pub(crate) struct Load {
    address: SocketAddr,
    name: ServerName,
    connector: Connector,
    request: Option<Vec<u8>>,
    limit: Duration,
    begun: Instant,
    bound: Bound,
    concurrency: u32,
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
}

/// What matters of a connection's facts; the rest is not worth a copy each time.
pub(crate) struct Seen {
    pub(crate) cipher_suite: Option<CipherSuite>,
    pub(crate) group: Option<NamedGroup>,
    pub(crate) trusted: Option<bool>,
}

impl Seen {
    fn of(facts: &Facts) -> Self {
        Self {
            cipher_suite: facts.cipher_suite,
            group: facts.group,
            trusted: facts.verification.as_ref().map(|judged| judged.is_trusted()),
        }
    }
}

/// One connection that went well.
pub(crate) struct Done {
    pub(crate) seen: Seen,
    tcp: Duration,
    tls: Duration,
    first_byte: Option<(Duration, String)>,
}

impl Load {
    /// Of connections to this address with this configuration.
    pub(crate) fn new(plan: &Plan, address: SocketAddr, config: Arc<ClientConfig>) -> Self {
        let options = Options::new().handshake_timeout(plan.timeout);
        Self {
            address,
            name: plan.name.clone(),
            connector: Connector::with_options(config, options),
            request: plan.request.clone(),
            limit: plan.timeout,
            begun: Instant::now(),
            bound: plan.bound,
            concurrency: plan.concurrency,
            started: AtomicU64::new(0),
            done: AtomicU64::new(0),
            failed_in_a_row: AtomicU32::new(0),
        }
    }

    /// How many handshakes succeeded so far.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Runs until it is enough, and says what was counted and how long it took.
    pub(crate) async fn run(self: &Arc<Self>) -> (Tally, Duration) {
        let mut workers = JoinSet::new();
        for _ in 0..self.concurrency {
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
        (tally, self.begun.elapsed())
    }

    /// The server failed too often to be bothered further.
    pub(crate) fn gave_up(&self) -> bool {
        self.failed_in_a_row.load(Ordering::Relaxed) >= PATIENCE.saturating_mul(self.concurrency)
    }

    async fn work(&self) -> Tally {
        let mut tally = Tally::default();
        while self.goes_on() {
            match self.connection(None).await {
                Ok(done) => {
                    self.done.fetch_add(1, Ordering::Relaxed);
                    self.failed_in_a_row.store(0, Ordering::Relaxed);
                    tally.count(done);
                }
                Err(error) => {
                    self.failed_in_a_row.fetch_add(1, Ordering::Relaxed);
                    tally.failed(error);
                }
            }
        }
        tally
    }

    fn goes_on(&self) -> bool {
        let in_time = self.bound.time.is_none_or(|time| self.begun.elapsed() < time);
        let in_count = || {
            let before = self.started.fetch_add(1, Ordering::Relaxed);
            self.bound.count.is_none_or(|count| before < count)
        };
        in_time && !self.gave_up() && in_count()
    }

    /// Makes one connection, over `tcp` if it is there already, and the request over it if there is one.
    pub(crate) async fn connection(&self, tcp: Option<TcpStream>) -> Result<Done, Error> {
        let begun = Instant::now();
        let tcp = match tcp {
            Some(tcp) => tcp,
            None => self.connect().await?,
        };
        // Handshake flights are small: they must not wait for more.
        let _ = tcp.set_nodelay(true);
        let connected = Instant::now();
        let mut stream =
            self.connector.connect(self.name.clone(), tcp).await.map_err(|failed| self.failure(failed.error))?;
        let tls = connected.elapsed();
        let status = match &self.request {
            Some(request) => Some(self.ask(&mut stream, request).await?),
            None => None,
        };
        let first_byte = status.map(|status| (begun.elapsed(), status));
        // A server keeps a session only where the connection ended in good order; how it takes it is its own affair.
        let _ = timeout(PARTING, stream.shutdown()).await;
        Ok(Done { seen: Seen::of(stream.facts()), tcp: connected.duration_since(begun), tls, first_byte })
    }

    async fn connect(&self) -> Result<TcpStream, Error> {
        match timeout(self.limit, TcpStream::connect(self.address)).await {
            Ok(result) => result.map_err(|error| self.io(Phase::Tcp, &error)),
            Err(_) => Err(failure::timeout(Phase::Tcp, self.limit, &format!("{} did not answer", self.address))),
        }
    }

    /// Sends the request, and waits for the beginning of the answer: its HTTP status.
    async fn ask(&self, stream: &mut TlsStream<TcpStream>, request: &[u8]) -> Result<String, Error> {
        let mut head = vec![0; HEAD];
        let conversation = async {
            stream.write_all(request).await?;
            stream.flush().await?;
            stream.read(&mut head).await
        };
        match timeout(self.limit, conversation).await {
            Ok(Ok(count)) => status(head.get(..count).unwrap_or_default()).ok_or_else(failure::not_http),
            Ok(Err(error)) => Err(self.broken(error)),
            Err(_) => Err(failure::timeout(Phase::Reply, self.limit, "the server did not answer the request")),
        }
    }

    fn failure(&self, failed: Failure) -> Error {
        match failed {
            Failure::Tls(error) => Error::of(&error),
            Failure::Io(error) => self.broken(error),
            Failure::TimedOut(limit) => {
                failure::timeout(Phase::Tls, limit, &format!("{} did not go on with it", self.address))
            }
        }
    }

    fn broken(&self, error: io::Error) -> Error {
        match tlsmith::Error::from_io(&error) {
            Some(error) => Error::of(error),
            None => self.io(Phase::Tls, &error),
        }
    }

    fn io(&self, phase: Phase, error: &io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::AddrNotAvailable => failure::no_port(&self.address.to_string()),
            _ => failure::io(phase, &self.address.to_string(), error),
        }
    }
}

/// The status of an answer of HTTP/1 (RFC 9112 §4).
fn status(head: &[u8]) -> Option<String> {
    let rest = head.strip_prefix(b"HTTP/1.")?.get(1..)?.strip_prefix(b" ")?;
    let code = rest.get(..3)?;
    code.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(code).into_owned())
}

impl Tally {
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        assert_eq!(status(b"HTTP/1.1 200 OK\r\n").as_deref(), Some("200"));
        assert_eq!(status(b"HTTP/1.0 404").as_deref(), Some("404"));
        for head in [&b""[..], b"HTTP/1.1", b"HTTP/1.1 20", b"HTTP/2 200", b"HTTP/1.1 2x0 OK", b"220 mail", b"\xff"] {
            assert_eq!(status(head), None);
        }
    }
}
