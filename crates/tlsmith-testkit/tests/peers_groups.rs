//! The groups that few programs have: finite fields, which are not offered unless they are named, and the hybrids.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::io::Write;

use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    count::Counter,
    peers::{
        ClientSetup, ServerSetup,
        any::{Clients, Program},
        gnutls, openssl,
        script::{Language, Script},
    },
    server::{Mode, TestServer},
};

/// Finite fields (RFC 7919).
const GROUPS: [&str; 2] = ["ffdhe2048", "ffdhe3072"];

#[test]
fn finite_fields_of_clients() {
    let mut counter = Counter::new("groups-clients", 2 * 2 * 2);
    let mut clients = Clients::default();
    let pki = Pki::new(KeyKind::P256);
    for group in GROUPS {
        for program in [Program::OpenSsl, Program::GnuTls] {
            // With a share at once, and after a retry.
            for offered in [&[group][..], &["x25519", group]] {
                let context = format!("{program:?} with {offered:?}");
                let config = config::server(&pki.server).groups(&[config::group(group)]).build().unwrap();
                let server = TestServer::start(config, program.mode());
                let setup = ClientSetup { groups: offered, ..ClientSetup::new(server.port, pki.root()) };
                clients.run(program, &setup).unwrap_or_else(|error| panic!("{context}: {error}"));
                let outcome = server.outcome();
                assert_eq!(outcome.result, Ok(()), "{context}");
                assert_eq!(outcome.facts.group, Some(config::group(group)), "{context}");
                // GnuTLS sends shares of two kinds at once.
                assert!(program == Program::GnuTls || outcome.facts.retried == (offered.len() > 1), "{context}");
                counter.ran();
            }
        }
    }
    counter.finish();
}

#[test]
fn finite_fields_of_servers() {
    let mut counter = Counter::new("groups-servers", 2 * 2 * 2);
    let pki = Pki::new(KeyKind::P256);
    for group in GROUPS {
        let setup = ServerSetup { groups: &[group], ..ServerSetup::new(&pki.server) };
        let gnutls = gnutls::Server::start(&setup, &["--echo"]);
        let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
        for (program, port) in [("GnuTLS", gnutls.port), ("OpenSSL", openssl.port)] {
            for offered in [&[group][..], &["x25519", group]] {
                let context = format!("{program} with {offered:?}");
                let groups: Vec<_> = offered.iter().map(|name| config::group(name)).collect();
                let mut stream = client::connect(port, config::client(pki.root()).groups(&groups).build().unwrap());
                stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap_or_else(|error| panic!("{context}: {error}"));
                assert_eq!(stream.facts().group, Some(config::group(group)), "{context}");
                assert_eq!(stream.facts().retried, offered.len() > 1, "{context}");
                counter.ran();
            }
        }
    }
    counter.finish();
}

/// SecP256r1MLKEM768 and SecP384r1MLKEM1024, with the OpenSSL that pyOpenSSL brings.
#[test]
fn hybrids_of_the_nist_curves() {
    let mut counter = Counter::new("groups-hybrids", 2 * 2);
    let pki = Pki::new(KeyKind::P256);
    for name in ["SecP256r1MLKEM768", "SecP384r1MLKEM1024"] {
        let group = config::group(name);
        let mut script = Script::start(Language::PyOpenSsl, &[], &[name]);

        let (_, port) = script.listen(&ServerSetup::new(&pki.server));
        let mut stream = client::connect(port, config::client(pki.root()).groups(&[group]).build().unwrap());
        stream.write_all(b"x").unwrap();
        assert_eq!(stream.facts().group, Some(group), "{name} of a server");
        counter.ran();

        let config = config::server(&pki.server).groups(&[group]).build().unwrap();
        let server = TestServer::start(config, Mode::Transfer);
        let order = script.connect(&ClientSetup::new(server.port, pki.root()), 10, 10);
        let seen = script.outcome(order, 0).seen(name);
        assert_eq!(seen.group.as_deref(), Some(name), "{name} of a client");
        assert_eq!(server.outcome().facts.group, Some(group), "{name} of a client");
        counter.ran();
    }
    counter.finish();
}
