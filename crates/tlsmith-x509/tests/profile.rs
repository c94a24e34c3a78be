//! The profile of the web, rule by rule: a chain that keeps them all, and what is found when one is broken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::sync::Arc;
use support::raw::{self, Raw};
use support::{Case, case, found};
use tlsmith_crypto::{Curve, SigningKey};
use tlsmith_x509::profile::{CommonName, Criticality, Extension, ExtensionRule, Issuers, Keys, Presence};
use tlsmith_x509::{Code, Finding, Profile, Purpose, Severity, UnixTime};

/// The key identifier of the one key that all certificates here have.
const KEY_ID: &[u8] = &[7; 20];

/// A root, an intermediate and a leaf that keep every rule; change what is to be wrong.
struct Chain {
    key: Arc<dyn SigningKey>,
    root: Raw,
    middle: Raw,
    leaf: Raw,
}

fn chain() -> Chain {
    let key = raw::signer();
    let raw = |subject, issuer, extensions: &[Vec<u8>]| Raw {
        // 197 days of the 200 that one issued then may have.
        validity: raw::validity(b"260601000000Z", b"261214235959Z"),
        ..Raw::new(subject, issuer, key.spki()).with(extensions)
    };
    let usage = |bits: &[u8]| raw::extension(raw::KEY_USAGE, true, &raw::tlv(3, bits));
    let ca = [usage(&[1, 6]), raw::ca(), raw::subject_key_id(KEY_ID)];
    let below = [&ca[..], &[raw::authority_key_id(KEY_ID)]].concat();
    let leaf = [
        raw::authority_key_id(KEY_ID),
        usage(&[7, 0x80]),
        raw::purposes(&[raw::SERVER_AUTH]),
        raw::dns_names(&["example.com", "*.example.com"]),
    ];
    Chain {
        root: raw("Root", "Root", &ca),
        middle: raw("Middle", "Root", &below),
        leaf: raw("example.com", "Middle", &leaf),
        key,
    }
}

impl Chain {
    fn case(&self) -> Case {
        let [root, middle, leaf] = [&self.root, &self.middle, &self.leaf].map(|raw| raw.signed_by(&*self.key));
        Case { profile: Profile::web(), ..case(&[&root], &[&leaf, &middle]) }
    }

    /// The one finding under the profile of the web; the private one has nothing against the chain.
    fn fails(&self, code: Code) -> Finding {
        Case { profile: Profile::private(), ..self.case() }.is_trusted(&[]);
        self.case().fails(&[code])
    }
}

/// Puts `with` in the place of the extension `id`.
fn replace(raw: &mut Raw, id: &[u8], with: Option<Vec<u8>>) {
    let id = raw::oid(id);
    raw.extensions.retain(|extension| !extension.windows(id.len()).any(|window| window == id));
    raw.extensions.extend(with);
}

type Part = fn(&mut Chain) -> &mut Raw;
const ROOT: Part = |chain| &mut chain.root;
const MIDDLE: Part = |chain| &mut chain.middle;
const LEAF: Part = |chain| &mut chain.leaf;

#[test]
fn a_chain_that_keeps_the_rules_is_trusted() {
    chain().case().is_trusted(&[]);
}

#[test]
fn extensions_are_there_where_they_belong() {
    for (part, id, text) in [
        (ROOT, raw::SUBJECT_KEY_ID, "CN=Root has no subjectKeyIdentifier, which a root has to have: RFC 5280 §4.2.1.2"),
        (MIDDLE, raw::SUBJECT_KEY_ID, "CN=Middle has no subjectKeyIdentifier, which a CA below a root has to have"),
        (MIDDLE, raw::AUTHORITY_KEY_ID, "CN=Middle has no authorityKeyIdentifier"),
        (MIDDLE, raw::KEY_USAGE, "CN=Middle has no keyUsage"),
        (LEAF, raw::AUTHORITY_KEY_ID, "CN=example.com has no authorityKeyIdentifier, which a leaf has to have"),
        (LEAF, raw::EXTENDED_KEY_USAGE, "CN=example.com has no extKeyUsage"),
    ] {
        let mut chain = chain();
        replace(part(&mut chain), id, None);
        let finding = chain.fails(Code::ExtensionMissing);
        assert!(finding.message.contains(text) && finding.message.ends_with("(profile web)"), "{finding:#?}");
    }
    let mut chain = chain();
    replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, None);
    chain.case().fails(&[Code::NoSubjectAltName, Code::ExtensionMissing]);
}

#[test]
fn extensions_are_not_where_they_do_not_belong() {
    let mut chain = chain();
    let mapping = raw::sequence(&[&raw::oid(&[0x2a, 3, 4]), &raw::oid(&[0x2a, 3, 5])]);
    chain.leaf.extensions.push(raw::extension(raw::POLICY_MAPPINGS, false, &raw::sequence(&[&mapping])));
    let finding = chain.fails(Code::ExtensionForbidden);
    assert!(finding.message.contains("CN=example.com has policyMappings"), "{finding:#?}");
}

#[test]
fn extensions_are_critical_as_their_sections_say() {
    let key_id = raw::tlv(4, KEY_ID);
    let basic = raw::sequence(&[&[1, 1, 0xff]]);
    let authority = raw::sequence(&[&raw::tlv(0x80, KEY_ID)]);
    let purposes = raw::sequence(&[&raw::oid(raw::SERVER_AUTH)]);
    let names = raw::sequence(&[&raw::tlv(0x82, b"example.com")]);
    for (part, id, critical, value) in [
        (ROOT, raw::SUBJECT_KEY_ID, true, &key_id),
        (ROOT, raw::BASIC_CONSTRAINTS, false, &basic),
        (ROOT, raw::AUTHORITY_KEY_ID, true, &authority),
        (MIDDLE, raw::BASIC_CONSTRAINTS, false, &basic),
        (LEAF, raw::EXTENDED_KEY_USAGE, true, &purposes),
        (LEAF, raw::SUBJECT_ALT_NAME, true, &names),
    ] {
        let mut chain = chain();
        replace(part(&mut chain), id, Some(raw::extension(id, critical, value)));
        let finding = chain.fails(Code::ExtensionCriticality);
        assert!(finding.message.contains(if critical { "has to be not critical" } else { "has to be critical" }));
    }
    // subjectAltName is critical exactly where the subject is empty.
    let mut chain = chain();
    chain.leaf.subject = raw::name("");
    let finding = chain.fails(Code::ExtensionCriticality);
    assert!(finding.message.contains("has to be critical, as the subject is empty"), "{finding:#?}");
    replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, Some(raw::extension(raw::SUBJECT_ALT_NAME, true, &names)));
    chain.case().is_trusted(&[]);
}

#[test]
fn serial_numbers_are_positive_and_short() {
    for (serial, text) in
        [(&[0x80][..], "is negative"), (&[0], "is zero"), (&[[1; 20].as_slice(), &[1]].concat(), "has 21 octets")]
    {
        for part in [LEAF, MIDDLE] {
            let mut chain = chain();
            part(&mut chain).serial = raw::tlv(2, serial);
            let finding = chain.fails(Code::SerialNumber);
            assert!(finding.message.contains(text), "{finding:#?}");
        }
        let mut chain = chain();
        chain.root.serial = raw::tlv(2, serial);
        chain.case().is_trusted(&[]);
    }
    let mut chain = chain();
    chain.leaf.serial = raw::tlv(2, &[0x7f; 20]);
    chain.case().is_trusted(&[]);
}

#[test]
fn certificates_are_of_version_3() {
    let mut chain = chain();
    chain.leaf.version = Vec::new();
    chain.leaf.extensions = Vec::new();
    let mut case = chain.case();
    case.name = None;
    let report = case.report();
    assert!(found(&report).contains(&Code::Version), "{report:#?}");
}

#[test]
fn key_identifiers_say_which_key_and_nothing_else() {
    let issuer = raw::tlv(0xa1, &raw::tlv(0xa4, &raw::name("Root")));
    for (part, value, text) in [
        (LEAF, raw::sequence(&[&raw::tlv(0x80, KEY_ID), &issuer]), "names the issuer's certificate"),
        (MIDDLE, raw::sequence(&[&raw::tlv(0x80, KEY_ID), &[0x82, 1, 1]]), "names the issuer's certificate"),
        (LEAF, raw::sequence(&[]), "identifies no key"),
        (ROOT, raw::sequence(&[&raw::tlv(0x80, b"another")]), "is not its own subjectKeyIdentifier"),
    ] {
        let mut chain = chain();
        let id = raw::AUTHORITY_KEY_ID;
        replace(part(&mut chain), id, Some(raw::extension(id, false, &value)));
        let finding = chain.fails(Code::KeyIdentifier);
        assert!(finding.message.contains(text), "{finding:#?}");
    }
}

#[test]
fn a_root_that_another_name_issued_needs_an_authority_key_id_unless_its_key_signed_it() {
    let mut chain = chain();
    chain.root.issuer = raw::name("Elsewhere");
    chain.case().is_trusted(&[]);
    let [middle, leaf] = [&chain.middle, &chain.leaf].map(|raw| raw.signed_by(&*chain.key));
    let root = chain.root.signed_by(&*raw::signer());
    let case = Case { profile: Profile::web(), ..case(&[&root], &[&leaf, &middle]) };
    let finding = case.fails(&[Code::ExtensionMissing]);
    assert!(finding.message.contains("CN=Root has no authorityKeyIdentifier"), "{finding:#?}");
}

#[test]
fn leaves_are_no_cas() {
    let mut ca = chain();
    ca.leaf.extensions.push(raw::ca());
    ca.fails(Code::LeafIsCa);
    let mut signs = chain();
    let usage = raw::extension(raw::KEY_USAGE, true, &raw::tlv(3, &[1, 0x86]));
    replace(&mut signs.leaf, raw::KEY_USAGE, Some(usage));
    let finding = signs.fails(Code::LeafIsCa);
    assert!(finding.message.contains("may sign certificates or CRLs"), "{finding:#?}");
}

#[test]
fn leaves_are_for_something() {
    let mut chain = chain();
    let purposes = raw::purposes(&[raw::SERVER_AUTH, raw::ANY_PURPOSE]);
    replace(&mut chain.leaf, raw::EXTENDED_KEY_USAGE, Some(purposes));
    let finding = chain.fails(Code::ExtendedKeyUsage);
    assert!(finding.message.contains("anyExtendedKeyUsage"), "{finding:#?}");
}

fn names(entries: &[(u8, &[u8])]) -> Option<Vec<u8>> {
    let entries: Vec<u8> = entries.iter().flat_map(|(kind, name)| raw::tlv(0x80 | kind, name)).collect();
    Some(raw::extension(raw::SUBJECT_ALT_NAME, false, &raw::tlv(0x30, &entries)))
}

#[test]
fn names_of_servers_are_hosts() {
    let host = (2, &b"example.com"[..]);
    for (entry, text) in [
        ((1, &b"a@example.com"[..]), "which is no name of a server"),
        ((6, b"https://example.com/"), "which is no name of a server"),
        ((2, b"192.0.2.1"), "an address that stands there as a DNS name"),
        ((2, b"a_b.example.com"), "with an underscore"),
        ((2, b"w*.example.com"), "with a star that"),
        ((2, b"www.*.example.com"), "with a star that"),
        ((2, b"a..example.com"), "which is not a DNS name"),
        ((2, b"example.com."), "which is not a DNS name"),
    ] {
        let mut chain = chain();
        replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, names(&[host, entry]));
        let finding = chain.fails(Code::BadName);
        assert!(finding.message.contains(text), "{finding:#?}");
    }
    let mut chain = chain();
    replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, names(&[host, (7, &[192, 0, 2, 1])]));
    chain.case().is_trusted(&[]);
}

#[test]
fn the_names_of_clients_are_theirs() {
    let mut chain = chain();
    replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, names(&[(1, b"a@example.com")]));
    replace(&mut chain.leaf, raw::EXTENDED_KEY_USAGE, Some(raw::purposes(&[&[0x2b, 6, 1, 5, 5, 7, 3, 2]])));
    Case { purpose: Purpose::ClientAuth, name: None, ..chain.case() }.is_trusted(&[Code::CommonName]);
}

#[test]
fn wildcards_do_not_reach_over_public_suffixes() {
    let leaf_for = |entries: &[&[u8]]| {
        let mut chain = chain();
        let entries: Vec<(u8, &[u8])> = entries.iter().map(|name| (2, *name)).collect();
        replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, names(&entries));
        chain.leaf.subject =
            raw::sequence(&[&raw::tlv(0x31, &raw::sequence(&[&raw::oid(&[0x55, 4, 10]), &raw::tlv(0x0c, b"x")]))]);
        chain
    };
    // The ICANN section, and single labels: whatever is asked for.
    for name in [&b"*.co.uk"[..], b"*.CO.uk", b"*.com", b"*.gov.uk"] {
        let case = leaf_for(&[b"example.com", name]).case();
        let finding = case.fails(&[Code::Wildcard]);
        assert!(finding.message.contains("all names below a public suffix"), "{finding:#?}");
    }
    // The private section: names below it, unless the certificate holds all of it.
    let bucket = "bucket.s3.amazonaws.com";
    let alone: &[&[u8]] = &[b"*.s3.amazonaws.com", b"example.com"];
    leaf_for(alone).case().is_trusted(&[]);
    let finding = leaf_for(alone).case().named(bucket).fails(&[Code::Wildcard]);
    assert!(finding.message.contains("and not s3.amazonaws.com itself"), "{finding:#?}");
    leaf_for(&[b"*.s3.amazonaws.com", b"s3.amazonaws.com"]).case().named(bucket).is_trusted(&[]);
    leaf_for(&[b"*.s3.amazonaws.com", bucket.as_bytes()]).case().named(bucket).is_trusted(&[]);
    // No public suffixes: a domain, and a suffix that nobody lists.
    leaf_for(&[b"*.example.co.uk"]).case().named("www.example.co.uk").is_trusted(&[]);
    leaf_for(&[b"*.corp.internal"]).case().named("www.corp.internal").is_trusted(&[]);
}

#[test]
fn common_names_repeat_a_name() {
    let with = |common_name: &str, entries: &[(u8, &[u8])]| {
        let mut chain = chain();
        chain.leaf.subject = raw::name(common_name);
        replace(&mut chain.leaf, raw::SUBJECT_ALT_NAME, names(entries));
        Case { name: None, ..chain.case() }
    };
    let v6 = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let [host, v4, v6]: [(u8, &[u8]); 3] = [(2, b"xn--bcher-kva.example"), (7, &[192, 0, 2, 1]), (7, &v6)];
    for (common_name, entry) in [("xn--bcher-kva.example", host), ("192.0.2.1", v4), ("2001:db8::1", v6)] {
        with(common_name, &[entry]).is_trusted(&[]);
    }
    for (common_name, entry) in [
        ("XN--bcher-kva.example", host),
        ("bücher.example", host),
        ("192.000.002.001", v4),
        ("2001:DB8::1", v6),
        ("2001:db8:0::1", v6),
    ] {
        let finding = with(common_name, &[entry]).fails(&[Code::CommonName]);
        assert!(finding.message.contains("spells a host otherwise"), "{finding:#?}");
    }
    // Another name is nothing that software looks at: worth a warning, or more to those who say so.
    for common_name in ["example.org", "The web server", "192.0.2"] {
        let mut case = with(common_name, &[host]);
        case.is_trusted(&[Code::CommonName]);
        case.profile.common_name = CommonName::Repeats;
        case.fails(&[Code::CommonName]);
    }
}

/// SubjectPublicKeyInfo of RSA with a modulus of 2048 bits and some more.
fn rsa(more_bits: u32) -> Vec<u8> {
    let first = if more_bits == 0 { vec![0, 0xc1] } else { vec![1 << (more_bits - 1), 0xc1] };
    let modulus = raw::tlv(2, &[&first[..], &[0xc1; 255]].concat());
    let key = raw::sequence(&[&modulus, &raw::tlv(2, &[1, 0, 1])]);
    let algorithm = raw::sequence(&[&raw::oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]), &[5, 0]]);
    raw::sequence(&[&algorithm, &raw::tlv(3, &[&[0][..], &key].concat())])
}

#[test]
fn keys_are_of_the_kinds_that_the_profile_names() {
    let ed25519 = raw::sequence(&[&raw::sequence(&[&raw::oid(&[0x2b, 0x65, 0x70])]), &raw::tlv(3, &[0; 33])]);
    for (spki, text) in [
        (
            &rsa(4),
            "RSA 2052; the profile web wants ECDSA P-256, ECDSA P-384, ECDSA P-521, RSA of at least 2048 bits (a multiple of 8)",
        ),
        (&ed25519, "is Ed25519"),
    ] {
        let mut chain = chain();
        chain.leaf.spki = spki.clone();
        let finding = chain.fails(Code::KeyNotAllowed);
        assert!(finding.message.contains(text), "{finding:#?}");
    }
    let mut case = {
        let mut chain = chain();
        chain.leaf.spki = rsa(0);
        chain.case()
    };
    case.is_trusted(&[]);
    let none =
        Keys { rsa_min_bits: None, rsa_whole_octets: false, curves: vec![Curve::P256], ed25519: true, ml_dsa: false };
    case.profile.keys = Some(none.clone());
    case.fails(&[Code::KeyNotAllowed]);
    case.profile.keys = Some(Keys { rsa_min_bits: Some(3072), ..none });
    let finding = case.fails(&[Code::KeyNotAllowed]);
    assert!(finding.message.contains("RSA of at least 3072 bits"), "{finding:#?}");
}

#[test]
fn signatures_are_of_the_kinds_that_the_profile_names() {
    let mut case = chain().case();
    case.profile.signatures.retain(|algorithm| !matches!(algorithm, tlsmith_crypto::SignatureAlgorithm::Ecdsa(..)));
    let finding = case.fails(&[Code::UnsupportedSignatureAlgorithm, Code::UnsupportedSignatureAlgorithm]);
    assert!(finding.message.contains("ecdsa-with-SHA256 by a key ECDSA P-256, which the profile web"), "{finding:#?}");
}

/// Limits by the day of issue, each to the second: what the Forum's ballots say.
#[test]
fn leaves_live_as_long_as_was_allowed_when_they_were_issued() {
    for (from, last, too_long) in [
        ("120701000000Z", "170701235959Z", "170702000000Z"),
        ("150401000000Z", "180701235959Z", "180702000000Z"),
        ("180301000000Z", "200602235959Z", "200603000000Z"),
        ("200831235959Z", "221204235958Z", "221204235959Z"),
        ("200901000000Z", "211003235959Z", "211004000000Z"),
        ("260314235959Z", "270416235958Z", "270416235959Z"),
        ("260315000000Z", "260930235959Z", "261001000000Z"),
        ("270315000000Z", "270622235959Z", "270623000000Z"),
        ("290315000000Z", "290430235959Z", "290501000000Z"),
    ] {
        let number = |at: usize| from[at..at + 2].parse::<u8>().unwrap();
        let issued = UnixTime::from_civil(2000 + i32::from(number(0)), number(2), number(4), 23, 59, 59).unwrap();
        let at = |to: &str| {
            let mut chain = chain();
            let all_along = raw::validity(b"100101000000Z", b"400101000000Z");
            (chain.root.validity, chain.middle.validity) = (all_along.clone(), all_along);
            chain.leaf.validity = raw::validity(from.as_bytes(), to.as_bytes());
            Case { now: issued, ..chain.case() }
        };
        at(last).is_trusted(&[]);
        // A private CA's are its own matter: a warning. The profile may bind all.
        let mut case = at(too_long);
        let report = case.is_trusted(&[Code::ValidityTooLong]);
        assert_eq!(report.findings[0].severity, Severity::Warning);
        case.profile.lifetimes_bind = Issuers::All;
        case.fails(&[Code::ValidityTooLong]);
    }
    // Before there was a rule.
    let mut chain = chain();
    chain.leaf.validity = raw::validity(b"120630235959Z", b"400101000000Z");
    let mut case = chain.case();
    case.profile.lifetimes_bind = Issuers::All;
    case.is_trusted(&[]);
}

#[test]
fn paths_are_no_longer_than_the_profile_says() {
    for (limit, trusted) in [(None, true), (Some(1), true), (Some(0), false)] {
        let mut case = chain().case();
        case.profile = Profile { max_path_length: limit, ..Profile::private() };
        if trusted {
            case.is_trusted(&[]);
        } else {
            case.fails(&[Code::PathLength]);
        }
    }
}

#[test]
fn a_profile_may_be_the_callers_own() {
    let poison = Extension::Other("1.2.3.4".parse().unwrap());
    let mut case = {
        let mut chain = chain();
        chain.leaf.extensions.push(raw::extension(&[0x2a, 3, 4], false, &[5, 0]));
        chain.case()
    };
    case.is_trusted(&[]);
    case.profile = Profile { name: "ours".into(), ..Profile::private() };
    let forbidden = ExtensionRule::new(poison.clone(), Presence::Forbidden, Criticality::Either, "house rule 7");
    case.profile.leaf = vec![forbidden];
    let finding = case.fails(&[Code::ExtensionForbidden]);
    assert!(
        finding.message.ends_with("has 1.2.3.4, which has no place there: house rule 7 (profile ours)"),
        "{finding:#?}"
    );
    case.profile.leaf = vec![ExtensionRule::new(poison, Presence::Required, Criticality::Critical, "house rule 8")];
    case.fails(&[Code::ExtensionCriticality]);
}
