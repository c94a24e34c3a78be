//! tlsmith as a server, other people's programs as clients: every suite, group and signature scheme that both have.
//!
//! Where our server is bound to one group, clients that bring a share of another one have to be asked again
//! (HelloRetryRequest); where it is not, the clients are bound.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    combos::{Combo, all, first_schemes, pki_of, pkis},
    config,
    count::Counter,
    peers::{
        CLASSIC_GROUPS, ClientSetup, HYBRID, SUITES, curl, gnutls,
        nginx::Nginx,
        openssl,
        script::{Language, Script},
    },
    process::{Process, run},
    server::{Mode, Outcome, TestServer},
};

/// Java 17 has no Ed25519 in TLS.
const JAVA_KINDS: [KeyKind; 5] = [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa, KeyKind::RsaPss];
const ALL_GROUPS: [&str; 5] = [HYBRID, "x25519", "secp256r1", "secp384r1", "secp521r1"];

/// A server bound to the suite and the group of the combination.
fn bound(combo: &Combo, pki: &Pki, mode: Mode) -> TestServer {
    TestServer::start(config::server_of(&pki.server, combo.suite, combo.group).build().unwrap(), mode)
}

/// A server for each type of key that leaves the choice to the client.
fn open(pkis: &[Pki], mode: Mode) -> BTreeMap<KeyKind, TestServer> {
    let server = |pki: &Pki| TestServer::start(config::server(&pki.server).build().unwrap(), mode);
    pkis.iter().map(|pki| (pki.kind(), server(pki))).collect()
}

fn good(context: &str, combo: &Combo, outcome: &Outcome) {
    assert_eq!(outcome.result, Ok(()), "{context}");
    combo.check(context, &outcome.facts, true);
}

/// Sends a line and ends when it has come back.
fn echoed(mut client: Process) -> String {
    client.write(b"to and fro\n");
    client.wait_for_text("to and fro\n");
    client.close_stdin();
    client.finish().text()
}

#[test]
fn openssl_s_client() {
    let pkis = pkis(&KeyKind::ALL);
    let mut counter = Counter::new("server-openssl", 120);
    for combo in all(&CLASSIC_GROUPS, &KeyKind::ALL) {
        let (pki, context) = (pki_of(&pkis, combo.kind), format!("s_client: {combo}"));
        let server = bound(&combo, pki, Mode::Echo);
        let setup = ClientSetup { schemes: &[combo.scheme], ..ClientSetup::new(server.port, pki.root()) };
        let said = echoed(openssl::client(&setup, &[]));
        let outcome = server.outcome();
        good(&context, &combo, &outcome);
        // It brings a share for X25519 only.
        assert_eq!(outcome.facts.retried, combo.group != "x25519", "{context}");
        let seen = openssl::seen_by_client(&said);
        seen.check(&context, "TLSv1.3", combo.suite, combo.group, combo.scheme);
        assert!(seen.group.is_some() && seen.scheme.is_some(), "{context}: {said}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn gnutls_cli() {
    let pkis = pkis(&KeyKind::ALL);
    let mut counter = Counter::new("server-gnutls", 120);
    for combo in all(&CLASSIC_GROUPS, &KeyKind::ALL) {
        let (pki, context) = (pki_of(&pkis, combo.kind), format!("gnutls-cli: {combo}"));
        let server = bound(&combo, pki, Mode::Echo);
        let setup = ClientSetup { schemes: &[combo.scheme], ..ClientSetup::new(server.port, pki.root()) };
        let said = echoed(gnutls::client(&setup, &[]));
        good(&context, &combo, &server.outcome());
        let seen = gnutls::seen_by_client(&said);
        seen.check(&context, "TLSv1.3", combo.suite, combo.group, combo.scheme);
        assert!(seen.group.is_some() && seen.scheme.is_some(), "{context}: {said}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn curl_fetches() {
    let pkis = pkis(&KeyKind::ALL);
    let mut counter = Counter::new("server-curl", 72);
    for (at, combo) in first_schemes(&CLASSIC_GROUPS, &KeyKind::ALL).iter().enumerate() {
        let (pki, context) = (pki_of(&pkis, combo.kind), format!("curl: {combo}"));
        // Bound are by turns our side and curl.
        let (suites, groups) = ([combo.suite], [combo.group]);
        let (server, suites, groups) = match at % 2 {
            0 => (bound(combo, pki, Mode::Http), &[][..], &[][..]),
            _ => {
                let config = config::server(&pki.server).build().unwrap();
                (TestServer::start(config, Mode::Http), &suites[..], &groups[..])
            }
        };
        let setup = ClientSetup { suites, groups, ..ClientSetup::new(server.port, pki.root()) };
        let page = curl::get(&setup, "/", &[]);
        assert!(page.status.success(), "{context}: {}", page.text());
        good(&context, combo, &server.outcome());
        assert_eq!(page.stdout(), format!("suite={}\ngroup={}\n", combo.suite, combo.group), "{context}");
        let words = format!("SSL connection using TLSv1.3 / {}", combo.suite);
        assert!(page.stderr().contains(&words), "{context}: {}", page.stderr());
        counter.ran();
    }
    counter.finish();
}

#[test]
fn nginx_fetches() {
    let pkis = pkis(&KeyKind::ALL);
    let servers = open(&pkis, Mode::Http);
    let combos = all(&CLASSIC_GROUPS, &KeyKind::ALL);
    let mut counter = Counter::new("server-nginx", 120);
    let setups: Vec<_> = combos
        .iter()
        .map(|combo| ClientSetup {
            suites: std::slice::from_ref(&combo.suite),
            groups: std::slice::from_ref(&combo.group),
            schemes: std::slice::from_ref(&combo.scheme),
            ..ClientSetup::new(servers[&combo.kind].port, pki_of(&pkis, combo.kind).root())
        })
        .collect();
    let nginx = Nginx::clients(&setups);
    for (combo, port) in combos.iter().zip(&nginx.ports) {
        let context = format!("nginx: {combo}");
        let url = format!("http://127.0.0.1:{port}/");
        let page = run(std::process::Command::new("curl").args(["-sS", "--noproxy", "*", "--max-time", "60", &url]));
        let outcome = servers[&combo.kind].outcome();
        good(&context, combo, &outcome);
        assert_eq!(page.stdout(), format!("suite={}\ngroup={}\n", combo.suite, combo.group), "{context}");
        counter.ran();
    }
    counter.finish();
}

/// A transfer with each combination of one suite and one group, by a script that is bound to them.
fn transfers(
    script: &mut Script,
    pkis: &[Pki],
    servers: &BTreeMap<KeyKind, TestServer>,
    combos: &[&Combo],
    counter: &mut Counter,
) {
    for combo in combos {
        let context = format!("{}: {combo}", script.version);
        let mut setup = ClientSetup::new(servers[&combo.kind].port, pki_of(pkis, combo.kind).root());
        match script.language() {
            Language::Python | Language::PyOpenSsl | Language::TlsLite => {}
            Language::Java => setup.suites = std::slice::from_ref(&combo.suite),
            Language::Node => {
                setup.suites = std::slice::from_ref(&combo.suite);
                setup.groups = std::slice::from_ref(&combo.group);
                setup.schemes = std::slice::from_ref(&combo.scheme);
            }
        }
        let order = script.connect(&setup, 1_000, 50_000);
        let answer = script.outcome(order, 0);
        answer.seen(&context).check(&context, "TLSv1.3", combo.suite, combo.group, combo.scheme);
        let outcome = servers[&combo.kind].outcome();
        good(&context, combo, &outcome);
        assert_eq!(answer.get("sent"), outcome.received, "{context}");
        assert_eq!(answer.get("received"), outcome.sent, "{context}");
        counter.ran();
    }
}

/// Languages in which suite and group bind the whole process.
fn bound_processes(language: Language, groups: &[&'static str], mut counter: Counter) {
    let pkis = pkis(&KeyKind::ALL);
    let servers = open(&pkis, Mode::Transfer);
    let combos = first_schemes(groups, &KeyKind::ALL);
    for suite in SUITES {
        for group in groups {
            let mut script = Script::start(language, &[suite], &[group]);
            let these: Vec<_> = combos.iter().filter(|combo| combo.suite == suite && combo.group == *group).collect();
            transfers(&mut script, &pkis, &servers, &these, &mut counter);
        }
    }
    counter.finish();
}

#[test]
fn python_ssl() {
    bound_processes(Language::Python, &CLASSIC_GROUPS, Counter::new("server-python", 72));
}

#[test]
fn pyopenssl_with_the_hybrid_group() {
    bound_processes(Language::PyOpenSsl, &ALL_GROUPS, Counter::new("server-pyopenssl", 90));
}

#[test]
fn node_tls() {
    let pkis = pkis(&KeyKind::ALL);
    let servers = open(&pkis, Mode::Transfer);
    let mut counter = Counter::new("server-node", 120);
    let mut script = Script::start(Language::Node, &[], &[]);
    let combos = all(&CLASSIC_GROUPS, &KeyKind::ALL);
    transfers(&mut script, &pkis, &servers, &combos.iter().collect::<Vec<_>>(), &mut counter);
    counter.finish();
}

#[test]
fn java_sslsocket() {
    let pkis = pkis(&JAVA_KINDS);
    let servers = open(&pkis, Mode::Transfer);
    let mut counter = Counter::new("server-java", 60);
    let combos = first_schemes(&CLASSIC_GROUPS, &JAVA_KINDS);
    for group in CLASSIC_GROUPS {
        let mut script = Script::start(Language::Java, &[], &[group]);
        let these: Vec<_> = combos.iter().filter(|combo| combo.group == group).collect();
        transfers(&mut script, &pkis, &servers, &these, &mut counter);
    }
    counter.finish();
}
