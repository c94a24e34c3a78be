//! `tlsmith connect` judges by more than a path to a root: profile, pins, Certificate Transparency, revocations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::fs;

use common::{Run, connect, log_list, openssl_crl, run_with};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

fn server(pki: &Pki) -> TestServer {
    TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Echo)
}

/// It is refused for this reason, by the handshake; with `--insecure` it is told all the same.
fn is_refused(pki: &Pki, server: &TestServer, options: &[&str], code: &str) {
    for insecure in [&["--json"][..], &["--json", "--insecure"]] {
        let run = connect(server.port, pki.root(), &[options, insecure].concat());
        assert_eq!((run.code, cause(&run).as_str()), (3, code), "{options:?}: {run:?}");
    }
}

fn cause(run: &Run) -> String {
    run.json()["verification"]["findings"][0]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn pins() {
    let pki = Pki::new(KeyKind::P256);
    let server = server(&pki);
    let pins = run_with(b"", &["cert", "pin", pki.server.chain.to_str().unwrap(), "--json"]).json();
    let pin = pins["pins"][1]["curl"].as_str().unwrap();
    assert_eq!(connect(server.port, pki.root(), &["--pin", pin, "--json"]).code, 0);
    is_refused(&pki, &server, &["--pin", &"00".repeat(32)], "certificate.pin_mismatch");
}

#[test]
fn profiles() {
    let pki = Pki::new(KeyKind::P256);
    let files = pki.server_for("wide", &["*.co.uk"]);
    let server = TestServer::start(config::server(&files).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    for (profile, code) in [("private", 0), ("web", 3)] {
        let root = pki.root().to_str().unwrap();
        let arguments = ["connect", &target, "--servername", "www.co.uk", "--ca", root, "--profile", profile, "--json"];
        let run = run_with(b"", &arguments);
        assert_eq!(run.code, code, "{profile}: {run:?}");
    }
}

#[test]
fn transparency() {
    let pki = Pki::new(KeyKind::P256);
    let logs = pki.dir().join("logs.json");
    log_list(&logs);
    is_refused(&pki, &server(&pki), &["--ct-log-list", logs.to_str().unwrap()], "certificate.ct_too_few");
    fs::write(&logs, "no JSON").unwrap();
    let run = connect(1, pki.root(), &["--ct-log-list", logs.to_str().unwrap()]);
    assert_eq!((run.code, run.stderr.contains("--ct-log-list")), (2, true), "{run:?}");
}

#[test]
fn revocations() {
    let pki = Pki::new(KeyKind::P256);
    let server = server(&pki);
    let crl = pki.dir().join("crl.pem");
    let path = crl.to_str().unwrap();
    openssl_crl(&pki, None, &crl);
    let run = connect(server.port, pki.root(), &["--crl", path, "--json"]);
    assert_eq!(run.code, 0, "{run:?}");
    // Nobody knows of the intermediate.
    is_refused(&pki, &server, &["--crl", path, "--revocation", "require"], "certificate.revocation_unknown");
    let serial = run.json()["chain"][0]["serial"].as_str().unwrap().to_owned();
    openssl_crl(&pki, Some(&serial), &crl);
    is_refused(&pki, &server, &["--crl", path], "certificate.revoked");
    let run = connect(server.port, pki.root(), &["--crl", path, "--revocation", "ignore"]);
    assert_eq!((run.code, run.stderr.contains("--revocation ignore")), (2, true), "{run:?}");
}
