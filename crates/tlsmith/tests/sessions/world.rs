//! Certificates, configurations, and visits of clients at servers.

use std::sync::{Arc, Mutex, OnceLock};

use rcgen::{CertificateParams, KeyPair};
use time::OffsetDateTime;
use tlsmith::{
    ClientConfig, Connection, Error, Facts, ServerConfig,
    auth::{ChainVerifier, Identity},
    config::{ClientConfigBuilder, ServerConfigBuilder},
    registry::ProtocolVersion,
    session::{ClientSession, ClientSessions, SessionKey, UnixMillis},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{ServerName, TrustAnchors};

/// 2026-11-21, in milliseconds.
pub(crate) const NOW: i64 = 1_795_219_200_000;

pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
}

/// The versions that sessions are resumed in.
pub(crate) const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];

/// Everybody that there is.
pub(crate) struct World {
    /// Of a.example and b.example.
    pub(crate) server: Arc<Identity>,
    /// Two clients.
    pub(crate) clients: [Arc<Identity>; 2],
}

impl World {
    pub(crate) fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(|| Self {
            server: identity(&["a.example", "b.example"], None),
            clients: [identity(&["one"], None), identity(&["two"], None)],
        })
    }

    /// Trusts all of these and nobody else.
    pub(crate) fn verifier(&self, trusted: &[&Arc<Identity>]) -> Arc<ChainVerifier> {
        let anchors: TrustAnchors = trusted.iter().flat_map(|identity| identity.chain().iter().cloned()).collect();
        Arc::new(ChainVerifier::new(provider(), Arc::new(anchors)))
    }

    /// A client that trusts the server.
    pub(crate) fn client(&self, version: ProtocolVersion) -> ClientConfigBuilder {
        self.client_trusting(version, &[&self.server])
    }

    /// A client that trusts these.
    pub(crate) fn client_trusting(&self, version: ProtocolVersion, trusted: &[&Arc<Identity>]) -> ClientConfigBuilder {
        ClientConfig::builder(provider(), self.verifier(trusted)).versions(version, version)
    }

    pub(crate) fn server(&self, version: ProtocolVersion) -> ServerConfigBuilder {
        self.server_showing(version, &self.server)
    }

    pub(crate) fn server_showing(&self, version: ProtocolVersion, identity: &Arc<Identity>) -> ServerConfigBuilder {
        ServerConfig::builder(provider()).identity(identity.clone()).versions(version, version)
    }
}

/// Self-signed, for these names, up to a time if one is given.
pub(crate) fn identity(names: &[&str], until: Option<i64>) -> Arc<Identity> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    if let Some(until) = until {
        params.not_after = OffsetDateTime::from_unix_timestamp(until / 1000).unwrap();
    }
    let certificate = params.self_signed(&key).unwrap().pem();
    let made = Identity::from_pem(&AwsLc, certificate.as_bytes(), key.serialize_pem().as_bytes());
    Arc::new(made.unwrap())
}

/// A visit: what the sides made of it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) client: Facts,
    pub(crate) server: Facts,
}

impl Visit {
    /// Whether it was resumed; both have to agree.
    pub(crate) fn resumed(&self) -> bool {
        assert_eq!(self.client.resumed, self.server.resumed);
        self.client.resumed
    }

    /// Nobody complained.
    pub(crate) fn is_without_alerts(&self) -> bool {
        [&self.client, &self.server].iter().all(|facts| facts.messages.iter().all(|note| note.name != "Alert"))
    }
}

/// One connection, data both ways, at the times that the sides are told.
pub(crate) fn visit_at(
    client: &Arc<ClientConfig>,
    name: &str,
    server: &Arc<ServerConfig>,
    (at_client, at_server): (i64, i64),
) -> Result<Visit, Error> {
    let name: ServerName = name.parse().unwrap();
    let mut to_server = Vec::new();
    let mut client = Connection::client(client.clone(), name, UnixMillis(at_client), &mut to_server)?;
    let mut server = Connection::server(server.clone(), UnixMillis(at_server))?;
    let mut to_client = Vec::new();
    let mut said = false;
    loop {
        let moved =
            pass(&mut server, &mut to_server, &mut to_client)? | pass(&mut client, &mut to_client, &mut to_server)?;
        if moved {
            continue;
        }
        if std::mem::replace(&mut said, true) {
            return Ok(Visit { client: client.facts().clone(), server: server.facts().clone() });
        }
        client.send(b"ping", &mut to_server)?;
        server.send(b"pong", &mut to_client)?;
    }
}

pub(crate) fn visit(client: &Arc<ClientConfig>, name: &str, server: &Arc<ServerConfig>) -> Visit {
    visit_at(client, name, server, (NOW, NOW)).unwrap()
}

/// Says whether anything was taken.
fn pass(to: &mut Connection, input: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<bool, Error> {
    let mut moved = false;
    loop {
        let consumed = to.handle_input(input, out)?.consumed;
        if consumed == 0 {
            return Ok(moved);
        }
        input.drain(..consumed);
        moved = true;
    }
}

/// A client's cache that hands out whatever a test put there, whoever asks, and keeps what comes apart.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) next: Mutex<Option<ClientSession>>,
    pub(crate) kept: Mutex<Vec<ClientSession>>,
}

impl Shelf {
    /// The session that came last.
    pub(crate) fn last(&self) -> ClientSession {
        self.kept.lock().unwrap().pop().expect("no session came")
    }

    pub(crate) fn offer(&self, session: ClientSession) {
        *self.next.lock().unwrap() = Some(session);
    }
}

impl ClientSessions for Shelf {
    fn put(&self, _: &SessionKey, session: ClientSession, _: UnixMillis) {
        self.kept.lock().unwrap().push(session);
    }

    fn take(&self, _: &SessionKey, _: UnixMillis) -> Option<ClientSession> {
        self.next.lock().unwrap().take()
    }

    fn remove(&self, _: &SessionKey) {}
}
