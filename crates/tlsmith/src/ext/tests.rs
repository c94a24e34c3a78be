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
