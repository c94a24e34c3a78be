//! What the transport has yet to take.

use std::fmt;

use super::BufferPool;

/// The output side: ciphertext, the first `sent` bytes of which the transport took already.
pub(super) struct Output {
    pool: BufferPool,
    bytes: Vec<u8>,
    sent: usize,
}

impl Output {
    pub(super) fn new(pool: BufferPool) -> Self {
        Self { pool, bytes: Vec::new(), sent: 0 }
    }

    /// Whether a buffer is held.
    pub(super) fn holds_buffer(&self) -> bool {
        self.bytes.capacity() > 0
    }

    pub(super) fn pending(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// To append to, now and then: small answers, a flight. Takes no buffer unless something is appended.
    pub(super) fn sink(&mut self) -> &mut Vec<u8> {
        // Or a transport that takes little at a time would let the part that it took already grow for ever.
        if self.sent > self.pending().len() {
            self.bytes.drain(..self.sent);
            self.sent = 0;
        }
        &mut self.bytes
    }

    /// To append records of data to.
    pub(super) fn record_sink(&mut self) -> &mut Vec<u8> {
        if self.bytes.capacity() == 0 {
            self.bytes = self.pool.take_output();
        }
        self.sink()
    }

    /// The transport took `count` bytes more; the buffer goes back with the last one.
    pub(super) fn sent(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count);
        if self.sent >= self.bytes.len() {
            self.clear();
        }
    }

    /// Gives an empty buffer back.
    pub(super) fn release(&mut self) {
        if self.pending().is_empty() {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.sent = 0;
        self.pool.put_output(std::mem::take(&mut self.bytes));
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.clear();
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("pending", &self.pending().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_as_short_as_what_is_pending() {
        let mut output = Output::new(BufferPool::new(1));
        output.record_sink().extend_from_slice(&[1; 100]);
        for _ in 0..10_000 {
            output.sent(10);
            output.sink().extend_from_slice(&[1; 10]);
            assert_eq!(output.pending().len(), 100);
        }
        assert!(output.bytes.len() <= 300, "{}", output.bytes.len());
    }

    #[test]
    fn the_buffer_goes_back_when_all_is_sent() {
        let pool = BufferPool::new(1);
        let mut output = Output::new(pool.clone());
        output.record_sink().extend_from_slice(b"record");
        output.sent(3);
        assert_eq!(output.pending(), b"ord");
        assert!(output.holds_buffer());
        output.sent(3);
        assert!(!output.holds_buffer());
        assert_eq!(pool.kept(), 1);
    }
}
