//! Rows about extensions: which one, whether it is there, whether it is critical, and who says so.

use super::Oid;
use crate::der::oid;
use asn1::ObjectIdentifier;
use std::borrow::Cow;

/// What is demanded of one extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionRule {
    /// Which one.
    pub extension: Extension,
    /// Whether it is there.
    pub presence: Presence,
    /// Whether it is critical, where it is there.
    pub criticality: Criticality,
    /// Where that is demanded, for messages: `RFC 5280 §4.2.1.9`.
    pub section: Cow<'static, str>,
}

impl ExtensionRule {
    /// A row.
    pub const fn new(
        extension: Extension,
        presence: Presence,
        criticality: Criticality,
        section: &'static str,
    ) -> Self {
        Self { extension, presence, criticality, section: Cow::Borrowed(section) }
    }
}

/// Whether an extension is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has to be.
    Required,
    /// It may be.
    Allowed,
    /// It must not be.
    Forbidden,
}

/// Whether an extension is critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criticality {
    /// It has to be.
    Critical,
    /// It must not be.
    NotCritical,
    /// As the issuer likes.
    Either,
    /// It has to be where the subject is empty, and must not be elsewhere.
    CriticalIfSubjectEmpty,
}

/// An extension that rows are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// RFC 5280 §4.2.1.1.
    AuthorityKeyIdentifier,
    /// RFC 5280 §4.2.1.2.
    SubjectKeyIdentifier,
    /// RFC 5280 §4.2.1.3.
    KeyUsage,
    /// RFC 5280 §4.2.1.4.
    CertificatePolicies,
    /// RFC 5280 §4.2.1.5.
    PolicyMappings,
    /// RFC 5280 §4.2.1.6.
    SubjectAltName,
    /// RFC 5280 §4.2.1.9.
    BasicConstraints,
    /// RFC 5280 §4.2.1.10.
    NameConstraints,
    /// RFC 5280 §4.2.1.11.
    PolicyConstraints,
    /// RFC 5280 §4.2.1.12.
    ExtendedKeyUsage,
    /// RFC 5280 §4.2.1.13.
    CrlDistributionPoints,
    /// RFC 5280 §4.2.1.14.
    InhibitAnyPolicy,
    /// RFC 5280 §4.2.2.1.
    AuthorityInfoAccess,
    /// Another.
    Other(Oid),
}

impl Extension {
    /// Its OID.
    pub(crate) fn oid(&self) -> ObjectIdentifier {
        match self {
            Self::AuthorityKeyIdentifier => oid::AUTHORITY_KEY_IDENTIFIER,
            Self::SubjectKeyIdentifier => oid::SUBJECT_KEY_IDENTIFIER,
            Self::KeyUsage => oid::KEY_USAGE,
            Self::CertificatePolicies => oid::CERTIFICATE_POLICIES,
            Self::PolicyMappings => oid::POLICY_MAPPINGS,
            Self::SubjectAltName => oid::SUBJECT_ALT_NAME,
            Self::BasicConstraints => oid::BASIC_CONSTRAINTS,
            Self::NameConstraints => oid::NAME_CONSTRAINTS,
            Self::PolicyConstraints => oid::POLICY_CONSTRAINTS,
            Self::ExtendedKeyUsage => oid::EXTENDED_KEY_USAGE,
            Self::CrlDistributionPoints => oid::CRL_DISTRIBUTION_POINTS,
            Self::InhibitAnyPolicy => oid::INHIBIT_ANY_POLICY,
            Self::AuthorityInfoAccess => oid::AUTHORITY_INFO_ACCESS,
            Self::Other(oid) => oid.0.clone(),
        }
    }

    /// Its name in its RFC, or its OID.
    pub(crate) fn name(&self) -> String {
        oid::name(&self.oid())
    }
}
