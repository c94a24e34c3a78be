//! Failures of this side.

use crate::{error::Row, registry::AlertDescription};

pub(super) const SIGN_FAILED: Row = Row {
    code: "local.sign_failed",
    alert: Some(AlertDescription::INTERNAL_ERROR),
    section: "RFC 8446 §4.4.3",
    what: "this side could not sign",
    why: "The private key, or the service that holds it, failed.",
    fix: "Look at the key's provider (HSM, KMS); a key in a file has to be whole.",
};

pub(super) const CRYPTO: Row = Row {
    code: "local.crypto",
    alert: Some(AlertDescription::INTERNAL_ERROR),
    section: "RFC 8446 §6.2",
    what: "the cryptographic provider failed",
    why: "Without it nothing can go on.",
    fix: "Look at the system's random source and memory.",
};

pub(super) const INTERNAL: Row = Row {
    code: "local.internal",
    alert: Some(AlertDescription::INTERNAL_ERROR),
    section: "RFC 8446 §6.2",
    what: "this side came into a state that should not exist",
    why: "This is a bug of tlsmith.",
    fix: "Please report it, with the steps that lead here.",
};

pub(super) const NOT_YET: Row = Row {
    code: "local.not_ready",
    alert: None,
    section: "RFC 8446 §2",
    what: "the handshake is not complete",
    why: "Application data can be sent once the peer is authenticated.",
    fix: "Wait until the handshake is complete.",
};

pub(super) const NO_KEY_UPDATE: Row = Row {
    code: "local.no_key_update",
    alert: None,
    section: "RFC 8446 §4.6.3",
    what: "TLS 1.2 has no KeyUpdate",
    why: "Its keys last as long as the connection.",
    fix: "Open a new connection, or use TLS 1.3.",
};

pub(super) const ALREADY_CLOSED: Row = Row {
    code: "local.already_closed",
    alert: None,
    section: "RFC 8446 §6.1",
    what: "this side has closed its direction already",
    why: "After close_notify nothing more can be sent.",
    fix: "Open a new connection.",
};

pub(super) const NO_POST_HANDSHAKE_AUTH: Row = Row {
    code: "local.no_post_handshake_auth",
    alert: None,
    section: "RFC 8446 §4.6.2",
    what: "the client cannot be asked for a certificate now",
    why: "It has to offer post_handshake_auth, this side needs a verifier for the answer, and one request is open at a time.",
    fix: "Configure post-handshake authentication on both sides; ask again when the last request is answered.",
};

pub(super) const NOTHING_NEEDED: Row = Row {
    code: "local.nothing_needed",
    alert: None,
    section: "",
    what: "the reply fits no need of the connection",
    why: "A reply answers what Connection::need asks for.",
    fix: "Ask Connection::need first, and answer that.",
};

pub(super) const EXPORT_REFUSED: Row = Row {
    code: "local.export_refused",
    alert: None,
    section: "RFC 8446 §7.5",
    what: "no keying material can be exported",
    why: "The handshake is not complete, or more was asked for than HKDF gives (255 digests).",
    fix: "Wait for the handshake; ask for less.",
};
