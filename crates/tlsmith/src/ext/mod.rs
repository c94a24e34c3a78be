//! Extensions (RFC 8446 §4.2): one file an extension, and one table of which may stand where.

mod alpn;
mod certificate_authorities;
mod certificate_type;
mod compress_certificate;
mod cookie;
mod ec_point_formats;
mod key_share;
mod oid_filters;
mod place;
mod pre_shared_key;
mod psk_key_exchange_modes;
mod renegotiation_info;
mod sct;
mod server_name;
mod signature_algorithms;
mod status_request;
mod supported_groups;
mod supported_versions;

pub(crate) use key_share::KeyShareEntry;
pub(crate) use oid_filters::OidFilter;
#[cfg(test)]
pub(crate) use place::may_stand;
pub(crate) use place::{Place, check_places};
pub(crate) use pre_shared_key::{OfferedPsks, PskIdentity};
pub(crate) use sct::is_list as is_sct_list;
pub(crate) use status_request::{StatusRequest, decode_status, encode_status};

use crate::{
    registry::{
        CertificateCompressionAlgorithm, CertificateType, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme,
    },
    wire::{Malformed, Problem, Reader, Writer},
};

/// `ECPointFormat` uncompressed, the only one that is left (RFC 8422 §5.1.2).
pub(crate) const UNCOMPRESSED_POINTS: u8 = 0;

/// An extension, in the shape that it has in its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extension<'a> {
    /// `server_name` of a ClientHello: the `host_name`'s bytes, at least one, not yet judged.
    ServerName(&'a [u8]),
    /// `server_name` of EncryptedExtensions, or of a ServerHello of TLS 1.2: empty.
    ServerNameAck,
    /// `max_fragment_length`.
    MaxFragmentLength(u8),
    /// `status_request` of a ClientHello.
    StatusRequest(StatusRequest<'a>),
    /// `status_request` of a CertificateRequest, or of a ServerHello of TLS 1.2: empty.
    StatusRequested,
    /// `status_request` of a certificate: the DER of an OCSP response.
    CertificateStatus(&'a [u8]),
    /// `supported_groups`.
    SupportedGroups(Vec<NamedGroup>),
    /// `ec_point_formats`.
    EcPointFormats(&'a [u8]),
    /// `signature_algorithms`.
    SignatureAlgorithms(Vec<SignatureScheme>),
    /// `application_layer_protocol_negotiation`: an offer, or the one choice.
    Alpn(Vec<&'a [u8]>),
    /// `signed_certificate_timestamp` of a ClientHello or a CertificateRequest: empty.
    SctsRequested,
    /// `signed_certificate_timestamp` of a certificate, or of a ServerHello of TLS 1.2: the whole `SignedCertificateTimestampList`.
    Scts(&'a [u8]),
    /// `client_certificate_type` of a ClientHello.
    ClientCertificateTypes(Vec<CertificateType>),
    /// `client_certificate_type` of EncryptedExtensions.
    ClientCertificateType(CertificateType),
    /// `server_certificate_type` of a ClientHello.
    ServerCertificateTypes(Vec<CertificateType>),
    /// `server_certificate_type` of EncryptedExtensions.
    ServerCertificateType(CertificateType),
    /// `padding`.
    Padding(&'a [u8]),
    /// `extended_master_secret`.
    ExtendedMainSecret,
    /// `compress_certificate`.
    CompressCertificate(Vec<CertificateCompressionAlgorithm>),
    /// `record_size_limit`.
    RecordSizeLimit(u16),
    /// `session_ticket`.
    SessionTicket(&'a [u8]),
    /// `pre_shared_key` of a ClientHello.
    PreSharedKeyOffer(OfferedPsks<'a>),
    /// `pre_shared_key` of a ServerHello.
    PreSharedKeyChoice(u16),
    /// `early_data` of a ClientHello or of EncryptedExtensions.
    EarlyData,
    /// `early_data` of a NewSessionTicket: `max_early_data_size`.
    EarlyDataLimit(u32),
    /// `supported_versions` of a ClientHello.
    SupportedVersionsOffer(Vec<ProtocolVersion>),
    /// `supported_versions` of a ServerHello or HelloRetryRequest.
    SupportedVersionsChoice(ProtocolVersion),
    /// `cookie`.
    Cookie(&'a [u8]),
    /// `psk_key_exchange_modes`.
    PskKeyExchangeModes(&'a [u8]),
    /// `certificate_authorities`: DER `Name`s.
    CertificateAuthorities(Vec<&'a [u8]>),
    /// `oid_filters`.
    OidFilters(Vec<OidFilter<'a>>),
    /// `post_handshake_auth`.
    PostHandshakeAuth,
    /// `signature_algorithms_cert`.
    SignatureAlgorithmsCert(Vec<SignatureScheme>),
    /// `key_share` of a ClientHello.
    KeyShareOffer(Vec<KeyShareEntry<'a>>),
    /// `key_share` of a ServerHello.
    KeyShareChoice(KeyShareEntry<'a>),
    /// `key_share` of a HelloRetryRequest.
    KeyShareRetry(NamedGroup),
    /// `quic_transport_parameters`, unread.
    QuicTransportParameters(&'a [u8]),
    /// `renegotiation_info`.
    RenegotiationInfo(&'a [u8]),
    /// Every other one, GREASE included; in a ServerHello also what only TLS 1.2 answers there (see [`of_tls12`]).
    Unknown(ExtensionType, &'a [u8]),
}

impl<'a> Extension<'a> {
    /// The code point that it goes under.
    pub(crate) const fn extension_type(&self) -> ExtensionType {
        match self {
            Self::ServerName(_) | Self::ServerNameAck => ExtensionType::SERVER_NAME,
            Self::MaxFragmentLength(_) => ExtensionType::MAX_FRAGMENT_LENGTH,
            Self::StatusRequest(_) | Self::StatusRequested | Self::CertificateStatus(_) => {
                ExtensionType::STATUS_REQUEST
            }
            Self::SupportedGroups(_) => ExtensionType::SUPPORTED_GROUPS,
            Self::EcPointFormats(_) => ExtensionType::EC_POINT_FORMATS,
            Self::SignatureAlgorithms(_) => ExtensionType::SIGNATURE_ALGORITHMS,
            Self::Alpn(_) => ExtensionType::ALPN,
            Self::SctsRequested | Self::Scts(_) => ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP,
            Self::ClientCertificateTypes(_) | Self::ClientCertificateType(_) => ExtensionType::CLIENT_CERTIFICATE_TYPE,
            Self::ServerCertificateTypes(_) | Self::ServerCertificateType(_) => ExtensionType::SERVER_CERTIFICATE_TYPE,
            Self::Padding(_) => ExtensionType::PADDING,
            Self::ExtendedMainSecret => ExtensionType::EXTENDED_MAIN_SECRET,
            Self::CompressCertificate(_) => ExtensionType::COMPRESS_CERTIFICATE,
            Self::RecordSizeLimit(_) => ExtensionType::RECORD_SIZE_LIMIT,
            Self::SessionTicket(_) => ExtensionType::SESSION_TICKET,
            Self::PreSharedKeyOffer(_) | Self::PreSharedKeyChoice(_) => ExtensionType::PRE_SHARED_KEY,
            Self::EarlyData | Self::EarlyDataLimit(_) => ExtensionType::EARLY_DATA,
            Self::SupportedVersionsOffer(_) | Self::SupportedVersionsChoice(_) => ExtensionType::SUPPORTED_VERSIONS,
            Self::Cookie(_) => ExtensionType::COOKIE,
            Self::PskKeyExchangeModes(_) => ExtensionType::PSK_KEY_EXCHANGE_MODES,
            Self::CertificateAuthorities(_) => ExtensionType::CERTIFICATE_AUTHORITIES,
            Self::OidFilters(_) => ExtensionType::OID_FILTERS,
            Self::PostHandshakeAuth => ExtensionType::POST_HANDSHAKE_AUTH,
            Self::SignatureAlgorithmsCert(_) => ExtensionType::SIGNATURE_ALGORITHMS_CERT,
            Self::KeyShareOffer(_) | Self::KeyShareChoice(_) | Self::KeyShareRetry(_) => ExtensionType::KEY_SHARE,
            Self::QuicTransportParameters(_) => ExtensionType::QUIC_TRANSPORT_PARAMETERS,
            Self::RenegotiationInfo(_) => ExtensionType::RENEGOTIATION_INFO,
            Self::Unknown(extension_type, _) => *extension_type,
        }
    }

    /// Reads one extension's `extension_data`.
    fn decode(extension_type: ExtensionType, data: &'a [u8], place: Place) -> Result<Self, Malformed> {
        if !place::may_stand(extension_type, place) {
            // Of a ServerHello nobody knows yet whether it is one of TLS 1.2, where these have their place: kept unread.
            if place == Place::ServerHello {
                return Ok(Self::Unknown(extension_type, data));
            }
            place::check_place(extension_type, place)?;
        }
        let mut r = Reader::new(data);
        let extension = Self::decode_data(extension_type, &mut r, place)?;
        r.finish(extension_type.name().unwrap_or(place.field()))?;
        Ok(extension)
    }

    fn decode_data(extension_type: ExtensionType, r: &mut Reader<'a>, place: Place) -> Result<Self, Malformed> {
        Ok(match (extension_type, place) {
            (ExtensionType::SERVER_NAME, Place::ClientHello) => Self::ServerName(server_name::decode(r)?),
            (ExtensionType::SERVER_NAME, _) => Self::ServerNameAck,
            (ExtensionType::MAX_FRAGMENT_LENGTH, _) => Self::MaxFragmentLength(r.u8("max_fragment_length")?),
            (ExtensionType::STATUS_REQUEST, Place::ClientHello) => Self::StatusRequest(StatusRequest::decode(r)?),
            (ExtensionType::STATUS_REQUEST, Place::Certificate) => {
                Self::CertificateStatus(status_request::decode_status(r)?)
            }
            (ExtensionType::STATUS_REQUEST, _) => Self::StatusRequested,
            (ExtensionType::SUPPORTED_GROUPS, _) => Self::SupportedGroups(supported_groups::decode(r)?),
            (ExtensionType::EC_POINT_FORMATS, _) => Self::EcPointFormats(ec_point_formats::decode(r)?),
            (ExtensionType::SIGNATURE_ALGORITHMS, _) => Self::SignatureAlgorithms(signature_algorithms::decode(r)?),
            (ExtensionType::ALPN, _) => Self::Alpn(alpn::decode(r, place)?),
            (ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, Place::Certificate | Place::ServerHelloTls12) => {
                Self::Scts(sct::decode_list(r)?)
            }
            (ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, _) => Self::SctsRequested,
            (ExtensionType::CLIENT_CERTIFICATE_TYPE, Place::ClientHello) => {
                Self::ClientCertificateTypes(certificate_type::decode_offer(r)?)
            }
            (ExtensionType::CLIENT_CERTIFICATE_TYPE, _) => {
                Self::ClientCertificateType(certificate_type::decode_choice(r)?)
            }
            (ExtensionType::SERVER_CERTIFICATE_TYPE, Place::ClientHello) => {
                Self::ServerCertificateTypes(certificate_type::decode_offer(r)?)
            }
            (ExtensionType::SERVER_CERTIFICATE_TYPE, _) => {
                Self::ServerCertificateType(certificate_type::decode_choice(r)?)
            }
            (ExtensionType::PADDING, _) => Self::Padding(r.rest()),
            (ExtensionType::EXTENDED_MAIN_SECRET, _) => Self::ExtendedMainSecret,
            (ExtensionType::COMPRESS_CERTIFICATE, _) => Self::CompressCertificate(compress_certificate::decode(r)?),
            (ExtensionType::RECORD_SIZE_LIMIT, _) => Self::RecordSizeLimit(r.u16("record_size_limit")?),
            (ExtensionType::SESSION_TICKET, _) => Self::SessionTicket(r.rest()),
            (ExtensionType::PRE_SHARED_KEY, Place::ClientHello) => Self::PreSharedKeyOffer(OfferedPsks::decode(r)?),
            (ExtensionType::PRE_SHARED_KEY, _) => Self::PreSharedKeyChoice(pre_shared_key::decode_choice(r)?),
            (ExtensionType::EARLY_DATA, Place::NewSessionTicket) => {
                Self::EarlyDataLimit(r.u32("early_data.max_early_data_size")?)
            }
            (ExtensionType::EARLY_DATA, _) => Self::EarlyData,
            (ExtensionType::SUPPORTED_VERSIONS, Place::ClientHello) => {
                Self::SupportedVersionsOffer(supported_versions::decode_offer(r)?)
            }
            (ExtensionType::SUPPORTED_VERSIONS, _) => {
                Self::SupportedVersionsChoice(supported_versions::decode_choice(r)?)
            }
            (ExtensionType::COOKIE, _) => Self::Cookie(cookie::decode(r)?),
            (ExtensionType::PSK_KEY_EXCHANGE_MODES, _) => Self::PskKeyExchangeModes(psk_key_exchange_modes::decode(r)?),
            (ExtensionType::CERTIFICATE_AUTHORITIES, _) => {
                Self::CertificateAuthorities(certificate_authorities::decode(r)?)
            }
            (ExtensionType::OID_FILTERS, _) => Self::OidFilters(oid_filters::decode(r)?),
            (ExtensionType::POST_HANDSHAKE_AUTH, _) => Self::PostHandshakeAuth,
            (ExtensionType::SIGNATURE_ALGORITHMS_CERT, _) => {
                Self::SignatureAlgorithmsCert(signature_algorithms::decode(r)?)
            }
            (ExtensionType::KEY_SHARE, Place::ClientHello) => Self::KeyShareOffer(key_share::decode_offer(r)?),
            (ExtensionType::KEY_SHARE, Place::HelloRetryRequest) => Self::KeyShareRetry(key_share::decode_retry(r)?),
            (ExtensionType::KEY_SHARE, _) => Self::KeyShareChoice(KeyShareEntry::decode(r)?),
            (ExtensionType::QUIC_TRANSPORT_PARAMETERS, _) => Self::QuicTransportParameters(r.rest()),
            (ExtensionType::RENEGOTIATION_INFO, _) => Self::RenegotiationInfo(renegotiation_info::decode(r)?),
            (other, _) => Self::Unknown(other, r.rest()),
        })
    }

    fn encode(&self, w: &mut Writer<'_>) {
        w.u16(self.extension_type().0);
        w.u16_prefixed("Extension.extension_data", |w| self.encode_data(w));
    }

    fn encode_data(&self, w: &mut Writer<'_>) {
        match self {
            Self::ServerNameAck
            | Self::ExtendedMainSecret
            | Self::EarlyData
            | Self::PostHandshakeAuth
            | Self::StatusRequested
            | Self::SctsRequested => (),
            Self::ServerName(name) => server_name::encode(name, w),
            Self::MaxFragmentLength(code) => w.u8(*code),
            Self::StatusRequest(request) => request.encode(w),
            Self::CertificateStatus(response) => status_request::encode_status(response, w),
            Self::ClientCertificateTypes(types) | Self::ServerCertificateTypes(types) => {
                certificate_type::encode_offer(types, w);
            }
            Self::ClientCertificateType(kind) | Self::ServerCertificateType(kind) => w.u8(kind.0),
            Self::CompressCertificate(algorithms) => compress_certificate::encode(algorithms, w),
            Self::OidFilters(filters) => oid_filters::encode(filters, w),
            Self::SupportedGroups(groups) => supported_groups::encode(groups, w),
            Self::EcPointFormats(formats) => ec_point_formats::encode(formats, w),
            Self::SignatureAlgorithms(schemes) | Self::SignatureAlgorithmsCert(schemes) => {
                signature_algorithms::encode(schemes, w);
            }
            Self::Alpn(names) => alpn::encode(names, w),
            Self::RecordSizeLimit(limit) => w.u16(*limit),
            Self::PreSharedKeyOffer(offer) => offer.encode(w),
            Self::PreSharedKeyChoice(index) => w.u16(*index),
            Self::EarlyDataLimit(limit) => w.u32(*limit),
            Self::SupportedVersionsOffer(versions) => supported_versions::encode_offer(versions, w),
            Self::SupportedVersionsChoice(version) => w.u16(version.0),
            Self::Cookie(cookie) => cookie::encode(cookie, w),
            Self::PskKeyExchangeModes(modes) => psk_key_exchange_modes::encode(modes, w),
            Self::CertificateAuthorities(names) => certificate_authorities::encode(names, w),
            Self::KeyShareOffer(shares) => key_share::encode_offer(shares, w),
            Self::KeyShareChoice(share) => share.encode(w),
            Self::KeyShareRetry(group) => w.u16(group.0),
            Self::RenegotiationInfo(connection) => renegotiation_info::encode(connection, w),
            Self::Scts(data)
            | Self::Padding(data)
            | Self::SessionTicket(data)
            | Self::QuicTransportParameters(data)
            | Self::Unknown(_, data) => w.bytes(data),
        }
    }
}

/// Reads the content of an `extensions` vector; `place` decides shapes and what may stand there at all.
pub(crate) fn decode_all<'a>(bytes: &'a [u8], place: Place) -> Result<Vec<Extension<'a>>, Malformed> {
    let extensions = Reader::new(bytes).list(|r| {
        let extension_type = ExtensionType(r.u16(place.field())?);
        let data = r.u16_prefixed(0..=0xffff, extension_type.name().unwrap_or(place.field()))?;
        Extension::decode(extension_type, data, place)
    })?;
    // "There MUST NOT be more than one extension of the same type in a given extension block."
    if has_duplicates(extensions.iter().map(|extension| extension.extension_type().0)) {
        return Err(Malformed::new(place.field(), Problem::Duplicate));
    }
    Ok(extensions)
}

/// Writes an `extensions` vector, its length included.
pub(crate) fn encode_all(extensions: &[Extension<'_>], place: Place, w: &mut Writer<'_>) {
    w.u16_prefixed(place.field(), |w| extensions.iter().for_each(|extension| extension.encode(w)));
}

/// The extensions of a ServerHello again, now that it is known to be one of TLS 1.2: those that were kept unread are read,
/// and all of them held against the table.
pub(crate) fn of_tls12<'a>(extensions: &[Extension<'a>]) -> Result<Vec<Extension<'a>>, Malformed> {
    let place = Place::ServerHelloTls12;
    let read = |extension: &Extension<'a>| match extension {
        Extension::Unknown(extension_type, data) => Extension::decode(*extension_type, data, place),
        known => place::check_place(known.extension_type(), place).map(|()| known.clone()),
    };
    extensions.iter().map(read).collect()
}

/// The extension of a type, in whatever shape.
pub(crate) fn find<'e, 'a>(extensions: &'e [Extension<'a>], wanted: ExtensionType) -> Option<&'e Extension<'a>> {
    extensions.iter().find(|extension| extension.extension_type() == wanted)
}

/// Whether a code point occurs twice. Sorted first: a peer can send some ten thousand of them.
fn has_duplicates(code_points: impl Iterator<Item = u16>) -> bool {
    /// More than honest peers send.
    const FEW: usize = 32;
    let mut few = [0; FEW];
    let mut many = Vec::new();
    let mut count = 0;
    for code_point in code_points {
        match few.get_mut(count) {
            Some(slot) => *slot = code_point,
            None => many.push(code_point),
        }
        count += 1;
    }
    let sorted = if many.is_empty() {
        few.get_mut(..count).unwrap_or_default()
    } else {
        many.extend_from_slice(&few);
        many.as_mut_slice()
    };
    sorted.sort_unstable();
    !sorted.is_sorted_by(|a, b| a < b)
}

#[cfg(test)]
mod tests;
