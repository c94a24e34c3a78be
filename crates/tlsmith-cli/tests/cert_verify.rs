//! `tlsmith cert verify`: the judgement, its reasons and its exit code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, net::TcpListener, sync::LazyLock};

use common::{BAD_CERTIFICATES, Run, log_list, openssl_crl, run_with};
use serde_json::{Value, json};
use tlsmith::registry::ProtocolVersion;
use tlsmith_testkit::{
    certs::{Bad, HOST, KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

fn verify(source: &str, more: &[&str]) -> Run {
    verify_by(&PKI, source, more)
}

fn verify_by(pki: &Pki, source: &str, more: &[&str]) -> Run {
    let root = pki.root().to_str().unwrap();
    run_with(b"", &[&["cert", "verify", source, "--ca", root], more].concat())
}

fn codes(run: &Run) -> Vec<String> {
    let document = run.json();
    let findings = document["judgement"]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_good_chain_is_trusted_and_its_path_drawn() {
    let file = PKI.server.chain.to_str().unwrap();
    let run = verify(file, &["--name", HOST]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let text = run.text();
    assert!(text.starts_with(&format!("{file}  trusted\n\nName           localhost\n")), "{text}");
    assert!(text.contains("trusted root") && text.contains("\n   └─ "), "{text}");
    let document = verify(file, &["--name", "127.0.0.1", "--json"]).json();
    let sources: Vec<&Value> =
        document["judgement"]["path"].as_array().unwrap().iter().map(|step| &step["source"]).collect();
    assert_eq!(sources, ["sent", "sent", "root"]);
    assert_eq!(document["judgement"]["trusted"], true);
    assert_eq!(document["chain"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_wrong_is_named_first() {
    // Of its own: making bad certificates writes the root's file again.
    let pki = Pki::new(KeyKind::P256);
    for (bad, code) in BAD_CERTIFICATES {
        let files = pki.bad(bad);
        let run = verify_by(&pki, files.chain.to_str().unwrap(), &["--name", HOST, "--json"]);
        assert_eq!((run.code, codes(&run)[0].as_str()), (3, code), "{bad:?}");
        let text = verify_by(&pki, files.chain.to_str().unwrap(), &["--name", HOST]).text();
        assert!(text.contains("  NOT TRUSTED\n") && text.contains(code), "{text}");
    }
}

/// The line to copy stands with what explains most, for each product; with `-v` with all.
#[test]
fn the_cause_comes_with_what_mends_it() {
    let pki = Pki::new(KeyKind::P256);
    let files = pki.bad(Bad::NoIntermediate);
    let run = verify_by(&pki, files.chain.to_str().unwrap(), &["--name", HOST, "--json"]);
    let mends = run.json()["judgement"]["findings"][0]["mends"].clone();
    let products: Vec<&str> = mends.as_array().unwrap().iter().map(|mend| mend["product"].as_str().unwrap()).collect();
    assert_eq!(products, ["shell", "nginx", "Apache", "HAProxy", "Caddy"]);
    let text = verify_by(&pki, files.chain.to_str().unwrap(), &["--name", HOST]).text();
    assert!(text.contains("\n   nginx    ssl_certificate /etc/ssl/fullchain.pem;\n"), "{text}");
    // A remark is short unless more is asked for.
    let intermediate = pki.intermediate();
    let remark = ["--untrusted", intermediate.to_str().unwrap()];
    let text = verify_by(&pki, files.chain.to_str().unwrap(), &remark).text();
    assert!(text.contains("missing_intermediate") && !text.contains("nginx  "), "{text}");
    let text = verify_by(&pki, files.chain.to_str().unwrap(), &[&remark[..], &["-v"]].concat()).text();
    assert!(text.contains("\n   nginx    ssl_certificate "), "{text}");
}

#[test]
fn time_purpose_name_and_pins_are_the_callers() {
    let file = PKI.server.chain.to_str().unwrap();
    let run = verify(file, &["--at", "2020-01-01", "--json"]);
    assert_eq!((run.code, codes(&run)[0].as_str()), (3, "certificate.not_yet_valid"));
    assert_eq!(run.json()["judgement"]["time"], "2020-01-01T00:00:00Z");
    let run = verify(file, &["--purpose", "client", "--json"]);
    assert_eq!((run.code, codes(&run)[0].as_str()), (3, "certificate.extended_key_usage"));
    assert_eq!(verify(PKI.client.chain.to_str().unwrap(), &["--purpose", "client"]).code, 0);
    let run = verify(file, &["--name", "spiffe://a/b", "--json"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(verify(file, &["--name", "a@b.example"]).code == 3);
    let pins = run_with(b"", &["cert", "pin", file, "--json"]).json();
    let pin = pins["pins"][1]["curl"].as_str().unwrap();
    assert_eq!(verify(file, &["--pin", pin]).code, 0);
    assert_eq!(verify(file, &["--pin", &"00".repeat(32)]).code, 3);
    for (option, value) in [("--at", "yesterday"), ("--pin", "zz"), ("--name", "a b"), ("--purpose", "mail")] {
        let run = verify(file, &[option, value, "--json"]);
        assert_eq!(run.code, 2, "{option}: {run:?}");
        assert!(run.json()["error"]["message"].as_str().unwrap().contains(option), "{run:?}");
    }
}

#[test]
fn a_missing_intermediate_can_be_given_and_stays_a_finding() {
    let intermediate = PKI.intermediate();
    let leaf = PKI.server.leaf.to_str().unwrap();
    let run = verify(leaf, &["--untrusted", intermediate.to_str().unwrap(), "--json"]);
    assert_eq!((run.code, codes(&run)[0].as_str()), (0, "certificate.missing_intermediate"));
    assert_eq!(run.json()["judgement"]["path"][1]["source"], "known");
    let run = verify(leaf, &["--untrusted", "missing.pem"]);
    assert_eq!(run.code, 2);
    // Without it, the tree says who is not there.
    let run = verify(leaf, &["--json"]);
    assert_eq!((run.code, &run.json()["judgement"]["path"][1]["source"]), (3, &json!("missing")));
}

#[test]
fn a_bundle_in_the_wrong_order_gets_a_hint() {
    let wrong = PKI.dir().join("wrong-order.pem");
    let leaf = fs::read_to_string(&PKI.server.leaf).unwrap();
    fs::write(&wrong, fs::read_to_string(PKI.intermediate()).unwrap() + &leaf).unwrap();
    let run = verify(wrong.to_str().unwrap(), &[]);
    assert_eq!(run.code, 3);
    assert!(run.text().contains("certificate 1 looks like the"), "{run:?}");
}

#[test]
fn a_servers_chain_is_judged_by_its_name() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    let run = verify(&target, &["--json"]);
    assert_eq!((run.code, &run.json()["judgement"]["name"]), (0, &json!("127.0.0.1")), "{run:?}");
    let run = verify(&target, &["--name", "other.example", "--json"]);
    assert_eq!((run.code, codes(&run)[0].as_str()), (3, "certificate.name_mismatch"));
    let port = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let run = verify(&format!("127.0.0.1:{port}"), &["--json"]);
    assert_eq!((run.code, &run.json()["judgement"]), (1, &Value::Null));
}

/// A server that wants a client's certificate fails the handshake, and its chain is there all the same.
#[test]
fn a_server_that_refuses_whoever_shows_nothing_is_judged_all_the_same() {
    // In TLS 1.2 the server ends it before its Finished (RFC 5246 §7.4.6), when it has signed its key exchange.
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let config = config::server(&PKI.server).versions(version, version);
        let server = TestServer::start(config.client_auth(config::require(PKI.root())).build().unwrap(), Mode::Echo);
        let run = verify(&format!("127.0.0.1:{}", server.port), &["--json"]);
        assert_eq!((run.code, &run.json()["notes"]), (0, &json!([])), "{run:?}");
    }
}

/// Truststores come as PKCS#7 too.
#[test]
fn roots_may_stand_in_pkcs7() {
    let pki = Pki::new(KeyKind::P256);
    let p7 = pki.dir().join("roots.p7b");
    let made = std::process::Command::new("openssl")
        .args(["crl2pkcs7", "-nocrl", "-certfile"])
        .arg(pki.root())
        .arg("-out")
        .arg(&p7)
        .status()
        .unwrap();
    assert!(made.success());
    let source = pki.server.chain.to_str().unwrap();
    let arguments = ["cert", "verify", source, "--name", HOST, "--ca", p7.to_str().unwrap(), "--json"];
    let run = run_with(b"", &arguments);
    assert_eq!((run.code, &run.json()["judgement"]["root_count"]), (0, &json!(1)), "{run:?}");
}

/// What browsers demand of public CAs, a private one need not do.
#[test]
fn the_profile_is_the_callers() {
    let pki = Pki::new(KeyKind::P256);
    let files = pki.server_for("wide", &["*.co.uk"]);
    let judge = |profile| {
        let file = files.chain.to_str().unwrap();
        verify_by(&pki, file, &["--name", "www.co.uk", "--profile", profile, "--json"])
    };
    let private = judge("private");
    assert_eq!((private.code, &private.json()["judgement"]["profile"]), (0, &json!("private")), "{private:?}");
    let web = judge("web");
    assert_eq!((web.code, &web.json()["judgement"]["profile"]), (3, &json!("web")), "{web:?}");
}

#[test]
fn timestamps_are_demanded_by_a_log_list() {
    let pki = Pki::new(KeyKind::P256);
    let file = pki.server.chain.to_str().unwrap();
    let logs = pki.dir().join("logs.json");
    log_list(&logs);
    let run = verify_by(&pki, file, &["--ct-log-list", logs.to_str().unwrap(), "--json"]);
    assert_eq!((run.code, codes(&run)[0].as_str()), (3, "certificate.ct_too_few"));
    fs::write(&logs, "no JSON").unwrap();
    let run = verify_by(&pki, file, &["--ct-log-list", logs.to_str().unwrap()]);
    assert_eq!((run.code, run.stderr.contains("--ct-log-list")), (2, true), "{run:?}");
}

#[test]
fn revocations_are_asked_for_as_the_caller_says() {
    let pki = Pki::new(KeyKind::P256);
    let file = pki.server.chain.to_str().unwrap();
    // Nobody says anything.
    for (policy, code) in [("ignore", 0), ("prefer", 0), ("require", 3)] {
        let run = verify_by(&pki, file, &["--revocation", policy, "--json"]);
        assert_eq!(run.code, code, "{policy}: {run:?}");
    }
    let serial = verify_by(&pki, file, &["--json"]).json()["chain"][0]["serial"].as_str().unwrap().to_owned();
    let crl = pki.dir().join("crl.pem");
    for (revoked, code, status) in [(None, 0, "good"), (Some(serial.as_str()), 3, "revoked")] {
        openssl_crl(&pki, revoked, &crl);
        let run = verify_by(&pki, file, &["--crl", crl.to_str().unwrap(), "--json"]);
        let document = run.json();
        assert_eq!(
            (run.code, &document["judgement"]["revocation"][0]["status"]),
            (code, &json!(status)),
            "{document:#}"
        );
        assert_eq!(document["judgement"]["revocation"][0]["by"], "crl");
        let text = verify_by(&pki, file, &["--crl", crl.to_str().unwrap()]).text();
        assert!(text.contains(status) && text.contains("\nRevocation     CN=localhost"), "{text}");
    }
    for option in ["--crl", "--ocsp"] {
        let run = verify_by(&pki, file, &[option, file]);
        assert_eq!((run.code, run.stderr.contains(option)), (2, true), "{run:?}");
    }
}
