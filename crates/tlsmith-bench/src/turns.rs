//! Who takes part, and for how long: A B C, A B C, and so on.

use std::time::{Duration, Instant};

use crate::{Result, stack};

/// How a scenario is run.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    /// For how long.
    pub(crate) time: Duration,
    /// So many rounds instead, for a profiler.
    pub(crate) rounds: Option<usize>,
    /// One stack alone, for a profiler.
    pub(crate) only: Option<String>,
}

impl Turns {
    /// The stacks that take part.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &'static str> {
        stack::NAMES.into_iter().filter(|name| self.only.as_deref().is_none_or(|only| only == *name))
    }

    /// Takes rounds of turns until the time is over, two at least.
    pub(crate) fn take(&self, mut round: impl FnMut() -> Result<()>) -> Result<()> {
        let started = Instant::now();
        let mut done = 0;
        while self.rounds.map_or(done < 2 || started.elapsed() < self.time, |rounds| done < rounds) {
            round()?;
            done += 1;
        }
        Ok(())
    }
}
