//! The screen of `tlsmith cert chain`.

use super::super::{
    page::{Page, date, days},
    style::{Ink, Style},
    text::safe,
};
use crate::cert::ChainReport;

pub(super) fn screen(report: &ChainReport, style: &Style) -> String {
    let mut page = Page::new(style);
    let (ink, state) = match (report.complete, &report.error) {
        (true, _) => (Ink::Good, "complete"),
        (false, Some(_)) => (Ink::Bad, "FAILED"),
        (false, None) => (Ink::Bad, "INCOMPLETE"),
    };
    let title = style.paint(Ink::Strong, &safe(&report.sources.join(", ")));
    page.text.push_str(&format!("{title}  {}\n\n", style.paint(ink, state)));
    if let Some(error) = &report.error {
        page.error("", error);
        return page.text;
    }
    let several = report.sources.len() > 1;
    for (place, link) in report.chain.iter().enumerate() {
        let from = match several {
            _ if link.fetched => String::from(", FETCHED: it was missing"),
            true => format!(", was certificate {} of {}", link.certificate, link.source),
            false if link.certificate != place => format!(", was certificate {}", link.certificate),
            false => String::new(),
        };
        let left = match link.days_left {
            _ if link.not_yet_valid => format!("NOT YET VALID (from {})", date(&link.not_before)),
            left if left < 0 => String::from("EXPIRED"),
            left => format!("{} left", days(left)),
        };
        let subject = if link.subject.is_empty() { "(empty subject)" } else { &link.subject };
        page.field(&format!("Certificate {place}"), &format!("{subject}{from}, {left}"));
    }
    if let Some(root) = &report.root {
        let trusted = if report.root_trusted { "trusted" } else { "not among the trusted ones" };
        page.field("Root", &format!("{root}, {trusted}"));
    }
    for dropped in &report.dropped {
        let of = if several { format!(" of {}", dropped.source) } else { String::new() };
        let what = format!("{}, certificate {}{of}: {}", dropped.subject, dropped.certificate, dropped.why);
        page.field("Left out", &what);
    }
    if let Some(missing) = &report.missing {
        page.field("MISSING", &missing.subject);
        for location in &missing.locations {
            page.field("  it is at", location);
        }
    }
    for (place, line) in report.fetching.iter().enumerate() {
        page.field(if place == 0 { "Fetching" } else { "" }, line);
    }
    match &report.out {
        Some(out) => page.field("Written", out),
        None if !report.complete => {
            // It was tried already where something is said of it.
            let more = if report.fetching.is_empty() { ", or try --aia" } else { "" };
            page.field("Not written", &format!("an issuer is missing; add the file that has it{more}"));
        }
        None => {}
    }
    page.text
}
