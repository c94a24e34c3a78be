//! Over a transport that does not block, both ends in one thread.

use std::io::{self, ErrorKind, Read, Write};

use tlsmith::{Error, blocking::Stream, buffered::OUTPUT_LIMIT, conn::MAX_RECORD};
use tlsmith_x509::UnixTime;

use crate::{
    pipe::{Pipe, pipe},
    pki::Pki,
};

/// Streams over a pipe, nothing exchanged yet.
fn streams(most: usize) -> (Stream<Pipe>, Stream<Pipe>) {
    let (client, server) = pipe(most);
    let pki = Pki::shared();
    let name = "localhost".parse().unwrap();
    let client = Stream::connect(client, pki.client().build().unwrap(), name, UnixTime::now()).unwrap();
    let server = Stream::accept(server, pki.server().build().unwrap(), UnixTime::now()).unwrap();
    (client, server)
}

/// Calls until it does not say `WouldBlock`, or has often.
fn patiently<T>(mut call: impl FnMut() -> io::Result<T>) -> Option<io::Result<T>> {
    for _ in 0..100 {
        match call() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            result => return Some(result),
        }
    }
    None
}

/// Carries both handshakes out.
fn shake(client: &mut Stream<Pipe>, server: &mut Stream<Pipe>) {
    for _ in 0..100_000 {
        let client = patiently(|| client.handshake()).transpose().unwrap();
        let server = patiently(|| server.handshake()).transpose().unwrap();
        if client.is_some() && server.is_some() {
            return;
        }
    }
    panic!("the handshake does not come to an end");
}

fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..len).map(step).collect()
}

/// One end sends, the other reads, turn by turn, until the end.
fn send(from: &mut Stream<Pipe>, data: &[u8], to: &mut Stream<Pipe>) -> Vec<u8> {
    let (mut sent, mut got, mut part) = (0, Vec::new(), [0; 3000]);
    loop {
        if sent < data.len() {
            sent += patiently(|| from.write(&data[sent..])).transpose().unwrap().unwrap_or(0);
        } else {
            patiently(|| from.shutdown_write()).transpose().unwrap();
        }
        match patiently(|| to.read(&mut part)).transpose().unwrap() {
            Some(0) => return got,
            Some(count) => got.extend_from_slice(&part[..count]),
            None => {}
        }
    }
}

#[test]
fn nothing_is_lost_whatever_would_block() {
    for most in [1, 50, 5000] {
        let (mut client, mut server) = streams(most);
        shake(&mut client, &mut server);
        let data = noise(if most == 1 { 3000 } else { 200_000 });
        assert!(send(&mut client, &data, &mut server) == data, "{most}");
        // Half closed; the other direction goes on.
        assert!(server.connection().is_peer_closed());
        assert!(send(&mut server, &data, &mut client) == data, "{most}");
        assert_eq!((client.held_buffers(), server.held_buffers()), (0, 0));
    }
}

#[test]
fn a_read_or_a_write_carries_the_handshake_out() {
    let (mut client, mut server) = streams(2000);
    let data = noise(20_000);
    assert!(send(&mut client, &data, &mut server) == data);
    assert_eq!(client.facts().cipher_suite, server.facts().cipher_suite);
    assert!(client.facts().cipher_suite.is_some());
}

#[test]
fn what_waits_to_be_sent_is_bounded() {
    let (mut client, mut server) = streams(5000);
    shake(&mut client, &mut server);
    let data = noise(1 << 20);
    let mut accepted = 0;
    while let Some(count) = patiently(|| client.write(&data[accepted..])) {
        accepted += count.unwrap();
    }
    assert_eq!(client.get_ref().on_the_way(), 4096);
    assert!((OUTPUT_LIMIT..OUTPUT_LIMIT + MAX_RECORD + 4096).contains(&accepted), "{accepted}");
    let (mut got, mut part) = (Vec::new(), [0; 3000]);
    while got.len() < accepted {
        let _ = patiently(|| client.flush());
        if let Some(count) = patiently(|| server.read(&mut part)) {
            got.extend_from_slice(&part[..count.unwrap()]);
        }
    }
    assert!(got == data[..accepted]);
}

#[test]
fn keys_change_in_both_directions() {
    let (mut client, mut server) = streams(500);
    shake(&mut client, &mut server);
    let mut part = [0; 100];
    for round in 0..20 {
        client.update_keys(true).unwrap();
        let data = noise(100 + round);
        // There, and back with the keys that were asked for.
        for turn in 0..2 {
            let (from, to) = if turn == 0 { (&mut client, &mut server) } else { (&mut server, &mut client) };
            let (mut sent, mut got) = (0, Vec::new());
            while got.len() < data.len() {
                if sent < data.len() {
                    sent += patiently(|| from.write(&data[sent..])).transpose().unwrap().unwrap_or(0);
                }
                let _ = patiently(|| from.flush());
                if let Some(count) = patiently(|| to.read(&mut part)) {
                    got.extend_from_slice(&part[..count.unwrap()]);
                }
            }
            assert_eq!(got, data);
        }
    }
    for stream in [&client, &server] {
        let updates = stream.facts().messages.iter().filter(|note| note.name == "KeyUpdate").count();
        assert!(updates >= 40, "each of 20 was answered: {updates}");
    }
}

#[test]
fn a_failure_stays_and_was_told_to_the_peer() {
    let (mut client, mut server) = streams(500);
    shake(&mut client, &mut server);
    client.get_ref().inject(&[23, 3, 3, 0, 17]);
    client.get_ref().inject(&[0; 17]);
    for _ in 0..2 {
        let error = patiently(|| server.read(&mut [0; 8])).unwrap().unwrap_err();
        assert_eq!(Error::from_io(&error).unwrap().code(), "record.bad_mac");
        // The alert was tried first; a transport that does not block may need another call.
        let _ = patiently(|| server.flush());
    }
    assert!(patiently(|| server.write(b"x")).unwrap().is_err());
    let error = patiently(|| client.read(&mut [0; 8])).unwrap().unwrap_err();
    let error = Error::from_io(&error).unwrap();
    assert_eq!(error.received_alert(), Some(tlsmith::registry::AlertDescription::BAD_RECORD_MAC));
}

#[test]
fn parts_hold_what_was_not_read_and_not_sent() {
    let (mut client, mut server) = streams(5000);
    shake(&mut client, &mut server);
    assert_eq!(patiently(|| client.write(b"hello there")).unwrap().unwrap(), 11);
    while patiently(|| client.flush()).is_none() {}
    let mut part = [0; 6];
    assert_eq!(patiently(|| server.read(&mut part)).unwrap().unwrap(), 6);
    let parts = server.into_parts();
    assert_eq!(parts.unread, b"there");
    assert!(parts.unsent.is_empty());
    assert!(!parts.connection.is_handshaking());
}
