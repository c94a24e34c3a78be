//! The findings of a verification.

mod code;
pub(crate) mod mend;
mod rows;

pub use code::{Code, Row};
pub use mend::Mend;

use crate::ct::JudgedSct;
use crate::revocation::CertificateRevocation;
use crate::{Certificate, Purpose, Work};

/// How many of a list a message names.
pub(crate) const LISTED: usize = 8;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Info,
    /// Works today, will hurt.
    Warning,
    /// The chain is not trusted because of it.
    Error,
}

impl Severity {
    /// `error`, `warning`, `info`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The very line or command, by product, where there is one.
    pub mends: Vec<Mend>,
}

impl Finding {
    /// A finding with the severity and the fix of its row.
    pub(crate) fn new(code: Code, certificate: Option<usize>, message: String) -> Self {
        let (severity, fix) = (code.severity(), code.row().fix.to_owned());
        Self { code, severity, certificate, message, fix, mends: Vec::new() }
    }

    /// With a sharper fix.
    pub(crate) fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// With a mend of its own; others of the same code follow it.
    pub(crate) fn with_mend(mut self, mend: Option<Mend>) -> Self {
        self.mends.extend(mend);
        self
    }

    /// For what would be an error, had it not been made up for.
    pub(crate) fn excused(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// As bad as this, whatever its row says.
    pub(crate) fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.severity, self.code, self.message)
    }
}

/// The result of a verification.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The verified path, leaf first, anchor last; empty when not trusted.
    pub path: Vec<Certificate>,
    /// What was found, the one that explains most first.
    pub findings: Vec<Finding>,
    /// The timestamps of CT logs, each judged for itself; empty where none was asked for ([`crate::ct::Transparency`]), or no
    /// issuer is known under whom they could be judged.
    pub scts: Vec<JudgedSct>,
    /// What it took.
    pub work: Work,
    /// What is known of revocations, for each certificate of the path that was found but the anchor, leaf first. Empty where
    /// something else was wrong with the path before it came to that.
    pub revocation: Vec<CertificateRevocation>,
}

impl Report {
    /// No finding of severity error, and a path stands.
    pub fn is_trusted(&self) -> bool {
        !self.path.is_empty() && !self.findings.iter().any(Finding::is_error)
    }

    /// The finding that explains the failure.
    pub fn cause(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.is_error())
    }

    /// Errors first; of these, what is wrong with who vouches before what is wrong with the certificate; the leaf first.
    pub(crate) fn new(path: Vec<Certificate>, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| {
            let rank = Code::ALL.iter().position(|code| *code == finding.code);
            (std::cmp::Reverse(finding.severity), rank, finding.certificate)
        });
        findings.dedup();
        Self { path, findings, ..Self::default() }
    }

    /// Adds what is known to mend each finding.
    pub(crate) fn mended(mut self, purpose: Purpose) -> Self {
        for finding in &mut self.findings {
            let mends = mend::mends(finding, purpose);
            finding.mends.extend(mends);
        }
        self
    }
}
