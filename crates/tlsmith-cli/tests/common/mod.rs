//! What the tests of the command share: running it, and peers that misbehave.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;

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
    let mut child =
        tlsmith().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
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
