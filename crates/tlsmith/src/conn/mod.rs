//! What a user holds: a connection, its facts, its needs.

mod driver;
mod facts;
mod halves;
mod input;
mod machine;
mod need;
#[cfg(test)]
mod tests;
mod trace;

pub use facts::{
    CertificateFilter, CertificateRequestFacts, ClientHelloFacts, Direction, EarlyDataRefusal, EarlyDataStatus, Facts,
    MessageNote, PostHandshakeAuth, Role,
};
pub use need::{Need, Reply};

use std::{fmt, sync::Arc};

use tlsmith_x509::ServerName;

use self::{
    driver::Driver,
    halves::{ReadHalf, Settings, WriteHalf, note},
    machine::Machine,
};
use crate::{
    ClientConfig, Error, Rule, ServerConfig,
    record::{HEADER_LEN, MAX_CIPHERTEXT_TLS12, MAX_PLAINTEXT, RecordType},
    registry::AlertDescription,
    session::UnixMillis,
    tls13::{client, server},
};

/// One side of one TLS connection.
pub struct Connection {
    machine: Machine,
    read: ReadHalf,
    write: WriteHalf,
    facts: Facts,
    settings: Settings,
    now: UnixMillis,
    failure: Option<Failure>,
}

/// How a connection failed.
struct Failure {
    error: Error,
    in_handshake: bool,
}

/// What [`Connection::handle_input`] made of its input.
#[derive(Debug)]
pub struct Received<'b> {
    /// How many bytes at the front of the input are done with: the caller drops them before the next call.
    /// 0 means that nothing more can be done with this input: read more (or, if [`Connection::need`] is some, reply).
    pub consumed: usize,
    /// Application data, decrypted in place within the consumed bytes; often empty.
    pub data: &'b [u8],
    /// A server's early data (0-RTT), apart from all other data: anybody who saw them can have sent them, a second time as
    /// well (RFC 8446 §8). Empty unless the configuration accepts them.
    pub early_data: &'b [u8],
    /// Where `consumed` is 0 and no reply is awaited: how many bytes the input must hold in all before the next record
    /// is whole (at least one more than it has; never more than [`MAX_RECORD`]).
    pub wants: usize,
}

impl Received<'_> {
    const NOTHING: Self = Self { consumed: 0, data: &[], early_data: &[], wants: 0 };
}

/// Data that the caller declares to be safe to act on twice: a request without an effect, such as a GET that changes nothing.
/// Early data can be replayed, and the server cannot always tell (RFC 8446 §8, §E.5).
#[derive(Clone, Copy, Debug)]
pub struct ReplaySafe<'a>(&'a [u8]);

impl<'a> ReplaySafe<'a> {
    /// The caller's word for it.
    pub fn declare(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// Its first `count` bytes, or all of it.
    #[must_use]
    pub fn first(self, count: usize) -> Self {
        Self(self.0.get(..count).unwrap_or(self.0))
    }

    /// How many bytes it has.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// It has none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// The longest record on the wire: header, 2^14 bytes, 2048 of expansion, which TLS 1.2 allows (RFC 5246 §6.2.3; TLS 1.3
/// 256, RFC 8446 §5.2). An input buffer of this size never has to grow.
pub const MAX_RECORD: usize = HEADER_LEN + MAX_CIPHERTEXT_TLS12;

impl Connection {
    /// A client that means to reach `name`; the ClientHello is appended to `out`.
    pub fn client(
        config: Arc<ClientConfig>,
        name: ServerName,
        now: impl Into<UnixMillis>,
        out: &mut Vec<u8>,
    ) -> Result<Self, Error> {
        let mut connection = Self::new(Role::Client, Machine::Gone, now.into());
        connection.settings = Settings { key_log: config.key_log.clone(), trace: config.trace };
        connection.write.padding = config.padding.into();
        let state = client::start(config, name, &mut connection.driver(out, &[]))?;
        connection.machine = Machine::Client(state);
        connection.write.flush(out)?;
        Ok(connection)
    }

    /// A server.
    pub fn server(config: Arc<ServerConfig>, now: impl Into<UnixMillis>) -> Result<Self, Error> {
        let mut connection = Self::server_undecided(now);
        connection.adopt(&config);
        let state = server::State::WaitClientHello(Box::new(server::WaitClientHello { config: Some(config) }));
        connection.machine = Machine::Server(state);
        Ok(connection)
    }

    /// A server that pauses with [`Need::ChooseConfig`] when it has read the ClientHello.
    pub fn server_undecided(now: impl Into<UnixMillis>) -> Self {
        let state = server::State::WaitClientHello(Box::new(server::WaitClientHello { config: None }));
        let mut connection = Self::new(Role::Server, Machine::Server(state), now.into());
        connection.write.initial = false;
        connection
    }

    fn new(role: Role, machine: Machine, now: UnixMillis) -> Self {
        Self {
            machine,
            read: ReadHalf::new(),
            write: WriteHalf::new(),
            facts: Facts::new(role),
            settings: Settings::default(),
            now,
            failure: None,
        }
    }

    fn adopt(&mut self, config: &ServerConfig) {
        self.settings = Settings { key_log: config.key_log.clone(), trace: config.trace };
        self.write.padding = config.padding.into();
    }

    /// Takes at most one record from the front of `input`. What must be sent in answer is appended to `out`; on an
    /// error that is the alert, to be written before the transport is closed. After an error every call fails alike.
    ///
    /// Call it again as long as `consumed` is not 0.
    pub fn handle_input<'b>(&mut self, input: &'b mut [u8], out: &mut Vec<u8>) -> Result<Received<'b>, Error> {
        self.check_failure()?;
        self.read_record(input, out).map_err(|error| self.fail(error, out))
    }

    /// The transport ended. Fine after `close_notify`, truncation otherwise.
    pub fn handle_eof(&mut self) -> Result<(), Error> {
        self.check_failure()?;
        if self.read.closed {
            return Ok(());
        }
        let error = match self.is_handshaking() {
            true => Error::new(Rule::HandshakeEof, self.machine.progress()),
            false => Error::new(Rule::Truncated, ""),
        };
        Err(self.end(error))
    }

    /// What the connection waits for, if it is not for bytes.
    pub fn need(&self) -> Option<Need<'_>> {
        self.machine.need(&self.facts, self.now.seconds())
    }

    /// Answers [`Connection::need`]; the handshake goes on with what was received meanwhile. A reply that answers
    /// another need is refused and changes nothing.
    pub fn reply(&mut self, reply: Reply, out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_failure()?;
        let fits = matches!(
            (self.need(), &reply),
            (Some(Need::ChooseConfig(_)), Reply::Config(_))
                | (Some(Need::VerifyPeer(_)), Reply::Verdict(_))
                | (Some(Need::Sign { .. }), Reply::Signature(_))
                | (Some(Need::DecryptTicket(_)), Reply::Ticket(_))
        );
        if !fits {
            return Err(Error::new(Rule::NothingNeeded, ""));
        }
        if let Reply::Config(config) = &reply {
            self.adopt(config);
        }
        self.resume(reply, out).map_err(|error| self.fail(error, out))
    }

    /// Encrypts all of `data`. Before the handshake is complete, and after [`Connection::send_close`], it is an error; but a
    /// server that reads early data may answer them at once (RFC 8446 §2.3).
    ///
    /// Where a key comes near its limit (RFC 8446 §5.5) or the peer asked for it (§4.6.3), a KeyUpdate goes before the data.
    pub fn send(&mut self, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_sendable()?;
        for piece in data.chunks(MAX_PLAINTEXT) {
            let worn = !self.is_handshaking()
                && self.write.sealer.as_ref().is_some_and(crate::record::protect::Sealer::needs_key_update);
            if worn || self.write.owes_key_update {
                self.send_key_update(false, out).map_err(|error| self.fail(error, out))?;
            }
            self.write.append(RecordType::ApplicationData, piece, out).map_err(|error| self.fail(error, out))?;
        }
        Ok(())
    }

    /// How many bytes of early data may be sent now: 0 where there is no session that allows them, or the handshake is past
    /// them.
    pub fn early_data_left(&self) -> usize {
        let left = self.write.early_data.filter(|_| self.failure.is_none() && !self.write.closed);
        left.and_then(|left| usize::try_from(left).ok()).unwrap_or_default()
    }

    /// Encrypts data that go before the server has answered (0-RTT, RFC 8446 §2.3): a client that resumes a session which
    /// allows it, and whose configuration does, can call it from the beginning. All of `data` or an error.
    ///
    /// Whether the server read them says [`Facts::early_data`] after the handshake; if not, they have to be sent again.
    pub fn send_early_data(&mut self, data: ReplaySafe<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_failure()?;
        let left = self.early_data_left();
        if data.0.len() > left || left == 0 {
            let wanted = data.0.len();
            return Err(Error::new(Rule::EarlyDataRefused, format!("{wanted} bytes, where {left} may be sent")));
        }
        for piece in data.0.chunks(MAX_PLAINTEXT) {
            self.write.append(RecordType::ApplicationData, piece, out).map_err(|error| self.fail(error, out))?;
        }
        let spent = u32::try_from(data.0.len()).unwrap_or(u32::MAX);
        self.write.early_data = self.write.early_data.map(|left| left.saturating_sub(spent));
        Ok(())
    }

    /// Ends this side's direction with `close_notify`; receiving goes on (half close). Idempotent.
    pub fn send_close(&mut self, out: &mut Vec<u8>) {
        self.send_alert(AlertDescription::CLOSE_NOTIFY, out);
    }

    /// Sends a KeyUpdate (RFC 8446 §4.6.3), asking for the peer's as well if wanted. TLS 1.2 has none: it is refused.
    pub fn update_keys(&mut self, request_peer: bool, out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_complete()?;
        if self.machine.is_tls12() {
            return Err(Error::new(Rule::NoKeyUpdate, ""));
        }
        self.send_key_update(request_peer, out).map_err(|error| self.fail(error, out))
    }

    /// Asks the client for a certificate after the handshake (RFC 8446 §4.6.2), as
    /// [`ServerConfigBuilder::post_handshake_auth`](crate::config::ServerConfigBuilder::post_handshake_auth) says; for a server
    /// of TLS 1.3 whose client offers it, one request at a time. What comes of it is in
    /// [`Facts::post_handshake_auth`]; data that come before belong to the client as it was known before.
    pub fn request_client_certificate(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.check_complete()?;
        let Self { machine, read, write, facts, settings, now, .. } = self;
        let mut driver = Driver { read, write, facts, settings, now: *now, out, rest: &[] };
        match machine.established_mut() {
            Some(established) => established.request_certificate(&mut driver)?,
            None => return Err(Error::new(Rule::PostHandshakeAuthRefused, "TLS 1.2 does not have it")),
        }
        self.write.flush(out).map_err(|error| self.fail(error, out))
    }

    /// Tells the time. Certificates are judged by it, and tickets dated: whoever resumes tells it before each
    /// [`Connection::handle_input`], or the ages of tickets are wrong by as much as the connection is old.
    pub fn set_time(&mut self, now: impl Into<UnixMillis>) {
        self.now = now.into();
    }

    /// The handshake is not complete; of a connection that failed: it was not when it did.
    pub fn is_handshaking(&self) -> bool {
        match &self.failure {
            Some(failure) => failure.in_handshake,
            None => !self.machine.is_established(),
        }
    }

    /// The peer sent `close_notify`: no more data will come.
    pub fn is_peer_closed(&self) -> bool {
        self.read.closed
    }

    /// What was negotiated and seen so far; stays after a failure.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Exports keying material (RFC 8446 §7.5, RFC 5705). No context is the same as an empty one in TLS 1.3, and something
    /// else in TLS 1.2. Where a peer of TLS 1.2 lacks extended_master_secret (RFC 7627), nothing is exported.
    pub fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        self.check_failure()?;
        self.machine.export(label, context, out)
    }

    fn check_failure(&self) -> Result<(), Error> {
        self.failure.as_ref().map_or(Ok(()), |failure| Err(failure.error.clone()))
    }

    fn check_sendable(&self) -> Result<(), Error> {
        self.check_failure()?;
        match (self.is_handshaking() && !self.machine.answers_early_data(), self.write.closed) {
            (true, _) => Err(Error::new(Rule::NotYet, "")),
            (false, true) => Err(Error::new(Rule::AlreadyClosed, "")),
            (false, false) => Ok(()),
        }
    }

    /// As [`Connection::check_sendable`], for what has no place beside early data.
    fn check_complete(&self) -> Result<(), Error> {
        self.check_sendable()?;
        if self.is_handshaking() { Err(Error::new(Rule::NotYet, "")) } else { Ok(()) }
    }

    fn driver<'a>(&'a mut self, out: &'a mut Vec<u8>, rest: &'a [u8]) -> Driver<'a> {
        Driver {
            read: &mut self.read,
            write: &mut self.write,
            facts: &mut self.facts,
            settings: &self.settings,
            now: self.now,
            out,
            rest,
        }
    }

    fn send_key_update(&mut self, request_peer: bool, out: &mut Vec<u8>) -> Result<(), Error> {
        let Self { machine, read, write, facts, settings, now, .. } = self;
        let mut driver = Driver { read, write, facts, settings, now: *now, out, rest: &[] };
        match machine.established_mut() {
            Some(established) => established.update_write_keys(request_peer, &mut driver)?,
            None => return Err(Error::new(Rule::NotYet, "")),
        }
        self.write.owes_key_update = false;
        Ok(())
    }

    /// Sends an alert and ends this direction (RFC 8446 §6.1: close_notify is a warning by its level, all others fatal).
    fn send_alert(&mut self, alert: AlertDescription, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.write.closed, true) {
            return;
        }
        const WARNING: u8 = 1;
        const FATAL: u8 = 2;
        let level = if alert == AlertDescription::CLOSE_NOTIFY { WARNING } else { FATAL };
        let encrypted = self.write.sealer.is_some();
        // What waits was made for a handshake that is over.
        self.write.pending = Vec::new();
        // A key that cannot seal any more cannot say so either; the transport's end has to.
        if self.write.append(RecordType::Alert, &[level, alert.0], out).is_ok() {
            note(&mut self.facts, Direction::Sent, "Alert", 2, encrypted, vec![alert.to_string()]);
        }
    }

    /// Ends everything because of `error`, and says so by its alert.
    fn fail(&mut self, error: Error, out: &mut Vec<u8>) -> Error {
        if let Some(alert) = error.alert() {
            self.send_alert(alert, out);
        }
        if let Some(established) = self.machine.established_tls12() {
            established.forget_session();
        }
        self.end(error)
    }

    /// Nothing works any more. "Servers and clients MUST forget the secret values and keys established in failed
    /// connections" (RFC 8446 §6.2): the states and the record protection hold all of them.
    fn end(&mut self, error: Error) -> Error {
        let in_handshake = self.is_handshaking();
        self.machine = Machine::Gone;
        self.read.forget();
        self.write.forget();
        self.failure = Some(Failure { error: error.clone(), in_handshake });
        error
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("role", &self.facts.role)
            .field("state", &self.machine.name())
            .field("failure", &self.failure.as_ref().map(|failure| &failure.error))
            .finish_non_exhaustive()
    }
}
