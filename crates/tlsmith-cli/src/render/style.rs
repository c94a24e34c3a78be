//! Colour and width, decided once for each destination.

use std::env;

/// The width where there is no terminal to ask.
const DEFAULT_WIDTH: usize = 80;
/// Lines longer than this are hard to read.
const MAX_WIDTH: usize = 120;
/// Narrower than this nothing can be aligned.
const MIN_WIDTH: usize = 60;

/// How to show things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) colour: bool,
    pub(crate) width: usize,
    pub(crate) verbose: bool,
}

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Text as it is.
    Plain,
    /// A heading.
    Strong,
    /// A label, or what matters less.
    Faint,
    /// All is well.
    Good,
    /// Worth a thought.
    Warn,
    /// Wrong.
    Bad,
}

impl Style {
    /// Colour on a terminal only, and not where `NO_COLOR` is set (to anything but nothing) or the terminal is dumb.
    pub(crate) fn detect(is_terminal: bool, verbose: bool) -> Self {
        let forbidden = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|term| term == "dumb");
        let width = match is_terminal {
            true => terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)),
            false => DEFAULT_WIDTH,
        };
        Self { colour: is_terminal && !forbidden, width: width.clamp(MIN_WIDTH, MAX_WIDTH), verbose }
    }

    /// The text in its ink.
    pub(crate) fn paint(&self, ink: Ink, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Plain => return text.to_owned(),
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Good => "32",
            Ink::Warn => "33",
            Ink::Bad => "1;31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_colour_but_on_a_terminal() {
        assert!(!Style::detect(false, false).colour);
        let plain = Style { colour: false, width: 80, verbose: false };
        assert_eq!(plain.paint(Ink::Bad, "x"), "x");
        let bright = Style { colour: true, ..plain };
        assert_eq!(bright.paint(Ink::Good, "x"), "\x1b[32mx\x1b[0m");
        assert_eq!(bright.paint(Ink::Good, ""), "");
    }
}
