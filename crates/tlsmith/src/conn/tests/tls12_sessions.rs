//! Resumption of TLS 1.2 between our own sides, and against peers that break its rules (RFC 5077, RFC 5246 §7.3,
//! RFC 7627 §5.3).

use std::sync::Arc;

use tlsmith_crypto::aws_lc::AwsLc;

use super::{
    NOW, Pair, Peer, Play, World,
    peer::{self, Script},
    resumption::{Remote, connect, keys},
    rules::Seen,
};
use crate::{
    ClientConfig, ServerConfig,
    auth::Answer,
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    conn::{Connection, Need, Reply},
    error::Rule,
    ext::Extension,
    msg::{ClientHello, ServerHello},
    registry::{CipherSuite, ExtensionType, ProtocolVersion},
    session::{ClientSession, ClientSessions, MemorySessions, MemoryStore, SessionKey, SessionStore, Ticketer, WhyNot},
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;

/// A world in which sessions of TLS 1.2 are kept, on one side by tickets or by IDs.
struct Resuming {
    world: World,
    sessions: Arc<MemorySessions>,
    ticketer: Arc<dyn Ticketer>,
    store: Arc<MemoryStore>,
}

impl Resuming {
    fn new() -> Self {
        Self {
            world: World::new(),
            sessions: Arc::new(MemorySessions::new(16, 4, 1 << 20)),
            ticketer: keys(),
            store: Arc::new(MemoryStore::default()),
        }
    }

    fn client(&self) -> ClientConfigBuilder {
        self.world.client().sessions(self.sessions.clone())
    }

    fn by_ticket(&self) -> ServerConfigBuilder {
        self.world.server().versions(TLS12, TLS12).ticketer(self.ticketer.clone())
    }

    fn by_id(&self) -> ServerConfigBuilder {
        self.world.server().versions(TLS12, TLS12).session_store(self.store.clone())
    }

    fn key(&self) -> SessionKey {
        SessionKey { name: "host.example".parse().unwrap(), scope: Vec::new() }
    }

    fn session(&self) -> ClientSession {
        self.sessions.take(&self.key(), NOW.into()).expect("no session was kept")
    }

    /// One full handshake, so that there is a session.
    fn first(&self, server: &Arc<ServerConfig>) -> Arc<ClientConfig> {
        let client = self.client().build().unwrap();
        assert!(!connect(&client, server).server.facts().resumed);
        client
    }
}

fn names(connection: &Connection) -> Vec<&'static str> {
    connection.facts().messages.iter().map(|note| note.name).collect()
}

#[test]
fn by_a_ticket() {
    let world = Resuming::new();
    let server = world.by_ticket().alpn(&[b"h2"]).build().unwrap();
    let client = world.client().alpn(&[b"h2"]).build().unwrap();
    let first = connect(&client, &server);
    assert!(names(&first.client).contains(&"NewSessionTicket"));
    for _ in 0..3 {
        let pair = connect(&client, &server);
        for facts in [pair.client.facts(), pair.server.facts()] {
            assert!(facts.resumed && facts.extended_main_secret);
            assert_eq!((facts.version, facts.cipher_suite), (Some(TLS12), first.client.facts().cipher_suite));
            assert_eq!(facts.alpn.as_deref(), Some(&b"h2"[..]));
        }
        assert_eq!(pair.client.facts().peer_certificates, first.client.facts().peer_certificates);
        let flow = ["ClientHello", "ServerHello", "NewSessionTicket", "ChangeCipherSpec", "Finished"];
        assert_eq!(names(&pair.client), [&flow[..], &["ChangeCipherSpec", "Finished"]].concat());
        // New keys each time, and the exporters with them.
        let export = |side: &Connection| {
            let mut out = [0; 16];
            side.export(b"EXPORTER-x", None, &mut out).unwrap();
            out
        };
        assert_eq!(export(&pair.client), export(&pair.server));
        assert_ne!(export(&pair.client), export(&first.client));
    }
}

#[test]
fn by_an_id() {
    let world = Resuming::new();
    let server = world.by_id().build().unwrap();
    let client = world.first(&server);
    let id = world.session().session_id;
    assert_eq!((id.len(), world.store.len()), (32, 1));
    for _ in 0..2 {
        let pair = connect(&client, &server);
        assert!(pair.client.facts().resumed && pair.server.facts().resumed);
        assert_eq!(world.session().session_id, id);
        assert!(!names(&pair.client).contains(&"NewSessionTicket"));
    }
    // What the store lost is made anew.
    world.store.remove(&id);
    assert!(!connect(&client, &server).client.facts().resumed);
    assert_ne!(world.session().session_id, id);
}

/// A server with both gives a ticket to who takes one, and an ID to the others.
#[test]
fn tickets_before_ids() {
    let world = Resuming::new();
    let server = world.by_id().ticketer(world.ticketer.clone()).build().unwrap();
    world.first(&server);
    assert!(!world.session().ticket.is_empty() && world.store.is_empty());
    let script = peer::alter_hello(|hello| {
        hello.extensions.retain(|extension| extension.extension_type() != ExtensionType::SESSION_TICKET);
    });
    let mut play = Play::server(server, Peer::client(world.world.client().build().unwrap(), script));
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected());
    assert_eq!(world.store.len(), 1);
}

#[test]
fn the_client_stays_who_it_was() {
    let world = Resuming::new();
    let auth = || ClientAuth::Require(world.world.verifier());
    for server in [world.by_ticket(), world.by_id()] {
        let server = server.client_auth(auth()).build().unwrap();
        let client = world.client().identity(world.world.identity.clone()).build().unwrap();
        let first = connect(&client, &server);
        let again = connect(&client, &server);
        assert!(again.server.facts().resumed);
        assert_eq!(again.server.facts().peer_certificates, first.server.facts().peer_certificates);
        assert!(!again.server.facts().peer_certificates.is_empty());
        // Another identity is another session.
        let nobody = world.client().build().unwrap();
        let mut pair = Pair::new(nobody, server);
        assert_eq!(pair.run().unwrap_err().rule(), Rule::NoClientCertificate);
        world.sessions.remove(&world.key());
    }
    // A server that demands a certificate does not take a session that was made without.
    let client = world.first(&world.by_ticket().build().unwrap());
    let mut pair = Pair::new(client, world.by_ticket().client_auth(auth()).build().unwrap());
    assert!(pair.run().is_err());
    assert_eq!(pair.server.facts().not_resumed, Some(WhyNot::Policy));
}

/// Whatever byte of a ticket is altered: a full handshake, and no alert.
#[test]
fn an_altered_ticket_is_no_ticket() {
    let world = Resuming::new();
    let server = world.by_ticket().build().unwrap();
    let client = world.first(&server);
    let whole = world.session();
    for at in (0..whole.ticket.len()).step_by(7).chain([whole.ticket.len() - 1]) {
        let mut session = whole.duplicate();
        session.ticket[at] ^= 0x40;
        world.sessions.remove(&world.key());
        world.sessions.put(&world.key(), session, NOW.into());
        let pair = connect(&client, &server);
        assert!(!pair.client.facts().resumed, "{at}");
        assert!(!names(&pair.client).contains(&"Alert"));
    }
    // One of another server neither.
    let pair = connect(&client, &world.world.server().versions(TLS12, TLS12).ticketer(keys()).build().unwrap());
    assert!(!pair.client.facts().resumed);
}

#[test]
fn sessions_stay_within_their_version() {
    let world = Resuming::new();
    let (old, new) = (world.by_ticket().build().unwrap(), world.world.server().ticketer(world.ticketer.clone()));
    let client = world.first(&old);
    let new = new.build().unwrap();
    // The server has learned TLS 1.3: the session of TLS 1.2 does not hold it back.
    let pair = connect(&client, &new);
    assert_eq!((pair.client.facts().version, pair.client.facts().resumed), (Some(ProtocolVersion::TLS1_3), false));
    // And it has forgotten it again: tickets of TLS 1.3 are none of TLS 1.2.
    let pair = connect(&client, &old);
    assert_eq!((pair.client.facts().version, pair.client.facts().resumed), (Some(TLS12), false));
    // A client of TLS 1.3 alone leaves sessions of TLS 1.2 alone.
    let tls13 = world.client().versions(ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_3).build().unwrap();
    let pair = connect(&tls13, &new);
    assert_eq!(pair.client.facts().not_resumed, Some(WhyNot::Version));
}

/// A suite that either side allows no more ends the session (RFC 5246 §7.4.1.2).
#[test]
fn the_suite_has_to_be_allowed_still() {
    let world = Resuming::new();
    let (aes128, aes256) =
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384);
    let client = world.first(&world.by_ticket().build().unwrap());
    assert_eq!(world.session().cipher_suite, aes128);
    let pair = connect(&client, &world.by_ticket().cipher_suites(&[aes256]).build().unwrap());
    assert_eq!(pair.server.facts().not_resumed, Some(WhyNot::CipherSuite));
    let stricter = world.client().cipher_suites(&[aes128]).build().unwrap();
    let pair = connect(&stricter, &world.by_ticket().build().unwrap());
    assert_eq!(pair.client.facts().not_resumed, Some(WhyNot::CipherSuite));
}

#[test]
fn a_ticket_that_is_opened_elsewhere() {
    let world = Resuming::new();
    let remote = Arc::new(Remote(world.ticketer.clone()));
    let server = world.world.server().versions(TLS12, TLS12).ticketer(remote).build().unwrap();
    let client = world.first(&server);
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

/// Our client, which has a session, against a server of TLS 1.2 with this script.
fn client_against(world: &Resuming, script: Script) -> Play {
    world.sessions.remove(&world.key());
    let client = world.first(&world.by_ticket().build().unwrap());
    Play::client(client, Peer::server(world.by_ticket().build().unwrap(), script).scripting_change_cipher_spec())
}

fn answer(change: impl FnMut(&mut ServerHello<'_>) + 'static) -> Script {
    peer::alter_answer("ServerHello", change)
}

fn without(hello: &mut ServerHello<'_>, kind: ExtensionType) {
    hello.extensions.retain(|extension| extension.extension_type() != kind);
}

#[test]
fn a_hostile_server() {
    let world = Resuming::new();
    let rule = |script| client_against(&world, script).go_on().error.as_ref().map(crate::Error::rule);
    assert_eq!(rule(peer::honest()), None);
    // RFC 7627 §5.3.
    let dropped = answer(|hello| without(hello, ExtensionType::EXTENDED_MAIN_SECRET));
    assert_eq!(rule(dropped), Some(Rule::ExtendedMainSecretDropped));
    let suite = answer(|hello| hello.cipher_suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384);
    assert_eq!(rule(suite), Some(Rule::IllegalParameter));
    // A ticket that was promised does not come, and one comes that was not.
    assert_eq!(rule(peer::instead("NewSessionTicket", |_| Vec::new())), Some(Rule::UnexpectedChangeCipherSpec));
    let unpromised = answer(|hello| without(hello, ExtensionType::SESSION_TICKET));
    assert_eq!(rule(unpromised), Some(Rule::UnexpectedMessage));
    let finished = peer::instead("Finished", |mut bytes| {
        bytes[5] ^= 1;
        vec![peer::Act::Say(bytes)]
    });
    assert_eq!(rule(finished), Some(Rule::BadFinished));
    let content = answer(|hello| {
        without(hello, ExtensionType::SESSION_TICKET);
        hello.extensions.push(Extension::Unknown(ExtensionType::SESSION_TICKET, b"ticket"));
    });
    assert_eq!(rule(content), Some(Rule::Decode));
    // Certificates where a session is resumed.
    let certificate = peer::raw_message(crate::registry::HandshakeType::CERTIFICATE, &[0, 0, 0]);
    let script = peer::after("ServerHello", move || peer::Act::Say(certificate.clone()));
    assert_eq!(rule(script), Some(Rule::UnexpectedMessage));
}

/// A client that resumes without what the session was made with is refused (RFC 7627 §5.3); without a session it is served.
#[test]
fn a_client_that_drops_the_extended_main_secret() {
    let world = Resuming::new();
    for server in [world.by_ticket(), world.by_id()] {
        let server = server.build().unwrap();
        let client = world.first(&server);
        let drop = |hello: &mut ClientHello<'_>| {
            hello.extensions.retain(|extension| *extension != Extension::ExtendedMainSecret);
        };
        let mut play = Play::server(server, Peer::client(client, peer::alter_hello(drop)));
        let seen = play.finish();
        assert_eq!(seen.error().rule(), Rule::ExtendedMainSecretDropped);
        assert_eq!(play.alerts(), [crate::registry::AlertDescription::HANDSHAKE_FAILURE]);
        world.sessions.remove(&world.key());
    }
}

/// The same, as a case of its rule.
pub(super) fn dropped(_: &World) -> Seen {
    let world = Resuming::new();
    let server = world.by_ticket().build().unwrap();
    let client = world.first(&server);
    let script = peer::alter_hello(|hello| {
        hello.extensions.retain(|extension| *extension != Extension::ExtendedMainSecret);
    });
    Play::server(server, Peer::client(client, script)).finish()
}

/// Nothing is kept of a handshake without extended_master_secret, on neither side.
#[test]
fn no_session_without_the_extended_main_secret() {
    let world = Resuming::new();
    let script = peer::alter_hello(|hello| {
        hello.extensions.retain(|extension| *extension != Extension::ExtendedMainSecret);
    });
    let server = world.by_id().ticketer(world.ticketer.clone()).build().unwrap();
    let mut play = Play::server(server, Peer::client(world.client().build().unwrap(), script));
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected());
    assert!(world.store.is_empty() && world.sessions.take(&world.key(), NOW.into()).is_none());
    assert!(!names(&play.victim).contains(&"NewSessionTicket"));
}

/// Sessions end with their time.
#[test]
fn sessions_expire() {
    let world = Resuming::new();
    let server = world.by_id().build().unwrap();
    let client = world.first(&server);
    // The client's own copy lives for a day, and so does the server's.
    let late = tlsmith_x509::UnixTime(NOW.0 + 24 * 60 * 60);
    let mut to_server = Vec::new();
    let connection = Connection::client(client, "host.example".parse().unwrap(), late, &mut to_server).unwrap();
    let mut pair = Pair {
        client: connection,
        server: Connection::server(server, late).unwrap(),
        to_server,
        to_client: Vec::new(),
    };
    pair.run().unwrap();
    pair.exchange();
    assert!(!pair.client.facts().resumed);
}
