//! What a verification costs in signatures: the cheap checks come first, and what was verified before costs nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::counting::Counting;
use support::{AS_IT_IS, Ca, Case, case, found};
use tlsmith_crypto::{Curve, HashAlgorithm, SignatureAlgorithm};
use tlsmith_x509::{Certificate, Code, Report, SignatureCache};

const ECDSA: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);

/// The report, and how many signatures were verified for it.
fn counted(case: &Case, provider: &Counting, cache: Option<&SignatureCache>) -> (Report, usize) {
    let report = case.report_by(provider, cache);
    let taken = provider.taken();
    // A signature of an algorithm that is not accepted counts, but is not verified.
    let all_accepted = case.algorithms.is_empty() || case.algorithms.contains(&ECDSA);
    assert_eq!(if all_accepted { taken } else { 3 }, report.work.signatures as usize, "{report:#?}");
    (report, taken)
}

/// Root, two CAs below it, and a leaf.
struct Chain {
    root: Ca,
    one: Ca,
    two: Ca,
}

impl Chain {
    fn new() -> Self {
        let root = Ca::root("Root", AS_IT_IS);
        let one = root.below("One", AS_IT_IS);
        let two = one.below("Two", AS_IT_IS);
        Self { root, one, two }
    }

    fn case(&self) -> Case {
        let leaf = self.two.leaf(&["example.com"], AS_IT_IS);
        case(&[&self.root.certificate], &[&leaf, &self.two.certificate, &self.one.certificate])
    }
}

#[test]
fn a_known_intermediate_costs_nothing_the_next_time() {
    let chain = Chain::new();
    let (provider, cache) = (Counting::default(), SignatureCache::default());
    let mut first = chain.case();
    let (report, taken) = counted(&first, &provider, Some(&cache));
    assert!(report.is_trusted() && taken == 3, "{report:#?}");
    let (report, taken) = counted(&first, &provider, Some(&cache));
    assert!(report.is_trusted() && taken == 0, "{report:#?}");
    // Another leaf of the same CA: one signature, on a budget of one.
    let mut second = chain.case();
    second.budget.signatures = 1;
    let (report, taken) = counted(&second, &provider, Some(&cache));
    assert!(report.is_trusted() && taken == 1, "{report:#?}");
    assert_eq!(cache.len(), 4);
    // Without the cache, that is not enough.
    let (report, _) = counted(&second, &provider, None);
    assert_eq!(report.cause().unwrap().code, Code::BudgetExhausted);

    // All else is checked as ever.
    first.now = tlsmith_x509::UnixTime::from_civil(2029, 1, 1, 0, 0, 0).unwrap();
    let (report, taken) = counted(&first, &provider, Some(&cache));
    assert!(report.cause().unwrap().code == Code::Expired && taken == 0, "{report:#?}");
}

#[test]
fn nothing_is_carried_over_to_another_policy() {
    let chain = Chain::new();
    let (provider, cache) = (Counting::default(), SignatureCache::default());
    let mut case = chain.case();
    let cost = |case: &Case, provider| counted(case, provider, Some(&cache));
    assert_eq!(cost(&case, &provider).1, 3);
    case.algorithms = vec![ECDSA];
    assert_eq!(cost(&case, &provider).1, 3);
    case.algorithms = vec![ECDSA, ECDSA];
    assert_eq!(cost(&case, &provider).1, 0, "the same set");
    case.algorithms = vec![SignatureAlgorithm::Ed25519];
    let (report, _) = cost(&case, &provider);
    assert_eq!(report.cause().unwrap().code, Code::UnsupportedSignatureAlgorithm);
    let strict = Counting::named("strict");
    case.algorithms.clear();
    assert_eq!(cost(&case, &strict).1, 3, "another provider");
}

#[test]
fn only_good_signatures_below_an_anchor_are_remembered() {
    let (chain, other) = (Chain::new(), Chain::new());
    let (provider, cache) = (Counting::default(), SignatureCache::default());
    // Signed by another key of the same name, and nothing says so before the signature.
    let forged = other.two.leaf(&["example.com"], &|params| params.use_authority_key_identifier_extension = false);
    let bad = case(&[&chain.root.certificate], &[&forged, &chain.two.certificate, &chain.one.certificate]);
    for (taken, remembered) in [(3, 2), (1, 2)] {
        let (report, count) = counted(&bad, &provider, Some(&cache));
        assert_eq!(found(&report), [Code::BadSignature]);
        assert_eq!((count, cache.len()), (taken, remembered), "the two above are good");
    }
    // Good by themselves, but of nobody who is trusted.
    let mut strangers = other.case();
    strangers.anchors = [chain.root.certificate.clone()].into_iter().collect();
    counted(&strangers, &provider, Some(&cache));
    assert_eq!(cache.len(), 2);
}

#[test]
fn threads_share_a_cache() {
    let chain = Chain::new();
    let cache = SignatureCache::default();
    let cases: Vec<Case> = (0..4).map(|_| chain.case()).collect();
    std::thread::scope(|scope| {
        for case in &cases {
            scope.spawn(|| assert!(case.report_by(&Counting::default(), Some(&cache)).is_trusted()));
        }
    });
    assert_eq!(cache.len(), 2 + cases.len());
}

#[test]
fn a_path_that_fails_without_signatures_costs_none() {
    let expired = |params: &mut rcgen::CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2025, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 11, 1);
    };
    let provider = Counting::default();
    let (old, new) = (Ca::root("Old Root", AS_IT_IS), Ca::root("New Root", AS_IT_IS));
    let middle = old.below("Middle", &expired);
    let cross = new.certify("Middle", &middle.key, AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let two = case(&[&old.certificate, &new.certificate], &[&leaf, &middle.certificate, &cross]);
    let (report, taken) = counted(&two, &provider, None);
    assert!(report.is_trusted() && taken == 2, "{report:#?}");
    assert_eq!(report.path.last(), Some(&new.certificate));
    // Where there is no other path, the report is complete: the signatures of the one that came nearest are told as well.
    let (report, taken) = counted(&case(&[&old.certificate], &[&leaf, &middle.certificate]), &provider, None);
    assert_eq!((found(&report), taken), (vec![Code::Expired], 2));
}

#[test]
fn an_anchor_is_asked_first_whether_it_signed() {
    // Twelve CAs that a peer made up, each below the next, and the uppermost under the name of a CA that is trusted.
    let provider = Counting::default();
    let (root, fake) = (
        Ca::root("Root", AS_IT_IS),
        Ca::root("Root", &|params| {
            params.use_authority_key_identifier_extension = false;
        }),
    );
    let mut cas = vec![fake.below("CA 0", &|params| params.use_authority_key_identifier_extension = false)];
    for number in 1..8 {
        let next = cas.last().unwrap().below(&format!("CA {number}"), AS_IT_IS);
        cas.push(next);
    }
    let leaf = cas.last().unwrap().leaf(&["example.com"], AS_IT_IS);
    let chain: Vec<&Certificate> = std::iter::once(&leaf).chain(cas.iter().rev().map(|ca| &ca.certificate)).collect();
    let mut made_up = case(&[&root.certificate], &chain);
    made_up.budget.signatures = 1;
    let (report, taken) = counted(&made_up, &provider, None);
    assert_eq!((found(&report), taken), (vec![Code::BadSignature], 1), "{report:#?}");
}
