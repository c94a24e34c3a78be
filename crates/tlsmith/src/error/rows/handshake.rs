//! Rules of the rest of the handshake and of what comes after it (RFC 8446 §4.3, §4.4, §4.6).

use crate::{error::Row, registry::AlertDescription};

pub(super) const TOO_MUCH_EARLY_DATA: Row = Row {
    code: "handshake.too_much_early_data",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4.2.10",
    what: "more early data than is skipped",
    why: "Early data that is not accepted is skipped up to a bound (2^14 bytes), or a client could send it for ever.",
    fix: "The client sends more early data than any ticket allows: update it.",
};

pub(super) const ILLEGAL_PARAMETER: Row = Row {
    code: "handshake.illegal_parameter",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §6.2",
    what: "a value that contradicts another or is not allowed",
    why: "The field decodes, but its value is prohibited here.",
    fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
};

pub(super) const BAD_KEY_SHARE: Row = Row {
    code: "handshake.bad_key_share",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.2.8",
    what: "a key share that is not one of its group",
    why: "Points off the curve and wrong lengths would leak the private key or make the secret known.",
    fix: "The peer's implementation is broken.",
};

pub(super) const UNKNOWN_DH_GROUP: Row = Row {
    code: "handshake.unknown_dh_group",
    alert: Some(AlertDescription::INSUFFICIENT_SECURITY),
    section: "RFC 7919 §3",
    what: "a finite field that is none of those in use",
    why: "A group of the server's own can be too small, or made so that its maker reads along; ffdhe2048 and ffdhe3072 are known to be sound.",
    fix: "Let the server use ECDHE, or give it a group of RFC 7919 (openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048; nginx: ssl_dhparam).",
};

pub(super) const UNKNOWN_PSK_IDENTITY: Row = Row {
    code: "handshake.unknown_psk_identity",
    alert: Some(AlertDescription::UNKNOWN_PSK_IDENTITY),
    section: "RFC 4279 §2",
    what: "a pre-shared key that this server does not know",
    why: "The client names a key by an identity that is not configured here.",
    fix: "Give both sides the same identity and key.",
};

pub(super) const UNEXPECTED_MESSAGE: Row = Row {
    code: "handshake.unexpected_message",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4",
    what: "a handshake message out of order",
    why: "The order of messages is fixed; anything else is an attack or a bug.",
    fix: "The peer's implementation is broken.",
};

pub(super) const RENEGOTIATION: Row = Row {
    code: "handshake.renegotiation",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4.1.2",
    what: "the peer tries to renegotiate",
    why: "TLS 1.3 prohibits renegotiation, and tlsmith refuses it for every version.",
    fix: "Turn renegotiation off at the peer; for changed keys TLS 1.3 has KeyUpdate.",
};

pub(super) const NO_RENEGOTIATION: Row = Row {
    code: "handshake.no_renegotiation",
    alert: Some(AlertDescription::NO_RENEGOTIATION),
    section: "RFC 5246 §7.4.1.1, §7.2.2",
    what: "the peer tries to renegotiate",
    why: "Renegotiation was the source of many attacks on TLS 1.2; tlsmith refuses it, and the connection ends.",
    fix: "Turn renegotiation off at the peer. A server that asks for client certificates on some paths only has to ask in the first handshake, or use TLS 1.3.",
};

pub(super) const DECODE: Row = Row {
    code: "handshake.decode_error",
    alert: Some(AlertDescription::DECODE_ERROR),
    section: "RFC 8446 §6.2",
    what: "a message that does not decode",
    why: "A length or a structure inside it is wrong.",
    fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
};

pub(super) const BAD_FINISHED: Row = Row {
    code: "handshake.bad_finished",
    alert: Some(AlertDescription::DECRYPT_ERROR),
    section: "RFC 8446 §4.4.4",
    what: "the peer's Finished does not verify",
    why: "The two sides saw different handshakes: someone altered a message.",
    fix: "Try again; if it persists, look for a middlebox, then for a bug in the peer.",
};

pub(super) const BAD_SIGNATURE: Row = Row {
    code: "handshake.bad_signature",
    alert: Some(AlertDescription::DECRYPT_ERROR),
    section: "RFC 8446 §4.4.3",
    what: "the peer's CertificateVerify does not verify",
    why: "The peer did not prove that it holds the key of its certificate.",
    fix: "The peer's key and certificate do not belong together, or someone interferes.",
};

pub(super) const SCHEME_NOT_OFFERED: Row = Row {
    code: "handshake.scheme_not_offered",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.4.3",
    what: "a CertificateVerify with a scheme that was not offered or does not fit the key",
    why: "SHA-1, RSA-PKCS#1 and anything not offered are prohibited in TLS 1.3 handshakes.",
    fix: "The peer's implementation is broken, or it has no key that this side accepts: widen the signature schemes.",
};

pub(super) const EMPTY_SERVER_CERTIFICATE: Row = Row {
    code: "certificate.none_from_server",
    alert: Some(AlertDescription::DECODE_ERROR),
    section: "RFC 8446 §4.4.2.4",
    what: "the server sent an empty certificate list",
    why: "A server always has to show a certificate.",
    fix: "Mend the server's configuration.",
};

pub(super) const CERTIFICATE_REQUIRED: Row = Row {
    code: "certificate.required",
    alert: Some(AlertDescription::CERTIFICATE_REQUIRED),
    section: "RFC 8446 §4.4.2.4",
    what: "the client sent no certificate, and one is required",
    why: "The server is configured for mutual TLS.",
    fix: "Give the client a certificate and its key (curl: --cert and --key; tlsmith connect: --cert and --key) from a CA that the server accepts.",
};

pub(super) const NO_CLIENT_CERTIFICATE: Row = Row {
    code: "certificate.none_from_client",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 5246 §7.4.6",
    what: "the client sent no certificate, and one is required",
    why: "The server is configured for mutual TLS; TLS 1.2 has no alert of its own for this.",
    fix: "Give the client a certificate and its key (curl: --cert and --key; tlsmith connect: --cert and --key) from a CA that the server accepts.",
};

pub(super) const CERTIFICATE_UNDECODABLE: Row = Row {
    code: "certificate.undecodable",
    alert: Some(AlertDescription::BAD_CERTIFICATE),
    section: "RFC 8446 §4.4.2.4",
    what: "a certificate of the peer does not parse",
    why: "What cannot be parsed cannot be checked.",
    fix: "Replace the certificate: it is not valid DER of RFC 5280.",
};

pub(super) const CERTIFICATE_KEY_UNSUPPORTED: Row = Row {
    code: "certificate.key_unsupported",
    alert: Some(AlertDescription::UNSUPPORTED_CERTIFICATE),
    section: "RFC 8446 §4.4.2.4",
    what: "the key of the peer's certificate cannot be used here",
    why: "Its type is unknown, or its key usage does not allow signatures.",
    fix: "Replace the certificate by one with an ECDSA, Ed25519 or RSA (2048 bits at least) key, and with digitalSignature if it has a key usage.",
};

pub(super) const UNEXPECTED_RAW_KEY: Row = Row {
    code: "certificate.unexpected_key",
    alert: Some(AlertDescription::BAD_CERTIFICATE),
    section: "RFC 7250 §6",
    what: "a raw public key that is none of those expected",
    why: "A raw key carries no name and nobody vouches for it: only the list of expected keys does.",
    fix: "If the peer changed its key on purpose, put the new one into the list; otherwise somebody else answers.",
};

pub(super) const BAD_CERTIFICATE_COMPRESSION: Row = Row {
    code: "certificate.bad_compression",
    alert: Some(AlertDescription::BAD_CERTIFICATE),
    section: "RFC 8879 §4",
    what: "a compressed certificate that is not what it announces",
    why: "It is unpacked to exactly the length that it announces, at most 128 KiB, or a small message could fill the memory.",
    fix: "The peer's implementation is broken, or it attacks; certificate compression can be turned off on either side.",
};

pub(super) const CERTIFICATE_REFUSED: Row = Row {
    code: "certificate.refused",
    alert: Some(AlertDescription::CERTIFICATE_UNKNOWN),
    section: "RFC 8446 §4.4.2.4",
    what: "the peer's certificate was refused",
    why: "The verifier of this side said no.",
    fix: "Ask whoever configured the verifier.",
};

pub(super) const TOO_MANY_KEY_UPDATES: Row = Row {
    code: "handshake.too_many_key_updates",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4.6.3",
    what: "too many KeyUpdates without data between them",
    why: "Each costs work and brings nothing; their number in a row is bounded (32).",
    fix: "The peer's implementation is broken, or it attacks.",
};

pub(super) const TOO_MANY_MESSAGES: Row = Row {
    code: "handshake.too_many_messages",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4.6",
    what: "too many post-handshake messages without data between them",
    why: "Each costs work and brings nothing; their number in a row is bounded.",
    fix: "The peer's implementation is broken, or it attacks.",
};
