//! Why no path ends at an anchor.

use super::as_sent;
use super::build::{Node, Origin};
use super::verify::Validation;
use crate::der::oid;
use crate::name::{BRIEF, dn::DistinguishedName, general::clean};
use crate::report::{Code, Finding, mend};
use crate::{Certificate, TrustAnchors};

/// What the end of the sent certificates says. The rule between the two likeliest:
///
/// - the last one is self-signed: the leaf alone is `self_signed`, a root that was sent is `unknown_issuer`;
/// - intermediates were sent, and the issuer of the last is not known: `missing_intermediate` if others were sent that lead to
///   an anchor, so that there is a gap; else `unknown_issuer`;
/// - the leaf alone was sent, and its issuer is not known. Nobody can know whether that is an intermediate that was
///   forgotten or a CA that is not trusted. `missing_intermediate` if something speaks for it: a trusted root was sent along,
///   the leaf says where its issuer can be fetched (authorityInfoAccess, which private CAs rarely write), or an anchor is of
///   the same organisation. Else `unknown_issuer`. Both messages name the other possibility;
/// - an intermediate was sent, but it is not the issuer of the leaf: `wrong_intermediate`.
pub(crate) fn end_of_chain(
    path: &[Node<'_>],
    validation: &mut Validation<'_>,
    chain: &[Certificate],
    anchors: &TrustAnchors,
) -> Option<Finding> {
    let node = path.last()?;
    let (last, sent) = (node.certificate, validation.sent_at(*node));
    let is_leaf = path.len() == 1;
    Some(match (validation.is_self_signed(last), is_leaf) {
        (true, true) => self_signed(last),
        (true, false) => untrusted_root(last, sent, anchors),
        (false, false) => match as_sent::above_gap(chain, path, last, anchors).and_then(|index| chain.get(index)) {
            Some(above) => gap(last, sent, above),
            None => unknown_end(last, sent, anchors),
        },
        (false, true) => unknown_issuer_of_leaf(last, chain, anchors),
    })
}

fn unknown_issuer_of_leaf(leaf: &Certificate, chain: &[Certificate], anchors: &TrustAnchors) -> Finding {
    if let Some(wrong) = as_sent::instead_of_the_issuer_of_leaf(chain) {
        return wrong;
    }
    let root_sent = chain.iter().find(|sent| anchors.contains(sent));
    match root_sent.or_else(|| likely_anchor(leaf, anchors)) {
        None if leaf.extensions().authority_info_access.ca_issuers.is_empty() => unknown_end(leaf, Some(0), anchors),
        anchor => missing_intermediate(leaf, anchor),
    }
}

fn self_signed(leaf: &Certificate) -> Finding {
    let message = format!("the certificate {} is self-signed, and not itself among the trusted ones", leaf.label());
    Finding::new(Code::SelfSigned, Some(0), message)
}

fn untrusted_root(root: &Certificate, sent: Option<usize>, anchors: &TrustAnchors) -> Finding {
    let message = format!("the chain ends at the root {}, which is not trusted ({})", root.label(), count(anchors));
    let fix = format!("If {} is a private CA that you trust, give its certificate with --ca FILE.", root.label());
    Finding::new(Code::UnknownIssuer, sent, message).with_fix(fix)
}

fn unknown_end(last: &Certificate, sent: Option<usize>, anchors: &TrustAnchors) -> Finding {
    let issuer = last.issuer_label();
    let message =
        format!("{} was issued by {issuer}, which was not sent and is not trusted ({})", last.label(), count(anchors));
    let fix = format!(
        "If {issuer} is a private CA that you trust, give its certificate with --ca FILE. If it is an intermediate, the \
         peer has to send it: put it after the leaf in its certificate file (nginx: ssl_certificate fullchain.pem)."
    );
    Finding::new(Code::UnknownIssuer, sent, message).with_fix(fix)
}

fn gap(last: &Certificate, sent: Option<usize>, above: &Certificate) -> Finding {
    let (issuer, label) = (last.issuer_label(), last.label());
    let message = format!(
        "the intermediate {issuer}, which issued {label}, was not sent; {} and what is above it were",
        above.label()
    );
    let fix = format!("Serve the full chain: put the intermediate {issuer} after {label} in the certificate file.");
    Finding::new(Code::MissingIntermediate, sent, message).with_fix(fix)
}

fn missing_intermediate(leaf: &Certificate, anchor: Option<&Certificate>) -> Finding {
    let issuer = leaf.issuer_label();
    let reason = match anchor {
        Some(anchor) => format!("; the trusted {} looks like the root above it", anchor.label()),
        None => String::new(),
    };
    let message = format!("the leaf was sent without its issuer {issuer}{reason}");
    let place = match leaf.extensions().authority_info_access.ca_issuers.first() {
        Some(uri) => format!(" The intermediate is at {}.", clean(uri, BRIEF)),
        None => String::new(),
    };
    let fix = format!(
        "Serve the full chain: put the intermediate {issuer} after the leaf in the certificate file (nginx: \
         ssl_certificate fullchain.pem).{place} If {issuer} is itself a private root, give it with --ca FILE."
    );
    let fetch = leaf.extensions().authority_info_access.ca_issuers.first().and_then(|uri| mend::fetch(uri));
    Finding::new(Code::MissingIntermediate, Some(0), message).with_fix(fix).with_mend(fetch)
}

/// An anchor that may stand above the issuer of `leaf`.
fn likely_anchor<'a>(leaf: &Certificate, anchors: &'a TrustAnchors) -> Option<&'a Certificate> {
    anchors.certificates().iter().find(|anchor| are_kin(leaf.issuer_name(), anchor.subject_name()))
}

/// Two CAs may belong together: they are of the same organisation, or where the first names none, their common names start
/// with the same word.
pub(super) fn are_kin(one: &DistinguishedName, other: &DistinguishedName) -> bool {
    let word = |name: &str| name.split_whitespace().next().map(str::to_lowercase).filter(|word| word.len() > 1);
    match one.values(&oid::ORGANIZATION).next() {
        Some(wanted) => other.values(&oid::ORGANIZATION).any(|found| found.eq_ignore_ascii_case(wanted)),
        None => {
            let first_word = one.values(&oid::COMMON_NAME).next().and_then(word);
            first_word.is_some() && other.values(&oid::COMMON_NAME).any(|name| word(name) == first_word)
        }
    }
}

fn count(anchors: &TrustAnchors) -> String {
    match anchors.len() {
        0 => "nobody is".to_owned(),
        1 => "1 certificate is".to_owned(),
        count => format!("{count} certificates are"),
    }
}

/// A path may be completed by what is known besides; who does not know it fails all the same.
pub(crate) fn not_sent(path: &[Node<'_>], validation: &Validation<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for [node, issuer] in path.array_windows() {
        if matches!(issuer.origin, Origin::Known(_)) {
            let (label, issued) = (issuer.certificate.label(), node.certificate.label());
            let message = format!("the intermediate {label}, which issued {issued}, was not sent");
            let fix =
                format!("Serve the full chain: put the intermediate {label} after {issued} in the certificate file.");
            let finding = Finding::new(Code::MissingIntermediate, validation.sent_at(*node), message);
            findings.push(finding.with_fix(fix).excused());
        }
    }
    findings
}
