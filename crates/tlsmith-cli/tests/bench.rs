//! `tlsmith bench`: counts what it did, says what it could not do, and ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, LazyLock},
    thread,
};

use common::{Run, run_with};
use serde_json::{Value, json};
use tlsmith::{
    blocking::Stream,
    session::{AntiReplay, TicketKeys, UnixMillis},
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

fn bench(port: u16, more: &[&str]) -> Run {
    let (target, ca) = (format!("127.0.0.1:{port}"), PKI.root().to_str().unwrap());
    run_with(b"", &[&["bench", &target, "--servername", "localhost", "--ca", ca], more].concat())
}

fn server(mode: Mode) -> TestServer {
    TestServer::start(config::server(&PKI.server).build().unwrap(), mode)
}

/// The row of a kind.
fn row<'r>(report: &'r Value, protocol: &str, scenario: &str) -> &'r Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["protocol"] == protocol && row["scenario"] == scenario).unwrap()
}

#[test]
fn a_count_is_kept_exactly() {
    let server = server(Mode::Echo);
    let run = bench(server.port, &["--count", "23", "--concurrency", "3", "--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]), (0, &Value::Null), "{report:#}");
    assert_eq!((&report["trusted"], &report["count"], &report["seconds"]), (&json!(true), &json!(23), &Value::Null));
    let full = row(&report, "TLSv1.3", "full");
    assert_eq!((&full["handshakes"], &full["status"]), (&json!(23), &json!("measured")), "{report:#}");
    assert_eq!(full["errors"], json!({}));
    assert!(full["cipher_suite"].is_string() && full["group"].is_string(), "{report:#}");
    let latency = |name: &str| full["latency_ms"][name].as_f64().unwrap();
    assert!(latency("min") > 0.0 && latency("min") <= latency("p50") && latency("p50") <= latency("p90"));
    assert!(
        latency("p90") <= latency("p99") && latency("p99") <= latency("max") && full["per_second"].as_f64() > Some(0.0)
    );
    let counted: u64 = full["histogram"].as_array().unwrap().iter().map(|b| b["count"].as_u64().unwrap()).sum();
    assert_eq!(counted, 23);
    // What the server does not do is said in its row.
    let resumed = row(&report, "TLSv1.3", "resumed");
    assert_eq!((&resumed["status"], &resumed["handshakes"]), (&json!("unsupported"), &json!(0)), "{report:#}");
    assert!(resumed["why"].as_str().unwrap().contains("no sessions"), "{report:#}");
    let early = row(&report, "TLSv1.3", "0-rtt");
    assert_eq!(early["status"], "skipped");
    assert!(early["why"].as_str().unwrap().contains("--path"), "{report:#}");
    // Side by side with the other version.
    let old = row(&report, "TLSv1.2", "full");
    assert_eq!((&old["handshakes"], &old["status"]), (&json!(23), &json!("measured")), "{report:#}");
    assert!(old["cipher_suite"].as_str().unwrap().starts_with("TLS_ECDHE_ECDSA_"), "{report:#}");
    // One more to try it out.
    for _ in 0..24 {
        assert!(server.outcome().facts.version.is_some());
    }
}

#[test]
fn a_request_is_answered_on_each_connection() {
    let server = server(Mode::Http);
    let run = bench(server.port, &["--count", "5", "--path", "/", "--json"]);
    let report = run.json();
    let full = row(&report, "TLSv1.3", "full");
    assert_eq!((run.code, &full["http_statuses"]), (0, &json!({"200": 5})), "{report:#}");
    assert!(full["first_byte_ms"]["p50"].as_f64() > full["latency_ms"]["min"].as_f64(), "{report:#}");

    let run = bench(server.port, &["--count", "5", "--path", "/"]);
    let text = run.text();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(text.contains("\nTLSv1.3 full ") && text.contains("First byte") && text.contains("Latency ms"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(run.stderr.contains("measuring TLSv1.3 full"), "{}", run.stderr);
}

/// Answers requests, early ones as well up to so many bytes.
fn early_http_server(max_early: u32) -> u16 {
    #[derive(Debug)]
    struct Always;
    impl AntiReplay for Always {
        fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
            true
        }
    }
    let keys = Arc::new(TicketKeys::generate(&AwsLc).unwrap());
    let mut config = config::server(&PKI.server).ticketer(keys).alpn(&[b"http/1.1"]);
    if max_early > 0 {
        config = config.early_data(max_early, Arc::new(Always));
    }
    let config = config.build().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let config = config.clone();
            thread::spawn(move || {
                let mut stream = Stream::accept(socket.unwrap(), config, UnixMillis::now()).unwrap();
                if stream.handshake().is_err() {
                    return;
                }
                let mut request = stream.take_early_data();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut buffer = [0; 1024];
                    match stream.read(&mut buffer) {
                        Ok(count @ 1..) => request.extend_from_slice(&buffer[..count]),
                        _ => return,
                    }
                }
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
                let _ = stream.shutdown_write();
                let _ = stream.read(&mut [0; 16]);
            });
        }
    });
    port
}

#[test]
fn resumed_and_early_handshakes_are_measured() {
    let port = early_http_server(1000);
    let run = bench(port, &["--count", "12", "--concurrency", "2", "--path", "/", "--json"]);
    let report = run.json();
    assert_eq!(run.code, 0, "{report:#}");
    for scenario in ["full", "resumed", "0-rtt"] {
        let row = row(&report, "TLSv1.3", scenario);
        assert_eq!((&row["handshakes"], &row["http_statuses"]), (&json!(12), &json!({"204": 12})), "{report:#}");
        assert!(row["per_second"].as_f64() > Some(0.0), "{report:#}");
    }
    for scenario in ["full", "resumed"] {
        assert_eq!(row(&report, "TLSv1.2", scenario)["handshakes"], 12, "{report:#}");
    }
    assert_eq!(row(&report, "TLSv1.2", "resumed")["prepared"], 2, "{report:#}");
    assert_eq!(row(&report, "TLSv1.3", "full")["prepared"], 0);
    assert_eq!(row(&report, "TLSv1.3", "resumed")["prepared"], 2, "once for each connection at a time: {report:#}");
}

#[test]
fn a_version_that_the_server_does_not_speak_is_told() {
    let tls13 = tlsmith::registry::ProtocolVersion::TLS1_3;
    let server = TestServer::start(config::server(&PKI.server).versions(tls13, tls13).build().unwrap(), Mode::Echo);
    let run = bench(server.port, &["--count", "3", "--json"]);
    let report = run.json();
    assert_eq!((run.code, &row(&report, "TLSv1.3", "full")["handshakes"]), (0, &json!(3)), "{report:#}");
    let old = row(&report, "TLSv1.2", "full");
    assert_eq!((&old["status"], &old["handshakes"]), (&json!("unsupported"), &json!(0)), "{report:#}");
    assert!(!old["why"].as_str().unwrap().is_empty());
    // And one that the suites leave out.
    let run = bench(server.port, &["--count", "3", "--suites", "TLS_AES_128_GCM_SHA256", "--json"]);
    assert_eq!(row(&run.json(), "TLSv1.2", "full")["status"], "skipped");
}

#[test]
fn tickets_that_allow_no_early_data_are_told() {
    let port = early_http_server(0);
    let run = bench(port, &["--count", "3", "--path", "/", "--json"]);
    let report = run.json();
    let early = row(&report, "TLSv1.3", "0-rtt");
    assert_eq!((run.code, &early["status"]), (0, &json!("unsupported")), "{report:#}");
    assert!(early["why"].as_str().unwrap().contains("do not allow early data"), "{report:#}");
    assert_eq!(row(&report, "TLSv1.3", "resumed")["handshakes"], 3);
}

#[test]
fn an_answer_that_is_no_http_is_counted_by_its_code() {
    let server = server(Mode::Echo);
    let run = bench(server.port, &["--count", "5", "--path", "/", "--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (1, &json!("bench.not_http")), "{report:#}");
    assert_eq!(row(&report, "TLSv1.3", "full")["status"], "failed");
}

#[test]
fn a_server_that_is_not_trusted_is_not_measured() {
    let stranger = Pki::new(KeyKind::P256);
    let server = TestServer::start(config::server(&stranger.server).build().unwrap(), Mode::Echo);
    let run = bench(server.port, &["--count", "5", "--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (3, &json!("certificate.unknown_issuer")), "{report:#}");
    let run = bench(server.port, &["--count", "5", "--json", "--insecure"]);
    let report = run.json();
    assert_eq!((run.code, &report["trusted"]), (3, &json!(false)), "{report:#}");
    assert_eq!(row(&report, "TLSv1.3", "full")["handshakes"], 5);
}

#[test]
fn nobody_listens() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let run = bench(port, &["--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (1, &json!("transport.refused")), "{report:#}");
    assert_eq!(report["rows"], json!([]));
    let text = bench(port, &[]).text();
    assert!(text.contains("FAILED") && text.contains("transport.refused") && text.contains("Mend: "), "{text}");
}

/// A server that shakes hands once and then says nothing but an alert: it is left alone after a while, long before the count.
#[test]
fn a_server_that_fails_is_left_alone() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (index, socket) in listener.incoming().enumerate() {
            let mut socket = socket.unwrap();
            if index == 0 {
                let config = config::server(&PKI.server).build().unwrap();
                let now = tlsmith_x509::UnixTime::now();
                let mut stream = tlsmith::blocking::Stream::accept(socket, config, now).unwrap();
                stream.handshake().unwrap();
                let _ = std::io::Read::read(&mut stream, &mut [0; 16]);
            } else {
                common::read_hello_or_end(&mut socket);
                let _ = socket.write_all(&[21, 3, 3, 0, 2, 2, 80]);
            }
        }
    });
    let run = bench(port, &["--count", "1000000", "--concurrency", "2", "--json"]);
    let report = run.json();
    let full = row(&report, "TLSv1.3", "full");
    assert_eq!((run.code, &full["handshakes"]), (1, &json!(0)), "{report:#}");
    let failed = &full["errors"]["alert.internal_error"];
    assert!((40..=42).contains(&failed["count"].as_u64().unwrap()), "{report:#}");
    assert!(full["why"].as_str().unwrap().contains("given up"), "{report:#}");
    assert!(!failed["message"].as_str().unwrap().is_empty() && !failed["fix"].as_str().unwrap().is_empty());
}

#[test]
fn nothing_runs_without_a_bound() {
    for arguments in [
        &["--seconds", "2h"][..],
        &["--seconds", "61m"],
        &["--seconds", "0"],
        &["--count", "0"],
        &["--count", "10000001"],
        &["--concurrency", "0"],
        &["--concurrency", "1025"],
    ] {
        let run = run_with(b"", &[&["bench", "localhost"], arguments, &["--json"]].concat());
        assert_eq!((run.code, &run.json()["error"]["code"]), (2, &json!("usage.arguments")), "{arguments:?}");
    }
    let ca = PKI.root().to_str().unwrap();
    let run = run_with(b"", &["bench", "localhost", "--ca", ca, "--path", "no path", "--json"]);
    assert_eq!((run.code, &run.json()["error"]["code"]), (2, &json!("usage.path")));
    assert_eq!(run.stderr.lines().count(), 1);
}
