//! A server's configuration.

use std::sync::Arc;

use tlsmith_crypto::Provider;

use super::{ConfigError, KeyLog, Padding};
use crate::{
    auth::{Identity, PeerVerifier, ServerIdentities},
    registry::{CipherSuite, NamedGroup, SignatureScheme},
};

/// A server's configuration, checked.
#[derive(Debug)]
pub struct ServerConfig {}

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
    /// Starts with safe defaults and no identity.
    pub fn builder(provider: Arc<dyn Provider>) -> ServerConfigBuilder {
        let _ = provider;
        todo!()
    }
}

/// Builds a [`ServerConfig`].
#[derive(Debug)]
pub struct ServerConfigBuilder {}

impl ServerConfigBuilder {
    /// Adds an identity for all names of its leaf; the first is the default.
    pub fn identity(self, identity: Arc<Identity>) -> Self {
        let _ = identity;
        self
    }
    /// What is done with unknown names; counts for identities added one by one.
    pub fn unknown_name(self, unknown: crate::auth::UnknownName) -> Self {
        let _ = unknown;
        self
    }
    /// A source of identities of the caller's own instead.
    pub fn identities(self, identities: Arc<dyn ServerIdentities>) -> Self {
        let _ = identities;
        self
    }
    /// Client certificates.
    pub fn client_auth(self, auth: ClientAuth) -> Self {
        let _ = auth;
        self
    }
    /// ALPN protocols, most wanted first. A client that offers only others is refused (`no_application_protocol`).
    pub fn alpn(self, protocols: &[&[u8]]) -> Self {
        let _ = protocols;
        self
    }
    /// Groups, most wanted first.
    pub fn groups(self, groups: &[NamedGroup]) -> Self {
        let _ = groups;
        self
    }
    /// Cipher suites, most wanted first.
    pub fn cipher_suites(self, suites: &[CipherSuite]) -> Self {
        let _ = suites;
        self
    }
    /// Schemes accepted of clients, most wanted first.
    pub fn signature_schemes(self, schemes: &[SignatureScheme]) -> Self {
        let _ = schemes;
        self
    }
    /// Whose order of suites and groups decides.
    pub fn preference(self, preference: Preference) -> Self {
        let _ = preference;
        self
    }
    /// Where secrets are logged.
    pub fn key_log(self, key_log: Arc<dyn KeyLog>) -> Self {
        let _ = key_log;
        self
    }
    /// Record padding.
    pub fn padding(self, padding: Padding) -> Self {
        let _ = padding;
        self
    }
    /// Whether [`Facts::messages`](crate::Facts) carries details (off by default).
    pub fn trace(self, trace: bool) -> Self {
        let _ = trace;
        self
    }
    /// Checks it all.
    pub fn build(self) -> Result<Arc<ServerConfig>, ConfigError> {
        todo!()
    }
}
