//! Buffers that many connections share, so that one which has nothing under way holds none.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::OUTPUT_LIMIT;
use crate::conn::MAX_RECORD;

/// Length of an input buffer: a whole record always fits behind the rest of another.
pub(super) const INPUT_LEN: usize = 2 * MAX_RECORD;

/// An output buffer that grew beyond this is freed, not kept.
const OUTPUT_KEPT: usize = OUTPUT_LIMIT + 2 * MAX_RECORD;

/// A pool of buffers, shared by its clones and between threads.
///
/// It bounds what is kept, not what is lent: a connection that needs a buffer always gets one, and what comes back to
/// a full pool is freed.
#[derive(Clone)]
pub struct BufferPool {
    shelves: Arc<Shelves>,
}

struct Shelves {
    keep: usize,
    input: Mutex<Vec<Box<[u8]>>>,
    output: Mutex<Vec<Vec<u8>>>,
}

impl BufferPool {
    /// Keeps at most `keep` buffers of either direction; 0 keeps none, each is then allocated and freed.
    pub fn new(keep: usize) -> Self {
        let shelves = Shelves { keep, input: Mutex::default(), output: Mutex::default() };
        Self { shelves: Arc::new(shelves) }
    }

    /// How many buffers lie in the pool now.
    pub fn kept(&self) -> usize {
        lock(&self.shelves.input).len().saturating_add(lock(&self.shelves.output).len())
    }

    pub(super) fn take_input(&self) -> Box<[u8]> {
        let kept = lock(&self.shelves.input).pop();
        kept.unwrap_or_else(|| vec![0; INPUT_LEN].into_boxed_slice())
    }

    /// Takes back an input buffer. Its first `used` bytes held one connection's plaintext; the next one must not
    /// find it, whatever mistake is made there.
    pub(super) fn put_input(&self, mut buffer: Box<[u8]>, used: usize) {
        if let Some(used) = buffer.get_mut(..used) {
            used.fill(0);
        }
        let mut kept = lock(&self.shelves.input);
        if kept.len() < self.shelves.keep {
            kept.push(buffer);
        }
    }

    pub(super) fn take_output(&self) -> Vec<u8> {
        let kept = lock(&self.shelves.output).pop();
        kept.unwrap_or_else(|| Vec::with_capacity(MAX_RECORD))
    }

    pub(super) fn put_output(&self, mut buffer: Vec<u8>) {
        if buffer.capacity() == 0 || buffer.capacity() > OUTPUT_KEPT {
            return;
        }
        buffer.clear();
        let mut kept = lock(&self.shelves.output);
        if kept.len() < self.shelves.keep {
            kept.push(buffer);
        }
    }
}

impl Default for BufferPool {
    /// Keeps 64 of either direction: about 2 MiB for input, at most 6 MiB for output.
    fn default() -> Self {
        Self::new(64)
    }
}

impl fmt::Debug for BufferPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferPool").field("keep", &self.shelves.keep).field("kept", &self.kept()).finish()
    }
}

/// A thread that panicked while it pushed or popped left a list that is still a list.
fn lock<T>(shelf: &Mutex<T>) -> MutexGuard<'_, T> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_no_more_than_told() {
        let pool = BufferPool::new(2);
        let lent: Vec<_> = (0..5).map(|_| pool.take_input()).collect();
        assert_eq!(pool.kept(), 0);
        for buffer in lent {
            pool.put_input(buffer, 0);
        }
        assert_eq!(pool.kept(), 2);
        pool.put_output(Vec::new());
        pool.put_output(Vec::with_capacity(OUTPUT_KEPT * 2));
        assert_eq!(pool.kept(), 2, "neither an empty nor an overgrown buffer is worth keeping");
        pool.put_output(pool.take_output());
        assert_eq!(pool.kept(), 3);
    }

    #[test]
    fn plaintext_does_not_pass_from_one_to_the_next() {
        let pool = BufferPool::new(1);
        let mut buffer = pool.take_input();
        buffer[..6].copy_from_slice(b"secret");
        pool.put_input(buffer, 6);
        assert!(pool.take_input().iter().all(|byte| *byte == 0));
    }
}
