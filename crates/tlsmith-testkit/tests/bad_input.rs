//! What `tlsmith connect` makes of servers that are wrong: each its own code, a message that names what happened, a mend,
//! and the exit code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Command,
    thread,
};

use tlsmith_testkit::{
    certs::{Bad, KeyKind, OTHER_HOST, Pki},
    peers::{
        ServerSetup, openssl,
        tlsmith::{Connected, command, connect, connect_json},
    },
    process::{Process, run},
};

/// A server that reads what comes first and answers with these bytes; then it closes, or not.
fn answering(answer: &'static [u8], stall: bool) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut hello = [0; 4096];
            let _ = socket.read(&mut hello);
            let _ = socket.write_all(answer);
            if !stall {
                let _ = socket.shutdown(std::net::Shutdown::Write);
            }
            // Until the client has gone: a reset would overtake the answer.
            while socket.read(&mut hello).is_ok_and(|count| count > 0) {}
        }
    });
    port
}

/// A code, and words that have to stand in its message and its mend.
fn check(context: &str, connected: &Connected, exit: i32, code: &str, message: &[&str], fix: &[&str]) {
    let all = serde_json::to_string_pretty(&connected.json).unwrap();
    assert_eq!(connected.code, exit, "{context}: {all}");
    assert_eq!(connected.text("/error/code"), code, "{context}: {all}");
    for (key, words) in [("message", message), ("fix", fix)] {
        let text = connected.text(&format!("/error/{key}"));
        assert!(!text.is_empty(), "{context}: no {key}: {all}");
        for word in words {
            assert!(text.contains(word), "{context}: {key} does not say {word:?}: {text}");
        }
    }
    assert!(!connected.stderr.contains("panicked"), "{context}: {}", connected.stderr);
}

#[test]
fn servers_that_do_not_speak_tls_1_3() {
    let ca = Pki::new(KeyKind::P256);
    /// What, bytes, whether it stalls then, code, words of the message, words of the mend.
    type Case = (&'static str, &'static [u8], bool, &'static str, &'static [&'static str], &'static [&'static str]);
    let cases: [Case; 13] = [
        ("garbage", b"\xde\xad\xbe\xef\x00\x11\x22\x33", false, "record.invalid_content_type", &["222"], &["port"]),
        (
            "a greeting of MySQL",
            b"\x4a\x00\x00\x00\x0a5.5.5-10.11",
            true,
            "record.invalid_content_type",
            &[],
            &["port"],
        ),
        ("garbage like TLS", b"\x16\x00\x00\x00\x05\x01\x02\x03\x04", true, "record.invalid_version", &[], &["port"]),
        (
            "plain HTTP",
            b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            false,
            "record.plain_http",
            &["HTTP"],
            &["port"],
        ),
        ("SMTP", b"220 mail.example ESMTP\r\n", true, "record.not_tls", &[], &["STARTTLS"]),
        ("nothing", b"", false, "transport.closed_in_handshake", &[], &[]),
        ("a stall", b"", true, "transport.timeout", &["1 s"], &["--timeout"]),
        ("half a record", b"\x16\x03\x03\x00\x7a\x02\x00", true, "transport.timeout", &["1 s"], &["--timeout"]),
        ("a record too long", b"\x16\x03\x03\x48\x01\x02\x00\x00\x00", true, "record.overflow", &["18433"], &[]),
        ("an alert", b"\x15\x03\x03\x00\x02\x02\x28", false, "alert.handshake_failure", &["handshake_failure"], &[]),
        ("an alert nobody knows", b"\x15\x03\x03\x00\x02\x02\xee", false, "alert.unknown", &["0xee"], &[]),
        ("TLS 1.0 by alert", b"\x15\x03\x01\x00\x02\x02\x46", false, "alert.protocol_version", &["version"], &["1.3"]),
        (
            "TLS 1.0 by ServerHello",
            b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01\
              0123456789abcdef0123456789abcdef\x00\x00\x2f\x00",
            false,
            "hello.unsupported_version",
            &["TLSv1.0"],
            &["1.3"],
        ),
    ];
    for (what, answer, stalls, code, message, fix) in cases {
        let port = answering(answer, stalls);
        let connected = connect_json(port, ca.root(), &["--timeout", "1s"]);
        check(what, &connected, 1, code, message, fix);
        // The same for a person.
        let said = run(connect(ca.root()).args(["--timeout", "1s"]).arg(format!("127.0.0.1:{port}")));
        assert_eq!(said.code(), 1, "{what}");
        assert!(said.text().contains(code), "{what}: {}", said.text());
    }
}

#[test]
fn a_server_that_only_speaks_tls_1_0() {
    let pki = Pki::new(KeyKind::Rsa);
    let mut command = Command::new("openssl");
    command.args(["s_server", "-accept", "127.0.0.1:0", "-tls1", "-cipher", "DEFAULT@SECLEVEL=0", "-www", "-cert"]);
    let server = Process::spawn(command.arg(&pki.server.leaf).arg("-key").arg(&pki.server.key));
    let port = server.wait_for_line("ACCEPT 127.0.0.1:").trim().parse().unwrap();
    let connected = connect_json(port, pki.root(), &[]);
    check("s_server -tls1", &connected, 1, "alert.protocol_version", &["protocol_version"], &["1.3"]);
}

#[test]
fn nothing_there() {
    let ca = Pki::new(KeyKind::P256);
    let port = tlsmith_testkit::peers::free_ports(1)[0];
    let connected = connect_json(port, ca.root(), &[]);
    check("a port that nobody listens on", &connected, 1, "transport.refused", &[], &["port"]);
    let connected =
        tlsmith_testkit::peers::tlsmith::parse(connect(ca.root()).arg("--json"), "no-such-host.invalid:443");
    check("a name that does not exist", &connected, 1, "transport.dns", &["no-such-host.invalid"], &[]);
}

#[test]
fn bad_certificates() {
    // What, its code, what the message has to name.
    let cases: [(Bad, &str, &[&str]); 13] = [
        (Bad::OtherHost, "certificate.name_mismatch", &["localhost", OTHER_HOST]),
        (Bad::Expired, "certificate.expired", &[]),
        (Bad::NotYetValid, "certificate.not_yet_valid", &[]),
        (Bad::SelfSigned, "certificate.self_signed", &[]),
        (Bad::UnknownCa, "certificate.unknown_issuer", &["a stranger's root"]),
        (Bad::UnknownCaSent, "certificate.unknown_issuer", &["a stranger's root"]),
        (Bad::NoIntermediate, "certificate.missing_intermediate", &["tlsmith test intermediate"]),
        (Bad::NoSan, "certificate.no_san", &[]),
        (Bad::ClientOnly, "certificate.extended_key_usage", &[]),
        (Bad::IssuerNotCa, "certificate.not_a_ca", &["a mere leaf"]),
        (Bad::Constrained, "certificate.name_constraints", &[OTHER_HOST]),
        (Bad::BadSignature, "certificate.bad_signature", &[]),
        (Bad::UnknownCritical, "certificate.unknown_critical_extension", &["1.3.6.1.4.1.99999.1"]),
    ];
    for kind in [KeyKind::P256, KeyKind::Rsa, KeyKind::Ed25519] {
        let pki = Pki::new(kind);
        for (bad, code, words) in cases {
            let context = format!("{bad:?} {kind:?}");
            let cert = pki.bad(bad);
            let server = openssl::Server::start(&ServerSetup::new(&cert), openssl::Mode::Www, &[]);
            let connected = connect_json(server.port, pki.root(), &[]);
            check(&context, &connected, 3, code, words, &[]);
            assert_eq!(connected.json["verification"]["trusted"], false, "{context}");
            let first = &connected.json["verification"]["findings"][0];
            assert_eq!(first["code"], code, "{context}");
            assert_eq!(first["severity"], "error", "{context}");
            // The rest is still there to look at.
            assert_eq!(connected.text("/protocol"), "TLSv1.3", "{context}");
            assert!(!connected.json["chain"].as_array().unwrap().is_empty(), "{context}");
            assert!(connected.text("/error/alert").len() > 3, "{context}");

            // Insecure: goes on, says it loudly, and still says 3.
            let said = run(connect(pki.root())
                .args(["--insecure", "--servername", "localhost", "--send"])
                .arg(request(&pki))
                .arg(format!("127.0.0.1:{}", server.port)));
            assert_eq!(said.code(), 3, "{context}: {}", said.text());
            assert!(said.stdout().contains("Cipher is TLS_"), "{context}: {}", said.text());
            assert!(
                said.stderr().contains("NOT TRUSTED") && said.stderr().contains(code),
                "{context}: {}",
                said.stderr()
            );
        }
    }
}

fn request(pki: &Pki) -> std::path::PathBuf {
    let file = pki.dir().join("request");
    std::fs::write(&file, b"GET / HTTP/1.0\r\n\r\n").unwrap();
    file
}

/// Exit code 2 and one line on standard error that holds these words.
fn usage(context: &str, command: &mut Command, words: &[&str]) {
    let ended = run(command);
    let said = ended.stderr();
    assert_eq!(ended.code(), 2, "{context}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{context}: {said}");
    for word in words {
        assert!(said.contains(word), "{context}: does not say {word:?}: {said}");
    }
}

#[test]
fn wrong_files() {
    let (pki, other) = (Pki::new(KeyKind::P256), Pki::new(KeyKind::P256));
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let dir = text(pki.dir());
    let garbage = pki.dir().join("garbage.pem");
    std::fs::write(&garbage, "nothing that anybody can read").unwrap();
    let (cert, key) = (text(&pki.server.chain), text(&pki.server.key));
    let (other_key, garbage, missing) = (text(&other.server.key), text(&garbage), format!("{dir}/missing.pem"));
    let cases: [(&str, &[&str], &[&str]); 9] = [
        (
            "the key of another certificate",
            &["--cert", &cert, "--key", &other_key],
            &["not the key of the certificate"],
        ),
        ("no key at all", &["--cert", &cert, "--key", &garbage], &[&garbage]),
        ("a certificate for a key", &["--cert", &cert, "--key", &cert], &[&cert]),
        ("a key for a certificate", &["--cert", &key, "--key", &key], &[&key]),
        ("a directory for a key", &["--cert", &cert, "--key", &dir], &[&dir, "directory"]),
        ("a directory for a certificate", &["--cert", &dir, "--key", &key], &[&dir, "directory"]),
        ("a missing file", &["--cert", &missing, "--key", &key], &[&missing]),
        ("a CA file without a certificate", &["--ca", &garbage], &[&garbage]),
        ("a directory for a CA", &["--ca", &dir], &[&dir, "directory"]),
    ];
    for (context, arguments, words) in cases {
        usage(context, command().args(["connect", "localhost:1"]).args(arguments), words);
    }
}
