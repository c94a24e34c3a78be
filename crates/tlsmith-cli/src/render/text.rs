//! Text that may come from a hostile peer: made harmless, and broken into lines.

use std::borrow::Cow;

/// Whether a terminal could be steered, or a reader deceived, by this character: controls, directional and
/// zero-width characters, line separators, private use.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// The text with every unsafe character written as `\u{..}`.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_unsafe) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(text.chars().fold(String::new(), |mut out, c| {
            match is_unsafe(c) {
                true => out.extend(c.escape_unicode()),
                false => out.push(c),
            }
            out
        })),
    }
}

/// A peer's bytes for a terminal: line ends and tabs as they are, all else that is not text escaped.
///
/// They come in pieces that are cut anywhere: the beginning of a character waits for its end.
#[derive(Debug, Default)]
pub(crate) struct ForTerminal {
    pending: Vec<u8>,
}

impl ForTerminal {
    /// The next piece.
    pub(crate) fn push(&mut self, data: &[u8]) -> String {
        self.pending.extend_from_slice(data);
        let complete = complete(&self.pending);
        let rest = self.pending.split_off(complete);
        let text = escape(&self.pending);
        self.pending = rest;
        text
    }

    /// What waits for an end that does not come.
    pub(crate) fn finish(&mut self) -> String {
        escape(&std::mem::take(&mut self.pending))
    }
}

/// How many bytes at the front do not depend on what follows.
fn complete(data: &[u8]) -> usize {
    if data.last() == Some(&b'\r') {
        return data.len() - 1;
    }
    // The last character, if it has begun: its first byte says how long it is.
    let start = data.iter().rev().take(4).position(|byte| byte & 0xc0 != 0x80).map(|back| data.len() - 1 - back);
    match start.and_then(|start| data.get(start..).map(|tail| (start, tail))) {
        Some((start, tail @ [first, ..])) => {
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => 1,
            };
            if tail.len() < length { start } else { data.len() }
        }
        _ => data.len(),
    }
}

fn escape(data: &[u8]) -> String {
    let mut out = String::with_capacity(data.len());
    for chunk in data.utf8_chunks() {
        let mut chars = chunk.valid().chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\n' | '\t' => out.push(c),
                // Before a line end it is a part of that; alone it would let a line be written over.
                '\r' if chars.peek() == Some(&'\n') => {}
                c if is_unsafe(c) => out.extend(c.escape_unicode()),
                c => out.push(c),
            }
        }
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out
}

/// Breaks `text` at spaces into lines of at most `width` characters; a word that is longer is cut.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        used += word.len();
        line.extend(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// How many columns the text takes, one a character.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(safe("CN=bücher.example"), "CN=bücher.example");
        assert_eq!(safe("a\x1b[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(safe("a\u{202e}b\u{9b}c\nd"), "a\\u{202e}b\\u{9b}c\\u{a}d");
        assert_eq!(safe("zero\u{200b}width\u{feff}"), "zero\\u{200b}width\\u{feff}");
    }

    #[test]
    fn bytes_for_a_terminal() {
        let for_terminal = |data: &[u8]| {
            let whole = {
                let mut text = ForTerminal::default();
                text.push(data) + &text.finish()
            };
            let mut text = ForTerminal::default();
            let pieces: String = data.iter().map(|byte| text.push(&[*byte])).collect();
            assert_eq!(pieces + &text.finish(), whole, "cut anywhere it is the same");
            whole
        };
        assert_eq!(for_terminal(b"HTTP/1.1 200 OK\r\n\r\n"), "HTTP/1.1 200 OK\n\n");
        assert_eq!(for_terminal(b"over\rwrite\x1b]0;title\x07\xff\t."), "over\\u{d}write\\u{1b}]0;title\\u{7}\\xff\t.");
        assert_eq!(for_terminal("grün € 🦀".as_bytes()), "grün € 🦀");
        assert_eq!(for_terminal(b"\xe2\x82"), "\\xe2\\x82");
        assert_eq!(for_terminal(b"\xf0\x9fa\x80\x80\x80\x80\x80\r"), "\\xf0\\x9fa\\x80\\x80\\x80\\x80\\x80\\u{d}");
    }

    #[test]
    fn lines_are_never_too_long_and_lose_nothing() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("", 4), [""]);
        for width in 1..20 {
            let text = "ecdsa_secp256r1_sha256 and x25519 or äöü";
            let lines = wrap(text, width);
            assert!(lines.iter().all(|line| columns(line) <= width), "{width}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
