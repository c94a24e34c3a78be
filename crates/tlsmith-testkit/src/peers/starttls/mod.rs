//! Servers that speak a protocol of their own before TLS: mail, news of people, data bases, directories.
//!
//! Each runs from a directory of its own with a configuration made for the test, on ports of loopback, in the
//! foreground, owned by the test.

mod dovecot;
mod inspircd;
mod mariadb;
mod postfix;
mod postgres;
mod prosody;
mod slapd;
mod vsftpd;

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
};

use tempfile::TempDir;

pub use dovecot::Dovecot;
pub use inspircd::Inspircd;
pub use mariadb::Mariadb;
pub use postfix::Postfix;
pub use postgres::Postgres;
pub use prosody::Prosody;
pub use slapd::Slapd;
pub use vsftpd::Vsftpd;

use super::{free_ports, wait_for_port};
use crate::{
    certs::CertFiles,
    process::{Process, must_run, run},
};

/// Whether a server has TLS.
#[derive(Clone, Copy, Debug)]
pub enum Tls<'a> {
    /// With this certificate.
    With(&'a CertFiles),
    /// It has none.
    Without,
}

/// A directory that the users of all servers reach.
fn directory(name: &str) -> TempDir {
    let dir = tempfile::Builder::new().prefix(&format!("tlsmith-{name}-")).tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// Starts a program until one finds its ports free. `make` writes the configuration for them.
fn start(count: usize, mut make: impl FnMut(&[u16]) -> Command) -> (Process, Vec<u16>) {
    loop {
        let ports = free_ports(count);
        let mut command = make(&ports);
        let mut process = Process::spawn(&mut command);
        if ports.iter().all(|port| wait_for_port(*port, || process.is_running())) {
            return (process, ports);
        }
        let said = process.finish().text();
        let taken = ["in use", "could not bind", "Could not bind", "bind(", "bind on"];
        assert!(taken.iter().any(|words| said.contains(words)), "{command:?} does not start\n{said}");
    }
}

/// Whether the test runs as root, as it does in containers.
fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A program that refuses to run as root, as this user if the test is root.
fn as_user(user: &str, program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--clear-groups", program]);
    command
}

/// A program that runs as root only.
fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

/// Gives all of a directory to the user as whom a server runs, if the test is root.
fn give_to(user: &str, directory: &Path) {
    if is_root() {
        must_run(Command::new("chown").args(["-R", user]).arg(directory));
    }
}

/// Who runs the test.
fn own_user() -> (String, String) {
    let id = |option: &str| must_run(Command::new("id").arg(option)).trim().to_owned();
    (id("-un"), id("-gn"))
}

/// Ends what has a process id in a file, with the rights it was started with.
fn end_by_pid_file(file: &Path) {
    if let Ok(pid) = fs::read_to_string(file) {
        run(as_root("kill").args(["-TERM", pid.trim()]));
    }
}
