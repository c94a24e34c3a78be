//! Whole connections: both sides in memory, and either side against a hostile peer.

mod after;
mod basics;
mod compatibility;
mod compression;
mod identities;
mod imported_psks;
mod key_log;
mod negotiation;
mod pauses;
mod peer;
mod play;
mod post_handshake;
mod provider;
mod raw_keys;
mod resumption;
mod rfc8448;
mod rules;
mod staples;
mod streams;
mod tls12;
mod tls12_sessions;
mod transitions;
mod transitions_tls12;
mod verification;

use std::sync::Arc;

use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{ServerName, TrustAnchors, UnixTime};

use super::*;
use crate::auth::{ChainVerifier, Identity};

pub(crate) use peer::Peer;
pub(crate) use play::Play;

/// 2026-11-21, within the validity that rcgen gives (1975 to 4096).
const NOW: UnixTime = UnixTime(1_795_219_200);

/// What every test needs: a provider, and an identity for host.example that is its own anchor.
pub(crate) struct World {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) anchors: Arc<TrustAnchors>,
    pub(crate) identity: Arc<Identity>,
}

impl World {
    pub(crate) fn new() -> Self {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let (chain, key) = self_signed(&["host.example"], &rcgen::PKCS_ECDSA_P256_SHA256);
        let anchors = Arc::new(TrustAnchors::from_pem(chain.as_bytes()).unwrap());
        let identity = Arc::new(Identity::from_pem(provider.as_ref(), chain.as_bytes(), key.as_bytes()).unwrap());
        Self { provider, anchors, identity }
    }

    pub(crate) fn verifier(&self) -> Arc<ChainVerifier> {
        Arc::new(ChainVerifier::new(self.provider.clone(), self.anchors.clone()))
    }

    /// Without compression: what tests alter is the Certificate as it is.
    pub(crate) fn client(&self) -> crate::config::ClientConfigBuilder {
        ClientConfig::builder(self.provider.clone(), self.verifier()).certificate_compression(&[])
    }

    pub(crate) fn server(&self) -> crate::config::ServerConfigBuilder {
        let server = ServerConfig::builder(self.provider.clone()).certificate_compression(&[]);
        server.identity(self.identity.clone())
    }

    /// The identity for host.example whose key's parameters allow PSS with SHA-384 alone.
    pub(crate) fn pss384(&self, key: &[u8]) -> Arc<Identity> {
        let chain = include_bytes!("../../../tests/data/pss384/cert.pem");
        Arc::new(Identity::from_pem(self.provider.as_ref(), chain, key).unwrap())
    }

    /// An identity for these names, with a key of this kind.
    pub(crate) fn identity(&self, names: &[&str], kind: &'static rcgen::SignatureAlgorithm) -> Arc<Identity> {
        let (chain, key) = self_signed(names, kind);
        Arc::new(Identity::from_pem(self.provider.as_ref(), chain.as_bytes(), key.as_bytes()).unwrap())
    }
}

/// Certificate and key in PEM.
fn self_signed(names: &[&str], kind: &'static rcgen::SignatureAlgorithm) -> (String, String) {
    let key = rcgen::KeyPair::generate_for(kind).unwrap();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let made = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    (made.pem(), key.serialize_pem())
}

/// Two connections, and what is on the way between them.
pub(crate) struct Pair {
    pub(crate) client: Connection,
    pub(crate) server: Connection,
    pub(crate) to_server: Vec<u8>,
    pub(crate) to_client: Vec<u8>,
}

impl Pair {
    pub(crate) fn new(client: Arc<ClientConfig>, server: Arc<ServerConfig>) -> Self {
        Self::with(client, Connection::server(server, NOW).unwrap())
    }

    pub(crate) fn with(client: Arc<ClientConfig>, server: Connection) -> Self {
        let name: ServerName = "host.example".parse().unwrap();
        let mut to_server = Vec::new();
        let client = Connection::client(client, name, NOW, &mut to_server).unwrap();
        Self { client, server, to_server, to_client: Vec::new() }
    }

    /// Carries bytes to and fro until nothing moves; what arrives as data is returned (client's, server's).
    pub(crate) fn run(&mut self) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let (mut at_client, mut at_server) = (Vec::new(), Vec::new());
        loop {
            let moved = pump(&mut self.server, &mut self.to_server, &mut self.to_client, &mut at_server)?
                | pump(&mut self.client, &mut self.to_client, &mut self.to_server, &mut at_client)?;
            if !moved {
                return Ok((at_client, at_server));
            }
        }
    }

    /// Data goes both ways.
    pub(crate) fn exchange(&mut self) {
        self.client.send(b"ping", &mut self.to_server).unwrap();
        self.server.send(b"pong", &mut self.to_client).unwrap();
        assert_eq!(self.run().unwrap(), (b"pong".to_vec(), b"ping".to_vec()));
    }
}

/// Gives a side its input, as far as it takes it; says whether it took any.
pub(crate) fn pump(
    side: &mut Connection,
    input: &mut Vec<u8>,
    out: &mut Vec<u8>,
    data: &mut Vec<u8>,
) -> Result<bool, Error> {
    let mut moved = false;
    loop {
        let received = side.handle_input(input, out)?;
        data.extend_from_slice(received.data);
        match received.consumed {
            0 => return Ok(moved),
            n => drop(input.drain(..n)),
        }
        moved = true;
    }
}
