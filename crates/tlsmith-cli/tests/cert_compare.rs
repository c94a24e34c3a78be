//! `tlsmith cert diff` and `cert match`: what differs, and what belongs together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, path::PathBuf};

use common::{Run, run_with};
use rcgen::{CertificateParams, KeyPair, SerialNumber};
use serde_json::{Value, json};
use tempfile::TempDir;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

fn cert(arguments: &[&str]) -> Run {
    run_with(b"", &[&["cert"], arguments].concat())
}

/// Self-signed certificates and their keys in a directory.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.0.path().join(name), content).unwrap();
        self.path(name)
    }

    fn certificate(&self, name: &str, key: &KeyPair, names: &[&str], serial: u64) -> String {
        let mut params =
            CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_after = rcgen::date_time_ymd(2030, 1, 1);
        self.write(name, &params.self_signed(key).unwrap().pem())
    }
}

fn field<'a>(document: &'a Value, name: &str) -> &'a Value {
    document["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap_or(&Value::Null)
}

#[test]
fn what_a_renewal_changed() {
    let place = Place::new();
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let a = place.certificate("a.pem", &key, &["a.example", "b.example"], 1);
    let b = place.certificate("b.pem", &key, &["b.example", "c.example"], 2);
    let c = place.certificate("c.pem", &other, &["a.example", "b.example"], 1);
    let run = cert(&["diff", &a, &b, "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["same"], &document["same_key"]), (1, &json!(false), &json!(true)));
    let names = field(&document, "subjectAltName");
    assert_eq!((&names["removed"], &names["added"]), (&json!(["DNS:a.example"]), &json!(["DNS:c.example"])));
    assert_eq!(field(&document, "serial")["added"], json!(["02"]));
    assert_eq!(field(&document, "not after"), &Value::Null);
    assert!(document["same_fields"].as_array().unwrap().contains(&json!("not after")));
    let text = cert(&["diff", &a, &b]).text();
    assert!(text.contains("subjectAltName - DNS:a.example\n               + DNS:c.example\n"), "{text}");
    let document = cert(&["diff", &a, &c, "--json"]).json();
    assert_eq!((&document["same_key"], field(&document, "subjectAltName")), (&json!(false), &Value::Null));
    assert!(field(&document, "SPKI pin")["added"][0].is_string());
    let run = cert(&["diff", &a, &a]);
    assert_eq!((run.code, run.text()), (0, format!("{a} and {a}  the same\n")));
}

#[test]
fn the_file_and_the_server() {
    let pki = Pki::new(KeyKind::P256);
    let server = TestServer::start(config::server(&pki.server).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    assert_eq!(cert(&["diff", pki.server.chain.to_str().unwrap(), &target]).code, 0);
    // The intermediate is in the one and not in the other.
    let run = cert(&["diff", pki.server.leaf.to_str().unwrap(), &target, "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["fields"]), (1, &json!([])), "{document:#}");
    assert_eq!(document["chain"]["added"].as_array().unwrap().len(), 1);
    let run = cert(&["diff", pki.server.leaf.to_str().unwrap(), "127.0.0.1:1", "--json"]);
    assert_eq!((run.code, &run.json()["same"]), (1, &Value::Null));
}

#[test]
fn which_certificate_a_key_belongs_to() {
    let pki = Pki::new(KeyKind::Rsa);
    let place = Place::new();
    let other = KeyPair::generate().unwrap();
    let key = place.write("other.key", &other.serialize_pem());
    let (chain, right) = (pki.server.chain.to_str().unwrap(), pki.server.key.to_str().unwrap());
    let run = cert(&["match", chain, right, "--json"]);
    assert_eq!((run.code, &run.json()["keys"][0]["fits"]), (0, &json!([0])));
    let run = cert(&["match", right, chain]);
    assert_eq!(run.code, 0, "the order does not matter");
    let run = cert(&["match", chain, &key]);
    assert_eq!(run.code, 1);
    assert!(run.text().contains("FITS NOTHING") && run.text().contains("\n  not          certificate 0"), "{run:?}");
    // Of several, one fits.
    let own = place.certificate("own.pem", &other, &["own.example"], 7);
    let run = cert(&["match", chain, &own, &key, "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["keys"][0]["fits"]), (0, &json!([2])), "{document:#}");
    assert_eq!(document["holders"][2]["source"], own);
    // What cannot be read hides nothing, and is no success.
    let broken = place.write("broken.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    let run = cert(&["match", chain, &broken, right, "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["keys"][0]["fits"]), (2, &json!([0])), "{document:#}");
    assert!(document["errors"][0]["message"].as_str().unwrap().starts_with(&broken), "{document:#}");
    assert_eq!(cert(&["match", &broken, right]).code, 2);
    // One of two keys fits nothing.
    assert_eq!(cert(&["match", chain, &key, right]).code, 1);
}

#[test]
fn requests_stand_for_their_keys() {
    let place = Place::new();
    let key = KeyPair::generate().unwrap();
    let request = CertificateParams::new(vec!["a.example".to_owned()]).unwrap().serialize_request(&key).unwrap();
    let request = place.write("a.csr", &request.pem().unwrap());
    let own = place.certificate("a.pem", &key, &["a.example"], 1);
    let stranger = place.certificate("b.pem", &KeyPair::generate().unwrap(), &["a.example"], 1);
    let private = place.write("a.key", &key.serialize_pem());
    assert_eq!(cert(&["match", &request, &private]).code, 0);
    assert_eq!(cert(&["match", &own, &request]).code, 0);
    assert_eq!(cert(&["match", &stranger, &request]).code, 1);
    let both = place.write("both.pem", &(fs::read_to_string(&own).unwrap() + &fs::read_to_string(&private).unwrap()));
    assert_eq!(cert(&["match", &both]).code, 0, "certificate and key in one file");
    for arguments in
        [&["match", own.as_str()][..], &["match", &private], &["match", "none.pem", "none.key"], &["match"]]
    {
        let run = cert(arguments);
        assert_eq!((run.code, run.stderr.lines().count()), (2, 1), "{run:?}");
    }
    let broken: PathBuf = place.0.path().join("broken.key");
    fs::write(&broken, "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n").unwrap();
    let run = cert(&["match", &own, broken.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.is_empty()), (2, true), "{run:?}");
}
