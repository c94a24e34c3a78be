//! Conversations: client certificates and what servers make of them, `--send`, a person at a terminal, secrets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, io::Write, net::TcpStream, path::Path, sync::LazyLock};

use common::{connect, connect_with, raw_peer, read_to_close};
use serde_json::{Value, json};
use tlsmith::{blocking::Stream, config::ClientAuth};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};
use tlsmith_x509::UnixTime;

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

fn mutual(auth: ClientAuth, mode: Mode) -> TestServer {
    TestServer::start(config::server(&PKI.server).client_auth(auth).build().unwrap(), mode)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_missing_client_certificate_is_told_although_it_is_refused_late() {
    let server = mutual(config::require(PKI.root()), Mode::Echo);
    for more in [&["--json"][..], &["--json", "--send", "-"][..]] {
        let run = connect_with(b"ping", server.port, PKI.root(), more);
        let report = run.json();
        assert_eq!(run.code, 1, "{report:#}");
        assert_eq!(report["error"]["code"], "alert.certificate_required", "{report:#}");
        assert_eq!(report["error"]["alert"], "certificate_required");
        assert_eq!(report["error"]["alert_direction"], "received");
        assert_eq!(report["client_auth_requested"], true);
        assert_eq!(report["client_auth"]["subject"], Value::Null);
        assert_eq!(report["client_auth"]["outcome"], "refused");
        // The server was all right all the same.
        assert_eq!(report["verification"]["trusted"], true);
        assert!(report["timings_ms"]["tls"].is_number());
    }
    let run = connect(server.port, PKI.root(), &[]);
    assert!(run.text().starts_with(&format!("127.0.0.1:{}  FAILED\n\nalert.certificate_required", server.port)));
    assert!(run.text().contains("--cert and"), "{}", run.text());
}

#[test]
fn a_client_certificate_is_accepted_or_refused() {
    let server = mutual(config::require(PKI.root()), Mode::Echo);
    let (cert, key) = (text(&PKI.client.chain), text(&PKI.client.key));
    let run = connect(server.port, PKI.root(), &["--json", "--cert", cert, "--key", key]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]), (0, &Value::Null), "{report:#}");
    assert_eq!(report["client_auth"]["outcome"], "accepted");
    assert_eq!(report["client_auth"]["signature_scheme"], "ecdsa_secp256r1_sha256");
    assert!(report["client_auth"]["subject"].as_str().unwrap().contains("tlsmith test client"));
    assert_eq!(server.outcome().facts.peer_certificates.len(), 2);

    let stranger = Pki::new(KeyKind::P256);
    let (cert, key) = (text(&stranger.client.chain), text(&stranger.client.key));
    let run = connect(server.port, PKI.root(), &["--json", "--cert", cert, "--key", key]);
    let report = run.json();
    assert_eq!(run.code, 1, "{report:#}");
    assert_eq!(report["error"]["alert"], "unknown_ca");
    assert_eq!(report["client_auth"]["outcome"], "refused");
}

#[test]
fn certificate_and_key_may_stand_in_one_file() {
    let server = mutual(config::require(PKI.root()), Mode::Echo);
    let both = PKI.dir().join("both.pem");
    let content = [fs::read(&PKI.client.key).unwrap(), fs::read(&PKI.client.chain).unwrap()].concat();
    fs::write(&both, content).unwrap();
    let run = connect(server.port, PKI.root(), &["--json", "--cert", text(&both)]);
    assert_eq!((run.code, &run.json()["client_auth"]["outcome"]), (0, &json!("accepted")));
}

#[test]
fn a_request_can_be_declined() {
    let server = mutual(config::request(PKI.root()), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["client_auth_requested"]), (0, &json!(true)));
    assert_eq!(report["client_auth"]["outcome"], "accepted", "{report:#}");
}

#[test]
fn what_is_sent_comes_back_alone_on_standard_output() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let run = connect_with(b"hello\n\x00\xff\x1b[m", server.port, PKI.root(), &["--send", "-"]);
    assert_eq!((run.code, run.stdout.as_slice()), (0, b"hello\n\x00\xff\x1b[m".as_slice()));
    assert!(run.stderr.contains("  trusted\n") && run.stderr.contains("11 bytes sent, 11 received"), "{}", run.stderr);
    assert!(server.outcome().result.is_ok(), "this side has to close in good order");
}

#[test]
fn a_long_transfer_is_whole_and_summarised() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let content: Vec<u8> = (0..5_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let file = PKI.dir().join("long");
    fs::write(&file, &content).unwrap();
    let run = connect(server.port, PKI.root(), &["--json", "--send", text(&file)]);
    let reply = &run.json()["reply"];
    assert_eq!(run.code, 0);
    assert_eq!((&reply["bytes"], &reply["sent_bytes"]), (&json!(content.len()), &json!(content.len())));
    assert_eq!((&reply["sha256"], &reply["complete"]), (&json!(config::sha256(&content)), &json!(true)));
    let run = connect(server.port, PKI.root(), &["--send", text(&file)]);
    assert!(run.stdout == content, "{} bytes came", run.stdout.len());
}

#[test]
fn an_unanswered_protocol_is_refused_by_name() {
    let server = TestServer::start(config::server(&PKI.server).alpn(&[b"h2"]).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--json", "--alpn", "http/1.1"]);
    assert_eq!((run.code, &run.json()["error"]["code"]), (1, &json!("alert.no_application_protocol")));
}

/// A server that shakes hands and then does with the stream what it is told.
fn tls_peer(act: impl FnOnce(&mut Stream<TcpStream>) + Send + 'static) -> (u16, std::thread::JoinHandle<()>) {
    let config = config::server(&PKI.server).build().unwrap();
    raw_peer(move |socket| {
        let mut stream = Stream::accept(socket.try_clone().unwrap(), config, UnixTime::now()).unwrap();
        stream.handshake().unwrap();
        act(&mut stream);
    })
}

#[test]
fn a_reply_that_is_cut_off_is_told() {
    let (port, peer) = tls_peer(|stream| {
        stream.write_all(b"half of").unwrap();
        stream.flush().unwrap();
        let mut byte = [0];
        std::io::Read::read_exact(stream, &mut byte).unwrap();
    });
    let run = connect_with(b"x", port, PKI.root(), &["--json", "--send", "-"]);
    peer.join().unwrap();
    let report = run.json();
    assert_eq!(run.code, 1, "{report:#}");
    assert!(matches!(report["error"]["code"].as_str(), Some("transport.truncated" | "transport.reset")), "{report:#}");
    assert_eq!((&report["reply"]["bytes"], &report["reply"]["complete"]), (&json!(7), &json!(false)));
}

#[test]
fn a_reply_that_never_ends_is_not_waited_for() {
    let (port, peer) = tls_peer(|stream| {
        stream.write_all(b"and then").unwrap();
        stream.flush().unwrap();
        read_to_close(&mut stream.get_ref().try_clone().unwrap());
    });
    let run = connect_with(b"x", port, PKI.root(), &["--json", "--send", "-", "--timeout", "1s"]);
    peer.join().unwrap();
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (1, &json!("transport.timeout")), "{report:#}");
    assert_eq!((&report["error"]["phase"], &report["reply"]["bytes"]), (&json!("reply"), &json!(8)));
}

#[test]
fn secrets_are_logged_where_asked_and_only_there() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let file = PKI.dir().join("keys.log");
    for _ in 0..2 {
        assert_eq!(connect(server.port, PKI.root(), &["--keylog", text(&file)]).code, 0);
    }
    let log = fs::read_to_string(&file).unwrap();
    for label in [
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    ] {
        let lines = log.lines().filter(|line| line.split(' ').next() == Some(label)).count();
        assert_eq!(lines, 2, "{label} in {log}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // The variable is not heard.
    let other = PKI.dir().join("not-asked-for.log");
    let target = format!("127.0.0.1:{}", server.port);
    let status = common::tlsmith()
        .args(["connect", &target, "--ca", text(PKI.root())])
        .env("SSLKEYLOGFILE", &other)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
        .status;
    assert!(status.success() && !other.exists());
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    let file = PKI.dir().join("much");
    fs::write(&file, vec![b'x'; 3_000_000]).unwrap();
    for more in [&["--trace"][..], &["--json"][..], &["--send", text(&file)][..]] {
        let mut child = common::tlsmith()
            .args(["connect", &target, "--servername", "localhost", "--ca", text(PKI.root())])
            .args(more)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{more:?}: {errors}");
        assert!(!errors.contains("panic"), "{errors}");
    }
}

/// `script` gives the command a terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_person_types_and_reads() {
    use std::{io::Read, process::Stdio};
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let line = format!(
        "{} connect 127.0.0.1:{} --servername localhost --ca {}",
        env!("CARGO_BIN_EXE_tlsmith"),
        server.port,
        text(PKI.root())
    );
    let mut child = std::process::Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = String::new();
    let mut wait_for = |what: &str| {
        let mut buffer = [0; 1024];
        while !seen.contains(what) {
            let count = stdout.read(&mut buffer).unwrap();
            assert!(count > 0, "{what} is not in {seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        std::mem::take(&mut seen)
    };
    let screen = wait_for("Ctrl-D closes this side.");
    assert!(screen.contains("\x1b[32mtrusted\x1b[0m"), "{screen}");
    stdin.write_all(b"first\n").unwrap();
    // Once as the terminal's echo, once from the server.
    assert!(wait_for("first\r\nfirst\r\n").len() >= 14);
    stdin.write_all(b"\x04").unwrap();
    assert!(wait_for("close_notify").contains("6 bytes sent, 6 received"));
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(server.outcome().result.is_ok());
}
