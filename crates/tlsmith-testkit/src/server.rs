//! Our side as a server, over [`tlsmith::blocking`], in a thread of the test.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
};

use tlsmith::{Error, Facts, ServerConfig, blocking::Stream};
use tlsmith_x509::UnixTime;

use crate::{config::Sha256, config::hex, process::PATIENCE};

/// What the server does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Sends back what comes, until the client closes. A line `!update` makes it change its keys first, `!update-both`
    /// the client's as well, `!certificate` that it asks for a certificate.
    Echo,
    /// Reads one request and answers a page.
    Http,
    /// The transfer of [`crate::peers::script`].
    Transfer,
    /// Takes everything, then sends so many bytes: for a peer whose input and output are plain pipes.
    TakeThenGive(usize),
}

/// What came of a connection.
#[derive(Debug)]
pub struct Outcome {
    /// What it knows about itself.
    pub facts: Facts,
    /// Whether all went well; the message of the error otherwise.
    pub result: Result<(), String>,
    /// The code of the error, if it is one of TLS.
    pub code: Option<&'static str>,
    /// SHA-256 of what was received, in [`Mode::Transfer`] and [`Mode::TakeThenGive`].
    pub received: String,
    /// SHA-256 of what was sent.
    pub sent: String,
}

/// A server on a port of 127.0.0.1 until it is dropped.
#[derive(Debug)]
pub struct TestServer {
    /// Its port.
    pub port: u16,
    outcomes: mpsc::Receiver<Outcome>,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl TestServer {
    /// Starts it.
    pub fn start(config: Arc<ServerConfig>, mode: Mode) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = Arc::new(AtomicBool::new(false));
        let (report, outcomes) = mpsc::channel();
        let stopping = Arc::clone(&stop);
        let acceptor = thread::spawn(move || {
            for socket in listener.incoming() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                let (config, report) = (Arc::clone(&config), report.clone());
                let Ok(socket) = socket else { continue };
                thread::spawn(move || {
                    // The test may be over already.
                    let _ = report.send(serve(socket, config, mode));
                });
            }
        });
        Self { port, outcomes, stop, acceptor: Some(acceptor) }
    }

    /// What came of the next connection.
    pub fn outcome(&self) -> Outcome {
        self.outcomes.recv_timeout(PATIENCE).expect("the connection does not end")
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the acceptor.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn serve(socket: TcpStream, config: Arc<ServerConfig>, mode: Mode) -> Outcome {
    let _ = socket.set_nodelay(true);
    let _ = socket.set_read_timeout(Some(PATIENCE));
    let mut stream = Stream::accept(socket, config, UnixTime::now()).unwrap();
    let (mut received, mut sent) = (Sha256::default(), Sha256::default());
    let result = stream.handshake().and_then(|()| match mode {
        Mode::Echo => echo(&mut stream),
        Mode::Http => http(&mut stream),
        Mode::Transfer => transfer(&mut stream, &mut received, &mut sent),
        Mode::TakeThenGive(count) => take_then_give(&mut stream, count, &mut received, &mut sent),
    });
    Outcome {
        code: result.as_ref().err().and_then(Error::from_io).map(Error::code),
        result: result.map_err(|error| error.to_string()),
        facts: stream.facts().clone(),
        received: received.hex(),
        sent: sent.hex(),
    }
}

fn echo(stream: &mut Stream<TcpStream>) -> io::Result<()> {
    let mut buffer = [0; 1 << 14];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        let data = &buffer[..count];
        match data.trim_ascii() {
            b"!update" => stream.update_keys(false).map_err(io::Error::other)?,
            b"!update-both" => stream.update_keys(true).map_err(io::Error::other)?,
            b"!certificate" => stream.request_client_certificate().map_err(io::Error::other)?,
            _ => {}
        }
        stream.write_all(data)?;
        stream.flush()?;
    }
    stream.shutdown_write()
}

/// Enough for one request of a test client.
fn http(stream: &mut Stream<TcpStream>) -> io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 1 << 14];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(&buffer[..count]);
    }
    let facts = stream.facts();
    let word = |value: Option<String>| value.unwrap_or_default();
    let body = format!(
        "suite={}\ngroup={}\n",
        word(facts.cipher_suite.map(|suite| suite.to_string())),
        word(facts.group.map(|group| group.to_string()))
    );
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())?;
    stream.shutdown_write()?;
    // The answer has its length: a client may go without close_notify when it has it all (nginx does).
    let _ = stream.read(&mut buffer);
    Ok(())
}

fn transfer(stream: &mut Stream<TcpStream>, received: &mut Sha256, sent: &mut Sha256) -> io::Result<()> {
    let mut header = [0; 16];
    stream.read_exact(&mut header)?;
    let number = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().unwrap());
    let (mut up, down) = (number(&header[..8]), number(&header[8..]));
    let mut digest = Sha256::default();
    let mut buffer = vec![0; 1 << 16];
    while up > 0 {
        let most = usize::try_from(up).unwrap_or(usize::MAX).min(buffer.len());
        let count = stream.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.update(&buffer[..count]);
        digest.update(&buffer[..count]);
        up -= count as u64;
    }
    stream.write_all(&digest.finish())?;
    give(stream, usize::try_from(down).unwrap(), sent)?;
    stream.shutdown_write()?;
    drain(stream)
}

fn take_then_give(
    stream: &mut Stream<TcpStream>,
    count: usize,
    received: &mut Sha256,
    sent: &mut Sha256,
) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    let mut left = count;
    // As much is taken as will be given: the peer need not close to say that it is done.
    while left > 0 {
        let most = left.min(buffer.len());
        let count = stream.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.update(&buffer[..count]);
        left -= count;
    }
    give(stream, count, sent)?;
    stream.shutdown_write()?;
    drain(stream)
}

/// Sends so many bytes that do not repeat soon, and takes their digest.
pub(crate) fn give(stream: &mut impl Write, count: usize, digest: &mut Sha256) -> io::Result<()> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut block = vec![0_u8; 1 << 16];
    let mut left = count;
    while left > 0 {
        for eight in block.chunks_exact_mut(8) {
            // xorshift64 (Marsaglia 2003)
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            eight.copy_from_slice(&state.to_be_bytes());
        }
        let part = &block[..left.min(block.len())];
        digest.update(part);
        stream.write_all(part)?;
        left -= part.len();
    }
    stream.flush()
}

/// The peer has to end in good order, too; anything else it still says is too much.
fn drain(stream: &mut Stream<TcpStream>) -> io::Result<()> {
    match stream.read(&mut [0; 64])? {
        0 => Ok(()),
        _ => Err(io::Error::other("the peer sent more than announced")),
    }
}

/// The hexadecimal digest of what [`Mode::TakeThenGive`] gives.
pub fn given(count: usize) -> String {
    let mut digest = Sha256::default();
    give(&mut io::sink(), count, &mut digest).unwrap();
    hex(&digest.finish())
}
