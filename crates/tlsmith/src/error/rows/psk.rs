//! Rules of pre-shared keys and of early data (RFC 8446 §4.2.10, §4.2.11).

use crate::{error::Row, registry::AlertDescription};

pub(super) const UNKNOWN_PSK: Row = Row {
    code: "psk.unknown",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.2.11",
    what: "the server chose a pre-shared key that was not offered",
    why: "A client knows only the keys that it offered.",
    fix: "The server's implementation is broken.",
};

pub(super) const PSK_HASH_MISMATCH: Row = Row {
    code: "psk.hash_mismatch",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.2.11",
    what: "a pre-shared key with a cipher suite of another hash",
    why: "A key is bound to one hash; with two, what is known of one use could help against the other.",
    fix: "The server's implementation is broken.",
};

pub(super) const BAD_BINDER: Row = Row {
    code: "psk.bad_binder",
    alert: Some(AlertDescription::DECRYPT_ERROR),
    section: "RFC 8446 §4.2.11.2",
    what: "a client that does not know the pre-shared key that it names",
    why: "The binder proves that the client holds the key, and that nobody altered its hello.",
    fix: "Compare the key and its hash on both sides; if they agree, something between the two ends alters the stream.",
};

pub(super) const EARLY_DATA_MISMATCH: Row = Row {
    code: "early_data.mismatch",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.2.10",
    what: "early data accepted under other terms than they were sent under",
    why: "Early data count only with the first pre-shared key, its cipher suite and its application protocol.",
    fix: "The server's implementation is broken.",
};

pub(super) const EARLY_DATA_OVER_LIMIT: Row = Row {
    code: "early_data.over_limit",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4.6.1",
    what: "more early data than the ticket allows",
    why: "The limit bounds what a client can make this side take before it is known to be alive.",
    fix: "The client ignores max_early_data_size: update it, or turn early data off there.",
};

pub(super) const EARLY_DATA_REFUSED: Row = Row {
    code: "early_data.refused",
    alert: None,
    section: "RFC 8446 §2.3",
    what: "early data cannot be sent now",
    why: "They need a session that allows them, have a limit, and end with the handshake.",
    fix: "Send it when the handshake is complete.",
};
