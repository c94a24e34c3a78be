//! After the handshake: exporters, KeyUpdate by itself, padding (RFC 8446 §4.6.3, §5.4, §5.5, §7.5).

use super::{Pair, Peer, Play, World, peer};
use crate::{
    config::Padding,
    conn::{Connection, Direction},
    record::protect::KeyLimits,
    registry::CipherSuite,
};

const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];

fn export(side: &Connection, label: &[u8], context: &[u8], len: usize) -> Vec<u8> {
    let mut out = vec![0; len];
    side.export(label, Some(context), &mut out).unwrap();
    out
}

#[test]
fn exporters_are_equal_on_both_sides() {
    let world = World::new();
    for suite in SUITES {
        let client = world.client().cipher_suites(&[suite]).build().unwrap();
        let mut pair = Pair::new(client, world.server().build().unwrap());
        pair.run().unwrap();
        assert_eq!(pair.client.facts().cipher_suite, Some(suite));
        let mut seen = Vec::new();
        for (label, context, len) in [
            (&b"EXPORTER-one"[..], &b""[..], 32),
            (b"EXPORTER-two", b"", 32),
            (b"EXPORTER-one", b"context", 32),
            (b"EXPORTER-one", b"", 33),
            (b"EXPORTER-one", &[7; 1000], 200),
            (b"", b"", 16),
        ] {
            let at_client = export(&pair.client, label, context, len);
            assert_eq!(at_client, export(&pair.server, label, context, len));
            // Label, context and length all count (HKDF-Expand-Label has the length in it).
            let start = at_client[..16].to_vec();
            assert!(!seen.contains(&start));
            seen.push(start);
        }
        // KeyUpdates leave it as it is; another connection has another.
        pair.client.update_keys(true, &mut pair.to_server).unwrap();
        pair.exchange();
        assert_eq!(export(&pair.client, b"EXPORTER-one", b"", 32)[..16], seen[0]);
        assert_eq!(export(&pair.server, b"EXPORTER-one", b"", 32)[..16], seen[0]);
        let mut other = Pair::new(world.client().build().unwrap(), world.server().build().unwrap());
        other.run().unwrap();
        assert_ne!(export(&other.client, b"EXPORTER-one", b"", 32)[..16], seen[0]);
    }
}

/// The hostile peer's exporter, too, which has its transcript from the script: with messages in shared records.
#[test]
fn exporters_agree_with_a_peer_that_coalesces() {
    let world = World::new();
    let peer = Peer::server(world.server().build().unwrap(), peer::honest()).coalescing();
    let mut play = Play::client(world.client().build().unwrap(), peer);
    play.go_on();
    assert_eq!(play.peer.export(b"label", b"context").to_vec(), export(&play.victim, b"label", b"context", 40));
}

fn key_updates(side: &Connection, direction: Direction) -> usize {
    let notes = side.facts().messages.iter();
    notes.filter(|note| note.direction == direction && note.name == "KeyUpdate").count()
}

/// The key is changed before its limit, as often as it takes; nothing is refused and nothing is lost.
#[test]
fn keys_are_updated_before_their_limit() {
    let world = World::new();
    for suite in SUITES {
        let client = world.client().cipher_suites(&[suite]).build().unwrap();
        let mut pair = Pair::new(client, world.server().build().unwrap());
        pair.run().unwrap();
        let mut received = Vec::new();
        for round in 0..30_u8 {
            // A new key comes with its own limits: lowered again.
            let limits = KeyLimits { update_after: 3, refuse_after: 5 };
            pair.server.write.sealer.as_mut().unwrap().set_limits(limits);
            pair.server.send(&[round], &mut pair.to_client).unwrap();
            received.extend(pair.run().unwrap().0);
        }
        assert_eq!(received, (0..30).collect::<Vec<u8>>());
        // Three records a key: a KeyUpdate before the 4th, 7th, ... 28th.
        assert_eq!(key_updates(&pair.server, Direction::Sent), 9);
        assert_eq!(key_updates(&pair.client, Direction::Received), 9);
        assert_eq!(key_updates(&pair.client, Direction::Sent), 0);
    }
}

/// Within one long call as well: the limit falls between two records of it.
#[test]
fn keys_are_updated_within_one_call() {
    let world = World::new();
    let mut pair = Pair::new(world.client().build().unwrap(), world.server().build().unwrap());
    pair.run().unwrap();
    // One more than data needs: the KeyUpdate itself is protected by the old key.
    let limits = KeyLimits { update_after: 2, refuse_after: 3 };
    pair.client.write.sealer.as_mut().unwrap().set_limits(limits);
    let data: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    pair.client.send(&data, &mut pair.to_server).unwrap();
    assert_eq!(pair.run().unwrap().1, data);
    assert_eq!(key_updates(&pair.server, Direction::Received), 1);
}

/// Sizes on the wire are what the padding says, up to the largest record.
#[test]
fn padding_sizes() {
    let world = World::new();
    const MAX_INNER: usize = (1 << 14) + 1;
    let inner = |padding, len: usize| match padding {
        Padding::None => len + 1,
        Padding::MultipleOf(step) => (len + 1).next_multiple_of(usize::from(step)).min(MAX_INNER),
        Padding::Bytes(count) => (len + 1 + usize::from(count)).min(MAX_INNER),
    };
    for padding in [
        Padding::None,
        Padding::MultipleOf(1),
        Padding::MultipleOf(64),
        Padding::MultipleOf(1000),
        Padding::MultipleOf(1 << 14),
        Padding::Bytes(0),
        Padding::Bytes(255),
        Padding::Bytes(1 << 14),
    ] {
        let client = world.client().padding(padding).build().unwrap();
        let mut play = Play::client(client, Peer::server(world.server().build().unwrap(), peer::honest()));
        play.go_on();
        assert!(play.error.is_none() && play.peer.is_connected());
        let lengths = [1, 2, 62, 63, 64, 65, 999, 1000, (1 << 14) - 1, 1 << 14];
        // In the handshake too: the client's Finished.
        assert_eq!(play.peer.inner_lengths, [inner(padding, 4 + 32)]);
        play.peer.inner_lengths.clear();
        for len in lengths {
            play.send(&vec![5; len]);
        }
        play.victim.send_close(&mut play.outbox);
        play.go_on();
        let expected: Vec<usize> = lengths.iter().chain(&[2]).map(|len| inner(padding, *len)).collect();
        assert_eq!(play.peer.inner_lengths, expected, "{padding:?}");
        assert_eq!(play.peer.data.len(), lengths.iter().sum::<usize>());
    }
}

/// A peer's padding goes as far as it may, zeros in the data are no padding.
#[test]
fn padding_of_the_peer() {
    let world = World::new();
    let mut play =
        Play::client(world.client().build().unwrap(), Peer::server(world.server().build().unwrap(), peer::honest()));
    play.go_on();
    for inner in [&b"a\0\0\x17"[..], b"b\x17\0\0\0", &[&b"c\x17"[..], &[0; (1 << 14) - 1]].concat()] {
        play.peer.act(peer::Act::Inner(inner.to_vec()));
    }
    play.go_on();
    assert!(play.error.is_none(), "{:?}", play.error);
    assert_eq!(play.data, b"a\0\0bc");
}
