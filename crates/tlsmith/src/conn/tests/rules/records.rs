//! The record protocol (RFC 8446 §5).

use super::{
    super::peer::{Act, Peer, after, before, instead, plain_record, with_tail},
    *,
};
use crate::{
    ext::Extension,
    msg::Message,
    record::{RecordType, protect::KeyLimits},
    registry::CipherSuite,
};

/// A ClientHello with early data behind it.
fn early_data(bytes: &[u8], records: &[Vec<u8>]) -> Vec<Act> {
    let hello = peer::altered(bytes, &mut |message| {
        if let Message::ClientHello(hello) = message {
            hello.extensions.insert(0, Extension::EarlyData);
        }
    });
    let records = records.iter().map(|record| Act::Wire(plain_record(23, record)));
    std::iter::once(Act::Say(hello)).chain(records).collect()
}

/// Our server against a client that sends early data with its first hello.
fn against_early_data(world: &World, retry: bool, records: &'static [usize]) -> Play {
    let mut first = true;
    let script = instead("ClientHello", move |bytes| match std::mem::take(&mut first) {
        true => early_data(&bytes, &records.iter().map(|len| vec![7; *len]).collect::<Vec<_>>()),
        false => vec![Act::Say(bytes)],
    });
    let client = if retry { world.client().key_shares(&[]) } else { world.client() };
    Play::server(world.server().build().unwrap(), Peer::client(client.build().unwrap(), script))
}

/// Our server with CCM_8 against a client that sends this many records of early data.
fn early_data_at_ccm_8(world: &World, count: usize) -> Play {
    let script = instead("ClientHello", move |bytes| early_data(&bytes, &vec![vec![7; 20]; count]));
    let suite = [CipherSuite::TLS_AES_128_CCM_8_SHA256];
    let client = world.client().cipher_suites(&suite).build().unwrap();
    Play::server(world.server().cipher_suites(&suite).build().unwrap(), Peer::client(client, script))
}

fn exhaust(play: &mut Play) {
    let limits = KeyLimits { update_after: u64::MAX, refuse_after: 0 };
    play.victim.write.sealer.as_mut().unwrap().set_limits(limits);
}

pub(super) const CASES: &[Case] = &[
    Case { rule: Rule::PlainHttp, name: "a request", run: |world| bytes_to_server(world, b"GET / HTTP/1.1\r\n\r\n") },
    Case { rule: Rule::PlainHttp, name: "a response", run: |world| bytes_to_client(world, b"HTTP/1.1 400 \r\n\r\n") },
    Case { rule: Rule::PlainText, name: "SSH", run: |world| bytes_to_client(world, b"SSH-2.0-OpenSSH_9.6\r\n") },
    Case { rule: Rule::Sslv2Hello, name: "v2", run: |world| bytes_to_server(world, b"\x80\x2e\x01\x03\x01\x00") },
    Case {
        rule: Rule::InvalidContentType,
        name: "outside",
        run: |world| bytes_to_server(world, &plain_record(99, &[0])),
    },
    Case { rule: Rule::InvalidContentType, name: "inside", run: |world| then(world, true, Act::Inner(vec![0, 99])) },
    Case { rule: Rule::InvalidRecordVersion, name: "4.0", run: |world| bytes_to_server(world, &[22, 4, 0, 0, 1, 0]) },
    Case {
        rule: Rule::RecordOverflow,
        name: "in the clear",
        run: |world| bytes_to_server(world, &[22, 3, 3, 0x40, 1]),
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "protected",
        run: |world| then(world, true, Act::Wire(vec![23, 3, 3, 0x41, 1])),
    },
    Case {
        rule: Rule::RecordOverflow,
        name: "what is protected",
        run: |world| then(world, false, Act::Inner(vec![23; (1 << 14) + 2])),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "data",
        run: |world| then(world, true, Act::Wire(plain_record(23, &[1; 40]))),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "an empty record",
        run: |world| then(world, true, Act::Wire(plain_record(23, &[]))),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "in the handshake, to a client",
        run: |world| against_client(world, before("EncryptedExtensions", noise)).finish(),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "in the handshake, to a server",
        run: |world| against_server(world, before("Finished", noise)).finish(),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "skipping early data ends with the first record that can be read (§4.2.10)",
        run: |world| {
            let mut play = against_early_data(world, false, &[100]);
            play.go_on();
            assert!(!play.victim.is_handshaking());
            play.peer.act(noise());
            play.finish()
        },
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "2^7 tries against the short tag of CCM_8 (RFC 9001 §B.2)",
        run: |world| early_data_at_ccm_8(world, 128).finish(),
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "after a retry no early data come any more (§4.2.10)",
        run: |world| {
            let script: peer::Script = Box::new(|name, bytes| match name {
                "ClientHello" => early_data(&bytes, &[vec![7; 100]]),
                _ => vec![noise(), Act::Say(bytes)],
            });
            let client = world.client().key_shares(&[]).build().unwrap();
            let mut first = true;
            let script: peer::Script = {
                let mut inner = script;
                Box::new(move |name, bytes| match (name, std::mem::take(&mut first)) {
                    ("ClientHello", false) => vec![Act::Say(bytes)],
                    _ => inner(name, bytes),
                })
            };
            Play::server(world.server().build().unwrap(), Peer::client(client, script)).finish()
        },
    },
    Case { rule: Rule::EmptyRecord, name: "in the clear", run: |world| bytes_to_server(world, &[22, 3, 3, 0, 0]) },
    Case { rule: Rule::EmptyRecord, name: "handshake", run: |world| then(world, true, Act::Inner(vec![22])) },
    Case { rule: Rule::EmptyRecord, name: "alert", run: |world| then(world, false, Act::Inner(vec![21, 0, 0])) },
    Case { rule: Rule::NoContentType, name: "zeros", run: |world| then(world, true, Act::Inner(vec![0; 9])) },
    Case { rule: Rule::NoContentType, name: "nothing", run: |world| then(world, true, Act::Inner(Vec::new())) },
    Case {
        rule: Rule::UnprotectedRecord,
        name: "a message to a client",
        run: |world| against_client(world, before("EncryptedExtensions", || clear(22, &[8, 0, 0, 2, 0, 0]))).finish(),
    },
    Case {
        rule: Rule::UnprotectedRecord,
        name: "an alert to a client",
        run: |world| against_client(world, before("EncryptedExtensions", || clear(21, &[2, 40]))).finish(),
    },
    Case {
        rule: Rule::UnprotectedRecord,
        name: "a message to a server",
        run: |world| against_server(world, before("Finished", || clear(22, &[20, 0, 0, 0]))).finish(),
    },
    Case {
        rule: Rule::UnprotectedRecord,
        name: "an alert to a server that knows its client",
        run: |world| then(world, false, clear(21, &[2, 40])),
    },
    Case {
        rule: Rule::UnexpectedContentType,
        name: "data first",
        run: |world| bytes_to_server(world, &plain_record(23, &[1, 2, 3])),
    },
    Case {
        rule: Rule::UnexpectedContentType,
        name: "data before the server's Finished",
        run: |world| against_client(world, before("Finished", data)).finish(),
    },
    Case {
        rule: Rule::UnexpectedContentType,
        name: "data before the client's Finished",
        run: |world| against_server(world, before("Finished", data)).finish(),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "before the ClientHello",
        run: |world| bytes_to_server(world, &plain_record(20, &[1])),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "another value",
        run: |world| bytes_to_client(world, &plain_record(20, &[2])),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "two bytes",
        run: |world| against_server(world, after("ClientHello", || clear(20, &[1, 1]))).finish(),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "protected",
        run: |world| against_client(world, before("Finished", || Act::Inner(vec![1, 20]))).finish(),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "after the server's Finished",
        run: |world| then(world, true, clear(20, &[1])),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "after the client's Finished",
        run: |world| then(world, false, clear(20, &[1])),
    },
    Case {
        rule: Rule::TooManyEmptyRecords,
        name: "33 ChangeCipherSpecs",
        run: |world| bytes_to_client(world, &plain_record(20, &[1]).repeat(33)),
    },
    Case {
        rule: Rule::TooManyEmptyRecords,
        name: "33 empty records",
        run: |world| {
            let mut play = connected(world, true);
            (0..33).for_each(|_| play.peer.send(b""));
            play.finish()
        },
    },
    Case {
        rule: Rule::TooManyEmptyRecords,
        name: "33 empty records of early data",
        run: |world| against_early_data(world, false, &[0; 33]).finish(),
    },
    Case {
        rule: Rule::TooManyEmptyRecords,
        name: "33 empty records of early data before a retry's second hello",
        run: |world| against_early_data(world, true, &[0; 33]).finish(),
    },
    Case {
        rule: Rule::InterleavedHandshake,
        name: "an alert in the middle",
        run: |world| bytes_to_server(world, &[plain_record(22, &[1, 0]), plain_record(21, &[2, 40])].concat()),
    },
    Case {
        rule: Rule::InterleavedHandshake,
        name: "data in the middle",
        run: |world| {
            let mut play = connected(world, true);
            play.peer.act(Act::Record(RecordType::Handshake, vec![4, 0]));
            play.peer.send(b"data");
            play.finish()
        },
    },
    Case {
        rule: Rule::InterleavedHandshake,
        name: "early data in the middle",
        run: |world| bytes_to_server(world, &[plain_record(22, &[1, 0]), plain_record(23, &[0; 20])].concat()),
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "behind the ClientHello",
        run: |world| against_server(world, with_tail("ClientHello", &[20])).finish(),
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "behind a ClientHello in pieces",
        run: |world| {
            let client = world.client().build().unwrap();
            let peer = Peer::client(client, with_tail("ClientHello", &[20, 0, 0, 32, 1])).in_fragments(100);
            Play::server(world.server().build().unwrap(), peer).finish()
        },
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "behind the ServerHello",
        run: |world| against_client(world, with_tail("ServerHello", &[8, 0])).finish(),
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "a whole message behind the ServerHello",
        run: |world| against_client(world, with_tail("ServerHello", &[8, 0, 0, 2, 0, 0])).finish(),
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "behind the server's Finished",
        run: |world| against_client(world, with_tail("Finished", &[4, 0, 0])).finish(),
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "behind the client's Finished",
        run: |world| against_server(world, with_tail("Finished", &[24])).finish(),
    },
    Case {
        rule: Rule::MessageSpansKeyChange,
        name: "two KeyUpdates in one record",
        run: |world| then(world, true, Act::Record(RecordType::Handshake, Peer::key_update(false).repeat(2))),
    },
    Case {
        rule: Rule::HandshakeTooLong,
        name: "a ClientHello",
        run: |world| bytes_to_server(world, &plain_record(22, &[1, 1, 0, 1])),
    },
    Case {
        rule: Rule::HandshakeTooLong,
        name: "a certificate",
        run: |world| {
            let script = before("Certificate", || Act::Record(RecordType::Handshake, vec![11, 2, 0, 1]));
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::KeyExhausted,
        name: "data",
        run: |world| {
            let mut play = connected(world, true);
            exhaust(&mut play);
            let error = play.victim.send(b"data", &mut play.outbox).unwrap_err();
            play.finish_with(error).mute()
        },
    },
    Case {
        rule: Rule::KeyExhausted,
        name: "a KeyUpdate that is asked for",
        run: |world| {
            let mut play = connected(world, false);
            play.peer.update_keys(true);
            play.go_on();
            exhaust(&mut play);
            let error = play.victim.send(b"data", &mut play.outbox).unwrap_err();
            play.finish_with(error).mute()
        },
    },
    Case {
        rule: Rule::TooMuchEarlyData,
        name: "not accepted",
        run: |world| against_early_data(world, false, &[1 << 13, 1 << 13, 1]).finish(),
    },
    Case {
        rule: Rule::TooMuchEarlyData,
        name: "before a retry's second hello",
        run: |world| against_early_data(world, true, &[1 << 14, 1]).finish(),
    },
    Case {
        rule: Rule::Truncated,
        name: "no close_notify",
        run: |world| {
            let mut play = connected(world, true);
            let error = play.victim.handle_eof().unwrap_err();
            play.finish_with(error)
        },
    },
    Case {
        rule: Rule::HandshakeEof,
        name: "nothing came",
        run: |world| {
            let mut play = against_server(world, instead("ClientHello", |_| Vec::new()));
            let error = play.victim.handle_eof().unwrap_err();
            play.finish_with(error)
        },
    },
];

fn noise() -> Act {
    clear(23, &[9; 50])
}

fn clear(content_type: u8, content: &[u8]) -> Act {
    Act::Wire(plain_record(content_type, content))
}

fn data() -> Act {
    Act::Record(RecordType::ApplicationData, b"data".to_vec())
}

#[test]
fn cases() {
    run(CASES);
}

/// What stays within the bounds is tolerated.
#[test]
fn early_data_is_skipped() {
    let world = World::new();
    for retry in [false, true] {
        let mut play = against_early_data(&world, retry, &[1000, 1 << 13, 0, 0, 40]);
        play.go_on();
        assert!(play.error.is_none(), "{:?}", play.error);
        play.peer.send(b"not early");
        play.go_on();
        assert_eq!(play.data, b"not early");
    }
}

#[test]
fn early_data_is_skipped_at_a_short_tag() {
    let mut play = early_data_at_ccm_8(&World::new(), 127);
    play.go_on();
    assert!(play.error.is_none() && !play.victim.is_handshaking(), "{:?}", play.error);
}

#[test]
fn idle_records_within_the_bound() {
    let world = World::new();
    let mut play = connected(&world, true);
    for _ in 0..3 {
        (0..32).for_each(|_| play.peer.send(b""));
        play.peer.send(b"x");
    }
    play.go_on();
    assert!(play.error.is_none());
    assert_eq!(play.data, b"xxx");
}

/// RFC 8446 §5: dropped at any time between the first ClientHello and the peer's Finished.
#[test]
fn change_cipher_spec_is_dropped_anywhere_in_the_handshake() {
    let world = World::new();
    for name in ["ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"] {
        let mut play = against_client(&world, before(name, || clear(20, &[1])));
        play.go_on();
        assert!(play.error.is_none() && !play.victim.is_handshaking(), "{name}: {:?}", play.error);
    }
    for name in ["Certificate", "CertificateVerify", "Finished"] {
        let mut play = against_mutual_server(&world, before(name, || clear(20, &[1])));
        play.go_on();
        assert!(play.error.is_none() && !play.victim.is_handshaking(), "{name}: {:?}", play.error);
    }
}
