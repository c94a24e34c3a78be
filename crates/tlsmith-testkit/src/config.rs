//! Configurations of our side, from the same names that the peers are set up with.

use std::{fs, path::Path, sync::Arc};

use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Identity},
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    registry::{CipherSuite, NamedGroup, SignatureScheme},
};
use tlsmith_crypto::{HashAlgorithm, Provider, aws_lc::AwsLc};
use tlsmith_x509::TrustAnchors;

use crate::certs::CertFiles;

/// The provider of everyday.
pub fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
}

/// The suite of this name.
pub fn suite(name: &str) -> CipherSuite {
    *CipherSuite::KNOWN.iter().find(|suite| suite.name() == Some(name)).unwrap_or_else(|| panic!("no suite {name}"))
}

/// The group of this name.
pub fn group(name: &str) -> NamedGroup {
    *NamedGroup::KNOWN.iter().find(|group| group.name() == Some(name)).unwrap_or_else(|| panic!("no group {name}"))
}

/// The scheme of this name.
pub fn scheme(name: &str) -> SignatureScheme {
    *SignatureScheme::KNOWN.iter().find(|scheme| scheme.name() == Some(name)).unwrap_or_else(|| panic!("no {name}"))
}

/// A verifier that trusts the CA in a file.
pub fn verifier(ca: &Path) -> Arc<ChainVerifier> {
    let anchors = TrustAnchors::from_pem(&fs::read(ca).unwrap()).unwrap();
    Arc::new(ChainVerifier::new(provider(), Arc::new(anchors)))
}

/// A certificate with its key.
pub fn identity(files: &CertFiles) -> Arc<Identity> {
    let (chain, key) = (fs::read(&files.chain).unwrap(), fs::read(&files.key).unwrap());
    Arc::new(Identity::from_pem(&AwsLc, &chain, &key).unwrap())
}

/// A server that shows this certificate, with safe defaults.
pub fn server(cert: &CertFiles) -> ServerConfigBuilder {
    ServerConfig::builder(provider()).identity(identity(cert))
}

/// A server with one suite and one group. Which scheme it signs with is the client's to narrow down.
pub fn server_of(cert: &CertFiles, suite_name: &str, group_name: &str) -> ServerConfigBuilder {
    server(cert).cipher_suites(&[suite(suite_name)]).groups(&[group(group_name)])
}

/// A client that trusts this CA, with safe defaults.
pub fn client(ca: &Path) -> ClientConfigBuilder {
    ClientConfig::builder(provider(), verifier(ca))
}

/// Client certificates are asked for.
pub fn request(ca: &Path) -> ClientAuth {
    ClientAuth::Request(verifier(ca))
}

/// Client certificates are demanded.
pub fn require(ca: &Path) -> ClientAuth {
    ClientAuth::Require(verifier(ca))
}

/// A running SHA-256.
pub struct Sha256(Box<dyn tlsmith_crypto::HashContext>);

impl Default for Sha256 {
    fn default() -> Self {
        Self(AwsLc.hash(HashAlgorithm::Sha256))
    }
}

impl Sha256 {
    /// Takes more.
    pub fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    /// The digest.
    pub fn finish(self) -> Vec<u8> {
        self.0.current().as_ref().to_vec()
    }

    /// The digest in hexadecimal.
    pub fn hex(self) -> String {
        hex(&self.finish())
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256")
    }
}

/// SHA-256 of it all, in hexadecimal.
pub fn sha256(data: &[u8]) -> String {
    let mut hash = Sha256::default();
    hash.update(data);
    hash.hex()
}

/// Lower case hexadecimal.
pub fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}
