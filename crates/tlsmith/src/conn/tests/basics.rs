//! What has to work.

use std::sync::Arc;

use super::*;
use crate::{config::ClientAuth, registry::NamedGroup};

#[test]
fn a_handshake_data_and_the_end() {
    let world = World::new();
    let mut pair = Pair::new(world.client().build().unwrap(), world.server().build().unwrap());
    pair.run().unwrap();
    assert!(!pair.client.is_handshaking() && !pair.server.is_handshaking());
    assert_eq!(pair.client.facts().group, Some(NamedGroup::X25519MLKEM768));
    pair.exchange();
    pair.client.update_keys(true, &mut pair.to_server).unwrap();
    pair.run().unwrap();
    pair.exchange();
    pair.client.send_close(&mut pair.to_server);
    pair.run().unwrap();
    assert!(pair.server.is_peer_closed());
    pair.server.handle_eof().unwrap();
    assert_eq!(pair.client.handle_eof().unwrap_err().code(), "transport.truncated");
}

#[test]
fn a_retry() {
    let world = World::new();
    for group in crate::config::groups_of(world.provider.as_ref()) {
        let client = world.client().key_shares(&[]).build().unwrap();
        let mut pair = Pair::new(client, world.server().groups(&[group]).retry_with_cookie(true).build().unwrap());
        pair.run().unwrap();
        assert!(pair.client.facts().retried && pair.server.facts().retried);
        assert_eq!((pair.client.facts().group, pair.server.facts().group), (Some(group), Some(group)));
        pair.exchange();
    }
}

#[test]
fn client_authentication() {
    let world = World::new();
    let auth = || ClientAuth::Require(world.verifier());
    let server = world.server().client_auth(auth()).build().unwrap();
    let mut pair = Pair::new(world.client().identity(Arc::clone(&world.identity)).build().unwrap(), server.clone());
    pair.run().unwrap();
    assert_eq!(pair.server.facts().peer_certificates.len(), 1);
    let mut pair = Pair::new(world.client().build().unwrap(), server);
    assert_eq!(pair.run().unwrap_err().code(), "certificate.required");
    let error = pump(&mut pair.client, &mut pair.to_client, &mut pair.to_server, &mut Vec::new()).unwrap_err();
    assert_eq!(error.code(), "alert.certificate_required");
}

#[test]
fn requests_for_key_updates_are_answered_once_and_before_data() {
    let world = World::new();
    let mut pair = Pair::new(world.client().build().unwrap(), world.server().build().unwrap());
    pair.run().unwrap();
    let answers = |pair: &Pair| {
        let is_answer = |note: &&MessageNote| note.direction == Direction::Sent && note.name == "KeyUpdate";
        pair.server.facts().messages.iter().filter(is_answer).count()
    };
    for _ in 0..3 {
        pair.client.update_keys(true, &mut pair.to_server).unwrap();
    }
    pair.run().unwrap();
    assert_eq!(answers(&pair), 0);
    for _ in 0..2 {
        pair.server.send(b"pong", &mut pair.to_client).unwrap();
        assert_eq!(answers(&pair), 1);
    }
    assert_eq!(pair.run().unwrap().0, b"pongpong");
}

/// The hostile peer, as long as it is honest, is a peer like any other.
#[test]
fn an_honest_peer_in_both_roles() {
    let world = World::new();
    for fragment in [1 << 14, 7] {
        let auth = ClientAuth::Require(world.verifier());
        let server = world.server().client_auth(auth.clone()).build().unwrap();
        let client = world.client().identity(Arc::clone(&world.identity)).build().unwrap();
        let peer = Peer::server(server.clone(), peer::honest()).in_fragments(fragment);
        let mut against_server = Play::client(client.clone(), peer);
        let peer = Peer::client(client, peer::honest()).in_fragments(fragment);
        let mut against_client = Play::server(server, peer);
        for play in [&mut against_server, &mut against_client] {
            play.go_on();
            assert!(play.error.is_none() && play.peer.error.is_none(), "{:?} {:?}", play.error, play.peer.error);
            assert!(!play.victim.is_handshaking() && play.peer.is_connected());
            play.peer.send(b"to the victim");
            play.send(b"to the peer");
            play.go_on();
            assert_eq!((play.data.as_slice(), play.peer.data.as_slice()), (&b"to the victim"[..], &b"to the peer"[..]));
        }
    }
}
