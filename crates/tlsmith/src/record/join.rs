//! Handshake records to whole handshake messages (RFC 8446 §5.1).

use std::{borrow::Cow, cmp::Ordering};

use super::{RecordError, RecordType};
use crate::registry::HandshakeType;

/// `HandshakeType` and a length of 24 bits (RFC 8446 §4).
pub(crate) const MESSAGE_HEADER_LEN: usize = 4;

/// How long the body of a handshake message may be. It could say 2^24 - 1; memory is the reason for less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MessageLimits {
    /// Messages that carry certificates.
    pub(crate) certificate: usize,
    /// All others.
    pub(crate) general: usize,
}

impl MessageLimits {
    fn of(self, message: HandshakeType) -> usize {
        match message {
            HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE => self.certificate,
            _ => self.general,
        }
    }
}

/// Joins fragments. Holds memory only while a message is incomplete, or messages wait because the connection pauses.
pub(crate) struct Joiner {
    limits: MessageLimits,
    /// Bytes that came before the current fragment.
    kept: Vec<u8>,
    /// How many of them were handed out already.
    taken: usize,
}

impl Joiner {
    /// Nothing kept.
    pub(crate) fn new(limits: MessageLimits) -> Self {
        Self { limits, kept: Vec::new(), taken: 0 }
    }

    /// The next whole message, header included. `fragment` is what is left of the record's content; it is shortened by
    /// what was taken. `None` means that `fragment` is used up and the next record is needed.
    ///
    /// A message that lies whole in the fragment is borrowed from it. One that arrived in pieces is handed over.
    pub(crate) fn next<'a>(&mut self, fragment: &mut &'a [u8]) -> Result<Option<Cow<'a, [u8]>>, RecordError> {
        if self.is_empty() {
            if let Some(len) = self.message_len(fragment)?
                && let Some((message, rest)) = fragment.split_at_checked(len)
            {
                *fragment = rest;
                return Ok(Some(Cow::Borrowed(message)));
            }
            self.keep(fragment);
            *fragment = &[];
            return Ok(None);
        }
        // First the header, because it says how much more belongs to the message; never a byte of the next one.
        if !self.fill(MESSAGE_HEADER_LEN, fragment) {
            return Ok(None);
        }
        let Some(len) = self.message_len(self.waiting())? else { return Ok(None) };
        Ok(self.fill(len, fragment).then(|| Cow::Owned(self.take(len))))
    }

    /// Keeps what is left of a fragment whose buffer is about to go, because the connection pauses; [`Joiner::next`]
    /// hands it out before anything else. A caller that reads no record while it pauses keeps less than one.
    pub(crate) fn keep(&mut self, fragment: &[u8]) {
        // What was handed out goes first, so that no order of pauses lets the buffer grow.
        self.kept.drain(..self.taken.min(self.kept.len()));
        self.taken = 0;
        self.kept.extend_from_slice(fragment);
    }

    /// Whether the last record ended where a message ended.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// §5.1: a record of another type must not come while a message is incomplete.
    pub(crate) fn allow_other(&self, record_type: RecordType) -> Result<(), RecordError> {
        if self.is_empty() { Ok(()) } else { Err(RecordError::Interleaved(record_type)) }
    }

    /// §5.1: messages must not span key changes. `fragment` is what is left of the record that holds the message after
    /// which the key changes.
    pub(crate) fn allow_key_change(&self, fragment: &[u8]) -> Result<(), RecordError> {
        match self.waiting().len() + fragment.len() {
            0 => Ok(()),
            left => Err(RecordError::SpansKeyChange { left }),
        }
    }

    fn waiting(&self) -> &[u8] {
        self.kept.get(self.taken..).unwrap_or_default()
    }

    /// Length with header of the message at the front of `bytes`; `None` if the header is not complete.
    fn message_len(&self, bytes: &[u8]) -> Result<Option<usize>, RecordError> {
        let Some(&[message, high, middle, low]) = bytes.first_chunk::<MESSAGE_HEADER_LEN>() else { return Ok(None) };
        // At most 2^24 - 1, which every usize of this crate's targets holds.
        let len = usize::try_from(u32::from_be_bytes([0, high, middle, low])).unwrap_or(usize::MAX);
        let message = HandshakeType(message);
        let max = self.limits.of(message);
        if len > max {
            return Err(RecordError::MessageTooLong { message, len, max });
        }
        Ok(Some(MESSAGE_HEADER_LEN + len))
    }

    /// Moves bytes from `fragment` until `len` wait; says whether they do.
    fn fill(&mut self, len: usize, fragment: &mut &[u8]) -> bool {
        let missing = len.saturating_sub(self.waiting().len());
        let (moved, rest) = fragment.split_at_checked(missing).unwrap_or((fragment, &[]));
        self.kept.extend_from_slice(moved);
        *fragment = rest;
        self.waiting().len() >= len
    }

    /// The first `len` bytes that wait. The buffer itself goes along when nothing else is in it.
    fn take(&mut self, len: usize) -> Vec<u8> {
        if self.taken == 0 && self.kept.len().cmp(&len) == Ordering::Equal {
            return std::mem::take(&mut self.kept);
        }
        let message = self.waiting().get(..len).unwrap_or_default().to_vec();
        self.taken += message.len();
        if self.is_empty() {
            self.kept = Vec::new();
            self.taken = 0;
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: MessageLimits = MessageLimits { certificate: 5000, general: 1000 };

    fn message(kind: u8, len: usize) -> Vec<u8> {
        let [_, a, b, c] = u32::try_from(len).unwrap().to_be_bytes();
        let mut out = vec![kind, a, b, c];
        out.extend((0..len).map(|i| u8::try_from(i % 251).unwrap()));
        out
    }

    /// Everything that one fragment completes.
    fn drain(joiner: &mut Joiner, mut fragment: &[u8]) -> Result<Vec<Vec<u8>>, RecordError> {
        let mut messages = Vec::new();
        while let Some(message) = joiner.next(&mut fragment)? {
            messages.push(message.into_owned());
        }
        assert!(fragment.is_empty());
        Ok(messages)
    }

    #[test]
    fn whole_messages_are_borrowed_and_nothing_is_kept() {
        let (a, b) = (message(1, 10), message(2, 0));
        let record = [&a[..], &b].concat();
        let mut joiner = Joiner::new(LIMITS);
        let mut fragment = &record[..];
        assert!(matches!(joiner.next(&mut fragment), Ok(Some(Cow::Borrowed(got))) if got == a));
        assert_eq!(joiner.allow_key_change(fragment), Err(RecordError::SpansKeyChange { left: 4 }));
        assert!(matches!(joiner.next(&mut fragment), Ok(Some(Cow::Borrowed(got))) if got == b));
        assert_eq!(joiner.allow_key_change(fragment), Ok(()));
        assert_eq!(joiner.next(&mut fragment), Ok(None));
        assert!(joiner.is_empty());
        assert_eq!(joiner.kept.capacity(), 0);
    }

    #[test]
    fn byte_by_byte() {
        let record = [message(1, 300), message(20, 0), message(11, 5000)].concat();
        let mut joiner = Joiner::new(LIMITS);
        let mut got = Vec::new();
        for byte in record.chunks(1) {
            got.extend(drain(&mut joiner, byte).unwrap());
        }
        assert_eq!(got.concat(), record);
        assert_eq!(got.len(), 3);
        assert!(joiner.is_empty());
        assert_eq!(joiner.kept.capacity(), 0);
    }

    #[test]
    fn nothing_else_may_come_inside_a_message() {
        let whole = message(1, 10);
        for cut in 1..whole.len() {
            let mut joiner = Joiner::new(LIMITS);
            assert_eq!(joiner.allow_other(RecordType::Alert), Ok(()));
            assert_eq!(drain(&mut joiner, &whole[..cut]), Ok(vec![]));
            assert!(!joiner.is_empty());
            assert_eq!(joiner.allow_other(RecordType::Alert), Err(RecordError::Interleaved(RecordType::Alert)));
            assert_eq!(joiner.allow_key_change(&[]), Err(RecordError::SpansKeyChange { left: cut }));
            assert_eq!(drain(&mut joiner, &whole[cut..]), Ok(vec![whole.clone()]));
            assert_eq!(joiner.allow_other(RecordType::Alert), Ok(()));
        }
    }

    #[test]
    fn messages_that_are_too_long_are_refused_at_their_header() {
        for (kind, max) in [(1, 1000), (11, 5000), (25, 5000), (4, 1000)] {
            assert!(drain(&mut Joiner::new(LIMITS), &message(kind, max)).is_ok());
            let error = RecordError::MessageTooLong { message: HandshakeType(kind), len: max + 1, max };
            let header = &message(kind, max + 1)[..4];
            assert_eq!(drain(&mut Joiner::new(LIMITS), header), Err(error));
            // In pieces, too, and nothing of the body is kept.
            let mut joiner = Joiner::new(LIMITS);
            assert_eq!(drain(&mut joiner, &header[..3]), Ok(vec![]));
            assert_eq!(drain(&mut joiner, &message(kind, max + 1)[3..]), Err(error));
            assert!(joiner.kept.len() <= 4);
        }
        let largest = [1, 0xff, 0xff, 0xff];
        assert!(matches!(
            drain(&mut Joiner::new(LIMITS), &largest),
            Err(RecordError::MessageTooLong { len: 0xff_ffff, .. })
        ));
    }

    #[test]
    fn what_a_pause_leaves_is_handed_out_first() {
        let messages = [message(8, 3), message(11, 20), message(15, 7), message(20, 32)];
        let record = messages.concat();
        let cut = record.len() - 5;
        let mut joiner = Joiner::new(LIMITS);
        let mut fragment = &record[..cut];
        assert_eq!(joiner.next(&mut fragment).unwrap().unwrap(), messages[0]);
        joiner.keep(fragment);
        assert_eq!(joiner.next(&mut &[][..]).unwrap().unwrap(), messages[1]);
        assert!(joiner.allow_key_change(&[]).is_err());
        assert_eq!(joiner.next(&mut &[][..]).unwrap().unwrap(), messages[2]);
        assert_eq!(joiner.next(&mut &[][..]), Ok(None));
        assert_eq!(drain(&mut joiner, &record[cut..]).unwrap(), [messages[3].clone()]);
        assert!(joiner.is_empty());
        assert_eq!(joiner.kept.capacity(), 0);
    }

    proptest! {
        /// Cut anywhere, kept at any time: the messages are the same.
        #[test]
        fn cut_anywhere(
            sizes in proptest::collection::vec((any::<u8>(), 0..300_usize), 0..8),
            cuts in proptest::collection::vec((1..400_usize, any::<bool>()), 1..10),
        ) {
            let messages: Vec<_> = sizes.into_iter().map(|(kind, len)| message(kind, len)).collect();
            let bytes = messages.concat();
            let mut joiner = Joiner::new(LIMITS);
            let (mut rest, mut got) = (&bytes[..], Vec::new());
            for (len, pause) in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (mut fragment, after) = rest.split_at(rest.len().min(*len));
                rest = after;
                while let Some(message) = joiner.next(&mut fragment).unwrap() {
                    got.push(message.into_owned());
                    if *pause {
                        joiner.keep(fragment);
                        fragment = &[];
                    }
                }
                prop_assert!(fragment.is_empty());
            }
            prop_assert_eq!(got, messages);
            prop_assert!(joiner.is_empty());
        }
    }
}
