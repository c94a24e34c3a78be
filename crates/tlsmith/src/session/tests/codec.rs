//! A server's session as bytes.

use proptest::{option, prelude::*};
use tlsmith_crypto::Secret;
use tlsmith_x509::UnixTime;

use super::{
    super::{PolicyId, ServerSession, UnixMillis},
    certificates,
};
use crate::registry::{CipherSuite, NamedGroup, ProtocolVersion};

prop_compose! {
    fn fixed()(
        version: u16, suite: u16, secret in prop::collection::vec(any::<u8>(), 1..=255),
        issued_at: i64, lifetime: u32, age_add: u32, trusted_until: i64, max_early_data: u32, ems: bool,
    ) -> ServerSession {
        ServerSession {
            version: ProtocolVersion(version),
            cipher_suite: CipherSuite(suite),
            secret: Secret::new(&secret),
            issued_at: UnixMillis(issued_at),
            lifetime,
            age_add,
            trusted_until: UnixTime(trusted_until),
            server_name: None,
            alpn: None,
            extended_main_secret: ems,
            group: None,
            peer_certificates: Vec::new(),
            policy: None,
            max_early_data,
            context: Vec::new(),
        }
    }
}

prop_compose! {
    fn sessions()(
        fixed in fixed(),
        server_name in option::of("[a-z.é]{0,40}"),
        alpn in option::of(prop::collection::vec(any::<u8>(), 1..=255)),
        group in option::of(any::<u16>()),
        policy in option::of(any::<[u8; 32]>()),
        certificates in prop::collection::vec(prop::sample::select(certificates()), 0..4),
        context in prop::collection::vec(any::<u8>(), 0..100),
    ) -> ServerSession {
        ServerSession {
            server_name,
            alpn,
            group: group.map(NamedGroup),
            peer_certificates: certificates,
            policy: policy.map(PolicyId),
            context,
            ..fixed
        }
    }
}

proptest! {
    #[test]
    fn comes_back_as_it_was(session in sessions()) {
        let decoded = ServerSession::decode(&session.encode());
        prop_assert_eq!(decoded.as_ref(), Some(&session));
        prop_assert_eq!(session.duplicate(), session);
    }

    #[test]
    fn parts_of_one_are_none(session in sessions(), more in prop::collection::vec(any::<u8>(), 1..10)) {
        let bytes = session.encode();
        for len in 0..bytes.len() {
            prop_assert_eq!(ServerSession::decode(&bytes[..len]), None);
        }
        prop_assert_eq!(ServerSession::decode(&[&bytes[..], &more].concat()), None);
    }

    /// What reads at all is the only encoding of what it says.
    #[test]
    fn is_canonical(session in sessions(), at: prop::sample::Index, change in 1..=255_u8) {
        let mut bytes = session.encode().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        if let Some(other) = ServerSession::decode(&bytes) {
            prop_assert_ne!(&other, &session);
            prop_assert_eq!(other.encode().to_vec(), bytes);
        }
    }

    #[test]
    fn noise_is_none(mut bytes in prop::collection::vec(any::<u8>(), 0..300), known: bool) {
        if known && !bytes.is_empty() {
            bytes[0] = 1;
        }
        if let Some(session) = ServerSession::decode(&bytes) {
            prop_assert_eq!(session.encode().to_vec(), bytes);
        }
    }
}

fn plain() -> ServerSession {
    let bytes = [
        &[1, 3, 4, 0x13, 1, 2, 9, 9][..],
        &5_i64.to_be_bytes(),
        &7_u32.to_be_bytes(),
        &8_u32.to_be_bytes(),
        &9_i64.to_be_bytes(),
        &[0; 4],
        &[0, 0, 0, 0, 0, 0],
    ];
    ServerSession::decode(&bytes.concat()).unwrap()
}

/// The bytes as they are in tickets out there: a change of them needs another number of the format.
#[test]
fn the_format() {
    let session = plain();
    assert_eq!((session.version, session.cipher_suite), (ProtocolVersion::TLS1_3, CipherSuite(0x1301)));
    assert_eq!((session.issued_at, session.lifetime, session.age_add), (UnixMillis(5), 7, 8));
    assert_eq!((session.trusted_until, session.secret.expose()), (UnixTime(9), &[9, 9][..]));
    assert_eq!(session.encode().len(), 8 + 8 + 4 + 4 + 8 + 4 + 6);
    let mut other = session.encode().to_vec();
    other[0] = 2;
    assert_eq!(ServerSession::decode(&other), None);
}

#[test]
fn more_than_the_bound_is_none() {
    let mut session = plain();
    let rest = session.encode().len();
    session.context = vec![0; ServerSession::MAX_ENCODED - rest];
    assert_eq!(ServerSession::decode(&session.encode()).as_ref(), Some(&session));
    session.context.push(0);
    assert_eq!(ServerSession::decode(&session.encode()), None);
    // Certificates as well, in number and in length.
    let mut session = plain();
    session.peer_certificates = vec![certificates()[0].clone(); 101];
    assert!(session.encode().len() > ServerSession::MAX_ENCODED);
    assert_eq!(ServerSession::decode(&session.encode()), None);
}

/// What cannot be said is not said wrongly.
#[test]
fn a_field_that_is_too_long_encodes_to_nothing() {
    let too_long: [fn(&mut ServerSession); 4] = [
        |session| session.secret = Secret::new(&[1; 256]),
        |session| session.alpn = Some(vec![1; 256]),
        |session| session.server_name = Some("a".repeat(1 << 16)),
        |session| session.context = vec![1; 1 << 16],
    ];
    for change in too_long {
        let mut session = plain();
        change(&mut session);
        assert!(session.encode().is_empty());
    }
    assert_eq!(ServerSession::decode(&[]), None);
}

#[test]
fn a_session_is_over_with_its_lifetime_or_its_trust() {
    let mut session = plain();
    (session.issued_at, session.lifetime, session.trusted_until) = (UnixMillis(10_999), 60, UnixTime(1_000));
    assert_eq!(session.expires_at(), UnixTime(70));
    session.trusted_until = UnixTime(50);
    assert_eq!(session.expires_at(), UnixTime(50));
    (session.lifetime, session.trusted_until) = (u32::MAX, UnixTime(i64::MAX));
    assert_eq!(session.expires_at(), UnixTime(10 + 604_800));
}

#[test]
fn the_expected_arrival_takes_back_what_the_client_added() {
    let mut session = plain();
    (session.issued_at, session.age_add) = (UnixMillis(10_000), u32::MAX);
    assert_eq!(session.expected_arrival(233), UnixMillis(10_234));
    assert_eq!(session.client_age(233), 234);
}
