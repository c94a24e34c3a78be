//! `tlsmith connect --resume`, `--early-data` and `tlsmith bench` against OpenSSL and nginx, `tlsmith serve`'s tickets
//! with OpenSSL.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::fs;

use serde_json::{Value, json};
use tlsmith_testkit::{
    backend,
    certs::{HOST, KeyKind, Pki},
    count::Counter,
    peers::{
        ClientSetup, ServerSetup,
        nginx::Nginx,
        openssl,
        tlsmith::{Serve, command, connect, connect_json},
    },
    process::{Process, run},
};

const BOTH: [&str; 2] = ["TLSv1.2", "TLSv1.3"];

#[test]
fn sessions_of_other_servers_are_resumed() {
    let mut counter = Counter::new("tools-resume", 8);
    for kind in [KeyKind::P256, KeyKind::Rsa] {
        let pki = Pki::new(kind);
        let setup = ServerSetup { versions: &BOTH, ..ServerSetup::new(&pki.server) };
        let nginx = Nginx::servers(&[setup]);
        let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
        for (name, port) in [("nginx", nginx.ports[0]), ("openssl", openssl.port)] {
            for (version, protocol, by) in [("1.2", "TLSv1.2", "ticket"), ("1.3", "TLSv1.3", "psk")] {
                let connected = connect_json(port, pki.root(), &["--resume", "3", "--max", version]);
                let json = &connected.json;
                assert_eq!((connected.code, &json["resumed"]), (0, &json!(true)), "{name}: {json:#}");
                assert_eq!(connected.text("/protocol"), protocol, "{name}");
                let how: Vec<&Value> =
                    json["connections"].as_array().unwrap().iter().map(|one| &one["resumed_by"]).collect();
                assert_eq!(how, [&Value::Null, &json!(by), &json!(by), &json!(by)], "{name}: {json:#}");
                counter.ran();
            }
        }
    }
    counter.finish();
}

#[test]
fn early_data_are_answered_by_openssl() {
    let mut counter = Counter::new("tools-early-data", 1);
    let pki = Pki::new(KeyKind::P256);
    let file = pki.dir().join("early");
    fs::write(&file, b"a question of the first flight\n").unwrap();
    let ask = || {
        let setup = ServerSetup::new(&pki.server);
        let mut server = openssl::Server::start(&setup, openssl::Mode::Interactive, &["-early_data"]);
        let mut command = connect(pki.root());
        command.args(["--servername", HOST, "--early-data", file.to_str().unwrap()]);
        let client = Process::spawn(command.arg(format!("127.0.0.1:{}", server.port)));
        server.process.wait_for_text("Early data received");
        server.process.wait_for_text("a question of the first flight");
        server.process.write(b"an answer\n");
        let answered = client.came("an answer\n");
        // A line with Q ends the server, and with it the connection.
        server.process.write(b"Q\n");
        let said = client.finish().stderr();
        answered.then_some(said)
    };
    // s_server ends the connection when it sees the client's close_notify before the line that is to be sent: one in many
    // times on a machine under load, which is asked again.
    let said = (0..5).find_map(|_| ask()).expect("an answer");
    assert!(said.contains("Early data     31 of 31 bytes accepted"), "{said}");
    assert!(said.contains("Connection 2   resumed (psk)"), "{said}");
    counter.ran();
    counter.finish();
}

#[test]
fn nginx_is_measured() {
    let mut counter = Counter::new("tools-bench", 1);
    let pki = Pki::new(KeyKind::P256);
    let nginx = Nginx::servers(&[ServerSetup { versions: &BOTH, ..ServerSetup::new(&pki.server) }]);
    let target = format!("127.0.0.1:{}", nginx.ports[0]);
    let mut bench = command();
    bench.args(["bench", &target, "--servername", HOST, "--count", "20", "--path", "/", "--json", "--ca"]);
    let ended = run(bench.arg(pki.root()));
    let report: Value =
        serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.text()));
    assert_eq!(ended.code(), 0, "{report:#}");
    for row in report["rows"].as_array().unwrap() {
        // This nginx takes no early data.
        let measured = row["scenario"] != "0-rtt";
        let expected = if measured { ("measured", 20) } else { ("unsupported", 0) };
        assert_eq!((&row["status"], &row["handshakes"]), (&json!(expected.0), &json!(expected.1)), "{report:#}");
        assert_eq!(row["errors"], json!({}), "{report:#}");
    }
    counter.ran();
    counter.finish();
}

/// Tickets of one server are good for the next one with the same file; and not without it.
#[test]
fn tickets_outlast_a_restart_with_their_file() {
    let mut counter = Counter::new("tools-tickets", 2);
    let pki = Pki::new(KeyKind::P256);
    let to = format!("http://127.0.0.1:{}", backend::start());
    let keys = pki.dir().join("tickets");
    let (cert, key) = (pki.server.chain.to_str().unwrap(), pki.server.key.to_str().unwrap());
    for (file, resumed) in [(Some(keys.to_str().unwrap()), true), (None, false)] {
        let mut arguments = vec!["--cert", cert, "--key", key, "--to", &to];
        arguments.extend(file.iter().flat_map(|file| ["--ticket-key-file", *file]));
        let session = pki.dir().join(format!("session-{resumed}"));
        let session = session.to_str().unwrap();
        for (option, reused) in [("-sess_out", false), ("-sess_in", resumed)] {
            let serve = Serve::start(&arguments);
            let setup = ClientSetup { alpn: &["http/1.1"], ..ClientSetup::new(serve.port, pki.root()) };
            let mut client = openssl::client(&setup, &[option, session]);
            client.write(b"GET /here HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            client.wait_for_text("GET /here HTTP/1.1");
            let said = client.finish().text();
            assert_eq!(said.contains("Reused, TLSv1.3"), reused, "{file:?} {option}: {said}");
            serve.terminate();
        }
        counter.ran();
    }
    counter.finish();
}
