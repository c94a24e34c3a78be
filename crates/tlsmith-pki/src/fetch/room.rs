//! How much may come for one chain: a stranger's certificates name where from, and what came is held until it was judged.

use super::{FetchError, Problem};

/// Two CRLs of the longest kind.
const ALL_BYTES: usize = 64 << 20;

/// The bytes that may still come, over all fetches for a chain.
#[derive(Debug)]
pub(super) struct Room {
    left: usize,
    /// What may come of answers that are too long, and are thrown away.
    waste: usize,
}

impl Room {
    /// For one chain.
    pub(super) fn of_chain() -> Self {
        Self { left: ALL_BYTES, waste: ALL_BYTES }
    }

    /// For a single fetch, which has a bound of its own.
    pub(super) fn unlimited() -> Self {
        Self { left: usize::MAX, waste: usize::MAX }
    }

    /// How many bytes an answer may have that could else have `most`.
    pub(super) fn most(&self, most: usize) -> usize {
        most.min(self.left).min(self.waste)
    }

    /// There is as much left, and it is taken.
    pub(super) fn has(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// Takes what came, whatever it is good for; what was too long for the room alone is said to be that.
    pub(super) fn take(&mut self, most: usize, came: Result<Vec<u8>, FetchError>) -> Result<Vec<u8>, FetchError> {
        match came {
            Ok(bytes) => {
                self.left = self.left.saturating_sub(bytes.len());
                Ok(bytes)
            }
            Err(error) => match *error.problem() {
                Problem::TooLong(limit) => {
                    self.waste = self.waste.saturating_sub(limit);
                    Err(if limit < most { error.with_problem(Problem::NoRoom(ALL_BYTES)) } else { error })
                }
                _ => Err(error),
            },
        }
    }
}
