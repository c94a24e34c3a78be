//! `tlsmith serve` as a process: what it says, how it ends, and one line for each mistake.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

fn tlsmith(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlsmith"));
    command.args(arguments).stdin(Stdio::null()).env_remove("RUST_LOG").env("NO_COLOR", "1");
    command
}

/// A server that runs, ended when the test is.
struct Serving {
    child: Child,
    started: serde_json::Value,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--json", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut child = tlsmith(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One document, pretty: it ends with a brace alone.
        let mut document = String::new();
        let mut stdout = BufReader::new(child.stdout.as_mut().unwrap());
        while !document.ends_with("\n}\n") {
            assert_ne!(stdout.read_line(&mut document).unwrap(), 0, "ended before it served: {document}");
        }
        Self { child, started: serde_json::from_str(&document).unwrap() }
    }

    fn demo(state: &Path) -> Self {
        Self::start(&["--demo", "--state-dir", state.to_str().unwrap()])
    }

    fn address(&self) -> &str {
        self.started["listening"][0].as_str().unwrap()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Waits for the end: exit code, the rest of standard output, and the log.
    fn end(&mut self) -> (Option<i32>, String, String) {
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), out, log)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn state() -> (tempfile::TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let state = outer.path().join("state");
    (outer, state)
}

#[test]
fn it_says_where_it_serves_and_ends_with_0_on_either_signal() {
    for signal in ["TERM", "INT"] {
        let (_outer, state) = state();
        let mut serving = Serving::demo(&state);
        assert_eq!(serving.started["mode"], "demo");
        assert_eq!(serving.started["ca"], state.join("ca.pem").to_str().unwrap());
        assert!(serving.started["curl"].as_str().unwrap().starts_with("curl --cacert /"));
        assert_eq!(serving.started["backend"], serde_json::Value::Null);
        TcpStream::connect(serving.address()).unwrap();
        serving.signal(signal);
        let (code, out, log) = serving.end();
        assert_eq!((code, out.as_str()), (Some(0), ""), "{log}");
        assert!(log.contains(&format!("SIG{signal}")), "{log}");
    }
}

#[test]
fn people_are_told_how_to_try_it() {
    let (_outer, state) = state();
    let arguments = ["serve", "--demo", "--listen", "127.0.0.1:0", "--state-dir", state.to_str().unwrap()];
    let mut child = tlsmith(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.as_mut().unwrap());
    let lines: Vec<String> = stdout.lines().map(Result::unwrap).take_while(|line| !line.contains("browser")).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let screen = lines.join("\n");
    assert!(screen.starts_with("tlsmith serves https://localhost:"), "{screen}");
    let ca = state.join("ca.pem").display().to_string();
    assert!(screen.contains(&format!("curl --cacert {ca} https://localhost:")), "{screen}");
}

#[test]
fn handshakes_that_fail_are_one_line_each_with_code_and_mend() {
    let (_outer, state) = state();
    let mut serving = Serving::demo(&state);
    for greeting in [b"GET / HTTP/1.1\r\n\r\n".as_slice(), b"SSH-2.0-x\r\n", b"\x16\x03\x01\x00\x02\xff\xff"] {
        let mut tcp = TcpStream::connect(serving.address()).unwrap();
        tcp.write_all(greeting).unwrap();
        tcp.shutdown(std::net::Shutdown::Write).unwrap();
        tcp.read_to_end(&mut Vec::new()).unwrap();
    }
    serving.signal("TERM");
    let (code, _, log) = serving.end();
    assert_eq!(code, Some(0));
    let failed: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["fields"].clone())
        .filter(|fields| fields["message"].as_str().unwrap().starts_with("handshake failed: "))
        .collect();
    assert_eq!(failed.len(), 3, "{log}");
    assert_eq!(failed[0]["code"], "record.plain_http");
    assert_eq!(failed[1]["code"], "record.not_tls");
    for fields in &failed {
        assert!(fields["peer"].as_str().unwrap().starts_with("127.0.0.1:"), "{fields}");
        assert!(!fields["fix"].as_str().unwrap().is_empty(), "{fields}");
    }
}

/// Runs it to its end, which must come by itself: exit 2, nothing on standard output, one line that says `wanted`.
fn refused(arguments: &[&str], wanted: &str) {
    let Output { status, stdout, stderr } = tlsmith(&[&["serve"], arguments].concat()).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(2), "{arguments:?}: {said}");
    assert!(stdout.is_empty(), "{arguments:?}");
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("tlsmith: ")).collect();
    assert_eq!(lines.len(), 1, "{arguments:?}: {said}");
    assert!(lines[0].contains(wanted), "{arguments:?}: {said}");
}

#[test]
fn mistakes_are_one_line_and_exit_2() {
    let outer = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = outer.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let make = |name: &str| {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        (file(&format!("{name}.pem"), &certificate.pem()), file(&format!("{name}.key"), &key.serialize_pem()))
    };
    let ((cert, key), (_, other_key)) = (make("a.test"), make("b.test"));
    let directory = outer.path().to_str().unwrap();
    let garbage = file("garbage.pem", "no certificate at all");
    let state = outer.path().join("state").to_str().unwrap().to_owned();

    let files = |cert: &str, key: &str, wanted: &str| {
        refused(&["--listen", "127.0.0.1:0", "--to", "http://h:1", "--cert", cert, "--key", key], wanted);
    };
    files(&cert, &other_key, "a.test.pem: the private key");
    files(directory, &key, "a directory");
    files(&cert, directory, "a directory");
    files("/nonexistent.pem", &key, "no such file");
    files(&garbage, &key, "garbage.pem");
    files(&cert, &garbage, "garbage.pem");
    files(&cert, &cert, "key");
    refused(&["--demo", "--state-dir", &state, "--client-ca", &garbage], "--client-ca");
    refused(&["--demo", "--state-dir", &cert], "is a file");
    refused(&[], "--demo");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&["--demo", "--state-dir", &state, "--listen", &address], "in use");
    fs::write(Path::new(&state).join("ca.pem"), "damaged").unwrap();
    refused(&["--demo", "--state-dir", &state, "--listen", "127.0.0.1:0"], "ca.pem");
}
