//! OCSP responses and signed certificate timestamps beside certificates (RFC 6066 §8, RFC 6962 §3.3, RFC 8446 §4.4.2.1).

use std::sync::{Arc, Mutex};

use super::{Pair, World};
use crate::{
    auth::{Answer, ChainVerifier, PeerCertificates, PeerVerifier, Staples, Verdict},
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    conn::Facts,
};

const RESPONSE: &[u8] = &[0x30, 3, 10, 1, 6];
const NEWER: &[u8] = &[0x30, 3, 10, 1, 0];
const SCTS: &[u8] = &[0, 7, 0, 1, 8, 0, 2, 9, 9];

type Stapled = (Option<Vec<u8>>, Option<Vec<u8>>);

/// Remembers what came with the chain.
#[derive(Debug)]
struct Watches(ChainVerifier, Mutex<Vec<Stapled>>);

impl Watches {
    fn new(world: &World) -> Arc<Self> {
        Arc::new(Self(world.verifier().as_ref().clone(), Mutex::default()))
    }

    fn saw(&self) -> Vec<Stapled> {
        std::mem::take(&mut *self.1.lock().unwrap())
    }
}

impl PeerVerifier for Watches {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        let stapled = (peer.ocsp_response.map(<[u8]>::to_vec), peer.sct_list.map(<[u8]>::to_vec));
        self.1.lock().unwrap().push(stapled);
        self.0.verify(peer)
    }
}

fn stapled(facts: &Facts) -> Stapled {
    (facts.ocsp_response.clone(), facts.sct_list.clone())
}

fn both(response: &[u8]) -> Staples {
    Staples::new(Some(response.to_vec()), Some(SCTS.to_vec())).unwrap()
}

fn connected(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
    let mut pair = Pair::new(client.build().unwrap(), server.build().unwrap());
    pair.run().unwrap();
    pair.exchange();
    pair
}

#[test]
fn a_server_staples_what_it_is_asked_for() {
    let world = World::new();
    world.identity.staple(both(RESPONSE));
    let some = |bytes: &[u8]| Some(bytes.to_vec());
    for (ocsp, scts, expected) in [
        (true, true, (some(RESPONSE), some(SCTS))),
        (true, false, (some(RESPONSE), None)),
        (false, true, (None, some(SCTS))),
        (false, false, (None, None)),
    ] {
        let verifier = Watches::new(&world);
        let client = crate::ClientConfig::builder(world.provider.clone(), verifier.clone());
        let pair = connected(client.ocsp_stapling(ocsp).signed_certificate_timestamps(scts), world.server());
        assert_eq!(stapled(pair.client.facts()), expected);
        assert_eq!(verifier.saw(), std::slice::from_ref(&expected));
        let hello = pair.server.facts().client_hello.as_ref().unwrap();
        assert_eq!((hello.wants_ocsp_response, hello.wants_sct_list), (ocsp, scts));
        assert_eq!(stapled(pair.server.facts()), (None, None));
    }
}

/// A client asks by default; a server that has nothing answers nothing.
#[test]
fn nothing_to_staple() {
    let world = World::new();
    let pair = connected(world.client(), world.server());
    let hello = pair.server.facts().client_hello.as_ref().unwrap();
    assert!(hello.wants_ocsp_response && hello.wants_sct_list);
    assert_eq!(stapled(pair.client.facts()), (None, None));
}

/// What is stapled changes while the configuration that holds the identity is in use.
#[test]
fn staples_change_while_a_server_runs() {
    let world = World::new();
    let (client, server) = (world.client().build().unwrap(), world.server().build().unwrap());
    let clone = world.identity.as_ref().clone();
    for (staples, expected) in [
        (both(RESPONSE), Some(RESPONSE)),
        (both(NEWER), Some(NEWER)),
        (Staples::default(), None),
        (both(RESPONSE), Some(RESPONSE)),
    ] {
        clone.staple(staples);
        let mut pair = Pair::new(client.clone(), server.clone());
        pair.run().unwrap();
        assert_eq!(pair.client.facts().ocsp_response.as_deref(), expected);
    }
}

#[test]
fn a_client_staples_what_it_is_asked_for() {
    let world = World::new();
    world.identity.staple(both(RESPONSE));
    let some = |bytes: &[u8]| Some(bytes.to_vec());
    for (ocsp, scts, expected) in [
        (true, true, (some(RESPONSE), some(SCTS))),
        (true, false, (some(RESPONSE), None)),
        (false, true, (None, some(SCTS))),
        (false, false, (None, None)),
    ] {
        let verifier = Watches::new(&world);
        let server = world.server().client_auth(ClientAuth::Require(verifier.clone()));
        let server = server.client_ocsp_stapling(ocsp).client_signed_certificate_timestamps(scts);
        let pair = connected(world.client().identity(world.identity.clone()), server);
        assert_eq!(stapled(pair.server.facts()), expected);
        assert_eq!(verifier.saw(), [expected]);
        let request = pair.client.facts().certificate_request.as_ref().unwrap();
        assert_eq!((request.wants_ocsp_response, request.wants_sct_list), (ocsp, scts));
    }
}

/// The longest of both, more than one record's worth, fit beside one certificate.
#[test]
fn long_staples_are_sent_whole() {
    let world = World::new();
    const MAX: u16 = (1 << 15) - 8;
    let fill = |start: &[u8]| start.iter().copied().chain((0..=255).cycle()).take(MAX.into()).collect::<Vec<u8>>();
    let response = fill(&[0x30]);
    let scts = fill(&[(MAX - 2).to_be_bytes(), (MAX - 4).to_be_bytes()].concat());
    world.identity.staple(Staples::new(Some(response.clone()), Some(scts.clone())).unwrap());
    let pair = connected(world.client(), world.server());
    assert_eq!(stapled(pair.client.facts()), (Some(response), Some(scts)));
}
