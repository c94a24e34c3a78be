//! `tlsmith cert check`: what ends soon.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, net::TcpListener, path::Path};

use common::{Run, raw_peer, read_hello, run_with};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

fn check(arguments: &[&str]) -> Run {
    run_with(b"", &[&["cert", "check"], arguments].concat())
}

/// A self-signed certificate that begins on the first day and ends on the last, of 2026.
fn make(path: &Path, name: &str, first: (u8, u8), last: (u8, u8)) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, first.0, first.1);
    params.not_after = rcgen::date_time_ymd(2026, last.0, last.1);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    fs::write(path, params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()).unwrap();
}

fn statuses(document: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let name = |row: &Value| text(row, "source").rsplit('/').next().unwrap().to_owned();
    document["rows"].as_array().unwrap().iter().map(|row| (name(row), text(row, "status"))).collect()
}

#[test]
fn what_ends_first_stands_on_top() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    make(&at("good.pem"), "good.example", (1, 1), (12, 1));
    make(&at("soon.pem"), "soon.example", (1, 1), (6, 20));
    make(&at("old.pem"), "old.example", (1, 1), (5, 1));
    make(&at("future.pem"), "future.example", (8, 1), (9, 1));
    fs::write(at("notes.txt"), "nothing").unwrap();
    fs::create_dir(at("below")).unwrap();
    fs::write(at("empty.pem"), "").unwrap();
    fs::write(at("below/broken.pem"), "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n").unwrap();
    let directory = place.path().to_str().unwrap();
    let run = check(&[directory, "--at", "2026-06-01", "--json"]);
    let document = run.json();
    let expected = [
        ("broken.pem", "failed"),
        ("empty.pem", "failed"),
        ("old.pem", "expired"),
        ("soon.pem", "soon"),
        ("future.pem", "not_yet_valid"),
        ("good.pem", "ok"),
    ];
    let expected: Vec<(String, String)> = expected.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
    assert_eq!((run.code, statuses(&document)), (1, expected), "{document:#}");
    assert_eq!((&document["ok"], &document["passed_over"]), (&json!(false), &json!(1)));
    assert_eq!((&document["rows"][3]["days_left"], &document["rows"][3]["certificate"]), (&json!(19), &json!(0)));
    let text = check(&[directory, "--at", "2026-06-01"]).text();
    assert!(text.contains("EXPIRED  2026-05-01") && text.contains("19 days  2026-06-20"), "{text}");
    assert!(
        text.ends_with("\n2 could not be checked, 1 expired, 1 not yet valid, 1 within 30 days, 1 good\n"),
        "{text}"
    );
    // The border: in exactly so many days is soon enough.
    let soon = at("soon.pem");
    for (days, code) in [("19", 0), ("20", 1), ("0", 0)] {
        let run = check(&[soon.to_str().unwrap(), "--at", "2026-06-01", "--days", days]);
        assert_eq!(run.code, code, "{days}: {run:?}");
    }
}

#[test]
fn any_certificate_of_a_bundle_counts() {
    let place = tempfile::tempdir().unwrap();
    let (one, two) = (place.path().join("1.pem"), place.path().join("2.pem"));
    make(&one, "leaf.example", (1, 1), (12, 1));
    make(&two, "intermediate.example", (1, 1), (6, 2));
    let bundle = place.path().join("bundle.pem");
    fs::write(&bundle, fs::read_to_string(one).unwrap() + &fs::read_to_string(two).unwrap()).unwrap();
    let run = check(&[bundle.to_str().unwrap(), "--at", "2026-06-01", "--json"]);
    let row = &run.json()["rows"][0];
    assert_eq!((run.code, &row["status"], &row["certificate"]), (1, &json!("soon"), &json!(1)));
    assert_eq!(row["certificates"].as_array().unwrap().len(), 2);
    let text = check(&[bundle.to_str().unwrap(), "--at", "2026-06-01"]).text();
    assert!(text.contains("CN=intermediate.example") && text.contains("(certificate 1)"), "{text}");
}

#[test]
fn servers_are_asked_and_one_that_fails_hides_no_other() {
    let pki = Pki::new(KeyKind::P256);
    let servers: Vec<TestServer> =
        (0..3).map(|_| TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Echo)).collect();
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let (silent, peer) = raw_peer(|socket| {
        read_hello(socket);
        use std::io::Read as _;
        // Until the command has had enough.
        let _ = socket.read(&mut [0; 16]);
    });
    let mut targets: Vec<String> = servers.iter().map(|server| format!("127.0.0.1:{}", server.port)).collect();
    targets.extend([closed.to_string(), format!("127.0.0.1:{silent}"), String::from("no-such.pem")]);
    let mut arguments: Vec<&str> = targets.iter().map(String::as_str).collect();
    arguments.extend(["--json", "--days", "0", "--timeout", "2500ms"]);
    let run = check(&arguments);
    peer.join().unwrap();
    let document = run.json();
    let codes: Vec<&Value> = document["rows"].as_array().unwrap().iter().map(|row| &row["error"]["code"]).collect();
    let count = |code: Value| codes.iter().filter(|found| ***found == code).count();
    assert_eq!(run.code, 1);
    assert_eq!(count(Value::Null), 3, "{document:#}");
    assert_eq!(count(json!("transport.refused")), 1);
    assert_eq!(count(json!("transport.timeout")), 1);
    assert_eq!(count(json!("usage.file")), 1);
    // It took longer than two seconds.
    assert!(run.stderr.contains("checking: 4 of 5 done"), "{run:?}");
}

#[test]
fn mistakes_of_the_caller_are_told_as_such() {
    let place = tempfile::tempdir().unwrap();
    let empty = place.path().to_str().unwrap();
    let run = check(&[empty]);
    assert_eq!(run.code, 1, "a directory without certificates is no good news");
    assert!(run.text().contains("no file in it holds a certificate"), "{run:?}");
    for arguments in [&["no-such.pem"][..], &[], &["-", "-"], &["-", "--days", "x"]] {
        let run = check(arguments);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 1), "{run:?}");
    }
}

#[test]
fn der_that_cannot_be_read_is_told_and_a_key_passed_over() {
    let place = tempfile::tempdir().unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![String::from("a.example")]).unwrap().self_signed(&key).unwrap();
    fs::write(place.path().join("good.der"), certificate.der()).unwrap();
    fs::write(place.path().join("broken.der"), &certificate.der()[..100]).unwrap();
    fs::write(place.path().join("private.der"), key.serialize_der()).unwrap();
    let locked = tlsmith_pki::PrivateKey::from_der(&key.serialize_der()).unwrap().encrypted_pkcs8("geheim").unwrap();
    fs::write(place.path().join("locked.der"), &locked).unwrap();
    let document = check(&[place.path().to_str().unwrap(), "--json"]).json();
    let statuses = statuses(&document);
    let names: Vec<&str> = statuses.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, &document["passed_over"]), (vec!["broken.der", "good.der"], &json!(2)), "{document:#}");
    assert_eq!(statuses[0].1, "failed");
}
