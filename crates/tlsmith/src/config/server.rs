//! A server's configuration.

use std::sync::Arc;

use tlsmith_crypto::Provider;

use super::{ConfigError, KeyLog, Padding, checks};
use crate::{
    auth::{CertificateCompression, Identity, NamedIdentities, PeerVerifier, ServerIdentities, UnknownName, schemes},
    hello::record_size,
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    session::{AntiReplay, ExternalPsks, PolicyId, SessionStore, Ticketer},
    tls13::compress::Compressions,
};

/// How many tickets follow a handshake of TLS 1.3: as OpenSSL sends. Each serves once, and a browser likes to open two
/// connections at a time (RFC 8446 §C.4).
const DEFAULT_TICKETS: u8 = 2;

/// A server's configuration, checked.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) identities: Arc<dyn ServerIdentities>,
    pub(crate) client_auth: ClientAuth,
    /// Highest first.
    pub(crate) versions: Vec<ProtocolVersion>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) groups: Vec<NamedGroup>,
    pub(crate) cipher_suites: Vec<CipherSuite>,
    pub(crate) signature_schemes: Vec<SignatureScheme>,
    pub(crate) preference: Preference,
    pub(crate) retry_with_cookie: bool,
    pub(crate) client_ocsp_stapling: bool,
    pub(crate) client_signed_certificate_timestamps: bool,
    pub(crate) certificate_compressions: Compressions,
    pub(crate) post_handshake_auth: ClientAuth,
    pub(crate) key_log: Option<Arc<dyn KeyLog>>,
    pub(crate) padding: Padding,
    pub(crate) record_size_limit: u16,
    pub(crate) trace: bool,
    pub(crate) ticketer: Option<Arc<dyn Ticketer>>,
    pub(crate) session_store: Option<Arc<dyn SessionStore>>,
    pub(crate) session_context: Vec<u8>,
    pub(crate) tickets: u8,
    pub(crate) early_data: Option<EarlyDataAcceptance>,
    pub(crate) psks: Option<Arc<dyn ExternalPsks>>,
    pub(crate) psk_without_dhe: bool,
}

/// How a server accepts early data.
#[derive(Clone, Debug)]
pub(crate) struct EarlyDataAcceptance {
    /// Bytes of a connection.
    pub(crate) max: u32,
    pub(crate) anti_replay: Arc<dyn AntiReplay>,
}

/// Whether clients show certificates.
#[derive(Clone, Debug, Default)]
pub enum ClientAuth {
    /// Not asked for.
    #[default]
    None,
    /// Asked for; a client without one goes on.
    Request(Arc<dyn PeerVerifier>),
    /// Demanded; a client without one is refused with `certificate_required`.
    Require(Arc<dyn PeerVerifier>),
}

impl ClientAuth {
    /// The verifier, if certificates are asked for.
    pub(crate) fn verifier(&self) -> Option<&Arc<dyn PeerVerifier>> {
        match self {
            Self::None => None,
            Self::Request(verifier) | Self::Require(verifier) => Some(verifier),
        }
    }
}

/// Whose order decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preference {
    /// The server's, but ChaCha20 first for a client that puts it first (it has no AES hardware).
    #[default]
    Server,
    /// The client's.
    Client,
}

impl ServerConfig {
    /// What clients are judged by: what the verifier demands, and what they may sign with. `None`: they are not asked, or it
    /// cannot be said, and nothing is resumed.
    pub fn client_policy(&self) -> Option<PolicyId> {
        let policy = self.client_auth.verifier()?.policy()?;
        Some(policy.in_configuration(self.provider.as_ref(), &self.signature_schemes, self.client_ocsp_stapling))
    }

    /// Starts with safe defaults and no identity.
    pub fn builder(provider: Arc<dyn Provider>) -> ServerConfigBuilder {
        let groups = checks::default_groups(provider.as_ref());
        ServerConfigBuilder {
            named: NamedIdentities::default(),
            identities: None,
            unknown: UnknownName::default(),
            versions: checks::ALL_VERSIONS,
            config: Self {
                provider,
                identities: Arc::new(NamedIdentities::default()),
                client_auth: ClientAuth::None,
                versions: Vec::new(),
                alpn: Vec::new(),
                groups,
                cipher_suites: checks::default_suites(),
                signature_schemes: schemes::SUPPORTED.to_vec(),
                preference: Preference::Server,
                retry_with_cookie: false,
                client_ocsp_stapling: false,
                client_signed_certificate_timestamps: false,
                certificate_compressions: Compressions::default(),
                post_handshake_auth: ClientAuth::None,
                key_log: None,
                padding: Padding::None,
                record_size_limit: record_size::MAX_TLS13,
                trace: false,
                ticketer: None,
                session_store: None,
                session_context: Vec::new(),
                tickets: DEFAULT_TICKETS,
                early_data: None,
                psks: None,
                psk_without_dhe: false,
            },
        }
    }
}

/// Builds a [`ServerConfig`].
#[derive(Debug)]
#[must_use]
pub struct ServerConfigBuilder {
    config: ServerConfig,
    named: NamedIdentities,
    identities: Option<Arc<dyn ServerIdentities>>,
    unknown: UnknownName,
    versions: (ProtocolVersion, ProtocolVersion),
}

impl ServerConfigBuilder {
    /// Adds an identity for all names of its leaf; the first is the default.
    pub fn identity(mut self, identity: Arc<Identity>) -> Self {
        self.named.add(identity);
        self
    }

    /// What is done with unknown names; counts for identities added one by one.
    pub fn unknown_name(mut self, unknown: UnknownName) -> Self {
        self.unknown = unknown;
        self
    }

    /// A source of identities of the caller's own instead.
    pub fn identities(mut self, identities: Arc<dyn ServerIdentities>) -> Self {
        self.identities = Some(identities);
        self
    }

    /// Client certificates.
    pub fn client_auth(mut self, auth: ClientAuth) -> Self {
        self.config.client_auth = auth;
        self
    }

    /// The lowest and the highest version to speak: TLS 1.2 and TLS 1.3, both by default. A version of which no suite is
    /// allowed, or no group that its suites need, is not spoken.
    pub fn versions(mut self, min: ProtocolVersion, max: ProtocolVersion) -> Self {
        self.versions = (min, max);
        self
    }

    /// ALPN protocols, most wanted first. A client that offers only others is refused (`no_application_protocol`).
    pub fn alpn(mut self, protocols: &[&[u8]]) -> Self {
        self.config.alpn = protocols.iter().map(|name| name.to_vec()).collect();
        self
    }

    /// Groups, most wanted first; by default those of [`Provider::groups`], without finite fields and X448.
    pub fn groups(mut self, groups: &[NamedGroup]) -> Self {
        self.config.groups = groups.to_vec();
        self
    }

    /// Cipher suites of both versions, most wanted first. Suites that are not in the default (CCM) are used only if they are
    /// named here.
    pub fn cipher_suites(mut self, suites: &[CipherSuite]) -> Self {
        self.config.cipher_suites = suites.to_vec();
        self
    }

    /// Schemes accepted of clients, most wanted first.
    pub fn signature_schemes(mut self, schemes: &[SignatureScheme]) -> Self {
        self.config.signature_schemes = schemes.to_vec();
        self
    }

    /// Whose order of suites and groups decides.
    pub fn preference(mut self, preference: Preference) -> Self {
        self.config.preference = preference;
        self
    }

    /// Whether a HelloRetryRequest carries a cookie that the client must bring back (RFC 8446 §4.2.2; off by default:
    /// over TCP the connection itself remembers). A client that needs no other share is then not retried.
    pub fn retry_with_cookie(mut self, on: bool) -> Self {
        self.config.retry_with_cookie = on;
        self
    }

    /// Whether clients that are asked for a certificate are asked for its OCSP response as well (RFC 8446 §4.4.2.1; off
    /// by default). What the server staples itself belongs to its identities ([`Identity::staple`]).
    pub fn client_ocsp_stapling(mut self, on: bool) -> Self {
        self.config.client_ocsp_stapling = on;
        self
    }

    /// The same for the signed certificate timestamps of a client's certificate (off by default).
    pub fn client_signed_certificate_timestamps(mut self, on: bool) -> Self {
        self.config.client_signed_certificate_timestamps = on;
        self
    }

    /// By which algorithms a client's certificate may come compressed, and by which one the server's is sent if the peer accepts it
    /// (RFC 8879), most wanted first; brotli, zlib and zstd by default, none turns it off.
    pub fn certificate_compression(mut self, algorithms: &[Arc<dyn CertificateCompression>]) -> Self {
        self.config.certificate_compressions = Compressions(algorithms.to_vec());
        self
    }

    /// How clients are asked by [`Connection::request_client_certificate`](crate::Connection::request_client_certificate)
    /// (RFC 8446 §4.6.2; not at all by default). Where it is required, a client that shows nothing is refused.
    pub fn post_handshake_auth(mut self, auth: ClientAuth) -> Self {
        self.config.post_handshake_auth = auth;
        self
    }

    /// Where secrets are logged.
    pub fn key_log(mut self, key_log: Arc<dyn KeyLog>) -> Self {
        self.config.key_log = Some(key_log);
        self
    }

    /// Record padding.
    pub fn padding(mut self, padding: Padding) -> Self {
        self.config.padding = padding;
        self
    }

    /// The longest protected record that this side is willing to read (`record_size_limit`, RFC 8449): 64 to 16385 bytes of
    /// content, type and padding in TLS 1.3; in TLS 1.2 of content, at most 16384. A peer that does not know the extension
    /// does not keep to it. Without a limit of its own (16385) a side still says that it keeps to the other's.
    pub fn record_size_limit(mut self, limit: u16) -> Self {
        self.config.record_size_limit = limit;
        self
    }

    /// Whether [`Facts::messages`](crate::Facts) carries details (off by default).
    pub fn trace(mut self, trace: bool) -> Self {
        self.config.trace = trace;
        self
    }

    /// Seals tickets, so that clients come back with a shorter handshake (RFC 8446 §4.6.1, RFC 5077). Without one no ticket
    /// is issued and none accepted.
    pub fn ticketer(mut self, ticketer: Arc<dyn Ticketer>) -> Self {
        self.config.ticketer = Some(ticketer);
        self
    }

    /// Keeps sessions of TLS 1.2 for clients without tickets (RFC 5246 §7.4.1.2).
    pub fn session_store(mut self, store: Arc<dyn SessionStore>) -> Self {
        self.config.session_store = Some(store);
        self
    }

    /// The application's own scope of sessions, e.g. the virtual host: one that was made in another is not resumed.
    pub fn session_context(mut self, context: &[u8]) -> Self {
        self.config.session_context = context.to_vec();
        self
    }

    /// How many tickets follow a handshake of TLS 1.3 (2 by default, at most 16).
    pub fn tickets(mut self, count: u8) -> Self {
        self.config.tickets = count;
        self
    }

    /// Accepts at most `max` bytes of early data of a connection (0-RTT, RFC 8446 §2.3; none by default). They can be
    /// replayed within the bounds of `anti_replay` and come apart from all other data, in
    /// [`Received::early_data`](crate::Received::early_data): act only on what is safe to do twice.
    pub fn early_data(mut self, max: u32, anti_replay: Arc<dyn AntiReplay>) -> Self {
        self.config.early_data = Some(EarlyDataAcceptance { max, anti_replay });
        self
    }

    /// External PSKs to accept.
    pub fn psks(mut self, psks: Arc<dyn ExternalPsks>) -> Self {
        self.config.psks = Some(psks);
        self
    }

    /// Whether a PSK may be used without a key exchange where the client offers nothing else (`psk_ke`, RFC 8446 §4.2.9; off
    /// by default): who learns the PSK later can then read what was recorded.
    pub fn psk_without_dhe(mut self, on: bool) -> Self {
        self.config.psk_without_dhe = on;
        self
    }

    /// Checks it all.
    pub fn build(self) -> Result<Arc<ServerConfig>, ConfigError> {
        let Self { mut config, mut named, identities, unknown, versions } = self;
        named.set_unknown(unknown);
        config.identities = match identities {
            Some(identities) => identities,
            // PSKs authenticate both sides without any.
            None if named.all().is_empty() && config.psks.is_none() => return Err(no_identity()),
            None => Arc::new(named),
        };
        checks::check_suites(&config.cipher_suites)?;
        checks::check_groups(config.provider.as_ref(), &config.groups)?;
        checks::check_psk_suites(&config.cipher_suites, config.psks.is_some())?;
        config.versions = checks::versions(versions, &config.cipher_suites, &config.groups)?;
        checks::check_schemes(&config.signature_schemes, &config.versions)?;
        checks::check_alpn(&config.alpn)?;
        checks::check_compressions(&config.certificate_compressions)?;
        checks::check_padding(config.padding)?;
        checks::check_record_size_limit(config.record_size_limit)?;
        checks::check_tickets(config.tickets)?;
        check_identities(config.identities.as_ref())?;
        Ok(Arc::new(config))
    }
}

fn no_identity() -> ConfigError {
    ConfigError {
        code: "config.no_identity",
        message: String::from("the server has no certificate"),
        fix: "give a certificate chain and its key",
    }
}

/// Every identity needs a scheme that TLS 1.3 can sign with, or no client could ever be served by it.
fn check_identities(identities: &dyn ServerIdentities) -> Result<(), ConfigError> {
    match identities.all().iter().find(|identity| identity.choose_scheme(schemes::SUPPORTED).is_none()) {
        Some(useless) => Err(ConfigError {
            code: "config.no_common_scheme",
            message: format!("no signature scheme of TLS 1.3 suits a key of type {}", useless.key_type()),
            fix: "use an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key",
        }),
        None => Ok(()),
    }
}
