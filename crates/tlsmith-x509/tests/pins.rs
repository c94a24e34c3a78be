//! Pins: a key of the path has to be among those that are expected.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::{AS_IT_IS, Ca, PROVIDER, found, now};
use tlsmith_x509::{Certificate, Code, PathRequest, Pin, Purpose, Report, Severity, TrustAnchors, verify};

fn report(anchors: &[&Certificate], chain: &[&Certificate], pins: &[Pin]) -> Report {
    let anchors: TrustAnchors = anchors.iter().map(|certificate| (*certificate).clone()).collect();
    let chain: Vec<Certificate> = chain.iter().map(|certificate| (*certificate).clone()).collect();
    let request = PathRequest { pins, ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now()) };
    verify(&PROVIDER, &request)
}

fn pin(certificate: &Certificate) -> Pin {
    Pin::of(certificate, &PROVIDER)
}

#[test]
fn any_certificate_of_the_path_may_be_the_pinned_one() {
    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Intermediate", AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let chain = [&leaf, &middle.certificate];
    let stranger = Pin([1; 32]);
    for pins in [&[][..], &[pin(&root.certificate)], &[stranger, pin(&middle.certificate)]] {
        let report = report(&[&root.certificate], &chain, pins);
        assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    }
}

#[test]
fn a_path_without_a_pinned_key_is_refused_and_its_pins_are_listed() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let report = report(&[&root.certificate], &[&leaf], &[Pin([1; 32]), Pin([2; 32])]);
    assert_eq!((report.is_trusted(), found(&report)), (false, vec![Code::PinMismatch]));
    let message = &report.findings[0].message;
    for (certificate, label) in [(&leaf, "CN=leaf"), (&root.certificate, "CN=Root")] {
        assert!(message.contains(&format!("{} ({label})", pin(certificate))), "{message}");
    }
    assert!(message.contains("one of 2 pinned keys"), "{message}");
}

#[test]
fn a_pin_on_the_leaf_alone_is_warned_about() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let alone = report(&[&root.certificate], &[&leaf], &[pin(&leaf)]);
    assert_eq!((alone.is_trusted(), found(&alone)), (true, vec![Code::PinOnLeaf]));
    assert_eq!((alone.findings[0].severity, alone.findings[0].certificate), (Severity::Warning, Some(0)));
    let both = report(&[&root.certificate], &[&leaf], &[pin(&leaf), pin(&root.certificate)]);
    assert!(both.is_trusted() && both.findings.is_empty(), "{both:#?}");
}

#[test]
fn another_path_may_hold_the_pinned_key() {
    let (one, other) = (Ca::root("One", AS_IT_IS), Ca::root("Other", AS_IT_IS));
    let middle = one.below("Intermediate", AS_IT_IS);
    let cross = other.certify("Intermediate", &middle.key, AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let anchors = [&one.certificate, &other.certificate];
    let chain = [&leaf, &middle.certificate, &cross];
    for root in anchors {
        let report = report(&anchors, &chain, &[pin(root)]);
        assert!(report.is_trusted(), "{report:#?}");
        assert_eq!(report.path.last(), Some(root));
    }
}

#[test]
fn a_chain_that_is_not_trusted_anyway_is_not_measured_by_pins() {
    let (root, stranger) = (Ca::root("Root", AS_IT_IS), Ca::root("Stranger", AS_IT_IS));
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let report = report(&[&stranger.certificate], &[&leaf], &[Pin([1; 32])]);
    assert!(!report.is_trusted() && !found(&report).contains(&Code::PinMismatch), "{report:#?}");
}
