//! Bare numbers and values: `40`, `0x28`, `group 29`, `0x0303`, `{0x13, 0x01}`. One number can mean several things.

use super::{Answer, alert, group, lookup::answer, scheme, suite, table::meanings, term, version};

/// Values below are alerts and small groups; suites and schemes are written in decimal from here on (0x0100).
const MIN_WIDE: u16 = 0x0100;

/// Everything that a number stands for, an alert first; nothing if the query is no number.
pub(super) fn explain(query: &str) -> Vec<Answer> {
    let (kind, rest) = kind(query);
    let Some((value, digits)) = value(rest) else { return Vec::new() };
    let is = |wanted: Kind| kind == wanted || kind == Kind::Any;
    let is_byte = value < MIN_WIDE && digits <= 3;
    let is_grease = digits == 4 && value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff;
    let mut found: Vec<Answer> = Vec::new();
    if is(Kind::Alert) && (is_byte || kind == Kind::Alert) {
        found.extend(alert::numbered(value).map(alert::answer));
    }
    if kind == Kind::Any && is_grease {
        found.extend(term::explain("GREASE"));
    }
    // 0x0303 is a version, 771 is nobody's way to write one.
    if is(Kind::Version) && rest.starts_with("0x") {
        found.extend(version::of_value(value));
    }
    // The numbers of groups are those of suites that nobody uses: the group is what is meant.
    if is(Kind::Group) {
        found.extend(group::of_value(value));
    }
    if is(Kind::Suite) && !is_byte {
        found.extend(suite::of_value(value));
    }
    if is(Kind::Scheme) && !is_byte {
        found.extend(scheme::of_value(value));
    }
    if kind == Kind::Any && is_byte && !rest.starts_with("0x") {
        let exit = format!("curl: ({value})");
        let texts = meanings().flat_map(|meaning| meaning.texts.iter().map(move |text| (meaning, text)));
        let meant = texts.filter(|(_, text)| text.text == exit || is_verify_error(text.note, value));
        found.extend(meant.map(|(meaning, text)| answer(meaning, Some(text))));
    }
    found
}

/// The note of a text begins with the number of OpenSSL's verify error: `Verify error 20: ...`.
fn is_verify_error(note: &str, value: u16) -> bool {
    let number = note.strip_prefix("Verify error ").and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    number.and_then(|number| number.parse().ok()) == Some(value)
}

/// What the words before a number say it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Alert,
    Version,
    Suite,
    Group,
    Scheme,
}

const WORDS: &[(&str, Kind)] = &[
    ("alert number ", Kind::Alert),
    ("alert ", Kind::Alert),
    ("version ", Kind::Version),
    ("cipher suite ", Kind::Suite),
    ("ciphersuite ", Kind::Suite),
    ("cipher ", Kind::Suite),
    ("suite ", Kind::Suite),
    ("named group ", Kind::Group),
    ("group ", Kind::Group),
    ("curve ", Kind::Group),
    ("signature scheme ", Kind::Scheme),
    ("signature algorithm ", Kind::Scheme),
    ("sigalg ", Kind::Scheme),
    ("scheme ", Kind::Scheme),
];

fn kind(query: &str) -> (Kind, &str) {
    let begins = |words: &str| query.get(..words.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(words));
    let word = WORDS.iter().find(|(words, _)| begins(words));
    word.map_or((Kind::Any, query), |(words, kind)| (*kind, query.get(words.len()..).unwrap_or_default().trim()))
}

/// The value, and how many digits it has: `0x28`, `40`, `0x13,0x01`, `{0x13, 0x01}`.
fn value(text: &str) -> Option<(u16, usize)> {
    let text = text.trim_start_matches(['{', '(', '[']).trim_end_matches(['}', ')', ']']).trim();
    if let Some((high, low)) = text.split_once(',') {
        let byte = |text: &str| u8::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok();
        return Some((u16::from_be_bytes([byte(high)?, byte(low)?]), 4));
    }
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    Some((alert::number(text)?, digits.len())).filter(|_| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<(&'static str, String)> {
        explain(query).into_iter().map(|answer| (answer.kind, answer.id)).collect()
    }

    #[test]
    fn a_number_means_all_that_it_may_mean() {
        let own = |kind, id: &str| (kind, id.to_owned());
        assert_eq!(found("40"), [own("alert", "handshake_failure")]);
        assert_eq!(found("0x28"), [own("alert", "handshake_failure")]);
        assert_eq!(found("29"), [own("group", "x25519")]);
        assert_eq!(found("group 29"), [own("group", "x25519")]);
        let of_22 = [own("alert", "record_overflow"), own("group", "secp256k1"), own("message", "path_limits")];
        assert_eq!(found("22"), of_22);
        assert_eq!(found("0x0017").first(), Some(&own("group", "secp256r1")));
        assert!(found("20").contains(&own("message", "unknown_issuer")));
        assert_eq!(found("group 22"), [own("group", "secp256k1")]);
        assert_eq!(found("4588"), [own("group", "X25519MLKEM768")]);
        assert_eq!(found("4865"), [own("cipher_suite", "TLS_AES_128_GCM_SHA256")]);
        assert_eq!(found("{0x13, 0x01}"), [own("cipher_suite", "TLS_AES_128_GCM_SHA256")]);
        assert_eq!(found("0x0303"), [own("protocol_version", "TLSv1.2")]);
        assert_eq!(found("0x1a1a"), [own("term", "GREASE")]);
        assert_eq!(found("0x0804"), [own("signature_scheme", "rsa_pss_rsae_sha256")]);
        assert!(found("60").contains(&own("message", "verification_failed")));
        for nothing in ["", "0x", "x", "70000", "-1", "group", "0xzz", "{}", "1,2"] {
            assert_eq!(found(nothing), [], "{nothing}");
        }
    }
}
