//! Showing: the same report as text for people or as JSON for programs. Only here is anything written to standard
//! output (but for the peer's bytes in a conversation).

mod bench;
pub(crate) mod cert;
mod connect;
mod doctor;
mod explain;
mod page;
pub(crate) mod pki;
mod style;
pub(crate) mod text;
mod trace;

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::{
    bench::Report as BenchReport,
    connect::Report,
    doctor::Report as DoctorReport,
    exit::{Exit, Usage},
    explain::Report as ExplainReport,
};
use style::Style;

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Destination {
    /// Writes all of `text`, and says whether that went well. A reader that has gone away has seen enough; the exit code
    /// does not change for it, nor for standard error.
    fn write(self, text: &str) -> bool {
        self.write_bytes(text.as_bytes())
    }

    fn write_bytes(self, bytes: &[u8]) -> bool {
        let result = match self {
            Self::Stdout => to_stdout(bytes),
            Self::Stderr => io::stderr().lock().write_all(bytes),
        };
        if let (Self::Stdout, Err(error)) = (self, result) {
            warn(&format!("standard output: {}", crate::files::describe(&error)));
            return false;
        }
        true
    }

    fn style(self, verbose: bool) -> Style {
        let is_terminal = match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        };
        Style::detect(is_terminal, verbose)
    }
}

/// Writes all of it. A reader that has gone away has seen enough.
fn to_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// One document on standard output; whether it is there.
pub(crate) fn json(report: &impl Serialize) -> bool {
    match serde_json::to_string_pretty(report) {
        Ok(mut text) => {
            text.push('\n');
            Destination::Stdout.write(&text)
        }
        // Reports hold strings, numbers and lists: there is nothing in them that JSON has no form for.
        Err(error) => {
            warn(&format!("the report cannot be written as JSON: {error}"));
            false
        }
    }
}

/// The screen of `connect`, as far as it is known after the handshake: the drawing, if asked for, and the findings.
/// Whether it was written.
pub(crate) fn screen(report: &Report, to: Destination, verbose: bool) -> bool {
    let style = to.style(verbose);
    to.write(&format!("{}{}", trace::draw(report, &style), connect::screen(report, &style)))
}

/// The screen of `bench`; whether it was written.
pub(crate) fn bench_screen(report: &BenchReport, verbose: bool) -> bool {
    let to = Destination::Stdout;
    to.write(&bench::screen(report, &to.style(verbose)))
}

/// The screen of `doctor`; whether it was written.
pub(crate) fn doctor_screen(report: &DoctorReport, verbose: bool) -> bool {
    let to = Destination::Stdout;
    to.write(&doctor::screen(report, &to.style(verbose)))
}

/// The screen of `explain`; whether it was written.
pub(crate) fn explain_screen(report: &ExplainReport, verbose: bool) -> bool {
    let to = Destination::Stdout;
    to.write(&explain::screen(report, &to.style(verbose)))
}

/// What the conversation after the screen added; whether it was written.
pub(crate) fn afterword(report: &Report, to: Destination, verbose: bool) -> bool {
    report.reply.is_none() || to.write(&connect::afterword(report, &to.style(verbose)))
}

/// What a command made, on standard output as it is. What cannot be written there is a mistake as with any file.
pub(crate) fn bytes(content: &[u8]) -> Result<(), Usage> {
    let failed = |error: io::Error| format!("standard output: {}", crate::files::describe(&error));
    to_stdout(content).map_err(|error| Usage::new("usage.output", failed(error), ""))
}

/// With `--json`, the document is there whatever happens; the line on standard error and the exit code are as without it.
pub(crate) fn document_of(result: Result<Exit, Usage>, json: bool) -> Result<Exit, Usage> {
    if let (Err(usage), true) = (&result, json) {
        self::json(&usage.document());
    }
    result
}

/// Text for people on standard output, made for its width; whether it was written.
pub(crate) fn plain(text: impl FnOnce(usize) -> String) -> bool {
    Destination::Stdout.write(&text(Destination::Stdout.style(false).width))
}

/// Something worth knowing, on standard error.
pub(crate) fn note(text: &str) {
    Destination::Stderr.write(&format!("tlsmith: note: {}\n", text::safe(text)));
}

/// Something wrong that does not end the command, on standard error.
pub(crate) fn warn(text: &str) {
    Destination::Stderr.write(&format!("tlsmith: warning: {}\n", text::safe(text)));
}
