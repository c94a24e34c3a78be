//! 100 MiB each way, compared by hash.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    io::Write,
    process::ChildStdin,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    config::{Sha256, sha256},
    count::Counter,
    peers::{
        ClientSetup, SUITES, ServerSetup, openssl,
        script::{Language, Script},
    },
    server::{Mode, TestServer, given},
};

const SIZE: usize = 100 << 20;
const LANGUAGES: [Language; 4] = [Language::Python, Language::PyOpenSsl, Language::Node, Language::Java];

/// One at a time: each holds some hundred mebibytes.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// So many bytes for a program's standard input, written by a thread; the hash tells what it wrote. The input comes back
/// with it, open: its end would end the program.
fn feed(mut to: ChildStdin) -> thread::JoinHandle<(String, ChildStdin)> {
    thread::spawn(move || {
        let mut hash = Sha256::default();
        let mut block = vec![0_u8; 1 << 20];
        for round in 0..SIZE / block.len() {
            for (at, byte) in block.iter_mut().enumerate().step_by(61) {
                *byte = byte.wrapping_add((at ^ round) as u8);
            }
            hash.update(&block);
            to.write_all(&block).unwrap();
        }
        to.flush().unwrap();
        (hash.hex(), to)
    })
}

#[test]
fn openssl_s_client() {
    let _alone = alone();
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("bulk-server-openssl", 3);
    for suite in SUITES {
        let config = config::server_of(&pki.server, suite, "x25519").build().unwrap();
        let server = TestServer::start(config, Mode::TakeThenGive(SIZE));
        let mut client = openssl::client(&ClientSetup::new(server.port, pki.root()), &["-quiet"]);
        let feeding = feed(client.take_stdin().unwrap());
        let ended = client.finish();
        let outcome = server.outcome();
        assert_eq!(feeding.join().unwrap().0, outcome.received, "{suite}");
        assert_eq!(ended.stdout.len(), SIZE, "{suite}");
        assert_eq!(sha256(&ended.stdout), outcome.sent, "{suite}");
        assert_eq!(outcome.sent, given(SIZE), "{suite}");
        assert_eq!(outcome.result, Ok(()), "{suite}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn openssl_s_server() {
    let _alone = alone();
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("bulk-client-openssl", 3);
    for suite in SUITES {
        let setup = ServerSetup { suites: &[suite], ..ServerSetup::new(&pki.server) };
        let mut server = openssl::Server::start(&setup, openssl::Mode::Quiet, &[]);
        let mut stream = client::connect(server.port, config::client(pki.root()).build().unwrap());
        let mut block = vec![0_u8; 1 << 20];
        let mut sent = Sha256::default();
        for round in 0..SIZE / block.len() {
            block.fill(round as u8);
            sent.update(&block);
            stream.write_all(&block).unwrap();
        }
        stream.flush().unwrap();
        server.process.wait_for_stdout_len(SIZE);
        assert_eq!(sha256(&server.process.stdout()), sent.hex(), "{suite}");
        let feeding = feed(server.process.take_stdin().unwrap());
        let received = client::take(&mut stream, SIZE).unwrap();
        assert_eq!(feeding.join().unwrap().0, received, "{suite}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn scripts_as_clients() {
    let _alone = alone();
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("bulk-server-scripts", 4);
    for language in LANGUAGES {
        let server = TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Transfer);
        let mut script = Script::start(language, &[], &[]);
        let order = script.connect(&ClientSetup::new(server.port, pki.root()), SIZE as u64, SIZE as u64);
        let answer = script.outcome(order, 0);
        answer.seen(&script.version);
        let outcome = server.outcome();
        assert_eq!(outcome.result, Ok(()), "{language:?}");
        assert_eq!(answer.get("sent"), outcome.received, "{language:?}");
        assert_eq!(answer.get("received"), outcome.sent, "{language:?}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn scripts_as_servers() {
    let _alone = alone();
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("bulk-client-scripts", 4);
    for language in LANGUAGES {
        let mut script = Script::start(language, &[], &[]);
        let (listening, port) = script.listen(&ServerSetup::new(&pki.server));
        let mut stream = client::connect(port, config::client(pki.root()).build().unwrap());
        let digests = client::transfer(&mut stream, SIZE, SIZE).unwrap();
        let answer = script.outcome(listening, 0);
        answer.seen(&script.version);
        assert_eq!(answer.get("sent"), digests.received, "{language:?}");
        assert_eq!(answer.get("received"), digests.sent, "{language:?}");
        counter.ran();
    }
    counter.finish();
}
