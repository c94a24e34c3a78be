//! OpenLDAP's slapd.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::{Tls, directory, start};
use crate::process::Process;

/// A running slapd.
#[derive(Debug)]
pub struct Slapd {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    _dir: TempDir,
}

impl Slapd {
    /// Starts it with an empty directory.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("slapd");
        let path = dir.path();
        let tls = match tls {
            Tls::With(cert) => {
                // GnuTLS takes the whole chain from the file of the certificate.
                let (chain, key) = (cert.chain.display(), cert.key.display());
                format!("TLSCertificateFile {chain}\nTLSCertificateKeyFile {key}\n")
            }
            Tls::Without => String::new(),
        };
        let config = path.join("slapd.conf");
        let (process, ports) = start(1, |ports| {
            let shown = path.display();
            let text = format!("include /etc/ldap/schema/core.schema\npidfile {shown}/pid\n{tls}");
            fs::write(&config, text).unwrap();
            let mut command = Command::new("slapd");
            // With a level of debugging it stays in the foreground.
            command.args(["-d", "256", "-h", &format!("ldap://127.0.0.1:{}/", ports[0]), "-f"]).arg(&config);
            command
        });
        Self { process, port: ports[0], _dir: dir }
    }
}
