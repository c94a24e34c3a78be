//! Raw public keys in place of certificates (RFC 7250, RFC 8446 §4.4.2), in both roles.

use std::sync::Arc;

use tlsmith_x509::SubjectPublicKeyInfo;

use super::{Pair, Peer, Play, World, peer, pump};
use crate::{
    ClientConfig, Rule, ServerConfig,
    auth::{Answer, ExpectedKeys, Identity, IdentityKey, PeerCertificates, PeerVerifier, Verdict},
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    conn::{Need, Reply},
    ext::Extension,
    msg::{CertificateEntry, Message},
    registry::CertificateType as Type,
    session::{MemorySessions, PolicyId},
};

/// Takes these types; knows every key, and every chain.
#[derive(Debug)]
struct Takes(&'static [Type]);

impl PeerVerifier for Takes {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Now(match peer.raw_public_key {
            Some(_) => Verdict::judge_key(true),
            None => Verdict::accept_anyway(tlsmith_x509::Report::default()),
        })
    }

    fn certificate_types(&self) -> Vec<Type> {
        self.0.to_vec()
    }

    fn policy(&self) -> Option<PolicyId> {
        Some(PolicyId([7; 32]))
    }
}

fn raw(world: &World) -> Arc<Identity> {
    let identity = world.identity(&["unused.example"], &rcgen::PKCS_ED25519);
    let IdentityKey::Here(key) = identity.key() else { unreachable!() };
    Arc::new(Identity::raw_public_key(key.clone()).unwrap())
}

fn expecting(identity: &Identity) -> Arc<ExpectedKeys> {
    Arc::new(ExpectedKeys::new([identity.shown_key().unwrap().clone()]))
}

fn client(world: &World, verifier: Arc<dyn PeerVerifier>) -> ClientConfigBuilder {
    ClientConfig::builder(world.provider.clone(), verifier).certificate_compression(&[])
}

fn server(world: &World, identity: &Arc<Identity>) -> ServerConfigBuilder {
    ServerConfig::builder(world.provider.clone()).certificate_compression(&[]).identity(identity.clone())
}

fn run(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
    let mut pair = Pair::new(client.build().unwrap(), server.build().unwrap());
    pair.run().unwrap();
    pair.exchange();
    pair
}

#[test]
fn both_sides_show_keys_alone() {
    let world = World::new();
    let (of_server, of_client) = (raw(&world), raw(&world));
    let server = server(&world, &of_server).client_auth(ClientAuth::Require(expecting(&of_client)));
    let pair = run(client(&world, expecting(&of_server)).identity(of_client.clone()), server);
    for (side, own, peers) in [(&pair.client, &of_client, &of_server), (&pair.server, &of_server, &of_client)] {
        let facts = side.facts();
        assert_eq!(facts.peer_raw_key.as_ref(), peers.shown_key());
        assert_eq!(facts.own_raw_key.as_ref(), own.shown_key());
        assert!(facts.peer_certificates.is_empty() && facts.own_certificates.is_empty());
        assert!(facts.verification.is_none() && facts.signature_scheme.is_some());
    }
    let hello = pair.server.facts().client_hello.clone().unwrap();
    assert_eq!(
        (hello.server_certificate_types, hello.client_certificate_types),
        (vec![Type::RAW_PUBLIC_KEY], vec![Type::RAW_PUBLIC_KEY])
    );
    assert_eq!(pair.client.facts().certificate_request.as_ref().unwrap().certificate_type, Type::RAW_PUBLIC_KEY);
}

/// One side a key, the other a certificate; compressed as well.
#[test]
fn keys_beside_certificates() {
    let world = World::new();
    let key = raw(&world);
    let by_key = server(&world, &key).client_auth(ClientAuth::Require(world.verifier()));
    let pair = run(client(&world, expecting(&key)).identity(world.identity.clone()), by_key);
    assert_eq!(pair.server.facts().peer_certificates, world.identity.chain());
    assert_eq!(pair.client.facts().peer_raw_key.as_ref(), key.shown_key());

    let by_chain = world.server().client_auth(ClientAuth::Require(expecting(&key)));
    let pair = run(world.client().identity(key.clone()), by_chain);
    assert_eq!(pair.client.facts().peer_certificates, world.identity.chain());
    assert_eq!(pair.server.facts().peer_raw_key.as_ref(), key.shown_key());
}

/// Who has both shows what the other side wants most of it.
#[test]
fn the_order_of_the_client_decides() {
    let world = World::new();
    let key = raw(&world);
    for (types, shown) in [
        (&[Type::RAW_PUBLIC_KEY, Type::X509][..], Type::RAW_PUBLIC_KEY),
        (&[Type::X509, Type::RAW_PUBLIC_KEY], Type::X509),
        (&[Type::OPENPGP, Type::RAW_PUBLIC_KEY], Type::RAW_PUBLIC_KEY),
        (&[Type::X509], Type::X509),
    ] {
        let both = || world.server().identity(key.clone());
        let other_order = || server(&world, &key).identity(world.identity.clone());
        for server in [both(), other_order()] {
            let pair = run(client(&world, Arc::new(Takes(types))), server);
            let shows_key = pair.client.facts().peer_raw_key.is_some();
            assert_eq!(shows_key, shown == Type::RAW_PUBLIC_KEY, "{types:?}");
            assert_eq!(pair.client.facts().peer_certificates.is_empty(), shows_key);
        }
    }
}

/// A client whose certificate nobody could judge is not asked, unless it must show one.
#[test]
fn nothing_in_common() {
    let world = World::new();
    let key = raw(&world);
    let asks = |auth| world.server().client_auth(auth);
    let pair = run(world.client().identity(world.identity.clone()), asks(ClientAuth::Request(expecting(&key))));
    assert!(!pair.server.facts().client_auth_requested && pair.client.facts().certificate_request.is_none());
    let pair = run(world.client().identity(key.clone()), asks(ClientAuth::Request(world.verifier())));
    assert!(!pair.server.facts().client_auth_requested);

    let refused = |client: ClientConfigBuilder, server: ServerConfigBuilder| {
        let mut play = Play::server(server.build().unwrap(), Peer::client(client.build().unwrap(), peer::honest()));
        play.finish().error().rule()
    };
    let rule = Rule::NoCommonCertificateType;
    assert_eq!(refused(world.client(), asks(ClientAuth::Require(expecting(&key)))), rule);
    assert_eq!(refused(world.client().identity(key.clone()), asks(ClientAuth::Require(world.verifier()))), rule);
    assert_eq!(refused(world.client(), server(&world, &key)), rule);
    assert_eq!(refused(client(&world, expecting(&key)), world.server()), rule);
}

/// Signatures and verdicts can come later here, too.
#[test]
fn pauses() {
    #[derive(Debug)]
    struct Later;

    impl PeerVerifier for Later {
        fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
            Answer::Later
        }

        fn certificate_types(&self) -> Vec<Type> {
            vec![Type::RAW_PUBLIC_KEY]
        }
    }

    let world = World::new();
    let key = raw(&world);
    let IdentityKey::Here(private) = key.key() else { unreachable!() };
    let external = Arc::new(Identity::external_raw_public_key(key.shown_key().unwrap().clone()).unwrap());
    let mut pair =
        Pair::new(client(&world, Arc::new(Later)).build().unwrap(), server(&world, &external).build().unwrap());
    pair.run().unwrap();
    let Some(Need::Sign { scheme, message, .. }) = pair.server.need() else { panic!("a signature is needed") };
    let signature = private.sign(scheme.algorithm().unwrap(), message).unwrap();
    pair.server.reply(Reply::Signature(Some(signature)), &mut pair.to_client).unwrap();
    pump(&mut pair.client, &mut pair.to_client, &mut pair.to_server, &mut Vec::new()).unwrap();
    let Some(Need::VerifyPeer(shown)) = pair.client.need() else { panic!("a verdict is needed") };
    assert_eq!((shown.raw_public_key, shown.chain.len()), (key.shown_key(), 0));
    pair.client.reply(Reply::Verdict(Verdict::judge_key(true)), &mut pair.to_server).unwrap();
    pair.run().unwrap();
    pair.exchange();
}

/// Nothing that resumes would bring the key back, so that nothing is resumed.
#[test]
fn no_tickets() {
    let world = World::new();
    let key = raw(&world);
    let tickets = |server: ServerConfigBuilder, client: ClientConfigBuilder| {
        let sessions = Arc::new(MemorySessions::default());
        let pair = run(client.sessions(sessions), server.ticketer(super::resumption::keys()));
        pair.client.facts().messages.iter().filter(|note| note.name == "NewSessionTicket").count()
    };
    let takes = || ClientAuth::Require(Arc::new(Takes(&[Type::RAW_PUBLIC_KEY, Type::X509])));
    assert_eq!(tickets(world.server().client_auth(takes()), world.client().identity(world.identity.clone())), 2);
    assert_eq!(tickets(world.server().client_auth(takes()), world.client().identity(key)), 0);
}

/// Alters the messages of a server with a raw key; our client expects that key.
fn hostile_server(world: &World, name: &'static str, change: impl FnMut(&mut Message<'_>) + 'static) -> Rule {
    let key = raw(world);
    let peer = Peer::server(server(world, &key).build().unwrap(), peer::alter(name, change));
    Play::client(client(world, expecting(&key)).build().unwrap(), peer).finish().error().rule()
}

#[test]
fn hostile_servers() {
    let world = World::new();
    let certificate = |change: fn(&mut Vec<CertificateEntry<'_>>)| {
        hostile_server(&world, "Certificate", move |message| {
            let Message::Certificate(message) = message else { unreachable!() };
            change(&mut message.entries);
        })
    };
    assert_eq!(certificate(|entries| entries.clear()), Rule::EmptyServerCertificate);
    assert_eq!(certificate(|entries| entries.push(entries[0].clone())), Rule::IllegalParameter);
    assert_eq!(certificate(|entries| entries[0].data = b"\x30\x03\x02\x01\x00"), Rule::CertificateUndecodable);
    // A certificate is no key, though it holds one.
    let chain = include_bytes!("../../../tests/data/pss384/cert.pem");
    let leaf: &'static [u8] = Vec::leak(tlsmith_x509::pem::certificates(chain).unwrap()[0].der().to_vec());
    let rule = hostile_server(&world, "Certificate", move |message| {
        let Message::Certificate(message) = message else { unreachable!() };
        message.entries[0].data = leaf;
    });
    assert_eq!(rule, Rule::CertificateUndecodable);
    let ed448 = include_bytes!("../../../tests/data/ed448/cert.pem");
    let key: &'static [u8] = Vec::leak(tlsmith_x509::pem::certificates(ed448).unwrap()[0].spki().to_vec());
    let rule = hostile_server(&world, "Certificate", move |message| {
        let Message::Certificate(message) = message else { unreachable!() };
        message.entries[0].data = key;
    });
    assert_eq!(rule, Rule::CertificateKeyUnsupported);
    let rule = hostile_server(&world, "CertificateVerify", |message| {
        let Message::CertificateVerify(message) = message else { unreachable!() };
        message.signature = &[1; 64];
    });
    assert_eq!(rule, Rule::BadSignature);
}

#[test]
fn hostile_choices() {
    let world = World::new();
    let extensions = |change: fn(&mut Vec<Extension<'_>>)| {
        hostile_server(&world, "EncryptedExtensions", move |message| {
            let Message::EncryptedExtensions(message) = message else { unreachable!() };
            change(&mut message.extensions);
        })
    };
    // Silence is a choice of certificates.
    let rule = extensions(|list| list.retain(|extension| !matches!(extension, Extension::ServerCertificateType(_))));
    assert_eq!(rule, Rule::NoCommonCertificateType);
    let other = extensions(|list| {
        list.retain(|extension| !matches!(extension, Extension::ServerCertificateType(_)));
        list.push(Extension::ServerCertificateType(Type::X509));
    });
    assert_eq!(other, Rule::IllegalParameter);
    // The client offered nothing to show.
    let rule = extensions(|list| list.push(Extension::ClientCertificateType(Type::RAW_PUBLIC_KEY)));
    assert_eq!(rule, Rule::UnsolicitedExtension);
    // To a client that offered neither.
    let script = peer::alter("EncryptedExtensions", |message| {
        let Message::EncryptedExtensions(message) = message else { unreachable!() };
        message.extensions.push(Extension::ServerCertificateType(Type::X509));
    });
    assert_eq!(super::rules::against_client(&world, script).finish().error().rule(), Rule::UnsolicitedExtension);
}

/// Another key than the expected, in both roles.
#[test]
fn other_keys() {
    let world = World::new();
    let (key, other) = (raw(&world), raw(&world));
    let peer = Peer::server(server(&world, &other).build().unwrap(), peer::honest());
    let mut play = Play::client(client(&world, expecting(&key)).build().unwrap(), peer);
    assert_eq!(play.finish().error().rule(), Rule::UnexpectedRawKey);
    assert_eq!(play.victim.facts().peer_raw_key.as_ref(), other.shown_key());
    let peer = Peer::client(world.client().identity(other).build().unwrap(), peer::honest());
    let server = world.server().client_auth(ClientAuth::Request(expecting(&key)));
    assert_eq!(Play::server(server.build().unwrap(), peer).finish().error().rule(), Rule::UnexpectedRawKey);
    assert_eq!(ExpectedKeys::new(Vec::<SubjectPublicKeyInfo>::new()).certificate_types(), [Type::RAW_PUBLIC_KEY]);
}
