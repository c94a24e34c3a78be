//! The rows, one a code: files by what a rule is about.

mod chain;
mod leaf;
mod path;
mod pins;
mod revocation;
mod transparency;
mod web;

use super::{Code, Row};

/// The row of a code.
pub(super) const fn row(code: Code) -> Row {
    match code {
        Code::Malformed => leaf::MALFORMED,
        Code::Expired => leaf::EXPIRED,
        Code::NotYetValid => leaf::NOT_YET_VALID,
        Code::NameMismatch => leaf::NAME_MISMATCH,
        Code::NoSubjectAltName => leaf::NO_SUBJECT_ALT_NAME,
        Code::SelfSigned => path::SELF_SIGNED,
        Code::UnknownIssuer => path::UNKNOWN_ISSUER,
        Code::WrongIntermediate => path::WRONG_INTERMEDIATE,
        Code::MissingIntermediate => path::MISSING_INTERMEDIATE,
        Code::BadSignature => path::BAD_SIGNATURE,
        Code::UnsupportedSignatureAlgorithm => path::UNSUPPORTED_SIGNATURE_ALGORITHM,
        Code::UnsupportedKey => path::UNSUPPORTED_KEY,
        Code::NotACa => path::NOT_A_CA,
        Code::Policy => path::POLICY,
        Code::PathLength => path::PATH_LENGTH,
        Code::KeyUsage => leaf::KEY_USAGE,
        Code::ExtendedKeyUsage => leaf::EXTENDED_KEY_USAGE,
        Code::NameConstraints => path::NAME_CONSTRAINTS,
        Code::UnknownCriticalExtension => path::UNKNOWN_CRITICAL_EXTENSION,
        Code::Version => web::VERSION,
        Code::SerialNumber => web::SERIAL_NUMBER,
        Code::ValidityTooLong => web::VALIDITY_TOO_LONG,
        Code::Wildcard => web::WILDCARD,
        Code::ExtensionMissing => web::EXTENSION_MISSING,
        Code::ExtensionForbidden => web::EXTENSION_FORBIDDEN,
        Code::ExtensionCriticality => web::EXTENSION_CRITICALITY,
        Code::KeyIdentifier => web::KEY_IDENTIFIER,
        Code::CommonName => web::COMMON_NAME,
        Code::LeafIsCa => web::LEAF_IS_CA,
        Code::BadName => web::BAD_NAME,
        Code::KeyNotAllowed => web::KEY_NOT_ALLOWED,
        Code::PinMismatch => pins::PIN_MISMATCH,
        Code::PinOnLeaf => pins::PIN_ON_LEAF,
        Code::TooFewScts => transparency::TOO_FEW_SCTS,
        Code::InvalidSct => transparency::INVALID_SCT,
        Code::UnknownLog => transparency::UNKNOWN_LOG,
        Code::PathTooLong => path::PATH_TOO_LONG,
        Code::BudgetExhausted => path::BUDGET_EXHAUSTED,
        Code::NoCertificate => chain::NO_CERTIFICATE,
        Code::Revoked => revocation::REVOKED,
        Code::CrlUntrusted => revocation::CRL_UNTRUSTED,
        Code::CrlExpired => revocation::CRL_EXPIRED,
        Code::CrlUnsupported => revocation::CRL_UNSUPPORTED,
        Code::OcspUntrusted => revocation::OCSP_UNTRUSTED,
        Code::OcspOtherCertificate => revocation::OCSP_OTHER_CERTIFICATE,
        Code::OcspExpired => revocation::OCSP_EXPIRED,
        Code::OcspUnusable => revocation::OCSP_UNUSABLE,
        Code::MustStaple => revocation::MUST_STAPLE,
        Code::RevocationUnknown => revocation::REVOCATION_UNKNOWN,
        Code::ExpiresSoon => leaf::EXPIRES_SOON,
        Code::WrongOrder => chain::WRONG_ORDER,
        Code::ExtraCertificate => chain::EXTRA_CERTIFICATE,
        Code::RootSent => chain::ROOT_SENT,
    }
}
