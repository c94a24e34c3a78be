//! Name constraints along a path (RFC 5280 §4.2.1.10, §6.1.3 (b), (c)).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use rcgen::{GeneralSubtree, NameConstraints};
use support::raw::{self, Raw};
use support::{AS_IT_IS, Ca, case, found};
use tlsmith_x509::Code;

#[test]
fn name_constraints_bind_what_is_below() {
    use rcgen::CidrSubnet;
    let constrained = |permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>| {
        Ca::root("Root", &|params| {
            params.name_constraints =
                Some(NameConstraints { permitted_subtrees: permitted.clone(), excluded_subtrees: excluded.clone() });
        })
    };
    let dns = |name: &str| GeneralSubtree::DnsName(name.to_owned());
    let net = GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([192, 0, 2, 0], 24));

    let root = constrained(vec![dns("example.com"), net.clone()], vec![dns("secret.example.com")]);
    let check = |names: &[&str]| {
        let middle = root.below("Middle", AS_IT_IS);
        let leaf = middle.leaf(names, AS_IT_IS);
        let mut case = case(&[&root.certificate], &[&leaf, &middle.certificate]);
        case.name = None;
        case.report()
    };
    for names in [&["example.com"][..], &["a.b.example.com", "192.0.2.77"]] {
        assert!(check(names).is_trusted(), "{names:?}");
    }
    for (names, text) in [
        (&["example.com", "example.org"][..], "DNS:example.org, outside of what is permitted (DNS:example.com"),
        (&["192.0.3.1"], "IP:192.0.3.1, outside of what is permitted"),
        (&["::1"], "IP:::1, outside of what is permitted"),
        (&["x.secret.example.com"], "inside DNS:secret.example.com, excluded by CN=Root"),
        (&["*.example.com"], "DNS:*.example.com, inside DNS:secret.example.com, excluded by"),
    ] {
        let report = check(names);
        assert_eq!(found(&report), [Code::NameConstraints], "{report:#?}");
        assert!(report.findings[0].message.contains(text), "{report:#?}");
    }
}

#[test]
fn every_ca_above_constrains_and_none_widens() {
    let permit = |name: &'static str| {
        move |params: &mut rcgen::CertificateParams| {
            let permitted_subtrees = vec![GeneralSubtree::DnsName(name.to_owned())];
            params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
        }
    };
    let root = Ca::root("Root", &permit("example.com"));
    let middle = root.below("Middle", &permit("example.org"));
    for name in ["example.com", "example.org"] {
        let leaf = middle.leaf(&[name], AS_IT_IS);
        case(&[&root.certificate], &[&leaf, &middle.certificate]).named(name).fails(&[Code::NameConstraints]);
    }
}

#[test]
fn email_addresses_in_the_subject_are_constrained() {
    let signer = raw::signer();
    let base = raw::sequence(&[&raw::tlv(0x81, b"example.com")]);
    let constraints = raw::extension(raw::NAME_CONSTRAINTS, true, &raw::sequence(&[&raw::tlv(0xa0, &base)]));
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca(), constraints]).signed_by(&*signer);
    let leaf = |tag: u8, address: &[u8], names: &[u8]| {
        let kind = raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]);
        let subject = raw::sequence(&[&raw::tlv(0x31, &raw::sequence(&[&kind, &raw::tlv(tag, address)]))]);
        Raw { subject, ..Raw::new("", "Root", signer.spki()).with(&[names.to_vec()]) }.signed_by(&*signer)
    };
    let host = raw::dns_names(&["example.com"]);
    case(&[&root], &[&leaf(0x16, b"a@example.com", &host)]).is_trusted(&[]);
    for (tag, address) in
        [(0x16, &b"a@example.org"[..]), (0x0c, b"a@example.org"), (0x16, b"\xff@example.org"), (5, b"")]
    {
        case(&[&root], &[&leaf(tag, address, &host)]).fails(&[Code::NameConstraints]);
    }
    // RFC 5280 §4.2.1.10: where subjectAltName holds addresses, those count.
    let both = raw::sequence(&[&raw::tlv(0x82, b"example.com"), &raw::tlv(0x81, b"a@example.com")]);
    let both = raw::extension(raw::SUBJECT_ALT_NAME, false, &both);
    case(&[&root], &[&leaf(0x16, b"a@example.org", &both)]).is_trusted(&[]);
}
