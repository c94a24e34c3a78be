//! Early data over TCP.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use tlsmith::{
    Facts,
    blocking::Stream,
    conn::{EarlyDataStatus, ReplaySafe},
    session::{AntiReplay, MemorySessions, TicketKeys, UnixMillis},
};
use tlsmith_crypto::aws_lc::AwsLc;

use crate::pki::Pki;

#[derive(Debug)]
struct Always(bool);

impl AntiReplay for Always {
    fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
        self.0
    }
}

/// Two connections with the same sessions: what the second client sent early, its facts, and what the server got early and
/// late.
fn twice(fresh: bool) -> (usize, Facts, Vec<u8>, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let keys = Arc::new(TicketKeys::generate(&AwsLc).unwrap());
    let server = Pki::shared().server().ticketer(keys).early_data(100, Arc::new(Always(fresh))).build().unwrap();
    let client = Pki::shared().client().sessions(Arc::new(MemorySessions::default())).early_data(true).build().unwrap();
    let serving = thread::spawn(move || {
        let mut got = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let socket = listener.accept().unwrap().0;
            let mut stream = Stream::accept(socket, server.clone(), UnixMillis::now()).unwrap();
            stream.handshake().unwrap();
            got.0 = stream.take_early_data();
            stream.write_all(b"!").unwrap();
            got.1.clear();
            stream.read_to_end(&mut got.1).unwrap();
        }
        got
    });
    let mut last = None;
    for _ in 0..2 {
        let socket = TcpStream::connect(address).unwrap();
        let mut stream =
            Stream::connect(socket, client.clone(), "localhost".parse().unwrap(), UnixMillis::now()).unwrap();
        let sent = stream.write_early_data(ReplaySafe::declare(b"early")).unwrap();
        stream.handshake().unwrap();
        stream.write_all(b"late").unwrap();
        // The tickets come with it.
        stream.read_exact(&mut [0]).unwrap();
        stream.shutdown_write().unwrap();
        last = Some((sent, stream.facts().clone()));
    }
    let (early, late) = serving.join().unwrap();
    let (sent, facts) = last.unwrap();
    (sent, facts, early, late)
}

#[test]
fn accepted() {
    let (sent, facts, early, late) = twice(true);
    assert_eq!((sent, facts.early_data, facts.resumed), (5, EarlyDataStatus::Accepted, true));
    assert_eq!((early.as_slice(), late.as_slice()), (b"early".as_slice(), b"late".as_slice()));
}

#[test]
fn rejected() {
    let (sent, facts, early, late) = twice(false);
    assert_eq!((sent, facts.early_data, facts.resumed), (5, EarlyDataStatus::Rejected, true));
    assert_eq!((early.as_slice(), late.as_slice()), (b"".as_slice(), b"late".as_slice()));
}
