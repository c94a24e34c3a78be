//! The rule table: a row a rule.

use tlsmith_x509::Code;

use super::rows;
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
    /// `hello.inappropriate_fallback`: a client falls back to an older version without need.
    InappropriateFallback,
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
    /// `hello.no_secure_renegotiation`: the server does not say that it renegotiates securely.
    NoSecureRenegotiation,
    /// `hello.bad_renegotiation_info`: a first handshake that claims to renegotiate.
    BadRenegotiationInfo,
    /// `hello.extended_master_secret_dropped`: a session is resumed without the extended_master_secret it was made with.
    ExtendedMainSecretDropped,
    /// `hello.retry_without_change`: a HelloRetryRequest that would change nothing.
    RetryUnneeded,
    /// `hello.second_retry`: a second HelloRetryRequest.
    SecondRetry,
    /// `hello.retry_mismatch`: the second hello contradicts the first.
    RetryMismatch,
    /// `handshake.bad_key_share`: a key share that is not one of its group.
    BadKeyShare,
    /// `handshake.unknown_dh_group`: a finite field that is none of those in use.
    UnknownDhGroup,
    /// `handshake.unknown_psk_identity`: a pre-shared key that this server does not know.
    UnknownPskIdentity,
    /// `handshake.unexpected_message`: a handshake message out of order.
    UnexpectedMessage,
    /// `handshake.renegotiation`: the peer tries to renegotiate.
    Renegotiation,
    /// `handshake.no_renegotiation`: the peer tries to renegotiate TLS 1.2.
    NoRenegotiation,
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
    /// `certificate.none_from_client`: a client of TLS 1.2 sent no certificate, and one is required.
    NoClientCertificate,
    /// `certificate.undecodable`: a certificate of the peer does not parse.
    CertificateUndecodable,
    /// `certificate.key_unsupported`: the key of the peer's certificate cannot be used here.
    CertificateKeyUnsupported,
    /// `hello.no_common_certificate_type`: no type of certificate in common.
    NoCommonCertificateType,
    /// `certificate.unexpected_key`: a raw public key that is none of those expected.
    UnexpectedRawKey,
    /// `certificate.bad_compression`: a compressed certificate that is not what it announces.
    BadCertificateCompression,
    /// `certificate.refused`: the peer's certificate was refused.
    CertificateRefused,
    /// `handshake.too_many_key_updates`: too many KeyUpdates without data between them.
    TooManyKeyUpdates,
    /// `handshake.too_many_messages`: too many post-handshake messages without data between them.
    TooManyMessages,
    /// `psk.unknown`: the server chose a PSK that was not offered.
    UnknownPsk,
    /// `psk.hash_mismatch`: a PSK with a suite of another hash.
    PskHashMismatch,
    /// `psk.bad_binder`: a binder that does not fit its PSK and hello.
    BadBinder,
    /// `early_data.mismatch`: early data accepted under other terms than they were sent under.
    EarlyDataMismatch,
    /// `early_data.over_limit`: more early data than the ticket allows.
    EarlyDataOverLimit,
    /// `early_data.refused`: early data cannot be sent now.
    EarlyDataRefused,
    /// `local.sign_failed`: this side could not sign.
    SignFailed,
    /// `local.crypto`: the cryptographic provider failed.
    Crypto,
    /// `local.internal`: this side came into a state that should not exist.
    Internal,
    /// `local.not_ready`: the handshake is not complete.
    NotYet,
    /// `local.no_key_update`: TLS 1.2 has no KeyUpdate.
    NoKeyUpdate,
    /// `local.already_closed`: this side has closed its direction already.
    AlreadyClosed,
    /// `local.no_post_handshake_auth`: the client cannot be asked for a certificate now.
    PostHandshakeAuthRefused,
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
        Self::InappropriateFallback,
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
        Self::NoSecureRenegotiation,
        Self::BadRenegotiationInfo,
        Self::ExtendedMainSecretDropped,
        Self::RetryUnneeded,
        Self::SecondRetry,
        Self::RetryMismatch,
        Self::BadKeyShare,
        Self::UnknownDhGroup,
        Self::UnknownPskIdentity,
        Self::UnexpectedMessage,
        Self::Renegotiation,
        Self::NoRenegotiation,
        Self::Decode,
        Self::BadFinished,
        Self::BadSignature,
        Self::SchemeNotOffered,
        Self::EmptyServerCertificate,
        Self::CertificateRequired,
        Self::NoClientCertificate,
        Self::CertificateUndecodable,
        Self::CertificateKeyUnsupported,
        Self::NoCommonCertificateType,
        Self::UnexpectedRawKey,
        Self::BadCertificateCompression,
        Self::CertificateRefused,
        Self::TooManyKeyUpdates,
        Self::TooManyMessages,
        Self::UnknownPsk,
        Self::PskHashMismatch,
        Self::BadBinder,
        Self::EarlyDataMismatch,
        Self::EarlyDataOverLimit,
        Self::EarlyDataRefused,
        Self::SignFailed,
        Self::Crypto,
        Self::Internal,
        Self::NotYet,
        Self::NoKeyUpdate,
        Self::AlreadyClosed,
        Self::PostHandshakeAuthRefused,
        Self::NothingNeeded,
        Self::ExportRefused,
    ];

    /// The row of the rule.
    pub const fn row(self) -> Row {
        rows::row(self)
    }
}
