//! The rule table: a row a rule.

use tlsmith_x509::Code;

use super::{alerts, certificates};
use crate::registry::AlertDescription;

/// What everything that is said about a broken rule comes from.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Stable code: `hello.no_common_suite`.
    pub code: &'static str,
    /// The alert that this side sends.
    pub alert: Option<AlertDescription>,
    /// Where the rule stands.
    pub section: &'static str,
    /// What happened, without values.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// A rule that a connection can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The peer's certificates are not trusted, for this reason.
    Certificate(Code),
    /// The peer sent this alert.
    PeerAlert(AlertDescription),
    /// `record.plain_http`: the peer speaks plain HTTP, not TLS.
    PlainHttp,
    /// `record.not_tls`: the peer does not speak TLS.
    PlainText,
    /// `record.sslv2_hello`: the peer sent an SSLv2 ClientHello.
    Sslv2Hello,
    /// `record.invalid_content_type`: a record of an unknown content type.
    InvalidContentType,
    /// `record.invalid_version`: a record header with a version that is not of TLS.
    InvalidRecordVersion,
    /// `record.overflow`: a record longer than allowed.
    RecordOverflow,
    /// `record.bad_mac`: a record does not authenticate.
    BadRecordMac,
    /// `record.empty`: an empty handshake, alert or ChangeCipherSpec record.
    EmptyRecord,
    /// `record.only_padding`: a protected record holds padding alone.
    NoContentType,
    /// `record.unprotected`: an unprotected record where a protected one has to stand.
    UnprotectedRecord,
    /// `record.unexpected_content_type`: a record of a type that has no place here.
    UnexpectedContentType,
    /// `record.unexpected_ccs`: a ChangeCipherSpec that is malformed or out of place.
    UnexpectedChangeCipherSpec,
    /// `record.too_many_idle`: too many records that carry nothing.
    TooManyEmptyRecords,
    /// `record.interleaved_handshake`: a record of another type inside a handshake message.
    InterleavedHandshake,
    /// `record.spans_key_change`: handshake bytes that span a key change.
    MessageSpansKeyChange,
    /// `handshake.message_too_long`: a handshake message longer than accepted.
    HandshakeTooLong,
    /// `record.key_exhausted`: a key reached its limit of records.
    KeyExhausted,
    /// `handshake.too_much_early_data`: more early data than is skipped.
    TooMuchEarlyData,
    /// `alert.malformed`: an alert that is malformed.
    AlertMalformed,
    /// `alert.too_many_warnings`: too many warning alerts.
    TooManyWarnings,
    /// `alert.unexpected_warning`: a warning alert that TLS 1.3 does not know.
    UnexpectedWarning,
    /// `transport.truncated`: the transport ended without close_notify.
    Truncated,
    /// `transport.closed_in_handshake`: the peer closed the connection during the handshake.
    HandshakeEof,
    /// `alert.close_notify_in_handshake`: the peer said close_notify during the handshake.
    ClosedInHandshake,
    /// `hello.unsupported_version`: no common protocol version.
    PeerVersion,
    /// `hello.downgrade`: the ServerHello carries the downgrade sentinel.
    Downgrade,
    /// `hello.no_common_suite`: no cipher suite in common.
    NoCommonSuite,
    /// `hello.no_common_group`: no key exchange group in common.
    NoCommonGroup,
    /// `hello.no_common_signature_scheme`: no certificate that the peer can verify.
    NoCommonScheme,
    /// `hello.unrecognized_name`: no certificate for the requested name.
    UnknownServerName,
    /// `hello.invalid_server_name`: a server_name that is not a host name.
    InvalidServerName,
    /// `hello.no_application_protocol`: no application protocol in common.
    NoApplicationProtocol,
    /// `hello.missing_extension`: an extension is missing that TLS 1.3 demands.
    MissingExtension,
    /// `hello.unsolicited_extension`: the peer answers an extension that was not offered.
    UnsolicitedExtension,
    /// `hello.misplaced_extension`: an extension in a message where it must not stand.
    MisplacedExtension,
    /// `hello.duplicate_extension`: an extension twice in one message.
    DuplicateExtension,
    /// `handshake.illegal_parameter`: a value that contradicts another or is not allowed.
    IllegalParameter,
    /// `hello.compression`: TLS compression.
    CompressionOffered,
    /// `hello.retry_without_change`: a HelloRetryRequest that would change nothing.
    RetryUnneeded,
    /// `hello.second_retry`: a second HelloRetryRequest.
    SecondRetry,
    /// `hello.retry_mismatch`: the second hello contradicts the first.
    RetryMismatch,
    /// `handshake.bad_key_share`: a key share that is not one of its group.
    BadKeyShare,
    /// `handshake.unexpected_message`: a handshake message out of order.
    UnexpectedMessage,
    /// `handshake.renegotiation`: the peer tries to renegotiate.
    Renegotiation,
    /// `handshake.decode_error`: a message that does not decode.
    Decode,
    /// `handshake.bad_finished`: the peer's Finished does not verify.
    BadFinished,
    /// `handshake.bad_signature`: the peer's CertificateVerify does not verify.
    BadSignature,
    /// `handshake.scheme_not_offered`: a CertificateVerify with a scheme that was not offered or does not fit the key.
    SchemeNotOffered,
    /// `certificate.none_from_server`: the server sent an empty certificate list.
    EmptyServerCertificate,
    /// `certificate.required`: the client sent no certificate, and one is required.
    CertificateRequired,
    /// `certificate.undecodable`: a certificate of the peer does not parse.
    CertificateUndecodable,
    /// `certificate.key_unsupported`: the key of the peer's certificate cannot be used here.
    CertificateKeyUnsupported,
    /// `certificate.refused`: the peer's certificate was refused.
    CertificateRefused,
    /// `handshake.too_many_key_updates`: too many KeyUpdates without data between them.
    TooManyKeyUpdates,
    /// `handshake.too_many_messages`: too many post-handshake messages without data between them.
    TooManyMessages,
    /// `local.sign_failed`: this side could not sign.
    SignFailed,
    /// `local.crypto`: the cryptographic provider failed.
    Crypto,
    /// `local.internal`: this side came into a state that should not exist.
    Internal,
    /// `local.not_ready`: the handshake is not complete.
    NotYet,
    /// `local.already_closed`: this side has closed its direction already.
    AlreadyClosed,
    /// `local.nothing_needed`: the reply fits no need of the connection.
    NothingNeeded,
    /// `local.export_refused`: no keying material can be exported.
    ExportRefused,
}

impl Rule {
    /// Every rule but the two that carry another table's row.
    pub const ALL: &'static [Rule] = &[
        Self::PlainHttp,
        Self::PlainText,
        Self::Sslv2Hello,
        Self::InvalidContentType,
        Self::InvalidRecordVersion,
        Self::RecordOverflow,
        Self::BadRecordMac,
        Self::EmptyRecord,
        Self::NoContentType,
        Self::UnprotectedRecord,
        Self::UnexpectedContentType,
        Self::UnexpectedChangeCipherSpec,
        Self::TooManyEmptyRecords,
        Self::InterleavedHandshake,
        Self::MessageSpansKeyChange,
        Self::HandshakeTooLong,
        Self::KeyExhausted,
        Self::TooMuchEarlyData,
        Self::AlertMalformed,
        Self::TooManyWarnings,
        Self::UnexpectedWarning,
        Self::Truncated,
        Self::HandshakeEof,
        Self::ClosedInHandshake,
        Self::PeerVersion,
        Self::Downgrade,
        Self::NoCommonSuite,
        Self::NoCommonGroup,
        Self::NoCommonScheme,
        Self::UnknownServerName,
        Self::InvalidServerName,
        Self::NoApplicationProtocol,
        Self::MissingExtension,
        Self::UnsolicitedExtension,
        Self::MisplacedExtension,
        Self::DuplicateExtension,
        Self::IllegalParameter,
        Self::CompressionOffered,
        Self::RetryUnneeded,
        Self::SecondRetry,
        Self::RetryMismatch,
        Self::BadKeyShare,
        Self::UnexpectedMessage,
        Self::Renegotiation,
        Self::Decode,
        Self::BadFinished,
        Self::BadSignature,
        Self::SchemeNotOffered,
        Self::EmptyServerCertificate,
        Self::CertificateRequired,
        Self::CertificateUndecodable,
        Self::CertificateKeyUnsupported,
        Self::CertificateRefused,
        Self::TooManyKeyUpdates,
        Self::TooManyMessages,
        Self::SignFailed,
        Self::Crypto,
        Self::Internal,
        Self::NotYet,
        Self::AlreadyClosed,
        Self::NothingNeeded,
        Self::ExportRefused,
    ];

    /// The row of the rule. Exhaustive on purpose: a new rule does not compile without its row.
    pub const fn row(self) -> Row {
        match self {
            Self::Certificate(code) => certificates::row(code),
            Self::PeerAlert(alert) => alerts::row(alert),
            Self::PlainHttp => Row {
                code: "record.plain_http",
                alert: None,
                section: "RFC 8446 §5.1",
                what: "the peer speaks plain HTTP, not TLS",
                why: "TLS records start with a content type and a version; these bytes start like an HTTP message.",
                fix: "Client: use the port that speaks TLS (or http:// for this one). Server: turn TLS on for this port, or send https:// clients elsewhere.",
            },
            Self::PlainText => Row {
                code: "record.not_tls",
                alert: None,
                section: "RFC 8446 §5.1",
                what: "the peer does not speak TLS",
                why: "The first bytes are not a TLS record; another protocol answers on this port.",
                fix: "Check host and port; if the protocol upgrades to TLS by a command (STARTTLS), that command has to come first.",
            },
            Self::Sslv2Hello => Row {
                code: "record.sslv2_hello",
                alert: Some(AlertDescription::PROTOCOL_VERSION),
                section: "RFC 8446 §D.5",
                what: "the peer sent an SSLv2 ClientHello",
                why: "SSLv2 is broken and prohibited (RFC 6176).",
                fix: "Update the client: it must speak TLS 1.3.",
            },
            Self::InvalidContentType => Row {
                code: "record.invalid_content_type",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5.1",
                what: "a record of an unknown content type",
                why: "Only change_cipher_spec, alert, handshake and application_data exist.",
                fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
            },
            Self::InvalidRecordVersion => Row {
                code: "record.invalid_version",
                alert: Some(AlertDescription::PROTOCOL_VERSION),
                section: "RFC 8446 §5.1",
                what: "a record header with a version that is not of TLS",
                why: "Every TLS record carries the major version 3.",
                fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
            },
            Self::RecordOverflow => Row {
                code: "record.overflow",
                alert: Some(AlertDescription::RECORD_OVERFLOW),
                section: "RFC 8446 §5.1, §5.2",
                what: "a record longer than allowed",
                why: "2^14 bytes of content, 2^14 + 256 encrypted, are the limit that bounds memory on both sides.",
                fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
            },
            Self::BadRecordMac => Row {
                code: "record.bad_mac",
                alert: Some(AlertDescription::BAD_RECORD_MAC),
                section: "RFC 8446 §5.2",
                what: "a record does not authenticate",
                why: "Its content was altered on the way, or the two sides hold different keys.",
                fix: "Try again; if it persists, look for a middlebox or a broken network path, then for a bug in the peer.",
            },
            Self::EmptyRecord => Row {
                code: "record.empty",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5.1",
                what: "an empty handshake, alert or ChangeCipherSpec record",
                why: "Zero-length fragments of these types are prohibited.",
                fix: "The peer's implementation is broken.",
            },
            Self::NoContentType => Row {
                code: "record.only_padding",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5.4",
                what: "a protected record holds padding alone",
                why: "The real content type stands before the padding; a record without one is prohibited.",
                fix: "The peer's implementation is broken.",
            },
            Self::UnprotectedRecord => Row {
                code: "record.unprotected",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5",
                what: "an unprotected record where a protected one has to stand",
                why: "Once keys are in place nothing may come in the clear, or an attacker could insert it.",
                fix: "The peer's implementation is broken, or someone interferes.",
            },
            Self::UnexpectedContentType => Row {
                code: "record.unexpected_content_type",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5",
                what: "a record of a type that has no place here",
                why: "Application data cannot come before the handshake is complete.",
                fix: "The peer's implementation is broken.",
            },
            Self::UnexpectedChangeCipherSpec => Row {
                code: "record.unexpected_ccs",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5, §D.4",
                what: "a ChangeCipherSpec that is malformed or out of place",
                why: "TLS 1.3 tolerates only the single byte 0x01, unprotected, between the first ClientHello and the peer's Finished.",
                fix: "The peer's implementation is broken.",
            },
            Self::TooManyEmptyRecords => Row {
                code: "record.too_many_idle",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §D.4",
                what: "too many records that carry nothing",
                why: "Records without content cost work and bring nothing; their number in a row is bounded (32).",
                fix: "The peer's implementation is broken, or it attacks.",
            },
            Self::InterleavedHandshake => Row {
                code: "record.interleaved_handshake",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5.1",
                what: "a record of another type inside a handshake message",
                why: "Handshake messages that span records must not be interleaved with other types.",
                fix: "The peer's implementation is broken.",
            },
            Self::MessageSpansKeyChange => Row {
                code: "record.spans_key_change",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §5.1",
                what: "handshake bytes that span a key change",
                why: "A message before a key change has to end with its record, or one key would authenticate another's bytes.",
                fix: "The peer's implementation is broken.",
            },
            Self::HandshakeTooLong => Row {
                code: "handshake.message_too_long",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4",
                what: "a handshake message longer than accepted",
                why: "Memory per peer is bounded: 128 KiB for certificates, 64 KiB for the rest.",
                fix: "A certificate chain of this size holds certificates that nobody needs: send the leaf and its intermediates only.",
            },
            Self::KeyExhausted => Row {
                code: "record.key_exhausted",
                alert: Some(AlertDescription::INTERNAL_ERROR),
                section: "RFC 8446 §5.5",
                what: "a key reached its limit of records",
                why: "Beyond it the AEAD no longer protects.",
                fix: "Update the keys earlier (this side does so by itself).",
            },
            Self::TooMuchEarlyData => Row {
                code: "handshake.too_much_early_data",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §4.2.10",
                what: "more early data than is skipped",
                why: "Early data that is not accepted is skipped up to a bound (2^14 bytes), or a client could send it for ever.",
                fix: "The client sends more early data than any ticket allows: update it.",
            },
            Self::AlertMalformed => Row {
                code: "alert.malformed",
                alert: Some(AlertDescription::DECODE_ERROR),
                section: "RFC 8446 §6",
                what: "an alert that is malformed",
                why: "An alert is exactly two bytes, a level and a description.",
                fix: "The peer's implementation is broken.",
            },
            Self::TooManyWarnings => Row {
                code: "alert.too_many_warnings",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §6",
                what: "too many warning alerts",
                why: "Alerts that end nothing cost work and bring nothing; their number is bounded (4).",
                fix: "The peer's implementation is broken, or it attacks.",
            },
            Self::UnexpectedWarning => Row {
                code: "alert.unexpected_warning",
                alert: Some(AlertDescription::DECODE_ERROR),
                section: "RFC 8446 §6.2",
                what: "a warning alert that TLS 1.3 does not know",
                why: "All alerts but close_notify and user_canceled are fatal in TLS 1.3, whatever their level says.",
                fix: "The peer's implementation is broken.",
            },
            Self::Truncated => Row {
                code: "transport.truncated",
                alert: None,
                section: "RFC 8446 §6.1",
                what: "the transport ended without close_notify",
                why: "Data may be missing: an attacker can cut a connection, but cannot forge close_notify.",
                fix: "If the application's own framing shows that all has come (a Content-Length, say), the data are whole; mend the peer, which closes without close_notify.",
            },
            Self::HandshakeEof => Row {
                code: "transport.closed_in_handshake",
                alert: None,
                section: "RFC 8446 §6.1",
                what: "the peer closed the connection during the handshake",
                why: "It gave no reason: no alert came before the end.",
                fix: "Look at the peer's log. Usual causes: the port expects another protocol, a firewall or a middlebox drops TLS 1.3, the server needs SNI, or it limits connections.",
            },
            Self::ClosedInHandshake => Row {
                code: "alert.close_notify_in_handshake",
                alert: None,
                section: "RFC 8446 §6.1",
                what: "the peer said close_notify during the handshake",
                why: "It gave up without naming a reason.",
                fix: "Look at the peer's log.",
            },
            Self::PeerVersion => Row {
                code: "hello.unsupported_version",
                alert: Some(AlertDescription::PROTOCOL_VERSION),
                section: "RFC 8446 §4.2.1",
                what: "no common protocol version",
                why: "SSLv3, TLS 1.0 and TLS 1.1 are refused on purpose: they are broken or deprecated (RFC 7568, RFC 8996). TLS 1.3 is what this side speaks.",
                fix: "Turn TLS 1.3 on at the peer (OpenSSL 1.1.1, nginx 1.13, Java 11 and later have it).",
            },
            Self::Downgrade => Row {
                code: "hello.downgrade",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.1.3",
                what: "the ServerHello carries the downgrade sentinel",
                why: "The server speaks TLS 1.3 and yet an older version came back: someone on the way altered the ClientHello.",
                fix: "Look for a middlebox that intercepts TLS; update or remove it.",
            },
            Self::NoCommonSuite => Row {
                code: "hello.no_common_suite",
                alert: Some(AlertDescription::HANDSHAKE_FAILURE),
                section: "RFC 8446 §4.1.1",
                what: "no cipher suite in common",
                why: "Both sides have to allow one AEAD and hash.",
                fix: "Allow one of the peer's suites, or restore the defaults on the side that restricts them.",
            },
            Self::NoCommonGroup => Row {
                code: "hello.no_common_group",
                alert: Some(AlertDescription::HANDSHAKE_FAILURE),
                section: "RFC 8446 §4.1.1",
                what: "no key exchange group in common",
                why: "Both sides have to allow one group to agree on keys.",
                fix: "Allow one of the peer's groups: x25519 and secp256r1 are nearly everywhere.",
            },
            Self::NoCommonScheme => Row {
                code: "hello.no_common_signature_scheme",
                alert: Some(AlertDescription::HANDSHAKE_FAILURE),
                section: "RFC 8446 §4.4.2.2",
                what: "no certificate that the peer can verify",
                why: "The signature schemes that the peer accepts fit none of the configured keys.",
                fix: "Add a certificate with a key of another type (ECDSA P-256 and RSA serve all), or widen the peer's schemes.",
            },
            Self::UnknownServerName => Row {
                code: "hello.unrecognized_name",
                alert: Some(AlertDescription::UNRECOGNIZED_NAME),
                section: "RFC 6066 §3",
                what: "no certificate for the requested name",
                why: "The configuration refuses names that it does not know.",
                fix: "Ask for a name that the server holds, or add a certificate for this one.",
            },
            Self::InvalidServerName => Row {
                code: "hello.invalid_server_name",
                alert: Some(AlertDescription::DECODE_ERROR),
                section: "RFC 6066 §3",
                what: "a server_name that is not a host name",
                why: "It has to be one DNS name in ASCII, without a trailing dot; addresses are not allowed.",
                fix: "Mend the client: an IP address is not sent as server_name.",
            },
            Self::NoApplicationProtocol => Row {
                code: "hello.no_application_protocol",
                alert: Some(AlertDescription::NO_APPLICATION_PROTOCOL),
                section: "RFC 7301 §3.2",
                what: "no application protocol in common",
                why: "The client offers protocols by ALPN, and the server speaks none of them.",
                fix: "Offer one that the server speaks (http/1.1 or h2 for the web), or do not offer any.",
            },
            Self::MissingExtension => Row {
                code: "hello.missing_extension",
                alert: Some(AlertDescription::MISSING_EXTENSION),
                section: "RFC 8446 §9.2",
                what: "an extension is missing that TLS 1.3 demands",
                why: "Without it the handshake lacks something both sides need.",
                fix: "The peer's implementation is broken.",
            },
            Self::UnsolicitedExtension => Row {
                code: "hello.unsolicited_extension",
                alert: Some(AlertDescription::UNSUPPORTED_EXTENSION),
                section: "RFC 8446 §4.2",
                what: "the peer answers an extension that was not offered",
                why: "A response is allowed to a request only.",
                fix: "The peer's implementation is broken.",
            },
            Self::MisplacedExtension => Row {
                code: "hello.misplaced_extension",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.2",
                what: "an extension in a message where it must not stand",
                why: "The table of RFC 8446 §4.2 says which extension belongs where.",
                fix: "The peer's implementation is broken.",
            },
            Self::DuplicateExtension => Row {
                code: "hello.duplicate_extension",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.2",
                what: "an extension twice in one message",
                why: "Two values for one question cannot both hold.",
                fix: "The peer's implementation is broken.",
            },
            Self::IllegalParameter => Row {
                code: "handshake.illegal_parameter",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §6.2",
                what: "a value that contradicts another or is not allowed",
                why: "The field decodes, but its value is prohibited here.",
                fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
            },
            Self::CompressionOffered => Row {
                code: "hello.compression",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.1.2",
                what: "TLS compression",
                why: "Compression leaks secrets (CRIME) and is prohibited.",
                fix: "Turn TLS compression off at the peer.",
            },
            Self::RetryUnneeded => Row {
                code: "hello.retry_without_change",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.1.4",
                what: "a HelloRetryRequest that would change nothing",
                why: "A retry has to ask for another share or bring a cookie, or the two sides could loop.",
                fix: "The server's implementation is broken.",
            },
            Self::SecondRetry => Row {
                code: "hello.second_retry",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §4.1.4",
                what: "a second HelloRetryRequest",
                why: "One retry is allowed.",
                fix: "The server's implementation is broken.",
            },
            Self::RetryMismatch => Row {
                code: "hello.retry_mismatch",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.1.2, §4.1.4",
                what: "the second hello contradicts the first",
                why: "Only what the retry asked for may change between the two.",
                fix: "The peer's implementation is broken.",
            },
            Self::BadKeyShare => Row {
                code: "handshake.bad_key_share",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.2.8",
                what: "a key share that is not one of its group",
                why: "Points off the curve and wrong lengths would leak the private key or make the secret known.",
                fix: "The peer's implementation is broken.",
            },
            Self::UnexpectedMessage => Row {
                code: "handshake.unexpected_message",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §4",
                what: "a handshake message out of order",
                why: "The order of messages is fixed; anything else is an attack or a bug.",
                fix: "The peer's implementation is broken.",
            },
            Self::Renegotiation => Row {
                code: "handshake.renegotiation",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §4.1.2",
                what: "the peer tries to renegotiate",
                why: "TLS 1.3 prohibits renegotiation, and tlsmith refuses it for every version.",
                fix: "Turn renegotiation off at the peer; for changed keys TLS 1.3 has KeyUpdate.",
            },
            Self::Decode => Row {
                code: "handshake.decode_error",
                alert: Some(AlertDescription::DECODE_ERROR),
                section: "RFC 8446 §6.2",
                what: "a message that does not decode",
                why: "A length or a structure inside it is wrong.",
                fix: "The peer's implementation is broken, or something between the two ends alters the stream.",
            },
            Self::BadFinished => Row {
                code: "handshake.bad_finished",
                alert: Some(AlertDescription::DECRYPT_ERROR),
                section: "RFC 8446 §4.4.4",
                what: "the peer's Finished does not verify",
                why: "The two sides saw different handshakes: someone altered a message.",
                fix: "Try again; if it persists, look for a middlebox, then for a bug in the peer.",
            },
            Self::BadSignature => Row {
                code: "handshake.bad_signature",
                alert: Some(AlertDescription::DECRYPT_ERROR),
                section: "RFC 8446 §4.4.3",
                what: "the peer's CertificateVerify does not verify",
                why: "The peer did not prove that it holds the key of its certificate.",
                fix: "The peer's key and certificate do not belong together, or someone interferes.",
            },
            Self::SchemeNotOffered => Row {
                code: "handshake.scheme_not_offered",
                alert: Some(AlertDescription::ILLEGAL_PARAMETER),
                section: "RFC 8446 §4.4.3",
                what: "a CertificateVerify with a scheme that was not offered or does not fit the key",
                why: "SHA-1, RSA-PKCS#1 and anything not offered are prohibited in TLS 1.3 handshakes.",
                fix: "The peer's implementation is broken, or it has no key that this side accepts: widen the signature schemes.",
            },
            Self::EmptyServerCertificate => Row {
                code: "certificate.none_from_server",
                alert: Some(AlertDescription::DECODE_ERROR),
                section: "RFC 8446 §4.4.2.4",
                what: "the server sent an empty certificate list",
                why: "A server always has to show a certificate.",
                fix: "Mend the server's configuration.",
            },
            Self::CertificateRequired => Row {
                code: "certificate.required",
                alert: Some(AlertDescription::CERTIFICATE_REQUIRED),
                section: "RFC 8446 §4.4.2.4",
                what: "the client sent no certificate, and one is required",
                why: "The server is configured for mutual TLS.",
                fix: "Give the client a certificate and its key (curl: --cert and --key; tlsmith connect: --cert and --key) from a CA that the server accepts.",
            },
            Self::CertificateUndecodable => Row {
                code: "certificate.undecodable",
                alert: Some(AlertDescription::BAD_CERTIFICATE),
                section: "RFC 8446 §4.4.2.4",
                what: "a certificate of the peer does not parse",
                why: "What cannot be parsed cannot be checked.",
                fix: "Replace the certificate: it is not valid DER of RFC 5280.",
            },
            Self::CertificateKeyUnsupported => Row {
                code: "certificate.key_unsupported",
                alert: Some(AlertDescription::UNSUPPORTED_CERTIFICATE),
                section: "RFC 8446 §4.4.2.4",
                what: "the key of the peer's certificate cannot be used here",
                why: "Its type is unknown, or its key usage does not allow signatures.",
                fix: "Replace the certificate by one with an ECDSA, Ed25519 or RSA (2048 bits at least) key, and with digitalSignature if it has a key usage.",
            },
            Self::CertificateRefused => Row {
                code: "certificate.refused",
                alert: Some(AlertDescription::CERTIFICATE_UNKNOWN),
                section: "RFC 8446 §4.4.2.4",
                what: "the peer's certificate was refused",
                why: "The verifier of this side said no.",
                fix: "Ask whoever configured the verifier.",
            },
            Self::TooManyKeyUpdates => Row {
                code: "handshake.too_many_key_updates",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §4.6.3",
                what: "too many KeyUpdates without data between them",
                why: "Each costs work and brings nothing; their number in a row is bounded (32).",
                fix: "The peer's implementation is broken, or it attacks.",
            },
            Self::TooManyMessages => Row {
                code: "handshake.too_many_messages",
                alert: Some(AlertDescription::UNEXPECTED_MESSAGE),
                section: "RFC 8446 §4.6",
                what: "too many post-handshake messages without data between them",
                why: "Each costs work and brings nothing; their number in a row is bounded.",
                fix: "The peer's implementation is broken, or it attacks.",
            },
            Self::SignFailed => Row {
                code: "local.sign_failed",
                alert: Some(AlertDescription::INTERNAL_ERROR),
                section: "RFC 8446 §4.4.3",
                what: "this side could not sign",
                why: "The private key, or the service that holds it, failed.",
                fix: "Look at the key's provider (HSM, KMS); a key in a file has to be whole.",
            },
            Self::Crypto => Row {
                code: "local.crypto",
                alert: Some(AlertDescription::INTERNAL_ERROR),
                section: "RFC 8446 §6.2",
                what: "the cryptographic provider failed",
                why: "Without it nothing can go on.",
                fix: "Look at the system's random source and memory.",
            },
            Self::Internal => Row {
                code: "local.internal",
                alert: Some(AlertDescription::INTERNAL_ERROR),
                section: "RFC 8446 §6.2",
                what: "this side came into a state that should not exist",
                why: "This is a bug of tlsmith.",
                fix: "Please report it, with the steps that lead here.",
            },
            Self::NotYet => Row {
                code: "local.not_ready",
                alert: None,
                section: "RFC 8446 §2",
                what: "the handshake is not complete",
                why: "Application data can be sent once the peer is authenticated.",
                fix: "Wait until the handshake is complete.",
            },
            Self::AlreadyClosed => Row {
                code: "local.already_closed",
                alert: None,
                section: "RFC 8446 §6.1",
                what: "this side has closed its direction already",
                why: "After close_notify nothing more can be sent.",
                fix: "Open a new connection.",
            },
            Self::NothingNeeded => Row {
                code: "local.nothing_needed",
                alert: None,
                section: "",
                what: "the reply fits no need of the connection",
                why: "A reply answers what Connection::need asks for.",
                fix: "Ask Connection::need first, and answer that.",
            },
            Self::ExportRefused => Row {
                code: "local.export_refused",
                alert: None,
                section: "RFC 8446 §7.5",
                what: "no keying material can be exported",
                why: "The handshake is not complete, or more was asked for than HKDF gives (255 digests).",
                fix: "Wait for the handshake; ask for less.",
            },
        }
    }
}
