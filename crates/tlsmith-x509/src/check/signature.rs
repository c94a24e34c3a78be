//! One signature of a path (RFC 5280 §6.1.3 (a)(1)), and the keys that may make one.

use crate::Certificate;
use crate::der::algorithm::SignedWith;
use crate::report::{Code, Finding};
use tlsmith_crypto::{CryptoError, Provider, SignatureAlgorithm};

/// Why a signature is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It does not verify, or the issuer's key is of another type.
    Bad(String),
    /// The algorithm is broken, not known, or not among those asked for.
    Algorithm(String),
    /// The issuer's key is too short, too long, of an unknown type, or malformed.
    Key(String),
}

impl Refusal {
    /// What goes on after the name of what was signed.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Bad(why) | Self::Algorithm(why) | Self::Key(why) => why,
        }
    }
}

/// `issuer` signed `certificate` with one of `algorithms` (any, if empty).
pub(crate) fn check(
    provider: &dyn Provider,
    certificate: &Certificate,
    issuer: &Certificate,
    algorithms: &[SignatureAlgorithm],
) -> Result<(), Refusal> {
    let signed = SignedBytes {
        part: certificate.signed_part(),
        with: certificate.signed_with(),
        signature: certificate.signature(),
    };
    made_by(provider, &signed, issuer, algorithms)
}

/// What was signed, how, and the signature: of a certificate, a CRL, an OCSP response.
pub(crate) struct SignedBytes<'a> {
    pub(crate) part: &'a [u8],
    pub(crate) with: &'a SignedWith,
    pub(crate) signature: &'a [u8],
}

/// The key of `issuer` made the signature, with one of `algorithms` (any, if empty).
pub(crate) fn made_by(
    provider: &dyn Provider,
    signed: &SignedBytes<'_>,
    issuer: &Certificate,
    algorithms: &[SignatureAlgorithm],
) -> Result<(), Refusal> {
    let algorithm = algorithm(signed.with, issuer)?;
    if !algorithms.is_empty() && !algorithms.contains(&algorithm) {
        let name = signed.with.describe();
        return Err(Refusal::Algorithm(format!("is signed with {name}, which was not offered for certificates")));
    }
    match provider.verify(algorithm, issuer.public_key(), signed.part, signed.signature) {
        Ok(()) => Ok(()),
        Err(CryptoError::Unsupported) => Err(Refusal::Algorithm(format!(
            "is signed with {} by a key {}, which is not supported",
            signed.with.describe(),
            issuer.key_description()
        ))),
        Err(CryptoError::InvalidInput) => Err(Refusal::Key(format!(
            "is signed by a key that is malformed: {} of {}",
            issuer.key_description(),
            issuer.label()
        ))),
        Err(_) => Err(Refusal::Bad(format!("has a signature that the key of {} did not make", issuer.label()))),
    }
}

fn algorithm(with: &SignedWith, issuer: &Certificate) -> Result<SignatureAlgorithm, Refusal> {
    match with {
        SignedWith::Broken(name) => return Err(Refusal::Algorithm(format!("is signed with {name}, which is broken"))),
        SignedWith::Unsupported(name) => {
            return Err(Refusal::Algorithm(format!("is signed with {name}, which is not supported")));
        }
        SignedWith::Ecdsa(_)
        | SignedWith::Ed25519
        | SignedWith::MlDsa(_)
        | SignedWith::RsaPkcs1(_)
        | SignedWith::RsaPss(_) => {}
    }
    if let Some(complaint) = issuer.key_complaint() {
        return Err(Refusal::Key(format!("is signed by the key of {}, {complaint}", issuer.label())));
    }
    let mismatch = || {
        let (algorithm, key) = (with.describe(), issuer.key_description());
        Refusal::Bad(format!("is signed with {algorithm}, but the key of {} is {key}", issuer.label()))
    };
    let algorithm = issuer.key_type().and_then(|key| with.under(key)).ok_or_else(mismatch)?;
    match (algorithm, issuer.pss_hash()) {
        (SignatureAlgorithm::RsaPss(hash), Some(only)) if hash != only => Err(mismatch()),
        _ => Ok(algorithm),
    }
}

/// The key of a certificate can be used at all.
pub(crate) fn key(certificate: &Certificate, sent: Option<usize>) -> Option<Finding> {
    let complaint = certificate.key_complaint()?;
    let message = format!("{} has the key {complaint}", certificate.label());
    Some(Finding::new(Code::UnsupportedKey, sent, message))
}
