//! The screen of `tlsmith bench`: a table, and the latencies of all kinds over one axis.

use super::{
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::bench::{Report, Row, Summary};

/// Width of the column of labels.
const LABEL: usize = 17;
/// Width of a column of numbers.
const NUMBER: usize = 9;
/// Eighths of a line's height.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// All of it.
pub(crate) fn screen(report: &Report, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    page.head(report);
    page.table(report);
    if report.rows.iter().any(|row| row.first_byte_ms.is_some()) {
        page.first_bytes(report);
    }
    page.plot(report);
    page.failures(report);
    page.text
}

struct Page<'s> {
    style: &'s Style,
    text: String,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn head(&mut self, report: &Report) {
        let (ink, state) = match (report.trusted, &report.error) {
            (Some(false), _) => (Ink::Bad, "NOT TRUSTED, gone on with --insecure"),
            (_, Some(error)) if error.is_about_trust() => (Ink::Bad, "NOT TRUSTED"),
            (_, Some(_)) => (Ink::Bad, "FAILED"),
            (Some(true), None) => (Ink::Good, "trusted"),
            (None, None) => (Ink::Warn, "not judged"),
        };
        let title = self.style.paint(Ink::Strong, &safe(&report.target));
        let state = self.style.paint(ink, state);
        self.line(&format!("{title}  {state}"));
        self.line("");
        if let Some(error) = &report.error {
            let code = self.style.paint(Ink::Bad, &error.code);
            self.line(&code);
            for (indent, text) in [("   ", &error.message), ("   Mend: ", &error.fix)] {
                self.wrapped(indent, text);
            }
            self.line("");
        }
        if let Some(address) = &report.address {
            self.field("Address", address);
        }
        if report.rows.is_empty() {
            return;
        }
        let bounds: Vec<String> = [
            report.count.map(|count| format!("{count} of each kind")),
            report.seconds.map(|seconds| format!("{seconds} s of each kind")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let at_once = match report.concurrency {
            1 => String::from("1 connection at a time"),
            count => format!("{count} connections at a time"),
        };
        let path = report.path.as_ref().map_or_else(String::new, |path| format!(", GET {path} on each"));
        self.field("Load", &format!("{at_once}, {}{path}", bounds.join(" or ")));
        if self.style.verbose {
            for row in &report.rows {
                let of = |name: &Option<String>| name.clone().unwrap_or_else(|| String::from("none"));
                let parameters = format!("{}, {}", of(&row.cipher_suite), of(&row.group));
                self.field(&label(row), &parameters);
            }
        }
    }

    fn field(&mut self, label: &str, value: &str) {
        let label = self.style.paint(Ink::Faint, &format!("{label:<LABEL$}"));
        let lines = wrap(&safe(value), self.style.width.saturating_sub(LABEL));
        for (index, line) in lines.iter().enumerate() {
            match index {
                0 => self.line(&format!("{label}{line}")),
                _ => self.line(&format!("{:LABEL$}{line}", "")),
            }
        }
    }

    /// The text behind `begin`, and under itself.
    fn wrapped(&mut self, begin: &str, text: &str) {
        let indent = columns(begin);
        for (index, line) in wrap(&safe(text), self.style.width.saturating_sub(indent)).iter().enumerate() {
            match index {
                0 => self.line(&format!("{begin}{line}")),
                _ => self.line(&format!("{:indent$}{line}", "")),
            }
        }
    }

    fn table(&mut self, report: &Report) {
        if report.rows.is_empty() {
            return;
        }
        self.line("");
        let head = format!(
            "{:LABEL$}{:>11}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}{:>8}",
            "Handshakes", "per second", "p50 ms", "p90 ms", "p99 ms", "max ms", "errors"
        );
        let head = self.style.paint(Ink::Faint, &head);
        self.line(&head);
        for row in &report.rows {
            match row.latency_ms {
                Some(latency) => {
                    let name = format!("{:<LABEL$}", label(row));
                    let rate = self.style.paint(Ink::Strong, &format!("{:>11}", thousands(row.per_second)));
                    let times: String =
                        [latency.p50, latency.p90, latency.p99, latency.max].iter().map(|time| number(*time)).collect();
                    let failures = format!("{:>8}", row.failures());
                    let ink = if row.failures() == 0 { Ink::Faint } else { Ink::Bad };
                    let failures = self.style.paint(ink, &failures);
                    self.line(&format!("{name}{rate}{times}{failures}"));
                    if row.prepared > u64::from(report.concurrency) && self.style.verbose {
                        let between =
                            format!("{} full handshakes between them for new sessions, not counted", row.prepared);
                        self.wrapped(&format!("{:LABEL$}", ""), &between);
                    }
                    if let Some(why) = &row.why {
                        self.wrapped(&format!("{:LABEL$}", ""), why);
                    }
                }
                None => {
                    let why = row.why.as_deref().unwrap_or("nothing was measured");
                    let begin = format!("{:<LABEL$}", label(row));
                    let status = if row.status == "measured" { "failed" } else { row.status };
                    self.wrapped(&begin, &format!("{status}: {why}"));
                }
            }
        }
    }

    fn first_bytes(&mut self, report: &Report) {
        self.line("");
        let head = format!(
            "{:LABEL$}{:11}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}  {}",
            "First byte", "", "p50 ms", "p90 ms", "p99 ms", "max ms", "HTTP"
        );
        let head = self.style.paint(Ink::Faint, &head);
        self.line(&head);
        for row in &report.rows {
            let Some(Summary { p50, p90, p99, max, .. }) = row.first_byte_ms else { continue };
            let times: String = [p50, p90, p99, max].iter().map(|time| number(*time)).collect();
            let statuses: Vec<&str> = row.http_statuses.keys().map(String::as_str).collect();
            self.line(&format!("{:<LABEL$}{:11}{times}  {}", label(row), "", statuses.join(" ")));
        }
        self.wrapped(&format!("{:LABEL$}", ""), "of the answer, counted from the beginning of the TCP connection");
    }

    /// A line a kind, over one axis that grows by factors: what is left of another is faster than it.
    fn plot(&mut self, report: &Report) {
        let measured: Vec<&Row> = report.rows.iter().filter(|row| row.latency_ms.is_some()).collect();
        let Some(axis) = Axis::over(&measured, self.style.width.saturating_sub(LABEL)) else { return };
        self.line("");
        let title = self.style.paint(Ink::Faint, &format!("{:<LABEL$}{}", "Latency ms", axis.ticks()));
        self.line(&title);
        for row in measured {
            let bars = self.bars(row, &axis);
            self.line(&format!("{:<LABEL$}{bars}", label(row)));
        }
        let legend = match self.style.colour {
            true => "green up to the median, yellow beyond p90, red beyond p99",
            false => "the height of a column: how many took so long",
        };
        let legend = self.style.paint(Ink::Faint, &format!("{:LABEL$}{legend}", ""));
        self.line(&legend);
    }

    fn bars(&self, row: &Row, axis: &Axis) -> String {
        let mut counts = vec![0_u64; axis.columns];
        for bucket in &row.histogram {
            if let Some(count) = counts.get_mut(axis.column(bucket.from_ms)) {
                *count += bucket.count;
            }
        }
        let most = counts.iter().copied().max().unwrap_or_default().max(1);
        let last = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        let ink = |column: usize| match row.latency_ms {
            Some(latency) if column <= axis.column(latency.p50) => Ink::Good,
            Some(latency) if column > axis.column(latency.p99) => Ink::Bad,
            Some(latency) if column > axis.column(latency.p90) => Ink::Warn,
            _ => Ink::Plain,
        };
        let bar = |count: u64| match count {
            0 => ' ',
            // Whatever there is shows: at least an eighth.
            count => {
                usize::try_from((count * 8).div_ceil(most) - 1).ok().and_then(|at| BLOCKS.get(at)).map_or('█', |c| *c)
            }
        };
        let painted = |(column, count): (usize, &u64)| self.style.paint(ink(column), &bar(*count).to_string());
        counts.iter().take(last).enumerate().map(painted).collect()
    }

    fn failures(&mut self, report: &Report) {
        for row in report.rows.iter().filter(|row| row.failures() > 0) {
            self.line("");
            let title = format!("{}: {} failed", label(row), row.failures());
            let title = self.style.paint(Ink::Bad, &title);
            self.line(&title);
            for (code, failures) in &row.errors {
                self.wrapped("   ", &format!("{} x {code}: {}", failures.count, failures.message));
                self.wrapped("   Mend: ", &failures.fix);
            }
        }
    }
}

/// Times from left to right, each column a factor longer than the one before.
struct Axis {
    columns: usize,
    from: f64,
    /// The logarithm of the factor of a column.
    step: f64,
}

impl Axis {
    /// From the shortest to the longest that matters: what comes beyond every p99 by half is put into the last column.
    fn over(rows: &[&Row], width: usize) -> Option<Self> {
        let latencies = || rows.iter().filter_map(|row| row.latency_ms);
        let from = latencies().map(|latency| latency.min).fold(f64::INFINITY, f64::min).max(0.001);
        let to = latencies().map(|latency| latency.max.min(latency.p99 * 1.5)).fold(0.0, f64::max).max(from * 1.5);
        #[expect(clippy::cast_precision_loss, reason = "at most 120 columns")]
        let step = (to / from).ln() / width as f64;
        (from.is_finite() && width > 0).then_some(Self { columns: width, from, step })
    }

    fn column(&self, time: f64) -> usize {
        let at = (time.max(self.from) / self.from).ln() / self.step;
        #[expect(
            clippy::cast_sign_loss,
            clippy::cast_possible_truncation,
            reason = "it is not negative, and bounded below"
        )]
        let column = at.min(1e6) as usize;
        column.min(self.columns.saturating_sub(1))
    }

    /// 1, 2 and 5 with their tens, where there is room.
    fn ticks(&self) -> String {
        let mut line = String::new();
        for exponent in -3..=7 {
            for digit in [1.0, 2.0, 5.0] {
                let value = digit * 10_f64.powi(exponent);
                #[expect(clippy::cast_precision_loss, reason = "at most 120 columns")]
                let end = self.from * (self.step * self.columns as f64).exp();
                if !(self.from..=end).contains(&value) {
                    continue;
                }
                let (column, text) = (self.column(value), format!("{value}"));
                let used = columns(&line);
                if (used == 0 || column > used) && column + columns(&text) <= self.columns {
                    line.push_str(&" ".repeat(column - used));
                    line.push_str(&text);
                }
            }
        }
        line
    }
}

fn label(row: &Row) -> String {
    format!("{} {}", row.protocol, row.scenario)
}

/// A time in its column, with as many decimals as it has meaning.
fn number(time: f64) -> String {
    let text = match time {
        time if time < 10.0 => format!("{time:.2}"),
        time if time < 1000.0 => format!("{time:.1}"),
        time => format!("{time:.0}"),
    };
    format!("{text:>NUMBER$}")
}

/// `12,345` or `123.4`.
fn thousands(value: f64) -> String {
    if value < 1000.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::example;

    fn plain(width: usize) -> Style {
        Style { colour: false, width, verbose: false }
    }

    #[test]
    fn the_screen_at_80_columns() {
        let expected = "\
example.com:443  trusted

Address          192.0.2.1:443
Load             4 connections at a time, 3 s of each kind

Handshakes        per second   p50 ms   p90 ms   p99 ms   max ms  errors
TLSv1.3 full           1,234     1.00     2.00     4.01     8.00       2
TLSv1.3 resumed        456.7     0.50     1.00     2.00     4.00       0
TLSv1.2 full     unsupported: the server does not speak it

Latency ms       0.5              1                 2                      5
TLSv1.3 full                      █                 ▇                ▂         ▁
TLSv1.3 resumed  █                ▇                 ▂                ▁
                 the height of a column: how many took so long

TLSv1.3 full: 2 failed
   2 x transport.reset: it reset the connection
   Mend: Look at its log.
";
        let text = screen(&example(), &plain(80));
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        assert_eq!(text, expected);
    }

    #[test]
    fn no_line_is_longer_than_the_screen_and_nothing_steers_it() {
        let mut report = example();
        report.target = String::from("\u{1b}[2J");
        if let Some(row) = report.rows.last_mut() {
            row.why = Some("very long \u{202e} reason ".repeat(30));
        }
        for width in 60..=120 {
            let text = screen(&report, &plain(width));
            assert!(text.lines().all(|line| columns(line) <= width.max(73)), "{width}\n{text}");
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(
            (thousands(0.0), thousands(999.94), thousands(1234.5)),
            ("0.0".into(), "999.9".into(), "1,234".into())
        );
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(
            (number(0.123), number(12.34), number(12345.6)),
            ("     0.12".into(), "     12.3".into(), "    12346".into())
        );
    }

    #[test]
    fn the_axis_holds_all_and_its_ticks_are_where_their_values_are() {
        let report = example();
        let rows: Vec<&Row> = report.rows.iter().filter(|row| row.latency_ms.is_some()).collect();
        for width in 10..110 {
            let axis = Axis::over(&rows, width).unwrap();
            let ticks = axis.ticks();
            assert!(columns(&ticks) <= width);
            for tick in ticks.split_whitespace() {
                let at = ticks
                    .split(' ')
                    .scan(0, |at, word| {
                        let here = *at;
                        *at += word.len() + 1;
                        Some((here, word))
                    })
                    .find(|(_, word)| *word == tick)
                    .unwrap()
                    .0;
                assert_eq!(at, axis.column(tick.parse().unwrap()), "{width}: {ticks:?}");
            }
            assert!(axis.column(1e9) < width && axis.column(0.0) == 0);
        }
    }
}
