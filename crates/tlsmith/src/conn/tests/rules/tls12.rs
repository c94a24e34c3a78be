//! What both sides demand of a peer in TLS 1.2 (RFC 5246, RFC 5746, RFC 7507, RFC 7627, RFC 8422).

use std::sync::Arc;

use tlsmith_crypto::{HashAlgorithm, Secret};

use super::{
    super::{
        NOW,
        peer::{
            Act, Script, after, alter_answer, alter_hello, alter_tls12, before, honest, instead, plain_record,
            raw_message,
        },
    },
    *,
};
use crate::{
    config::ClientAuth,
    ext::Extension,
    msg::{ClientHello, Message, ServerHello},
    record::RecordType,
    registry::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme},
    session::ExternalPsk,
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;

/// Our client, which offers both versions, against a server of TLS 1.2.
fn client(world: &World, script: Script) -> Play {
    let server = world.server().versions(TLS12, TLS12).build().unwrap();
    Play::client(world.client().build().unwrap(), Peer::server(server, script))
}

/// The same, and the script says what is in a ChangeCipherSpec.
fn client_ccs(world: &World, script: Script) -> Play {
    let server = world.server().versions(TLS12, TLS12).build().unwrap();
    Play::client(world.client().build().unwrap(), Peer::server(server, script).scripting_change_cipher_spec())
}

/// Our server, which speaks both versions, against a client of TLS 1.2.
fn server(world: &World, script: Script) -> Play {
    let client = world.client().versions(TLS12, TLS12).build().unwrap();
    Play::server(world.server().build().unwrap(), Peer::client(client, script).scripting_change_cipher_spec())
}

/// The same, and certificates are required.
fn mutual_server(world: &World, identity: bool, script: Script) -> Play {
    let mut client = world.client().versions(TLS12, TLS12);
    if identity {
        client = client.identity(world.identity.clone());
    }
    let server = world.server().client_auth(ClientAuth::Require(world.verifier())).build().unwrap();
    Play::server(server, Peer::client(client.build().unwrap(), script))
}

fn server_hello(world: &World, change: fn(&mut ServerHello<'_>)) -> Seen {
    client(world, alter_answer("ServerHello", change)).finish()
}

fn client_hello(world: &World, change: fn(&mut ClientHello<'_>)) -> Seen {
    server(world, alter_hello(change)).finish()
}

/// Replaces or adds an extension of the ServerHello.
fn answer(hello: &mut ServerHello<'_>, kind: ExtensionType, data: &'static [u8]) {
    hello.extensions.retain(|extension| extension.extension_type() != kind);
    hello.extensions.push(Extension::Unknown(kind, data));
}

/// Our client, and a ServerKeyExchange with a change in its bytes: 3 of the curve, 1 of a length, the point, the scheme.
fn server_key_exchange(world: &World, change: fn(&mut Vec<u8>)) -> Seen {
    client(
        world,
        instead("ServerKeyExchange", move |bytes| {
            let mut body = bytes[4..].to_vec();
            change(&mut body);
            vec![Act::Say(raw_message(HandshakeType::SERVER_KEY_EXCHANGE, &body))]
        }),
    )
    .finish()
}

/// Connected in TLS 1.2: the victim is a client, or a server.
fn connected(world: &World, is_client: bool) -> Play {
    let mut play = if is_client { client(world, honest()) } else { server(world, honest()) };
    play.go_on();
    assert!(!play.victim.is_handshaking() && play.peer.is_connected(), "{:?} {:?}", play.error, play.peer.error);
    play
}

fn then(world: &World, is_client: bool, act: Act) -> Seen {
    let mut play = connected(world, is_client);
    play.peer.act(act);
    play.finish()
}

fn finished(world: &World, is_client: bool, change: fn(&mut Vec<u8>)) -> Seen {
    let script = instead("Finished", move |mut bytes| {
        let mut body = bytes.split_off(4);
        change(&mut body);
        vec![Act::Say(raw_message(HandshakeType::FINISHED, &body))]
    });
    if is_client { client(world, script).finish() } else { server(world, script).finish() }
}

const ECDHE_PSK: CipherSuite = CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256;

fn psk(identity: &[u8], byte: u8) -> Arc<ExternalPsk> {
    ExternalPsk::new(identity, Secret::new(&[byte; 32]), HashAlgorithm::Sha256).unwrap()
}

fn psk_client(world: &World, identity: &[u8], byte: u8) -> Arc<ClientConfig> {
    world.client().cipher_suites(&[ECDHE_PSK]).psks(vec![psk(identity, byte)]).build().unwrap()
}

fn psk_server(world: &World, identity: &[u8], byte: u8) -> Arc<ServerConfig> {
    world.server().cipher_suites(&[ECDHE_PSK]).psks(Arc::new(vec![psk(identity, byte)])).build().unwrap()
}

/// Our client with DHE alone, and a ServerKeyExchange in ffdhe2048 with a change in its bytes.
fn dhe(world: &World, change: fn(&mut Vec<u8>)) -> Seen {
    let suites = [CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256];
    let groups = [NamedGroup::FFDHE2048];
    let verifier = Arc::new(crate::auth::AcceptAnyway(world.verifier().as_ref().clone()));
    let client = ClientConfig::builder(world.provider.clone(), verifier).cipher_suites(&suites).groups(&groups);
    let identity = world.identity(&["host.example"], &rcgen::PKCS_RSA_SHA256);
    let server = ServerConfig::builder(world.provider.clone()).identity(identity).versions(TLS12, TLS12);
    let script = instead("ServerKeyExchange", move |bytes| {
        let mut body = bytes[4..].to_vec();
        change(&mut body);
        vec![Act::Say(raw_message(HandshakeType::SERVER_KEY_EXCHANGE, &body))]
    });
    let server = server.cipher_suites(&suites).groups(&groups).build().unwrap();
    Play::client(client.build().unwrap(), Peer::server(server, script)).finish()
}

pub(super) const CASES: &[Case] = &[
    // The ServerHello.
    Case {
        rule: Rule::NoSecureRenegotiation,
        name: "no renegotiation_info (RFC 9325 §3.5)",
        run: |world| {
            server_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::RENEGOTIATION_INFO);
            })
        },
    },
    Case {
        rule: Rule::BadRenegotiationInfo,
        name: "of a server, not empty (RFC 5746 §3.4)",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType::RENEGOTIATION_INFO, &[2, 7, 7])),
    },
    Case {
        rule: Rule::Decode,
        name: "renegotiation_info cut short",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType::RENEGOTIATION_INFO, &[])),
    },
    Case {
        rule: Rule::Decode,
        name: "extended_master_secret with content",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType::EXTENDED_MAIN_SECRET, &[0])),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "ec_point_formats without uncompressed, of a server (RFC 8422 §5.2)",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType::EC_POINT_FORMATS, &[1, 1])),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "ALPN",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType::ALPN, &[0, 3, 2, b'h', b'2'])),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "an application protocol that was not offered",
        run: |world| {
            let script = alter_answer("ServerHello", |hello| {
                answer(hello, ExtensionType::ALPN, &[0, 3, 2, b'h', b'3']);
            });
            let server = world.server().versions(TLS12, TLS12).build().unwrap();
            Play::client(world.client().alpn(&[b"h2"]).build().unwrap(), Peer::server(server, script)).finish()
        },
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "an unknown one",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType(0x4321), &[])),
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "signature_algorithms in a ServerHello of TLS 1.2",
        run: |world| server_hello(world, |hello| answer(hello, ExtensionType::SIGNATURE_ALGORITHMS, &[0, 2, 4, 3])),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "supported_versions to a client of TLS 1.2",
        run: |world| {
            let script = alter_answer("ServerHello", |hello| {
                hello.extensions.push(Extension::SupportedVersionsChoice(TLS12));
            });
            let server = world.server().versions(TLS12, TLS12).build().unwrap();
            let client = world.client().versions(TLS12, TLS12).build().unwrap();
            Play::client(client, Peer::server(server, script)).finish()
        },
    },
    Case {
        rule: Rule::CompressionOffered,
        name: "DEFLATE chosen",
        run: |world| server_hello(world, |hello| hello.compression_method = 1),
    },
    Case {
        rule: Rule::Downgrade,
        name: "a server that could have done better",
        run: |world| server_hello(world, |hello| hello.random[24..].copy_from_slice(b"DOWNGRD\x01")),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a suite of static RSA",
        run: |world| {
            let seen = server_hello(world, |hello| hello.cipher_suite = CipherSuite(0x009c));
            assert!(seen.error.detail().contains("TLS_RSA_WITH_AES_128_GCM_SHA256"), "{:?}", seen.error);
            assert!(seen.error.detail().contains("static RSA"), "{:?}", seen.error);
            seen
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a suite of TLS 1.3",
        run: |world| server_hello(world, |hello| hello.cipher_suite = CipherSuite::TLS_AES_128_GCM_SHA256),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a session that does not exist",
        run: |world| {
            let mut outbox = Vec::new();
            let config = world.client().build().unwrap();
            let victim = Connection::client(config, "host.example".parse().unwrap(), NOW, &mut outbox).unwrap();
            // Record header, message header, version, random, and the length of the ID.
            let id = outbox[5 + 4 + 2 + 32..][..33].to_vec();
            let script = instead("ServerHello", move |bytes| {
                let body = [&bytes[4..38], &id, &bytes[39..]].concat();
                vec![Act::Say(raw_message(HandshakeType::SERVER_HELLO, &body))]
            });
            let server = world.server().versions(TLS12, TLS12).build().unwrap();
            Play::new(victim, Peer::server(server, script), outbox).finish()
        },
    },
    Case {
        rule: Rule::ExtendedMainSecretDropped,
        name: "of a client that resumes (RFC 7627 §5.3)",
        run: super::super::tls12_sessions::dropped,
    },
    // The server's flight.
    Case {
        rule: Rule::EmptyServerCertificate,
        name: "of TLS 1.2",
        run: |world| {
            let change = |message: &mut Message<'_>| match message {
                Message::CertificateTls12(message) => message.chain.clear(),
                _ => unreachable!(),
            };
            client(world, alter_tls12("Certificate", change)).finish()
        },
    },
    Case {
        rule: Rule::CertificateUndecodable,
        name: "no DER",
        run: |world| {
            let change = |message: &mut Message<'_>| match message {
                Message::CertificateTls12(message) => message.chain = vec![&[1, 2, 3]],
                _ => unreachable!(),
            };
            client(world, alter_tls12("Certificate", change)).finish()
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a key for ECDSA under a suite of RSA",
        run: |world| {
            let suite = |hello: &mut ServerHello<'_>| {
                hello.cipher_suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
            };
            client(world, alter_answer("ServerHello", suite)).finish()
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a key on a curve that was not offered (RFC 8422 §5.3)",
        run: |world| {
            let server = world.server().versions(TLS12, TLS12).build().unwrap();
            let config = world.client().groups(&[NamedGroup::X25519]).grease(false).build().unwrap();
            let mut outbox = Vec::new();
            let victim = Connection::client(config, "host.example".parse().unwrap(), NOW, &mut outbox).unwrap();
            let groups = [0, 10, 0, 4, 0, 2, 0, 29];
            let at = outbox.windows(8).position(|window| window == groups).unwrap();
            // What the server hears is that P-256 is fine.
            outbox[at + 7] = 23;
            Play::new(victim, Peer::server(server, honest()), outbox).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a CertificateStatus that was not announced (RFC 6066 §8)",
        run: |world| {
            let status = || Act::Say(raw_message(HandshakeType::CERTIFICATE_STATUS, &[1, 0, 0, 1, 7]));
            client(world, after("Certificate", status)).finish()
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "an explicit curve (RFC 8422 §5.4)",
        run: |world| server_key_exchange(world, |body| body[0] = 1),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a share of a group that was not offered",
        run: |world| server_key_exchange(world, |body| body[1..3].copy_from_slice(&[0, 22])),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a share of a hybrid, which was offered for TLS 1.3",
        run: |world| server_key_exchange(world, |body| body[1..3].copy_from_slice(&[0x11, 0xec])),
    },
    Case { rule: Rule::Decode, name: "no point", run: |world| server_key_exchange(world, |body| body[3] = 0) },
    Case {
        rule: Rule::Decode,
        name: "bytes after the signature",
        run: |world| server_key_exchange(world, |body| body.push(0)),
    },
    Case {
        rule: Rule::BadSignature,
        name: "of another share",
        run: |world| server_key_exchange(world, |body| body[10] ^= 1),
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "ecdsa_sha1",
        run: |world| server_key_exchange(world, |body| body[36..38].copy_from_slice(&[2, 3])),
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "an RSA scheme of a key for ECDSA",
        run: |world| server_key_exchange(world, |body| body[36..38].copy_from_slice(&[8, 4])),
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "handshake bytes after ServerHelloDone",
        run: |world| {
            client(world, instead("ServerHelloDone", |bytes| vec![Act::Whisper([&bytes[..], &[20, 0]].concat())]))
                .finish()
        },
    },
    Case {
        rule: Rule::TooManyEmptyRecords,
        name: "HelloRequests without end",
        run: |world| {
            let request = raw_message(HandshakeType::HELLO_REQUEST, &[]).repeat(40);
            client(world, before("Certificate", move || Act::Whisper(request.clone()))).finish()
        },
    },
    Case {
        rule: Rule::UnknownDhGroup,
        name: "a prime of the server's own",
        run: |world| dhe(world, |body| body[2 + 17] ^= 1),
    },
    Case {
        rule: Rule::UnknownDhGroup,
        name: "another generator",
        run: |world| dhe(world, |body| body[2 + 256 + 2] = 5),
    },
    Case {
        rule: Rule::BadSignature,
        name: "of another public value in a finite field",
        run: |world| dhe(world, |body| body[2 + 256 + 3 + 2 + 9] ^= 1),
    },
    Case {
        rule: Rule::UnknownPskIdentity,
        name: "a key that only the client has (RFC 4279 §2)",
        run: |world| {
            let (client, server) = (psk_client(world, b"mine", 7), psk_server(world, b"yours", 7));
            Play::server(server, Peer::client(client, honest())).finish()
        },
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "another key under the same identity: nothing decrypts",
        run: |world| {
            let (client, server) = (psk_client(world, b"same", 7), psk_server(world, b"same", 8));
            Play::server(server, Peer::client(client, honest())).finish()
        },
    },
    // ChangeCipherSpec and Finished.
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "before the ServerHello",
        run: |world| {
            client(world, before("ServerHello", || Act::Record(RecordType::ChangeCipherSpec, vec![1]))).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "before the Certificate",
        run: |world| {
            client(world, before("Certificate", || Act::Record(RecordType::ChangeCipherSpec, vec![1]))).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "before the ClientKeyExchange",
        run: |world| {
            server(world, before("ClientKeyExchange", || Act::Record(RecordType::ChangeCipherSpec, vec![1]))).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "with another value",
        run: |world| client_ccs(world, instead("ChangeCipherSpec", |_| vec![Act::Say(vec![2])])).finish(),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "two bytes",
        run: |world| server(world, instead("ChangeCipherSpec", |_| vec![Act::Say(vec![1, 1])])).finish(),
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "protected, after the handshake",
        run: |world| then(world, true, Act::Record(RecordType::ChangeCipherSpec, vec![1])),
    },
    Case {
        rule: Rule::InterleavedHandshake,
        name: "a ChangeCipherSpec inside a message",
        run: |world| {
            client_ccs(world, instead("ChangeCipherSpec", |_| vec![Act::Whisper(vec![20, 0, 0]), Act::Say(vec![1])]))
                .finish()
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a Finished without ChangeCipherSpec",
        run: |world| {
            client_ccs(
                world,
                instead("ChangeCipherSpec", |_| vec![Act::Whisper(raw_message(HandshakeType::FINISHED, &[7; 12]))]),
            )
            .finish()
        },
    },
    Case {
        rule: Rule::BadRecordMac,
        name: "a Finished in the clear",
        run: |world| {
            let message = raw_message(HandshakeType::FINISHED, &[7; 12]);
            let wire = plain_record(22, &message);
            server(world, instead("Finished", move |_| vec![Act::Wire(wire.clone())])).finish()
        },
    },
    Case {
        rule: Rule::BadFinished,
        name: "of a server of TLS 1.2",
        run: |world| finished(world, true, |data| data[0] ^= 1),
    },
    Case {
        rule: Rule::BadFinished,
        name: "of a client of TLS 1.2",
        run: |world| finished(world, false, |data| data[11] ^= 0x80),
    },
    Case {
        rule: Rule::Decode,
        name: "a Finished of 11 bytes",
        run: |world| finished(world, true, |data| data.truncate(11)),
    },
    Case {
        rule: Rule::Decode,
        name: "a Finished of 32 bytes",
        run: |world| finished(world, false, |data| data.resize(32, 0)),
    },
    Case {
        rule: Rule::UnexpectedContentType,
        name: "data before the Finished",
        run: |world| {
            server(world, before("Finished", || Act::Record(RecordType::ApplicationData, b"early".to_vec()))).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedContentType,
        name: "data in the clear, to a server of TLS 1.2",
        run: |world| {
            server(world, before("ClientKeyExchange", || Act::Record(RecordType::ApplicationData, b"x".to_vec())))
                .finish()
        },
    },
    // The ClientHello.
    Case {
        rule: Rule::InappropriateFallback,
        name: "TLS 1.2 from a client that can do better (RFC 7507)",
        run: |world| {
            let client = world.client().versions(TLS12, TLS12).fallback(true).build().unwrap();
            let script = honest();
            // A server that can do no better does not mind.
            let same = world.server().versions(TLS12, TLS12).build().unwrap();
            let mut play = Play::server(same, Peer::client(client.clone(), honest()));
            assert!(play.go_on().error.is_none() && play.peer.is_connected());
            Play::server(world.server().build().unwrap(), Peer::client(client, script)).finish()
        },
    },
    Case {
        rule: Rule::NoCommonSuite,
        name: "static RSA, CBC, RC4 and 3DES, by name",
        run: |world| {
            let seen = client_hello(world, |hello| {
                hello.cipher_suites = [0x009c, 0xc013, 0x0005, 0x000a].map(CipherSuite).to_vec();
            });
            for named in ["TLS_RSA_WITH_RC4_128_SHA", "static RSA", "CBC", "RC4", "3DES"] {
                assert!(seen.error.detail().contains(named), "{:?}", seen.error);
            }
            seen
        },
    },
    Case {
        rule: Rule::NoCommonSuite,
        name: "NULL, EXPORT and anonymous suites, by name",
        run: |world| {
            let seen = client_hello(world, |hello| {
                hello.cipher_suites = [0x003b, 0x0003, 0x00a6].map(CipherSuite).to_vec();
            });
            for named in ["NULL", "export", "anonymous"] {
                assert!(seen.error.detail().contains(named), "{:?}", seen.error);
            }
            seen
        },
    },
    Case {
        rule: Rule::NoCommonSuite,
        name: "suites of TLS 1.3 alone, without TLS 1.3",
        run: |world| client_hello(world, |hello| hello.cipher_suites = vec![CipherSuite::TLS_AES_128_GCM_SHA256]),
    },
    Case {
        rule: Rule::NoCommonGroup,
        name: "no supported_groups in TLS 1.2",
        run: |world| {
            client_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::SUPPORTED_GROUPS);
            })
        },
    },
    Case {
        rule: Rule::NoCommonScheme,
        name: "no signature_algorithms in TLS 1.2: SHA-1 is meant (RFC 5246 §7.4.1.4.1)",
        run: |world| {
            client_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::SIGNATURE_ALGORITHMS);
            })
        },
    },
    Case {
        rule: Rule::NoCommonScheme,
        name: "SHA-1 alone",
        run: |world| {
            client_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::SIGNATURE_ALGORITHMS);
                let sha1 = vec![SignatureScheme::ECDSA_SHA1, SignatureScheme::RSA_PKCS1_SHA1];
                hello.extensions.push(Extension::SignatureAlgorithms(sha1));
            })
        },
    },
    Case {
        rule: Rule::NoCommonScheme,
        name: "the curve of the only key is not among the groups (RFC 8422 §5.1.1)",
        run: |world| {
            client_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::SUPPORTED_GROUPS);
                hello.extensions.push(Extension::SupportedGroups(vec![NamedGroup::X25519]));
            })
        },
    },
    Case {
        rule: Rule::CompressionOffered,
        name: "DEFLATE without null, in TLS 1.2",
        run: |world| client_hello(world, |hello| hello.compression_methods = &[1]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "ec_point_formats without uncompressed, of a client (RFC 8422 §5.1.2)",
        run: |world| {
            client_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::EC_POINT_FORMATS);
                hello.extensions.push(Extension::EcPointFormats(&[1, 2]));
            })
        },
    },
    Case {
        rule: Rule::BadRenegotiationInfo,
        name: "of a client, not empty (RFC 5746 §3.6)",
        run: |world| {
            client_hello(world, |hello| {
                hello.extensions.retain(|e| e.extension_type() != ExtensionType::RENEGOTIATION_INFO);
                hello.extensions.push(Extension::RenegotiationInfo(&[7; 12]));
            })
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "handshake bytes after a ClientHello of TLS 1.2",
        run: |world| {
            server(world, instead("ClientHello", |bytes| vec![Act::Whisper([&bytes[..], &[16]].concat())])).finish()
        },
    },
    // The client's flight.
    Case {
        rule: Rule::NoClientCertificate,
        name: "an empty list in TLS 1.2",
        run: |world| mutual_server(world, false, honest()).finish(),
    },
    Case {
        rule: Rule::BadSignature,
        name: "a CertificateVerify of TLS 1.2",
        run: |world| {
            let script = instead("CertificateVerify", |mut bytes| {
                *bytes.last_mut().unwrap() ^= 1;
                vec![Act::Say(bytes)]
            });
            mutual_server(world, true, script).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedChangeCipherSpec,
        name: "no CertificateVerify after a certificate",
        run: |world| mutual_server(world, true, instead("CertificateVerify", |_| Vec::new())).finish(),
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "31 bytes of X25519 in a ClientKeyExchange",
        run: |world| {
            let message = raw_message(HandshakeType::CLIENT_KEY_EXCHANGE, &[&[31][..], &[9; 31]].concat());
            server(world, instead("ClientKeyExchange", move |_| vec![Act::Say(message.clone())])).finish()
        },
    },
    Case {
        rule: Rule::BadKeyShare,
        name: "zeros of X25519 in a ClientKeyExchange (RFC 8422 §5.11)",
        run: |world| {
            let message = raw_message(HandshakeType::CLIENT_KEY_EXCHANGE, &[&[32][..], &[0; 32]].concat());
            server(world, instead("ClientKeyExchange", move |_| vec![Act::Say(message.clone())])).finish()
        },
    },
    Case {
        rule: Rule::Decode,
        name: "bytes after the point of a ClientKeyExchange",
        run: |world| {
            let script = instead("ClientKeyExchange", |bytes| {
                let body = [&bytes[4..], &[0]].concat();
                vec![Act::Say(raw_message(HandshakeType::CLIENT_KEY_EXCHANGE, &body))]
            });
            server(world, script).finish()
        },
    },
    // After the handshake.
    Case {
        rule: Rule::NoRenegotiation,
        name: "a HelloRequest",
        run: |world| {
            then(world, true, Act::Record(RecordType::Handshake, raw_message(HandshakeType::HELLO_REQUEST, &[])))
        },
    },
    Case {
        rule: Rule::NoRenegotiation,
        name: "a ClientHello",
        run: |world| {
            let mut hello = Vec::new();
            let config = world.client().versions(TLS12, TLS12).build().unwrap();
            Connection::client(config, "host.example".parse().unwrap(), NOW, &mut hello).unwrap();
            then(world, false, Act::Record(RecordType::Handshake, hello[5..].to_vec()))
        },
    },
    Case {
        rule: Rule::UnexpectedMessage,
        name: "a KeyUpdate in TLS 1.2",
        run: |world| then(world, true, Act::Record(RecordType::Handshake, vec![24, 0, 0, 1, 0])),
    },
    Case {
        rule: Rule::TooManyWarnings,
        name: "five warnings of TLS 1.2",
        run: |world| {
            let mut play = connected(world, true);
            for _ in 0..4 {
                play.peer.alert(1, AlertDescription::NO_RENEGOTIATION);
            }
            assert!(play.go_on().error.is_none());
            play.peer.alert(1, AlertDescription::USER_CANCELED);
            play.finish()
        },
    },
    Case {
        rule: Rule::AlertMalformed,
        name: "a level that does not exist",
        run: |world| then(world, true, Act::Record(RecordType::Alert, vec![3, 40])),
    },
    Case {
        rule: Rule::NoKeyUpdate,
        name: "asked for in TLS 1.2",
        run: |world| {
            let mut play = connected(world, true);
            Seen::refused(play.victim.update_keys(false, &mut play.outbox).unwrap_err())
        },
    },
];

#[test]
fn cases() {
    run(CASES);
}

#[test]
fn a_fatal_alert_ends_it() {
    let world = World::new();
    let seen = then(&world, false, Act::Record(RecordType::Alert, vec![2, 40]));
    assert_eq!(seen.error.rule(), Rule::PeerAlert(AlertDescription::HANDSHAKE_FAILURE));
}
