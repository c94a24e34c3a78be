//! One client of the load: a connection after the other, each with the session that the one before left.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tlsmith::{
    Facts,
    registry::{CipherSuite, NamedGroup, ProtocolVersion},
    session::{ClientSession, ClientSessions, MemorySessions, SessionKey, UnixMillis},
};
use tlsmith_tokio::{Connector, Failure, HandshakeFailure, Options, ReplaySafe, TlsStream};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
    time::timeout,
};

use super::{plan::Plan, scenario::Scenario};
use crate::{
    connect::{
        Error,
        failure::{self, Phase},
    },
    exit::Usage,
};

/// How much of an answer is read: its first line is what counts.
const HEAD: usize = 4096;
/// How long a peer may take to take note of the end.
const PARTING: Duration = Duration::from_millis(100);
/// How long a ticket may take to come after the handshake.
const GRACE: Duration = Duration::from_secs(1);

/// Makes connections of one kind.
#[derive(Debug)]
pub(crate) struct Client<'p> {
    plan: &'p Plan,
    scenario: Scenario,
    address: SocketAddr,
    connector: Connector,
    sessions: Arc<Sessions>,
}

/// One connection that went well.
pub(crate) struct Done {
    pub(crate) seen: Seen,
    pub(crate) tcp: Duration,
    pub(crate) tls: Duration,
    pub(crate) first_byte: Option<(Duration, String)>,
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

impl<'p> Client<'p> {
    /// With sessions of its own: what one connection leaves, its next one takes.
    pub(crate) fn new(plan: &'p Plan, scenario: Scenario, address: SocketAddr) -> Result<Self, Usage> {
        let sessions = Arc::new(Sessions::default());
        let config = plan.config(scenario, &sessions)?;
        let options = Options::new().handshake_timeout(plan.timeout);
        Ok(Self { plan, scenario, address, connector: Connector::with_options(config, options), sessions })
    }

    /// Whether the next connection lacks a session to continue: some servers give one after full handshakes only.
    pub(crate) fn needs_session(&self) -> bool {
        self.scenario.resumes() && self.sessions.available() == 0
    }

    /// A full handshake, for the session that it leaves.
    pub(crate) async fn prepare(&self, tcp: Option<TcpStream>) -> Result<Done, Error> {
        let done = self.connect(tcp, false).await?;
        match self.needs_session() {
            true => Err(failure::not_resumed(String::from("the server gives no sessions"))),
            false => Ok(done),
        }
    }

    /// Makes one connection of the kind, over `tcp` if it is there already.
    pub(crate) async fn measure(&self, tcp: Option<TcpStream>) -> Result<Done, Error> {
        self.connect(tcp, self.scenario.resumes()).await
    }

    async fn connect(&self, tcp: Option<TcpStream>, resumes: bool) -> Result<Done, Error> {
        let begun = Instant::now();
        let tcp = match tcp {
            Some(tcp) => tcp,
            None => self.tcp().await?,
        };
        // Handshake flights are small: they must not wait for more.
        let _ = tcp.set_nodelay(true);
        let connected = Instant::now();
        let (mut stream, asked) = self.handshake(tcp, resumes).await?;
        let tls = connected.elapsed();
        let first_byte = match &self.plan.request {
            Some(request) => {
                let unsent = if asked { &[] } else { request.as_slice() };
                let status = self.ask(&mut stream, unsent).await?;
                Some((begun.elapsed(), status))
            }
            None => None,
        };
        if self.scenario.resumes() {
            self.wait_for_session(&mut stream).await;
        }
        // A server keeps a session only where the connection ended in good order; how it takes it is its own affair.
        let _ = timeout(PARTING, stream.shutdown()).await;
        Ok(Done { seen: Seen::of(stream.facts()), tcp: connected.duration_since(begun), tls, first_byte })
    }

    async fn tcp(&self) -> Result<TcpStream, Error> {
        let limit = self.plan.timeout;
        match timeout(limit, TcpStream::connect(self.address)).await {
            Ok(result) => result.map_err(|error| self.io(Phase::Tcp, &error)),
            Err(_) => Err(failure::timeout(Phase::Tcp, limit, &format!("{} did not answer", self.address))),
        }
    }

    /// The stream, and whether the request has gone already.
    async fn handshake(&self, tcp: TcpStream, resumes: bool) -> Result<(TlsStream<TcpStream>, bool), Error> {
        let name = self.plan.name.clone();
        let failed = |failed: HandshakeFailure<TcpStream>| self.failure(failed.error);
        let early = self.plan.request.as_ref().filter(|_| resumes && self.scenario.is_early());
        let (stream, asked) = match early {
            Some(request) => {
                // GET is safe (RFC 9110 §9.2.1).
                let data = ReplaySafe::declare(request);
                let early = self.connector.connect_early(name, tcp, data).await.map_err(failed)?;
                match (early.sent, early.accepted) {
                    (sent, accepted) if sent == data.len() && accepted == sent => {}
                    (sent, _) if sent < data.len() => return Err(failure::no_early_data()),
                    _ => return Err(failure::early_data_rejected()),
                }
                (early.stream, true)
            }
            None => (self.connector.connect(name, tcp).await.map_err(failed)?, false),
        };
        match resumes && !stream.facts().resumed {
            true => Err(failure::not_resumed(String::from("the server did not take the session that it had given"))),
            false => Ok((stream, asked)),
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
        let limit = self.plan.timeout;
        match timeout(limit, conversation).await {
            Ok(Ok(count)) => status(head.get(..count).unwrap_or_default()).ok_or_else(failure::not_http),
            Ok(Err(error)) => Err(self.broken(error)),
            Err(_) => Err(failure::timeout(Phase::Reply, limit, "the server did not answer the request")),
        }
    }

    /// In TLS 1.3 tickets come after the handshake (RFC 8446 §4.6.1): reads on until one is there.
    async fn wait_for_session(&self, stream: &mut TlsStream<TcpStream>) {
        let mut data = vec![0; HEAD];
        let reading = async {
            while self.sessions.available() == 0 {
                tokio::select! {
                    read = stream.read(&mut data) => if !matches!(read, Ok(1..)) { return },
                    () = self.sessions.came.notified() => {}
                }
            }
        };
        // Without one the next connection says so.
        let _ = timeout(GRACE.min(self.plan.timeout), reading).await;
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

/// A few sessions with one server.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    kept: MemorySessions,
    /// How many are there; of TLS 1.2 one stays.
    available: AtomicUsize,
    came: Notify,
}

impl Sessions {
    fn available(&self) -> usize {
        self.available.load(Ordering::Relaxed)
    }
}

impl ClientSessions for Sessions {
    fn put(&self, key: &SessionKey, session: ClientSession, now: UnixMillis) {
        self.kept.put(key, session, now);
        self.available.fetch_add(1, Ordering::Relaxed);
        self.came.notify_one();
    }

    fn take(&self, key: &SessionKey, now: UnixMillis) -> Option<ClientSession> {
        let session = self.kept.take(key, now);
        let left = match &session {
            // More come than are kept: what is gone is gone.
            None => 0,
            Some(session) if session.version == ProtocolVersion::TLS1_3 => self.available().saturating_sub(1),
            Some(_) => self.available(),
        };
        self.available.store(left, Ordering::Relaxed);
        session
    }

    fn remove(&self, key: &SessionKey) {
        self.kept.remove(key);
        self.available.store(0, Ordering::Relaxed);
    }
}

/// The status of an answer of HTTP/1 (RFC 9112 §4).
fn status(head: &[u8]) -> Option<String> {
    let rest = head.strip_prefix(b"HTTP/1.")?.get(1..)?.strip_prefix(b" ")?;
    let code = rest.get(..3)?;
    code.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(code).into_owned())
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
