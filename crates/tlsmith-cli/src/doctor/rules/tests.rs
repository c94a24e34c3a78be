use super::*;
use crate::{
    connect::{Error, Target, failure},
    doctor::evidence::{Kind, Trial},
    probe::Seen,
};
use tlsmith_x509::{TrustAnchors, UnixTime};

fn failed(code: &str) -> Error {
    Error { code: code.to_owned(), message: code.to_owned(), phase: Some("tls"), ..failure::dns("", "") }
}

fn evidence(seen: Seen) -> Evidence {
    Evidence {
        target: Target { host: String::from("example.com"), port: 443 },
        name: "example.com".parse().unwrap(),
        starttls: None,
        now: UnixTime(1_800_000_000),
        trials: vec![Trial { kind: Kind::Default, seen, report: None }],
        raw: Vec::new(),
        completed: None,
        expected: None,
        client: None,
        roots: String::from("system"),
        anchors: TrustAnchors::new(),
        not_before: UnixTime(0),
    }
}

fn cause(evidence: &Evidence) -> &'static str {
    diagnose(evidence).0.cause.row().slug
}

#[test]
fn the_way_to_the_server() {
    let with = |error: Error| cause(&evidence(Seen { outcome: Err(error), ..Seen::default() }));
    assert_eq!(with(failure::dns("example.com", "no such name")), "dns_failure");
    let tcp = |code: &str| Error { phase: Some("tcp"), ..failed(code) };
    assert_eq!(with(tcp("transport.refused")), "connection_refused");
    assert_eq!(with(tcp("transport.timeout")), "connect_timeout");
    assert_eq!(with(tcp("transport.unreachable")), "unreachable");
    assert_eq!(with(failed("transport.timeout")), "handshake_timeout");
    assert_eq!(with(failed("transport.reset")), "connection_reset");
    assert_eq!(with(failed("transport.closed_in_handshake")), "closed_without_alert");
}

#[test]
fn other_protocols_are_named() {
    let first = |code: &str, first: &[u8]| {
        diagnose(&evidence(Seen { outcome: Err(failed(code)), first_bytes: first.to_vec(), ..Seen::default() })).0
    };
    assert_eq!(first("record.plain_http", b"HTTP/1.1 400 Bad Request\r\n").cause, Cause::PlainHttp);
    let smtp = first("record.not_tls", b"220 mail.example.com ESMTP\r\n");
    assert_eq!(smtp.cause, Cause::NotTls);
    assert!(smtp.fix.contains("--starttls smtp"), "{}", smtp.fix);
}
