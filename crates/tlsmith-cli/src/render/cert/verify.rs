//! The screen of `tlsmith cert verify`.

use super::super::{
    page::{Page, date, days},
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::{
    cert::VerifyReport,
    judge::{Judgement, Step},
};

/// The judgement, why, and the path.
pub(super) fn screen(report: &VerifyReport, style: &Style) -> String {
    let mut page = Page::new(style);
    let (ink, state) = match &report.judgement {
        Some(judgement) if judgement.trusted => (Ink::Good, "trusted"),
        Some(_) => (Ink::Bad, "NOT TRUSTED"),
        None => (Ink::Bad, "FAILED"),
    };
    let title = style.paint(Ink::Strong, &safe(&report.source));
    page.text.push_str(&format!("{title}  {}\n", style.paint(ink, state)));
    if let Some(error) = &report.error {
        page.text.push('\n');
        page.error("", error);
    }
    let Some(judgement) = &report.judgement else { return page.text };
    page.errors(&judgement.findings);
    page.text.push('\n');
    page.judged_by(judgement);
    page.text.push('\n');
    page.tree(&judgement.path);
    page.remarks(&judgement.findings);
    if !report.fetching.is_empty() {
        page.text.push('\n');
    }
    for (place, line) in report.fetching.iter().enumerate() {
        page.field(if place == 0 { "Fetching" } else { "" }, line);
    }
    for note in &report.notes {
        page.text.push('\n');
        page.field("Note", note);
    }
    page.text
}

impl Page<'_> {
    /// Against what.
    pub(crate) fn judged_by(&mut self, judgement: &Judgement) {
        self.field("Name", judgement.name.as_deref().unwrap_or("not looked at (--name NAME)"));
        let roots = match judgement.root_count {
            1 => format!("{} (1 certificate)", judgement.roots),
            count => format!("{} ({count} certificates)", judgement.roots),
        };
        self.field("Roots", &roots);
        self.field("Time", &judgement.time);
        self.field("Purpose", &format!("{}, profile {}", judgement.purpose, judgement.profile));
        if judgement.revocation_policy != "ignore" && judgement.revocation.is_empty() {
            self.field("Revocation", "not looked at: whoever is not certain to be the issuer is not asked");
        }
        for (index, known) in judgement.revocation.iter().enumerate() {
            let label = if index == 0 { "Revocation" } else { "" };
            let since = known.revoked_at.as_ref().map_or_else(String::new, |at| format!(" at {at}"));
            let why = known.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
            let by = known.source.as_ref().map_or_else(String::new, |source| format!(", by {source}"));
            let status = known.status.replace('_', " ");
            self.field(label, &format!("{}: {status}{since}{why}{by}", known.subject));
        }
        for (index, sct) in judgement.scts.iter().enumerate() {
            let label = if index == 0 { "CT logs" } else { "" };
            let log = sct.log.as_deref().unwrap_or("unreadable");
            self.field(label, &format!("{log}: {} ({})", sct.verdict, sct.source));
        }
    }

    /// The path, the root on top.
    pub(crate) fn tree(&mut self, path: &[Step]) {
        for (level, step) in path.iter().rev().enumerate() {
            let branch = match level {
                0 => String::new(),
                level => format!("{:indent$}└─ ", "", indent = (level - 1) * 3),
            };
            let (ink, place) = match (step.source, step.certificate) {
                ("missing", _) => (Ink::Bad, String::from("MISSING: not sent, not trusted")),
                ("root", Some(index)) => (Ink::Good, format!("trusted root, sent as certificate {index}")),
                ("root", None) => (Ink::Good, String::from("trusted root")),
                ("known", _) => (Ink::Warn, String::from("not sent")),
                ("fetched", _) => (Ink::Warn, String::from("not sent, fetched")),
                (_, Some(index)) => (Ink::Plain, format!("certificate {index}")),
                (_, None) => (Ink::Plain, String::new()),
            };
            let begins = step.not_before.as_ref().filter(|_| step.not_yet_valid);
            let ends = match (&step.not_after, step.days_left) {
                _ if begins.is_some() => {
                    begins.map_or_else(String::new, |begins| format!(", not valid before {}", date(begins)))
                }
                (Some(end), Some(left)) if left < 0 => format!(", expired {}", date(end)),
                (Some(_), Some(left)) => format!(", {} left", days(left)),
                _ => String::new(),
            };
            let key = step.key.as_ref().map_or_else(String::new, |key| format!(", {key}"));
            let subject = if step.subject.is_empty() { "(no subject)" } else { &step.subject };
            let (subject, place) = (safe(subject).into_owned(), format!("{place}{key}{ends}"));
            let one_line = columns(&branch) + columns(&subject) + 2 + columns(&place) <= self.style.width;
            if one_line {
                self.text.push_str(&format!("{branch}{subject}  {}\n", self.style.paint(ink, &place)));
                continue;
            }
            self.text.push_str(&format!("{branch}{subject}\n"));
            let indent = columns(&branch) + 2;
            for part in wrap(&place, self.style.width.saturating_sub(indent)) {
                self.text.push_str(&format!("{:indent$}{}\n", "", self.style.paint(ink, &part)));
            }
        }
    }
}
