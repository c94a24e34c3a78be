//! What this side itself cannot do, and calls that come at the wrong time.

use std::sync::Arc;

use tlsmith_crypto::Provider;

use super::{super::provider::Repeating, *};
use crate::auth::Identity;

fn dry() -> Arc<dyn Provider> {
    Arc::new(Repeating::dry())
}

/// Our server, whose key is elsewhere, when it waits for a signature.
fn waits_for_signature(world: &World) -> Play {
    let identity = Arc::new(Identity::with_external_key(world.identity.chain().to_vec()).unwrap());
    let server = crate::ServerConfig::builder(world.provider.clone()).identity(identity).build().unwrap();
    let mut play = Play::server(server, Peer::client(world.client().build().unwrap(), peer::honest()));
    play.go_on();
    assert!(matches!(play.victim.need(), Some(Need::Sign { .. })));
    play
}

fn signs(world: &World, signature: Option<Vec<u8>>) -> Seen {
    let mut play = waits_for_signature(world);
    let error = play.victim.reply(Reply::Signature(signature), &mut play.outbox).unwrap_err();
    play.finish_with(error)
}

pub(super) const CASES: &[Case] = &[
    Case { rule: Rule::SignFailed, name: "the holder declined", run: |world| signs(world, None) },
    Case {
        rule: Rule::Internal,
        name: "a signature that no message can carry",
        run: |world| signs(world, Some(vec![0; 0x1_0000])),
    },
    Case {
        rule: Rule::Crypto,
        name: "no randomness, in a server",
        run: |world| {
            let server = crate::ServerConfig::builder(dry()).identity(world.identity.clone()).build().unwrap();
            Play::server(server, Peer::client(world.client().build().unwrap(), peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::Crypto,
        name: "no randomness, in a client that has not said anything yet",
        run: |world| {
            let client = crate::ClientConfig::builder(dry(), world.verifier()).build().unwrap();
            let mut out = Vec::new();
            let made = Connection::client(client, "host.example".parse().unwrap(), super::super::NOW, &mut out);
            assert_eq!(out, []);
            Seen::refused(made.unwrap_err()).mute()
        },
    },
    Case {
        rule: Rule::PostHandshakeAuthRefused,
        name: "a client that did not offer it (more in conn/tests/post_handshake.rs)",
        run: |world| {
            let mut play = connected(world, false);
            let error = play.victim.request_client_certificate(&mut play.outbox).unwrap_err();
            assert!(play.go_on().error.is_none());
            Seen::refused(error)
        },
    },
    Case {
        rule: Rule::NotYet,
        name: "data before the handshake",
        run: |world| {
            let mut play = waits_for_signature(world);
            let refused = play.victim.update_keys(false, &mut play.outbox).unwrap_err();
            assert_eq!(refused.rule(), Rule::NotYet);
            Seen::refused(play.victim.send(b"data", &mut play.outbox).unwrap_err())
        },
    },
    Case {
        rule: Rule::AlreadyClosed,
        name: "data after close_notify",
        run: |world| {
            let mut play = connected(world, true);
            play.victim.send_close(&mut play.outbox);
            let said = play.outbox.clone();
            let refused = play.victim.update_keys(false, &mut play.outbox).unwrap_err();
            assert_eq!(refused.rule(), Rule::AlreadyClosed);
            let error = play.victim.send(b"data", &mut play.outbox).unwrap_err();
            assert_eq!(play.outbox, said);
            Seen::refused(error)
        },
    },
    Case {
        rule: Rule::NothingNeeded,
        name: "a reply to nothing",
        run: |world| {
            let mut play = connected(world, true);
            Seen::refused(play.victim.reply(Reply::Signature(None), &mut play.outbox).unwrap_err())
        },
    },
    Case {
        rule: Rule::NothingNeeded,
        name: "a reply to another need, which changes nothing",
        run: |world| {
            let mut play = waits_for_signature(world);
            let verdict = crate::auth::Verdict::accept_anyway(tlsmith_x509::Report::default());
            let config = Reply::Config(world.server().build().unwrap());
            let error = play.victim.reply(Reply::Verdict(verdict), &mut play.outbox).unwrap_err();
            assert_eq!(play.victim.reply(config, &mut play.outbox).unwrap_err().rule(), Rule::NothingNeeded);
            assert!(play.outbox.is_empty() && matches!(play.victim.need(), Some(Need::Sign { .. })));
            Seen::refused(error)
        },
    },
    Case {
        rule: Rule::ExportRefused,
        name: "before the end of the handshake",
        run: |world| Seen::refused(waits_for_signature(world).victim.export(b"label", None, &mut [0; 8]).unwrap_err()),
    },
    Case {
        rule: Rule::ExportRefused,
        name: "more than 255 digests",
        run: |world| {
            let play = connected(world, true);
            assert!(play.victim.export(b"label", None, &mut [0; 255 * 32]).is_ok());
            Seen::refused(play.victim.export(b"label", None, &mut [0; 255 * 32 + 1]).unwrap_err())
        },
    },
    Case {
        rule: Rule::ExportRefused,
        name: "a label that HKDF has no room for",
        run: |world| Seen::refused(connected(world, true).victim.export(&[b'x'; 250], None, &mut [0; 8]).unwrap_err()),
    },
];

#[test]
fn cases() {
    run(CASES);
}
