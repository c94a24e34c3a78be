//! Other people's TLS programs, one file each, on loopback.
//!
//! Parameters have tlsmith's names everywhere (`TLS_AES_128_GCM_SHA256`, `secp256r1`, `rsa_pss_rsae_sha256`); each
//! launcher says them in its program's own words, and says what the program reported back in ours.

pub mod any;
pub mod chromium;
pub mod curl;
pub mod gnutls;
pub mod nginx;
pub mod nss;
pub mod openssl;
pub mod script;
pub mod starttls;
pub mod tlsmith;

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    certs::{CertFiles, HOST},
    process::PATIENCE,
};

/// The three suites that every implementation here has.
pub const SUITES: [&str; 3] = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
/// The four groups that every implementation here has.
pub const CLASSIC_GROUPS: [&str; 4] = ["x25519", "secp256r1", "secp384r1", "secp521r1"];
/// The hybrid group, which the newer ones have.
pub const HYBRID: &str = "X25519MLKEM768";

/// TLS 1.2 beside TLS 1.3, which is wanted more.
pub const BOTH_VERSIONS: [&str; 2] = ["TLSv1.2", "TLSv1.3"];

/// What a server wants of its clients' certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth<'a> {
    /// Nothing.
    None,
    /// To see one if there is one.
    Request(&'a Path),
    /// To see one.
    Require(&'a Path),
}

/// How a peer is to behave as a server. Empty lists leave the choice to the program.
#[derive(Clone, Copy, Debug)]
pub struct ServerSetup<'a> {
    /// Its certificate and key.
    pub cert: &'a CertFiles,
    /// The versions that it speaks.
    pub versions: &'a [&'a str],
    /// Suites, most wanted first.
    pub suites: &'a [&'a str],
    /// Groups, most wanted first.
    pub groups: &'a [&'a str],
    /// Signature schemes.
    pub schemes: &'a [&'a str],
    /// ALPN protocols.
    pub alpn: &'a [&'a str],
    /// Client certificates; the path is the CA's file.
    pub client_auth: ClientAuth<'a>,
}

impl<'a> ServerSetup<'a> {
    /// The program's defaults with this certificate.
    pub const fn new(cert: &'a CertFiles) -> Self {
        Self {
            cert,
            versions: &["TLSv1.3"],
            suites: &[],
            groups: &[],
            schemes: &[],
            alpn: &[],
            client_auth: ClientAuth::None,
        }
    }
}

/// How a peer is to behave as a client. Empty lists leave the choice to the program.
#[derive(Clone, Copy, Debug)]
pub struct ClientSetup<'a> {
    /// The port on 127.0.0.1.
    pub port: u16,
    /// The name to ask for and to verify.
    pub name: &'a str,
    /// The CA to trust.
    pub ca: &'a Path,
    /// A certificate to show.
    pub identity: Option<&'a CertFiles>,
    /// Suites, most wanted first.
    pub suites: &'a [&'a str],
    /// Groups, most wanted first.
    pub groups: &'a [&'a str],
    /// Signature schemes.
    pub schemes: &'a [&'a str],
    /// ALPN protocols.
    pub alpn: &'a [&'a str],
    /// The versions that it speaks.
    pub versions: &'a [&'a str],
}

impl<'a> ClientSetup<'a> {
    /// The program's defaults, for [`HOST`].
    pub const fn new(port: u16, ca: &'a Path) -> Self {
        Self {
            port,
            name: HOST,
            ca,
            identity: None,
            versions: &["TLSv1.3"],
            suites: &[],
            groups: &[],
            schemes: &[],
            alpn: &[],
        }
    }
}

/// What a peer reported about a connection; what it has no words for stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// `TLSv1.3`.
    pub protocol: Option<String>,
    /// The suite.
    pub suite: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// The scheme of the other side's CertificateVerify.
    pub scheme: Option<String>,
    /// The application protocol.
    pub alpn: Option<String>,
    /// The subject of the other side's certificate.
    pub peer: Option<String>,
}

impl Seen {
    /// Checks everything that was reported against what has to be.
    pub fn check(&self, context: &str, protocol: &str, suite: &str, group: &str, scheme: &str) {
        for (what, seen, expected) in [
            ("protocol", &self.protocol, protocol),
            ("suite", &self.suite, suite),
            ("group", &self.group, group),
            ("scheme", &self.scheme, scheme),
        ] {
            if let Some(seen) = seen {
                assert_eq!(seen, expected, "{context}: the peer reports another {what}");
            }
        }
        assert!(self.suite.is_some() || self.protocol.is_some(), "{context}: the peer reports nothing");
    }
}

/// Ports of 127.0.0.1 that were free a moment ago, all different. Somebody else may take one before the program does that
/// they are meant for, so whoever uses them tries again with others if it cannot bind.
pub fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<_> = (0..count).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// Waits until something listens on the port. False if `alive` says that nothing ever will.
pub fn wait_for_port(port: u16, mut alive: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return true;
        }
        if !alive() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nothing listens on port {port}");
}

/// The text between two others.
pub(crate) fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let rest = text.split_once(from)?.1;
    Some(rest.split_once(to).map_or(rest, |(found, _)| found).trim())
}
