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
        (&["*.example.com"], "DNS:*.example.com, which reaches into DNS:secret.example.com, excluded by"),
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

/// The contents of a GeneralName by tag.
fn general(tag: u8, content: &[u8]) -> Vec<u8> {
    raw::tlv(tag, content)
}

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const IP: u8 = 0x87;
const REGISTERED_ID: u8 = 0x88;

/// A name of two RDNs: the organisation above, the unit below.
fn directory(organisation: &str, unit: Option<&str>) -> Vec<u8> {
    let rdn = |kind: u8, text: &str| {
        raw::tlv(0x31, &raw::sequence(&[&raw::oid(&[0x55, 4, kind]), &raw::tlv(0x0c, text.as_bytes())]))
    };
    let unit = unit.map(|unit| rdn(11, unit)).unwrap_or_default();
    raw::sequence(&[&rdn(10, organisation), &unit])
}

/// Whether a leaf with `name` in its subjectAltName may stand below a CA that permits (0xa0) or excludes (0xa1) `base`.
fn may(how: u8, base: &[u8], name: &[u8], critical: bool) -> bool {
    let signer = raw::signer();
    let subtree = raw::sequence(&[base]);
    let constraints = raw::extension(raw::NAME_CONSTRAINTS, critical, &raw::sequence(&[&raw::tlv(how, &subtree)]));
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca(), constraints]).signed_by(&*signer);
    let names = raw::extension(raw::SUBJECT_ALT_NAME, true, &raw::sequence(&[name]));
    let leaf = Raw::new("", "Root", signer.spki()).with(&[names]).signed_by(&*signer);
    let mut case = case(&[&root], &[&leaf]);
    case.name = None;
    let report = case.report();
    assert!(report.is_trusted() || found(&report) == [Code::NameConstraints], "{report:#?}");
    report.is_trusted()
}

#[test]
fn every_kind_of_name_is_constrained() {
    let of = |organisation, unit| general(DIRECTORY, &directory(organisation, unit));
    let ip = |octets: &[u8]| general(IP, octets);
    let net = ip(&[192, 0, 2, 0, 255, 255, 255, 0]);
    for (base, inside, outside) in [
        (general(DNS, b"example.com"), general(DNS, b"a.example.com"), general(DNS, b"example.org")),
        (general(EMAIL, b"example.com"), general(EMAIL, b"a@example.com"), general(EMAIL, b"a@b.example.com")),
        (general(EMAIL, b"a@example.com"), general(EMAIL, b"a@EXAMPLE.com"), general(EMAIL, b"b@example.com")),
        (general(EMAIL, b".example.com"), general(EMAIL, b"a@b.example.com"), general(EMAIL, b"a@example.com")),
        (general(URI, b"example.com"), general(URI, b"https://example.com/a"), general(URI, b"https://a.example.com")),
        (
            general(URI, b".example.com"),
            general(URI, b"spiffe://a.example.com/x"),
            general(URI, b"spiffe://example.com"),
        ),
        (net.clone(), ip(&[192, 0, 2, 9]), ip(&[192, 0, 3, 9])),
        // By whole RDNs, from the first on; case and string type do not count.
        (of("Example", None), of("EXAMPLE", Some("Sales")), of("Example Corp", None)),
        (of("Example", Some("Sales")), of("Example", Some("Sales")), of("Example", None)),
    ] {
        let names = (&base, &inside, &outside);
        assert!(may(0xa0, &base, &inside, true) && !may(0xa0, &base, &outside, true), "{names:x?}");
        assert!(!may(0xa1, &base, &inside, true) && may(0xa1, &base, &outside, true), "{names:x?}");
        // Constraints that are not critical bind as well.
        assert!(!may(0xa1, &base, &inside, false), "{names:x?}");
    }
    // An address of the other family is not in the range; a name of another kind is none of its business.
    assert!(!may(0xa0, &net, &ip(&[0; 16]), true) && may(0xa1, &net, &ip(&[0; 16]), true));
    assert!(may(0xa0, &net, &general(DNS, b"example.com"), true));
}

#[test]
fn names_that_cannot_be_judged_are_refused_under_a_constraint_of_their_kind() {
    let uri = general(URI, b"example.com");
    for how in [0xa0, 0xa1] {
        // RFC 5280 §4.2.1.10: no authority, or an address for a host.
        for name in [&b"urn:example:a"[..], b"https://192.0.2.1/", b"mailto:a@example.com"] {
            assert!(!may(how, &uri, &general(URI, name), true), "{name:?}");
        }
        // A kind without a rule here: what the CA wanted is not known.
        let id = general(REGISTERED_ID, &[0x2a, 3, 4]);
        assert!(!may(how, &id, &id, true) && !may(how, &id, &id, false));
        assert!(may(how, &id, &general(DNS, b"example.com"), true), "and decides nothing about other kinds");
    }
}
