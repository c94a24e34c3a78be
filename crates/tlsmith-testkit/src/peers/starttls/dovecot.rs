//! Dovecot: IMAP, POP3, ManageSieve and LMTP.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::{Tls, directory, is_root, own_user, start};
use crate::process::Process;

/// A running dovecot.
#[derive(Debug)]
pub struct Dovecot {
    /// The program.
    pub process: Process,
    /// Its port for IMAP.
    pub imap: u16,
    /// Its port for POP3.
    pub pop3: u16,
    /// Its port for ManageSieve.
    pub sieve: u16,
    /// Its port for LMTP.
    pub lmtp: u16,
    _dir: TempDir,
}

impl Dovecot {
    /// Starts it.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("dovecot");
        let path = dir.path();
        let (process, ports) = start(4, |ports| {
            let config = path.join("dovecot.conf");
            fs::write(&config, configuration(&path.display().to_string(), tls, ports)).unwrap();
            let mut command = Command::new("dovecot");
            command.args(["-F", "-c"]).arg(config);
            command
        });
        Self { process, imap: ports[0], pop3: ports[1], sieve: ports[2], lmtp: ports[3], _dir: dir }
    }
}

fn configuration(dir: &str, tls: Tls<'_>, ports: &[u16]) -> String {
    let ssl = match tls {
        Tls::With(cert) => format!(
            "ssl = required\nssl_cert = <{}\nssl_key = <{}\nssl_min_protocol = TLSv1.2\n",
            cert.chain.display(),
            cert.key.display()
        ),
        Tls::Without => String::from("ssl = no\n"),
    };
    // As root it has users of its own to give its processes to.
    let users = if is_root() {
        String::new()
    } else {
        let (user, group) = own_user();
        format!("default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n")
    };
    let login = |name: &str, port: u16| {
        format!(
            "service {name}-login {{\n  chroot =\n  inet_listener {name} {{\n    port = {port}\n  }}\n  \
             inet_listener {name}s {{\n    port = 0\n  }}\n}}\n"
        )
    };
    format!(
        "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = /dev/stderr\ninstance_name = tlsmith\n\
         listen = 127.0.0.1\nprotocols = imap pop3 sieve lmtp\n{ssl}{users}{}{}\
         service managesieve-login {{\n  chroot =\n  inet_listener sieve {{\n    port = {}\n  }}\n}}\n\
         service lmtp {{\n  inet_listener lmtp {{\n    port = {}\n  }}\n}}\n\
         service anvil {{\n  chroot =\n}}\nservice stats {{\n  chroot =\n}}\n\
         passdb {{\n  driver = static\n  args = password=none\n}}\n\
         userdb {{\n  driver = static\n  args = uid=65534 gid=65534 home={dir}\n}}\n",
        login("imap", ports[0]),
        login("pop3", ports[1]),
        ports[2],
        ports[3]
    )
}
