//! What a server demands of a ClientHello (RFC 8446 §4.1.2, §4.2, §9.2, §D.5).

use super::{
    super::peer::{Act, alter_hello, instead},
    *,
};
use crate::{
    ext::{Extension, KeyShareEntry, StatusRequest},
    msg::ClientHello,
    registry::{ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme},
};

fn hello(world: &World, change: fn(&mut ClientHello<'_>)) -> Seen {
    against_server(world, alter_hello(change)).finish()
}

/// A server that speaks TLS 1.3 alone.
fn hello_tls13(world: &World, change: fn(&mut ClientHello<'_>)) -> Seen {
    let server = world.server().versions(ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_3).build().unwrap();
    Play::server(server, Peer::client(world.client().build().unwrap(), alter_hello(change))).finish()
}

fn without(hello: &mut ClientHello<'_>, kind: ExtensionType) {
    hello.extensions.retain(|extension| extension.extension_type() != kind);
}

fn with<'a>(hello: &mut ClientHello<'a>, extension: Extension<'a>) {
    without(hello, extension.extension_type());
    hello.extensions.push(extension);
}

fn share(hello: &mut ClientHello<'_>, group: NamedGroup, key_exchange: &'static [u8]) {
    with(hello, Extension::SupportedGroups(vec![group]));
    with(hello, Extension::KeyShareOffer(vec![KeyShareEntry { group, key_exchange }]));
}

/// A share of ffdhe2048 for a server that allows it.
fn finite_field(world: &World, key_exchange: &'static [u8]) -> Seen {
    let group = NamedGroup::FFDHE2048;
    let server = world.server().groups(&[group]).build().unwrap();
    let script = alter_hello(move |hello| share(hello, group, key_exchange));
    let client = world.client().groups(&[group]).build().unwrap();
    Play::server(server, Peer::client(client, script)).finish()
}

/// `pre_shared_key` with one identity of a byte and one binder of 32 (RFC 8446 §4.2.11).
const PSK: [u8; 44] = {
    let mut data = [5; 44];
    let (start, _) = data.split_at_mut(12);
    start.copy_from_slice(&[0, 7, 0, 1, 9, 0, 0, 0, 0, 0, 33, 32]);
    data
};

fn psk(hello: &mut ClientHello<'_>) {
    hello.extensions.push(Extension::Unknown(ExtensionType::PRE_SHARED_KEY, &PSK));
}

/// Appends extensions of any bytes to the ClientHello.
fn appended(world: &World, extensions: &'static [u8]) -> Seen {
    let script = instead("ClientHello", move |mut bytes| {
        bytes.extend_from_slice(extensions);
        let extensions_at = extensions_at(&bytes);
        add(&mut bytes, extensions_at, extensions.len());
        add(&mut bytes, 2, extensions.len());
        vec![Act::Say(bytes)]
    });
    against_server(world, script).finish()
}

/// Where the length of a ClientHello's extensions stands.
fn extensions_at(bytes: &[u8]) -> usize {
    let session_id = 4 + 2 + 32;
    let suites = session_id + 1 + usize::from(bytes[session_id]);
    let compression = suites + 2 + usize::from(u16::from_be_bytes([bytes[suites], bytes[suites + 1]]));
    compression + 1 + usize::from(bytes[compression])
}

/// Adds to a length of two bytes.
fn add(bytes: &mut [u8], at: usize, more: usize) {
    let length = usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]])) + more;
    bytes[at..at + 2].copy_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
}

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::PeerVersion,
        name: "no supported_versions",
        run: |world| hello_tls13(world, |hello| without(hello, ExtensionType::SUPPORTED_VERSIONS)),
    },
    Case {
        rule: Rule::PeerVersion,
        name: "no supported_versions, but 0x0304 where the legacy version stands (§4.2.1)",
        run: |world| {
            hello_tls13(world, |hello| {
                without(hello, ExtensionType::SUPPORTED_VERSIONS);
                hello.legacy_version = ProtocolVersion::TLS1_3;
            })
        },
    },
    Case {
        rule: Rule::PeerVersion,
        name: "older ones only",
        run: |world| {
            hello(world, |hello| {
                let versions = vec![ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_0];
                with(hello, Extension::SupportedVersionsOffer(versions));
            })
        },
    },
    Case {
        rule: Rule::PeerVersion,
        name: "0x0300 as the legacy version (§D.5)",
        run: |world| hello(world, |hello| hello.legacy_version = ProtocolVersion(0x0300)),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "signature_algorithms",
        run: |world| hello(world, |hello| without(hello, ExtensionType::SIGNATURE_ALGORITHMS)),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "supported_groups",
        run: |world| hello(world, |hello| without(hello, ExtensionType::SUPPORTED_GROUPS)),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "key_share",
        run: |world| hello(world, |hello| without(hello, ExtensionType::KEY_SHARE)),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "pre_shared_key without psk_key_exchange_modes",
        run: |world| hello(world, psk),
    },
    Case { rule: Rule::MisplacedExtension, name: "oid_filters", run: |world| appended(world, &[0, 48, 0, 2, 0, 0]) },
    Case {
        rule: Rule::DuplicateExtension,
        name: "a known one",
        run: |world| appended(world, &[0, 10, 0, 4, 0, 2, 0, 29]),
    },
    Case {
        rule: Rule::DuplicateExtension,
        name: "an unknown one",
        run: |world| appended(world, &[0x12, 0x34, 0, 0, 0x12, 0x34, 0, 0]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "two shares of a group (§4.2.8)",
        run: |world| {
            hello(world, |hello| {
                let share = KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[9; 32] };
                with(hello, Extension::KeyShareOffer(vec![share, share]));
            })
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a share of a group that is not offered (§4.2.8)",
        run: |world| hello(world, |hello| with(hello, Extension::SupportedGroups(vec![NamedGroup::SECP256R1]))),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a cookie in the first hello (§4.2.2)",
        run: |world| hello(world, |hello| with(hello, Extension::Cookie(b"old"))),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "pre_shared_key is not the last (§4.2.11)",
        run: |world| {
            hello(world, |hello| {
                psk(hello);
                hello.extensions.rotate_right(1);
            })
        },
    },
    Case {
        rule: Rule::CompressionOffered,
        name: "DEFLATE, too",
        run: |world| hello(world, |hello| hello.compression_methods = &[0, 1]),
    },
    Case {
        rule: Rule::CompressionOffered,
        name: "DEFLATE alone",
        run: |world| hello(world, |hello| hello.compression_methods = &[1]),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "too short",
        run: |world| hello(world, |hello| share(hello, NamedGroup::X25519, &[9; 31])),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "X25519 that gives zero (§7.4.2)",
        run: |world| hello(world, |hello| share(hello, NamedGroup::X25519, &[0; 32])),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a point off the curve (§4.2.8.2)",
        run: |world| hello(world, |hello| share(hello, NamedGroup::SECP256R1, &[4; 65])),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a hybrid share cut short",
        run: |world| hello(world, |hello| share(hello, NamedGroup::X25519MLKEM768, &[0; 1184])),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a hybrid share of zeros, of the right length",
        run: |world| hello(world, |hello| share(hello, NamedGroup::SECP384R1MLKEM1024, &[0; 1665])),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a finite field share of 0 (§4.2.8.1)",
        run: |world| finite_field(world, &[0; 256]),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a finite field share above the prime",
        run: |world| finite_field(world, &[0xff; 256]),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "a finite field share without its zeros to the left",
        run: |world| finite_field(world, &[2; 255]),
    },
    Case {
        rule: Rule::Decode,
        name: "no bytes of extensions where their length says so",
        run: |world| {
            let script = instead("ClientHello", |mut bytes| {
                let at = extensions_at(&bytes);
                add(&mut bytes, at, 1);
                vec![Act::Say(bytes)]
            });
            against_server(world, script).finish()
        },
    },
    Case {
        rule: Rule::Decode,
        name: "an empty list of groups",
        run: |world| hello(world, |hello| with(hello, Extension::SupportedGroups(Vec::new()))),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty list of schemes",
        run: |world| hello(world, |hello| with(hello, Extension::SignatureAlgorithms(Vec::new()))),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty name of a protocol",
        run: |world| hello(world, |hello| with(hello, Extension::Alpn(vec![b"h2", b""]))),
    },
    Case {
        rule: Rule::Decode,
        name: "bytes in an extension that has none",
        run: |world| appended(world, &[0, 49, 0, 1, 0]),
    },
];

#[test]
fn cases() {
    run(CASES);
}

/// What a server has to ignore (RFC 8446 §4.1.2, §4.2, §4.2.3, §9.3; RFC 8701), at every list at once.
#[test]
fn what_is_not_known_is_ignored() {
    let world = World::new();
    let script = alter_hello(|hello| {
        let reserved = [0x0a0a, 0x7a7a, 0xfafa, 0x0b0b, 0xfffe, 0x0005];
        for value in reserved {
            hello.cipher_suites.insert(0, crate::registry::CipherSuite(value));
        }
        for extension in &mut hello.extensions {
            match extension {
                Extension::SupportedGroups(list) => list.extend(reserved.map(NamedGroup)),
                Extension::SignatureAlgorithms(list) => list.splice(0..0, reserved.map(SignatureScheme)).for_each(drop),
                Extension::SupportedVersionsOffer(list) => {
                    list.splice(0..0, reserved.map(ProtocolVersion)).for_each(drop);
                }
                Extension::KeyShareOffer(list) => {
                    list.push(KeyShareEntry { group: NamedGroup(0xfafa), key_exchange: &[1, 2, 3] });
                    list.push(KeyShareEntry { group: NamedGroup(0x0005), key_exchange: &[1] });
                }
                _ => (),
            }
        }
        with(hello, Extension::Alpn(vec![b"\x0a\x0a", b"h2"]));
        with(hello, Extension::PskKeyExchangeModes(&[0x0b, 0xff, 1]));
        with(hello, Extension::Unknown(ExtensionType(0xabcd), b"what is this"));
        with(hello, Extension::Unknown(ExtensionType(0xdada), &[]));
        with(hello, Extension::PostHandshakeAuth);
        with(hello, Extension::ExtendedMainSecret);
        with(hello, Extension::SessionTicket(&[]));
        with(hello, Extension::RenegotiationInfo(&[]));
        with(hello, Extension::StatusRequest(StatusRequest::ANY_OCSP));
    });
    // The reserved values are those above alone: drawn ones could come twice.
    let server = world.server().alpn(&[b"h2"]).build().unwrap();
    let mut play =
        Play::server(server, Peer::client(world.client().grease(false).alpn(&[b"h2"]).build().unwrap(), script));
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected(), "{:?} {:?}", play.error, play.peer.error);
    let facts = play.victim.facts();
    assert_eq!(facts.alpn.as_deref(), Some(&b"h2"[..]));
    let hello = facts.client_hello.as_ref().unwrap();
    assert!(!hello.cipher_suites.iter().any(|suite| suite.is_grease()));
    assert!(!hello.groups.iter().chain(&hello.key_shares).any(|group| group.is_grease()));
}

/// A ClientHello whose lists are as long as they can be costs no more than reading it: a share is looked for among the
/// groups without going through all of them for each.
#[test]
fn long_lists_cost_no_more_than_their_length() {
    let world = World::new();
    let script = alter_hello(|hello| {
        // Some 6000 shares of a byte, and 12000 groups; none of either is known.
        let groups: Vec<NamedGroup> = (0..12_000).map(|value| NamedGroup(0x8000 + value % 0x7000)).collect();
        let shares = groups[..6000].iter().rev();
        let shares = shares.map(|group| KeyShareEntry { group: *group, key_exchange: &[1] }).collect();
        with(hello, Extension::SupportedGroups(groups));
        with(hello, Extension::KeyShareOffer(shares));
    });
    let seen = against_server(&world, script).finish();
    assert_eq!(seen.error.rule(), Rule::NoCommonGroup);
    // A hostile hello does not make a hostile message.
    assert!(seen.error.message().len() < 1000);
}
