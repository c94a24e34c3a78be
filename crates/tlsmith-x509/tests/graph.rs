//! Any graph of CAs: a leaf is trusted exactly if a path without an error leads to an anchor, whatever else there is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use support::raw::{self, Raw};
use support::{Case, case};
use tlsmith_crypto::SigningKey;
use tlsmith_x509::{Budget, Certificate, Code};

const NAMES: usize = 4;
const KEYS: usize = 3;

static SIGNERS: LazyLock<Vec<Arc<dyn SigningKey>>> = LazyLock::new(|| (0..KEYS).map(|_| raw::signer()).collect());

/// What matters about a certificate.
#[derive(Clone, Copy, Debug)]
struct Edge {
    subject: usize,
    key: usize,
    issuer: usize,
    signer: usize,
    expired: bool,
    ca: bool,
    /// Key identifiers are hints: right, wrong or absent, they decide nothing.
    key_id: Option<usize>,
    authority: Option<usize>,
    /// Sent by the peer, known besides, or an anchor.
    place: usize,
}

impl Edge {
    fn certificate(&self) -> Certificate {
        let mut extensions = vec![raw::dns_names(&["example.com"])];
        extensions.extend(self.ca.then(raw::ca));
        extensions.extend(self.key_id.map(|id| raw::subject_key_id(&[id as u8])));
        extensions.extend(self.authority.map(|id| raw::authority_key_id(&[id as u8])));
        let name = |index| format!("CA {index}");
        let mut raw = Raw::new(&name(self.subject), &name(self.issuer), SIGNERS[self.key].spki()).with(&extensions);
        if self.expired {
            raw.validity = raw::sequence(&[&raw::tlv(0x17, b"250101000000Z"), &raw::tlv(0x17, b"260101000000Z")]);
        }
        raw.signed_by(&*SIGNERS[self.signer])
    }

    fn entity(&self) -> (usize, usize) {
        (self.subject, self.key)
    }
}

fn edge() -> impl Strategy<Value = Edge> {
    let name = 0..NAMES;
    let key = 0..KEYS;
    let id = || prop::option::weighted(0.7, 0..KEYS);
    let rarely = || prop::bool::weighted(0.2);
    (name.clone(), key.clone(), name, key, rarely(), rarely(), id(), id(), 0..8_usize).prop_map(
        |(subject, key, issuer, signer, expired, leaf, key_id, authority, place)| Edge {
            subject,
            key,
            issuer,
            signer,
            expired,
            ca: !leaf,
            key_id,
            authority,
            place: place.min(2),
        },
    )
}

/// Whether some path is good: every way is tried.
fn is_trusted(path: &mut Vec<Edge>, between: &[Edge], anchors: &[Edge], depth: usize) -> bool {
    let last = *path.last().unwrap();
    let issues =
        |issuer: &&Edge| issuer.subject == last.issuer && issuer.key == last.signer && issuer.ca && !issuer.expired;
    let is_new = |edge: &&Edge, path: &[Edge]| !path.iter().any(|passed| passed.entity() == edge.entity());
    if path.len() < depth && anchors.iter().filter(issues).any(|anchor| is_new(&anchor, path)) {
        return true;
    }
    path.len() + 1 < depth
        && between.iter().filter(issues).any(|issuer| {
            if !is_new(&issuer, path) {
                return false;
            }
            path.push(*issuer);
            let trusted = is_trusted(path, between, anchors, depth);
            path.pop();
            trusted
        })
}

struct Graph {
    leaf: Edge,
    between: Vec<Edge>,
    anchors: Vec<Edge>,
    case: Case,
}

/// The peer sends the leaf first. An anchor that is the leaf itself is another matter.
fn graph(leaf: Edge, edges: &[Edge]) -> Graph {
    let of_place = |place: usize| edges.iter().copied().filter(|edge| edge.place == place).collect::<Vec<_>>();
    let (anchors, known, sent) = (of_place(0), of_place(1), of_place(2));
    let certificates = |edges: &[Edge]| edges.iter().map(Edge::certificate).collect::<Vec<_>>();
    let (anchor_certificates, chain) = (certificates(&anchors), certificates(&sent));
    let leaf_certificate = leaf.certificate();
    let chain: Vec<&Certificate> = std::iter::once(&leaf_certificate).chain(&chain).collect();
    let mut case = case(&anchor_certificates.iter().collect::<Vec<_>>(), &chain);
    case.known = certificates(&known);
    Graph { leaf, between: [sent, known].concat(), anchors, case }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_leaf_is_trusted_exactly_if_a_good_path_exists(
        leaf in edge(),
        edges in prop::collection::vec(edge(), 0..14),
        depth in 2..8_usize,
    ) {
        let Graph { leaf, between, anchors, mut case } = graph(leaf, &edges);
        case.budget = Budget { signatures: 10_000, candidates: 1_000_000, depth: depth as u32, ..Budget::default() };
        let expected = !leaf.expired && is_trusted(&mut vec![leaf], &between, &anchors, depth);
        let report = case.report();
        prop_assert_eq!(report.is_trusted(), expected, "{:#?}", report);

        // On the usual budget at most less is trusted, and then it is said why.
        case.budget = Budget { signatures: 4, candidates: 12, depth: depth as u32, ..Budget::default() };
        let report = case.report();
        let stopped = report.findings.iter().any(|finding| finding.code == Code::BudgetExhausted);
        prop_assert!(report.is_trusted() == expected || (expected && stopped), "{:#?}", report);
        prop_assert!(report.work.signatures <= 4 && report.work.candidates <= 12);
    }
}
