//! One connection over one TCP stream: reads, feeds, writes, and notes when each message passed.

use std::{
    io,
    time::{Duration, Instant},
};

use tlsmith::{
    Connection, Facts,
    conn::{Direction, MAX_RECORD},
    session::UnixMillis,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::report::{Message, ms};

/// How many of the first bytes are kept: more than the greeting of any protocol needs to be known by.
const FIRST_BYTES: usize = 256;

/// A connection and its transport.
pub(crate) struct Link {
    tcp: TcpStream,
    conn: Connection,
    /// Received, not yet taken by the connection.
    input: Vec<u8>,
    /// To be written.
    out: Vec<u8>,
    /// The transport gave its end, or an error.
    ended: bool,
    trace: Trace,
    /// How many bytes came in all.
    received: u64,
    /// The first of them, as they came.
    first_bytes: Vec<u8>,
    /// The connection failed: what still comes is not looked at.
    failed: bool,
}

/// Why a connection broke.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The protocol says so.
    Tls(tlsmith::Error),
    /// The transport says so.
    Io(io::Error),
}

/// What [`Link::exchange`] did.
#[derive(Debug)]
pub(crate) enum Moved {
    /// Bytes came in, or the transport ended.
    In(io::Result<()>),
    /// Bytes went out, or cannot go out any more.
    Out(io::Result<()>),
}

impl Link {
    /// Wraps a connection that has put its ClientHello into `out`; time counts from `begun`.
    pub(crate) fn new(tcp: TcpStream, conn: Connection, out: Vec<u8>, begun: Instant) -> Self {
        let mut trace = Trace { begun, messages: Vec::new(), finished: [false; 2] };
        trace.note(conn.facts());
        Self {
            tcp,
            conn,
            input: Vec::new(),
            out,
            ended: false,
            trace,
            received: 0,
            first_bytes: Vec::new(),
            failed: false,
        }
    }

    /// What is known so far.
    pub(crate) fn facts(&self) -> &Facts {
        self.conn.facts()
    }

    /// The messages so far.
    pub(crate) fn messages(&self) -> &[Message] {
        &self.trace.messages
    }

    /// How many bytes came from the peer.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// The first bytes that came, as they came: what the peer speaks if it is not TLS.
    pub(crate) fn first_bytes(&self) -> &[u8] {
        &self.first_bytes
    }

    /// How many bytes wait to be written.
    pub(crate) fn backlog(&self) -> usize {
        self.out.len()
    }

    /// The peer said close_notify.
    pub(crate) fn is_peer_closed(&self) -> bool {
        self.conn.is_peer_closed()
    }

    /// Nothing more can be read.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended
    }

    /// Encrypts `data`, to be written by [`Link::exchange`].
    pub(crate) fn send(&mut self, data: &[u8]) -> Result<(), tlsmith::Error> {
        self.conn.send(data, &mut self.out)
    }

    /// Says close_notify, to be written by [`Link::exchange`].
    pub(crate) fn send_close(&mut self) {
        self.conn.send_close(&mut self.out);
        self.trace.note(self.conn.facts());
    }

    /// Forgets what waits to be written: it cannot be.
    pub(crate) fn forget_output(&mut self) {
        self.out.clear();
    }

    /// Feeds the connection what was received; application data is appended to `data`.
    pub(crate) fn process(&mut self, data: &mut Vec<u8>) -> Result<(), tlsmith::Error> {
        if self.failed {
            self.input.clear();
            return Ok(());
        }
        self.conn.set_time(UnixMillis::now());
        let mut done = 0;
        let result = loop {
            let rest = self.input.get_mut(done..).unwrap_or_default();
            let result = self.conn.handle_input(rest, &mut self.out);
            self.trace.note(self.conn.facts());
            match result {
                Ok(received) if received.consumed == 0 => break Ok(()),
                Ok(received) => {
                    data.extend_from_slice(received.data);
                    done += received.consumed;
                }
                Err(error) => break Err(error),
            }
        };
        self.input.drain(..done.min(self.input.len()));
        self.failed = result.is_err();
        result
    }

    /// Tells the connection that the transport ended.
    pub(crate) fn process_end(&mut self) -> Result<(), tlsmith::Error> {
        let result = self.conn.handle_eof();
        self.trace.note(self.conn.facts());
        result
    }

    /// Waits until bytes came in or went out. Nothing is lost if it is dropped.
    pub(crate) async fn exchange(&mut self) -> Moved {
        self.input.reserve(MAX_RECORD);
        let (mut read, mut write) = self.tcp.split();
        let before = self.input.len();
        tokio::select! {
            result = read.read_buf(&mut self.input), if !self.ended => {
                self.ended = !matches!(result, Ok(1..));
                let new = self.input.get(before..).unwrap_or_default();
                self.received += new.len() as u64;
                let room = FIRST_BYTES.saturating_sub(self.first_bytes.len()).min(new.len());
                self.first_bytes.extend_from_slice(new.get(..room).unwrap_or_default());
                Moved::In(result.map(drop))
            }
            result = write.write(&self.out), if !self.out.is_empty() => Moved::Out(match result {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => { self.out.drain(..count.min(self.out.len())); Ok(()) }
                Err(error) => Err(error),
            }),
            else => std::future::pending().await,
        }
    }

    /// Shakes hands. Application data that comes at once is appended to `early`.
    pub(crate) async fn handshake(&mut self, early: &mut Vec<u8>) -> Result<(), Broken> {
        let mut unwritten = None;
        loop {
            self.process(early).map_err(Broken::Tls)?;
            if !self.conn.is_handshaking() && self.out.is_empty() {
                return unwritten.map_or(Ok(()), |error| Err(Broken::Io(error)));
            }
            match self.exchange().await {
                Moved::Out(Ok(())) => {}
                Moved::Out(Err(error)) => {
                    // The peer has gone; what it said before it went is worth more than this error.
                    self.forget_output();
                    unwritten = Some(error);
                }
                Moved::In(result) if self.ended => {
                    // A whole record that came before the end still counts.
                    self.process(early).map_err(Broken::Tls)?;
                    return Err(match (result, unwritten) {
                        (Err(error), _) | (Ok(()), Some(error)) => Broken::Io(error),
                        (Ok(()), None) => self.process_end().map_or_else(Broken::Tls, |()| closed()),
                    });
                }
                Moved::In(_) => {}
            }
        }
    }

    /// Waits for the first thing that the peer says after the handshake, at most `grace`. True if it said something.
    ///
    /// A TLS 1.3 server judges the client's certificate, or that there is none, after the client's handshake is
    /// complete (RFC 8446 §4.4.2.4): only what comes next tells whether it was content.
    pub(crate) async fn listen(&mut self, grace: Duration, data: &mut Vec<u8>) -> Result<bool, Broken> {
        let (messages, bytes) = (self.messages().len(), data.len());
        let listening = async {
            loop {
                self.process(data).map_err(Broken::Tls)?;
                if self.messages().len() > messages || data.len() > bytes || self.is_peer_closed() {
                    return Ok(true);
                }
                if self.ended {
                    return Ok(false);
                }
                match self.exchange().await {
                    Moved::In(Ok(())) if self.ended => self.process_end().map_err(Broken::Tls)?,
                    Moved::In(Err(error)) => return Err(Broken::Io(error)),
                    Moved::Out(Err(_)) => self.forget_output(),
                    Moved::In(Ok(())) | Moved::Out(Ok(())) => {}
                }
            }
        };
        timeout(grace, listening).await.unwrap_or(Ok(false))
    }

    /// Writes what is left (an alert, perhaps), ends this side of the transport, and lets the peer end the other:
    /// a socket closed over unread bytes is reset, and the reset may overtake what was written last.
    ///
    /// An alert that comes now is an error still.
    pub(crate) async fn part(&mut self, grace: Duration) -> Result<(), tlsmith::Error> {
        let parting = async {
            while !self.out.is_empty() {
                match self.exchange().await {
                    Moved::Out(Ok(())) => {}
                    Moved::Out(Err(_)) => self.forget_output(),
                    Moved::In(_) => self.process(&mut Vec::new())?,
                }
            }
            // It may be gone already.
            let _ = self.tcp.shutdown().await;
            while !self.ended && !self.is_peer_closed() {
                self.exchange().await;
                self.process(&mut Vec::new())?;
            }
            Ok(())
        };
        timeout(grace, parting).await.unwrap_or(Ok(()))
    }
}

/// The transport ended in the handshake and the connection had nothing to say about it.
fn closed() -> Broken {
    Broken::Io(io::ErrorKind::UnexpectedEof.into())
}

/// When each message passed.
struct Trace {
    begun: Instant,
    messages: Vec<Message>,
    /// Whether Finished was seen, sent and received: what follows is under application keys.
    finished: [bool; 2],
}

impl Trace {
    /// Takes over what is new. [`Facts::messages`] keeps the handshake whole and is bounded, so this is too.
    fn note(&mut self, facts: &Facts) {
        let at_ms = ms(self.begun.elapsed());
        for note in facts.messages.get(self.messages.len()..).unwrap_or_default() {
            let (direction, [sent, received]) = (note.direction, &mut self.finished);
            let (direction, finished) = match direction {
                Direction::Sent => ("sent", sent),
                Direction::Received => ("received", received),
            };
            let protection = match (note.encrypted, *finished) {
                (false, _) => "none",
                (true, false) => "handshake",
                (true, true) => "application",
            };
            *finished |= note.name == "Finished";
            let (name, size, details) = (note.name, note.size, note.details.clone());
            self.messages.push(Message { direction, name, size, protection, details, at_ms });
        }
    }
}
