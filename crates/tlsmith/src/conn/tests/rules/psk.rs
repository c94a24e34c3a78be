//! Pre-shared keys and early data (RFC 8446 §4.2.10, §4.2.11).

use super::{
    super::{
        peer::{Act, alter, alter_answer, alter_hello, before},
        resumption::{Resuming, connect},
    },
    *,
};
use crate::{
    ext::Extension,
    msg::{Message, ServerHello},
    record::RecordType,
    registry::{CipherSuite, ExtensionType},
};

/// Our client, which resumes with early data, against a server with this script.
fn resuming_client(script: peer::Script) -> Seen {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    Play::client(client, Peer::server(server, script)).finish()
}

fn answer(change: fn(&mut ServerHello<'_>)) -> Seen {
    resuming_client(alter_answer("ServerHello", change))
}

/// Our server, with a client that resumes with early data and has this script.
fn resuming_server(script: peer::Script) -> Seen {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    Play::server(server, Peer::client(client, script)).finish()
}

fn choose(hello: &mut ServerHello<'_>, index: u16) {
    hello.extensions.retain(|extension| extension.extension_type() != ExtensionType::PRE_SHARED_KEY);
    hello.extensions.push(Extension::PreSharedKeyChoice(index));
}

pub(super) const CASES: &[Case] = &[
    Case { rule: Rule::UnknownPsk, name: "the second of one", run: |_| answer(|hello| choose(hello, 1)) },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "a PSK for a client that offers none",
        run: |world| against_client(world, alter_answer("ServerHello", |hello| choose(hello, 0))).finish(),
    },
    Case {
        rule: Rule::PskHashMismatch,
        name: "a suite of another hash",
        run: |_| answer(|hello| hello.cipher_suite = CipherSuite::TLS_AES_256_GCM_SHA384),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "a PSK alone for a client that wants a key exchange",
        run: |_| answer(|hello| hello.extensions.retain(|e| e.extension_type() != ExtensionType::KEY_SHARE)),
    },
    Case {
        rule: Rule::BadBinder,
        name: "a hello that was changed after the binder was made",
        run: |_| resuming_server(alter_hello(|hello| hello.random[0] ^= 1)),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "PSKs without psk_key_exchange_modes",
        run: |_| {
            let without =
                |extension: &Extension<'_>| extension.extension_type() != ExtensionType::PSK_KEY_EXCHANGE_MODES;
            resuming_server(alter_hello(move |hello| hello.extensions.retain(without)))
        },
    },
    Case {
        rule: Rule::EarlyDataMismatch,
        name: "another protocol than that of the session",
        run: |_| {
            resuming_client(alter("EncryptedExtensions", |message| {
                if let Message::EncryptedExtensions(message) = message {
                    message.extensions.retain(|extension| extension.extension_type() != ExtensionType::ALPN);
                }
            }))
        },
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "early data accepted that were not offered",
        run: |world| {
            let script = alter("EncryptedExtensions", |message| {
                if let Message::EncryptedExtensions(message) = message {
                    message.extensions.push(Extension::EarlyData);
                }
            });
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::EarlyDataOverLimit,
        name: "a byte more than the ticket allows",
        run: |_| resuming_server(before("EndOfEarlyData", || Act::Record(RecordType::ApplicationData, vec![0; 101]))),
    },
    Case {
        rule: Rule::EarlyDataRefused,
        name: "without a session",
        run: |world| {
            let play = against_client(world, peer::honest());
            let (mut victim, mut out) = (play.victim, Vec::new());
            Seen::refused(victim.send_early_data(ReplaySafe::declare(b"x"), &mut out).unwrap_err())
        },
    },
];

#[test]
fn cases() {
    run(CASES);
}
