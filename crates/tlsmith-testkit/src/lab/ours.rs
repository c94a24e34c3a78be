//! Our own server where it does what it refuses to be configured for: certificates by the mere presence of a name, and
//! signatures by another key.

use std::{fs, sync::Arc};

use tlsmith::{
    ServerConfig,
    auth::{Identity, IdentityChoice, NamedIdentities, ServerIdentities},
    config::ServerConfigBuilder,
    conn::ClientHelloFacts,
};
use tlsmith_crypto::{CryptoError, KeyType, SignatureAlgorithm, SigningKey, aws_lc::AwsLc};
use tlsmith_x509::pem;

use crate::{certs::CertFiles, config};

/// One identity for whoever names somebody (SNI), perhaps one for whoever does not.
#[derive(Debug)]
struct ByPresence {
    named: NamedIdentities,
    unnamed: Option<NamedIdentities>,
}

impl ServerIdentities for ByPresence {
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice {
        match (&hello.server_name, &self.unnamed) {
            (Some(_), _) => self.named.choose(hello),
            (None, Some(unnamed)) => unnamed.choose(hello),
            (None, None) => IdentityChoice::UnknownName,
        }
    }

    fn all(&self) -> Vec<Arc<Identity>> {
        [Some(&self.named), self.unnamed.as_ref()].into_iter().flatten().flat_map(ServerIdentities::all).collect()
    }
}

fn one(cert: &CertFiles) -> NamedIdentities {
    let mut identities = NamedIdentities::default();
    identities.add(config::identity(cert));
    identities
}

/// A server that shows `named` to clients that name any host, and `unnamed` to the others; without one it refuses them.
pub fn by_presence_of_a_name(named: &CertFiles, unnamed: Option<&CertFiles>) -> ServerConfigBuilder {
    let identities = ByPresence { named: one(named), unnamed: unnamed.map(one) };
    ServerConfig::builder(config::provider()).identities(Arc::new(identities))
}

/// A key that says it is one, and signs with another.
#[derive(Debug)]
struct Mistaken {
    claimed: Arc<dyn SigningKey>,
    real: Arc<dyn SigningKey>,
}

impl SigningKey for Mistaken {
    fn key_type(&self) -> KeyType {
        self.claimed.key_type()
    }

    fn spki(&self) -> &[u8] {
        self.claimed.spki()
    }

    fn public_key(&self) -> &[u8] {
        self.claimed.public_key()
    }

    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.real.sign(algorithm, message)
    }
}

/// A server that shows `cert` and signs with the key of `other`: as behind a key service that was given the wrong key.
pub fn signing_with_another_key(cert: &CertFiles, other: &CertFiles) -> ServerConfigBuilder {
    let key = |files: &CertFiles| pem::private_key(&AwsLc, &fs::read(&files.key).unwrap()).unwrap();
    let chain = pem::certificates(&fs::read(&cert.chain).unwrap()).unwrap();
    let identity = Identity::new(chain, Arc::new(Mistaken { claimed: key(cert), real: key(other) })).unwrap();
    ServerConfig::builder(config::provider()).identity(Arc::new(identity))
}
