//! Certificate Transparency: timestamps of logs of our own, in the certificate and beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::sync::Arc;
use support::ct::{self, SIGNED_AT, TestLog};
use support::raw::{self, Raw};
use support::revocation::RawOcsp;
use support::{PROVIDER, found, now};
use tlsmith_crypto::SigningKey;
use tlsmith_x509::ct::{CtPolicy, Log, LogList, LogState, Source, Transparency, Verdict};
use tlsmith_x509::{Certificate, Code, PathRequest, Purpose, Report, Severity, TrustAnchors, UnixTime, verify};

/// A CA, and three logs of two operators.
struct World {
    ca: Arc<dyn SigningKey>,
    root: Certificate,
    leaf_key: Arc<dyn SigningKey>,
    logs: [TestLog; 3],
}

impl World {
    fn new() -> Self {
        let (ca, leaf_key) = (raw::signer(), raw::signer());
        let root = Raw::new("Root", "Root", ca.spki()).with(&[raw::ca()]).signed_by(ca.as_ref());
        let logs = [TestLog::new("One 2026", "One"), TestLog::new("Other 2026", "Other"), TestLog::new("One b", "One")];
        Self { ca, root, leaf_key, logs }
    }

    /// A leaf of less than 180 days.
    fn leaf(&self) -> Raw {
        Raw {
            validity: raw::sequence(&[&raw::tlv(0x17, b"261101000000Z"), &raw::tlv(0x17, b"270401000000Z")]),
            ..Raw::new("leaf", "Root", self.leaf_key.spki()).with(&[raw::dns_names(&["example.com"])])
        }
    }

    /// The leaf with timestamps of these logs in it.
    fn with(&self, logs: &[&TestLog]) -> Certificate {
        ct::with_scts(self.leaf(), self.ca.as_ref(), logs)
    }

    /// The leaf with what is made of its content without timestamps.
    fn with_list(&self, scts: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> Certificate {
        let leaf = self.leaf();
        let scts = scts(&leaf.tbs());
        leaf.with(&[ct::embedded(&scts)]).signed_by(self.ca.as_ref())
    }

    fn list(&self) -> LogList {
        self.list_where(|_, _| ())
    }

    fn list_where(&self, change: impl Fn(usize, &mut Log)) -> LogList {
        let logs = self.logs.iter().enumerate().map(|(index, log)| {
            let mut log = log.log();
            change(index, &mut log);
            log
        });
        LogList::new(&PROVIDER, Some(now()), logs.collect())
    }

    fn report(&self, leaf: &Certificate, logs: &LogList, sct_list: Option<&[u8]>) -> Report {
        self.judged(leaf, logs, sct_list, true)
    }

    fn judged(&self, leaf: &Certificate, logs: &LogList, sct_list: Option<&[u8]>, required: bool) -> Report {
        let anchors: TrustAnchors = [self.root.clone()].into_iter().collect();
        let (chain, policy) = ([leaf.clone()], CtPolicy::default());
        let transparency = Some(Transparency { logs, policy: &policy, required });
        let request =
            PathRequest { transparency, sct_list, ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now()) };
        verify(&PROVIDER, &request)
    }
}

fn verdicts(report: &Report) -> Vec<Verdict> {
    report.scts.iter().map(|sct| sct.verdict.clone()).collect()
}

#[test]
fn timestamps_in_the_certificate_count() {
    let world = World::new();
    let [one, other, _] = &world.logs;
    let report = world.report(&world.with(&[one, other]), &world.list(), None);
    assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    let [first, second] = &report.scts[..] else { panic!("two timestamps") };
    assert_eq!((first.source, &first.verdict, first.log_id), (Source::Certificate, &Verdict::Valid, Some(one.id())));
    assert_eq!((first.log.as_deref(), first.operator.as_deref()), (Some("One 2026"), Some("One")));
    assert_eq!(first.time, Some(UnixTime(SIGNED_AT as i64 / 1000)));
    assert_eq!((second.log.as_deref(), second.operator.as_deref()), (Some("Other 2026"), Some("Other")));
}

#[test]
fn timestamps_that_come_along_count() {
    let world = World::new();
    let leaf = world.leaf().signed_by(world.ca.as_ref());
    let [one, other, _] = &world.logs;
    let list = ct::list(&[one.certificate(SIGNED_AT, &leaf), other.certificate(SIGNED_AT, &leaf)]);
    let report = world.report(&leaf, &world.list(), Some(&list));
    assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    assert!(report.scts.iter().all(|sct| sct.source == Source::Tls), "{report:#?}");

    // One of each way are not two.
    let leaf = world.with(&[one]);
    let list = ct::list(&[other.certificate(SIGNED_AT, &leaf)]);
    let report = world.report(&leaf, &world.list(), Some(&list));
    assert_eq!((found(&report), verdicts(&report)), (vec![Code::TooFewScts], vec![Verdict::Valid; 2]));
}

/// In the extension 1.3.6.1.4.1.11129.2.4.5 of the single response (RFC 6962 §3.3).
#[test]
fn timestamps_that_an_ocsp_response_brings_count() {
    let world = World::new();
    let leaf = world.leaf().signed_by(world.ca.as_ref());
    let [one, other, _] = &world.logs;
    let list = ct::list(&[one.certificate(SIGNED_AT, &leaf), other.certificate(SIGNED_AT, &leaf)]);
    let extension = raw::extension(&[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 5], false, &raw::tlv(4, &list));
    let response =
        RawOcsp { single_extensions: vec![extension], ..RawOcsp::new(&leaf, &world.root) }.der(world.ca.as_ref());
    let anchors: TrustAnchors = [world.root.clone()].into_iter().collect();
    let (chain, policy, logs) = ([leaf], CtPolicy::default(), world.list());
    let request = PathRequest {
        transparency: Some(Transparency { logs: &logs, policy: &policy, required: true }),
        ocsp_response: Some(&response),
        ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now())
    };
    let report = verify(&PROVIDER, &request);
    assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    assert!(report.scts.iter().all(|sct| sct.source == Source::Ocsp) && report.scts.len() == 2, "{report:#?}");
}

#[test]
fn too_few_are_an_error_where_they_are_demanded() {
    let world = World::new();
    let [one, other, one_b] = &world.logs;
    for (logs, told) in [
        (&[][..], "it has none, and none came along"),
        (&[one], "1 of 2 inside it count; 0 of 2 that came along do"),
        (&[one, one], "1 of 2 inside it count; 0"),
        (&[one, one_b], "2 of 2 inside it count, but by 1 operator instead of 2"),
    ] {
        let leaf = if logs.is_empty() { world.leaf().signed_by(world.ca.as_ref()) } else { world.with(logs) };
        let report = world.report(&leaf, &world.list(), None);
        assert_eq!((report.is_trusted(), found(&report)), (false, vec![Code::TooFewScts]));
        assert!(report.findings[0].message.contains(told), "{report:#?}");
        let report = world.judged(&leaf, &world.list(), None, false);
        assert_eq!((report.is_trusted(), report.findings[0].severity), (true, Severity::Warning), "{report:#?}");
    }
    // Beyond 180 days three are asked for.
    let lasting = Raw { validity: Raw::new("", "", &[]).validity, ..world.leaf() };
    let short = ct::with_scts(lasting.clone(), world.ca.as_ref(), &[one, other]);
    assert_eq!(found(&world.report(&short, &world.list(), None)), [Code::TooFewScts]);
    let enough = ct::with_scts(lasting, world.ca.as_ref(), &[one, other, one_b]);
    assert!(world.report(&enough, &world.list(), None).is_trusted());
}

#[test]
fn a_timestamp_is_for_one_certificate_of_one_issuer() {
    let world = World::new();
    let [one, other, one_b] = &world.logs;
    let stranger = raw::signer();
    let forged = world.with_list(|tbs| {
        let mut changed = one.precert(SIGNED_AT, tbs, world.ca.spki());
        *changed.last_mut().unwrap() ^= 1;
        let mut later = one.precert(SIGNED_AT, tbs, world.ca.spki());
        later[40] ^= 1;
        vec![
            one.precert(SIGNED_AT, tbs, world.ca.spki()),
            changed,
            later,
            other.precert(SIGNED_AT, tbs, stranger.spki()),
            one_b.precert(SIGNED_AT, &tbs[..tbs.len() - 1], world.ca.spki()),
        ]
    });
    let report = world.judged(&forged, &world.list(), None, false);
    assert_eq!(verdicts(&report)[0], Verdict::Valid);
    assert_eq!(verdicts(&report)[1..], vec![Verdict::BadSignature; 4]);
    assert_eq!(found(&report), [Code::TooFewScts, Code::InvalidSct]);
    assert!(
        report.findings[1].message.contains("Other 2026 (in the certificate, 2026-11-01T00:00:00Z)"),
        "{report:#?}"
    );

    // What is signed for a precertificate is not for the certificate that comes along with it, and the other way round.
    let leaf = world.leaf().signed_by(world.ca.as_ref());
    let list = ct::list(&[one.precert(SIGNED_AT, &world.leaf().tbs(), world.ca.spki())]);
    assert_eq!(verdicts(&world.report(&leaf, &world.list(), Some(&list))), [Verdict::BadSignature]);
    let crossed = world.with_list(|_| vec![one.certificate(SIGNED_AT, &leaf)]);
    assert_eq!(verdicts(&world.report(&crossed, &world.list(), None)), [Verdict::BadSignature]);
}

#[test]
fn logs_and_versions_that_are_not_known_do_no_harm() {
    let world = World::new();
    let [one, other, _] = &world.logs;
    let stranger = TestLog::new("Stranger", "Stranger");
    let leaf = world.with_list(|tbs| {
        let mut scts: Vec<Vec<u8>> =
            [one, &stranger, other].map(|log| log.precert(SIGNED_AT, tbs, world.ca.spki())).into();
        scts.push(vec![1, 2, 3]);
        scts
    });
    let report = world.report(&leaf, &world.list(), None);
    assert_eq!((report.is_trusted(), found(&report)), (true, vec![Code::UnknownLog]));
    assert_eq!(verdicts(&report), [Verdict::Valid, Verdict::UnknownLog, Verdict::Valid, Verdict::UnknownVersion(1)]);
    let message = &report.findings[0].message;
    assert!(message.contains(&format!("log {}", stranger.id())) && message.contains("version 2"), "{message}");
    assert_eq!(report.findings[0].severity, Severity::Info);
}

#[test]
fn what_cannot_be_read_is_told() {
    let world = World::new();
    let leaf = world.with_list(|_| vec![vec![0; 20]]);
    let report = world.judged(&leaf, &world.list(), Some(&[0, 5, 1]), false);
    assert_eq!(found(&report), [Code::TooFewScts, Code::InvalidSct]);
    assert!(matches!(&verdicts(&report)[..], [Verdict::Malformed(_), Verdict::Malformed(_)]), "{report:#?}");
    let message = &report.findings[1].message;
    assert!(message.contains("(in the certificate): malformed SignedCertificateTimestamp"), "{message}");
    assert!(message.contains("(in TLS): malformed SignedCertificateTimestampList"), "{message}");
}

#[test]
fn times_are_kept() {
    let world = World::new();
    let tomorrow = (now().0 as u64 + 86_400) * 1000;
    let [one, other, _] = &world.logs;
    let leaf = world.with_list(|tbs| {
        vec![one.precert(tomorrow, tbs, world.ca.spki()), other.precert(now().0 as u64 * 1000, tbs, world.ca.spki())]
    });
    let list = world.list();
    assert_eq!(verdicts(&world.report(&leaf, &list, None)), [Verdict::InTheFuture, Verdict::Valid]);

    // The interval is about the end of the certificate, 2027-04-01: from the first, before the second.
    let at = |year, month, day| UnixTime::from_civil(year, month, day, 0, 0, 0).unwrap();
    let end = at(2027, 4, 1);
    for (interval, fits) in [
        ((at(2027, 1, 1), at(2027, 7, 1)), true),
        ((end, at(2027, 7, 1)), true),
        ((at(2027, 1, 1), end), false),
        ((at(2026, 1, 1), at(2027, 1, 1)), false),
        ((at(2027, 7, 1), at(2028, 1, 1)), false),
    ] {
        let list = world.list_where(|_, log| log.interval = Some(interval));
        let report = world.judged(&world.with(&[one]), &list, None, false);
        let wanted = if fits { Verdict::Valid } else { Verdict::OutsideInterval };
        assert_eq!(verdicts(&report), [wanted], "{interval:?}");
        assert_eq!(found(&report).contains(&Code::InvalidSct), !fits);
    }
}

#[test]
fn the_state_of_a_log_decides_what_its_timestamps_are_worth() {
    let world = World::new();
    let [one, other, _] = &world.logs;
    let embedded = world.with(&[one, other]);
    let plain = world.leaf().signed_by(world.ca.as_ref());
    let list = ct::list(&[one.certificate(SIGNED_AT, &plain), other.certificate(SIGNED_AT, &plain)]);
    let (signed, before, after) = {
        let signed = UnixTime(SIGNED_AT as i64 / 1000);
        (signed, UnixTime(signed.0 - 1), UnixTime(signed.0 + 1))
    };
    for (state, valid, in_certificate, beside) in [
        (LogState::Qualified(after), true, true, true),
        (LogState::Usable(before), true, true, true),
        (LogState::ReadOnly(before), true, true, true),
        // Inside it counts as long as another log is trusted now; beside it, it could be replaced.
        (LogState::Retired(after), true, true, false),
        (LogState::Retired(signed), false, false, false),
        (LogState::Rejected(after), false, false, false),
        (LogState::Pending, false, false, false),
    ] {
        let logs = world.list_where(|index, log| {
            if index == 0 {
                log.state = state;
            }
        });
        let inside = world.report(&embedded, &logs, None);
        let verdict = if valid { Verdict::Valid } else { Verdict::LogNotTrusted(state) };
        assert_eq!(verdicts(&inside), [verdict, Verdict::Valid], "{state}");
        assert_eq!(found(&inside).contains(&Code::UnknownLog), !valid, "{state}");
        assert_eq!(inside.is_trusted(), in_certificate, "{state}: {inside:#?}");
        assert_eq!(world.report(&plain, &logs, Some(&list)).is_trusted(), beside, "{state}");
    }
    // All retired: none is trusted now.
    let logs = world.list_where(|_, log| log.state = LogState::Retired(after));
    let report = world.report(&embedded, &logs, None);
    assert!(report.findings[0].message.contains("but 0 of 1 of logs in use"), "{report:#?}");
}

#[test]
fn an_operator_is_the_one_of_the_time() {
    let world = World::new();
    let [one, other, _] = &world.logs;
    let leaf = world.with(&[one, other]);
    let sold = UnixTime(SIGNED_AT as i64 / 1000 + 1);
    let logs = world.list_where(|index, log| {
        if index == 1 {
            log.previous_operators = vec![(UnixTime(5), "Nobody".to_owned()), (sold, "One".to_owned())];
        }
    });
    let report = world.report(&leaf, &logs, None);
    assert_eq!(report.scts[1].operator.as_deref(), Some("One"));
    assert_eq!(found(&report), [Code::TooFewScts]);
}

#[test]
fn logs_may_sign_with_rsa() {
    let mut world = World::new();
    world.logs[0] = TestLog::rsa("RSA", "One");
    let [one, other, _] = &world.logs;
    let report = world.report(&world.with(&[one, other]), &world.list(), None);
    assert!(report.is_trusted() && report.findings.is_empty(), "{report:#?}");
    // An ECDSA signature that says it were RSA.
    let leaf = world.with_list(|tbs| {
        let mut sct = other.precert(SIGNED_AT, tbs, world.ca.spki());
        sct[44] = 1;
        vec![sct]
    });
    assert_eq!(verdicts(&world.report(&leaf, &world.list(), None)), [Verdict::UnsupportedAlgorithm]);
}

#[test]
fn the_list_may_be_the_only_extension() {
    let world = World::new();
    let [one, other, _] = &world.logs;
    let bare = Raw { extensions: Vec::new(), ..world.leaf() };
    let leaf = ct::with_scts(bare, world.ca.as_ref(), &[one, other]);
    assert!(world.report(&leaf, &world.list(), None).is_trusted());
}

#[test]
fn a_list_stands_anywhere_among_the_extensions_of_a_large_certificate() {
    let world = World::new();
    let names: Vec<String> = (0..100).map(|number| format!("host-{number}.example.com")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let leaf = Raw { extensions: vec![raw::dns_names(&names)], ..world.leaf() };
    let scts = world.logs.each_ref().map(|log| log.precert(SIGNED_AT, &leaf.tbs(), world.ca.spki()));
    let mut leaf = leaf;
    leaf.extensions.insert(0, ct::embedded(&scts));
    let report = world.report(&leaf.signed_by(world.ca.as_ref()), &world.list(), None);
    assert_eq!((report.is_trusted(), verdicts(&report)), (true, vec![Verdict::Valid; 3]));
}

#[test]
fn a_stale_list_of_logs_is_named_as_the_likelier_cause() {
    let world = World::new();
    let stranger = TestLog::new("New 2027", "New");
    let leaf = world.with(&[&stranger]);
    let logs = world.logs.iter().map(TestLog::log).collect();
    let stale = LogList::new(&PROVIDER, UnixTime::from_civil(2026, 8, 1, 0, 0, 0), logs);
    let report = world.report(&leaf, &stale, None);
    assert!(report.findings[0].fix.contains("112 days old"), "{report:#?}");
    assert!(!world.report(&leaf, &world.list(), None).findings[0].fix.contains("days old"));
}

#[test]
fn a_leaf_that_is_trusted_for_itself_is_its_own_issuer() {
    let world = World::new();
    let [one, other, _] = &world.logs;
    let key = raw::signer();
    let leaf = Raw { issuer: raw::name("leaf"), spki: key.spki().to_vec(), ..world.leaf() };
    let leaf = ct::with_scts(leaf, key.as_ref(), &[one, other]);
    let world = World { root: leaf.clone(), ..world };
    assert!(world.report(&leaf, &world.list(), None).is_trusted());
}

#[test]
fn signatures_of_logs_are_of_the_same_budget() {
    let world = World::new();
    let [one, ..] = &world.logs;
    let leaf = world.with_list(|tbs| vec![one.precert(SIGNED_AT, tbs, world.ca.spki()); 32]);
    let anchors: TrustAnchors = [world.root.clone()].into_iter().collect();
    let (chain, policy, logs) = ([leaf], CtPolicy::default(), world.list());
    let mut request = PathRequest {
        transparency: Some(Transparency { logs: &logs, policy: &policy, required: false }),
        ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now())
    };
    request.budget.signatures = 33;
    assert!(verify(&PROVIDER, &request).is_trusted());
    request.budget.signatures = 32;
    assert!(found(&verify(&PROVIDER, &request)).contains(&Code::BudgetExhausted));
}
