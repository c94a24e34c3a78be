//! Finding what is meant: names exactly, messages by the words in them.

use super::{
    Answer, Report, alert, codes, group, numbers,
    openssl::{self, Packed},
    scheme, suite,
    table::{Meaning, Text, Weight, meanings},
    term,
    texts::{self, Found, normal},
    version,
};

/// More explanations than this do not explain.
const MAX_ANSWERS: usize = 4;
/// How many suggestions are made.
const MAX_SUGGESTIONS: usize = 5;
/// A longer text is no name, and no name with a typing mistake either.
const MAX_NAME: usize = 120;
/// Names within a text are looked for in a few lines, not in a log.
const MAX_SCANNED: usize = 4 << 10;
/// A suggestion differs in one letter out of so many at most: a typing mistake, not another name.
const LETTERS_A_MISTAKE: usize = 6;
/// How much of a long query is shown again.
const MAX_ECHO: usize = 400;

/// Everything known about `query`.
pub(crate) fn look_up(query: &str) -> Report {
    let query = query.trim();
    let mut answers = if query.len() <= MAX_NAME { by_name(query) } else { Vec::new() };
    if answers.is_empty() {
        answers = by_text(query);
    }
    let mut seen: Vec<(&str, String)> = Vec::new();
    answers.retain(|answer| {
        let key = (answer.kind, answer.id.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    let more = answers.len().saturating_sub(MAX_ANSWERS);
    answers.truncate(MAX_ANSWERS);
    let suggestions = if answers.is_empty() { suggestions(query) } else { Vec::new() };
    Report { query: query.chars().take(MAX_ECHO).collect(), answers, more, unread: None, suggestions }
}

/// The query is the name of one thing, or a number that stands for several.
fn by_name(query: &str) -> Vec<Answer> {
    let alert = alert::named(query).map(alert::answer);
    // A message that says what the alert says is not told twice.
    let message = meanings().find(|meaning| meaning.id == query).filter(|_| alert.is_none());
    let named = [
        codes::code(query),
        alert,
        version::explain(query),
        term::explain(query),
        suite::explain(query),
        group::explain(query),
        scheme::explain(query),
        message.map(|meaning| answer(meaning, None)),
    ];
    numbers::explain(query).into_iter().chain(named.into_iter().flatten()).collect()
}

/// What stands in the query: messages that give a reason; else OpenSSL's code; else an alert; else messages that stand
/// before many a reason; else names.
fn by_text(query: &str) -> Vec<Answer> {
    let several = query.lines().nth(1).is_some();
    let found = texts::find(query);
    let of_weight = |weight: Weight| {
        let found = found.iter().filter(move |found| found.text.weight == weight);
        found.map(|found| message(found, several)).collect::<Vec<_>>()
    };
    let alerts = alerts(query);
    let mut answers = of_weight(Weight::Reason);
    if !answers.is_empty() {
        // Of an alert only what no message says already.
        let said =
            |alert: &Answer| alert.related.iter().any(|code| answers.iter().any(|one| one.related.contains(code)));
        let unsaid: Vec<Answer> = alerts.into_iter().filter(|alert| !said(alert)).collect();
        answers.extend(unsaid);
        return answers;
    }
    match openssl::in_text(query) {
        Some(Packed::Alert(alert)) => return vec![alert::answer(alert)],
        Some(Packed::Reason(words)) => {
            // A code that is no more precise than the words beside it adds nothing to them.
            let is_new = |packed: &&Found| packed.text.weight == Weight::Reason || found.is_empty();
            answers = texts::find(words).iter().filter(is_new).map(|found| message(found, false)).collect();
        }
        None => answers = alerts,
    }
    for weight in [Weight::Vague, Weight::Frame] {
        if answers.is_empty() {
            answers = of_weight(weight);
        }
    }
    if answers.is_empty() && query.len() <= MAX_SCANNED {
        answers = names_in(query);
    }
    if answers.is_empty() {
        answers = texts::find_part(query).iter().map(|found| message(found, false)).collect();
    }
    answers
}

/// Alerts in any line, the last first.
fn alerts(query: &str) -> Vec<Answer> {
    let mut found = Vec::new();
    for alert in query.lines().rev().flat_map(alert::in_line) {
        if !found.contains(&alert) {
            found.push(alert);
        }
    }
    found.into_iter().map(alert::answer).collect()
}

/// Suites, groups and schemes that stand in a line: `Cipher is ECDHE-RSA-AES128-GCM-SHA256`.
fn names_in(query: &str) -> Vec<Answer> {
    let is_end = |c: char| c.is_whitespace() || ",;:()[]{}\"'/=".contains(c);
    let words = || query.split(is_end).filter(|word| (5..=MAX_NAME).contains(&word.len()));
    let suites = words().filter_map(suite::explain);
    suites.chain(words().filter_map(group::explain)).chain(words().filter_map(scheme::explain)).collect()
}

fn message(found: &Found, several: bool) -> Answer {
    Answer { line: several.then_some(found.line + 1), ..answer(found.meaning, Some(found.text)) }
}

pub(super) fn answer(meaning: &'static Meaning, text: Option<&'static Text>) -> Answer {
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
    Answer {
        kind: "message",
        id: meaning.id.to_owned(),
        title: meaning.title.to_owned(),
        program: text.map(|text| text.of),
        matched: text.map(|text| text.text),
        means: meaning.means.to_owned(),
        note: text.map(|text| text.note).filter(|note| !note.is_empty()),
        causes: owned(meaning.causes),
        commands: owned(meaning.commands),
        related: owned(meaning.codes),
        ..Answer::default()
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Every name and text, for `--list` and for suggestions.
pub(crate) fn everything() -> Vec<String> {
    let mut all: Vec<String> = codes::all().collect();
    all.extend(tlsmith::registry::AlertDescription::KNOWN.iter().map(ToString::to_string));
    all.extend(version::all());
    all.extend(term::all().map(str::to_owned));
    all.extend(suite::all());
    all.extend(group::all().map(str::to_owned));
    all.extend(scheme::all());
    all.extend(meanings().flat_map(|meaning| meaning.texts).map(|text| text.text.to_owned()));
    all
}

/// What the query may be with a typing mistake in it. The work grows with both lengths, so only short ones are compared.
fn suggestions(query: &str) -> Vec<String> {
    if query.len() > MAX_NAME {
        return Vec::new();
    }
    let wanted = normal(query);
    let mistakes = wanted.len() / LETTERS_A_MISTAKE;
    let mut near: Vec<(usize, String)> = Vec::new();
    for candidate in everything() {
        let name = normal(&candidate);
        // Another number is another thing: curl: (16) is not curl: (6).
        if name.len().abs_diff(wanted.len()) <= mistakes && numbers_of(&name).eq(numbers_of(&wanted)) {
            let distance = strsim::osa_distance(&name, &wanted);
            if distance <= mistakes {
                near.push((distance, candidate));
            }
        }
    }
    near.sort();
    near.dedup();
    near.truncate(MAX_SUGGESTIONS);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// The words of a text that are numbers.
fn numbers_of(text: &str) -> impl Iterator<Item = &str> {
    texts::words(text).map(|(_, word)| word).filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
}
