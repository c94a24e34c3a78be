//! Certificates and configurations.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Identity},
    config::{ClientConfigBuilder, ServerConfigBuilder},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::TrustAnchors;

/// A private CA and certificates that it issued.
pub(crate) struct Pki {
    pub(crate) ca_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Pki {
    /// Made once.
    pub(crate) fn shared() -> &'static Self {
        static PKI: OnceLock<Pki> = OnceLock::new();
        PKI.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(rcgen::DnType::CommonName, "Test CA");
        let key = KeyPair::generate().unwrap();
        let ca_pem = params.self_signed(&key).unwrap().pem();
        Self { ca_pem, issuer: Issuer::new(params, key) }
    }

    /// Chain and key for `name`, in PEM.
    pub(crate) fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// An identity for `name`.
    pub(crate) fn identity(&self, name: &str) -> Arc<Identity> {
        let (chain, key) = self.issue(name);
        Arc::new(Identity::from_pem(&AwsLc, chain.as_bytes(), key.as_bytes()).unwrap())
    }

    /// Trusts the CA.
    pub(crate) fn verifier(&self) -> Arc<ChainVerifier> {
        let anchors = TrustAnchors::from_pem(self.ca_pem.as_bytes()).unwrap();
        Arc::new(ChainVerifier::new(provider(), Arc::new(anchors)))
    }

    /// A client that trusts the CA.
    pub(crate) fn client(&self) -> ClientConfigBuilder {
        ClientConfig::builder(provider(), self.verifier())
    }

    /// A server that is localhost.
    pub(crate) fn server(&self) -> ServerConfigBuilder {
        ServerConfig::builder(provider()).identity(self.identity("localhost"))
    }
}

pub(crate) fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
}
