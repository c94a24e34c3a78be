//! Paths and chains: what is trusted, and for each code a chain that is refused because of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use rcgen::{BasicConstraints, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use support::raw::{self, Raw};
use support::{AS_IT_IS, Ca, case, found, now};
use tlsmith_x509::{Code, Purpose, Severity, UnixTime};

fn expired(params: &mut rcgen::CertificateParams) {
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 11, 1);
}

fn organisation(params: &mut rcgen::CertificateParams) {
    params.distinguished_name.push(DnType::OrganizationName, "Example Trust");
}

#[test]
fn a_chain_of_three_is_trusted() {
    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Intermediate", AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let report = case(&[&root.certificate], &[&leaf, &middle.certificate]).is_trusted(&[]);
    assert_eq!(report.path, [leaf, middle.certificate, root.certificate]);
}

#[test]
fn an_anchor_may_issue_the_leaf_or_be_an_intermediate() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let report = case(&[&root.certificate], &[&leaf]).is_trusted(&[]);
    assert_eq!(report.path.len(), 2);

    let middle = root.below("Intermediate", AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let report = case(&[&middle.certificate], &[&leaf]).is_trusted(&[]);
    assert_eq!(report.path.len(), 2);
}

#[test]
fn a_self_signed_leaf_is_trusted_if_it_is_the_anchor_itself() {
    let key = support::key();
    let mut params = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2028, 1, 1);
    let leaf = support::parse(params.self_signed(&key).unwrap().der());
    let report = case(&[&leaf], &[&leaf]).is_trusted(&[]);
    assert_eq!(report.path.len(), 1);

    // Its name, time and purpose still count.
    case(&[&leaf], &[&leaf]).named("example.org").fails(&[Code::NameMismatch]);
    let mut late = case(&[&leaf], &[&leaf]);
    late.now = UnixTime::from_civil(2029, 1, 1, 0, 0, 0).unwrap();
    late.fails(&[Code::Expired]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client = support::parse(params.self_signed(&key).unwrap().der());
    case(&[&client], &[&client]).fails(&[Code::ExtendedKeyUsage]);

    // The same name and key in another certificate is not the anchor.
    params.extended_key_usages.clear();
    params.not_after = rcgen::date_time_ymd(2027, 1, 1);
    let other = support::parse(params.self_signed(&key).unwrap().der());
    case(&[&leaf], &[&other]).fails(&[Code::SelfSigned]);
}

#[test]
fn order_duplicates_and_strangers_are_warned_about() {
    let root = Ca::root("Root", AS_IT_IS);
    let one = root.below("One", AS_IT_IS);
    let two = one.below("Two", AS_IT_IS);
    let leaf = two.leaf(&["example.com"], AS_IT_IS);
    let (one, two) = (&one.certificate, &two.certificate);

    case(&[&root.certificate], &[&leaf, two, one]).is_trusted(&[]);
    let report = case(&[&root.certificate], &[&leaf, one, two]).is_trusted(&[Code::WrongOrder]);
    assert!(report.findings[0].message.contains("wrong order: certificate 1 (CN=One)"), "{report:#?}");
    assert_eq!(report.findings[0].severity, Severity::Warning);
    let report = case(&[&root.certificate], &[&leaf, two, two, one]).is_trusted(&[Code::ExtraCertificate]);
    assert!(report.findings[0].message.contains("sent before, as certificate 1"), "{report:#?}");
    let stranger = Ca::root("Stranger", AS_IT_IS).certificate;
    let report = case(&[&root.certificate], &[&leaf, two, one, &stranger]).is_trusted(&[Code::ExtraCertificate]);
    assert!(report.findings[0].message.contains("does not belong"), "{report:#?}");
    assert_eq!(report.findings[0].certificate, Some(3));
    let report = case(&[&root.certificate], &[&leaf, two, one, &root.certificate]).is_trusted(&[Code::RootSent]);
    assert_eq!((report.findings[0].severity, report.findings[0].certificate), (Severity::Info, Some(3)));
}

#[test]
fn a_cross_signed_intermediate_leads_around_an_expired_one() {
    let (old, new) = (Ca::root("Old Root", &expired), Ca::root("New Root", AS_IT_IS));
    let middle = old.below("Intermediate", AS_IT_IS);
    let cross = new.certify("Intermediate", &middle.key, AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let anchors = [&old.certificate, &new.certificate];
    for chain in [[&leaf, &middle.certificate, &cross], [&leaf, &cross, &middle.certificate]] {
        let report = case(&anchors, &chain).is_trusted(&[]);
        assert_eq!(report.path.last(), Some(&new.certificate));
    }
    let finding = case(&anchors, &[&leaf, &middle.certificate]).fails(&[Code::Expired]);
    assert_eq!(finding.certificate, None, "the root was not sent");
    assert!(finding.message.contains("CN=Old Root") && finding.fix.contains("CA bundle"), "{finding:#?}");
}

#[test]
fn an_expired_certificate_says_since_when() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], &expired);
    let finding = case(&[&root.certificate], &[&leaf]).fails(&[Code::Expired]);
    assert_eq!(finding.message, "CN=leaf expired at 2026-11-01T00:00:00Z, 20 days ago (it is 2026-11-21T00:00:00Z)");
    assert_eq!(finding.certificate, Some(0));

    let middle = root.below("Intermediate", &expired);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let finding = case(&[&root.certificate], &[&leaf, &middle.certificate]).fails(&[Code::Expired]);
    assert_eq!(finding.certificate, Some(1));
}

#[test]
fn validity_includes_both_its_seconds() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let at = |time: UnixTime| {
        let mut case = case(&[&root.certificate], &[&leaf]);
        case.now = time;
        found(&case.report())
    };
    assert_eq!(at(leaf.not_before()), []);
    assert_eq!(at(UnixTime(leaf.not_before().0 - 1)), [Code::NotYetValid, Code::NotYetValid]);
    // The root ends at the same second, so each is told twice.
    assert_eq!(at(leaf.not_after()), [Code::ExpiresSoon, Code::ExpiresSoon]);
    assert_eq!(at(UnixTime(leaf.not_after().0 + 1)), [Code::Expired, Code::Expired]);
}

#[test]
fn the_warning_before_the_end_scales_with_the_lifetime() {
    let root = Ca::root("Root", AS_IT_IS);
    let of_days = |days: i64, left: i64| {
        let leaf = root.leaf(&["example.com"], &|params| {
            params.not_before = time::OffsetDateTime::from_unix_timestamp(now().0 - (days - left) * 86_400).unwrap();
            params.not_after = time::OffsetDateTime::from_unix_timestamp(now().0 + left * 86_400).unwrap();
        });
        found(&case(&[&root.certificate], &[&leaf]).report())
    };
    assert_eq!(of_days(90, 14), []);
    assert_eq!(of_days(90, 13), [Code::ExpiresSoon]);
    assert_eq!(of_days(6, 2), []);
    assert_eq!(of_days(6, 1), [Code::ExpiresSoon]);
}

#[test]
fn a_certificate_for_another_host_lists_its_names() {
    let root = Ca::root("Root", AS_IT_IS);
    let fails = |names: &[&str], asked: &str| {
        let leaf = root.leaf(names, AS_IT_IS);
        case(&[&root.certificate], &[&leaf]).named(asked).fails(&[Code::NameMismatch])
    };
    let finding = fails(&["a.example.com", "*.b.example.com", "192.0.2.1"], "example.org");
    let listed = "it is for DNS:a.example.com, DNS:*.b.example.com, IP:192.0.2.1";
    assert!(finding.message.contains(listed), "{finding:#?}");

    let finding = fails(&["*.example.com"], "a.b.example.com");
    assert!(finding.fix.contains("DNS:*.b.example.com"), "{finding:#?}");
    let finding = fails(&["*.example.com"], "example.com");
    assert!(finding.fix.contains("not example.com itself"), "{finding:#?}");
    let finding = fails(&["example.com"], "www.example.com");
    assert!(finding.fix.contains("Connect to example.com"), "{finding:#?}");
    let finding = fails(&["192.0.2.1"], "192.0.2.2");
    assert!(finding.message.contains("IP:192.0.2.1"), "{finding:#?}");
    fails(&["::ffff:192.0.2.1"], "192.0.2.1");

    let many: Vec<String> = (0..20).map(|number| format!("n{number}.example.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(fails(&many, "example.org").message.ends_with("and 12 more"));
}

#[test]
fn names_that_match() {
    let root = Ca::root("Root", AS_IT_IS);
    for (names, asked) in [
        (&["example.com"][..], "EXAMPLE.com"),
        (&["*.example.com"], "www.example.com"),
        (&["192.0.2.1"], "192.0.2.1"),
        (&["::1"], "[::1]"),
        (&["a.test", "b.test"], "b.test"),
    ] {
        let leaf = root.leaf(names, AS_IT_IS);
        case(&[&root.certificate], &[&leaf]).named(asked).is_trusted(&[]);
    }
}

#[test]
fn the_common_name_is_never_looked_at() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&[], &|params| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "example.com");
    });
    let finding = case(&[&root.certificate], &[&leaf]).fails(&[Code::NoSubjectAltName]);
    assert!(finding.message.contains("common name only") && finding.fix.contains("DNS:example.com"), "{finding:#?}");
    let leaf = root.leaf(&["example.org"], &|params| {
        params.distinguished_name.push(DnType::CommonName, "example.com");
    });
    case(&[&root.certificate], &[&leaf]).fails(&[Code::NameMismatch]);
}

#[test]
fn a_self_signed_leaf_is_named_as_such() {
    let key = support::key();
    let params = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
    let leaf = support::parse(params.self_signed(&key).unwrap().der());
    let root = Ca::root("Root", AS_IT_IS);
    let finding = case(&[&root.certificate], &[&leaf]).fails(&[Code::SelfSigned]);
    assert!(finding.message.contains("self-signed"), "{finding:#?}");
    // What else is wrong comes after it.
    case(&[&root.certificate], &[&leaf]).named("example.org").fails(&[Code::SelfSigned, Code::NameMismatch]);
}

#[test]
fn a_ca_of_the_same_name_is_not_the_leaf_itself() {
    // Tools that give every certificate the same default name make self-issued leaves that are not self-signed.
    let same = |params: &mut rcgen::CertificateParams| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "cert");
        params.use_authority_key_identifier_extension = false;
    };
    let (root, other) = (Ca::root("cert", &same), Ca::root("Root", AS_IT_IS));
    let leaf = root.leaf(&["example.com"], &same);
    assert!(leaf.is_self_issued());
    case(&[&root.certificate], &[&leaf]).is_trusted(&[]);
    case(&[&other.certificate], &[&leaf]).fails(&[Code::UnknownIssuer]);
    case(&[&other.certificate], &[&leaf, &root.certificate]).fails(&[Code::UnknownIssuer]);
}

#[test]
fn an_unknown_ca_is_told_from_a_missing_intermediate() {
    let trusted = Ca::root("Trusted Root", &organisation);
    let middle = trusted.below("Intermediate", &organisation);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let finding = case(&[&trusted.certificate], &[&leaf]).fails(&[Code::MissingIntermediate]);
    assert!(finding.message.contains("O=Example Trust,CN=Intermediate"), "{finding:#?}");
    assert!(finding.fix.contains("fullchain.pem"), "{finding:#?}");

    // Without an organisation, by the first word of the common name.
    let acme = Ca::root("Acme Root", AS_IT_IS);
    let leaf = acme.below("Acme Issuing CA", AS_IT_IS).leaf(&["example.com"], AS_IT_IS);
    case(&[&acme.certificate], &[&leaf]).fails(&[Code::MissingIntermediate]);

    // Of another organisation, alone, with an intermediate, with its root.
    let stranger = Ca::root("Unknown CA", AS_IT_IS);
    let leaf = stranger.leaf(&["example.com"], AS_IT_IS);
    let finding = case(&[&trusted.certificate], &[&leaf]).fails(&[Code::UnknownIssuer]);
    assert!(finding.fix.contains("--ca FILE") && finding.fix.contains("fullchain.pem"), "{finding:#?}");
    let finding = case(&[&trusted.certificate], &[&leaf, &stranger.certificate]).fails(&[Code::UnknownIssuer]);
    assert!(finding.message.contains("ends at the root CN=Unknown CA"), "{finding:#?}");
    assert_eq!(finding.certificate, Some(1));
    let middle = stranger.below("Middle", AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let finding = case(&[&trusted.certificate], &[&leaf, &middle.certificate]).fails(&[Code::UnknownIssuer]);
    assert!(finding.message.contains("CN=Middle was issued by CN=Unknown CA"), "{finding:#?}");
    case(&[], &[&leaf]).fails(&[Code::UnknownIssuer]);
}

#[test]
fn a_leaf_that_says_where_its_issuer_is_misses_an_intermediate() {
    let (root, signer) = (Ca::root("Root", AS_IT_IS), raw::signer());
    let uri = raw::tlv(0x86, b"http://ca.example/i.der");
    let access = raw::sequence(&[&raw::sequence(&[&raw::oid(&[0x2b, 6, 1, 5, 5, 7, 48, 2]), &uri])]);
    let aia = raw::extension(raw::AUTHORITY_INFO_ACCESS, false, &access);
    let leaf = Raw::new("leaf", "Some CA", signer.spki()).with(&[raw::dns_names(&["example.com"]), aia]);
    let finding = case(&[&root.certificate], &[&leaf.signed_by(&*signer)]).fails(&[Code::MissingIntermediate]);
    assert!(finding.fix.contains("http://ca.example/i.der"), "{finding:#?}");
    let commands: Vec<(&str, &str)> = finding.mends.iter().map(|mend| (mend.product, mend.text.as_str())).collect();
    let fetch = "curl -fsS http://ca.example/i.der | openssl x509 -inform DER >> /etc/ssl/fullchain.pem";
    assert_eq!(commands[0], ("shell", fetch));
    assert!(commands.contains(&("nginx", "ssl_certificate /etc/ssl/fullchain.pem;")), "{finding:#?}");
}

#[test]
fn a_ca_made_anew_under_its_old_name_is_an_unknown_issuer() {
    let (old, new) = (Ca::root("Demo CA", AS_IT_IS), Ca::root("Demo CA", AS_IT_IS));
    let leaf = old.leaf(&["example.com"], AS_IT_IS);
    let finding = case(&[&new.certificate], &[&leaf]).fails(&[Code::UnknownIssuer]);
    assert!(finding.message.contains("another key") && finding.fix.contains("made anew"), "{finding:#?}");
    // With both trusted, the key identifier or trial finds the right one.
    let report = case(&[&new.certificate, &old.certificate], &[&leaf]).is_trusted(&[]);
    assert_eq!(report.path.last(), Some(&old.certificate));
    let blind = old.leaf(&["example.com"], &|params| params.use_authority_key_identifier_extension = false);
    case(&[&new.certificate, &old.certificate], &[&blind]).is_trusted(&[]);
}

#[test]
fn only_a_ca_issues() {
    let root = Ca::root("Root", AS_IT_IS);
    for change in [
        &|params: &mut rcgen::CertificateParams| params.is_ca = IsCa::NoCa,
        &(|params: &mut rcgen::CertificateParams| params.is_ca = IsCa::ExplicitNoCa) as support::Change<'_>,
    ] {
        let middle = root.below("Middle", change);
        let leaf = middle.leaf(&["example.com"], AS_IT_IS);
        let finding = case(&[&root.certificate], &[&leaf, &middle.certificate]).fails(&[Code::NotACa]);
        assert_eq!(finding.certificate, Some(1));
    }
    let plain = Ca::root("Plain", &|params| params.is_ca = IsCa::NoCa);
    let leaf = plain.leaf(&["example.com"], AS_IT_IS);
    case(&[&plain.certificate], &[&leaf]).fails(&[Code::NotACa]);
}

#[test]
fn version_1_issues_as_an_anchor_only() {
    let (root_key, middle_key) = (raw::signer(), raw::signer());
    let names = raw::dns_names(&["example.com"]);
    let v1 = |subject: &str, issuer: &str, spki: &[u8]| Raw { version: Vec::new(), ..Raw::new(subject, issuer, spki) };
    let root = v1("Root", "Root", root_key.spki()).signed_by(&*root_key);
    let leaf = Raw::new("leaf", "Root", middle_key.spki()).with(std::slice::from_ref(&names)).signed_by(&*root_key);
    case(&[&root], &[&leaf]).is_trusted(&[]);

    let middle = v1("Middle", "Root", middle_key.spki()).signed_by(&*root_key);
    let leaf = Raw::new("leaf", "Middle", root_key.spki()).with(&[names]).signed_by(&*middle_key);
    let finding = case(&[&root], &[&leaf, &middle]).fails(&[Code::NotACa]);
    assert!(finding.message.contains("version 1"), "{finding:#?}");
}

#[test]
fn path_lengths_are_kept() {
    let limited = |length| {
        move |params: &mut rcgen::CertificateParams| {
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
        }
    };
    let root = Ca::root("Root", &limited(1));
    let one = root.below("One", AS_IT_IS);
    let two = one.below("Two", AS_IT_IS);
    let leaf = one.leaf(&["example.com"], AS_IT_IS);
    case(&[&root.certificate], &[&leaf, &one.certificate]).is_trusted(&[]);
    let leaf = two.leaf(&["example.com"], AS_IT_IS);
    let chain = [&leaf, &two.certificate, &one.certificate];
    let finding = case(&[&root.certificate], &chain).fails(&[Code::PathLength]);
    assert_eq!(finding.certificate, Some(1));
    // A longer limit further down does not widen it.
    let one = root.below("One", &limited(5));
    let two = one.below("Two", AS_IT_IS);
    let leaf = two.leaf(&["example.com"], AS_IT_IS);
    case(&[&root.certificate], &[&leaf, &two.certificate, &one.certificate]).fails(&[Code::PathLength]);
    // A CA that renews its key is not a CA more.
    let root = Ca::root("Root", &limited(1));
    let old = root.below("Same", &limited(0));
    let new = old.below("Same", AS_IT_IS);
    let leaf = new.leaf(&["example.com"], AS_IT_IS);
    case(&[&root.certificate], &[&leaf, &new.certificate, &old.certificate]).is_trusted(&[]);
}

#[test]
fn key_usage_is_kept() {
    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Middle", &|params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let finding = case(&[&root.certificate], &[&leaf, &middle.certificate]).fails(&[Code::KeyUsage]);
    assert!(finding.message.contains("is for digitalSignature, not for keyCertSign"), "{finding:#?}");
    let leaf = root.leaf(&["example.com"], &|params| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment]);
    let finding = case(&[&root.certificate], &[&leaf]).fails(&[Code::KeyUsage]);
    assert!(finding.message.contains("keyEncipherment, not for digitalSignature"), "{finding:#?}");
    let root = Ca::root("Root", &|params| params.key_usages.clear());
    let leaf = root.leaf(&["example.com"], &|params| params.key_usages.clear());
    case(&[&root.certificate], &[&leaf]).is_trusted(&[]);
}

#[test]
fn extended_key_usage_is_kept_down_the_path() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    let root = Ca::root("Root", AS_IT_IS);
    let check = |middle: Vec<ExtendedKeyUsagePurpose>, leaf: Vec<ExtendedKeyUsagePurpose>, purpose| {
        let middle = root.below("Middle", &|params| params.extended_key_usages = middle.clone());
        let leaf = middle.leaf(&["example.com"], &|params| params.extended_key_usages = leaf.clone());
        let mut case = case(&[&root.certificate], &[&leaf, &middle.certificate]);
        case.purpose = purpose;
        let report = case.report();
        report.findings.iter().map(|finding| (finding.code, finding.certificate)).collect::<Vec<_>>()
    };
    let refused = |index| vec![(Code::ExtendedKeyUsage, Some(index))];
    assert_eq!(check(vec![], vec![], Purpose::ServerAuth), []);
    assert_eq!(check(vec![], vec![ServerAuth, ClientAuth], Purpose::ClientAuth), []);
    assert_eq!(check(vec![Any], vec![ServerAuth], Purpose::ServerAuth), []);
    assert_eq!(check(vec![], vec![ServerAuth], Purpose::ClientAuth), refused(0));
    assert_eq!(check(vec![], vec![Any], Purpose::ServerAuth), refused(0));
    assert_eq!(check(vec![ClientAuth], vec![ServerAuth], Purpose::ServerAuth), refused(1));
}

#[test]
fn critical_extensions_that_are_not_known_are_refused() {
    let signer = raw::signer();
    let names = raw::dns_names(&["example.com"]);
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    let leaf = |extension: Vec<u8>| {
        Raw::new("leaf", "Root", signer.spki()).with(&[names.clone(), extension]).signed_by(&*signer)
    };
    let unknown = &[0x2a, 3, 4][..];
    case(&[&root], &[&leaf(raw::extension(unknown, false, &[5, 0]))]).is_trusted(&[]);
    let finding =
        case(&[&root], &[&leaf(raw::extension(unknown, true, &[5, 0]))]).fails(&[Code::UnknownCriticalExtension]);
    assert!(finding.message.contains("1.2.3.4"), "{finding:#?}");
    let poison = raw::extension(&[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3], true, &[5, 0]);
    let finding = case(&[&root], &[&leaf(poison)]).fails(&[Code::UnknownCriticalExtension]);
    assert!(finding.message.contains("precertificate"), "{finding:#?}");
    // policyConstraints: inhibitPolicyMapping decides nothing by itself, requireExplicitPolicy does.
    let policy = |tag| raw::extension(raw::POLICY_CONSTRAINTS, true, &raw::sequence(&[&raw::tlv(tag, &[0])]));
    case(&[&root], &[&leaf(policy(0x81))]).is_trusted(&[]);
    case(&[&root], &[&leaf(policy(0x80))]).fails(&[Code::Policy]);
    // certificatePolicies: where it is critical, its qualifiers have to be known.
    let policies = |critical, qualifier: u8| {
        let qualifier = raw::sequence(&[&raw::oid(&[0x2b, 6, 1, 5, 5, 7, 2, qualifier]), &raw::tlv(0x16, b"x")]);
        let policy = raw::sequence(&[&raw::oid(&[0x2a, 3, 4]), &raw::sequence(&[&qualifier])]);
        raw::extension(raw::CERTIFICATE_POLICIES, critical, &raw::sequence(&[&policy]))
    };
    for (critical, qualifier) in [(true, 1), (true, 2), (false, 3)] {
        case(&[&root], &[&leaf(policies(critical, qualifier))]).is_trusted(&[]);
    }
    case(&[&root], &[&leaf(policies(true, 3))]).fails(&[Code::UnknownCriticalExtension]);
    // In the CA as well.
    let strange = [raw::ca(), raw::extension(unknown, true, &[5, 0])];
    let root = Raw::new("Root", "Root", signer.spki()).with(&strange).signed_by(&*signer);
    case(&[&root], &[&leaf(raw::extension(unknown, false, &[]))]).fails(&[Code::UnknownCriticalExtension]);
}

#[test]
fn certificates_that_contradict_themselves_are_malformed() {
    let signer = raw::signer();
    let names = raw::dns_names(&["example.com"]);
    // An issuer without a name.
    let root = Raw::new("", "", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    let leaf = Raw::new("leaf", "", signer.spki()).with(std::slice::from_ref(&names)).signed_by(&*signer);
    case(&[&root], &[&leaf]).fails(&[Code::Malformed]);
    // Name constraints in a leaf.
    let root = Raw::new("Root", "Root", signer.spki()).with(&[raw::ca()]).signed_by(&*signer);
    let base = raw::sequence(&[&raw::tlv(0x82, b"example.com")]);
    let constraints = raw::extension(raw::NAME_CONSTRAINTS, true, &raw::sequence(&[&raw::tlv(0xa0, &base)]));
    let leaf = Raw::new("leaf", "Root", signer.spki()).with(&[names, constraints]).signed_by(&*signer);
    case(&[&root], &[&leaf]).fails(&[Code::Malformed]);
}

#[test]
fn no_certificate_at_all() {
    let root = Ca::root("Root", AS_IT_IS);
    let finding = case(&[&root.certificate], &[]).fails(&[Code::NoCertificate]);
    assert_eq!(finding.certificate, None);
}

#[test]
fn a_client_needs_no_name() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&[], &|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    let mut case = case(&[&root.certificate], &[&leaf]);
    case.name = None;
    case.purpose = Purpose::ClientAuth;
    case.is_trusted(&[]);
    case.purpose = Purpose::ServerAuth;
    case.fails(&[Code::ExtendedKeyUsage]);
}

#[test]
fn an_intermediate_that_was_not_sent_is_found_among_the_known_and_told() {
    let root = Ca::root("Root", AS_IT_IS);
    let one = root.below("One", AS_IT_IS);
    let two = one.below("Two", AS_IT_IS);
    let leaf = two.leaf(&["example.com"], AS_IT_IS);
    let mut case = case(&[&root.certificate], &[&leaf]);
    case.known = vec![one.certificate.clone(), root.certificate.clone(), two.certificate.clone(), leaf.clone()];
    let report = case.is_trusted(&[Code::MissingIntermediate, Code::MissingIntermediate]);
    let path = [leaf.clone(), two.certificate.clone(), one.certificate.clone(), root.certificate.clone()];
    assert_eq!(report.path, path);
    assert!(report.findings.iter().all(|finding| finding.severity == Severity::Warning), "{report:#?}");
    let message = "the intermediate CN=Two, which issued CN=leaf, was not sent";
    assert!(report.findings.iter().any(|finding| finding.message == message), "{report:#?}");

    // The same is sent: nothing is missing, whatever is known.
    case.chain = vec![leaf.clone(), two.certificate.clone(), one.certificate.clone()];
    case.is_trusted(&[]);
    case.chain.pop();
    case.is_trusted(&[Code::MissingIntermediate]);
    // What is wrong besides is an error still.
    case.now = UnixTime::from_civil(2029, 1, 1, 0, 0, 0).unwrap();
    let report = case.report();
    assert!(found(&report).contains(&Code::MissingIntermediate), "{report:#?}");
    assert_eq!(report.cause().unwrap().code, Code::Expired);
    // What is known is not trusted.
    case.anchors = tlsmith_x509::TrustAnchors::new();
    assert!(!case.report().is_trusted());
}

#[test]
fn a_path_of_what_was_sent_is_preferred_to_one_of_what_is_known() {
    let (near, far) = (Ca::root("Near", AS_IT_IS), Ca::root("Far", AS_IT_IS));
    let bridge = far.below("Bridge", AS_IT_IS);
    let middle = bridge.below("Middle", AS_IT_IS);
    let by_near = near.certify("Middle", &middle.key, AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let mut case = case(&[&near.certificate, &far.certificate], &[&leaf, &middle.certificate, &bridge.certificate]);
    case.known = vec![by_near];
    let report = case.is_trusted(&[]);
    assert_eq!(report.path.last(), Some(&far.certificate), "{report:#?}");
}

/// What doctor has to tell apart: an issuer that is missing, wrong, too much, or out of order.
#[test]
fn a_gap_in_the_middle_is_named() {
    let root = Ca::root("Root", AS_IT_IS);
    let first = root.below("Sub 1", AS_IT_IS);
    let second = first.below("Sub 2", AS_IT_IS);
    let third = second.below("Sub 3", AS_IT_IS);
    let fourth = third.below("Sub 4", AS_IT_IS);
    let leaf = fourth.leaf(&["example.com"], AS_IT_IS);
    let sent = [&leaf, &fourth.certificate, &second.certificate, &first.certificate];
    let finding = case(&[&root.certificate], &sent).fails(&[Code::MissingIntermediate]);
    assert_eq!(finding.certificate, Some(1));
    assert!(finding.message.contains("CN=Sub 3, which issued CN=Sub 4"), "{finding:?}");
    assert!(finding.fix.contains("CN=Sub 3 after CN=Sub 4"), "{finding:?}");
    // A stray below a trusted root says nothing of a private CA.
    let private = Ca::root("Private", AS_IT_IS).below("Issuing", AS_IT_IS);
    let stray = root.below("Stray", AS_IT_IS);
    let sent = [&private.leaf(&["example.com"], AS_IT_IS), &private.certificate, &stray.certificate];
    case(&[&root.certificate], &sent).fails(&[Code::UnknownIssuer, Code::ExtraCertificate]);
    // Nothing leads to an anchor: it may be missing, or not be trusted.
    let sent = [&leaf, &fourth.certificate, &second.certificate, &first.certificate];
    let other = Ca::root("Other", AS_IT_IS);
    case(&[&other.certificate], &sent).fails(&[Code::UnknownIssuer, Code::ExtraCertificate, Code::ExtraCertificate]);
}

#[test]
fn a_wrong_intermediate_is_told_from_a_missing_one() {
    let root = Ca::root("Root", &organisation);
    let (right, other) = (root.below("Right", &organisation), root.below("Other", &organisation));
    let leaf = right.leaf(&["example.com"], AS_IT_IS);
    let anchors = [&root.certificate];
    case(&anchors, &[&leaf]).fails(&[Code::MissingIntermediate]);
    // The root in place of the intermediate.
    let finding = case(&anchors, &[&leaf, &root.certificate]).fails(&[Code::MissingIntermediate, Code::RootSent]);
    assert!(finding.message.contains("without its issuer") && finding.message.contains("root above"), "{finding:#?}");
    // Another CA of the same root.
    let finding = case(&anchors, &[&leaf, &other.certificate]).fails(&[Code::WrongIntermediate]);
    assert_eq!(finding.certificate, Some(1));
    let message =
        "the intermediate O=Example Trust,CN=Other was sent, but CN=leaf was issued by O=Example Trust,CN=Right";
    assert_eq!(finding.message, message);
    assert!(finding.fix.contains("O=Example Trust,CN=Right, in place of"), "{finding:#?}");
    // The chain of that CA is not blamed besides.
    let far = other.below("Far", AS_IT_IS);
    case(&anchors, &[&leaf, &far.certificate, &other.certificate]).fails(&[Code::WrongIntermediate]);
    // The same name, with another key.
    let again = root.below("Right", &organisation);
    let finding = case(&anchors, &[&leaf, &again.certificate]).fails(&[Code::WrongIntermediate]);
    assert_eq!(finding.certificate, Some(1));
    assert!(finding.message.contains("has another key than the one that issued CN=leaf"), "{finding:#?}");
    let nowhere = Ca::root("Elsewhere", AS_IT_IS);
    case(&[&nowhere.certificate], &[&leaf, &again.certificate]).fails(&[Code::WrongIntermediate]);
    // Where the right one is known, both are warned about.
    for wrong in [&other.certificate, &again.certificate] {
        let mut known = case(&anchors, &[&leaf, wrong]);
        known.known = vec![right.certificate.clone()];
        let report = known.is_trusted(&[Code::WrongIntermediate, Code::MissingIntermediate]);
        assert_eq!(report.findings[0].certificate, Some(1), "{report:#?}");
    }
    // Beside the right one, it is only too much.
    for wrong in [&other.certificate, &again.certificate] {
        for chain in [[&leaf, &right.certificate, wrong], [&leaf, wrong, &right.certificate]] {
            let report = case(&anchors, &chain).is_trusted(&[Code::ExtraCertificate]);
            assert_eq!(report.findings[0].certificate, chain.iter().position(|sent| *sent == wrong), "{report:#?}");
        }
    }
    // A leaf of somebody else is no intermediate.
    let neighbour = right.leaf(&["example.org"], AS_IT_IS);
    case(&anchors, &[&leaf, &neighbour]).fails(&[Code::MissingIntermediate, Code::ExtraCertificate]);
}

#[test]
fn many_extra_certificates_are_counted() {
    let root = Ca::root("Root", AS_IT_IS);
    let leaf = root.leaf(&["example.com"], AS_IT_IS);
    let strangers: Vec<Ca> = (0..12).map(|number| Ca::root(&format!("Stranger {number}"), AS_IT_IS)).collect();
    let chain: Vec<_> = std::iter::once(&leaf).chain(strangers.iter().map(|stranger| &stranger.certificate)).collect();
    let report = case(&[&root.certificate], &chain).is_trusted(&[Code::ExtraCertificate; 9]);
    let counted = "4 certificates more do not belong to the chain";
    assert!(report.findings.iter().any(|finding| finding.message == counted), "{report:#?}");
}
