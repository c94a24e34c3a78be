//! `--resume`, `--early-data`, `--psk`: what is known from before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, LazyLock},
    thread::{self, JoinHandle},
};

use common::{Run, connect, run_with};
use serde_json::{Value, json};
use tlsmith::{
    ServerConfig,
    blocking::Stream,
    session::{AntiReplay, ExternalPsk, MemoryStore, TicketKeys, UnixMillis},
};
use tlsmith_crypto::{HashAlgorithm, Secret, aws_lc::AwsLc};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

fn keys() -> Arc<TicketKeys> {
    Arc::new(TicketKeys::generate(&AwsLc).unwrap())
}

#[test]
fn each_connection_says_how_it_was_resumed() {
    let server = TestServer::start(config::server(&PKI.server).ticketer(keys()).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--resume", "3", "--json", "--trace"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"], &report["resumed"]), (0, &Value::Null, &json!(true)), "{report:#}");
    let connections = report["connections"].as_array().unwrap();
    let how: Vec<_> = connections.iter().map(|c| (&c["resumed"], &c["resumed_by"])).collect();
    let (full, by_psk) = ((&json!(false), &Value::Null), (&json!(true), &json!("psk")));
    assert_eq!(how, [full, by_psk, by_psk, by_psk]);
    assert_eq!(connections[0]["sessions_received"], 2, "{report:#}");
    for connection in connections {
        assert_eq!((&connection["protocol"], &connection["error"]), (&json!("TLSv1.3"), &Value::Null));
        assert!(connection["timings_ms"]["tls"].is_number() && connection["trace"].is_array(), "{connection:#}");
    }
    // The report itself is about the first one, which showed its certificates.
    assert_eq!((&report["verification"]["trusted"], report["chain"].as_array().unwrap().len()), (&json!(true), 2));
    let resumed: Vec<bool> = (0..4).map(|_| server.outcome().facts.resumed).collect();
    assert_eq!(resumed, [false, true, true, true]);

    let text = connect(server.port, PKI.root(), &["--resume", "1", "--trace"]).text();
    assert!(text.contains("\nConnection 2   resumed (psk), TLSv1.3, tls "), "{text}");
    assert!(text.contains("\nConnection 2\n") && text.matches("  Client  ").count() == 2, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn tls_1_2_resumes_by_tickets_and_by_session_ids() {
    let by_ticket = config::server(&PKI.server).ticketer(keys());
    let by_id = config::server(&PKI.server).session_store(Arc::new(MemoryStore::default()));
    for (config, how) in [(by_ticket, "ticket"), (by_id, "session_id")] {
        let server = TestServer::start(config.build().unwrap(), Mode::Echo);
        let run = connect(server.port, PKI.root(), &["--max", "1.2", "--resume", "2", "--json"]);
        let report = run.json();
        assert_eq!((run.code, &report["resumed"]), (0, &json!(true)), "{how}: {report:#}");
        for connection in &report["connections"].as_array().unwrap()[1..] {
            assert_eq!((&connection["resumed_by"], &connection["protocol"]), (&json!(how), &json!("TLSv1.2")));
        }
    }
}

#[test]
fn a_server_that_does_not_resume_fails_the_check() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--resume", "2", "--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["resumed"]), (1, &json!(false)), "{report:#}");
    assert_eq!(report["error"]["code"], "session.not_resumed");
    let message = report["error"]["message"].as_str().unwrap();
    assert!(message.contains("2 of 2") && message.contains("gave no session"), "{message}");
    assert_eq!(report["verification"]["trusted"], true);
    let text = connect(server.port, PKI.root(), &["--resume", "1"]).text();
    assert!(text.contains("FAILED\n\nsession.not_resumed\n") && text.contains("Connection 2   NOT RESUMED"), "{text}");
}

#[test]
fn without_the_option_nothing_is_remembered() {
    let server = TestServer::start(config::server(&PKI.server).ticketer(keys()).build().unwrap(), Mode::Echo);
    let report = connect(server.port, PKI.root(), &["--json"]).json();
    assert_eq!(report["connections"].as_array().unwrap().len(), 1);
    assert_eq!((&report["resumed"], &report["early_data"]), (&json!(false), &Value::Null));
}

#[test]
fn the_conversation_takes_place_on_the_last_connection() {
    let server = TestServer::start(config::server(&PKI.server).ticketer(keys()).build().unwrap(), Mode::Echo);
    let run = common::connect_with(b"hello", server.port, PKI.root(), &["--resume", "1", "--send", "-"]);
    assert_eq!((run.code, run.stdout.as_slice()), (0, b"hello".as_slice()), "{run:?}");
    assert!(run.stderr.contains("Connection 2   resumed (psk)"), "{}", run.stderr);
}

/// Says the same of every ClientHello.
#[derive(Debug)]
struct Always(bool);

impl AntiReplay for Always {
    fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
        self.0
    }
}

/// A server of two connections, which answers the second with what it got early, a bar, and what it got late.
fn early_server(config: Arc<ServerConfig>) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = thread::spawn(move || {
        for _ in 0..2 {
            let socket = listener.accept().unwrap().0;
            let mut stream = Stream::accept(socket, config.clone(), UnixMillis::now()).unwrap();
            stream.handshake().unwrap();
            let mut answer = stream.take_early_data();
            answer.push(b'|');
            stream.read_to_end(&mut answer).unwrap();
            // The first connection is gone by now.
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown_write();
        }
    });
    (port, serving)
}

fn early(max: u32, fresh: bool, data: &[u8]) -> (Run, Value) {
    let config = config::server(&PKI.server).ticketer(keys()).early_data(max, Arc::new(Always(fresh))).build().unwrap();
    early_with(config, data)
}

fn early_with(config: Arc<ServerConfig>, data: &[u8]) -> (Run, Value) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), data).unwrap();
    let path = file.path().to_str().unwrap();
    let (port, serving) = early_server(config.clone());
    let run = connect(port, PKI.root(), &["--early-data", path]);
    serving.join().unwrap();
    let (port, serving) = early_server(config);
    let report = connect(port, PKI.root(), &["--early-data", path, "--json"]).json();
    serving.join().unwrap();
    (run, report)
}

#[test]
fn early_data_are_accepted() {
    let (run, report) = early(1000, true, b"early bird");
    assert_eq!((run.code, run.stdout.as_slice()), (0, b"early bird|".as_slice()), "{run:?}");
    assert!(run.stderr.contains("\nEarly data     10 of 10 bytes accepted\n"), "{}", run.stderr);
    assert!(run.stderr.contains("10 bytes sent, 11 received"), "{}", run.stderr);
    assert_eq!(report["early_data"], json!({"status": "accepted", "sent_early_bytes": 10, "bytes": 10}), "{report:#}");
    assert_eq!((&report["reply"]["sent_bytes"], &report["reply"]["bytes"]), (&json!(10), &json!(11)));
}

#[test]
fn what_does_not_fit_goes_after_the_handshake() {
    let (run, report) = early(4, true, b"early bird");
    assert_eq!((run.code, run.stdout.as_slice()), (0, b"earl|y bird".as_slice()), "{run:?}");
    assert_eq!(report["early_data"], json!({"status": "accepted", "sent_early_bytes": 4, "bytes": 10}), "{report:#}");
}

#[test]
fn what_is_rejected_is_sent_again() {
    let (run, report) = early(1000, false, b"early bird");
    assert_eq!((run.code, run.stdout.as_slice()), (0, b"|early bird".as_slice()), "{run:?}");
    assert!(run.stderr.contains("\nEarly data     REJECTED; 10 bytes sent again"), "{}", run.stderr);
    assert_eq!(report["early_data"], json!({"status": "rejected", "sent_early_bytes": 10, "bytes": 10}), "{report:#}");
    assert_eq!(report["resumed"], true);
}

#[test]
fn where_no_session_allows_them_they_go_after_the_handshake() {
    for config in [config::server(&PKI.server).ticketer(keys()).build(), config::server(&PKI.server).build()] {
        let (run, report) = early_with(config.unwrap(), b"early bird");
        assert_eq!((run.code, run.stdout.as_slice()), (0, b"|early bird".as_slice()), "{run:?}");
        let early = json!({"status": "not_offered", "sent_early_bytes": 0, "bytes": 10});
        assert_eq!(report["early_data"], early, "{report:#}");
    }
}

#[test]
fn a_pre_shared_key_stands_for_a_certificate() {
    let psk = ExternalPsk::new(b"client:7", Secret::new(&[0xab; 16]), HashAlgorithm::Sha256).unwrap();
    let config = ServerConfig::builder(config::provider()).psks(Arc::new(vec![psk])).build().unwrap();
    let server = TestServer::start(config, Mode::Echo);
    let right = format!("client:7:{}", "ab".repeat(16));
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("# ours\nother:00\n{right}\n")).unwrap();
    for option in [["--psk", &right], ["--psk-file", file.path().to_str().unwrap()]] {
        let run = connect(server.port, PKI.root(), &[&option[..], &["--json"]].concat());
        let report = run.json();
        assert_eq!((run.code, &report["external_psk"]), (0, &json!(true)), "{report:#}");
        assert_eq!((&report["chain"], &report["verification"]["trusted"]), (&json!([]), &Value::Null), "{report:#}");
        let text = connect(server.port, PKI.root(), &option).text();
        assert!(text.starts_with(&format!("127.0.0.1:{}  known by a pre-shared key\n", server.port)), "{text}");
    }
    // With another one the server has nothing to show.
    let run = connect(server.port, PKI.root(), &["--json", "--psk", &format!("client:7:{}", "cd".repeat(16))]);
    assert_eq!(run.code, 1, "{run:?}");
}

#[test]
fn mistakes_are_one_line_and_do_not_repeat_a_secret() {
    let ca = PKI.root().to_str().unwrap();
    for (arguments, code) in [
        (&["--psk", "deadbeef"][..], "usage.psk"),
        (&["--psk", "a:deadbeefx"], "usage.psk"),
        (&["--psk-file", "/nonexistent"], "usage.file"),
        (&["--early-data", "/nonexistent"], "usage.file"),
        (&["--early-data", "a", "--send", "b"], "usage.arguments"),
        (&["--resume", "0"], "usage.arguments"),
        (&["--resume", "101"], "usage.arguments"),
        (&["--psk", "a:00", "--psk-file", "b"], "usage.arguments"),
    ] {
        let run = run_with(b"", &[&["connect", "localhost", "--ca", ca, "--json"], arguments].concat());
        assert_eq!((run.code, &run.json()["error"]["code"]), (2, &json!(code)), "{arguments:?}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(!run.stderr.contains("deadbeef") && !run.text().contains("deadbeef"), "{run:?}");
    }
}
