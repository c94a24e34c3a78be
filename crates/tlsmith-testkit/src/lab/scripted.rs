//! Servers and middleboxes that nobody ships any more, or that fail on purpose: the little of them that a client meets.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use socket2::{Domain, SockRef, Socket, Type};

use crate::process::PATIENCE;

/// A listener on a port of 127.0.0.1 that hands each connection to a function, in a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct Listening {
    /// Its port.
    pub port: u16,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Listening {
    /// Starts it.
    pub fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = Arc::new(AtomicBool::new(false));
        let (stopping, serve) = (Arc::clone(&stop), Arc::new(serve));
        let acceptor = thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                // Whoever connects and says nothing does not stay for ever.
                let _ = socket.set_read_timeout(Some(PATIENCE));
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(socket));
            }
        });
        Self { port, stop, acceptor: Some(acceptor) }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the acceptor.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

/// The header of a record: type, version, length (RFC 8446 §5.1).
const RECORD_HEADER: usize = 5;

/// Reads one record, header included; empty if the client went away.
fn read_record(socket: &mut TcpStream) -> Vec<u8> {
    let mut record = vec![0; RECORD_HEADER];
    if socket.read_exact(&mut record).is_err() {
        return Vec::new();
    }
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(RECORD_HEADER + length, 0);
    if socket.read_exact(&mut record[RECORD_HEADER..]).is_err() {
        return Vec::new();
    }
    record
}

/// Waits until the client goes away.
fn wait_for_end(socket: &mut TcpStream) {
    while matches!(socket.read(&mut [0; 1024]), Ok(1..)) {}
}

/// What a server of 1996 answers to a ClientHello of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ssl3 {
    /// A ServerHello of SSL 3.0: the client may take that version or leave it.
    Chooses,
    /// The alert handshake_failure, in a record of SSL 3.0; a ServerHello only where the client offers SSL 3.0 itself.
    Refuses,
}

/// A server that knows SSL 3.0 (RFC 6101) and nothing newer, suite `SSL_RSA_WITH_3DES_EDE_CBC_SHA`, with this certificate
/// (DER). It waits for a ClientKeyExchange that nobody sends.
pub fn ssl3(newer: Ssl3, certificate: &[u8]) -> Listening {
    /// Where the minor version of a ClientHello stands: after the headers of record and message, and the 3.
    const MINOR_VERSION: usize = RECORD_HEADER + 4 + 1;
    let flight = ssl3_flight(certificate);
    Listening::start(move |mut socket| {
        let hello = read_record(&mut socket);
        match (hello.get(MINOR_VERSION), newer) {
            (None, _) => {}
            (Some(1..), Ssl3::Refuses) => {
                let _ = socket.write_all(&[0x15, 0x03, 0x00, 0, 2, 2, 40]);
            }
            _ => {
                let _ = socket.write_all(&flight);
                wait_for_end(&mut socket);
            }
        }
    })
}

/// ServerHello, Certificate, ServerHelloDone (RFC 6101 §5.6), in one record.
fn ssl3_flight(certificate: &[u8]) -> Vec<u8> {
    let u24 = |length: usize| u32::try_from(length).unwrap().to_be_bytes()[1..].to_vec();
    let message = |kind: u8, body: &[u8]| [&[kind][..], &u24(body.len()), body].concat();
    // The version, 32 bytes of randomness, no session, the suite, no compression.
    let hello = [&[0x03, 0x00][..], &[0x5a; 32], &[0, 0x00, 0x0a, 0]].concat();
    let chain = [u24(certificate.len()), certificate.to_vec()].concat();
    let chain = [u24(chain.len()), chain].concat();
    let flight = [message(2, &hello), message(11, &chain), message(14, &[])].concat();
    let length = u16::try_from(flight.len()).unwrap().to_be_bytes();
    [&[0x16, 0x03, 0x00][..], &length, &flight].concat()
}

/// A server of another protocol that greets, and answers whatever comes with one more line, then hangs up.
pub fn greeting(greeting: &'static [u8], complaint: &'static [u8]) -> Listening {
    Listening::start(move |mut socket| {
        if socket.write_all(greeting).is_ok() && matches!(socket.read(&mut [0; 4096]), Ok(1..)) {
            let _ = socket.write_all(complaint);
        }
    })
}

/// Reads something, answers with this and hangs up.
pub fn answering(reply: Vec<u8>) -> Listening {
    Listening::start(move |mut socket| {
        if matches!(socket.read(&mut [0; 4096]), Ok(1..)) {
            let _ = socket.write_all(&reply);
        }
    })
}

/// Takes the connection and the ClientHello, and never says a word.
pub fn silent() -> Listening {
    Listening::start(|mut socket| wait_for_end(&mut socket))
}

/// Reads the ClientHello and hangs up in good order.
pub fn hangs_up() -> Listening {
    Listening::start(|mut socket| {
        read_record(&mut socket);
    })
}

/// Reads the ClientHello and answers with the alert decode_error.
pub fn cannot_read() -> Listening {
    Listening::start(|mut socket| {
        if !read_record(&mut socket).is_empty() {
            let _ = socket.write_all(&[0x15, 0x03, 0x03, 0, 2, 2, 50]);
        }
    })
}

/// Reads the ClientHello and resets the connection.
pub fn resets() -> Listening {
    Listening::start(|mut socket| {
        read_record(&mut socket);
        let _ = SockRef::from(&socket).set_linger(Some(std::time::Duration::ZERO));
    })
}

/// What a box does with a ClientHello that does not fit into one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Large {
    /// Nothing more is heard of it.
    Swallowed,
    /// The connection is reset.
    Reset,
}

/// The most bytes of a segment on a path of 1,500 bytes with some spent on a tunnel.
const FITS: usize = 1400;

/// A relay before a server that lets only ClientHellos of up to 1,400 bytes pass: behind a tunnel whose path MTU nobody
/// hears of, or a box that looks for the name in the first segment alone.
pub fn small_hellos_only(server: u16, large: Large) -> Listening {
    Listening::start(move |mut client| {
        let hello = read_record(&mut client);
        if hello.len() > FITS {
            match large {
                Large::Swallowed => wait_for_end(&mut client),
                Large::Reset => {
                    let _ = SockRef::from(&client).set_linger(Some(std::time::Duration::ZERO));
                }
            }
            return;
        }
        let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { return };
        if server.write_all(&hello).is_ok() {
            relay(client, server);
        }
    })
}

fn relay(client: TcpStream, server: TcpStream) {
    let (mut client_in, mut server_out) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let up = thread::spawn(move || {
        let _ = std::io::copy(&mut client_in, &mut server_out);
        let _ = server_out.shutdown(Shutdown::Write);
    });
    let (mut server_in, mut client_out) = (server, client);
    let _ = std::io::copy(&mut server_in, &mut client_out);
    let _ = client_out.shutdown(Shutdown::Write);
    let _ = up.join();
}

/// A port of 127.0.0.1 that is taken and not listened on: who connects is refused.
#[derive(Debug)]
pub struct Closed {
    /// The port.
    pub port: u16,
    _socket: Socket,
}

impl Closed {
    /// Takes it.
    pub fn new() -> Self {
        let (socket, port) = bound();
        Self { port, _socket: socket }
    }
}

impl Default for Closed {
    fn default() -> Self {
        Self::new()
    }
}

/// A port of 127.0.0.1 whose queue is full, so that further connections are not answered: the like of a firewall that
/// drops them.
#[derive(Debug)]
pub struct Full {
    /// The port.
    pub port: u16,
    _socket: Socket,
    _waiting: Vec<Socket>,
}

impl Full {
    /// Listens, and fills the queue.
    pub fn new() -> Self {
        let (socket, port) = bound();
        socket.listen(0).unwrap();
        // Linux takes one or two more than the queue is long.
        let waiting = (0..4)
            .map(|_| {
                let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
                waiting.set_nonblocking(true).unwrap();
                let _ = waiting.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into());
                waiting
            })
            .collect();
        Self { port, _socket: socket, _waiting: waiting }
    }
}

impl Default for Full {
    fn default() -> Self {
        Self::new()
    }
}

fn bound() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}
