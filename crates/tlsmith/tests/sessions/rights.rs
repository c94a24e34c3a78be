//! A resumed connection has no right that its first handshake did not have: settings are generated for two visits that share
//! the caches and the keys, and whatever resumes has to be the same where a right hangs on it.

use std::sync::Arc;

use proptest::{prelude::*, sample::select};
use tlsmith::{
    ClientConfig, ServerConfig,
    config::ClientAuth,
    registry::{ProtocolVersion, SignatureScheme},
    session::{ClientSessions, TicketKeys, WhyNot},
};
use tlsmith_crypto::aws_lc::AwsLc;

use crate::world::{Shelf, VERSIONS, Visit, World, visit};

/// How both sides are set.
#[derive(Clone, Debug)]
struct Settings {
    name: &'static str,
    context: &'static [u8],
    /// 0: certificates are not asked for; 1: asked for; 2: demanded.
    asks: u8,
    /// Which clients the server trusts, a bit each.
    trusts: u8,
    /// Which client it is; 2: nobody.
    shows: usize,
    /// Whether the client trusts more than the server's certificate.
    trusts_more: bool,
    alpn: Option<&'static [u8]>,
    /// Whether the client takes signatures of its own choice of schemes only, and the server.
    choosy: (bool, bool),
}

/// What all keys here sign with.
const CHOICE: [SignatureScheme; 1] = [SignatureScheme::ECDSA_SECP256R1_SHA256];

prop_compose! {
    fn settings()(
        name in select(vec!["a.example", "b.example"]),
        context in select(vec![&b""[..], b"x"]),
        asks in 0..3_u8,
        trusts in 1..4_u8,
        shows in 0..3_usize,
        trusts_more: bool,
        alpn in select(vec![None, Some(&b"h2"[..]), Some(b"x")]),
        choosy: (bool, bool),
    ) -> Settings {
        Settings { name, context, asks, trusts, shows, trusts_more, alpn, choosy }
    }
}

impl Settings {
    fn client(&self, version: ProtocolVersion, sessions: &Arc<Shelf>) -> Arc<ClientConfig> {
        let world = World::shared();
        let sessions: Arc<dyn ClientSessions> = sessions.clone();
        let trusted = if self.trusts_more { vec![&world.server, &world.clients[0]] } else { vec![&world.server] };
        let builder = world.client_trusting(version, &trusted).sessions(sessions);
        let builder = match self.alpn {
            Some(protocol) => builder.alpn(&[protocol]),
            None => builder,
        };
        let builder = if self.choosy.0 { builder.signature_schemes(&CHOICE) } else { builder };
        match world.clients.get(self.shows) {
            Some(identity) => builder.identity(identity.clone()).build().unwrap(),
            None => builder.build().unwrap(),
        }
    }

    fn server(&self, version: ProtocolVersion, keys: &Arc<TicketKeys>) -> Arc<ServerConfig> {
        let world = World::shared();
        let trusted = world.clients.iter().enumerate().filter(|(at, _)| self.trusts >> at & 1 == 1);
        let trusted: Vec<_> = trusted.map(|(_, client)| client).collect();
        let auth = match self.asks {
            0 => ClientAuth::None,
            1 => ClientAuth::Request(world.verifier(&trusted)),
            _ => ClientAuth::Require(world.verifier(&trusted)),
        };
        let builder = world.server(version).session_context(self.context).ticketer(keys.clone()).client_auth(auth);
        let builder = if self.choosy.1 { builder.signature_schemes(&CHOICE) } else { builder };
        builder.alpn(&[b"h2", b"x"]).build().unwrap()
    }

    /// Who the server may take the client for; `None` if it must refuse it.
    fn known_as(&self) -> Option<Option<usize>> {
        let shown = (self.asks > 0 && self.shows < 2).then_some(self.shows);
        match shown {
            Some(client) if self.trusts >> client & 1 == 0 => None,
            None if self.asks == 2 => None,
            shown => Some(shown),
        }
    }

    fn check(&self, visit: &Visit) {
        let world = World::shared();
        let expected = self.known_as().expect("it was refused").map(|client| world.clients[client].chain());
        assert_eq!(visit.server.peer_certificates, expected.unwrap_or_default());
        assert_eq!(visit.client.peer_certificates, world.server.chain());
        assert_eq!(visit.server.server_name.as_deref(), Some(self.name));
        assert_eq!(visit.client.server_name.as_deref(), Some(self.name));
        assert_eq!(visit.server.alpn.as_deref(), self.alpn);
        assert_eq!(visit.client.alpn.as_deref(), self.alpn);
        assert!(visit.is_without_alerts());
    }
}

/// The second differs from the first in a few things, or in none.
fn two() -> impl Strategy<Value = (Settings, Settings)> {
    let changes = prop_oneof![Just(0_u16), (0..9_u32).prop_map(|bit| 1 << bit), any::<u16>()];
    (settings(), settings(), changes).prop_map(|(first, other, changes)| {
        let from = |bit: u8| if changes >> bit & 1 == 1 { &other } else { &first };
        let second = Settings {
            name: from(0).name,
            context: from(1).context,
            asks: from(2).asks,
            trusts: from(3).trusts,
            shows: from(4).shows,
            trusts_more: from(5).trusts_more,
            alpn: from(6).alpn,
            choosy: (from(7).choosy.0, from(8).choosy.1),
        };
        (first, second)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn never_more_than_at_first((first, second) in two()) {
        for version in VERSIONS {
            let shelf = Arc::new(Shelf::default());
            let keys = Arc::new(TicketKeys::generate(&AwsLc).unwrap());
            if first.known_as().is_none() {
                continue;
            }
            let visited = visit(&first.client(version, &shelf), first.name, &first.server(version, &keys));
            prop_assert!(!visited.resumed());
            first.check(&visited);
            shelf.offer(shelf.last());
            if second.known_as().is_none() {
                // Whoever would be refused is not let in by a session either.
                let (client, server) = (second.client(version, &shelf), second.server(version, &keys));
                let now = crate::world::NOW;
                prop_assert!(crate::world::visit_at(&client, second.name, &server, (now, now)).is_err());
                continue;
            }
            let visited = visit(&second.client(version, &shelf), second.name, &second.server(version, &keys));
            second.check(&visited);
            let judged = |settings: &Settings| (settings.asks > 0).then_some((settings.trusts, settings.choosy.1));
            let same = first.name == second.name
                && first.context == second.context
                && judged(&first) == judged(&second)
                && first.shows == second.shows
                && first.trusts_more == second.trusts_more
                && first.choosy.0 == second.choosy.0;
            prop_assert_eq!(visited.resumed(), same);
        }
    }
}

/// A client that lies to itself about a session does not get further: the server holds its own copy against it.
#[test]
fn a_server_does_not_take_the_clients_word() {
    let plain = Settings {
        name: "a.example",
        context: b"",
        asks: 0,
        trusts: 1,
        shows: 2,
        trusts_more: false,
        alpn: None,
        choosy: (false, false),
    };
    for version in VERSIONS {
        let (shelf, keys) = (Arc::new(Shelf::default()), Arc::new(TicketKeys::generate(&AwsLc).unwrap()));
        visit(&plain.client(version, &shelf), "a.example", &plain.server(version, &keys));
        let session = shelf.last();
        // A session of a.example is offered to b.example.
        let mut forged = session.duplicate();
        forged.server_name = "b.example".parse().unwrap();
        shelf.offer(forged);
        let visited = visit(&plain.client(version, &shelf), "b.example", &plain.server(version, &keys));
        assert!(!visited.resumed() && visited.is_without_alerts());
        assert_eq!(visited.server.not_resumed, Some(WhyNot::ServerName));
        // An anonymous one to a server that demands a certificate.
        let demanding = Settings { asks: 2, shows: 0, ..plain.clone() };
        let mut forged = session.duplicate();
        forged.own_identity = None;
        let client = demanding.client(version, &shelf);
        visit(&client, "a.example", &demanding.server(version, &Arc::new(TicketKeys::generate(&AwsLc).unwrap())));
        forged.own_identity = shelf.last().own_identity;
        shelf.offer(forged);
        let visited = visit(&client, "a.example", &demanding.server(version, &keys));
        assert!(!visited.resumed() && visited.is_without_alerts());
        assert_eq!(visited.server.not_resumed, Some(WhyNot::Policy));
        assert_eq!(visited.server.peer_certificates, World::shared().clients[0].chain());
    }
}
