//! Keys that both sides were given beforehand (RFC 8446 §2.2, RFC 4279): external PSKs.

use std::{fmt, sync::Arc};

use tlsmith_crypto::{HashAlgorithm, Secret};

use crate::config::ConfigError;

/// A key that both sides were given beforehand, under a name for it.
///
/// It authenticates both sides to each other, and nobody else. It has to come from a random generator, 16 bytes at least
/// (RFC 9257 §6): a password is none, since who sees a handshake can try all of them.
#[derive(Debug)]
pub struct ExternalPsk {
    identity: Vec<u8>,
    secret: Secret,
    hash: HashAlgorithm,
    pub(crate) imported: bool,
}

impl ExternalPsk {
    /// A key for the suites of one hash: "the hash ... MUST be set when the PSK is established or default to SHA-256"
    /// (RFC 8446 §4.2.11).
    pub fn new(identity: &[u8], secret: Secret, hash: HashAlgorithm) -> Result<Arc<Self>, ConfigError> {
        // PskIdentity.identity is opaque<1..2^16-1>; a ClientHello has to hold it beside everything else.
        const MAX_IDENTITY: usize = 1 << 12;
        if identity.is_empty() || identity.len() > MAX_IDENTITY {
            return Err(ConfigError {
                code: "config.psk",
                message: format!("the identity of a pre-shared key has {} bytes", identity.len()),
                fix: "use 1 to 4096 bytes",
            });
        }
        if secret.expose().is_empty() {
            return Err(ConfigError {
                code: "config.psk",
                message: String::from("a pre-shared key is empty"),
                fix: "use at least 16 random bytes, e.g. of `openssl rand -hex 32`",
            });
        }
        Ok(Arc::new(Self { identity: identity.to_vec(), secret, hash, imported: false }))
    }

    /// The name of the key, sent in the clear.
    pub fn identity(&self) -> &[u8] {
        &self.identity
    }

    /// The hash that it is bound to.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }
}

/// Where a server finds external PSKs. Called from within a handshake, so it has to answer at once.
pub trait ExternalPsks: Send + Sync + fmt::Debug {
    /// The key of this identity, as a client sent it.
    fn find(&self, identity: &[u8]) -> Option<Arc<ExternalPsk>>;
}

impl ExternalPsks for Vec<Arc<ExternalPsk>> {
    fn find(&self, identity: &[u8]) -> Option<Arc<ExternalPsk>> {
        self.iter().find(|psk| psk.identity == identity).cloned()
    }
}
