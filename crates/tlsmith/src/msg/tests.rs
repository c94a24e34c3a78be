//! Messages: the traces of RFC 8448, round trips of whatever is well formed, and what is not.

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    ext::KeyShareEntry,
    fuzzing,
    registry::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion},
    rfc8448::{Side, Trace},
    wire::Problem,
};

fn decode(bytes: &[u8]) -> Result<Message<'_>, Malformed> {
    Message::decode(HandshakeType(bytes[0]), &bytes[4..])
}

fn round_trips(bytes: &[u8]) -> bool {
    fuzzing::message(bytes[0], &bytes[4..])
}

#[test]
fn every_message_of_rfc_8448_round_trips() {
    for trace in Trace::all() {
        for (_, message) in trace.messages() {
            assert!(round_trips(message), "{:?}", decode(message));
            assert!(!matches!(decode(message), Ok(Message::Unknown(..))));
        }
    }
}

#[test]
fn the_plaintext_records_of_rfc_8448_hold_their_messages() {
    for trace in Trace::all() {
        for side in [Side::Client, Side::Server] {
            let records = trace.records(side);
            let plain: Vec<_> =
                records.iter().filter(|(_, record)| record[0] == 22).map(|(_, record)| *record).collect();
            assert_eq!(fuzzing::records(&plain.concat()), plain.len());
        }
    }
}

#[test]
fn the_client_hello_of_rfc_8448_says_what_it_says() {
    let trace = Trace::simple();
    let Ok(Message::ClientHello(hello)) = decode(trace.messages()[0].1) else { panic!() };
    assert_eq!(hello.legacy_version, ProtocolVersion::TLS1_2);
    assert_eq!(hello.random[..4], [0xcb, 0x34, 0xec, 0xb1]);
    assert_eq!(hello.session_id, b"");
    assert_eq!(
        hello.cipher_suites,
        [
            CipherSuite::TLS_AES_128_GCM_SHA256,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_AES_256_GCM_SHA384
        ]
    );
    assert_eq!(hello.compression_methods, [0]);
    assert_eq!(hello.server_name(), Some(&b"server"[..]));
    assert_eq!(hello.supported_groups().unwrap()[0], NamedGroup::X25519);
    assert_eq!(hello.supported_versions(), Some(&[ProtocolVersion::TLS1_3][..]));
    assert_eq!(hello.signature_algorithms().unwrap()[0], SignatureScheme::ECDSA_SECP256R1_SHA256);
    let share = trace.value(Side::Client, "create an ephemeral x25519", "public key");
    assert_eq!(hello.key_share(), Some(&[KeyShareEntry { group: NamedGroup::X25519, key_exchange: share }][..]));
    assert_eq!(hello.psk_key_exchange_modes(), Some(&[1][..]));
    assert_eq!((hello.cookie(), hello.alpn()), (None, None));
}

#[test]
fn the_retry_of_rfc_8448_says_what_it_says() {
    let trace = Trace::retry();
    let Ok(Message::ServerHello(retry)) = decode(trace.messages()[1].1) else { panic!() };
    assert!(retry.is_retry());
    assert_eq!(retry.retry_group(), Some(NamedGroup::SECP256R1));
    assert_eq!(retry.supported_version(), Some(ProtocolVersion::TLS1_3));
    assert_eq!(retry.check_places(), Ok(()));
    let Ok(Message::ClientHello(second)) = decode(trace.messages()[2].1) else { panic!() };
    assert_eq!(second.cookie(), retry.cookie());
    assert!(second.cookie().is_some());
    let Ok(Message::ServerHello(hello)) = decode(trace.messages()[3].1) else { panic!() };
    assert!(!hello.is_retry());
    assert_eq!(hello.key_share().unwrap().group, NamedGroup::SECP256R1);
}

#[test]
fn a_cut_message_of_rfc_8448_is_refused_wherever_it_is_cut() {
    for trace in Trace::all() {
        for (_, message) in trace.messages() {
            let handshake_type = HandshakeType(message[0]);
            // Any bytes are a Finished; and a hello may end before its extensions.
            if handshake_type == HandshakeType::FINISHED {
                continue;
            }
            let mut accepted = 0;
            for len in 4..message.len() {
                accepted += usize::from(decode(&message[..len]).is_ok());
            }
            let hello = [HandshakeType::CLIENT_HELLO, HandshakeType::SERVER_HELLO].contains(&handshake_type);
            assert_eq!(accepted, usize::from(hello), "{handshake_type}");
            let longer = [message, &[0]].concat();
            assert_eq!(decode(&longer).unwrap_err().problem, Problem::Trailing, "{handshake_type}");
        }
    }
}

#[test]
fn a_hello_without_extensions_is_one_of_an_older_version() {
    let mut hello = vec![1, 0, 0, 0, 3, 3];
    hello.extend_from_slice(&[9; 32]);
    hello.extend_from_slice(&[0, 0, 2, 0xc0, 0x2f, 1, 0]);
    let Ok(Message::ClientHello(decoded)) = decode(&hello) else { panic!() };
    assert_eq!(decoded.extensions, []);
    let empty_block = [&hello[..], &[0, 0]].concat();
    assert_eq!(decode(&empty_block), Ok(Message::ClientHello(decoded)));
    assert!(round_trips(&hello) && round_trips(&empty_block));
}

#[test]
fn pre_shared_key_is_the_last_extension() {
    let trace = Trace::resumed();
    let (_, bytes) = trace.messages()[0];
    let Ok(Message::ClientHello(mut hello)) = decode(bytes) else { panic!() };
    assert_eq!(hello.pre_shared_key().unwrap().identities.len(), 1);
    hello.extensions.rotate_right(1);
    let mut encoded = Vec::new();
    Message::ClientHello(hello).encode(&mut encoded).unwrap();
    assert_eq!(decode(&encoded).unwrap_err().problem, Problem::NotLast);
}

#[test]
fn key_update_is_asked_for_or_not() {
    assert_eq!(decode(&[24, 0, 0, 1, 0]), Ok(Message::KeyUpdate(KeyUpdate { request_update: false })));
    assert_eq!(decode(&[24, 0, 0, 1, 1]), Ok(Message::KeyUpdate(KeyUpdate { request_update: true })));
    assert_eq!(decode(&[24, 0, 0, 1, 2]).unwrap_err().problem, Problem::BadValue);
    assert_eq!(decode(&[24, 0, 0, 0]).unwrap_err().problem, Problem::Truncated);
    assert_eq!(decode(&[24, 0, 0, 2, 0, 0]).unwrap_err().problem, Problem::Trailing);
}

#[test]
fn lengths_out_of_range() {
    let hello = |session_id: &[u8], suites: &[u8], compression: &[u8]| {
        let mut body = vec![3, 3];
        body.extend_from_slice(&[0; 32]);
        body.extend(vec8(session_id));
        body.extend(vec16(suites));
        body.extend(vec8(compression));
        let result = Message::decode(HandshakeType::CLIENT_HELLO, &body);
        result.map(drop).map_err(|malformed| (malformed.what, malformed.problem))
    };
    assert_eq!(hello(&[0; 32], &[0x13, 1], &[0]), Ok(()));
    assert_eq!(hello(&[0; 33], &[0x13, 1], &[0]), Err(("ClientHello.session_id", Problem::BadLength)));
    assert_eq!(hello(&[], &[], &[0]), Err(("ClientHello.cipher_suites", Problem::Empty)));
    assert_eq!(hello(&[], &[0x13, 1, 0], &[0]), Err(("ClientHello.cipher_suites", Problem::BadLength)));
    assert_eq!(hello(&[], &[0x13, 1], &[]), Err(("ClientHello.compression_methods", Problem::Empty)));
}

#[test]
fn a_chain_has_an_end() {
    let chain = |entries: usize| {
        let entry = [0, 0, 1, 0x30, 0, 0];
        [&[0][..], &vec24(&entry.repeat(entries))].concat()
    };
    assert!(Message::decode(HandshakeType::CERTIFICATE, &chain(100)).is_ok());
    let too_long = chain(101);
    let refused = Message::decode(HandshakeType::CERTIFICATE, &too_long);
    assert_eq!(refused.unwrap_err().problem, Problem::TooMany);
    let empty = [&[0][..], &vec24(&[0, 0, 0, 0, 0])].concat();
    assert_eq!(Message::decode(HandshakeType::CERTIFICATE, &empty).unwrap_err().problem, Problem::Empty);
}

#[test]
fn a_compressed_certificate_announces_its_length() {
    let bytes = [25, 0, 0, 10, 0, 2, 1, 2, 3, 0, 0, 2, 8, 9];
    let algorithm = crate::registry::CertificateCompressionAlgorithm::BROTLI;
    let message = CompressedCertificate { algorithm, uncompressed_length: 0x01_0203, data: &[8, 9] };
    assert_eq!(decode(&bytes), Ok(Message::CompressedCertificate(message)));
    assert!(round_trips(&bytes));
    assert_eq!(decode(&[25, 0, 0, 8, 0, 2, 0, 0, 1, 0, 0, 0]).unwrap_err().problem, Problem::Empty);
    assert_eq!(decode(&[&bytes[..], &[0]].concat()).unwrap_err().problem, Problem::Trailing);
    let mut out = Vec::new();
    let too_long = Message::CompressedCertificate(CompressedCertificate { uncompressed_length: 1 << 24, ..message });
    assert_eq!(too_long.encode(&mut out), Err(TooLong { what: "CompressedCertificate.uncompressed_length" }));
}

#[test]
fn what_does_not_fit_is_not_sent() {
    let data = vec![0; 0x1_0000];
    let message = Message::CertificateVerify(CertificateVerify { scheme: SignatureScheme::ED25519, signature: &data });
    let mut out = vec![7];
    assert_eq!(message.encode(&mut out), Err(TooLong { what: "CertificateVerify.signature" }));
    assert_eq!(out, [7]);
}

// What is well formed, written by hand here, so that reading is not only held against our own writing.

fn prefixed<const N: usize>(content: &[u8]) -> Vec<u8> {
    let length = u64::try_from(content.len()).unwrap().to_be_bytes();
    [&length[8 - N..], content].concat()
}

fn vec8(content: &[u8]) -> Vec<u8> {
    prefixed::<1>(content)
}

fn vec16(content: &[u8]) -> Vec<u8> {
    prefixed::<2>(content)
}

fn vec24(content: &[u8]) -> Vec<u8> {
    prefixed::<3>(content)
}

fn bytes(len: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), len)
}

fn code_points() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<[u8; 2]>(), 1..12).prop_map(|points| points.concat())
}

fn list(element: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    vec(element, 1..5).prop_map(|elements| elements.concat())
}

/// Shares of different groups: the index becomes part of the code point.
fn shares() -> impl Strategy<Value = Vec<u8>> {
    vec((any::<u8>(), bytes(1..70)), 0..5).prop_map(|shares| {
        let entries = shares
            .into_iter()
            .enumerate()
            .map(|(index, (group, share))| [&[u8::try_from(index).unwrap(), group][..], &vec16(&share)].concat());
        vec16(&entries.collect::<Vec<_>>().concat())
    })
}

fn psks() -> impl Strategy<Value = Vec<u8>> {
    vec((bytes(1..20), any::<[u8; 4]>(), bytes(32..64)), 1..4).prop_map(|psks| {
        let identities: Vec<_> = psks.iter().map(|(id, age, _)| [&vec16(id)[..], age].concat()).collect();
        let binders: Vec<_> = psks.iter().map(|(_, _, binder)| vec8(binder)).collect();
        [vec16(&identities.concat()), vec16(&binders.concat())].concat()
    })
}

/// Well-formed `extension_data`.
fn data(extension_type: ExtensionType, place: Place) -> BoxedStrategy<Vec<u8>> {
    let hello = place == Place::ClientHello;
    let name = |len| bytes(1..len).prop_map(|name| vec8(&name));
    match extension_type {
        ExtensionType::SERVER_NAME if hello => {
            bytes(1..30).prop_map(|name| vec16(&[&[0][..], &vec16(&name)].concat())).boxed()
        }
        ExtensionType::STATUS_REQUEST if hello => {
            let responders = list(bytes(1..9).prop_map(|id| vec16(&id)));
            let known =
                (responders, bytes(0..9)).prop_map(|(ids, ext)| [&[1][..], &vec16(&ids), &vec16(&ext)].concat());
            let other = bytes(0..9).prop_map(|data| [&[7][..], &data].concat());
            prop_oneof![Just(vec![1, 0, 0, 0, 0]), known, other].boxed()
        }
        ExtensionType::STATUS_REQUEST if place == Place::Certificate => {
            bytes(1..40).prop_map(|response| [&[1][..], &vec24(&response)].concat()).boxed()
        }
        ExtensionType::STATUS_REQUEST => Just(Vec::new()).boxed(),
        ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP if place == Place::Certificate => {
            list(bytes(1..20).prop_map(|sct| vec16(&sct))).prop_map(|scts| vec16(&scts)).boxed()
        }
        ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP => Just(Vec::new()).boxed(),
        ExtensionType::CLIENT_CERTIFICATE_TYPE | ExtensionType::SERVER_CERTIFICATE_TYPE if hello => name(5).boxed(),
        ExtensionType::CLIENT_CERTIFICATE_TYPE | ExtensionType::SERVER_CERTIFICATE_TYPE => bytes(1..2).boxed(),
        ExtensionType::COMPRESS_CERTIFICATE => {
            (1..9_u8).prop_map(|count| vec8(&(0..count).flat_map(|code| [code, 7]).collect::<Vec<_>>())).boxed()
        }
        ExtensionType::OID_FILTERS => vec(bytes(0..9), 0..4)
            .prop_map(|values| {
                // OIDs of one byte, each its own.
                let filters = (0_u8..).zip(values).map(|(oid, values)| [&[1, oid][..], &vec16(&values)].concat());
                vec16(&filters.collect::<Vec<_>>().concat())
            })
            .boxed(),
        ExtensionType::SERVER_NAME
        | ExtensionType::EXTENDED_MAIN_SECRET
        | ExtensionType::ENCRYPT_THEN_MAC
        | ExtensionType::POST_HANDSHAKE_AUTH => Just(Vec::new()).boxed(),
        ExtensionType::EARLY_DATA if place == Place::NewSessionTicket => bytes(4..5).boxed(),
        ExtensionType::EARLY_DATA => Just(Vec::new()).boxed(),
        ExtensionType::MAX_FRAGMENT_LENGTH => bytes(1..2).boxed(),
        ExtensionType::RECORD_SIZE_LIMIT => bytes(2..3).boxed(),
        ExtensionType::SUPPORTED_GROUPS
        | ExtensionType::SIGNATURE_ALGORITHMS
        | ExtensionType::SIGNATURE_ALGORITHMS_CERT => code_points().prop_map(|points| vec16(&points)).boxed(),
        ExtensionType::SUPPORTED_VERSIONS if hello => code_points().prop_map(|points| vec8(&points)).boxed(),
        ExtensionType::SUPPORTED_VERSIONS => bytes(2..3).boxed(),
        ExtensionType::EC_POINT_FORMATS | ExtensionType::PSK_KEY_EXCHANGE_MODES => name(5).boxed(),
        ExtensionType::RENEGOTIATION_INFO => bytes(0..13).prop_map(|verify_data| vec8(&verify_data)).boxed(),
        ExtensionType::ALPN if hello => list(name(9)).prop_map(|names| vec16(&names)).boxed(),
        ExtensionType::ALPN => name(9).prop_map(|name| vec16(&name)).boxed(),
        ExtensionType::COOKIE => bytes(1..40).prop_map(|cookie| vec16(&cookie)).boxed(),
        ExtensionType::CERTIFICATE_AUTHORITIES => {
            list(bytes(1..20).prop_map(|name| vec16(&name))).prop_map(|names| vec16(&names)).boxed()
        }
        ExtensionType::PRE_SHARED_KEY if hello => psks().boxed(),
        ExtensionType::PRE_SHARED_KEY => bytes(2..3).boxed(),
        ExtensionType::KEY_SHARE => match place {
            Place::ClientHello => shares().boxed(),
            Place::HelloRetryRequest => bytes(2..3).boxed(),
            _ => (any::<[u8; 2]>(), bytes(1..70)).prop_map(|(g, share)| [&g[..], &vec16(&share)].concat()).boxed(),
        },
        // The unknown, and what is kept unread.
        _ => bytes(0..40).boxed(),
    }
}

/// A block of different extensions that may stand in a place, its length included; `pre_shared_key` last.
fn block(place: Place) -> impl Strategy<Value = Vec<u8>> {
    let foreign = [ExtensionType(0x1234), ExtensionType(0x4a4a), ExtensionType(0xfafa)];
    let allowed: Vec<_> =
        ExtensionType::KNOWN.iter().chain(&foreign).copied().filter(|known| ext::may_stand(*known, place)).collect();
    let count = 0..=allowed.len().min(8);
    proptest::sample::subsequence(allowed, count).prop_shuffle().prop_flat_map(move |mut types| {
        types.sort_by_key(|known| *known == ExtensionType::PRE_SHARED_KEY);
        let extensions: Vec<_> = types
            .into_iter()
            .map(|known| data(known, place).prop_map(move |data| [&known.0.to_be_bytes()[..], &vec16(&data)].concat()))
            .collect();
        extensions.prop_map(|extensions| vec16(&extensions.concat()))
    })
}

fn client_hello() -> impl Strategy<Value = Vec<u8>> {
    let fields = (any::<[u8; 34]>(), bytes(0..33), code_points(), bytes(1..5), block(Place::ClientHello));
    fields.prop_map(|(start, session_id, suites, compression, block)| {
        [&start[..], &vec8(&session_id), &vec16(&suites), &vec8(&compression), &block].concat()
    })
}

fn server_hello() -> impl Strategy<Value = Vec<u8>> {
    let retry = block(Place::HelloRetryRequest).prop_map(|block| (RETRY_RANDOM, block));
    let hello = (any::<[u8; 32]>(), block(Place::ServerHello));
    (any::<[u8; 2]>(), bytes(0..33), any::<[u8; 3]>(), prop_oneof![retry, hello]).prop_map(
        |(version, session_id, choice, (random, block))| {
            [&version[..], &random, &vec8(&session_id), &choice, &block].concat()
        },
    )
}

fn certificate() -> impl Strategy<Value = Vec<u8>> {
    let entry = (bytes(1..99), block(Place::Certificate)).prop_map(|(data, block)| [vec24(&data), block].concat());
    (bytes(0..9), vec(entry, 0..4)).prop_map(|(context, entries)| [vec8(&context), vec24(&entries.concat())].concat())
}

fn new_session_ticket() -> impl Strategy<Value = Vec<u8>> {
    (any::<[u8; 8]>(), bytes(0..9), bytes(1..99), block(Place::NewSessionTicket))
        .prop_map(|(times, nonce, ticket, block)| [&times[..], &vec8(&nonce), &vec16(&ticket), &block].concat())
}

/// A well-formed message: its type and its body.
fn message() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let request =
        (bytes(0..9), block(Place::CertificateRequest)).prop_map(|(context, block)| [vec8(&context), block].concat());
    let verify =
        (any::<[u8; 2]>(), bytes(0..99)).prop_map(|(scheme, signature)| [&scheme[..], &vec16(&signature)].concat());
    let compressed = (any::<[u8; 5]>(), bytes(1..99)).prop_map(|(start, data)| [&start[..], &vec24(&data)].concat());
    prop_oneof![
        (Just(1), client_hello()),
        (Just(2), server_hello()),
        (Just(4), new_session_ticket()),
        (Just(5), Just(Vec::new())),
        (Just(8), block(Place::EncryptedExtensions)),
        (Just(11), certificate()),
        (Just(13), request),
        (Just(15), verify),
        (Just(20), bytes(0..70)),
        (Just(25), compressed),
        (Just(24), (0..2_u8).prop_map(|request| vec![request])),
        (Just(0x99), bytes(0..20)),
    ]
}

proptest! {
    #[test]
    fn what_is_well_formed_round_trips((handshake_type, body) in message()) {
        prop_assert!(fuzzing::message(handshake_type, &body), "{handshake_type} {body:02x?}");
    }

    #[test]
    fn what_is_cut_is_refused((handshake_type, body) in message(), at in any::<proptest::sample::Index>()) {
        prop_assume!(!body.is_empty() && handshake_type != 20 && handshake_type != 0x99);
        let cut = &body[..at.index(body.len())];
        match Message::decode(HandshakeType(handshake_type), cut) {
            Err(malformed) => prop_assert!(
                [Problem::Truncated, Problem::Empty].contains(&malformed.problem), "{malformed:?}"
            ),
            Ok(Message::ClientHello(ClientHello { extensions, .. }))
            | Ok(Message::ServerHello(ServerHello { extensions, .. })) => prop_assert!(extensions.is_empty()),
            Ok(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_changed_byte_never_panics(
        (handshake_type, mut body) in message(), at in any::<proptest::sample::Index>(), value in any::<u8>(),
    ) {
        if !body.is_empty() {
            let at = at.index(body.len());
            body[at] = value;
        }
        fuzzing::message(handshake_type, &body);
    }

    #[test]
    fn noise_never_panics(handshake_type in 0..30_u8, body in bytes(0..200)) {
        fuzzing::message(handshake_type, &body);
        fuzzing::extensions(handshake_type, &body);
    }
}
