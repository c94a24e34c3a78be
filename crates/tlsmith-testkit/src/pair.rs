//! Two connections joined in memory, with what passes between them cut wherever the test wants.

use std::sync::Arc;

use tlsmith::{ClientConfig, Connection, Error, ServerConfig, session::UnixMillis};
use tlsmith_x509::ServerName;

/// Where a stream is cut before it is handed on.
#[derive(Clone, Debug)]
pub enum Cut {
    /// Nowhere: all that is there at once.
    Nowhere,
    /// After each byte.
    EachByte,
    /// After as many bytes as the next number says, over and over again; a 0 counts as 1.
    After(Vec<usize>),
}

/// One end: the connection, what it has not taken yet, and what came out of it.
#[derive(Debug)]
pub struct End {
    /// The connection.
    pub connection: Connection,
    /// Application data that it received.
    pub received: Vec<u8>,
    /// How it failed, if it did.
    pub error: Option<Error>,
    input: Vec<u8>,
    /// What it wants to send.
    pub output: Vec<u8>,
}

impl End {
    /// An end whose connection has already put `output` out.
    pub fn new(connection: Connection, output: Vec<u8>) -> Self {
        Self { connection, received: Vec::new(), error: None, input: Vec::new(), output }
    }

    /// Takes some bytes from the transport, and works off as much as can be.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        while self.error.is_none() && !self.input.is_empty() {
            match self.connection.handle_input(&mut self.input, &mut self.output) {
                Ok(received) => {
                    self.received.extend_from_slice(received.data);
                    match received.consumed {
                        0 => {
                            assert!(received.wants > self.input.len(), "it asks for what it has already");
                            return;
                        }
                        consumed => drop(self.input.drain(..consumed)),
                    }
                }
                Err(error) => self.error = Some(error),
            }
        }
    }
}

/// A client and a server.
#[derive(Debug)]
pub struct Pair {
    /// The client.
    pub client: End,
    /// The server.
    pub server: End,
    cut: Cut,
    turn: usize,
}

impl Pair {
    /// Puts the two together; nothing passes yet.
    pub fn new(
        client: Arc<ClientConfig>,
        server: Arc<ServerConfig>,
        name: ServerName,
        now: impl Into<UnixMillis>,
        cut: Cut,
    ) -> Result<Self, Error> {
        let now = now.into();
        let mut hello = Vec::new();
        let client = Connection::client(client, name, now, &mut hello)?;
        let server = Connection::server(server, now)?;
        Ok(Self { client: End::new(client, hello), server: End::new(server, Vec::new()), cut, turn: 0 })
    }

    /// Passes everything to and fro until there is nothing more to pass.
    pub fn run(&mut self) {
        while !self.client.output.is_empty() || !self.server.output.is_empty() {
            let flight = std::mem::take(&mut self.client.output);
            self.pass(&flight, true);
            let flight = std::mem::take(&mut self.server.output);
            self.pass(&flight, false);
        }
    }

    fn pass(&mut self, mut flight: &[u8], to_server: bool) {
        while !flight.is_empty() {
            let count = match &self.cut {
                Cut::Nowhere => flight.len(),
                Cut::EachByte => 1,
                Cut::After(counts) => counts.get(self.turn % counts.len().max(1)).copied().unwrap_or(1).max(1),
            };
            self.turn += 1;
            let (now, later) = flight.split_at(count.min(flight.len()));
            if to_server {
                self.server.receive(now)
            } else {
                self.client.receive(now)
            }
            flight = later;
        }
    }
}
