//! The conversation after the handshake: `--send`, or a person at a terminal.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read, Write as _},
    net::SocketAddr,
    time::Duration,
};

use tlsmith_crypto::{HashAlgorithm, HashContext};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{
    failure::{self, Phase},
    link::{Broken, Link, Moved},
    plan::{Mode, Plan, Source},
    report::{Error, Reply, hex},
    run::{Session, of_broken},
};
use crate::render::text::ForTerminal;

/// Bytes read from the source at a time.
const CHUNK: usize = 16 << 10;
/// No more is read from the source while this much waits to be written.
const HIGH_WATER: usize = 256 << 10;
/// How long the last words may take.
const PARTING: Duration = Duration::from_millis(200);

/// Sends what there is to send, prints what comes back, and writes both into the report.
pub(crate) async fn converse(plan: &Plan, session: &mut Session, json: bool) {
    let Some(mut link) = session.link.take() else { return };
    let source = match &plan.mode {
        Mode::Report => return,
        Mode::Interactive => {
            let _ = writeln!(io::stderr(), "\nConnected: what you type is sent, Ctrl-D closes this side.\n");
            reader(io::stdin())
        }
        Mode::Send(Source::Stdin) => reader(io::stdin()),
        Mode::Send(Source::Early) => reader(io::Cursor::new(std::mem::take(&mut session.unsent))),
        Mode::Send(Source::File(file)) => match File::try_clone(file) {
            Ok(file) => reader(file),
            Err(error) => {
                session.report.error = Some(failure::input(&error));
                return;
            }
        },
    };
    // What the server took early is a part of it.
    let early = session.report.early_data.filter(|early| early.status == "accepted");
    let accepted = early.map_or(0, |early| early.sent_early_bytes as u64);
    let mut talk = Talk {
        source: Some(source),
        sink: Sink::new(plan, json),
        sent: accepted,
        interactive: matches!(plan.mode, Mode::Interactive),
        limit: plan.timeout,
        unwritten: None,
    };
    let mut error = talk.run(&mut link, std::mem::take(&mut session.early)).await.err();
    talk.sink.finish();
    let parting = link.part(PARTING).await.err().filter(|e| e.received_alert().is_some());
    error = error.or_else(|| parting.map(|e| Stop::Broken(Broken::Tls(e))));
    session.report.reply = Some(Reply {
        sent_bytes: talk.sent,
        bytes: talk.sink.bytes,
        sha256: hex(talk.sink.hash.current().as_ref()),
        complete: link.is_peer_closed(),
    });
    if talk.sink.bytes > 0 {
        session.client_auth_outcome("accepted");
    }
    let address = session.report.address.as_deref().and_then(|address| address.parse().ok());
    if let Some(stop) = error {
        session.report.error = stop.into_error(address, plan.timeout);
    }
    session.link = Some(link);
    session.update(plan);
    session.link = None;
}

/// Why the conversation ended before its end.
enum Stop {
    Broken(Broken),
    Timeout(&'static str),
    Input(io::Error),
    Output(io::Error),
}

impl Stop {
    fn into_error(self, address: Option<SocketAddr>, limit: Duration) -> Option<Error> {
        let address = address.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
        match self {
            Self::Broken(broken) => Some(of_broken(Phase::Reply, address, broken)),
            Self::Timeout(what) => Some(failure::timeout(Phase::Reply, limit, what)),
            Self::Input(error) => Some(failure::input(&error)),
            // Whoever read standard output has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => None,
            Self::Output(error) => Some(failure::output(&error)),
        }
    }
}

struct Talk {
    /// What is still to be sent; none once this side is closed.
    source: Option<mpsc::Receiver<io::Result<Vec<u8>>>>,
    sink: Sink,
    sent: u64,
    interactive: bool,
    limit: Duration,
    /// Writing failed, with this; what the peer said before it went is still read.
    unwritten: Option<io::Error>,
}

impl Talk {
    async fn run(&mut self, link: &mut Link, mut data: Vec<u8>) -> Result<(), Stop> {
        let mut moved = Instant::now();
        loop {
            let processed = link.process(&mut data);
            self.sink.take(&data).map_err(Stop::Output)?;
            data.clear();
            processed.map_err(|error| Stop::Broken(Broken::Tls(error)))?;
            if self.is_over(link)? {
                return Ok(());
            }
            // A person may take any time; a peer that has all it waits for, or takes nothing more, may not.
            let waits = self.source.is_none() || link.backlog() > 0;
            tokio::select! {
                happened = link.exchange() => {
                    moved = Instant::now();
                    self.after(happened, link)?;
                }
                chunk = next(&mut self.source), if link.backlog() < HIGH_WATER => {
                    moved = Instant::now();
                    self.send(chunk, link)?;
                }
                () = sleep_until(moved + self.limit), if waits => {
                    return Err(Stop::Timeout(match link.backlog() {
                        0 => "the peer neither sends nor closes",
                        _ => "the peer takes no more data",
                    }));
                }
            }
        }
    }

    /// Whether all is said. The transport's end without close_notify is an error.
    fn is_over(&mut self, link: &mut Link) -> Result<bool, Stop> {
        if link.is_peer_closed() && (self.interactive || self.unwritten.is_some()) {
            link.send_close();
            return Ok(true);
        }
        if link.is_ended() && !link.is_peer_closed() {
            return match self.unwritten.take() {
                Some(error) => Err(Stop::Broken(Broken::Io(error))),
                None => link.process_end().map(|()| true).map_err(|error| Stop::Broken(Broken::Tls(error))),
            };
        }
        Ok(link.is_peer_closed() && self.source.is_none() && link.backlog() == 0)
    }

    fn after(&mut self, moved: Moved, link: &mut Link) -> Result<(), Stop> {
        match moved {
            Moved::In(Ok(())) | Moved::Out(Ok(())) => {}
            // After close_notify nothing can be missing, however the transport ends.
            Moved::In(Err(_)) if link.is_peer_closed() => {}
            Moved::In(Err(error)) => {
                // Whole records may have come before it.
                let mut data = Vec::new();
                let processed = link.process(&mut data);
                self.sink.take(&data).map_err(Stop::Output)?;
                processed.map_err(|error| Stop::Broken(Broken::Tls(error)))?;
                if !link.is_peer_closed() {
                    return Err(Stop::Broken(Broken::Io(error)));
                }
            }
            Moved::Out(Err(error)) => {
                link.forget_output();
                self.source = None;
                self.unwritten = Some(error);
            }
        }
        Ok(())
    }

    fn send(&mut self, chunk: Option<io::Result<Vec<u8>>>, link: &mut Link) -> Result<(), Stop> {
        match chunk {
            Some(Ok(chunk)) => {
                self.sent += chunk.len() as u64;
                link.send(&chunk).map_err(|error| Stop::Broken(Broken::Tls(error)))
            }
            Some(Err(error)) => Err(Stop::Input(error)),
            None => {
                self.source = None;
                link.send_close();
                Ok(())
            }
        }
    }
}

/// The next chunk; never where there is no source any more.
async fn next(source: &mut Option<mpsc::Receiver<io::Result<Vec<u8>>>>) -> Option<io::Result<Vec<u8>>> {
    match source {
        Some(source) => source.recv().await,
        None => std::future::pending().await,
    }
}

/// Reads `input` in a thread of its own. It is left behind when the conversation ends first: a read from a terminal
/// cannot be cancelled.
fn reader(mut input: impl Read + Send + 'static) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut buffer = vec![0; CHUNK];
        loop {
            let chunk = match input.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => Ok(buffer.get(..count).unwrap_or_default().to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = chunk.is_err();
            if sender.blocking_send(chunk).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

/// Where the peer's bytes go: standard output, or only into the count and the hash.
struct Sink {
    print: bool,
    /// Standard output is a terminal: the peer must not steer it.
    escape: Option<ForTerminal>,
    bytes: u64,
    hash: Box<dyn HashContext>,
}

impl Sink {
    fn new(plan: &Plan, json: bool) -> Self {
        let hash = plan.provider.hash(HashAlgorithm::Sha256);
        Self { print: !json, escape: io::stdout().is_terminal().then(ForTerminal::default), bytes: 0, hash }
    }

    fn take(&mut self, data: &[u8]) -> io::Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        self.bytes += data.len() as u64;
        self.hash.update(data);
        if !self.print {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        match &mut self.escape {
            Some(escape) => stdout.write_all(escape.push(data).as_bytes())?,
            None => stdout.write_all(data)?,
        }
        stdout.flush()
    }

    /// What still waits for the end of a character.
    fn finish(&mut self) {
        if let (true, Some(escape)) = (self.print, &mut self.escape) {
            // There is nothing to do about it any more.
            let _ = io::stdout().write_all(escape.finish().as_bytes());
        }
    }
}
