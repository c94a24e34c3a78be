//! Over TCP, an end a thread.

use std::{
    io::{ErrorKind, IoSlice, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use tlsmith::{
    Error, ServerConfig,
    auth::Identity,
    blocking::Stream,
    buffered::BufferPool,
    conn::{Need, Reply},
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::{UnixTime, pem};

use crate::pki::{Pki, provider};

type Tls = Stream<TcpStream>;

pub(crate) fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

/// Runs both sides, each in a thread; a panic of either is one of the test.
fn run<C: Send + 'static, S: Send + 'static>(
    client: impl FnOnce(Tls) -> C + Send + 'static,
    server: impl FnOnce(Tls) -> S + Send + 'static,
) -> (C, S) {
    let (client_socket, server_socket) = sockets();
    let pki = Pki::shared();
    let (client_config, server_config) = (pki.client().build().unwrap(), pki.server().build().unwrap());
    let server = thread::spawn(move || server(Stream::accept(server_socket, server_config, UnixTime::now()).unwrap()));
    let name = "localhost".parse().unwrap();
    let client = client(Stream::connect(client_socket, client_config, name, UnixTime::now()).unwrap());
    (client, server.join().unwrap())
}

#[test]
fn request_and_answer_with_half_close() {
    let (answer, request) = run(
        |mut client| {
            client.write_all(b"request").unwrap();
            client.shutdown_write().unwrap();
            assert_eq!(client.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).unwrap();
            assert_eq!(client.read(&mut [0; 1]).unwrap(), 0);
            answer
        },
        |mut server| {
            let mut request = Vec::new();
            server.read_to_end(&mut request).unwrap();
            let pieces = [IoSlice::new(b"an "), IoSlice::new(b"answer")];
            assert_eq!(server.write_vectored(&pieces).unwrap(), 9);
            server.shutdown_write().unwrap();
            request
        },
    );
    assert_eq!((request.as_slice(), answer.as_slice()), (b"request".as_slice(), b"an answer".as_slice()));
}

#[test]
fn ten_mebibytes_there_and_back() {
    const BLOCK: usize = 1 << 16;
    const BLOCKS: usize = 160;
    fn digest(of: impl Fn(&mut dyn FnMut(&[u8]))) -> tlsmith_crypto::Digest {
        let mut hash = provider().hash(tlsmith_crypto::HashAlgorithm::Sha256);
        of(&mut |bytes| hash.update(bytes));
        hash.current()
    }
    let block = |number: usize| -> Vec<u8> { (0..BLOCK).map(|at| (at.wrapping_mul(31) ^ number) as u8).collect() };
    let expected = digest(|update| (0..BLOCKS).for_each(|number| update(&block(number))));
    let (got, ()) = run(
        move |mut client| {
            let mut back = vec![0; BLOCK];
            let mut hash = provider().hash(tlsmith_crypto::HashAlgorithm::Sha256);
            for number in 0..BLOCKS {
                client.write_all(&block(number)).unwrap();
                client.read_exact(&mut back).unwrap();
                hash.update(&back);
            }
            client.shutdown_write().unwrap();
            assert_eq!(client.read(&mut back).unwrap(), 0);
            hash.current()
        },
        |mut server| {
            let mut block = vec![0; BLOCK];
            for _ in 0..BLOCKS {
                server.read_exact(&mut block).unwrap();
                server.write_all(&block).unwrap();
            }
            assert_eq!(server.read(&mut block).unwrap(), 0);
            server.shutdown_write().unwrap();
        },
    );
    assert_eq!(got, expected);
}

#[test]
fn a_socket_that_just_closes_is_truncation() {
    let ((), ()) = run(
        |mut client| {
            let mut got = Vec::new();
            let error = client.read_to_end(&mut got).unwrap_err();
            assert_eq!((got.as_slice(), error.kind()), (b"part".as_slice(), ErrorKind::UnexpectedEof));
            assert_eq!(Error::from_io(&error).unwrap().code(), "transport.truncated");
        },
        |mut server| {
            server.write_all(b"part").unwrap();
            server.flush().unwrap();
            server.get_ref().shutdown(Shutdown::Write).unwrap();
            // Until the client is gone, lest unread bytes make it a reset.
            let _ = server.get_mut().read_to_end(&mut Vec::new());
        },
    );
}

#[test]
fn a_failed_handshake_leaves_the_facts_and_sends_the_alert_first() {
    let (client, server) = sockets();
    let pki = Pki::shared();
    let (client_config, server_config) = (pki.client().build().unwrap(), pki.server().build().unwrap());
    let serving = thread::spawn(move || {
        let mut server = Stream::accept(server, server_config, UnixTime::now()).unwrap();
        let error = server.handshake().unwrap_err();
        Error::from_io(&error).unwrap().received_alert()
    });
    let name = "other.example".parse().unwrap();
    let mut client = Stream::connect(client, client_config, name, UnixTime::now()).unwrap();
    let error = client.handshake().unwrap_err();
    let error = Error::from_io(&error).unwrap();
    assert_eq!(error.code(), "certificate.name_mismatch");
    assert_eq!(client.facts().peer_certificates.len(), 1);
    assert_eq!(client.handshake().unwrap_err().kind(), ErrorKind::Other, "it stays failed");
    assert_eq!(serving.join().unwrap(), error.alert());
}

#[test]
fn the_caller_answers_what_the_connection_needs() {
    let pki = Pki::shared();
    let (chain, key) = pki.issue("localhost");
    let key = pem::private_key(&AwsLc, key.as_bytes()).unwrap();
    let identity = Identity::with_external_key(pem::certificates(chain.as_bytes()).unwrap()).unwrap();
    let config = ServerConfig::builder(provider()).identity(Arc::new(identity)).build().unwrap();
    let (client, server) = sockets();
    let client_config = pki.client().build().unwrap();
    let connecting = thread::spawn(move || {
        let name = "localhost".parse().unwrap();
        let mut client = Stream::connect(client, client_config, name, UnixTime::now()).unwrap();
        let mut got = Vec::new();
        client.read_to_end(&mut got).unwrap();
        got
    });
    let mut server = Stream::accept_undecided(server, UnixTime::now());
    assert!(server.handshake().unwrap_err().to_string().contains("handshake_with"), "nobody chooses here");
    let mut asked = Vec::new();
    server
        .handshake_with(|need| match need {
            Need::ChooseConfig(hello) => {
                asked.push(hello.server_name.clone().unwrap());
                Reply::Config(Arc::clone(&config))
            }
            Need::Sign { scheme, message, .. } => {
                asked.push(scheme.to_string());
                Reply::Signature(key.sign(scheme.algorithm().unwrap(), message).ok())
            }
            Need::VerifyPeer(_) => panic!("no client certificate was asked for"),
            Need::DecryptTicket(_) => panic!("no ticket was issued"),
        })
        .unwrap();
    assert_eq!(asked, ["localhost", "ecdsa_secp256r1_sha256"]);
    server.write_all(b"signed").unwrap();
    server.shutdown_write().unwrap();
    assert_eq!(connecting.join().unwrap(), b"signed");
}

#[test]
fn streams_share_a_pool() {
    let pool = BufferPool::new(2);
    for _ in 0..3 {
        let (client, server) = sockets();
        let pki = Pki::shared();
        let (client_config, server_config) = (pki.client().build().unwrap(), pki.server().build().unwrap());
        let shared = pool.clone();
        let serving = thread::spawn(move || {
            let mut server = Stream::accept_with_pool(server, server_config, UnixTime::now(), &shared).unwrap();
            server.write_all(b"hello").unwrap();
            server.shutdown_write().unwrap();
            let _ = server.read(&mut [0; 1]);
        });
        let name = "localhost".parse().unwrap();
        let mut client = Stream::connect_with_pool(client, client_config, name, UnixTime::now(), &pool).unwrap();
        client.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(client.held_buffers(), 0);
        client.shutdown_write().unwrap();
        serving.join().unwrap();
    }
    assert!((1..=4).contains(&pool.kept()), "{}", pool.kept());
}
