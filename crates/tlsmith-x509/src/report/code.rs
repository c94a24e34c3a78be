//! The codes, and the fixed part of a finding: one row each.

use super::Severity;
use std::fmt;

/// What was found. One row a code ([`Code::row`], `report/rows/`): stable name, RFC section, why it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// `certificate.malformed`
    Malformed,
    /// `certificate.expired`
    Expired,
    /// `certificate.not_yet_valid`
    NotYetValid,
    /// `certificate.name_mismatch`: leaf is for other hosts (lists them)
    NameMismatch,
    /// `certificate.no_san`: no subjectAltName at all (CN is not looked at)
    NoSubjectAltName,
    /// `certificate.self_signed`: the leaf is self-signed and not an anchor
    SelfSigned,
    /// `certificate.unknown_issuer`: the chain ends at an issuer that is not an anchor (a self-signed root was sent that is
    /// not trusted)
    UnknownIssuer,
    /// `certificate.wrong_intermediate`: one was sent, but it is not the issuer (a warning where the right one is known)
    WrongIntermediate,
    /// `certificate.missing_intermediate`: the issuer of the last certificate was not sent and is no anchor
    MissingIntermediate,
    /// `certificate.bad_signature`
    BadSignature,
    /// `certificate.unsupported_signature_algorithm` (SHA-1, MD5, unknown; named)
    UnsupportedSignatureAlgorithm,
    /// `certificate.unsupported_key` (RSA below 2048 and others)
    UnsupportedKey,
    /// `certificate.not_a_ca`
    NotACa,
    /// `certificate.path_length`
    PathLength,
    /// `certificate.key_usage`
    KeyUsage,
    /// `certificate.extended_key_usage`
    ExtendedKeyUsage,
    /// `certificate.name_constraints`
    NameConstraints,
    /// `certificate.unknown_critical_extension`
    UnknownCriticalExtension,
    /// `certificate.version`: not of version 3
    Version,
    /// `certificate.serial_number`: negative, zero or too long
    SerialNumber,
    /// `certificate.validity_too_long`: for its day of issue (a warning where the rule binds other CAs)
    ValidityTooLong,
    /// `certificate.wildcard`: over a public suffix
    Wildcard,
    /// `certificate.extension_missing`
    ExtensionMissing,
    /// `certificate.extension_forbidden`
    ExtensionForbidden,
    /// `certificate.extension_criticality`
    ExtensionCriticality,
    /// `certificate.key_identifier`: an authority key identifier that is not just that
    KeyIdentifier,
    /// `certificate.common_name`: not one of the names, or spelt otherwise
    CommonName,
    /// `certificate.leaf_is_ca`
    LeafIsCa,
    /// `certificate.bad_name`: a name of a server that is none
    BadName,
    /// `certificate.key_not_allowed`: supported, but not by the profile
    KeyNotAllowed,
    /// `certificate.policy`: no certificate policy holds along the path, and one is demanded
    Policy,
    /// `certificate.pin_mismatch`: no key of the path is among those that were pinned (lists the path's)
    PinMismatch,
    /// `certificate.pin_on_leaf` (warning: the leaf's key alone is pinned)
    PinOnLeaf,
    /// `certificate.ct_too_few` (a warning unless demanded): too few timestamps of CT logs that count
    TooFewScts,
    /// `certificate.ct_invalid_sct` (warning)
    InvalidSct,
    /// `certificate.ct_unknown_log` (info)
    UnknownLog,
    /// `certificate.path_too_long`
    PathTooLong,
    /// `certificate.budget_exhausted`
    BudgetExhausted,
    /// `certificate.no_chain`: peer sent no certificate
    NoCertificate,
    /// `certificate.revoked`: the issuer took it back
    Revoked,
    /// `certificate.crl_untrusted`: the issuer did not sign the CRL, or may not (an error where revocation is required, else a
    /// warning; likewise the six after it)
    CrlUntrusted,
    /// `certificate.crl_expired`: the CRL has ended, or has not begun
    CrlExpired,
    /// `certificate.crl_unsupported`: a delta or indirect CRL, or one with unknown critical extensions
    CrlUnsupported,
    /// `certificate.ocsp_untrusted`: whoever signed the OCSP response may not, or did not
    OcspUntrusted,
    /// `certificate.ocsp_other_certificate`: the OCSP response is about another certificate
    OcspOtherCertificate,
    /// `certificate.ocsp_expired`: the OCSP response has ended, or has not begun
    OcspExpired,
    /// `certificate.ocsp_unusable`: the responder had no answer, or it cannot be read
    OcspUnusable,
    /// `certificate.must_staple`: the leaf promises an OCSP staple, and none came
    MustStaple,
    /// `certificate.revocation_unknown`: nobody who may says whether it was revoked
    RevocationUnknown,
    /// `certificate.expires_soon` (warning)
    ExpiresSoon,
    /// `certificate.wrong_order` (warning: an issuer was sent before what it issued)
    WrongOrder,
    /// `certificate.extra_certificate` (warning: one does not belong to the chain, or was sent twice)
    ExtraCertificate,
    /// `certificate.root_sent` (info)
    RootSent,
}

/// The fixed part of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Stable code, `certificate.expired`.
    pub code: &'static str,
    /// Where the rule stands: `RFC 5280 §6.1.3 (a)(2)`.
    pub section: &'static str,
    /// Why it matters, one sentence.
    pub why: &'static str,
    /// What to do, one or two sentences.
    pub fix: &'static str,
}

impl Code {
    /// Every code, the one that explains most first: findings are sorted by it. A search that was stopped says little else
    /// for certain. Who vouches comes before what he vouches for: as long as the issuer is not known, nothing else that the
    /// certificate says can be relied on.
    pub const ALL: &'static [Code] = &[
        Code::NoCertificate,
        Code::BudgetExhausted,
        Code::PathTooLong,
        Code::SelfSigned,
        Code::WrongIntermediate,
        Code::UnknownIssuer,
        Code::MissingIntermediate,
        Code::BadSignature,
        Code::UnsupportedSignatureAlgorithm,
        Code::UnsupportedKey,
        Code::KeyNotAllowed,
        Code::NotACa,
        Code::LeafIsCa,
        Code::Revoked,
        Code::Expired,
        Code::NotYetValid,
        Code::ValidityTooLong,
        Code::NameMismatch,
        Code::NoSubjectAltName,
        Code::Wildcard,
        Code::BadName,
        Code::CommonName,
        Code::ExtendedKeyUsage,
        Code::KeyUsage,
        Code::NameConstraints,
        Code::PathLength,
        Code::Policy,
        Code::UnknownCriticalExtension,
        Code::Version,
        Code::SerialNumber,
        Code::ExtensionMissing,
        Code::ExtensionForbidden,
        Code::ExtensionCriticality,
        Code::KeyIdentifier,
        Code::PinMismatch,
        Code::TooFewScts,
        Code::Malformed,
        Code::CrlUntrusted,
        Code::CrlExpired,
        Code::CrlUnsupported,
        Code::OcspUntrusted,
        Code::OcspOtherCertificate,
        Code::OcspExpired,
        Code::OcspUnusable,
        Code::MustStaple,
        Code::RevocationUnknown,
        Code::ExpiresSoon,
        Code::PinOnLeaf,
        Code::InvalidSct,
        Code::WrongOrder,
        Code::ExtraCertificate,
        Code::UnknownLog,
        Code::RootSent,
    ];

    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::ExpiresSoon | Self::WrongOrder | Self::ExtraCertificate | Self::PinOnLeaf | Self::InvalidSct => {
                Severity::Warning
            }
            Self::RootSent | Self::UnknownLog => Severity::Info,
            Self::CrlUntrusted
            | Self::CrlExpired
            | Self::CrlUnsupported
            | Self::OcspUntrusted
            | Self::OcspOtherCertificate
            | Self::OcspExpired
            | Self::OcspUnusable
            | Self::RevocationUnknown => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The stable name, `certificate.expired`.
    pub const fn as_str(self) -> &'static str {
        self.row().code
    }

    /// Its row.
    pub const fn row(self) -> Row {
        super::rows::row(self)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_ranked_once_and_has_a_name_of_its_own() {
        let ranked: HashSet<Code> = Code::ALL.iter().copied().collect();
        let names: HashSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        // The last variant of the enum tells how many there are.
        assert_eq!(Code::ALL.len(), Code::RootSent as usize + 1);
        assert_eq!(ranked.len(), Code::ALL.len());
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let row = code.row();
            assert!(row.code.starts_with("certificate."), "{code}");
            assert!(
                row.section.starts_with("RFC ") && row.why.ends_with('.') && row.fix.ends_with(['.', ')']),
                "{code}"
            );
        }
    }
}
