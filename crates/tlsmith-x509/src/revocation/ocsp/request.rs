//! OCSPRequest (RFC 6960 §4.1.1), in the form of RFC 5019 §2.1.1: one certificate, not signed, hashed with SHA-1, which every
//! responder knows.

use crate::Certificate;
use crate::der::oid;
use crate::der::write::{INTEGER, OCTET_STRING, SEQUENCE, element};
use asn1::ObjectIdentifier;
use std::fmt;
use tlsmith_crypto::aws_lc::AwsLc;

/// The nonce of a request has another length than RFC 9654 §2.1 allows: 1 to 128 octets; 32 are what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonceLength(pub usize);

impl fmt::Display for NonceLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a nonce has 1 to {LONGEST_NONCE} octets, not {}", self.0)
    }
}

impl std::error::Error for NonceLength {}

const LONGEST_NONCE: usize = 128;

/// `[2]`, constructed: requestExtensions.
const REQUEST_EXTENSIONS: u8 = 0xa2;

/// Asks whether `certificate`, which `issuer` issued, was revoked. A nonce makes the responder sign a fresh answer; many do
/// not, and answer without.
pub fn request(certificate: &Certificate, issuer: &Certificate, nonce: Option<&[u8]>) -> Result<Vec<u8>, NonceLength> {
    let id = element(
        SEQUENCE,
        &[
            &element(SEQUENCE, &[&identifier(&oid::SHA1), NULL]),
            &element(OCTET_STRING, &[&AwsLc::sha1_identifier(certificate.issuer_der())]),
            &element(OCTET_STRING, &[&AwsLc::sha1_identifier(issuer.public_key())]),
            &element(INTEGER, &[certificate.serial()]),
        ],
    );
    let list = element(SEQUENCE, &[&element(SEQUENCE, &[&id])]);
    let extensions = nonce.map(extensions).transpose()?.unwrap_or_default();
    Ok(element(SEQUENCE, &[&element(SEQUENCE, &[&list, &extensions])]))
}

fn extensions(nonce: &[u8]) -> Result<Vec<u8>, NonceLength> {
    if !(1..=LONGEST_NONCE).contains(&nonce.len()) {
        return Err(NonceLength(nonce.len()));
    }
    let value = element(OCTET_STRING, &[&element(OCTET_STRING, &[nonce])]);
    let extension = element(SEQUENCE, &[&identifier(&oid::OCSP_NONCE), &value]);
    Ok(element(REQUEST_EXTENSIONS, &[&element(SEQUENCE, &[&extension])]))
}

const OBJECT_IDENTIFIER: u8 = 0x06;
const NULL: &[u8] = &[0x05, 0];

fn identifier(id: &ObjectIdentifier) -> Vec<u8> {
    element(OBJECT_IDENTIFIER, &[id.as_der()])
}
