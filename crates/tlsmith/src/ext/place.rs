//! Which extension may stand in which message (the table of RFC 8446 §4.2, and of the RFCs that extend it).

use super::Extension;
use crate::{
    registry::ExtensionType,
    wire::{Malformed, Problem},
};

/// A message that carries extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    ClientHello,
    ServerHello,
    ServerHelloTls12,
    HelloRetryRequest,
    EncryptedExtensions,
    CertificateRequest,
    Certificate,
    NewSessionTicket,
}

impl Place {
    pub(crate) const ALL: [Self; 8] = [
        Self::ClientHello,
        Self::ServerHello,
        Self::ServerHelloTls12,
        Self::HelloRetryRequest,
        Self::EncryptedExtensions,
        Self::CertificateRequest,
        Self::Certificate,
        Self::NewSessionTicket,
    ];

    /// The vector's name, for errors.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::ClientHello => "ClientHello.extensions",
            Self::ServerHello | Self::ServerHelloTls12 => "ServerHello.extensions",
            Self::HelloRetryRequest => "HelloRetryRequest.extensions",
            Self::EncryptedExtensions => "EncryptedExtensions.extensions",
            Self::CertificateRequest => "CertificateRequest.extensions",
            Self::Certificate => "CertificateEntry.extensions",
            Self::NewSessionTicket => "NewSessionTicket.extensions",
        }
    }
}

const CH: Place = Place::ClientHello;
const SH: Place = Place::ServerHello;
/// A ServerHello that has chosen TLS 1.2. RFC 8422 §5.1 does not let supported_groups stand there, but servers are known
/// that send it, and it does no harm.
const SH12: Place = Place::ServerHelloTls12;
const HRR: Place = Place::HelloRetryRequest;
const EE: Place = Place::EncryptedExtensions;
const CR: Place = Place::CertificateRequest;
const CT: Place = Place::Certificate;
const NST: Place = Place::NewSessionTicket;

/// A row an extension, in the order of RFC 8446 §4.2; then the later ones; then those of TLS 1.2 alone, which TLS 1.3
/// answers nowhere.
const TABLE: &[(ExtensionType, &[Place])] = &[
    (ExtensionType::SERVER_NAME, &[CH, SH12, EE]),
    (ExtensionType::MAX_FRAGMENT_LENGTH, &[CH, SH12, EE]),
    (ExtensionType::STATUS_REQUEST, &[CH, SH12, CR, CT]),
    (ExtensionType::SUPPORTED_GROUPS, &[CH, SH12, EE]),
    (ExtensionType::SIGNATURE_ALGORITHMS, &[CH, CR]),
    (ExtensionType::ALPN, &[CH, SH12, EE]),
    (ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, &[CH, SH12, CR, CT]),
    (ExtensionType::CLIENT_CERTIFICATE_TYPE, &[CH, SH12, EE]),
    (ExtensionType::SERVER_CERTIFICATE_TYPE, &[CH, SH12, EE]),
    (ExtensionType::PADDING, &[CH]),
    (ExtensionType::KEY_SHARE, &[CH, SH, HRR]),
    (ExtensionType::PRE_SHARED_KEY, &[CH, SH]),
    (ExtensionType::PSK_KEY_EXCHANGE_MODES, &[CH]),
    (ExtensionType::EARLY_DATA, &[CH, EE, NST]),
    (ExtensionType::COOKIE, &[CH, HRR]),
    (ExtensionType::SUPPORTED_VERSIONS, &[CH, SH, HRR]),
    (ExtensionType::CERTIFICATE_AUTHORITIES, &[CH, CR]),
    (ExtensionType::OID_FILTERS, &[CR]),
    (ExtensionType::POST_HANDSHAKE_AUTH, &[CH]),
    (ExtensionType::SIGNATURE_ALGORITHMS_CERT, &[CH, CR]),
    // RFC 8449 §4, RFC 8879 §3, RFC 9345 §4.1.1, RFC 9001 §8.2, RFC 9849 §5
    (ExtensionType::RECORD_SIZE_LIMIT, &[CH, SH12, EE]),
    (ExtensionType::COMPRESS_CERTIFICATE, &[CH, CR]),
    (ExtensionType::DELEGATED_CREDENTIAL, &[CH, CR, CT]),
    (ExtensionType::QUIC_TRANSPORT_PARAMETERS, &[CH, EE]),
    (ExtensionType::ENCRYPTED_CLIENT_HELLO, &[CH, HRR, EE]),
    (ExtensionType::EC_POINT_FORMATS, &[CH, SH12]),
    (ExtensionType::ENCRYPT_THEN_MAC, &[CH, SH12]),
    (ExtensionType::EXTENDED_MAIN_SECRET, &[CH, SH12]),
    (ExtensionType::SESSION_TICKET, &[CH, SH12]),
    (ExtensionType::RENEGOTIATION_INFO, &[CH, SH12]),
];

/// Whether the table lets `extension_type` stand in `place`. What the table does not know may stand anywhere: whether
/// it was asked for is the state machine's question.
pub(crate) fn may_stand(extension_type: ExtensionType, place: Place) -> bool {
    TABLE.iter().find(|(known, _)| *known == extension_type).is_none_or(|(_, places)| places.contains(&place))
}

/// Judges every extension by the table: one that is recognised and not specified for the message is `illegal_parameter`
/// (RFC 8446 §4.2).
///
/// Decoding does so itself, but for the ServerHello: the table holds once that has chosen TLS 1.3, not before.
pub(crate) fn check_places(extensions: &[Extension<'_>], place: Place) -> Result<(), Malformed> {
    extensions.iter().try_for_each(|extension| check_place(extension.extension_type(), place))
}

pub(super) fn check_place(extension_type: ExtensionType, place: Place) -> Result<(), Malformed> {
    if may_stand(extension_type, place) {
        return Ok(());
    }
    Err(Malformed::new(extension_type.name().unwrap_or(place.field()), Problem::NotAllowedHere))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_extension_with_a_name_has_exactly_one_row() {
        for known in ExtensionType::KNOWN {
            assert_eq!(TABLE.iter().filter(|(row, _)| row == known).count(), 1, "{known}");
        }
        assert_eq!(TABLE.len(), ExtensionType::KNOWN.len());
    }

    #[test]
    fn grease_may_stand_anywhere() {
        for place in Place::ALL {
            assert!(may_stand(ExtensionType(0x1a1a), place));
        }
    }

    #[test]
    fn oid_filters_are_for_the_certificate_request_alone() {
        let places = Place::ALL.into_iter().filter(|place| may_stand(ExtensionType::OID_FILTERS, *place));
        assert_eq!(places.collect::<Vec<_>>(), [Place::CertificateRequest]);
    }
}
