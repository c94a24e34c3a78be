//! The screen of `tlsmith doctor`: the cause in the first two lines, then what speaks for it, then the mend.

use super::{
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::doctor::{Report, Said, Tried};

/// Evidence shown without `-v`.
const FEW: usize = 4;

/// The screen.
pub(crate) fn screen(report: &Report, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    if let Some(cause) = &report.cause {
        page.headline(report, cause);
        page.evidence(cause);
        page.mend(cause);
        page.others(&report.others);
        page.code(cause);
    }
    if style.verbose {
        page.probes(&report.probes);
        page.fetched(&report.fetched);
    }
    page.text
}

struct Page<'s> {
    style: &'s Style,
    text: String,
}

impl Page<'_> {
    fn headline(&mut self, report: &Report, cause: &Said) {
        let host = match report.host.contains(':') {
            true => format!("[{}]:{}", report.host, report.port),
            false => format!("{}:{}", report.host, report.port),
        };
        let target = self.style.paint(Ink::Strong, &safe(&host));
        let headline = self.style.paint(ink(cause.severity), cause.headline);
        self.text.push_str(&format!("{target}  {headline}\n"));
        self.block(&cause.message, "  ");
    }

    fn evidence(&mut self, cause: &Said) {
        if cause.evidence.is_empty() {
            return;
        }
        self.heading("Evidence");
        let shown = if self.style.verbose { usize::MAX } else { FEW };
        for line in cause.evidence.iter().take(shown) {
            self.item(line);
        }
        if let Some(more @ 1..) = cause.evidence.len().checked_sub(shown) {
            let more = self.style.paint(Ink::Faint, &format!("  {more} more with -v\n"));
            self.text.push_str(&more);
        }
    }

    fn mend(&mut self, cause: &Said) {
        self.heading(if cause.is_error() { "Mend" } else { "What to do" });
        self.block(&cause.fix, "  ");
        let width = cause.mends.iter().map(|mend| columns(&mend.product)).max().unwrap_or_default();
        for mend in &cause.mends {
            let label = self.style.paint(Ink::Faint, &format!("{:width$}", safe(&mend.product)));
            // A line that is to be copied is not broken.
            self.text.push_str(&format!("  {label}  {}\n", safe(&mend.text)));
        }
    }

    fn others(&mut self, others: &[Said]) {
        if others.is_empty() {
            return;
        }
        self.heading("Besides");
        for other in others {
            self.item(&format!("{}: {}", other.headline, other.message));
        }
    }

    fn code(&mut self, cause: &Said) {
        let code = self.style.paint(Ink::Faint, &format!("[{}]", cause.code));
        self.text.push_str(&format!("\n{code}\n"));
    }

    fn probes(&mut self, probes: &[Tried]) {
        self.heading("Tried");
        let rows: Vec<[String; 4]> = probes.iter().map(row).collect();
        let widths: Vec<usize> = (0..3)
            .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell)).max().unwrap_or(0))
            .collect();
        for [what, took, agreed, came] in &rows {
            let [first, second, third] = widths.as_slice() else { return };
            let line = format!("  {what:first$}  {took:>second$}  {agreed:third$}  {came}");
            let line = line.trim_end();
            if columns(line) <= self.style.width {
                self.text.push_str(&format!("{line}\n"));
                continue;
            }
            // What came of it stands below what was tried.
            self.text.push_str(format!("  {what:first$}  {took:>second$}  {agreed}").trim_end());
            self.text.push('\n');
            self.block(came, "      ");
        }
    }

    fn fetched(&mut self, fetched: &[String]) {
        if !fetched.is_empty() {
            self.heading("Fetched");
            fetched.iter().for_each(|line| self.item(line));
        }
    }

    fn heading(&mut self, text: &str) {
        let heading = self.style.paint(Ink::Strong, text);
        self.text.push_str(&format!("\n{heading}\n"));
    }

    fn item(&mut self, text: &str) {
        let lines = wrap(&safe(text), self.style.width.saturating_sub(4));
        for (index, line) in lines.iter().enumerate() {
            self.text.push_str(if index == 0 { "  - " } else { "    " });
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn block(&mut self, text: &str, indent: &str) {
        for line in wrap(&safe(text), self.style.width.saturating_sub(indent.len())) {
            self.text.push_str(&format!("{indent}{line}\n"));
        }
    }
}

/// What was tried, how long it took, what was agreed on, what came of it.
fn row(tried: &Tried) -> [String; 4] {
    let agreed = [tried.protocol.as_deref(), tried.cipher_suite.as_deref(), tried.group.as_deref()];
    let agreed = agreed.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let verdict = match tried.trusted {
        Some(true) => "trusted: ",
        Some(false) => "not trusted: ",
        None => "",
    };
    let error = tried.error.as_ref().map(|error| error.message.clone());
    let leaf = tried.leaf.as_ref().map(|leaf| format!("{verdict}{leaf} ({} sent)", tried.certificates));
    let alert = tried.alert.as_ref().map(|alert| format!("alert {alert}"));
    let came = match (error, leaf, alert) {
        (Some(error), Some(leaf), _) => format!("{leaf}; {error}"),
        (Some(error), None, _) => error,
        (None, leaf, alert) => leaf.or(alert).unwrap_or_default(),
    };
    [tried.what.clone(), format!("{:.0} ms", tried.elapsed_ms), agreed, safe(&came).into_owned()]
}

fn ink(severity: &str) -> Ink {
    match severity {
        "error" => Ink::Bad,
        "warning" => Ink::Warn,
        _ => Ink::Good,
    }
}
