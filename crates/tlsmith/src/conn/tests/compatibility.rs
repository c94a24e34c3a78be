//! What middleboxes see (RFC 8446 §5.1, §D.4): session ids, ChangeCipherSpec and where it stands, versions of records.

use super::{Pair, World};
use crate::conn::{Connection, Direction};

/// Names of what a side sent, in order.
fn sent(side: &Connection) -> Vec<&'static str> {
    let notes = side.facts().messages.iter();
    notes.filter(|note| note.direction == Direction::Sent).map(|note| note.name).collect()
}

/// A whole handshake; what either side sent, and all its bytes (client's, server's).
fn handshake(world: &World, compatible: bool, retry: bool) -> (Pair, Vec<u8>, Vec<u8>) {
    let mut client = world.client().middlebox_compatibility(compatible);
    if retry {
        client = client.key_shares(&[]);
    }
    let mut pair = Pair::new(client.build().unwrap(), world.server().build().unwrap());
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    while !pair.to_server.is_empty() || !pair.to_client.is_empty() {
        to_server.extend_from_slice(&pair.to_server);
        super::pump(&mut pair.server, &mut pair.to_server, &mut pair.to_client, &mut Vec::new()).unwrap();
        to_client.extend_from_slice(&pair.to_client);
        super::pump(&mut pair.client, &mut pair.to_client, &mut pair.to_server, &mut Vec::new()).unwrap();
    }
    (pair, to_server, to_client)
}

/// Type and version of each record.
fn records(mut bytes: &[u8]) -> Vec<(u8, u16)> {
    let mut out = Vec::new();
    while let [kind, major, minor, high, low, rest @ ..] = bytes {
        out.push((*kind, u16::from_be_bytes([*major, *minor])));
        bytes = &rest[usize::from(u16::from_be_bytes([*high, *low]))..];
    }
    out
}

const CCS: &str = "ChangeCipherSpec";
const FLIGHT: [&str; 4] = ["EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"];

#[test]
fn change_cipher_spec_once_and_in_its_place() {
    let world = World::new();
    for (compatible, retry, client, server) in [
        (true, false, &["ClientHello", CCS, "Finished"][..], &["ServerHello", CCS][..]),
        (false, false, &["ClientHello", "Finished"], &["ServerHello"]),
        // Before the second flight, which begins with the second hello; after the first message of the server.
        (true, true, &["ClientHello", CCS, "ClientHello", "Finished"], &["HelloRetryRequest", CCS, "ServerHello"]),
        (false, true, &["ClientHello", "ClientHello", "Finished"], &["HelloRetryRequest", "ServerHello"]),
    ] {
        let (pair, to_server, to_client) = handshake(&world, compatible, retry);
        assert_eq!(sent(&pair.client), client, "{compatible} {retry}");
        assert_eq!(sent(&pair.server), [server, &FLIGHT].concat(), "{compatible} {retry}");
        // It is on the wire as well, in the clear.
        for bytes in [&to_server, &to_client] {
            let count = records(bytes).iter().filter(|(kind, _)| *kind == 20).count();
            assert_eq!(count, usize::from(compatible));
        }
    }
}

#[test]
fn versions_of_records() {
    let world = World::new();
    for (compatible, retry) in [(true, false), (true, true), (false, true)] {
        let (_, to_server, to_client) = handshake(&world, compatible, retry);
        let (at_server, at_client) = (records(&to_server), records(&to_client));
        // The initial ClientHello alone says 3.1.
        assert_eq!(at_server[0], (22, 0x0301));
        assert!(at_server[1..].iter().chain(&at_client).all(|(_, version)| *version == 0x0303));
        // What is protected shows nothing but application_data.
        assert_eq!(at_server.last(), Some(&(23, 0x0303)));
        assert_eq!(at_client.iter().filter(|(kind, _)| *kind == 22).count(), 1 + usize::from(retry));
    }
}

/// 32 random bytes in compatibility mode, never the same; none without.
#[test]
fn session_ids() {
    let world = World::new();
    let session_id = |compatible| {
        let (_, to_server, _) = handshake(&world, compatible, false);
        // Record header, message header, version, random.
        let at = 5 + 4 + 2 + 32;
        to_server[at + 1..][..usize::from(to_server[at])].to_vec()
    };
    let (first, second) = (session_id(true), session_id(true));
    assert_eq!((first.len(), second.len()), (32, 32));
    assert_ne!(first, second);
    assert_eq!(session_id(false), []);
}
