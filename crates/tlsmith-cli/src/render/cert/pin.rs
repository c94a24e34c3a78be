//! The screen of `tlsmith cert pin`.

use super::super::{
    page::Page,
    style::{Ink, Style},
    text::safe,
};
use crate::cert::PinReport;

pub(super) fn screen(report: &PinReport, style: &Style) -> String {
    let mut page = Page::new(style);
    if let Some(error) = &report.error {
        page.text.push_str(&format!("{}  {}\n\n", safe(&report.source), style.paint(Ink::Bad, "FAILED")));
        page.error("", error);
    }
    for (index, pin) in report.pins.iter().enumerate() {
        if index > 0 {
            page.text.push('\n');
        }
        let ca = if pin.ca { " (CA)" } else { "" };
        let subject = if pin.subject.is_empty() { "(empty)" } else { &pin.subject };
        page.text.push_str(&format!("{}{ca}\n", style.paint(Ink::Strong, &safe(subject))));
        page.field("  key", &pin.key);
        page.field("  base64", &pin.sha256_base64);
        page.field("  hex", &pin.sha256_hex);
        page.field("  RFC 7469", &pin.pin_sha256);
        page.field("  curl", &pin.curl);
    }
    page.text
}
