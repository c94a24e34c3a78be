//! The order of messages, Finished, and what comes after the handshake (RFC 8446 §4, §4.4.4, §4.6).

use super::{
    super::peer::{Act, alter, before, instead, plain_record, raw_message},
    *,
};
use crate::{
    msg::{Finished, Message},
    record::RecordType,
    registry::HandshakeType,
};

fn finished(world: &World, to_client: bool, change: fn(&mut Finished<'_>)) -> Seen {
    let script = alter("Finished", move |message| {
        let Message::Finished(message) = message else { unreachable!() };
        change(message);
    });
    if to_client { against_client(world, script) } else { against_server(world, script) }.finish()
}

/// A message after the handshake.
fn later(world: &World, client: bool, kind: HandshakeType, body: &[u8]) -> Seen {
    then(world, client, Act::Record(RecordType::Handshake, raw_message(kind, body)))
}

/// A well-formed NewSessionTicket with an unknown extension.
const TICKET: &[u8] = &[0, 0, 14, 16, 1, 2, 3, 4, 1, 9, 0, 2, 5, 5, 0, 4, 0xab, 0xcd, 0, 0];

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::BadFinished,
        name: "of a server",
        run: |world| finished(world, true, |message| message.verify_data = &[0; 32]),
    },
    Case {
        rule: Rule::BadFinished,
        name: "of a client",
        run: |world| finished(world, false, |message| message.verify_data = &[0; 32]),
    },
    Case {
        rule: Rule::BadFinished,
        name: "a message that was sent behind the transcript's back",
        run: |world| {
            let script: peer::Script = Box::new(|name, bytes| match name {
                "CertificateVerify" => vec![Act::Whisper(bytes)],
                _ => vec![Act::Say(bytes)],
            });
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::Decode,
        name: "a Finished too short",
        run: |world| finished(world, true, |message| message.verify_data = &message.verify_data[1..]),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty Finished",
        run: |world| finished(world, false, |message| message.verify_data = &[]),
    },
    Case {
        rule: Rule::Decode,
        name: "a Finished too long",
        run: |world| finished(world, false, |message| message.verify_data = &[0; 48]),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "the server's Finished without a certificate",
        run: |world| {
            let script: peer::Script = Box::new(|name, bytes| match name {
                "Certificate" | "CertificateVerify" => Vec::new(),
                _ => vec![Act::Say(bytes)],
            });
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "no CertificateVerify, to a client",
        run: |world| against_client(world, instead("CertificateVerify", |_| Vec::new())).finish(),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "no CertificateVerify, to a server",
        run: |world| against_mutual_server(world, instead("CertificateVerify", |_| Vec::new())).finish(),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "no Certificate where one is required",
        run: |world| against_mutual_server(world, instead("Certificate", |_| Vec::new())).finish(),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a Certificate nobody asked for",
        run: |world| {
            let certificate = raw_message(HandshakeType::CERTIFICATE, &[0, 0, 0, 0]);
            against_server(world, before("Finished", move || Act::Say(certificate.clone()))).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a KeyUpdate in the handshake",
        run: |world| against_client(world, before("Finished", || Act::Say(Peer::key_update(false)))).finish(),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "EndOfEarlyData without early data",
        run: |world| {
            let script = before("Finished", || Act::Say(raw_message(HandshakeType::END_OF_EARLY_DATA, &[])));
            against_server(world, script).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a ticket to a server",
        run: |world| later(world, false, HandshakeType::NEW_SESSION_TICKET, TICKET),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "post-handshake authentication that was not offered (§4.6.2)",
        run: |world| later(world, true, HandshakeType::CERTIFICATE_REQUEST, &[1, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a second Finished",
        run: |world| later(world, false, HandshakeType::FINISHED, &[0; 32]),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "message_hash on the wire (§4.4.1)",
        run: |world| bytes_to_server(world, &plain_record(22, &[254, 0, 0, 1, 0])),
    },
    Case {
        rule: Rule::Renegotiation,
        name: "a ClientHello after the handshake (§4.1.2)",
        run: |world| {
            let hello = peer_hello(world);
            then(world, false, Act::Record(RecordType::Handshake, hello))
        },
    },
    Case {
        rule: Rule::Renegotiation,
        name: "a HelloRequest in the handshake",
        run: |world| bytes_to_client(world, &plain_record(22, &[0, 0, 0, 0])),
    },
    Case {
        rule: Rule::Renegotiation,
        name: "a HelloRequest after it",
        run: |world| later(world, true, HandshakeType::HELLO_REQUEST, &[]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a KeyUpdate of another value (§4.6.3)",
        run: |world| later(world, true, HandshakeType::KEY_UPDATE, &[2]),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty KeyUpdate",
        run: |world| later(world, false, HandshakeType::KEY_UPDATE, &[]),
    },
    Case {
        rule: Rule::Decode,
        name: "a ticket of no bytes (§4.6.1)",
        run: |world| later(world, true, HandshakeType::NEW_SESSION_TICKET, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "in a ticket",
        run: |world| {
            let body = &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 5, 0, 4, 0, 51, 0, 0];
            later(world, true, HandshakeType::NEW_SESSION_TICKET, body)
        },
    },
    Case {
        rule: Rule::TooManyKeyUpdates,
        name: "33 without data",
        run: |world| {
            let mut play = connected(world, true);
            (0..33).for_each(|at| play.peer.update_keys(at % 2 == 0));
            play.finish()
        },
    },
    Case {
        rule: Rule::TooManyKeyUpdates,
        name: "empty records between them are no data",
        run: |world| {
            let mut play = connected(world, false);
            for _ in 0..33 {
                play.peer.update_keys(false);
                play.peer.send(b"");
            }
            // The empty records alone stay within their own bound until the last KeyUpdate.
            play.finish()
        },
    },
    Case {
        rule: Rule::TooManyMessages,
        name: "33 tickets",
        run: |world| {
            let tickets = raw_message(HandshakeType::NEW_SESSION_TICKET, TICKET).repeat(33);
            then(world, true, Act::Record(RecordType::Handshake, tickets))
        },
    },
];

/// A ClientHello.
fn peer_hello(world: &World) -> Vec<u8> {
    let mut out = Vec::new();
    let config = world.client().build().unwrap();
    Connection::client(config, "host.example".parse().unwrap(), super::super::NOW, &mut out).unwrap();
    out.split_off(crate::record::HEADER_LEN)
}

#[test]
fn cases() {
    run(CASES);
}

/// Tickets are of no use yet and do no harm.
#[test]
fn tickets_are_taken() {
    let world = World::new();
    let mut play = connected(&world, true);
    for _ in 0..3 {
        let tickets = raw_message(HandshakeType::NEW_SESSION_TICKET, TICKET).repeat(20);
        play.peer.act(Act::Record(RecordType::Handshake, tickets));
        play.peer.send(b"x");
    }
    play.go_on();
    assert!(play.error.is_none());
    assert_eq!(play.data, b"xxx");
}

/// KeyUpdates, as many as one likes, where data come between them.
#[test]
fn key_updates_with_data_between() {
    let world = World::new();
    for client in [true, false] {
        let mut play = connected(&world, client);
        for round in 0..100 {
            play.peer.update_keys(round % 3 == 0);
            play.peer.send(b".");
        }
        play.go_on();
        play.send(b"answer");
        play.go_on();
        assert!(play.error.is_none(), "{:?}", play.error);
        assert_eq!((play.data.len(), play.peer.data.as_slice()), (100, &b"answer"[..]));
        // All that were asked for while this side was silent are answered by one (§4.6.3).
        assert_eq!(play.peer.heard.iter().filter(|name| **name == "KeyUpdate").count(), 1);
    }
}
