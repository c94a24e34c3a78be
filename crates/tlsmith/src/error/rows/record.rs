//! Rules of records, alerts and the transport (RFC 8446 §5, §6).

use crate::{error::Row, registry::AlertDescription};

pub(super) const PLAIN_HTTP: Row = Row {
    code: "record.plain_http",
    alert: None,
    section: "RFC 8446 §5.1",
    what: "the peer speaks plain HTTP, not TLS",
    why: "TLS records start with a content type and a version; these bytes start like an HTTP message.",
    fix: "Client: use the port that speaks TLS (or http:// for this one). Server: turn TLS on for this port, or send https:// clients elsewhere.",
};

pub(super) const PLAIN_TEXT: Row = Row {
    code: "record.not_tls",
    alert: None,
    section: "RFC 8446 §5.1",
    what: "the peer does not speak TLS",
    why: "The first bytes are not a TLS record; another protocol answers on this port.",
    fix: "Check host and port; if the protocol upgrades to TLS by a command (STARTTLS), that command has to come first.",
};

pub(super) const SSLV2_HELLO: Row = Row {
    code: "record.sslv2_hello",
    alert: Some(AlertDescription::PROTOCOL_VERSION),
    section: "RFC 8446 §D.5",
    what: "the peer sent an SSLv2 ClientHello",
    why: "SSLv2 is broken and prohibited (RFC 6176).",
    fix: "Update the client: it must speak TLS 1.3.",
};

pub(super) const INVALID_CONTENT_TYPE: Row = Row {
    code: "record.invalid_content_type",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5.1",
    what: "a record of an unknown content type",
    why: "Only change_cipher_spec, alert, handshake and application_data exist.",
    fix: "If it is the first thing that came, another protocol speaks on this port: check host and port. Otherwise the peer's implementation is broken, or something between the two ends alters the stream.",
};

pub(super) const INVALID_RECORD_VERSION: Row = Row {
    code: "record.invalid_version",
    alert: Some(AlertDescription::PROTOCOL_VERSION),
    section: "RFC 8446 §5.1",
    what: "a record header with a version that is not of TLS",
    why: "Every TLS record carries the major version 3.",
    fix: "If it is the first thing that came, another protocol speaks on this port: check host and port. Otherwise the peer's implementation is broken, or something between the two ends alters the stream.",
};

pub(super) const RECORD_OVERFLOW: Row = Row {
    code: "record.overflow",
    alert: Some(AlertDescription::RECORD_OVERFLOW),
    section: "RFC 8446 §5.1, §5.2; RFC 5246 §6.2; RFC 8449 §4",
    what: "a record longer than allowed",
    why: "2^14 bytes of content, and a little more encrypted, are the limit that bounds memory on both sides; less where this side said so (record_size_limit).",
    fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
};

pub(super) const BAD_RECORD_MAC: Row = Row {
    code: "record.bad_mac",
    alert: Some(AlertDescription::BAD_RECORD_MAC),
    section: "RFC 8446 §5.2",
    what: "a record does not authenticate",
    why: "Its content was altered on the way, or the two sides hold different keys.",
    fix: "Try again; if it persists, look for a middlebox or a broken network path, then for a bug in the peer.",
};

pub(super) const EMPTY_RECORD: Row = Row {
    code: "record.empty",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5.1",
    what: "an empty handshake, alert or ChangeCipherSpec record",
    why: "Zero-length fragments of these types are prohibited.",
    fix: "The peer's implementation is broken.",
};

pub(super) const NO_CONTENT_TYPE: Row = Row {
    code: "record.only_padding",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5.4",
    what: "a protected record holds padding alone",
    why: "The real content type stands before the padding; a record without one is prohibited.",
    fix: "The peer's implementation is broken.",
};

pub(super) const UNPROTECTED_RECORD: Row = Row {
    code: "record.unprotected",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5",
    what: "an unprotected record where a protected one has to stand",
    why: "Once keys are in place nothing may come in the clear, or an attacker could insert it.",
    fix: "The peer's implementation is broken, or someone interferes.",
};

pub(super) const UNEXPECTED_CONTENT_TYPE: Row = Row {
    code: "record.unexpected_content_type",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5",
    what: "a record of a type that has no place here",
    why: "Application data cannot come before the handshake is complete.",
    fix: "The peer's implementation is broken.",
};

pub(super) const UNEXPECTED_CHANGE_CIPHER_SPEC: Row = Row {
    code: "record.unexpected_ccs",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5, §D.4",
    what: "a ChangeCipherSpec that is malformed or out of place",
    why: "TLS 1.3 tolerates only the single byte 0x01, unprotected, between the first ClientHello and the peer's Finished.",
    fix: "The peer's implementation is broken.",
};

pub(super) const TOO_MANY_EMPTY_RECORDS: Row = Row {
    code: "record.too_many_idle",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §D.4",
    what: "too many records that carry nothing",
    why: "Records without content cost work and bring nothing; their number in a row is bounded (32).",
    fix: "The peer's implementation is broken, or it attacks.",
};

pub(super) const INTERLEAVED_HANDSHAKE: Row = Row {
    code: "record.interleaved_handshake",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5.1",
    what: "a record of another type inside a handshake message",
    why: "Handshake messages that span records must not be interleaved with other types.",
    fix: "The peer's implementation is broken.",
};

pub(super) const MESSAGE_SPANS_KEY_CHANGE: Row = Row {
    code: "record.spans_key_change",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §5.1",
    what: "handshake bytes that span a key change",
    why: "A message before a key change has to end with its record, or one key would authenticate another's bytes.",
    fix: "The peer's implementation is broken.",
};

pub(super) const HANDSHAKE_TOO_LONG: Row = Row {
    code: "handshake.message_too_long",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4",
    what: "a handshake message longer than accepted",
    why: "Memory per peer is bounded: 128 KiB for certificates, 64 KiB for the rest.",
    fix: "A certificate chain of this size holds certificates that nobody needs: send the leaf and its intermediates only.",
};

pub(super) const KEY_EXHAUSTED: Row = Row {
    code: "record.key_exhausted",
    alert: Some(AlertDescription::INTERNAL_ERROR),
    section: "RFC 8446 §5.5",
    what: "a key reached its limit of records",
    why: "Beyond it the AEAD no longer protects.",
    fix: "Update the keys earlier (this side does so by itself).",
};

pub(super) const ALERT_MALFORMED: Row = Row {
    code: "alert.malformed",
    alert: Some(AlertDescription::DECODE_ERROR),
    section: "RFC 8446 §6",
    what: "an alert that is malformed",
    why: "An alert is exactly two bytes, a level and a description.",
    fix: "The peer's implementation is broken.",
};

pub(super) const TOO_MANY_WARNINGS: Row = Row {
    code: "alert.too_many_warnings",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §6",
    what: "too many warning alerts",
    why: "Alerts that end nothing cost work and bring nothing; their number is bounded (4).",
    fix: "The peer's implementation is broken, or it attacks.",
};

pub(super) const UNEXPECTED_WARNING: Row = Row {
    code: "alert.unexpected_warning",
    alert: Some(AlertDescription::DECODE_ERROR),
    section: "RFC 8446 §6.2",
    what: "a warning alert that TLS 1.3 does not know",
    why: "All alerts but close_notify and user_canceled are fatal in TLS 1.3, whatever their level says.",
    fix: "The peer's implementation is broken.",
};

pub(super) const TRUNCATED: Row = Row {
    code: "transport.truncated",
    alert: None,
    section: "RFC 8446 §6.1",
    what: "the transport ended without close_notify",
    why: "Data may be missing: an attacker can cut a connection, but cannot forge close_notify.",
    fix: "If the application's own framing shows that all has come (a Content-Length, say), the data are whole; mend the peer, which closes without close_notify.",
};

pub(super) const HANDSHAKE_EOF: Row = Row {
    code: "transport.closed_in_handshake",
    alert: None,
    section: "RFC 8446 §6.1",
    what: "the peer closed the connection during the handshake",
    why: "It gave no reason: no alert came before the end.",
    fix: "Look at the peer's log. Usual causes: the port expects another protocol, a firewall or a middlebox drops TLS 1.3, the server needs SNI, or it limits connections.",
};

pub(super) const CLOSED_IN_HANDSHAKE: Row = Row {
    code: "alert.close_notify_in_handshake",
    alert: None,
    section: "RFC 8446 §6.1",
    what: "the peer said close_notify during the handshake",
    why: "It gave up without naming a reason.",
    fix: "Look at the peer's log.",
};
