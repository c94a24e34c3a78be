//! The name that the leaf must hold, by kind (RFC 9525).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use support::raw::{self, Raw};
use support::{PROVIDER, found, now};
use tlsmith_x509::{Certificate, Code, PathRequest, Purpose, ReferenceName, Report, ServerName, TrustAnchors, verify};

/// A client with these entries of subjectAltName (tag and content), and the anchor above it.
fn client(entries: &[(u8, &str)]) -> (TrustAnchors, Vec<Certificate>) {
    let signer = raw::signer();
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    let names: Vec<u8> = entries.iter().flat_map(|(tag, text)| raw::tlv(*tag, text.as_bytes())).collect();
    let names = raw::extension(raw::SUBJECT_ALT_NAME, false, &raw::tlv(0x30, &names));
    let leaf = Raw::new("leaf", "Root", signer.spki()).with(&[names]).signed_by(&*signer);
    (TrustAnchors::from_iter([root]), vec![leaf])
}

fn judge(entries: &[(u8, &str)], name: ReferenceName<'_>) -> Report {
    let (anchors, chain) = client(entries);
    let request = PathRequest::new(&chain, &anchors, Purpose::ClientAuth, now());
    verify(&PROVIDER, &PathRequest { name: Some(name), ..request })
}

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;

#[test]
fn workloads_are_named_by_uris() {
    let web = ReferenceName::Uri("spiffe://example.org/web");
    assert!(judge(&[(DNS, "web"), (URI, "spiffe://example.org/web")], web).is_trusted());

    let report = judge(&[(URI, "spiffe://example.org/db")], web);
    assert_eq!(found(&report), [Code::NameMismatch]);
    let message = "the certificate is not for spiffe://example.org/web; it is for URI:spiffe://example.org/db";
    assert_eq!(report.findings[0].message, message);

    let report = judge(&[(URI, "spiffe://example.org/web"), (URI, "spiffe://example.org/db")], web);
    assert_eq!(found(&report), [Code::NameMismatch]);
    assert!(report.findings[0].message.contains("holds 2 URIs"), "{report:#?}");

    let report = judge(&[(DNS, "example.org")], web);
    assert_eq!(found(&report), [Code::NoSubjectAltName]);
    assert!(report.findings[0].fix.contains("URI:spiffe://example.org/web"), "{report:#?}");
}

#[test]
fn people_are_named_by_mailboxes() {
    let alice = ReferenceName::Email("alice@example.org");
    assert!(judge(&[(EMAIL, "alice@EXAMPLE.org")], alice).is_trusted());
    assert_eq!(found(&judge(&[(EMAIL, "bob@example.org")], alice)), [Code::NameMismatch]);
    let report = judge(&[(DNS, "example.org")], alice);
    assert_eq!(found(&report), [Code::NoSubjectAltName]);
    assert!(report.findings[0].message.contains("so it is for no mailbox"), "{report:#?}");
}

#[test]
fn a_host_is_not_named_by_the_host_of_something_else() {
    let host: ServerName = "example.org".parse().unwrap();
    let report = judge(&[(URI, "https://example.org/"), (EMAIL, "a@example.org")], ReferenceName::Host(&host));
    assert_eq!(found(&report), [Code::NoSubjectAltName]);
}
