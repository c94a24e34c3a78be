//! TLS ExtensionType Values (RFC 8446 §4.2).

use std::fmt;

/// An extension's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExtensionType(pub u16);

impl ExtensionType {
    /// `server_name` (RFC 6066 §3).
    pub const SERVER_NAME: Self = Self(0);
    /// `max_fragment_length` (RFC 6066 §4).
    pub const MAX_FRAGMENT_LENGTH: Self = Self(1);
    /// `status_request` (RFC 6066 §8).
    pub const STATUS_REQUEST: Self = Self(5);
    /// `supported_groups` (RFC 8446 §4.2.7).
    pub const SUPPORTED_GROUPS: Self = Self(10);
    /// `ec_point_formats` (RFC 8422 §5.1.2).
    pub const EC_POINT_FORMATS: Self = Self(11);
    /// `signature_algorithms` (RFC 8446 §4.2.3).
    pub const SIGNATURE_ALGORITHMS: Self = Self(13);
    /// `application_layer_protocol_negotiation` (RFC 7301).
    pub const ALPN: Self = Self(16);
    /// `signed_certificate_timestamp` (RFC 6962).
    pub const SIGNED_CERTIFICATE_TIMESTAMP: Self = Self(18);
    /// `client_certificate_type` (RFC 7250 §3).
    pub const CLIENT_CERTIFICATE_TYPE: Self = Self(19);
    /// `server_certificate_type` (RFC 7250 §3).
    pub const SERVER_CERTIFICATE_TYPE: Self = Self(20);
    /// `padding` (RFC 7685).
    pub const PADDING: Self = Self(21);
    /// `encrypt_then_mac` (RFC 7366).
    pub const ENCRYPT_THEN_MAC: Self = Self(22);
    /// `extended_master_secret` (RFC 7627).
    pub const EXTENDED_MAIN_SECRET: Self = Self(23);
    /// `compress_certificate` (RFC 8879).
    pub const COMPRESS_CERTIFICATE: Self = Self(27);
    /// `record_size_limit` (RFC 8449).
    pub const RECORD_SIZE_LIMIT: Self = Self(28);
    /// `delegated_credential` (RFC 9345).
    pub const DELEGATED_CREDENTIAL: Self = Self(34);
    /// `session_ticket` (RFC 5077).
    pub const SESSION_TICKET: Self = Self(35);
    /// `pre_shared_key` (RFC 8446 §4.2.11).
    pub const PRE_SHARED_KEY: Self = Self(41);
    /// `early_data` (RFC 8446 §4.2.10).
    pub const EARLY_DATA: Self = Self(42);
    /// `supported_versions` (RFC 8446 §4.2.1).
    pub const SUPPORTED_VERSIONS: Self = Self(43);
    /// `cookie` (RFC 8446 §4.2.2).
    pub const COOKIE: Self = Self(44);
    /// `psk_key_exchange_modes` (RFC 8446 §4.2.9).
    pub const PSK_KEY_EXCHANGE_MODES: Self = Self(45);
    /// `certificate_authorities` (RFC 8446 §4.2.4).
    pub const CERTIFICATE_AUTHORITIES: Self = Self(47);
    /// `oid_filters` (RFC 8446 §4.2.5).
    pub const OID_FILTERS: Self = Self(48);
    /// `post_handshake_auth` (RFC 8446 §4.2.6).
    pub const POST_HANDSHAKE_AUTH: Self = Self(49);
    /// `signature_algorithms_cert` (RFC 8446 §4.2.3).
    pub const SIGNATURE_ALGORITHMS_CERT: Self = Self(50);
    /// `key_share` (RFC 8446 §4.2.8).
    pub const KEY_SHARE: Self = Self(51);
    /// `quic_transport_parameters` (RFC 9001 §8.2).
    pub const QUIC_TRANSPORT_PARAMETERS: Self = Self(57);
    /// `encrypted_client_hello` (RFC 9849).
    pub const ENCRYPTED_CLIENT_HELLO: Self = Self(0xfe0d);
    /// `renegotiation_info` (RFC 5746).
    pub const RENEGOTIATION_INFO: Self = Self(0xff01);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::SERVER_NAME,
        Self::MAX_FRAGMENT_LENGTH,
        Self::STATUS_REQUEST,
        Self::SUPPORTED_GROUPS,
        Self::EC_POINT_FORMATS,
        Self::SIGNATURE_ALGORITHMS,
        Self::ALPN,
        Self::SIGNED_CERTIFICATE_TIMESTAMP,
        Self::CLIENT_CERTIFICATE_TYPE,
        Self::SERVER_CERTIFICATE_TYPE,
        Self::PADDING,
        Self::ENCRYPT_THEN_MAC,
        Self::EXTENDED_MAIN_SECRET,
        Self::COMPRESS_CERTIFICATE,
        Self::RECORD_SIZE_LIMIT,
        Self::DELEGATED_CREDENTIAL,
        Self::SESSION_TICKET,
        Self::PRE_SHARED_KEY,
        Self::EARLY_DATA,
        Self::SUPPORTED_VERSIONS,
        Self::COOKIE,
        Self::PSK_KEY_EXCHANGE_MODES,
        Self::CERTIFICATE_AUTHORITIES,
        Self::OID_FILTERS,
        Self::POST_HANDSHAKE_AUTH,
        Self::SIGNATURE_ALGORITHMS_CERT,
        Self::KEY_SHARE,
        Self::QUIC_TRANSPORT_PARAMETERS,
        Self::ENCRYPTED_CLIENT_HELLO,
        Self::RENEGOTIATION_INFO,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::SERVER_NAME => "server_name",
            Self::MAX_FRAGMENT_LENGTH => "max_fragment_length",
            Self::STATUS_REQUEST => "status_request",
            Self::SUPPORTED_GROUPS => "supported_groups",
            Self::EC_POINT_FORMATS => "ec_point_formats",
            Self::SIGNATURE_ALGORITHMS => "signature_algorithms",
            Self::ALPN => "application_layer_protocol_negotiation",
            Self::SIGNED_CERTIFICATE_TIMESTAMP => "signed_certificate_timestamp",
            Self::CLIENT_CERTIFICATE_TYPE => "client_certificate_type",
            Self::SERVER_CERTIFICATE_TYPE => "server_certificate_type",
            Self::PADDING => "padding",
            Self::ENCRYPT_THEN_MAC => "encrypt_then_mac",
            Self::EXTENDED_MAIN_SECRET => "extended_master_secret",
            Self::COMPRESS_CERTIFICATE => "compress_certificate",
            Self::RECORD_SIZE_LIMIT => "record_size_limit",
            Self::DELEGATED_CREDENTIAL => "delegated_credential",
            Self::SESSION_TICKET => "session_ticket",
            Self::PRE_SHARED_KEY => "pre_shared_key",
            Self::EARLY_DATA => "early_data",
            Self::SUPPORTED_VERSIONS => "supported_versions",
            Self::COOKIE => "cookie",
            Self::PSK_KEY_EXCHANGE_MODES => "psk_key_exchange_modes",
            Self::CERTIFICATE_AUTHORITIES => "certificate_authorities",
            Self::OID_FILTERS => "oid_filters",
            Self::POST_HANDSHAKE_AUTH => "post_handshake_auth",
            Self::SIGNATURE_ALGORITHMS_CERT => "signature_algorithms_cert",
            Self::KEY_SHARE => "key_share",
            Self::QUIC_TRANSPORT_PARAMETERS => "quic_transport_parameters",
            Self::ENCRYPTED_CLIENT_HELLO => "encrypted_client_hello",
            Self::RENEGOTIATION_INFO => "renegotiation_info",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }
}

impl fmt::Display for ExtensionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for ExtensionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
