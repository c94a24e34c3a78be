//! The time of a stream.

use std::time::Instant;

use crate::session::UnixMillis;

/// The time that a stream was told, and how long ago that was. It cannot go back, and it need not be told again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    told: UnixMillis,
    at: Instant,
}

impl Clock {
    pub(super) fn new(now: impl Into<UnixMillis>) -> Self {
        Self { told: now.into(), at: Instant::now() }
    }

    pub(super) fn now(&self) -> UnixMillis {
        self.told.plus(i64::try_from(self.at.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn goes_on_from_what_it_was_told() {
        let clock = Clock { told: UnixMillis(5_000), at: Instant::now() - Duration::from_secs(3) };
        assert!(clock.now() >= UnixMillis(8_000));
        let at_the_end = Clock { told: UnixMillis(i64::MAX), ..clock };
        assert_eq!(at_the_end.now(), UnixMillis(i64::MAX));
    }
}
