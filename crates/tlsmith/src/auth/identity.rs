//! Identities: a certificate chain with its key, and how one is chosen.

use std::sync::Arc;

use tlsmith_crypto::{KeyType, Provider, SigningKey};
use tlsmith_x509::Certificate;

use crate::{
    config::ConfigError,
    conn::{CertificateRequestFacts, ClientHelloFacts},
    registry::SignatureScheme,
};

/// Where the private key is.
#[derive(Clone, Debug)]
pub enum IdentityKey {
    /// In this process (or behind an object that answers at once).
    Here(Arc<dyn SigningKey>),
    /// Elsewhere, an HSM or a KMS: the connection pauses with `Need::Sign`.
    Elsewhere(KeyType),
}

/// A certificate chain and the key of its leaf.
#[derive(Clone, Debug)]
pub struct Identity {
    chain: Vec<Certificate>,
    key: IdentityKey,
}

impl Identity {
    /// Puts chain (leaf first) and key together; refused if they do not match, or the chain is empty.
    pub fn new(chain: Vec<Certificate>, key: Arc<dyn SigningKey>) -> Result<Self, ConfigError> {
        let _ = (chain, key);
        todo!()
    }
    /// The same from the content of a certificate file and a key file, PEM or DER.
    pub fn from_pem(provider: &dyn Provider, chain: &[u8], key: &[u8]) -> Result<Self, ConfigError> {
        let _ = (provider, chain, key);
        todo!()
    }
    /// An identity whose signatures the caller brings (`Need::Sign`).
    pub fn with_external_key(chain: Vec<Certificate>) -> Result<Self, ConfigError> {
        let _ = chain;
        todo!()
    }
    /// The chain, leaf first.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }
    /// The key.
    pub fn key(&self) -> &IdentityKey {
        &self.key
    }
    /// The type of the key.
    pub fn key_type(&self) -> KeyType {
        todo!()
    }
}

/// What a server does with a name that it has no certificate for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UnknownName {
    /// Shows the default (first) identity.
    #[default]
    Default,
    /// Ends the handshake with `unrecognized_name`.
    Refuse,
}

/// What a server's identities answer to a ClientHello.
#[derive(Clone, Debug)]
pub enum IdentityChoice {
    /// This one, signing with this scheme.
    Use(Arc<Identity>, SignatureScheme),
    /// The name is unknown here: `unrecognized_name`.
    UnknownName,
    /// There are certificates for the name, but none that the client can verify: `handshake_failure`.
    NoCommonScheme,
}

/// A server's identities: the seam.
pub trait ServerIdentities: Send + Sync + std::fmt::Debug {
    /// Chooses by what the client sent.
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice;
    /// All of them, for the checks at build time; may be empty for a dynamic source.
    fn all(&self) -> Vec<Arc<Identity>>;
}

/// Identities by name: exact, then one-label wildcard, then the default or refusal; several per name (an ECDSA and an
/// RSA chain), the first that the client can verify.
#[derive(Clone, Debug, Default)]
pub struct NamedIdentities {}

impl NamedIdentities {
    /// None yet, with the given answer to unknown names.
    pub fn new(unknown: UnknownName) -> Self {
        let _ = unknown;
        todo!()
    }
    /// Adds one for all DNS names and addresses of its leaf. The first added is the default.
    pub fn add(&mut self, identity: Arc<Identity>) {
        let _ = identity;
    }
}

/// A client's identities: the seam.
pub trait ClientIdentities: Send + Sync + std::fmt::Debug {
    /// Chooses by what the server asked for; `None` sends an empty certificate list.
    fn choose(&self, request: &CertificateRequestFacts) -> Option<(Arc<Identity>, SignatureScheme)>;
}
