//! `tlsmith connect --json` against other people's servers: every suite, group and signature scheme that both have, and
//! whether the JSON tells the truth.
//!
//! The servers are bound to one suite, one group and where they can be told to one scheme: what the JSON says besides
//! is then wrong by construction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    combos::{Combo, all, first_schemes, pki_of, pkis},
    config::sha256,
    count::Counter,
    peers::{
        CLASSIC_GROUPS, ClientAuth, HYBRID, SUITES, ServerSetup, gnutls, nginx,
        nginx::Nginx,
        openssl,
        script::{Language, Script},
        tlsmith::{Connected, connect_json},
    },
    truth::Truth,
};

/// Java 17 has no Ed25519 in TLS.
const JAVA_KINDS: [KeyKind; 5] = [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa, KeyKind::RsaPss];
const ALL_GROUPS: [&str; 5] = [HYBRID, "x25519", "secp256r1", "secp384r1", "secp521r1"];

fn bound<'a>(combo: &'a Combo, pki: &'a Pki) -> ServerSetup<'a> {
    ServerSetup {
        suites: std::slice::from_ref(&combo.suite),
        groups: std::slice::from_ref(&combo.group),
        schemes: std::slice::from_ref(&combo.scheme),
        ..ServerSetup::new(&pki.server)
    }
}

fn write(pki: &Pki, file: &str, content: &[u8]) -> PathBuf {
    let path = pki.dir().join(file);
    fs::write(&path, content).unwrap();
    path
}

/// Connects and sends a file.
fn connect(port: u16, pki: &Pki, request: &Path) -> Connected {
    connect_json(port, pki.root(), &["--send", request.to_str().unwrap()])
}

/// Checks parameters, chain and reply.
fn check(context: &str, combo: &Combo, connected: &Connected, truths: &Truths) {
    connected.check(context, combo);
    assert_eq!(connected.json["retried"], !["x25519", HYBRID].contains(&combo.group), "{context}");
    assert_eq!(connected.json["client_auth_requested"], false, "{context}");
    assert!(connected.json["alpn"].is_null(), "{context}");
    for (entry, truth) in connected.json["chain"].as_array().unwrap().iter().zip(&truths[&combo.kind]) {
        truth.check(context, entry);
    }
    let sans: Vec<_> =
        connected.json["chain"][0]["sans"].as_array().unwrap().iter().filter_map(|v| v.as_str()).collect();
    assert_eq!(sans, ["DNS:localhost", "IP:127.0.0.1", "IP:::1"], "{context}");
}

/// Server and intermediate as OpenSSL reads them, for each type of key.
type Truths = BTreeMap<KeyKind, [Truth; 2]>;

fn truths(pkis: &[Pki]) -> Truths {
    let two = |pki: &Pki| [Truth::of(&pki.server.leaf), Truth::of(&pki.intermediate())];
    pkis.iter().map(|pki| (pki.kind(), two(pki))).collect()
}

fn each_server(name: &'static str, expected: usize, start: impl Fn(&ServerSetup<'_>) -> (u16, Box<dyn std::any::Any>)) {
    let pkis = pkis(&KeyKind::ALL);
    let mut counter = Counter::new(name, expected);
    let truths = truths(&pkis);
    for combo in all(&CLASSIC_GROUPS, &KeyKind::ALL) {
        let (pki, context) = (pki_of(&pkis, combo.kind), format!("{name}: {combo}"));
        let request = write(pki, "request", b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
        let (port, server) = start(&bound(&combo, pki));
        let connected = connect(port, pki, &request);
        check(&context, &combo, &connected, &truths);
        assert!(connected.json["reply"]["bytes"].as_u64().unwrap() > 100, "{context}: {}", connected.json);
        drop(server);
        counter.ran();
    }
    counter.finish();
}

#[test]
fn openssl_s_server() {
    each_server("client-openssl", 120, |setup| {
        let server = openssl::Server::start(setup, openssl::Mode::Www, &[]);
        (server.port, Box::new(server))
    });
}

#[test]
fn gnutls_serv() {
    each_server("client-gnutls", 120, |setup| {
        let server = gnutls::Server::start(setup, &["--http"]);
        (server.port, Box::new(server))
    });
}

#[test]
fn nginx_serves() {
    let pkis = pkis(&KeyKind::ALL);
    let combos = all(&CLASSIC_GROUPS, &KeyKind::ALL);
    let mut counter = Counter::new("client-nginx", 120);
    let setups: Vec<_> = combos.iter().map(|combo| bound(combo, pki_of(&pkis, combo.kind))).collect();
    let nginx = Nginx::servers(&setups);
    let truths = truths(&pkis);
    for (combo, port) in combos.iter().zip(&nginx.ports) {
        let (pki, context) = (pki_of(&pkis, combo.kind), format!("nginx: {combo}"));
        let connected = connect_json(*port, pki.root(), &[]);
        check(&context, combo, &connected, &truths);
        // What nginx itself says of such a connection.
        let said = nginx::page(*port, pki.root(), &["--suites", combo.suite, "--groups", combo.group]);
        assert!(said.contains(&format!("protocol=TLSv1.3\nsuite={}\n", combo.suite)), "{context}: {said}");
        let group = said.lines().find_map(|line| line.strip_prefix("group=")).map(nginx::group_name);
        assert_eq!(group, Some(combo.group), "{context}: {said}");
        assert!(said.contains("name=localhost\n"), "{context}: {said}");
        counter.ran();
    }
    counter.finish();
}

/// Listeners of a script that is bound to what these combinations share, one connection to each.
fn transfers(script: &mut Script, pkis: &[Pki], truths: &Truths, combos: &[&Combo], counter: &mut Counter) {
    const DOWN: u64 = 3_000;
    for combo in combos {
        let (pki, context) = (pki_of(pkis, combo.kind), format!("{}: {combo}", script.version));
        let mut setup = ServerSetup::new(&pki.server);
        match script.language() {
            Language::Python | Language::PyOpenSsl | Language::TlsLite => {}
            Language::Java => setup.suites = std::slice::from_ref(&combo.suite),
            Language::Node => setup = bound(combo, pki),
        }
        let (listening, port) = script.listen(&setup);
        let mut order = [5_u64.to_be_bytes(), DOWN.to_be_bytes()].concat();
        order.extend_from_slice(b"hello");
        let connected = connect(port, pki, &write(pki, "order", &order));
        check(&context, combo, &connected, truths);
        assert_eq!(connected.json["reply"]["bytes"], 32 + DOWN, "{context}");
        let answer = script.outcome(listening, 0);
        // What a server of theirs says of the scheme is nothing, of the group often.
        answer.seen(&context).check(&context, "TLSv1.3", combo.suite, combo.group, combo.scheme);
        assert_eq!(answer.get("received"), sha256(b"hello"), "{context}");
        counter.ran();
    }
}

fn bound_processes(language: Language, groups: &[&'static str], mut counter: Counter) {
    let pkis = pkis(&KeyKind::ALL);
    let truths = truths(&pkis);
    let combos = first_schemes(groups, &KeyKind::ALL);
    for suite in SUITES {
        for group in groups {
            let mut script = Script::start(language, &[suite], &[group]);
            let these: Vec<_> = combos.iter().filter(|combo| combo.suite == suite && combo.group == *group).collect();
            transfers(&mut script, &pkis, &truths, &these, &mut counter);
        }
    }
    counter.finish();
}

#[test]
fn python_ssl() {
    bound_processes(Language::Python, &CLASSIC_GROUPS, Counter::new("client-python", 72));
}

#[test]
fn pyopenssl_with_the_hybrid_group() {
    bound_processes(Language::PyOpenSsl, &ALL_GROUPS, Counter::new("client-pyopenssl", 90));
}

#[test]
fn node_tls() {
    let pkis = pkis(&KeyKind::ALL);
    let truths = truths(&pkis);
    let mut counter = Counter::new("client-node", 120);
    let mut script = Script::start(Language::Node, &[], &[]);
    let combos = all(&CLASSIC_GROUPS, &KeyKind::ALL);
    transfers(&mut script, &pkis, &truths, &combos.iter().collect::<Vec<_>>(), &mut counter);
    counter.finish();
}

#[test]
fn java_sslsocket() {
    let pkis = pkis(&JAVA_KINDS);
    let truths = truths(&pkis);
    let mut counter = Counter::new("client-java", 60);
    let combos = first_schemes(&CLASSIC_GROUPS, &JAVA_KINDS);
    for group in CLASSIC_GROUPS {
        let mut script = Script::start(Language::Java, &[], &[group]);
        let these: Vec<_> = combos.iter().filter(|combo| combo.group == group).collect();
        transfers(&mut script, &pkis, &truths, &these, &mut counter);
    }
    counter.finish();
}

/// The client's own bounds, against a server that leaves it all open: each suite, each group, each scheme.
#[test]
fn what_the_client_asks_for() {
    let mut counter = Counter::new("client-bound", 15 + 10);
    let pkis = pkis(&KeyKind::ALL);
    let mut script = Script::start(Language::PyOpenSsl, &SUITES, &ALL_GROUPS);
    let (_, port) = script.listen(&ServerSetup::new(&pkis[0].server));
    for combo in first_schemes(&ALL_GROUPS, &[KeyKind::P256]) {
        let options = ["--suites", combo.suite, "--groups", combo.group];
        let connected = connect_json(port, pkis[0].root(), &options);
        connected.check(&format!("asked for {combo}"), &combo);
        counter.ran();
    }
    for pki in &pkis {
        let server = openssl::Server::start(&ServerSetup::new(&pki.server), openssl::Mode::Www, &[]);
        for scheme in pki.kind().schemes() {
            let combo = Combo { suite: "TLS_AES_128_GCM_SHA256", group: "secp521r1", kind: pki.kind(), scheme };
            let options = ["--suites", combo.suite, "--groups", combo.group, "--sigalgs", scheme];
            connect_json(server.port, pki.root(), &options).check(&format!("asked for {combo}"), &combo);
            counter.ran();
        }
    }
    counter.finish();
}

/// ALPN and client certificates as the JSON tells them.
#[test]
fn alpn_and_client_certificates() {
    let mut counter = Counter::new("client-alpn-mtls", 18);
    for kind in KeyKind::ALL {
        let pki = Pki::new(kind);
        let identity = [
            "--cert",
            pki.client.chain.to_str().unwrap(),
            "--key",
            pki.client.key.to_str().unwrap(),
            "--alpn",
            "h2,http/1.1",
        ];
        for auth in [ClientAuth::Require(pki.root()), ClientAuth::Request(pki.root())] {
            let setup = ServerSetup { alpn: &["http/1.1"], client_auth: auth, ..ServerSetup::new(&pki.server) };
            let context = format!("{kind:?} {auth:?}");
            let nginx = Nginx::servers(&[setup]);
            let gnutls = gnutls::Server::start(&setup, &["--http"]);
            let openssl = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
            for port in [nginx.ports[0], gnutls.port, openssl.port] {
                if auth == ClientAuth::Require(pki.root()) {
                    let connected = connect_json(port, pki.root(), &identity);
                    assert_eq!(connected.code, 0, "{context}: {}", connected.json);
                    assert_eq!(connected.json["client_auth_requested"], true, "{context}");
                    assert_eq!(connected.text("/alpn"), "http/1.1", "{context}");
                    assert_eq!(connected.text("/client_auth/signature_scheme"), kind.schemes()[0], "{context}");
                    assert_eq!(connected.text("/client_auth/outcome"), "accepted", "{context}: {}", connected.json);
                    counter.ran();
                } else {
                    // Without a certificate it has to work as well.
                    let connected = connect_json(port, pki.root(), &["--alpn", "http/1.1"]);
                    assert_eq!(connected.code, 0, "{context}: {}", connected.json);
                    assert_eq!(connected.json["client_auth_requested"], true, "{context}");
                    assert!(connected.json["client_auth"]["subject"].is_null(), "{context}");
                }
            }
        }
    }
    counter.finish();
}
