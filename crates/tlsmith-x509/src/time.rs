//! Time as certificates and TLS need it: seconds since the epoch, given from outside.

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted. Negative before it (certificates may say 1950).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// The time on the system's clock. For tools and adapters; the libraries never call it by themselves.
    pub fn now() -> Self {
        todo!()
    }
}
// + Display as RFC 3339 UTC ("2026-11-21T00:00:00Z"), days_until(other) -> i64, From<SystemTime>
