//! The findings of a verification.

use crate::Certificate;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Info,
    /// Works today, will hurt.
    Warning,
    /// The chain is not trusted because of it.
    Error,
}

/// What was found. One row a code in [`Code::row`]: stable name, RFC section, why it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// `certificate.unknown_issuer`: the chain ends at an issuer that is not an anchor (a self-signed root was sent that is not trusted)
    UnknownIssuer,
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
    /// `certificate.path_too_long`
    PathTooLong,
    /// `certificate.budget_exhausted`
    BudgetExhausted,
    /// `certificate.no_chain`: peer sent no certificate
    NoCertificate,
    /// `certificate.expires_soon` (warning)
    ExpiresSoon,
    /// `certificate.wrong_order` (warning: chain sent in the wrong order / extra certificates)
    WrongOrder,
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
    /// Every code.
    pub const ALL: &'static [Code] = &[];
    /// Its row.
    pub const fn row(self) -> Row {
        todo!()
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which rule.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// Index into the chain as sent (0 is the leaf), where it is about one certificate.
    pub certificate: Option<usize>,
    /// What happened, with the actual values ("expired 2026-11-01T00:00:00Z, 20 days before 2026-11-21T...").
    pub message: String,
    /// What to do; the row's, or sharper where the values allow it.
    pub fix: String,
}

/// The result of a verification.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The verified path, leaf first, anchor last; empty when not trusted.
    pub path: Vec<Certificate>,
    /// What was found, the one that explains most first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// No finding of severity error, and a path stands.
    pub fn is_trusted(&self) -> bool {
        todo!()
    }
    /// The finding that explains the failure.
    pub fn cause(&self) -> Option<&Finding> {
        todo!()
    }
}
