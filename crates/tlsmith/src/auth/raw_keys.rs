//! Raw public keys in place of certificates (RFC 7250): what a peer proved to hold, and who is expected.

use tlsmith_crypto::{HashAlgorithm, KeyType};
use tlsmith_x509::{Certificate, Report, SubjectPublicKeyInfo};

use super::{Answer, PeerCertificates, PeerVerifier, Verdict};
use crate::registry::CertificateType;

/// What has a public key that a CertificateVerify is held against.
pub(crate) trait HoldsKey {
    fn key_type(&self) -> Option<KeyType>;
    fn pss_hash(&self) -> Option<HashAlgorithm>;
    fn public_key(&self) -> &[u8];
    fn key_description(&self) -> String;
}

impl HoldsKey for Certificate {
    fn key_type(&self) -> Option<KeyType> {
        Certificate::key_type(self)
    }

    fn pss_hash(&self) -> Option<HashAlgorithm> {
        Certificate::pss_hash(self)
    }

    fn public_key(&self) -> &[u8] {
        Certificate::public_key(self)
    }

    fn key_description(&self) -> String {
        Certificate::key_description(self)
    }
}

impl HoldsKey for SubjectPublicKeyInfo {
    fn key_type(&self) -> Option<KeyType> {
        SubjectPublicKeyInfo::key_type(self)
    }

    fn pss_hash(&self) -> Option<HashAlgorithm> {
        SubjectPublicKeyInfo::pss_hash(self)
    }

    fn public_key(&self) -> &[u8] {
        SubjectPublicKeyInfo::public_key(self)
    }

    fn key_description(&self) -> String {
        SubjectPublicKeyInfo::key_description(self)
    }
}

/// What a peer showed of its key.
#[derive(Clone, Debug)]
pub(crate) enum PeerKey {
    /// The leaf of its chain.
    Certificate(Certificate),
    /// The key alone.
    Raw(SubjectPublicKeyInfo),
}

impl PeerKey {
    fn holder(&self) -> &dyn HoldsKey {
        match self {
            Self::Certificate(leaf) => leaf,
            Self::Raw(key) => key,
        }
    }
}

impl HoldsKey for PeerKey {
    fn key_type(&self) -> Option<KeyType> {
        self.holder().key_type()
    }

    fn pss_hash(&self) -> Option<HashAlgorithm> {
        self.holder().pss_hash()
    }

    fn public_key(&self) -> &[u8] {
        self.holder().public_key()
    }

    fn key_description(&self) -> String {
        self.holder().key_description()
    }
}

/// Accepts peers by their public keys, shown raw (RFC 7250): exactly these, whatever their name. There is no authority, no
/// date and no revocation; whoever gives the list answers for it.
#[derive(Clone, Debug)]
pub struct ExpectedKeys(Vec<SubjectPublicKeyInfo>);

impl ExpectedKeys {
    /// Expects one of these.
    pub fn new(keys: impl IntoIterator<Item = SubjectPublicKeyInfo>) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl PeerVerifier for ExpectedKeys {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Now(match peer.raw_public_key {
            Some(key) => Verdict::judge_key(self.0.contains(key)),
            // Certificates are not offered, so that none should come.
            None => Verdict::judge(Report::default()),
        })
    }

    fn certificate_types(&self) -> Vec<CertificateType> {
        vec![CertificateType::RAW_PUBLIC_KEY]
    }
}
