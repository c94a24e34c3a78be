//! HelloRetryRequest, both sides (RFC 8446 §4.1.2, §4.1.4, §4.2.2).

use super::{
    super::peer::{Act, alter_answer, alter_hello, instead, with_tail},
    *,
};
use crate::{
    ext::{Extension, KeyShareEntry},
    msg::{ClientHello, ServerHello},
    registry::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion},
};

const GROUP: NamedGroup = NamedGroup::SECP256R1;

/// Our client is sent a HelloRetryRequest with this change.
fn request(world: &World, change: fn(&mut ServerHello<'_>)) -> Seen {
    answer(world, "HelloRetryRequest", change)
}

/// Our client is sent a ServerHello with this change after a HelloRetryRequest.
fn after_retry(world: &World, change: fn(&mut ServerHello<'_>)) -> Seen {
    answer(world, "ServerHello", change)
}

fn answer(world: &World, name: &'static str, change: fn(&mut ServerHello<'_>)) -> Seen {
    let server = world.server().groups(&[GROUP]).retry_with_cookie(true).build().unwrap();
    Play::client(world.client().build().unwrap(), Peer::server(server, alter_answer(name, change))).finish()
}

/// Our server sends a HelloRetryRequest with a cookie, or without; the second ClientHello has this change.
fn second(world: &World, cookie: bool, change: fn(&mut ClientHello<'_>)) -> Seen {
    let mut first = true;
    let script = alter_hello(move |hello| {
        if !std::mem::take(&mut first) {
            change(hello);
        }
    });
    let server = world.server().groups(&[GROUP]).retry_with_cookie(cookie).build().unwrap();
    Play::server(server, Peer::client(world.client().build().unwrap(), script)).finish()
}

fn replace<'a>(list: &mut Vec<Extension<'a>>, with: Extension<'a>) {
    without(list, with.extension_type());
    list.push(with);
}

fn without(list: &mut Vec<Extension<'_>>, kind: ExtensionType) {
    list.retain(|extension| extension.extension_type() != kind);
}

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::RetryUnneeded,
        name: "a group whose share was sent",
        run: |world| {
            request(world, |hello| replace(&mut hello.extensions, Extension::KeyShareRetry(NamedGroup::X25519)))
        },
    },
    Case {
        rule: Rule::RetryUnneeded,
        name: "neither group nor cookie",
        run: |world| {
            request(world, |hello| {
                without(&mut hello.extensions, ExtensionType::KEY_SHARE);
                without(&mut hello.extensions, ExtensionType::COOKIE);
            })
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a group that was not offered",
        run: |world| {
            request(world, |hello| replace(&mut hello.extensions, Extension::KeyShareRetry(NamedGroup(0x001e))))
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "no echo of the session id in the request",
        run: |world| request(world, |hello| hello.session_id = &[1; 32]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a suite in the request that was not offered",
        run: |world| request(world, |hello| hello.cipher_suite = CipherSuite(0xc02f)),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "an unknown one in the request",
        run: |world| request(world, |hello| hello.extensions.push(Extension::Unknown(ExtensionType(0xabcd), &[]))),
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "ALPN in the request",
        run: |world| request(world, |hello| hello.extensions.push(Extension::Alpn(vec![b"h2"]))),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty cookie (§4.2.2)",
        run: |world| request(world, |hello| replace(&mut hello.extensions, Extension::Cookie(&[]))),
    },
    Case {
        rule: Rule::SecondRetry,
        name: "twice the same",
        run: |world| {
            let script = instead("HelloRetryRequest", |bytes| vec![Act::Say(bytes.clone()), Act::Whisper(bytes)]);
            let server = world.server().groups(&[GROUP]).build().unwrap();
            Play::client(world.client().build().unwrap(), Peer::server(server, script)).finish()
        },
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "the ServerHello changes the suite",
        run: |world| after_retry(world, |hello| hello.cipher_suite = CipherSuite::TLS_AES_256_GCM_SHA384),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "the ServerHello changes the group",
        run: |world| {
            after_retry(world, |hello| {
                let share = KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] };
                replace(&mut hello.extensions, Extension::KeyShareChoice(share));
            })
        },
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "the ServerHello is one of TLS 1.2 (§4.1.4)",
        run: |world| after_retry(world, |hello| without(&mut hello.extensions, ExtensionType::SUPPORTED_VERSIONS)),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "the ServerHello chooses another version",
        run: |world| {
            after_retry(world, |hello| {
                let version = Extension::SupportedVersionsChoice(ProtocolVersion(0x0305));
                replace(&mut hello.extensions, version);
            })
        },
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "another random",
        run: |world| second(world, false, |hello| hello.random[0] ^= 1),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "another legacy version",
        run: |world| second(world, false, |hello| hello.legacy_version = ProtocolVersion(0x0302)),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "another session id",
        run: |world| second(world, false, |hello| hello.session_id = &[]),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "other suites",
        run: |world| second(world, false, |hello| hello.cipher_suites.truncate(2)),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "another name",
        run: |world| {
            second(world, false, |hello| {
                let name = hello.extensions.iter_mut().find(|e| matches!(e, Extension::ServerName(_))).unwrap();
                *name = Extension::ServerName(b"other.example");
            })
        },
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "one extension more",
        run: |world| second(world, false, |hello| hello.extensions.push(Extension::PostHandshakeAuth)),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "extensions in another order",
        run: |world| second(world, false, |hello| hello.extensions.rotate_left(1)),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "early data (§4.2.10)",
        run: |world| second(world, false, |hello| hello.extensions.push(Extension::EarlyData)),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "no share still",
        run: |world| second(world, false, |hello| replace(&mut hello.extensions, Extension::KeyShareOffer(Vec::new()))),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "one share too many",
        run: |world| {
            second(world, false, |hello| {
                for extension in &mut hello.extensions {
                    if let Extension::KeyShareOffer(shares) = extension {
                        shares.push(KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] });
                    }
                }
            })
        },
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "another cookie",
        run: |world| second(world, true, |hello| replace(&mut hello.extensions, Extension::Cookie(&[7; 32]))),
    },
    Case {
        rule: Rule::RetryMismatch,
        name: "a cookie that was not sent",
        run: |world| second(world, false, |hello| hello.extensions.push(Extension::Cookie(&[7; 32]))),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "no cookie in the second hello",
        run: |world| second(world, true, |hello| without(&mut hello.extensions, ExtensionType::COOKIE)),
    },
    Case {
        rule: Rule::CompressionOffered,
        name: "in the second hello",
        run: |world| second(world, false, |hello| hello.compression_methods = &[1, 0]),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "handshake bytes behind a hello that is answered by a retry",
        run: |world| {
            let client = world.client().key_shares(&[]).build().unwrap();
            let peer = Peer::client(client, with_tail("ClientHello", &[1]));
            Play::server(world.server().build().unwrap(), peer).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "the same, with a pause in between",
        run: |world| {
            let client = world.client().key_shares(&[]).build().unwrap();
            let peer = Peer::client(client, with_tail("ClientHello", &[1]));
            let mut play = Play::new(Connection::server_undecided(super::super::NOW), peer, Vec::new());
            play.go_on();
            let config = Reply::Config(world.server().build().unwrap());
            let error = play.victim.reply(config, &mut play.outbox).unwrap_err();
            play.finish_with(error)
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "handshake bytes behind the retry's request",
        run: |world| {
            let server = world.server().groups(&[GROUP]).build().unwrap();
            let peer = Peer::server(server, with_tail("HelloRetryRequest", &[2]));
            Play::client(world.client().build().unwrap(), peer).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a third ClientHello in place of the client's Finished",
        run: |world| {
            let hello = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
            let script: peer::Script = Box::new(move |name, bytes| match name {
                "ClientHello" => {
                    *hello.borrow_mut() = bytes.clone();
                    vec![Act::Say(bytes)]
                }
                _ => vec![Act::Say(hello.borrow().clone())],
            });
            let server = world.server().groups(&[GROUP]).build().unwrap();
            Play::server(server, Peer::client(world.client().build().unwrap(), script)).finish()
        },
    },
];

#[test]
fn cases() {
    run(CASES);
}

/// A cookie alone is reason enough; the shares stay, so that the server may choose any of them (§4.1.4).
#[test]
fn a_cookie_alone() {
    let world = World::new();
    let script: peer::Script = Box::new(|name, bytes| match name {
        "HelloRetryRequest" => vec![Act::Say(peer::altered(&bytes, &mut |message| {
            if let crate::msg::Message::ServerHello(hello) = message {
                without(&mut hello.extensions, ExtensionType::KEY_SHARE);
            }
        }))],
        _ => vec![Act::Say(bytes)],
    });
    let server = world.server().groups(&[GROUP]).retry_with_cookie(true).build().unwrap();
    let mut play = Play::client(world.client().build().unwrap(), Peer::server(server, script));
    play.go_on();
    // The peer asked for nothing and goes on as if it had: our client kept to what it was told.
    let hello = play.victim.facts().client_hello.clone().unwrap();
    assert_eq!(hello.key_shares, [NamedGroup::X25519MLKEM768, NamedGroup::X25519]);
    assert!(hello.extensions.contains(&ExtensionType::COOKIE) && play.victim.facts().retried);
}

/// What may change in a second hello (§4.1.2): padding comes, goes and changes.
#[test]
fn padding_may_change() {
    let world = World::new();
    let mut count = 0;
    let script = alter_hello(move |hello| {
        count += 1;
        if count == 2 {
            hello.extensions.push(Extension::Padding(&[0; 20]));
        }
    });
    let server = world.server().groups(&[GROUP]).retry_with_cookie(true).build().unwrap();
    let mut play = Play::server(server, Peer::client(world.client().build().unwrap(), script));
    play.go_on();
    assert!(play.error.is_none() && !play.victim.is_handshaking(), "{:?}", play.error);
}
