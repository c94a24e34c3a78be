//! The table is whole: every row has something to say.

use std::collections::{HashMap, HashSet};

use tlsmith_x509::Code;

use super::{Error, Row, Rule};
use crate::registry::AlertDescription;

fn rows() -> Vec<Row> {
    let rules = Rule::ALL.iter().copied();
    let certificates = Code::ALL.iter().map(|code| Rule::Certificate(*code));
    let alerts = AlertDescription::KNOWN.iter().map(|alert| Rule::PeerAlert(*alert));
    rules.chain(certificates).chain(alerts).map(Rule::row).collect()
}

#[test]
fn every_row_says_what_why_and_what_to_do() {
    for row in rows() {
        let (area, name) = row.code.split_once('.').unwrap();
        for part in [area, name] {
            let plain = part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
            assert!(!part.is_empty() && plain, "{}", row.code);
        }
        assert!(!row.what.is_empty() && !row.what.ends_with('.'), "{}: {}", row.code, row.what);
        for sentence in [row.why, row.fix] {
            assert!(sentence.len() >= 10 && sentence.ends_with('.'), "{}: {sentence}", row.code);
        }
        assert!(row.section.is_empty() || row.section.starts_with("RFC "), "{}: {}", row.code, row.section);
    }
}

/// A code stands for one row: what a program does about it must not depend on the text.
#[test]
fn codes_are_stable_names() {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for row in rows() {
        assert!(seen.insert(row.code, row.what).is_none(), "{} stands twice", row.code);
    }
}

/// RFC 8446 §6.2: these are the alerts that an implementation sends; of the others, none.
#[test]
fn only_alerts_that_are_in_use_are_sent() {
    let sent: HashSet<u8> = rows().iter().filter_map(|row| row.alert).map(|alert| alert.0).collect();
    // close_notify is not an error's; decryption_failed (21), decompression_failure (30), no_certificate (41),
    // export_restriction (60) are reserved (RFC 8446 §B.2); no_renegotiation is TLS 1.2's.
    for reserved in [0, 21, 30, 41, 60] {
        assert!(!sent.contains(&reserved), "{reserved}");
    }
    // An alert that the peer sent is not answered (§6.2: both sides close).
    for value in 0..=u8::MAX {
        assert_eq!(Rule::PeerAlert(AlertDescription(value)).row().alert, None);
    }
}

#[test]
fn an_error_shows_its_values() {
    let error = Error::new(Rule::NoCommonSuite, "a and b");
    assert_eq!(error.to_string(), "no cipher suite in common: a and b [hello.no_common_suite]");
    assert_eq!((error.message(), error.detail()), (String::from("no cipher suite in common: a and b"), "a and b"));
    assert_eq!(format!("{error:?}"), "Error(hello.no_common_suite: no cipher suite in common: a and b)");
    let bare = Error::new(Rule::BadFinished, "");
    assert_eq!(bare.message(), Rule::BadFinished.row().what);
    assert!(bare.report().is_none() && bare.received_alert().is_none());
}
