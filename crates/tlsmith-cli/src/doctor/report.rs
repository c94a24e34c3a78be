//! What the doctor says: one struct, shown as text or as JSON.

use serde::Serialize;
use tlsmith_x509::Severity;

use super::{
    evidence::{Evidence, RawTrial, Trial},
    rules::{Diagnosis, Mend},
};
use crate::{
    connect::{Error, Finding, Target, ms},
    exit::{Exit, Usage},
    probe::raw::Offer,
};

/// Everything that is known at the end.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The name that was asked for.
    pub(crate) server_name: Option<String>,
    /// When, by the local clock or `--at`.
    pub(crate) time: String,
    /// The cause; null only where the command could not begin.
    pub(crate) cause: Option<Said>,
    /// What is wrong besides.
    pub(crate) others: Vec<Said>,
    /// What the validator found in the chain as sent.
    pub(crate) findings: Vec<Finding>,
    /// Subjects of the chain as sent, leaf first.
    pub(crate) chain: Vec<String>,
    /// What was tried.
    pub(crate) probes: Vec<Tried>,
    /// What was fetched that certificates name, and what could not be.
    pub(crate) fetched: Vec<String>,
    /// The exit code.
    pub(crate) exit: u8,
    /// Why the command could not begin.
    pub(crate) error: Option<Error>,
}

/// A diagnosis.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Said {
    /// `doctor.missing_intermediate`.
    pub(crate) code: String,
    /// The cause in a few words.
    pub(crate) headline: &'static str,
    pub(crate) severity: &'static str,
    /// Index into the chain as sent, where it is about one certificate.
    pub(crate) certificate: Option<usize>,
    pub(crate) message: String,
    pub(crate) evidence: Vec<String>,
    pub(crate) fix: String,
    pub(crate) mends: Vec<Mend>,
}

/// One handshake, or one old ClientHello.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tried {
    /// `default`, `without SNI`.
    pub(crate) what: String,
    pub(crate) address: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) cipher_suite: Option<String>,
    pub(crate) group: Option<String>,
    /// Subject of the certificate that came.
    pub(crate) leaf: Option<String>,
    /// How many certificates came.
    pub(crate) certificates: usize,
    pub(crate) client_certificate_requested: bool,
    pub(crate) trusted: Option<bool>,
    pub(crate) error: Option<Error>,
    /// The alert that an old ClientHello was answered with.
    pub(crate) alert: Option<String>,
    pub(crate) elapsed_ms: f64,
}

impl Report {
    /// Puts it together.
    pub(crate) fn new(evidence: &Evidence, cause: &Diagnosis, others: &[Diagnosis]) -> Self {
        let trials = evidence.trials.iter().map(Tried::new);
        let findings = evidence.report().map(|report| report.findings.as_slice()).unwrap_or_default();
        Self {
            host: evidence.target.host.clone(),
            port: evidence.target.port,
            server_name: Some(evidence.name.to_string()),
            time: evidence.now.to_string(),
            cause: Some(Said::new(cause)),
            others: others.iter().map(Said::new).collect(),
            findings: findings.iter().map(Finding::new).collect(),
            chain: evidence.chain().iter().map(tlsmith_x509::Certificate::subject).collect(),
            probes: trials.chain(evidence.raw.iter().map(Tried::of_raw)).collect(),
            fetched: evidence.completed.iter().flat_map(|completed| completed.notes.clone()).collect(),
            exit: exit_code(cause.exit),
            error: None,
        }
    }

    /// The report of a command that could not begin.
    pub(crate) fn refused(target: &str, usage: &Usage) -> Self {
        let parsed = Target::parse(target, 0).ok().map(|(target, _)| target);
        Self {
            host: parsed.as_ref().map_or_else(|| target.to_owned(), |target| target.host.clone()),
            port: parsed.map_or(0, |target| target.port),
            server_name: None,
            time: tlsmith_x509::UnixTime::now().to_string(),
            cause: None,
            others: Vec::new(),
            findings: Vec::new(),
            chain: Vec::new(),
            probes: Vec::new(),
            fetched: Vec::new(),
            exit: exit_code(Exit::Usage),
            error: Some(Error::of_usage(usage)),
        }
    }
}

impl Said {
    fn new(diagnosis: &Diagnosis) -> Self {
        Self {
            code: format!("doctor.{}", diagnosis.cause.row().slug),
            headline: diagnosis.cause.row().headline,
            severity: diagnosis.severity.as_str(),
            certificate: diagnosis.certificate,
            message: diagnosis.message.clone(),
            evidence: diagnosis.evidence.clone(),
            fix: diagnosis.fix.clone(),
            mends: diagnosis.mends.clone(),
        }
    }

    /// It keeps connections from being made, or trusted.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error.as_str()
    }
}

impl Tried {
    fn new(trial: &Trial) -> Self {
        let seen = &trial.seen;
        Self {
            what: trial.kind.name(),
            address: seen.address.map(|address| address.to_string()),
            protocol: seen.version.map(|version| version.to_string()),
            cipher_suite: seen.suite.map(|suite| suite.to_string()),
            group: seen.group.map(|group| group.to_string()),
            leaf: seen.chain.first().map(tlsmith_x509::Certificate::subject),
            certificates: seen.chain.len(),
            client_certificate_requested: seen.client_certificate_requested,
            trusted: trial.report.as_ref().map(tlsmith_x509::Report::is_trusted),
            error: trial.error().cloned(),
            alert: trial.alert().map(str::to_owned),
            elapsed_ms: ms(seen.elapsed),
        }
    }

    fn of_raw(trial: &RawTrial) -> Self {
        let answer = &trial.answer;
        let what = match trial.offer {
            Offer::Legacy => "everything up to TLS 1.2",
            Offer::Tls10 => "TLS 1.0",
            Offer::Ssl3 => "SSLv3",
            Offer::AnyGroup => "TLS 1.3, any group",
        };
        Self {
            what: what.to_owned(),
            address: None,
            protocol: answer.version.map(|version| version.to_string()),
            cipher_suite: answer.suite.map(|suite| suite.to_string()),
            group: answer.group.map(|group| group.to_string()),
            leaf: answer.chain.first().map(tlsmith_x509::Certificate::subject),
            certificates: answer.chain.len() + answer.undecodable,
            client_certificate_requested: answer.client_certificate_requested,
            trusted: None,
            error: answer.error.clone(),
            alert: answer.alert.map(|alert| alert.to_string()),
            elapsed_ms: ms(answer.elapsed),
        }
    }
}

/// The number that the process ends with.
fn exit_code(exit: Exit) -> u8 {
    match exit {
        Exit::Good => 0,
        Exit::Failed => 1,
        Exit::Usage => 2,
        Exit::Untrusted => 3,
    }
}
