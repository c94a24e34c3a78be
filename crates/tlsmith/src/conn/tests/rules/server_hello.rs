//! What a client demands of ServerHello and EncryptedExtensions (RFC 8446 §4.1.3, §4.2, §4.3.1).

use super::{
    super::peer::{Act, alter, alter_answer, instead},
    *,
};
use crate::{
    ext::{Extension, KeyShareEntry},
    msg::{Message, ServerHello},
    registry::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion},
};

fn hello(world: &World, change: fn(&mut ServerHello<'_>)) -> Seen {
    against_client(world, alter_answer("ServerHello", change)).finish()
}

/// The whole of the EncryptedExtensions' vector.
fn encrypted(world: &World, extensions: &'static [u8]) -> Seen {
    let script = instead("EncryptedExtensions", move |_| {
        let length = u16::try_from(extensions.len()).unwrap().to_be_bytes();
        let body = [&length, extensions].concat();
        vec![Act::Say(super::super::peer::raw_message(crate::registry::HandshakeType::ENCRYPTED_EXTENSIONS, &body))]
    });
    let client = world.client().alpn(&[b"h2"]).grease(false).build().unwrap();
    Play::client(client, Peer::server(world.server().build().unwrap(), script)).finish()
}

fn without(hello: &mut ServerHello<'_>, kind: ExtensionType) {
    hello.extensions.retain(|extension| extension.extension_type() != kind);
}

fn share(hello: &mut ServerHello<'_>, group: NamedGroup, key_exchange: &'static [u8]) {
    without(hello, ExtensionType::KEY_SHARE);
    hello.extensions.push(Extension::KeyShareChoice(KeyShareEntry { group, key_exchange }));
}

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::PeerVersion,
        name: "TLS 1.2, which was not offered",
        run: |world| {
            let script = alter_answer("ServerHello", |hello| without(hello, ExtensionType::SUPPORTED_VERSIONS));
            let client = world.client().versions(ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_3).build().unwrap();
            Play::client(client, Peer::server(world.server().build().unwrap(), script)).finish()
        },
    },
    Case {
        rule: Rule::PeerVersion,
        name: "TLS 1.0, no extensions",
        run: |world| {
            hello(world, |hello| {
                hello.extensions.clear();
                hello.legacy_version = ProtocolVersion(0x0301);
            })
        },
    },
    Case {
        rule: Rule::PeerVersion,
        name: "0x0300 as the legacy version (§D.5)",
        run: |world| hello(world, |hello| hello.legacy_version = ProtocolVersion(0x0300)),
    },
    Case { rule: Rule::Downgrade, name: "TLS 1.2 on purpose", run: |world| hello(world, |hello| downgrade(hello, 1)) },
    Case { rule: Rule::Downgrade, name: "TLS 1.1 on purpose", run: |world| hello(world, |hello| downgrade(hello, 0)) },
    Case {
        rule: Rule::IllegalParameter,
        name: "an older version by supported_versions (§4.2.1)",
        run: |world| hello(world, |hello| choose(hello, ProtocolVersion::TLS1_2)),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a version from the future",
        run: |world| hello(world, |hello| choose(hello, ProtocolVersion(0x0305))),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "another legacy version",
        run: |world| hello(world, |hello| hello.legacy_version = ProtocolVersion(0x0304)),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "no echo of the session id",
        run: |world| hello(world, |hello| hello.session_id = &[]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "another session id",
        run: |world| hello(world, |hello| hello.session_id = &[7; 32]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a suite of TLS 1.2",
        run: |world| hello(world, |hello| hello.cipher_suite = CipherSuite(0xc02f)),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a reserved suite, offered as grease",
        run: |world| hello(world, |hello| hello.cipher_suite = CipherSuite(0x0a0a)),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a suite that is implemented, but was not offered",
        run: |world| {
            let script = alter_answer("ServerHello", |hello| hello.cipher_suite = CipherSuite::TLS_AES_256_GCM_SHA384);
            let client = world.client().cipher_suites(&[CipherSuite::TLS_AES_128_GCM_SHA256]).build().unwrap();
            Play::client(client, Peer::server(world.server().build().unwrap(), script)).finish()
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a share of a group without an offered share (§4.2.8)",
        run: |world| hello(world, |hello| share(hello, NamedGroup::SECP384R1, &[4; 97])),
    },
    Case {
        rule: Rule::CompressionOffered,
        name: "DEFLATE",
        run: |world| hello(world, |hello| hello.compression_method = 1),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "key_share",
        run: |world| hello(world, |hello| without(hello, ExtensionType::KEY_SHARE)),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "an unknown one in the ServerHello",
        run: |world| hello(world, |hello| hello.extensions.push(Extension::Unknown(ExtensionType(0xabcd), &[]))),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "a pre-shared key that was not offered",
        run: |world| hello(world, |hello| hello.extensions.push(Extension::PreSharedKeyChoice(0))),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "early data that was not offered",
        run: |world| encrypted(world, &[0, 42, 0, 0]),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "an unknown one in EncryptedExtensions",
        run: |world| encrypted(world, &[0xab, 0xcd, 0, 0]),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "the client's own grease (RFC 8701 §4)",
        run: |world| {
            let offered = std::rc::Rc::new(std::cell::Cell::new(0));
            let seen = std::rc::Rc::clone(&offered);
            let script = alter("EncryptedExtensions", move |message| {
                let Message::EncryptedExtensions(message) = message else { unreachable!() };
                message.extensions.push(Extension::Unknown(ExtensionType(seen.get()), &[]));
            });
            let mut play = against_client(world, script);
            let facts = play.victim.facts().client_hello.as_ref().unwrap();
            offered.set(facts.extensions.iter().find(|extension| extension.is_grease()).unwrap().0);
            play.finish()
        },
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "ALPN in the ServerHello",
        run: |world| hello(world, |hello| hello.extensions.push(Extension::Alpn(vec![b"h2"]))),
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "key_share in EncryptedExtensions",
        run: |world| encrypted(world, &[0, 51, 0, 2, 0, 29]),
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "signature_algorithms in EncryptedExtensions",
        run: |world| encrypted(world, &[0, 13, 0, 4, 0, 2, 4, 3]),
    },
    Case {
        rule: Rule::DuplicateExtension,
        name: "in EncryptedExtensions",
        run: |world| encrypted(world, &[0, 0, 0, 0, 0, 0, 0, 0]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a protocol that was not offered",
        run: |world| encrypted(world, b"\0\x10\0\x05\0\x03\x02h3"),
    },
    Case {
        rule: Rule::Decode,
        name: "two protocols (RFC 7301 §3.1)",
        run: |world| encrypted(world, b"\0\x10\0\x08\0\x06\x02h2\x02h2"),
    },
    Case { rule: Rule::Decode, name: "no protocol", run: |world| encrypted(world, b"\0\x10\0\x02\0\0") },
    Case {
        rule: Rule::Decode,
        name: "a server_name with content (RFC 6066 §3)",
        run: |world| encrypted(world, &[0, 0, 0, 1, 0]),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "X25519 that gives zero",
        run: |world| hello(world, |hello| share(hello, NamedGroup::X25519, &[0; 32])),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a hybrid share cut short",
        run: |world| hello(world, |hello| share(hello, NamedGroup::X25519MLKEM768, &[1; 1119])),
    },
];

/// The sentinels of §4.1.3.
fn downgrade(hello: &mut ServerHello<'_>, last: u8) {
    without(hello, ExtensionType::SUPPORTED_VERSIONS);
    hello.random[24..].copy_from_slice(b"DOWNGRD\0");
    hello.random[31] = last;
}

fn choose(hello: &mut ServerHello<'_>, version: ProtocolVersion) {
    without(hello, ExtensionType::SUPPORTED_VERSIONS);
    hello.extensions.push(Extension::SupportedVersionsChoice(version));
}

#[test]
fn cases() {
    run(CASES);
}

/// What does not have to be obeyed, and must not be refused: `supported_groups` in EncryptedExtensions (§4.2.7).
#[test]
fn what_the_server_may_add() {
    let world = World::new();
    let script = alter("EncryptedExtensions", |message| {
        let Message::EncryptedExtensions(message) = message else { unreachable!() };
        message.extensions.push(Extension::SupportedGroups(vec![NamedGroup(0x0a0a), NamedGroup::SECP521R1]));
    });
    let mut play = against_client(&world, script);
    play.go_on();
    assert!(play.error.is_none() && !play.victim.is_handshaking());
}
