//! What is read is written again to the same bytes; what is wrong is refused.

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    msg::{CertificateVerify, Message},
    registry::{HandshakeType, NamedGroup, SignatureScheme},
    wire::{Malformed, Problem},
};

const ECDHE: Parameters = Parameters { psk: false, exchange: Some(Exchange::Ecdhe), signed: true };
const DHE: Parameters = Parameters { psk: false, exchange: Some(Exchange::Dhe), signed: true };
const PSK: Parameters = Parameters { psk: true, exchange: None, signed: false };
const ECDHE_PSK: Parameters = Parameters { psk: true, exchange: Some(Exchange::Ecdhe), signed: false };

fn decode(kind: HandshakeType, body: &[u8]) -> Result<Message<'_>, Malformed> {
    Message::decode_tls12(kind, body)
}

fn problem(kind: HandshakeType, body: &[u8]) -> Problem {
    decode(kind, body).unwrap_err().problem
}

#[test]
fn a_chain_without_extensions() {
    let body = [0, 0, 9, 0, 0, 1, 7, 0, 0, 2, 8, 9];
    let Ok(Message::CertificateTls12(message)) = decode(HandshakeType::CERTIFICATE, &body) else { panic!() };
    assert_eq!(message.chain, [&[7][..], &[8, 9]]);
    assert_eq!(problem(HandshakeType::CERTIFICATE, &[0, 0, 3, 0, 0, 0]), Problem::Empty);
    assert_eq!(problem(HandshakeType::CERTIFICATE, &[0, 0, 0, 0]), Problem::Trailing);
    let many = [&[0, 1, 148][..], &[0, 0, 1, 5].repeat(101)].concat();
    assert_eq!(problem(HandshakeType::CERTIFICATE, &many), Problem::TooMany);
}

#[test]
fn a_request_has_types_schemes_and_names() {
    let body = [2, 1, 64, 0, 4, 4, 3, 8, 4, 0, 4, 0, 2, 48, 0];
    let Ok(Message::CertificateRequestTls12(message)) = decode(HandshakeType::CERTIFICATE_REQUEST, &body) else {
        panic!()
    };
    assert_eq!(message.types.iter().map(ToString::to_string).collect::<Vec<_>>(), ["rsa_sign", "ecdsa_sign"]);
    assert_eq!(message.schemes, [SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::RSA_PSS_RSAE_SHA256]);
    assert_eq!(message.authorities, [&[48, 0]]);
    assert_eq!(problem(HandshakeType::CERTIFICATE_REQUEST, &[0, 0, 2, 4, 3, 0, 0]), Problem::Empty);
    assert_eq!(problem(HandshakeType::CERTIFICATE_REQUEST, &[1, 1, 0, 0, 0, 0]), Problem::Empty);
    assert_eq!(problem(HandshakeType::CERTIFICATE_REQUEST, &[1, 1, 0, 3, 4, 3, 0, 0, 0]), Problem::BadLength);
}

#[test]
fn key_exchanges_are_read_as_the_suite_says() {
    let signature = [8, 4, 0, 2, 5, 6];
    let ecdhe = [&[3, 0, 29, 2, 8, 9][..], &signature].concat();
    let params = ServerKeyExchange { body: &ecdhe }.read(ECDHE).unwrap();
    assert_eq!(params.values, Some(ServerValues::Ecdhe { group: NamedGroup::X25519, public: &[8, 9] }));
    assert_eq!(params.bytes, &ecdhe[..6]);
    let made = CertificateVerify { scheme: SignatureScheme::RSA_PSS_RSAE_SHA256, signature: &[5, 6] };
    assert_eq!(params.signature, Some(made));
    assert_eq!(ServerValues::encode_params(params.values, false).unwrap(), &ecdhe[..6]);

    let dhe = [&[0, 1, 23, 0, 1, 2, 0, 2, 8, 9][..], &signature].concat();
    let params = ServerKeyExchange { body: &dhe }.read(DHE).unwrap();
    assert_eq!(params.values, Some(ServerValues::Dhe { prime: &[23], generator: &[2], public: &[8, 9] }));
    assert_eq!(ServerValues::encode_params(params.values, false).unwrap(), &dhe[..10]);

    let psk = ServerKeyExchange { body: &[0, 1, b'h'] }.read(PSK).unwrap();
    assert_eq!((psk.values, psk.signature), (None, None));
    let both = ServerKeyExchange { body: &[0, 0, 3, 0, 23, 1, 4] }.read(ECDHE_PSK).unwrap();
    assert_eq!(both.values, Some(ServerValues::Ecdhe { group: NamedGroup::SECP256R1, public: &[4] }));
    assert_eq!(ServerValues::encode_params(both.values, true).unwrap(), [0, 0, 3, 0, 23, 1, 4]);

    let problem = |body: &[u8], parameters| ServerKeyExchange { body }.read(parameters).unwrap_err().problem;
    // Explicit curves (RFC 8422 §5.4).
    assert_eq!(problem(&[1, 0, 29, 1, 9, 8, 4, 0, 0], ECDHE), Problem::BadValue);
    assert_eq!(problem(&[3, 0, 29, 0], ECDHE), Problem::Empty);
    assert_eq!(problem(&[3, 0, 29, 1, 9], ECDHE), Problem::Truncated);
    assert_eq!(problem(&[&ecdhe[..], &[0]].concat(), ECDHE), Problem::Trailing);
    assert_eq!(problem(&[0, 0, 3, 0, 23, 1, 4, 0], ECDHE_PSK), Problem::Trailing);
    assert_eq!(problem(&[0, 0, 0, 1, 2, 0, 1, 3], DHE), Problem::Empty);
}

#[test]
fn the_client_s_half() {
    for (parameters, body) in
        [(ECDHE, &[1, 4][..]), (DHE, &[0, 1, 4]), (PSK, &[0, 2, b'i', b'd']), (ECDHE_PSK, &[0, 1, b'i', 1, 4])]
    {
        let params = ClientKeyExchange { body }.read(parameters).unwrap();
        assert_eq!(params.encode().unwrap(), body);
        assert_eq!(
            (params.identity.is_some(), params.public.is_some()),
            (parameters.psk, parameters.exchange.is_some())
        );
        let longer = [body, &[0]].concat();
        let problem = ClientKeyExchange { body: &longer }.read(parameters).unwrap_err().problem;
        assert_eq!(problem, Problem::Trailing);
    }
}

#[test]
fn tickets_and_staples() {
    let Ok(Message::NewSessionTicketTls12(ticket)) = decode(HandshakeType::NEW_SESSION_TICKET, &[0, 0, 1, 0, 0, 1, 7])
    else {
        panic!()
    };
    assert_eq!((ticket.lifetime_hint, ticket.ticket), (256, &[7][..]));
    let Ok(Message::CertificateStatus(status)) = decode(HandshakeType::CERTIFICATE_STATUS, &[1, 0, 0, 1, 7]) else {
        panic!()
    };
    assert_eq!(status.response, [7]);
    assert_eq!(problem(HandshakeType::CERTIFICATE_STATUS, &[2, 0, 0, 1, 7]), Problem::BadValue);
    assert_eq!(problem(HandshakeType::CERTIFICATE_STATUS, &[1, 0, 0, 0]), Problem::Empty);
    assert_eq!(problem(HandshakeType::HELLO_REQUEST, &[0]), Problem::Trailing);
    assert_eq!(problem(HandshakeType::SERVER_HELLO_DONE, &[0]), Problem::Trailing);
}

proptest! {
    /// Any bytes, as any message: what decodes encodes to the same, nothing panics.
    #[test]
    fn noise_round_trips_or_is_refused(kind in 0..30_u8, body in vec(any::<u8>(), 0..200)) {
        crate::fuzzing::message_tls12(kind, &body);
    }

    #[test]
    fn noise_in_key_exchanges(shape: u8, body in vec(any::<u8>(), 0..60)) {
        crate::fuzzing::key_exchange_tls12(shape, &body);
    }
}
