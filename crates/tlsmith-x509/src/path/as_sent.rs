//! What is odd about the chain as the peer sent it (RFC 8446 §4.4.2: each certificate should certify one before it).

use super::PathRequest;
use super::build::{KeyIdFit, Node, Origin, key_id_fit};
use super::diagnose;
use crate::report::{Code, Finding, LISTED};
use crate::{Certificate, TrustAnchors};
use std::collections::{HashMap, HashSet};

/// What is odd about the chain, given the path that was taken or came nearest, and what is known to be wrong with it.
pub(super) fn findings(request: &PathRequest<'_>, path: &[Node<'_>], found: &[Finding]) -> Vec<Finding> {
    let chain = request.chain;
    let mut belonging = Belonging::new(chain, path);
    let mut findings = Vec::new();
    let blamed = found.iter().find(|finding| finding.code == Code::WrongIntermediate);
    // The issuer had to come from elsewhere, and another CA's certificate was sent in its place.
    let issuer_was_known = matches!(path, [_, issuer, ..] if matches!(issuer.origin, Origin::Known(_)));
    if blamed.is_none() && issuer_was_known {
        findings.extend(instead_of_issuer(chain, &belonging).map(Finding::excused));
    }
    // What stands above the wrong intermediate belongs to that one; what stands above a gap belongs to the chain.
    let above_gap = || match path {
        [_, .., last] if found.iter().any(|finding| finding.code == Code::MissingIntermediate) => {
            above_gap(chain, path, last.certificate, request.anchors)
        }
        _ => None,
    };
    let wrong = blamed.or(findings.first()).and_then(|finding| finding.certificate).or_else(above_gap);
    if let Some(wrong) = wrong {
        belonging.add(wrong);
    }
    let root = |certificate: &Certificate| certificate.is_self_issued() && request.anchors.contains(certificate);
    findings.extend(extra(chain, &belonging, root));
    findings.extend(wrong_order(chain, &belonging, wrong));
    if let Some((index, root)) = chain.iter().enumerate().skip(1).find(|(_, certificate)| root(certificate)) {
        let message = format!("the root {} was sent along; who trusts it has it", root.label());
        findings.push(Finding::new(Code::RootSent, Some(index), message));
    }
    findings
}

/// The indices of the certificates that are in the path, or stand above the leaf by name: of a CA that has several
/// certificates, more than one may be sent for clients of different ages. None twice.
struct Belonging<'a> {
    chain: &'a [Certificate],
    indices: HashSet<usize>,
    /// Those that were not reached yet, by subject.
    of_name: HashMap<&'a [u8], Vec<usize>>,
}

impl<'a> Belonging<'a> {
    fn new(chain: &'a [Certificate], path: &[Node<'_>]) -> Self {
        let mut of_name: HashMap<&[u8], Vec<usize>> = HashMap::new();
        let mut seen = HashSet::new();
        for (index, certificate) in chain.iter().enumerate() {
            let in_path = path.iter().any(|node| node.origin == Origin::Sent(index));
            let other_key = chain.first().is_some_and(|leaf| is_of_another_key(certificate, leaf));
            if seen.insert(certificate) && (in_path || !other_key) {
                of_name.entry(certificate.subject_name().comparable()).or_default().push(index);
            }
        }
        let mut belonging = Self { chain, indices: HashSet::new(), of_name };
        belonging.add(0);
        belonging
    }

    /// A certificate, and all above it.
    fn add(&mut self, index: usize) {
        let mut open = vec![index];
        while let Some(index) = open.pop() {
            if let Some(subject) = self.chain.get(index).filter(|_| self.indices.insert(index)) {
                // Taken out: each name is looked at once.
                open.extend(self.of_name.remove(subject.issuer_name().comparable()).into_iter().flatten());
            }
        }
    }

    fn contains(&self, index: usize) -> bool {
        self.indices.contains(&index)
    }
}

/// `certificate` has the name of the issuer of `leaf`, but says that its key is another.
fn is_of_another_key(certificate: &Certificate, leaf: &Certificate) -> bool {
    leaf.issuer_name().comparable() == certificate.subject_name().comparable()
        && key_id_fit(leaf, certificate) == KeyIdFit::Different
}

/// The certificates that do not belong to the chain, a root aside: that is another finding.
fn extra(chain: &[Certificate], belonging: &Belonging<'_>, root: impl Fn(&Certificate) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut unsaid = 0_usize;
    for (index, odd) in chain.iter().enumerate() {
        if belonging.contains(index) || root(odd) {
            continue;
        }
        if findings.len() == LISTED {
            unsaid += 1;
            continue;
        }
        let label = odd.label();
        let message = match chain.iter().take(index).position(|before| before == odd) {
            Some(before) => {
                format!("certificate {index} of the chain ({label}) was sent before, as certificate {before}")
            }
            None => {
                format!("certificate {index} of the chain ({label}) does not belong to it, nor certifies any of it")
            }
        };
        findings.push(Finding::new(Code::ExtraCertificate, Some(index), message));
    }
    if unsaid > 0 {
        let message = format!("{unsaid} certificates more do not belong to the chain");
        findings.push(Finding::new(Code::ExtraCertificate, None, message));
    }
    findings
}

/// Of a leaf whose issuer was not sent: the intermediate that was sent instead.
pub(super) fn instead_of_the_issuer_of_leaf(chain: &[Certificate]) -> Option<Finding> {
    instead_of_issuer(chain, &Belonging::new(chain, &[]))
}

fn instead_of_issuer(chain: &[Certificate], belonging: &Belonging<'_>) -> Option<Finding> {
    let odd =
        |(index, certificate): &(usize, &Certificate)| is_intermediate(certificate) && !belonging.contains(*index);
    let (index, wrong) = chain.iter().enumerate().find(odd)?;
    Some(wrong_intermediate(chain.first()?, index, wrong))
}

/// Of a chain that has a gap above `last`: the lowest intermediate that was sent for behind the gap. From it others lead to an
/// anchor by their names, and it is of the family of the issuer that is missing: else it is a stray.
pub(super) fn above_gap(
    chain: &[Certificate],
    path: &[Node<'_>],
    last: &Certificate,
    anchors: &TrustAnchors,
) -> Option<usize> {
    let belonging = Belonging::new(chain, path);
    let odd =
        |(index, certificate): &(usize, &Certificate)| is_intermediate(certificate) && !belonging.contains(*index);
    let above: Vec<(usize, &Certificate)> = chain.iter().enumerate().filter(odd).collect();
    let issuers: HashSet<&[u8]> = above.iter().map(|(_, one)| one.issuer_name().comparable()).collect();
    let is_lowest = |one: &Certificate| !issuers.contains(one.subject_name().comparable());
    let lowest =
        above.iter().find(|(_, one)| is_lowest(one) && diagnose::are_kin(last.issuer_name(), one.subject_name()));
    let (index, lowest) = *lowest?;
    // By name, each looked at once.
    let of_name: HashMap<&[u8], &Certificate> =
        above.iter().map(|(_, one)| (one.subject_name().comparable(), *one)).collect();
    let mut one = lowest;
    for _ in 0..above.len() {
        let issuer = one.issuer_name().comparable();
        if anchors.with_subject(issuer).next().is_some() {
            return Some(index);
        }
        one = of_name.get(issuer)?;
    }
    None
}

fn is_intermediate(certificate: &Certificate) -> bool {
    certificate.is_ca() && !certificate.is_self_issued()
}

/// `wrong`, certificate `index` of the chain, stands where the issuer of `certificate` should.
pub(super) fn wrong_intermediate(certificate: &Certificate, index: usize, wrong: &Certificate) -> Finding {
    let (label, issuer) = (certificate.label(), certificate.issuer_label());
    let message = if certificate.issuer_name().comparable() == wrong.subject_name().comparable() {
        format!("the intermediate {issuer} that was sent has another key than the one that issued {label}")
    } else {
        format!("the intermediate {} was sent, but {label} was issued by {issuer}", wrong.label())
    };
    let fix = format!(
        "Put the intermediate that belongs to the certificate, {issuer}, in place of the one in the certificate file: the CA \
         delivers both together."
    );
    Finding::new(Code::WrongIntermediate, Some(index), message).with_fix(fix)
}

/// The first certificate that stands before all those that it certifies; the `wrong` one certifies none.
fn wrong_order(chain: &[Certificate], belonging: &Belonging<'_>, wrong: Option<usize>) -> Option<Finding> {
    let mut asked_for: HashSet<&[u8]> = HashSet::new();
    for (index, certificate) in chain.iter().enumerate().filter(|(index, _)| belonging.contains(*index)) {
        if index > 0 && Some(index) != wrong && !asked_for.contains(certificate.subject_name().comparable()) {
            let label = certificate.label();
            let message = format!(
                "the chain is in the wrong order: certificate {index} ({label}) does not certify one before it"
            );
            return Some(Finding::new(Code::WrongOrder, Some(index), message));
        }
        asked_for.insert(certificate.issuer_name().comparable());
    }
    None
}
