//! Path building (RFC 4158): candidates by name, nothing judged. Paths come one at a time, the likeliest first; the caller
//! checks each and asks for the next.

use super::budget::{Exhausted, Meter};
use crate::{Certificate, TrustAnchors};
use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

/// A certificate of a path, and where it came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) origin: Origin,
}

/// Index into the chain as sent, into what is known besides, or into the anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    Sent(usize),
    Known(usize),
    Anchor(usize),
}

/// All paths from the leaf to an anchor. They grow from the leaf, the likeliest of all beginnings first, so that no detour,
/// however long, keeps a short path from being found; what leads to no anchor is not followed at all.
pub(crate) struct Paths<'a> {
    anchors: &'a TrustAnchors,
    /// Those between the leaf and the anchors, by subject in its comparable form.
    between: HashMap<&'a [u8], Vec<Node<'a>>>,
    /// By the name of an issuer: how many certificates there are from it up to an anchor, at least.
    distances: HashMap<&'a [u8], usize>,
    /// The beginnings of paths, as a tree: each step knows the one below it.
    steps: Vec<Step<'a>>,
    /// Indices of the steps that nobody looked at yet.
    open: BinaryHeap<Reverse<(Rank, usize)>>,
    /// A path was left because it would have been too long.
    too_long: bool,
}

#[derive(Clone, Copy)]
struct Step<'a> {
    node: Node<'a>,
    below: Option<usize>,
    rank: Rank,
}

/// How likely a path begins so; less is likelier (RFC 4158 §3.5).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Issuers whose key identifier is another than the one asked for.
    other_key: usize,
    /// Certificates that were not sent.
    not_sent: usize,
    /// How many certificates the path has at least, once it is whole.
    at_least: usize,
    /// Certificates so far: of equals the one that is nearer to its end.
    length: Reverse<usize>,
    /// Issuers that no key identifier speaks for.
    unsaid_key: usize,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(chain: &'a [Certificate], known: &'a [Certificate], anchors: &'a TrustAnchors) -> Self {
        let between = between(chain, known, anchors);
        let distances = distances(chain.first(), &between, anchors);
        let (steps, open) = (Vec::new(), BinaryHeap::new());
        let mut paths = Self { anchors, between, distances, steps, open, too_long: false };
        let leads_to_anchor = |leaf: &&Certificate| paths.distances.contains_key(leaf.issuer_name().comparable());
        if let Some(certificate) = chain.first().filter(leads_to_anchor) {
            let node = Node { certificate, origin: Origin::Sent(0) };
            paths.open(Step { node, below: None, rank: Rank { length: Reverse(1), ..Rank::default() } });
        }
        paths
    }

    /// The next path, leaf first, anchor last. Paths with an edge that is `refuted` are left out.
    pub(crate) fn next(
        &mut self,
        meter: &mut Meter,
        refuted: impl Fn(Origin, Origin) -> bool,
    ) -> Result<Option<Vec<Node<'a>>>, Exhausted> {
        while let Some(Reverse((_, index))) = self.open.pop() {
            let Some(step) = self.steps.get(index).copied() else { continue };
            let mut path: Vec<Node<'a>> = self.down(index).collect();
            if path.array_windows().any(|[issuer, subject]| refuted(subject.origin, issuer.origin)) {
                continue;
            }
            if matches!(step.node.origin, Origin::Anchor(_)) {
                path.reverse();
                return Ok(Some(path));
            }
            self.grow(index, step, &path, meter)?;
        }
        Ok(None)
    }

    /// A path was left because it would have been too long.
    pub(crate) fn too_long(&self) -> bool {
        self.too_long
    }

    /// Opens a step for everyone who may have issued the last certificate, by name.
    fn grow(&mut self, index: usize, step: Step<'a>, path: &[Node<'a>], meter: &mut Meter) -> Result<(), Exhausted> {
        let name = step.node.certificate.issuer_name().comparable();
        let anchors = self.anchors;
        let anchors = anchors.with_subject(name);
        let anchors = anchors.map(|(index, certificate)| Node { certificate, origin: Origin::Anchor(index) });
        let between = self.between.get(name).cloned().unwrap_or_default();
        for node in anchors.chain(between) {
            meter.candidate()?;
            // RFC 4158 §2.4.2: the same name and key twice is a loop.
            if path.iter().any(|passed| passed.certificate.is_same_entity(node.certificate)) {
                continue;
            }
            match self.rank(step, node) {
                Some(rank) if rank.at_least > meter.depth() => self.too_long = true,
                Some(rank) => self.open(Step { node, below: Some(index), rank }),
                None => {}
            }
        }
        Ok(())
    }

    fn open(&mut self, step: Step<'a>) {
        self.open.push(Reverse((step.rank, self.steps.len())));
        self.steps.push(step);
    }

    /// The rank with `node` above `below`, or nothing where that leads to no anchor.
    fn rank(&self, below: Step<'a>, node: Node<'a>) -> Option<Rank> {
        let above = match node.origin {
            Origin::Anchor(_) => 0,
            Origin::Sent(_) | Origin::Known(_) => *self.distances.get(node.certificate.issuer_name().comparable())?,
        };
        let Rank { mut other_key, mut not_sent, mut unsaid_key, length: Reverse(length), .. } = below.rank;
        match key_id_fit(below.node.certificate, node.certificate) {
            KeyIdFit::Different => other_key += 1,
            KeyIdFit::Unknown => unsaid_key += 1,
            KeyIdFit::Same => {}
        }
        not_sent += usize::from(matches!(node.origin, Origin::Known(_)));
        let length = length + 1;
        Some(Rank { other_key, not_sent, at_least: length + above, unsaid_key, length: Reverse(length) })
    }

    /// The certificates from a step down to the leaf.
    fn down(&self, index: usize) -> impl Iterator<Item = Node<'a>> {
        let steps = std::iter::successors(self.steps.get(index), |step| self.steps.get(step.below?));
        steps.map(|step| step.node)
    }
}

/// Where the sent certificates alone lead, one way: for the report when no path ends at an anchor.
pub(crate) fn sent_alone<'a>(chain: &'a [Certificate], meter: &Meter) -> Vec<Node<'a>> {
    let sent = between(chain, &[], &TrustAnchors::new());
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

/// What may stand between the leaf and an anchor, each certificate once, by subject; those that were sent first. An anchor is
/// an end, never between.
fn between<'a>(
    chain: &'a [Certificate],
    known: &'a [Certificate],
    anchors: &TrustAnchors,
) -> HashMap<&'a [u8], Vec<Node<'a>>> {
    let sent = chain.iter().enumerate().map(|(index, certificate)| Node { certificate, origin: Origin::Sent(index) });
    let known = known.iter().enumerate().map(|(index, certificate)| Node { certificate, origin: Origin::Known(index) });
    let mut seen = HashSet::new();
    let mut between: HashMap<&[u8], Vec<Node<'_>>> = HashMap::new();
    for node in sent.chain(known) {
        let is_leaf = node.origin == Origin::Sent(0);
        if seen.insert(node.certificate) && !is_leaf && !anchors.contains(node.certificate) {
            between.entry(node.certificate.subject_name().comparable()).or_default().push(node);
        }
    }
    between
}

/// By the name of an issuer: how many certificates there are from it up to an anchor, at least. From the anchors down, each
/// name once.
fn distances<'a>(
    leaf: Option<&'a Certificate>,
    between: &HashMap<&'a [u8], Vec<Node<'a>>>,
    anchors: &TrustAnchors,
) -> HashMap<&'a [u8], usize> {
    let certificates = between.values().flatten().map(|node| node.certificate);
    let mut issued: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for certificate in certificates.chain(leaf) {
        let subjects = issued.entry(certificate.issuer_name().comparable()).or_default();
        subjects.push(certificate.subject_name().comparable());
    }
    let is_anchor = |name: &&[u8]| anchors.with_subject(name).next().is_some();
    let mut open: VecDeque<(&[u8], usize)> = issued.keys().copied().filter(is_anchor).map(|name| (name, 1)).collect();
    let mut distances = HashMap::new();
    while let Some((name, distance)) = open.pop_front() {
        if let Entry::Vacant(entry) = distances.entry(name) {
            entry.insert(distance);
            open.extend(issued.remove(name).into_iter().flatten().map(|subject| (subject, distance + 1)));
        }
    }
    distances
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
