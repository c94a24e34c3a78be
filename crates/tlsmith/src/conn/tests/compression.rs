//! Compressed certificates (RFC 8879), sent and received by both sides.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::{Pair, Peer, Play, World, peer};
use crate::{
    ClientConfig, Rule, ServerConfig,
    auth::{Brotli, CertificateCompression, Staples, Zlib, Zstd},
    config::ClientAuth,
    conn::{Connection, Direction},
    msg::{CertificateMessage, CompressedCertificate, Message},
    registry::{CertificateCompressionAlgorithm as Algorithm, HandshakeType},
    wire::Writer,
};

type List = Vec<Arc<dyn CertificateCompression>>;

/// zlib, counted.
#[derive(Debug, Default)]
struct Counted(AtomicUsize);

impl CertificateCompression for Counted {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ZLIB
    }

    fn compress(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Zlib.compress(message)
    }

    fn decompress(&self, compressed: &[u8], out: &mut [u8]) -> bool {
        Zlib.decompress(compressed, out)
    }
}

/// The names of certificate messages that went one way, with their lengths.
fn certificates(side: &Connection, direction: Direction) -> Vec<(&'static str, usize)> {
    let notes = side.facts().messages.iter().filter(|note| note.direction == direction);
    notes.filter(|note| note.name.ends_with("Certificate")).map(|note| (note.name, note.size)).collect()
}

fn run(client: Arc<ClientConfig>, server: Arc<ServerConfig>) -> Pair {
    let mut pair = Pair::new(client, server);
    pair.run().unwrap();
    pair.exchange();
    pair
}

#[test]
fn by_each_algorithm_both_ways() {
    let world = World::new();
    let lists: [(List, Algorithm); 3] = [
        (vec![Arc::new(Zlib)], Algorithm::ZLIB),
        (vec![Arc::new(Brotli)], Algorithm::BROTLI),
        (vec![Arc::new(Zstd)], Algorithm::ZSTD),
    ];
    // Much of it repeats.
    world.identity.staple(Staples::new(Some([&[0x30][..], &[7; 2000]].concat()), None).unwrap());
    for (list, algorithm) in lists {
        let client = world.client().identity(world.identity.clone()).certificate_compression(&list);
        let server = world.server().client_auth(ClientAuth::Require(world.verifier())).client_ocsp_stapling(true);
        let pair = run(client.build().unwrap(), server.certificate_compression(&list).build().unwrap());
        for side in [&pair.client, &pair.server] {
            let facts = side.facts();
            assert_eq!(facts.peer_certificates, world.identity.chain());
            assert_eq!(facts.ocsp_response.as_ref().unwrap().len(), 2001);
            assert_eq!(facts.certificate_compression, Some(algorithm));
            assert_eq!(facts.own_certificate_compression, Some(algorithm));
            for direction in [Direction::Sent, Direction::Received] {
                let [(name, size)] = certificates(side, direction)[..] else { panic!("one certificate message") };
                assert!(name == "CompressedCertificate" && size < 1000, "{algorithm}: {name} of {size} bytes");
            }
        }
        let request = pair.client.facts().certificate_request.as_ref().unwrap();
        assert_eq!(request.certificate_compressions, [algorithm]);
        assert_eq!(pair.server.facts().client_hello.as_ref().unwrap().certificate_compressions, [algorithm]);
    }
}

/// On by default; either side can turn it off.
#[test]
fn on_unless_a_side_turns_it_off() {
    let world = World::new();
    world.identity.staple(Staples::new(Some([&[0x30][..], &[7; 2000]].concat()), None).unwrap());
    let client = || ClientConfig::builder(world.provider.clone(), world.verifier());
    let server = || ServerConfig::builder(world.provider.clone()).identity(world.identity.clone());
    let sent = |client: crate::config::ClientConfigBuilder, server: crate::config::ServerConfigBuilder| {
        let pair = run(client.build().unwrap(), server.build().unwrap());
        pair.client.facts().certificate_compression
    };
    assert_eq!(sent(client(), server()), Some(Algorithm::BROTLI));
    assert_eq!(sent(client().certificate_compression(&[]), server()), None);
    assert_eq!(sent(client(), server().certificate_compression(&[])), None);
    assert_eq!(sent(client().certificate_compression(&[Arc::new(Zstd)]), server()), Some(Algorithm::ZSTD));
    let zlib_first: List = vec![Arc::new(Zlib), Arc::new(Brotli)];
    assert_eq!(sent(client(), server().certificate_compression(&zlib_first)), Some(Algorithm::ZLIB));
    assert_eq!(
        sent(client().certificate_compression(&[Arc::new(Zstd)]), server().certificate_compression(&zlib_first)),
        None
    );
}

/// Compressed once, not in each handshake; again when what is stapled changes.
#[test]
fn compressed_once() {
    let world = World::new();
    let counted = Arc::new(Counted::default());
    let list: List = vec![counted.clone()];
    let server = world.server().certificate_compression(&list).build().unwrap();
    let client = world.client().certificate_compression(&[Arc::new(Zlib)]).build().unwrap();
    let plain = world.client().certificate_compression(&[Arc::new(Zlib)]).ocsp_stapling(false).build().unwrap();
    let times = |client: &Arc<ClientConfig>| {
        let pair = run(client.clone(), server.clone());
        assert_eq!(pair.client.facts().peer_certificates, world.identity.chain());
        counted.0.load(Ordering::Relaxed)
    };
    assert_eq!((times(&client), times(&client), times(&plain)), (1, 1, 1));
    for (round, response) in [(1, vec![0x30; 900]), (2, vec![0x30; 901])] {
        world.identity.staple(Staples::new(Some(response), None).unwrap());
        assert_eq!((times(&client), times(&client)), (round * 2, round * 2));
        // Without the staple it is another message.
        assert_eq!((times(&plain), times(&plain), times(&client)), (round * 2 + 1, round * 2 + 1, round * 2 + 1));
    }
}

/// Our client, or our server, against a peer that makes something of its Certificate message's body.
fn hostile(world: &World, to_client: bool, mut make: impl FnMut(Vec<u8>) -> Vec<u8> + 'static) -> Play {
    let script = peer::instead("Certificate", move |bytes| vec![peer::Act::Say(make(bytes[4..].to_vec()))]);
    let all: List = vec![Arc::new(Zlib), Arc::new(Brotli)];
    match to_client {
        true => {
            let client = world.client().certificate_compression(&all).build().unwrap();
            Play::client(client, Peer::server(world.server().build().unwrap(), script))
        }
        false => {
            let server = world.server().client_auth(ClientAuth::Require(world.verifier()));
            let client = world.client().identity(world.identity.clone()).build().unwrap();
            Play::server(server.certificate_compression(&all).build().unwrap(), Peer::client(client, script))
        }
    }
}

fn compressed(algorithm: Algorithm, uncompressed_length: usize, data: &[u8]) -> Vec<u8> {
    let uncompressed_length = u32::try_from(uncompressed_length).unwrap();
    peer::encoded(&Message::CompressedCertificate(CompressedCertificate { algorithm, uncompressed_length, data }))
}

/// As it is wanted, then everything that is wrong: the rule, and its alert (`Play::finish` sees to that).
#[test]
fn what_a_peer_sends() {
    let world = World::new();
    for to_client in [true, false] {
        let mut play =
            hostile(&world, to_client, |body| compressed(Algorithm::ZLIB, body.len(), &Zlib.compress(&body).unwrap()));
        play.go_on();
        assert!(play.error.is_none() && play.peer.is_connected());
        assert_eq!(play.victim.facts().certificate_compression, Some(Algorithm::ZLIB));

        let fails = |rule: Rule, make: fn(Vec<u8>) -> Vec<u8>| {
            let error = hostile(&world, to_client, make).finish().error().clone();
            assert_eq!(error.rule(), rule, "{error:?}");
        };
        // Not offered, though known; unknown.
        fails(Rule::IllegalParameter, |body| compressed(Algorithm::ZSTD, body.len(), &Zlib.compress(&body).unwrap()));
        fails(Rule::IllegalParameter, |body| compressed(Algorithm(0x1234), body.len(), &body));
        // Shorter and longer than announced.
        fails(Rule::BadCertificateCompression, |body| {
            compressed(Algorithm::ZLIB, body.len() + 1, &Zlib.compress(&body).unwrap())
        });
        fails(Rule::BadCertificateCompression, |body| {
            compressed(Algorithm::ZLIB, body.len() - 1, &Zlib.compress(&body).unwrap())
        });
        // A megabyte of zeros in a kilobyte: announced as it is, and announced as what would be fine.
        fails(Rule::BadCertificateCompression, |_| {
            compressed(Algorithm::ZLIB, 1 << 20, &Zlib.compress(&vec![0; 1 << 20]).unwrap())
        });
        fails(Rule::BadCertificateCompression, |_| {
            compressed(Algorithm::BROTLI, 4000, &Brotli.compress(&vec![0; 1 << 20]).unwrap())
        });
        fails(Rule::BadCertificateCompression, |body| compressed(Algorithm::BROTLI, body.len(), &body));
        // What is inside is judged as if it had come as it is.
        fails(Rule::Decode, |_| compressed(Algorithm::ZLIB, 200, &Zlib.compress(&[0; 200]).unwrap()));
        fails(Rule::IllegalParameter, |body| {
            let mut message = CertificateMessage::decode(&body).unwrap();
            message.context = &[1];
            let mut body = Vec::new();
            let mut w = Writer::new(&mut body);
            message.encode_body(&mut w);
            w.finish().unwrap();
            compressed(Algorithm::ZLIB, body.len(), &Zlib.compress(&body).unwrap())
        });
        fails(Rule::Decode, |_| peer::raw_message(HandshakeType::COMPRESSED_CERTIFICATE, &[0, 1, 0, 0, 5, 0, 0, 0]));
    }
}

/// An empty list is an empty list.
#[test]
fn nothing_compressed() {
    let world = World::new();
    // An empty Certificate message is shorter than anything that it could be compressed to: stored in zlib.
    let stored = [0x78, 0x01, 0x01, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 4, 0, 1];
    let make = move |_| compressed(Algorithm::ZLIB, 4, &stored);
    assert_eq!(hostile(&world, true, make).finish().error().rule(), Rule::EmptyServerCertificate);
    assert_eq!(hostile(&world, false, make).finish().error().rule(), Rule::CertificateRequired);
}

/// Where it is turned off, nothing compressed is expected.
#[test]
fn turned_off() {
    let world = World::new();
    let script = peer::instead("Certificate", |bytes| {
        let body = &bytes[4..];
        vec![peer::Act::Say(compressed(Algorithm::ZLIB, body.len(), &Zlib.compress(body).unwrap()))]
    });
    let mut play = super::rules::against_client(&world, script);
    assert_eq!(play.finish().error().rule(), Rule::UnexpectedMessage);
}
