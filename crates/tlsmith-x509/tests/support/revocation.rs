//! CRLs and OCSP responses put together element by element, so that they may be wrong in any way.

use super::raw::{ECDSA_WITH_SHA1, ECDSA_WITH_SHA256, extension, name, oid, sequence, tlv};
use super::{Ca, PROVIDER};
use std::sync::Arc;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_crypto::{Curve, HashAlgorithm, Provider, SignatureAlgorithm, SigningKey};
use tlsmith_x509::Certificate;
use tlsmith_x509::revocation::Crl;

/// The key of a CA, to sign with.
pub fn signer(ca: &Ca) -> Arc<dyn SigningKey> {
    PROVIDER.load_key(&ca.key.serialize_der()).unwrap()
}

pub fn signature(key: &dyn SigningKey, part: &[u8]) -> Vec<u8> {
    let algorithm = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
    tlv(3, &[&[0][..], &key.sign(algorithm, part).unwrap()].concat())
}

pub fn ecdsa() -> Vec<u8> {
    sequence(&[&oid(ECDSA_WITH_SHA256)])
}

pub fn broken() -> Vec<u8> {
    sequence(&[&oid(ECDSA_WITH_SHA1)])
}

/// UTCTime: `261120000000Z`.
pub fn utc(text: &str) -> Vec<u8> {
    tlv(0x17, text.as_bytes())
}

/// GeneralizedTime: `20261120000000Z`.
pub fn general(text: &str) -> Vec<u8> {
    tlv(0x18, text.as_bytes())
}

pub fn enumerated(value: u8) -> Vec<u8> {
    tlv(0x0a, &[value])
}

/// An entry of a CRL, revoked 2026-11-20.
pub fn entry(serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = if extensions.is_empty() { Vec::new() } else { tlv(0x30, &extensions.concat()) };
    sequence(&[&tlv(2, serial), &utc("261120000000Z"), &extensions])
}

pub fn reason(value: u8) -> Vec<u8> {
    extension(super::raw::REASON_CODE, false, &enumerated(value))
}

/// The parts of a CRL. Each is complete DER.
#[derive(Clone)]
pub struct RawCrl {
    pub version: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub outer_algorithm: Option<Vec<u8>>,
    pub issuer: Vec<u8>,
    pub this_update: Vec<u8>,
    pub next_update: Vec<u8>,
    pub entries: Vec<Vec<u8>>,
    pub extensions: Vec<Vec<u8>>,
}

impl RawCrl {
    /// Version 2, of 2026-11-20 to 2026-11-27.
    pub fn new(issuer: &str) -> Self {
        Self {
            version: tlv(2, &[1]),
            algorithm: ecdsa(),
            outer_algorithm: None,
            issuer: name(issuer),
            this_update: utc("261120000000Z"),
            next_update: utc("261127000000Z"),
            entries: Vec::new(),
            extensions: vec![extension(super::raw::CRL_NUMBER, false, &tlv(2, &[7]))],
        }
    }

    pub fn revoking(mut self, certificate: &Certificate, extensions: &[Vec<u8>]) -> Self {
        self.entries.push(entry(certificate.serial(), extensions));
        self
    }

    pub fn with(mut self, extension: Vec<u8>) -> Self {
        self.extensions.push(extension);
        self
    }

    pub fn of(mut self, this_update: &str, next_update: &str) -> Self {
        (self.this_update, self.next_update) = (utc(this_update), utc(next_update));
        self
    }

    pub fn der(&self, key: &dyn SigningKey) -> Vec<u8> {
        let entries = if self.entries.is_empty() { Vec::new() } else { tlv(0x30, &self.entries.concat()) };
        let extensions =
            if self.extensions.is_empty() { Vec::new() } else { tlv(0xa0, &tlv(0x30, &self.extensions.concat())) };
        let tbs = sequence(&[
            &self.version,
            &self.algorithm,
            &self.issuer,
            &self.this_update,
            &self.next_update,
            &entries,
            &extensions,
        ]);
        let outer = self.outer_algorithm.as_ref().unwrap_or(&self.algorithm);
        sequence(&[&tbs, outer, &signature(key, &tbs)])
    }

    pub fn by(&self, ca: &Ca) -> Crl {
        Crl::from_der(&self.der(&*signer(ca))).unwrap()
    }
}

pub fn sha256(data: &[u8]) -> Vec<u8> {
    let mut context = PROVIDER.hash(HashAlgorithm::Sha256);
    context.update(data);
    context.current().as_ref().to_vec()
}

pub const SHA1: &[u8] = &[0x2b, 0x0e, 3, 2, 0x1a];
pub const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
pub const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
pub const OCSP_NONCE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 1, 2];
pub const OCSP_BASIC: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 1, 1];

/// certStatus.
pub fn good() -> Vec<u8> {
    vec![0x80, 0]
}

pub fn unknown() -> Vec<u8> {
    vec![0x82, 0]
}

pub fn revoked(reason: Option<u8>) -> Vec<u8> {
    let reason = reason.map_or_else(Vec::new, |reason| tlv(0xa0, &enumerated(reason)));
    tlv(0xa1, &[general("20261120000000Z"), reason].concat())
}

/// The parts of an OCSP response. Each is complete DER.
#[derive(Clone)]
pub struct RawOcsp {
    pub hash: &'static [u8],
    pub name_hash: Vec<u8>,
    pub key_hash: Vec<u8>,
    pub serial: Vec<u8>,
    pub status: Vec<u8>,
    pub this_update: Vec<u8>,
    pub next_update: Vec<u8>,
    pub single_extensions: Vec<Vec<u8>>,
    pub responder: Vec<u8>,
    pub produced_at: Vec<u8>,
    pub extensions: Vec<Vec<u8>>,
    pub algorithm: Vec<u8>,
    pub certificates: Vec<Vec<u8>>,
}

fn by_name(certificate: &Certificate) -> Vec<u8> {
    tlv(0xa1, certificate.subject_der())
}

pub fn by_key(certificate: &Certificate) -> Vec<u8> {
    tlv(0xa2, &tlv(4, &AwsLc::sha1_identifier(certificate.public_key())))
}

impl RawOcsp {
    /// Good, of 2026-11-20 to 2026-11-27, signed by the issuer.
    pub fn new(certificate: &Certificate, issuer: &Certificate) -> Self {
        Self {
            hash: SHA1,
            name_hash: AwsLc::sha1_identifier(certificate.issuer_der()).to_vec(),
            key_hash: AwsLc::sha1_identifier(issuer.public_key()).to_vec(),
            serial: certificate.serial().to_vec(),
            status: good(),
            this_update: general("20261120000000Z"),
            next_update: tlv(0xa0, &general("20261127000000Z")),
            single_extensions: Vec::new(),
            responder: by_name(issuer),
            produced_at: general("20261120000000Z"),
            extensions: Vec::new(),
            algorithm: ecdsa(),
            certificates: Vec::new(),
        }
    }

    pub fn status(mut self, status: Vec<u8>) -> Self {
        self.status = status;
        self
    }

    /// By a responder who shows this certificate.
    pub fn from(mut self, responder: &Certificate) -> Self {
        self.responder = by_name(responder);
        self.certificates.push(responder.der().to_vec());
        self
    }

    pub fn of(mut self, this_update: &str, next_update: Option<&str>) -> Self {
        self.this_update = general(this_update);
        self.produced_at = general(this_update);
        self.next_update = next_update.map_or_else(Vec::new, |time| tlv(0xa0, &general(time)));
        self
    }

    pub fn der(&self, key: &dyn SigningKey) -> Vec<u8> {
        let id = sequence(&[
            &sequence(&[&oid(self.hash), &[5, 0]]),
            &tlv(4, &self.name_hash),
            &tlv(4, &self.key_hash),
            &tlv(2, &self.serial),
        ]);
        let list = |tag: u8, extensions: &[Vec<u8>]| match extensions {
            [] => Vec::new(),
            some => tlv(tag, &tlv(0x30, &some.concat())),
        };
        let extensions = list(0xa1, &self.single_extensions);
        let single = sequence(&[&id, &self.status, &self.this_update, &self.next_update, &extensions]);
        let extensions = list(0xa1, &self.extensions);
        let data = sequence(&[&self.responder, &self.produced_at, &sequence(&[&single]), &extensions]);
        let certificates = list(0xa0, &self.certificates);
        let basic = sequence(&[&data, &self.algorithm, &signature(key, &data), &certificates]);
        let bytes = sequence(&[&oid(OCSP_BASIC), &tlv(4, &basic)]);
        sequence(&[&enumerated(0), &tlv(0xa0, &bytes)])
    }
}
