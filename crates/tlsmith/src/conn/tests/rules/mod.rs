//! Every rule is broken on purpose: which error it gives, which alert goes out, and that nothing works afterwards.

mod alerts;
mod authentication;
mod choices;
mod client_hello;
mod handshake;
mod local;
mod psk;
mod record_size;
mod records;
mod retry;
mod server_hello;
mod tls12;
mod tls12_records;

use std::collections::HashSet;

use super::{super::*, Peer, Play, World, peer};
use crate::registry::AlertDescription;

/// A way to break a rule.
pub(super) struct Case {
    pub(super) rule: Rule,
    pub(super) name: &'static str,
    pub(super) run: fn(&World) -> Seen,
}

/// What came of it.
pub(in crate::conn::tests) struct Seen {
    error: Error,
    alerts: Vec<(u8, AlertDescription)>,
    /// The rule's alert could not go out: there is no key left that could protect it.
    mute: bool,
}

impl Seen {
    /// A call that was refused, and changed nothing.
    pub(super) fn refused(error: Error) -> Self {
        Self { error, alerts: Vec::new(), mute: false }
    }

    pub(super) fn mute(mut self) -> Self {
        self.mute = true;
        self
    }

    pub(in crate::conn::tests) fn error(&self) -> &Error {
        &self.error
    }

    fn check(&self, case: &Case) {
        let context = format!("{}: {}: {:?}", case.rule.row().code, case.name, self.error);
        assert_eq!(self.error.rule(), case.rule, "{context}");
        assert_eq!(self.error.code(), case.rule.row().code, "{context}");
        let expected: Vec<_> =
            case.rule.row().alert.filter(|_| !self.mute).map(|alert| (2, alert)).into_iter().collect();
        assert_eq!(self.alerts, expected, "{context}");
    }
}

impl Play {
    /// Goes on until the victim fails, and sees what it says; then nothing must work any more.
    pub(in crate::conn::tests) fn finish(&mut self) -> Seen {
        self.go_on();
        let error = self.error.clone().unwrap_or_else(|| panic!("nothing failed: {:?}", self.victim));
        self.nothing_works(&error);
        let alerts = self.peer.alerts.iter().map(|(level, alert, _)| (*level, *alert)).collect();
        Seen { error, alerts, mute: false }
    }

    /// As [`Play::finish`], where the victim failed in a call of the test's own.
    pub(in crate::conn::tests) fn finish_with(&mut self, error: Error) -> Seen {
        self.error = Some(error);
        self.finish()
    }

    fn nothing_works(&mut self, error: &Error) {
        let (victim, mut out) = (&mut self.victim, Vec::new());
        let same = |again: Error| assert_eq!((again.code(), again.detail()), (error.code(), error.detail()));
        same(victim.handle_input(&mut [22, 3, 3, 0, 1, 0], &mut out).unwrap_err());
        same(victim.handle_eof().unwrap_err());
        same(victim.send(b"data", &mut out).unwrap_err());
        same(victim.update_keys(true, &mut out).unwrap_err());
        same(victim.reply(Reply::Signature(None), &mut out).unwrap_err());
        same(victim.export(b"label", None, &mut [0; 8]).unwrap_err());
        victim.send_close(&mut out);
        assert!(victim.need().is_none());
        assert_eq!(out, [], "after a failure nothing is sent");
        // RFC 8446 §6.2: the secrets of a failed connection are forgotten.
        assert!(victim.read.opener.is_none() && victim.write.sealer.is_none());
        assert!(matches!(victim.machine, Machine::Gone));
    }
}

/// Our client against a server with this script.
pub(in crate::conn::tests) fn against_client(world: &World, script: peer::Script) -> Play {
    Play::client(world.client().build().unwrap(), Peer::server(world.server().build().unwrap(), script))
}

/// Our server against a client with this script.
pub(super) fn against_server(world: &World, script: peer::Script) -> Play {
    Play::server(world.server().build().unwrap(), Peer::client(world.client().build().unwrap(), script))
}

/// Our server, asking for a certificate, against a client that has one, with this script.
pub(super) fn against_mutual_server(world: &World, script: peer::Script) -> Play {
    let server = world.server().client_auth(crate::config::ClientAuth::Require(world.verifier())).build().unwrap();
    Play::server(server, Peer::client(world.client().identity(world.identity.clone()).build().unwrap(), script))
}

/// Our server, and bytes in place of a ClientHello.
pub(super) fn bytes_to_server(world: &World, bytes: &[u8]) -> Seen {
    let bytes = bytes.to_vec();
    against_server(world, peer::instead("ClientHello", move |_| vec![peer::Act::Wire(bytes.clone())])).finish()
}

/// Our client, and bytes in place of a ServerHello and of everything that follows it.
pub(super) fn bytes_to_client(world: &World, bytes: &[u8]) -> Seen {
    let bytes = bytes.to_vec();
    let script: peer::Script = Box::new(move |name, _| match name {
        "ServerHello" => vec![peer::Act::Wire(bytes.clone())],
        _ => Vec::new(),
    });
    against_client(world, script).finish()
}

/// Connected: the victim is a client, or a server.
pub(super) fn connected(world: &World, client: bool) -> Play {
    let mut play = match client {
        true => against_client(world, peer::honest()),
        false => against_server(world, peer::honest()),
    };
    play.go_on();
    assert!(!play.victim.is_handshaking() && play.peer.is_connected());
    play
}

/// Connected, then the peer does something.
pub(super) fn then(world: &World, client: bool, act: peer::Act) -> Seen {
    let mut play = connected(world, client);
    play.peer.act(act);
    play.finish()
}

/// All cases.
fn all() -> impl Iterator<Item = &'static Case> {
    [
        records::CASES,
        record_size::CASES,
        alerts::CASES,
        choices::CASES,
        client_hello::CASES,
        server_hello::CASES,
        retry::CASES,
        authentication::CASES,
        handshake::CASES,
        psk::CASES,
        local::CASES,
        tls12::CASES,
        tls12_records::CASES,
    ]
    .into_iter()
    .flatten()
}

pub(super) fn run(cases: &[Case]) {
    let world = World::new();
    for case in cases {
        println!("{}: {}", case.rule.row().code, case.name);
        (case.run)(&world).check(case);
    }
}

/// Rules that no test can break, and why.
const UNBREAKABLE: &[(Rule, &str)] = &[];

#[test]
fn every_rule_is_broken_by_a_case() {
    let broken: HashSet<Rule> = all().map(|case| case.rule).collect();
    let excused: HashSet<Rule> = UNBREAKABLE.iter().map(|(rule, _)| *rule).collect();
    for rule in Rule::ALL {
        assert!(broken.contains(rule) != excused.contains(rule), "{}", rule.row().code);
    }
    // `ALL` itself is whole: the rows' codes are the rules' names, and no case names a rule that is not in it.
    for rule in &broken {
        assert!(Rule::ALL.contains(rule), "{} is missing in Rule::ALL", rule.row().code);
    }
    let codes: HashSet<_> = Rule::ALL.iter().map(|rule| rule.row().code).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
}
