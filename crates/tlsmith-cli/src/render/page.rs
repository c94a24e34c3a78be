//! What the screens of several commands share: labels and values, findings, validity.

use super::{
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::connect::{Error, Finding, Mend};

/// Width of the column of labels.
pub(super) const LABEL: usize = 14;
/// Names shown for a certificate without `-v`.
const FEW_NAMES: usize = 4;

/// A screen that is being written.
pub(super) struct Page<'s> {
    pub(super) style: &'s Style,
    pub(super) text: String,
}

impl<'s> Page<'s> {
    pub(super) fn new(style: &'s Style) -> Self {
        Self { style, text: String::new() }
    }

    /// The errors among the findings. The first explains most: with the line for each product that mends it.
    pub(super) fn errors(&mut self, findings: &[Finding]) {
        for (place, finding) in findings.iter().filter(|finding| finding.is_error()).enumerate() {
            self.finding(finding);
            if place == 0 || self.style.verbose {
                self.mends(&finding.mends);
            }
        }
    }

    /// The others: what works all the same.
    pub(super) fn remarks(&mut self, findings: &[Finding]) {
        for finding in findings.iter().filter(|finding| !finding.is_error()) {
            self.finding(finding);
            if self.style.verbose {
                self.mends(&finding.mends);
            }
        }
    }

    /// A finding: what, and the mend.
    fn finding(&mut self, finding: &Finding) {
        let ink = match finding.severity {
            "error" => Ink::Bad,
            "warning" => Ink::Warn,
            _ => Ink::Strong,
        };
        let which = finding.certificate.map_or_else(String::new, |index| format!(", certificate {index}"));
        self.text.push('\n');
        self.block(ink, &format!("{} ({}{which})", finding.code, finding.severity), &finding.message, &finding.fix);
        self.more(Some(&finding.why), Some(&finding.section));
    }

    /// The lines by product. A line that is to be copied is not broken.
    fn mends(&mut self, mends: &[Mend]) {
        let width = mends.iter().map(|mend| columns(&mend.product)).max().unwrap_or_default();
        for mend in mends {
            let product = self.style.paint(Ink::Faint, &format!("{:width$}", safe(&mend.product)));
            self.text.push_str(&format!("   {product}  {}\n", safe(&mend.text)));
        }
    }

    /// What failed, and the mend.
    pub(super) fn error(&mut self, title: &str, error: &Error) {
        if !title.is_empty() {
            self.text.push_str(&format!("{}\n", self.style.paint(Ink::Bad, title)));
        }
        let alert = match (&error.alert, error.alert_direction) {
            (Some(alert), Some(direction)) => format!(" (alert {alert} {direction})"),
            _ => String::new(),
        };
        self.block(Ink::Bad, &format!("{}{alert}", error.code), &error.message, &error.fix);
        self.more(error.why.as_deref(), error.section.as_deref());
    }

    /// From when to when, and how long that still is.
    pub(super) fn validity(&mut self, not_before: &str, not_after: &str, now: &str, days_left: i64) {
        // RFC 3339 in UTC compares as text.
        let (ink, left) = if not_after < now {
            (Ink::Bad, format!("EXPIRED {} ago", days(-days_left)))
        } else if not_before > now {
            (Ink::Bad, String::from("NOT YET VALID"))
        } else {
            let ink = if days_left < 14 { Ink::Warn } else { Ink::Good };
            (ink, format!("{} left", days(days_left)))
        };
        let span = match self.style.verbose {
            true => format!("{not_before} to {not_after}"),
            false => format!("{} to {}", date(not_before), date(not_after)),
        };
        let fits = LABEL + 1 + columns(&span) + 2 + columns(&left) <= self.style.width;
        let between = if fits { String::from("  ") } else { format!("\n{:LABEL$} ", "") };
        let label = self.style.paint(Ink::Faint, &format!("{:<LABEL$}", "  valid"));
        self.text.push_str(&format!("{label} {span}{between}{}\n", self.style.paint(ink, &left)));
    }

    /// A label and its value, which goes on under itself.
    pub(super) fn field(&mut self, label: &str, value: &str) {
        let room = self.style.width.saturating_sub(LABEL + 1);
        for (index, line) in wrap(&safe(value), room).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let label = self.style.paint(Ink::Faint, &format!("{label:<LABEL$}"));
            self.text.push_str(&format!("{label} {line}\n"));
        }
    }

    /// A title, what happened, and the mend.
    pub(super) fn block(&mut self, ink: Ink, title: &str, message: &str, fix: &str) {
        self.text.push_str(&format!("{}\n", self.style.paint(ink, &safe(title))));
        self.plain(message);
        if !fix.is_empty() {
            let lines = wrap(&safe(fix), self.style.width.saturating_sub(9));
            for (index, line) in lines.iter().enumerate() {
                let label = if index == 0 { "Mend: " } else { "      " };
                self.text.push_str(&format!("   {}{line}\n", self.style.paint(Ink::Faint, label)));
            }
        }
    }

    /// The reason behind it, with `-v`.
    pub(super) fn more(&mut self, why: Option<&str>, section: Option<&str>) {
        if !self.style.verbose {
            return;
        }
        let section = section.map_or_else(String::new, |section| format!("({section})"));
        let why = format!("{} {section}", why.unwrap_or_default());
        if columns(why.trim()) > 0 {
            self.plain(why.trim());
        }
    }

    /// Text under a title.
    pub(super) fn plain(&mut self, text: &str) {
        for line in wrap(&safe(text), self.style.width.saturating_sub(3)) {
            self.text.push_str(&format!("   {line}\n"));
        }
    }
}

/// The names of a certificate: a few, or all. DNS names stand without their kind.
pub(super) fn names(sans: &[String], verbose: bool) -> String {
    let shown = if verbose { sans.len() } else { FEW_NAMES };
    let mut text = sans
        .iter()
        .take(shown)
        .map(|name| name.strip_prefix("DNS:").or(name.strip_prefix("IP:")).unwrap_or(name))
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more) = sans.len().checked_sub(shown).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more (-v shows them)"));
    }
    text
}

/// The day of a time.
pub(super) fn date(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// `1 day`, `2 days`.
pub(super) fn days(count: i64) -> String {
    match count {
        1 => String::from("1 day"),
        count => format!("{count} days"),
    }
}
