//! The screen of `tlsmith cert match`.

use super::super::{
    page::Page,
    style::{Ink, Style},
    text::safe,
};
use crate::cert::{MatchHolder, MatchReport};

pub(super) fn screen(report: &MatchReport, style: &Style) -> String {
    let mut page = Page::new(style);
    for (index, key) in report.keys.iter().enumerate() {
        if index > 0 {
            page.text.push('\n');
        }
        let (ink, state) = match key.fits.is_empty() {
            true => (Ink::Bad, "FITS NOTHING"),
            false => (Ink::Good, "fits"),
        };
        let kind = if key.kind == "request" { "request" } else { "key" };
        let title = style.paint(Ink::Strong, &safe(&key.source));
        page.text.push_str(&format!("{title}  {kind} {}  {}\n", key.key, style.paint(ink, state)));
        let holders: Vec<&MatchHolder> = match key.fits.is_empty() {
            // What it was compared with: the mistake is often seen at once.
            true => report.holders.iter().collect(),
            false => key.fits.iter().filter_map(|place| report.holders.get(*place)).collect(),
        };
        let label = if key.fits.is_empty() { "  not" } else { "  fits" };
        for holder in holders {
            page.field(label, &describe(holder, key.fits.is_empty()));
        }
        if style.verbose || key.fits.is_empty() {
            page.field("  SPKI pin", &key.spki_pin);
        }
    }
    for error in &report.errors {
        page.text.push('\n');
        page.error("", error);
    }
    page.text
}

fn describe(holder: &MatchHolder, with_key: bool) -> String {
    let subject = if holder.subject.is_empty() { "(empty subject)" } else { &holder.subject };
    let ca = if holder.ca { ", a CA" } else { "" };
    let key = if with_key { format!(", {}", holder.key) } else { String::new() };
    format!("{} {} of {}: {subject}{ca}{key}", holder.kind, holder.index, holder.source)
}
