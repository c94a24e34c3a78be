//! The connection: handshake, echo, end.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream},
};

use tlsmith::{
    Connection,
    conn::{Need, Reply},
    session::UnixMillis,
};

use crate::{
    Failure, Options, Plan, checks,
    setup::{self, Setup, Verifier},
};

/// What one step of reading brought.
enum Step {
    /// Application data.
    Data(Vec<u8>),
    /// Something else moved on.
    Progress,
    /// The peer said close_notify.
    Closed,
    /// The peer just ended the transport.
    Truncated(tlsmith::Error),
}

/// Makes the connections that the arguments ask for, one after the other.
pub(crate) fn run(plan: &Plan) -> Result<(), Failure> {
    if plan.initial.resume_count > 0 {
        return Err(Failure::Unimplemented(String::from("-resume-count")));
    }
    connect(&plan.initial)
}

/// Connects to the runner and does what the arguments say.
fn connect(options: &Options) -> Result<(), Failure> {
    let setup = setup::load(options)?;
    let mut out = Vec::new();
    let now = UnixMillis::now();
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
    let result = wire.exchange(&mut connection, &setup);
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
        Ok(Self { options, stream, pending: Vec::new(), input: Vec::new(), out: Vec::new(), broken: None })
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

    fn exchange(&mut self, connection: &mut Connection, setup: &Setup) -> Result<(), Failure> {
        let options = self.options;
        while connection.is_handshaking() {
            match self.step(connection, setup)? {
                Step::Progress => {}
                Step::Data(_) => return Err(Failure::Unexpected(String::from("data before the handshake was done"))),
                Step::Closed => return Err(Failure::Unexpected(String::from("closed before the handshake was done"))),
                Step::Truncated(error) => return Err(Failure::Tls(error)),
            }
        }
        self.flush();
        if !options.implicit_handshake {
            checks::handshake(options, connection.facts(), setup)?;
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
        self.first_write(connection)?;
        if !options.shim_shuts_down {
            self.echo(connection, setup)?;
        }
        self.close(connection, setup)
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
        let data = options.shim_initial_write.as_deref().unwrap_or(b"hello");
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
            let mut data = match step {
                Step::Progress => continue,
                Step::Data(data) => data,
                Step::Closed | Step::Truncated(_) => return Ok(()),
            };
            unfinished = false;
            if options.use_exporter_between_reads {
                connection.export(b"", None, &mut [0])?;
            }
            if options.key_update {
                connection.update_keys(false, &mut self.out)?;
            }
            data.iter_mut().for_each(|byte| *byte ^= 0xff);
            for chunk in data.chunks(options.read_size.unwrap_or(512).max(1)) {
                connection.send(chunk, &mut self.out)?;
            }
            if options.key_update_before_read {
                connection.update_keys(false, &mut self.out)?;
            }
            self.flush();
        }
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
                Step::Data(_) => return Err(Failure::Unexpected(String::from("data instead of close_notify"))),
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
            let received = connection.handle_input(&mut self.input, &mut self.out)?;
            let (consumed, data) = (received.consumed, received.data.to_vec());
            self.input.drain(..consumed);
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
            Some(Need::DecryptTicket(_)) => Some(Reply::Ticket(None)),
            Some(Need::VerifyPeer(peer)) => Some(Reply::Verdict(Verifier::judge(self.options, peer.chain))),
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
