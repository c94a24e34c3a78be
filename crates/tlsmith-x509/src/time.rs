//! Time as certificates and TLS need it: seconds since the epoch, given from outside.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: i64 = 86_400;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted. Negative before it (certificates may say 1950).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// The time on the system's clock. For tools and adapters; the libraries never call it by themselves.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// From a date and a time of day in UTC (proleptic Gregorian calendar). `None` when a part is out of range.
    pub fn from_civil(year: i32, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(i64::from(year), i64::from(month), i64::from(day));
        let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(Self(days * SECONDS_PER_DAY + of_day))
    }

    /// Whole days from this time to `other`, rounded towards zero; negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        self.seconds_until(other) / SECONDS_PER_DAY
    }

    /// Seconds from this time to `other`; negative when `other` is earlier.
    pub fn seconds_until(self, other: Self) -> i64 {
        other.0.saturating_sub(self.0)
    }
}

/// Why text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTime;

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time of RFC 3339; write 2026-11-21T00:00:00Z, or 2026-11-21 for its first second")
    }
}

impl std::error::Error for InvalidTime {}

impl FromStr for UnixTime {
    type Err = InvalidTime;

    /// RFC 3339 §5.6, fractions of a second dropped; or a date alone: its first second in UTC.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        rfc_3339(text.trim()).ok_or(InvalidTime)
    }
}

fn rfc_3339(text: &str) -> Option<UnixTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    let year = i32::try_from(year).ok()?;
    let midnight = UnixTime::from_civil(year, month, day, 0, 0, 0)?;
    if rest.is_empty() {
        return Some(midnight);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, rest) = rest.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let [hour, minute, second] = [hour, minute, second].map(|part| u8::try_from(part).ok());
    let local = UnixTime::from_civil(year, month, day, hour?, minute?, second?)?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == fraction.len() { None } else { Some(zone) }
        }
        None => Some(rest),
    }?;
    if matches!(zone, "Z" | "z") {
        return Some(local);
    }
    let (east, zone) = match zone.strip_prefix('+') {
        Some(zone) => (1, zone),
        None => (-1, zone.strip_prefix('-')?),
    };
    let [hours, minutes] = numbers(zone, ':', [2, 2])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some(UnixTime(local.0 - east * i64::from(hours * 3600 + minutes * 60)))
}

/// Numbers of so many digits each, and nothing else.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(separator);
    let mut out = [0; N];
    for (to, length) in out.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *to = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

impl From<SystemTime> for UnixTime {
    /// Rounds down, so that a certificate is never taken as valid before its first second.
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_secs()).unwrap_or(i64::MAX)),
            Err(before) => {
                let before = before.duration();
                let whole = before.as_secs() + u64::from(before > Duration::from_secs(before.as_secs()));
                Self(i64::try_from(whole).map_or(i64::MIN, |seconds| -seconds))
            }
        }
    }
}

impl fmt::Display for UnixTime {
    /// RFC 3339 in UTC: `2026-11-21T00:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(SECONDS_PER_DAY));
        let of_day = self.0.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

// Both conversions count years from 1 March, so that the leap day comes last and months have a regular length:
// day of the year = (153 * month + 2) / 5 for months counted from March. An era is 400 years, 146,097 days.

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_times_render_as_rfc_3339() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_219_200, "2026-11-21T00:00:00Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
            (-631_152_000, "1950-01-01T00:00:00Z"),
        ] {
            assert_eq!(UnixTime(seconds).to_string(), text);
        }
    }

    #[test]
    fn rfc_3339_is_read() {
        for (text, seconds) in [
            ("2026-11-21T00:00:00Z", 1_795_219_200),
            ("2026-11-21", 1_795_219_200),
            ("2026-11-21t01:30:00.999+01:30", 1_795_219_200),
            ("2026-11-20 22:00:00-02:00", 1_795_219_200),
            ("1970-01-01T00:00:00z", 0),
        ] {
            assert_eq!(text.parse(), Ok(UnixTime(seconds)), "{text}");
        }
        for text in [
            "",
            "now",
            "2026-11-21T00:00:00",
            "2026-11-21T00:00Z",
            "2026-11-31",
            "2026-11-21T24:00:00Z",
            "2026-1-21",
            "2026-11-21T00:00:00.Z",
            "2026-11-21T00:00:00+1:00",
            "2026-11-21T00:00:00+24:00",
            "2026-11-21Z",
            "+026-11-21",
            "2026-11-21T00:00:00Zx",
            "äöü2026-11-21",
        ] {
            assert_eq!(text.parse::<UnixTime>(), Err(InvalidTime), "{text}");
        }
    }

    #[test]
    fn civil_parts_out_of_range_are_refused() {
        assert!(UnixTime::from_civil(2024, 2, 29, 0, 0, 0).is_some());
        assert!(UnixTime::from_civil(2100, 2, 29, 0, 0, 0).is_none());
        assert!(UnixTime::from_civil(2023, 13, 1, 0, 0, 0).is_none());
        assert!(UnixTime::from_civil(2023, 4, 31, 0, 0, 0).is_none());
        assert!(UnixTime::from_civil(2023, 4, 30, 24, 0, 0).is_none());
    }

    #[test]
    fn days_round_towards_zero_and_do_not_overflow() {
        assert_eq!(UnixTime(0).days_until(UnixTime(86_399)), 0);
        assert_eq!(UnixTime(0).days_until(UnixTime(86_400)), 1);
        assert_eq!(UnixTime(86_400).days_until(UnixTime(0)), -1);
        assert!(UnixTime(i64::MIN).days_until(UnixTime(i64::MAX)) > 0);
    }

    #[test]
    fn the_system_clock_rounds_down_on_both_sides_of_the_epoch() {
        assert_eq!(UnixTime::from(UNIX_EPOCH + Duration::from_millis(1999)), UnixTime(1));
        assert_eq!(UnixTime::from(UNIX_EPOCH - Duration::from_millis(1)), UnixTime(-1));
        assert_eq!(UnixTime::from(UNIX_EPOCH - Duration::from_secs(2)), UnixTime(-2));
    }

    proptest! {
        #[test]
        fn civil_round_trips(year in 1900i32..3000, month in 1u8..=12, day in 1u8..=28, second in 0i64..86_400) {
            let (h, m, s) = ((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8);
            let time = UnixTime::from_civil(year, month, day, h, m, s).unwrap();
            prop_assert_eq!(time.to_string(), format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}Z"));
        }

        #[test]
        fn what_is_shown_is_read_again(seconds in -62_167_219_200..253_402_300_800_i64) {
            prop_assert_eq!(UnixTime(seconds).to_string().parse(), Ok(UnixTime(seconds)));
        }

        #[test]
        fn display_never_panics(seconds in any::<i64>()) {
            let _ = UnixTime(seconds / 400).to_string();
        }
    }
}
