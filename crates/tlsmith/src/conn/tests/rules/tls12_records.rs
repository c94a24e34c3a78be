//! Records of TLS 1.2 (RFC 5246 §6.2, §7.2), and record_size_limit there (RFC 8449).

use super::{
    super::peer::{Act, Script, alter_answer, alter_hello, honest, plain_record},
    *,
};
use crate::{
    ext::Extension,
    record::{RecordType, protect::KeyLimits},
    registry::{CipherSuite, ExtensionType, ProtocolVersion},
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;

/// Our client, which speaks both versions and reads so much, against a server of TLS 1.2.
fn client(world: &World, limit: u16, script: Script) -> Play {
    let server = world.server().versions(TLS12, TLS12).build().unwrap();
    let client = world.client().record_size_limit(limit).build().unwrap();
    Play::client(client, Peer::server(server, script))
}

/// Our server, which speaks both versions and reads so much, against a client of TLS 1.2.
fn server(world: &World, limit: u16, script: Script) -> Play {
    let client = world.client().versions(TLS12, TLS12).build().unwrap();
    let server = world.server().record_size_limit(limit).build().unwrap();
    Play::server(server, Peer::client(client, script))
}

/// Connected; the victim, a client or a server, reads so much.
fn limited(world: &World, is_client: bool, limit: u16) -> Play {
    let mut play = if is_client { client(world, limit, honest()) } else { server(world, limit, honest()) };
    play.go_on();
    assert!(!play.victim.is_handshaking() && play.peer.is_connected(), "{:?} {:?}", play.error, play.peer.error);
    play
}

fn connected(world: &World, is_client: bool) -> Play {
    limited(world, is_client, 16_385)
}

fn then(world: &World, is_client: bool, act: Act) -> Seen {
    let mut play = connected(world, is_client);
    play.peer.act(act);
    play.finish()
}

fn wire(content_type: u8, len: usize) -> Act {
    Act::Wire(plain_record(content_type, &vec![7; len]))
}

/// The peer says this limit in its ServerHello.
fn server_says(world: &World, limit: u16) -> Play {
    let script = alter_answer("ServerHello", move |hello| {
        let said = limit.to_be_bytes();
        hello.extensions.retain(|extension| extension.extension_type() != ExtensionType::RECORD_SIZE_LIMIT);
        hello.extensions.push(Extension::Unknown(ExtensionType::RECORD_SIZE_LIMIT, Box::leak(Box::new(said))));
    });
    client(world, 16_385, script)
}

fn client_says(world: &World, limit: u16) -> Play {
    let script = alter_hello(move |hello| {
        hello.extensions.retain(|extension| !matches!(extension, Extension::RecordSizeLimit(_)));
        hello.extensions.push(Extension::RecordSizeLimit(limit));
    });
    server(world, 16_385, script)
}

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::RecordOverflow,
        name: "2^14 + 2049 bytes, protected, of TLS 1.2 (RFC 5246 §6.2.3)",
        run: |world| then(world, true, Act::Wire(vec![22, 3, 3, 0x48, 1])),
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "2^14 + 1 bytes of content in TLS 1.2",
        run: |world| then(world, false, Act::Record(RecordType::ApplicationData, vec![7; (1 << 14) + 1])),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "the longest record of TLS 1.2 is judged by its MAC",
        run: |world| then(world, true, wire(22, (1 << 14) + 2048)),
    },
    Case { rule: Rule::BadRecordMac, name: "data of TLS 1.2", run: |world| then(world, false, wire(23, 60)) },
    Case { rule: Rule::BadRecordMac, name: "no nonce and no tag", run: |world| then(world, true, wire(23, 0)) },
    Case { rule: Rule::BadRecordMac, name: "a nonce and half a tag", run: |world| then(world, false, wire(21, 16)) },
    Case {
        rule: Rule::BadRecordMac,
        name: "an alert in the clear, to a server of TLS 1.2",
        run: |world| then(world, false, Act::Wire(plain_record(21, &[2, 40]))),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "a handshake record in the clear, to a client of TLS 1.2",
        run: |world| then(world, true, Act::Wire(plain_record(22, &[0, 0, 0, 0]))),
    },
    Case {
        rule: Rule::EmptyRecord,
        name: "an empty handshake record of TLS 1.2",
        run: |world| then(world, true, Act::Record(RecordType::Handshake, Vec::new())),
    },
    Case {
        rule: Rule::EmptyRecord,
        name: "an empty alert of TLS 1.2",
        run: |world| then(world, false, Act::Record(RecordType::Alert, Vec::new())),
    },
    Case {
        rule: Rule::InvalidContentType,
        name: "under the keys of TLS 1.2",
        run: |world| then(world, true, wire(99, 60)),
    },
    Case {
        rule: Rule::TooManyEmptyRecords,
        name: "33 empty records of data in TLS 1.2",
        run: |world| {
            let mut play = connected(world, false);
            (0..33).for_each(|_| play.peer.send(b""));
            play.finish()
        },
    },
    Case {
        rule: Rule::KeyExhausted,
        name: "in TLS 1.2, where no KeyUpdate helps",
        run: |world| {
            let mut play = connected(world, true);
            let limits = KeyLimits { update_after: 0, refuse_after: 0 };
            play.victim.write.sealer.as_mut().unwrap().set_limits(limits);
            let error = play.victim.send(b"data", &mut play.outbox).unwrap_err();
            play.finish_with(error).mute()
        },
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "past the limit of a client of TLS 1.2",
        run: |world| {
            let mut play = limited(world, true, 64);
            play.peer.send(&[7; 65]);
            play.finish()
        },
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "past the limit of a server of TLS 1.2",
        run: |world| {
            let mut play = limited(world, false, 64);
            play.peer.send(&[7; 65]);
            play.finish()
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a limit of 63 of a server of TLS 1.2",
        run: |world| server_says(world, 63).finish(),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a limit of TLS 1.3 of a server of TLS 1.2",
        run: |world| server_says(world, 16_385).finish(),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a limit of 63 of a client of TLS 1.2",
        run: |world| client_says(world, 63).finish(),
    },
];

#[test]
fn cases() {
    run(CASES);
}

/// The limit is of content alone (RFC 8449 §4), and the handshake in the clear does not count.
#[test]
fn records_up_to_the_limit() {
    let world = World::new();
    for is_client in [true, false] {
        for limit in [64, 16_384, 16_385] {
            let mut play = limited(&world, is_client, limit);
            let data = vec![7; usize::from(limit.min(16_384))];
            play.peer.send(&data);
            play.go_on();
            assert!(play.error.is_none(), "{:?}", play.error);
            assert_eq!(play.data, data);
        }
    }
}

/// With both kinds of nonce; a client may say more than there is (§4).
#[test]
fn what_is_sent_keeps_to_the_peers_limit() {
    let world = World::new();
    for suite in [
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ] {
        for limit in [64, 1000, 16_385] {
            let client = || world.client().versions(TLS12, TLS12).cipher_suites(&[suite]);
            let server = || world.server().versions(TLS12, TLS12).cipher_suites(&[suite]);
            let peer = Peer::server(server().record_size_limit(limit).build().unwrap(), honest());
            let mut from_client = Play::client(client().build().unwrap(), peer);
            let peer = Peer::client(client().record_size_limit(limit).build().unwrap(), honest());
            let mut from_server = Play::server(server().build().unwrap(), peer);
            for play in [&mut from_client, &mut from_server] {
                play.go_on();
                play.send(&[7; 40_000]);
                play.victim.send_close(&mut play.outbox);
                play.go_on();
                assert!(play.error.is_none() && play.peer.error.is_none(), "{:?} {:?}", play.error, play.peer.error);
                assert_eq!(play.peer.data.len(), 40_000);
                assert_eq!(play.peer.inner_lengths.iter().max(), Some(&usize::from(limit.min(16_384))), "{suite}");
            }
        }
    }
}
