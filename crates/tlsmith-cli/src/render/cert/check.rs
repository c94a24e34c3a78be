//! The screen of `tlsmith cert check`: a table.

use super::super::{
    page::{date, days},
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::cert::{CheckReport, CheckRow};

/// `2026-11-21`, and two blanks.
const DATE: usize = 12;
/// The subject has at least so much room beside the source.
const SUBJECT: usize = 24;

/// The table, and what it comes to.
pub(super) fn screen(report: &CheckReport, style: &Style) -> String {
    let left: Vec<String> = report.rows.iter().map(remaining).collect();
    let left_width = left.iter().map(|text| columns(text)).max().unwrap_or(0).max(4);
    let room = style.width.saturating_sub(left_width + 2 + DATE);
    let most = room.saturating_sub(SUBJECT + 2);
    let sources = report.rows.iter().map(|row| columns(&safe(&row.source))).filter(|width| *width <= most);
    let source_width = sources.max().unwrap_or(0).max(columns("SOURCE"));
    let mut text = String::new();
    let head = format!("{:>left_width$}  {:<10}  {:<source_width$}  CERTIFICATE", "LEFT", "ENDS", "SOURCE");
    text.push_str(&format!("{}\n", style.paint(Ink::Faint, &head)));
    for (row, left) in report.rows.iter().zip(&left) {
        let ink = match row.status {
            "ok" => Ink::Good,
            "soon" => Ink::Warn,
            _ => Ink::Bad,
        };
        let left = style.paint(ink, &format!("{left:>left_width$}"));
        let ends = row.not_after.as_deref().map_or("", date);
        let source = safe(&row.source);
        let indent = left_width + 2 + DATE;
        text.push_str(&format!("{left}  {ends:<10}  "));
        // A source that is too long has a line of its own.
        let beside = columns(&source) <= source_width;
        let (first, at) = match beside {
            true => (format!("{source:<source_width$}  "), indent + source_width + 2),
            false => (format!("{source}\n{:indent$}", ""), indent),
        };
        text.push_str(&first);
        let lines = wrap(&safe(&what(row)), style.width.saturating_sub(at).max(SUBJECT));
        text.push_str(&lines.join(&format!("\n{:at$}", "")));
        text.push('\n');
    }
    text.push_str(&format!("\n{}\n", summary(report, style)));
    text
}

/// `60 days`, `expired`, `FAILED`.
fn remaining(row: &CheckRow) -> String {
    match (row.status, row.days_left) {
        ("failed", _) | (_, None) => String::from("FAILED"),
        ("expired", _) => String::from("EXPIRED"),
        ("not_yet_valid", _) => String::from("NOT YET"),
        (_, Some(left)) => days(left),
    }
}

/// Which certificate it is, or what failed.
fn what(row: &CheckRow) -> String {
    if let Some(error) = &row.error {
        // The source stands beside it.
        let message = error.message.strip_prefix(&row.source).unwrap_or(&error.message);
        return message.strip_prefix(": ").unwrap_or(message).trim_start().to_owned();
    }
    let subject = row.subject.as_deref().filter(|subject| !subject.is_empty()).unwrap_or("(empty subject)");
    match row.certificate {
        Some(index) if index > 0 => format!("{subject} (certificate {index})"),
        _ => subject.to_owned(),
    }
}

fn summary(report: &CheckReport, style: &Style) -> String {
    let count = |status: &[&str]| report.rows.iter().filter(|row| status.contains(&row.status)).count();
    let of = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let told: Vec<String> = [
        of(count(&["failed"]), "could not be checked"),
        of(count(&["expired"]), "expired"),
        of(count(&["not_yet_valid"]), "not yet valid"),
        of(count(&["soon"]), &format!("within {}", days(i64::from(report.days)))),
        of(count(&["ok"]), "good"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let ink = if report.ok { Ink::Good } else { Ink::Bad };
    let mut text = style.paint(ink, &told.join(", "));
    if style.verbose && report.passed_over > 0 {
        let files = if report.passed_over == 1 { "file" } else { "files" };
        text.push_str(&format!("; {} {files} without certificates passed over", report.passed_over));
    }
    text
}
