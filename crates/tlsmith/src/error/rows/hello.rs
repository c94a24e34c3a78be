//! Rules of the hellos and what they choose (RFC 8446 §4.1, §4.2).

use crate::{error::Row, registry::AlertDescription};

pub(super) const PEER_VERSION: Row = Row {
    code: "hello.unsupported_version",
    alert: Some(AlertDescription::PROTOCOL_VERSION),
    section: "RFC 8446 §4.2.1",
    what: "no common protocol version",
    why: "SSLv3, TLS 1.0 and TLS 1.1 are refused on purpose: they are broken or deprecated (RFC 7568, RFC 8996). TLS 1.2 and TLS 1.3 are what is spoken here, unless the configuration says less.",
    fix: "Turn TLS 1.3 on at the peer (OpenSSL 1.1.1, nginx 1.13, Java 11 and later have it), or TLS 1.2 at least.",
};

pub(super) const DOWNGRADE: Row = Row {
    code: "hello.downgrade",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.1.3",
    what: "the ServerHello carries the downgrade sentinel",
    why: "The server speaks TLS 1.3 and yet an older version came back: someone on the way altered the ClientHello.",
    fix: "Look for a middlebox that intercepts TLS; update or remove it.",
};

pub(super) const INAPPROPRIATE_FALLBACK: Row = Row {
    code: "hello.inappropriate_fallback",
    alert: Some(AlertDescription::INAPPROPRIATE_FALLBACK),
    section: "RFC 7507 §3",
    what: "a client falls back to an older version without need",
    why: "The client says that it tries again with less, yet both sides can do better: its first attempt was disturbed on the way.",
    fix: "Look for a middlebox that disturbs TLS 1.3; turn the fallback of the client off.",
};

pub(super) const NO_COMMON_SUITE: Row = Row {
    code: "hello.no_common_suite",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 8446 §4.1.1",
    what: "no cipher suite in common",
    why: "Both sides have to allow one. Those without forward secrecy or with a broken cipher are refused on purpose: static RSA, CBC, RC4, 3DES, NULL, EXPORT, anonymous.",
    fix: "Allow one of the peer's suites, or restore the defaults on the side that restricts them.",
};

pub(super) const NO_COMMON_GROUP: Row = Row {
    code: "hello.no_common_group",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 8446 §4.1.1",
    what: "no key exchange group in common",
    why: "Both sides have to allow one group to agree on keys.",
    fix: "Allow one of the peer's groups: x25519 and secp256r1 are nearly everywhere.",
};

pub(super) const NO_COMMON_SCHEME: Row = Row {
    code: "hello.no_common_signature_scheme",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 8446 §4.4.2.2",
    what: "no certificate that the peer can verify",
    why: "The signature schemes that the peer accepts fit none of the configured keys.",
    fix: "Add a certificate with a key of another type (ECDSA P-256 and RSA serve all), or widen the peer's schemes.",
};

pub(super) const UNKNOWN_SERVER_NAME: Row = Row {
    code: "hello.unrecognized_name",
    alert: Some(AlertDescription::UNRECOGNIZED_NAME),
    section: "RFC 6066 §3",
    what: "no certificate for the requested name",
    why: "The configuration refuses names that it does not know.",
    fix: "Ask for a name that the server holds, or add a certificate for this one.",
};

pub(super) const INVALID_SERVER_NAME: Row = Row {
    code: "hello.invalid_server_name",
    alert: Some(AlertDescription::DECODE_ERROR),
    section: "RFC 6066 §3",
    what: "a server_name that is not a host name",
    why: "It has to be one DNS name in ASCII, without a trailing dot; addresses are not allowed.",
    fix: "Mend the client: an IP address is not sent as server_name.",
};

pub(super) const NO_APPLICATION_PROTOCOL: Row = Row {
    code: "hello.no_application_protocol",
    alert: Some(AlertDescription::NO_APPLICATION_PROTOCOL),
    section: "RFC 7301 §3.2",
    what: "no application protocol in common",
    why: "The client offers protocols by ALPN, and the server speaks none of them.",
    fix: "Offer one that the server speaks (http/1.1 or h2 for the web), or do not offer any.",
};

pub(super) const MISSING_EXTENSION: Row = Row {
    code: "hello.missing_extension",
    alert: Some(AlertDescription::MISSING_EXTENSION),
    section: "RFC 8446 §9.2",
    what: "an extension is missing that TLS 1.3 demands",
    why: "Without it the handshake lacks something both sides need.",
    fix: "The peer's implementation is broken.",
};

pub(super) const UNSOLICITED_EXTENSION: Row = Row {
    code: "hello.unsolicited_extension",
    alert: Some(AlertDescription::UNSUPPORTED_EXTENSION),
    section: "RFC 8446 §4.2",
    what: "the peer answers an extension that was not offered",
    why: "A response is allowed to a request only.",
    fix: "The peer's implementation is broken.",
};

pub(super) const MISPLACED_EXTENSION: Row = Row {
    code: "hello.misplaced_extension",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.2",
    what: "an extension in a message where it must not stand",
    why: "The table of RFC 8446 §4.2 says which extension belongs where.",
    fix: "The peer's implementation is broken.",
};

pub(super) const DUPLICATE_EXTENSION: Row = Row {
    code: "hello.duplicate_extension",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.2",
    what: "an extension twice in one message",
    why: "Two values for one question cannot both hold.",
    fix: "The peer's implementation is broken.",
};

pub(super) const COMPRESSION_OFFERED: Row = Row {
    code: "hello.compression",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.1.2",
    what: "TLS compression",
    why: "Compression leaks secrets (CRIME) and is prohibited.",
    fix: "Turn TLS compression off at the peer.",
};

pub(super) const NO_SECURE_RENEGOTIATION: Row = Row {
    code: "hello.no_secure_renegotiation",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 9325 §3.5, RFC 5746 §3.4",
    what: "the server does not say that it renegotiates securely",
    why: "Without renegotiation_info this handshake could be spliced behind one of an attacker, who then speaks in the name of this client.",
    fix: "Update the server: every TLS library has had it since 2010.",
};

pub(super) const BAD_RENEGOTIATION_INFO: Row = Row {
    code: "hello.bad_renegotiation_info",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 5746 §3.4, §3.6",
    what: "a first handshake that claims to renegotiate",
    why: "renegotiation_info is empty in a first handshake; another value means that someone spliced two connections.",
    fix: "Look for a middlebox; if there is none, the peer's implementation is broken.",
};

pub(super) const EXTENDED_MAIN_SECRET_DROPPED: Row = Row {
    code: "hello.extended_master_secret_dropped",
    alert: Some(AlertDescription::HANDSHAKE_FAILURE),
    section: "RFC 7627 §5.3",
    what: "a session is resumed without the extended_master_secret that it was made with",
    why: "Without it two connections can be made to share their secrets; a peer that had it does not lose it by itself.",
    fix: "Look for a middlebox that strips extensions; if there is none, the peer's implementation is broken.",
};

pub(super) const RETRY_UNNEEDED: Row = Row {
    code: "hello.retry_without_change",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.1.4",
    what: "a HelloRetryRequest that would change nothing",
    why: "A retry has to ask for another share or bring a cookie, or the two sides could loop.",
    fix: "The server's implementation is broken.",
};

pub(super) const SECOND_RETRY: Row = Row {
    code: "hello.second_retry",
    alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
    section: "RFC 8446 §4.1.4",
    what: "a second HelloRetryRequest",
    why: "One retry is allowed.",
    fix: "The server's implementation is broken.",
};

pub(super) const RETRY_MISMATCH: Row = Row {
    code: "hello.retry_mismatch",
    alert: Some(AlertDescription::ILLEGAL_PARAMETER),
    section: "RFC 8446 §4.1.2, §4.1.4",
    what: "the second hello contradicts the first",
    why: "Only what the retry asked for may change between the two.",
    fix: "The peer's implementation is broken.",
};

pub(super) const NO_COMMON_CERTIFICATE_TYPE: Row = Row {
    code: "hello.no_common_certificate_type",
    alert: Some(AlertDescription::UNSUPPORTED_CERTIFICATE),
    section: "RFC 7250 §4.2",
    what: "no type of certificate in common",
    why: "One side shows what the other cannot judge: certificates, or raw public keys.",
    fix: "Give both sides the same: certificates and a trust anchor, or raw public keys and the list of those expected.",
};
