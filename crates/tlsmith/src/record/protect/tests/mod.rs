//! Both versions; what only TLS 1.2 has is in `tls12`.

mod tls12;

use proptest::prelude::*;
use tlsmith_crypto::{AeadAlgorithm, CryptoError, Provider, Tag, aws_lc::AwsLc};

use super::{tls13::MAX_INNER, *};
use crate::registry::ContentType;

const ALL: [AeadAlgorithm; 5] = [
    AeadAlgorithm::Aes128Gcm,
    AeadAlgorithm::Aes256Gcm,
    AeadAlgorithm::ChaCha20Poly1305,
    AeadAlgorithm::Aes128Ccm,
    AeadAlgorithm::Aes128Ccm8,
];
const IV: [u8; NONCE_LEN] = [3; NONCE_LEN];

fn key(algorithm: AeadAlgorithm) -> Box<dyn AeadKey> {
    AwsLc.aead(algorithm, &vec![0x17; algorithm.key_len()]).unwrap()
}

fn pair(algorithm: AeadAlgorithm) -> (Sealer, Opener) {
    (Sealer::new(key(algorithm), IV, KeyLimits::of(algorithm)), Opener::new(key(algorithm), IV))
}

/// A record with this `TLSInnerPlaintext`, as no [`Sealer`] would make it.
fn forge(sequence: u64, inner: &[u8]) -> Vec<u8> {
    let mut keyed = Keyed::new(key(ALL[0]), Form::Tls13(IV));
    keyed.sequence = sequence;
    let header = header(RecordType::ApplicationData, inner.len() + TAG_LEN).unwrap();
    let mut body = inner.to_vec();
    let tag = keyed.key.seal(&keyed.nonce([9; 8]), &header, &mut body).unwrap();
    [&header[..], &body, tag.as_ref()].concat()
}

fn open_forged(inner: &[u8]) -> Result<Opened, RecordError> {
    pair(ALL[0]).1.open(&mut forge(0, inner))
}

#[test]
fn nonce_is_iv_xor_sequence() {
    let iv = *b"\x5b\xd3\xc7\x1b\x83\x6e\x0b\x76\xbb\x73\x26\x5f";
    let mut keyed = Keyed::new(key(ALL[0]), Form::Tls13(iv));
    assert_eq!(keyed.nonce([9; 8]), iv);
    keyed.sequence = 0x0102_0304_0506_0708;
    assert_eq!(keyed.nonce([9; 8]), *b"\x5b\xd3\xc7\x1b\x82\x6c\x08\x72\xbe\x75\x21\x57");
}

#[test]
fn inner_content_is_judged() {
    let opened = |record_type, end, size| Ok(Opened { record_type, content: HEADER_LEN..HEADER_LEN + end, size });
    assert_eq!(open_forged(&[1, 2, 23]), opened(RecordType::ApplicationData, 2, 3));
    assert_eq!(open_forged(&[1, 2, 23, 0, 0]), opened(RecordType::ApplicationData, 2, 5));
    assert_eq!(open_forged(&[0, 0, 22]), opened(RecordType::Handshake, 2, 3));
    assert_eq!(open_forged(&[23]), opened(RecordType::ApplicationData, 0, 1));
    assert_eq!(open_forged(&[1, 20]), opened(RecordType::ChangeCipherSpec, 1, 2));
    assert_eq!(open_forged(&[]), Err(RecordError::OnlyPadding));
    assert_eq!(open_forged(&[0; 50]), Err(RecordError::OnlyPadding));
    assert_eq!(open_forged(&[22, 0, 0]), Err(RecordError::Empty(RecordType::Handshake)));
    assert_eq!(open_forged(&[21]), Err(RecordError::Empty(RecordType::Alert)));
    assert_eq!(open_forged(&[1, 2, 99, 0]), Err(RecordError::InvalidContentType(ContentType(99))));
}

#[test]
fn inner_length_is_bounded_with_its_padding() {
    let mut inner = vec![7; MAX_PLAINTEXT];
    inner.push(23);
    assert_eq!(open_forged(&inner).unwrap().content.len(), MAX_PLAINTEXT);
    inner.push(0);
    assert_eq!(open_forged(&inner), Err(RecordError::Overflow { len: MAX_INNER + 1, max: MAX_INNER }));
    let padding = vec![0; MAX_INNER + 1];
    assert_eq!(open_forged(&padding), Err(RecordError::Overflow { len: MAX_INNER + 1, max: MAX_INNER }));
}

#[test]
fn too_short_for_a_tag() {
    for len in 0..HEADER_LEN + TAG_LEN {
        assert_eq!(pair(ALL[0]).1.open(&mut vec![23; len]), Err(RecordError::BadMac));
    }
}

#[test]
fn what_is_refused_to_be_sealed_leaves_no_trace() {
    let (mut sealer, _) = pair(ALL[0]);
    let mut out = b"before".to_vec();
    let long = vec![0; MAX_PLAINTEXT + 1];
    let mut seal = |kind, content: &[u8]| sealer.seal(kind, content, Padding::None, &mut out);
    assert!(matches!(seal(RecordType::ApplicationData, &long), Err(RecordError::Overflow { .. })));
    assert_eq!(seal(RecordType::Handshake, &[]), Err(RecordError::Empty(RecordType::Handshake)));
    assert_eq!(seal(RecordType::Alert, &[]), Err(RecordError::Empty(RecordType::Alert)));
    assert_eq!(out, b"before");
    assert_eq!(sealer.keyed.sequence, 0);
}

#[test]
fn limits_of_a_key() {
    let limits = KeyLimits { update_after: 2, refuse_after: 4 };
    let mut sealer = Sealer::new(key(ALL[0]), IV, limits);
    let mut out = Vec::new();
    for asked in [false, false, true, true] {
        assert_eq!(sealer.needs_key_update(), asked);
        sealer.seal(RecordType::ApplicationData, b"x", Padding::None, &mut out).unwrap();
    }
    let before = out.clone();
    for _ in 0..2 {
        let refused = sealer.seal(RecordType::ApplicationData, b"x", Padding::None, &mut out);
        assert_eq!(refused, Err(RecordError::KeyExhausted));
    }
    assert_eq!(out, before);
    for algorithm in ALL {
        let limits = KeyLimits::of(algorithm);
        assert!(limits.update_after < limits.refuse_after);
    }
    // 2^24.5, squared, is 2^49.
    let gcm = u128::from(KeyLimits::of(ALL[0]).refuse_after);
    assert!(gcm * gcm <= 1 << 49 && (gcm + 1) * (gcm + 1) > 1 << 49);
    // (2 * 2^10 * q)^2 = 2^(128 - 60).
    let ccm = u128::from(KeyLimits::of(AeadAlgorithm::Aes128Ccm).refuse_after);
    assert_eq!((2 * 1024 * ccm).pow(2), 1 << 68);
    assert_eq!(KeyLimits::of(AeadAlgorithm::Aes256Ccm8), KeyLimits::of(AeadAlgorithm::Aes128Ccm));
}

#[test]
fn a_short_tag_bears_few_forgeries() {
    let (mut short, mut long) = (pair(AeadAlgorithm::Aes128Ccm8).1, pair(AeadAlgorithm::Aes128Ccm).1);
    for tried in 0..1000 {
        assert_eq!(short.bears_failures(), tried < 128);
        assert!(long.bears_failures());
        for opener in [&mut short, &mut long] {
            assert_eq!(opener.open(&mut [23; 40]), Err(RecordError::BadMac));
        }
    }
}

/// A provider that breaks its word about the length of its tags.
struct Liar;

impl AeadKey for Liar {
    fn tag_len(&self) -> usize {
        8
    }

    fn seal(&self, _: &[u8; NONCE_LEN], _: &[u8], _: &mut [u8]) -> Result<Tag, CryptoError> {
        Ok(Tag::from([0; 16]))
    }

    fn open(&self, _: &[u8; NONCE_LEN], _: &[u8], _: &mut [u8]) -> Result<usize, CryptoError> {
        Err(CryptoError::Rejected)
    }
}

#[test]
fn a_tag_of_another_length_is_not_sent() {
    let mut sealer = Sealer::new(Box::new(Liar), IV, KeyLimits::of(ALL[0]));
    let mut out = vec![1];
    let sealed = sealer.seal(RecordType::ApplicationData, b"data", Padding::None, &mut out);
    assert_eq!((sealed, out), (Err(RecordError::SealFailed), vec![1]));
}

#[test]
fn sequence_numbers_do_not_wrap() {
    let (mut sealer, mut opener) = pair(ALL[2]);
    let mut out = Vec::new();
    sealer.keyed.sequence = u64::MAX - 1;
    opener.keyed.sequence = u64::MAX - 1;
    sealer.seal(RecordType::ApplicationData, b"last", Padding::None, &mut out).unwrap();
    assert_eq!(opener.open(&mut out).unwrap().content, 5..9);
    let over = sealer.seal(RecordType::ApplicationData, b"x", Padding::None, &mut out);
    assert_eq!(over, Err(RecordError::KeyExhausted));
    assert_eq!(opener.open(&mut out), Err(RecordError::KeyExhausted));
}

#[test]
fn a_record_that_fails_does_not_count() {
    let (mut sealer, mut opener) = pair(ALL[1]);
    let mut out = Vec::new();
    sealer.seal(RecordType::ApplicationData, b"data", Padding::None, &mut out).unwrap();
    assert_eq!(opener.open(&mut forge(0, &[1, 23])), Err(RecordError::BadMac));
    assert!(opener.open(&mut out.clone()).is_ok());
    // The same record again is a replay.
    assert_eq!(opener.open(&mut out), Err(RecordError::BadMac));
}

#[test]
fn padding_fills_to_its_measure_and_no_further() {
    for (padding, inner, want) in [
        (Padding::None, 10, 0),
        (Padding::ToMultiple(0), 10, 0),
        (Padding::ToMultiple(1), 10, 0),
        (Padding::ToMultiple(16), 10, 6),
        (Padding::ToMultiple(16), 16, 0),
        (Padding::ToMultiple(16), 17, 15),
        (Padding::ToMultiple(16384), 16385, 0),
        (Padding::ToMultiple(16384), 1, 16383),
        (Padding::ToMultiple(usize::MAX), 1, MAX_INNER - 1),
        (Padding::Bytes(5), 10, 5),
        (Padding::Bytes(usize::MAX), 10, MAX_INNER - 10),
        (Padding::Bytes(9), MAX_INNER, 0),
    ] {
        assert_eq!(padding.of(inner - 1, MAX_INNER), want, "{padding:?} {inner}");
    }
}

fn paddings() -> impl Strategy<Value = Padding> {
    prop_oneof![
        Just(Padding::None),
        (0..20_000_usize).prop_map(Padding::ToMultiple),
        (0..20_000_usize).prop_map(Padding::Bytes),
    ]
}

proptest! {
    #[test]
    fn sealed_records_open(
        which in 0..ALL.len(), padding in paddings(),
        contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..200), 1..4),
    ) {
        let (mut sealer, mut opener) = pair(ALL[which]);
        for content in contents {
            let mut out = vec![0xee; 3];
            sealer.seal(RecordType::Handshake, &content, padding, &mut out).unwrap();
            let record = &mut out[3..];
            let tag_len = ALL[which].tag_len();
            prop_assert!(record.len() <= HEADER_LEN + MAX_INNER + tag_len);
            if let Padding::ToMultiple(multiple @ 1..=MAX_PLAINTEXT) = padding {
                prop_assert_eq!((record.len() - HEADER_LEN - tag_len) % multiple, 0);
            }
            prop_assert_eq!(&record[..3], &[23, 3, 3]);
            let opened = opener.open(record).unwrap();
            prop_assert_eq!(opened.record_type, RecordType::Handshake);
            prop_assert_eq!(&record[opened.content], &content[..]);
        }
    }

    #[test]
    fn a_tampered_byte_is_always_rejected(
        which in 0..ALL.len(), content in proptest::collection::vec(any::<u8>(), 0..80),
        padding in 0..20_usize, at: proptest::sample::Index, mask in 1..=255_u8,
    ) {
        let (mut sealer, mut opener) = pair(ALL[which]);
        let mut out = Vec::new();
        sealer.seal(RecordType::ApplicationData, &content, Padding::Bytes(padding), &mut out).unwrap();
        let mut bad = out.clone();
        bad[at.index(out.len())] ^= mask;
        prop_assert_eq!(opener.open(&mut bad), Err(RecordError::BadMac));
        let mut short = out[..at.index(out.len())].to_vec();
        prop_assert_eq!(opener.open(&mut short), Err(RecordError::BadMac));
        prop_assert!(opener.open(&mut out).is_ok());
    }
}
