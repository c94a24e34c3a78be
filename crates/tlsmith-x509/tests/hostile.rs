//! Chains made to cost: what a peer may send is bounded, and so is what is done and said about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::raw::{self, Raw};
use support::{AS_IT_IS, Ca, Case, case};
use tlsmith_x509::{Budget, Certificate, Code, Profile, Report};

/// Five layers of four CAs, those of a layer of one name: by name each may have issued all of the layer below, so that there
/// are `4^5` paths, and they use up the candidates before the signatures.
fn maze(leaf: impl Fn(&[u8]) -> Raw, profile: Profile) -> Report {
    let keys: Vec<_> = (0..20).map(|_| raw::signer()).collect();
    let signer = raw::signer();
    let base = raw::sequence(&[&raw::tlv(0x81, b"example.com")]);
    let constraints = raw::extension(raw::NAME_CONSTRAINTS, true, &raw::sequence(&[&raw::tlv(0xa0, &base)]));
    let cas = keys.iter().enumerate().map(|(number, key)| {
        let (layer, above) = (format!("Layer {}", number / 4), format!("Layer {}", number / 4 + 1));
        Raw::new(&layer, &above, key.spki()).with(&[raw::ca(), constraints.clone()]).signed_by(&*signer)
    });
    let chain: Vec<Certificate> = std::iter::once(leaf(signer.spki()).signed_by(&*signer)).chain(cas).collect();
    let anchor = Raw::new("Layer 5", "Layer 5", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    Case { profile, ..case(&[&anchor], &chain.iter().collect::<Vec<_>>()) }.report()
}

#[test]
fn what_is_said_is_bounded_whatever_was_sent() {
    let long = "\u{1b}".repeat(20_000);
    let host = raw::dns_names(&["example.com"]);
    let alternatives =
        |tag| raw::extension(raw::SUBJECT_ALT_NAME, false, &raw::sequence(&[&raw::tlv(tag, long.as_bytes())]));
    let purposes = raw::tlv(0x30, &raw::oid(&[0x2a, 3, 4]).repeat(5_000));
    let purposes = raw::extension(raw::EXTENDED_KEY_USAGE, false, &purposes);
    let leaf = |subject: &str, issuer: &str, extensions: &[Vec<u8>]| {
        let (subject, issuer, extensions) = (subject.to_owned(), issuer.to_owned(), extensions.to_vec());
        move |spki: &[u8]| Raw::new(&subject, &issuer, spki).with(&extensions)
    };
    let hosts: Vec<String> = (0..500).map(|number| format!("*.{number}.s3.amazonaws.com")).collect();
    let hosts = raw::dns_names(&hosts.iter().map(String::as_str).collect::<Vec<_>>());
    type Leaf = Box<dyn Fn(&[u8]) -> Raw>;
    let cases: [(Leaf, Code); 7] = [
        (Box::new(leaf(&long, "Layer 0", std::slice::from_ref(&host))), Code::BudgetExhausted),
        (Box::new(leaf("", "Layer 0", &[alternatives(0x86)])), Code::NoSubjectAltName),
        (Box::new(leaf("", "Layer 0", &[alternatives(0x82)])), Code::NameMismatch),
        (Box::new(leaf("", "Layer 0", &[alternatives(0x81)])), Code::NameConstraints),
        (Box::new(leaf("x", "Layer 0", &[hosts])), Code::NameMismatch),
        (Box::new(leaf("x", "Layer 0", &[host.clone(), purposes])), Code::ExtendedKeyUsage),
        (Box::new(leaf("x", &long, &[host])), Code::WrongIntermediate),
    ];
    let profiles = || [Profile::private(), Profile::web()];
    for ((leaf, code), profile) in cases.iter().flat_map(|case| profiles().map(|profile| (case, profile))) {
        let report = maze(leaf, profile);
        assert!(report.findings.iter().any(|finding| finding.code == *code), "{code}: {report:#?}");
        for finding in &report.findings {
            let (message, fix) = (finding.message.chars().count(), finding.fix.chars().count());
            assert!(message < 3_000 && fix < 3_000, "{}: {message} {fix}", finding.code);
            assert!(!finding.to_string().contains('\u{1b}'), "{finding}");
        }
    }
}

#[test]
fn paths_and_work_are_bounded() {
    let root = Ca::root("Root", AS_IT_IS);
    let mut cas = vec![root.below("CA 0", AS_IT_IS)];
    for number in 1..9 {
        let next = cas.last().unwrap().below(&format!("CA {number}"), AS_IT_IS);
        cas.push(next);
    }
    let chain_from = |top: usize| -> Vec<Certificate> {
        let leaf = cas[top].leaf(&["example.com"], AS_IT_IS);
        std::iter::once(leaf).chain(cas[..=top].iter().rev().map(|ca| ca.certificate.clone())).collect()
    };
    let (fits, too_long) = (chain_from(7), chain_from(8));
    case(&[&root.certificate], &fits.iter().collect::<Vec<_>>()).is_trusted(&[]);
    let long = case(&[&root.certificate], &too_long.iter().collect::<Vec<_>>());
    long.fails(&[Code::PathTooLong]);

    let mut poor = case(&[&root.certificate], &fits.iter().collect::<Vec<_>>());
    poor.budget = Budget { signatures: 8, ..Budget::default() };
    let finding = poor.fails(&[Code::BudgetExhausted]);
    assert!(
        finding.message.contains("more than 8 signatures") && finding.message.contains("8 signatures, 9 issuer"),
        "{finding:#?}"
    );
    poor.budget = Budget { signatures: 9, candidates: 9, ..Budget::default() };
    poor.is_trusted(&[]);
    poor.budget = Budget { candidates: 8, ..Budget::default() };
    poor.fails(&[Code::BudgetExhausted]);
    poor.budget = Budget { signatures: 0, candidates: 0, name_comparisons: 0, depth: 0 };
    poor.fails(&[Code::BudgetExhausted]);
}

#[test]
fn a_maze_of_cas_ends_at_the_budget() {
    // Many CAs of one name, each signed by the next under that name: every permutation is a path by name.
    let mut cas = vec![Ca::root("Maze", AS_IT_IS)];
    for _ in 0..20 {
        let next = cas.last().unwrap().below("Maze", AS_IT_IS);
        cas.push(next);
    }
    let leaf = cas[20].leaf(&["example.com"], AS_IT_IS);
    let anchor = Ca::root("Maze", AS_IT_IS);
    let chain: Vec<&Certificate> = std::iter::once(&leaf).chain(cas.iter().map(|ca| &ca.certificate)).collect();
    let report = case(&[&anchor.certificate], &chain).report();
    assert_eq!(report.cause().unwrap().code, Code::BudgetExhausted, "{report:#?}");
}

#[test]
fn intermediates_that_certify_each_other_do_not_loop() {
    let (one, two) = (Ca::root("One", AS_IT_IS), Ca::root("Two", AS_IT_IS));
    let one_by_two = two.certify("One", &one.key, AS_IT_IS);
    let two_by_one = one.certify("Two", &two.key, AS_IT_IS);
    let leaf = one.leaf(&["example.com"], AS_IT_IS);
    let root = Ca::root("Root", AS_IT_IS);
    case(&[&root.certificate], &[&leaf, &one_by_two, &two_by_one]).fails(&[Code::UnknownIssuer]);
    case(&[&two.certificate], &[&leaf, &one_by_two, &two_by_one]).is_trusted(&[]);
}
