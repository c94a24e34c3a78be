//! The screen of `tlsmith dhparam`.

use super::super::{page::Page, style::Style, text::wrap};
use crate::dhparam::{Group, Report};

/// The answer, its reasons, and what to write where.
pub(super) fn screen(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    wrap(&report.answer, style.width).iter().for_each(|line| page.title(line));
    page.text.push_str("\nWhy\n");
    for reason in &report.reasons {
        page.item(reason);
    }
    page.text.push_str("\nWhat to write instead\n");
    for instead in &report.instead {
        page.title(&format!("   {}", instead.product));
        instead.lines.iter().for_each(|line| page.text.push_str(&format!("      {line}\n")));
        for line in wrap(instead.note, style.width.saturating_sub(6)) {
            page.text.push_str(&format!("      {line}\n"));
        }
    }
    let group = report.group;
    page.text.push_str("\nIf DHE has to stay\n");
    page.plain(&format!(
        "Take {} (RFC 7919, {} bits, about as strong as a key of {} bits). `openssl genpkey -genparam -algorithm DH \
         -pkeyopt group:{} -out dhparam.pem` writes it down for programs that want a file.",
        group.name, group.bits, group.strength, group.name
    ));
    if style.verbose {
        page.text.push_str("\nThe groups of RFC 7919\n");
        for Group { name, bits, strength, code_point } in report.groups {
            let line = format!("{bits} bits, about as strong as a key of {strength} bits, code point {code_point}");
            page.field(&format!("  {name}"), &line);
        }
    }
    page.text
}
