//! Revocation by OCSP: whose word counts, and every reason not to believe one; must-staple.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use rcgen::{ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use std::sync::Arc;
use support::raw::{extension, tlv};
use support::revocation::{
    OCSP_NONCE, RawCrl, RawOcsp, SHA256, SHA512, broken, by_key, general, revoked, sha256, signer, unknown,
};
use support::{AS_IT_IS, Ca, PROVIDER, found, now};
use tlsmith_crypto::{Provider, SigningKey};
use tlsmith_x509::revocation::ocsp::{OcspRefusal, OcspResponse, Signer, request};
use tlsmith_x509::revocation::{
    Crl, Reason, Revocation, RevocationPolicy, RevocationScope, RevocationStatus, SourceKind, Stapling,
};
use tlsmith_x509::{Certificate, Code, PathRequest, Purpose, Report, Severity, TrustAnchors, verify};

struct World {
    ca: Ca,
    leaf: Certificate,
}

fn world() -> World {
    world_with(AS_IT_IS)
}

fn world_with(change: support::Change<'_>) -> World {
    let ca = Ca::root("Root", AS_IT_IS);
    let leaf = ca.leaf(&["example.com"], change);
    World { ca, leaf }
}

/// What is asked in a handshake.
struct Asked<'a> {
    policy: RevocationPolicy,
    stapling: Stapling,
    staple: Option<&'a [u8]>,
    responses: &'a [&'a [u8]],
    crls: &'a [Crl],
}

impl Default for Asked<'_> {
    fn default() -> Self {
        let (policy, stapling) = (RevocationPolicy::Require, Stapling::NotAsked);
        Self { policy, stapling, staple: None, responses: &[], crls: &[] }
    }
}

impl World {
    fn response(&self) -> RawOcsp {
        RawOcsp::new(&self.leaf, &self.ca.certificate)
    }

    fn signed(&self, response: &RawOcsp) -> Vec<u8> {
        response.der(&*signer(&self.ca))
    }

    fn report(&self, asked: &Asked<'_>) -> Report {
        let anchors: TrustAnchors = [self.ca.certificate.clone()].into_iter().collect();
        let chain = [self.leaf.clone()];
        let revocation = Revocation {
            policy: asked.policy,
            scope: RevocationScope::Leaf,
            crls: asked.crls,
            responses: asked.responses,
            stapling: asked.stapling,
        };
        let request = PathRequest {
            revocation,
            ocsp_response: asked.staple,
            ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now())
        };
        verify(&PROVIDER, &request)
    }

    fn stapled(&self, der: &[u8]) -> Report {
        self.report(&Asked { staple: Some(der), ..Asked::default() })
    }

    /// A staple keeps the leaf from being believed where that is required, and is a warning where it is not.
    fn refuses(&self, der: &[u8], code: Code, what: &str) {
        let report = self.stapled(der);
        assert_eq!((found(&report), report.is_trusted()), (vec![code, Code::RevocationUnknown], false), "{report:#?}");
        assert!(report.findings[0].message.contains(what), "{}", report.findings[0].message);
        let report = self.report(&Asked { policy: RevocationPolicy::Prefer, staple: Some(der), ..Asked::default() });
        assert!(report.is_trusted(), "{report:#?}");
        assert!(report.findings.iter().all(|finding| finding.severity == Severity::Warning), "{report:#?}");
    }

    /// A responder with a certificate of the CA's.
    fn responder(&self, change: support::Change<'_>) -> (Certificate, Arc<dyn SigningKey>) {
        responder_of(&self.ca, change)
    }
}

fn responder_of(ca: &Ca, change: support::Change<'_>) -> (Certificate, Arc<dyn SigningKey>) {
    let key: KeyPair = support::key();
    let certificate = ca.certify("Responder", &key, &|params| {
        params.is_ca = rcgen::IsCa::NoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::OcspSigning];
        change(params);
    });
    (certificate, PROVIDER.load_key(&key.serialize_der()).unwrap())
}

#[test]
fn a_good_answer_of_the_issuer_counts_stapled_or_given() {
    let world = world();
    let mut sha2 = world.response();
    sha2.hash = SHA256;
    sha2.name_hash = sha256(world.leaf.issuer_der());
    sha2.key_hash = sha256(world.ca.certificate.public_key());
    let mut named_by_key = world.response();
    named_by_key.responder = by_key(&world.ca.certificate);
    for response in [world.response(), sha2, named_by_key] {
        let der = world.signed(&response);
        let report = world.stapled(&der);
        assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
        assert_eq!(report.revocation[0].source.as_ref().unwrap().kind, SourceKind::Staple);
        let report = world.report(&Asked { responses: &[&der], ..Asked::default() });
        assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
        assert_eq!(report.revocation[0].source.as_ref().unwrap().kind, SourceKind::OcspResponse);
    }
}

#[test]
fn a_revoked_answer_refuses_whatever_else_is_said() {
    let world = world();
    let der = world.signed(&world.response().status(revoked(Some(1))));
    let crls = [RawCrl::new("Root").by(&world.ca)];
    let report = world.report(&Asked { staple: Some(&der), crls: &crls, ..Asked::default() });
    assert_eq!(found(&report), [Code::Revoked]);
    let message = &report.findings[0].message;
    assert!(message.contains("(keyCompromise), says the stapled OCSP response of CN=Root"), "{message}");
    // Once revoked, an answer that is over still says so; a hold may have been lifted.
    let old = world.response().of("20261001000000Z", Some("20261008000000Z"));
    let report = world.stapled(&world.signed(&old.clone().status(revoked(None))));
    assert_eq!(found(&report), [Code::Revoked]);
    world.refuses(&world.signed(&old.status(revoked(Some(6)))), Code::OcspExpired, "ended at 2026-10-08");
    let response = OcspResponse::from_der(&der).unwrap();
    let verified = response.verify(&PROVIDER, &world.leaf, &world.ca.certificate, now()).unwrap();
    assert_eq!(verified.signer, Signer::Issuer);
    let status = format!("{:?}", verified.single.status);
    assert!(status.contains(&format!("{:?}", Some(Reason::KEY_COMPROMISE))), "{status}");
}

#[test]
fn a_responder_that_does_not_know_it_settles_nothing() {
    let world = world();
    let der = world.signed(&world.response().status(unknown()));
    let report = world.stapled(&der);
    assert_eq!(found(&report), [Code::RevocationUnknown]);
    assert!(report.findings[0].message.contains("says that it does not know it"), "{report:#?}");
    assert_eq!(report.revocation[0].status, RevocationStatus::Unknown);
}

#[test]
fn an_answer_about_another_certificate_is_told_as_that() {
    let world = world();
    let mut other = world.response();
    other.serial = vec![7];
    world.refuses(&world.signed(&other), Code::OcspOtherCertificate, "is about serial number 07, not about CN=leaf");
    let mut other = world.response();
    other.key_hash = vec![0; 20];
    world.refuses(&world.signed(&other), Code::OcspOtherCertificate, "of another issuer than CN=Root");
    let mut other = world.response();
    other.hash = SHA512;
    world.refuses(&world.signed(&other), Code::OcspOtherCertificate, "by a hash that is not supported");
    // Given ones are sorted by what they are about.
    let mut other = world.response();
    other.serial = vec![7];
    let report = world.report(&Asked { responses: &[&world.signed(&other)], ..Asked::default() });
    assert_eq!(found(&report), [Code::RevocationUnknown]);
}

#[test]
fn an_answer_counts_within_its_times() {
    let world = world();
    for (from, to, counts) in [
        ("20261121000000Z", Some("20261121000000Z"), true),
        ("20261120000000Z", Some("20261120235959Z"), false),
        ("20261121000001Z", Some("20261127000000Z"), false),
        // Without an end it counts for a day.
        ("20261120000000Z", None, true),
        ("20261119235959Z", None, false),
    ] {
        let der = world.signed(&world.response().of(from, to));
        if counts {
            assert!(world.stapled(&der).is_trusted(), "{from}");
        } else {
            world.refuses(&der, Code::OcspExpired, "the OCSP response");
        }
    }
    let mut early = world.response();
    early.produced_at = general("20261121000001Z");
    world.refuses(&world.signed(&early), Code::OcspExpired, "the OCSP response is of 2026-11-21T00:00:01Z");
}

#[test]
fn only_the_issuer_or_whom_he_certified_for_it_is_believed() {
    let world = world();
    let stranger = Ca::root("Stranger", AS_IT_IS);
    let namesake = Ca::root("Root", AS_IT_IS);
    let expired = |params: &mut rcgen::CertificateParams| params.not_after = rcgen::date_time_ymd(2026, 11, 1);
    let no_purpose = |params: &mut rcgen::CertificateParams| params.extended_key_usages.clear();
    let any = |params: &mut rcgen::CertificateParams| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    let no_signing = |params: &mut rcgen::CertificateParams| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    let critical = |params: &mut rcgen::CertificateParams| {
        let mut unknown = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        unknown.set_criticality(true);
        params.custom_extensions.push(unknown);
    };
    for ((certificate, key), what) in [
        (world.responder(&expired), "whose certificate is not valid now"),
        (world.responder(&no_purpose), "whose certificate is not for OCSPSigning"),
        (world.responder(&any), "is for anyExtendedKeyUsage, not for OCSPSigning"),
        (world.responder(&no_signing), "not for digitalSignature"),
        (world.responder(&critical), "critical extension that is not supported: 1.2.3.4"),
        (responder_of(&stranger, AS_IT_IS), "whose certificate CN=Stranger issued, not CN=Root"),
        (responder_of(&namesake, AS_IT_IS), "whose certificate has a signature that the key of CN=Root did not make"),
    ] {
        let der = world.response().from(&certificate).der(&*key);
        world.refuses(&der, Code::OcspUntrusted, what);
    }
    let (certificate, _) = world.responder(AS_IT_IS);
    let der = world.response().from(&certificate).der(&*signer(&stranger));
    world.refuses(&der, Code::OcspUntrusted, "a signature that the key of CN=Responder did not make");
    let der = world.response().der(&*signer(&stranger));
    world.refuses(&der, Code::OcspUntrusted, "a signature that the key of CN=Root did not make");
    let mut nobody = world.response();
    nobody.responder = by_key(&stranger.certificate);
    world.refuses(&world.signed(&nobody), Code::OcspUntrusted, "who is neither CN=Root nor has a certificate of it");
    let mut weak = world.response();
    weak.algorithm = broken();
    world.refuses(&world.signed(&weak), Code::OcspUntrusted, "ecdsa-with-SHA1, which is broken");
}

#[test]
fn a_delegated_responder_is_believed_unless_a_crl_lists_it() {
    let world = world();
    let no_check = |params: &mut rcgen::CertificateParams| {
        params
            .custom_extensions
            .push(rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 48, 1, 5], vec![5, 0]));
    };
    for (change, is_checked) in [(AS_IT_IS, true), (&no_check as support::Change<'_>, false)] {
        let (certificate, key) = world.responder(change);
        let der = world.response().from(&certificate).der(&*key);
        let report = world.stapled(&der);
        assert!(report.is_trusted(), "{report:#?}");
        assert_eq!(report.revocation[0].source.as_ref().unwrap().signer, "CN=Responder");
        // Some send the CA's certificate as well, some name themselves by key.
        let mut both = world.response().from(&certificate);
        both.certificates.insert(0, world.ca.certificate.der().to_vec());
        both.responder = by_key(&certificate);
        assert!(world.stapled(&both.der(&*key)).is_trusted());

        let response = OcspResponse::from_der(&der).unwrap();
        let verified = response.verify(&PROVIDER, &world.leaf, &world.ca.certificate, now()).unwrap();
        assert_eq!(verified.signer.needs_no_check(), !is_checked);
        // The CRL does not speak of the leaf, so that the staple is what would count.
        let only_some = extension(support::raw::ISSUING_DISTRIBUTION_POINT, true, &tlv(0x30, &tlv(0x83, &[6, 0x40])));
        let crls = [RawCrl::new("Root").with(only_some).revoking(&certificate, &[]).by(&world.ca)];
        let report = world.report(&Asked { staple: Some(&der), crls: &crls, ..Asked::default() });
        assert_eq!(report.is_trusted(), !is_checked, "{report:#?}");
        if is_checked {
            assert_eq!(report.cause().unwrap().code, Code::OcspUntrusted);
            assert!(report.cause().unwrap().message.contains("whose certificate was revoked"), "{report:#?}");
        }
    }
}

#[test]
fn what_cannot_be_read_or_says_nothing_is_unusable() {
    let world = world();
    world.refuses(&[0x30, 3, 0x0a, 1, 3], Code::OcspUnusable, "the responder answered tryLater");
    world.refuses(b"nonsense", Code::OcspUnusable, "not an OCSP response");
    let critical = extension(&[0x2a, 3, 4], true, &[5, 0]);
    let mut odd = world.response();
    odd.extensions.push(critical.clone());
    world.refuses(&world.signed(&odd), Code::OcspUnusable, "not supported: 1.2.3.4");
    let mut odd = world.response();
    odd.single_extensions.push(critical);
    world.refuses(&world.signed(&odd), Code::OcspUnusable, "not supported: 1.2.3.4");
    let response = OcspResponse::from_der(&world.signed(&odd)).unwrap();
    let refusal = response.verify(&PROVIDER, &world.leaf, &world.ca.certificate, now()).unwrap_err();
    assert!(matches!(refusal, OcspRefusal::Unsupported(_)), "{refusal}");
}

#[test]
fn a_staple_that_is_not_good_is_told_even_where_a_crl_says_good() {
    let world = world();
    let der = world.signed(&world.response().of("20261001000000Z", Some("20261008000000Z")));
    let crls = [RawCrl::new("Root").by(&world.ca)];
    let report = world.report(&Asked { staple: Some(&der), crls: &crls, ..Asked::default() });
    assert_eq!((found(&report), report.is_trusted()), (vec![Code::OcspExpired], true));
    assert_eq!(report.revocation[0].source.as_ref().unwrap().kind, SourceKind::Crl);
}

#[test]
fn nonces_and_timestamps_of_logs_are_handed_out() {
    let world = world();
    let mut raw = world.response();
    raw.extensions.push(extension(OCSP_NONCE, false, &tlv(4, &[9; 32])));
    let scts = extension(&[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 5], false, &tlv(4, &[0, 1, 2]));
    raw.single_extensions.push(scts);
    let response = OcspResponse::from_der(&world.signed(&raw)).unwrap();
    assert_eq!(response.nonce(), Some(&[9; 32][..]));
    assert_eq!(response.statuses[0].sct_list.as_deref(), Some(&[0, 1, 2][..]));
    assert_eq!(OcspResponse::from_der(&world.signed(&world.response())).unwrap().nonce(), None);
}

#[test]
fn requests_ask_by_sha_1_and_carry_a_nonce_of_a_length_that_is_allowed() {
    let world = world();
    let issuer = &world.ca.certificate;
    let plain = request(&world.leaf, issuer, None).unwrap();
    let with = request(&world.leaf, issuer, Some(&[5; 32])).unwrap();
    for (der, length) in [(&plain, 0), (&with, 32)] {
        assert!(der.windows(20).any(|part| part == world.response().name_hash));
        assert!(der.windows(20).any(|part| part == world.response().key_hash));
        assert!(der.windows(world.leaf.serial().len()).any(|part| part == world.leaf.serial()));
        assert_eq!(der.windows(32).any(|part| part == [5; 32]), length == 32);
    }
    for length in [0, 129] {
        let error = request(&world.leaf, issuer, Some(&vec![0; length])).unwrap_err();
        assert_eq!(error.to_string(), format!("a nonce has 1 to 128 octets, not {length}"));
    }
}

#[test]
fn a_leaf_that_promises_a_staple_is_refused_without_a_good_one_under_every_policy() {
    for feature in [5, 17] {
        let must =
            rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, feature]);
        let world = world_with(&|params| params.custom_extensions.push(must.clone()));
        assert!(world.leaf.must_staple());
        let crls = [RawCrl::new("Root").by(&world.ca)];
        let (good, bad) = (world.response(), world.response().of("20261001000000Z", Some("20261008000000Z")));
        let (good, bad) = (world.signed(&good), world.signed(&bad));
        let unknown = world.signed(&world.response().status(unknown()));
        let revoked = world.signed(&world.response().status(revoked(None)));
        for policy in [RevocationPolicy::Ignore, RevocationPolicy::Prefer, RevocationPolicy::Require] {
            let asked = |staple| Asked { policy, stapling: Stapling::Asked, staple, crls: &crls, ..Asked::default() };
            let cause = |staple| world.report(&asked(staple)).cause().map(|finding| finding.code);
            assert_eq!(cause(None), Some(Code::MustStaple), "{policy:?}");
            assert_eq!(cause(Some(&good)), None, "{policy:?}");
            assert_eq!(cause(Some(&bad)), Some(Code::OcspExpired), "{policy:?}");
            assert_eq!(cause(Some(&unknown)), Some(Code::RevocationUnknown), "{policy:?}");
            assert_eq!(cause(Some(&revoked)), Some(Code::Revoked), "{policy:?}");
            // Nobody who was not asked can leave it out.
            let asked = Asked { policy, crls: &crls, ..Asked::default() };
            assert!(world.report(&asked).is_trusted(), "{policy:?}");
        }
    }
    // Another feature promises no staple; where it is critical nobody here keeps it.
    let other = rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 23]);
    let world = world_with(&|params| params.custom_extensions.push(other.clone()));
    assert!(!world.leaf.must_staple());
    let asked = Asked { policy: RevocationPolicy::Ignore, stapling: Stapling::Asked, ..Asked::default() };
    assert!(world.report(&asked).is_trusted());
}
