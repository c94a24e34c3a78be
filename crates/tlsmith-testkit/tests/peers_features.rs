//! tlsmith and other people's programs beyond the bare handshake: client certificates, ALPN, KeyUpdate, and a stream that
//! comes a byte at a time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr},
};

use tlsmith::{Facts, conn::Direction};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    count::Counter,
    peers::{
        ClientSetup, ServerSetup,
        any::{Clients, Program},
        gnutls, nginx,
        nginx::Nginx,
        openssl,
        script::{Language, Script},
    },
    relay::one_byte_a_segment,
    server::{Mode, TestServer},
};

/// Java 17 has no Ed25519 in TLS.
fn has(program: Program, kind: KeyKind) -> bool {
    program != Program::Script(Language::Java) || kind != KeyKind::Ed25519
}

fn key_updates(facts: &Facts, direction: Direction) -> usize {
    facts.messages.iter().filter(|note| note.name == "KeyUpdate" && note.direction == direction).count()
}

#[test]
fn client_certificates() {
    let mut counter = Counter::new("feature-mtls", 94 + 8 + 8 + 8);
    let mut clients = Clients::default();
    for kind in KeyKind::ALL {
        let pki = Pki::new(kind);
        for program in Program::ALL {
            if !has(program, kind) {
                continue;
            }
            let context = format!("{program:?} {kind:?}");
            for auth in [config::require(pki.root()), config::request(pki.root())] {
                let config = config::server(&pki.server).client_auth(auth).build().unwrap();
                let server = TestServer::start(config, program.mode());
                let setup = ClientSetup { identity: Some(&pki.client), ..ClientSetup::new(server.port, pki.root()) };
                clients.run(program, &setup).unwrap_or_else(|error| panic!("{context}: {error}"));
                let outcome = server.outcome();
                assert_eq!(outcome.result, Ok(()), "{context}");
                let facts = &outcome.facts;
                assert_eq!(facts.peer_certificates[0].subject().to_string(), "CN=tlsmith test client,O=tlsmith tests");
                assert!(facts.verification.as_ref().unwrap().is_trusted(), "{context}");
                assert!(kind.schemes().contains(&facts.signature_scheme.unwrap().to_string().as_str()), "{context}");
                counter.ran();
            }
            if kind != KeyKind::P256 {
                continue;
            }
            // Without one: fine if it was only asked for.
            let config = config::server(&pki.server).client_auth(config::request(pki.root())).build().unwrap();
            let server = TestServer::start(config, program.mode());
            clients.run(program, &ClientSetup::new(server.port, pki.root())).unwrap();
            let outcome = server.outcome();
            assert_eq!(outcome.result, Ok(()), "{context}");
            assert!(outcome.facts.client_auth_requested && outcome.facts.peer_certificates.is_empty(), "{context}");
            counter.ran();

            let config = config::server(&pki.server).client_auth(config::require(pki.root())).build().unwrap();
            let server = TestServer::start(config, program.mode());
            let said = clients.run(program, &ClientSetup::new(server.port, pki.root())).unwrap_err();
            assert_eq!(server.outcome().code, Some("certificate.required"), "{context}: {said}");
            counter.ran();

            // One that a stranger issued.
            let stranger = Pki::new(KeyKind::P256);
            let setup = ClientSetup { identity: Some(&stranger.client), ..ClientSetup::new(server.port, pki.root()) };
            let said = clients.run(program, &setup).unwrap_err();
            let code = server.outcome().code;
            // Clients that look at certificate_authorities first show none.
            assert!(
                matches!(
                    code,
                    Some("certificate.unknown_issuer" | "certificate.missing_intermediate" | "certificate.required")
                ),
                "{context}: {code:?} {said}"
            );
            counter.ran();
        }
    }
    counter.finish();
}

#[test]
fn application_protocols() {
    let mut counter = Counter::new("feature-alpn", 14);
    let mut clients = Clients::default();
    let pki = Pki::new(KeyKind::P256);
    // nginx offers none.
    for program in Program::ALL.into_iter().filter(|program| *program != Program::Nginx) {
        let context = format!("{program:?}");
        let config = config::server(&pki.server).alpn(&[b"spdy/99", b"http/1.1"]).build().unwrap();
        let server = TestServer::start(config, program.mode());
        let setup = ClientSetup { alpn: &["http/1.1"], ..ClientSetup::new(server.port, pki.root()) };
        let seen = clients.run(program, &setup).unwrap_or_else(|error| panic!("{context}: {error}"));
        assert_eq!(seen.alpn.as_deref(), Some("http/1.1"), "{context}");
        assert_eq!(server.outcome().facts.alpn.as_deref(), Some(b"http/1.1".as_slice()), "{context}");
        counter.ran();

        let config = config::server(&pki.server).alpn(&[b"spdy/99"]).build().unwrap();
        let server = TestServer::start(config, program.mode());
        let setup = ClientSetup { alpn: &["http/1.1"], ..ClientSetup::new(server.port, pki.root()) };
        let said = clients.run(program, &setup).unwrap_err();
        assert_eq!(server.outcome().code, Some("hello.no_application_protocol"), "{context}: {said}");
        counter.ran();
    }
    counter.finish();
}

/// What a client program types to change keys, and whether it asks for the server's to be changed as well.
#[test]
fn clients_change_keys() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("feature-key-update-server", 8);
    for (openssl, own, both) in [(true, "k\n", "K\n"), (false, "^rekey1^\n", "^rekey^\n")] {
        let server = TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Echo);
        let setup = ClientSetup::new(server.port, pki.root());
        let mut process =
            if openssl { openssl::client(&setup, &[]) } else { gnutls::client(&setup, &["--inline-commands"]) };
        let mut lines = ["one\n", "two\n", "!update three\n", "four\n"].iter();
        let mut said = |process: &mut tlsmith_testkit::process::Process| {
            let line = lines.next().unwrap();
            process.write(line.as_bytes());
            process.wait_for_text(line);
        };
        said(&mut process);
        for command in [own, both] {
            process.write(command.as_bytes());
            // A command has to be read by itself.
            process.wait_for("the word that keys were changed", |out, err| {
                let words = if openssl { "KEYUPDATE" } else { "Rekey was completed" };
                let count = out.matches(words).count() + err.matches(words).count();
                (count > usize::from(command == both)).then_some(())
            });
            said(&mut process);
            counter.ran();
        }
        for line in ["!update\n", "!update-both\n"] {
            process.write(line.as_bytes());
            process.wait_for_text(line);
            process.write(b"still here\n");
            process.wait_for_text("still here\n");
            counter.ran();
        }
        process.close_stdin();
        process.finish();
        let outcome = server.outcome();
        assert_eq!(outcome.result, Ok(()));
        let (came, went) =
            (key_updates(&outcome.facts, Direction::Received), key_updates(&outcome.facts, Direction::Sent));
        // Theirs: two by command, one in answer to ours. Ours: one in answer to theirs, two by command.
        assert_eq!((came, went), (3, 3), "openssl: {openssl}: {:?}", outcome.facts.messages);
    }
    counter.finish();
}

#[test]
fn we_change_keys_and_so_does_s_server() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("feature-key-update-client", 10);
    let mut server = openssl::Server::start(&ServerSetup::new(&pki.server), openssl::Mode::Interactive, &[]);
    let mut stream = client::connect(server.port, config::client(pki.root()).build().unwrap());
    stream.handshake().unwrap();
    let mut expect = |stream: &mut tlsmith::blocking::Stream<_>, text: &str| {
        let mut buffer = vec![0; text.len()];
        stream.read_exact(&mut buffer).unwrap();
        assert_eq!(buffer, text.as_bytes());
        counter.ran();
    };
    // Its tickets are out of the way when this has come: what comes next is the KeyUpdate.
    server.process.write(b"hello\n");
    expect(&mut stream, "hello\n");
    for (command, text) in [("k\n", "after k\n"), ("K\n", "after K\n")] {
        server.process.write(command.as_bytes());
        // It looks for commands at the beginning of what it reads at a time: it must have read this one.
        stream.get_ref().peek(&mut [0]).unwrap();
        server.process.write(text.as_bytes());
        expect(&mut stream, text);
        // An answer that is owed goes before the next data.
        let noted = format!("noted {text}");
        stream.write_all(noted.as_bytes()).unwrap();
        stream.flush().unwrap();
        server.process.wait_for_text(&noted);
    }
    for (both, text) in [(false, "own keys\n"), (true, "both keys\n")] {
        stream.update_keys(both).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream.flush().unwrap();
        server.process.wait_for_text(text);
        server.process.write(text.as_bytes());
        expect(&mut stream, text);
    }
    assert_eq!(key_updates(stream.facts(), Direction::Received), 3);
    assert_eq!(key_updates(stream.facts(), Direction::Sent), 3);

    let gnutls = gnutls::Server::start(&ServerSetup::new(&pki.server), &["--echo"]);
    let mut stream = client::connect(gnutls.port, config::client(pki.root()).build().unwrap());
    stream.handshake().unwrap();
    stream.update_keys(true).unwrap();
    stream.write_all(b"to and fro\n").unwrap();
    expect(&mut stream, "to and fro\n");
    assert_eq!(key_updates(stream.facts(), Direction::Received), 1);

    for language in [Language::Python, Language::PyOpenSsl, Language::Node, Language::Java] {
        let mut script = Script::start(language, &[], &[]);
        let (listening, port) = script.listen(&ServerSetup::new(&pki.server));
        let mut stream = client::connect(port, config::client(pki.root()).build().unwrap());
        stream.handshake().unwrap();
        stream.update_keys(true).unwrap();
        client::transfer(&mut stream, 100_000, 100_000).unwrap();
        assert_eq!(key_updates(stream.facts(), Direction::Received), 1, "{language:?}");
        script.outcome(listening, 0).seen("key update");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn clients_a_byte_at_a_time() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("feature-bytes-server", 8);
    let mut clients = Clients::default();
    for program in Program::ALL {
        let config = config::server(&pki.server).client_auth(config::require(pki.root())).build().unwrap();
        let server = TestServer::start(config, program.mode());
        let relay = one_byte_a_segment(SocketAddr::from((Ipv4Addr::LOCALHOST, server.port)));
        let setup = ClientSetup { identity: Some(&pki.client), ..ClientSetup::new(relay.port(), pki.root()) };
        clients.run(program, &setup).unwrap_or_else(|error| panic!("{program:?}: {error}"));
        assert_eq!(server.outcome().result, Ok(()), "{program:?}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn servers_a_byte_at_a_time() {
    let pki = Pki::new(KeyKind::P256);
    let mut counter = Counter::new("feature-bytes-client", 7);
    let setup = ServerSetup::new(&pki.server);
    let relay = |port: u16| one_byte_a_segment(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).port();
    let fetch = |port: u16| nginx::page(relay(port), pki.root(), &[]);

    let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
    assert!(fetch(openssl.port).contains("Cipher is TLS_"));
    counter.ran();
    let gnutls = gnutls::Server::start(&setup, &["--http"]);
    assert!(fetch(gnutls.port).contains("TLS1.3"));
    counter.ran();
    let nginx = Nginx::servers(&[setup]);
    assert!(fetch(nginx.ports[0]).contains("protocol=TLSv1.3"));
    counter.ran();
    for language in [Language::Python, Language::PyOpenSsl, Language::Node, Language::Java] {
        let mut script = Script::start(language, &[], &[]);
        let (listening, port) = script.listen(&setup);
        let mut stream = client::connect(relay(port), config::client(pki.root()).build().unwrap());
        let digests = client::transfer(&mut stream, 20_000, 30_000).unwrap();
        let answer = script.outcome(listening, 0);
        assert_eq!(answer.get("sent"), digests.received, "{language:?}: {answer:?}");
        counter.ran();
    }
    counter.finish();
}
