//! The loop over `std::io`.
//!
//! ```no_run
//! # fn fetch(config: std::sync::Arc<tlsmith::ClientConfig>) -> Result<(), Box<dyn std::error::Error>> {
//! use std::{io::{Read, Write}, net::TcpStream};
//! use tlsmith::session::UnixMillis;
//!
//! let socket = TcpStream::connect("example.com:443")?;
//! let mut stream = tlsmith::blocking::Stream::connect(socket, config, "example.com".parse()?, UnixMillis::now())?;
//! stream.write_all(b"GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")?;
//! let mut answer = Vec::new();
//! stream.read_to_end(&mut answer)?;
//! # Ok(())
//! # }
//! ```

mod clock;
mod handshake;

use std::{
    io::{self, ErrorKind, IoSlice, Read, Write},
    sync::Arc,
};

use tlsmith_x509::ServerName;

use crate::{
    ClientConfig, Connection, Error, Facts, ServerConfig,
    buffered::{BufferPool, Buffered, Step},
    conn::{ReplaySafe, Reply},
    session::UnixMillis,
};
use clock::Clock;

/// A TLS stream over any transport that reads and writes.
///
/// Nothing is read or written before the first of [`Stream::handshake`], a read or a write; each of them carries
/// the handshake out as far as it is not. When it fails, the alert is sent first, and [`Stream::facts`] still says how
/// far it came and what the peer showed.
///
/// `read` returns `Ok(0)` only when the peer said `close_notify`. A transport that ends without it is an error of kind
/// `UnexpectedEof` ([`Error::from_io`] gets the [`Error`] back): somebody may have cut the data short.
///
/// Over a transport that does not block, `WouldBlock` comes through and nothing is lost: call again.
///
/// The time that it is given goes on by itself, as measured from then.
#[derive(Debug)]
pub struct Stream<S> {
    transport: S,
    tls: Buffered,
    clock: Clock,
    transport_flushed: bool,
}

/// What a [`Stream`] is made of; see [`Stream::into_parts`].
#[derive(Debug)]
pub struct Parts<S> {
    /// The transport.
    pub transport: S,
    /// The connection.
    pub connection: Connection,
    /// Data that was decrypted and not read.
    pub unread: Vec<u8>,
    /// Ciphertext that the transport has not taken.
    pub unsent: Vec<u8>,
}

impl<S> Stream<S> {
    /// The client's side, which means to reach `name`.
    pub fn connect(
        transport: S,
        config: Arc<ClientConfig>,
        name: ServerName,
        now: impl Into<UnixMillis>,
    ) -> Result<Self, Error> {
        Self::connect_with_pool(transport, config, name, now, &BufferPool::new(0))
    }

    /// The server's side.
    pub fn accept(transport: S, config: Arc<ServerConfig>, now: impl Into<UnixMillis>) -> Result<Self, Error> {
        Self::accept_with_pool(transport, config, now, &BufferPool::new(0))
    }

    /// [`Stream::connect`] with buffers from `pool`, for who has many streams.
    pub fn connect_with_pool(
        transport: S,
        config: Arc<ClientConfig>,
        name: ServerName,
        now: impl Into<UnixMillis>,
        pool: &BufferPool,
    ) -> Result<Self, Error> {
        let clock = Clock::new(now);
        Ok(Self::over(transport, Buffered::client(config, name, clock.now(), pool)?, clock))
    }

    /// [`Stream::accept`] with buffers from `pool`, for who has many streams.
    pub fn accept_with_pool(
        transport: S,
        config: Arc<ServerConfig>,
        now: impl Into<UnixMillis>,
        pool: &BufferPool,
    ) -> Result<Self, Error> {
        let clock = Clock::new(now);
        Ok(Self::over(transport, Buffered::server(config, clock.now(), pool)?, clock))
    }

    /// The server's side, with a configuration that [`Stream::handshake_with`] chooses by the ClientHello.
    pub fn accept_undecided(transport: S, now: impl Into<UnixMillis>) -> Self {
        let clock = Clock::new(now);
        Self::over(transport, Buffered::server_undecided(clock.now(), &BufferPool::new(0)), clock)
    }

    fn over(transport: S, tls: Buffered, clock: Clock) -> Self {
        Self { transport, tls, clock, transport_flushed: true }
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        self.tls.connection()
    }

    /// What was negotiated and seen, after success and failure alike.
    pub fn facts(&self) -> &Facts {
        self.tls.connection().facts()
    }

    /// The transport.
    pub fn get_ref(&self) -> &S {
        &self.transport
    }

    /// The transport. Reading from it or writing to it breaks the connection; setting its options does not.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.transport
    }

    /// How many buffers are held; 0 while nothing is under way.
    pub fn held_buffers(&self) -> usize {
        self.tls.held_buffers()
    }

    /// A server's early data (0-RTT), apart from all other data; none unless the configuration accepts them. All of them are
    /// here when the handshake is complete. Anybody who saw them can have sent them, a second time as well (RFC 8446 §8): act
    /// only on what is safe to do twice.
    pub fn take_early_data(&mut self) -> Vec<u8> {
        self.tls.take_early_data()
    }

    /// A client's early data (0-RTT, RFC 8446 §2.3), before anything else: as much of `data` as the session allows is made
    /// ready to go with the ClientHello, and its length returned; 0 without a session that was kept and allows it, or if the
    /// configuration does not.
    ///
    /// Anybody who sees early data can send them again, so the caller has to declare them to be safe to act on twice. When the
    /// handshake is complete, [`Facts::early_data`](crate::Facts) says whether the server took them; **if not, they have to be
    /// written again**, if they are still what should be said under the protocol that was agreed on (§4.2.10).
    pub fn write_early_data(&mut self, data: ReplaySafe<'_>) -> Result<usize, Error> {
        let count = self.tls.connection().early_data_left().min(data.len());
        if count > 0 {
            self.tls.write_early_data(data.first(count))?;
        }
        Ok(count)
    }

    /// Changes the keys of this side (RFC 8446 §4.6.3) and asks for the peer's to be changed if wanted. The message
    /// goes out with the next write, flush or read.
    pub fn update_keys(&mut self, request_peer: bool) -> Result<(), Error> {
        self.tls.update_keys(request_peer)
    }

    /// Asks the client for a certificate after the handshake; see [`Connection::request_client_certificate`]. The message goes
    /// out with the next write, flush or read; reading takes the answer.
    pub fn request_client_certificate(&mut self) -> Result<(), Error> {
        self.tls.request_client_certificate()
    }

    /// Answers what the connection needs after the handshake ([`Connection::need`]): an external key's signature or a deferred
    /// verdict of post-handshake authentication. Reading fails until then, and goes on afterwards.
    pub fn reply(&mut self, reply: Reply) -> Result<(), Error> {
        self.tls.reply(reply)
    }

    /// Takes the stream apart.
    pub fn into_parts(self) -> Parts<S> {
        Parts {
            unread: self.tls.plaintext().to_vec(),
            unsent: self.tls.pending().to_vec(),
            transport: self.transport,
            connection: self.tls.into_connection(),
        }
    }
}

impl<S: Read + Write> Stream<S> {
    /// Ends this side's direction: what is pending and `close_notify` are written. Reading goes on (half close), and
    /// the transport stays open; close its write side as well if nothing else needs it.
    pub fn shutdown_write(&mut self) -> io::Result<()> {
        self.before_data()?;
        self.tls.close();
        self.flush_all()
    }

    /// Writes what is pending and flushes the transport.
    fn flush_all(&mut self) -> io::Result<()> {
        self.drain()?;
        while !self.transport_flushed {
            match self.transport.flush() {
                Ok(()) => self.transport_flushed = true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes what is pending.
    fn drain(&mut self) -> io::Result<()> {
        while !self.tls.pending().is_empty() {
            match self.transport.write(self.tls.pending()) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.tls.sent(count);
                    self.transport_flushed = false;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once from the transport.
    fn receive(&mut self) -> io::Result<()> {
        loop {
            match self.transport.read(self.tls.room()) {
                Ok(0) => self.tls.received_eof(),
                Ok(count) => self.tls.received(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            self.tls.set_time(self.clock.now());
            return Ok(());
        }
    }

    /// Brings plaintext, or none at the end.
    fn fill(&mut self) -> io::Result<()> {
        loop {
            match self.tls.process() {
                Ok(Step::Data | Step::Closed) => return Ok(()),
                Ok(Step::Progress) => {}
                Ok(Step::WantsOutput) => self.drain()?,
                Ok(Step::WantsReply) => return Err(handshake::unanswered()),
                Ok(Step::WantsInput) => {
                    // What cannot be written now must not keep data from being read that came before the transport
                    // failed; whoever writes will hear of it.
                    let _ = self.flush_all();
                    self.receive()?;
                }
                Err(error) => {
                    let _ = self.flush_all();
                    return Err(error.into());
                }
            }
        }
    }

    /// After data was accepted: writes as much as goes.
    fn accepted(&mut self, count: usize) -> io::Result<usize> {
        match self.drain() {
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
            _ => Ok(count),
        }
    }

    fn before_write(&mut self) -> io::Result<()> {
        self.before_data()?;
        if self.tls.is_closed() {
            return Err(io::Error::new(ErrorKind::BrokenPipe, "write after shutdown_write"));
        }
        if self.tls.wants_output() { self.drain() } else { Ok(()) }
    }
}

impl<S: Read + Write> Read for Stream<S> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        self.before_data()?;
        let filled = self.fill();
        let count = self.tls.take(to);
        self.tls.release();
        filled.map(|()| count)
    }
}

impl<S: Read + Write> Write for Stream<S> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.before_write()?;
        let count = self.tls.write(data)?;
        self.accepted(count)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.before_write()?;
        let count = self.tls.write_vectored(pieces)?;
        self.accepted(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.handshake()
    }
}
