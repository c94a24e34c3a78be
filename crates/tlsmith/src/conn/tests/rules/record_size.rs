//! record_size_limit (RFC 8449): values that are not allowed, and limits that are not kept.

use super::{
    super::{Pair, peer::alter, peer::alter_hello},
    *,
};
use crate::{
    config::Padding,
    ext::Extension,
    msg::Message,
    registry::{CipherSuite, ExtensionType},
};

/// Our server against a client that says this limit.
fn client_says(world: &World, limit: u16) -> Play {
    let script = alter_hello(move |hello| say(&mut hello.extensions, Some(limit)));
    against_server(world, script)
}

/// Our client against a server that says this limit, or nothing.
fn server_says(world: &World, limit: Option<u16>) -> Play {
    let script = alter("EncryptedExtensions", move |message| {
        let Message::EncryptedExtensions(message) = message else { unreachable!() };
        say(&mut message.extensions, limit);
    });
    against_client(world, script)
}

fn say(extensions: &mut Vec<Extension<'_>>, limit: Option<u16>) {
    extensions.retain(|extension| !matches!(extension, Extension::RecordSizeLimit(_)));
    extensions.extend(limit.map(Extension::RecordSizeLimit));
}

/// Connected: the victim, a client or a server, has said 64; what the peer sends then has this length in all.
fn peer_sends(world: &World, client: bool, inner: usize) -> Play {
    let mut play = match client {
        true => Play::client(
            world.client().record_size_limit(64).build().unwrap(),
            Peer::server(world.server().build().unwrap(), peer::honest()).in_fragments(63),
        ),
        false => Play::server(
            world.server().record_size_limit(64).build().unwrap(),
            Peer::client(world.client().build().unwrap(), peer::honest()).in_fragments(63),
        ),
    };
    play.go_on();
    assert!(!play.victim.is_handshaking() && play.error.is_none(), "{:?}", play.error);
    play.peer.act(peer::Act::Inner(vec![23; inner]));
    play
}

pub(super) const CASES: &[Case] = &[
    Case { rule: Rule::IllegalParameter, name: "63 of a client", run: |world| client_says(world, 63).finish() },
    Case { rule: Rule::IllegalParameter, name: "none of a client", run: |world| client_says(world, 0).finish() },
    Case { rule: Rule::IllegalParameter, name: "63 of a server", run: |world| server_says(world, Some(63)).finish() },
    Case {
        rule: Rule::IllegalParameter,
        name: "more than a record of a server",
        run: |world| server_says(world, Some(16_386)).finish(),
    },
    Case {
        rule: Rule::DuplicateExtension,
        name: "two limits of a client",
        run: |world| {
            let script = alter_hello(|hello| hello.extensions.insert(0, Extension::RecordSizeLimit(64)));
            against_server(world, script).finish()
        },
    },
    Case {
        rule: Rule::Decode,
        name: "a limit of one byte",
        run: |world| {
            let script = alter_hello(|hello| {
                say(&mut hello.extensions, None);
                hello.extensions.insert(0, Extension::Unknown(ExtensionType::RECORD_SIZE_LIMIT, &[64]));
            });
            against_server(world, script).finish()
        },
    },
    // §5: `max_fragment_length` was not asked for, with a limit beside it or without.
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "max_fragment_length of a server",
        run: |world| {
            let script = alter("EncryptedExtensions", |message| {
                let Message::EncryptedExtensions(message) = message else { unreachable!() };
                message.extensions.push(Extension::MaxFragmentLength(1));
            });
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "a server's record past the client's limit",
        run: |world| peer_sends(world, true, 65).finish(),
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "a client's record past the server's limit",
        run: |world| peer_sends(world, false, 65).finish(),
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "padding past the client's limit",
        run: |world| {
            let mut play = peer_sends(world, true, 2);
            play.peer.act(peer::Act::Inner([&[23][..], &[0; 64]].concat()));
            play.finish()
        },
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "the very record with the server's answer",
        run: |world| {
            // 70 bytes of ALPN: EncryptedExtensions is longer than 64.
            let name = [b'x'; 70];
            let client = world.client().record_size_limit(64).alpn(&[&name]).build().unwrap();
            let server = world.server().alpn(&[&name]).build().unwrap();
            Play::client(client, Peer::server(server, peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "the client's flight past the server's limit",
        run: |world| {
            let auth = crate::config::ClientAuth::Require(world.verifier());
            let server = world.server().client_auth(auth).record_size_limit(200).build().unwrap();
            let client = world.client().identity(world.identity.clone()).build().unwrap();
            Play::server(server, Peer::client(client, peer::honest())).finish()
        },
    },
];

#[test]
fn cases() {
    run(CASES);
}

#[test]
fn records_up_to_the_limit() {
    let world = World::new();
    for client in [true, false] {
        let mut play = peer_sends(&world, client, 64);
        play.go_on();
        assert!(play.error.is_none(), "{:?}", play.error);
        assert_eq!(play.data, [23; 63]);
    }
}

/// A server that says nothing has agreed to nothing; a client that says more than there is, to all there is.
#[test]
fn limits_that_do_not_bind() {
    let world = World::new();
    let client = world.client().record_size_limit(64).build().unwrap();
    let script = alter("EncryptedExtensions", |message| {
        let Message::EncryptedExtensions(message) = message else { unreachable!() };
        say(&mut message.extensions, None);
    });
    let mut silent = Play::client(client, Peer::server(world.server().build().unwrap(), script));
    let mut generous = client_says(&world, u16::MAX);
    for (play, said) in [(&mut silent, None), (&mut generous, Some(u16::MAX))] {
        play.go_on();
        play.peer.send(&[7; 1 << 14]);
        play.send(&[7; 1 << 14]);
        play.go_on();
        assert!(play.error.is_none(), "{:?}", play.error);
        assert_eq!((play.data.len(), play.peer.data.len()), (1 << 14, 1 << 14));
        assert_eq!(play.peer.inner_lengths.last(), Some(&((1 << 14) + 1)));
        assert_eq!(play.victim.facts().record_size_limit, said);
    }
}

/// `max_fragment_length` would say 2^9 (RFC 6066 §4); with record_size_limit beside it or alone it is ignored (§5).
#[test]
fn max_fragment_length_is_not_honoured() {
    let world = World::new();
    for limit in [None, Some(5000)] {
        let script = alter_hello(move |hello| {
            say(&mut hello.extensions, limit);
            hello.extensions.insert(0, Extension::MaxFragmentLength(1));
        });
        let mut play = against_server(&world, script);
        play.go_on();
        play.send(&[7; 10_000]);
        play.go_on();
        assert!(play.error.is_none() && play.peer.error.is_none(), "{:?} {:?}", play.error, play.peer.error);
        let longest = play.peer.inner_lengths.iter().max();
        assert_eq!(longest, Some(&limit.map_or(10_001, usize::from)));
    }
}

/// From the first protected record to the last, with any padding: content, type and padding are within the limit.
#[test]
fn what_is_sent_keeps_to_the_peers_limit() {
    let world = World::new();
    let auth = || crate::config::ClientAuth::Require(world.verifier());
    for limit in [64, 100, 16_384, 16_385] {
        for padding in [Padding::None, Padding::MultipleOf(64), Padding::MultipleOf(16_384), Padding::Bytes(50)] {
            let client = || world.client().identity(world.identity.clone());
            let server = || world.server().client_auth(auth());
            let peer = Peer::server(server().record_size_limit(limit).build().unwrap(), peer::honest());
            let mut from_client = Play::client(client().padding(padding).build().unwrap(), peer);
            let peer = Peer::client(client().record_size_limit(limit).build().unwrap(), peer::honest());
            let mut from_server = Play::server(server().padding(padding).build().unwrap(), peer);
            for (play, first) in [(&mut from_client, "Certificate"), (&mut from_server, "EncryptedExtensions")] {
                play.go_on();
                play.send(&[7; 40_000]);
                play.victim.update_keys(false, &mut play.outbox).unwrap();
                play.send(b"more");
                play.victim.send_close(&mut play.outbox);
                play.go_on();
                assert!(play.error.is_none() && play.peer.error.is_none(), "{:?} {:?}", play.error, play.peer.error);
                assert_eq!(play.peer.data.len(), 40_004);
                assert!(play.peer.heard.contains(&first));
                let (longest, limit) = (play.peer.inner_lengths.iter().max().unwrap(), usize::from(limit));
                assert!(*longest <= limit && *longest + 1 >= limit.min(16_385), "{longest} of {limit}, {padding:?}");
            }
        }
    }
}

/// Both sides ours, both with limits of their own, through a retry.
#[test]
fn both_limits_at_once() {
    let world = World::new();
    for suite in [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_128_CCM_8_SHA256] {
        let client = world.client().cipher_suites(&[suite]).key_shares(&[]).record_size_limit(64);
        let server = world.server().cipher_suites(&[suite]).record_size_limit(1000);
        let mut pair = Pair::new(client.build().unwrap(), server.build().unwrap());
        pair.run().unwrap();
        assert_eq!(pair.client.facts().record_size_limit, Some(1000));
        assert_eq!(pair.server.facts().record_size_limit, Some(64));
        for _ in 0..3 {
            pair.client.update_keys(true, &mut pair.to_server).unwrap();
            pair.client.send(&[1; 5000], &mut pair.to_server).unwrap();
            pair.server.send(&[2; 5000], &mut pair.to_client).unwrap();
            let (at_client, at_server) = pair.run().unwrap();
            assert_eq!((at_client, at_server), (vec![2; 5000], vec![1; 5000]));
        }
    }
}
