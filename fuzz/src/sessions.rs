//! Both sides again, with a session between them: tickets, early data, external PSKs.

use std::sync::Arc;

use tlsmith::{
    ClientConfig, Connection, ServerConfig,
    auth::{Answer, Identity},
    conn::ReplaySafe,
    registry::{CipherSuite, NamedGroup, ProtocolVersion},
    session::{
        AntiReplay, ClientSession, ClientSessions, ExternalPsk, IdentityId, MemoryStore, PolicyId, ServerSession,
        SessionKey, SessionStore, Ticketer, UnixMillis,
    },
};
use tlsmith_crypto::{CryptoError, HashAlgorithm, Provider, Secret};
use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use crate::{
    NOW, chain,
    null_crypto::NullCrypto,
    roles::{Answers, Start, client_config, server_config, start_server},
};

/// Tickets that hold their session in the clear, so that a fuzzer can write one.
#[derive(Debug)]
struct Plain(Answers);

impl Ticketer for Plain {
    fn seal(&self, _: &dyn Provider, session: &[u8], _: UnixTime) -> Result<Option<Vec<u8>>, CryptoError> {
        Ok(Some(session.to_vec()))
    }

    fn open(&self, _: &dyn Provider, ticket: &[u8], _: UnixTime) -> Answer<Option<Zeroizing<Vec<u8>>>> {
        match self.0 {
            Answers::AtOnce => Answer::Now(Some(Zeroizing::new(ticket.to_vec()))),
            Answers::Later => Answer::Later,
        }
    }

    fn lifetime(&self) -> u32 {
        7200
    }
}

/// Everything is new.
#[derive(Debug)]
struct Credulous;

impl AntiReplay for Credulous {
    fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
        true
    }
}

/// A cache with one session in it that is handed out for ever.
#[derive(Debug)]
struct One(ClientSession);

impl ClientSessions for One {
    fn put(&self, _: &SessionKey, _: ClientSession, _: UnixMillis) {}

    fn take(&self, _: &SessionKey, _: UnixMillis) -> Option<ClientSession> {
        Some(self.0.duplicate())
    }

    fn remove(&self, _: &SessionKey) {}
}

fn psk() -> Arc<ExternalPsk> {
    ExternalPsk::new(b"psk", Secret::new(&[9; 32]), HashAlgorithm::Sha256).expect("a PSK")
}

fn secret() -> Secret {
    Secret::new(&[7; 32])
}

/// The server's side of the session that [`client`] has: with the client's certificates if it was judged by a policy.
fn server_session(policy: Option<PolicyId>) -> ServerSession {
    ServerSession {
        version: ProtocolVersion::TLS1_3,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        secret: secret(),
        issued_at: NOW.into(),
        lifetime: 7200,
        age_add: 5,
        trusted_until: UnixTime(NOW.0 + 7200),
        server_name: Some(String::from("example.test")),
        alpn: None,
        extended_main_secret: true,
        group: Some(NamedGroup::X25519),
        peer_certificates: if policy.is_some() { chain().to_vec() } else { Vec::new() },
        policy,
        max_early_data: 1000,
        context: Vec::new(),
    }
}

/// A client of example.test that was there before. With the highest bit of the options it says something early.
pub fn client(options: u8, answers: Answers) -> Start {
    let (builder, identity) = client_config(options, answers);
    let session = remembered(policy(options, answers), identity.as_deref());
    let builder = builder.sessions(Arc::new(One(session))).early_data(true).psks(vec![psk()]);
    let config: Arc<ClientConfig> = builder.psk_without_dhe(options & 64 != 0).build().expect("a configuration");
    let mut sent = Vec::new();
    let name = "example.test".parse().expect("a name");
    let mut connection = Connection::client(config, name, NOW, &mut sent).expect("a client");
    if options & 128 != 0 {
        connection.send_early_data(ReplaySafe::declare(b"early"), &mut sent).expect("a session that allows it");
    }
    Start { connection, sent, config: None }
}

/// What the client of these options judges servers by.
fn policy(options: u8, answers: Answers) -> Option<PolicyId> {
    client_config(options, answers).0.build().expect("a configuration").policy()
}

/// The client's side of its session.
fn remembered(policy: Option<PolicyId>, identity: Option<&Identity>) -> ClientSession {
    ClientSession {
        version: ProtocolVersion::TLS1_3,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        secret: secret(),
        ticket: server_session(None).encode().to_vec(),
        session_id: Vec::new(),
        received_at: NOW.into(),
        lifetime: 7200,
        age_add: 5,
        trusted_until: UnixTime(NOW.0 + 7200),
        server_name: "example.test".parse().expect("a name"),
        alpn: None,
        extended_main_secret: true,
        group: Some(NamedGroup::X25519),
        peer_certificates: chain().to_vec(),
        ocsp_response: None,
        sct_list: None,
        policy,
        own_identity: Some(match identity {
            Some(identity) => IdentityId::of(&NullCrypto::default(), identity),
            None => IdentityId::NOBODY,
        }),
        max_early_data: 1000,
    }
}

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS12_SUITE: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
/// Suites whose messages have each of the shapes that there are.
const TLS12_SUITES: &[CipherSuite] = &[
    CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_PSK_WITH_AES_128_GCM_SHA256,
    TLS12_SUITE,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
];

/// A client of TLS 1.2. The bits of the options from 32 on: with a pre-shared key; with a session, by its ticket; by its ID.
pub fn tls12_client(options: u8, answers: Answers) -> Start {
    let (mut builder, identity) = client_config(options & 31, answers);
    if options & 32 != 0 {
        builder = builder.cipher_suites(TLS12_SUITES).psks(vec![psk()]);
    }
    if options & (64 | 128) != 0 {
        let session = ClientSession {
            version: TLS12,
            cipher_suite: TLS12_SUITE,
            ticket: if options & 64 != 0 { tls12_server_session().encode().to_vec() } else { Vec::new() },
            session_id: vec![3; 32],
            ..remembered(policy(options & 31, answers), identity.as_deref())
        };
        builder = builder.sessions(Arc::new(One(session)));
    }
    let config = builder.versions(TLS12, TLS12).build().expect("a configuration");
    let mut sent = Vec::new();
    let name = "example.test".parse().expect("a name");
    let connection = Connection::client(config, name, NOW, &mut sent).expect("a client");
    Start { connection, sent, config: None }
}

fn tls12_server_session() -> ServerSession {
    ServerSession { version: TLS12, cipher_suite: TLS12_SUITE, ..server_session(None) }
}

/// A server of TLS 1.2, which has the session of [`tls12_client`]. The bits of the options: 32 with a pre-shared key; 64
/// without tickets.
pub fn tls12_server(options: u8, answers: Answers) -> Start {
    let mut builder = server_config(options & 31, answers);
    if options & 32 != 0 {
        builder = builder.cipher_suites(TLS12_SUITES).psks(Arc::new(vec![psk()]));
    }
    if options & 64 == 0 {
        builder = builder.ticketer(Arc::new(Plain(answers)));
    }
    let store = MemoryStore::new(16, 1 << 16);
    let session = tls12_server_session();
    store.put(&[3; 32], &session.encode(), session.expires_at(), NOW);
    let config = builder.session_store(Arc::new(store)).versions(TLS12, TLS12).build().expect("a configuration");
    start_server(config, answers)
}

/// A server of example.test whose tickets anybody can make.
pub fn server(options: u8, answers: Answers) -> Start {
    let builder = server_config(options, answers);
    let config: Arc<ServerConfig> = builder
        .ticketer(Arc::new(Plain(answers)))
        .session_store(Arc::new(MemoryStore::new(16, 1 << 16)))
        .early_data(1000, Arc::new(Credulous))
        .psks(Arc::new(vec![psk()]))
        .psk_without_dhe(options & 64 != 0)
        .build()
        .expect("a configuration");
    start_server(config, answers)
}

/// Sessions as tickets of [`server`]: of an anonymous client, and of one with certificates.
pub fn tickets() -> [Vec<u8>; 2] {
    let policy = server_config(2, Answers::AtOnce).build().expect("a configuration").client_policy();
    [server_session(None).encode().to_vec(), server_session(policy).encode().to_vec()]
}
