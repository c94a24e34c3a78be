//! What the profile demands of one certificate beyond RFC 5280 §6.1: one file an idea.

mod extensions;
mod lifetime;
mod made;
mod names;

pub(crate) use lifetime::lifetime;
pub(crate) use made::signed_with;

use crate::path::PathRequest;
use crate::report::Finding;
use crate::{Certificate, TrustAnchors};

/// Where a certificate stands in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Leaf,
    /// A CA that is not an anchor, or an anchor that another CA issued.
    Intermediate,
    /// An anchor that issued itself.
    Root,
}

/// Everything that can be said of `certificate` at `place` without knowing the rest of the path.
pub(crate) fn certificate(
    certificate: &Certificate,
    sent: Option<usize>,
    place: Place,
    request: &PathRequest<'_>,
) -> Vec<Finding> {
    let profile = request.profile;
    let mut findings = Vec::new();
    // The root programs have looked at their roots, and took one that was made before the Baseline Requirements without a
    // subjectKeyIdentifier.
    if place != Place::Root || !TrustAnchors::is_public(certificate) {
        findings = extensions::rows(certificate, sent, place, profile);
        findings.extend(made::version(certificate, sent, profile));
        findings.extend(made::serial_number(certificate, sent, place, profile));
        findings.extend(made::key_identifiers(certificate, sent, place, profile));
    }
    findings.extend(made::key(certificate, sent, profile));
    if place == Place::Leaf {
        findings.extend(made::leaf_is_ca(certificate, sent, profile));
        findings.extend(made::any_purpose(certificate, sent, profile));
        findings.extend(names::host_names(certificate, sent, request));
        findings.extend(names::wildcards(certificate, sent, request));
        findings.extend(names::common_name(certificate, sent, profile));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Code;
    use crate::{Profile, Purpose, UnixTime};

    /// Whatever the rules are, the web's own roots are good enough for its profile.
    #[test]
    fn the_roots_of_the_web_fit_its_profile() {
        let (anchors, profile) = (TrustAnchors::mozilla(), Profile::web());
        let now = UnixTime::from_civil(2026, 11, 21, 0, 0, 0).unwrap();
        let request = PathRequest { profile: &profile, ..PathRequest::new(&[], &anchors, Purpose::ServerAuth, now) };
        assert!(anchors.len() > 100);
        let mut odd = Vec::new();
        for root in anchors.certificates() {
            assert!(root.is_self_issued(), "{root:?}");
            assert_eq!(certificate(root, None, Place::Root, &request), [], "{root:?}");
            odd.extend(extensions::rows(root, None, Place::Root, &profile));
        }
        // The rows alone would not do, but they are not far off.
        assert!(odd.len() < 3 && odd.iter().all(|finding| finding.code == Code::ExtensionMissing), "{odd:#?}");
    }
}
