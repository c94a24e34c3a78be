//! TLS HandshakeType (RFC 8446 §4, with the values that other versions use).

use std::fmt;

/// A handshake message's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandshakeType(pub u8);

impl HandshakeType {
    /// `hello_request`(0) (RFC 5246 §7.4.1.1).
    pub const HELLO_REQUEST: Self = Self(0);
    /// `client_hello`(1) (RFC 8446 §4.1.2).
    pub const CLIENT_HELLO: Self = Self(1);
    /// `server_hello`(2) (RFC 8446 §4.1.3).
    pub const SERVER_HELLO: Self = Self(2);
    /// `hello_verify_request`(3) (RFC 6347 §4.2.1).
    pub const HELLO_VERIFY_REQUEST: Self = Self(3);
    /// `new_session_ticket`(4) (RFC 8446 §4.6.1).
    pub const NEW_SESSION_TICKET: Self = Self(4);
    /// `end_of_early_data`(5) (RFC 8446 §4.5).
    pub const END_OF_EARLY_DATA: Self = Self(5);
    /// `encrypted_extensions`(8) (RFC 8446 §4.3.1).
    pub const ENCRYPTED_EXTENSIONS: Self = Self(8);
    /// `certificate`(11) (RFC 8446 §4.4.2).
    pub const CERTIFICATE: Self = Self(11);
    /// `server_key_exchange`(12) (RFC 5246 §7.4.3).
    pub const SERVER_KEY_EXCHANGE: Self = Self(12);
    /// `certificate_request`(13) (RFC 8446 §4.3.2).
    pub const CERTIFICATE_REQUEST: Self = Self(13);
    /// `server_hello_done`(14) (RFC 5246 §7.4.5).
    pub const SERVER_HELLO_DONE: Self = Self(14);
    /// `certificate_verify`(15) (RFC 8446 §4.4.3).
    pub const CERTIFICATE_VERIFY: Self = Self(15);
    /// `client_key_exchange`(16) (RFC 5246 §7.4.7).
    pub const CLIENT_KEY_EXCHANGE: Self = Self(16);
    /// `finished`(20) (RFC 8446 §4.4.4).
    pub const FINISHED: Self = Self(20);
    /// `certificate_url`(21) (RFC 6066 §5).
    pub const CERTIFICATE_URL: Self = Self(21);
    /// `certificate_status`(22) (RFC 6066 §8).
    pub const CERTIFICATE_STATUS: Self = Self(22);
    /// `supplemental_data`(23) (RFC 4680 §2).
    pub const SUPPLEMENTAL_DATA: Self = Self(23);
    /// `key_update`(24) (RFC 8446 §4.6.3).
    pub const KEY_UPDATE: Self = Self(24);
    /// `compressed_certificate`(25) (RFC 8879 §4).
    pub const COMPRESSED_CERTIFICATE: Self = Self(25);
    /// `message_hash`(254) (RFC 8446 §4.4.1).
    pub const MESSAGE_HASH: Self = Self(254);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::HELLO_REQUEST,
        Self::CLIENT_HELLO,
        Self::SERVER_HELLO,
        Self::HELLO_VERIFY_REQUEST,
        Self::NEW_SESSION_TICKET,
        Self::END_OF_EARLY_DATA,
        Self::ENCRYPTED_EXTENSIONS,
        Self::CERTIFICATE,
        Self::SERVER_KEY_EXCHANGE,
        Self::CERTIFICATE_REQUEST,
        Self::SERVER_HELLO_DONE,
        Self::CERTIFICATE_VERIFY,
        Self::CLIENT_KEY_EXCHANGE,
        Self::FINISHED,
        Self::CERTIFICATE_URL,
        Self::CERTIFICATE_STATUS,
        Self::SUPPLEMENTAL_DATA,
        Self::KEY_UPDATE,
        Self::COMPRESSED_CERTIFICATE,
        Self::MESSAGE_HASH,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::HELLO_REQUEST => "hello_request",
            Self::CLIENT_HELLO => "client_hello",
            Self::SERVER_HELLO => "server_hello",
            Self::HELLO_VERIFY_REQUEST => "hello_verify_request",
            Self::NEW_SESSION_TICKET => "new_session_ticket",
            Self::END_OF_EARLY_DATA => "end_of_early_data",
            Self::ENCRYPTED_EXTENSIONS => "encrypted_extensions",
            Self::CERTIFICATE => "certificate",
            Self::SERVER_KEY_EXCHANGE => "server_key_exchange",
            Self::CERTIFICATE_REQUEST => "certificate_request",
            Self::SERVER_HELLO_DONE => "server_hello_done",
            Self::CERTIFICATE_VERIFY => "certificate_verify",
            Self::CLIENT_KEY_EXCHANGE => "client_key_exchange",
            Self::FINISHED => "finished",
            Self::CERTIFICATE_URL => "certificate_url",
            Self::CERTIFICATE_STATUS => "certificate_status",
            Self::SUPPLEMENTAL_DATA => "supplemental_data",
            Self::KEY_UPDATE => "key_update",
            Self::COMPRESSED_CERTIFICATE => "compressed_certificate",
            Self::MESSAGE_HASH => "message_hash",
            _ => return None,
        })
    }

    /// The message's name as the RFCs write it, `ClientHello`; "unknown message" where the value is not known here.
    pub const fn message(self) -> &'static str {
        match self {
            Self::HELLO_REQUEST => "HelloRequest",
            Self::CLIENT_HELLO => "ClientHello",
            Self::SERVER_HELLO => "ServerHello",
            Self::HELLO_VERIFY_REQUEST => "HelloVerifyRequest",
            Self::NEW_SESSION_TICKET => "NewSessionTicket",
            Self::END_OF_EARLY_DATA => "EndOfEarlyData",
            Self::ENCRYPTED_EXTENSIONS => "EncryptedExtensions",
            Self::CERTIFICATE => "Certificate",
            Self::SERVER_KEY_EXCHANGE => "ServerKeyExchange",
            Self::CERTIFICATE_REQUEST => "CertificateRequest",
            Self::SERVER_HELLO_DONE => "ServerHelloDone",
            Self::CERTIFICATE_VERIFY => "CertificateVerify",
            Self::CLIENT_KEY_EXCHANGE => "ClientKeyExchange",
            Self::FINISHED => "Finished",
            Self::CERTIFICATE_URL => "CertificateURL",
            Self::CERTIFICATE_STATUS => "CertificateStatus",
            Self::SUPPLEMENTAL_DATA => "SupplementalData",
            Self::KEY_UPDATE => "KeyUpdate",
            Self::COMPRESSED_CERTIFICATE => "CompressedCertificate",
            Self::MESSAGE_HASH => "message_hash",
            _ => "unknown message",
        }
    }
}

impl fmt::Display for HandshakeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:02x}", self.0),
        }
    }
}

impl fmt::Debug for HandshakeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
