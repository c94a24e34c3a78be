//! TLS Alerts (RFC 8446 §6).

use std::fmt;

/// An alert's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AlertDescription(pub u8);

impl AlertDescription {
    /// `close_notify`(0).
    pub const CLOSE_NOTIFY: Self = Self(0);
    /// `unexpected_message`(10).
    pub const UNEXPECTED_MESSAGE: Self = Self(10);
    /// `bad_record_mac`(20).
    pub const BAD_RECORD_MAC: Self = Self(20);
    /// `record_overflow`(22).
    pub const RECORD_OVERFLOW: Self = Self(22);
    /// `handshake_failure`(40).
    pub const HANDSHAKE_FAILURE: Self = Self(40);
    /// `no_certificate`(41).
    pub const NO_CERTIFICATE: Self = Self(41);
    /// `bad_certificate`(42).
    pub const BAD_CERTIFICATE: Self = Self(42);
    /// `unsupported_certificate`(43).
    pub const UNSUPPORTED_CERTIFICATE: Self = Self(43);
    /// `certificate_revoked`(44).
    pub const CERTIFICATE_REVOKED: Self = Self(44);
    /// `certificate_expired`(45).
    pub const CERTIFICATE_EXPIRED: Self = Self(45);
    /// `certificate_unknown`(46).
    pub const CERTIFICATE_UNKNOWN: Self = Self(46);
    /// `illegal_parameter`(47).
    pub const ILLEGAL_PARAMETER: Self = Self(47);
    /// `unknown_ca`(48).
    pub const UNKNOWN_CA: Self = Self(48);
    /// `access_denied`(49).
    pub const ACCESS_DENIED: Self = Self(49);
    /// `decode_error`(50).
    pub const DECODE_ERROR: Self = Self(50);
    /// `decrypt_error`(51).
    pub const DECRYPT_ERROR: Self = Self(51);
    /// `protocol_version`(70).
    pub const PROTOCOL_VERSION: Self = Self(70);
    /// `insufficient_security`(71).
    pub const INSUFFICIENT_SECURITY: Self = Self(71);
    /// `internal_error`(80).
    pub const INTERNAL_ERROR: Self = Self(80);
    /// `inappropriate_fallback`(86).
    pub const INAPPROPRIATE_FALLBACK: Self = Self(86);
    /// `user_canceled`(90).
    pub const USER_CANCELED: Self = Self(90);
    /// `no_renegotiation`(100).
    pub const NO_RENEGOTIATION: Self = Self(100);
    /// `missing_extension`(109).
    pub const MISSING_EXTENSION: Self = Self(109);
    /// `unsupported_extension`(110).
    pub const UNSUPPORTED_EXTENSION: Self = Self(110);
    /// `unrecognized_name`(112).
    pub const UNRECOGNIZED_NAME: Self = Self(112);
    /// `bad_certificate_status_response`(113).
    pub const BAD_CERTIFICATE_STATUS_RESPONSE: Self = Self(113);
    /// `unknown_psk_identity`(115).
    pub const UNKNOWN_PSK_IDENTITY: Self = Self(115);
    /// `certificate_required`(116).
    pub const CERTIFICATE_REQUIRED: Self = Self(116);
    /// `no_application_protocol`(120).
    pub const NO_APPLICATION_PROTOCOL: Self = Self(120);
    /// `ech_required`(121).
    pub const ECH_REQUIRED: Self = Self(121);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::CLOSE_NOTIFY,
        Self::UNEXPECTED_MESSAGE,
        Self::BAD_RECORD_MAC,
        Self::RECORD_OVERFLOW,
        Self::HANDSHAKE_FAILURE,
        Self::NO_CERTIFICATE,
        Self::BAD_CERTIFICATE,
        Self::UNSUPPORTED_CERTIFICATE,
        Self::CERTIFICATE_REVOKED,
        Self::CERTIFICATE_EXPIRED,
        Self::CERTIFICATE_UNKNOWN,
        Self::ILLEGAL_PARAMETER,
        Self::UNKNOWN_CA,
        Self::ACCESS_DENIED,
        Self::DECODE_ERROR,
        Self::DECRYPT_ERROR,
        Self::PROTOCOL_VERSION,
        Self::INSUFFICIENT_SECURITY,
        Self::INTERNAL_ERROR,
        Self::INAPPROPRIATE_FALLBACK,
        Self::USER_CANCELED,
        Self::NO_RENEGOTIATION,
        Self::MISSING_EXTENSION,
        Self::UNSUPPORTED_EXTENSION,
        Self::UNRECOGNIZED_NAME,
        Self::BAD_CERTIFICATE_STATUS_RESPONSE,
        Self::UNKNOWN_PSK_IDENTITY,
        Self::CERTIFICATE_REQUIRED,
        Self::NO_APPLICATION_PROTOCOL,
        Self::ECH_REQUIRED,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::CLOSE_NOTIFY => "close_notify",
            Self::UNEXPECTED_MESSAGE => "unexpected_message",
            Self::BAD_RECORD_MAC => "bad_record_mac",
            Self::RECORD_OVERFLOW => "record_overflow",
            Self::HANDSHAKE_FAILURE => "handshake_failure",
            Self::NO_CERTIFICATE => "no_certificate",
            Self::BAD_CERTIFICATE => "bad_certificate",
            Self::UNSUPPORTED_CERTIFICATE => "unsupported_certificate",
            Self::CERTIFICATE_REVOKED => "certificate_revoked",
            Self::CERTIFICATE_EXPIRED => "certificate_expired",
            Self::CERTIFICATE_UNKNOWN => "certificate_unknown",
            Self::ILLEGAL_PARAMETER => "illegal_parameter",
            Self::UNKNOWN_CA => "unknown_ca",
            Self::ACCESS_DENIED => "access_denied",
            Self::DECODE_ERROR => "decode_error",
            Self::DECRYPT_ERROR => "decrypt_error",
            Self::PROTOCOL_VERSION => "protocol_version",
            Self::INSUFFICIENT_SECURITY => "insufficient_security",
            Self::INTERNAL_ERROR => "internal_error",
            Self::INAPPROPRIATE_FALLBACK => "inappropriate_fallback",
            Self::USER_CANCELED => "user_canceled",
            Self::NO_RENEGOTIATION => "no_renegotiation",
            Self::MISSING_EXTENSION => "missing_extension",
            Self::UNSUPPORTED_EXTENSION => "unsupported_extension",
            Self::UNRECOGNIZED_NAME => "unrecognized_name",
            Self::BAD_CERTIFICATE_STATUS_RESPONSE => "bad_certificate_status_response",
            Self::UNKNOWN_PSK_IDENTITY => "unknown_psk_identity",
            Self::CERTIFICATE_REQUIRED => "certificate_required",
            Self::NO_APPLICATION_PROTOCOL => "no_application_protocol",
            Self::ECH_REQUIRED => "ech_required",
            _ => return None,
        })
    }
}

impl fmt::Display for AlertDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:02x}", self.0),
        }
    }
}

impl fmt::Debug for AlertDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
