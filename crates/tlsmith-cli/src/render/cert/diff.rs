//! The screen of `tlsmith cert diff`.

use super::super::{
    page::{LABEL, Page},
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::cert::{DiffReport, DifferentField};

pub(super) fn screen(report: &DiffReport, style: &Style) -> String {
    let mut page = Page::new(style);
    let (ink, state) = match report.same {
        Some(true) => (Ink::Good, "the same"),
        Some(false) => (Ink::Warn, "different"),
        None => (Ink::Bad, "FAILED"),
    };
    let title = style.paint(Ink::Strong, &safe(&format!("{} and {}", report.a, report.b)));
    page.text.push_str(&format!("{title}  {}\n", style.paint(ink, state)));
    if let Some(error) = &report.error {
        page.text.push('\n');
        page.error("", error);
    }
    if report.same != Some(false) {
        return page.text;
    }
    page.text.push('\n');
    page.field("-", &report.a);
    page.field("+", &report.b);
    page.text.push('\n');
    for field in &report.fields {
        page.difference(field);
    }
    if !report.chain.removed.is_empty() || !report.chain.added.is_empty() {
        page.difference(&report.chain);
    }
    if report.chain_reordered {
        page.field("chain", "the same certificates in another order");
    }
    if report.same_key == Some(true) {
        page.field("The same", &format!("key; {}", same(report)));
    } else {
        page.field("The same", &same(report));
    }
    page.text
}

/// What does not differ; the key has been told.
fn same(report: &DiffReport) -> String {
    let fields = report.same_fields.iter().filter(|field| !["key", "SPKI pin"].contains(&field.as_str()));
    let fields: Vec<&str> = fields.map(String::as_str).collect();
    if fields.is_empty() { String::from("nothing else") } else { fields.join(", ") }
}

impl Page<'_> {
    fn difference(&mut self, field: &DifferentField) {
        let name = safe(&field.field).into_owned();
        let mut label = name.as_str();
        // A long name has a line of its own.
        if columns(label) > LABEL {
            self.text.push_str(&format!("{}\n", self.style.paint(Ink::Faint, label)));
            label = "";
        }
        let removed = field.removed.iter().map(|line| (Ink::Bad, '-', line));
        for (ink, sign, line) in removed.chain(field.added.iter().map(|line| (Ink::Good, '+', line))) {
            let room = self.style.width.saturating_sub(LABEL + 3);
            for (index, part) in wrap(&safe(line), room).iter().enumerate() {
                let sign = if index == 0 { sign } else { ' ' };
                let label = self.style.paint(Ink::Faint, &format!("{label:<LABEL$}"));
                self.text.push_str(&format!("{label} {}\n", self.style.paint(ink, &format!("{sign} {part}"))));
            }
            label = "";
        }
    }
}
