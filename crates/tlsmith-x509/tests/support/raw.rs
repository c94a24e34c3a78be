//! Certificates put together element by element, so that they may be wrong in any way.

use super::{PROVIDER, parse};
use std::sync::Arc;
use tlsmith_crypto::{Curve, HashAlgorithm, Provider, SignatureAlgorithm, SigningKey};
use tlsmith_x509::Certificate;

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        length @ 0..0x80 => out.push(length as u8),
        length @ 0x80..0x100 => out.extend([0x81, length as u8]),
        length @ 0x100..0x1_0000 => out.extend([0x82, (length >> 8) as u8, length as u8]),
        length => out.extend([0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(content);
    out
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub fn oid(content: &[u8]) -> Vec<u8> {
    tlv(0x06, content)
}

pub fn name(common_name: &str) -> Vec<u8> {
    if common_name.is_empty() {
        return sequence(&[]);
    }
    let attribute = sequence(&[&oid(&[0x55, 4, 3]), &tlv(0x0c, common_name.as_bytes())]);
    sequence(&[&tlv(0x31, &attribute)])
}

pub fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid(id), critical, &tlv(4, value)])
}

pub const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
pub const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
pub const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
pub const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1d, 0x20];
pub const ANY_POLICY: &[u8] = &[0x55, 0x1d, 0x20, 0];
pub const POLICY_MAPPINGS: &[u8] = &[0x55, 0x1d, 0x21];
pub const INHIBIT_ANY_POLICY: &[u8] = &[0x55, 0x1d, 0x36];
pub const POLICY_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x24];
pub const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
pub const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
pub const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0];
pub const CRL_DISTRIBUTION_POINTS: &[u8] = &[0x55, 0x1d, 0x1f];
pub const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 0x14];
pub const REASON_CODE: &[u8] = &[0x55, 0x1d, 0x15];
pub const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 0x18];
pub const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1d, 0x1b];
pub const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1d, 0x1c];
pub const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 0x1d];
pub const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];
pub const NO_REVOCATION_AVAILABLE: &[u8] = &[0x55, 0x1d, 0x38];
pub const TLS_FEATURE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 24];
pub const OCSP_NO_CHECK: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 1, 5];
pub const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
pub const ECDSA_WITH_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];

pub fn dns_names(names: &[&str]) -> Vec<u8> {
    let names: Vec<u8> = names.iter().flat_map(|name| tlv(0x82, name.as_bytes())).collect();
    extension(SUBJECT_ALT_NAME, false, &tlv(0x30, &names))
}

pub fn subject_key_id(id: &[u8]) -> Vec<u8> {
    extension(SUBJECT_KEY_ID, false, &tlv(4, id))
}

pub fn authority_key_id(id: &[u8]) -> Vec<u8> {
    extension(AUTHORITY_KEY_ID, false, &sequence(&[&tlv(0x80, id)]))
}

/// extKeyUsage.
pub fn purposes(ids: &[&[u8]]) -> Vec<u8> {
    let ids: Vec<u8> = ids.iter().flat_map(|id| oid(id)).collect();
    extension(EXTENDED_KEY_USAGE, false, &tlv(0x30, &ids))
}

/// From and to, as UTCTime.
pub fn validity(from: &[u8], to: &[u8]) -> Vec<u8> {
    sequence(&[&tlv(0x17, from), &tlv(0x17, to)])
}

pub fn ca() -> Vec<u8> {
    extension(BASIC_CONSTRAINTS, true, &sequence(&[&[1, 1, 0xff]]))
}

/// A key pair that signs.
pub fn signer() -> Arc<dyn SigningKey> {
    PROVIDER.load_key(&super::key().serialize_der()).unwrap()
}

/// The parts of a certificate. Each is complete DER.
#[derive(Clone)]
pub struct Raw {
    pub version: Vec<u8>,
    pub serial: Vec<u8>,
    pub algorithm: Vec<u8>,
    /// Where it differs from `algorithm`.
    pub outer_algorithm: Option<Vec<u8>>,
    pub issuer: Vec<u8>,
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    pub extensions: Vec<Vec<u8>>,
    pub after_extensions: Vec<u8>,
}

impl Raw {
    pub fn new(subject: &str, issuer: &str, spki: &[u8]) -> Self {
        Self {
            version: tlv(0xa0, &tlv(2, &[2])),
            serial: tlv(2, &[1]),
            algorithm: sequence(&[&oid(ECDSA_WITH_SHA256)]),
            outer_algorithm: None,
            issuer: name(issuer),
            validity: sequence(&[&tlv(0x17, b"260101000000Z"), &tlv(0x17, b"280101000000Z")]),
            subject: name(subject),
            spki: spki.to_vec(),
            extensions: Vec::new(),
            after_extensions: Vec::new(),
        }
    }

    pub fn with(mut self, extensions: &[Vec<u8>]) -> Self {
        self.extensions.extend_from_slice(extensions);
        self
    }

    /// What is signed.
    pub fn tbs(&self) -> Vec<u8> {
        let extensions = match self.extensions.as_slice() {
            [] => Vec::new(),
            some => tlv(0xa3, &tlv(0x30, &some.concat())),
        };
        sequence(&[
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.spki,
            &extensions,
            &self.after_extensions,
        ])
    }

    /// The DER, signed by `key` with ECDSA and SHA-256 whatever `algorithm` says.
    pub fn der(&self, key: &dyn SigningKey) -> Vec<u8> {
        let tbs = self.tbs();
        let algorithm = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
        let signature = [&[0][..], &key.sign(algorithm, &tbs).unwrap()].concat();
        let outer = self.outer_algorithm.as_ref().unwrap_or(&self.algorithm);
        sequence(&[&tbs, outer, &tlv(3, &signature)])
    }

    pub fn signed_by(&self, key: &dyn SigningKey) -> Certificate {
        parse(&self.der(key))
    }
}
