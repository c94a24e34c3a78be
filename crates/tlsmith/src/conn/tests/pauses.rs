//! Pauses: a configuration, a verdict, a signature that come later, in both roles, with input that arrives meanwhile.

use std::sync::Arc;

use tlsmith_x509::Report;

use super::{NOW, Pair, Play, World, peer, pump};
use crate::{
    ClientConfig, Error, ServerConfig,
    auth::{Answer, Identity, IdentityKey, PeerCertificates, PeerVerifier, Verdict},
    config::ClientAuth,
    conn::{Connection, Need, Reply},
};

/// Has to think about it.
#[derive(Debug)]
struct Later(Vec<Vec<u8>>);

impl PeerVerifier for Later {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Later
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.0.clone()
    }
}

fn external(world: &World) -> Arc<Identity> {
    Arc::new(Identity::with_external_key(world.identity.chain().to_vec()).unwrap())
}

/// A client that pauses wherever it can.
fn client(world: &World) -> Arc<ClientConfig> {
    let verifier = Arc::new(Later(Vec::new()));
    ClientConfig::builder(world.provider.clone(), verifier).identity(external(world)).build().unwrap()
}

/// A server's configuration with a pause wherever there can be one.
fn server(world: &World) -> Arc<ServerConfig> {
    let auth = ClientAuth::Require(Arc::new(Later(Vec::new())));
    ServerConfig::builder(world.provider.clone()).identity(external(world)).client_auth(auth).build().unwrap()
}

/// The right answer to a need, and the need's name.
fn answer(world: &World, side: &Connection) -> Option<(&'static str, Reply)> {
    Some(match side.need()? {
        Need::ChooseConfig(hello) => {
            assert_eq!(hello.server_name.as_deref(), Some("host.example"));
            ("ChooseConfig", Reply::Config(server(world)))
        }
        Need::DecryptTicket(_) => ("DecryptTicket", Reply::Ticket(None)),
        Need::VerifyPeer(peer) => {
            assert_eq!((peer.chain, peer.now), (world.identity.chain(), NOW));
            let report = Report { path: peer.chain.to_vec(), ..Report::default() };
            ("VerifyPeer", Reply::Verdict(Verdict::judge(report)))
        }
        Need::Sign { identity, scheme, message } => {
            assert!(matches!(identity.key(), IdentityKey::Elsewhere(_)));
            let IdentityKey::Here(key) = world.identity.key() else { unreachable!() };
            ("Sign", Reply::Signature(Some(key.sign(scheme.algorithm().unwrap(), message).unwrap())))
        }
    })
}

/// While a side waits for an answer it takes no input, says nothing, and refuses nothing.
fn waits(side: &mut Connection, input: &mut [u8]) {
    let mut out = Vec::new();
    for len in [input.len(), 0] {
        let received = side.handle_input(&mut input[..len], &mut out).unwrap();
        assert_eq!((received.consumed, received.data, received.wants), (0, &b""[..], 0));
    }
    assert!(out.is_empty() && side.is_handshaking());
}

#[test]
fn everything_comes_later() {
    let world = World::new();
    let mut pair = Pair::with(client(&world), Connection::server_undecided(NOW));
    let (mut needs, mut at_client, mut at_server) = (Vec::new(), Vec::new(), Vec::new());
    let mut sent = false;
    loop {
        let moved = pump(&mut pair.server, &mut pair.to_server, &mut pair.to_client, &mut at_server).unwrap()
            | pump(&mut pair.client, &mut pair.to_client, &mut pair.to_server, &mut at_client).unwrap();
        // The client is through before the server: its data arrive while that still waits for a verdict.
        if !pair.client.is_handshaking() && !std::mem::replace(&mut sent, true) {
            pair.client.send(b"early bird", &mut pair.to_server).unwrap();
            continue;
        }
        let mut answered = false;
        if let Some((name, reply)) = answer(&world, &pair.server) {
            waits(&mut pair.server, &mut pair.to_server.clone());
            needs.push(("server", name));
            pair.server.reply(reply, &mut pair.to_client).unwrap();
            answered = true;
        }
        if let Some((name, reply)) = answer(&world, &pair.client) {
            waits(&mut pair.client, &mut pair.to_client.clone());
            needs.push(("client", name));
            pair.client.reply(reply, &mut pair.to_server).unwrap();
            answered = true;
        }
        if !moved && !answered {
            break;
        }
    }
    assert_eq!(
        needs,
        [
            ("server", "ChooseConfig"),
            ("server", "Sign"),
            ("client", "VerifyPeer"),
            ("client", "Sign"),
            ("server", "VerifyPeer"),
        ]
    );
    assert_eq!(at_server, b"early bird");
    pair.exchange();
    for side in [&pair.client, &pair.server] {
        assert!(side.facts().verification.as_ref().unwrap().is_trusted());
        assert_eq!(side.facts().peer_certificates, world.identity.chain());
        assert_eq!(side.facts().own_certificates, world.identity.chain());
    }
}

/// The client pauses in the middle of a record: the Finished that stands behind CertificateVerify is not lost.
#[test]
fn a_pause_in_the_middle_of_a_record() {
    let world = World::new();
    let config = ClientConfig::builder(world.provider.clone(), Arc::new(Later(Vec::new()))).build().unwrap();
    let peer = peer::Peer::server(world.server().build().unwrap(), peer::honest()).coalescing();
    let mut play = Play::client(config, peer);
    play.go_on();
    let (name, reply) = answer(&world, &play.victim).unwrap();
    assert_eq!(name, "VerifyPeer");
    assert_eq!(play.victim.facts().messages.last().unwrap().name, "CertificateVerify");
    play.victim.reply(reply, &mut play.outbox).unwrap();
    assert!(!play.victim.is_handshaking());
    play.go_on();
    assert!(play.peer.is_connected());
}

/// What is wrong with the input that came meanwhile is found after the answer.
#[test]
fn bad_input_behind_a_pause() {
    let world = World::new();
    let config = ClientConfig::builder(world.provider.clone(), Arc::new(Later(Vec::new()))).build().unwrap();
    let script = peer::instead("Finished", |_| {
        let wrong = peer::raw_message(crate::registry::HandshakeType::FINISHED, &[0; 32]);
        vec![peer::Act::Say(wrong)]
    });
    let peer = peer::Peer::server(world.server().build().unwrap(), script).coalescing();
    let mut play = Play::client(config, peer);
    play.go_on();
    let (_, reply) = answer(&world, &play.victim).unwrap();
    let error = play.victim.reply(reply, &mut play.outbox).unwrap_err();
    assert_eq!(error.code(), "handshake.bad_finished");
    assert_eq!(play.finish_with(error).error().code(), "handshake.bad_finished");
    assert_eq!(play.alerts(), [crate::registry::AlertDescription::DECRYPT_ERROR]);
}

/// A verdict that comes late counts as one that comes at once.
#[test]
fn a_refusal_that_comes_later() {
    let world = World::new();
    let config = ClientConfig::builder(world.provider.clone(), Arc::new(Later(Vec::new()))).build().unwrap();
    let mut play = Play::client(config, peer::Peer::server(world.server().build().unwrap(), peer::honest()));
    play.go_on();
    let reply = Reply::Verdict(Verdict::judge(Report::default()));
    let error = play.victim.reply(reply, &mut play.outbox).unwrap_err();
    assert_eq!(play.finish_with(error).error().code(), "certificate.refused");
    // Going on all the same is a decision that can come late, too.
    let config = ClientConfig::builder(world.provider.clone(), Arc::new(Later(Vec::new()))).build().unwrap();
    let mut play = Play::client(config, peer::Peer::server(world.server().build().unwrap(), peer::honest()));
    play.go_on();
    play.victim.reply(Reply::Verdict(Verdict::accept_anyway(Report::default())), &mut play.outbox).unwrap();
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected());
    assert!(!play.victim.facts().verification.as_ref().unwrap().is_trusted());
}

/// The transport may end while a connection waits; then no answer helps.
#[test]
fn the_end_in_a_pause() {
    let world = World::new();
    let mut pair = Pair::with(world.client().build().unwrap(), Connection::server_undecided(NOW));
    pair.run().unwrap();
    let (_, reply) = answer(&world, &pair.server).unwrap();
    let error: Error = pair.server.handle_eof().unwrap_err();
    assert_eq!(error.code(), "transport.closed_in_handshake");
    assert!(pair.server.need().is_none());
    assert_eq!(pair.server.reply(reply, &mut pair.to_client).unwrap_err().code(), error.code());
    assert!(pair.to_client.is_empty() && pair.server.is_handshaking());
}

/// The time that a verifier judges by is the last that the connection was told.
#[test]
fn the_time_is_the_last_one_told() {
    let world = World::new();
    let config = ClientConfig::builder(world.provider.clone(), Arc::new(Later(Vec::new()))).build().unwrap();
    let mut play = Play::client(config, peer::Peer::server(world.server().build().unwrap(), peer::honest()));
    let later = tlsmith_x509::UnixTime(NOW.0 + 100);
    play.victim.set_time(later);
    play.go_on();
    assert!(matches!(play.victim.need(), Some(Need::VerifyPeer(peer)) if peer.now == later));
}
