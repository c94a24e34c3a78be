//! Alerts of the peer (RFC 8446 §6).

use super::{
    super::peer::{Act, before, instead, plain_record},
    *,
};
use crate::record::RecordType;

const USER_CANCELED: &[u8] = &[1, 90];

pub(super) const CASES: &[Case] = &[
    Case { rule: Rule::AlertMalformed, name: "short", run: |world| bytes_to_client(world, &plain_record(21, &[2])) },
    Case {
        rule: Rule::AlertMalformed,
        name: "long",
        run: |world| then(world, true, Act::Record(RecordType::Alert, vec![2, 40, 0])),
    },
    Case {
        rule: Rule::AlertMalformed,
        name: "two in a record",
        run: |world| then(world, false, Act::Record(RecordType::Alert, vec![1, 90, 1, 0])),
    },
    Case {
        rule: Rule::TooManyWarnings,
        name: "in the handshake",
        run: |world| bytes_to_client(world, &plain_record(21, USER_CANCELED).repeat(5)),
    },
    Case {
        rule: Rule::TooManyWarnings,
        name: "after it, data between",
        run: |world| {
            let mut play = connected(world, true);
            for _ in 0..5 {
                play.peer.send(b"x");
                play.peer.alert(1, AlertDescription::USER_CANCELED);
            }
            play.finish()
        },
    },
    Case {
        rule: Rule::UnexpectedWarning,
        name: "handshake_failure",
        run: |world| then(world, true, Act::Record(RecordType::Alert, vec![1, 40])),
    },
    Case {
        rule: Rule::UnexpectedWarning,
        name: "unrecognized_name in the handshake",
        run: |world| {
            let script = before("Certificate", || Act::Record(RecordType::Alert, vec![1, 112]));
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::ClosedInHandshake,
        name: "to a server",
        run: |world| bytes_to_server(world, &plain_record(21, &[1, 0])),
    },
    Case {
        rule: Rule::ClosedInHandshake,
        name: "to a client",
        run: |world| {
            let script = instead("Certificate", |_| vec![Act::Record(RecordType::Alert, vec![1, 0])]);
            against_client(world, script).finish()
        },
    },
    Case {
        rule: Rule::ClosedInHandshake,
        name: "after user_canceled",
        run: |world| bytes_to_server(world, &[plain_record(21, USER_CANCELED), plain_record(21, &[1, 0])].concat()),
    },
];

#[test]
fn cases() {
    run(CASES);
}

/// RFC 8446 §6.2: whatever the alert, known or not, and whatever its level: it ends the connection, and no alert answers.
#[test]
fn each_alert_ends_the_connection() {
    let world = World::new();
    for value in 0..=u8::MAX {
        let alert = AlertDescription(value);
        if alert == AlertDescription::CLOSE_NOTIFY {
            continue;
        }
        let mut play = connected(&world, value % 2 == 0);
        play.peer.alert(2, alert);
        let seen = play.finish();
        assert_eq!(seen.error.rule(), Rule::PeerAlert(alert));
        assert_eq!(seen.error.received_alert(), Some(alert));
        assert_eq!(seen.alerts, []);
        let name = match alert.name() {
            Some(name) => format!("alert.{name}"),
            None => String::from("alert.unknown"),
        };
        assert_eq!(seen.error.code(), name);
        assert_eq!(seen.error.section(), "RFC 8446 §6.2");
    }
}

#[test]
fn each_alert_ends_the_handshake() {
    let world = World::new();
    for alert in AlertDescription::KNOWN.iter().filter(|alert| **alert != AlertDescription::CLOSE_NOTIFY) {
        // A client that cannot read the server's flight has no key to protect its alert with.
        let script = instead("Finished", |_| vec![Act::Wire(plain_record(21, &[2, alert.0]))]);
        let mut play = against_server(&world, script);
        let seen = play.finish();
        assert_eq!((seen.error.rule(), seen.alerts), (Rule::PeerAlert(*alert), Vec::new()));
        // The same, protected, in place of the server's Certificate; before TLS 1.3 is agreed as a warning, too.
        let script = instead("Certificate", |_| vec![Act::Record(RecordType::Alert, vec![2, alert.0])]);
        assert_eq!(against_client(&world, script).finish().error.rule(), Rule::PeerAlert(*alert));
        // A name that a server of TLS 1.2 does not know it may warn of, and go on (RFC 6066 §3).
        if ![AlertDescription::USER_CANCELED, AlertDescription::UNRECOGNIZED_NAME].contains(alert) {
            let seen = bytes_to_client(&world, &plain_record(21, &[1, alert.0]));
            assert_eq!((seen.error.rule(), seen.alerts), (Rule::PeerAlert(*alert), Vec::new()));
        }
    }
}

/// RFC 8446 §6.1: `close_notify` ends one direction; what comes after it is ignored, what goes out is not.
#[test]
fn half_close() {
    let world = World::new();
    let mut play = connected(&world, false);
    play.peer.send(b"before");
    play.peer.alert(1, AlertDescription::CLOSE_NOTIFY);
    play.peer.send(b"after");
    play.peer.act(Act::Wire(b"whatever comes now".to_vec()));
    play.go_on();
    assert!(play.error.is_none() && play.victim.is_peer_closed());
    assert_eq!(play.data, b"before");
    play.send(b"still here");
    play.victim.update_keys(false, &mut play.outbox).unwrap();
    play.send(b", under other keys");
    play.victim.handle_eof().unwrap();
    play.victim.send_close(&mut play.outbox);
    play.victim.send_close(&mut play.outbox);
    play.go_on();
    assert_eq!(play.peer.data, b"still here, under other keys");
    assert_eq!(play.peer.alerts, [(1, AlertDescription::CLOSE_NOTIFY, true)]);
}

/// The other direction goes on as well: data are received after our own `close_notify`, KeyUpdates are not answered.
#[test]
fn after_our_own_close() {
    let world = World::new();
    let mut play = connected(&world, true);
    play.victim.send_close(&mut play.outbox);
    play.go_on();
    play.peer.update_keys(true);
    play.peer.send(b"data");
    play.go_on();
    assert_eq!((play.data.as_slice(), play.peer.heard.contains(&"KeyUpdate")), (&b"data"[..], false));
    assert!(play.error.is_none());
}

/// A side that gives up in the handshake says so and sends nothing after it.
#[test]
fn nothing_follows_a_close_in_the_handshake() {
    let world = World::new();
    let mut play = against_server(&world, peer::honest());
    play.victim.send_close(&mut play.outbox);
    let said = play.outbox.clone();
    assert_eq!(said, plain_record(21, &[1, 0]));
    // The ClientHello comes all the same; neither a message nor a ChangeCipherSpec answers it.
    let (mut hello, mut out) = (play.peer.take_output(), Vec::new());
    assert_eq!(play.victim.handle_input(&mut hello, &mut out).unwrap().consumed, hello.len());
    assert_eq!((out, play.victim.facts().messages.len()), (Vec::new(), 2));
    play.go_on();
    assert_eq!(play.alerts(), [AlertDescription::CLOSE_NOTIFY]);
}
