//! What is told of the timestamps of a leaf (RFC 6962); they are judged in `ct::verify`.

use crate::ct::{JudgedSct, Transparency, Verdict};
use crate::report::{Code, Finding, LISTED, Severity};
use crate::{Certificate, UnixTime};

/// After so many days browsers do not go by a list of logs any more: logs change state, and new ones come.
const FRESH_FOR_DAYS: i64 = 70;

/// Too few that count, those that are wrong, and those whose logs are not known.
pub(crate) fn findings(
    transparency: &Transparency<'_>,
    leaf: &Certificate,
    judged: &[JudgedSct],
    now: UnixTime,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(shortfall) = transparency.policy.check(leaf, judged, transparency.logs) {
        let told = match judged.len() {
            0 => "it has none, and none came along".to_owned(),
            _ => shortfall.to_string(),
        };
        let message = format!("{} has too few timestamps of CT logs: {told}", leaf.label());
        let mut finding = Finding::new(Code::TooFewScts, Some(0), message);
        let age = transparency.logs.timestamp().map(|of| of.days_until(now)).filter(|age| *age > FRESH_FOR_DAYS);
        if let Some(age) = age {
            finding = finding.with_fix(format!(
                "Get the current list of logs first, this one is {age} days old: https://www.gstatic.com/ct/log_list/v3/log_list.json"
            ));
        }
        if !transparency.required {
            finding.severity = Severity::Warning;
        }
        findings.push(finding);
    }
    let label = leaf.label();
    findings.extend(list(judged, is_wrong).map(|what| {
        let message = format!("{label} has timestamps of CT logs that are not valid: {what}");
        Finding::new(Code::InvalidSct, Some(0), message)
    }));
    findings.extend(list(judged, is_not_known).map(|what| {
        let message = format!("{label} has timestamps of CT logs that do not count: {what}");
        Finding::new(Code::UnknownLog, Some(0), message)
    }));
    findings
}

fn is_wrong(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Malformed(_)
        | Verdict::BadSignature
        | Verdict::UnsupportedAlgorithm
        | Verdict::InTheFuture
        | Verdict::OutsideInterval => true,
        Verdict::Valid | Verdict::UnknownLog | Verdict::UnknownVersion(_) | Verdict::LogNotTrusted(_) => false,
    }
}

fn is_not_known(verdict: &Verdict) -> bool {
    *verdict != Verdict::Valid && !is_wrong(verdict)
}

/// The timestamps of one kind, for people: `Log 'Example 2026' (in the certificate, 2026-01-01T00:00:00Z): why`.
fn list(judged: &[JudgedSct], kind: impl Fn(&Verdict) -> bool) -> Option<String> {
    let of_kind = judged.iter().filter(|sct| kind(&sct.verdict));
    let told: Vec<String> = of_kind.take(LISTED).map(describe).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn describe(sct: &JudgedSct) -> String {
    let log = match (&sct.log, &sct.log_id) {
        (Some(log), _) => log.clone(),
        (None, Some(id)) => format!("log {id}"),
        (None, None) => "a log that it does not say".to_owned(),
    };
    let time = sct.time.map(|time| format!(", {time}")).unwrap_or_default();
    format!("{log} ({}{time}): {}", sct.source, sct.verdict)
}
