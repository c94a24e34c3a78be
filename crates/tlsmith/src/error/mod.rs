//! Errors as a product: one table ([`rules`](Rule::row)), a row a rule. `Display`, JSON and documentation come from it.

mod alerts;
mod certificates;
mod convert;
mod io;
mod rows;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

use tlsmith_x509::Report;

pub use rules::{Row, Rule};

use crate::registry::AlertDescription;

/// Why a connection failed: the rule that was broken, and what happened with the actual values.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    rule: Rule,
    detail: String,
    report: Option<Report>,
}

impl Error {
    /// The rule `rule` was broken; `detail` says with which values.
    pub(crate) fn new(rule: Rule, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner { rule, detail: detail.into(), report: None }))
    }

    /// The peer's certificates were not accepted; the report says why.
    pub(crate) fn untrusted(report: Report) -> Self {
        let (rule, detail) = match report.cause() {
            Some(finding) => (Rule::Certificate(finding.code), finding.message.clone()),
            None => (Rule::CertificateRefused, String::from("the verifier refused it without a finding")),
        };
        Self(Box::new(Inner { rule, detail, report: Some(report) }))
    }

    /// The rule that was broken.
    pub fn rule(&self) -> Rule {
        self.0.rule
    }

    /// Stable code: `hello.no_common_suite`.
    pub fn code(&self) -> &'static str {
        self.row().code
    }

    /// The alert that this side sent because of it; none for an alert received and for a transport that ended.
    pub fn alert(&self) -> Option<AlertDescription> {
        self.row().alert
    }

    /// The alert that the peer sent, if that is what went wrong.
    pub fn received_alert(&self) -> Option<AlertDescription> {
        match self.0.rule {
            Rule::PeerAlert(alert) => Some(alert),
            _ => None,
        }
    }

    /// What happened, with the actual values.
    pub fn message(&self) -> String {
        match self.0.detail.is_empty() {
            true => self.row().what.to_owned(),
            false => format!("{}: {}", self.row().what, self.0.detail),
        }
    }

    /// Only the values: the second half of [`Error::message`].
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Where the rule stands.
    pub fn section(&self) -> &'static str {
        self.row().section
    }

    /// Why it matters.
    pub fn why(&self) -> &'static str {
        self.row().why
    }

    /// What to do.
    pub fn fix(&self) -> String {
        match self.0.report.as_ref().and_then(Report::cause) {
            Some(finding) => finding.fix.clone(),
            None => self.row().fix.to_owned(),
        }
    }

    /// The whole report, where certificates were judged.
    pub fn report(&self) -> Option<&Report> {
        self.0.report.as_ref()
    }

    fn row(&self) -> Row {
        self.0.rule.row()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message(), self.code())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {})", self.code(), self.message())
    }
}

impl std::error::Error for Error {}
