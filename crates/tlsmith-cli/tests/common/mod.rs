//! What the tests of the command share: running it, and peers that misbehave.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tlsmith_testkit::{
    certs::{Bad, Pki},
    config,
};

/// Every way in which a certificate of the test PKI is bad, and what is said of it first.
pub(crate) const BAD_CERTIFICATES: [(Bad, &str); 13] = [
    (Bad::OtherHost, "certificate.name_mismatch"),
    (Bad::Expired, "certificate.expired"),
    (Bad::NotYetValid, "certificate.not_yet_valid"),
    (Bad::SelfSigned, "certificate.self_signed"),
    (Bad::UnknownCa, "certificate.unknown_issuer"),
    (Bad::UnknownCaSent, "certificate.unknown_issuer"),
    (Bad::NoIntermediate, "certificate.missing_intermediate"),
    (Bad::NoSan, "certificate.no_san"),
    (Bad::ClientOnly, "certificate.extended_key_usage"),
    (Bad::IssuerNotCa, "certificate.not_a_ca"),
    (Bad::Constrained, "certificate.name_constraints"),
    (Bad::BadSignature, "certificate.bad_signature"),
    (Bad::UnknownCritical, "certificate.unknown_critical_extension"),
];

/// What a run of the command came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    /// The one JSON document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The binary, in an environment that says nothing.
pub(crate) fn tlsmith() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlsmith"));
    for variable in ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "NO_COLOR", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command
}

/// Runs `tlsmith` with these arguments and this standard input.
pub(crate) fn run_with(input: &[u8], arguments: &[&str]) -> Run {
    run(tlsmith().args(arguments), input)
}

/// Runs what was put together, with this standard input.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The command may end before it has read all of it.
    let writer = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().expect("ended by a signal"),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `tlsmith connect` to a port of this machine with this CA, nothing on standard input.
pub(crate) fn connect(port: u16, ca: &Path, more: &[&str]) -> Run {
    connect_with(b"", port, ca, more)
}

/// The same with something on standard input.
pub(crate) fn connect_with(input: &[u8], port: u16, ca: &Path, more: &[&str]) -> Run {
    let target = format!("127.0.0.1:{port}");
    let mut arguments = vec!["connect", &target, "--servername", "localhost", "--ca", ca.to_str().unwrap()];
    arguments.extend(more);
    run_with(input, &arguments)
}

/// A peer that takes one connection and does with it what it is told.
pub(crate) fn raw_peer(act: impl FnOnce(&mut TcpStream) + Send + 'static) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let peer = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        act(&mut socket);
    });
    (port, peer)
}

/// Reads the ClientHello: one record.
pub(crate) fn read_hello(socket: &mut TcpStream) {
    let mut header = [0; 5];
    socket.read_exact(&mut header).unwrap();
    let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    socket.read_exact(&mut body).unwrap();
}

/// The same from a peer that may have gone already.
pub(crate) fn read_hello_or_end(socket: &mut TcpStream) {
    let mut header = [0; 5];
    if socket.read_exact(&mut header).is_ok() {
        let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
        let _ = socket.read_exact(&mut body);
    }
}

/// Reads until the other side has closed.
pub(crate) fn read_to_close(socket: &mut TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end as well.
    let _ = socket.read_to_end(&mut rest);
}

/// A CRL of the intermediate, made by OpenSSL, on which one serial number may stand.
pub(crate) fn openssl_crl(pki: &Pki, revoked: Option<&str>, out: &Path) {
    let place = tempfile::tempdir().unwrap();
    let index = revoked.map_or_else(String::new, |serial| {
        format!("R\t350101000000Z\t260101000000Z,keyCompromise\t{}\tunknown\t/CN=x\n", serial.to_uppercase())
    });
    fs::write(place.path().join("index"), index).unwrap();
    fs::write(place.path().join("number"), "01\n").unwrap();
    let config = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={0}/index\ncrlnumber={0}/number\ndefault_md=sha256\ndefault_crl_days=30\n\
         crl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n",
        place.path().display()
    );
    fs::write(place.path().join("config"), config).unwrap();
    let status = Command::new("openssl")
        .args(["ca", "-gencrl", "-config"])
        .arg(place.path().join("config"))
        .arg("-cert")
        .arg(pki.intermediate())
        .arg("-keyfile")
        .arg(pki.intermediate_key())
        .arg("-out")
        .arg(out)
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
}

/// A list of CT logs with one in it, of which nobody has heard.
pub(crate) fn log_list(out: &Path) {
    let log = rcgen::KeyPair::generate().unwrap();
    let spki = rcgen::PublicKeyData::subject_public_key_info(&log);
    let hash = config::sha256(&spki);
    let id: Vec<u8> = (0..64).step_by(2).map(|at| u8::from_str_radix(&hash[at..at + 2], 16).unwrap()).collect();
    let list = json!({
        "version": "1.0",
        "log_list_timestamp": "2026-11-01T00:00:00Z",
        "operators": [{"name": "nobody", "email": [], "logs": [{
            "description": "a log", "log_id": STANDARD.encode(id), "key": STANDARD.encode(spki),
            "url": "https://log.example/", "mmd": 86400,
            "state": {"usable": {"timestamp": "2020-01-01T00:00:00Z"}},
        }]}],
    });
    fs::write(out, list.to_string()).unwrap();
}
