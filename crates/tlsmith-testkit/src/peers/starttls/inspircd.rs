//! InspIRCd: IRC.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::{Tls, directory, is_root, start};
use crate::process::Process;

/// A running InspIRCd.
#[derive(Debug)]
pub struct Inspircd {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    _dir: TempDir,
}

impl Inspircd {
    /// Starts it.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("inspircd");
        let path = dir.path();
        let config = path.join("inspircd.conf");
        let tls = match tls {
            Tls::With(cert) => format!(
                "<module name=\"ssl_gnutls\">\n<module name=\"starttls\">\n\
                 <sslprofile name=\"Clients\" provider=\"gnutls\" certfile=\"{}\" keyfile=\"{}\" \
                 priority=\"NORMAL\">\n<starttls profile=\"Clients\">\n",
                cert.chain.display(),
                cert.key.display()
            ),
            Tls::Without => String::new(),
        };
        let (process, ports) = start(1, |ports| {
            let text = format!(
                "<server name=\"irc.tlsmith.test\" description=\"tests\" id=\"00A\" network=\"tests\">\n\
                 <admin name=\"x\" nick=\"x\" email=\"x@tlsmith.test\">\n\
                 <path configdir=\"{0}\" datadir=\"{0}\" logdir=\"{0}\" runtimedir=\"{0}\">\n\
                 <bind address=\"127.0.0.1\" port=\"{1}\" type=\"clients\">\n\
                 <connect name=\"main\" allow=\"*\" resolvehostnames=\"no\" maxchans=\"1\">\n\
                 <pid file=\"{0}/pid\">\n<module name=\"cap\">\n{tls}",
                path.display(),
                ports[0]
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new("inspircd");
            command.arg("--nofork").arg("--config").arg(&config);
            if is_root() {
                command.arg("--runasroot");
            }
            command
        });
        Self { process, port: ports[0], _dir: dir }
    }
}
