//! The screens of `tlsmith key`, `csr`, `cert self-signed`, `convert` and `dhparam`.

mod convert;
mod dhparam;
mod keys;

use super::{
    Destination,
    page::Page,
    style::{Ink, Style},
    text::wrap,
};
use crate::{
    cert::SelfSignedReport,
    convert::Report as ConvertReport,
    csr::{NewReport as CsrNewReport, ShowReport as CsrShowReport},
    dhparam::Report as DhparamReport,
    key::{NewReport, ShowReport},
};

/// The screen of `key new`; whether it was written.
pub(crate) fn key_new(report: &NewReport, verbose: bool) -> bool {
    write(verbose, |style| keys::new(report, style))
}

/// The screen of `key show`; whether it was written.
pub(crate) fn key_show(report: &ShowReport, verbose: bool) -> bool {
    write(verbose, |style| keys::show(report, style))
}

/// The screen of `csr new`; whether it was written.
pub(crate) fn csr_new(report: &CsrNewReport, verbose: bool) -> bool {
    write(verbose, |style| keys::csr_new(report, style))
}

/// The screen of `csr show`; whether it was written.
pub(crate) fn csr_show(report: &CsrShowReport, verbose: bool) -> bool {
    write(verbose, |style| keys::csr_show(report, style))
}

/// The screen of `cert self-signed`; whether it was written.
pub(crate) fn self_signed(report: &SelfSignedReport, verbose: bool) -> bool {
    write(verbose, |style| keys::self_signed(report, style))
}

/// The screen of `convert`; whether it was written.
pub(crate) fn convert(report: &ConvertReport, verbose: bool) -> bool {
    write(verbose, |style| convert::screen(report, style))
}

/// The screen of `dhparam`; whether it was written.
pub(crate) fn dhparam(report: &DhparamReport, verbose: bool) -> bool {
    write(verbose, |style| dhparam::screen(report, style))
}

fn write(verbose: bool, screen: impl FnOnce(&Style) -> String) -> bool {
    let to = Destination::Stdout;
    to.write(&screen(&to.style(verbose)))
}

impl Page<'_> {
    /// A line on its own, in bold.
    fn title(&mut self, text: &str) {
        let text = super::text::safe(text);
        self.text.push_str(&format!("{}\n", self.style.paint(Ink::Strong, &text)));
    }

    /// An item of a list, which goes on under itself.
    fn item(&mut self, text: &str) {
        for (index, line) in wrap(text, self.style.width.saturating_sub(5)).iter().enumerate() {
            self.text.push_str(&format!("   {} {line}\n", if index == 0 { "-" } else { " " }));
        }
    }

    /// What was passed over.
    fn skipped(&mut self, skipped: &[String]) {
        skipped.iter().for_each(|what| self.field("  passed over", what));
    }
}
