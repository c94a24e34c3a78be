//! Where sessions end: with time, with certificates, with keys.

use std::sync::Arc;

use tlsmith::{
    ClientConfig, ServerConfig,
    registry::ProtocolVersion,
    session::{MemorySessions, TicketKeys, WhyNot},
};
use tlsmith_crypto::{Secret, aws_lc::AwsLc};
use tlsmith_x509::UnixTime;

use crate::world::{HOUR, NOW, Shelf, VERSIONS, World, identity, visit, visit_at};

fn from_root(root: u8) -> TicketKeys {
    TicketKeys::from_root(&Secret::new(&[root; 32]), 8 * 3600, 24 * 3600).unwrap()
}

fn server(version: ProtocolVersion, keys: TicketKeys) -> Arc<ServerConfig> {
    World::shared().server(version).ticketer(Arc::new(keys)).build().unwrap()
}

fn client(version: ProtocolVersion) -> Arc<ClientConfig> {
    World::shared().client(version).sessions(Arc::new(MemorySessions::default())).build().unwrap()
}

#[test]
fn a_restart_with_the_same_keys_loses_nothing() {
    for version in VERSIONS {
        let client = client(version);
        let keys = TicketKeys::generate(&AwsLc).unwrap();
        let file = keys.export(&AwsLc, UnixTime(NOW / 1000));
        assert!(!visit(&client, "a.example", &server(version, keys)).resumed());
        // Another process, another time, the same keys: from the file.
        let again = server(version, TicketKeys::import(&AwsLc, file.as_bytes()).unwrap());
        let later = (NOW + 20 * HOUR, NOW + 20 * HOUR);
        assert!(visit_at(&client, "a.example", &again, later).unwrap().resumed());
        // With others: a full handshake.
        let other = visit_at(&client, "a.example", &server(version, from_root(2)), later).unwrap();
        assert!(!other.resumed() && other.is_without_alerts());
    }
}

#[test]
fn servers_with_one_root_need_not_agree_on_the_time() {
    for version in VERSIONS {
        for off in [-8 * HOUR, -1, 1, 8 * HOUR] {
            let client = client(version);
            let first = visit_at(&client, "a.example", &server(version, from_root(1)), (NOW, NOW)).unwrap();
            assert!(!first.resumed());
            let second = visit_at(&client, "a.example", &server(version, from_root(1)), (NOW, NOW + off)).unwrap();
            // A minute is clocks that disagree, hours are not.
            assert_eq!(second.resumed(), off > -60_000, "{off}");
            if !second.resumed() {
                assert_eq!(second.server.not_resumed, Some(WhyNot::FromTheFuture));
            }
            assert!(second.is_without_alerts());
        }
    }
}

#[test]
fn a_ticket_ends_with_its_lifetime_on_both_sides() {
    for version in VERSIONS {
        let day = 24 * HOUR;
        for (at_client, at_server) in [(day - 1, day - 1), (day, day), (day - 1, day), (0, 3 * day)] {
            let (client, server) = (client(version), server(version, from_root(1)));
            visit(&client, "a.example", &server);
            let second = visit_at(&client, "a.example", &server, (NOW + at_client, NOW + at_server)).unwrap();
            assert_eq!(second.resumed(), at_client.max(at_server) < day, "{at_client} {at_server}");
        }
    }
}

/// Each resumption brings new tickets, but no new proof: after a week there has to be one.
#[test]
fn resumption_upon_resumption_ends_after_a_week() {
    for version in VERSIONS {
        let (client, server) = (client(version), server(version, from_root(1)));
        let mut proved_at = None;
        for step in 0..40 {
            let now = NOW + step * 11 * HOUR;
            let visit = visit_at(&client, "a.example", &server, (now, now)).unwrap();
            let expected = proved_at.is_some_and(|at| now - at < 7 * 24 * HOUR);
            assert_eq!(visit.resumed(), expected, "step {step}");
            if !visit.resumed() {
                proved_at = Some(now);
            }
        }
    }
}

/// Trust that rests on a certificate ends with it: the server's at the client, the client's at the server.
#[test]
fn no_session_outlives_the_certificate_that_it_rests_on() {
    let until = NOW + HOUR;
    let short = identity(&["a.example"], Some(until));
    for version in VERSIONS {
        let sessions = Arc::new(MemorySessions::default());
        let client = World::shared().client_trusting(version, &[&short]).sessions(sessions.clone()).build().unwrap();
        let keys = || Arc::new(from_root(1));
        let server = World::shared().server_showing(version, &short).ticketer(keys()).build().unwrap();
        visit(&client, "a.example", &server);
        assert!(visit_at(&client, "a.example", &server, (until - 1_000, until - 1_000)).unwrap().resumed());
        let error = visit_at(&client, "a.example", &server, (until + 1_000, until + 1_000)).unwrap_err();
        assert_eq!(error.code(), "certificate.expired");

        // The client's certificate is the short one.
        let world = World::shared();
        let shelf = Arc::new(Shelf::default());
        let client = world.client(version).sessions(shelf.clone()).identity(short.clone()).build().unwrap();
        let auth = tlsmith::config::ClientAuth::Require(world.verifier(&[&short]));
        let server = world.server(version).client_auth(auth).ticketer(keys()).build().unwrap();
        visit(&client, "a.example", &server);
        let session = shelf.last();
        shelf.offer(session.duplicate());
        assert!(visit_at(&client, "a.example", &server, (NOW, until - 1_000)).unwrap().resumed());
        // The client tries, the server does not believe it, and the full handshake says why.
        shelf.offer(session);
        let error = visit_at(&client, "a.example", &server, (NOW, until + 1_000)).unwrap_err();
        assert_eq!(error.code(), "certificate.expired");
    }
}

/// A chain that makes a session too long for a ticket: there is none, and nothing is left out.
#[test]
fn a_session_that_is_too_long_gets_no_ticket() {
    let world = World::shared();
    let names: Vec<String> = (0..900).map(|number| format!("a-rather-long-name-{number}.example")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let large = identity(&names, None);
    assert!(large.chain()[0].der().len() > 1 << 14);
    for version in VERSIONS {
        let shelf = Arc::new(Shelf::default());
        let client = world.client(version).sessions(shelf.clone()).identity(large.clone()).build().unwrap();
        let auth = tlsmith::config::ClientAuth::Require(world.verifier(&[&large]));
        let server = world.server(version).client_auth(auth).ticketer(Arc::new(from_root(1))).build().unwrap();
        assert!(visit(&client, "a.example", &server).is_without_alerts());
        assert!(shelf.kept.lock().unwrap().is_empty());
    }
}

/// A session resumes in its own version; where only the other is left, the handshake is a full one of that.
#[test]
fn no_session_crosses_over_to_another_version() {
    const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
    for (first, second) in [(BOTH[0], BOTH[1]), (BOTH[1], BOTH[0])] {
        let sessions = Arc::new(MemorySessions::default());
        let builder = World::shared().client(first).versions(BOTH[0], BOTH[1]);
        let client = builder.sessions(sessions).build().unwrap();
        for version in [first, second] {
            let visit = visit(&client, "a.example", &server(version, from_root(1)));
            assert!(!visit.resumed() && visit.is_without_alerts());
            assert_eq!(visit.client.version, Some(version));
        }
    }
}
