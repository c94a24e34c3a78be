//! Bad input: peers that do not speak TLS, or badly, or not at all; arguments and files that are wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, io::Write, net::TcpStream, path::Path, sync::LazyLock};

use common::{connect, raw_peer, read_hello, read_to_close, run_with, tlsmith};
use serde_json::{Value, json};
use tlsmith_testkit::certs::{KeyKind, Pki};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

/// Connects to such a peer, as text and as JSON: exit 1, this code, a mend, no panic. The JSON report.
fn fails(code: &str, more: &[&str], act: impl FnOnce(&mut TcpStream) + Clone + Send + 'static) -> Value {
    let (port, peer) = raw_peer(act.clone());
    let run = connect(port, PKI.root(), more);
    peer.join().unwrap();
    let text = run.text();
    assert_eq!(run.code, 1, "{text}{}", run.stderr);
    assert!(text.starts_with(&format!("127.0.0.1:{port}  FAILED\n\n{code}")), "{text}");
    assert!(text.contains("   Mend: "), "{text}");

    let (port, peer) = raw_peer(act);
    let run = connect(port, PKI.root(), &[more, &["--json"]].concat());
    peer.join().unwrap();
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (1, &json!(code)), "{report:#}");
    assert!(!report["error"]["message"].as_str().unwrap().is_empty());
    assert!(!report["error"]["fix"].as_str().unwrap().is_empty());
    assert_eq!(report["address"], format!("127.0.0.1:{port}"));
    assert_eq!(report["verification"]["trusted"], Value::Null);
    report
}

fn answer(bytes: &'static [u8]) -> impl FnOnce(&mut TcpStream) + Clone + Send + 'static {
    move |socket| {
        read_hello(socket);
        socket.write_all(bytes).unwrap();
        read_to_close(socket);
    }
}

#[test]
fn plain_http_is_named() {
    fails("record.plain_http", &[], answer(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    fails("record.plain_http", &[], answer(b"<!DOCTYPE HTML>\n<html><title>Error</title></html>\n"));
}

#[test]
fn other_protocols_and_garbage_are_told_apart() {
    fails("record.not_tls", &[], answer(b"SSH-2.0-OpenSSH_9.9\r\n"));
    fails("record.not_tls", &[], answer(b"220 mail.example ESMTP\r\n"));
    fails("record.invalid_content_type", &[], answer(&[0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]));
}

#[test]
fn a_record_too_long_is_refused() {
    let report = fails("record.overflow", &[], answer(&[22, 3, 3, 0xff, 0xff, 2, 0, 0]));
    assert_eq!(report["error"]["alert"], "record_overflow");
    assert_eq!(report["error"]["alert_direction"], "sent");
}

#[test]
fn an_alert_instead_of_a_server_hello_is_explained() {
    let report = fails("alert.handshake_failure", &[], answer(&[21, 3, 3, 0, 2, 2, 40]));
    assert_eq!(report["error"]["alert"], "handshake_failure");
    assert_eq!(report["error"]["alert_direction"], "received");
    fails("alert.protocol_version", &[], answer(&[21, 3, 1, 0, 2, 2, 70]));
}

#[test]
fn a_server_that_speaks_tls_1_0_is_told_so() {
    // ServerHello of TLS 1.0: version, random, no session id, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
    let hello = {
        let mut body = vec![3, 1];
        body.extend([7; 32]);
        body.extend([0, 0, 0x2f, 0]);
        let mut message = vec![2, 0, 0, u8::try_from(body.len()).unwrap()];
        message.extend(body);
        let mut record = vec![22, 3, 1, 0, u8::try_from(message.len()).unwrap()];
        record.extend(message);
        record.leak()
    };
    let report = fails("hello.unsupported_version", &[], answer(hello));
    assert!(report["error"]["message"].as_str().unwrap().contains("TLSv1.0"), "{report:#}");
    assert_eq!(report["error"]["alert"], "protocol_version");
}

#[test]
fn peers_that_hang_up_or_reset() {
    fails("transport.closed_in_handshake", &[], read_hello);
}

#[test]
fn a_peer_that_stalls_is_given_up_with_the_phase() {
    let silent = |socket: &mut TcpStream| read_to_close(socket);
    let report = fails("transport.timeout", &["--timeout", "300ms"], silent);
    assert_eq!(report["error"]["phase"], "tls");
    assert!(report["error"]["message"].as_str().unwrap().contains("0.3 s"), "{report:#}");
    let report = fails("transport.timeout", &["--timeout", "300ms"], answer(&[22, 3, 3, 0, 100, 2, 0]));
    assert!(report["error"]["message"].as_str().unwrap().contains("7 bytes"), "{report:#}");
}

#[test]
fn waiting_longer_than_two_seconds_is_said_on_standard_error() {
    let (port, peer) = raw_peer(read_to_close);
    let run = connect(port, PKI.root(), &["--json", "--timeout", "2500ms"]);
    peer.join().unwrap();
    assert!(run.stderr.contains("shaking hands"), "{}", run.stderr);
    assert_eq!(run.json()["error"]["code"], "transport.timeout");
}

#[test]
fn nobody_listens() {
    let port = {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        gone.local_addr().unwrap().port()
    };
    let run = connect(port, PKI.root(), &["--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]["code"]), (1, &json!("transport.refused")));
    assert_eq!((&report["address"], &report["error"]["phase"]), (&Value::Null, &json!("tcp")));
    assert_eq!(report["failed_addresses"][0]["address"], format!("127.0.0.1:{port}"));
}

#[test]
fn a_name_that_does_not_exist() {
    let ca = PKI.root().to_str().unwrap();
    let run = run_with(b"", &["connect", "no-such-host.invalid", "--ca", ca, "--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["error"]["phase"]), (1, &json!("dns")), "{report:#}");
    assert!(report["error"]["message"].as_str().unwrap().contains("no-such-host.invalid") || cfg!(not(unix)));
}

/// Exit 2, one line, nothing on standard output; with `--json` the document as well.
fn usage(arguments: &[&str], code: &str, words: &[&str]) {
    let run = run_with(b"", arguments);
    assert_eq!((run.code, run.stdout.as_slice()), (2, b"".as_slice()), "{arguments:?}: {run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{arguments:?}: {}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{arguments:?}: no {word:?} in {}", run.stderr);
    }
    let run = run_with(b"", &[arguments, &["--json"]].concat());
    assert_eq!((run.code, &run.json()["error"]["code"]), (2, &json!(code)), "{arguments:?}");
}

#[test]
fn mistakes_in_arguments_are_one_line() {
    let ca = PKI.root().to_str().unwrap();
    usage(&["connect", "http://example.com"], "usage.target", &["plain-text URL"]);
    usage(&["connect", "localhost:99999"], "usage.target", &["99999", "65535"]);
    usage(&["connect", "localhost", "--ca", ca, "--groups", "P-255"], "usage.name", &["did you mean", "secp256r1"]);
    usage(&["connect", "localhost", "--ca", ca, "--suites", "RC4"], "usage.name", &["known are TLS_AES_128"]);
    usage(
        &["connect", "localhost", "--ca", ca, "--sigalgs", "rsa_pkcs1_sha256"],
        "config.no_common_scheme",
        &["TLS 1.3"],
    );
    usage(&["connect", "localhost", "--ca", ca, "--alpn", "h2,,"], "usage.name", &["1 to 255 bytes"]);
    usage(&["connect", "localhost", "--ca", ca, "--servername", "not a name"], "usage.name", &["not a name"]);
}

#[test]
fn what_cannot_be_read_at_all_is_one_line_too() {
    let code = "usage.arguments";
    usage(&["connect", "localhost", "--timeout", "0"], code, &["--timeout", "1ms", "tlsmith connect --help"]);
    usage(&["connect"], code, &["required", "<HOST[:PORT]>", "tlsmith connect --help"]);
    usage(&["connect", "a", "b"], code, &["'b'"]);
    usage(&["connect", "localhost", "--jsn"], code, &["--jsn", "similar argument exists: '--json'"]);
    usage(&["connect", "localhost", "--roots", "all"], code, &["possible values: system, mozilla"]);
    usage(&["connect", "localhost", "--key", "k.pem"], code, &["--cert <FILE>"]);
    usage(&["explan", "localhost"], code, &["similar subcommand exists: 'explain'", "tlsmith --help"]);
    usage(&["serve", "--listen", "8443"], code, &["127.0.0.1:8443", "tlsmith serve --help"]);
    usage(&["serve"], "usage.serve", &["--demo"]);
    // `--json` after `--` is no option.
    let run = run_with(b"", &["connect", "a", "--", "b", "--json"]);
    assert_eq!((run.code, run.stdout.as_slice()), (2, b"".as_slice()), "{run:?}");
}

#[test]
fn help_is_no_mistake() {
    for arguments in [&["--help"][..], &["connect", "--help"], &["serve", "-h"], &["--version"], &["help", "connect"]] {
        let run = run_with(b"", arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.text().contains("tlsmith"), "{arguments:?}");
    }
    let run = run_with(b"", &[]);
    assert_eq!((run.code, run.stdout.as_slice()), (2, b"".as_slice()));
    assert!(run.stderr.contains("tlsmith connect example.com"), "{}", run.stderr);
}

#[test]
fn no_argument_steers_the_terminal() {
    for arguments in [
        &["connect", "localhost", "--ca", "x\u{1b}[31m\u{9b}2J\ny"][..],
        &["connect", "localhost", "--x\u{1b}[31m"],
        &["serve", "--demo", "--state-dir", "/dev/null/\u{1b}[31m"],
    ] {
        let run = run_with(b"", arguments);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.trim_end().chars().all(|c| !c.is_control()), "{run:?}");
    }
}

#[test]
fn an_address_that_looks_like_a_port_at_its_end_is_pointed_out() {
    let run = run_with(b"", &["connect", "::1:8443", "--ca", PKI.root().to_str().unwrap(), "--timeout", "500ms"]);
    assert!(run.stderr.contains("[::1]:8443"), "{run:?}");
    let run = run_with(b"", &["connect", "::1", "--ca", PKI.root().to_str().unwrap(), "--timeout", "500ms"]);
    assert_eq!(run.stderr, "", "{run:?}");
}

#[cfg(unix)]
#[test]
fn a_key_log_that_others_read_is_pointed_out() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = PKI.dir().join("open-key-log");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let arguments =
        ["connect", "127.0.0.1:1", "--ca", PKI.root().to_str().unwrap(), "--keylog", path.to_str().unwrap()];
    let run = run_with(b"", &arguments);
    assert!(run.stderr.contains("others may read"), "{run:?}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(run_with(b"", &arguments).stderr, "");
}

#[test]
fn mistakes_in_files_are_one_line() {
    let file = |path: &Path| path.to_str().unwrap().to_owned();
    let (ca, directory) = (file(PKI.root()), file(PKI.dir()));
    let (cert, key, leaf) = (file(&PKI.client.chain), file(&PKI.client.key), file(&PKI.client.leaf));
    let server_key = file(&PKI.server.key);
    let garbage = file(&{
        let path = PKI.dir().join("garbage");
        fs::write(&path, b"\x00\x01 nothing that anybody knows").unwrap();
        path
    });
    let target = ["connect", "localhost"];
    let with = |more: &[&str], code: &str, words: &[&str]| usage(&[&target, more].concat(), code, words);
    with(&["--ca", &directory], "usage.file", &["--ca", "a directory"]);
    with(&["--ca", "/nonexistent/ca.pem"], "usage.file", &["--ca", "no such file"]);
    with(&["--ca", &key], "usage.file", &["--ca", "private key"]);
    with(&["--ca", &garbage], "usage.file", &["--ca"]);
    with(&["--ca", &ca, "--cert", &cert, "--key", &leaf], "usage.file", &["--key", "certificate"]);
    with(&["--ca", &ca, "--cert", &cert, "--key", &garbage], "usage.file", &["--key"]);
    with(&["--ca", &ca, "--cert", &cert, "--key", &directory], "usage.file", &["--key", "a directory"]);
    with(&["--ca", &ca, "--cert", &cert, "--key", &server_key], "config.key_mismatch", &["is not the key"]);
    with(&["--ca", &ca, "--cert", &cert], "usage.file", &["--cert", "--key"]);
    with(&["--ca", &ca, "--keylog", &directory], "usage.file", &["--keylog"]);
    with(&["--ca", &ca, "--send", &directory], "usage.file", &["--send", "a directory"]);
    with(&["--ca", &ca, "--send", "/nonexistent/request"], "usage.file", &["--send", "no such file"]);
}

#[test]
fn a_store_without_roots_is_a_mistake() {
    let (file, directory) = (tempfile::NamedTempFile::new().unwrap(), tempfile::tempdir().unwrap());
    let mut command = tlsmith();
    command.args(["connect", "localhost"]).env("SSL_CERT_FILE", file.path()).env("SSL_CERT_DIR", directory.path());
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("--roots mozilla"), "{errors}");
}

#[test]
fn help_has_examples_and_the_exit_codes() {
    for command in ["connect", "bench", "serve"] {
        let run = run_with(b"", &[command, "--help"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(run.text().contains("Examples:\n") && run.text().contains(&format!("tlsmith {command} ")), "{command}");
    }
    assert!(run_with(b"", &["--help"]).text().contains("3 not trusted"));
    assert!(run_with(b"", &["--version"]).text().starts_with("tlsmith "));
}

#[test]
fn a_url_is_taken_with_a_hint() {
    let server = tlsmith_testkit::server::TestServer::start(
        tlsmith_testkit::config::server(&PKI.server).build().unwrap(),
        tlsmith_testkit::server::Mode::Echo,
    );
    let url = format!("https://127.0.0.1:{}/path?query", server.port);
    let run = run_with(b"", &["connect", &url, "--ca", PKI.root().to_str().unwrap(), "--json"]);
    assert_eq!((run.code, &run.json()["target"]), (0, &json!(format!("127.0.0.1:{}", server.port))));
    let note = format!("tlsmith: note: of the URL only 127.0.0.1:{} counts\n", server.port);
    assert!(run.stderr.starts_with(&note), "{}", run.stderr);
}
