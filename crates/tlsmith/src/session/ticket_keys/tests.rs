//! What opens when, and what never does.

use proptest::{prelude::*, sample::Index};
use tlsmith_crypto::{HashAlgorithm, Provider, Secret, aws_lc::AwsLc};
use tlsmith_x509::UnixTime;

use super::{NamedKey, TicketKeys};
use crate::{
    auth::Answer,
    session::{MAX_LIFETIME, ServerSession, Ticketer},
};

const HOUR: i64 = 3_600;
/// On the hour.
const NOON: i64 = 1_800_000_000;

fn root(byte: u8, period: u32, lifetime: u32) -> TicketKeys {
    TicketKeys::from_root(&Secret::new(&[byte; 32]), period, lifetime).unwrap()
}

fn everyday() -> TicketKeys {
    root(1, 28_800, 86_400)
}

fn seal(keys: &TicketKeys, session: &[u8], now: i64) -> Option<Vec<u8>> {
    keys.seal(&AwsLc, session, UnixTime(now)).unwrap()
}

fn open(keys: &TicketKeys, ticket: &[u8], now: i64) -> Option<Vec<u8>> {
    match keys.open(&AwsLc, ticket, UnixTime(now)) {
        Answer::Now(session) => session.map(|session| session.to_vec()),
        Answer::Later => panic!("ticket keys answer at once"),
    }
}

fn key(byte: u8, from: i64) -> NamedKey {
    NamedKey { name: [byte; 16], key: Secret::new(&[byte; 32]), from: UnixTime(from) }
}

#[test]
fn what_was_sealed_opens() {
    let keys = everyday();
    let ticket = seal(&keys, b"a session", NOON).unwrap();
    assert_eq!(open(&keys, &ticket, NOON).unwrap(), b"a session");
    // Another server with the same root, later.
    assert_eq!(open(&everyday(), &ticket, NOON + 86_399).unwrap(), b"a session");
    assert!(!ticket.windows(9).any(|part| part == b"a session"));
    let own = TicketKeys::generate(&AwsLc).unwrap();
    let ticket = seal(&own, b"a session", NOON).unwrap();
    assert_eq!(open(&own, &ticket, NOON).unwrap(), b"a session");
    assert_eq!(open(&TicketKeys::generate(&AwsLc).unwrap(), &ticket, NOON), None);
}

#[test]
fn what_is_no_ticket_of_this_server_and_time_does_not_open() {
    let keys = everyday();
    let ticket = seal(&keys, b"a session", NOON).unwrap();
    let strangers = [root(2, 28_800, 86_400), root(1, 28_801, 86_400), TicketKeys::generate(&AwsLc).unwrap()];
    for stranger in &strangers {
        assert_eq!(open(stranger, &ticket, NOON), None, "another server's");
    }
    for later in [-40 * HOUR, -9 * HOUR, 33 * HOUR, 400 * HOUR, i64::MAX - NOON, i64::MIN] {
        assert_eq!(open(&keys, &ticket, NOON.saturating_add(later)), None, "{later} s later");
    }
    for len in 0..ticket.len() {
        assert_eq!(open(&keys, &ticket[..len], NOON), None, "the first {len} bytes");
    }
    for mut longer in [ticket.clone(), ticket[..28].to_vec(), ticket[..16].to_vec(), Vec::new()] {
        longer.resize(1 << 16, 0);
        assert_eq!(open(&keys, &longer, NOON), None);
    }
    assert_eq!(open(&keys, &[&ticket[..], &[0]].concat(), NOON), None);
    // Parts of two tickets make no third one.
    let other = seal(&keys, b"b session", NOON).unwrap();
    assert_eq!(open(&keys, &[&ticket[..28], &other[28..]].concat(), NOON), None);
}

#[test]
fn sessions_of_any_length_up_to_the_bound_are_sealed() {
    let keys = everyday();
    let longest = vec![7; ServerSession::MAX_ENCODED];
    let ticket = seal(&keys, &longest, NOON).unwrap();
    assert_eq!(open(&keys, &ticket, NOON).unwrap(), longest);
    assert_eq!(seal(&keys, &[7; ServerSession::MAX_ENCODED + 1], NOON), None);
    assert_eq!(seal(&keys, b"", NOON), None);
    assert_eq!(seal(&root(1, 28_800, 0), b"a session", NOON), None, "a lifetime of 0 is none");
    // A longer one does not open even with the right key: it cannot be from here.
    let secret = Secret::new(&[9; 32]);
    let aead = AwsLc.aead(tlsmith_crypto::AeadAlgorithm::Aes256Gcm, secret.expose()).unwrap();
    let list =
        || TicketKeys::from_keys(vec![NamedKey { name: [9; 16], key: secret.duplicate(), from: UnixTime(0) }], 60);
    let forged = |len: usize| {
        let mut body = vec![7; len];
        let aad = [&b"tlsmith ticket 1"[..], &[9; 16]].concat();
        let tag = aead.seal(&[3; 12], &aad, &mut body).unwrap();
        [&[9; 16][..], &[3; 12], &body, tag.as_ref()].concat()
    };
    assert!(open(&list().unwrap(), &forged(ServerSession::MAX_ENCODED), 5).is_some());
    assert!(open(&list().unwrap(), &forged(ServerSession::MAX_ENCODED + 1), 5).is_none());
}

proptest! {
    #[test]
    fn a_ticket_altered_in_any_byte_does_not_open(
        session in prop::collection::vec(any::<u8>(), 1..200), change in 1..=255_u8,
    ) {
        let keys = everyday();
        let ticket = seal(&keys, &session, NOON).unwrap();
        for at in 0..ticket.len() {
            let mut altered = ticket.clone();
            altered[at] ^= change;
            prop_assert_eq!(open(&keys, &altered, NOON), None, "byte {} of {}", at, ticket.len());
        }
    }

    #[test]
    fn what_others_make_up_does_not_open(ticket in prop::collection::vec(any::<u8>(), 0..300), named: bool) {
        let keys = everyday();
        let own = seal(&keys, b"a session", NOON).unwrap();
        let ticket = if named { [&own[..16], &ticket].concat() } else { ticket };
        prop_assert_eq!(open(&keys, &ticket, NOON), None);
    }

    /// The rule of the module: no ticket is lost before its lifetime is over, none opens long after, and a server whose clock
    /// is behind opens those of the next key.
    #[test]
    fn changes_of_keys_lose_no_ticket(
        period in 3_600..=MAX_LIFETIME, lifetime in 1..=MAX_LIFETIME, at in -NOON..NOON, later in any::<Index>(),
    ) {
        let (sealer, opener) = (root(1, period, lifetime), root(1, period, lifetime));
        let ticket = seal(&sealer, b"a session", at).unwrap();
        let within = later.index(lifetime as usize) as i64;
        prop_assert!(open(&opener, &ticket, at + within).is_some());
        prop_assert!(open(&opener, &ticket, at + i64::from(lifetime) - 1).is_some());
        prop_assert!(open(&opener, &ticket, at + i64::from(lifetime) + 2 * i64::from(period)).is_none());
        // Clocks that disagree, by a key at most.
        prop_assert!(open(&opener, &ticket, at - later.index(period as usize) as i64).is_some());
        prop_assert!(open(&opener, &ticket, at - 2 * i64::from(period)).is_none());
        // The same after whatever times it was asked about meanwhile.
        prop_assert!(open(&opener, &ticket, at + within).is_some());
    }

    /// The same of a list, against its rule written down again.
    #[test]
    fn a_list_keeps_to_its_times(
        gaps in prop::collection::vec(prop::sample::select(vec![1, HOUR, 8 * HOUR, 170 * HOUR]), 1..6),
        lifetime in prop::sample::select(vec![1, 3_600, 86_400, MAX_LIFETIME]),
        sealed_after in -HOUR..400 * HOUR, opened_after in -9 * HOUR..700 * HOUR,
    ) {
        let mut from = NOON;
        let mut times = Vec::new();
        for gap in gaps {
            times.push(from);
            from += gap;
        }
        let list = || {
            let keys = times.iter().zip(1_u8..).collect::<Vec<_>>().into_iter().rev().map(|(from, byte)| key(byte, *from)).collect();
            TicketKeys::from_keys(keys, lifetime).unwrap()
        };
        let (sealer, opener) = (list(), list());
        let (sealed_at, opened_at) = (NOON + sealed_after, NOON + opened_after);
        let week = i64::from(MAX_LIFETIME);
        let current = times.iter().rposition(|from| *from <= sealed_at);
        let expected = current.filter(|at| sealed_at < times[*at] + week);
        let ticket = seal(&sealer, b"a session", sealed_at);
        prop_assert_eq!(ticket.as_ref().map(|ticket| ticket[0]), expected.map(|at| at as u8 + 1));
        prop_assert_eq!(sealer.runs_dry_at(), Some(UnixTime(times[times.len() - 1] + week)));
        if let (Some(ticket), Some(at)) = (ticket, expected) {
            let end = times.get(at + 1).map_or(times[at] + week, |next| (*next).min(times[at] + week));
            let begun = times.iter().filter(|from| **from <= opened_at).count();
            let opens = at <= begun && opened_at < end + i64::from(lifetime);
            prop_assert_eq!(open(&opener, &ticket, opened_at).is_some(), opens);
            if (0..i64::from(lifetime)).contains(&(opened_at - sealed_at)) {
                prop_assert!(opens, "lost before its lifetime was over");
            }
        }
    }
}

#[test]
fn replaced_keys_open_for_the_rest_of_the_lifetime() {
    let keys = everyday();
    let before = seal(&keys, b"before", NOON).unwrap();
    keys.replace(root(2, 28_800, 3_600), UnixTime(NOON + 10));
    assert_eq!(keys.lifetime(), 3_600);
    let after = seal(&keys, b"after", NOON + 10).unwrap();
    assert_eq!(open(&keys, &before, NOON + 86_399).unwrap(), b"before");
    assert_eq!(open(&keys, &before, NOON + 10 + 86_400), None);
    assert_eq!(open(&keys, &after, NOON + 10).unwrap(), b"after");
    assert_eq!(open(&root(2, 28_800, 3_600), &after, NOON + 10).unwrap(), b"after");

    // The same again, over and over, retires nothing.
    let keys = everyday();
    let first = seal(&keys, b"first", NOON).unwrap();
    keys.replace(root(2, 28_800, 86_400), UnixTime(NOON));
    for _ in 0..100 {
        keys.replace(root(2, 28_800, 86_400), UnixTime(NOON));
    }
    assert!(open(&keys, &first, NOON).is_some());
    // To and fro neither.
    for _ in 0..100 {
        keys.replace(root(3, 28_800, 86_400), UnixTime(NOON));
        keys.replace(root(2, 28_800, 86_400), UnixTime(NOON));
    }
    assert!(open(&keys, &first, NOON).is_some());
    // But there is an end to what is remembered.
    for byte in 10..18 {
        keys.replace(root(byte, 28_800, 86_400), UnixTime(NOON));
    }
    assert!(open(&keys, &first, NOON).is_none());
    assert!(open(&keys, &seal(&root(10, 28_800, 86_400), b"x", NOON).unwrap(), NOON).is_some());
}

/// A root and a list, as files.
fn files() -> [(TicketKeys, String); 2] {
    let list = TicketKeys::from_keys(vec![key(1, NOON), key(2, NOON + 8 * HOUR), key(3, NOON + 16 * HOUR)], 7_200);
    [everyday(), list.unwrap()].map(|keys| {
        let file = String::clone(&keys.export(&AwsLc, UnixTime(NOON)));
        (keys, file)
    })
}

fn import(file: &[u8]) -> Result<TicketKeys, String> {
    TicketKeys::import(&AwsLc, file).map_err(|error| {
        assert_eq!(error.code, "config.ticket_keys");
        error.to_string()
    })
}

#[test]
fn keys_outlive_a_restart_in_a_file() {
    for (keys, file) in files() {
        let ticket = seal(&keys, b"before the restart", NOON + 60).unwrap();
        let again = import(file.as_bytes()).unwrap();
        assert_eq!(open(&again, &ticket, NOON + 120).unwrap(), b"before the restart");
        assert_eq!(again.created(), Some(UnixTime(NOON)));
        assert_eq!((again.lifetime(), again.runs_dry_at()), (keys.lifetime(), keys.runs_dry_at()));
        assert_eq!(*again.export(&AwsLc, UnixTime(NOON)), file);
    }
}

/// The file as it is documented.
#[test]
fn the_format_of_the_file() {
    let [(_, root), (_, list)] = files();
    let ones = "01".repeat(32);
    let head = "tlsmith ticket keys 1\ncreated 2027-01-15T08:00:00Z\n";
    let expected = format!("{head}lifetime 86400\nperiod 28800\nroot {ones}\n");
    assert_eq!(root, with_checksum(&expected));
    let (name, key) = ("02".repeat(16), "02".repeat(32));
    assert!(list.contains(&format!("\nkey {name} {key} 2027-01-15T16:00:00Z\n")), "{list}");
    assert!(list.starts_with(&format!("{head}lifetime 7200\nkey 0101")), "{list}");
}

fn with_checksum(body: &str) -> String {
    let mut hash = AwsLc.hash(HashAlgorithm::Sha256);
    hash.update(body.as_bytes());
    format!("{body}checksum {:?}\n", hash.current())
}

#[test]
fn a_file_altered_in_any_byte_is_refused() {
    for (_, file) in files() {
        for at in 0..file.len() {
            for change in [1, 0x20, 0x80] {
                let mut altered = file.clone().into_bytes();
                altered[at] ^= change;
                let error = import(&altered).unwrap_err();
                // What is said of it holds no part of a key.
                assert!(!error.contains("0101") && !error.contains("0202"), "{error}");
            }
            assert!(import(&file.as_bytes()[..at]).is_err());
        }
        assert!(import(format!("{file}\n").as_bytes()).is_err());
        assert!(import(&[file.as_bytes(), &[b'x'; 1 << 17]].concat()).is_err());
    }
}

#[test]
fn a_file_that_says_the_wrong_thing_is_refused() {
    let head = "tlsmith ticket keys 1\ncreated 2027-01-15T08:00:00Z\nlifetime 86400\n";
    let (name, ones) = ("01".repeat(16), "01".repeat(32));
    let root = format!("{head}period 28800\nroot {ones}\n");
    assert!(import(with_checksum(&root).as_bytes()).is_ok());
    let key = format!("{head}key {name} {ones} 2027-01-15T08:00:00Z\n");
    assert!(import(with_checksum(&key).as_bytes()).is_ok());

    let refused = |body: &str, why: &str| {
        let error = import(with_checksum(body).as_bytes()).unwrap_err();
        assert!(error.contains(why), "{body}: {error}");
        assert!(!error.contains("0101"), "{error}");
    };
    refused("", "no file of ticket keys");
    refused("tlsmith ticket keys 2\n", "another version");
    refused("tlsmith ticket keys 10\n", "another version");
    refused(&head.replace("lifetime 86400\n", ""), "the lifetime");
    refused(&root.replace("created 2027-01-15T08:00:00Z\n", ""), "created");
    refused(head, "0 of them");
    refused(&root.replace("period 28800\n", ""), "neither");
    refused(&format!("{root}key {name} {ones} 2027-01-15T08:00:00Z\n"), "neither");
    refused(&format!("{root}root {ones}\n"), "line 6");
    refused(&root.replace("lifetime 86400", "lifetime 604801"), "604800 s at most");
    refused(&root.replace("lifetime 86400", "lifetime +86400"), "line 3");
    refused(&root.replace("lifetime 86400", "lifetime 086400"), "line 3");
    refused(&root.replace("period 28800", "period 3599"), "every 3599 s");
    refused(&root.replace("period 28800", "period 604801"), "every 604801 s");
    refused(&root.replace(&ones, &"01".repeat(31)), "31 bytes");
    refused(&root.replace(&ones, &"01".repeat(256)), "256 bytes");
    refused(&root.replace(&ones, &"0".repeat(63)), "line 5");
    refused(&root.replace(&ones, &"AB".repeat(32)), "line 5");
    refused(&root.replace('\n', "\r\n"), "another version");
    refused(&format!("{root}\n"), "line 6");
    refused(&format!("{root}# a remark\n"), "line 6");
    refused(&key.replace("2027-01-15", "2027-02-29"), "line 2");
    refused(&key.replace("Z\nlifetime", "+00:00\nlifetime"), "line 2");
    refused(&key.replace(" 2027-01-15T08:00:00Z\n", "\n").replace("created", "created 2027-01-15T08:00:00Z"), "line 4");
    refused(&format!("{head}key {name}01 {ones} 2027-01-15T08:00:00Z\n"), "line 4");
    refused(&format!("{head}key {name} {ones}01 2027-01-15T08:00:00Z\n"), "33 bytes");
    refused(&format!("{head}key {name} {ones} 2027-01-15T08:00:00Z x\n"), "line 4");
    let second = format!("key {name} {ones} 2027-01-15T09:00:00Z\n");
    refused(&format!("{key}{second}"), "same name");
    let second = format!("key {} {ones} 2027-01-15T08:00:00Z\n", "02".repeat(16));
    refused(&format!("{key}{second}"), "same time");
}

#[test]
fn what_keys_are_made_of_is_checked() {
    let error = |result: Result<TicketKeys, crate::config::ConfigError>| result.unwrap_err().to_string();
    assert!(error(TicketKeys::from_root(&Secret::new(&[1; 31]), 28_800, 60)).contains("31 bytes"));
    assert!(error(TicketKeys::from_keys(Vec::new(), 60)).contains("0 of them"));
    let many = (0..=336).map(|n: u16| NamedKey {
        name: [n.to_be_bytes(); 8].concat().try_into().unwrap(),
        key: Secret::new(&[1; 32]),
        from: UnixTime(n.into()),
    });
    assert!(error(TicketKeys::from_keys(many.collect(), 60)).contains("337 of them"));
    assert!(error(TicketKeys::from_keys(vec![key(1, -1)], 60)).contains("1970"));
    let mut short = key(1, 0);
    short.key = Secret::new(&[1; 16]);
    assert!(error(TicketKeys::from_keys(vec![short], 60)).contains("16 bytes"));
    // The longest list makes a file that reads again.
    let most = (0..336).map(|n: u16| NamedKey {
        name: [n.to_be_bytes(); 8].concat().try_into().unwrap(),
        key: Secret::new(&[1; 32]),
        from: UnixTime(253_402_300_799 - i64::from(n)),
    });
    let keys = TicketKeys::from_keys(most.collect(), 60).unwrap();
    import(keys.export(&AwsLc, UnixTime(NOON)).as_bytes()).unwrap();
    let longest = TicketKeys::from_root(&Secret::new(&[1; 255]), 3_600, 60).unwrap();
    import(longest.export(&AwsLc, UnixTime(NOON)).as_bytes()).unwrap();
}

#[test]
fn nothing_secret_is_shown() {
    let text = format!("{:?} {:?}", everyday(), key(1, 0));
    assert!(!text.contains("[1, 1") || text.matches("[1, 1").count() == 1, "{text}");
    assert!(text.contains("Secret(32 bytes)"), "{text}");
}
