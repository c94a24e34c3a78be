//! Both sides in memory.

use std::sync::Arc;

use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{ServerName, TrustAnchors, UnixTime};

use super::*;
use crate::{
    auth::{ChainVerifier, Identity},
    config::ClientAuth,
    registry::NamedGroup,
};

/// 2026-11-21, within the validity that rcgen gives (1975 to 4096).
const NOW: UnixTime = UnixTime(1_795_219_200);

pub(crate) struct World {
    provider: Arc<dyn Provider>,
    anchors: Arc<TrustAnchors>,
    identity: Arc<Identity>,
}

impl World {
    pub(crate) fn new() -> Self {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let made = rcgen::generate_simple_self_signed(vec![String::from("host.example")]).unwrap();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let anchors = Arc::new(TrustAnchors::from_pem(chain.as_bytes()).unwrap());
        let identity = Arc::new(Identity::from_pem(provider.as_ref(), chain.as_bytes(), key.as_bytes()).unwrap());
        Self { provider, anchors, identity }
    }

    pub(crate) fn verifier(&self) -> Arc<ChainVerifier> {
        Arc::new(ChainVerifier::new(self.provider.clone(), self.anchors.clone()))
    }

    pub(crate) fn client(&self) -> crate::config::ClientConfigBuilder {
        ClientConfig::builder(self.provider.clone(), self.verifier())
    }

    pub(crate) fn server(&self) -> crate::config::ServerConfigBuilder {
        ServerConfig::builder(self.provider.clone()).identity(self.identity.clone())
    }
}

pub(crate) struct Pair {
    client: Connection,
    server: Connection,
    to_server: Vec<u8>,
    to_client: Vec<u8>,
}

impl Pair {
    pub(crate) fn new(client: Arc<ClientConfig>, server: Arc<ServerConfig>) -> Self {
        let name: ServerName = "host.example".parse().unwrap();
        let mut to_server = Vec::new();
        let client = Connection::client(client, name, NOW, &mut to_server).unwrap();
        let server = Connection::server(server, NOW).unwrap();
        Self { client, server, to_server, to_client: Vec::new() }
    }

    /// Carries bytes to and fro until nothing moves; what arrives as data is returned (client's, server's).
    pub(crate) fn run(&mut self) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let (mut at_client, mut at_server) = (Vec::new(), Vec::new());
        while !self.to_client.is_empty() || !self.to_server.is_empty() {
            pump(&mut self.server, &mut self.to_server, &mut self.to_client, &mut at_server)?;
            pump(&mut self.client, &mut self.to_client, &mut self.to_server, &mut at_client)?;
        }
        Ok((at_client, at_server))
    }
}

fn pump(side: &mut Connection, input: &mut Vec<u8>, out: &mut Vec<u8>, data: &mut Vec<u8>) -> Result<(), Error> {
    let mut bytes = std::mem::take(input);
    loop {
        let received = side.handle_input(&mut bytes, out)?;
        data.extend_from_slice(received.data);
        match received.consumed {
            0 => break,
            n => drop(bytes.drain(..n)),
        }
    }
    assert!(bytes.is_empty());
    Ok(())
}

#[test]
fn a_handshake_data_and_the_end() {
    let world = World::new();
    let mut pair = Pair::new(world.client().build().unwrap(), world.server().build().unwrap());
    pair.run().unwrap();
    assert!(!pair.client.is_handshaking() && !pair.server.is_handshaking());
    assert_eq!(pair.client.facts().group, Some(NamedGroup::X25519MLKEM768));
    pair.client.send(b"ping", &mut pair.to_server).unwrap();
    pair.server.send(b"pong", &mut pair.to_client).unwrap();
    assert_eq!(pair.run().unwrap(), (b"pong".to_vec(), b"ping".to_vec()));
    pair.client.update_keys(true, &mut pair.to_server).unwrap();
    pair.run().unwrap();
    pair.client.send(b"ping", &mut pair.to_server).unwrap();
    pair.server.send(b"pong", &mut pair.to_client).unwrap();
    assert_eq!(pair.run().unwrap(), (b"pong".to_vec(), b"ping".to_vec()));
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
    }
}

#[test]
fn client_authentication() {
    let world = World::new();
    let auth = || ClientAuth::Require(world.verifier());
    let server = world.server().client_auth(auth()).build().unwrap();
    let mut pair = Pair::new(world.client().identity(world.identity.clone()).build().unwrap(), server.clone());
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

/// A ClientHello without a share, so that it is answered by a retry.
fn shareless_hello(world: &World) -> Vec<u8> {
    let client = world.client().key_shares(&[]).build().unwrap();
    Pair::new(client, world.server().build().unwrap()).to_server
}

#[test]
fn nothing_follows_a_hello_that_is_answered_by_a_retry() {
    let world = World::new();
    let mut input = shareless_hello(&world);
    // One byte more in the same record: the first of a next message.
    input.push(1);
    let length = u16::try_from(input.len() - 5).unwrap();
    input[3..5].copy_from_slice(&length.to_be_bytes());
    let config = world.server().build().unwrap();
    let mut server = Connection::server(config.clone(), NOW).unwrap();
    let error = server.handle_input(&mut input.clone(), &mut Vec::new()).unwrap_err();
    assert_eq!(error.code(), "handshake.unexpected_message");
    let mut server = Connection::server_undecided(NOW);
    server.handle_input(&mut input, &mut Vec::new()).unwrap();
    let error = server.reply(Reply::Config(config), &mut Vec::new()).unwrap_err();
    assert_eq!(error.code(), "handshake.unexpected_message");
}

#[test]
fn no_record_comes_inside_a_handshake_message() {
    let world = World::new();
    let hello = shareless_hello(&world);
    let mut server = Connection::server(world.server().build().unwrap(), NOW).unwrap();
    let mut part = [&[22, 3, 1, 0, 20], &hello[5..25]].concat();
    assert_eq!(server.handle_input(&mut part, &mut Vec::new()).unwrap().consumed, 25);
    let mut early_data = [&[23, 3, 3, 0, 20][..], &[0; 20]].concat();
    let error = server.handle_input(&mut early_data, &mut Vec::new()).unwrap_err();
    assert_eq!(error.code(), "record.interleaved_handshake");
}
