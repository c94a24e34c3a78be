//! Path building (RFC 4158): candidates by name, nothing judged. Paths come one at a time, the likeliest first; the caller
//! checks each and asks for the next.

use super::budget::{Exhausted, Meter};
use crate::{Certificate, TrustAnchors};
use std::collections::HashMap;

/// A certificate of a path, and where it came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) origin: Origin,
}

/// Index into the chain as sent, or into the anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    Sent(usize),
    Anchor(usize),
}

/// A walk through all paths from the leaf to an anchor, depth first.
pub(crate) struct Paths<'a> {
    anchors: &'a TrustAnchors,
    /// Sent certificates but for the leaf, by subject in its comparable form.
    sent: HashMap<&'a [u8], Vec<Node<'a>>>,
    /// The path so far: each node, and the candidates for its issuer that were not tried yet (the next one last).
    stack: Vec<(Node<'a>, Vec<Node<'a>>)>,
    /// A path was left because it would have been too long.
    too_long: bool,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(chain: &'a [Certificate], anchors: &'a TrustAnchors) -> Self {
        let mut paths = Self { anchors, sent: by_subject(chain), stack: Vec::new(), too_long: false };
        if let Some(certificate) = chain.first() {
            let leaf = Node { certificate, origin: Origin::Sent(0) };
            let candidates = paths.candidates(certificate);
            paths.stack.push((leaf, candidates));
        }
        paths
    }

    /// The next path, leaf first, anchor last.
    pub(crate) fn next(&mut self, meter: &mut Meter) -> Result<Option<Vec<Node<'a>>>, Exhausted> {
        while let Some((_, candidates)) = self.stack.last_mut() {
            let Some(candidate) = candidates.pop() else {
                self.stack.pop();
                continue;
            };
            meter.candidate()?;
            // RFC 4158 §2.4.2: the same name and key twice is a loop.
            if self.stack.iter().any(|(node, _)| node.certificate.is_same_entity(candidate.certificate)) {
                continue;
            }
            let is_anchor = matches!(candidate.origin, Origin::Anchor(_));
            if self.stack.len() + 1 > meter.depth() || (!is_anchor && self.stack.len() + 2 > meter.depth()) {
                self.too_long = true;
                continue;
            }
            if is_anchor {
                let path = self.stack.iter().map(|(node, _)| *node);
                return Ok(Some(path.chain([candidate]).collect()));
            }
            let next = self.candidates(candidate.certificate);
            self.stack.push((candidate, next));
        }
        Ok(None)
    }

    /// A path was left because it would have been too long.
    pub(crate) fn too_long(&self) -> bool {
        self.too_long
    }

    /// Who may have issued `certificate`, by name, the likeliest last. Those whose key identifier fits are likelier than
    /// those without one, and those than ones with another (RFC 4158 §3.5.12); among equals anchors than sent certificates.
    fn candidates(&self, certificate: &Certificate) -> Vec<Node<'a>> {
        let name = certificate.issuer_name().comparable();
        let anchors = self.anchors.with_subject(name);
        let anchors = anchors.map(|(index, certificate)| Node { certificate, origin: Origin::Anchor(index) });
        let sent = self.sent.get(name).into_iter().flatten().copied();
        let mut candidates: Vec<Node<'a>> = anchors.chain(sent).collect();
        candidates.reverse();
        candidates.sort_by_key(|candidate| key_id_fit(certificate, candidate.certificate));
        candidates
    }
}

/// Where the sent certificates alone lead, one way: for the report when no path ends at an anchor.
pub(crate) fn sent_alone<'a>(chain: &'a [Certificate], meter: &Meter) -> Vec<Node<'a>> {
    let sent = by_subject(chain);
    let leaf = chain.first().map(|certificate| Node { certificate, origin: Origin::Sent(0) });
    let mut path: Vec<Node<'a>> = leaf.into_iter().collect();
    while let Some(last) = path.last() {
        let of_name = sent.get(last.certificate.issuer_name().comparable()).into_iter().flatten();
        let fresh = of_name.filter(|next| !path.iter().any(|node| node.certificate.is_same_entity(next.certificate)));
        // `max_by_key` takes the last of equals; the first that was sent is wanted.
        let next = fresh.rev().max_by_key(|next| key_id_fit(last.certificate, next.certificate)).copied();
        match next {
            Some(next) if path.len() < meter.depth() => path.push(next),
            _ => break,
        }
    }
    path
}

/// The sent certificates but for the leaf, each once, by subject.
fn by_subject(chain: &[Certificate]) -> HashMap<&[u8], Vec<Node<'_>>> {
    let mut sent: HashMap<&[u8], Vec<Node<'_>>> = HashMap::new();
    for (index, certificate) in chain.iter().enumerate().skip(1) {
        let of_name = sent.entry(certificate.subject_name().comparable()).or_default();
        if !of_name.iter().any(|node| node.certificate == certificate) {
            of_name.push(Node { certificate, origin: Origin::Sent(index) });
        }
    }
    sent
}

/// How well the key identifiers of a certificate and of a candidate for its issuer fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyIdFit {
    Different,
    Unknown,
    Same,
}

pub(crate) fn key_id_fit(certificate: &Certificate, issuer: &Certificate) -> KeyIdFit {
    match (certificate.authority_key_id(), issuer.subject_key_id()) {
        (Some(wanted), Some(found)) if wanted == found => KeyIdFit::Same,
        (Some(_), Some(_)) => KeyIdFit::Different,
        _ => KeyIdFit::Unknown,
    }
}
