//! Where the terminator gets the time from.

use std::fmt;

use tlsmith::session::UnixMillis;
use tlsmith_x509::UnixTime;

/// Tells the time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> UnixTime;

    /// Now, to the millisecond where the clock is that good: the ages of tickets are measured so (RFC 8446 §4.2.11.1).
    fn now_millis(&self) -> UnixMillis {
        self.now().into()
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        UnixTime::now()
    }

    fn now_millis(&self) -> UnixMillis {
        UnixMillis::now()
    }
}
