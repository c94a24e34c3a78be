//! vsftpd: FTP.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::{Tls, directory, start};
use crate::process::Process;

/// A running vsftpd.
#[derive(Debug)]
pub struct Vsftpd {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    _dir: TempDir,
}

impl Vsftpd {
    /// Starts it.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("vsftpd");
        let config = dir.path().join("vsftpd.conf");
        let tls = match tls {
            Tls::With(cert) => format!(
                "ssl_enable=YES\nrsa_cert_file={}\nrsa_private_key_file={}\nforce_local_logins_ssl=NO\n\
                 force_local_data_ssl=NO\n",
                cert.chain.display(),
                cert.key.display()
            ),
            Tls::Without => String::new(),
        };
        let (process, ports) = start(1, |ports| {
            let text = format!(
                "listen=YES\nlisten_ipv6=NO\nlisten_address=127.0.0.1\nlisten_port={}\nbackground=NO\n\
                 run_as_launching_user=YES\nseccomp_sandbox=NO\nanonymous_enable=YES\nlocal_enable=NO\n\
                 banner_file={}\n{tls}",
                ports[0],
                dir.path().join("banner").display()
            );
            // A greeting of several lines.
            fs::write(dir.path().join("banner"), "a banner\n220 that looks like an end\nand is none\n").unwrap();
            fs::write(&config, text).unwrap();
            let mut command = Command::new("vsftpd");
            command.arg(&config);
            command
        });
        Self { process, port: ports[0], _dir: dir }
    }
}
