//! How far it is, on standard error, when many sources take a while.

use std::{
    io::{self, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

use crate::render::text::safe;

/// How long nothing is said.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the line is brought up to date.
const TICK: Duration = Duration::from_millis(500);

/// Tells a person what goes on: a line that is kept up to date on a terminal, one line elsewhere.
#[derive(Debug)]
pub(crate) struct Watch {
    doing: String,
    done: usize,
    all: usize,
    begun: Instant,
    terminal: bool,
    said: bool,
}

impl Watch {
    /// `doing` is what is done to `all`; of one it is not said how many are done.
    pub(crate) fn new(doing: impl Into<String>, all: usize) -> Self {
        let terminal = io::stderr().is_terminal();
        Self { doing: doing.into(), done: 0, all, begun: Instant::now(), terminal, said: false }
    }

    /// So many are done.
    pub(crate) fn done(&mut self, done: usize) {
        self.done = done;
    }

    /// Waits for it, and tells when that takes a while.
    pub(crate) async fn until<T>(&mut self, future: impl Future<Output = T>) -> T {
        tokio::pin!(future);
        loop {
            let pause = PATIENCE.saturating_sub(self.begun.elapsed()).max(TICK);
            tokio::select! {
                result = &mut future => return result,
                () = tokio::time::sleep(pause) => self.say(),
            }
        }
    }

    fn say(&mut self) {
        if self.begun.elapsed() < PATIENCE || (self.said && !self.terminal) {
            return;
        }
        let seconds = self.begun.elapsed().as_secs();
        let line = match self.all {
            1 => format!("{}, {seconds} s", safe(&self.doing)),
            all => format!("{}: {} of {all} done, {seconds} s", safe(&self.doing), self.done),
        };
        // With standard error gone there is nobody to tell.
        let _ = match self.terminal {
            true => write!(io::stderr(), "\r\x1b[K{line}"),
            false => writeln!(io::stderr(), "tlsmith: {line}"),
        };
        self.said = true;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.said && self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
