//! `--starttls` through the whole command: a server that speaks SMTP before TLS, well and badly.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::LazyLock,
};

use common::{connect, raw_peer, read_to_close};
use serde_json::{Value, json};
use tlsmith::blocking::Stream;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
};
use tlsmith_x509::UnixTime;

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

/// Says these replies, each but the first after a line of the client's.
fn smtp(socket: &mut TcpStream, replies: &[&str]) {
    let mut lines = BufReader::new(socket.try_clone().unwrap());
    for (index, reply) in replies.iter().enumerate() {
        if index > 0 {
            lines.read_line(&mut String::new()).unwrap();
        }
        socket.write_all(reply.as_bytes()).unwrap();
    }
}

const GREETING: &str = "220 mail.example ESMTP\r\n";
const OFFER: &str = "250-mail.example\r\n250 STARTTLS\r\n";

#[test]
fn a_handshake_follows_the_dialogue() {
    let act = |socket: &mut TcpStream| {
        smtp(socket, &[GREETING, OFFER, "220 go on\r\n"]);
        let config = config::server(&PKI.server).build().unwrap();
        let mut stream = Stream::accept(socket, config, UnixTime::now()).unwrap();
        stream.handshake().unwrap();
        let _ = stream.read(&mut [0; 16]);
    };
    let (port, peer) = raw_peer(act);
    let run = connect(port, PKI.root(), &["--starttls", "smtp", "--json"]);
    peer.join().unwrap();
    let report = run.json();
    assert_eq!((run.code, &report["error"]), (0, &Value::Null), "{report:#}");
    assert_eq!(report["verification"]["trusted"], true);
    assert_eq!(report["starttls"]["protocol"], "smtp");
    let said: Vec<_> = report["starttls"]["dialogue"].as_array().unwrap().iter().map(|line| &line["text"]).collect();
    assert_eq!(said[0], "220 mail.example ESMTP");
    assert_eq!(said[1], "EHLO [127.0.0.1]");
    assert_eq!(said.last().unwrap().as_str(), Some("220 go on"));
    assert!(report["timings_ms"]["starttls"].is_number() && report["timings_ms"]["tls"].is_number());

    let (port, peer) = raw_peer(act);
    let run = connect(port, PKI.root(), &["--starttls", "smtp", "--trace"]);
    peer.join().unwrap();
    let text = run.text();
    assert!(text.contains("STARTTLS       smtp, 220 mail.example ESMTP\n"), "{text}");
    assert!(text.contains("          EHLO [127.0.0.1]\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

/// Exit 1, this code, the server's words harmless and quoted.
fn fails(replies: &'static [&'static str], code: &str, quoted: &str) {
    for json in [true, false] {
        let (port, peer) = raw_peer(move |socket| {
            smtp(socket, replies);
            read_to_close(socket);
        });
        let run =
            connect(port, PKI.root(), if json { &["--starttls", "smtp", "--json"] } else { &["--starttls", "smtp"] });
        peer.join().unwrap();
        assert_eq!(run.code, 1, "{run:?}");
        if json {
            let report = run.json();
            assert_eq!(
                (&report["error"]["code"], &report["error"]["phase"]),
                (&json!(code), &json!("starttls")),
                "{report:#}"
            );
            assert!(report["error"]["message"].as_str().unwrap().contains(quoted), "{report:#}");
            assert_eq!(report["protocol"], Value::Null);
        } else {
            let text = run.text();
            assert!(text.starts_with(&format!("127.0.0.1:{port}  FAILED\n\n{code}\n")), "{text}");
            assert!(text.contains("   Mend: "), "{text}");
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
    }
}

#[test]
fn a_server_that_does_not_offer_or_refuses_is_quoted() {
    let without: &[&str] = &[GREETING, "250-mail.example\r\n250 SIZE\r\n"];
    fails(without, "starttls.not_offered", "SIZE");
    fails(&[GREETING, OFFER, "454 TLS\x1b[31m is broken\r\n"], "starttls.refused", "454 TLS\\u{1b}[31m is broken");
    fails(&["* OK IMAP\r\n"], "starttls.unexpected_reply", "\"* OK IMAP\"");
}

#[test]
fn what_is_put_behind_the_go_ahead_is_refused() {
    fails(&[GREETING, OFFER, "220 go on\r\n250 evil\r\n"], "starttls.injected", "\"250 evil");
}

#[test]
fn silence_is_given_up() {
    let (port, peer) = raw_peer(read_to_close);
    let run = connect(port, PKI.root(), &["--starttls", "imap", "--json", "--timeout", "300ms"]);
    peer.join().unwrap();
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (1, &json!("transport.timeout")), "{report:#}");
    assert_eq!(report["error"]["phase"], "starttls");
    assert!(report["error"]["message"].as_str().unwrap().contains("the greeting"), "{report:#}");
}

#[test]
fn an_unknown_protocol_is_a_mistake() {
    let run = common::run_with(b"", &["connect", "localhost", "--starttls", "gopher"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("smtp") && run.stderr.lines().count() == 1, "{}", run.stderr);
}
