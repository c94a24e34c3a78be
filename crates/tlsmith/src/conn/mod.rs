//! What a user holds: a connection, its facts, its needs.

mod facts;
mod need;

pub use facts::{CertificateRequestFacts, ClientHelloFacts, Direction, Facts, MessageNote, Role};
pub use need::{Need, Reply};

use std::sync::Arc;

use tlsmith_x509::{ServerName, UnixTime};

use crate::{ClientConfig, Error, ServerConfig};

/// One side of one TLS connection.
#[derive(Debug)]
pub struct Connection {}

/// What [`Connection::handle_input`] made of its input.
#[derive(Debug)]
pub struct Received<'b> {
    /// How many bytes at the front of the input are done with: the caller drops them before the next call.
    /// 0 means that nothing more can be done with this input: read more (or, if [`Connection::need`] is some, reply).
    pub consumed: usize,
    /// Application data, decrypted in place within the consumed bytes; often empty.
    pub data: &'b [u8],
    /// Where `consumed` is 0: how many bytes the input must hold in all before the next record is whole (at least one
    /// more than it has; never more than [`MAX_RECORD`]).
    pub wants: usize,
}

/// The longest record on the wire: header, 2^14 bytes, 256 of expansion (RFC 8446 §5.2). An input buffer of this size
/// never has to grow.
pub const MAX_RECORD: usize = 5 + (1 << 14) + 256;

impl Connection {
    /// A client that means to reach `name`; the ClientHello is appended to `out`.
    pub fn client(
        config: Arc<ClientConfig>,
        name: ServerName,
        now: UnixTime,
        out: &mut Vec<u8>,
    ) -> Result<Self, Error> {
        let _ = (config, name, now, out);
        todo!()
    }
    /// A server.
    pub fn server(config: Arc<ServerConfig>, now: UnixTime) -> Result<Self, Error> {
        let _ = (config, now);
        todo!()
    }
    /// A server that pauses with [`Need::ChooseConfig`] when it has read the ClientHello.
    pub fn server_undecided(now: UnixTime) -> Self {
        let _ = now;
        todo!()
    }

    /// Takes at most one record from the front of `input`. What must be sent in answer is appended to `out`; on an
    /// error that is the alert, to be written before the transport is closed. After an error every call fails alike.
    ///
    /// Call it again as long as `consumed` is not 0.
    pub fn handle_input<'b>(&mut self, input: &'b mut [u8], out: &mut Vec<u8>) -> Result<Received<'b>, Error> {
        let _ = (input, out);
        todo!()
    }
    /// The transport ended. Fine after `close_notify`, truncation otherwise.
    pub fn handle_eof(&mut self) -> Result<(), Error> {
        todo!()
    }

    /// What the connection waits for, if it is not for bytes.
    pub fn need(&self) -> Option<Need<'_>> {
        todo!()
    }
    /// Answers [`Connection::need`]; the handshake goes on with what was received meanwhile.
    pub fn reply(&mut self, reply: Reply, out: &mut Vec<u8>) -> Result<(), Error> {
        let _ = (reply, out);
        todo!()
    }

    /// Encrypts all of `data`. Before the handshake is complete, and after [`Connection::send_close`], it is an error.
    pub fn send(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let _ = (data, out);
        todo!()
    }
    /// Ends this side's direction with `close_notify`; receiving goes on (half close). Idempotent.
    pub fn send_close(&mut self, out: &mut Vec<u8>) {
        let _ = out;
        todo!()
    }
    /// Sends a KeyUpdate (RFC 8446 §4.6.3), asking for the peer's as well if wanted.
    pub fn update_keys(&mut self, request_peer: bool, out: &mut Vec<u8>) -> Result<(), Error> {
        let _ = (request_peer, out);
        todo!()
    }
    /// Tells the time, for verification that is still to come.
    pub fn set_time(&mut self, now: UnixTime) {
        let _ = now;
    }

    /// The handshake is not complete.
    pub fn is_handshaking(&self) -> bool {
        todo!()
    }
    /// The peer sent `close_notify`: no more data will come.
    pub fn is_peer_closed(&self) -> bool {
        todo!()
    }
    /// What was negotiated and seen so far; stays after a failure.
    pub fn facts(&self) -> &Facts {
        todo!()
    }
    /// Exports keying material (RFC 8446 §7.5). No context is the same as an empty one in TLS 1.3.
    pub fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        let _ = (label, context, out);
        todo!()
    }
}
