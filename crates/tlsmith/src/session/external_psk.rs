//! Keys that both sides were given beforehand (RFC 8446 §2.2, RFC 4279): external PSKs.

use std::{fmt, sync::Arc};

use tlsmith_crypto::{HashAlgorithm, Provider, Secret};

use crate::{
    config::ConfigError,
    registry::ProtocolVersion,
    tls13::key_schedule::{self, Kdf},
    wire::Writer,
};

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
        check(identity, &secret)?;
        Ok(Arc::new(Self { identity: identity.to_vec(), secret, hash, imported: false }))
    }

    /// Imports a key (RFC 9258 §5.1): what may have been given for other protocols, or for a hash other than the suite's,
    /// becomes one key for each hash of TLS 1.3, bound to its use and to `context` (which both sides agree on; empty for none).
    /// `hash` is the one that the key was given with; SHA-256 if there was none. Both sides import, and offer and find what
    /// comes of it; TLS 1.2 does not know them.
    pub fn import(
        provider: &Arc<dyn Provider>,
        identity: &[u8],
        secret: &Secret,
        hash: HashAlgorithm,
        context: &[u8],
    ) -> Result<Vec<Arc<Self>>, ConfigError> {
        let kdf = Kdf::new(Arc::clone(provider), hash);
        let import = |(target, target_kdf): (HashAlgorithm, u16)| {
            let identity = imported_identity(identity, context, target_kdf)?;
            let made = key_schedule::import_psk(&kdf, secret, &identity, target.output_len());
            let imported = made.map_err(|error| ConfigError {
                code: "config.psk",
                message: format!("a pre-shared key cannot be imported: {error}"),
                fix: "use a provider that has HKDF with the hash of the key",
            })?;
            check(&identity, secret)?;
            Ok(Arc::new(Self { identity, secret: imported, hash: target, imported: true }))
        };
        TARGETS.into_iter().map(import).collect()
    }

    /// It is imported: for TLS 1.3 alone.
    pub fn is_imported(&self) -> bool {
        self.imported
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

/// The targets of an import: the hashes of TLS 1.3's suites, by the registry of TLS KDF Identifiers (RFC 9258 §9).
const TARGETS: [(HashAlgorithm, u16); 2] = [(HashAlgorithm::Sha256, 0x0001), (HashAlgorithm::Sha384, 0x0002)];

/// `ImportedIdentity` (RFC 9258 §5.1): what goes on the wire as the identity.
fn imported_identity(external: &[u8], context: &[u8], target_kdf: u16) -> Result<Vec<u8>, ConfigError> {
    let mut identity = Vec::new();
    if !external.is_empty() {
        let mut w = Writer::new(&mut identity);
        w.u16_prefixed("ImportedIdentity.external_identity", |w| w.bytes(external));
        w.u16_prefixed("ImportedIdentity.context", |w| w.bytes(context));
        w.u16(ProtocolVersion::TLS1_3.0);
        w.u16(target_kdf);
        // What did not fit is left out, and an empty identity is refused.
        let _ = w.finish();
    }
    check_identity(&identity)?;
    Ok(identity)
}

fn check(identity: &[u8], secret: &Secret) -> Result<(), ConfigError> {
    check_identity(identity)?;
    match secret.expose().is_empty() {
        false => Ok(()),
        true => Err(ConfigError {
            code: "config.psk",
            message: String::from("a pre-shared key is empty"),
            fix: "use at least 16 random bytes, e.g. of `openssl rand -hex 32`",
        }),
    }
}

/// PskIdentity.identity is opaque<1..2^16-1>; a ClientHello has to hold it beside everything else.
fn check_identity(identity: &[u8]) -> Result<(), ConfigError> {
    const MAX_IDENTITY: usize = 1 << 12;
    match (1..=MAX_IDENTITY).contains(&identity.len()) {
        true => Ok(()),
        false => Err(ConfigError {
            code: "config.psk",
            message: format!("the identity of a pre-shared key has {} bytes", identity.len()),
            fix: "use 1 to 4096 bytes; an imported one has its context in it",
        }),
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
