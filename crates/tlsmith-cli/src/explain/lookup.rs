//! Finding what is meant: names exactly, messages by the words in them.

use std::sync::LazyLock;

use tlsmith::{error::Rule, registry::AlertDescription};

use super::{
    Answer, Report, codes, group, scheme, suite,
    table::{Meaning, Text, meanings},
};

/// More explanations than this do not explain.
const MAX_ANSWERS: usize = 4;
/// How many suggestions are made.
const MAX_SUGGESTIONS: usize = 5;
/// A part of a message that is shorter than this says nothing.
const MIN_PART: usize = 5;
/// How alike a suggestion has to be (Jaro-Winkler).
const ALIKE: f64 = 0.8;
/// How much of a long query is shown again.
const MAX_ECHO: usize = 400;

/// Everything known about `query`.
pub(crate) fn look_up(query: &str) -> Report {
    let mut answers: Vec<Answer> = by_name(query);
    if answers.is_empty() {
        answers = by_text(query);
        answers.extend(alert_in(query).map(alert));
    }
    let mut seen: Vec<(&str, String)> = Vec::new();
    answers.retain(|answer| {
        let key = (answer.kind, answer.id.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    answers.truncate(MAX_ANSWERS);
    let suggestions = if answers.is_empty() { suggestions(query) } else { Vec::new() };
    Report { query: query.chars().take(MAX_ECHO).collect(), answers, suggestions }
}

/// The query is the name of one thing.
fn by_name(query: &str) -> Vec<Answer> {
    let named = [
        codes::code(query),
        alert_named(query).map(alert),
        suite::explain(query),
        group::explain(query),
        scheme::explain(query),
        meanings().find(|meaning| meaning.id == query).map(|meaning| message(meaning, None)),
    ];
    named.into_iter().flatten().collect()
}

/// Lower case, one space between words, and none of the signs by which programs spell the same words differently.
fn normal(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| match c {
            '_' | '-' | '"' | '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => ' ',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every text, in the form in which it is compared.
static TEXTS: LazyLock<Vec<(String, &Meaning, &Text)>> = LazyLock::new(|| {
    let of = |meaning: &'static Meaning| meaning.texts.iter().map(move |text| (normal(text.text), meaning, text));
    meanings().flat_map(of).collect()
});

/// Messages whose words stand in the query, the longest first; else those that the query is a part of.
fn by_text(query: &str) -> Vec<Answer> {
    let query = normal(query);
    let mut found: Vec<(usize, &Meaning, &Text)> = TEXTS
        .iter()
        .filter(|(words, ..)| contains_words(&query, words))
        .map(|(words, meaning, text)| (words.len(), *meaning, *text))
        .collect();
    if found.is_empty() && query.len() >= MIN_PART {
        // The nearer the query comes to the whole message, the better.
        found = TEXTS
            .iter()
            .filter(|(words, ..)| contains_words(words, &query))
            .map(|(words, meaning, text)| (usize::MAX - words.len(), *meaning, *text))
            .collect();
    }
    found.sort_by_key(|(length, _, text)| (text.general, std::cmp::Reverse(*length)));
    found.into_iter().map(|(_, meaning, text)| message(meaning, Some(text))).collect()
}

/// `part` stands in `whole`, and not in the middle of a word.
fn contains_words(whole: &str, part: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    whole.match_indices(part).any(|(at, _)| {
        let before = whole.get(..at).and_then(|text| text.chars().next_back());
        let after = whole.get(at + part.len()..).and_then(|text| text.chars().next());
        let begins = !(is_word(before) && is_word(part.chars().next()));
        begins && !(is_word(after) && is_word(part.chars().next_back()))
    })
}

fn message(meaning: &'static Meaning, text: Option<&'static Text>) -> Answer {
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

/// `unknown_ca`, `alert unknown_ca`, `tlsv1 alert unknown ca`, `48` with the word alert.
fn alert_named(query: &str) -> Option<AlertDescription> {
    let words = normal(query);
    let name = words.strip_prefix("alert ").unwrap_or(&words);
    AlertDescription::KNOWN.iter().copied().find(|alert| normal(&alert.to_string()) == name)
}

/// An alert that is named by its number in a longer text: `SSL alert number 48`, `alert 48`.
fn alert_in(query: &str) -> Option<AlertDescription> {
    let words = normal(query);
    let after = words.split_once("alert number ").or_else(|| words.split_once("alert "))?.1;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let number = AlertDescription(digits.parse().ok()?);
    number.name().map(|_| number)
}

fn alert(alert: AlertDescription) -> Answer {
    let row = Rule::PeerAlert(alert).row();
    let meaning = meanings().find(|meaning| meaning.codes.contains(&row.code));
    let list = |part: fn(&Meaning) -> &[&'static str]| {
        meaning.map(part).unwrap_or_default().iter().map(|item| (*item).to_owned()).collect()
    };
    Answer {
        kind: "alert",
        id: alert.to_string(),
        title: format!("The alert {alert} ({})", alert.0),
        means: format!("{}. {}", capital(row.what), row.why),
        causes: list(|meaning| meaning.causes),
        fix: Some(row.fix.to_owned()),
        commands: list(|meaning| meaning.commands),
        section: Some(row.section.to_owned()),
        related: vec![row.code.to_owned()],
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
    all.extend(AlertDescription::KNOWN.iter().map(ToString::to_string));
    all.extend(suite::all());
    all.extend(group::all().map(str::to_owned));
    all.extend(scheme::all());
    all.extend(meanings().flat_map(|meaning| meaning.texts).map(|text| text.text.to_owned()));
    all
}

fn suggestions(query: &str) -> Vec<String> {
    let wanted = normal(query);
    let likeness = |candidate: &String| strsim::jaro_winkler(&normal(candidate), &wanted);
    let mut near: Vec<(f64, String)> = everything()
        .into_iter()
        .map(|candidate| (likeness(&candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.truncate(MAX_SUGGESTIONS);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}
