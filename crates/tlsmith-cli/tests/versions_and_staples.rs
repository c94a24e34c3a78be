//! `--min` and `--max`, `--status` and `--staple`, ticket keys in a file.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use common::{connect, run_with, tlsmith};
use serde_json::{Value, json};
use tlsmith::registry::ProtocolVersion;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    process::{Process, must_run},
    server::{Mode, TestServer},
};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

#[test]
fn the_versions_are_those_that_were_asked_for() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    for (more, protocol) in [
        (&["--max", "1.2"][..], "TLSv1.2"),
        (&["--min", "1.3"], "TLSv1.3"),
        (&["--min", "1.2", "--max", "1.3"], "TLSv1.3"),
        (&["--suites", "ECDHE-ECDSA-AES256-GCM-SHA384"], "TLSv1.2"),
    ] {
        let run = connect(server.port, PKI.root(), &[more, &["--json"]].concat());
        let report = run.json();
        assert_eq!((run.code, &report["protocol"]), (0, &json!(protocol)), "{more:?}: {report:#}");
        assert_eq!(report["verification"]["trusted"], true);
    }
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    for (min, max, option) in [(tls12, tls12, ["--min", "1.3"]), (tls13, tls13, ["--max", "1.2"])] {
        let server = TestServer::start(config::server(&PKI.server).versions(min, max).build().unwrap(), Mode::Echo);
        let run = connect(server.port, PKI.root(), &[&option[..], &["--json"]].concat());
        let report = run.json();
        assert_eq!((run.code, &report["error"]["code"]), (1, &json!("alert.protocol_version")), "{report:#}");
    }
}

#[test]
fn versions_that_cannot_be_are_mistakes() {
    let ca = PKI.root().to_str().unwrap();
    for (more, code) in [
        (&["--min", "1.3", "--max", "1.2"][..], "usage.versions"),
        (&["--min", "1.1"], "usage.arguments"),
        (&["--max", "1.2", "--suites", "TLS_AES_128_GCM_SHA256"], "config.no_suite"),
        (&["--suites", "TLS_RSA_WITH_AES_128_CBC_SHA"], "usage.name"),
    ] {
        let run = run_with(b"", &[&["connect", "localhost", "--ca", ca, "--json"], more].concat());
        assert_eq!((run.code, &run.json()["error"]["code"]), (2, &json!(code)), "{more:?}: {}", run.stderr);
    }
}

/// A CA of OpenSSL's, with a server certificate and what its responder says of it.
struct Authority {
    dir: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let authority = Self { dir: tempfile::tempdir().unwrap() };
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let ca = ["req", "-x509", "-days", "30", "-subj", "/CN=status CA", "-keyout", "ca.key", "-out", "ca.pem"];
        authority.openssl(&[&ca[..], &key].concat());
        let request = ["req", "-subj", "/CN=localhost", "-keyout", "leaf.key", "-out", "leaf.csr"];
        authority.openssl(&[&request[..], &key].concat());
        fs::write(authority.path("names"), "subjectAltName=DNS:localhost\n").unwrap();
        authority.openssl(&[
            "x509",
            "-req",
            "-in",
            "leaf.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-days",
            "30",
            "-set_serial",
            "0x1234",
            "-extfile",
            "names",
            "-out",
            "leaf.pem",
        ]);
        authority
    }

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    fn text(&self, file: &str) -> String {
        self.path(file).display().to_string()
    }

    fn openssl(&self, arguments: &[&str]) {
        must_run(Command::new("openssl").args(arguments).current_dir(self.dir.path()));
    }

    /// Has the responder say this of the certificate, for so many days, and puts it into the file.
    fn respond(&self, index: &str, days: &str, file: &str) {
        fs::write(self.path("index"), format!("{index}\t1234\tunknown\t/CN=localhost\n")).unwrap();
        self.openssl(&["ocsp", "-issuer", "ca.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "request"]);
        self.openssl(&[
            "ocsp", "-index", "index", "-rsigner", "ca.pem", "-rkey", "ca.key", "-CA", "ca.pem", "-reqin", "request",
            "-ndays", days, "-respout", "new.der",
        ]);
        fs::rename(self.path("new.der"), self.path(file)).unwrap();
    }
}

const GOOD: &str = "V\t361119000000Z\t";
const REVOKED: &str = "R\t361119000000Z\t261120010203Z,keyCompromise";

/// `tlsmith serve` on a port of its own choice.
fn serve(arguments: &[&str]) -> (Process, u16) {
    let mut command = tlsmith();
    command.args(["serve", "--listen", "127.0.0.1:0", "--to", "http://127.0.0.1:1"]).args(arguments);
    let process = Process::spawn(&mut command);
    let line = process.wait_for_line("tlsmith serves https://127.0.0.1:");
    let port = line.trim_end_matches('/').parse().unwrap();
    (process, port)
}

fn status(port: u16, ca: &Path) -> (Value, String) {
    let report = connect(port, ca, &["--status", "--json"]).json();
    (report["ocsp"].clone(), connect(port, ca, &["--status"]).text())
}

#[test]
fn a_status_is_stapled_from_a_file_and_follows_it() {
    let authority = Authority::new();
    authority.respond(GOOD, "7", "status.der");
    let (cert, key, file) = (authority.text("leaf.pem"), authority.text("leaf.key"), authority.text("status.der"));
    let (serving, port) = serve(&["--cert", &cert, "--key", &key, "--staple", &file]);
    let ca = authority.path("ca.pem");
    let (ocsp, text) = status(port, &ca);
    assert_eq!(
        (&ocsp["stapled"], &ocsp["verified"], &ocsp["status"]),
        (&json!(true), &json!(false), &json!("good")),
        "{ocsp:#}"
    );
    assert_eq!(
        (&ocsp["responder"], &ocsp["stale"], &ocsp["error"]),
        (&json!("CN=status CA"), &json!(false), &Value::Null)
    );
    assert!(ocsp["this_update"].is_string() && ocsp["next_update"].is_string(), "{ocsp:#}");
    assert!(text.contains("\nOCSP           good, ") && text.contains("not verified"), "{text}");
    // Without the option nothing is said of it.
    assert_eq!(connect(port, &ca, &["--json"]).json()["ocsp"], Value::Null);

    authority.respond(REVOKED, "7", "status.der");
    serving.wait_for_text("says that the certificate is revoked");
    let (ocsp, text) = status(port, &ca);
    assert_eq!((&ocsp["status"], &ocsp["reason"]), (&json!("revoked"), &json!("keyCompromise")), "{ocsp:#}");
    assert_eq!(ocsp["revoked_at"], "2026-11-20T01:02:03Z");
    assert!(text.contains("\nOCSP           REVOKED since 2026-11-20T01:02:03Z (keyCompromise)"), "{text}");

    // What cannot be read leaves what was there.
    fs::write(authority.path("status.der"), "no response").unwrap();
    serving.wait_for_text("not read again");
    assert_eq!(status(port, &ca).0["status"], "revoked");
}

#[test]
fn a_server_that_staples_nothing_is_told_so() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let (ocsp, text) = status(server.port, PKI.root());
    assert_eq!((&ocsp["stapled"], &ocsp["status"]), (&json!(false), &Value::Null), "{ocsp:#}");
    assert!(text.contains("\nOCSP           none stapled\n"), "{text}");
}

#[test]
fn what_cannot_be_stapled_is_a_mistake() {
    let (authority, other) = (Authority::new(), Authority::new());
    other.respond(GOOD, "7", "status.der");
    let (cert, key) = (PKI.server.chain.display().to_string(), PKI.server.key.display().to_string());
    fs::write(authority.path("garbage"), "garbage").unwrap();
    for (file, word) in [
        (other.text("status.der"), "not about a certificate that is shown here"),
        (authority.text("garbage"), "holds no OCSP response"),
        (authority.text("leaf.pem"), "holds no OCSP response"),
        (authority.text("missing"), "no such file"),
    ] {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--to", "http://127.0.0.1:1", "--cert", &cert, "--key", &key];
        let run = run_with(b"", &[&serve[..], &["--staple", &file]].concat());
        assert_eq!(run.code, 2, "{file}: {run:?}");
        assert!(run.stderr.contains("--staple") && run.stderr.contains(word), "{file}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
}

#[test]
fn sessions_resume_unless_they_are_not_to() {
    let (cert, key) = (PKI.server.chain.display().to_string(), PKI.server.key.display().to_string());
    let identity = ["--cert", &cert, "--key", &key];
    let (_serving, port) = serve(&identity);
    let report = connect(port, PKI.root(), &["--resume", "2", "--json"]).json();
    assert_eq!((&report["resumed"], &report["error"]), (&json!(true), &Value::Null), "{report:#}");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tickets").display().to_string();
    let (_serving, port) = serve(&[&identity[..], &["--ticket-key-file", &file]].concat());
    assert!(fs::read_to_string(&file).unwrap().starts_with("tlsmith ticket keys 1\n"));
    assert_eq!(connect(port, PKI.root(), &["--resume", "1", "--json"]).json()["resumed"], true);

    let (_serving, port) = serve(&[&identity[..], &["--no-resumption"]].concat());
    let report = connect(port, PKI.root(), &["--resume", "1", "--json"]).json();
    assert_eq!((&report["resumed"], &report["error"]["code"]), (&json!(false), &json!("session.not_resumed")));
}

#[test]
fn the_lowest_version_is_the_operators() {
    let (cert, key) = (PKI.server.chain.display().to_string(), PKI.server.key.display().to_string());
    let (_serving, port) = serve(&["--cert", &cert, "--key", &key]);
    assert_eq!(connect(port, PKI.root(), &["--max", "1.2", "--json"]).json()["protocol"], "TLSv1.2");
    let (serving, port) = serve(&["--cert", &cert, "--key", &key, "--min-version", "1.3"]);
    let report = connect(port, PKI.root(), &["--max", "1.2", "--json"]).json();
    assert_eq!(report["error"]["code"], "alert.protocol_version", "{report:#}");
    serving.wait_for_text("hello.unsupported_version");
}
