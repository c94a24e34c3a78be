//! Syntax and place of extensions.

use super::*;

fn one(extension_type: ExtensionType, data: &[u8], place: Place) -> Result<Extension<'_>, Problem> {
    Extension::decode(extension_type, data, place).map_err(|malformed| malformed.problem)
}

fn block(extensions: &[(ExtensionType, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (extension_type, data) in extensions {
        out.extend_from_slice(&extension_type.0.to_be_bytes());
        out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        out.extend_from_slice(data);
    }
    out
}

fn problem(bytes: &[u8], place: Place) -> Problem {
    decode_all(bytes, place).unwrap_err().problem
}

#[test]
fn a_recognised_extension_in_a_foreign_message_is_refused() {
    let alpn = block(&[(ExtensionType::ALPN, b"\0\x03\x02h2")]);
    assert!(decode_all(&alpn, Place::EncryptedExtensions).is_ok());
    for place in [Place::HelloRetryRequest, Place::CertificateRequest, Place::Certificate, Place::NewSessionTicket] {
        assert_eq!(problem(&alpn, place), Problem::NotAllowedHere, "{place:?}");
    }
}

#[test]
fn a_server_hello_is_judged_once_its_version_is_known() {
    let bytes = block(&[(ExtensionType::RENEGOTIATION_INFO, b"\0"), (ExtensionType::SUPPORTED_VERSIONS, &[3, 4])]);
    let extensions = decode_all(&bytes, Place::ServerHello).unwrap();
    assert_eq!(extensions[0], Extension::Unknown(ExtensionType::RENEGOTIATION_INFO, b"\0"));
    assert_eq!(check_places(&extensions, Place::ServerHello).unwrap_err().problem, Problem::NotAllowedHere);
    assert_eq!(check_places(&extensions[1..], Place::ServerHello), Ok(()));
}

#[test]
fn duplicates_are_refused_known_or_not() {
    let grease = ExtensionType(0x2a2a);
    assert_eq!(problem(&block(&[(grease, b""), (grease, b"x")]), Place::ClientHello), Problem::Duplicate);
    let tickets = block(&[(ExtensionType::SESSION_TICKET, b""), (grease, b""), (ExtensionType::SESSION_TICKET, b"")]);
    assert_eq!(problem(&tickets, Place::ClientHello), Problem::Duplicate);
    assert!(decode_all(&block(&[(grease, b""), (ExtensionType(0x3a3a), b"")]), Place::ClientHello).is_ok());
}

#[test]
fn two_shares_of_a_group_are_refused() {
    let share = |group: u8| [0, group, 0, 1, 9];
    let offer = |groups: [u8; 2]| [&[0, 10][..], &share(groups[0]), &share(groups[1])].concat();
    assert!(one(ExtensionType::KEY_SHARE, &offer([0x17, 0x1d]), Place::ClientHello).is_ok());
    assert_eq!(one(ExtensionType::KEY_SHARE, &offer([0x1d, 0x1d]), Place::ClientHello), Err(Problem::Repeated));
}

#[test]
fn key_share_has_a_shape_for_each_message() {
    assert_eq!(one(ExtensionType::KEY_SHARE, &[0, 0], Place::ClientHello), Ok(Extension::KeyShareOffer(vec![])));
    assert_eq!(
        one(ExtensionType::KEY_SHARE, &[0, 0x1d], Place::HelloRetryRequest),
        Ok(Extension::KeyShareRetry(NamedGroup::X25519))
    );
    assert_eq!(
        one(ExtensionType::KEY_SHARE, &[0, 0x1d, 0, 1, 7], Place::ServerHello),
        Ok(Extension::KeyShareChoice(KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[7] }))
    );
    assert_eq!(one(ExtensionType::KEY_SHARE, &[0, 0x1d, 0, 0], Place::ServerHello), Err(Problem::Empty));
}

#[test]
fn lists_that_must_not_be_empty() {
    for (extension_type, empty) in [
        (ExtensionType::SUPPORTED_GROUPS, &[0, 0][..]),
        (ExtensionType::SIGNATURE_ALGORITHMS, &[0, 0]),
        (ExtensionType::SIGNATURE_ALGORITHMS_CERT, &[0, 0]),
        (ExtensionType::ALPN, &[0, 0]),
        (ExtensionType::SUPPORTED_VERSIONS, &[0]),
        (ExtensionType::COOKIE, &[0, 0]),
        (ExtensionType::CERTIFICATE_AUTHORITIES, &[0, 0]),
        (ExtensionType::PSK_KEY_EXCHANGE_MODES, &[0]),
        (ExtensionType::PRE_SHARED_KEY, &[0, 0]),
        (ExtensionType::SERVER_NAME, &[0, 0]),
        (ExtensionType::EC_POINT_FORMATS, &[0]),
    ] {
        assert_eq!(one(extension_type, empty, Place::ClientHello), Err(Problem::Empty), "{extension_type}");
        assert_eq!(one(extension_type, &[], Place::ClientHello), Err(Problem::Truncated), "{extension_type}");
    }
}

#[test]
fn nothing_follows_an_extension() {
    assert_eq!(one(ExtensionType::SERVER_NAME, b"\0\x04\0\0\x01a!", Place::ClientHello), Err(Problem::Trailing));
    assert_eq!(one(ExtensionType::SERVER_NAME, b"x", Place::EncryptedExtensions), Err(Problem::Trailing));
    assert_eq!(one(ExtensionType::SUPPORTED_VERSIONS, &[3, 4, 0], Place::ServerHello), Err(Problem::Trailing));
    assert_eq!(one(ExtensionType::EXTENDED_MAIN_SECRET, &[0], Place::ClientHello), Err(Problem::Trailing));
}

#[test]
fn a_server_name_list_is_one_host_name() {
    let name = |data| one(ExtensionType::SERVER_NAME, data, Place::ClientHello);
    assert_eq!(name(b"\0\x06\0\0\x03a.b"), Ok(Extension::ServerName(b"a.b")));
    assert_eq!(name(b"\0\x06\x01\0\x03a.b"), Err(Problem::BadValue));
    assert_eq!(name(b"\0\x08\0\0\x01a\0\0\x01b"), Err(Problem::Trailing));
    assert_eq!(name(b"\0\x03\0\0\0"), Err(Problem::Empty));
}

#[test]
fn a_server_answers_alpn_with_one_protocol() {
    let two = b"\0\x06\x02h2\x02h1";
    assert_eq!(one(ExtensionType::ALPN, two, Place::ClientHello), Ok(Extension::Alpn(vec![b"h2", b"h1"])));
    assert_eq!(one(ExtensionType::ALPN, two, Place::EncryptedExtensions), Err(Problem::Trailing));
    assert_eq!(one(ExtensionType::ALPN, b"\0\x02\0\0", Place::ClientHello), Err(Problem::Empty));
}

#[test]
fn as_many_binders_as_identities() {
    let binder = [&[32][..], &[0; 32]].concat();
    let offer = |binders: &[u8]| {
        let len = u8::try_from(binders.len()).unwrap();
        [&[0, 7, 0, 1, 0xaa, 0, 0, 0, 1][..], &[0, len], binders].concat()
    };
    assert!(one(ExtensionType::PRE_SHARED_KEY, &offer(&binder), Place::ClientHello).is_ok());
    let two = offer(&[binder.clone(), binder].concat());
    assert_eq!(one(ExtensionType::PRE_SHARED_KEY, &two, Place::ClientHello), Err(Problem::BadValue));
}

#[test]
fn status_request_has_a_shape_for_each_message() {
    let status = |data, place| one(ExtensionType::STATUS_REQUEST, data, place);
    let hello = |data| status(data, Place::ClientHello);
    assert_eq!(hello(&[1, 0, 0, 0, 0]), Ok(Extension::StatusRequest(StatusRequest::ANY_OCSP)));
    let asked = StatusRequest::Ocsp { responders: &[0, 1, 7], extensions: &[0x30, 0] };
    assert_eq!(hello(&[1, 0, 3, 0, 1, 7, 0, 2, 0x30, 0]), Ok(Extension::StatusRequest(asked)));
    // A type that nobody knows has a syntax that nobody knows.
    let other = StatusRequest::Other(crate::registry::CertificateStatusType(9), &[1]);
    assert_eq!(hello(&[9, 1]), Ok(Extension::StatusRequest(other)));
    assert_eq!(hello(&[]), Err(Problem::Truncated));
    assert_eq!(hello(&[1, 0, 2, 0, 0, 0, 0]), Err(Problem::Empty));
    assert_eq!(hello(&[1, 0, 0, 0, 0, 0]), Err(Problem::Trailing));
    assert_eq!(status(&[], Place::CertificateRequest), Ok(Extension::StatusRequested));
    assert_eq!(status(&[1, 0, 0, 0, 0], Place::CertificateRequest), Err(Problem::Trailing));
    assert_eq!(status(&[1, 0, 0, 1, 5], Place::Certificate), Ok(Extension::CertificateStatus(&[5])));
    assert_eq!(status(&[1, 0, 0, 0], Place::Certificate), Err(Problem::Empty));
    assert_eq!(status(&[1, 0, 0, 1, 5, 0], Place::Certificate), Err(Problem::Trailing));
    // ocsp_multi (RFC 6961) is of TLS 1.2 alone, and in nobody's offer.
    assert_eq!(status(&[2, 0, 0, 1, 5], Place::Certificate), Err(Problem::BadValue));
}

#[test]
fn a_list_of_timestamps_has_some() {
    let scts = |data| one(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, data, Place::Certificate);
    assert_eq!(scts(&[0, 3, 0, 1, 9]), Ok(Extension::Scts(&[0, 3, 0, 1, 9])));
    assert_eq!(scts(&[0, 0]), Err(Problem::Empty));
    assert_eq!(scts(&[0, 2, 0, 0]), Err(Problem::Empty));
    assert_eq!(scts(&[0, 5, 0, 1, 9, 0, 0]), Err(Problem::Empty));
    assert_eq!(scts(&[0, 3, 0, 2, 9]), Err(Problem::Truncated));
    assert_eq!(scts(&[0, 3, 0, 1, 9, 0]), Err(Problem::Trailing));
    for place in [Place::ClientHello, Place::CertificateRequest] {
        let asked = |data| one(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, data, place);
        assert_eq!(asked(&[]), Ok(Extension::SctsRequested));
        assert_eq!(asked(&[0, 0]), Err(Problem::Trailing));
    }
}

#[test]
fn compressions_are_listed_once() {
    use CertificateCompressionAlgorithm as A;
    for place in [Place::ClientHello, Place::CertificateRequest] {
        let list = |data| one(ExtensionType::COMPRESS_CERTIFICATE, data, place);
        assert_eq!(list(&[4, 0, 2, 0x40, 9]), Ok(Extension::CompressCertificate(vec![A::BROTLI, A(0x4009)])));
        assert_eq!(list(&[6, 0, 2, 0, 1, 0, 2]), Err(Problem::Repeated));
        assert_eq!(list(&[0]), Err(Problem::Empty));
        assert_eq!(list(&[3, 0, 2, 0]), Err(Problem::BadLength));
    }
}

#[test]
fn certificate_types_are_offered_as_a_list_and_chosen_alone() {
    use CertificateType as T;
    let types = [ExtensionType::CLIENT_CERTIFICATE_TYPE, ExtensionType::SERVER_CERTIFICATE_TYPE];
    for extension_type in types {
        let offer = |data| one(extension_type, data, Place::ClientHello);
        let choice = |data| one(extension_type, data, Place::EncryptedExtensions);
        assert_eq!(offer(&[0]), Err(Problem::Empty));
        assert_eq!(offer(&[2, 2]), Err(Problem::Truncated));
        assert_eq!(choice(&[]), Err(Problem::Truncated));
        assert_eq!(choice(&[1, 2]), Err(Problem::Trailing));
        let (read, chosen) = (offer(&[2, 2, 0]).unwrap(), choice(&[2]).unwrap());
        assert_eq!((read.extension_type(), chosen.extension_type()), (extension_type, extension_type));
        let offered = vec![T::RAW_PUBLIC_KEY, T::X509];
        match extension_type {
            ExtensionType::CLIENT_CERTIFICATE_TYPE => {
                assert_eq!(read, Extension::ClientCertificateTypes(offered));
                assert_eq!(chosen, Extension::ClientCertificateType(T::RAW_PUBLIC_KEY));
            }
            _ => {
                assert_eq!(read, Extension::ServerCertificateTypes(offered));
                assert_eq!(chosen, Extension::ServerCertificateType(T::RAW_PUBLIC_KEY));
            }
        }
    }
}

#[test]
fn an_oid_is_filtered_once() {
    let filters = |data| one(ExtensionType::OID_FILTERS, data, Place::CertificateRequest);
    let filter = |oid, values| OidFilter { oid, values };
    assert_eq!(filters(&[0, 0]), Ok(Extension::OidFilters(vec![])));
    let two = Extension::OidFilters(vec![filter(&[6], &[8, 9]), filter(&[7], &[])]);
    assert_eq!(filters(&[0, 10, 1, 6, 0, 2, 8, 9, 1, 7, 0, 0]), Ok(two));
    assert_eq!(filters(&[0, 8, 1, 6, 0, 0, 1, 6, 0, 0]), Err(Problem::Repeated));
    assert_eq!(filters(&[0, 3, 0, 0, 0]), Err(Problem::Empty));
    assert_eq!(filters(&[0, 3, 1, 6, 0]), Err(Problem::Truncated));
}
