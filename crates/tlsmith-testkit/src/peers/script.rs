//! Peers that are scripts in their own language and speak one small language with us: Python (`ssl`, pyOpenSSL for its newer
//! OpenSSL, and tlslite-ng), Node and Java.
//!
//! An order is a line `listen` or `connect` with fields `key=value`, separated by tabs; answers are `listening`, `done` and
//! `failed`. Over TLS they carry out a transfer: the client sends two numbers of 8 bytes, so many bytes up, and gets
//! their SHA-256 and so many bytes down as the second number says; both report the digests of what they sent and received.

use std::{collections::HashMap, fmt::Write, fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use super::{ClientAuth, ClientSetup, Seen, ServerSetup, openssl::own_name};
use crate::process::Process;

/// Which script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python's `ssl` module.
    Python,
    /// pyOpenSSL over the OpenSSL (3.5 or newer) that the package `cryptography` brings.
    PyOpenSsl,
    /// tlslite-ng, which is Python all through, and verifies no chains.
    TlsLite,
    /// Node's `tls`.
    Node,
    /// Java's `SSLSocket`.
    Java,
}

/// A running script.
#[derive(Debug)]
pub struct Script {
    language: Language,
    process: Process,
    orders: usize,
    /// What it said it is.
    pub version: String,
    _dir: TempDir,
}

/// A word and its fields.
#[derive(Clone, Debug)]
pub struct Answer {
    /// `listening`, `done`, `failed`.
    pub word: String,
    /// The fields.
    pub fields: HashMap<String, String>,
}

impl Answer {
    fn parse(line: &str) -> Self {
        let mut parts = line.split('\t');
        let word = parts.next().unwrap_or_default().to_owned();
        let fields = parts.filter_map(|part| part.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        Self { word, fields }
    }

    /// A field; empty if it is not there.
    pub fn get(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", String::as_str)
    }

    /// What it reported of the connection; a failure is a failed test.
    pub fn seen(&self, context: &str) -> Seen {
        assert_eq!(self.word, "done", "{context}: {self:?}");
        let field = |key: &str| self.fields.get(key).cloned();
        Seen {
            protocol: field("protocol"),
            suite: field("suite"),
            group: field("group").map(|group| match group.as_str() {
                // OpenSSL 3.2 and later
                "secp256r1" | "prime256v1" => "secp256r1".into(),
                _ => group,
            }),
            scheme: None,
            alpn: field("alpn"),
            peer: field("peer"),
        }
    }
}

/// An order that was given: its answers have this number.
#[derive(Clone, Copy, Debug)]
pub struct Order(usize);

impl Script {
    /// Starts it. Suites and groups given here bind the whole process; Python knows no other way, and Java none for
    /// groups; empty ones leave it its defaults.
    pub fn start(language: Language, suites: &[&str], groups: &[&str]) -> Self {
        let dir = tempfile::Builder::new().prefix("tlsmith-peer-").tempdir().unwrap();
        let source = |file: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers").join(file);
        let mut command = match language {
            Language::Python => {
                let mut command = Command::new("python3");
                command.arg(source("peer.py")).arg("ssl");
                command
            }
            Language::PyOpenSsl => {
                let mut command = Command::new(venv_python());
                command.arg(source("peer.py")).arg("pyopenssl");
                command
            }
            Language::TlsLite => {
                let mut command = Command::new(venv_python());
                command.arg(source("peer.py")).arg("tlslite");
                command
            }
            Language::Node => {
                let mut command = Command::new("node");
                command.arg(source("peer.mjs"));
                command
            }
            Language::Java => {
                let mut command = Command::new("java");
                // Compiling and starting is most of the work: the quick compiler only.
                command.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]);
                if !groups.is_empty() {
                    command.arg(format!("-Djdk.tls.namedGroups={}", groups.join(",")));
                }
                command.arg(source("Peer.java"));
                command
            }
        };
        if matches!(language, Language::Python | Language::PyOpenSsl) {
            let file = dir.path().join("openssl.cnf");
            fs::write(&file, openssl_conf(suites, groups)).unwrap();
            command.env("OPENSSL_CONF", file);
        }
        let process = Process::spawn(&mut command);
        let ready = Answer::parse(&process.wait_for_line_number(0));
        assert_eq!(ready.word, "ready");
        Self { language, process, orders: 0, version: ready.get("version").to_owned(), _dir: dir }
    }

    /// Which one it is.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Has it listen and returns the order, for [`Script::outcome`], and the port.
    pub fn listen(&mut self, setup: &ServerSetup<'_>) -> (Order, u16) {
        let mut fields = vec![("cert", path(&setup.cert.chain)), ("key", path(&setup.cert.key))];
        match setup.client_auth {
            ClientAuth::None => {}
            ClientAuth::Request(ca) => fields.extend([("ca", path(ca)), ("auth", "request".into())]),
            ClientAuth::Require(ca) => fields.extend([("ca", path(ca)), ("auth", "require".into())]),
        }
        if setup.versions.contains(&"TLSv1.2") {
            fields.push(("tls12", "allowed".into()));
        }
        self.parameters(&mut fields, setup.suites, setup.groups, setup.schemes, setup.alpn);
        let order = self.order("listen", &fields);
        (order, self.answer(order, "listening", 0).get("port").parse().unwrap())
    }

    /// Has it connect and transfer so many bytes up and down.
    pub fn connect(&mut self, setup: &ClientSetup<'_>, up: u64, down: u64) -> Order {
        let mut fields = vec![
            ("port", setup.port.to_string()),
            ("name", setup.name.to_owned()),
            ("ca", path(setup.ca)),
            ("up", up.to_string()),
            ("down", down.to_string()),
        ];
        if let Some(identity) = setup.identity {
            fields.extend([("cert", path(&identity.chain)), ("key", path(&identity.key))]);
        }
        if setup.versions.contains(&"TLSv1.2") {
            fields.push(("tls12", "allowed".into()));
        }
        self.parameters(&mut fields, setup.suites, setup.groups, setup.schemes, setup.alpn);
        self.order("connect", &fields)
    }

    /// What came of a connection: the `nth` (from 0) of that order.
    pub fn outcome(&self, order: Order, nth: usize) -> Answer {
        self.answer(order, "", nth)
    }

    fn parameters(
        &self,
        fields: &mut Vec<(&'static str, String)>,
        suites: &[&str],
        groups: &[&str],
        schemes: &[&str],
        alpn: &[&str],
    ) {
        // For Python they stand in the configuration file already, for Java the groups do on its command line.
        let has = |what: &str| match self.language {
            Language::Python | Language::PyOpenSsl | Language::TlsLite => false,
            Language::Java => what == "suite",
            Language::Node => true,
        };
        for (key, values, separator) in [("suite", suites, ":"), ("group", groups, ":"), ("scheme", schemes, ":")] {
            if !values.is_empty() {
                assert!(has(key), "{:?} has no {key} for a connection", self.language);
                fields.push((key, values.join(separator)));
            }
        }
        if !alpn.is_empty() {
            fields.push(("alpn", alpn.join(",")));
        }
    }

    fn order(&mut self, word: &str, fields: &[(&str, String)]) -> Order {
        self.orders += 1;
        let mut line = format!("{word}\tid={}", self.orders);
        for (key, value) in fields {
            write!(line, "\t{key}={value}").unwrap();
        }
        line.push('\n');
        self.process.write(line.as_bytes());
        Order(self.orders)
    }

    fn answer(&self, order: Order, word: &str, nth: usize) -> Answer {
        let id = order.0.to_string();
        self.process.wait_for(&format!("answer {nth} to order {id}"), |out, _| {
            let complete = &out[..=out.rfind('\n')?];
            complete
                .lines()
                .map(Answer::parse)
                .filter(|answer| answer.get("id") == id)
                .filter(|answer| if word.is_empty() { answer.word != "listening" } else { answer.word == word })
                .nth(nth)
        })
    }
}

fn path(path: &std::path::Path) -> String {
    path.display().to_string()
}

fn openssl_conf(suites: &[&str], groups: &[&str]) -> String {
    let mut conf =
        String::from("openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = defaults\n[defaults]\n");
    // The script itself raises it where TLS 1.2 is not allowed.
    conf.push_str("MinProtocol = TLSv1.2\n");
    if !suites.is_empty() {
        writeln!(conf, "Ciphersuites = {}", suites.join(":")).unwrap();
    }
    if !groups.is_empty() {
        let groups: Vec<_> = groups.iter().map(|group| own_name(group)).collect();
        writeln!(conf, "Groups = {}", groups.join(":")).unwrap();
    }
    conf
}

/// The Python that has pyOpenSSL and tlslite-ng: a virtual environment that `scripts/test` makes.
pub(crate) fn venv_python() -> PathBuf {
    if let Some(python) = std::env::var_os("TLSMITH_PYOPENSSL") {
        return python.into();
    }
    super::tlsmith::target_dir().join("peers/venv/bin/python")
}
