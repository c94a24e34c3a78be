//! What the transport brought: plaintext to be taken, then records yet to be dealt with.

use std::{fmt, ops::Range};

use super::BufferPool;
use crate::conn::{MAX_RECORD, Received};

/// The input side. `plain` lies before `start`, the bytes not yet dealt with are `start..end`.
pub(super) struct Input {
    pool: BufferPool,
    buffer: Option<Box<[u8]>>,
    plain: Range<usize>,
    start: usize,
    end: usize,
    /// How far the buffer was ever written, for the pool to wipe.
    touched: usize,
}

impl Input {
    pub(super) fn new(pool: BufferPool) -> Self {
        Self { pool, buffer: None, plain: 0..0, start: 0, end: 0, touched: 0 }
    }

    /// Whether a buffer is held.
    pub(super) fn holds_buffer(&self) -> bool {
        self.buffer.is_some()
    }

    pub(super) fn plaintext(&self) -> &[u8] {
        self.buffer.as_deref().and_then(|buffer| buffer.get(self.plain.clone())).unwrap_or_default()
    }

    /// Drops `count` bytes at the front of the plaintext.
    pub(super) fn consume_plaintext(&mut self, count: usize) {
        self.plain.start = self.plain.start.saturating_add(count).min(self.plain.end);
    }

    /// The bytes yet to be dealt with.
    pub(super) fn unprocessed(&mut self) -> &mut [u8] {
        self.buffer.as_deref_mut().and_then(|buffer| buffer.get_mut(self.start..self.end)).unwrap_or_default()
    }

    /// A connection dealt with the front of [`Input::unprocessed`], and left plaintext there.
    pub(super) fn processed(&mut self, dealt: Dealt) {
        self.plain = self.start.saturating_add(dealt.data.start)..self.start.saturating_add(dealt.data.end);
        self.start = self.start.saturating_add(dealt.consumed).min(self.end);
    }

    /// Where the next bytes from the transport go; never empty as long as the connection wants input, because what
    /// it leaves is shorter than a record and the buffer is as long as two.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let buffer = self.buffer.get_or_insert_with(|| self.pool.take_input());
        let tail = buffer.len().saturating_sub(self.end);
        if self.plain.is_empty() && self.start > 0 && (self.start == self.end || tail < MAX_RECORD) {
            buffer.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
            self.plain = 0..0;
        }
        buffer.get_mut(self.end..).unwrap_or_default()
    }

    /// `count` bytes were put at the front of [`Input::room`].
    pub(super) fn received(&mut self, count: usize) {
        let len = self.buffer.as_ref().map_or(0, |buffer| buffer.len());
        self.end = self.end.saturating_add(count).min(len);
        self.touched = self.touched.max(self.end);
    }

    /// Gives the buffer back if there is nothing in it.
    pub(super) fn release(&mut self) {
        if self.plain.is_empty() && self.start == self.end {
            self.clear();
        }
    }

    /// Gives the buffer back with whatever is in it.
    pub(super) fn clear(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            self.pool.put_input(buffer, self.touched);
        }
        (self.plain, self.start, self.end, self.touched) = (0..0, 0, 0, 0);
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.clear();
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unprocessed = self.end.saturating_sub(self.start);
        f.debug_struct("Input").field("plaintext", &self.plain.len()).field("unprocessed", &unprocessed).finish()
    }
}

/// What [`Received`] said, in positions instead of references.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dealt {
    consumed: usize,
    data: Range<usize>,
}

impl Dealt {
    /// `input` is where the input began that `received` is about: its data lies within.
    pub(super) fn new(input: *const u8, received: &Received<'_>) -> Self {
        let start = match received.data.is_empty() {
            true => 0,
            false => received.data.as_ptr().addr().saturating_sub(input.addr()),
        };
        Self { consumed: received.consumed, data: start..start.saturating_add(received.data.len()) }
    }

    pub(super) fn nothing(&self) -> bool {
        self.consumed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(input: &mut Input, bytes: &[u8]) {
        input.room()[..bytes.len()].copy_from_slice(bytes);
        input.received(bytes.len());
    }

    #[test]
    fn takes_plaintext_out_of_the_middle_of_a_record() {
        let mut input = Input::new(BufferPool::new(1));
        fill(&mut input, b"HHHdataTTnext");
        let at = input.unprocessed().as_ptr();
        let dealt =
            Dealt::new(at, &Received { consumed: 9, data: &input.unprocessed()[3..7], early_data: &[], wants: 0 });
        input.processed(dealt);
        assert_eq!(input.plaintext(), b"data");
        input.consume_plaintext(1);
        assert_eq!(input.plaintext(), b"ata");
        fill(&mut input, b"!");
        assert_eq!(input.plaintext(), b"ata", "reading on must not move plaintext that was not taken");
        input.consume_plaintext(9);
        assert_eq!(input.plaintext(), b"");
        assert_eq!(input.unprocessed(), b"next!");
    }

    #[test]
    fn makes_room_for_a_whole_record_behind_a_partial_one() {
        let mut input = Input::new(BufferPool::new(1));
        let len = input.room().len();
        input.received(len);
        let consumed = len - (MAX_RECORD - 1);
        input.processed(Dealt { consumed, data: 0..0 });
        assert!(input.room().len() >= MAX_RECORD);
        assert_eq!(input.unprocessed().len(), MAX_RECORD - 1);
    }

    #[test]
    fn holds_a_buffer_only_while_something_is_in_it() {
        let pool = BufferPool::new(1);
        let mut input = Input::new(pool.clone());
        assert!(!input.holds_buffer());
        fill(&mut input, b"part");
        input.release();
        assert!(input.holds_buffer());
        input.processed(Dealt { consumed: 4, data: 0..0 });
        input.release();
        assert!(!input.holds_buffer());
        assert_eq!(pool.kept(), 1);
        fill(&mut input, b"part");
        drop(input);
        assert_eq!(pool.kept(), 1, "a dropped stream gives its buffer back");
    }
}
