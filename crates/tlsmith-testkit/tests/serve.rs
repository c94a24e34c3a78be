//! `tlsmith serve` as its users run it: other people's clients, wrong clients, wrong arguments.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::Path,
    process::Command,
};

use serde_json::Value;
use tlsmith_testkit::{
    backend,
    certs::{CertFiles, KeyKind, Pki},
    combos::first_schemes,
    config::sha256,
    count::Counter,
    peers::{
        CLASSIC_GROUPS, ClientSetup, HYBRID, curl, gnutls, openssl,
        tlsmith::{Serve, command, connect_json},
    },
    process::run,
    server::given,
};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn serve_with(cert: &CertFiles, more: &[&str]) -> Serve {
    let mut arguments = vec!["--cert", text(&cert.chain), "--key", text(&cert.key)];
    arguments.extend_from_slice(more);
    Serve::start(&arguments)
}

fn page(setup: &ClientSetup<'_>, more: &[&str]) -> Value {
    let mut arguments = vec!["-H", "Accept: application/json"];
    arguments.extend_from_slice(more);
    let page = curl::get(setup, "/", &arguments);
    assert!(page.status.success(), "{}", page.text());
    serde_json::from_slice(&page.stdout).unwrap_or_else(|error| panic!("{error}: {}", page.text()))
}

#[test]
fn the_demo_page_tells_the_truth() {
    let state = tempfile::tempdir().unwrap();
    let ca = state.path().join("ca.pem");
    let serve = Serve::demo(state.path(), &[]);
    let mut counter = Counter::new("serve-demo", 12 * 2 + 2);
    for combo in first_schemes(&CLASSIC_GROUPS, &[KeyKind::P256]) {
        for (version, alpn) in [("--http1.1", "http/1.1"), ("--http2", "h2")] {
            let (suites, groups) = ([combo.suite], [combo.group]);
            let setup = ClientSetup { suites: &suites, groups: &groups, ..ClientSetup::new(serve.port, &ca) };
            let page = page(&setup, &[version]);
            assert_eq!(page["protocol"], "TLSv1.3", "{combo}: {page}");
            assert_eq!(page["cipher_suite"], combo.suite, "{combo}: {page}");
            assert_eq!(page["group"], combo.group, "{combo}: {page}");
            assert_eq!(page["signature_scheme"], combo.scheme, "{combo}: {page}");
            assert_eq!(page["alpn"], alpn, "{combo}: {page}");
            assert_eq!(page["resumed"], false, "{combo}: {page}");
            counter.ran();
        }
    }
    // Its own client agrees with it; and the CA stays the same over a restart.
    for _ in 0..2 {
        let connected = connect_json(serve.port, &ca, &[]);
        assert_eq!((connected.code, connected.text("/group")), (0, HYBRID), "{}", connected.json);
        counter.ran();
    }
    let before = std::fs::read(&ca).unwrap();
    let (code, log) = serve.terminate();
    assert_eq!(code, 0, "{log}");
    let again = Serve::demo(state.path(), &[]);
    assert_eq!(before, std::fs::read(&ca).unwrap());
    assert_eq!(page(&ClientSetup::new(again.port, &ca), &[])["protocol"], "TLSv1.3");
    counter.finish();
}

#[test]
fn every_key_behind_the_terminator() {
    let to = format!("http://127.0.0.1:{}", backend::start());
    let mut counter = Counter::new("serve-keys", 24);
    for kind in KeyKind::ALL {
        let pki = Pki::new(kind);
        let serve = serve_with(&pki.server, &["--to", &to]);
        let setup = ClientSetup::new(serve.port, pki.root());
        for version in ["--http1.1", "--http2"] {
            let page = curl::get(&setup, "/some/where?a=b", &[version, "--data", "a body"]);
            let said = page.stdout();
            assert!(said.starts_with(&sha256(b"a body")), "{kind:?}: {}", page.text());
            assert!(said.contains("POST /some/where?a=b HTTP/1.1"), "{kind:?}: {said}");
            counter.ran();
        }
        for openssl in [true, false] {
            let setup = ClientSetup { alpn: &["http/1.1"], ..setup };
            let mut client = if openssl { openssl::client(&setup, &[]) } else { gnutls::client(&setup, &[]) };
            client.write(b"GET /here HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            client.wait_for_text(&sha256(b""));
            client.wait_for_text("GET /here HTTP/1.1");
            counter.ran();
        }
    }
    counter.finish();
}

#[test]
fn names_and_algorithms_choose_the_certificate() {
    let (ecdsa, rsa) = (Pki::new(KeyKind::P256), Pki::new(KeyKind::Rsa));
    let (exact, wild) = (
        ecdsa.server_for("exact", &["www.tlsmith.test"]),
        ecdsa.server_for("wild", &["*.tlsmith.test", "www.tlsmith.test"]),
    );
    let mut arguments = Vec::new();
    for cert in [&ecdsa.server, &rsa.server, &exact, &wild] {
        arguments.extend(["--cert", text(&cert.chain), "--key", text(&cert.key)]);
    }
    let to = format!("http://127.0.0.1:{}", backend::start());
    arguments.extend(["--to", &to]);
    let serve = Serve::start(&arguments);
    let subject = |name: &str, ca: &Path, schemes: &[&str]| {
        let setup = ClientSetup { name, schemes, ..ClientSetup::new(serve.port, ca) };
        let said = openssl::client(&setup, &[]).finish().text();
        let seen = openssl::seen_by_client(&said);
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
        (seen.scheme.unwrap(), seen.peer.unwrap())
    };
    let mut counter = Counter::new("serve-names", 4);
    let cases: [(&str, &Pki, &[&str], &str, &str); 4] = [
        (
            "localhost",
            &ecdsa,
            &["ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"],
            "ecdsa_secp256r1_sha256",
            "localhost",
        ),
        ("localhost", &rsa, &["rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"], "rsa_pss_rsae_sha256", "localhost"),
        ("www.tlsmith.test", &ecdsa, &["ecdsa_secp256r1_sha256"], "ecdsa_secp256r1_sha256", "www.tlsmith.test"),
        ("other.tlsmith.test", &ecdsa, &["ecdsa_secp256r1_sha256"], "ecdsa_secp256r1_sha256", "*.tlsmith.test"),
    ];
    for (name, pki, schemes, scheme, peer) in cases {
        let seen = subject(name, pki.root(), schemes);
        assert_eq!(seen.0, scheme, "{name}");
        assert!(seen.1.contains(peer), "{name}: {seen:?}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn client_certificates() {
    let to = format!("http://127.0.0.1:{}", backend::start());
    let mut counter = Counter::new("serve-mtls", 18);
    for kind in KeyKind::ALL {
        let pki = Pki::new(kind);
        for auth in ["require", "request"] {
            let serve = serve_with(&pki.server, &["--to", &to, "--client-ca", text(pki.root()), "--client-auth", auth]);
            let without = ClientSetup::new(serve.port, pki.root());
            let with = ClientSetup { identity: Some(&pki.client), ..without };
            let page = curl::get(&with, "/", &[]);
            assert!(page.stdout().starts_with(&sha256(b"")), "{kind:?}: {}", page.text());
            counter.ran();
            let page = curl::get(&without, "/", &[]);
            if auth == "request" {
                assert!(page.stdout().starts_with(&sha256(b"")), "{kind:?}: {}", page.text());
                counter.ran();
            } else {
                assert!(!page.status.success(), "{kind:?}: {}", page.text());
                serve.process.wait_for_text("certificate.required");
            }
        }
    }
    counter.finish();
}

#[test]
fn a_hundred_mebibytes_each_way() {
    const SIZE: usize = 100 << 20;
    let pki = Pki::new(KeyKind::P256);
    let to = format!("http://127.0.0.1:{}", backend::start());
    let serve = serve_with(&pki.server, &["--to", &to]);
    let setup = ClientSetup::new(serve.port, pki.root());
    let mut counter = Counter::new("serve-bulk", 2);
    let upload = pki.dir().join("upload");
    let mut bytes = vec![0_u8; SIZE];
    for (at, byte) in bytes.iter_mut().enumerate().step_by(13) {
        *byte = (at >> 4) as u8;
    }
    std::fs::write(&upload, &bytes).unwrap();
    for version in ["--http1.1", "--http2"] {
        let down = curl::get(&setup, &format!("/bytes/{SIZE}"), &[version]);
        assert!(down.status.success(), "{version}: {}", down.stderr());
        assert_eq!(sha256(&down.stdout), given(SIZE), "{version}");
        let up = curl::get(&setup, "/up", &[version, "--upload-file", text(&upload), "-H", "Expect:"]);
        assert!(up.stdout().starts_with(&sha256(&bytes)), "{version}: {}", up.text());
        counter.ran();
    }
    counter.finish();
}

/// Sends bytes and returns what comes back until the end.
fn raw(port: u16, bytes: &[u8], end: bool) -> Vec<u8> {
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    socket.write_all(bytes).unwrap();
    if end {
        socket.shutdown(Shutdown::Write).unwrap();
    }
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    answer
}

#[test]
fn wrong_clients_are_named_in_the_log() {
    let pki = Pki::new(KeyKind::P256);
    let to = format!("http://127.0.0.1:{}", backend::start());
    let serve = serve_with(&pki.server, &["--to", &to, "--handshake-timeout", "1s", "--unknown-name", "refuse"]);
    // (bytes, whether they end there, the code in the log, how the answer begins)
    let cases: [(&[u8], bool, &str, &[u8]); 9] = [
        (b"\xde\xad\xbe\xef\x00\x11\x22\x33", false, "record.invalid_content_type", b"\x15\x03"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", false, "record.plain_http", b"HTTP/1.1 400 "),
        (b"SSH-2.0-OpenSSH_9.2\r\n", false, "record.not_tls", b""),
        (b"", false, "transport.handshake_timeout", b""),
        (b"\x16\x03\x01\x00\x7a\x01", false, "transport.handshake_timeout", b""),
        (b"\x16\x03\x01\x48\x01\x01", false, "record.overflow", b"\x15\x03\x03\x00\x02\x02\x16"),
        (b"\x15\x03\x01\x00\x02\x02\x28", false, "alert.handshake_failure", b""),
        (
            b"\x16\x03\x01\x00\x24\x14\x00\x00\x200123456789abcdef0123456789abcdef",
            false,
            "handshake.unexpected_message",
            b"\x15\x03\x03\x00\x02\x02\x0a",
        ),
        (b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", false, "handshake.decode_error", b"\x15\x03\x03\x00\x02\x02\x32"),
    ];
    for (at, (bytes, end, code, begins)) in cases.into_iter().enumerate() {
        let answer = raw(serve.port, bytes, end);
        assert!(answer.starts_with(begins), "case {at}: {:?}", answer.escape_ascii().to_string());
        assert_eq!(answer.is_empty(), begins.is_empty(), "case {at}: {:?}", answer.escape_ascii().to_string());
        let count = cases[..=at].iter().filter(|case| case.2 == code).count();
        serve.process.wait_for(&format!("{code} in the log"), |_, err| {
            (err.matches(&format!("code=\"{code}\"")).count() >= count).then_some(())
        });
    }
    // And those that speak TLS, but not ours.
    let clients: [(&[&str], &str, &str); 4] = [
        (
            &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0", "-servername", "localhost"],
            "hello.unsupported_version",
            "alert number 70",
        ),
        (&["-groups", "X448", "-servername", "localhost"], "hello.no_common_group", "alert number 40"),
        (&["-sigalgs", "ed448", "-servername", "localhost"], "hello.no_common_signature_scheme", "alert number 40"),
        (&["-servername", "somebody.else"], "hello.unrecognized_name", "alert number 112"),
    ];
    for (arguments, code, alert) in clients {
        let address = format!("127.0.0.1:{}", serve.port);
        let said = run(Command::new("openssl").args(["s_client", "-connect", &address]).args(arguments)).text();
        assert!(said.contains(alert), "{code}: {said}");
        serve.process.wait_for_text(&format!("code=\"{code}\""));
    }
    // After all that it still serves.
    let page = curl::get(&ClientSetup::new(serve.port, pki.root()), "/", &[]);
    assert!(page.status.success(), "{}", page.text());
    let (code, log) = serve.terminate();
    assert_eq!(code, 0, "{log}");
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn wrong_arguments() {
    let (pki, other) = (Pki::new(KeyKind::P256), Pki::new(KeyKind::P256));
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let garbage = pki.dir().join("garbage.pem");
    std::fs::write(&garbage, "nothing that anybody can read").unwrap();
    let (cert, key, dir) = (text(&pki.server.chain), text(&pki.server.key), text(pki.dir()));
    let file_as_dir = text(&garbage);
    let to = ["--to", "http://127.0.0.1:1"];
    let cases: [(&[&str], &[&str]); 9] = [
        (&["--cert", cert, "--key", key, "--listen", &address], &[&address, "in use"]),
        (&["--cert", cert, "--key", text(&other.server.key)], &["not the key of the certificate"]),
        (&["--cert", cert, "--key", text(&garbage)], &["garbage.pem"]),
        (&["--cert", text(&garbage), "--key", key], &["garbage.pem"]),
        (&["--cert", dir, "--key", key], &[dir, "directory"]),
        (&["--cert", cert, "--key", dir], &[dir, "directory"]),
        (&["--cert", cert, "--key", "/no/such/file"], &["/no/such/file"]),
        (&["--cert", cert, "--key", key, "--client-ca", text(&garbage)], &["garbage.pem"]),
        (&["--demo", "--state-dir", file_as_dir], &["garbage.pem"]),
    ];
    for (arguments, words) in cases {
        let mut command = command();
        command.arg("serve").args(to).args(arguments);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let ended = run(&mut command);
        let said = ended.stderr();
        assert_eq!(ended.code(), 2, "{arguments:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: does not say {word:?}: {said}");
        }
    }
}
