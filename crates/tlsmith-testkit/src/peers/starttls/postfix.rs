//! Postfix: SMTP.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::{Tls, as_root, directory, end_by_pid_file, give_to, start};
use crate::process::{Process, must_run};

/// A running postfix; its master process runs as root only.
#[derive(Debug)]
pub struct Postfix {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
    pid_file: PathBuf,
    _dir: TempDir,
}

/// What has to run beside the server itself: a line of master.cf each, without the numbers.
const SERVICES: [(&str, &str, &str); 7] = [
    ("tlsmgr", "unix", "tlsmgr"),
    ("anvil", "unix", "anvil"),
    ("rewrite", "unix", "trivial-rewrite"),
    ("proxymap", "unix", "proxymap"),
    ("cleanup", "unix", "cleanup"),
    ("bounce", "unix", "bounce"),
    ("postlog", "unix-dgram", "postlogd"),
];

impl Postfix {
    /// Starts it.
    pub fn start(tls: Tls<'_>) -> Self {
        let dir = directory("postfix");
        let path = dir.path();
        for sub in ["etc", "queue", "data"] {
            fs::create_dir(path.join(sub)).unwrap();
        }
        give_to("postfix", &path.join("data"));
        let etc = path.join("etc");
        let (process, ports) = start(1, |ports| {
            let shown = path.display();
            let tls = match tls {
                Tls::With(cert) => {
                    // Key first, as it wants it.
                    let all = [fs::read(&cert.key).unwrap(), fs::read(&cert.chain).unwrap()].concat();
                    fs::write(path.join("chain.pem"), all).unwrap();
                    format!("smtpd_tls_security_level = may\nsmtpd_tls_chain_files = {shown}/chain.pem\n")
                }
                Tls::Without => String::from("smtpd_tls_security_level = none\n"),
            };
            let main = format!(
                "compatibility_level = 3.6\nqueue_directory = {shown}/queue\ndata_directory = {shown}/data\n\
                 mail_owner = postfix\nsetgid_group = postdrop\nmyhostname = mail.tlsmith.test\nmydestination =\n\
                 inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmaillog_file = /dev/stdout\nalias_maps =\n\
                 local_recipient_maps =\nmynetworks = 127.0.0.0/8\nsmtpd_relay_restrictions = reject\n\
                 smtpd_peername_lookup = no\n{tls}"
            );
            fs::write(etc.join("main.cf"), main).unwrap();
            let mut master = format!("127.0.0.1:{} inet n - n - - smtpd\n", ports[0]);
            for (name, kind, program) in SERVICES {
                let most = if kind == "unix-dgram" || name == "tlsmgr" { "1" } else { "-" };
                master.push_str(&format!("{name} {kind} - - n - {most} {program}\n"));
            }
            fs::write(etc.join("master.cf"), master).unwrap();
            // Makes what the queue directory has to hold.
            must_run(as_root("postfix").arg("-c").arg(&etc).arg("check"));
            let mut command = as_root("/usr/lib/postfix/sbin/master");
            command.arg("-c").arg(&etc).arg("-s");
            command
        });
        Self { process, port: ports[0], pid_file: path.join("queue/pid/master.pid"), _dir: dir }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // Its children end with it; killed, it could not tell them.
        end_by_pid_file(&self.pid_file);
    }
}
