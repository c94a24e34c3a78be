//! A client's configuration.

use std::sync::Arc;

use tlsmith_crypto::Provider;

use super::{ConfigError, KeyLog, Padding};
use crate::{
    auth::{ClientIdentities, Identity, PeerVerifier},
    registry::{CipherSuite, NamedGroup, SignatureScheme},
};

/// A client's configuration, checked.
#[derive(Debug)]
pub struct ClientConfig {}

impl ClientConfig {
    /// Starts with safe defaults: all suites, groups and schemes of the provider, shares for X25519MLKEM768 and X25519.
    pub fn builder(provider: Arc<dyn Provider>, verifier: Arc<dyn PeerVerifier>) -> ClientConfigBuilder {
        let _ = (provider, verifier);
        todo!()
    }
}

/// Builds a [`ClientConfig`].
#[derive(Debug)]
pub struct ClientConfigBuilder {}

impl ClientConfigBuilder {
    /// ALPN protocols, most wanted first.
    pub fn alpn(self, protocols: &[&[u8]]) -> Self {
        let _ = protocols;
        self
    }
    /// Groups, most wanted first.
    pub fn groups(self, groups: &[NamedGroup]) -> Self {
        let _ = groups;
        self
    }
    /// Groups to send shares for in the first ClientHello; a subset of the groups, may be empty (costs a retry).
    pub fn key_shares(self, groups: &[NamedGroup]) -> Self {
        let _ = groups;
        self
    }
    /// Cipher suites, most wanted first.
    pub fn cipher_suites(self, suites: &[CipherSuite]) -> Self {
        let _ = suites;
        self
    }
    /// Schemes accepted in CertificateVerify, most wanted first.
    pub fn signature_schemes(self, schemes: &[SignatureScheme]) -> Self {
        let _ = schemes;
        self
    }
    /// Schemes accepted in certificates; sent only if set.
    pub fn signature_schemes_cert(self, schemes: &[SignatureScheme]) -> Self {
        let _ = schemes;
        self
    }
    /// The one client certificate to show when asked.
    pub fn identity(self, identity: Arc<Identity>) -> Self {
        let _ = identity;
        self
    }
    /// Chooses among client certificates.
    pub fn identities(self, identities: Arc<dyn ClientIdentities>) -> Self {
        let _ = identities;
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
    /// Whether the server's name is sent (on by default).
    pub fn send_server_name(self, send: bool) -> Self {
        let _ = send;
        self
    }
    /// Whether reserved values are mixed in (RFC 8701; on by default).
    pub fn grease(self, grease: bool) -> Self {
        let _ = grease;
        self
    }
    /// Middlebox compatibility (RFC 8446 §D.4; on by default).
    pub fn middlebox_compatibility(self, on: bool) -> Self {
        let _ = on;
        self
    }
    /// Whether [`Facts::messages`](crate::Facts) carries details (off by default).
    pub fn trace(self, trace: bool) -> Self {
        let _ = trace;
        self
    }
    /// Checks it all.
    pub fn build(self) -> Result<Arc<ClientConfig>, ConfigError> {
        todo!()
    }
}
