//! Which alert a finding about a certificate sends (RFC 8446 §6.2); the rest of the row is the finding's own.

use tlsmith_x509::Code;

use super::Row;
use crate::registry::AlertDescription;

pub(super) const fn row(code: Code) -> Row {
    let row = code.row();
    Row {
        code: row.code,
        alert: Some(alert(code)),
        section: row.section,
        what: "the peer's certificate is not trusted",
        why: row.why,
        fix: row.fix,
    }
}

const fn alert(code: Code) -> AlertDescription {
    match code {
        Code::Malformed
        | Code::BadName
        | Code::CommonName
        | Code::ExtensionCriticality
        | Code::ExtensionForbidden
        | Code::ExtensionMissing
        | Code::KeyIdentifier
        | Code::SerialNumber
        | Code::ValidityTooLong
        | Code::Version
        | Code::Wildcard
        | Code::NameMismatch
        | Code::NoSubjectAltName
        | Code::BadSignature
        | Code::UnsupportedSignatureAlgorithm => AlertDescription::BAD_CERTIFICATE,
        Code::Expired | Code::NotYetValid => AlertDescription::CERTIFICATE_EXPIRED,
        Code::SelfSigned
        | Code::UnknownIssuer
        | Code::WrongIntermediate
        | Code::MissingIntermediate
        | Code::NotACa
        | Code::PathLength
        | Code::Policy
        | Code::NameConstraints
        | Code::PathTooLong => AlertDescription::UNKNOWN_CA,
        Code::UnsupportedKey
        | Code::KeyNotAllowed
        | Code::LeafIsCa
        | Code::KeyUsage
        | Code::ExtendedKeyUsage
        | Code::UnknownCriticalExtension => AlertDescription::UNSUPPORTED_CERTIFICATE,
        Code::Revoked => AlertDescription::CERTIFICATE_REVOKED,
        Code::OcspUntrusted
        | Code::OcspOtherCertificate
        | Code::OcspExpired
        | Code::OcspUnusable
        | Code::MustStaple => AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE,
        Code::CrlUntrusted
        | Code::CrlExpired
        | Code::CrlUnsupported
        | Code::RevocationUnknown
        | Code::BudgetExhausted
        | Code::NoCertificate
        | Code::PinMismatch
        | Code::PinOnLeaf
        | Code::TooFewScts
        | Code::InvalidSct
        | Code::UnknownLog
        | Code::ExpiresSoon
        | Code::WrongOrder
        | Code::ExtraCertificate
        | Code::RootSent => AlertDescription::CERTIFICATE_UNKNOWN,
    }
}
