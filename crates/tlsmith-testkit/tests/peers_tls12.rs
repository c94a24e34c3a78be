//! TLS 1.2 with other people's programs, both ways: every suite that is on by default, client certificates, sessions.
//!
//! Our side is bound to TLS 1.2 and to a suite; the programs would rather speak TLS 1.3.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;

use tlsmith::{
    ClientConfig, Facts,
    config::{ClientConfigBuilder, ServerConfigBuilder},
    registry::ProtocolVersion,
    session::{MemorySessions, MemoryStore, TicketKeys},
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    count::Counter,
    peers::{
        BOTH_VERSIONS, ClientSetup, ServerSetup,
        any::{Clients, Program},
        gnutls,
        nginx::Nginx,
        nss, openssl,
        script::{Language, Script},
    },
    server::{Mode, TestServer},
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;

/// The suites, and a certificate for each.
const SUITES: [(&str, KeyKind); 6] = [
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", KeyKind::P256),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", KeyKind::P384),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", KeyKind::P256),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", KeyKind::Rsa),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", KeyKind::Rsa),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", KeyKind::Rsa),
];

fn server_of(pki: &Pki, suite: &str) -> ServerConfigBuilder {
    config::server(&pki.server).versions(TLS12, TLS12).cipher_suites(&[config::suite(suite)])
}

fn client_of(pki: &Pki, suite: &str) -> ClientConfigBuilder {
    config::client(pki.root()).versions(TLS12, TLS12).cipher_suites(&[config::suite(suite)])
}

fn check(facts: &Facts, suite: &str, context: &str) {
    assert_eq!(facts.version, Some(TLS12), "{context}");
    assert_eq!(facts.cipher_suite.unwrap().to_string(), suite, "{context}");
}

#[test]
fn our_server() {
    let mut counter = Counter::new("tls12-server", 6 * 8 + 8 + 6);
    let mut clients = Clients::default();
    for (suite, kind) in SUITES {
        let pki = Pki::new(kind);
        for program in Program::ALL {
            let context = format!("{program:?} {suite}");
            let server = TestServer::start(server_of(&pki, suite).build().unwrap(), program.mode());
            let setup = ClientSetup { versions: &BOTH_VERSIONS, ..ClientSetup::new(server.port, pki.root()) };
            clients.run(program, &setup).unwrap_or_else(|error| panic!("{context}: {error}"));
            let outcome = server.outcome();
            assert_eq!(outcome.result, Ok(()), "{context}");
            check(&outcome.facts, suite, &context);
            counter.ran();
        }
        let server = TestServer::start(server_of(&pki, suite).build().unwrap(), Mode::Http);
        let context = format!("tstclnt {suite}");
        // Its own check of chains wants keyEncipherment of every RSA key, which ours, for signatures alone, lacks.
        let more: &[&str] = if kind == KeyKind::Rsa { &["-o"] } else { &[] };
        nss::client(&ClientSetup { versions: &BOTH_VERSIONS, ..ClientSetup::new(server.port, pki.root()) }, more)
            .unwrap_or_else(|said| panic!("{context}: {said}"));
        check(&server.outcome().facts, suite, &context);
        counter.ran();
    }
    // Client certificates.
    let pki = Pki::new(KeyKind::P256);
    for program in Program::ALL {
        let context = format!("{program:?} with a certificate");
        let config = config::server(&pki.server).versions(TLS12, TLS12).client_auth(config::require(pki.root()));
        let server = TestServer::start(config.build().unwrap(), program.mode());
        let base = ClientSetup::new(server.port, pki.root());
        clients
            .run(program, &ClientSetup { versions: &BOTH_VERSIONS, identity: Some(&pki.client), ..base })
            .unwrap_or_else(|error| panic!("{context}: {error}"));
        let facts = server.outcome().facts;
        assert_eq!(facts.version, Some(TLS12), "{context}");
        assert!(!facts.peer_certificates.is_empty() && facts.verification.unwrap().is_trusted(), "{context}");
        counter.ran();
    }
    counter.finish();
}

/// A page over a connection of its own.
fn get(port: u16, config: &Arc<ClientConfig>) -> Facts {
    use std::io::{Read, Write};
    let mut stream = client::connect(port, config.clone());
    stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    stream.flush().unwrap();
    let mut answer = Vec::new();
    // Some of them end without close_notify.
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
    stream.facts().clone()
}

#[test]
fn our_client() {
    let mut counter = Counter::new("tls12-client", 6 * (4 + 5));
    for (suite, kind) in SUITES {
        let pki = Pki::new(kind);
        let setup = ServerSetup { versions: &BOTH_VERSIONS, ..ServerSetup::new(&pki.server) };
        let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
        let gnutls = gnutls::Server::start(&setup, &["--http"]);
        let nginx = Nginx::servers(&[setup]);
        let nss = nss::Server::start(&setup, &pki);
        let config = client_of(&pki, suite).build().unwrap();
        for port in [openssl.port, gnutls.port, nginx.ports[0], nss.port] {
            check(&get(port, &config), suite, &format!("{port}"));
            counter.ran();
        }
        for language in [Language::Python, Language::PyOpenSsl, Language::TlsLite, Language::Node, Language::Java] {
            let mut script = Script::start(language, &[], &[]);
            let (listening, port) = script.listen(&setup);
            let mut stream = client::connect(port, config.clone());
            client::transfer(&mut stream, 100_000, 100_000).unwrap();
            check(stream.facts(), suite, &format!("{language:?}"));
            script.outcome(listening, 0).seen("transfer");
            counter.ran();
        }
    }
    counter.finish();
}

/// NSS and tlslite-ng in TLS 1.3, both ways.
#[test]
fn the_rest_of_tls13() {
    let mut counter = Counter::new("tls13-nss-tlslite", 4);
    let pki = Pki::new(KeyKind::P256);
    let server = TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Http);
    nss::client(&ClientSetup::new(server.port, pki.root()), &[]).unwrap_or_else(|said| panic!("tstclnt: {said}"));
    assert_eq!(server.outcome().facts.version, Some(ProtocolVersion::TLS1_3));
    counter.ran();
    let nss = nss::Server::start(&ServerSetup::new(&pki.server), &pki);
    let config = config::client(pki.root()).build().unwrap();
    assert_eq!(get(nss.port, &config).version, Some(ProtocolVersion::TLS1_3));
    counter.ran();
    let mut script = Script::start(Language::TlsLite, &[], &[]);
    let server = TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Transfer);
    let order = script.connect(&ClientSetup::new(server.port, pki.root()), 20_000, 30_000);
    script.outcome(order, 0).seen("tlslite-ng connects");
    assert_eq!(server.outcome().facts.version, Some(ProtocolVersion::TLS1_3));
    counter.ran();
    let (listening, port) = script.listen(&ServerSetup::new(&pki.server));
    let mut stream = client::connect(port, config);
    client::transfer(&mut stream, 20_000, 30_000).unwrap();
    assert_eq!(stream.facts().version, Some(ProtocolVersion::TLS1_3));
    script.outcome(listening, 0).seen("tlslite-ng listens");
    counter.ran();
    counter.finish();
}

/// tlslite-ng as a client of TLS 1.2.
#[test]
fn tlslite_connects() {
    let mut counter = Counter::new("tls12-tlslite", 6);
    let mut script = Script::start(Language::TlsLite, &[], &[]);
    for (suite, kind) in SUITES {
        let pki = Pki::new(kind);
        let server = TestServer::start(server_of(&pki, suite).build().unwrap(), Mode::Transfer);
        let setup = ClientSetup { versions: &BOTH_VERSIONS, ..ClientSetup::new(server.port, pki.root()) };
        let order = script.connect(&setup, 20_000, 30_000);
        script.outcome(order, 0).seen(suite);
        check(&server.outcome().facts, suite, suite);
        counter.ran();
    }
    counter.finish();
}

#[test]
fn sessions() {
    let mut counter = Counter::new("tls12-sessions", 5 * 2 + 4);
    let pki = Pki::new(KeyKind::P256);
    let setup = ServerSetup { versions: &BOTH_VERSIONS, ..ServerSetup::new(&pki.server) };
    // Tickets, and sessions that the server keeps.
    let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
    let stateful = openssl::Server::start(&setup, openssl::Mode::Www, &["-no_ticket"]);
    let gnutls = gnutls::Server::start(&setup, &["--http"]);
    let without = gnutls::Server::start(&setup, &["--http", "--noticket"]);
    let nginx = Nginx::servers(&[setup]);
    for port in [openssl.port, stateful.port, gnutls.port, without.port, nginx.ports[0]] {
        let sessions = Arc::new(MemorySessions::default());
        let config = config::client(pki.root()).versions(TLS12, TLS12).sessions(sessions).build().unwrap();
        assert!(!get(port, &config).resumed, "{port}");
        for _ in 0..2 {
            let facts = get(port, &config);
            assert!(facts.resumed && facts.version == Some(TLS12), "{port}: {:?}", facts.messages);
            assert!(!facts.peer_certificates.is_empty(), "{port}");
            counter.ran();
        }
    }
    for tickets in [true, false] {
        let mut config = config::server(&pki.server).versions(TLS12, TLS12);
        config = match tickets {
            true => config.ticketer(Arc::new(TicketKeys::generate(&AwsLc).unwrap())),
            false => config.session_store(Arc::new(MemoryStore::new(100, 1 << 20))),
        };
        let server = TestServer::start(config.build().unwrap(), Mode::Echo);
        let setup = ClientSetup { versions: &BOTH_VERSIONS, ..ClientSetup::new(server.port, pki.root()) };
        let dir = tempfile::tempdir().unwrap();
        let session = dir.path().join("session");
        for (option, resumed) in [("-sess_out", false), ("-sess_in", true)] {
            let mut process = openssl::client(&setup, &[option, session.to_str().unwrap()]);
            process.write(b"hello\n");
            process.wait_for_text("hello\n");
            process.close_stdin();
            let said = process.finish().text();
            assert_eq!(server.outcome().facts.resumed, resumed, "{said}");
        }
        counter.ran();
        let mut process = gnutls::client(&setup, &["--resume"]);
        process.write(b"hello\n");
        process.wait_for_text("hello\n");
        process.close_stdin();
        let said = process.finish().text();
        let facts = [server.outcome().facts, server.outcome().facts];
        assert!(!facts[0].resumed && facts[1].resumed, "{said}");
        counter.ran();
    }
    counter.finish();
}
