//! Certificates, signatures, CertificateRequest (RFC 8446 §4.3.2, §4.4.2, §4.4.3).

use std::sync::Arc;

use tlsmith_x509::{Code, Finding, Report};

use super::{
    super::peer::{Act, alter, instead, raw_message},
    *,
};
use crate::{
    auth::{
        Answer, ExpectedKeys, Identity, IdentityChoice, IdentityKey, PeerCertificates, PeerVerifier, ServerIdentities,
        Verdict, Zlib,
    },
    config::ClientAuth,
    ext::Extension,
    msg::{CertificateEntry, CertificateMessage, CertificateVerify, Message},
    registry::{ExtensionType, HandshakeType, SignatureScheme},
};

/// Says what it is told to say.
#[derive(Debug)]
struct Says(Report);

impl PeerVerifier for Says {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Now(Verdict::judge(self.0.clone()))
    }
}

/// Shows the one certificate that it has, and signs with one scheme, whatever was offered.
#[derive(Debug)]
struct Stubborn(Arc<Identity>, SignatureScheme);

impl ServerIdentities for Stubborn {
    fn choose(&self, _: &ClientHelloFacts) -> IdentityChoice {
        IdentityChoice::Use(Arc::clone(&self.0), self.1)
    }

    fn all(&self) -> Vec<Arc<Identity>> {
        Vec::new()
    }
}

fn finding(code: Code) -> Report {
    let (message, fix) = (String::from("the values"), String::from("the mend"));
    let severity = tlsmith_x509::Severity::Error;
    Report {
        findings: vec![Finding { code, severity, certificate: Some(0), message, fix, mends: Vec::new() }],
        ..Report::default()
    }
}

/// Our client, whose verifier reports this.
fn client_that_finds(world: &World, report: Report) -> Play {
    let client = crate::ClientConfig::builder(world.provider.clone(), Arc::new(Says(report))).build().unwrap();
    Play::client(client, Peer::server(world.server().build().unwrap(), peer::honest()))
}

/// Our server, whose verifier reports this.
fn server_that_finds(world: &World, auth: fn(Arc<dyn PeerVerifier>) -> ClientAuth, report: Report) -> Play {
    let server = world.server().client_auth(auth(Arc::new(Says(report)))).build().unwrap();
    let client = world.client().identity(world.identity.clone()).build().unwrap();
    Play::server(server, Peer::client(client, peer::honest()))
}

/// Alters Certificate, in the role of a server or of a client.
fn certificate(world: &World, to_client: bool, change: fn(&mut CertificateMessage<'_>)) -> Seen {
    let script = alter("Certificate", move |message| {
        let Message::Certificate(message) = message else { unreachable!() };
        change(message);
    });
    if to_client { against_client(world, script) } else { against_mutual_server(world, script) }.finish()
}

/// Our client, with a configuration of its own, against a server that alters its leaf's entry.
fn with_leaf(world: &World, client: Arc<ClientConfig>, change: fn(&mut CertificateEntry<'_>)) -> Seen {
    let script = alter("Certificate", move |message| {
        let Message::Certificate(message) = message else { unreachable!() };
        change(&mut message.entries[0]);
    });
    Play::client(client, Peer::server(world.server().build().unwrap(), script)).finish()
}

/// Alters CertificateVerify.
fn verify(world: &World, to_client: bool, change: fn(&mut CertificateVerify<'_>)) -> Seen {
    let script = alter("CertificateVerify", move |message| {
        let Message::CertificateVerify(message) = message else { unreachable!() };
        change(message);
    });
    if to_client { against_client(world, script) } else { against_mutual_server(world, script) }.finish()
}

/// Our client is sent a CertificateRequest with this context and these extensions.
fn request(world: &World, context: &'static [u8], extensions: &'static [u8]) -> Seen {
    let script = instead("EncryptedExtensions", move |bytes| {
        let context_len = u8::try_from(context.len()).unwrap();
        let length = u16::try_from(extensions.len()).unwrap().to_be_bytes();
        let body = [&[context_len], context, &length, extensions].concat();
        vec![Act::Say(bytes), Act::Say(raw_message(HandshakeType::CERTIFICATE_REQUEST, &body))]
    });
    against_client(world, script).finish()
}

/// Our client against a server that signs with this scheme.
fn stubborn(world: &World, client: Arc<ClientConfig>, identity: Arc<Identity>, scheme: SignatureScheme) -> Play {
    let identities = Arc::new(Stubborn(identity, scheme));
    let server = crate::ServerConfig::builder(world.provider.clone()).identities(identities).build().unwrap();
    Play::client(client, Peer::server(server, peer::honest()))
}

/// An identity whose key usage is for signing certificates alone.
fn not_for_signing(world: &World) -> Arc<Identity> {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![String::from("host.example")]).unwrap();
    params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    let chain = params.self_signed(&key).unwrap().pem();
    let key = key.serialize_pem();
    Arc::new(Identity::from_pem(world.provider.as_ref(), chain.as_bytes(), key.as_bytes()).unwrap())
}

pub(super) const CASES: &[Case] = &[
    Case {
        rule: Rule::EmptyServerCertificate,
        name: "no certificate",
        run: |world| certificate(world, true, |message| message.entries.clear()),
    },
    Case {
        rule: Rule::CertificateRequired,
        name: "no certificate",
        run: |world| certificate(world, false, |message| message.entries.clear()),
    },
    Case {
        rule: Rule::CertificateUndecodable,
        name: "the leaf",
        run: |world| certificate(world, true, |message| message.entries[0].data = b"\x30\x03\x02\x01\x00"),
    },
    Case {
        rule: Rule::CertificateUndecodable,
        name: "what follows the leaf",
        run: |world| certificate(world, false, |message| message.entries.push(entry(b"no certificate"))),
    },
    Case {
        rule: Rule::CertificateKeyUnsupported,
        name: "a type of key that is not implemented",
        run: |world| {
            certificate(world, true, |message| {
                let ed448 = tlsmith_x509::pem::certificates(include_bytes!("../../../../tests/data/ed448/cert.pem"));
                message.entries[0].data = Vec::leak(ed448.unwrap()[0].der().to_vec());
            })
        },
    },
    Case {
        rule: Rule::CertificateKeyUnsupported,
        name: "key usage without digitalSignature, of a server",
        run: |world| {
            let server = crate::ServerConfig::builder(world.provider.clone()).identity(not_for_signing(world));
            let peer = Peer::server(server.build().unwrap(), peer::honest());
            Play::client(world.client().build().unwrap(), peer).finish()
        },
    },
    Case {
        rule: Rule::CertificateKeyUnsupported,
        name: "key usage without digitalSignature, of a client",
        run: |world| {
            let server = world.server().client_auth(ClientAuth::Request(world.verifier())).build().unwrap();
            let client = world.client().identity(not_for_signing(world)).build().unwrap();
            Play::server(server, Peer::client(client, peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::BadCertificateCompression,
        name: "noise (more in conn/tests/compression.rs)",
        run: |world| {
            let script = instead("Certificate", |_| {
                let body = [0, 1, 0, 0, 9, 0, 0, 2, 7, 7];
                vec![Act::Say(raw_message(HandshakeType::COMPRESSED_CERTIFICATE, &body))]
            });
            let client = world.client().certificate_compression(&[Arc::new(Zlib)]).build().unwrap();
            Play::client(client, Peer::server(world.server().build().unwrap(), script)).finish()
        },
    },
    Case {
        rule: Rule::UnexpectedRawKey,
        name: "nobody is expected (more in conn/tests/raw_keys.rs)",
        run: |world| {
            let IdentityKey::Here(key) = world.identity.key() else { unreachable!() };
            let raw = Arc::new(Identity::raw_public_key(key.clone()).unwrap());
            let server = crate::ServerConfig::builder(world.provider.clone()).identity(raw).build().unwrap();
            let nobody = Arc::new(ExpectedKeys::new([]));
            let client = crate::ClientConfig::builder(world.provider.clone(), nobody).build().unwrap();
            Play::client(client, Peer::server(server, peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::NoCommonCertificateType,
        name: "a client that takes raw public keys alone",
        run: |world| {
            let nobody = Arc::new(ExpectedKeys::new([]));
            let client = crate::ClientConfig::builder(world.provider.clone(), nobody).build().unwrap();
            Play::server(world.server().build().unwrap(), Peer::client(client, peer::honest())).finish()
        },
    },
    Case {
        rule: Rule::CertificateRefused,
        name: "no reason given, of a server",
        run: |world| client_that_finds(world, Report::default()).finish(),
    },
    Case {
        rule: Rule::CertificateRefused,
        name: "no reason given, of a client",
        run: |world| server_that_finds(world, ClientAuth::Request, Report::default()).finish(),
    },
    Case {
        rule: Rule::BadSignature,
        name: "a byte of a server's",
        run: |world| verify(world, true, |message| message.signature = &[0x30, 6, 2, 1, 1, 2, 1, 1]),
    },
    Case {
        rule: Rule::BadSignature,
        name: "an empty one of a client",
        run: |world| verify(world, false, |message| message.signature = &[]),
    },
    Case {
        rule: Rule::BadSignature,
        name: "over another transcript",
        run: |world| {
            // The Certificate that is signed is not the one that was sent.
            let script = instead("Certificate", |bytes| {
                let other = peer::altered(&bytes, &mut |message| {
                    let Message::Certificate(message) = message else { unreachable!() };
                    message.entries.push(CertificateEntry { ..message.entries[0].clone() });
                });
                vec![Act::Whisper(other)]
            });
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "of another key type",
        run: |world| verify(world, true, |message| message.scheme = SignatureScheme::RSA_PSS_RSAE_SHA256),
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "of another curve",
        run: |world| verify(world, false, |message| message.scheme = SignatureScheme::ECDSA_SECP384R1_SHA384),
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "RSA-PKCS#1, offered for certificates",
        run: |world| verify(world, true, |message| message.scheme = SignatureScheme::RSA_PKCS1_SHA256),
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "unknown",
        run: |world| verify(world, true, |message| message.scheme = SignatureScheme(0x0a0a)),
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "it fits the key, but was not offered",
        run: |world| {
            let client = world.client().signature_schemes(&[SignatureScheme::ED25519]).build().unwrap();
            stubborn(world, client, world.identity.clone(), SignatureScheme::ECDSA_SECP256R1_SHA256).finish()
        },
    },
    Case {
        rule: Rule::SchemeNotOffered,
        name: "PSS with another hash than the key's own parameters say (§4.2.3)",
        run: |world| {
            let client = world.client().build().unwrap();
            let identity = world.pss384(include_bytes!("../../../../tests/data/pss384/unrestricted.pem"));
            stubborn(world, client, identity, SignatureScheme::RSA_PSS_PSS_SHA256).finish()
        },
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "an OCSP response with a server's certificate, not asked for",
        run: |world| {
            let client = world.client().ocsp_stapling(false).build().unwrap();
            with_leaf(world, client, |leaf| leaf.extensions.push(Extension::CertificateStatus(&[0x30])))
        },
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "timestamps with a server's certificate, not asked for",
        run: |world| {
            let client = world.client().signed_certificate_timestamps(false).build().unwrap();
            with_leaf(world, client, |leaf| leaf.extensions.push(Extension::Scts(&[0, 3, 0, 1, 9])))
        },
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "an unknown one with a server's certificate",
        run: |world| {
            certificate(world, true, |message| {
                message.entries[0].extensions.push(Extension::Unknown(ExtensionType(0x7777), &[]));
            })
        },
    },
    Case {
        rule: Rule::Decode,
        name: "an empty list of timestamps (RFC 6962 §3.3)",
        run: |world| certificate(world, true, |message| message.entries[0].extensions.push(Extension::Scts(&[0, 0]))),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty OCSP response (RFC 6066 §8)",
        run: |world| {
            certificate(world, true, |message| {
                message.entries[0].extensions.push(Extension::CertificateStatus(&[]));
            })
        },
    },
    Case {
        rule: Rule::DuplicateExtension,
        name: "two OCSP responses with one certificate",
        run: |world| {
            certificate(world, true, |message| {
                message.entries[0].extensions = vec![Extension::CertificateStatus(&[0x30]); 2];
            })
        },
    },
    Case {
        rule: Rule::Decode,
        name: "a status_request of a CertificateRequest that is not empty (RFC 8446 §4.4.2.1)",
        run: |world| request(world, &[], &[0, 13, 0, 4, 0, 2, 4, 3, 0, 5, 0, 5, 1, 0, 0, 0, 0]),
    },
    Case {
        rule: Rule::UnsolicitedExtension,
        name: "with a client's certificate",
        run: |world| {
            certificate(world, false, |message| {
                message.entries[0].extensions.push(Extension::Scts(&[0, 3, 0, 1, 9]));
            })
        },
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "with a certificate",
        run: |world| {
            certificate(world, true, |message| message.entries[0].extensions.push(Extension::Alpn(vec![b"h2"])))
        },
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a context of a server's Certificate",
        run: |world| certificate(world, true, |message| message.context = &[1]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a context of a client's Certificate",
        run: |world| certificate(world, false, |message| message.context = &[1]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "101 certificates",
        run: |world| certificate(world, true, |message| message.entries = vec![message.entries[0].clone(); 101]),
    },
    Case {
        rule: Rule::IllegalParameter,
        name: "a context of a CertificateRequest in the handshake",
        run: |world| request(world, &[1], &[0, 13, 0, 4, 0, 2, 4, 3]),
    },
    Case {
        rule: Rule::MissingExtension,
        name: "signature_algorithms of a CertificateRequest",
        run: |world| request(world, &[], &[]),
    },
    Case {
        rule: Rule::MisplacedExtension,
        name: "supported_groups in a CertificateRequest",
        run: |world| request(world, &[], &[0, 10, 0, 4, 0, 2, 0, 29]),
    },
    Case {
        rule: Rule::Decode,
        name: "an empty certificate",
        run: |world| certificate(world, true, |message| message.entries.push(entry(b""))),
    },
];

fn entry(data: &'static [u8]) -> CertificateEntry<'static> {
    CertificateEntry { data, extensions: Vec::new() }
}

#[test]
fn cases() {
    run(CASES);
}

/// Each finding ends the handshake with its own code and its own alert, in both roles.
#[test]
fn each_finding_ends_the_handshake() {
    let world = World::new();
    for code in Code::ALL {
        let alert = Rule::Certificate(*code).row().alert.unwrap();
        for mut play in [
            client_that_finds(&world, finding(*code)),
            server_that_finds(&world, ClientAuth::Request, finding(*code)),
            server_that_finds(&world, ClientAuth::Require, finding(*code)),
        ] {
            let seen = play.finish();
            assert_eq!(seen.error.rule(), Rule::Certificate(*code));
            assert_eq!((seen.error.code(), seen.error.detail()), (code.row().code, "the values"));
            assert_eq!(seen.error.fix(), "the mend");
            assert_eq!(seen.alerts, [(2, alert)]);
            // What was seen stays to be looked at.
            let facts = play.victim.facts();
            assert_eq!(facts.peer_certificates, world.identity.chain());
            assert_eq!(facts.verification.as_ref().unwrap().findings[0].code, *code);
            assert!(facts.messages.iter().any(|note| note.name == "CertificateVerify" && note.encrypted));
        }
    }
}
