//! nginx: many servers in one process, each with parameters of its own; and nginx as a client (`proxy_pass https://`).

use std::{fmt::Write, fs, process::Command};

use tempfile::TempDir;

use super::{ClientAuth, ClientSetup, ServerSetup, free_ports, openssl::own_name, wait_for_port};
use crate::process::Process;

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    /// The program.
    pub process: Process,
    /// The port of each server that was asked for, in that order.
    pub ports: Vec<u16>,
    _dir: TempDir,
}

/// What each server answers: what nginx knows about the connection, one `name=value` a line.
const PAGE: &str = "protocol=$ssl_protocol\\nsuite=$ssl_cipher\\ngroup=$ssl_curve\\nname=$ssl_server_name\\n\
                    alpn=$ssl_alpn_protocol\\nverified=$ssl_client_verify\\npeer=$ssl_client_s_dn\\n";

impl Nginx {
    /// Starts a TLS server for each setup.
    pub fn servers(setups: &[ServerSetup<'_>]) -> Self {
        Self::start(setups.len(), |ports| {
            setups.iter().zip(ports).map(|(setup, port)| server_block(setup, *port)).collect()
        })
    }

    /// Starts a plain HTTP server for each setup, which passes each request on to the TLS server there.
    pub fn clients(setups: &[ClientSetup<'_>]) -> Self {
        Self::start(setups.len(), |ports| {
            setups.iter().zip(ports).map(|(setup, port)| client_block(setup, *port)).collect()
        })
    }

    /// Starts it with `server` blocks for so many ports.
    pub fn start(count: usize, blocks: impl Fn(&[u16]) -> String) -> Self {
        let dir = tempfile::Builder::new().prefix("tlsmith-nginx-").tempdir().unwrap();
        loop {
            let ports = free_ports(count);
            let path = dir.path().display();
            let mut temp = String::new();
            for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
                writeln!(temp, "{kind}_temp_path {path}/{kind};").unwrap();
            }
            let config = format!(
                "daemon off; master_process off; pid {path}/pid; error_log stderr info;\n\
                 events {{ worker_connections 512; }}\n\
                 http {{ access_log off; {temp}\n{}}}\n",
                blocks(&ports)
            );
            let file = dir.path().join("nginx.conf");
            fs::write(&file, config).unwrap();
            let mut command = Command::new(program());
            let mut process = Process::spawn(command.args(["-e", "stderr", "-p"]).arg(dir.path()).arg("-c").arg(&file));
            // It binds all of them before it serves one.
            if ports.last().is_none_or(|port| wait_for_port(*port, || process.is_running())) {
                return Self { process, ports, _dir: dir };
            }
            let said = process.stderr();
            assert!(said.contains("Address already in use"), "nginx does not start\n{said}");
        }
    }
}

/// Debian keeps it where only root's path leads.
fn program() -> &'static str {
    if fs::exists("/usr/sbin/nginx").unwrap_or(false) { "/usr/sbin/nginx" } else { "nginx" }
}

fn server_block(setup: &ServerSetup<'_>, port: u16) -> String {
    let mut block = format!(
        "server {{ listen 127.0.0.1:{port} ssl{}; server_name localhost; ssl_protocols {};\n\
         ssl_certificate {}; ssl_certificate_key {};\n",
        if setup.alpn.contains(&"h2") { " http2" } else { "" },
        setup.versions.join(" "),
        setup.cert.chain.display(),
        setup.cert.key.display()
    );
    if !setup.suites.is_empty() {
        writeln!(block, "ssl_conf_command Ciphersuites {};", setup.suites.join(":")).unwrap();
    }
    if !setup.groups.is_empty() {
        let groups: Vec<_> = setup.groups.iter().map(|group| own_name(group)).collect();
        writeln!(block, "ssl_ecdh_curve {};", groups.join(":")).unwrap();
    }
    if !setup.schemes.is_empty() {
        writeln!(block, "ssl_conf_command SignatureAlgorithms {};", setup.schemes.join(":")).unwrap();
    }
    match setup.client_auth {
        ClientAuth::None => {}
        ClientAuth::Request(ca) => {
            writeln!(block, "ssl_verify_depth 3; ssl_verify_client optional; ssl_client_certificate {};", ca.display())
                .unwrap();
        }
        ClientAuth::Require(ca) => {
            writeln!(block, "ssl_verify_depth 3; ssl_verify_client on; ssl_client_certificate {};", ca.display())
                .unwrap();
        }
    }
    block + &format!("location / {{ return 200 \"{PAGE}\"; }} }}\n")
}

fn client_block(setup: &ClientSetup<'_>, port: u16) -> String {
    let mut block = format!(
        "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass https://127.0.0.1:{}; proxy_http_version 1.1;\n\
         proxy_ssl_protocols {}; proxy_ssl_verify on; proxy_ssl_verify_depth 3; proxy_ssl_session_reuse off;\n\
         proxy_ssl_trusted_certificate {}; proxy_ssl_server_name on; proxy_ssl_name {};\n",
        setup.port,
        setup.versions.join(" "),
        setup.ca.display(),
        setup.name
    );
    if let Some(identity) = setup.identity {
        writeln!(
            block,
            "proxy_ssl_certificate {}; proxy_ssl_certificate_key {};",
            identity.chain.display(),
            identity.key.display()
        )
        .unwrap();
    }
    for (command, values) in
        [("Ciphersuites", setup.suites), ("Groups", setup.groups), ("SignatureAlgorithms", setup.schemes)]
    {
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(|value| own_name(value)).collect();
            writeln!(block, "proxy_ssl_conf_command {command} {};", values.join(":")).unwrap();
        }
    }
    block + "} }\n"
}

/// OpenSSL 3.0 calls the groups by its own names in `$ssl_curve`.
pub fn group_name(name: &str) -> &str {
    match name {
        "X25519" => "x25519",
        "prime256v1" => "secp256r1",
        other => other,
    }
}

/// The page that a server of [`Nginx::servers`] answers `tlsmith connect` with.
pub fn page(port: u16, ca: &std::path::Path, more: &[&str]) -> String {
    let mut command = super::tlsmith::connect(ca);
    command.args(["--servername", crate::certs::HOST, "--send", "-"]).args(more);
    let mut process = Process::spawn(command.arg(format!("127.0.0.1:{port}")));
    process.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    process.finish().stdout()
}
