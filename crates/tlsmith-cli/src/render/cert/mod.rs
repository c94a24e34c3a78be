//! The screens of `tlsmith cert`.

mod chain;
mod check;
mod diff;
mod matching;
mod pin;
mod show;
mod verify;

use super::{Destination, style::Style};
use crate::cert::{ChainReport, CheckReport, DiffReport, MatchReport, PinReport, ShowReport, VerifyReport};

/// The screen of `cert show`; whether it was written.
pub(crate) fn show(report: &ShowReport, verbose: bool) -> bool {
    write(verbose, |style| show::screen(report, style))
}

/// The screen of `cert pin`; whether it was written.
pub(crate) fn pin(report: &PinReport, verbose: bool) -> bool {
    write(verbose, |style| pin::screen(report, style))
}

/// The screen of `cert verify`; whether it was written.
pub(crate) fn verify(report: &VerifyReport, verbose: bool) -> bool {
    write(verbose, |style| verify::screen(report, style))
}

/// The screen of `cert check`; whether it was written.
pub(crate) fn check(report: &CheckReport, verbose: bool) -> bool {
    write(verbose, |style| check::screen(report, style))
}

/// The screen of `cert diff`; whether it was written.
pub(crate) fn diff(report: &DiffReport, verbose: bool) -> bool {
    write(verbose, |style| diff::screen(report, style))
}

/// The screen of `cert match`; whether it was written.
pub(crate) fn matching(report: &MatchReport, verbose: bool) -> bool {
    write(verbose, |style| matching::screen(report, style))
}

/// The screen of `cert chain`; whether it was written.
pub(crate) fn chain(report: &ChainReport, verbose: bool) -> bool {
    write(verbose, |style| chain::screen(report, style))
}

fn write(verbose: bool, screen: impl FnOnce(&Style) -> String) -> bool {
    let to = Destination::Stdout;
    to.write(&screen(&to.style(verbose)))
}

/// `1 certificate`, `2 certificates`.
fn certificates(count: usize) -> String {
    match count {
        1 => String::from("1 certificate"),
        count => format!("{count} certificates"),
    }
}
