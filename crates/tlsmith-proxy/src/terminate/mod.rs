//! The terminator: accepts connections, ends TLS, and hands them to HTTP.

mod failures;
mod plain;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tlsmith::ServerConfig;
use tlsmith_tokio::{Acceptor, Failure, HandshakeFailure, Options};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::Instant,
};

use crate::{
    clock::Clock,
    demo::service::Demo,
    http::{
        Application, Peer,
        backend::Backend,
        forward::{BackendTimeouts, Forwarder},
        serve::{Protocol, serve},
        stall::WriteStall,
    },
    shutdown::{Shutdown, Token},
};
use failures::{FailureLog, Line};

/// How much at once, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a TLS handshake, from the first byte that is waited for.
    pub handshake: Duration,
    /// Connections at once; more wait in the kernel's queue.
    pub connections: usize,
    /// For requests in flight, once the end has begun.
    pub drain: Duration,
    /// For a client to take some of what it was sent.
    pub write_stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            connections: 4096,
            drain: Duration::from_secs(30),
            write_stall: Duration::from_secs(60),
        }
    }
}

/// What requests are answered with.
#[derive(Debug)]
pub enum Service {
    /// A backend answers.
    Backend(Backend, BackendTimeouts),
    /// Each connection is shown what it negotiated.
    Demo(DemoPage),
}

/// The page of the demonstration; made by [`Demonstration::page`](crate::Demonstration::page).
#[derive(Debug)]
pub struct DemoPage(pub(crate) Demo);

/// Ends TLS on its listeners and serves HTTP over it.
#[derive(Debug)]
pub struct Terminator {
    config: Arc<ServerConfig>,
    acceptor: Acceptor,
    application: Arc<Application>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    failures: FailureLog,
    shutdown: Shutdown,
}

impl Terminator {
    /// Puts it together; [`Terminator::run`] starts it.
    pub fn new(
        config: Arc<ServerConfig>,
        service: Service,
        clock: Arc<dyn Clock>,
        limits: Limits,
        shutdown: Shutdown,
    ) -> Self {
        let application = match service {
            Service::Backend(backend, timeouts) => {
                Application::Forward(Box::new(Forwarder::new(backend, timeouts, shutdown.clone())))
            }
            Service::Demo(DemoPage(demo)) => Application::Demo(demo),
        };
        let time = Arc::clone(&clock);
        let options = Options::new().clock(move || time.now_millis()).handshake_timeout(limits.handshake);
        Self {
            acceptor: Acceptor::with_options(Arc::clone(&config), options),
            config,
            application: Arc::new(application),
            clock,
            limits,
            failures: FailureLog::new(),
            shutdown,
        }
    }

    /// Accepts and serves until the shutdown begins, and returns when what was in flight is done, or given up.
    pub async fn run(self, listeners: Vec<TcpListener>) {
        let terminator = Arc::new(self);
        let room = Arc::new(Semaphore::new(terminator.limits.connections.clamp(1, Semaphore::MAX_PERMITS)));
        for listener in listeners {
            let (terminator, room) = (Arc::clone(&terminator), Arc::clone(&room));
            // Counted as work, so that the end waits until the port is free.
            let token = terminator.shutdown.token(None);
            tokio::spawn(async move {
                tokio::select! {
                    () = terminator.accept(listener, room) => {}
                    () = terminator.shutdown.draining() => {}
                }
                drop(token);
            });
        }
        terminator.shutdown.draining().await;
        terminator.shutdown.done(terminator.limits.drain).await;
    }

    async fn accept(self: &Arc<Self>, listener: TcpListener, room: Arc<Semaphore>) {
        loop {
            // The semaphore is never closed.
            let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((tcp, address)) => {
                    let token = self.shutdown.token(Some(permit));
                    let terminator = Arc::clone(self);
                    tokio::spawn(async move { terminator.connection(tcp, address, token).await });
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of file descriptors or memory: it passes when connections end.
                    tracing::error!("cannot accept connections: {error}");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
    }

    /// One connection, from its first byte to its last.
    async fn connection(&self, tcp: TcpStream, address: SocketAddr, token: Token) {
        let Ok(local) = tcp.local_addr() else { return };
        // Small records and frames are not to wait for acknowledgements. Without it, all is well but slower.
        let _ = tcp.set_nodelay(true);
        // A client that lost its network does not say so, and an answer or a WebSocket may be silent for long.
        if let Err(error) = socket2::SockRef::from(&tcp).set_tcp_keepalive(&keep_alive()) {
            tracing::debug!(peer = %address, "no keep-alive probes: {error}");
        }
        let started = Instant::now();
        let stream = tokio::select! {
            stream = self.handshake(tcp, address, local) => stream,
            // Nothing was asked yet: nothing is lost.
            () = self.shutdown.draining() => return,
        };
        let Some(stream) = stream else { return };
        let facts = Arc::new(stream.facts().clone());
        let protocol = Protocol::by_alpn(facts.alpn.as_deref());
        let peer = Peer { address, local, facts, handshake: started.elapsed(), _token: token };
        let stream = WriteStall::new(stream, self.limits.write_stall);
        serve(stream, protocol, Arc::clone(&self.application), Arc::new(peer), self.shutdown.clone()).await;
    }

    async fn handshake(
        &self,
        mut tcp: TcpStream,
        address: SocketAddr,
        local: SocketAddr,
    ) -> Option<tlsmith_tokio::TlsStream<TcpStream>> {
        match tokio::time::timeout(self.limits.handshake, plain::is_not_tls(&tcp)).await {
            Ok(Ok(Some(false))) => {}
            Ok(Ok(Some(true))) => {
                let mut head = plain::head(&mut tcp, self.limits.handshake).await;
                match plain::name(&mut head, Arc::clone(&self.config), self.clock.now()) {
                    Some(error) => {
                        self.tell(address, &Failure::Tls(error.clone()));
                        plain::turn_away(&mut tcp, &error, local).await;
                    }
                    None => self.tell(address, &Failure::TimedOut(self.limits.handshake)),
                }
                return None;
            }
            Ok(Ok(None)) => {
                tracing::debug!(peer = %address, "closed before it said anything");
                return None;
            }
            Ok(Err(error)) => {
                tracing::debug!(peer = %address, "broke before it said anything: {error}");
                return None;
            }
            Err(_) => {
                self.tell(address, &Failure::TimedOut(self.limits.handshake));
                return None;
            }
        }
        match self.acceptor.accept(tcp).await {
            Ok(stream) => Some(stream),
            Err(HandshakeFailure { error, mut io, .. }) => {
                self.tell(address, &error);
                plain::linger(&mut io).await;
                None
            }
        }
    }

    fn tell(&self, peer: SocketAddr, failure: &Failure) {
        let (code, message, fix) = match failure {
            Failure::Tls(error) => (error.code(), error.message(), error.fix()),
            Failure::Io(error) => (
                "transport.broken",
                format!("the connection broke during the handshake: {error}"),
                String::from("The client or the network gave up; its own log says why."),
            ),
            Failure::TimedOut(limit) => (
                "transport.handshake_timeout",
                format!("the handshake was not complete after {} s", limit.as_secs_f32()),
                String::from("The client stalled or is very slow; --handshake-timeout gives it longer."),
            ),
        };
        self.failures.tell(Line { peer, code, message: &message, fix: &fix });
    }
}

/// A peer that does not answer for two minutes is gone.
fn keep_alive() -> socket2::TcpKeepalive {
    let probes = socket2::TcpKeepalive::new().with_time(Duration::from_secs(60));
    probes.with_interval(Duration::from_secs(15)).with_retries(4)
}

/// Errors of `accept` that say that one connection is gone already, not that none can be had.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
