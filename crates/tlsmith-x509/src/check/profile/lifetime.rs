//! How long a leaf may be valid, by its day of issue.

use crate::check::validity::period;
use crate::path::{Node, PathRequest};
use crate::profile::{Issuers, Lifetime};
use crate::report::{Code, Finding, Severity};
use crate::{Certificate, TrustAnchors};

/// BR §6.3.2: a day is 86,400 seconds, and whatever is more counts as another one.
const DAY: i64 = 86_400;

/// The leaf of `path` (leaf first) is not valid for longer than it may be. `anchored`: the path ends at an anchor.
pub(crate) fn lifetime(path: &[Node<'_>], anchored: bool, request: &PathRequest<'_>) -> Option<Finding> {
    let leaf = path.first()?.certificate;
    let limit = limit(leaf, &request.profile.lifetimes)?;
    // Both ends belong to the period (RFC 5280 §4.1.2.5).
    let seconds = leaf.not_before().seconds_until(leaf.not_after()).saturating_add(1);
    if seconds <= i64::from(limit.days).saturating_mul(DAY) {
        return None;
    }
    let valid = match (seconds / DAY, seconds % DAY) {
        (days, 0) => format!("{days} days"),
        (days, rest) => format!("{days} days and {}", period(rest)),
    };
    let bound = match request.profile.lifetimes_bind {
        Issuers::All => true,
        Issuers::Public => anchored && path.last().is_some_and(|end| TrustAnchors::is_public(end.certificate)),
    };
    let mut message = format!(
        "{} is valid for {valid}, both ends included; one issued at {} may be for {} days (profile {})",
        leaf.label(),
        leaf.not_before(),
        limit.days,
        request.profile.name
    );
    if !bound {
        message.push_str("; its CA is not a public one, and browsers do not hold others to it");
    }
    let severity = if bound { Severity::Error } else { Severity::Warning };
    Some(Finding { severity, ..Finding::new(Code::ValidityTooLong, Some(0), message) })
}

/// The last limit that had begun when the leaf was issued.
fn limit<'a>(leaf: &Certificate, limits: &'a [Lifetime]) -> Option<&'a Lifetime> {
    limits.iter().filter(|limit| limit.issued_from <= leaf.not_before()).max_by_key(|limit| limit.issued_from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Origin;
    use crate::{Profile, Purpose, UnixTime};

    /// Roots of the web stand in for leaves: they live too long for one.
    #[test]
    fn leaves_below_public_roots_are_bound() {
        let (anchors, profile) = (TrustAnchors::mozilla(), Profile::web());
        let now = UnixTime::from_civil(2026, 11, 21, 0, 0, 0).unwrap();
        let request = PathRequest { profile: &profile, ..PathRequest::new(&[], &anchors, Purpose::ServerAuth, now) };
        let since_there_is_a_rule = |root: &&Certificate| limit(root, &profile.lifetimes).is_some();
        let root = anchors.certificates().iter().find(since_there_is_a_rule).unwrap();
        let node = Node { certificate: root, origin: Origin::Anchor(0) };
        let of = |anchored| lifetime(&[node, node], anchored, &request).unwrap();
        assert_eq!((of(true).code, of(true).severity), (Code::ValidityTooLong, Severity::Error));
        assert_eq!(of(false).severity, Severity::Warning);
    }
}
