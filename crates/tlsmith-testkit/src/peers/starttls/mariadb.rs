//! MariaDB, which speaks MySQL's protocol.

use std::process::Command;

use tempfile::TempDir;

use super::{Tls, directory, own_user, start};
use crate::process::Process;

/// A running MariaDB.
#[derive(Debug)]
pub struct Mariadb {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    _dir: TempDir,
}

impl Mariadb {
    /// Starts it with nothing in it, not even its own tables: nobody logs in.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("mariadb");
        let path = dir.path();
        let (process, ports) = start(1, |ports| {
            let mut command = Command::new("mariadbd");
            command.args(["--no-defaults", "--skip-grant-tables", "--skip-networking=0", "--bind-address=127.0.0.1"]);
            command.args(["--skip-innodb", "--default-storage-engine=MyISAM", "--skip-log-bin"]);
            command.arg(format!("--datadir={}", path.display())).arg(format!("--port={}", ports[0]));
            command.arg(format!("--socket={}/socket", path.display())).arg(format!("--user={}", own_user().0));
            match tls {
                Tls::With(cert) => {
                    command.arg(format!("--ssl-cert={}", cert.chain.display()));
                    command.arg(format!("--ssl-key={}", cert.key.display()));
                }
                Tls::Without => {
                    command.arg("--skip-ssl");
                }
            }
            command
        });
        Self { process, port: ports[0], _dir: dir }
    }
}
