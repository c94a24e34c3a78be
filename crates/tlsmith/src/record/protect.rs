//! Record protection (RFC 8446 §5.2 to §5.5): one key in one direction.

use std::ops::Range;

use tlsmith_crypto::{AeadAlgorithm, AeadKey, NONCE_LEN, TAG_LEN};
use zeroize::Zeroizing;

use super::{HEADER_LEN, LEGACY_VERSION, MAX_PLAINTEXT, RecordError, RecordType};
use crate::registry::ContentType;

/// The longest `TLSInnerPlaintext` (§5.4): content, its type, padding.
const MAX_INNER: usize = MAX_PLAINTEXT + 1;

/// How many records one key may protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyLimits {
    /// From here on [`Sealer::needs_key_update`] asks for another key.
    pub(crate) update_after: u64,
    /// From here on the key is refused.
    pub(crate) refuse_after: u64,
}

impl KeyLimits {
    /// §5.5, and for CCM what RFC 9001 §B.2 derives for such. Every record counts as if it were full.
    pub(crate) const fn of(algorithm: AeadAlgorithm) -> Self {
        match algorithm {
            // 2^24.5 = 23 726 566.4 full-size records; asked for at 2^24, so that seven million are left for a peer's
            // KeyUpdate to be waited for, and for data that is queued already.
            AeadAlgorithm::Aes128Gcm | AeadAlgorithm::Aes256Gcm => {
                Self { update_after: 1 << 24, refuse_after: 23_726_566 }
            }
            // (2l * q)^2 / 2^128 is the attacker's advantage after q records of l = 2^10 blocks (RFC 9001 §B.2); 2^23 keep
            // it at 2^-60. The length of the tag does not matter here: see `MAX_FORGERIES_CCM_8`.
            AeadAlgorithm::Aes128Ccm
            | AeadAlgorithm::Aes256Ccm
            | AeadAlgorithm::Aes128Ccm8
            | AeadAlgorithm::Aes256Ccm8 => Self { update_after: 1 << 22, refuse_after: 1 << 23 },
            // The sequence number would wrap before. An algorithm that is not known here gets no more than AES-GCM.
            AeadAlgorithm::ChaCha20Poly1305 => Self { update_after: 1 << 63, refuse_after: u64::MAX },
            _ => Self { update_after: 1 << 24, refuse_after: 23_726_566 },
        }
    }
}

/// How much padding a record gets (§5.4). Never more than fits into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// None.
    None,
    /// To the next multiple of this length, of the content with its type; 0 and 1 are no padding.
    ToMultiple(usize),
    /// This many bytes.
    Bytes(usize),
}

impl Padding {
    /// Bytes of padding for `inner` bytes of content with its type.
    fn for_inner(self, inner: usize) -> usize {
        let wanted = match self {
            Self::None | Self::ToMultiple(0) => 0,
            Self::ToMultiple(multiple) => (multiple - inner % multiple) % multiple,
            Self::Bytes(count) => count,
        };
        wanted.min(MAX_INNER.saturating_sub(inner))
    }
}

/// Key, IV and sequence number (§5.3), for either direction.
struct Keyed {
    key: Box<dyn AeadKey>,
    iv: Zeroizing<[u8; NONCE_LEN]>,
    sequence: u64,
}

impl Keyed {
    fn new(key: Box<dyn AeadKey>, iv: [u8; NONCE_LEN]) -> Self {
        Self { key, iv: Zeroizing::new(iv), sequence: 0 }
    }

    /// §5.3: the sequence number, padded on the left with zeros, XOR the IV.
    fn nonce(&self) -> [u8; NONCE_LEN] {
        let mut nonce = *self.iv;
        let (_, low) = nonce.split_at_mut(NONCE_LEN - 8);
        for (byte, sequence) in low.iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= sequence;
        }
        nonce
    }
}

/// Protects records to be sent.
pub(crate) struct Sealer {
    keyed: Keyed,
    limits: KeyLimits,
}

impl Sealer {
    /// Starts with sequence number zero (§5.3).
    pub(crate) fn new(key: Box<dyn AeadKey>, iv: [u8; NONCE_LEN], limits: KeyLimits) -> Self {
        Self { keyed: Keyed::new(key, iv), limits }
    }

    /// Other limits, to reach them in a test.
    #[cfg(test)]
    pub(crate) fn set_limits(&mut self, limits: KeyLimits) {
        self.limits = limits;
    }

    /// Whether a KeyUpdate (§4.6.3) should come before more data.
    pub(crate) fn needs_key_update(&self) -> bool {
        self.keyed.sequence >= self.limits.update_after
    }

    /// Appends one protected record to `out`. `content` is at most [`MAX_PLAINTEXT`] bytes; of handshake and alerts it
    /// is not empty. On an error `out` is as it was.
    pub(crate) fn seal(
        &mut self,
        record_type: RecordType,
        content: &[u8],
        padding: Padding,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        if content.len() > MAX_PLAINTEXT {
            return Err(RecordError::Overflow { len: content.len(), max: MAX_PLAINTEXT });
        }
        if content.is_empty() && record_type != RecordType::ApplicationData {
            return Err(RecordError::Empty(record_type));
        }
        if self.keyed.sequence >= self.limits.refuse_after {
            return Err(RecordError::KeyExhausted);
        }
        let padding = padding.for_inner(content.len() + 1);
        let inner_len = content.len() + 1 + padding;
        let tag_len = self.keyed.key.tag_len();
        let header = header(inner_len + tag_len)?;
        let start = out.len();
        out.reserve(HEADER_LEN + inner_len + tag_len);
        out.extend_from_slice(&header);
        out.extend_from_slice(content);
        out.push(record_type.value().0);
        out.resize(out.len() + padding, 0);
        let tag = match out.get_mut(start + HEADER_LEN..) {
            // §5.2: the additional data is the header.
            Some(inner) => self.keyed.key.seal(&self.keyed.nonce(), &header, inner).ok(),
            None => None,
        };
        // A tag of another length would make the header a lie.
        let Some(tag) = tag.filter(|tag| tag.as_ref().len() == tag_len) else {
            out.truncate(start);
            return Err(RecordError::SealFailed);
        };
        out.extend_from_slice(tag.as_ref());
        // Cannot overflow: it is below `refuse_after`.
        self.keyed.sequence = self.keyed.sequence.saturating_add(1);
        Ok(())
    }
}

/// `opaque_type`, `legacy_record_version`, `length` (§5.2).
fn header(ciphertext_len: usize) -> Result<[u8; HEADER_LEN], RecordError> {
    let [high, low] = u16::try_from(ciphertext_len).map_err(|_| RecordError::SealFailed)?.to_be_bytes();
    let [major, minor] = LEGACY_VERSION.to_be_bytes();
    Ok([RecordType::ApplicationData.value().0, major, minor, high, low])
}

/// What a record held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The inner type.
    pub(crate) record_type: RecordType,
    /// Where the content stands in the record's bytes.
    pub(crate) content: Range<usize>,
}

/// How many records that do not authenticate may be tried with one key of CCM_8. Each is a forgery with a chance of 2^-64
/// (RFC 6655 §6.1), and 2^7 of them keep to the 2^-57 that RFC 9001 §B.2 aims at. With a tag of 16 bytes, what bounds
/// skipped early data is far below any limit.
const MAX_FORGERIES_CCM_8: u32 = 1 << 7;

/// Opens records that were received.
pub(crate) struct Opener {
    keyed: Keyed,
    /// Records that did not authenticate.
    failed: u32,
}

impl Opener {
    /// Starts with sequence number zero (§5.3).
    pub(crate) fn new(key: Box<dyn AeadKey>, iv: [u8; NONCE_LEN]) -> Self {
        Self { keyed: Keyed::new(key, iv), failed: 0 }
    }

    /// How long the tags are, for a test that measures records.
    #[cfg(test)]
    pub(crate) fn tag_len(&self) -> usize {
        self.keyed.key.tag_len()
    }

    /// Whether a record that did not authenticate may be followed by another (early data that is skipped).
    pub(crate) fn bears_failures(&self) -> bool {
        self.keyed.key.tag_len() == TAG_LEN || self.failed < MAX_FORGERIES_CCM_8
    }

    /// Opens `record`, whole and with its header, in place.
    ///
    /// The sequence number goes on only if the record authenticates: a server that skips early data it has no key for
    /// (§4.2.10) tries records until one does. On an error the content of `record` is lost.
    pub(crate) fn open(&mut self, record: &mut [u8]) -> Result<Opened, RecordError> {
        let Some((header, body)) = record.split_first_chunk_mut::<HEADER_LEN>() else {
            return Err(RecordError::BadMac);
        };
        // A sequence number must not wrap (§5.3). No peer sends 2^64 records.
        let next = self.keyed.sequence.checked_add(1).ok_or(RecordError::KeyExhausted)?;
        let Ok(len) = self.keyed.key.open(&self.keyed.nonce(), header, body) else {
            self.failed = self.failed.saturating_add(1);
            return Err(RecordError::BadMac);
        };
        self.keyed.sequence = next;

        // §5.4: the size limit is of content, type and padding together.
        if len > MAX_INNER {
            return Err(RecordError::Overflow { len, max: MAX_INNER });
        }
        let inner = body.get(..len).ok_or(RecordError::BadMac)?;
        let (content_len, record_type) = strip_padding(inner)?;
        if content_len == 0 && matches!(record_type, RecordType::Handshake | RecordType::Alert) {
            return Err(RecordError::Empty(record_type));
        }
        Ok(Opened { record_type, content: HEADER_LEN..HEADER_LEN + content_len })
    }
}

/// §5.4: the last byte that is not zero is the content type. Gives the length of the content, and the type.
fn strip_padding(inner: &[u8]) -> Result<(usize, RecordType), RecordError> {
    let at = inner.iter().rposition(|byte| *byte != 0).ok_or(RecordError::OnlyPadding)?;
    let value = inner.get(at).copied().ok_or(RecordError::OnlyPadding)?;
    Ok((at, RecordType::new(ContentType(value))?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tlsmith_crypto::{CryptoError, Provider, Tag, aws_lc::AwsLc};

    use super::*;

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
        let mut keyed = Keyed::new(key(ALL[0]), IV);
        keyed.sequence = sequence;
        let header = header(inner.len() + TAG_LEN).unwrap();
        let mut body = inner.to_vec();
        let tag = keyed.key.seal(&keyed.nonce(), &header, &mut body).unwrap();
        [&header[..], &body, tag.as_ref()].concat()
    }

    fn open_forged(inner: &[u8]) -> Result<Opened, RecordError> {
        pair(ALL[0]).1.open(&mut forge(0, inner))
    }

    #[test]
    fn nonce_is_iv_xor_sequence() {
        let mut keyed = Keyed::new(key(ALL[0]), *b"\x5b\xd3\xc7\x1b\x83\x6e\x0b\x76\xbb\x73\x26\x5f");
        assert_eq!(keyed.nonce(), *keyed.iv);
        keyed.sequence = 0x0102_0304_0506_0708;
        assert_eq!(keyed.nonce(), *b"\x5b\xd3\xc7\x1b\x82\x6c\x08\x72\xbe\x75\x21\x57");
    }

    #[test]
    fn inner_content_is_judged() {
        let opened = |kind, end| Ok(Opened { record_type: kind, content: HEADER_LEN..HEADER_LEN + end });
        assert_eq!(open_forged(&[1, 2, 23]), opened(RecordType::ApplicationData, 2));
        assert_eq!(open_forged(&[1, 2, 23, 0, 0]), opened(RecordType::ApplicationData, 2));
        assert_eq!(open_forged(&[0, 0, 22]), opened(RecordType::Handshake, 2));
        assert_eq!(open_forged(&[23]), opened(RecordType::ApplicationData, 0));
        assert_eq!(open_forged(&[1, 20]), opened(RecordType::ChangeCipherSpec, 1));
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
            assert_eq!(padding.for_inner(inner), want, "{padding:?} {inner}");
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
}
