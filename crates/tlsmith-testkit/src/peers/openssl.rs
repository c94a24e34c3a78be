//! OpenSSL: `openssl s_server` and `openssl s_client`.

use std::{path::PathBuf, process::Command};

use super::{ClientAuth, ClientSetup, Seen, ServerSetup, between};
use crate::{
    certs::{CertFiles, Pki},
    process::{Process, must_run},
};

/// What `s_server` does with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Answers `GET` with a page about the connection, and goes on to the next one.
    Www,
    /// Standard input to the client and the client to standard output, with commands (`k`, `K`) at line starts.
    Interactive,
    /// The same without commands and without a word of its own, for binary data.
    Quiet,
}

/// A running `openssl s_server`.
#[derive(Debug)]
pub struct Server {
    /// The program.
    pub process: Process,
    /// Its port.
    pub port: u16,
}

impl Server {
    /// Starts it, further arguments at the end.
    pub fn start(setup: &ServerSetup<'_>, mode: Mode, more: &[&str]) -> Self {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0", "-cert"]).arg(&setup.cert.leaf);
        command.arg("-key").arg(&setup.cert.key);
        above_the_leaf(&mut command, setup.cert);
        parameters(&mut command, setup.versions, setup.suites, setup.groups, setup.schemes);
        if !setup.alpn.is_empty() {
            command.arg("-alpn").arg(setup.alpn.join(","));
        }
        match setup.client_auth {
            ClientAuth::None => {}
            ClientAuth::Request(ca) => {
                command.args(["-verify", "5", "-verify_return_error", "-CAfile"]).arg(ca);
            }
            ClientAuth::Require(ca) => {
                command.args(["-Verify", "5", "-verify_return_error", "-CAfile"]).arg(ca);
            }
        }
        match mode {
            Mode::Www => command.arg("-www"),
            Mode::Interactive => &mut command,
            Mode::Quiet => command.arg("-quiet"),
        };
        command.args(more);
        if mode == Mode::Quiet {
            return Self::start_silent(&mut command);
        }
        let process = Process::spawn(&mut command);
        let port = process.wait_for_line("ACCEPT 127.0.0.1:").trim().parse().unwrap();
        Self { process, port }
    }

    /// A quiet server does not say its port: it is given one, and another if somebody was faster.
    fn start_silent(command: &mut Command) -> Self {
        let args: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        loop {
            let port = super::free_ports(1)[0];
            let mut command = Command::new("openssl");
            let address = format!("127.0.0.1:{port}");
            command.args(args.iter().map(|arg| if arg == "127.0.0.1:0" { address.as_ref() } else { arg.as_os_str() }));
            let mut process = Process::spawn(&mut command);
            if wait_for_listener(port, &mut process) {
                return Self { process, port };
            }
        }
    }
}

/// Asks the kernel instead of connecting: a connection would be the first client of a server that serves one at a time.
fn wait_for_listener(port: u16, process: &mut Process) -> bool {
    let wanted = format!("0100007F:{port:04X} 00000000:0000 0A");
    let deadline = std::time::Instant::now() + crate::process::PATIENCE;
    while std::time::Instant::now() < deadline {
        if std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&wanted) {
            return true;
        }
        if !process.is_running() {
            return false;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("openssl s_server does not listen");
}

/// Starts `openssl s_client`; it verifies chain and name and gives up if they are not good.
pub fn client(setup: &ClientSetup<'_>, more: &[&str]) -> Process {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect"]).arg(format!("127.0.0.1:{}", setup.port));
    command.args(["-servername", setup.name, "-verify_hostname", setup.name, "-verify_return_error", "-CAfile"]);
    command.arg(setup.ca);
    parameters(&mut command, setup.versions, setup.suites, setup.groups, setup.schemes);
    if !setup.alpn.is_empty() {
        command.arg("-alpn").arg(setup.alpn.join(","));
    }
    if let Some(identity) = setup.identity {
        command.arg("-cert").arg(&identity.leaf).arg("-key").arg(&identity.key);
        above_the_leaf(&mut command, identity);
    }
    Process::spawn(command.args(more))
}

/// `-cert_chain` takes what goes with the leaf, without the leaf.
fn above_the_leaf(command: &mut Command, cert: &CertFiles) {
    let chain = std::fs::read_to_string(&cert.chain).unwrap();
    if let Some((_, above)) = chain.split_once("-----END CERTIFICATE-----\n")
        && above.contains("BEGIN CERTIFICATE")
    {
        let file = cert.chain.with_extension("above");
        std::fs::write(&file, above).unwrap();
        command.arg("-cert_chain").arg(file);
    }
}

fn parameters(command: &mut Command, versions: &[&str], suites: &[&str], groups: &[&str], schemes: &[&str]) {
    match versions {
        ["TLSv1.3"] => command.arg("-tls1_3"),
        ["TLSv1.2"] => command.arg("-tls1_2"),
        _ => command,
    };
    for (option, values) in [("-ciphersuites", suites), ("-groups", groups), ("-sigalgs", schemes)] {
        if !values.is_empty() {
            let values: Vec<_> = values.iter().map(|value| own_name(value)).collect();
            command.arg(option).arg(values.join(":"));
        }
    }
}

/// A file with an OCSP response that says that a certificate of this PKI is good, made by `openssl ocsp`.
pub fn ocsp_response(pki: &Pki, cert: &CertFiles) -> PathBuf {
    let (issuer, key) = (pki.intermediate(), pki.intermediate_key());
    let [index, request, response] = ["index.txt", "request.ocsp", "response.ocsp"].map(|name| pki.dir().join(name));
    let serial = must_run(Command::new("openssl").args(["x509", "-noout", "-serial", "-in"]).arg(&cert.leaf));
    let serial = serial.trim().trim_start_matches("serial=");
    // The database of `openssl ca`: valid, until when, revoked when, serial number, file, subject.
    std::fs::write(&index, format!("V\t491231235959Z\t\t{serial}\tunknown\t/CN=unused\n")).unwrap();
    let mut ask = Command::new("openssl");
    ask.args(["ocsp", "-no_nonce", "-issuer"]).arg(&issuer).arg("-cert").arg(&cert.leaf).arg("-reqout").arg(&request);
    must_run(&mut ask);
    let mut answer = Command::new("openssl");
    answer.args(["ocsp", "-ndays", "1", "-index"]).arg(&index).arg("-rsigner").arg(&issuer).arg("-rkey").arg(&key);
    must_run(answer.arg("-CA").arg(&issuer).arg("-reqin").arg(&request).arg("-respout").arg(&response));
    response
}

/// OpenSSL's name for a group or a scheme; that of a suite is the registry's.
pub fn own_name(name: &str) -> &str {
    match name {
        "x25519" => "X25519",
        "secp256r1" => "P-256",
        "secp384r1" => "P-384",
        "secp521r1" => "P-521",
        other => other,
    }
}

/// Reads what `s_client` prints after the handshake; `key` tells apart schemes that it has one word for.
pub fn seen_by_client(output: &str) -> Seen {
    let digest = between(output, "Peer signing digest: ", "\n");
    let scheme = match (between(output, "Peer signature type: ", "\n"), digest) {
        (Some("ECDSA"), Some("SHA256")) => Some("ecdsa_secp256r1_sha256".to_owned()),
        (Some("ECDSA"), Some("SHA384")) => Some("ecdsa_secp384r1_sha384".to_owned()),
        (Some("ECDSA"), Some("SHA512")) => Some("ecdsa_secp521r1_sha512".to_owned()),
        (Some("Ed25519" | "ed25519"), _) => Some("ed25519".to_owned()),
        (Some("RSA-PSS"), Some(digest)) => {
            // One word for both kinds: the certificate says which.
            let kind =
                if output.contains("PKEY: RSASSA-PSS") || output.contains("PKEY: rsassaPss") { "pss" } else { "rsae" };
            Some(format!("rsa_pss_{kind}_{}", digest.to_lowercase()))
        }
        _ => None,
    };
    let group = between(output, "Server Temp Key: ", "\n").map(|words| {
        match words.trim_start_matches("ECDH, ").split(',').next().unwrap_or_default() {
            "X25519" => "x25519",
            "prime256v1" => "secp256r1",
            other => other,
        }
        .to_owned()
    });
    let new = between(output, "New, ", "\n");
    Seen {
        protocol: new.and_then(|new| new.split(',').next()).map(str::to_owned),
        suite: new.and_then(|new| new.split_once("Cipher is ")).map(|(_, suite)| suite.trim().to_owned()),
        group,
        scheme,
        alpn: between(output, "ALPN protocol: ", "\n").map(str::to_owned),
        peer: between(output, "\nsubject=", "\n").map(str::to_owned),
    }
}
