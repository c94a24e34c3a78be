//! The worst that a peer may send: the work is counted, and bounded by the budget.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::sync::Arc;
use support::counting::Counting;
use support::raw::{self, Raw};
use support::{Case, case};
use tlsmith_crypto::SigningKey;
use tlsmith_x509::{Budget, Certificate, Code, Report, Work};

const CAS: usize = 100;

fn counted(case: &Case) -> Report {
    let provider = Counting::default();
    let report = case.report_by(&provider, None);
    assert_eq!(provider.taken(), report.work.signatures as usize);
    let Work { signatures, candidates, name_comparisons, .. } = report.work;
    assert!(signatures <= case.budget.signatures && candidates <= case.budget.candidates, "{:?}", report.work);
    assert!(name_comparisons <= case.budget.name_comparisons, "{:?}", report.work);
    report
}

fn stopped(report: &Report, why: &str) {
    let cause = report.cause().unwrap();
    assert_eq!(cause.code, Code::BudgetExhausted, "{cause:#?}");
    assert!(cause.message.contains(why), "{cause:#?}");
}

/// A leaf below CA 0, and every CA certified by every other: 9,900 certificates. All have one key, so that every signature
/// among them holds.
fn complete(signer: &dyn SigningKey) -> Vec<Certificate> {
    let names: Vec<String> = (0..CAS).map(|number| format!("CA {number}")).collect();
    let leaf = Raw::new("leaf", "CA 0", signer.spki()).with(&[raw::dns_names(&["example.com"])]).signed_by(signer);
    let mut chain = vec![leaf];
    for subject in &names {
        for issuer in names.iter().filter(|issuer| *issuer != subject) {
            chain.push(Raw::new(subject, issuer, signer.spki()).with(&[raw::ca()]).signed_by(signer));
        }
    }
    chain
}

fn root(name: &str, signer: &Arc<dyn SigningKey>) -> Certificate {
    Raw::new(name, name, signer.spki()).with(&[raw::ca()]).signed_by(&**signer)
}

#[test]
fn a_hundred_cas_that_all_certify_each_other() {
    let (signer, other) = (raw::signer(), raw::signer());
    let chain = complete(&*signer);
    let chain: Vec<&Certificate> = chain.iter().collect();

    // The path of three among millions of longer ones.
    let report = counted(&case(&[&root("CA 57", &signer)], &chain));
    assert!(report.is_trusted() && report.path.len() == 3, "{:?}", report.work);
    // 99 certificates of CA 0; above the one by CA 57 the anchor, and 99 others of that name.
    assert_eq!((report.work.signatures, report.work.candidates), (2, 199));

    // The same name and another key: each way in is tried once, until the candidates are used up.
    let report = counted(&case(&[&root("CA 57", &other)], &chain));
    stopped(&report, "more than 1000 issuer candidates");
    assert!(report.work.signatures <= 20, "{:?}", report.work);

    // Nothing leads to an anchor: nothing is looked for.
    let report = counted(&case(&[&root("Root", &other)], &chain));
    assert_eq!(report.cause().unwrap().code, Code::UnknownIssuer, "{:?}", report.cause());
    assert_eq!(report.work.candidates, 0);
}

#[test]
fn a_thousand_intermediates_of_one_name_and_key_identifier() {
    let (root_key, right, wrong) = (raw::signer(), raw::signer(), raw::signer());
    let leaf = Raw::new("leaf", "Middle", wrong.spki());
    let leaf = leaf.with(&[raw::dns_names(&["example.com"]), raw::authority_key_id(b"id")]).signed_by(&*right);
    let middle = |serial: usize, key: &dyn SigningKey, signer: &dyn SigningKey| {
        let extensions = [raw::ca(), raw::subject_key_id(b"id")];
        let serial = raw::tlv(2, &(0x4000_0000 + serial as u32).to_be_bytes());
        Raw { serial, ..Raw::new("Middle", "Root", key.spki()).with(&extensions) }.signed_by(signer)
    };
    let good = middle(0, &*right, &*root_key);
    let bad: Vec<Certificate> = (1..1_000).map(|number| middle(number, &*wrong, &*wrong)).collect();
    let anchor = root("Root", &root_key);
    let chain: Vec<&Certificate> = [&leaf, &good].into_iter().chain(&bad).collect();
    let report = counted(&case(&[&anchor], &chain[..900]));
    assert!(report.is_trusted() && report.work.signatures == 2, "{:?}", report.work);
    // The good one comes last: each before it costs a signature.
    let chain: Vec<&Certificate> = [&leaf].into_iter().chain(&bad[..800]).chain([&good]).collect();
    stopped(&counted(&case(&[&anchor], &chain)), "more than 100 signatures");
    let chain: Vec<&Certificate> = [&leaf].into_iter().chain(&bad[..99]).chain([&good]).collect();
    let report = counted(&case(&[&anchor], &chain));
    stopped(&report, "more than 100 signatures");
    let chain: Vec<&Certificate> = [&leaf].into_iter().chain(&bad[..98]).chain([&good]).collect();
    assert!(counted(&case(&[&anchor], &chain)).is_trusted());
    // More than there are candidates.
    let chain: Vec<&Certificate> = [&leaf].into_iter().chain(&bad).chain([&good]).collect();
    stopped(&counted(&case(&[&anchor], &chain)), "more than 1000 issuer candidates");
}

/// A leaf with so many DNS names below a CA with so many constraints.
fn constrained(names: usize, constraints: usize) -> Case {
    let signer = raw::signer();
    let subtree = |number: usize| raw::sequence(&[&raw::tlv(0x82, format!("n{number}.example").as_bytes())]);
    let subtrees: Vec<u8> = (0..constraints).flat_map(subtree).collect();
    let permitted = raw::sequence(&[&raw::tlv(0xa0, &subtrees)]);
    let mut extensions = vec![raw::ca()];
    extensions.extend((constraints > 0).then(|| raw::extension(raw::NAME_CONSTRAINTS, true, &permitted)));
    let anchor = Raw::new("Root", "Root", signer.spki()).with(&extensions).signed_by(&*signer);
    let sans: Vec<String> = (0..names).map(|number| format!("n{number}.example")).collect();
    let sans = raw::dns_names(&sans.iter().map(String::as_str).collect::<Vec<_>>());
    let leaf = Raw::new("", "Root", signer.spki()).with(&[sans]).signed_by(&*signer);
    case(&[&anchor], &[&leaf]).named("n0.example")
}

#[test]
fn ten_thousand_names_and_ten_thousand_constraints() {
    let report = counted(&constrained(10_000, 0));
    assert!(report.is_trusted() && report.work.name_comparisons == 0, "{:?}", report.work);
    let report = counted(&constrained(1, 10_000));
    assert!(report.is_trusted() && report.work.name_comparisons == 1, "{:?}", report.work);
    let report = counted(&constrained(10_000, 10_000));
    stopped(&report, "more than 250000 comparisons with name constraints");
    assert_eq!(report.work.name_comparisons, Budget::default().name_comparisons);
    assert_eq!(report.work.signatures, 0, "signatures come last");
    // 499,500 comparisons: what is below the budget is done in full.
    let mut many = constrained(700, 700);
    assert!(counted(&many).is_trusted());
    many.budget.name_comparisons = 700 * 701 / 2 - 1;
    stopped(&counted(&many), "more than 245349 comparisons");
}

#[test]
fn deep_chains_and_loops_of_one_name() {
    let signer = raw::signer();
    let leaf = |issuer: &str| {
        Raw::new("leaf", issuer, signer.spki()).with(&[raw::dns_names(&["example.com"])]).signed_by(&*signer)
    };
    // Three hundred CAs one below the other.
    let name = |number: usize| format!("CA {number}");
    let deep = (0..300)
        .map(|number| Raw::new(&name(number), &name(number + 1), signer.spki()).with(&[raw::ca()]).signed_by(&*signer));
    let chain: Vec<Certificate> = std::iter::once(leaf("CA 0")).chain(deep).collect();
    let report = counted(&case(&[&root("CA 300", &signer)], &chain.iter().collect::<Vec<_>>()));
    assert_eq!(report.cause().unwrap().code, Code::PathTooLong, "{:?}", report.cause());
    assert_eq!((report.work.candidates, report.work.signatures), (1, 9), "the end is too far from the first on");

    // Sixty CAs of one name, each with a key of its own: self-issued, so that each may stand above each.
    let keys: Vec<_> = (0..60).map(|_| raw::signer()).collect();
    let loops = keys.iter().map(|key| Raw::new("Loop", "Loop", key.spki()).with(&[raw::ca()]).signed_by(&*signer));
    let chain: Vec<Certificate> = std::iter::once(leaf("Loop")).chain(loops).collect();
    let chain: Vec<&Certificate> = chain.iter().collect();
    let report = counted(&case(&[&root("Loop", &raw::signer())], &chain));
    stopped(&report, "more than");
    // Below the right key, all is well at once.
    let report = counted(&case(&[&root("Loop", &signer)], &chain));
    assert!(report.is_trusted() && report.work.signatures == 1, "{:?}", report.work);
}

#[test]
fn what_was_used_up_is_told_with_its_limit_and_all_that_was_done() {
    let mut case = constrained(700, 700);
    case.budget.name_comparisons = 1_000;
    let message = counted(&case).cause().unwrap().message.clone();
    let expected = "the search for a path was stopped: it takes more than 1000 comparisons with name constraints, more than \
                    any chain in use (done so far: 0 signatures, 1 issuer candidates, 1000 comparisons of names and policies)";
    assert_eq!(message, expected);
}
