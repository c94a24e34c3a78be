//! GnuTLS: `gnutls-serv` and `gnutls-cli`.

use std::process::Command;

use super::{ClientAuth, ClientSetup, Seen, ServerSetup, between, free_ports};
use crate::process::Process;

/// A running `gnutls-serv`, which echoes or answers HTTP.
///
/// It listens on every address of the machine: it has no option for one.
#[derive(Debug)]
pub struct Server {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
}

impl Server {
    /// Starts it; `--echo` or `--http` and further arguments at the end.
    pub fn start(setup: &ServerSetup<'_>, more: &[&str]) -> Self {
        Self::start_with(setup, &[], more)
    }

    /// The same with more in the priority string, such as `%ALLOW_SMALL_RECORDS`.
    pub fn start_with(setup: &ServerSetup<'_>, priorities: &[&str], more: &[&str]) -> Self {
        loop {
            let port = free_ports(1)[0];
            let mut command = Command::new("gnutls-serv");
            command.arg("--port").arg(port.to_string());
            command.arg("--x509certfile").arg(&setup.cert.chain).arg("--x509keyfile").arg(&setup.cert.key);
            command.arg("--priority").arg(with(
                priority(setup.versions.contains(&"TLSv1.2"), setup.suites, setup.groups, setup.schemes),
                priorities,
            ));
            for protocol in setup.alpn {
                command.args(["--alpn", protocol]);
            }
            if !setup.alpn.is_empty() {
                command.arg("--alpn-fatal");
            }
            match setup.client_auth {
                ClientAuth::None => command.arg("--disable-client-cert"),
                ClientAuth::Request(ca) => command.arg("--verify-client-cert").arg("--x509cafile").arg(ca),
                ClientAuth::Require(ca) => {
                    command.args(["--require-client-cert", "--verify-client-cert", "--x509cafile"]).arg(ca)
                }
            };
            let process = Process::spawn(command.args(more));
            let listening = process.wait_for("the word that it listens", |out, err| {
                let text = format!("{out}{err}");
                if text.contains("bind() failed") || text.contains("in use") {
                    return Some(false);
                }
                (text.contains("listening on IPv4") && text.contains("done")).then_some(true)
            });
            if listening {
                return Self { process, port };
            }
        }
    }
}

/// Starts `gnutls-cli`; it verifies chain and name and gives up if they are not good.
pub fn client(setup: &ClientSetup<'_>, more: &[&str]) -> Process {
    client_with(setup, &[], more)
}

/// The same with more in the priority string.
pub fn client_with(setup: &ClientSetup<'_>, priorities: &[&str], more: &[&str]) -> Process {
    let mut command = Command::new("gnutls-cli");
    command.arg("--port").arg(setup.port.to_string()).arg("--x509cafile").arg(setup.ca);
    command.args(["--sni-hostname", setup.name, "--verify-hostname", setup.name]);
    command.arg("--priority").arg(with(
        priority(setup.versions.contains(&"TLSv1.2"), setup.suites, setup.groups, setup.schemes),
        priorities,
    ));
    for protocol in setup.alpn {
        command.args(["--alpn", protocol]);
    }
    if let Some(identity) = setup.identity {
        command.arg("--x509certfile").arg(&identity.chain).arg("--x509keyfile").arg(&identity.key);
    }
    Process::spawn(command.args(more).arg("127.0.0.1"))
}

fn with(mut priority: String, more: &[&str]) -> String {
    for keyword in more {
        priority.push(':');
        priority.push_str(keyword);
    }
    priority
}

fn priority(tls12: bool, suites: &[&str], groups: &[&str], schemes: &[&str]) -> String {
    let mut priority = String::from("NORMAL:-VERS-ALL:+VERS-TLS1.3");
    if tls12 {
        priority.push_str(":+VERS-TLS1.2");
    }
    let mut restrict = |all: &str, values: &[&str], own: fn(&str) -> String| {
        if !values.is_empty() {
            priority.push_str(all);
            for value in values {
                priority.push_str(":+");
                priority.push_str(&own(value));
            }
        }
    };
    restrict(":-CIPHER-ALL:-MAC-ALL:+AEAD", suites, cipher);
    restrict(":-GROUP-ALL", groups, |group| format!("GROUP-{}", group.to_uppercase()));
    // The list is for certificates, too, and the test CAs with RSA keys sign with PKCS#1.
    restrict(":-SIGN-ALL:+SIGN-RSA-SHA256:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SHA512", schemes, sign);
    priority
}

fn cipher(suite: &str) -> String {
    match suite {
        "TLS_AES_128_GCM_SHA256" => "AES-128-GCM".into(),
        "TLS_AES_256_GCM_SHA384" => "AES-256-GCM".into(),
        "TLS_AES_128_CCM_SHA256" => "AES-128-CCM".into(),
        "TLS_AES_128_CCM_8_SHA256" => "AES-128-CCM-8".into(),
        _ => "CHACHA20-POLY1305".into(),
    }
}

fn sign(scheme: &str) -> String {
    match scheme {
        "ed25519" => "SIGN-EDDSA-ED25519".into(),
        ecdsa if ecdsa.starts_with("ecdsa_") => format!("SIGN-{}", ecdsa.to_uppercase().replace('_', "-")),
        // rsa_pss_rsae_sha256 -> RSA-PSS-RSAE-SHA256, rsa_pss_pss_sha256 -> RSA-PSS-SHA256
        pss => format!("SIGN-{}", pss.to_uppercase().replace('_', "-").replace("PSS-PSS", "PSS")),
    }
}

/// Reads GnuTLS's description of a session, `(TLS1.3-X.509)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(AES-128-GCM)`.
pub fn seen_by_client(output: &str) -> Seen {
    let parts: Vec<&str> = between(output, "- Description: ", "\n")
        .map(|line| line.trim_matches(['(', ')']).split(")-(").collect())
        .unwrap_or_default();
    let part = |index: usize| parts.get(index).copied();
    Seen {
        protocol: part(0).map(|name| name.replace("TLS1.3-X.509", "TLSv1.3")),
        group: part(1).map(|name| name.trim_start_matches("ECDHE-").to_lowercase()),
        scheme: part(2).map(|name| match name {
            "EdDSA-Ed25519" => "ed25519".into(),
            ecdsa if ecdsa.starts_with("ECDSA") => ecdsa.to_lowercase().replace('-', "_"),
            rsae if rsae.contains("RSAE") => rsae.to_lowercase().replace('-', "_"),
            pss => pss.to_lowercase().replace('-', "_").replace("rsa_pss", "rsa_pss_pss"),
        }),
        suite: part(3).map(|name| {
            match name {
                "AES-128-GCM" => "TLS_AES_128_GCM_SHA256",
                "AES-256-GCM" => "TLS_AES_256_GCM_SHA384",
                "AES-128-CCM" => "TLS_AES_128_CCM_SHA256",
                "AES-128-CCM-8" => "TLS_AES_128_CCM_8_SHA256",
                "CHACHA20-POLY1305" => "TLS_CHACHA20_POLY1305_SHA256",
                other => other,
            }
            .to_owned()
        }),
        alpn: between(output, "- Application protocol: ", "\n").map(str::to_owned),
        peer: between(output, "subject `", "'").map(str::to_owned),
    }
}
