//! Telling the operator of handshakes that failed: one line each, and a bound on the lines.

use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many lines may come at once, and one more each [`REFILL`].
const BURST: u32 = 20;
const REFILL: Duration = Duration::from_millis(500);

/// A log with a bound: whoever can connect can make handshakes fail, and must not fill a disk with it.
#[derive(Debug)]
pub(super) struct FailureLog(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    left: u32,
    filled: Instant,
    suppressed: u64,
}

/// What is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) peer: SocketAddr,
    pub(super) code: &'a str,
    pub(super) message: &'a str,
    pub(super) fix: &'a str,
}

impl FailureLog {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Bucket { left: BURST, filled: Instant::now(), suppressed: 0 }))
    }

    /// Tells it, unless too much was told lately.
    pub(super) fn tell(&self, line: Line<'_>) {
        let Some(suppressed) = self.take(Instant::now()) else { return };
        if suppressed > 0 {
            tracing::warn!("{suppressed} more handshakes failed that are not shown");
        }
        let Line { peer, code, message, fix } = line;
        tracing::warn!(%peer, code, fix = one_line(fix), "handshake failed: {}", one_line(message));
    }

    /// Room for a line: how many had none before it. Or no room.
    fn take(&self, now: Instant) -> Option<u64> {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let refills = now.saturating_duration_since(bucket.filled).as_millis() / REFILL.as_millis();
        if refills > 0 {
            bucket.left = bucket.left.saturating_add(u32::try_from(refills).unwrap_or(u32::MAX)).min(BURST);
            bucket.filled = now;
        }
        match bucket.left.checked_sub(1) {
            Some(left) => {
                bucket.left = left;
                Some(std::mem::take(&mut bucket.suppressed))
            }
            None => {
                bucket.suppressed += 1;
                None
            }
        }
    }
}

/// So many characters of a message are told: a hello of 64 KiB may be quoted in it.
const LENGTH: usize = 400;

/// Values in a message come from the peer: none of them ends the line, steers a terminal, turns text around or fills a
/// disk.
fn one_line(text: &str) -> String {
    let harmless = |c: char| match c {
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let mut line: String = text.chars().take(LENGTH).map(harmless).collect();
    if text.chars().nth(LENGTH).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bound_holds_and_counts() {
        let log = FailureLog::new();
        let start = Instant::now();
        for _ in 0..BURST {
            assert_eq!(log.take(start), Some(0));
        }
        assert_eq!(log.take(start), None);
        assert_eq!(log.take(start), None);
        assert_eq!(log.take(start + REFILL), Some(2));
        assert_eq!(log.take(start + REFILL), None);
        assert_eq!(log.take(start + REFILL * 1000), Some(1));
        for _ in 1..BURST {
            assert_eq!(log.take(start + REFILL * 1000), Some(0));
        }
        assert_eq!(log.take(start + REFILL * 1000), None);
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(one_line("a\r\nb\u{1b}[31m\u{202e}"), "a\u{fffd}\u{fffd}b\u{fffd}[31m\u{fffd}");
    }

    #[test]
    fn a_message_is_bounded() {
        let whole = "ä".repeat(LENGTH);
        assert_eq!(one_line(&whole), whole);
        assert_eq!(one_line(&format!("{whole}x")), format!("{whole}…"));
    }
}
