//! One certificate (RFC 5280 §4).

use crate::UnixTime;
use std::sync::Arc;
use tlsmith_crypto::{HashAlgorithm, KeyType, Provider};

/// A parsed certificate. Cheap to clone; keeps its DER.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<()>);

/// Why bytes are not a certificate: what, and where.
#[derive(Clone, Debug)]
pub struct ParseError;

impl Certificate {
    /// Parses strict DER. Extensions that are not understood are kept, critical ones noted for validation.
    pub fn from_der(der: &[u8]) -> Result<Self, ParseError> {
        let _ = der;
        todo!()
    }
    /// The certificate as it came.
    pub fn der(&self) -> &[u8] {
        todo!()
    }
    /// Subject, for people: RFC 4514 text (`CN=example.com,O=Example`), most specific first; escapes control characters. Empty when the name is.
    pub fn subject(&self) -> String {
        todo!()
    }
    /// Issuer, likewise.
    pub fn issuer(&self) -> String {
        todo!()
    }
    /// Subject `Name` as DER, to compare and for `certificate_authorities`.
    pub fn subject_der(&self) -> &[u8] {
        todo!()
    }
    /// Issuer `Name` as DER.
    pub fn issuer_der(&self) -> &[u8] {
        todo!()
    }
    /// Serial number, big endian content octets.
    pub fn serial(&self) -> &[u8] {
        todo!()
    }
    /// Validity, first second.
    pub fn not_before(&self) -> UnixTime {
        todo!()
    }
    /// Validity, last second.
    pub fn not_after(&self) -> UnixTime {
        todo!()
    }
    /// subjectAltName entries for people: `DNS:example.com`, `IP:192.0.2.1`, `URI:...`, `email:...`, others by kind.
    pub fn sans(&self) -> Vec<String> {
        todo!()
    }
    /// DNS names of the subjectAltName, wildcards included, as they stand (lower case).
    pub fn dns_names(&self) -> Vec<String> {
        todo!()
    }
    /// The type of its public key, or `None` for one that is not supported.
    pub fn key_type(&self) -> Option<KeyType> {
        todo!()
    }
    /// For people: `ECDSA P-256`, `RSA 2048`, or the OID of an unknown one.
    pub fn key_description(&self) -> String {
        todo!()
    }
    /// The name of the algorithm it is signed with: `ecdsa-with-SHA256`, `sha256WithRSAEncryption`, or the OID.
    pub fn signature_description(&self) -> String {
        todo!()
    }
    /// DER `SubjectPublicKeyInfo`.
    pub fn spki(&self) -> &[u8] {
        todo!()
    }
    /// Content of the `subjectPublicKey` BIT STRING, what `Provider::verify` takes.
    pub fn public_key(&self) -> &[u8] {
        todo!()
    }
    /// Basic constraints say CA.
    pub fn is_ca(&self) -> bool {
        todo!()
    }
    /// Key usage, where present, allows digitalSignature (RFC 8446 §4.4.2.2 wants it for signing certificates).
    pub fn allows_digital_signature(&self) -> bool {
        todo!()
    }
    /// Issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        todo!()
    }
    /// SHA-256 of the DER. (`provider.hash`)
    pub fn sha256(&self, provider: &dyn Provider) -> [u8; 32] {
        let _ = (provider, HashAlgorithm::Sha256);
        todo!()
    }
    /// SHA-256 of the SubjectPublicKeyInfo (RFC 7469 §2.4).
    pub fn spki_sha256(&self, provider: &dyn Provider) -> [u8; 32] {
        let _ = provider;
        todo!()
    }
    /// The signature algorithm it is signed with, if supported: used to honour `signature_algorithms_cert`.
    pub fn signature_algorithm(&self) -> Option<tlsmith_crypto::SignatureAlgorithm> {
        todo!()
    }
}
