//! A client's configuration.

use std::sync::Arc;

use tlsmith_crypto::Provider;

use super::{ConfigError, KeyLog, Padding, checks};
use crate::{
    auth::{CertificateCompression, ClientIdentities, Identity, OneIdentity, PeerVerifier, schemes},
    hello::record_size,
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    session::{ClientSessions, ExternalPsk, PolicyId},
    tls13::compress::Compressions,
};

/// A client's configuration, checked.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) verifier: Arc<dyn PeerVerifier>,
    /// Highest first.
    pub(crate) versions: Vec<ProtocolVersion>,
    /// This is a second attempt with fewer versions.
    pub(crate) fallback: bool,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) groups: Vec<NamedGroup>,
    pub(crate) key_shares: Vec<NamedGroup>,
    pub(crate) cipher_suites: Vec<CipherSuite>,
    pub(crate) signature_schemes: Vec<SignatureScheme>,
    pub(crate) signature_schemes_cert: Vec<SignatureScheme>,
    pub(crate) identities: Option<Arc<dyn ClientIdentities>>,
    pub(crate) ocsp_stapling: bool,
    pub(crate) signed_certificate_timestamps: bool,
    pub(crate) certificate_compressions: Compressions,
    pub(crate) certificate_authorities: Vec<Vec<u8>>,
    pub(crate) post_handshake_auth: bool,
    pub(crate) key_log: Option<Arc<dyn KeyLog>>,
    pub(crate) padding: Padding,
    pub(crate) record_size_limit: u16,
    pub(crate) send_server_name: bool,
    pub(crate) grease: bool,
    pub(crate) middlebox_compatibility: bool,
    pub(crate) trace: bool,
    pub(crate) sessions: Option<Arc<dyn ClientSessions>>,
    pub(crate) session_scope: Vec<u8>,
    pub(crate) early_data: bool,
    pub(crate) psks: Vec<Arc<ExternalPsk>>,
    pub(crate) psk_without_dhe: bool,
}

impl ClientConfig {
    /// What servers are judged by: what the verifier demands, and what they may sign with. `None`: it cannot be said, and
    /// nothing is resumed.
    pub fn policy(&self) -> Option<PolicyId> {
        let policy = self.verifier.policy()?;
        Some(policy.in_configuration(self.provider.as_ref(), &self.signature_schemes, self.ocsp_stapling))
    }

    /// Starts with safe defaults: the AES-GCM and ChaCha20 suites, groups and schemes of the provider, shares for X25519MLKEM768 and X25519.
    pub fn builder(provider: Arc<dyn Provider>, verifier: Arc<dyn PeerVerifier>) -> ClientConfigBuilder {
        let groups = checks::default_groups(provider.as_ref());
        ClientConfigBuilder {
            config: Self {
                provider,
                verifier,
                versions: Vec::new(),
                fallback: false,
                alpn: Vec::new(),
                groups,
                key_shares: Vec::new(),
                cipher_suites: checks::default_suites(),
                signature_schemes: schemes::SUPPORTED.to_vec(),
                signature_schemes_cert: Vec::new(),
                identities: None,
                ocsp_stapling: true,
                signed_certificate_timestamps: true,
                certificate_compressions: Compressions::default(),
                certificate_authorities: Vec::new(),
                post_handshake_auth: false,
                key_log: None,
                padding: Padding::None,
                record_size_limit: record_size::MAX_TLS13,
                send_server_name: true,
                grease: true,
                middlebox_compatibility: true,
                trace: false,
                sessions: None,
                session_scope: Vec::new(),
                early_data: false,
                psks: Vec::new(),
                psk_without_dhe: false,
            },
            key_shares: None,
            versions: checks::ALL_VERSIONS,
        }
    }
}

impl ClientConfig {
    /// Whether the suite is of a version that is offered.
    pub(crate) fn speaks(&self, suite: CipherSuite) -> bool {
        checks::version_of(suite).is_some_and(|version| self.versions.contains(&version))
    }

    /// The groups of the versions that are offered.
    pub(crate) fn offered_groups(&self) -> Vec<NamedGroup> {
        let tls13 = self.versions.contains(&ProtocolVersion::TLS1_3);
        self.groups.iter().copied().filter(|group| tls13 || checks::is_tls12_group(*group)).collect()
    }

    /// The signature schemes of the versions that are offered.
    pub(crate) fn offered_schemes(&self) -> Vec<SignatureScheme> {
        let tls13 = self.versions.contains(&ProtocolVersion::TLS1_3);
        self.signature_schemes.iter().copied().filter(|scheme| tls13 || !schemes::is_of_tls13(*scheme)).collect()
    }
}

/// Builds a [`ClientConfig`].
#[derive(Debug)]
#[must_use]
pub struct ClientConfigBuilder {
    config: ClientConfig,
    key_shares: Option<Vec<NamedGroup>>,
    versions: (ProtocolVersion, ProtocolVersion),
}

impl ClientConfigBuilder {
    /// The lowest and the highest version to offer: TLS 1.2 and TLS 1.3, both by default. A version of which no suite is
    /// allowed, or no group that its suites need, is not offered.
    pub fn versions(mut self, min: ProtocolVersion, max: ProtocolVersion) -> Self {
        self.versions = (min, max);
        self
    }

    /// Says that this is a second attempt, with fewer versions than the first (`TLS_FALLBACK_SCSV`, RFC 7507; off by
    /// default). A server that speaks more refuses it: the first failed because someone was in the way.
    pub fn fallback(mut self, on: bool) -> Self {
        self.config.fallback = on;
        self
    }

    /// ALPN protocols, most wanted first.
    pub fn alpn(mut self, protocols: &[&[u8]]) -> Self {
        self.config.alpn = protocols.iter().map(|name| name.to_vec()).collect();
        self
    }

    /// Groups, most wanted first. By default those of [`Provider::groups`]; those that it supports besides (finite fields, X448)
    /// are offered only if they are named here.
    pub fn groups(mut self, groups: &[NamedGroup]) -> Self {
        self.config.groups = groups.to_vec();
        self
    }

    /// Groups to send shares for in the first ClientHello; a subset of the groups, may be empty (costs a retry).
    pub fn key_shares(mut self, groups: &[NamedGroup]) -> Self {
        self.key_shares = Some(groups.to_vec());
        self
    }

    /// Cipher suites of both versions, most wanted first. Suites that are not in the default (CCM) are used only if they are
    /// named here.
    pub fn cipher_suites(mut self, suites: &[CipherSuite]) -> Self {
        self.config.cipher_suites = suites.to_vec();
        self
    }

    /// Schemes accepted in CertificateVerify, most wanted first.
    pub fn signature_schemes(mut self, schemes: &[SignatureScheme]) -> Self {
        self.config.signature_schemes = schemes.to_vec();
        self
    }

    /// Schemes accepted in certificates (`signature_algorithms_cert`); sent only if set. Whether a chain keeps to it is
    /// the verifier's matter ([`ChainVerifier::signature_algorithms`](crate::auth::ChainVerifier::signature_algorithms)).
    pub fn signature_schemes_cert(mut self, schemes: &[SignatureScheme]) -> Self {
        self.config.signature_schemes_cert = schemes.to_vec();
        self
    }

    /// The one client certificate to show when asked.
    pub fn identity(mut self, identity: Arc<Identity>) -> Self {
        self.config.identities = Some(Arc::new(OneIdentity(identity)));
        self
    }

    /// Chooses among client certificates.
    pub fn identities(mut self, identities: Arc<dyn ClientIdentities>) -> Self {
        self.config.identities = Some(identities);
        self
    }

    /// Whether the server is asked for the OCSP response of its certificate (`status_request`, RFC 6066 §8; on by
    /// default). What comes is in [`Facts::ocsp_response`](crate::Facts), and the verifier sees it.
    pub fn ocsp_stapling(mut self, on: bool) -> Self {
        self.config.ocsp_stapling = on;
        self
    }

    /// Whether the server is asked for the signed certificate timestamps of its certificate (RFC 6962 §3.3; on by
    /// default). What comes is in [`Facts::sct_list`](crate::Facts), and the verifier sees it.
    pub fn signed_certificate_timestamps(mut self, on: bool) -> Self {
        self.config.signed_certificate_timestamps = on;
        self
    }

    /// By which algorithms the server's certificate may come compressed, and by which one the client's is sent if the peer accepts it
    /// (RFC 8879), most wanted first; brotli, zlib and zstd by default, none turns it off.
    pub fn certificate_compression(mut self, algorithms: &[Arc<dyn CertificateCompression>]) -> Self {
        self.config.certificate_compressions = Compressions(algorithms.to_vec());
        self
    }

    /// The names (DER) of the authorities whose certificates the server had best show (RFC 8446 §4.2.4), for a server that has
    /// several; none by default. They are sent in the clear, and say much about who asks.
    pub fn certificate_authorities(mut self, names: &[&[u8]]) -> Self {
        self.config.certificate_authorities = names.iter().map(|name| name.to_vec()).collect();
        self
    }

    /// Whether a server of TLS 1.3 may ask for a certificate at any time after the handshake (RFC 8446 §4.6.2; off by default).
    /// It is answered with the identity, or with none.
    pub fn post_handshake_auth(mut self, on: bool) -> Self {
        self.config.post_handshake_auth = on;
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

    /// Whether the server's name is sent (on by default).
    pub fn send_server_name(mut self, send: bool) -> Self {
        self.config.send_server_name = send;
        self
    }

    /// Whether reserved values are mixed in (RFC 8701; on by default).
    pub fn grease(mut self, grease: bool) -> Self {
        self.config.grease = grease;
        self
    }

    /// Middlebox compatibility (RFC 8446 §D.4; on by default).
    pub fn middlebox_compatibility(mut self, on: bool) -> Self {
        self.config.middlebox_compatibility = on;
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

    /// Where sessions are kept, so that later handshakes with the same server are shorter. Without one every handshake is a
    /// full one. Configurations may share it: a session is resumed only by one that makes the same demands.
    pub fn sessions(mut self, sessions: Arc<dyn ClientSessions>) -> Self {
        self.config.sessions = Some(sessions);
        self
    }

    /// What a server is told apart by besides its name, e.g. the port: sessions of one scope are not offered in another.
    pub fn session_scope(mut self, scope: &[u8]) -> Self {
        self.config.session_scope = scope.to_vec();
        self
    }

    /// Whether early data may be sent (0-RTT, RFC 8446 §2.3; off by default). They can be replayed by anybody who sees them
    /// and are sent by [`Connection::send_early_data`](crate::Connection::send_early_data) alone.
    pub fn early_data(mut self, on: bool) -> Self {
        self.config.early_data = on;
        self
    }

    /// External PSKs to offer, most wanted first. Where the server takes none, its certificate is asked for as always.
    pub fn psks(mut self, psks: Vec<Arc<ExternalPsk>>) -> Self {
        self.config.psks = psks;
        self
    }

    /// Whether a PSK may be used without a key exchange (`psk_ke`, RFC 8446 §4.2.9; off by default): who learns the PSK
    /// later can then read what was recorded.
    pub fn psk_without_dhe(mut self, on: bool) -> Self {
        self.config.psk_without_dhe = on;
        self
    }

    /// Checks it all.
    pub fn build(self) -> Result<Arc<ClientConfig>, ConfigError> {
        let mut config = self.config;
        checks::check_suites(&config.cipher_suites)?;
        checks::check_groups(config.provider.as_ref(), &config.groups)?;
        checks::check_psk_suites(&config.cipher_suites, config.psks.iter().any(|psk| !psk.imported))?;
        config.versions = checks::versions(self.versions, &config.cipher_suites, &config.groups)?;
        checks::check_schemes(&config.signature_schemes, &config.versions)?;
        if !config.signature_schemes_cert.is_empty() {
            checks::check_schemes_cert(&config.signature_schemes_cert)?;
        }
        checks::check_alpn(&config.alpn)?;
        checks::check_authorities(&config.certificate_authorities)?;
        checks::check_compressions(&config.certificate_compressions)?;
        checks::check_padding(config.padding)?;
        checks::check_record_size_limit(config.record_size_limit)?;
        checks::check_psks(&config.psks)?;
        config.key_shares = match self.key_shares {
            Some(shares) => checked_shares(shares, &config.groups)?,
            None => default_shares(&config.groups),
        };
        Ok(Arc::new(config))
    }
}

fn checked_shares(shares: Vec<NamedGroup>, groups: &[NamedGroup]) -> Result<Vec<NamedGroup>, ConfigError> {
    // RFC 8446 §4.2.8: each share belongs to an offered group, in the same order.
    match shares.iter().find(|share| !groups.contains(share)) {
        Some(stranger) => Err(ConfigError {
            code: "config.key_share",
            message: format!("a share of {stranger} is to be sent, but the group is not offered"),
            fix: "offer the group as well, or send no share of it",
        }),
        None => Ok(groups.iter().copied().filter(|group| shares.contains(group)).collect()),
    }
}

/// The most wanted group, and the curve of a hybrid by itself: servers without the hybrid nearly all have it, and its few
/// bytes save them a retry.
fn default_shares(groups: &[NamedGroup]) -> Vec<NamedGroup> {
    let first = groups.first().copied();
    let curve = first.and_then(NamedGroup::curve_of_hybrid);
    groups.iter().copied().filter(|group| Some(*group) == first || Some(*group) == curve).collect()
}
