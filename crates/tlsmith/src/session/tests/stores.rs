//! The caches in memory: bounded, and never more than what was put.

use std::collections::HashMap;

use proptest::{prelude::*, sample::select};
use tlsmith_crypto::Secret;
use tlsmith_x509::UnixTime;

use super::{
    super::{
        ClientSession, ClientSessions, MemorySessions, MemoryStore, ServerSession, SessionKey, SessionStore, UnixMillis,
    },
    certificates,
};
use crate::registry::{CipherSuite, ProtocolVersion};

fn get(store: &MemoryStore, id: &[u8], now: i64) -> Option<Vec<u8>> {
    store.get(id, UnixTime(now)).map(|session| session.to_vec())
}

#[test]
fn a_store_keeps_until_the_time_is_over() {
    let store = MemoryStore::default();
    store.put(b"one", b"session", UnixTime(10), UnixTime(0));
    assert_eq!(get(&store, b"one", 9).unwrap(), b"session");
    assert_eq!(get(&store, b"one", 9).unwrap(), b"session", "IDs are used again and again");
    assert_eq!(get(&store, b"two", 9), None);
    assert_eq!(get(&store, b"one", 10), None);
    assert!(store.is_empty(), "asking for what has expired forgets it");
    store.put(b"one", b"session", UnixTime(10), UnixTime(0));
    store.put(b"one", b"again", UnixTime(20), UnixTime(0));
    assert_eq!(get(&store, b"one", 15).unwrap(), b"again");
    // What is over when it comes is not kept, and neither is what it replaces.
    store.put(b"one", b"late", UnixTime(15), UnixTime(15));
    assert_eq!(get(&store, b"one", 14), None);
    store.put(b"one", b"session", UnixTime(20), UnixTime(0));
    store.remove(b"one");
    assert_eq!(get(&store, b"one", 0), None);
    assert_eq!((store.len(), store.bytes()), (0, 0));
    assert_eq!(format!("{store:?}"), "MemoryStore(0 sessions)");
}

#[test]
fn a_store_takes_ids_and_sessions_of_sensible_lengths_only() {
    let store = MemoryStore::default();
    for (id, session) in [(&[][..], 1), (&[1; 33], 1), (&[1; 32], ServerSession::MAX_ENCODED + 1)] {
        store.put(id, &vec![0; session], UnixTime(10), UnixTime(0));
        assert!(store.is_empty() && get(&store, id, 0).is_none());
    }
    store.put(&[1; 32], &[0; ServerSession::MAX_ENCODED], UnixTime(10), UnixTime(0));
    assert_eq!(store.len(), 1);
}

proptest! {
    /// Whatever is put: never more than allowed, never anything but what was put last, never after its time.
    #[test]
    fn a_store_keeps_to_its_bounds(
        entries in select(vec![0, 1, 7, 30, 64, 130]),
        bytes in select(vec![0, 1_000, 50_000, 200_000]),
        puts in prop::collection::vec((0..80_u16, 0..3_000_usize, 1..50_i64), 0..120),
    ) {
        let store = MemoryStore::new(entries, bytes);
        let mut last: HashMap<[u8; 2], (Vec<u8>, i64)> = HashMap::new();
        for (now, (id, len, lifetime)) in (0..).zip(puts) {
            let (id, session) = (id.to_be_bytes(), vec![now as u8; len]);
            store.put(&id, &session, UnixTime(now + lifetime), UnixTime(now));
            last.insert(id, (session, now + lifetime));
            prop_assert!(store.len() <= entries && store.bytes() <= bytes);
            // The newest is there if there is room for one.
            if entries > 0 && bytes > 4_000 {
                prop_assert!(get(&store, &id, now).is_some());
            }
            for (id, (session, until)) in &last {
                if let Some(found) = get(&store, id, now) {
                    prop_assert!(found == *session && now < *until);
                }
            }
        }
    }
}

fn key(name: &str, scope: &[u8]) -> SessionKey {
    SessionKey { name: name.parse().unwrap(), scope: scope.to_vec() }
}

/// Told apart by its ticket.
fn session(version: ProtocolVersion, ticket: &[u8], received_at: i64, lifetime: u32) -> ClientSession {
    ClientSession {
        version,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        secret: Secret::new(&[7; 32]),
        ticket: ticket.to_vec(),
        session_id: Vec::new(),
        received_at: UnixMillis(received_at),
        lifetime,
        age_add: 0,
        trusted_until: UnixTime(i64::MAX),
        server_name: "a.example".parse().unwrap(),
        alpn: None,
        extended_main_secret: true,
        group: None,
        peer_certificates: certificates()[..1].to_vec(),
        ocsp_response: None,
        sct_list: None,
        policy: None,
        own_identity: None,
        max_early_data: 0,
    }
}

const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;

fn take(sessions: &MemorySessions, key: &SessionKey, now: i64) -> Option<Vec<u8>> {
    sessions.take(key, UnixMillis(now)).map(|session| session.ticket)
}

#[test]
fn a_ticket_of_tls_1_3_is_handed_out_once_the_newest_first() {
    let sessions = MemorySessions::new(10, 3, 1 << 20);
    let here = key("a.example", b"443");
    for ticket in 1..=4 {
        sessions.put(&here, session(TLS1_3, &[ticket], 0, 60), UnixMillis(0));
    }
    // Another port, another name: other servers.
    assert_eq!(take(&sessions, &key("a.example", b"8443"), 0), None);
    assert_eq!(take(&sessions, &key("b.example", b"443"), 0), None);
    assert_eq!([(); 4].map(|()| take(&sessions, &here, 0)), [Some(vec![4]), Some(vec![3]), Some(vec![2]), None]);
    assert!(sessions.is_empty() && sessions.bytes() == 0);

    sessions.put(&here, session(TLS1_3, &[1], 0, 60), UnixMillis(0));
    sessions.remove(&here);
    assert_eq!(take(&sessions, &here, 0), None);
}

#[test]
fn a_session_of_tls_1_2_stays_until_a_newer_one_comes() {
    let sessions = MemorySessions::default();
    let here = key("a.example", b"");
    sessions.put(&here, session(TLS1_2, &[1], 0, 60), UnixMillis(0));
    assert_eq!([(); 2].map(|()| take(&sessions, &here, 0)), [Some(vec![1]), Some(vec![1])]);
    sessions.put(&here, session(TLS1_2, &[2], 0, 60), UnixMillis(0));
    sessions.put(&here, session(TLS1_3, &[3], 0, 60), UnixMillis(0));
    assert_eq!([(); 3].map(|()| take(&sessions, &here, 0)), [Some(vec![3]), Some(vec![2]), Some(vec![2])]);
    assert_eq!(take(&sessions, &here, 60_000), None);
    assert!(sessions.is_empty(), "asking for what has expired forgets it");
}

#[test]
fn lifetimes_count_from_the_receipt_and_end_after_a_week() {
    let sessions = MemorySessions::default();
    let here = key("a.example", b"");
    let left = |lifetime: u32, now: i64| {
        sessions.remove(&here);
        sessions.put(&here, session(TLS1_3, &[1], 5_000, lifetime), UnixMillis(5_000));
        take(&sessions, &here, now).is_some()
    };
    assert!(left(1, 5_999) && !left(1, 6_000));
    assert!(!left(0, 5_000), "to be discarded immediately (RFC 8446 §4.6.1)");
    let week = 5_000 + 604_800_000;
    assert!(left(u32::MAX, week - 1) && !left(u32::MAX, week));
    // Received later than now: the clock went back, and its age is not known. Whole seconds are no reason.
    assert!(left(60, 4_001) && !left(60, 4_000));
}

#[test]
fn the_age_that_is_told_is_in_milliseconds_and_wraps() {
    let mut session = session(TLS1_3, &[1], 5_000, 60);
    assert_eq!(session.obfuscated_age(UnixMillis(6_234)), 1_234);
    session.age_add = u32::MAX;
    assert_eq!(session.obfuscated_age(UnixMillis(6_234)), 1_233);
    assert_eq!(session.obfuscated_age(UnixMillis(4_500)), u32::MAX, "no age below 0");
    assert_eq!(session.obfuscated_age(UnixMillis(i64::MAX)), u32::MAX - 1);
}

proptest! {
    /// Whatever servers send: never more than allowed, and nobody gets another's session.
    #[test]
    fn sessions_keep_to_their_bounds(
        servers in select(vec![0, 1, 5, 32, 100]),
        per_server in 0..4_usize,
        bytes in select(vec![0, 5_000, 100_000, 4 << 20]),
        steps in prop::collection::vec((0..80_u8, 0..3_000_usize, any::<bool>(), any::<bool>()), 0..300),
    ) {
        let sessions = MemorySessions::new(servers, per_server, bytes);
        for (now, (server, len, old, put)) in (0..).zip(steps) {
            let here = key("a.example", &[server]);
            if put {
                let version = if old { TLS1_2 } else { TLS1_3 };
                let ticket = [&[server][..], &vec![0; len]].concat();
                sessions.put(&here, session(version, &ticket, now, 1), UnixMillis(now));
            } else if let Some(taken) = sessions.take(&here, UnixMillis(now)) {
                prop_assert_eq!(taken.ticket[0], server);
                prop_assert!(now - taken.received_at.0 < 1_000);
            }
            prop_assert!(sessions.len() <= servers && sessions.bytes() <= bytes);
            if put && servers > 0 && per_server > 0 && bytes > 5_000 {
                prop_assert!(sessions.take(&here, UnixMillis(now)).is_some(), "the newest has room");
            }
        }
    }

    /// A server has so many sessions and no more.
    #[test]
    fn of_one_server_the_oldest_go(per_server in 0..6_usize, puts in 0..12_u8) {
        let sessions = MemorySessions::new(4, per_server, 1 << 20);
        let here = key("a.example", b"");
        for ticket in 0..puts {
            sessions.put(&here, session(TLS1_3, &[ticket], 0, 60), UnixMillis(0));
        }
        let mut taken = Vec::new();
        while let Some(session) = sessions.take(&here, UnixMillis(0)) {
            taken.extend(session.ticket);
        }
        let expected: Vec<u8> = (0..puts).rev().take(per_server).collect();
        prop_assert_eq!(taken, expected);
    }
}
