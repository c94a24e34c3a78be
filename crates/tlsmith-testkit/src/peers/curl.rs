//! curl.

use std::process::Command;

use super::{ClientSetup, openssl::own_name};
use crate::process::{Ended, run};

/// Fetches `path` verbosely; the port of the setup is reached as `name`.
pub fn get(setup: &ClientSetup<'_>, path: &str, more: &[&str]) -> Ended {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--verbose", "--max-time", "60", "--noproxy", "*"]);
    command.arg(if setup.versions.contains(&"TLSv1.2") { "--tlsv1.2" } else { "--tlsv1.3" });
    command.arg("--resolve").arg(format!("{}:{}:127.0.0.1", setup.name, setup.port));
    command.arg("--cacert").arg(setup.ca);
    if !setup.suites.is_empty() {
        command.arg("--tls13-ciphers").arg(setup.suites.join(":"));
    }
    if !setup.groups.is_empty() {
        let groups: Vec<_> = setup.groups.iter().map(|group| own_name(group)).collect();
        command.arg("--curves").arg(groups.join(":"));
    }
    if let Some(identity) = setup.identity {
        command.arg("--cert").arg(&identity.chain).arg("--key").arg(&identity.key);
    }
    if setup.alpn == ["http/1.1"] {
        command.arg("--http1.1");
    }
    run(command.args(more).arg(format!("https://{}:{}{path}", setup.name, setup.port)))
}
