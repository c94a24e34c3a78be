//! Resumption and early data of TLS 1.3 between our own sides (RFC 8446 §2.2, §2.3, §4.6.1).

use std::sync::Arc;

use tlsmith_x509::UnixTime;

use super::*;
use crate::{
    auth::Answer,
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    session::{
        AntiReplay, ClientSession, ClientSessions, ExternalPsk, MemorySessions, ReplayWindow, SessionKey, TicketKeys,
        Ticketer, UnixMillis, WhyNot,
    },
};

/// A world in which sessions are kept.
pub(super) struct Resuming {
    pub(super) world: World,
    pub(super) sessions: Arc<MemorySessions>,
    ticketer: Arc<dyn Ticketer>,
    window: Arc<ReplayWindow>,
}

impl Resuming {
    pub(super) fn new() -> Self {
        Self {
            world: World::new(),
            sessions: Arc::new(MemorySessions::new(16, 4, 1 << 20)),
            ticketer: keys(),
            window: Arc::new(ReplayWindow::with_new_keys(10_000, 1000, NOW.into())),
        }
    }

    pub(super) fn client(&self) -> ClientConfigBuilder {
        self.world.client().sessions(self.sessions.clone())
    }

    pub(super) fn server(&self) -> ServerConfigBuilder {
        self.world.server().ticketer(self.ticketer.clone())
    }

    /// Both sides with early data on, 100 bytes of it.
    pub(super) fn early(&self) -> (Arc<ClientConfig>, Arc<ServerConfig>) {
        let server = self.server().early_data(100, self.window.clone()).alpn(&[b"h"]);
        (self.client().early_data(true).alpn(&[b"h"]).build().unwrap(), server.build().unwrap())
    }

    fn key(&self) -> SessionKey {
        SessionKey { name: "host.example".parse().unwrap(), scope: Vec::new() }
    }

    fn take(&self) -> ClientSession {
        self.sessions.take(&self.key(), NOW.into()).expect("no ticket was kept")
    }
}

pub(super) fn keys() -> Arc<dyn Ticketer> {
    Arc::new(TicketKeys::generate(&AwsLc).unwrap())
}

/// A whole connection, data both ways, so that tickets arrive.
pub(super) fn connect(client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Pair {
    let mut pair = Pair::new(client.clone(), server.clone());
    pair.run().unwrap();
    pair.exchange();
    assert_eq!(pair.client.facts().resumed, pair.server.facts().resumed);
    assert_eq!(pair.client.facts().early_data, pair.server.facts().early_data);
    pair
}

#[test]
fn the_second_connection_resumes() {
    let world = Resuming::new();
    let (client, server) = (world.client().build().unwrap(), world.server().build().unwrap());
    let first = connect(&client, &server);
    assert!(!first.client.facts().resumed);
    for _ in 0..3 {
        let pair = connect(&client, &server);
        for facts in [pair.client.facts(), pair.server.facts()] {
            assert!(facts.resumed && facts.group.is_some() && facts.extended_main_secret);
            assert!(facts.messages.iter().all(|note| note.name != "Certificate"));
        }
        assert_eq!(pair.client.facts().peer_certificates, first.client.facts().peer_certificates);
    }
}

/// RFC 6066 §3: "When resuming a session, the server MUST NOT include a server_name extension in the server hello."
#[test]
fn a_name_is_acknowledged_in_full_handshakes_alone() {
    let world = Resuming::new();
    let (client, server) = (world.client().trace(true).build().unwrap(), world.server().build().unwrap());
    for resumed in [false, true] {
        let pair = connect(&client, &server);
        let facts = pair.client.facts();
        let extensions = facts.messages.iter().find(|note| note.name == "EncryptedExtensions").unwrap();
        let acknowledged = extensions.details.iter().any(|detail| detail.starts_with("server_name"));
        assert_eq!((facts.resumed, acknowledged), (resumed, !resumed), "{:?}", extensions.details);
    }
}

#[test]
fn tickets_serve_once_and_two_come() {
    let world = Resuming::new();
    let (client, server) = (world.client().build().unwrap(), world.server().build().unwrap());
    connect(&client, &server);
    let (one, two) = (world.take(), world.take());
    assert_ne!(one.ticket, two.ticket);
    assert_ne!(one.secret, two.secret);
    assert!(world.sessions.take(&world.key(), NOW.into()).is_none());
}

#[test]
fn a_client_of_a_resumed_session_is_who_it_was() {
    let world = Resuming::new();
    let auth = ClientAuth::Require(world.world.verifier());
    let server = world.server().client_auth(auth).build().unwrap();
    let client = world.client().identity(world.world.identity.clone()).build().unwrap();
    connect(&client, &server);
    let pair = connect(&client, &server);
    assert!(pair.server.facts().resumed);
    assert_eq!(pair.server.facts().peer_certificates, world.world.identity.chain());
    // A client without that certificate shares the cache, and gets nothing from it.
    let mut other = Pair::new(world.client().build().unwrap(), server);
    assert!(other.run().is_err() && !other.client.facts().resumed);
}

#[test]
fn a_ticket_of_another_server_gives_a_full_handshake() {
    let world = Resuming::new();
    let client = world.client().build().unwrap();
    connect(&client, &world.server().build().unwrap());
    let other = world.world.server().ticketer(keys()).build().unwrap();
    assert!(!connect(&client, &other).client.facts().resumed);
}

#[test]
fn what_may_not_be_resumed_is_not() {
    type Change = fn(ServerConfigBuilder, &Resuming) -> ServerConfigBuilder;
    let changes: [(Change, WhyNot); 2] = [
        (|server, _| server.session_context(b"another host"), WhyNot::Context),
        (|server, world| server.client_auth(ClientAuth::Request(world.world.verifier())), WhyNot::Policy),
    ];
    for (change, why_not) in changes {
        let world = Resuming::new();
        let client = world.client().build().unwrap();
        connect(&client, &world.server().build().unwrap());
        let changed = change(world.server(), &world).build().unwrap();
        let pair = connect(&client, &changed);
        assert!(!pair.server.facts().resumed && pair.server.facts().not_resumed == Some(why_not));
    }
}

#[test]
fn a_retry_keeps_the_ticket() {
    let world = Resuming::new();
    let client = world.client().key_shares(&[]).build().unwrap();
    let server = world.server().build().unwrap();
    connect(&client, &server);
    let pair = connect(&client, &server);
    assert!(pair.client.facts().resumed && pair.client.facts().retried);
}

#[test]
fn no_ticket_without_a_cache_to_put_it_in() {
    let world = Resuming::new();
    let pair = connect(&world.world.client().build().unwrap(), &world.server().build().unwrap());
    assert!(pair.client.facts().messages.iter().all(|note| note.name != "NewSessionTicket"));
}

/// Sends early data before the server has answered; what it read of them.
fn early(client: &Arc<ClientConfig>, server: &Arc<ServerConfig>, data: &[u8]) -> (Pair, Vec<u8>) {
    let mut pair = Pair::new(client.clone(), server.clone());
    pair.client.send_early_data(ReplaySafe::declare(data), &mut pair.to_server).unwrap();
    let read = read_early(&mut pair);
    (pair, read)
}

fn read_early(pair: &mut Pair) -> Vec<u8> {
    let mut read = Vec::new();
    loop {
        let received = pair.server.handle_input(&mut pair.to_server, &mut pair.to_client).unwrap();
        read.extend_from_slice(received.early_data);
        assert!(received.data.is_empty());
        match received.consumed {
            0 => return read,
            n => drop(pair.to_server.drain(..n)),
        }
    }
}

#[test]
fn early_data_are_read_apart_and_can_be_answered_at_once() {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    let (mut pair, read) = early(&client, &server, b"GET /");
    assert_eq!(read, b"GET /");
    assert!(pair.server.is_handshaking());
    assert!(pair.server.export(b"label", None, &mut [0; 16]).is_ok());
    pair.server.send(b"200", &mut pair.to_client).unwrap();
    assert_eq!(pair.run().unwrap(), (b"200".to_vec(), Vec::new()));
    assert_eq!(pair.client.facts().early_data, EarlyDataStatus::Accepted);
    pair.exchange();
    assert!(pair.client.send_early_data(ReplaySafe::declare(b"late"), &mut Vec::new()).is_err());
}

/// A client sends them before it knows the server's limit (RFC 8449 §4: the limit belongs to the keys); what follows keeps
/// to it, or our own server would end the connection.
#[test]
fn early_data_are_read_past_the_record_size_limit() {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    let limited = world.server().early_data(100, world.window.clone()).alpn(&[b"h"]).record_size_limit(64);
    let (mut pair, read) = early(&client, &limited.build().unwrap(), &[7; 100]);
    assert_eq!(read, [7; 100]);
    pair.run().unwrap();
    assert_eq!(pair.client.facts().early_data, EarlyDataStatus::Accepted);
    assert_eq!(pair.client.facts().record_size_limit, Some(64));
    pair.client.send(&[1; 1000], &mut pair.to_server).unwrap();
    assert_eq!(pair.run().unwrap().1, [1; 1000]);
}

#[test]
fn rejected_early_data_are_skipped_and_the_handshake_goes_on() {
    type Change = fn(&Resuming) -> Arc<ServerConfig>;
    let reasons =
        [EarlyDataRefusal::Disabled, EarlyDataRefusal::NotResumed, EarlyDataRefusal::Retried, EarlyDataRefusal::Replay];
    let changes: [Change; 4] = [
        |world| world.server().alpn(&[b"h"]).build().unwrap(),
        |world| world.server().ticketer(keys()).early_data(100, world.window.clone()).alpn(&[b"h"]).build().unwrap(),
        |world| {
            let groups = [crate::registry::NamedGroup::SECP384R1];
            world.server().groups(&groups).early_data(100, world.window.clone()).alpn(&[b"h"]).build().unwrap()
        },
        |world| {
            #[derive(Debug)]
            struct Doubt;
            impl AntiReplay for Doubt {
                fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
                    false
                }
            }
            world.server().early_data(100, Arc::new(Doubt)).alpn(&[b"h"]).build().unwrap()
        },
    ];
    for (change, reason) in changes.into_iter().zip(reasons) {
        let world = Resuming::new();
        let (client, server) = world.early();
        connect(&client, &server);
        let (mut pair, read) = early(&client, &change(&world), b"GET /");
        assert!(read.is_empty());
        pair.run().unwrap();
        pair.exchange();
        assert_eq!(pair.client.facts().early_data, EarlyDataStatus::Rejected);
        assert_eq!(pair.server.facts().early_data, EarlyDataStatus::Rejected);
        assert_eq!(pair.server.facts().early_data_refusal, Some(reason));
    }
}

#[test]
fn a_replayed_hello_gets_its_early_data_rejected() {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    let mut pair = Pair::new(client, server.clone());
    pair.client.send_early_data(ReplaySafe::declare(b"pay"), &mut pair.to_server).unwrap();
    let recorded = pair.to_server.clone();
    assert_eq!(read_early(&mut pair), b"pay");
    let mut again = Connection::server(server, NOW).unwrap();
    let (mut input, mut out, mut read) = (recorded, Vec::new(), Vec::new());
    loop {
        let received = again.handle_input(&mut input, &mut out).unwrap();
        read.extend_from_slice(received.early_data);
        match received.consumed {
            0 => break,
            n => drop(input.drain(..n)),
        }
    }
    assert!(read.is_empty());
    assert_eq!(again.facts().early_data, EarlyDataStatus::Rejected);
}

#[test]
fn the_limit_of_a_ticket_holds_for_the_sender() {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    let mut pair = Pair::new(client, server);
    assert_eq!(pair.client.early_data_left(), 100);
    let mut send = |len: usize| pair.client.send_early_data(ReplaySafe::declare(&vec![0; len]), &mut pair.to_server);
    send(60).unwrap();
    assert_eq!(send(41).unwrap_err().code(), "early_data.refused");
    send(40).unwrap();
    assert_eq!(send(1).unwrap_err().code(), "early_data.refused");
    assert_eq!(read_early(&mut pair).len(), 100);
}

/// Whoever used a ticket to its last byte is not ended for the tags of the records.
#[test]
fn as_much_as_a_ticket_allows_can_be_rejected() {
    #[derive(Debug)]
    struct Doubt;
    impl AntiReplay for Doubt {
        fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
            false
        }
    }
    const MAX: u32 = 1 << 16;
    let world = Resuming::new();
    let client = world.client().early_data(true).build().unwrap();
    let server = world.server().early_data(MAX, Arc::new(Doubt));
    let retrying = world.server().early_data(MAX, Arc::new(Doubt)).groups(&[crate::registry::NamedGroup::SECP384R1]);
    for server in [server.build().unwrap(), retrying.build().unwrap()] {
        connect(&client, &server);
        let (mut pair, read) = early(&client, &server, &vec![7; usize::try_from(MAX).unwrap()]);
        assert!(read.is_empty());
        pair.run().unwrap();
        pair.exchange();
        assert_eq!(pair.client.facts().early_data, EarlyDataStatus::Rejected);
    }
}

/// A server that may send already has no later keys yet: that is no reason to end the connection.
#[test]
fn no_key_update_before_the_handshake_is_complete() {
    let world = Resuming::new();
    let (client, server) = world.early();
    connect(&client, &server);
    let (mut pair, _) = early(&client, &server, b"GET /");
    let mut out = Vec::new();
    assert_eq!(pair.server.update_keys(true, &mut out).unwrap_err().rule(), Rule::NotYet);
    assert_eq!(pair.server.request_client_certificate(&mut out).unwrap_err().rule(), Rule::NotYet);
    assert!(out.is_empty());
    pair.run().unwrap();
    pair.server.update_keys(true, &mut pair.to_client).unwrap();
    pair.exchange();
}

#[test]
fn external_psks_authenticate_both_sides() {
    for hash in [tlsmith_crypto::HashAlgorithm::Sha256, tlsmith_crypto::HashAlgorithm::Sha384] {
        let world = World::new();
        let psk = ExternalPsk::new(b"device 7", tlsmith_crypto::Secret::new(&[7; 32]), hash).unwrap();
        let client = world.client().psks(vec![psk.clone()]).build().unwrap();
        let server = ServerConfig::builder(world.provider.clone()).psks(Arc::new(vec![psk])).build().unwrap();
        let pair = connect(&client, &server);
        assert!(pair.client.facts().external_psk && pair.server.facts().external_psk);
        assert!(!pair.client.facts().resumed && pair.client.facts().peer_certificates.is_empty());
        // Another key under the name: the binder tells.
        let wrong = ExternalPsk::new(b"device 7", tlsmith_crypto::Secret::new(&[8; 32]), hash).unwrap();
        let mut pair = Pair::new(world.client().psks(vec![wrong]).build().unwrap(), server);
        assert_eq!(pair.run().unwrap_err().code(), "psk.bad_binder");
    }
}

#[test]
fn a_psk_alone_where_both_sides_ask_for_it() {
    let world = World::new();
    let psk =
        ExternalPsk::new(b"k", tlsmith_crypto::Secret::new(&[7; 32]), tlsmith_crypto::HashAlgorithm::Sha256).unwrap();
    let client = world.client().psks(vec![psk.clone()]).psk_without_dhe(true).build().unwrap();
    let server = world.server().psks(Arc::new(vec![psk])).psk_without_dhe(true).build().unwrap();
    // Both know how to do better.
    assert!(connect(&client, &server).client.facts().group.is_some());
}

/// A KMS opens the tickets.
#[derive(Debug)]
pub(super) struct Remote(pub(super) Arc<dyn Ticketer>);

impl Ticketer for Remote {
    fn seal(
        &self,
        provider: &dyn Provider,
        session: &[u8],
        now: UnixTime,
    ) -> Result<Option<Vec<u8>>, tlsmith_crypto::CryptoError> {
        self.0.seal(provider, session, now)
    }

    fn open(&self, _: &dyn Provider, _: &[u8], _: UnixTime) -> Answer<Option<zeroize::Zeroizing<Vec<u8>>>> {
        Answer::Later
    }

    fn lifetime(&self) -> u32 {
        self.0.lifetime()
    }
}

#[test]
fn a_ticket_that_is_opened_elsewhere() {
    let world = Resuming::new();
    let client = world.client().build().unwrap();
    let server = world.world.server().ticketer(Arc::new(Remote(world.ticketer.clone()))).build().unwrap();
    connect(&client, &server);
    for known in [true, false] {
        let mut pair = Pair::new(client.clone(), server.clone());
        pair.run().unwrap();
        let Some(Need::DecryptTicket(ticket)) = pair.server.need() else { panic!("no pause") };
        let Answer::Now(opened) = world.ticketer.open(&AwsLc, ticket, NOW) else { unreachable!() };
        pair.server.reply(Reply::Ticket(opened.filter(|_| known)), &mut pair.to_client).unwrap();
        pair.run().unwrap();
        pair.exchange();
        assert_eq!(pair.server.facts().resumed, known);
    }
}

/// RFC 5246 §7.2.2, of both sides; a handshake that fails takes no session with it.
#[test]
fn a_connection_of_tls12_that_fails_takes_its_session_with_it() {
    use crate::{registry::ProtocolVersion, session::MemoryStore};
    let tls12 = ProtocolVersion::TLS1_2;
    for (fails, resumes) in [("nobody", true), ("client", false), ("server", false), ("handshake", true)] {
        let world = Resuming::new();
        let store = Arc::new(MemoryStore::new(100, 1 << 20));
        let client = world.client().versions(tls12, tls12).build().unwrap();
        let server = world.world.server().versions(tls12, tls12).session_store(store).build().unwrap();
        connect(&client, &server);
        let mut pair = match fails {
            "handshake" => Pair::new(client.clone(), server.clone()),
            _ => connect(&client, &server),
        };
        let garbage = &mut [
            23, 3, 3, 0, 24, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        ];
        match fails {
            "nobody" => assert!(pair.client.facts().resumed),
            "client" => assert!(pair.client.handle_input(garbage, &mut Vec::new()).is_err()),
            _ => assert!(pair.server.handle_input(garbage, &mut Vec::new()).is_err()),
        }
        // What the client still has, it offers; the server's word counts.
        assert_eq!(connect(&client, &server).server.facts().resumed, resumes, "{fails}");
    }
}
