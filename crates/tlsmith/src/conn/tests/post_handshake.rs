//! Post-handshake client authentication (RFC 8446 §4.6.2), in both roles.

use std::sync::Arc;

use tlsmith_x509::Report;

use super::{Pair, Peer, Play, World, peer, resumption::Resuming};
use crate::{
    Rule,
    auth::{Answer, Brotli, Identity, IdentityKey, PeerCertificates, PeerVerifier, Staples, Verdict},
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    conn::{Connection, Need, PostHandshakeAuth, Reply},
    msg::Message,
    record::RecordType,
    registry::{HandshakeType, ProtocolVersion},
};

/// Has to think about it.
#[derive(Debug)]
struct Later;

impl PeerVerifier for Later {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Later
    }
}

fn client(world: &World) -> ClientConfigBuilder {
    world.client().post_handshake_auth(true).identity(world.identity.clone())
}

fn server(world: &World) -> ServerConfigBuilder {
    world.server().post_handshake_auth(ClientAuth::Require(world.verifier()))
}

fn connected(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
    let mut pair = Pair::new(client.build().unwrap(), server.build().unwrap());
    pair.run().unwrap();
    pair.exchange();
    pair
}

fn ask(pair: &mut Pair) {
    pair.server.request_client_certificate(&mut pair.to_client).unwrap();
    assert_eq!(pair.server.facts().post_handshake_auth, PostHandshakeAuth::Requested);
    pair.run().unwrap();
}

fn outcome(pair: &Pair) -> PostHandshakeAuth {
    let outcome = pair.server.facts().post_handshake_auth;
    assert_eq!(outcome, pair.client.facts().post_handshake_auth);
    outcome
}

/// As often as wanted, under whichever keys, with whatever the client staples.
#[test]
fn asked_again_and_again() {
    let world = World::new();
    world.identity.staple(Staples::new(Some(vec![0x30; 40]), None).unwrap());
    let compressed: [Arc<dyn crate::auth::CertificateCompression>; 1] = [Arc::new(Brotli)];
    let server = server(&world).client_ocsp_stapling(true).certificate_compression(&compressed);
    let mut pair = connected(client(&world).certificate_compression(&compressed), server);
    assert!(pair.server.facts().peer_certificates.is_empty() && pair.client.facts().own_certificates.is_empty());
    for round in 0..40 {
        if round % 3 == 1 {
            pair.client.update_keys(round % 2 == 0, &mut pair.to_server).unwrap();
        }
        ask(&mut pair);
        assert_eq!(outcome(&pair), PostHandshakeAuth::Authenticated);
        pair.exchange();
    }
    for (facts, shown) in [
        (pair.server.facts(), &pair.server.facts().peer_certificates),
        (pair.client.facts(), &pair.client.facts().own_certificates),
    ] {
        assert_eq!(shown, world.identity.chain());
        assert!(facts.client_auth_requested);
    }
    let facts = pair.server.facts();
    assert!(facts.verification.as_ref().unwrap().is_trusted() && facts.signature_scheme.is_some());
    assert_eq!(facts.ocsp_response, Some(vec![0x30; 40]));
}

/// The transcript is the whole handshake's, whichever it was.
#[test]
fn after_each_kind_of_handshake() {
    let world = World::new();
    let mut retried = connected(client(&world).key_shares(&[]), server(&world));
    ask(&mut retried);
    assert!(retried.server.facts().retried);
    assert_eq!(outcome(&retried), PostHandshakeAuth::Authenticated);

    // Somebody in the handshake already; then the same once more.
    let mutual = server(&world).client_auth(ClientAuth::Require(world.verifier()));
    let mut mutual = connected(client(&world), mutual);
    ask(&mut mutual);
    assert_eq!(outcome(&mutual), PostHandshakeAuth::Authenticated);

    let resuming = Resuming::new();
    let world = &resuming.world;
    let auth = ClientAuth::Require(world.verifier());
    let client = resuming.client().post_handshake_auth(true).identity(world.identity.clone()).build().unwrap();
    let server = resuming.server().post_handshake_auth(auth).build().unwrap();
    for resumed in [false, true] {
        let mut pair = Pair::new(client.clone(), server.clone());
        pair.run().unwrap();
        assert_eq!(pair.server.facts().resumed, resumed);
        ask(&mut pair);
        assert_eq!(outcome(&pair), PostHandshakeAuth::Authenticated);
        pair.exchange();
    }
}

/// Who has nothing to show says so; it depends on the server what follows.
#[test]
fn nobody() {
    let world = World::new();
    let client = || world.client().post_handshake_auth(true);
    let optional = world.server().post_handshake_auth(ClientAuth::Request(world.verifier()));
    let mut pair = connected(client(), optional);
    ask(&mut pair);
    assert_eq!(outcome(&pair), PostHandshakeAuth::Declined);
    pair.exchange();
    ask(&mut pair);

    let mut pair = connected(client(), server(&world));
    pair.server.request_client_certificate(&mut pair.to_client).unwrap();
    let error = pair.run().unwrap_err();
    assert_eq!(error.rule(), Rule::CertificateRequired);
    assert_eq!(pair.run().unwrap_err().rule(), Rule::CertificateRequired);
}

/// What one side did not agree to is refused, and harms nothing.
#[test]
fn not_to_be_asked() {
    let world = World::new();
    type Side = fn(&mut Pair) -> (&mut Connection, &mut Vec<u8>);
    let refused = |pair: &mut Pair, side: Side| {
        let (side, out) = side(pair);
        let error = side.request_client_certificate(out).unwrap_err();
        assert!(out.is_empty());
        pair.exchange();
        error.rule()
    };
    let at_server: Side = |pair| (&mut pair.server, &mut pair.to_client);
    let mut unoffered = connected(world.client().identity(world.identity.clone()), server(&world));
    assert_eq!(refused(&mut unoffered, at_server), Rule::PostHandshakeAuthRefused);
    let mut unconfigured = connected(client(&world), world.server());
    assert_eq!(refused(&mut unconfigured, at_server), Rule::PostHandshakeAuthRefused);
    let mut fine = connected(client(&world), server(&world));
    assert_eq!(refused(&mut fine, |pair| (&mut pair.client, &mut pair.to_server)), Rule::PostHandshakeAuthRefused);
    let older = server(&world).versions(ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_2);
    assert_eq!(refused(&mut connected(client(&world), older), at_server), Rule::PostHandshakeAuthRefused);
    // The verifier takes what was not agreed on.
    let expects_keys = Arc::new(crate::auth::ExpectedKeys::new([]));
    let mut keys = connected(client(&world), world.server().post_handshake_auth(ClientAuth::Request(expects_keys)));
    assert_eq!(refused(&mut keys, at_server), Rule::PostHandshakeAuthRefused);

    fine.server.request_client_certificate(&mut fine.to_client).unwrap();
    let sent = fine.to_client.clone();
    let again = fine.server.request_client_certificate(&mut fine.to_client).unwrap_err();
    assert_eq!((again.rule(), &fine.to_client), (Rule::PostHandshakeAuthRefused, &sent));
    fine.run().unwrap();
    assert_eq!(outcome(&fine), PostHandshakeAuth::Authenticated);
    let mut early = Pair::new(client(&world).build().unwrap(), server(&world).build().unwrap());
    let error = early.server.request_client_certificate(&mut early.to_client).unwrap_err();
    assert_eq!(error.rule(), Rule::NotYet);
}

/// Signature and verdict may come later; the rest waits, and data that was sent meanwhile does not part the answer.
#[test]
fn pauses() {
    let world = World::new();
    let external = Arc::new(Identity::with_external_key(world.identity.chain().to_vec()).unwrap());
    let server = world.server().post_handshake_auth(ClientAuth::Require(Arc::new(Later)));
    let mut pair = connected(world.client().post_handshake_auth(true).identity(external), server);
    pair.server.request_client_certificate(&mut pair.to_client).unwrap();
    pair.server.send(b"behind it", &mut pair.to_client).unwrap();
    assert_eq!(pair.run().unwrap(), (Vec::new(), Vec::new()));
    let Some(Need::Sign { scheme, message, .. }) = pair.client.need() else { panic!("a signature is needed") };
    let IdentityKey::Here(key) = world.identity.key() else { unreachable!() };
    let signature = key.sign(scheme.algorithm().unwrap(), message).unwrap();
    pair.client.send(b"meanwhile", &mut pair.to_server).unwrap();
    pair.client.update_keys(false, &mut pair.to_server).unwrap();
    // Stapled too late.
    world.identity.staple(Staples::new(Some(vec![0x30]), None).unwrap());
    pair.client.reply(Reply::Signature(Some(signature)), &mut pair.to_server).unwrap();
    assert_eq!(pair.run().unwrap(), (b"behind it".to_vec(), b"meanwhile".to_vec()));
    let Some(Need::VerifyPeer(peer)) = pair.server.need() else { panic!("a verdict is needed") };
    assert_eq!(peer.chain, world.identity.chain());
    // Nothing is said of the client before it has proved everything.
    assert!(pair.server.facts().peer_certificates.is_empty());
    let report = Report { path: peer.chain.to_vec(), ..Report::default() };
    pair.server.reply(Reply::Verdict(Verdict::judge(report)), &mut pair.to_client).unwrap();
    assert_eq!(outcome(&pair), PostHandshakeAuth::Authenticated);
    pair.exchange();
}

/// Our server asks a client that does this.
fn asked(world: &World, server: ServerConfigBuilder, script: peer::Script) -> Play {
    let mut play = Play::server(server.build().unwrap(), Peer::client(client(world).build().unwrap(), script));
    play.go_on();
    play.victim.request_client_certificate(&mut play.outbox).unwrap();
    play.go_on();
    play
}

#[test]
fn hostile_answers() {
    let world = World::new();
    let fails = |script: peer::Script| {
        let mut play = asked(&world, server(&world), script);
        let rule = play.finish().error().rule();
        assert!(play.victim.facts().peer_certificates.is_empty());
        rule
    };
    // After the handshake's own Finished.
    let finished = |act: fn(Vec<u8>) -> Vec<peer::Act>| -> peer::Script {
        let mut count = 0;
        peer::instead("Finished", move |bytes| {
            count += 1;
            if count == 1 { vec![peer::Act::Say(bytes)] } else { act(bytes) }
        })
    };
    let data = || peer::Act::Record(RecordType::ApplicationData, b"x".to_vec());
    assert_eq!(fails(peer::after("Certificate", data)), Rule::UnexpectedContentType);
    assert_eq!(fails(peer::after("CertificateVerify", data)), Rule::UnexpectedContentType);
    assert_eq!(fails(peer::after("Certificate", || peer::Act::Say(Peer::key_update(false)))), Rule::UnexpectedMessage);
    assert_eq!(fails(peer::instead("CertificateVerify", |_| Vec::new())), Rule::UnexpectedMessage);
    assert_eq!(fails(peer::instead("Certificate", |_| Vec::new())), Rule::UnexpectedMessage);
    let short = |_| vec![peer::Act::Say(peer::raw_message(HandshakeType::FINISHED, &[0; 31]))];
    assert_eq!(fails(finished(short)), Rule::Decode);
    let wrong = |_| vec![peer::Act::Say(peer::raw_message(HandshakeType::FINISHED, &[0; 32]))];
    assert_eq!(fails(finished(wrong)), Rule::BadFinished);
    let context = |context: &'static [u8]| {
        peer::alter("Certificate", move |message| {
            let Message::Certificate(message) = message else { unreachable!() };
            message.context = context;
        })
    };
    assert_eq!(fails(context(b"")), Rule::IllegalParameter);
    assert_eq!(fails(context(&[0; 32])), Rule::IllegalParameter);
    let verify = peer::alter("CertificateVerify", |message| {
        let Message::CertificateVerify(message) = message else { unreachable!() };
        message.signature = &[0x30, 6, 2, 1, 1, 2, 1, 1];
    });
    assert_eq!(fails(verify), Rule::BadSignature);
    let undecodable = peer::alter("Certificate", |message| {
        let Message::Certificate(message) = message else { unreachable!() };
        message.entries[0].data = b"\x30\x03\x02\x01\x00";
    });
    assert_eq!(fails(undecodable), Rule::CertificateUndecodable);
    // The answer stops short: nobody is authenticated by it.
    let mut play = asked(&world, server(&world), finished(|_| Vec::new()));
    assert!(play.error.is_none() && play.victim.facts().peer_certificates.is_empty());
    assert_eq!(play.victim.facts().post_handshake_auth, PostHandshakeAuth::Requested);
    play.peer.send(b"as if");
    assert_eq!(play.finish().error().rule(), Rule::UnexpectedContentType);
}

/// An answer that nobody asked for, or that was given already.
#[test]
fn unasked_answers() {
    let world = World::new();
    let rows = [
        (HandshakeType::CERTIFICATE, &[0, 0, 0, 0][..]),
        (HandshakeType::CERTIFICATE_VERIFY, &[4, 3, 0, 1, 0]),
        (HandshakeType::FINISHED, &[0; 32]),
        (HandshakeType::CERTIFICATE_REQUEST, &[1, 1, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]),
    ];
    for (kind, body) in rows {
        for asks in [false, true] {
            let config = server(&world).build().unwrap();
            let mut play = Play::server(config, Peer::client(client(&world).build().unwrap(), peer::honest()));
            play.go_on();
            if asks {
                play.victim.request_client_certificate(&mut play.outbox).unwrap();
                play.go_on();
                assert_eq!(play.victim.facts().post_handshake_auth, PostHandshakeAuth::Authenticated);
            }
            play.peer.act(peer::Act::Record(RecordType::Handshake, peer::raw_message(kind, body)));
            assert_eq!(play.finish().error().rule(), Rule::UnexpectedMessage, "{kind}");
        }
    }
}

/// A verifier that refuses ends the connection, and what it refused stays to be looked at.
#[test]
fn refused() {
    let world = World::new();
    let stranger = world.identity(&["stranger.example"], &rcgen::PKCS_ED25519);
    let mut pair = connected(world.client().post_handshake_auth(true).identity(stranger.clone()), server(&world));
    pair.server.request_client_certificate(&mut pair.to_client).unwrap();
    let error = pair.run().unwrap_err();
    assert!(error.code().starts_with("certificate."), "{error}");
    assert_eq!(pair.server.facts().peer_certificates, stranger.chain());
    assert!(!pair.server.facts().verification.as_ref().unwrap().is_trusted());
}

/// Requests of a server, to a client that offered and to one that did not.
#[test]
fn hostile_requests() {
    let world = World::new();
    let request = |offered: bool, body: &[u8]| {
        let config = world.client().post_handshake_auth(offered).identity(world.identity.clone()).build().unwrap();
        let mut play = Play::client(config, Peer::server(world.server().build().unwrap(), peer::honest()));
        play.go_on();
        let bytes = peer::raw_message(HandshakeType::CERTIFICATE_REQUEST, body);
        play.peer.act(peer::Act::Record(RecordType::Handshake, bytes));
        play.finish().error().rule()
    };
    let fine = [1, 1, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    assert_eq!(request(false, &fine), Rule::UnexpectedMessage);
    assert_eq!(request(true, &[0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]), Rule::IllegalParameter);
    assert_eq!(request(true, &[1, 1, 0, 0]), Rule::MissingExtension);
    assert_eq!(request(true, &fine[..11]), Rule::Decode);
}

/// A server that asks for ever is stopped by the bound on messages without data between.
#[test]
fn requests_without_end() {
    let world = World::new();
    let config = world.client().post_handshake_auth(true).build().unwrap();
    let mut play = Play::client(config, Peer::server(world.server().build().unwrap(), peer::honest()));
    play.go_on();
    let mut asked = 0_u8;
    while play.error.is_none() {
        asked += 1;
        let body = [1, asked, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
        let bytes = peer::raw_message(HandshakeType::CERTIFICATE_REQUEST, &body);
        play.peer.act(peer::Act::Record(RecordType::Handshake, bytes));
        let said = play.peer.take_output();
        play.inbox.extend(said);
        let mut sink = Vec::new();
        if let Err(error) = super::pump(&mut play.victim, &mut play.inbox, &mut sink, &mut Vec::new()) {
            play.error = Some(error);
        }
    }
    assert_eq!((asked, play.error.unwrap().rule()), (33, Rule::TooManyMessages));
}
