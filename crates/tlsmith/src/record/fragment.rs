//! Messages and data to records (RFC 8446 §5.1).

use super::{
    HEADER_LEN, MAX_PLAINTEXT, RecordError, RecordType,
    protect::{Padding, Sealer},
};

/// Pieces of at most `max_fragment` bytes; never an empty one.
fn fragments(data: &[u8], max_fragment: usize) -> impl ExactSizeIterator<Item = &[u8]> {
    data.chunks(max_fragment.clamp(1, MAX_PLAINTEXT))
}

/// Appends `data` as records without protection. `version` goes into `legacy_record_version`.
///
/// Application data is never sent unprotected (§5.1).
pub(crate) fn append_plaintext(
    record_type: RecordType,
    version: u16,
    data: &[u8],
    max_fragment: usize,
    out: &mut Vec<u8>,
) {
    debug_assert_ne!(record_type, RecordType::ApplicationData);
    let pieces = fragments(data, max_fragment);
    out.reserve(data.len() + pieces.len() * HEADER_LEN);
    for piece in pieces {
        out.push(record_type.value().0);
        out.extend_from_slice(&version.to_be_bytes());
        // A piece has at most 2^14 bytes.
        out.extend_from_slice(&u16::try_from(piece.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(piece);
    }
}

/// Appends `data` as protected records, each as long as the sealer allows ([`Sealer::set_size_limit`]). No data, no record:
/// a record of application data that is empty on purpose is made with [`Sealer::seal`].
///
/// On an error `out` is as it was; the key that made part of it is not to be used again.
pub(crate) fn append_protected(
    sealer: &mut Sealer,
    record_type: RecordType,
    data: &[u8],
    padding: Padding,
    out: &mut Vec<u8>,
) -> Result<(), RecordError> {
    let start = out.len();
    let max = sealer.max_content();
    if data.len() > max {
        // One record makes its own room.
        let pieces = data.len().div_ceil(max.max(1));
        out.reserve(data.len() + pieces * (HEADER_LEN + 1 + tlsmith_crypto::TAG_LEN));
    }
    for piece in fragments(data, max) {
        if let Err(error) = sealer.seal(record_type, piece, padding, out) {
            out.truncate(start);
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tlsmith_crypto::{AeadAlgorithm, Provider, aws_lc::AwsLc};

    use super::*;
    use crate::record::{
        INITIAL_VERSION, LEGACY_VERSION,
        deframe::{Deframed, Stage, deframe},
        join::{Joiner, MessageLimits},
        protect::{KeyLimits, Opener},
    };

    fn sealer(limits: KeyLimits) -> Sealer {
        Sealer::new(AwsLc.aead(AeadAlgorithm::Aes128Gcm, &[1; 16]).unwrap(), [2; 12], limits)
    }

    fn opener() -> Opener {
        Opener::new(AwsLc.aead(AeadAlgorithm::Aes128Gcm, &[1; 16]).unwrap(), [2; 12])
    }

    /// Splits a stream of records.
    fn records(mut bytes: &[u8]) -> Vec<(RecordType, Vec<u8>)> {
        let mut out = Vec::new();
        while !bytes.is_empty() {
            let Ok(Deframed::Record { record_type, len }) = deframe(bytes, Stage::Later) else {
                panic!("not a record")
            };
            out.push((record_type, bytes[..len].to_vec()));
            bytes = &bytes[len..];
        }
        out
    }

    #[test]
    fn plaintext_records() {
        let mut out = vec![9];
        append_plaintext(RecordType::Handshake, INITIAL_VERSION, b"hello", 3, &mut out);
        append_plaintext(RecordType::ChangeCipherSpec, LEGACY_VERSION, &[1], MAX_PLAINTEXT, &mut out);
        append_plaintext(RecordType::Handshake, LEGACY_VERSION, b"", 3, &mut out);
        assert_eq!(out, b"\x09\x16\x03\x01\x00\x03hel\x16\x03\x01\x00\x02lo\x14\x03\x03\x00\x01\x01");
    }

    #[test]
    fn pieces_stay_within_the_limits() {
        let data = vec![5; 3 * MAX_PLAINTEXT + 1];
        for (max, want) in [(usize::MAX, 4), (MAX_PLAINTEXT, 4), (MAX_PLAINTEXT - 1, 4), (1000, 50)] {
            let mut out = Vec::new();
            append_plaintext(RecordType::Handshake, LEGACY_VERSION, &data, max, &mut out);
            assert_eq!(records(&out).len(), want);
        }
        // Zero is no size of a piece; the smallest is one byte.
        assert_eq!(fragments(b"abc", 0).count(), 3);
        assert_eq!(fragments(b"", 7).count(), 0);
    }

    #[test]
    fn a_key_that_runs_out_leaves_no_half_message() {
        let mut sealer = sealer(KeyLimits { update_after: 1, refuse_after: 2 });
        sealer.set_size_limit(11);
        let mut out = vec![1, 2, 3];
        let seal = |sealer: &mut Sealer, len: usize, out: &mut Vec<u8>| {
            append_protected(sealer, RecordType::ApplicationData, &vec![0; len], Padding::None, out)
        };
        assert_eq!(seal(&mut sealer, 25, &mut out), Err(RecordError::KeyExhausted));
        assert_eq!(out, [1, 2, 3]);
        assert_eq!(seal(&mut sealer, 0, &mut out), Ok(()));
    }

    proptest! {
        /// What is fragmented and sealed comes out of deframe, open and join, however small the pieces.
        #[test]
        fn there_and_back(
            sizes in proptest::collection::vec(0..2000_u16, 1..4), max in 1..3000_usize, multiple in 0..100_usize,
            protected: bool,
        ) {
            let message = |len: u16| {
                let [high, low] = len.to_be_bytes();
                [&[8, 0, high, low][..], &vec![0xab; usize::from(len)]].concat()
            };
            let flight: Vec<u8> = sizes.iter().flat_map(|len| message(*len)).collect();
            let mut out = Vec::new();
            if protected {
                let mut sealer = sealer(KeyLimits::of(AeadAlgorithm::Aes128Gcm));
                sealer.set_size_limit(max + 1);
                let padding = Padding::ToMultiple(multiple);
                append_protected(&mut sealer, RecordType::Handshake, &flight, padding, &mut out).unwrap();
            } else {
                append_plaintext(RecordType::Handshake, LEGACY_VERSION, &flight, max, &mut out);
            }
            let (mut opener, mut got) = (opener(), Vec::new());
            let mut joiner = Joiner::new(MessageLimits { certificate: 2000, general: 2000 });
            for (outer, mut record) in records(&out) {
                let content = if protected {
                    prop_assert_eq!(outer, RecordType::ApplicationData);
                    let opened = opener.open(&mut record).unwrap();
                    prop_assert_eq!(opened.record_type, RecordType::Handshake);
                    prop_assert!(opened.size <= max + 1);
                    opened.content
                } else {
                    prop_assert_eq!(outer, RecordType::Handshake);
                    HEADER_LEN..record.len()
                };
                prop_assert!(content.len() <= max);
                let mut fragment = &record[content];
                while let Some(message) = joiner.next(&mut fragment).unwrap() {
                    got.push(message.into_owned());
                }
            }
            prop_assert_eq!(got, sizes.iter().map(|len| message(*len)).collect::<Vec<_>>());
            prop_assert!(joiner.is_empty());
        }
    }
}
