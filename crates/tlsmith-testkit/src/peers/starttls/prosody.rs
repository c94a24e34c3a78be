//! Prosody: XMPP, for clients and between servers.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::{Tls, directory, is_root, start};
use crate::{certs::HOST, process::Process};

/// A running prosody.
#[derive(Debug)]
pub struct Prosody {
    /// The program.
    pub process: Process,
    /// Its port for clients.
    pub c2s: u16,
    /// Its port for servers.
    pub s2s: u16,
    _dir: TempDir,
}

impl Prosody {
    /// Starts it.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("prosody");
        let path = dir.path();
        let config = path.join("prosody.cfg.lua");
        let (module, ssl) = match tls {
            Tls::With(cert) => (
                "\"tls\", ",
                format!("ssl = {{ key = {:?}, certificate = {:?} }}\n", text(&cert.key), text(&cert.chain)),
            ),
            Tls::Without => ("", String::new()),
        };
        let (process, ports) = start(2, |ports| {
            let shown = path.display();
            let text = format!(
                "run_as_root = {}\ndaemonize = false\ndata_path = \"{shown}\"\npidfile = \"{shown}/pid\"\n\
                 interfaces = {{ \"127.0.0.1\" }}\nc2s_ports = {{ {} }}\ns2s_ports = {{ {} }}\n\
                 modules_enabled = {{ {module}\"saslauth\", \"dialback\" }}\nlog = {{ info = \"*console\" }}\n\
                 c2s_require_encryption = false\ns2s_require_encryption = false\n{ssl}VirtualHost \"{HOST}\"\n",
                is_root(),
                ports[0],
                ports[1]
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new("prosody");
            command.arg("--config").arg(&config).arg("-F");
            command
        });
        Self { process, c2s: ports[0], s2s: ports[1], _dir: dir }
    }
}

fn text(path: &std::path::Path) -> String {
    path.display().to_string()
}
