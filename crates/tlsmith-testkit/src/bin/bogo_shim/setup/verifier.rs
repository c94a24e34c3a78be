//! Whom a connection accepts.

use std::sync::Arc;

use tlsmith::{
    auth::{Answer, PeerCertificates, PeerVerifier, Verdict},
    registry::CertificateType,
    session::PolicyId,
};
use tlsmith_crypto::{HashAlgorithm, Provider};
use tlsmith_x509::{Report, SubjectPublicKeyInfo};

use crate::Options;

/// Accepts every certificate, or none: the runner's are made up.
#[derive(Debug)]
pub(crate) struct Verifier {
    provider: Arc<dyn Provider>,
    refuse: bool,
    enforce: bool,
    later: bool,
    authorities: Vec<Vec<u8>>,
    types: Vec<CertificateType>,
    /// The SHA-256 of the raw public key that is expected.
    key: Option<Vec<u8>>,
}

impl Verifier {
    pub(crate) fn new(options: &Options, provider: Arc<dyn Provider>) -> Self {
        Self {
            provider,
            refuse: options.verify_fail,
            // Without these BoringSSL judges as well, but goes on whatever comes of it.
            enforce: options.verify_peer || options.require_any_client_certificate,
            later: options.is_async,
            authorities: options.use_client_ca_list.clone(),
            types: options.accepted_peer_cert_types.clone(),
            key: options.expect_peer_rpk_sha256.clone(),
        }
    }

    /// The judgement; the caller brings it for an asynchronous test.
    pub(crate) fn judge(&self, peer: &PeerCertificates<'_>) -> Verdict {
        if let Some(key) = peer.raw_public_key {
            return Verdict::judge_key(self.is_expected(key));
        }
        let report = match self.refuse {
            true => Report::default(),
            false => Report { path: peer.chain.to_vec(), ..Report::default() },
        };
        match self.enforce {
            true => Verdict::judge(report),
            false => Verdict::accept_anyway(report),
        }
    }

    fn is_expected(&self, key: &SubjectPublicKeyInfo) -> bool {
        let mut digest = self.provider.hash(HashAlgorithm::Sha256);
        digest.update(key.der());
        self.key.as_deref() == Some(digest.current().as_ref())
    }
}

impl PeerVerifier for Verifier {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.later {
            true => Answer::Later,
            false => Answer::Now(self.judge(peer)),
        }
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.authorities.clone()
    }

    fn certificate_types(&self) -> Vec<CertificateType> {
        match self.types.as_slice() {
            [] => vec![CertificateType::X509],
            types => types.to_vec(),
        }
    }

    /// The runner's tests resume what a verifier accepted under one that would not.
    fn policy(&self) -> Option<PolicyId> {
        Some(PolicyId(*b"the BoGo shim's made-up verifier"))
    }
}
