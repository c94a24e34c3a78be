//! tlsmith against itself in memory: every suite, group and type of key, cut anywhere, and repeatable to the byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;

use proptest::prelude::*;
use tlsmith::{ClientConfig, ServerConfig};
use tlsmith_testkit::{
    certs::{KeyKind, Pki},
    config,
    pair::{Cut, Pair},
    peers::{CLASSIC_GROUPS, HYBRID, SUITES},
    scripted::Scripted,
};
use tlsmith_x509::UnixTime;

fn joined(client: Arc<ClientConfig>, server: Arc<ServerConfig>, cut: Cut) -> Pair {
    let mut pair = Pair::new(client, server, "localhost".parse().unwrap(), UnixTime::now(), cut).unwrap();
    pair.run();
    pair
}

fn talk(pair: &mut Pair) {
    for (up, down) in [(b"ping".to_vec(), vec![]), (vec![7; 40_000], vec![9; 50_000])] {
        pair.client.received.clear();
        pair.server.received.clear();
        pair.client.connection.send(&up, &mut pair.client.output).unwrap();
        pair.server.connection.send(&down, &mut pair.server.output).unwrap();
        pair.run();
        assert!(pair.server.received == up && pair.client.received == down);
    }
}

#[test]
fn every_suite_group_and_key() {
    for kind in KeyKind::ALL {
        let pki = Pki::new(kind);
        for suite in SUITES {
            for group in [HYBRID].iter().chain(&CLASSIC_GROUPS) {
                let server = config::server_of(&pki.server, suite, group).client_auth(config::require(pki.root()));
                let client = config::client(pki.root()).identity(config::identity(&pki.client));
                let mut pair = joined(client.build().unwrap(), server.build().unwrap(), Cut::Nowhere);
                let context = format!("{suite} {group} {kind:?}");
                assert!(pair.client.error.is_none(), "{context}: {:?}", pair.client.error);
                assert!(pair.server.error.is_none(), "{context}: {:?}", pair.server.error);
                for end in [&pair.client, &pair.server] {
                    let facts = end.connection.facts();
                    assert_eq!(facts.cipher_suite.unwrap().to_string(), suite, "{context}");
                    assert_eq!(facts.group.unwrap().to_string(), *group, "{context}");
                    assert!(facts.client_auth_requested, "{context}");
                    assert_eq!(facts.signature_scheme.unwrap().to_string(), kind.schemes()[0], "{context}");
                    assert_eq!(facts.retried, ["secp256r1", "secp384r1", "secp521r1"].contains(group), "{context}");
                }
                talk(&mut pair);
            }
        }
    }
}

#[test]
fn byte_by_byte() {
    let pki = Pki::new(KeyKind::P256);
    let server = config::server_of(&pki.server, SUITES[0], "secp384r1").client_auth(config::require(pki.root()));
    let client = config::client(pki.root()).identity(config::identity(&pki.client));
    let mut pair = joined(client.build().unwrap(), server.build().unwrap(), Cut::EachByte);
    assert!(pair.client.error.is_none() && pair.server.error.is_none());
    talk(&mut pair);
}

fn scripted_pair(cut: Cut, pki: &Pki) -> (Pair, Vec<u8>) {
    // Ed25519 signs without randomness, so all of the run follows from the script.
    let script = |seed: u8| Arc::new(Scripted::new(&[seed; 4096], &[[seed; 32]; 4]));
    let client = ClientConfig::builder(script(1), config::verifier(pki.root())).build().unwrap();
    let server = ServerConfig::builder(script(2)).identity(config::identity(&pki.server)).build().unwrap();
    let mut pair = joined(client, server, cut);
    talk(&mut pair);
    let mut key = vec![0; 32];
    pair.client.connection.export(b"EXPORTER-test", None, &mut key).unwrap();
    (pair, key)
}

#[test]
fn a_script_repeats_to_the_byte() {
    let pki = Pki::new(KeyKind::Ed25519);
    let (_, first) = scripted_pair(Cut::Nowhere, &pki);
    let (_, second) = scripted_pair(Cut::Nowhere, &pki);
    assert_eq!(first, second);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn cuts_change_nothing(cuts in prop::collection::vec(1_usize..700, 1..12)) {
        let pki = Pki::new(KeyKind::Ed25519);
        let (whole, key) = scripted_pair(Cut::Nowhere, &pki);
        let (cut, same) = scripted_pair(Cut::After(cuts), &pki);
        prop_assert_eq!(key, same);
        let notes = |pair: &Pair| format!("{:?}", pair.server.connection.facts().messages);
        prop_assert_eq!(notes(&whole), notes(&cut));
    }
}
