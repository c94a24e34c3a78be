//! NSS: `selfserv` and `tstclnt`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{ClientSetup, ServerSetup, free_ports, wait_for_port};
use crate::{
    certs::Pki,
    process::{Process, must_run, run},
};

/// A running `selfserv`.
#[derive(Debug)]
pub struct Server {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    _database: TempDir,
}

/// A database of certificates without a password.
fn database() -> TempDir {
    let dir = tempfile::Builder::new().prefix("tlsmith-nss-").tempdir().unwrap();
    must_run(Command::new("certutil").args(["-N", "--empty-password", "-d"]).arg(dir.path()));
    dir
}

fn add(database: &Path, name: &str, trust: &str, file: &Path) {
    must_run(Command::new("certutil").args(["-A", "-n", name, "-t", trust, "-d"]).arg(database).arg("-i").arg(file));
}

impl Server {
    /// Starts it; it answers HTTP.
    ///
    /// It listens on every address of the machine: it has no option for one.
    pub fn start(setup: &ServerSetup<'_>, pki: &Pki) -> Self {
        let database = database();
        let path = database.path();
        add(path, "root", "CT,C,", pki.root());
        add(path, "intermediate", ",,", &pki.intermediate());
        let bundle = path.join("server.p12");
        let mut export = Command::new("openssl");
        export.args(["pkcs12", "-export", "-name", "server", "-passout", "pass:", "-in"]).arg(&setup.cert.leaf);
        must_run(export.arg("-inkey").arg(&setup.cert.key).arg("-out").arg(&bundle));
        must_run(Command::new("pk12util").args(["-W", "", "-i"]).arg(&bundle).arg("-d").arg(path));
        loop {
            let port = free_ports(1)[0];
            let mut command = Command::new("selfserv");
            command.arg("-d").arg(path).args([
                "-p",
                &port.to_string(),
                "-V",
                versions(setup.versions.contains(&"TLSv1.2")),
            ]);
            // `-e` for an ECDSA certificate, `-n` for an RSA one; `-u` for tickets.
            let ecdsa =
                must_run(Command::new("openssl").args(["x509", "-noout", "-text", "-in"]).arg(&setup.cert.leaf))
                    .contains("id-ecPublicKey");
            command.args([if ecdsa { "-e" } else { "-n" }, "server", "-u", "-G"]);
            let mut process = Process::spawn(&mut command);
            if wait_for_port(port, || process.is_running()) {
                return Self { process, port, _database: database };
            }
        }
    }
}

fn versions(tls12: bool) -> &'static str {
    if tls12 { "tls1.2:tls1.3" } else { "tls1.3:tls1.3" }
}

/// Runs `tstclnt` with a request; it verifies the chain against the CA. What it said, good or bad.
pub fn client(setup: &ClientSetup<'_>, more: &[&str]) -> Result<String, String> {
    let database = database();
    add(database.path(), "root", "CT,C,", setup.ca);
    let request = database.path().join("request");
    std::fs::write(&request, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut command = Command::new("tstclnt");
    command.args([
        "-4",
        "-h",
        setup.name,
        "-p",
        &setup.port.to_string(),
        "-V",
        versions(setup.versions.contains(&"TLSv1.2")),
        "-d",
    ]);
    command.arg(database.path()).arg("-A").arg(&request).args(more).stdin(Stdio::null());
    let ended = run(&mut command);
    if ended.text().contains("HTTP/1.1 200 OK") { Ok(ended.text()) } else { Err(ended.text()) }
}
