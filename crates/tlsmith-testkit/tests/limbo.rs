//! The runner of x509-limbo's cases, on a suite of our own. The suite itself is not part of the repository.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};
use std::process::Command;

/// A root and a leaf for host.example.test that keep the rules of the web.
fn pair() -> (String, String) {
    let (root_key, leaf_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let mut leaf = CertificateParams::new(vec!["host.example.test".to_owned()]).unwrap();
    leaf.distinguished_name = rcgen::DistinguishedName::new();
    leaf.distinguished_name.push(rcgen::DnType::CommonName, "host.example.test");
    leaf.use_authority_key_identifier_extension = true;
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let leaf_pem = leaf.signed_by(&leaf_key, &Issuer::from_params(&root, &root_key)).unwrap().pem();
    (root_pem, leaf_pem)
}

fn case(id: &str, expected: &str, name: &str) -> Value {
    let (root, leaf) = pair();
    json!({
        "id": id, "description": "", "features": [], "importance": "high", "conflicts_with": [],
        "validation_kind": "SERVER", "trusted_certs": [root], "untrusted_intermediates": [], "peer_certificate": leaf,
        "peer_certificate_key": null, "validation_time": "2026-11-21T12:00:00.9+00:00", "signature_algorithms": [],
        "key_usage": [], "extended_key_usage": [], "expected_result": expected,
        "expected_peer_name": { "kind": "DNS", "value": name }, "expected_peer_names": [], "max_chain_depth": null,
        "crls": [],
    })
}

/// The exit code and what was printed.
fn run(file: &[u8], arguments: &[&str]) -> (i32, String) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("suite");
    std::fs::write(&path, file).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_limbo")).arg(&path).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn suite(cases: &[Value]) -> Vec<u8> {
    serde_json::to_vec(&json!({ "version": 1, "testcases": cases })).unwrap()
}

const HOST: &str = "host.example.test";

#[test]
fn agreement_exits_with_0() {
    let good = suite(&[case("a", "SUCCESS", HOST), case("b", "FAILURE", "other.example.test")]);
    for profile in ["web", "private"] {
        let (code, text) = run(&good, &["--profile", profile]);
        assert_eq!((code, text.as_str()), (0, "pass 2, accept 0, reject 0, skip 0\n"));
    }
    let (_, text) = run(&good, &["-v"]);
    assert!(text.contains("pass    b: error: certificate.name_mismatch"), "{text}");

    // The same, packed: a header with a name, a comment and an extra field (RFC 1952 §2.3).
    let mut packed = vec![0x1f, 0x8b, 8, 0b1_1100, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7];
    packed.extend(b"suite.json\0a comment\0");
    packed.extend(miniz_oxide::deflate::compress_to_vec(&good, 6));
    packed.extend([0; 8]);
    let (code, text) = run(&packed, &[]);
    assert_eq!((code, text.as_str()), (0, "pass 2, accept 0, reject 0, skip 0\n"));
}

#[test]
fn disagreement_is_told_and_exits_with_1() {
    let mut skipped = case("d", "SUCCESS", HOST);
    skipped["extended_key_usage"] = json!(["codeSigning"]);
    let (code, text) = run(
        &suite(&[case("a", "SUCCESS", HOST), case("b", "FAILURE", HOST), case("c", "SUCCESS", "other.test"), skipped]),
        &[],
    );
    assert_eq!(code, 1);
    assert!(text.contains("accept  b: expected failure, accepted\n"), "{text}");
    assert!(text.contains("reject  c: expected success, error: certificate.name_mismatch"), "{text}");
    assert!(text.contains("skip    d: expected success, it asks for the purpose codeSigning\n"), "{text}");
    assert!(text.ends_with("pass 1, accept 1, reject 1, skip 1\n"), "{text}");
}

/// What a case demands beyond names: time, the length of paths, names of clients, CRLs.
#[test]
fn fields_of_a_case_are_demands() {
    let with = |field: &str, value: Value| {
        let mut changed = case("a", "SUCCESS", HOST);
        changed[field] = value;
        run(&suite(&[changed]), &[]).1
    };
    assert!(with("validation_time", json!("1960-01-01T00:00:00Z")).contains("certificate.not_yet_valid"));
    assert!(with("max_chain_depth", json!(0)).starts_with("pass 1"));
    assert!(with("key_usage", json!(["digitalSignature"])).starts_with("pass 1"));
    assert!(with("key_usage", json!(["keyAgreement"])).contains("skip    a"));
    assert!(with("signature_algorithms", json!(["RSA_WITH_SHA256"])).contains("skip    a"));
    assert!(with("expected_peer_names", json!([{"kind": "RFC822", "value": "a@example.test"}])).contains("reject  a"));
    assert!(with("validation_kind", json!("CLIENT")).contains("certificate.extended_key_usage"));
    assert!(with("crls", json!(["no CRL"])).contains("reject  a"));
    assert!(with("trusted_certs", json!([])).contains("reject  a"));
}

#[test]
fn arguments_are_few_and_hold() {
    let argued: Value =
        serde_json::from_str(include_str!("../src/bin/limbo/argued.json")).expect("the file beside the runner");
    let argued = argued.as_array().unwrap();
    assert!(argued.len() <= 3);
    for one in argued {
        assert!(one["argument"].as_str().unwrap().matches("RFC ").count() >= 2, "two RFCs contradict: {one}");
        let id = one["id"].as_str().unwrap();
        // A case that is argued and passes is an error, one that differs is none.
        let (code, text) = run(&suite(&[case(id, "SUCCESS", HOST)]), &[]);
        assert!(code == 1 && text.contains("argued.json names it, but it passes"), "{text}");
        let (code, text) = run(&suite(&[case(id, "SUCCESS", "other.test")]), &[]);
        assert!(code == 0 && text.ends_with("argued 1\npass 0, accept 0, reject 0, skip 0\n"), "{text}");
    }
}

#[test]
fn what_is_no_suite_exits_with_2() {
    for (file, arguments) in [
        (&b"{}"[..], &[][..]),
        (b"{\"testcases\": []}", &[]),
        (&[0x1f, 0x8b, 8, 4], &[]),
        (&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff], &[]),
        (b"{}", &["--profile", "none"]),
        (b"{}", &["-x"]),
    ] {
        let (code, text) = run(file, arguments);
        assert!(code == 2 && !text.is_empty(), "{text}");
    }
}
