//! Sessions between tlsmith and other people's programs: resumption, early data, external PSKs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

use tlsmith::{
    ClientConfig, Facts,
    blocking::Stream,
    conn::{EarlyDataStatus, ReplaySafe},
    session::{ExternalPsk, MemorySessions, ReplayWindow, TicketKeys, UnixMillis},
};
use tlsmith_crypto::{HashAlgorithm, Secret, aws_lc::AwsLc};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    count::Counter,
    peers::{ClientSetup, ServerSetup, gnutls, nginx::Nginx, openssl},
    server::{Mode, TestServer},
};

/// A client that keeps sessions.
fn resuming(pki: &Pki) -> Arc<ClientConfig> {
    config::client(pki.root()).sessions(Arc::new(MemorySessions::default())).early_data(true).build().unwrap()
}

/// One request over a connection of its own, early data before it if there are any; the answer.
fn get(port: u16, config: &Arc<ClientConfig>, early: Option<&[u8]>) -> (Facts, String) {
    let mut stream = client::connect(port, config.clone());
    let mut sent = 0;
    if let Some(data) = early {
        sent = stream.write_early_data(ReplaySafe::declare(data)).unwrap();
    }
    stream.handshake().unwrap();
    let accepted = stream.facts().early_data == EarlyDataStatus::Accepted;
    if early.is_none() || sent == 0 || !accepted {
        stream.write_all(REQUEST).unwrap();
        stream.flush().unwrap();
    }
    (stream.facts().clone(), answer(&mut stream))
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Up to the end, however the program ends.
fn answer(stream: &mut Stream<TcpStream>) -> String {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 {
            break;
        }
        text.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn our_client_resumes() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("sessions-client", 4 * 3);
    let setup = ServerSetup::new(&pki.server);
    // Tickets that hold the session, and tickets that only name it.
    let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
    let stateful = openssl::Server::start(&setup, openssl::Mode::Www, &["-no_ticket"]);
    let gnutls = gnutls::Server::start(&setup, &["--http"]);
    let nginx = Nginx::servers(&[setup]);
    for port in [openssl.port, stateful.port, gnutls.port, nginx.ports[0]] {
        let config = resuming(&pki);
        let (first, text) = get(port, &config, None);
        assert!(!first.resumed && text.contains("200"), "{text}");
        for _ in 0..3 {
            let (facts, text) = get(port, &config, None);
            assert!(facts.resumed, "port {port}: {:?}", facts.messages);
            assert!(text.contains("200"), "{text}");
            assert_eq!(facts.peer_certificates, first.peer_certificates);
            counter.ran();
        }
    }
    counter.finish();
}

#[test]
fn an_openssl_server_answers_early_data_once() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("sessions-early-client", 2);
    let more = ["-early_data", "-max_early_data", "4096"];
    let mut server = openssl::Server::start(&ServerSetup::new(&pki.server), openssl::Mode::Interactive, &more);
    let config = resuming(&pki);
    let mut stream = client::connect(server.port, config.clone());
    stream.handshake().unwrap();
    server.process.write(b"tickets first\n");
    stream.read_exact(&mut [0; 14]).unwrap();
    stream.shutdown_write().unwrap();
    drop(stream);

    let mut stream = client::connect(server.port, config);
    assert_eq!(stream.write_early_data(ReplaySafe::declare(b"early bird\n")).unwrap(), 11);
    stream.handshake().unwrap();
    assert_eq!(stream.facts().early_data, EarlyDataStatus::Accepted);
    server.process.wait_for_text("early bird");
    counter.ran();
    server.process.write(b"worm\n");
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"worm\n");
    counter.ran();
    counter.finish();
}

#[test]
fn our_server_resumes_and_reads_early_data() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("sessions-server", 4);
    let window = ReplayWindow::with_new_keys(10_000, 1000, UnixMillis::now());
    let config = config::server(&pki.server)
        .ticketer(Arc::new(TicketKeys::generate(&AwsLc).unwrap()))
        .early_data(1000, Arc::new(window))
        .build()
        .unwrap();
    let server = TestServer::start(config, Mode::Echo);
    let setup = ClientSetup::new(server.port, pki.root());
    let dir = tempfile::tempdir().unwrap();
    let (session, early) = (dir.path().join("session"), dir.path().join("early"));
    std::fs::write(&early, "early bird\n").unwrap();
    let (session, early) = (session.to_str().unwrap(), early.to_str().unwrap());

    // A line to and fro, so that the tickets have arrived.
    let run = |more: &[&str]| {
        let mut process = openssl::client(&setup, more);
        process.write(b"hello\n");
        process.wait_for_text("hello\n");
        process.close_stdin();
        let ended = process.finish();
        let outcome = server.outcome();
        assert_eq!(outcome.result, Ok(()), "{}", ended.text());
        (outcome.facts, ended.text())
    };
    let (facts, _) = run(&["-sess_out", session]);
    assert!(!facts.resumed);
    counter.ran();
    let (facts, text) = run(&["-sess_in", session]);
    assert!(facts.resumed && text.contains("Reused, TLSv1.3"), "{text}");
    counter.ran();
    let (facts, text) = run(&["-sess_in", session, "-early_data", early]);
    assert_eq!(facts.early_data, EarlyDataStatus::Accepted, "{:?} {text}", facts.early_data_refusal);
    assert!(text.contains("Early data was accepted"), "{text}");
    counter.ran();
    let mut process = gnutls::client(&setup, &["--resume"]);
    process.write(b"hello\n");
    process.wait_for_text("hello\n");
    process.close_stdin();
    let ended = process.finish();
    let facts = [server.outcome().facts, server.outcome().facts];
    assert!(!facts[0].resumed && facts[1].resumed, "{}", ended.text());
    counter.ran();
    counter.finish();
}

#[test]
fn external_psks() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("sessions-psk", 4);
    let (identity, key) = ("device-7", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    let secret = Secret::new(&(0..32).collect::<Vec<u8>>());
    let psk = ExternalPsk::new(identity.as_bytes(), secret, HashAlgorithm::Sha256).unwrap();
    let config = config::server(&pki.server).psks(Arc::new(vec![psk.clone()])).psk_without_dhe(true).build().unwrap();
    let server = TestServer::start(config, Mode::Echo);
    let setup = ClientSetup::new(server.port, pki.root());
    let openssl = |setup: &ClientSetup<'_>| openssl::client(setup, &["-psk_identity", identity, "-psk", key]);
    let gnutls = |setup: &ClientSetup<'_>| {
        let priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+PSK";
        gnutls::client(setup, &["--priority", priority, "--pskusername", identity, "--pskkey", key])
    };
    let clients: [&dyn Fn(&ClientSetup<'_>) -> tlsmith_testkit::process::Process; 2] = [&openssl, &gnutls];
    for (at, client) in clients.into_iter().enumerate() {
        let suite = ["TLS_AES_128_GCM_SHA256"];
        let mut process = client(&ClientSetup { suites: &suite, ..setup });
        process.write(b"hello\n");
        process.wait_for_text("hello\n");
        process.close_stdin();
        process.finish();
        let facts = server.outcome().facts;
        assert!(facts.external_psk && facts.own_certificates.is_empty());
        // The one of GnuTLS knows no key exchange beside it.
        assert_eq!(facts.group.is_none(), at == 1);
        counter.ran();
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("psk.txt");
    std::fs::write(&file, format!("{identity}:{key}\n")).unwrap();
    let more = ["-psk_identity", identity, "-psk", key];
    let s_server = openssl::Server::start(&ServerSetup::new(&pki.server), openssl::Mode::Www, &more);
    let priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+DHE-PSK:+ECDHE-PSK:+PSK";
    let more = ["--http", "--pskpasswd", file.to_str().unwrap(), "--priority", priority];
    let gnutls_serv = gnutls::Server::start(&ServerSetup::new(&pki.server), &more);
    for port in [s_server.port, gnutls_serv.port] {
        let config = config::client(pki.root()).psks(vec![psk.clone()]).build().unwrap();
        let (facts, text) = get(port, &config, None);
        assert!(facts.external_psk && facts.peer_certificates.is_empty(), "{port}");
        assert!(text.contains("200") || text.contains("HTTP"), "{text}");
        counter.ran();
    }
    counter.finish();
}
