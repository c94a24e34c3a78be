use super::{read::Reading, *};

fn record(kind: u8, version: u16, content: &[u8]) -> Vec<u8> {
    let [high, low] = version.to_be_bytes();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind, high, low], &length[..], content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

fn server_hello(version: u16, suite: u16) -> Vec<u8> {
    let body = [&version.to_be_bytes()[..], &[7; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
    message(2, &body)
}

fn answer(bytes: &[u8]) -> (Answer, bool) {
    let whole = {
        let (mut reading, mut answer) = (Reading::default(), Answer::default());
        reading.push(bytes, &mut answer);
        (answer, reading.is_over())
    };
    // Cut anywhere it is the same.
    let (mut reading, mut answer) = (Reading::default(), Answer::default());
    bytes
        .iter()
        .take_while(|byte| {
            let over = reading.is_over();
            if !over {
                reading.push(&[**byte], &mut answer);
            }
            !over
        })
        .count();
    assert_eq!((answer.version, answer.suite, answer.alert), (whole.0.version, whole.0.suite, whole.0.alert));
    assert_eq!((answer.group, reading.is_over()), (whole.0.group, whole.1));
    whole
}

#[test]
fn a_server_of_tls_1_0_says_so() {
    let dhe = message(12, &[&[0, 65, 0][..], &[0xff; 64]].concat());
    let flight = [server_hello(0x0301, 0x0033), dhe, message(13, &[0]), message(14, &[])].concat();
    let (answer, over) = answer(&record(0x16, 0x0301, &flight));
    assert_eq!(answer.version, Some(ProtocolVersion::TLS1_0));
    assert_eq!(answer.suite.and_then(CipherSuite::name), Some("TLS_DHE_RSA_WITH_AES_128_CBC_SHA"));
    assert_eq!((answer.field_bits, answer.client_certificate_requested, over), (Some(512), true, true));
    // Before TLS 1.2 the signature says nothing of its algorithm.
    assert_eq!(answer.signature_scheme, None);
}

#[test]
fn the_scheme_of_a_signature_is_named() {
    let curve = message(12, &[&[3, 0, 23, 2, 4, 4][..], &[0x02, 0x01, 0, 1, 9]].concat());
    let flight = [server_hello(0x0303, 0xc02f), curve].concat();
    let (answer, _) = answer(&record(0x16, 0x0303, &flight));
    assert_eq!((answer.group, answer.signature_scheme), (Some(NamedGroup(23)), Some(SignatureScheme(0x0201))));
}

#[test]
fn a_finite_field_has_a_scheme_too() {
    let field = message(12, &[&[0, 1, 7, 0, 1, 2, 0, 1, 5][..], &[0x04, 0x01, 0, 1, 9]].concat());
    let flight = [server_hello(0x0303, 0x009e), field].concat();
    let (answer, _) = answer(&record(0x16, 0x0303, &flight));
    assert_eq!((answer.field_bits, answer.signature_scheme), (Some(8), Some(SignatureScheme(0x0401))));
}

#[test]
fn a_curve_and_the_group_of_a_retry_are_named() {
    let flight = [server_hello(0x0303, 0xc02b), message(12, &[3, 0, 0x1a, 0])].concat();
    assert_eq!(answer(&record(0x16, 0x0303, &flight)).0.group, Some(NamedGroup(0x1a)));
    let retry = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
        0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ];
    let extensions = [0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 1, 4];
    let body = [&[3, 3][..], &retry, &[0, 0x13, 1, 0], &extensions].concat();
    let (answer, over) = answer(&record(0x16, 0x0303, &message(2, &body)));
    assert_eq!((answer.version, answer.group), (Some(ProtocolVersion::TLS1_3), Some(NamedGroup(0x0104))));
    assert!(over);
}

#[test]
fn alerts_end_it_and_warnings_do_not() {
    let (refused, over) = answer(&record(0x15, 0x0300, &[2, 40]));
    assert_eq!((refused.alert, over), (Some(AlertDescription::HANDSHAKE_FAILURE), true));
    assert_eq!(refused.record_version, Some(ProtocolVersion::SSL3_0));
    let warned = [record(0x15, 0x0303, &[1, 112]), record(0x16, 0x0303, &server_hello(0x0303, 0x2f))].concat();
    let (answer, _) = answer(&warned);
    assert_eq!((answer.alert, answer.suite), (Some(AlertDescription::UNRECOGNIZED_NAME), Some(CipherSuite(0x2f))));
}

#[test]
fn what_is_cut_off_or_lies_is_bounded() {
    let flight = record(0x16, 0x0303, &[server_hello(0x0303, 0x2f), message(11, &[0xff; 9])].concat());
    for length in 0..flight.len() {
        answer(&flight[..length]);
    }
    let (mut reading, mut answer) = (Reading::default(), Answer::default());
    // A message that never ends.
    reading.push(&record(0x16, 0x0303, &[11, 0xff, 0xff, 0xff]), &mut answer);
    for _ in 0..1000 {
        if !reading.is_over() {
            reading.push(&record(0x16, 0x0303, &[0; 1024]), &mut answer);
        }
    }
    assert!(reading.is_over());
}

#[test]
fn the_hello_is_well_formed() {
    for offer in [Offer::Legacy, Offer::Tls10, Offer::Ssl3, Offer::AnyGroup] {
        let name = "example.com".parse().unwrap();
        let hello = hello::encode(offer, Some(&name), &[0; 32]);
        let length = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
        assert_eq!(hello.len(), 5 + length, "{offer:?}");
        assert_eq!(usize::from(u16::from_be_bytes([hello[7], hello[8]])), length - 4);
        assert_eq!(hello.windows(11).any(|part| part == b"example.com"), offer != Offer::Ssl3);
    }
}
