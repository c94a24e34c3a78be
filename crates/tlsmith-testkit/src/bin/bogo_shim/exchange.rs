//! The connection: handshake, echo, end.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream},
    sync::Arc,
};

use tlsmith::{
    Connection,
    conn::{EarlyDataStatus, Need, ReplaySafe, Reply},
};

use crate::{
    Failure, Options, Plan, checks,
    setup::{self, Kept, Setup, Verifier},
};

/// What one step of reading brought.
enum Step {
    /// Application data.
    Data(Vec<u8>),
    /// Early data.
    EarlyData(Vec<u8>),
    /// Something else moved on.
    Progress,
    /// The peer said close_notify.
    Closed,
    /// The peer just ended the transport.
    Truncated(tlsmith::Error),
}

/// Makes the connections that the arguments ask for, one after the other.
pub(crate) fn run(plan: &Plan) -> Result<(), Failure> {
    let kept = Arc::new(Kept::new(&*setup::provider())?);
    connect(&plan.initial, &plan.initial, &kept, false)?;
    kept.pass(plan.initial.resumption_delay);
    for _ in 0..plan.initial.resume_count {
        if !plan.initial.server && kept.client.is_empty() {
            return Err(Failure::Unexpected(String::from("no session to offer")));
        }
        connect(&plan.resume, &plan.retry, &kept, true)?;
        kept.pass(plan.resume.resumption_delay);
    }
    Ok(())
}

/// Connects to the runner and does what the arguments say: the first ones, and where early data were rejected, from then
/// on the others.
fn connect(options: &Options, retry: &Options, kept: &Arc<Kept>, resumes: bool) -> Result<(), Failure> {
    let setup = setup::load(options, kept)?;
    let mut out = Vec::new();
    let now = kept.now();
    let mut connection = match options.server {
        false => {
            let (config, name) = setup.client(options)?;
            Connection::client(config, name, now, &mut out)?
        }
        // A server that learns its configuration late takes the longer way through the same machine.
        true if options.is_async || options.use_early_callback => Connection::server_undecided(now),
        true => Connection::server(setup.server(options)?, now)?,
    };
    let mut wire = Wire::connect(options)?;
    wire.out = out;
    wire.resumes = resumes;
    let result = wire.exchange(&mut connection, &setup, retry);
    wire.finish();
    result
}

/// The socket with the buffers on both sides of the connection.
struct Wire<'a> {
    options: &'a Options,
    stream: TcpStream,
    /// What was read and is not yet shown to the connection: it gets it byte by byte in asynchronous tests.
    pending: Vec<u8>,
    /// What the connection has not yet taken.
    input: Vec<u8>,
    /// What is to be written.
    out: Vec<u8>,
    /// The socket takes no more: the peer's reason may still be there to be read.
    broken: Option<io::Error>,
    /// There was a connection before this one.
    resumes: bool,
}

impl<'a> Wire<'a> {
    fn connect(options: &'a Options) -> Result<Self, Failure> {
        let address = match options.ipv6 {
            true => SocketAddr::from((Ipv6Addr::LOCALHOST, options.port)),
            false => SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)),
        };
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.write_all(&options.shim_id.to_le_bytes())?;
        Ok(Self {
            options,
            stream,
            pending: Vec::new(),
            input: Vec::new(),
            out: Vec::new(),
            broken: None,
            resumes: false,
        })
    }

    /// Ends gracefully: a reset would take away from the runner what it has not yet read.
    fn finish(mut self) {
        self.flush();
        if self.stream.shutdown(Shutdown::Write).is_ok() {
            let mut rest = [0; 4096];
            while matches!(self.stream.read(&mut rest), Ok(count) if count > 0) {}
        }
    }

    fn flush(&mut self) {
        if self.broken.is_none() {
            self.broken = self.stream.write_all(&self.out).err();
        }
        self.out.clear();
    }

    fn exchange(&mut self, connection: &mut Connection, setup: &Setup, retry: &'a Options) -> Result<(), Failure> {
        let late = self.write_early(connection)?;
        self.handshake(connection, setup)?;
        let rejected = connection.facts().early_data == EarlyDataStatus::Rejected;
        if !self.options.server && rejected != (self.resumes && self.options.expect_reject_early_data) {
            return Err(Failure::Unexpected(format!("early data: {:?}", connection.facts().early_data)));
        }
        if !self.options.server && rejected {
            self.options = retry;
        }
        let options = self.options;
        if !options.implicit_handshake {
            checks::handshake(options, connection.facts(), setup, self.resumes)?;
        }
        if options.no_op_extra_handshake {
            self.handshake_again(connection)?;
        }
        self.export(connection, setup)?;
        if options.write_different_record_sizes {
            for length in [0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769] {
                connection.send(&vec![0x42; length], &mut self.out)?;
                self.flush();
            }
            return self.close(connection, setup);
        }
        match late {
            Some(late) if !rejected => connection.send(&late, &mut self.out)?,
            _ => self.first_write(connection)?,
        }
        if !options.shim_shuts_down {
            self.echo(connection, setup)?;
        }
        checks::sessions_after(options, connection.facts(), setup)?;
        self.close(connection, setup)
    }

    /// Sends early data if there is a session for them, as much as it allows; what is left to be sent later, if any were.
    fn write_early(&mut self, connection: &mut Connection) -> Result<Option<Vec<u8>>, Failure> {
        let options = self.options;
        let offers = connection.early_data_left() > 0;
        if self.resumes && !options.server && options.expect_no_offer_early_data && offers {
            return Err(Failure::Unexpected(String::from("early data were offered")));
        }
        if !offers {
            return Ok(None);
        }
        if options.export_keying_material > 0 {
            connection.export(&options.export_label, None, &mut [0])?;
        }
        if !options.shim_writes_first {
            return Ok(None);
        }
        let mut rest = Vec::new();
        for _ in 0..options.repeat_shim_initial_write.unwrap_or(1) {
            let data = initial_data(options);
            let (early, late) = data.split_at(data.len().min(connection.early_data_left()));
            if !early.is_empty() {
                connection.send_early_data(ReplaySafe::declare(early), &mut self.out)?;
            }
            rest.extend(late);
        }
        Ok(Some(rest))
    }

    /// Runs the handshake; a server answers early data while it lasts.
    fn handshake(&mut self, connection: &mut Connection, setup: &Setup) -> Result<(), Failure> {
        while connection.is_handshaking() {
            match self.step(connection, setup)? {
                Step::Progress => {}
                Step::EarlyData(data) => self.answer_data(connection, data)?,
                Step::Data(_) => return Err(Failure::Unexpected(String::from("data before the handshake was done"))),
                Step::Closed => return Err(Failure::Unexpected(String::from("closed before the handshake was done"))),
                Step::Truncated(error) => return Err(Failure::Tls(error)),
            }
        }
        self.flush();
        Ok(())
    }

    /// Goes on with a handshake that is over, which must do nothing.
    fn handshake_again(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        let received = connection.handle_input(&mut [], &mut self.out)?;
        match received.data.is_empty() && self.out.is_empty() && !connection.is_handshaking() {
            true => Ok(()),
            false => Err(Failure::Unexpected(String::from("a handshake that was over went on"))),
        }
    }

    /// Sends what the runner wants to compare with its own.
    fn export(&mut self, connection: &mut Connection, setup: &Setup) -> Result<(), Failure> {
        let options = self.options;
        if options.export_keying_material > 0 {
            let mut material = vec![0; options.export_keying_material];
            let context = options.use_export_context.then_some(options.export_context.as_slice());
            connection.export(&options.export_label, context, &mut material)?;
            connection.send(&material, &mut self.out)?;
        }
        if options.export_traffic_secrets {
            let secret = |label: &str| {
                setup.secrets.get(label).ok_or_else(|| Failure::Unexpected(format!("{label} was not logged")))
            };
            let (client, server) = (secret("CLIENT_TRAFFIC_SECRET_0")?, secret("SERVER_TRAFFIC_SECRET_0")?);
            let (read, write) = match options.server {
                true => (client, server),
                false => (server, client),
            };
            let length = u16::try_from(read.len()).map_err(|_| Failure::Unexpected(String::from("a long secret")))?;
            for part in [length.to_le_bytes().as_slice(), &read, &write] {
                connection.send(part, &mut self.out)?;
            }
        }
        self.flush();
        Ok(())
    }

    fn first_write(&mut self, connection: &mut Connection) -> Result<(), Failure> {
        let options = self.options;
        let data = initial_data(options);
        if options.read_with_unfinished_write {
            connection.send(data, &mut self.out)?;
            // One byte goes out, the others wait until something was read.
            if let Some(first) = self.out.first() {
                self.stream.write_all(&[*first])?;
                self.out.remove(0);
            }
        } else if options.shim_writes_first {
            for _ in 0..options.repeat_shim_initial_write.unwrap_or(1) {
                connection.send(data, &mut self.out)?;
            }
            self.flush();
        }
        Ok(())
    }

    /// Sends back what comes, inverted, until the peer ends.
    fn echo(&mut self, connection: &mut Connection, setup: &Setup) -> Result<(), Failure> {
        let options = self.options;
        let mut unfinished = options.read_with_unfinished_write;
        if options.key_update_before_read {
            connection.update_keys(false, &mut self.out)?;
            self.flush();
        }
        loop {
            let step = match unfinished {
                true => self.step_without_writing(connection, setup)?,
                false => self.step(connection, setup)?,
            };
            let data = match step {
                Step::Progress => continue,
                Step::Data(data) | Step::EarlyData(data) => data,
                Step::Closed | Step::Truncated(_) => return Ok(()),
            };
            unfinished = false;
            if options.use_exporter_between_reads {
                connection.export(b"", None, &mut [0])?;
            }
            if options.key_update {
                connection.update_keys(false, &mut self.out)?;
            }
            self.answer_data(connection, data)?;
            if options.key_update_before_read {
                connection.update_keys(false, &mut self.out)?;
            }
            self.flush();
        }
    }

    /// Sends data back, inverted.
    fn answer_data(&mut self, connection: &mut Connection, mut data: Vec<u8>) -> Result<(), Failure> {
        data.iter_mut().for_each(|byte| *byte ^= 0xff);
        for chunk in data.chunks(self.options.read_size.unwrap_or(512).max(1)) {
            connection.send(chunk, &mut self.out)?;
        }
        Ok(())
    }

    /// Says close_notify and hears the peer's, where the runner looks for it.
    fn close(&mut self, connection: &mut Connection, setup: &Setup) -> Result<(), Failure> {
        if !self.options.check_close_notify {
            return Ok(());
        }
        connection.send_close(&mut self.out);
        self.flush();
        while !connection.is_peer_closed() {
            match self.step(connection, setup)? {
                Step::Progress => {}
                Step::Data(_) | Step::EarlyData(_) => {
                    return Err(Failure::Unexpected(String::from(DATA_ON_SHUTDOWN)));
                }
                Step::Closed => break,
                Step::Truncated(error) => return Err(Failure::Tls(error)),
            }
        }
        Ok(())
    }

    /// Writes what is to be written, then reads on.
    fn step(&mut self, connection: &mut Connection, setup: &Setup) -> Result<Step, Failure> {
        self.flush();
        self.step_without_writing(connection, setup)
    }

    fn step_without_writing(&mut self, connection: &mut Connection, setup: &Setup) -> Result<Step, Failure> {
        loop {
            if let Some(reply) = self.answer(connection, setup)? {
                connection.reply(reply, &mut self.out)?;
                return Ok(Step::Progress);
            }
            connection.set_time(setup.kept.now());
            let received = connection.handle_input(&mut self.input, &mut self.out)?;
            let (consumed, data, early) = (received.consumed, received.data.to_vec(), received.early_data.to_vec());
            self.input.drain(..consumed);
            if !early.is_empty() {
                return Ok(Step::EarlyData(early));
            }
            if !data.is_empty() {
                return Ok(Step::Data(data));
            }
            if consumed > 0 {
                return Ok(Step::Progress);
            }
            if connection.is_peer_closed() {
                return Ok(Step::Closed);
            }
            if connection.need().is_none() && !self.read()? {
                return Ok(match connection.handle_eof() {
                    Ok(()) => Step::Closed,
                    Err(error) => Step::Truncated(error),
                });
            }
        }
    }

    /// What the connection waits for, if it is not for bytes.
    fn answer(&self, connection: &Connection, setup: &Setup) -> Result<Option<Reply>, Failure> {
        Ok(match connection.need() {
            None => None,
            Some(Need::ChooseConfig(_)) => Some(Reply::Config(setup.server(self.options)?)),
            Some(Need::DecryptTicket(ticket)) => Some(Reply::Ticket(setup.kept.open(&*setup.provider, ticket))),
            Some(Need::VerifyPeer(peer)) => {
                let verifier = Verifier::new(self.options, Arc::clone(&setup.provider));
                Some(Reply::Verdict(verifier.judge(&peer)))
            }
            Some(Need::Sign { identity, scheme, message }) => {
                Some(Reply::Signature(setup.credentials.sign(identity, scheme, message)))
            }
        })
    }

    /// Brings more input; false at the end.
    fn read(&mut self) -> Result<bool, Failure> {
        if self.pending.is_empty() {
            let mut buffer = [0; 16384];
            let count = match (self.stream.read(&mut buffer), self.broken.take()) {
                (Ok(0) | Err(_), Some(error)) => return Err(Failure::Io(error)),
                (result, broken) => {
                    self.broken = broken;
                    result?
                }
            };
            self.pending.extend(buffer.iter().take(count));
        }
        let count = match self.options.is_async {
            true => self.pending.len().min(1),
            false => self.pending.len(),
        };
        self.input.extend(self.pending.drain(..count));
        Ok(count > 0)
    }
}

/// Data where the peer's close_notify is waited for.
pub(crate) const DATA_ON_SHUTDOWN: &str = "data instead of close_notify";

/// What is written first.
fn initial_data(options: &Options) -> &[u8] {
    options.shim_initial_write.as_deref().unwrap_or(b"hello")
}
