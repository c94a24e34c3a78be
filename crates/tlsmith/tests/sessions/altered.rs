//! A ticket that is not as it was issued gives a full handshake, and no alert.

use std::sync::Arc;

use proptest::prelude::*;
use tlsmith::{
    ClientConfig, ServerConfig,
    config::ClientAuth,
    registry::ProtocolVersion,
    session::{ClientSession, MemoryStore, SessionStore, TicketKeys},
};
use tlsmith_crypto::aws_lc::AwsLc;

use crate::world::{Shelf, VERSIONS, World, visit};

struct Setup {
    shelf: Arc<Shelf>,
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    session: ClientSession,
}

impl Setup {
    /// A session with a client's certificate in it.
    fn new(version: ProtocolVersion) -> Self {
        let world = World::shared();
        let shelf = Arc::new(Shelf::default());
        let keys = Arc::new(TicketKeys::generate(&AwsLc).unwrap());
        let auth = ClientAuth::Require(world.verifier(&[&world.clients[0]]));
        let client = world.client(version).sessions(shelf.clone()).identity(world.clients[0].clone()).build().unwrap();
        let server = world.server(version).ticketer(keys).client_auth(auth).build().unwrap();
        assert!(!visit(&client, "a.example", &server).resumed());
        let session = shelf.last();
        Self { shelf, client, server, session }
    }

    /// The outcome with this ticket: a handshake that is complete either way, and the client known by its certificate.
    fn with(&self, ticket: Vec<u8>) -> bool {
        let mut session = self.session.duplicate();
        session.ticket = ticket;
        self.shelf.offer(session);
        let visit = visit(&self.client, "a.example", &self.server);
        assert!(visit.is_without_alerts(), "{visit:?}");
        assert_eq!(visit.server.peer_certificates, World::shared().clients[0].chain());
        visit.resumed()
    }
}

/// So that the other tests say something.
#[test]
fn as_it_was_it_resumes() {
    for version in VERSIONS {
        let setup = Setup::new(version);
        assert!(setup.with(setup.session.ticket.clone()));
        assert!(setup.with(setup.session.ticket.clone()), "a server without anti-replay takes it twice");
    }
}

#[test]
fn shorter_and_longer_ones() {
    for version in VERSIONS {
        let setup = Setup::new(version);
        let ticket = setup.session.ticket.clone();
        for len in [1, 15, 16, 17, 27, 28, 29, 44, ticket.len() - 16, ticket.len() - 1] {
            assert!(!setup.with(ticket[..len].to_vec()), "{len} bytes");
        }
        for more in [1, 100, 20_000] {
            assert!(!setup.with([&ticket[..], &vec![0; more]].concat()));
        }
        assert!(!setup.with(vec![0; 1 << 15]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// Each byte of it, changed somehow.
    #[test]
    fn any_byte(changes in prop::collection::vec(1..=255_u8, 2_000)) {
        for version in VERSIONS {
            let setup = Setup::new(version);
            let ticket = setup.session.ticket.clone();
            prop_assert!(ticket.len() < changes.len());
            // Every byte of the names and nonces, of the rest a part in each case.
            let offset = usize::from(changes[0]) % 8;
            for at in (0..44).chain((44 + offset..ticket.len()).step_by(8)).chain(ticket.len() - 16..ticket.len()) {
                let mut altered = ticket.clone();
                altered[at] ^= changes[at];
                prop_assert!(!setup.with(altered), "byte {}", at);
            }
        }
    }
}

/// The same of a session ID (TLS 1.2), which is all that a server without tickets knows a client by.
#[test]
fn any_byte_of_a_session_id() {
    let world = World::shared();
    let version = ProtocolVersion::TLS1_2;
    let shelf = Arc::new(Shelf::default());
    let client = world.client(version).sessions(shelf.clone()).build().unwrap();
    let store = Arc::new(MemoryStore::default());
    let server = world.server(version).session_store(store.clone()).build().unwrap();
    assert!(!visit(&client, "a.example", &server).resumed());
    let session = shelf.last();
    assert!(session.ticket.is_empty() && session.session_id.len() == 32);
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut altered = session.duplicate();
        change(&mut altered.session_id);
        shelf.offer(altered);
        let visit = visit(&client, "a.example", &server);
        assert!(visit.is_without_alerts());
        visit.resumed()
    };
    assert!(with(&|_| ()) && with(&|_| ()));
    for at in 0..32 {
        assert!(!with(&|id| id[at] ^= 1), "byte {at}");
        assert!(!with(&|id| id.truncate(at)), "the first {at} bytes");
    }
    // A session that the server has forgotten.
    store.remove(&session.session_id);
    assert!(!with(&|_| ()));
}
