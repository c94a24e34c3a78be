//! `tlsmith explain` from outside: what it reads, how it ends, and that the commands it names begin a handshake.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, net::TcpListener};

use common::run_with;

#[test]
fn nothing_to_explain_is_a_mistake() {
    for (input, arguments) in
        [(&b""[..], &["explain", ""][..]), (b"", &["explain", " ", "\t"]), (b" \n", &["explain", "-"])]
    {
        let run = run_with(input, arguments);
        assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]), "{arguments:?}: {run:?}");
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn a_code_below_zero_is_no_option() {
    assert_eq!(run_with(b"", &["explain", "-9802"]).code, 0);
    assert_eq!(run_with(b"", &["explain", "-9802", "--json"]).json()["answers"][0]["id"], "apple_secure_connection");
}

#[test]
fn a_log_is_read_to_its_end_and_what_is_left_is_said() {
    let mut log = "10.0.0.1 GET / 200 nothing to see here\n".repeat(6_000).into_bytes();
    log.extend(b"curl: (60) SSL certificate problem: certificate has expired\n");
    let run = run_with(&log, &["explain", "-", "--json"]);
    let report = run.json();
    assert_eq!(
        (run.code, &report["answers"][0]["id"], &report["answers"][0]["line"]),
        (0, &"expired".into(), &6_001.into())
    );
    assert!(report.get("unread").is_none());

    let mut long = b"dh key too small\n".to_vec();
    long.resize((16 << 20) + 1, b' ');
    let run = run_with(&long, &["explain", "-"]);
    assert_eq!(run.code, 0);
    assert!(run.text().contains("only the first 16 MiB were read"), "{}", run.text());
}

/// Suites and groups that need more than their name: the command is carried out as it is printed, up to the network.
#[test]
fn commands_begin_a_handshake() {
    let directory = std::env::temp_dir().join(format!("tlsmith-explain-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let keys = directory.join("psk.txt");
    fs::write(&keys, "client:000102030405060708090a0b0c0d0e0f\n").unwrap();
    // A port on which nothing listens: it was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut seen = 0;
    for name in [
        "TLS_AES_256_GCM_SHA384",
        "TLS_AES_128_CCM_SHA256",
        "TLS_AES_128_CCM_8_SHA256",
        "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_PSK_WITH_AES_128_GCM_SHA256",
        "TLS_PSK_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
        "secp521r1",
        "x448",
        "ffdhe3072",
        "MLKEM1024",
        "SecP384r1MLKEM1024",
        "TLS 1.2",
        "TLS 1.3",
    ] {
        let report = run_with(b"", &["explain", name, "--json"]).json();
        for command in report["answers"][0]["commands"].as_array().unwrap() {
            let command = command.as_str().unwrap().replace("psk.txt", keys.to_str().unwrap());
            let command = command.replace("HOST", &format!("127.0.0.1:{port}"));
            let arguments: Vec<&str> = command.split(' ').skip(1).chain(["--roots", "mozilla"]).collect();
            let run = run_with(b"", &arguments);
            assert_eq!(run.code, 1, "{command}: {run:?}");
            seen += 1;
        }
    }
    fs::remove_dir_all(&directory).unwrap();
    assert!(seen >= 14, "{seen}");
}
