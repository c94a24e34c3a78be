//! Protocol versions.

use tlsmith::registry::ProtocolVersion;

use super::{Answer, Part};

struct Row {
    version: ProtocolVersion,
    means: &'static str,
    wire: &'static str,
    verdict: &'static str,
    section: &'static str,
}

const TABLE: &[Row] = &[
    Row {
        version: ProtocolVersion::TLS1_3,
        means: "The current version, of 2018: one round trip, forward secrecy always, certificates encrypted.",
        wire: "in supported_versions only; records and hellos say 0x0303 for the sake of old middleboxes",
        verdict: "recommended",
        section: "RFC 8446 §4.2.1",
    },
    Row {
        version: ProtocolVersion::TLS1_2,
        means: "The version of 2008, sound with ECDHE and AEAD suites.",
        wire: "also what a ClientHello, a ServerHello and the records of TLS 1.3 say; supported_versions has the truth",
        verdict: "good, with ECDHE and GCM or ChaCha20-Poly1305",
        section: "RFC 5246",
    },
    Row {
        version: ProtocolVersion::TLS1_1,
        means: "The version of 2006, without AEAD, signing with SHA-1 and MD5.",
        wire: "in a hello",
        verdict: "do not use: deprecated by RFC 8996; refused here",
        section: "RFC 4346",
    },
    Row {
        version: ProtocolVersion::TLS1_0,
        means: "The version of 1999, without AEAD, signing with SHA-1 and MD5.",
        wire: "in a hello; in the record of a first ClientHello it is usual and means nothing (RFC 8446 §5.1)",
        verdict: "do not use: deprecated by RFC 8996; refused here",
        section: "RFC 2246",
    },
    Row {
        version: ProtocolVersion::SSL3_0,
        means: "The predecessor of TLS, of 1996.",
        wire: "in a hello",
        verdict: "do not use: broken (POODLE), prohibited by RFC 7568; refused here",
        section: "RFC 6101",
    },
];

/// What is known of a version, by a name: `TLS 1.3`, `TLSv1.3`, `tls1.3`.
pub(super) fn explain(query: &str) -> Option<Answer> {
    let compact = |text: &str| text.to_ascii_lowercase().replace([' ', 'v', '_', '-'], "");
    let wanted = compact(query);
    let is = |row: &&Row| {
        let name = compact(&row.version.to_string());
        // TLSv1 is how OpenSSL and nginx call TLS 1.0; TLSV1_2 and tls12 lose their dot.
        name == wanted || name.replace('.', "") == wanted || name.strip_suffix(".0") == Some(&wanted)
    };
    TABLE.iter().find(is).map(answer)
}

/// By its value on the wire.
pub(super) fn of_value(value: u16) -> Option<Answer> {
    TABLE.iter().find(|row| row.version.0 == value).map(answer)
}

fn answer(row: &Row) -> Answer {
    let name = row.version.to_string();
    let spoken = matches!(row.version, ProtocolVersion::TLS1_3 | ProtocolVersion::TLS1_2);
    let number = name.trim_start_matches("TLSv");
    Answer {
        kind: "protocol_version",
        title: format!("The protocol version {name}"),
        means: row.means.to_owned(),
        parts: vec![
            Part::new("value", format!("0x{:04x}", row.version.0)),
            Part::new("on_the_wire", row.wire),
            Part::new("verdict", row.verdict),
            Part::new("in_tlsmith", if spoken { "yes" } else { "no" }),
        ],
        commands: match spoken {
            true => vec![format!("tlsmith connect HOST --min {number} --max {number}")],
            false => vec![String::from("tlsmith doctor HOST")],
        },
        section: Some(row.section.to_owned()),
        id: name,
        ..Answer::default()
    }
}

/// Their names.
pub(super) fn all() -> impl Iterator<Item = String> {
    TABLE.iter().map(|row| row.version.to_string())
}
