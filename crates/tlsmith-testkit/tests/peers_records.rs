//! What other people's programs have of the record layer that is not used by default: the suites with AES-CCM, and
//! record_size_limit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use tlsmith::blocking::Stream;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    count::Counter,
    peers::{ClientSetup, ServerSetup, any::Clients, any::Program, gnutls, openssl},
    server::{Mode, TestServer},
};

const CCM: [&str; 2] = ["TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"];

/// Lines that a program which reads lines sends back as they are, more than a record of any limit here.
fn lines() -> Vec<u8> {
    (0..30_000_u32).map(|at| if at % 79 == 78 { b'\n' } else { b'a' + u8::try_from(at % 26).unwrap() }).collect()
}

/// Sends the lines and has them back.
fn echo(stream: &mut Stream<TcpStream>, context: &str) {
    let lines = lines();
    stream.write_all(&lines).unwrap_or_else(|error| panic!("{context}: {error}"));
    let mut back = vec![0; lines.len()];
    stream.read_exact(&mut back).unwrap_or_else(|error| panic!("{context}: {error}"));
    assert!(back == lines, "{context}: something else came back");
}

#[test]
fn ccm() {
    let mut counter = Counter::new("records-ccm", 2 * 4);
    let mut clients = Clients::default();
    let pki = Pki::new(KeyKind::P256);
    for suite in CCM {
        for program in [Program::OpenSsl, Program::GnuTls] {
            let context = format!("{program:?} as a client, {suite}");
            let server = TestServer::start(
                config::server(&pki.server).cipher_suites(&[config::suite(suite)]).build().unwrap(),
                program.mode(),
            );
            let setup = ClientSetup { suites: &[suite], ..ClientSetup::new(server.port, pki.root()) };
            let seen = clients.run(program, &setup).unwrap_or_else(|error| panic!("{context}: {error}"));
            assert_eq!(seen.suite.as_deref(), Some(suite), "{context}");
            assert_eq!(server.outcome().result, Ok(()), "{context}");
            counter.ran();
        }
        let setup = ServerSetup { suites: &[suite], ..ServerSetup::new(&pki.server) };
        let client = || config::client(pki.root()).cipher_suites(&[config::suite(suite)]).build().unwrap();

        let context = format!("GnuTLS as a server, {suite}");
        let gnutls = gnutls::Server::start(&setup, &["--echo"]);
        let mut stream = client::connect(gnutls.port, client());
        echo(&mut stream, &context);
        assert_eq!(stream.facts().cipher_suite, Some(config::suite(suite)), "{context}");
        counter.ran();

        let context = format!("OpenSSL as a server, {suite}");
        let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
        let mut stream = client::connect(openssl.port, client());
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap_or_else(|error| panic!("{context}: {error}"));
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap_or_else(|error| panic!("{context}: {error}"));
        assert!(page.contains(suite), "{context}: {page}");
        counter.ran();
    }
    counter.finish();
}

/// A record longer than the side that reads it has said would end the connection on either side.
#[test]
fn record_size_limits() {
    let mut counter = Counter::new("records-size-limit", 2 * 3 * 2 * 2);
    let pki = Pki::new(KeyKind::P256);
    // GnuTLS takes less than 512 only if it is told to. What counts is in TLS 1.3 the content with its type, in TLS 1.2 the
    // content; GnuTLS's option is of the content in either.
    let tls13 = (&["%ALLOW_SMALL_RECORDS"][..], 1);
    let tls12 = (&["%ALLOW_SMALL_RECORDS", "-VERS-ALL", "+VERS-TLS1.2"][..], 0);
    for (priorities, with_type) in [tls13, tls12] {
        for own in [64, 512, 16_385] {
            for theirs in [None, Some("600")] {
                let context = format!("our limit {own}, GnuTLS's {theirs:?}, {priorities:?}");
                let options: Vec<&str> = theirs.iter().flat_map(|limit| ["--recordsize", limit]).collect();
                let said = theirs.map_or(1 << 14, |limit| limit.parse::<u16>().unwrap()) + with_type;

                let echoing = [&["--echo"], &options[..]].concat();
                let gnutls = gnutls::Server::start_with(&ServerSetup::new(&pki.server), priorities, &echoing);
                let config = config::client(pki.root()).record_size_limit(own).build().unwrap();
                let mut stream = client::connect(gnutls.port, config);
                echo(&mut stream, &context);
                assert_eq!(stream.facts().record_size_limit, Some(said), "{context}");
                counter.ran();

                let config = config::server(&pki.server).record_size_limit(own).build().unwrap();
                let server = TestServer::start(config, Mode::Echo);
                let setup = ClientSetup::new(server.port, pki.root());
                let mut gnutls = gnutls::client_with(&setup, priorities, &options);
                // It sends no more of a line than a record holds, and so does the test.
                for line in ["short\n", "a line that is still shorter than the shortest limit\n"] {
                    gnutls.write(line.as_bytes());
                    assert!(gnutls.came(line), "{context}: {}", gnutls.finish().text());
                }
                drop(gnutls.finish());
                let outcome = server.outcome();
                assert_eq!(outcome.result, Ok(()), "{context}");
                assert_eq!(outcome.facts.record_size_limit, Some(said), "{context}");
                counter.ran();
            }
        }
    }
    counter.finish();
}
