//! Finding messages in what was pasted: by the words in them, line by line, the most specific first.

use std::{cmp::Reverse, collections::HashMap, sync::LazyLock};

use super::table::{Meaning, Text, Weight, meanings};

/// How far apart the two sides of a `…` in a text may stand: a path or a name fits between them.
const GAP: usize = 512;
/// A longer line is looked at in pieces of this size, so that what is remembered of a line stays small.
const MAX_LINE: usize = 64 << 10;
/// In longer lines it does not count how a program spells a message: reading them again for each message costs too much.
const MAX_SPELLED: usize = 4 << 10;
/// A part of a message that is shorter than this says nothing.
const MIN_PART: usize = 5;
/// Who asks with a part of a message asks with fewer bytes than this.
const MAX_PART: usize = 200;

/// Lower case, one space between words, and none of the signs by which programs spell the same words differently. The
/// sign before a number stays: -9802 is a code, 9802 may be anything.
pub(super) fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = match c {
            '-' if !before.is_alphanumeric() && chars.peek().is_some_and(char::is_ascii_digit) => '-',
            '_' | '-' | '"' | '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => ' ',
            c if c.is_whitespace() => ' ',
            c => c.to_ascii_lowercase(),
        };
        if next != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(next);
        }
        before = c;
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text of the table, in the form in which it is compared.
struct Pattern {
    /// What stands before, between and behind each `…`.
    parts: Vec<String>,
    /// How many bytes of the first part stand before its first word.
    lead: usize,
    /// Of all parts: what is longer says more.
    length: usize,
    meaning: &'static Meaning,
    text: &'static Text,
}

impl Pattern {
    fn new(meaning: &'static Meaning, text: &'static Text) -> Option<(String, Self)> {
        let parts: Vec<String> = text.text.split('…').map(normal).collect();
        let (lead, word) = words(parts.first()?).next()?;
        let word = word.to_owned();
        let length = parts.iter().map(String::len).sum();
        Some((word, Self { parts, lead, length, meaning, text }))
    }

    /// Where it ends in the line, if its first word stands at `at`; and where it begins.
    fn stands_at(&self, line: &str, at: usize) -> Option<(usize, usize)> {
        let start = at.checked_sub(self.lead)?;
        let (first, others) = self.parts.split_first()?;
        if !line.get(start..)?.starts_with(first.as_str()) || !is_whole(line, start, first.len()) {
            return None;
        }
        let mut end = start + first.len();
        for part in others {
            let limit = line.floor_char_boundary(end.saturating_add(GAP));
            let found = line.get(end..limit)?.match_indices(part.as_str()).map(|(at, _)| end + at);
            end = found.into_iter().find(|at| is_whole(line, *at, part.len()))? + part.len();
        }
        Some((start, end))
    }
}

/// The text from `start` on, `length` bytes long, does not begin or end in the middle of a word.
fn is_whole(line: &str, start: usize, length: usize) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let end = start.saturating_add(length);
    let Some((before, part, after)) = line.get(..start).zip(line.get(start..end)).zip(line.get(end..)).map(flat) else {
        return false;
    };
    let begins = !(is_word(before.chars().next_back()) && is_word(part.chars().next()));
    begins && !(is_word(part.chars().next_back()) && is_word(after.chars().next()))
}

fn flat<A, B, C>(((a, b), c): ((A, B), C)) -> (A, B, C) {
    (a, b, c)
}

/// The words of a line, and where they stand.
pub(super) fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let begin = rest.find(char::is_alphanumeric)?;
        let word = rest.get(begin..)?;
        let length = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
        let start = at + begin;
        at = start + length;
        word.get(..length).map(|word| (start, word))
    })
}

/// Every text, by its first word: a line is read once, however many texts there are.
static PATTERNS: LazyLock<HashMap<String, Vec<Pattern>>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vec<Pattern>> = HashMap::new();
    for meaning in meanings() {
        for (word, pattern) in meaning.texts.iter().filter_map(|text| Pattern::new(meaning, text)) {
            all.entry(word).or_default().push(pattern);
        }
    }
    all
});

/// A text that stands in a line.
struct Hit {
    start: usize,
    end: usize,
    pattern: &'static Pattern,
}

/// A message that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) meaning: &'static Meaning,
    pub(super) text: &'static Text,
    /// The line, from 0.
    pub(super) line: usize,
    length: usize,
    /// As the program spells it, with its capitals.
    spelled: bool,
}

impl Found {
    /// What comes first: what says most; then the later line, where the reason stands; then the longer text.
    fn rank(&self) -> (Weight, Reverse<usize>, Reverse<usize>, Reverse<bool>) {
        (self.text.weight, Reverse(self.line), Reverse(self.length), Reverse(self.spelled))
    }
}

/// The messages of all lines, one for each meaning, the likeliest first.
pub(super) fn find(query: &str) -> Vec<Found> {
    let mut best: Vec<Found> = Vec::new();
    for (number, line) in query.lines().enumerate() {
        for piece in pieces(line) {
            of_line(piece, number, &mut best);
        }
    }
    best.sort_by_key(Found::rank);
    best
}

/// A line in pieces that are not too long, cut between words where there are any.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let limit = rest.floor_char_boundary(MAX_LINE);
        let head = rest.get(..limit)?;
        let cut = match limit < rest.len() {
            true => head.rfind(' ').filter(|at| *at > 0).unwrap_or(limit),
            false => limit,
        };
        let (piece, others) = rest.split_at_checked(cut)?;
        rest = others;
        Some(piece)
    })
}

fn of_line(raw: &str, number: usize, best: &mut Vec<Found>) {
    let line = normal(raw);
    let mut hits: Vec<Hit> = Vec::new();
    for (at, word) in words(&line) {
        for pattern in PATTERNS.get(word).into_iter().flatten() {
            hits.extend(pattern.stands_at(&line, at).map(|(start, end)| Hit { start, end, pattern }));
        }
    }
    // What stands within another text is a part of it and says nothing of its own.
    hits.sort_by_key(|hit| (hit.start, Reverse(hit.end)));
    let mut outer: (usize, usize) = (0, 0);
    for hit in hits {
        let is_inner = hit.end <= outer.1 && (hit.start, hit.end) != outer;
        if !is_inner {
            outer = (hit.start, hit.end);
            keep(&hit, raw, number, best);
        }
    }
}

fn keep(hit: &Hit, raw: &str, line: usize, best: &mut Vec<Found>) {
    let Pattern { meaning, text, length, .. } = hit.pattern;
    let spelled = raw.len() <= MAX_SPELLED && raw.contains(text.text);
    let new = Found { meaning, text, line, length: *length, spelled };
    match best.iter_mut().find(|found| found.meaning.id == meaning.id) {
        Some(found) if new.rank() < found.rank() => *found = new,
        Some(_) => {}
        None => best.push(new),
    }
}

/// The messages that the query is a part of: the nearer it comes to the whole, the better.
pub(super) fn find_part(query: &str) -> Vec<Found> {
    let query = normal(query);
    if !(MIN_PART..=MAX_PART).contains(&query.len()) {
        return Vec::new();
    }
    let mut found: Vec<(usize, Found)> = Vec::new();
    for pattern in PATTERNS.values().flatten() {
        let holds = |part: &String| part.match_indices(query.as_str()).any(|(at, _)| is_whole(part, at, query.len()));
        if pattern.parts.iter().any(holds) {
            let Pattern { meaning, text, length, .. } = pattern;
            found.push((*length, Found { meaning, text, line: 0, length: *length, spelled: false }));
        }
    }
    // The table's own order is lost in the index: by name, so that the answer is the same each time.
    found.sort_by_key(|(length, found)| (found.text.weight, *length, found.meaning.id));
    let mut seen: Vec<&str> = Vec::new();
    found.retain(|(_, found)| {
        let new = !seen.contains(&found.meaning.id);
        seen.push(found.meaning.id);
        new
    });
    found.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_become_one() {
        assert_eq!(normal("  SSL_ERROR-x  \u{201c}Y\u{201d}\t(\u{2019}z)  "), "ssl error x y ( z)");
        assert_eq!(normal("NSURLErrorDomain -1200, a-1 (-98)"), "nsurlerrordomain -1200, a 1 (-98)");
        assert_eq!(words("a: \u{e9}b,-9").collect::<Vec<_>>(), [(0, "a"), (3, "\u{e9}b"), (8, "9")]);
    }

    #[test]
    fn a_long_line_is_cut_between_words() {
        let line = "word ".repeat(MAX_LINE);
        let all: Vec<&str> = pieces(&line).collect();
        assert!(all.iter().all(|piece| piece.len() <= MAX_LINE && !piece.trim().is_empty()));
        assert_eq!(all.concat(), line);
        assert!(all.iter().skip(1).all(|piece| piece.starts_with(' ')));
        let line = "\u{1F980}".repeat(MAX_LINE);
        assert_eq!(pieces(&line).collect::<String>(), line);
    }

    #[test]
    fn a_text_within_a_text_does_not_count() {
        let ids = |query: &str| find(query).iter().map(|found| found.meaning.id).collect::<Vec<_>>();
        assert_eq!(ids("self-signed certificate in certificate chain"), ["root_not_trusted"]);
        assert_eq!(ids("xself-signed certificate"), [""; 0]);
        assert_eq!(ids("self-signed certificate and in the chain"), ["self_signed"]);
    }
}
