//! Nothing in common: what a server chooses from a ClientHello (RFC 8446 §4.1.1).

use super::{super::peer::alter_hello, *};
use crate::{
    auth::UnknownName,
    ext::Extension,
    registry::{CipherSuite, NamedGroup, SignatureScheme},
};

fn refuse(world: &World, name: &'static [u8]) -> Seen {
    let script = alter_hello(move |hello| {
        hello.extensions.retain(|extension| !matches!(extension, Extension::ServerName(_)));
        hello.extensions.insert(0, Extension::ServerName(name));
    });
    let server = world.server().unknown_name(UnknownName::Refuse).build().unwrap();
    Play::server(server, Peer::client(world.client().build().unwrap(), script)).finish()
}

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::NoCommonSuite,
        name: "ChaCha20 and AES",
        run: |world| {
            let client = world.client().cipher_suites(&[CipherSuite::TLS_CHACHA20_POLY1305_SHA256]).build().unwrap();
            let server = world.server().cipher_suites(&[CipherSuite::TLS_AES_128_GCM_SHA256]).build().unwrap();
            Play::server(server, Peer::client(client, peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::NoCommonSuite,
        name: "reserved ones alone",
        run: |world| against_server(world, alter_hello(|hello| hello.cipher_suites.truncate(1))).finish(),
    },
    Case {
        rule: Rule::NoCommonGroup,
        name: "X25519 and P-256",
        run: |world| {
            let client = world.client().groups(&[NamedGroup::X25519]).build().unwrap();
            let server = world.server().groups(&[NamedGroup::SECP256R1]).build().unwrap();
            Play::server(server, Peer::client(client, peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::NoCommonScheme,
        name: "RSA alone, and a key for ECDSA",
        run: |world| {
            let schemes = [SignatureScheme::RSA_PSS_RSAE_SHA256, SignatureScheme::RSA_PKCS1_SHA256];
            let client = world.client().signature_schemes(&schemes).build().unwrap();
            Play::server(world.server().build().unwrap(), Peer::client(client, peer::honest())).finish()
        },
    },
    Case { rule: Rule::UnknownServerName, name: "another host", run: |world| refuse(world, b"other.example") },
    Case { rule: Rule::InvalidServerName, name: "an empty label", run: |world| refuse(world, b"a..b") },
    Case { rule: Rule::InvalidServerName, name: "a trailing dot", run: |world| refuse(world, b"host.example.") },
    Case { rule: Rule::InvalidServerName, name: "a zero byte", run: |world| refuse(world, b"host\0.example") },
    Case {
        rule: Rule::NoApplicationProtocol,
        name: "h2 and http/1.1",
        run: |world| {
            let client = world.client().alpn(&[b"h2"]).build().unwrap();
            let server = world.server().alpn(&[b"http/1.1", b"http/1.0"]).build().unwrap();
            Play::server(server, Peer::client(client, peer::honest())).finish()
        },
    },
];

/// A hostile hello does not make a hostile message: a few values stand for all, and none of them controls a terminal.
#[test]
fn messages_stay_short_and_plain() {
    let world = World::new();
    let script = alter_hello(|hello| {
        hello.extensions.retain(|extension| !matches!(extension, Extension::Alpn(_)));
        hello.extensions.push(Extension::Alpn(vec![b"\x1b[31m\r\n"; 5000]));
    });
    let client = world.client().alpn(&[b"h2"]).build().unwrap();
    let mut play = Play::server(world.server().alpn(&[b"h2"]).build().unwrap(), Peer::client(client, script));
    let seen = play.finish();
    assert_eq!(seen.error.code(), "hello.no_application_protocol");
    let message = seen.error.to_string();
    assert!(message.len() < 1000 && !message.chars().any(char::is_control), "{message}");
    // Nor does a name that is none, wherever it is kept.
    let script = alter_hello(|hello| {
        hello.extensions.retain(|extension| !matches!(extension, Extension::ServerName(_)));
        hello.extensions.insert(0, Extension::ServerName(b"\x1b[31m.\xff"));
    });
    let mut play = against_server(&world, script);
    assert_eq!(play.finish().error.code(), "hello.invalid_server_name");
    let hello = play.victim.facts().client_hello.as_ref().unwrap();
    assert_eq!(hello.server_name.as_deref(), Some("\\x1b[31m.\\xff"));
    assert_eq!(play.victim.facts().server_name, None);
}

#[test]
fn cases() {
    run(CASES);
}
