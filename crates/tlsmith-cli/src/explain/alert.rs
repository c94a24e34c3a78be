//! Alerts, by name, by number, and as programs write them into a line.

use std::{collections::HashMap, sync::LazyLock};

use tlsmith::{error::Rule, registry::AlertDescription};

use super::{
    Answer,
    lookup::capital,
    table::{Meaning, meanings},
    texts::{normal, words},
};

/// The names of alerts that some programs use instead of the registry's, without spaces.
const ALIASES: &[(&str, AlertDescription)] = &[
    ("handshakefailed", AlertDescription::HANDSHAKE_FAILURE),
    ("expiredcertificate", AlertDescription::CERTIFICATE_EXPIRED),
    ("revokedcertificate", AlertDescription::CERTIFICATE_REVOKED),
    ("unknowncertificate", AlertDescription::CERTIFICATE_UNKNOWN),
    ("unknowncertificateauthority", AlertDescription::UNKNOWN_CA),
    ("caisunknown", AlertDescription::UNKNOWN_CA),
    ("certificateisbad", AlertDescription::BAD_CERTIFICATE),
    ("certificateisnotsupported", AlertDescription::UNSUPPORTED_CERTIFICATE),
    ("certificatewasrevoked", AlertDescription::CERTIFICATE_REVOKED),
    ("certificateisexpired", AlertDescription::CERTIFICATE_EXPIRED),
    ("errorinprotocolversion", AlertDescription::PROTOCOL_VERSION),
    ("protocolversionnotsupported", AlertDescription::PROTOCOL_VERSION),
    ("unsupportedprotocolversion", AlertDescription::PROTOCOL_VERSION),
];

/// What may stand between the word that announces an alert and the alert.
const FILLERS: &[&str] = &[
    "alert",
    "code",
    "description",
    "desc",
    "error",
    "fatal",
    "is",
    "level",
    "message",
    "number",
    "received",
    "ssl",
    "tls",
    "tlsv1",
    "type",
    "value",
    "was",
    "2",
];
/// The longest name has so many words: `bad_certificate_status_response`.
const MAX_WORDS: usize = 4;
/// So many fillers are passed over: `alert: Level: Fatal, Description: ...`.
const MAX_FILLERS: usize = 4;

/// `unknown_ca`, `alert unknown_ca`, `UnknownCA`.
pub(super) fn named(query: &str) -> Option<AlertDescription> {
    let query = normal(query);
    let name = query.strip_prefix("alert ").unwrap_or(&query);
    by_name(&name.replace(' ', ""))
}

/// Every name without spaces, the other spellings included.
static NAMES: LazyLock<HashMap<String, AlertDescription>> = LazyLock::new(|| {
    let known = AlertDescription::KNOWN.iter().map(|alert| (alert.to_string().replace('_', ""), *alert));
    known.chain(ALIASES.iter().map(|(alias, alert)| ((*alias).to_owned(), *alert))).collect()
});

/// An alert, by its name without spaces.
fn by_name(compact: &str) -> Option<AlertDescription> {
    NAMES.get(compact).copied()
}

/// An alert, by its number. OpenSSL's trace adds the level: 2 (fatal) and 40 make 552.
pub(super) fn numbered(number: u16) -> Option<AlertDescription> {
    let [level, description] = number.to_be_bytes();
    let alert = AlertDescription(description);
    (level <= 2 && alert.name().is_some()).then_some(alert)
}

/// `40`, `0x28`.
pub(super) fn number(text: &str) -> Option<u16> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        None => None,
    }
}

/// Alerts that stand in a line, the last of them first: `SSL alert number 40`, `TLS alert, unknown CA (560)`,
/// `SSL3_ALERT_HANDSHAKE_FAILURE`, `level=fatal description=protocol_version`, `certificate_unknown(46)`.
pub(super) fn in_line(line: &str) -> Vec<AlertDescription> {
    let line = normal(line);
    let all: Vec<&str> = words(&line).map(|(_, word)| word).collect();
    // "description" stands in many a line that is about no alert.
    let describes = all.iter().any(|word| matches!(*word, "alert" | "level" | "fatal"));
    let mut found = Vec::new();
    for (at, word) in all.iter().enumerate() {
        let (until, after) = (all.get(..at).unwrap_or_default(), all.get(at + 1..).unwrap_or_default());
        let alert = match *word {
            "description" if !describes => None,
            "alert" | "description" => announced(after).or_else(|| before(until)),
            word => number(word).and_then(numbered).filter(|alert| before(until) == Some(*alert)),
        };
        found.extend(alert);
    }
    found.reverse();
    found
}

/// Behind `alert` or `description`, fillers aside, the longest name, or a number.
fn announced(after: &[&str]) -> Option<AlertDescription> {
    for skipped in 0..=MAX_FILLERS {
        let rest = after.get(skipped..)?;
        let alert = longest_name(rest).or_else(|| numbered(number(rest.first()?)?));
        if alert.is_some() || !rest.first().is_some_and(|word| FILLERS.contains(word)) {
            return alert;
        }
    }
    None
}

/// Before it, the longest: `handshake_failure alert`, `certificate_unknown(46)`.
fn before(words: &[&str]) -> Option<AlertDescription> {
    (1..=MAX_WORDS).rev().find_map(|count| by_name(&words.get(words.len().checked_sub(count)?..)?.concat()))
}

/// At the beginning of what follows.
fn longest_name(words: &[&str]) -> Option<AlertDescription> {
    (1..=MAX_WORDS).rev().find_map(|count| by_name(&words.get(..count)?.concat()))
}

/// What an alert says, and what is likely behind it.
pub(super) fn answer(alert: AlertDescription) -> Answer {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_is_found_in_every_spelling() {
        for alert in AlertDescription::KNOWN {
            let name = alert.to_string();
            let spaced = name.replace('_', " ");
            let camel: String =
                name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<Vec<_>>().concat();
            let number = alert.0;
            for line in [
                format!("SSL alert number {number}"),
                format!("fatal alert code is {number}"),
                format!("alert({number})"),
                format!("Received alert [{number}]: something"),
                format!("The following fatal alert was received: {number}."),
                format!("level=fatal description={name}"),
                format!("level: fatal, description = {number}"),
                format!("error {name}({number})"),
                format!("TLSv1.3 (IN), TLS alert, {spaced} ({}):", 512 + u16::from(number)),
                format!("Alert (Level: Fatal, Description: {spaced})"),
                format!("remote party sent a TLS alert: '{camel}'"),
                format!("SSL3_ALERT_{}", name.to_uppercase()),
                format!("closed after a {name} alert"),
            ] {
                assert_eq!(in_line(&line).first(), Some(alert), "{line}");
            }
        }
        for nothing in ["alert", "alert 255", "alert number", "be alert, the weather is fine", "number 40", "a(40)"] {
            assert_eq!(in_line(nothing), [], "{nothing}");
        }
    }
}
