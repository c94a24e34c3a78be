//! How a certificate is made: version, serial number, key identifiers, key, algorithm, what it is for.

use super::Place;
use crate::Certificate;
use crate::der::algorithm::SignedWith;
use crate::der::oid;
use crate::profile::{Keys, Profile};
use crate::report::{Code, Finding};
use tlsmith_crypto::KeyType;

/// RFC 5280 §4.1.2.2.
const SERIAL_OCTETS: usize = 20;

pub(super) fn version(certificate: &Certificate, sent: Option<usize>, profile: &Profile) -> Option<Finding> {
    if !profile.version_3 || certificate.version() == 3 {
        return None;
    }
    let message = format!("{} is of version {}, not 3", certificate.label(), certificate.version());
    Some(Finding::new(Code::Version, sent, message))
}

/// Positive, and at most 20 octets long. That of a root is its owner's matter: some public roots have 0.
pub(super) fn serial_number(
    certificate: &Certificate,
    sent: Option<usize>,
    place: Place,
    profile: &Profile,
) -> Option<Finding> {
    if !profile.serial_numbers || place == Place::Root {
        return None;
    }
    let serial = certificate.serial();
    let why = match serial.first() {
        Some(first) if first & 0x80 != 0 => "is negative".to_owned(),
        _ if serial.iter().all(|octet| *octet == 0) => "is zero".to_owned(),
        _ if serial.len() > SERIAL_OCTETS => format!("has {} octets, more than {SERIAL_OCTETS}", serial.len()),
        _ => return None,
    };
    Some(Finding::new(Code::SerialNumber, sent, format!("the serial number of {} {why}", certificate.label())))
}

/// BR §7.1.2.11.1: a key identifier and nothing else; in a root its own (§7.1.2.1.3).
pub(super) fn key_identifiers(
    certificate: &Certificate,
    sent: Option<usize>,
    place: Place,
    profile: &Profile,
) -> Option<Finding> {
    let extensions = certificate.extensions();
    let present = extensions.all.iter().any(|extension| extension.id == oid::AUTHORITY_KEY_IDENTIFIER);
    if !profile.key_identifiers || !present {
        return None;
    }
    let label = certificate.label();
    let message = if extensions.authority_certificate {
        format!("the authorityKeyIdentifier of {label} names the issuer's certificate, where its key alone belongs")
    } else if extensions.authority_key_id.is_none() {
        format!("the authorityKeyIdentifier of {label} identifies no key")
    } else if place == Place::Root && certificate.authority_key_id() != certificate.subject_key_id() {
        format!("{label} is a root, and its authorityKeyIdentifier is not its own subjectKeyIdentifier")
    } else {
        return None;
    };
    Some(Finding::new(Code::KeyIdentifier, sent, message))
}

/// A supported key that the profile does not allow; whether it is supported is asked under every profile.
pub(super) fn key(certificate: &Certificate, sent: Option<usize>, profile: &Profile) -> Option<Finding> {
    let kind = certificate.key_type().filter(|_| certificate.key_complaint().is_none())?;
    let keys = profile.keys.as_ref()?;
    if is_wanted(keys, kind) {
        return None;
    }
    let wanted = wanted(keys);
    let message = format!("the key of {} is {kind}; the profile {} wants {wanted}", certificate.label(), profile.name);
    let fix = format!("Make a new key ({wanted}) and have a certificate issued for it.");
    Some(Finding::new(Code::KeyNotAllowed, sent, message).with_fix(fix))
}

fn is_wanted(keys: &Keys, kind: KeyType) -> bool {
    match kind {
        KeyType::Rsa { bits } | KeyType::RsaPss { bits } => {
            keys.rsa_min_bits.is_some_and(|least| bits >= least) && !(keys.rsa_whole_octets && bits % 8 != 0)
        }
        KeyType::Ecdsa(curve) => keys.curves.contains(&curve),
        KeyType::Ed25519 => keys.ed25519,
        KeyType::MlDsa44 | KeyType::MlDsa65 | KeyType::MlDsa87 => keys.ml_dsa,
        _ => false,
    }
}

/// All keys that are allowed: `ECDSA P-256, RSA of at least 2048 bits`.
fn wanted(keys: &Keys) -> String {
    let mut wanted: Vec<String> = keys.curves.iter().map(|curve| KeyType::Ecdsa(*curve).to_string()).collect();
    wanted.extend(keys.rsa_min_bits.map(|least| match keys.rsa_whole_octets {
        true => format!("RSA of at least {least} bits (a multiple of 8)"),
        false => format!("RSA of at least {least} bits"),
    }));
    wanted.extend(keys.ed25519.then(|| KeyType::Ed25519.to_string()));
    wanted.extend(keys.ml_dsa.then(|| "ML-DSA".to_owned()));
    wanted.join(", ")
}

/// `certificate` is signed with an algorithm that the profile allows. Whether the signature holds is not asked.
pub(crate) fn signed_with(
    certificate: &Certificate,
    issuer: &Certificate,
    sent: Option<usize>,
    profile: &Profile,
) -> Option<Finding> {
    // What does not go with the issuer's key is found with the signature.
    let algorithm = certificate.signature_algorithm_under(issuer)?;
    if profile.signatures.is_empty() || profile.signatures.contains(&algorithm) {
        return None;
    }
    let message = format!(
        "{} is signed with {} by a key {}, which the profile {} does not allow",
        certificate.label(),
        certificate.signature_description(),
        issuer.key_description(),
        profile.name
    );
    let finding = Finding::new(Code::UnsupportedSignatureAlgorithm, sent, message);
    let Some(key) = issuer.key_type() else { return Some(finding) };
    let mut allowed: Vec<String> = profile
        .signatures
        .iter()
        .filter_map(|allowed| SignedWith::by(*allowed, key))
        .map(|name| name.describe())
        .collect();
    allowed.dedup();
    Some(match allowed.as_slice() {
        [] => finding.with_fix(format!(
            "Have it issued by a CA whose key is of a type that the profile {} allows.",
            profile.name
        )),
        names => finding.with_fix(format!("Have it issued again, signed with {}.", names.join(" or "))),
    })
}

/// BR §7.1.2.7.8, §7.1.2.7.11.
pub(super) fn leaf_is_ca(certificate: &Certificate, sent: Option<usize>, profile: &Profile) -> Option<Finding> {
    if profile.leaf_may_be_ca {
        return None;
    }
    let usage = certificate.extensions().key_usage;
    let why = if certificate.is_ca() {
        "is a CA certificate"
    } else if usage.is_some_and(|usage| usage.key_cert_sign() || usage.crl_sign()) {
        "has a key that may sign certificates or CRLs (keyUsage)"
    } else {
        return None;
    };
    let message = format!("{} {why}, and stands where the peer's own certificate belongs", certificate.label());
    Some(Finding::new(Code::LeafIsCa, sent, message))
}

/// BR §7.1.2.7.10.
pub(super) fn any_purpose(certificate: &Certificate, sent: Option<usize>, profile: &Profile) -> Option<Finding> {
    let usage = certificate.extensions().extended_key_usage.as_ref()?;
    if profile.any_purpose || !usage.contains_any() {
        return None;
    }
    let message = format!(
        "{} is for anyExtendedKeyUsage, which the profile {} does not allow",
        certificate.label(),
        profile.name
    );
    Some(Finding::new(Code::ExtendedKeyUsage, sent, message))
}
