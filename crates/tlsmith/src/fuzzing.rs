//! Doors for the fuzz targets and the property tests: decode anything, encode it again, compare. Not part of the API.

use tlsmith_crypto::AeadKey;

use crate::{
    ext::{self, Place},
    msg::{
        CertificateMessage, CompressedCertificate, MAX_CERTIFICATE_MESSAGE, Message,
        tls12::{ClientKeyExchange, Exchange, Parameters, ServerKeyExchange, ServerValues},
    },
    record::{
        HEADER_LEN, MAX_CIPHERTEXT, MAX_CIPHERTEXT_TLS12, MAX_PLAINTEXT, RecordType,
        deframe::{Deframed, Stage, deframe},
        join::{Joiner, MESSAGE_HEADER_LEN, MessageLimits},
        protect::{KeyLimits, Opener, Padding, Sealer},
    },
    registry::HandshakeType,
    tls13::compress::Compressions,
    wire::{Malformed, Writer},
};

/// How long handshake messages may be here.
const LIMITS: MessageLimits = MessageLimits { certificate: 1 << 16, general: 1 << 15 };

/// A stream of plaintext records: cut into records, joined into handshake messages, those decoded. Returns how many
/// messages were well formed.
pub fn records(mut input: &[u8]) -> usize {
    let mut joiner = Joiner::new(LIMITS);
    let mut stage = Stage::First;
    let mut messages = 0;
    loop {
        let (record_type, len) = match deframe(input, stage) {
            Ok(Deframed::Record { record_type, len }) => (record_type, len),
            Ok(Deframed::Incomplete { needed }) => {
                assert!(needed > input.len() && needed <= HEADER_LEN + MAX_CIPHERTEXT);
                return messages;
            }
            Err(_) => return messages,
        };
        stage = Stage::Later;
        assert!(len >= HEADER_LEN && len <= input.len());
        let (record, rest) = input.split_at_checked(len).unwrap_or_default();
        input = rest;
        if record_type != RecordType::Handshake {
            if joiner.allow_other(record_type).is_err() {
                return messages;
            }
            continue;
        }
        let mut fragment = record.split_at_checked(HEADER_LEN).unwrap_or_default().1;
        loop {
            match joiner.next(&mut fragment) {
                Ok(Some(bytes)) => {
                    let (header, body) = bytes.split_at_checked(MESSAGE_HEADER_LEN).unwrap_or_default();
                    assert!(body.len() <= LIMITS.certificate);
                    messages += usize::from(message(header.first().copied().unwrap_or_default(), body));
                }
                Ok(None) => break,
                Err(_) => return messages,
            }
        }
        assert!(fragment.is_empty());
    }
}

/// A stream of protected records of TLS 1.2: cut into records, opened in place, joined into handshake messages. What opens
/// is sealed and opened again. `key` makes keys of a provider that takes any tag. Returns how many records opened.
pub fn tls12_records(key: &dyn Fn() -> Box<dyn AeadKey>, fixed_iv: &[u8], mut input: &mut [u8]) -> usize {
    let limits = KeyLimits { update_after: u64::MAX, refuse_after: u64::MAX };
    let (Ok(mut opener), Ok(mut sealer)) = (Opener::tls12(key(), fixed_iv), Sealer::tls12(key(), fixed_iv, limits))
    else {
        return 0;
    };
    let mut joiner = Joiner::new(LIMITS);
    let mut opened = 0;
    loop {
        let len = match deframe(input, Stage::Tls12Protected) {
            Ok(Deframed::Record { len, .. }) => len,
            Ok(Deframed::Incomplete { needed }) => {
                assert!(needed > input.len() && needed <= HEADER_LEN + MAX_CIPHERTEXT_TLS12);
                return opened;
            }
            Err(_) => return opened,
        };
        let Some((record, rest)) = std::mem::take(&mut input).split_at_mut_checked(len) else { return opened };
        input = rest;
        let Ok(found) = opener.open(record) else { return opened };
        opened += 1;
        assert!(found.content.end <= record.len() && found.content.len() <= MAX_PLAINTEXT);
        let content = record.get(found.content).unwrap_or_default();
        let mut again = Vec::new();
        assert_eq!(sealer.seal(found.record_type, content, Padding::None, &mut again), Ok(()));
        let mut mirror = again.clone();
        let reopened = Opener::tls12(key(), fixed_iv).and_then(|mut opener| opener.open(&mut mirror));
        assert_eq!(reopened.map(|found| mirror.get(found.content) == Some(content)), Ok(true));
        if found.record_type != RecordType::Handshake {
            if joiner.allow_other(found.record_type).is_err() {
                return opened;
            }
            continue;
        }
        let mut fragment = content;
        while let Ok(Some(bytes)) = joiner.next(&mut fragment) {
            assert!(bytes.len() <= MESSAGE_HEADER_LEN + LIMITS.certificate);
        }
        if !fragment.is_empty() {
            // A message that is too long.
            return opened;
        }
    }
}

/// A handshake message: its type, then its body. Tells whether it was well formed.
pub fn message(handshake_type: u8, body: &[u8]) -> bool {
    check_round_trip(handshake_type, body, |kind, body| Message::decode(kind, body))
}

/// The same of TLS 1.2.
pub fn message_tls12(handshake_type: u8, body: &[u8]) -> bool {
    check_round_trip(handshake_type, body, |kind, body| Message::decode_tls12(kind, body))
}

fn check_round_trip(
    handshake_type: u8,
    body: &[u8],
    decode: for<'a> fn(HandshakeType, &'a [u8]) -> Result<Message<'a>, Malformed>,
) -> bool {
    let Ok(message) = decode(HandshakeType(handshake_type), body) else { return false };
    let mut encoded = Vec::new();
    assert_eq!(message.encode(&mut encoded), Ok(()));
    let (header, again) = encoded.split_at_checked(4).unwrap_or_default();
    // A hello with an empty vector of extensions means the same as one without, and is written without.
    let empty_block = matches!(&message, Message::ClientHello(m) if m.extensions.is_empty())
        || matches!(&message, Message::ServerHello(m) if m.extensions.is_empty());
    let expected =
        if empty_block && body.len() == again.len() + 2 { body.strip_suffix(&[0, 0]).unwrap_or(body) } else { body };
    assert_eq!(again, expected);
    assert_eq!(header.first(), Some(&handshake_type));
    assert_eq!(decode(HandshakeType(handshake_type), again), Ok(message));
    true
}

/// ServerKeyExchange and ClientKeyExchange of TLS 1.2, whose shape the suite decides; `shape` stands for the suite. Tells
/// whether either was well formed.
pub fn key_exchange_tls12(shape: u8, body: &[u8]) -> bool {
    let exchange = [None, Some(Exchange::Ecdhe), Some(Exchange::Dhe)].get(usize::from(shape % 3)).copied().flatten();
    let parameters = Parameters { psk: shape & 0x40 != 0, exchange, signed: shape & 0x80 != 0 };
    let server = ServerKeyExchange { body }.read(parameters);
    if let Ok(params) = &server {
        let encoded = ServerValues::encode_params(params.values, parameters.psk).unwrap_or_default();
        // The peer's identity hint is not kept; this side's is empty.
        assert!(params.bytes.ends_with(encoded.get(if parameters.psk { 2 } else { 0 }..).unwrap_or_default()));
        assert_eq!(params.signature.is_some(), parameters.signed);
    }
    let client = ClientKeyExchange { body }.read(parameters);
    if let Ok(params) = &client {
        assert_eq!(params.encode().as_deref(), Ok(body));
    }
    server.is_ok() || client.is_ok()
}

/// The body of a CompressedCertificate: unpacked to exactly what it announces, or refused. Tells whether it was unpacked.
pub fn compressed_certificate(body: &[u8]) -> bool {
    let Ok(message) = CompressedCertificate::decode(body) else { return false };
    let Ok(unpacked) = Compressions::default().unpack(&message) else { return false };
    assert_eq!(u32::try_from(unpacked.len()), Ok(message.uncompressed_length));
    assert!(unpacked.len() <= MAX_CERTIFICATE_MESSAGE);
    let _ = CertificateMessage::decode(&unpacked);
    true
}

/// The content of an extension block in the `place`th message that carries one. Tells whether it was well formed.
pub fn extensions(place: u8, block: &[u8]) -> bool {
    let Some(place) = Place::ALL.get(usize::from(place) % Place::ALL.len()) else { return false };
    let Ok(extensions) = ext::decode_all(block, *place) else { return false };
    let mut encoded = Vec::new();
    let mut w = Writer::new(&mut encoded);
    ext::encode_all(&extensions, *place, &mut w);
    if w.finish().is_err() {
        // Only a block that no message could carry.
        assert!(block.len() > 0xffff);
        return true;
    }
    assert_eq!(encoded.split_at_checked(2).map(|(_, rest)| rest), Some(block));
    true
}
