//! What holds of the leaf whoever vouches for it: a chain is not trusted for one reason, and its other faults are to be told too.

use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, Code, Finding, PathRequest, Profile, Purpose, TrustAnchors, name::ReferenceName};

use super::evidence::{Aside, Evidence};

/// Judges the leaf that was served by itself.
pub(super) fn of(provider: &dyn Provider, evidence: &Evidence) -> Aside {
    let Some(leaf) = evidence.leaf() else { return Aside::default() };
    Aside {
        wildcard: finding(provider, evidence, leaf, &Profile::web(), Code::Wildcard),
        expires_soon: finding(provider, evidence, leaf, &Profile::private(), Code::ExpiresSoon),
    }
}

/// What is said of the leaf as if it was trusted for itself: that takes away what depends on its issuer.
fn finding(
    provider: &dyn Provider,
    evidence: &Evidence,
    leaf: &Certificate,
    profile: &Profile,
    code: Code,
) -> Option<Finding> {
    let mut anchors = TrustAnchors::new();
    anchors.add(leaf.clone());
    let chain = std::slice::from_ref(leaf);
    let request = PathRequest {
        name: (code == Code::Wildcard).then_some(ReferenceName::Host(&evidence.name)),
        profile,
        ..PathRequest::new(chain, &anchors, Purpose::ServerAuth, evidence.now)
    };
    tlsmith_x509::verify(provider, &request).findings.into_iter().find(|finding| finding.code == code)
}
