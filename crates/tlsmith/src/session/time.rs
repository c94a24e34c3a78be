//! Time as ticket ages need it: milliseconds (RFC 8446 §4.2.11.1).

use std::time::{SystemTime, UNIX_EPOCH};

use tlsmith_x509::UnixTime;

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// What a [`Connection`](crate::Connection) is told. Who has seconds only converts them: certificates are judged alike,
/// and ages of tickets are then right to the second, not better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// The time on the system's clock. For tools and adapters; the library never calls it by itself.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// The second that it lies in: rounded down, so that a certificate is never taken as valid before its first second.
    pub const fn seconds(self) -> UnixTime {
        UnixTime(self.0.div_euclid(1000))
    }

    /// Milliseconds from `earlier` to this time; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This much later, or earlier.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl From<UnixTime> for UnixMillis {
    fn from(time: UnixTime) -> Self {
        Self(time.0.saturating_mul(1000))
    }
}

impl From<SystemTime> for UnixMillis {
    /// Rounds down, on both sides of the epoch.
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)),
            Err(before) => {
                let nanos = before.duration().as_nanos();
                Self(i64::try_from(nanos.div_ceil(1_000_000)).map_or(i64::MIN, |millis| -millis))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn seconds_round_down() {
        for (millis, seconds) in [(0, 0), (999, 0), (1000, 1), (-1, -1), (-1000, -1), (-1001, -2)] {
            assert_eq!(UnixMillis(millis).seconds(), UnixTime(seconds));
        }
        assert_eq!(UnixMillis::from(UnixTime(7)), UnixMillis(7000));
        assert_eq!(UnixMillis::from(UnixTime(i64::MAX)), UnixMillis(i64::MAX));
    }

    #[test]
    fn the_system_clock_rounds_down_on_both_sides_of_the_epoch() {
        let micros = Duration::from_micros;
        assert_eq!(UnixMillis::from(UNIX_EPOCH + micros(1999)), UnixMillis(1));
        assert_eq!(UnixMillis::from(UNIX_EPOCH - micros(1)), UnixMillis(-1));
        assert_eq!(UnixMillis::from(UNIX_EPOCH - micros(2000)), UnixMillis(-2));
        // The two clocks agree on the second.
        for offset in [0, 1, 999_999, 1_000_000, 1_000_001] {
            for time in [UNIX_EPOCH + micros(offset), UNIX_EPOCH - micros(offset)] {
                assert_eq!(UnixMillis::from(time).seconds(), UnixTime::from(time));
            }
        }
    }

    #[test]
    fn differences_do_not_overflow() {
        assert_eq!(UnixMillis(i64::MIN).since(UnixMillis(i64::MAX)), i64::MIN);
        assert_eq!(UnixMillis(i64::MAX).plus(1), UnixMillis(i64::MAX));
        assert_eq!(UnixMillis(5).since(UnixMillis(7)), -2);
    }
}
