//! `tlsmith cert show` and `cert pin`: what they say of files and servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, net::TcpListener};

use common::{run_with, tlsmith};
use rcgen::{CertificateParams, CustomExtension, DnType, KeyPair, SanType};
use serde_json::json;
use tlsmith_testkit::{
    certs::{HOST, KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

fn cert(arguments: &[&str]) -> common::Run {
    run_with(b"", &[&["cert"], arguments].concat())
}

#[test]
fn a_bundle_is_shown_certificate_by_certificate() {
    let pki = Pki::new(KeyKind::P256);
    let file = pki.server.chain.to_str().unwrap();
    let run = cert(&["show", file]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let text = run.text();
    assert!(text.starts_with(&format!("{file}  2 certificates\n\nCertificate 0\n")), "{text}");
    for line in ["names        localhost, 127.0.0.1, ::1", "key          ECDSA P-256", "Certificate 1  CA"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains('\x1b'), "no colour but on a terminal");
    assert!(!text.contains("subjectAltName"));
    let verbose = cert(&["show", "-v", file]).text();
    assert!(verbose.contains("\n  subjectAltName\n      DNS:localhost\n"), "{verbose}");
}

#[test]
fn every_field_is_in_the_document() {
    let mut params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    params.subject_alt_names.push(SanType::IpAddress("192.0.2.1".parse().unwrap()));
    params.distinguished_name.push(DnType::CommonName, "a \u{202e}evil\u{1b}[2J name");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2020, 3, 1);
    params.custom_extensions.push(CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x0c, 2, b'h', b'i']));
    let key = KeyPair::generate().unwrap();
    let made = params.self_signed(&key).unwrap();
    let run = run_with(made.pem().as_bytes(), &["cert", "show", "--json", "-"]);
    assert_eq!(run.code, 0, "{run:?}");
    let document = run.json();
    let entry = &document["sources"][0]["certificates"][0];
    assert_eq!(document["sources"][0]["kind"], "stdin");
    assert_eq!(entry["sans"], json!(["DNS:a.example", "IP:192.0.2.1"]));
    assert_eq!(entry["not_before"], "2020-01-01T00:00:00Z");
    assert_eq!(entry["lifetime_days"], 60);
    assert_eq!(entry["validity"], "expired");
    assert!(entry["days_left"].as_i64().unwrap() < -2000);
    assert_eq!((&entry["self_issued"], &entry["ca"]), (&json!(true), &json!(false)));
    let unknown = entry["extensions"].as_array().unwrap().iter().find(|one| one["oid"] == "1.2.3.4").unwrap();
    assert_eq!((&unknown["value"], &unknown["der"]), (&json!(["UTF8String \"hi\""]), &json!("0c026869")));
    // What steers a terminal is not shown.
    let shown = run_with(made.pem().as_bytes(), &["cert", "show", "-"]).text();
    assert!(!shown.contains(['\x1b', '\u{202e}']) && shown.contains("EXPIRED"), "{shown}");
}

#[test]
fn pins_are_the_hash_of_the_key() {
    let pki = Pki::new(KeyKind::P256);
    let file = pki.server.leaf.to_str().unwrap();
    let shown = cert(&["show", file, "--json"]).json();
    let run = cert(&["pin", file, "--json"]);
    let pin = &run.json()["pins"][0];
    let base64 = pin["sha256_base64"].as_str().unwrap();
    assert_eq!((run.code, base64.len()), (0, 44));
    assert_eq!(pin["sha256_base64"], shown["sources"][0]["certificates"][0]["spki_pin"]);
    assert_eq!(pin["sha256_hex"], shown["sources"][0]["certificates"][0]["spki_sha256"]);
    assert_eq!(pin["pin_sha256"], format!("pin-sha256=\"{base64}\""));
    assert_eq!(pin["curl"], format!("sha256//{base64}"));
    let text = cert(&["pin", file]).text();
    assert!(text.contains(&format!("  curl         sha256//{base64}\n")), "{text}");
}

#[test]
fn a_server_is_asked_for_its_chain() {
    let pki = Pki::new(KeyKind::P256);
    let server = TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    let run = cert(&["show", "--servername", HOST, &target, "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["sources"][0]["kind"]), (0, &json!("host")), "{document:#}");
    assert_eq!(document["sources"][0]["certificates"].as_array().unwrap().len(), 2);
    // Nobody there.
    let port = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let run = cert(&["show", &format!("127.0.0.1:{port}"), "--json"]);
    assert_eq!((run.code, &run.json()["sources"][0]["error"]["code"]), (1, &json!("transport.refused")));
    let run = cert(&["pin", &format!("127.0.0.1:{port}")]);
    assert_eq!(run.code, 1);
    assert!(run.text().contains("transport.refused"), "{run:?}");
}

#[test]
fn mistakes_are_told_in_one_line_and_in_the_document() {
    let pki = Pki::new(KeyKind::P256);
    let key = pki.server.key.to_str().unwrap();
    let directory = pki.dir().to_str().unwrap();
    let empty = pki.dir().join("empty");
    fs::write(&empty, "").unwrap();
    for (source, said) in [
        ("missing.pem", "no such file or directory"),
        (key, "it holds a private key and no certificate"),
        (directory, "a directory, not a file"),
        (empty.to_str().unwrap(), "it is empty"),
    ] {
        let run = cert(&["show", source]);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 1), "{run:?}");
        assert!(run.stderr.contains(said) && run.stdout.is_empty(), "{run:?}");
        let run = cert(&["show", source, "--json"]);
        assert_eq!(run.code, 2);
        assert!(run.json()["error"]["message"].as_str().unwrap().contains(said), "{run:?}");
    }
    // One of several does not hide the others.
    let run = cert(&["show", empty.to_str().unwrap(), pki.server.chain.to_str().unwrap(), "--json"]);
    let sources = &run.json()["sources"];
    assert_eq!((run.code, &sources[0]["error"]["code"]), (2, &json!("usage.file")));
    assert_eq!(sources[1]["certificates"].as_array().unwrap().len(), 2);
    // What says how a server is asked wants a server.
    for command in ["show", "pin", "verify", "chain", "check"] {
        let run = cert(&[command, pki.server.chain.to_str().unwrap(), "--starttls", "smtp"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains("--starttls is for servers, and none is named"), "{run:?}");
    }
    // What is neither a file nor a host was meant to be one of them.
    let run = cert(&["show", "no-such-file-nor-host"]);
    assert_eq!(run.code, 1);
    let text = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Nor is there a file of the name no-such-file-nor-host."), "{text}");
    let run = cert(&["show"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("see tlsmith cert show --help"), "{run:?}");
    // Its own name is a stranger's.
    assert_eq!(tlsmith().args(["cert", "shaw"]).output().unwrap().status.code(), Some(2));
}
