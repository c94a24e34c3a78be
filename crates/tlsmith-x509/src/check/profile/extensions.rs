//! The rows about extensions.

use super::Place;
use crate::Certificate;
use crate::cert::ext::Extension as Found;
use crate::profile::{Criticality, Extension, ExtensionRule, Presence, Profile};
use crate::report::{Code, Finding};

/// What breaks the rows for this place.
pub(super) fn rows(certificate: &Certificate, sent: Option<usize>, place: Place, profile: &Profile) -> Vec<Finding> {
    let rules = match place {
        Place::Leaf => &profile.leaf,
        Place::Intermediate => &profile.intermediate,
        Place::Root => &profile.root,
    };
    let broken = rules.iter().filter_map(|rule| row(certificate, place, rule));
    broken.map(|(code, message)| Finding::new(code, sent, format!("{message} (profile {})", profile.name))).collect()
}

fn row(certificate: &Certificate, place: Place, rule: &ExtensionRule) -> Option<(Code, String)> {
    let id = rule.extension.oid();
    let found = certificate.extensions().all.iter().find(|extension| extension.id == id);
    let (name, section) = (rule.extension.name(), &rule.section);
    match (found, rule.presence) {
        (None, Presence::Required) if !excused(certificate, &rule.extension) => {
            let what = match place {
                Place::Leaf => "a leaf",
                Place::Intermediate => "a CA below a root",
                Place::Root => "a root",
            };
            let label = certificate.label();
            Some((Code::ExtensionMissing, format!("{label} has no {name}, which {what} has to have: {section}")))
        }
        (Some(_), Presence::Forbidden) => {
            let label = certificate.label();
            Some((Code::ExtensionForbidden, format!("{label} has {name}, which has no place there: {section}")))
        }
        (Some(found), _) => {
            let wanted = misjudged(certificate, found, rule.criticality)?;
            let (label, is) = (certificate.label(), if found.critical { "critical" } else { "not critical" });
            Some((Code::ExtensionCriticality, format!("{name} of {label} is {is}, and has to be {wanted}: {section}")))
        }
        (None, _) => None,
    }
}

/// RFC 5280 §4.2.1.1: what a key signed itself needs no identifier of another.
fn excused(certificate: &Certificate, extension: &Extension) -> bool {
    *extension == Extension::AuthorityKeyIdentifier && certificate.is_self_issued()
}

/// What the extension should be instead.
fn misjudged(certificate: &Certificate, found: &Found, rule: Criticality) -> Option<&'static str> {
    let nameless = certificate.subject_name().is_empty();
    match (rule, found.critical) {
        (Criticality::Critical, false) => Some("critical"),
        (Criticality::NotCritical, true) => Some("not critical"),
        (Criticality::CriticalIfSubjectEmpty, false) if nameless => Some("critical, as the subject is empty"),
        (Criticality::CriticalIfSubjectEmpty, true) if !nameless => Some("not critical, as there is a subject"),
        _ => None,
    }
}
