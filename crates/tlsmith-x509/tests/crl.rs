//! Revocation by CRLs: what they say, what of it counts, and every reason not to believe one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use rcgen::ExtendedKeyUsagePurpose;
use support::raw::{self, extension, name, oid, sequence, tlv};
use support::revocation::{RawCrl, broken, entry, general, reason, signer};
use support::{AS_IT_IS, Ca, PROVIDER, found, now};
use tlsmith_x509::revocation::{
    Crl, Reason, Revocation, RevocationPolicy, RevocationScope, RevocationStatus, SourceKind,
};
use tlsmith_x509::{Certificate, Code, PathRequest, Purpose, Report, Severity, TrustAnchors, UnixTime, pem, verify};

/// A root, an intermediate, a leaf.
struct World {
    root: Ca,
    middle: Ca,
    leaf: Certificate,
}

fn world() -> World {
    world_with(AS_IT_IS)
}

fn world_with(change: support::Change<'_>) -> World {
    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Middle", AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], change);
    World { root, middle, leaf }
}

impl World {
    fn report(&self, revocation: Revocation<'_>) -> Report {
        let anchors: TrustAnchors = [self.root.certificate.clone()].into_iter().collect();
        let chain = [self.leaf.clone(), self.middle.certificate.clone()];
        let request = PathRequest { revocation, ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now()) };
        verify(&PROVIDER, &request)
    }

    /// What is found of the leaf alone with these CRLs.
    fn leaf(&self, policy: RevocationPolicy, crls: &[Crl]) -> Report {
        self.report(Revocation { policy, scope: RevocationScope::Leaf, crls, ..Revocation::default() })
    }

    /// One CRL keeps the leaf from being believed when that is required, is told as a warning when it is not.
    fn refuses(&self, crl: Crl, code: Code, what: &str) {
        let crls = [crl];
        let report = self.leaf(RevocationPolicy::Require, &crls);
        assert!(!report.is_trusted(), "{report:#?}");
        assert_eq!(found(&report), [code, Code::RevocationUnknown], "{report:#?}");
        assert_eq!(report.revocation[0].status, RevocationStatus::Unknown);
        let report = self.leaf(RevocationPolicy::Prefer, &crls);
        assert!(report.is_trusted(), "{report:#?}");
        assert_eq!(found(&report), [code, Code::RevocationUnknown], "{report:#?}");
        let finding = &report.findings[0];
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.contains(what), "{}", finding.message);
    }
}

fn statuses(report: &Report) -> Vec<&'static str> {
    report.revocation.iter().map(|known| known.status.as_str()).collect()
}

#[test]
fn a_certificate_that_no_crl_lists_is_good() {
    let world = world();
    let crls = [RawCrl::new("Middle").by(&world.middle), RawCrl::new("Root").by(&world.root)];
    let revocation = Revocation { policy: RevocationPolicy::Require, crls: &crls, ..Revocation::default() };
    let report = world.report(revocation);
    assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    assert_eq!(statuses(&report), ["good", "good"]);
    let source = report.revocation[0].source.as_ref().unwrap();
    assert_eq!((source.kind, source.signer.as_str()), (SourceKind::Crl, "CN=Middle"));
    assert_eq!(source.to_string(), "the CRL of CN=Middle, of 2026-11-20T00:00:00Z");
    // The same with nothing asked.
    let report = world.report(Revocation { crls: &crls, ..Revocation::default() });
    assert_eq!((statuses(&report), report.is_trusted()), (vec!["not_checked", "not_checked"], true));
}

#[test]
fn a_listed_leaf_is_revoked_with_its_date_and_reason() {
    let world = world();
    let date = extension(raw::INVALIDITY_DATE, false, &general("20261101000000Z"));
    let crls = [RawCrl::new("Middle").revoking(&world.leaf, &[reason(1), date]).by(&world.middle)];
    for policy in [RevocationPolicy::Prefer, RevocationPolicy::Require] {
        let report = world.leaf(policy, &crls);
        assert_eq!(found(&report), [Code::Revoked], "{report:#?}");
        assert_eq!(
            report.cause().unwrap().message,
            "CN=leaf was revoked at 2026-11-20T00:00:00Z (keyCompromise), says the CRL of CN=Middle, of 2026-11-20T00:00:00Z"
        );
        let RevocationStatus::Revoked(revoked) = report.revocation[0].status else { panic!("{report:#?}") };
        assert_eq!(revoked.reason, Some(Reason::KEY_COMPROMISE));
        assert_eq!(revoked.invalidity_date, UnixTime::from_civil(2026, 11, 1, 0, 0, 0));
        assert_eq!(report.findings[0].certificate, Some(0));
    }
    assert!(world.leaf(RevocationPolicy::Ignore, &crls).is_trusted());
}

/// Whatever else is wrong with it, as long as its issuer is certain.
#[test]
fn what_is_refused_already_is_revoked_all_the_same() {
    let world = world_with(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    let crls = [RawCrl::new("Middle").revoking(&world.leaf, &[reason(1)]).by(&world.middle)];
    let report = world.leaf(RevocationPolicy::Prefer, &crls);
    assert_eq!(found(&report), [Code::Revoked, Code::ExtendedKeyUsage], "{report:#?}");
    assert_eq!(statuses(&report)[0], "revoked");
}

#[test]
fn a_certificate_on_hold_is_refused_and_told_as_that() {
    let world = world();
    let crls = [RawCrl::new("Middle").revoking(&world.leaf, &[reason(6)]).by(&world.middle)];
    let report = world.leaf(RevocationPolicy::Prefer, &crls);
    assert_eq!(found(&report), [Code::Revoked]);
    assert!(report.findings[0].message.contains("was put on hold at"), "{report:#?}");
    assert!(report.findings[0].fix.contains("on hold"), "{report:#?}");
}

#[test]
fn a_revoked_intermediate_is_found_unless_the_leaf_alone_is_asked_for() {
    let world = world();
    let crls = [
        RawCrl::new("Middle").by(&world.middle),
        RawCrl::new("Root").revoking(&world.middle.certificate, &[]).by(&world.root),
    ];
    let revocation = Revocation { policy: RevocationPolicy::Prefer, crls: &crls, ..Revocation::default() };
    let report = world.report(revocation);
    assert_eq!(found(&report), [Code::Revoked]);
    assert_eq!(report.findings[0].certificate, Some(1));
    assert!(report.findings[0].fix.contains("intermediate"), "{report:#?}");
    assert_eq!(statuses(&report), ["good", "revoked"]);
    let report = world.report(Revocation { scope: RevocationScope::Leaf, ..revocation });
    assert!(report.is_trusted(), "{report:#?}");
    assert_eq!(statuses(&report), ["good", "not_checked"]);
}

#[test]
fn another_path_is_taken_around_a_revoked_intermediate() {
    let root = Ca::root("Root", AS_IT_IS);
    let other = Ca::root("Other root", AS_IT_IS);
    let middle = root.below("Middle", AS_IT_IS);
    let crossed = other.certify("Middle", &middle.key, AS_IT_IS);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let anchors: TrustAnchors = [root.certificate.clone(), other.certificate.clone()].into_iter().collect();
    let chain = [leaf, middle.certificate.clone(), crossed];
    let crls = [RawCrl::new("Root").revoking(&middle.certificate, &[]).by(&root)];
    let revocation = Revocation { policy: RevocationPolicy::Prefer, crls: &crls, ..Revocation::default() };
    let request = PathRequest { revocation, ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now()) };
    let report = verify(&PROVIDER, &request);
    assert!(report.is_trusted(), "{report:#?}");
    assert_eq!(report.path.last(), Some(&other.certificate));
}

#[test]
fn without_a_crl_it_is_not_known_and_the_mend_names_where_one_is() {
    let world = world_with(&|params| {
        let uris = vec!["http://crl.example/middle.crl".to_owned()];
        params.crl_distribution_points = vec![rcgen::CrlDistributionPoint { uris }];
    });
    assert_eq!(world.leaf.crl_urls(), ["http://crl.example/middle.crl"]);
    let report = world.leaf(RevocationPolicy::Prefer, &[]);
    assert!(report.is_trusted());
    let [finding] = report.findings.as_slice() else { panic!("{report:#?}") };
    assert_eq!((finding.code, finding.severity), (Code::RevocationUnknown, Severity::Info));
    assert!(finding.fix.contains("http://crl.example/middle.crl"), "{finding:#?}");
    let report = world.leaf(RevocationPolicy::Require, &[]);
    assert_eq!((found(&report), report.is_trusted()), (vec![Code::RevocationUnknown], false));
    // A CRL of somebody else changes nothing.
    let crls = [RawCrl::new("Root").by(&world.root)];
    assert!(!world.leaf(RevocationPolicy::Require, &crls).is_trusted());
}

#[test]
fn a_crl_counts_only_from_its_issuer_by_a_key_that_may_sign_it() {
    let world = world();
    world.refuses(RawCrl::new("Middle").by(&world.root), Code::CrlUntrusted, "a signature that the key of CN=Middle");
    let identifier = extension(raw::AUTHORITY_KEY_IDENTIFIER, false, &sequence(&[&tlv(0x80, &[0xab, 0xcd])]));
    let crl = RawCrl::new("Middle").with(identifier).by(&world.root);
    world.refuses(crl, Code::CrlUntrusted, "names the key ab:cd");
    let mut raw = RawCrl::new("Middle");
    raw.algorithm = broken();
    world.refuses(raw.by(&world.middle), Code::CrlUntrusted, "is signed with ecdsa-with-SHA1, which is broken");

    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Middle", &|params| params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign]);
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let crl = RawCrl::new("Middle").by(&middle);
    World { root, middle, leaf }.refuses(crl, Code::CrlUntrusted, "not for cRLSign");
}

#[test]
fn an_issuer_without_key_usage_may_sign_crls() {
    let root = Ca::root("Root", AS_IT_IS);
    let middle = root.below("Middle", &|params| params.key_usages.clear());
    let leaf = middle.leaf(&["example.com"], AS_IT_IS);
    let crls = [RawCrl::new("Middle").by(&middle)];
    let report = World { root, middle, leaf }.leaf(RevocationPolicy::Require, &crls);
    assert!(report.is_trusted(), "{report:#?}");
}

#[test]
fn a_crl_counts_from_its_first_second_to_its_last() {
    let world = world();
    for (from, to, counts) in [
        ("261121000000Z", "261121000000Z", true),
        ("261120000000Z", "261120235959Z", false),
        ("261121000001Z", "261127000000Z", false),
    ] {
        let crl = RawCrl::new("Middle").of(from, to).by(&world.middle);
        if counts {
            assert!(world.leaf(RevocationPolicy::Require, &[crl]).is_trusted());
        } else {
            world.refuses(crl, Code::CrlExpired, "the CRL of CN=Middle (number 7, of 2026-11-2");
        }
    }
    let mut endless = RawCrl::new("Middle");
    endless.next_update = Vec::new();
    world.refuses(endless.by(&world.middle), Code::CrlExpired, "does not say until when it is good");
}

#[test]
fn what_an_old_crl_lists_for_good_is_still_revoked() {
    let world = world();
    let old = RawCrl::new("Middle").of("261001000000Z", "261008000000Z");
    let report = world.leaf(RevocationPolicy::Prefer, &[old.clone().revoking(&world.leaf, &[]).by(&world.middle)]);
    assert_eq!(found(&report), [Code::Revoked]);
    // But for a hold, which may have been lifted since.
    world.refuses(old.revoking(&world.leaf, &[reason(6)]).by(&world.middle), Code::CrlExpired, "ended at 2026-10-08");
}

#[test]
fn of_several_crls_the_newest_decides() {
    let world = world();
    let older = RawCrl::new("Middle").of("261119000000Z", "261127000000Z").revoking(&world.leaf, &[reason(6)]);
    let newer = RawCrl::new("Middle").of("261120000000Z", "261127000000Z");
    let crls = [older.by(&world.middle), newer.by(&world.middle)];
    assert!(world.leaf(RevocationPolicy::Require, &crls).is_trusted());
    // One that is not believed does not keep another from being.
    let crls = [newer.by(&world.root), older.by(&world.middle)];
    assert_eq!(found(&world.leaf(RevocationPolicy::Require, &crls)), [Code::Revoked]);
}

#[test]
fn delta_and_indirect_crls_and_unknown_critical_extensions_are_refused_by_name() {
    let world = world();
    let delta = extension(raw::DELTA_CRL_INDICATOR, true, &tlv(2, &[3]));
    let crl = RawCrl::new("Middle").with(delta.clone()).by(&world.middle);
    assert_eq!(crl.delta_base(), Some(&[3][..]));
    world.refuses(crl, Code::CrlUnsupported, "is a delta CRL");
    // In a delta CRL an entry may say that another is taken back.
    let crl = RawCrl::new("Middle").with(delta).revoking(&world.leaf, &[reason(8)]).by(&world.middle);
    world.refuses(crl, Code::CrlUnsupported, "is a delta CRL");

    let indirect = idp(&[tlv(0x84, &[0xff])]);
    let crl = RawCrl::new("Middle").with(indirect).by(&world.middle);
    assert!(crl.is_indirect());
    world.refuses(crl, Code::CrlUnsupported, "is an indirect CRL");

    let unknown = extension(&[0x2a, 3, 4], true, &[5, 0]);
    let crl = RawCrl::new("Middle").with(unknown.clone()).by(&world.middle);
    world.refuses(crl, Code::CrlUnsupported, "not supported: 1.2.3.4");
    // One entry, even of another certificate, is enough.
    let mut raw = RawCrl::new("Middle");
    raw.entries.push(entry(&[9], &[unknown]));
    world.refuses(raw.by(&world.middle), Code::CrlUnsupported, "not supported: 1.2.3.4");
    let mut raw = RawCrl::new("Middle");
    let issuer = extension(raw::CERTIFICATE_ISSUER, true, &sequence(&[&tlv(0xa4, &name("Other"))]));
    raw.entries.push(entry(&[9], &[issuer]));
    world.refuses(raw.by(&world.middle), Code::CrlUnsupported, "not supported: certificateIssuer");
    // What is not critical is passed over.
    let crl = RawCrl::new("Middle").with(extension(&[0x2a, 3, 4], false, &[5, 0])).by(&world.middle);
    assert!(world.leaf(RevocationPolicy::Require, &[crl]).is_trusted());
}

/// issuingDistributionPoint with these fields.
fn idp(fields: &[Vec<u8>]) -> Vec<u8> {
    extension(raw::ISSUING_DISTRIBUTION_POINT, true, &tlv(0x30, &fields.concat()))
}

fn uri(text: &str) -> Vec<u8> {
    tlv(0x86, text.as_bytes())
}

/// DistributionPointName: fullName.
fn full(names: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa0, &tlv(0xa0, &names.concat()))
}

/// cRLDistributionPoints with these points, each the fields of one.
fn points(points: &[Vec<u8>]) -> rcgen::CustomExtension {
    let points: Vec<Vec<u8>> = points.iter().map(|point| tlv(0x30, point)).collect();
    rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 31], tlv(0x30, &points.concat()))
}

#[test]
fn a_partitioned_crl_speaks_of_the_certificates_in_its_scope() {
    let here = || uri("http://crl.example/1.crl");
    let world = world_with(&|params| params.custom_extensions.push(points(&[full(&[here()])])));
    assert_eq!(world.leaf.crl_urls(), ["http://crl.example/1.crl"]);
    let partitioned = |fields: &[Vec<u8>]| RawCrl::new("Middle").with(idp(fields)).by(&world.middle);
    // (fields, speaks of the leaf)
    let yes = || vec![0xff];
    for (fields, counts) in [
        (vec![full(&[here()])], true),
        (vec![full(&[uri("http://elsewhere.example/"), here()])], true),
        (vec![full(&[uri("http://crl.example/2.crl")])], false),
        // A point of the name of the issuer is a place that every certificate of his has (RFC 5280 §6.3.3).
        (vec![full(&[tlv(0xa4, &name("Middle"))])], true),
        (vec![full(&[tlv(0xa4, &name("Root"))])], false),
        (vec![tlv(0x81, &yes())], true),
        (vec![full(&[here()]), tlv(0x81, &yes())], true),
        (vec![tlv(0x82, &yes())], false),
        (vec![tlv(0x85, &yes())], false),
    ] {
        let crls = [partitioned(&fields)];
        let report = world.leaf(RevocationPolicy::Require, &crls);
        assert_eq!(report.is_trusted(), counts, "{fields:02x?}: {report:#?}");
        if !counts {
            assert_eq!(found(&report), [Code::RevocationUnknown]);
            let scope = crls[0].scope_description().unwrap();
            assert!(report.findings[0].message.contains(&scope), "{report:#?}");
        }
    }
    // What is out of its scope it revokes neither.
    let crl = RawCrl::new("Middle").with(idp(&[tlv(0x82, &yes())])).revoking(&world.leaf, &[]).by(&world.middle);
    assert!(world.leaf(RevocationPolicy::Prefer, &[crl]).is_trusted());
}

#[test]
fn a_point_relative_to_the_issuer_is_the_same_as_its_full_name() {
    let rdn = sequence(&[&oid(&[0x55, 4, 3]), &tlv(0x0c, b"1")]);
    let relative = tlv(0xa0, &tlv(0xa1, &rdn));
    let whole = {
        let middle = sequence(&[&oid(&[0x55, 4, 3]), &tlv(0x0c, b"Middle")]);
        sequence(&[&tlv(0x31, &middle), &tlv(0x31, &rdn)])
    };
    let full_name = full(&[tlv(0xa4, &whole)]);
    for (point, scope, counts) in [
        (&relative, &full_name, true),
        (&full_name, &relative, true),
        (&relative, &relative, true),
        (&relative, &full(&[tlv(0xa4, &name("1"))]), false),
    ] {
        let world = world_with(&|params| params.custom_extensions.push(points(std::slice::from_ref(point))));
        let crl = RawCrl::new("Middle").with(idp(std::slice::from_ref(scope))).by(&world.middle);
        assert_eq!(world.leaf(RevocationPolicy::Require, &[crl]).is_trusted(), counts);
    }
}

#[test]
fn ca_certificates_are_in_the_scope_of_crls_of_cas() {
    let world = world();
    let only = |tag: u8| [RawCrl::new("Root").with(idp(&[tlv(tag, &[0xff])])).by(&world.root)];
    for (tag, counts) in [(0x82, "good"), (0x81, "unknown")] {
        let crls = only(tag);
        let revocation = Revocation { policy: RevocationPolicy::Prefer, crls: &crls, ..Revocation::default() };
        assert_eq!(statuses(&world.report(revocation)), ["unknown", counts]);
    }
}

#[test]
fn crls_of_some_reasons_count_once_every_reason_is_covered() {
    let world = world();
    // keyCompromise to certificateHold; privilegeWithdrawn and aACompromise.
    let some = idp(&[tlv(0x83, &[1, 0b0111_1110])]);
    let rest = idp(&[tlv(0x83, &[7, 0b0000_0001, 0b1000_0000])]);
    let some = RawCrl::new("Middle").with(some);
    let rest = RawCrl::new("Middle").with(rest);
    let report = world.leaf(RevocationPolicy::Require, &[some.by(&world.middle)]);
    assert_eq!(found(&report), [Code::RevocationUnknown], "{report:#?}");
    assert!(report.findings[0].message.contains("only some reasons"), "{report:#?}");
    let both = [some.by(&world.middle), rest.by(&world.middle)];
    assert!(world.leaf(RevocationPolicy::Require, &both).is_trusted());
    let listed = [some.by(&world.middle), rest.revoking(&world.leaf, &[]).by(&world.middle)];
    assert_eq!(found(&world.leaf(RevocationPolicy::Prefer, &listed)), [Code::Revoked]);
}

#[test]
fn points_whose_crl_another_issuer_signs_are_not_ours() {
    let issuer = tlv(0xa2, &tlv(0xa4, &name("CRL issuer")));
    let point = [full(&[uri("http://crl.example/1.crl")]), issuer].concat();
    let world = world_with(&|params| params.custom_extensions.push(points(std::slice::from_ref(&point))));
    assert!(world.leaf.crl_urls().is_empty());
    let crl = RawCrl::new("Middle").with(idp(&[full(&[uri("http://crl.example/1.crl")])])).by(&world.middle);
    assert!(!world.leaf(RevocationPolicy::Require, &[crl]).is_trusted());
}

#[test]
fn a_certificate_of_which_nothing_is_ever_published_is_not_asked_for() {
    let no_revocation = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 56], vec![5, 0]);
    let world = world_with(&|params| params.custom_extensions.push(no_revocation.clone()));
    let report = world.leaf(RevocationPolicy::Require, &[]);
    assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    assert_eq!(report.revocation[0].status, RevocationStatus::NotPublished);
    // Whoever is listed all the same is revoked.
    let crl = RawCrl::new("Middle").revoking(&world.leaf, &[]).by(&world.middle);
    assert_eq!(found(&world.leaf(RevocationPolicy::Prefer, &[crl])), [Code::Revoked]);
}

#[test]
fn a_version_1_crl_counts_as_a_list_of_everything() {
    let world = world();
    let mut raw = RawCrl::new("Middle").revoking(&world.leaf, &[]);
    (raw.version, raw.extensions) = (Vec::new(), Vec::new());
    let crl = raw.by(&world.middle);
    assert_eq!((crl.version(), crl.len(), crl.number()), (1, 1, None));
    assert_eq!(found(&world.leaf(RevocationPolicy::Prefer, &[crl])), [Code::Revoked]);
}

#[test]
fn crls_by_rcgen_and_in_pem() {
    let world = world();
    let params = rcgen::CertificateRevocationListParams {
        this_update: rcgen::date_time_ymd(2026, 11, 20),
        next_update: rcgen::date_time_ymd(2026, 11, 27),
        crl_number: rcgen::SerialNumber::from(300u64),
        issuing_distribution_point: None,
        revoked_certs: vec![rcgen::RevokedCertParams {
            serial_number: rcgen::SerialNumber::from_slice(world.leaf.serial()),
            revocation_time: rcgen::date_time_ymd(2026, 11, 19),
            reason_code: Some(rcgen::RevocationReason::Superseded),
            invalidity_date: None,
        }],
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    let made = params.signed_by(&rcgen::Issuer::from_params(&world.middle.params, &world.middle.key)).unwrap();
    let crl = Crl::from_pem(made.pem().unwrap().as_bytes()).unwrap();
    assert_eq!(crl, Crl::from_pem(made.der()).unwrap());
    assert_eq!((crl.number(), crl.version(), crl.issuer().as_str()), (Some(&[1, 44][..]), 2, "CN=Middle"));
    assert_eq!(crl.authority_key_id(), world.middle.certificate.subject_key_id());
    assert_eq!(crl.entries().next().unwrap().reason, Some(Reason(4)));
    let report = world.leaf(RevocationPolicy::Prefer, &[crl]);
    assert!(report.cause().unwrap().message.contains("(superseded)"), "{report:#?}");

    let two = made.pem().unwrap().repeat(2);
    assert_eq!(pem::crls(two.as_bytes()).unwrap().len(), 2);
    assert!(Crl::from_pem(two.as_bytes()).unwrap_err().to_string().contains("more than one CRL"));
    let error = pem::crls(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap_err();
    assert!(error.to_string().contains("it holds no CRL"), "{error}");
    let error = pem::crls(world.leaf.der()).unwrap_err();
    assert!(error.to_string().contains("not a DER CRL"), "{error}");
}

/// What is no CRL, and the field that says why.
#[test]
fn malformed_crls_are_refused_with_their_field() {
    let ca = Ca::root("Root", AS_IT_IS);
    let key = signer(&ca);
    let twice = extension(raw::CRL_NUMBER, false, &tlv(2, &[8]));
    let only_both = idp(&[tlv(0x81, &[0xff]), tlv(0x82, &[0xff])]);
    let many = (0..40).map(|last| extension(&[0x2a, 3, last], false, &[5, 0]));
    type Change = Box<dyn Fn(&mut RawCrl)>;
    let cases: Vec<(&str, Change)> = vec![
        ("version", Box::new(|crl| crl.version = tlv(2, &[2]))),
        ("version", Box::new(|crl| crl.version = Vec::new())),
        ("signatureAlgorithm", Box::new(|crl| crl.outer_algorithm = Some(broken()))),
        ("thisUpdate", Box::new(|crl| crl.this_update = tlv(0x17, b"nonsense"))),
        ("revocationDate", Box::new(|crl| crl.entries = vec![sequence(&[&tlv(2, &[1]), &[5, 0]])])),
        ("revokedCertificates", Box::new(|crl| crl.entries = vec![vec![5, 0]])),
        ("reasonCode", Box::new(|crl| crl.entries = vec![entry(&[1], &[reason(8)])])),
        ("extensions", Box::new(|crl| crl.entries = vec![entry(&[1], &[reason(1), reason(1)])])),
        ("extensions", Box::new(move |crl| crl.extensions.push(twice.clone()))),
        ("extensions", Box::new(move |crl| crl.extensions.extend(many.clone()))),
        ("issuingDistributionPoint", Box::new(move |crl| crl.extensions.push(only_both.clone()))),
        ("cRLNumber", Box::new(|crl| crl.extensions = vec![extension(raw::CRL_NUMBER, false, &tlv(2, &[0x80]))])),
        ("issuer", Box::new(|crl| crl.issuer = sequence(&[&tlv(0x31, &[])]))),
    ];
    for (field, change) in cases {
        let mut crl = RawCrl::new("Root");
        change(&mut crl);
        let error = Crl::from_der(&crl.der(&*key)).unwrap_err();
        assert_eq!(error.field(), field, "{error}");
    }
}

#[test]
fn a_crl_of_100_000_entries_is_looked_up_by_all_of_a_serial_number() {
    let ca = Ca::root("Root", AS_IT_IS);
    let serial = |index: u32| [&[0x11][..], &index.to_be_bytes(), &[0xaa, 0xbb, 0xcc, (index % 7) as u8]].concat();
    let mut raw = RawCrl::new("Root");
    raw.entries = (0..100_000).map(|index| entry(&serial(index * 2), &[])).collect();
    let crl = raw.by(&ca);
    assert_eq!(crl.len(), 100_000);
    // All entries share seven keys of the index: it is the rest of the serial number that tells.
    for index in [0, 7, 49_999, 99_999] {
        assert!(crl.find(&serial(index * 2)).is_some());
        assert!(crl.find(&serial(index * 2 + 1)).is_none());
    }
    assert!(crl.find(&[]).is_none() && crl.find(&[0xcc, 0]).is_none());
    assert!(Crl::from_der(&vec![0x30; Crl::MAX_LEN + 1]).unwrap_err().to_string().contains("64 MiB"));
}

#[test]
fn whatever_is_cut_or_altered_is_an_error_or_another_crl_but_no_panic() {
    let ca = Ca::root("Root", AS_IT_IS);
    let leaf = ca.leaf(&["example.com"], AS_IT_IS);
    let whole = RawCrl::new("Root").revoking(&leaf, &[reason(1)]).with(idp(&[full(&[uri("http://a/")])]));
    let whole = whole.der(&*signer(&ca));
    for end in 0..whole.len() {
        assert!(Crl::from_der(&whole[..end]).is_err(), "cut at {end}");
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 1] {
            let mut altered = whole.clone();
            altered[at] = value;
            if let Ok(crl) = Crl::from_der(&altered) {
                let _ = (crl.find(leaf.serial()), crl.entries().count(), format!("{crl:?}"));
            }
        }
    }
}
