//! `tlsmith cert chain`: bundles put into order, and written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, path::PathBuf, sync::LazyLock};

use common::{Run, run_with, tlsmith};
use serde_json::{Value, json};
use tlsmith_testkit::{
    certs::{HOST, KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

fn chain(arguments: &[&str]) -> Run {
    let root = PKI.root().to_str().unwrap();
    run_with(b"", &[&["cert", "chain", "--ca", root], arguments].concat())
}

fn file(name: &str, parts: &[PathBuf]) -> String {
    let path = PKI.dir().join(name);
    let content: String = parts.iter().map(|part| fs::read_to_string(part).unwrap()).collect();
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn parts() -> [PathBuf; 3] {
    /// It is written where it is asked for: once, as several tests read it at the same time.
    static INTERMEDIATE: LazyLock<PathBuf> = LazyLock::new(|| PKI.intermediate());
    [PKI.server.leaf.clone(), INTERMEDIATE.clone(), PKI.root().to_owned()]
}

#[test]
fn a_bundle_in_any_order_becomes_a_chain_that_is_trusted() {
    let [leaf, intermediate, root] = parts();
    let bundle = file("mixed.pem", &[root.clone(), intermediate.clone(), leaf.clone(), intermediate.clone()]);
    let out = PKI.dir().join("fullchain.pem");
    let out = out.to_str().unwrap();
    let run = chain(&[&bundle, "--out", out, "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["complete"], &document["root_trusted"]), (0, &json!(true), &json!(true)));
    let written = fs::read_to_string(out).unwrap();
    assert_eq!((document["pem"].as_str().unwrap(), document["out"].as_str().unwrap()), (written.as_str(), out));
    let expected = fs::read_to_string(&PKI.server.chain).unwrap();
    assert_eq!(written, expected.replace("\r\n", "\n"));
    let whys: Vec<&Value> = document["dropped"].as_array().unwrap().iter().map(|dropped| &dropped["why"]).collect();
    assert_eq!(whys, ["it stands there twice", "it is a root: who trusts it has it"], "{document:#}");
    let verified = run_with(b"", &["cert", "verify", out, "--ca", root.to_str().unwrap(), "--name", HOST]);
    assert_eq!(verified.code, 0);
    // It is not overwritten but where that is asked for.
    let run = chain(&[&bundle, "--out", out]);
    assert_eq!((run.code, run.stderr.contains("it exists")), (2, true), "{run:?}");
    let run = chain(&[&bundle, "--out", out, "--force", "--with-root", "--json"]);
    assert_eq!((run.code, run.json()["chain"].as_array().unwrap().len()), (0, 3));
    // Several files are one bundle.
    let run = chain(&[leaf.to_str().unwrap(), intermediate.to_str().unwrap()]);
    assert_eq!(run.code, 0);
    assert!(run.text().contains("  complete\n\nCertificate 0  CN=localhost"), "{run:?}");
}

#[test]
fn what_is_missing_is_named_and_nothing_written() {
    let out = PKI.dir().join("not-written.pem");
    let run = chain(&[PKI.server.leaf.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["complete"], out.exists()), (1, &json!(false), false));
    assert!(document["missing"]["subject"].as_str().unwrap().contains("intermediate"), "{document:#}");
    let text = chain(&[PKI.server.leaf.to_str().unwrap()]).text();
    assert!(
        text.contains("  INCOMPLETE\n") && text.contains("\nMISSING        CN=tlsmith test intermediate"),
        "{text}"
    );
}

#[test]
fn two_leaves_are_not_one_chain() {
    let [leaf, intermediate, _] = parts();
    let bundle = file("two.pem", &[leaf, PKI.client.leaf.clone(), intermediate]);
    let run = chain(&[&bundle, "--json"]);
    assert_eq!(run.code, 2);
    let document = run.json();
    let message = document["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("2 certificates could be the leaf"), "{run:?}");
    assert!(message.contains(&format!("certificate 1 of {bundle}, until ")), "{run:?}");
}

#[test]
fn what_begins_later_is_said_to() {
    let mut params = rcgen::CertificateParams::new(vec![String::from("later.example")]).unwrap();
    (params.not_before, params.not_after) = (rcgen::date_time_ymd(2090, 1, 1), rcgen::date_time_ymd(2091, 1, 1));
    let later = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    let run = run_with(later.as_bytes(), &["cert", "chain", "-"]);
    assert!(run.text().contains("NOT YET VALID (from 2090-01-01)"), "{run:?}");
}

#[test]
fn of_a_server() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let run = chain(&[&format!("127.0.0.1:{}", server.port), "--json"]);
    assert_eq!((run.code, run.json()["chain"].as_array().unwrap().len()), (0, 2));
    let run = chain(&["127.0.0.1:1", "--json"]);
    assert_eq!((run.code, &run.json()["error"]["code"]), (1, &json!("transport.refused")));
}

/// HAProxy has certificates and key in one file, and so has PKCS#12: the chain does not take its place.
#[cfg(unix)]
#[test]
fn a_file_with_a_private_key_is_not_written_over() {
    let [leaf, intermediate, _] = parts();
    let together = file("haproxy.pem", &[leaf.clone(), intermediate.clone(), PKI.server.key.clone()]);
    let p12 = PKI.dir().join("kept.p12").to_str().unwrap().to_owned();
    let run = run_with(b"", &["convert", &together, "--to", "p12", "--passphrase", "geheim", "--out", &p12]);
    assert_eq!(run.code, 0, "{run:?}");
    let link = PKI.dir().join("link.pem");
    std::os::unix::fs::symlink("haproxy.pem", &link).unwrap();
    let link = link.to_str().unwrap();
    for (from, to) in [(&together, together.as_str()), (&together, link), (&p12, p12.as_str())] {
        let before = fs::read(from).unwrap();
        let run = chain(&[from, "--out", to, "--force", "--passphrase", "geheim", "--json"]);
        let document = run.json();
        let message = format!("{to}: the private key that is read from it would be lost");
        assert_eq!((run.code, &document["error"]["message"]), (2, &json!(message)), "{run:?}");
        assert_eq!(fs::read(from).unwrap(), before);
    }
    // Nor where it is standard input.
    #[cfg(target_os = "linux")]
    {
        let before = fs::read(&together).unwrap();
        let arguments = ["cert", "chain", "-", "--with-root", "--out", &together, "--force"];
        let output = tlsmith().args(arguments).stdin(fs::File::open(&together).unwrap()).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains("would be lost"), "{output:?}");
        assert_eq!((output.status.code(), fs::read(&together).unwrap()), (Some(2), before));
    }
    // Certificates alone may take their own place.
    let bundle = file("inplace.pem", &[intermediate, leaf]);
    let run = chain(&[&bundle, "--out", &bundle, "--force"]);
    assert_eq!(run.code, 0, "{run:?}");
}
