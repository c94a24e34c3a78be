//! Our own binary, `tlsmith`, as a user runs it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    certs::HOST,
    combos::Combo,
    process::{Process, run},
};

/// The target directory: that of the test that runs.
pub fn target_dir() -> PathBuf {
    profile_dir().parent().unwrap().to_owned()
}

/// `target/debug` or `target/release`: a test stands in `deps` below it.
fn profile_dir() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let dir = exe.parent().unwrap();
    if dir.ends_with("deps") { dir.parent().unwrap().to_owned() } else { dir.to_owned() }
}

/// The binary: `TLSMITH_BIN`, or the one that was built beside the test.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("TLSMITH_BIN").map_or_else(|| profile_dir().join("tlsmith"), PathBuf::from);
    assert!(path.is_file(), "{}: build it first: cargo build -p tlsmith-cli", path.display());
    path
}

/// A command of it that no environment of the user changes.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").env_remove("SSLKEYLOGFILE").env_remove("RUST_LOG");
    command.env("NO_COLOR", "1");
    command
}

/// `tlsmith connect`, trusting `ca`.
pub fn connect(ca: &Path) -> Command {
    let mut command = command();
    command.arg("connect").arg("--ca").arg(ca);
    command
}

/// What `tlsmith connect --json` said.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The exit code.
    pub code: i32,
    /// The document.
    pub json: Value,
    /// Standard error.
    pub stderr: String,
}

/// Runs `tlsmith connect --json` against a port of 127.0.0.1 as [`HOST`] and reads its answer.
pub fn connect_json(port: u16, ca: &Path, more: &[&str]) -> Connected {
    let mut command = connect(ca);
    command.args(["--json", "--servername", HOST]).args(more);
    if !more.contains(&"--timeout") {
        command.args(["--timeout", "60s"]);
    }
    parse(&mut command, &format!("127.0.0.1:{port}"))
}

/// The same without anything on the command line but the target.
pub fn parse(command: &mut Command, target: &str) -> Connected {
    let ended = run(command.arg(target));
    let json = serde_json::from_slice(&ended.stdout)
        .unwrap_or_else(|error| panic!("{command:?}: no JSON: {error}\n{}", ended.text()));
    Connected { code: ended.code(), json, stderr: ended.stderr() }
}

impl Connected {
    /// A text of the document; empty if it is null.
    pub fn text(&self, pointer: &str) -> &str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Checks that all went well, with these parameters.
    pub fn check(&self, context: &str, combo: &Combo) {
        assert_eq!(self.code, 0, "{context}: {}", self.json);
        assert!(self.json["error"].is_null(), "{context}: {}", self.json);
        assert_eq!(self.text("/protocol"), "TLSv1.3", "{context}");
        assert_eq!(self.text("/cipher_suite"), combo.suite, "{context}");
        assert_eq!(self.text("/group"), combo.group, "{context}");
        assert_eq!(self.text("/signature_scheme"), combo.scheme, "{context}");
        assert_eq!(self.json.pointer("/verification/trusted"), Some(&Value::Bool(true)), "{context}");
        assert_eq!(self.json["resumed"], false, "{context}");
        assert_eq!(self.text("/chain/0/key"), combo.kind.label(), "{context}");
        assert_eq!(self.json["chain"].as_array().map(Vec::len), Some(2), "{context}");
        for key in ["tcp", "tls"] {
            assert!(self.json["timings_ms"][key].is_number(), "{context}: {key}");
        }
    }
}

/// A running `tlsmith serve`.
#[derive(Debug)]
pub struct Serve {
    /// The program.
    pub process: Process,
    /// Its port on 127.0.0.1.
    pub port: u16,
}

impl Serve {
    /// Starts it on a port of its own choice.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = command();
        let process = Process::spawn(command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments));
        let port = process.wait_for("its port", |out, _| {
            // All of what it prints at its start comes at once.
            let line = out[..=out.rfind('\n')?].lines().find(|line| line.contains("serves https://"))?;
            line.trim_end_matches('/').rsplit(':').next()?.parse().ok()
        });
        Self { process, port }
    }

    /// The demonstration, its CA in this directory as `ca.pem`.
    pub fn demo(state: &Path, more: &[&str]) -> Self {
        let mut arguments = vec!["--demo", "--state-dir", state.to_str().unwrap()];
        arguments.extend_from_slice(more);
        Self::start(&arguments)
    }

    /// Ends it as an operator would, and returns exit code and log.
    pub fn terminate(self) -> (i32, String) {
        self.process.signal("TERM");
        let ended = self.process.finish();
        (ended.code(), ended.stderr())
    }
}
