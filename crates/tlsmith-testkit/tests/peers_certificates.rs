//! What goes with certificates, and what takes their place, with other people's programs: post-handshake authentication,
//! stapled OCSP responses, raw public keys. None of the programs here compresses certificates; browsers do (`browser.rs`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    fs,
    io::{Read, Write},
    process::Command,
    sync::Arc,
};

use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ExpectedKeys, Identity, Staples},
    config::{ClientAuth, ServerConfigBuilder},
    conn::PostHandshakeAuth,
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    client, config,
    count::Counter,
    peers::{ClientSetup, ServerSetup, gnutls, openssl},
    process::{Process, must_run},
    server::{Mode, Outcome, TestServer},
};
use tlsmith_x509::{SubjectPublicKeyInfo, pem};

/// A client says a line and hears it again; then it goes.
fn says_a_line(process: &mut Process) {
    process.write(b"hello\n");
    process.wait_for_text("hello\n");
    process.close_stdin();
}

/// Our server, asked by a line of the client's to ask for its certificate, twice.
fn asks(pki: &Pki, start: impl FnOnce(&ClientSetup<'_>) -> Process) -> Outcome {
    let config = config::server(&pki.server).post_handshake_auth(config::require(pki.root())).build().unwrap();
    let server = TestServer::start(config, Mode::Echo);
    let mut process = start(&ClientSetup { identity: Some(&pki.client), ..ClientSetup::new(server.port, pki.root()) });
    for line in ["!certificate\n", "between\n", "!certificate \n", "last words\n"] {
        process.write(line.as_bytes());
        process.wait_for_text(line);
    }
    process.close_stdin();
    process.finish();
    server.outcome()
}

#[test]
fn post_handshake_authentication_of_clients() {
    let mut counter = Counter::new("certificates-pha-server", 4);
    for kind in [KeyKind::P256, KeyKind::Rsa] {
        let pki = Pki::new(kind);
        let s_client = |setup: &ClientSetup<'_>| openssl::client(setup, &["-enable_pha"]);
        let gnutls_cli = |setup: &ClientSetup<'_>| gnutls::client(setup, &["--post-handshake-auth"]);
        for outcome in [asks(&pki, s_client), asks(&pki, gnutls_cli)] {
            assert_eq!(outcome.result, Ok(()));
            assert_eq!(outcome.facts.post_handshake_auth, PostHandshakeAuth::Authenticated);
            let leaf = outcome.facts.peer_certificates[0].subject().to_string();
            assert_eq!(leaf, "CN=tlsmith test client,O=tlsmith tests");
            assert!(outcome.facts.verification.unwrap().is_trusted());
            counter.ran();
        }
    }
    counter.finish();
}

/// OpenSSL behind Python asks when it hears `ask`, and says whom it heard of.
const ASKING_SERVER: &str = r#"
import socket, ssl, sys
chain, key, root = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.load_cert_chain(chain, key)
context.load_verify_locations(root)
context.verify_mode = ssl.CERT_REQUIRED
context.post_handshake_auth = True
listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
connection = context.wrap_socket(listener.accept()[0], server_side=True)
while line := connection.recv(100):
    print("before", connection.getpeercert(), flush=True)
    connection.verify_client_post_handshake()
    connection.sendall(b"asked\n")
    connection.recv(100)
    print("after", connection.getpeercert()["subject"], flush=True)
"#;

#[test]
fn post_handshake_authentication_of_us() {
    let pki = Pki::new(KeyKind::P256);
    let mut command = Command::new("python3");
    command.args(["-c", ASKING_SERVER]).arg(&pki.server.chain).arg(&pki.server.key).arg(pki.root());
    let process = Process::spawn(&mut command);
    let port = process.wait_for_line("port ").trim().parse().unwrap();
    let config = config::client(pki.root()).post_handshake_auth(true).identity(config::identity(&pki.client));
    let mut stream = client::connect(port, config.build().unwrap());
    for _ in 0..2 {
        stream.write_all(b"ask\n").unwrap();
        let mut line = [0; 6];
        stream.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"asked\n");
        assert_eq!(stream.facts().post_handshake_auth, PostHandshakeAuth::Authenticated);
        stream.write_all(b"and?\n").unwrap();
    }
    process.wait_for("the client's name, twice", |out, _| {
        let lines: Vec<&str> = out.lines().collect();
        let named = lines.iter().filter(|line| line.starts_with("after") && line.contains("tlsmith test client"));
        (lines.contains(&"before None") && named.count() == 2).then_some(())
    });
}

#[test]
fn stapled_responses() {
    let mut counter = Counter::new("certificates-ocsp", 3);
    let pki = Pki::new(KeyKind::P256);
    let file = openssl::ocsp_response(&pki, &pki.server);
    let response = fs::read(&file).unwrap();

    let identity = config::identity(&pki.server);
    identity.staple(Staples::new(Some(response.clone()), None).unwrap());
    let server = ServerConfig::builder(config::provider()).identity(identity).build().unwrap();
    let server = TestServer::start(server, Mode::Echo);
    let mut process = openssl::client(&ClientSetup::new(server.port, pki.root()), &["-status"]);
    process.wait_for_text("OCSP Response Status: successful (0x0)");
    process.wait_for_text("Cert Status: good");
    says_a_line(&mut process);
    process.finish();
    assert_eq!(server.outcome().result, Ok(()));
    counter.ran();

    let received = |port| {
        let mut stream = client::connect(port, config::client(pki.root()).build().unwrap());
        stream.handshake().unwrap();
        stream.facts().ocsp_response.clone()
    };
    let path = file.to_str().unwrap();
    let server = openssl::Server::start(&ServerSetup::new(&pki.server), openssl::Mode::Www, &["-status_file", path]);
    assert_eq!(received(server.port).as_ref(), Some(&response));
    counter.ran();
    let more = ["--echo", "--ocsp-response", path, "--ignore-ocsp-response-errors"];
    let server = gnutls::Server::start(&ServerSetup::new(&pki.server), &more);
    assert_eq!(received(server.port).as_ref(), Some(&response));
    counter.ran();
    counter.finish();
}

/// GnuTLS has raw public keys; OpenSSL has them from 3.2 on.
#[test]
fn raw_public_keys() {
    let mut counter = Counter::new("certificates-raw-keys", 4);
    for kind in [KeyKind::P256, KeyKind::Ed25519] {
        let pki = Pki::new(kind);
        let (of_server, server_file) = key(&pki, "server", &pki.server.key);
        let (of_client, client_file) = key(&pki, "client", &pki.client.key);
        let expected = |key: &Arc<Identity>| Arc::new(ExpectedKeys::new([key.shown_key().unwrap().clone()]));
        let files = [server_file.as_str(), client_file.as_str()];

        let server = ServerConfig::builder(config::provider()).identity(of_server.clone());
        let server: ServerConfigBuilder = server.client_auth(ClientAuth::Require(expected(&of_client)));
        let server = TestServer::start(server.build().unwrap(), Mode::Echo);
        let mut process = gnutls_with_raw_keys(
            Command::new("gnutls-cli").args(["--insecure", "--port", &server.port.to_string()]),
            pki.client.key.to_str().unwrap(),
            files[1],
            Some("127.0.0.1"),
        );
        says_a_line(&mut process);
        process.finish();
        let outcome = server.outcome();
        assert_eq!(outcome.result, Ok(()));
        assert_eq!(outcome.facts.peer_raw_key.as_ref(), of_client.shown_key());
        counter.ran();

        let port = tlsmith_testkit::peers::free_ports(1)[0];
        let process = gnutls_with_raw_keys(
            Command::new("gnutls-serv").args(["--echo", "--require-client-cert", "--port", &port.to_string()]),
            pki.server.key.to_str().unwrap(),
            files[0],
            None,
        );
        process.wait_for("the word that it listens", |out, err| {
            let text = format!("{out}{err}");
            (text.contains("listening on IPv4") && text.contains("done")).then_some(())
        });
        let client = ClientConfig::builder(config::provider(), expected(&of_server)).identity(of_client.clone());
        let mut stream = client::connect(port, client.build().unwrap());
        stream.write_all(b"hello\n").unwrap();
        let mut line = [0; 6];
        stream.read_exact(&mut line).unwrap();
        assert_eq!(stream.facts().peer_raw_key.as_ref(), of_server.shown_key());
        assert_eq!(stream.facts().own_raw_key.as_ref(), of_client.shown_key());
        counter.ran();
    }
    counter.finish();
}

fn gnutls_with_raw_keys(command: &mut Command, key: &str, public: &str, host: Option<&str>) -> Process {
    command.args(["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CTYPE-ALL:+CTYPE-RAWPK"]);
    command.args(["--rawpkkeyfile", key, "--rawpkfile", public]).args(host);
    Process::spawn(command)
}

/// The key of a file as an identity of its own, and a file with its public half.
fn key(pki: &Pki, name: &str, file: &std::path::Path) -> (Arc<Identity>, String) {
    let private = pem::private_key(&AwsLc, &fs::read(file).unwrap()).unwrap();
    let identity = Arc::new(Identity::raw_public_key(private).unwrap());
    let public = pki.dir().join(format!("{name}.pub"));
    must_run(Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(file).arg("-out").arg(&public));
    let der = must_run_bytes(Command::new("openssl").args(["pkey", "-pubin", "-outform", "DER", "-in"]).arg(&public));
    assert_eq!(identity.shown_key(), Some(&SubjectPublicKeyInfo::from_der(&der).unwrap()));
    (identity, public.to_str().unwrap().to_owned())
}

fn must_run_bytes(command: &mut Command) -> Vec<u8> {
    let ended = tlsmith_testkit::process::run(command);
    assert!(ended.status.success(), "{}", ended.stderr());
    ended.stdout
}
