//! What `tlsmith connect` says of servers that work, and of certificates that do not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::sync::LazyLock;

use common::{BAD_CERTIFICATES, connect, run_with};
use serde_json::{Value, json};
use tlsmith_testkit::{
    certs::{Bad, KeyKind, Pki},
    config,
    server::{Mode, TestServer},
};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

#[test]
fn json_tells_what_the_server_knows() {
    let server =
        TestServer::start(config::server(&PKI.server).alpn(&[b"h2", b"http/1.1"]).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--json", "--alpn", "http/1.1,h2"]);
    let facts = server.outcome().facts;
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let report = run.json();
    assert_eq!(report["target"], format!("127.0.0.1:{}", server.port));
    assert_eq!(report["address"], format!("127.0.0.1:{}", server.port));
    assert_eq!(report["server_name"], "localhost");
    assert_eq!(report["protocol"], "TLSv1.3");
    assert_eq!(report["cipher_suite"], facts.cipher_suite.unwrap().to_string());
    assert_eq!(report["group"], facts.group.unwrap().to_string());
    assert_eq!(report["signature_scheme"], "ecdsa_secp256r1_sha256");
    assert_eq!(report["alpn"], String::from_utf8(facts.alpn.unwrap()).unwrap());
    assert_eq!(report["resumed"], false);
    assert_eq!(report["client_auth_requested"], false);
    assert_eq!(report["error"], Value::Null);
    assert_eq!(report["timings_ms"]["dns"], Value::Null, "an address needs no lookup");
    assert!(report["timings_ms"]["tcp"].as_f64().unwrap() >= 0.0);
    assert!(report["timings_ms"]["tls"].as_f64().unwrap() > 0.0);
    assert_eq!(report["verification"]["trusted"], true);
    assert_eq!(report["trace"], Value::Null);
}

#[test]
fn json_tells_of_each_certificate() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let report = connect(server.port, PKI.root(), &["--json"]).json();
    let chain = report["chain"].as_array().unwrap();
    assert_eq!(chain.len(), 2);
    let shown = &server.outcome().facts.own_certificates;
    let provider = config::provider();
    for (entry, certificate) in chain.iter().zip(shown) {
        assert_eq!(entry["subject"], certificate.subject());
        assert_eq!(entry["issuer"], certificate.issuer());
        assert_eq!(entry["sans"], json!(certificate.sans()));
        assert_eq!(entry["not_before"], certificate.not_before().to_string());
        assert_eq!(entry["not_after"], certificate.not_after().to_string());
        assert_eq!(entry["serial"], config::hex(certificate.serial()));
        assert_eq!(entry["sha256"], config::hex(&certificate.sha256(provider.as_ref())));
        assert_eq!(entry["spki_sha256"], config::hex(&certificate.spki_sha256(provider.as_ref())));
        assert_eq!(entry["key"], "ECDSA P-256");
    }
    assert_eq!(chain[0]["sans"], json!(["DNS:localhost", "IP:127.0.0.1", "IP:::1"]));
    assert_eq!((&chain[0]["ca"], &chain[1]["ca"]), (&json!(false), &json!(true)));
}

#[test]
fn the_screen_is_aligned_and_without_colour_in_a_pipe() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let text = run.text();
    assert!(text.starts_with(&format!("127.0.0.1:{}  trusted\n", server.port)), "{text}");
    assert!(text.contains("\nProtocol       TLSv1.3\n"), "{text}");
    assert!(text.contains("\nSignature      ecdsa_secp256r1_sha256\n"), "{text}");
    assert!(text.contains("\n  names        localhost, 127.0.0.1, ::1\n"), "{text}");
    assert!(text.contains("  59 days left\n"), "{text}");
    assert!(!text.contains('\x1b'));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(!text.contains("SPKI"));
    assert!(connect(server.port, PKI.root(), &["-v"]).text().contains("\n  SPKI SHA-256 "));
}

#[test]
fn suites_and_groups_are_those_that_were_asked_for() {
    let groups = [
        "X25519MLKEM768",
        "SecP256r1MLKEM768",
        "SecP384r1MLKEM1024",
        "x25519",
        "secp256r1",
        "secp384r1",
        "secp521r1",
        "ffdhe2048",
        "ffdhe3072",
    ];
    let server = config::server(&PKI.server).groups(&groups.map(config::group)).build().unwrap();
    let server = TestServer::start(server, Mode::Echo);
    for suite in ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"] {
        for group in groups {
            let run = connect(server.port, PKI.root(), &["--json", "--suites", suite, "--groups", group]);
            let report = run.json();
            assert_eq!((&report["cipher_suite"], &report["group"]), (&json!(suite), &json!(group)));
            assert_eq!((run.code, &report["retried"]), (0, &json!(false)));
        }
    }
}

#[test]
fn signature_schemes_are_those_that_were_asked_for() {
    let rsa = Pki::new(KeyKind::Rsa);
    let server = TestServer::start(config::server(&rsa.server).build().unwrap(), Mode::Echo);
    for scheme in KeyKind::Rsa.schemes() {
        let report = connect(server.port, rsa.root(), &["--json", "--sigalgs", scheme]).json();
        assert_eq!(report["signature_scheme"], *scheme, "{report:#}");
    }
    let run = connect(server.port, rsa.root(), &["--json", "--sigalgs", "ed25519"]);
    assert_eq!(run.json()["error"]["code"], "alert.handshake_failure");
    assert_eq!((run.code, &run.json()["error"]["alert_direction"]), (1, &json!("received")));
}

#[test]
fn a_retry_is_told_and_drawn() {
    let group = config::group("secp384r1");
    let server = TestServer::start(config::server(&PKI.server).groups(&[group]).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--json", "--groups", "P-256,P-384"]);
    assert_eq!((run.code, &run.json()["group"], &run.json()["retried"]), (0, &json!("secp384r1"), &json!(true)));
    let run = connect(server.port, PKI.root(), &["--trace", "--groups", "P-256,P-384"]);
    let text = run.text();
    assert_eq!(run.code, 0);
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is not in {text}"));
    assert!(place("  Client ") < place("ClientHello"));
    assert!(place("ClientHello") < place("HelloRetryRequest"));
    assert!(place("HelloRetryRequest") < place("ServerHello"));
    assert!(place("ServerHello") < place("{EncryptedExtensions}"));
    assert!(place("{CertificateVerify}") < place("{Finished}"));
    assert!(text.contains("-------->") && text.contains("<--------"));
    assert!(text.contains("Group          secp384r1, after a HelloRetryRequest\n"));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn the_trace_tells_direction_size_protection_and_time() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let report = connect(server.port, PKI.root(), &["--json", "--trace"]).json();
    let trace = report["trace"].as_array().unwrap();
    let find = |direction: &str, name: &str| {
        trace.iter().find(|m| m["direction"] == direction && m["name"] == name).unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(find("sent", "ClientHello")["protection"], "none");
    assert_eq!(find("received", "ServerHello")["protection"], "none");
    assert_eq!(find("received", "CertificateVerify")["protection"], "handshake");
    assert_eq!(find("sent", "Finished")["protection"], "handshake");
    assert_eq!(find("sent", "Alert")["protection"], "application");
    let details = find("sent", "ClientHello")["details"].to_string();
    assert!(details.contains("localhost") && details.contains("key_share"), "{details}");
    let times: Vec<f64> = trace.iter().map(|message| message["at_ms"].as_f64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(trace.iter().all(|message| message["size"].as_u64().unwrap() > 0));
}

#[test]
fn each_bad_certificate_has_its_code_and_its_mend() {
    let pki = Pki::new(KeyKind::P256);
    for (bad, code) in BAD_CERTIFICATES {
        let server = TestServer::start(config::server(&pki.bad(bad)).build().unwrap(), Mode::Echo);
        let run = connect(server.port, pki.root(), &["--json"]);
        let report = run.json();
        assert_eq!(run.code, 3, "{bad:?}: {report:#}");
        assert_eq!(report["error"]["code"], code, "{bad:?}: {report:#}");
        assert_eq!(report["error"]["alert_direction"], "sent", "{bad:?}");
        assert!(report["error"]["alert"].is_string(), "{bad:?}");
        assert_eq!(report["verification"]["trusted"], false, "{bad:?}");
        let cause = &report["verification"]["findings"][0];
        assert_eq!((&cause["code"], &cause["severity"]), (&json!(code), &json!("error")), "{bad:?}");
        assert!(!cause["fix"].as_str().unwrap().is_empty(), "{bad:?}");
        // What was learnt before the refusal stays.
        assert!(!report["chain"].as_array().unwrap().is_empty(), "{bad:?}");
        assert_eq!(report["protocol"], "TLSv1.3", "{bad:?}");
        let told = server.outcome().code.unwrap_or_else(|| panic!("{bad:?}: the server does not know"));
        assert_eq!(told, format!("alert.{}", report["error"]["alert"].as_str().unwrap()), "{bad:?}");

        let run = connect(server.port, pki.root(), &[]);
        let text = run.text();
        assert_eq!((run.code, text.lines().next().unwrap().ends_with("  NOT TRUSTED")), (3, true), "{bad:?}: {text}");
        assert!(text.contains(&format!("\n{code} (error")) && text.contains("   Mend: "), "{bad:?}: {text}");
        assert!(text.contains("\nCertificate 0"), "{bad:?}: {text}");
    }
}

#[test]
fn insecure_goes_on_loudly_and_still_exits_with_3() {
    let pki = Pki::new(KeyKind::P256);
    let server = TestServer::start(config::server(&pki.bad(Bad::Expired)).build().unwrap(), Mode::Echo);
    let run = connect(server.port, pki.root(), &["--json", "--insecure"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]), (3, &Value::Null));
    assert_eq!(report["verification"]["trusted"], false);
    assert_eq!(report["verification"]["findings"][0]["code"], "certificate.expired");
    assert!(run.stderr.contains("NOT TRUSTED") && run.stderr.contains("certificate.expired"), "{}", run.stderr);
    assert!(server.outcome().result.is_ok());

    let run = common::connect_with(b"ping", server.port, pki.root(), &["--insecure", "--send", "-"]);
    assert_eq!((run.code, run.stdout.as_slice()), (3, b"ping".as_slice()));
}

#[test]
fn roots_are_those_that_were_asked_for() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    let run = run_with(b"", &["connect", &target, "--roots", "mozilla", "--json"]);
    let verification = &run.json()["verification"];
    assert_eq!((run.code, &verification["roots"], &verification["trusted"]), (3, &json!("mozilla"), &json!(false)));
    let mozilla = verification["root_count"].as_u64().unwrap();
    assert!(mozilla > 50, "{mozilla}");
    let run = connect(server.port, PKI.root(), &["--roots", "mozilla", "--json"]);
    let verification = &run.json()["verification"];
    assert_eq!((run.code, &verification["roots"]), (0, &json!("file+mozilla")));
    assert_eq!(verification["root_count"], mozilla + 1);
    assert_eq!(verification["path"].as_array().unwrap().len(), 3);
    // The system's, as the environment says.
    let output = common::tlsmith()
        .args(["connect", &target, "--json"])
        .env("SSL_CERT_FILE", PKI.root())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &report["verification"]["roots"]), (Some(0), &json!("system")), "{report:#}");
}

#[test]
fn names_are_verified_as_asked() {
    let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
    let (target, ca) = (format!("127.0.0.1:{}", server.port), PKI.root().to_str().unwrap());
    // The address itself is in the certificate.
    let run = run_with(b"", &["connect", &target, "--ca", ca, "--json"]);
    assert_eq!((run.code, &run.json()["server_name"]), (0, &json!("127.0.0.1")));
    assert_eq!(server.outcome().facts.server_name, None, "an address is no server name");
    // A name given is sent and verified.
    let run = run_with(b"", &["connect", &target, "--ca", ca, "--json", "--servername", "Other.Example"]);
    assert_eq!((run.code, &run.json()["error"]["code"]), (3, &json!("certificate.name_mismatch")));
    assert_eq!(server.outcome().facts.server_name.as_deref(), Some("other.example"));
}

#[test]
fn what_a_certificate_says_does_not_steer_the_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "evil\x1b[2J\r\n\u{202e}name");
    let file = |name: &str, text: String| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let chain = file("cert.pem", params.self_signed(&key).unwrap().pem());
    let key = file("key.pem", key.serialize_pem());
    let files = tlsmith_testkit::certs::CertFiles { leaf: chain.clone(), root: chain.clone(), chain, key };
    let server = TestServer::start(config::server(&files).build().unwrap(), Mode::Echo);
    let run = connect(server.port, PKI.root(), &["--trace", "-v"]);
    assert_eq!(run.code, 3);
    assert!(run.text().contains("evil"), "{}", run.text());
    assert!(!run.text().contains(['\x1b', '\r', '\u{202e}']), "{}", run.text());
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_no_success() {
    for more in [&["--json"][..], &[]] {
        let server = TestServer::start(config::server(&PKI.server).build().unwrap(), Mode::Echo);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let target = format!("127.0.0.1:{}", server.port);
        let output = common::tlsmith()
            .args(["connect", &target, "--servername", "localhost", "--ca", PKI.root().to_str().unwrap()])
            .args(more)
            .stdin(std::process::Stdio::null())
            .stdout(full)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("standard output: no space left"), "{said}");
        server.outcome();
    }
}
