//! The lab: broken TLS servers on loopback, one for each thing that people get wrong, each with what `tlsmith doctor`
//! has to say of it first.
//!
//! A [`Fault`] is data: a name, what a person did wrong, whose server it is, how it is brought up, and the expected cause.
//! [`Lab::start`] brings one up; its [`Running`] says the command to try, and ends the server when it is dropped.

pub mod bench;
pub mod faults;
pub mod http;
pub mod ours;
pub mod pki;
pub mod scripted;

use std::{
    any::Any,
    fmt, fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use self::{bench::Bench, http::Web, pki::Authority};
use crate::certs::CertFiles;

/// Whose server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// This library.
    Tlsmith,
    /// nginx.
    Nginx,
    /// `openssl s_server`.
    OpenSsl,
    /// `gnutls-serv`.
    GnuTls,
    /// Postfix.
    Postfix,
    /// A small program of the lab: what no server does any more, or no server does on purpose.
    Scripted,
    /// Nobody's: there is none.
    Nobody,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Tlsmith => "tlsmith",
            Self::Nginx => "nginx",
            Self::OpenSsl => "openssl",
            Self::GnuTls => "gnutls",
            Self::Postfix => "postfix",
            Self::Scripted => "scripted",
            Self::Nobody => "nobody",
        })
    }
}

/// How the doctor ends (its exit code).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing is wrong.
    Good = 0,
    /// The handshake or the connection fails, or a warning is due.
    Failed = 1,
    /// The certificate is not trusted.
    NotTrusted = 3,
}

/// A server with one thing wrong.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What a person did wrong.
    pub title: &'static str,
    /// Whose server it is.
    pub server: Product,
    /// The cause that the doctor names first, without `doctor.`.
    pub cause: &'static str,
    /// How the doctor ends.
    pub exit: Exit,
    /// Brings it up.
    pub start: fn(&Bench<'_>) -> Running,
}

/// A fault that was brought up, until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// The name that a user asks for; an address where he gives one.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The roots that he trusts.
    pub ca: PathBuf,
    /// What else he gives to `tlsmith doctor`.
    pub arguments: Vec<String>,
    _servers: Vec<Box<dyn Any + Send>>,
}

impl Running {
    /// What is asked for as `localhost`, and lives as long as `server`.
    fn new(ca: &Path, port: u16, server: impl Any + Send) -> Self {
        Self {
            host: crate::certs::HOST.to_owned(),
            port,
            ca: ca.to_owned(),
            arguments: Vec::new(),
            _servers: vec![Box::new(server)],
        }
    }

    /// The same asked for by another name, which is to be found at these addresses.
    fn asked_as(mut self, name: &str, addresses: &[&str]) -> Self {
        name.clone_into(&mut self.host);
        for address in addresses {
            self = self.with("--address", address);
        }
        self
    }

    /// The same with one more option.
    fn with(mut self, option: &str, value: &(impl AsRef<std::ffi::OsStr> + ?Sized)) -> Self {
        self.arguments.extend([option.to_owned(), value.as_ref().to_str().unwrap().to_owned()]);
        self
    }

    /// The same where the user trusts others.
    fn trusting(mut self, ca: &Path) -> Self {
        ca.clone_into(&mut self.ca);
        self
    }

    /// The same with a client certificate.
    fn presenting(self, client: &CertFiles) -> Self {
        self.with("--cert", &client.chain).with("--key", &client.key)
    }

    /// The same with something more that lives as long.
    fn keeping(mut self, more: impl Any + Send) -> Self {
        self._servers.push(Box::new(more));
        self
    }

    /// What stands behind `tlsmith doctor`.
    pub fn command_line(&self) -> Vec<String> {
        let mut all = vec![format!("{}:{}", self.host, self.port), "--ca".into(), self.ca.to_str().unwrap().into()];
        all.extend_from_slice(&self.arguments);
        all
    }
}

/// What the faults share: a root, an issuing CA, a web server for what CAs publish; in a directory of its own.
#[derive(Debug)]
pub struct Lab {
    dir: TempDir,
    ca: PathBuf,
    root: Authority,
    issuing: Authority,
    web: Web,
}

impl Lab {
    /// Makes it.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("tlsmith-lab-").tempdir().unwrap();
        let root = Authority::new("Lab Root CA", None, |_| {});
        let issuing = Authority::new("Lab Issuing CA 1", Some(&root), |params| {
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
        });
        let ca = pki::write(dir.path(), "root.pem", &root.pem);
        Self { dir, ca, root, issuing, web: Web::start() }
    }

    /// The file of the root to trust.
    pub fn ca(&self) -> &Path {
        &self.ca
    }

    /// Brings a fault up.
    pub fn start(&self, fault: &Fault) -> Running {
        let dir = self.dir.path().join(fault.name);
        fs::create_dir_all(&dir).unwrap();
        (fault.start)(&Bench { lab: self, dir })
    }
}

impl Default for Lab {
    fn default() -> Self {
        Self::new()
    }
}
