//! The screen of `tlsmith convert`.

use super::super::{page::Page, style::Style};
use crate::convert::{Content, Report};

/// What was found, file by file, and what was written.
pub(super) fn screen(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    for found in &report.found {
        page.title(&format!("{}  {}", found.source, found.format));
        page.contents("  found", &found.contents);
        found.encryption.iter().for_each(|scheme| page.field("  encrypted", scheme));
        page.skipped(&found.skipped);
        page.text.push('\n');
    }
    let written = &report.written;
    let encrypted = if written.encrypted { ", under a passphrase (AES-256)" } else { "" };
    let file = written.file.as_deref().unwrap_or("standard output");
    page.title(&format!("{file}  {}{encrypted}", written.format));
    page.contents("  written", &written.contents);
    report.left_out.iter().for_each(|what| page.field("  left out", what));
    report.notes.iter().for_each(|note| page.field("  note", note));
    page.text
}

impl Page<'_> {
    fn contents(&mut self, label: &str, contents: &[Content]) {
        for Content { what, facts } in contents {
            self.field(label, what);
            if self.style.verbose {
                facts.iter().for_each(|(label, value)| self.field(&format!("   {label}"), value));
            }
        }
    }
}
