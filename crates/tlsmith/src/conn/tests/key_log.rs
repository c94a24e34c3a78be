//! The key log (the format of NSS): each secret once, on both sides the same, under its label.

use std::sync::{Arc, Mutex};

use super::{Pair, World};
use crate::{
    config::{KeyLog, key_log_line},
    registry::CipherSuite,
};

#[derive(Debug, Default)]
struct Lines(Mutex<Vec<String>>);

impl KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &[u8]) {
        self.0.lock().unwrap().push(key_log_line(label, client_random, secret));
    }
}

/// Lines of client and server.
fn lines(world: &World, suite: CipherSuite, retry: bool) -> (Vec<String>, Vec<String>) {
    let (at_client, at_server) = (Arc::new(Lines::default()), Arc::new(Lines::default()));
    let mut client = world.client().cipher_suites(&[suite]).key_log(at_client.clone());
    if retry {
        client = client.key_shares(&[]);
    }
    let mut pair = Pair::new(client.build().unwrap(), world.server().key_log(at_server.clone()).build().unwrap());
    pair.run().unwrap();
    pair.exchange();
    pair.client.update_keys(true, &mut pair.to_server).unwrap();
    pair.exchange();
    let take = |lines: &Lines| lines.0.lock().unwrap().clone();
    (take(&at_client), take(&at_server))
}

#[test]
fn complete_and_equal_on_both_sides() {
    let world = World::new();
    for (suite, secret_len) in [
        (CipherSuite::TLS_AES_128_GCM_SHA256, 32),
        (CipherSuite::TLS_AES_256_GCM_SHA384, 48),
        (CipherSuite::TLS_CHACHA20_POLY1305_SHA256, 32),
    ] {
        for retry in [false, true] {
            let (at_client, at_server) = lines(&world, suite, retry);
            assert_eq!(at_client, at_server);
            let fields: Vec<Vec<&str>> = at_client.iter().map(|line| line.split(' ').collect()).collect();
            let labels: Vec<&str> = fields.iter().map(|fields| fields[0]).collect();
            assert_eq!(
                labels,
                [
                    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                    "CLIENT_TRAFFIC_SECRET_0",
                    "SERVER_TRAFFIC_SECRET_0",
                    "EXPORTER_SECRET",
                ]
            );
            let mut secrets: Vec<&str> = fields.iter().map(|fields| fields[2]).collect();
            for fields in &fields {
                assert_eq!(fields.len(), 3);
                assert_eq!((fields[1].len(), fields[1]), (64, random_of(&at_client)));
                assert_eq!(fields[2].len(), 2 * secret_len);
                assert!(fields[1..].concat().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
            }
            secrets.sort_unstable();
            secrets.dedup();
            assert_eq!(secrets.len(), 5, "no two secrets are alike");
        }
    }
}

fn random_of(lines: &[String]) -> &str {
    lines[0].split(' ').nth(1).unwrap()
}

/// The client random of the log is the one on the wire: it is how a debugger finds the line.
#[test]
fn the_random_is_the_one_on_the_wire() {
    let world = World::new();
    let log = Arc::new(Lines::default());
    let client = world.client().key_log(log.clone()).build().unwrap();
    let mut pair = Pair::new(client, world.server().build().unwrap());
    // Record header, message header, legacy_version.
    let random: [u8; 32] = pair.to_server[5 + 4 + 2..][..32].try_into().unwrap();
    pair.run().unwrap();
    let expected = key_log_line("X", &random, &[]);
    let random = expected.split(' ').nth(1).unwrap();
    assert_eq!(random_of(&log.0.lock().unwrap()), random);
}
