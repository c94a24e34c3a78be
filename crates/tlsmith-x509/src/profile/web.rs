//! The profile of public servers: RFC 5280 §4, and the CA/B Forum's Baseline Requirements for TLS server certificates (BR,
//! version 2.1 with ballot SC-081v3) where they go further and a verifier can tell.
//!
//! Where BR demand of CAs what no browser holds them to, and what chains in use stray from, the row is lenient: keyUsage that
//! is not critical, certificates without policies, CRL distribution points or authority information.

use super::{
    CommonName, Criticality, Extension, ExtensionRule, Issuers, Keys, Lifetime, Names, PolicyDemands, Presence,
    Profile, Wildcards,
};
use crate::UnixTime;
use Criticality::{Critical, CriticalIfSubjectEmpty, Either, NotCritical};
use Presence::{Allowed, Forbidden, Required};
use std::borrow::Cow;
use tlsmith_crypto::{Curve, HashAlgorithm, SignatureAlgorithm};

/// `(first day in UTC as seconds since the epoch, days)`: BR §6.3.2, its history and ballot SC-081v3. Before July 2012 there was no
/// rule; 60 and 39 months are counted in days with the leap days that they may hold.
const LIFETIMES: [(i64, u32); 7] = [
    (1_341_100_800, 1_827), // 2012-07-01: 60 months
    (1_427_846_400, 1_188), // 2015-04-01: 39 months
    (1_519_862_400, 825),   // 2018-03-01
    (1_598_918_400, 398),   // 2020-09-01
    (1_773_532_800, 200),   // 2026-03-15
    (1_805_068_800, 100),   // 2027-03-15
    (1_868_227_200, 47),    // 2029-03-15
];

pub(super) fn profile() -> Profile {
    Profile {
        name: Cow::Borrowed("web"),
        leaf: leaf(),
        intermediate: intermediate(),
        root: root(),
        version_3: true,
        serial_numbers: true,
        key_identifiers: true,
        lifetimes: lifetimes(),
        // Browsers hold the CAs of their own root programs to it, and let those be that their users add.
        lifetimes_bind: Issuers::Public,
        keys: Some(keys()),
        signatures: signatures(),
        names: Names::Hosts,
        wildcards: Wildcards::NotPublicSuffixes,
        common_name: CommonName::SameSpelling,
        leaf_may_be_ca: false,
        any_purpose: false,
        max_path_length: None,
        policies: PolicyDemands::none(),
    }
}

fn rule(extension: Extension, presence: Presence, criticality: Criticality, section: &'static str) -> ExtensionRule {
    ExtensionRule::new(extension, presence, criticality, section)
}

/// BR §7.1.2.7, subscriber certificates.
fn leaf() -> Vec<ExtensionRule> {
    vec![
        rule(Extension::AuthorityKeyIdentifier, Required, NotCritical, "RFC 5280 §4.2.1.1; BR §7.1.2.11.1"),
        rule(Extension::SubjectKeyIdentifier, Allowed, NotCritical, "RFC 5280 §4.2.1.2; BR §7.1.2.11.4"),
        rule(Extension::KeyUsage, Allowed, Either, "RFC 5280 §4.2.1.3"),
        rule(Extension::CertificatePolicies, Allowed, Either, "RFC 5280 §4.2.1.4"),
        rule(Extension::SubjectAltName, Required, CriticalIfSubjectEmpty, "RFC 5280 §4.2.1.6; BR §7.1.2.7.12"),
        rule(Extension::BasicConstraints, Allowed, Critical, "BR §7.1.2.7.8"),
        rule(Extension::NameConstraints, Forbidden, Either, "RFC 5280 §4.2.1.10; BR §7.1.2.7.6"),
        rule(Extension::PolicyMappings, Forbidden, Either, "RFC 5280 §4.2.1.5"),
        rule(Extension::PolicyConstraints, Forbidden, Either, "RFC 5280 §4.2.1.11"),
        rule(Extension::InhibitAnyPolicy, Forbidden, Either, "RFC 5280 §4.2.1.14"),
        rule(Extension::ExtendedKeyUsage, Required, NotCritical, "RFC 5280 §4.2.1.12; BR §7.1.2.7.10"),
        rule(Extension::CrlDistributionPoints, Allowed, NotCritical, "RFC 5280 §4.2.1.13; BR §7.1.2.11.2"),
        rule(Extension::AuthorityInfoAccess, Allowed, NotCritical, "RFC 5280 §4.2.2.1; BR §7.1.2.7.7"),
    ]
}

/// BR §7.1.2.6, CAs below a root; cross certificates (§7.1.2.2) too.
fn intermediate() -> Vec<ExtensionRule> {
    vec![
        rule(Extension::AuthorityKeyIdentifier, Required, NotCritical, "RFC 5280 §4.2.1.1; BR §7.1.2.11.1"),
        rule(Extension::SubjectKeyIdentifier, Required, NotCritical, "RFC 5280 §4.2.1.2; BR §7.1.2.11.4"),
        rule(Extension::KeyUsage, Required, Either, "RFC 5280 §4.2.1.3; BR §7.1.2.10.7"),
        rule(Extension::BasicConstraints, Required, Critical, "RFC 5280 §4.2.1.9; BR §7.1.2.10.4"),
        // BR §7.1.2.10.8 makes an exception from RFC 5280, where it has to be critical.
        rule(Extension::NameConstraints, Allowed, Either, "BR §7.1.2.10.8"),
        rule(Extension::PolicyConstraints, Allowed, Critical, "RFC 5280 §4.2.1.11"),
        rule(Extension::InhibitAnyPolicy, Allowed, Critical, "RFC 5280 §4.2.1.14"),
        rule(Extension::CrlDistributionPoints, Allowed, NotCritical, "RFC 5280 §4.2.1.13; BR §7.1.2.11.2"),
        rule(Extension::AuthorityInfoAccess, Allowed, NotCritical, "RFC 5280 §4.2.2.1; BR §7.1.2.10.3"),
    ]
}

/// BR §7.1.2.1, roots. keyUsage may be missing: what it would say, its owner says by trusting it.
fn root() -> Vec<ExtensionRule> {
    vec![
        rule(Extension::AuthorityKeyIdentifier, Allowed, NotCritical, "RFC 5280 §4.2.1.1; BR §7.1.2.1.3"),
        rule(Extension::SubjectKeyIdentifier, Required, NotCritical, "RFC 5280 §4.2.1.2; BR §7.1.2.11.4"),
        rule(Extension::BasicConstraints, Required, Critical, "RFC 5280 §4.2.1.9; BR §7.1.2.1.4"),
        rule(Extension::PolicyConstraints, Allowed, Critical, "RFC 5280 §4.2.1.11"),
        rule(Extension::InhibitAnyPolicy, Allowed, Critical, "RFC 5280 §4.2.1.14"),
        rule(Extension::AuthorityInfoAccess, Allowed, NotCritical, "RFC 5280 §4.2.2.1"),
    ]
}

fn lifetimes() -> Vec<Lifetime> {
    LIFETIMES.iter().map(|(from, days)| Lifetime { issued_from: UnixTime(*from), days: *days }).collect()
}

/// BR §6.1.5, §7.1.3.1: RSA and the NIST curves; neither Ed25519 nor ML-DSA.
fn keys() -> Keys {
    Keys {
        rsa_min_bits: Some(2048),
        rsa_whole_octets: true,
        curves: vec![Curve::P256, Curve::P384, Curve::P521],
        ed25519: false,
        ml_dsa: false,
    }
}

/// BR §7.1.3.2: each curve with its hash.
fn signatures() -> Vec<SignatureAlgorithm> {
    let hashes = [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512];
    let curves = [Curve::P256, Curve::P384, Curve::P521];
    let ecdsa = curves.into_iter().zip(hashes).map(|(curve, hash)| SignatureAlgorithm::Ecdsa(curve, hash));
    hashes
        .map(SignatureAlgorithm::RsaPkcs1)
        .into_iter()
        .chain(hashes.map(SignatureAlgorithm::RsaPss))
        .chain(ecdsa)
        .collect()
}
