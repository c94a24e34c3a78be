//! Progress on standard error: a line that is kept up to date on a terminal, a line a kind elsewhere.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    load::{Load, Tally},
    plan::Bound,
};

/// How often the line is brought up to date.
const TICK: Duration = Duration::from_millis(200);

/// Tells a person what goes on.
#[derive(Debug)]
pub(crate) struct Progress {
    target: String,
    terminal: bool,
}

impl Progress {
    pub(crate) fn new(target: String) -> Self {
        Self { target, terminal: io::stderr().is_terminal() }
    }

    /// Runs the load and watches it.
    pub(crate) async fn watch(&self, what: &str, load: &Arc<Load>, bound: Bound) -> Tally {
        if !self.terminal {
            let _ = writeln!(io::stderr(), "tlsmith: {}: measuring {what}", self.target);
            return load.run().await;
        }
        let begun = Instant::now();
        let mut tick = tokio::time::interval(TICK);
        let run = load.run();
        tokio::pin!(run);
        loop {
            tokio::select! {
                result = &mut run => {
                    let _ = write!(io::stderr(), "\r\x1b[K");
                    return result;
                }
                _ = tick.tick() => {
                    let so_far = line(load.done(), begun.elapsed(), bound);
                    let _ = write!(io::stderr(), "\r\x1b[K{}: {what}: {so_far}", self.target);
                }
            }
        }
    }
}

fn line(done: u64, elapsed: Duration, bound: Bound) -> String {
    let count = bound.count.map_or_else(String::new, |count| format!(" of {count}"));
    let time = bound.time.map_or_else(String::new, |time| format!(" of {} s", time.as_secs()));
    format!("{done}{count} handshakes, {} s{time}", elapsed.as_secs())
}
