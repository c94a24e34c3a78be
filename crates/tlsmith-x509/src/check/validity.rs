//! Validity in time (RFC 5280 §6.1.3 (a)(2)).

use crate::report::{Code, Finding};
use crate::{Certificate, UnixTime};

const DAY: i64 = 86_400;

/// Both ends belong to the period (RFC 5280 §4.1.2.5).
pub(crate) fn check(certificate: &Certificate, sent: Option<usize>, now: UnixTime) -> Option<Finding> {
    let (from, to) = (certificate.not_before(), certificate.not_after());
    if (from..=to).contains(&now) {
        return None;
    }
    let label = certificate.label();
    if now > to {
        let since = period(to.seconds_until(now));
        let message = format!("{label} expired at {to}, {since} ago (it is {now})");
        return Some(Finding::new(Code::Expired, sent, message).with_fix(expired_fix(sent)));
    }
    let until = period(now.seconds_until(from));
    let message = format!("{label} is valid from {from}, in {until} (it is {now})");
    Some(Finding::new(Code::NotYetValid, sent, message))
}

fn expired_fix(sent: Option<usize>) -> &'static str {
    match sent {
        Some(0) => Code::Expired.row().fix,
        Some(_) => "Replace the intermediate by the CA's current one, which comes with a renewed certificate.",
        None => {
            "Trust the CA's new root certificate instead: update the system's CA bundle, or the file given with --ca."
        }
    }
}

/// A warning when a valid certificate has little of its life left: 14 days, or a third of its lifetime where that is less,
/// so that a certificate of six days does not warn from its first day on.
pub(crate) fn expires_soon(certificate: &Certificate, sent: Option<usize>, now: UnixTime) -> Option<Finding> {
    let lifetime = certificate.not_before().seconds_until(certificate.not_after());
    let left = now.seconds_until(certificate.not_after());
    if left < 0 || left >= (14 * DAY).min(lifetime / 3) {
        return None;
    }
    let message = format!("{} expires at {}, in {}", certificate.label(), certificate.not_after(), period(left));
    Some(Finding::new(Code::ExpiresSoon, sent, message))
}

/// `20 days`, `3 hours`, `1 minute`, `12 seconds`.
pub(crate) fn period(seconds: i64) -> String {
    let (count, unit) = match seconds {
        s if s >= DAY => (s / DAY, "day"),
        s if s >= 3600 => (s / 3600, "hour"),
        s if s >= 60 => (s / 60, "minute"),
        s => (s, "second"),
    };
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_told_in_their_largest_unit() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "1 minute"),
            (7200, "2 hours"),
            (DAY, "1 day"),
            (20 * DAY, "20 days"),
        ] {
            assert_eq!(period(seconds), text);
        }
    }
}
