//! A connection together with the buffers that a loop over a transport needs: what [`blocking`](crate::blocking) and
//! `tlsmith-tokio` have in common, and the place to start for another adapter.
//!
//! The loop: [`Buffered::process`] until it wants something; write [`Buffered::pending`] and say
//! [`Buffered::sent`]; read into [`Buffered::room`], say [`Buffered::received`], and [`Buffered::set_time`].

mod input;
mod output;
mod pool;

use std::{io::IoSlice, sync::Arc};

use tlsmith_x509::ServerName;

pub use pool::BufferPool;

use crate::{
    ClientConfig, Connection, Error, Rule, ServerConfig,
    conn::{MAX_RECORD, ReplaySafe, Reply},
    session::UnixMillis,
};
use input::{Dealt, Input};
use output::Output;

/// Data is accepted only while less ciphertext than this waits for the transport; [`Buffered::pending`] can be longer
/// by one record.
pub const OUTPUT_LIMIT: usize = 64 << 10;

/// Records are dealt with only while less ciphertext than this waits, because a record may want an answer. More than
/// writing alone can leave, or two peers that both write and do not read would wait for each other.
const ANSWER_LIMIT: usize = OUTPUT_LIMIT + 2 * MAX_RECORD;

/// The longest content of one record (RFC 8446 §5.1).
const MAX_CONTENT: usize = 1 << 14;

/// What [`Buffered::process`] did, or waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A record was dealt with, call again.
    Progress,
    /// There is [`Buffered::plaintext`] to be taken.
    Data,
    /// Bytes from the transport are wanted.
    WantsInput,
    /// So much waits to be sent that nothing more is received before some of it is.
    WantsOutput,
    /// [`Connection::need`] wants an answer.
    WantsReply,
    /// The peer said `close_notify`, all data was taken.
    Closed,
}

/// A connection and its buffers.
#[derive(Debug)]
pub struct Buffered {
    connection: Connection,
    pool: BufferPool,
    input: Input,
    output: Output,
    /// Early data that nobody took yet; the configuration bounds it.
    early_data: Vec<u8>,
    failure: Option<Error>,
    closed: bool,
}

impl Buffered {
    /// A client; its ClientHello is pending.
    pub fn client(
        config: Arc<ClientConfig>,
        name: ServerName,
        now: impl Into<UnixMillis>,
        pool: &BufferPool,
    ) -> Result<Self, Error> {
        let mut output = Output::new(pool.clone());
        let connection = Connection::client(config, name, now, output.sink())?;
        Ok(Self::with(connection, output, pool))
    }

    /// A server.
    pub fn server(config: Arc<ServerConfig>, now: impl Into<UnixMillis>, pool: &BufferPool) -> Result<Self, Error> {
        Ok(Self::with(Connection::server(config, now)?, Output::new(pool.clone()), pool))
    }

    /// A server whose configuration is chosen by the ClientHello; see [`Connection::server_undecided`].
    pub fn server_undecided(now: impl Into<UnixMillis>, pool: &BufferPool) -> Self {
        Self::with(Connection::server_undecided(now), Output::new(pool.clone()), pool)
    }

    fn with(connection: Connection, output: Output, pool: &BufferPool) -> Self {
        let input = Input::new(pool.clone());
        Self { connection, pool: pool.clone(), input, output, early_data: Vec::new(), failure: None, closed: false }
    }

    /// Tells the time; see [`Connection::set_time`].
    pub fn set_time(&mut self, now: impl Into<UnixMillis>) {
        self.connection.set_time(now);
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Takes the connection out of its buffers.
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    /// Why the connection failed, if it did.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// How many buffers are held: none while nothing is under way and [`Buffered::release`] was called.
    pub fn held_buffers(&self) -> usize {
        usize::from(self.input.holds_buffer()) + usize::from(self.output.holds_buffer())
    }

    /// Deals with at most one record of what was received.
    ///
    /// An error is fatal and stays; its alert is pending.
    pub fn process(&mut self) -> Result<Step, Error> {
        if !self.input.plaintext().is_empty() {
            return Ok(Step::Data);
        }
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        if self.connection.is_peer_closed() {
            // RFC 8446 §6.1: what follows close_notify is ignored.
            self.input.clear();
            return Ok(Step::Closed);
        }
        if self.output.pending().len() >= ANSWER_LIMIT {
            return Ok(Step::WantsOutput);
        }
        let input = self.input.unprocessed();
        if input.is_empty() {
            return Ok(self.wants());
        }
        let at = input.as_ptr();
        let dealt = match self.connection.handle_input(input, self.output.sink()) {
            Ok(received) => {
                self.early_data.extend_from_slice(received.early_data);
                Dealt::new(at, &received)
            }
            Err(error) => return Err(self.fail(error)),
        };
        if dealt.nothing() {
            return Ok(self.wants());
        }
        self.input.processed(dealt);
        Ok(if self.input.plaintext().is_empty() { Step::Progress } else { Step::Data })
    }

    fn wants(&self) -> Step {
        if self.connection.need().is_some() { Step::WantsReply } else { Step::WantsInput }
    }

    fn fail(&mut self, error: Error) -> Error {
        self.input.clear();
        self.failure = Some(error.clone());
        error
    }

    /// Answers [`Connection::need`]. A reply that answers another need is refused and changes nothing.
    pub fn reply(&mut self, reply: Reply) -> Result<(), Error> {
        self.connection.reply(reply, self.output.sink()).map_err(|error| match error.rule() {
            Rule::NothingNeeded => error,
            _ => self.fail(error),
        })
    }

    /// Decrypted data.
    pub fn plaintext(&self) -> &[u8] {
        self.input.plaintext()
    }

    /// Copies plaintext to `to` and drops what was copied.
    pub fn take(&mut self, to: &mut [u8]) -> usize {
        let from = self.input.plaintext();
        let count = from.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..count), from.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        count
    }

    /// Drops `count` bytes at the front of the plaintext.
    pub fn consume(&mut self, count: usize) {
        self.input.consume_plaintext(count);
    }

    /// A server's early data so far (0-RTT), apart from the plaintext: see [`Received::early_data`](crate::Received). They
    /// can come while the handshake goes on, and no more of them once it is complete.
    pub fn take_early_data(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.early_data)
    }

    /// Encrypts early data; see [`Connection::send_early_data`]. All of it, or an error that changes nothing.
    pub fn write_early_data(&mut self, data: ReplaySafe<'_>) -> Result<(), Error> {
        self.connection.send_early_data(data, self.output.sink())
    }

    /// Where bytes from the transport go; not empty after [`Step::WantsInput`].
    pub fn room(&mut self) -> &mut [u8] {
        self.input.room()
    }

    /// `count` bytes from the transport were put at the front of [`Buffered::room`].
    pub fn received(&mut self, count: usize) {
        self.input.received(count);
    }

    /// The transport ended; [`Buffered::process`] tells what it means.
    pub fn received_eof(&mut self) {
        if let Err(error) = self.connection.handle_eof() {
            self.fail(error);
        }
    }

    /// What the transport has to take.
    pub fn pending(&self) -> &[u8] {
        self.output.pending()
    }

    /// The transport took `count` bytes at the front of [`Buffered::pending`].
    pub fn sent(&mut self, count: usize) {
        self.output.sent(count);
    }

    /// So much is pending that [`Buffered::write`] accepts nothing.
    pub fn wants_output(&self) -> bool {
        self.output.pending().len() >= OUTPUT_LIMIT
    }

    /// Encrypts from the front of `data` as long as less than [`OUTPUT_LIMIT`] is pending; says how much was
    /// accepted.
    pub fn write(&mut self, data: &[u8]) -> Result<usize, Error> {
        let mut accepted = 0;
        for content in data.chunks(MAX_CONTENT) {
            if self.wants_output() {
                break;
            }
            self.connection.send(content, self.output.record_sink())?;
            accepted += content.len();
        }
        Ok(accepted)
    }

    /// The same for data in pieces; short pieces are put together into one record.
    pub fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> Result<usize, Error> {
        let mut filled = pieces.iter().filter(|piece| !piece.is_empty());
        let first = filled.next().map(|piece| &**piece).unwrap_or_default();
        if first.len() >= MAX_CONTENT || filled.next().is_none() {
            return self.write(first);
        }
        let mut record = self.pool.take_input();
        let gathered = gather(pieces, record.get_mut(..MAX_CONTENT).unwrap_or_default());
        let result = self.write(record.get(..gathered).unwrap_or_default());
        self.pool.put_input(record, gathered);
        result
    }

    /// Ends this side's direction: `close_notify` is pending, receiving goes on.
    pub fn close(&mut self) {
        if !self.closed {
            self.closed = true;
            self.connection.send_close(self.output.sink());
        }
    }

    /// [`Buffered::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Changes the keys of this side, and asks for the peer's to be changed if wanted.
    pub fn update_keys(&mut self, request_peer: bool) -> Result<(), Error> {
        self.connection.update_keys(request_peer, self.output.sink())
    }

    /// Asks the client for a certificate; see [`Connection::request_client_certificate`].
    pub fn request_client_certificate(&mut self) -> Result<(), Error> {
        self.connection.request_client_certificate(self.output.sink())
    }

    /// Gives buffers with nothing in them back to the pool.
    pub fn release(&mut self) {
        self.input.release();
        self.output.release();
    }
}

/// Copies from the pieces, one after the other, until `to` is full.
fn gather(pieces: &[IoSlice<'_>], to: &mut [u8]) -> usize {
    let mut filled = 0;
    for piece in pieces {
        let room = to.get_mut(filled..).unwrap_or_default();
        let count = piece.len().min(room.len());
        if let (Some(room), Some(piece)) = (room.get_mut(..count), piece.get(..count)) {
            room.copy_from_slice(piece);
        }
        filled += count;
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_until_full() {
        let pieces = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde"), IoSlice::new(b"f")];
        let mut to = [0; 4];
        assert_eq!(gather(&pieces, &mut to), 4);
        assert_eq!(&to, b"abcd");
        let mut to = [0; 9];
        assert_eq!(gather(&pieces, &mut to), 6);
        assert_eq!(&to[..6], b"abcdef");
    }
}
