//! What was negotiated and seen, there to look at after success and after failure alike.

use tlsmith_x509::{Certificate, Report, SubjectPublicKeyInfo, UnixTime};

use crate::{
    registry::{
        CertificateCompressionAlgorithm, CertificateType, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion,
        SignatureScheme,
    },
    session::WhyNot,
};

/// Which side this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From this side to the peer.
    Sent,
    /// From the peer to this side.
    Received,
}

/// What became of early data (RFC 8446 §4.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum EarlyDataStatus {
    /// None were offered.
    #[default]
    None,
    /// A client may send them, or has, and the server has not answered yet.
    Offered,
    /// The server reads them.
    Accepted,
    /// The server does not: what was sent is lost, and has to be sent again.
    Rejected,
}

/// Why a server does not read early data (RFC 8446 §4.2.10, §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EarlyDataRefusal {
    /// The configuration accepts none.
    Disabled,
    /// A HelloRetryRequest was needed.
    Retried,
    /// No session was resumed, or not the first that was offered.
    NotResumed,
    /// The session does not allow them, or not here and now.
    Session(WhyNot),
    /// The ClientHello was seen before, or it cannot be told whether it was.
    Replay,
}

/// One message of the transcript: handshake messages, ChangeCipherSpec, alerts.
#[derive(Clone, Debug)]
pub struct MessageNote {
    /// Which way.
    pub direction: Direction,
    /// Its name in the RFC: `ClientHello`, `HelloRetryRequest`, `Alert`, `ChangeCipherSpec`.
    pub name: &'static str,
    /// Length in bytes, header included, record overhead not.
    pub size: usize,
    /// Whether it was protected by keys.
    pub encrypted: bool,
    /// What matters in it, a phrase each (`key_share x25519`); empty unless the configuration asks for a trace.
    pub details: Vec<String>,
}

/// What a ClientHello offered.
#[derive(Clone, Debug, Default)]
pub struct ClientHelloFacts {
    /// The server name, if one was sent.
    pub server_name: Option<String>,
    /// ALPN protocols; at most 1024, more are not looked at.
    pub alpn: Vec<Vec<u8>>,
    /// What a server has chosen of `versions`, once it asks for an identity; TLS 1.3 before.
    pub version: ProtocolVersion,
    /// Versions; the legacy one alone if there is no `supported_versions`.
    pub versions: Vec<ProtocolVersion>,
    /// Cipher suites, reserved values left out.
    pub cipher_suites: Vec<CipherSuite>,
    /// Groups, reserved values left out.
    pub groups: Vec<NamedGroup>,
    /// Groups that came with a share.
    pub key_shares: Vec<NamedGroup>,
    /// Schemes for CertificateVerify.
    pub signature_schemes: Vec<SignatureScheme>,
    /// Schemes for certificates; the former if not sent.
    pub signature_schemes_cert: Vec<SignatureScheme>,
    /// Names of authorities that the client trusts (DER), if it sent them; at most 1024.
    pub authorities: Vec<Vec<u8>>,
    /// The client wants the OCSP response of the server's certificate.
    pub wants_ocsp_response: bool,
    /// The client wants the signed certificate timestamps of the server's certificate.
    pub wants_sct_list: bool,
    /// How PSKs may be used (RFC 8446 §4.2.9).
    pub psk_key_exchange_modes: Vec<u8>,
    /// What the client wants to see of the server, most wanted first (RFC 7250); certificates, if it does not say.
    pub server_certificate_types: Vec<CertificateType>,
    /// What the client can show, most wanted first (RFC 7250); certificates, if it does not say.
    pub client_certificate_types: Vec<CertificateType>,
    /// How the server may compress its certificate (RFC 8879).
    pub certificate_compressions: Vec<CertificateCompressionAlgorithm>,
    /// All extensions, in order.
    pub extensions: Vec<ExtensionType>,
}

/// What a CertificateRequest asked for.
#[derive(Clone, Debug, Default)]
pub struct CertificateRequestFacts {
    /// The version that is spoken: TLS 1.2 has other rules for schemes.
    pub version: ProtocolVersion,
    /// Schemes for CertificateVerify.
    pub signature_schemes: Vec<SignatureScheme>,
    /// Schemes for certificates; the former if not sent.
    pub signature_schemes_cert: Vec<SignatureScheme>,
    /// Names of acceptable authorities (DER), at most 1024; empty: any.
    pub authorities: Vec<Vec<u8>>,
    /// The server wants the OCSP response of the client's certificate.
    pub wants_ocsp_response: bool,
    /// The server wants the signed certificate timestamps of the client's certificate.
    pub wants_sct_list: bool,
    /// What the server wants to see of the client (RFC 7250).
    pub certificate_type: CertificateType,
    /// How the client may compress its certificate (RFC 8879).
    pub certificate_compressions: Vec<CertificateCompressionAlgorithm>,
    /// What the extensions of the client's certificate have to hold (RFC 8446 §4.2.5), at most 1024.
    pub oid_filters: Vec<CertificateFilter>,
}

/// One filter of `oid_filters`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFilter {
    /// The DER of the extension's OID.
    pub oid: Vec<u8>,
    /// The DER of the values; empty: the extension only has to be there.
    pub values: Vec<u8>,
}

/// What became of post-handshake authentication (RFC 8446 §4.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PostHandshakeAuth {
    /// There was none.
    #[default]
    None,
    /// The server asked, and the client has not answered yet.
    Requested,
    /// The client proved who it is: what the facts say of its certificates is from this exchange.
    Authenticated,
    /// The client showed nothing; what it proved before stands.
    Declined,
}

/// What a connection knows about itself.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Which side this is.
    pub role: Role,
    /// The version, once chosen.
    pub version: Option<ProtocolVersion>,
    /// The cipher suite, once chosen.
    pub cipher_suite: Option<CipherSuite>,
    /// The group of the key exchange, once chosen.
    pub group: Option<NamedGroup>,
    /// The scheme of the peer's CertificateVerify.
    pub signature_scheme: Option<SignatureScheme>,
    /// The scheme of our own CertificateVerify.
    pub own_signature_scheme: Option<SignatureScheme>,
    /// The application protocol, if one was agreed.
    pub alpn: Option<Vec<u8>>,
    /// The peer's `record_size_limit` (RFC 8449), if both sides have one.
    pub record_size_limit: Option<u16>,
    /// The server name that was sent (client) or received (server).
    pub server_name: Option<String>,
    /// A HelloRetryRequest was part of it.
    pub retried: bool,
    /// The server asked for a client certificate.
    pub client_auth_requested: bool,
    /// The main secret covers the whole handshake: RFC 7627 in TLS 1.2, always so in TLS 1.3.
    pub extended_main_secret: bool,
    /// Post-handshake authentication (RFC 8446 §4.6.2), the last exchange of it.
    pub post_handshake_auth: PostHandshakeAuth,
    /// What the client shows when it is asked: certificates, unless raw public keys were agreed (RFC 7250).
    pub client_certificate_type: CertificateType,
    /// A session was resumed.
    pub resumed: bool,
    /// The peer is known by an external PSK.
    pub external_psk: bool,
    /// What became of early data.
    pub early_data: EarlyDataStatus,
    /// Why a server did not read early data that were offered; a client is not told.
    pub early_data_refusal: Option<EarlyDataRefusal>,
    /// Why a session was not resumed: of those that the client had kept or the server was offered, the first.
    pub not_resumed: Option<WhyNot>,
    /// Up to when what the peer proved may be relied on in sessions; none: nothing was proved by certificates.
    pub trusted_until: Option<UnixTime>,
    /// The peer's certificates as sent, leaf first.
    pub peer_certificates: Vec<Certificate>,
    /// The key that the peer showed instead of certificates (RFC 7250).
    pub peer_raw_key: Option<SubjectPublicKeyInfo>,
    /// The OCSP response that came with the peer's leaf (DER).
    pub ocsp_response: Option<Vec<u8>>,
    /// The `SignedCertificateTimestampList` that came with the peer's leaf, its length included (RFC 6962 §3.3).
    pub sct_list: Option<Vec<u8>>,
    /// How the peer compressed its certificates, if it did (RFC 8879).
    pub certificate_compression: Option<CertificateCompressionAlgorithm>,
    /// The certificates that this side showed, leaf first.
    pub own_certificates: Vec<Certificate>,
    /// The key that this side showed instead of certificates.
    pub own_raw_key: Option<SubjectPublicKeyInfo>,
    /// How this side compressed its certificates, if it did.
    pub own_certificate_compression: Option<CertificateCompressionAlgorithm>,
    /// What the verifier found, trusted or not.
    pub verification: Option<Report>,
    /// The ClientHello that was sent or received (the second one after a retry).
    pub client_hello: Option<ClientHelloFacts>,
    /// What the server asked of the client.
    pub certificate_request: Option<CertificateRequestFacts>,
    /// The messages so far, in order (at most 64, then the oldest post-handshake ones go).
    pub messages: Vec<MessageNote>,
}

impl Facts {
    /// Of a connection about which nothing is known yet.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            version: None,
            cipher_suite: None,
            group: None,
            signature_scheme: None,
            own_signature_scheme: None,
            alpn: None,
            record_size_limit: None,
            server_name: None,
            retried: false,
            client_auth_requested: false,
            extended_main_secret: false,
            post_handshake_auth: PostHandshakeAuth::None,
            client_certificate_type: CertificateType::X509,
            resumed: false,
            external_psk: false,
            early_data: EarlyDataStatus::None,
            early_data_refusal: None,
            not_resumed: None,
            trusted_until: None,
            peer_certificates: Vec::new(),
            peer_raw_key: None,
            ocsp_response: None,
            sct_list: None,
            certificate_compression: None,
            own_certificates: Vec::new(),
            own_raw_key: None,
            own_certificate_compression: None,
            verification: None,
            client_hello: None,
            certificate_request: None,
            messages: Vec::new(),
        }
    }
}
