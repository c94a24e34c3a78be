//! The screen of `tlsmith explain`: what it means, the causes in order, what to try.

use super::{
    page::Page,
    style::{Ink, Style},
    text::{columns, safe, wrap},
};
use crate::explain::{Answer, Part, Report};

/// Width of the column of a name's parts.
const PARTS: usize = 20;

/// All of it: the likeliest answer in full, the others by their titles (with `-v` in full as well).
pub(crate) fn screen(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    let Some((first, others)) = report.answers.split_first() else {
        nothing(&mut page, report);
        unread(&mut page, report);
        return page.text;
    };
    answer(&mut page, first);
    if style.verbose {
        for other in others {
            page.text.push('\n');
            answer(&mut page, other);
        }
    } else if !others.is_empty() {
        page.text.push_str(&format!("\n{}\n", style.paint(Ink::Faint, "It may also be (-v says more):")));
        others.iter().for_each(|other| {
            let line = other.line.map_or_else(String::new, |line| format!(" (line {line})"));
            lines(&mut page, "  ", &format!("{}: {}{line}", other.id, other.title));
        });
    }
    if report.more > 0 {
        let other = if report.more == 1 { "one more meaning was" } else { "more meanings were" };
        let count = if report.more == 1 { String::new() } else { format!("{} ", report.more) };
        lines(&mut page, "", &format!("{count}{other} found and left out: explain the line in question alone."));
    }
    unread(&mut page, report);
    page.text
}

fn unread(page: &mut Page<'_>, report: &Report) {
    if let Some(unread) = &report.unread {
        let text = page.style.paint(Ink::Bad, "Not all of it was looked at:");
        page.text.push_str(&format!("\n{text}\n"));
        lines(page, "  ", unread);
    }
}

fn nothing(page: &mut Page<'_>, report: &Report) {
    let title = page.style.paint(Ink::Bad, "Nothing is known about this.");
    page.text.push_str(&format!("{title}\n"));
    if !report.suggestions.is_empty() {
        page.text.push_str("Did you mean:\n");
        report.suggestions.iter().for_each(|near| lines(page, "  ", near));
    }
    lines(page, "", "tlsmith explain --list shows what is known; tlsmith doctor HOST looks for itself.");
}

fn answer(page: &mut Page<'_>, answer: &Answer) {
    let title = page.style.paint(Ink::Strong, &answer.title);
    page.text.push_str(&format!("{title}\n"));
    if let (Some(program), Some(matched)) = (answer.program, answer.matched) {
        let line = answer.line.map_or_else(String::new, |line| format!("line {line}, "));
        // curl begins its messages with its own name.
        let program = match matched.starts_with(&format!("{program}:")) {
            true => String::new(),
            false => format!("{program}: "),
        };
        let source = page.style.paint(Ink::Faint, &format!("{line}{program}{}", safe(matched)));
        page.text.push_str(&format!("{source}\n"));
    }
    lines(page, "", &answer.means);
    if let Some(note) = answer.note {
        lines(page, "", note);
    }
    if !answer.parts.is_empty() {
        page.text.push('\n');
        answer.parts.iter().for_each(|one| part(page, one));
    }
    if !answer.causes.is_empty() {
        // A word or a signal is no fault: it has none.
        let is_fault = !matches!(answer.kind, "term" | "cipher_suite");
        head(page, if is_fault { "Likely causes" } else { "What goes wrong with it" });
        for (index, cause) in answer.causes.iter().enumerate() {
            lines(page, &format!("  {}. ", index + 1), cause);
        }
    }
    if let Some(fix) = &answer.fix {
        head(page, "Mend");
        lines(page, "  ", fix);
    }
    if !answer.commands.is_empty() {
        head(page, "Try");
        // Commands are there to be copied: they are not broken.
        answer.commands.iter().for_each(|command| page.text.push_str(&format!("  {}\n", safe(command))));
    }
    let written = answer.section.iter().chain(&answer.related).cloned().collect::<Vec<_>>().join(", ");
    if !written.is_empty() {
        page.text.push('\n');
        let label = page.style.paint(Ink::Faint, "See");
        let rest = wrap(&written, page.style.width.saturating_sub(4));
        for (index, line) in rest.iter().enumerate() {
            page.text.push_str(&if index == 0 { format!("{label} {line}\n") } else { format!("    {line}\n") });
        }
    }
}

fn part(page: &mut Page<'_>, part: &Part) {
    let name = part.name.replace('_', " ").replace("openssl", "OpenSSL");
    let ink = match part.name {
        "verdict" if part.value.starts_with("do not") || part.value.starts_with("broken") => Ink::Bad,
        "verdict" if part.value.starts_with("recommended") => Ink::Good,
        _ => Ink::Plain,
    };
    for (index, line) in wrap(&part.value, page.style.width.saturating_sub(PARTS + 2)).iter().enumerate() {
        let label = if index == 0 { name.as_str() } else { "" };
        let label = page.style.paint(Ink::Faint, &format!("{label:<PARTS$}"));
        let line = page.style.paint(ink, &safe(line));
        page.text.push_str(&format!("  {label}{line}\n"));
    }
}

fn head(page: &mut Page<'_>, text: &str) {
    let text = page.style.paint(Ink::Strong, text);
    page.text.push_str(&format!("\n{text}\n"));
}

/// The text behind `begin`, and under itself.
fn lines(page: &mut Page<'_>, begin: &str, text: &str) {
    let indent = columns(begin);
    for (index, line) in wrap(&safe(text), page.style.width.saturating_sub(indent)).iter().enumerate() {
        let begin = if index == 0 { begin } else { "" };
        page.text.push_str(&format!("{begin:indent$}{line}\n"));
    }
}
