//! CT logs of our own (RFC 6962 §3.2): they sign what they are given, written here anew and not by the library.

use super::PROVIDER;
use super::raw::{self, Raw, extension, tlv};
use std::sync::Arc;
use tlsmith_crypto::{Curve, HashAlgorithm, KeyType, Provider, SignatureAlgorithm, SigningKey};
use tlsmith_x509::ct::{Log, LogId};
use tlsmith_x509::{Certificate, SubjectPublicKeyInfo};

/// The SignedCertificateTimestampList of certificates: 1.3.6.1.4.1.11129.2.4.2.
pub const SCT_LIST: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];

/// 2026-11-01T00:00:00Z in milliseconds: when logs sign unless said otherwise.
pub const SIGNED_AT: u64 = 1_793_491_200_000;

pub struct TestLog {
    key: Arc<dyn SigningKey>,
    pub name: String,
    pub operator: String,
}

impl TestLog {
    pub fn new(name: &str, operator: &str) -> Self {
        Self { key: raw::signer(), name: name.to_owned(), operator: operator.to_owned() }
    }

    pub fn rsa(name: &str, operator: &str) -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let key = PROVIDER.load_key(&key.serialize_der()).unwrap();
        Self { key, name: name.to_owned(), operator: operator.to_owned() }
    }

    pub fn spki(&self) -> &[u8] {
        self.key.spki()
    }

    /// As a list has it.
    pub fn log(&self) -> Log {
        Log::new(SubjectPublicKeyInfo::from_der(self.key.spki()).unwrap(), &self.name, &self.operator)
    }

    pub fn id(&self) -> LogId {
        LogId(sha256(self.key.spki()))
    }

    /// A timestamp over an entry: its type and what stands behind it.
    fn sct(&self, at: u64, extensions: &[u8], entry_type: u8, entry: &[u8]) -> Vec<u8> {
        let extensions = prefixed(extensions);
        let signed = [&[0, 0][..], &at.to_be_bytes(), &[0, entry_type], entry, &extensions].concat();
        let (code, algorithm) = match self.key.key_type() {
            KeyType::Rsa { .. } => (1, SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256)),
            _ => (3, SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256)),
        };
        let signature = prefixed(&self.key.sign(algorithm, &signed).unwrap());
        [&[0][..], &self.id().0, &at.to_be_bytes(), &extensions, &[4, code], &signature].concat()
    }

    /// For a precertificate: the certificate without timestamps, and its issuer's key.
    pub fn precert(&self, at: u64, tbs: &[u8], issuer_spki: &[u8]) -> Vec<u8> {
        let length = u32::try_from(tbs.len()).unwrap().to_be_bytes();
        self.sct(at, &[], 1, &[&sha256(issuer_spki)[..], &length[1..], tbs].concat())
    }

    /// For a certificate, with extensions as logs of the static API have them.
    pub fn certificate(&self, at: u64, certificate: &Certificate) -> Vec<u8> {
        let length = u32::try_from(certificate.der().len()).unwrap().to_be_bytes();
        let leaf_index = [0, 0, 5, 0, 0, 0, 1, 2];
        self.sct(at, &leaf_index, 0, &[&length[1..], certificate.der()].concat())
    }
}

/// A SignedCertificateTimestampList.
pub fn list(scts: &[Vec<u8>]) -> Vec<u8> {
    prefixed(&scts.iter().flat_map(|sct| prefixed(sct)).collect::<Vec<u8>>())
}

/// The extension of a certificate that holds these.
pub fn embedded(scts: &[Vec<u8>]) -> Vec<u8> {
    extension(SCT_LIST, false, &tlv(4, &list(scts)))
}

/// The certificate of `raw` with timestamps by `logs` in it, as a CA makes it: first the precertificate's content is signed
/// by the logs, then the certificate.
pub fn with_scts(raw: Raw, issuer: &dyn SigningKey, logs: &[&TestLog]) -> Certificate {
    let tbs = raw.tbs();
    let scts: Vec<Vec<u8>> = logs.iter().map(|log| log.precert(SIGNED_AT, &tbs, issuer.spki())).collect();
    raw.with(&[embedded(&scts)]).signed_by(issuer)
}

fn prefixed(content: &[u8]) -> Vec<u8> {
    [&u16::try_from(content.len()).unwrap().to_be_bytes()[..], content].concat()
}

fn sha256(data: &[u8]) -> [u8; 32] {
    let mut hash = PROVIDER.hash(HashAlgorithm::Sha256);
    hash.update(data);
    hash.current().as_ref().try_into().unwrap()
}
