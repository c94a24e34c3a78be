//! PostgreSQL.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::{Tls, as_user, directory, give_to, start};
use crate::process::{Process, must_run};

/// The user as whom it runs where the test is root: it refuses to be root.
const USER: &str = "postgres";

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    _dir: TempDir,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("postgres");
        let path = dir.path();
        if let Tls::With(cert) = tls {
            fs::copy(&cert.chain, path.join("cert.pem")).unwrap();
            fs::copy(&cert.key, path.join("key.pem")).unwrap();
            let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            fs::set_permissions(path.join("key.pem"), only_owner).unwrap();
        }
        give_to(USER, path);
        let data = path.join("data");
        must_run(
            as_user(USER, &program("initdb"))
                .args(["--auth=trust", "--username=tlsmith", "--no-sync", "--no-instructions", "-D"])
                .arg(&data)
                .current_dir(path),
        );
        let (process, ports) = start(1, |ports| {
            let mut command = as_user(USER, &program("postgres"));
            command.current_dir(path).arg("-D").arg(&data).args(["-p", &ports[0].to_string()]);
            let mut set = |name: &str, value: &str| {
                command.arg("-c").arg(format!("{name}={value}"));
            };
            set("listen_addresses", "127.0.0.1");
            set("unix_socket_directories", "");
            set("fsync", "off");
            if let Tls::With(_) = tls {
                set("ssl", "on");
                set("ssl_cert_file", &path.join("cert.pem").display().to_string());
                set("ssl_key_file", &path.join("key.pem").display().to_string());
            }
            command
        });
        Self { process, port: ports[0], _dir: dir }
    }
}

/// Debian keeps its programs in a directory for each version.
fn program(name: &str) -> String {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found.last().map_or_else(|| name.to_owned(), |path| path.display().to_string())
}
