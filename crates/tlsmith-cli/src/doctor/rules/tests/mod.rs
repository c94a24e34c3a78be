//! A case for every cause, of made-up evidence.

mod clients;
mod issuers;
mod several;
mod world;

use rcgen::{CustomExtension, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use tlsmith::registry::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use tlsmith_x509::{Code, TrustAnchors, UnixTime};

use super::*;
use crate::{
    connect::{Error, failure},
    doctor::evidence::{Completed, Kind},
    probe::{
        Seen,
        raw::{Answer, Offer},
    },
};
use world::{DAY, NOW, World, alerted, ca, complete, error, host, leaf, leaf_with, self_signed};

/// Valid since yesterday and for three months.
const VALID: (i64, i64) = (-1, 90);

fn good() -> World {
    let world = World::new();
    let chain = world.chain(&["example.com"], VALID);
    world.served(chain)
}

#[test]
fn the_way_to_the_server() {
    let with =
        |error: Error| World::new().tried(Kind::Default, Seen { outcome: Err(error), ..Seen::default() }).cause();
    assert_eq!(with(failure::dns("example.com", "no such name.")), "dns_failure");
    let tcp = |code: &str| Error { phase: Some("tcp"), ..error(code) };
    assert_eq!(with(tcp("transport.refused")), "connection_refused");
    assert_eq!(with(tcp("transport.timeout")), "connect_timeout");
    assert_eq!(with(tcp("transport.unreachable")), "unreachable");
    assert_eq!(with(Error { phase: Some("starttls"), ..error("starttls.not_offered") }), "starttls_failed");
    assert_eq!(World::new().failed("transport.timeout").cause(), "handshake_timeout");
    assert_eq!(World::new().failed("transport.reset").cause(), "connection_reset");
    assert_eq!(World::new().failed("transport.closed_in_handshake").cause(), "closed_without_alert");
    assert_eq!(World::new().alerted("internal_error").cause(), "internal_error");
    assert_eq!(World::new().failed("handshake.bad_finished").cause(), "handshake_failed");
}

#[test]
fn other_protocols_are_named() {
    let first = |code: &str, first: &[u8]| {
        let seen = Seen { outcome: Err(error(code)), first_bytes: first.to_vec(), ..Seen::default() };
        diagnose(&World::new().tried(Kind::Default, seen).evidence).0
    };
    let slug = |found: Diagnosis| found.cause.row().slug;
    assert_eq!(slug(first("record.plain_http", b"HTTP/1.1 400 Bad Request\r\n")), "plain_http");
    let smtp = first("record.not_tls", b"220 mail.example.com ESMTP\r\n");
    assert_eq!(smtp.cause, Cause::NotTls);
    assert!(smtp.fix.contains("--starttls smtp"), "{}", smtp.fix);
    let binary = first("record.not_tls", b"\0\x01\x02");
    assert_eq!(binary.cause, Cause::NotTls);
    assert!(binary.evidence.iter().any(|line| line.contains("the bytes 00 01 02")), "{:?}", binary.evidence);
    // HTTP/2 in clear begins with a SETTINGS frame.
    let http2 = first("record.invalid_content_type", b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64");
    assert_eq!(http2.cause, Cause::PlainHttp);
    assert!(http2.message.contains("plain HTTP/2"), "{}", http2.message);
    // No type of a record, or no version of TLS: whatever it is, it is not TLS; a record that is broken is a failure.
    assert_eq!(slug(first("record.invalid_content_type", b"\x6e\x03\x03")), "not_tls");
    assert_eq!(slug(first("record.too_long", b"\x16\xa7\x11")), "not_tls");
    assert_eq!(slug(first("record.too_long", b"\x16\x03\x03")), "handshake_failed");
}

#[test]
fn a_small_client_hello_goes_through() {
    let small = Seen { version: Some(ProtocolVersion::TLS1_3), ..Seen::default() };
    for code in ["transport.timeout", "transport.reset"] {
        assert_eq!(World::new().failed(code).tried(Kind::Classical, small.clone()).cause(), "large_client_hello");
    }
    // The server answered the large one as well: it is not about its length.
    assert_eq!(World::new().alerted("internal_error").tried(Kind::Classical, small).cause(), "internal_error");
}

#[test]
fn what_a_server_would_speak() {
    let chose =
        |version, suite| Answer { version: Some(version), suite: Some(CipherSuite(suite)), ..Answer::default() };
    let refused = |alert: &str| World::new().alerted(alert);
    let old = chose(ProtocolVersion::TLS1_0, 0x2f);
    assert_eq!(refused("protocol_version").answered(Offer::Legacy, old.clone()).cause(), "old_tls_only");
    assert_eq!(refused("handshake_failure").answered(Offer::Tls10, old).cause(), "old_tls_only");
    let ssl3 = chose(ProtocolVersion::SSL3_0, 0x05);
    assert_eq!(refused("handshake_failure").answered(Offer::Ssl3, ssl3).cause(), "ssl3_only");
    let cbc = chose(ProtocolVersion::TLS1_2, 0x2f);
    assert_eq!(refused("handshake_failure").answered(Offer::Legacy, cbc).cause(), "no_common_suite");
    let brainpool = Answer { group: Some(NamedGroup(0x1a)), ..chose(ProtocolVersion::TLS1_2, 0xc02b) };
    assert_eq!(refused("handshake_failure").answered(Offer::Legacy, brainpool).cause(), "no_common_group");
    let retry = Answer { group: Some(NamedGroup::FFDHE2048), ..chose(ProtocolVersion::TLS1_3, 0x1301) };
    assert_eq!(refused("handshake_failure").answered(Offer::AnyGroup, retry).cause(), "no_common_group");
    let modern =
        |scheme| Answer { signature_scheme: Some(SignatureScheme(scheme)), ..chose(ProtocolVersion::TLS1_2, 0xc02f) };
    let sha1 = refused("handshake_failure").answered(Offer::Legacy, modern(0x0201));
    assert_eq!(sha1.cause(), "no_common_signature_scheme");
    assert!(diagnose(&sha1.evidence).0.message.contains("RSA and SHA-1"));
    // Suite and signature are good: it is something else, and no other suite helps.
    assert_eq!(refused("handshake_failure").answered(Offer::Legacy, modern(0x0401)).cause(), "handshake_failed");
    let nothing = Answer { alert: Some(AlertDescription::HANDSHAKE_FAILURE), ..Answer::default() };
    assert_eq!(refused("handshake_failure").answered(Offer::Legacy, nothing).cause(), "handshake_failed");
}

#[test]
fn names_that_are_not_served() {
    assert_eq!(World::new().alerted("unrecognized_name").cause(), "unknown_name");
    assert_eq!(World::new().named("192.0.2.1").alerted("unrecognized_name").cause(), "sni_needed");
    assert_eq!(World::new().named("192.0.2.1").alerted("handshake_failure").cause(), "sni_needed");
    let world = good();
    let other = leaf(&world.intermediate, &["other.example"], VALID);
    let world = world.tried(Kind::NoSni, complete(vec![other]));
    assert_eq!((world.cause(), diagnose(&world.evidence).0.exit), ("sni_needed", Exit::Good));
}

#[test]
fn dates() {
    let served = |days| {
        let world = World::new();
        let chain = world.chain(&["example.com"], days);
        world.served(chain)
    };
    assert_eq!(served((-90, -1)).cause(), "expired_leaf");
    assert_eq!(served((5, 90)).cause(), "not_yet_valid");
    assert_eq!(served((-80, 3)).cause(), "expires_soon");
    let world = World::new();
    let old = ca("Trust Services", "Old", Some(&world.root), (-500, -1));
    let chain = vec![leaf(&old, &["example.com"], VALID), old.certificate.clone()];
    assert_eq!(world.served(chain).cause(), "expired_intermediate");
    let ended = ca("Trust Services", "Ended", None, (-500, -1));
    let chain = vec![leaf(&ended, &["example.com"], VALID)];
    let world = World::new().with(|evidence| evidence.anchors.add(ended.certificate.clone()));
    assert_eq!(world.served(chain).cause(), "expired_root");
}

#[test]
fn the_clock() {
    let served = |days: i64, date: &str| {
        let world = World::new();
        let chain = world.chain(&["example.com"], VALID);
        let world = world.with(|evidence| evidence.now.0 += days * DAY);
        let reply = format!("HTTP/1.1 200 OK\r\nDate: {date}\r\n\r\n").into_bytes();
        let seen = complete(chain);
        world.tried(Kind::Default, seen.clone()).tried(Kind::Request, Seen { reply, ..seen }).cause()
    };
    let now = "Fri, 15 Jan 2027 08:00:00 GMT";
    assert_eq!(served(0, now), "nothing_wrong");
    assert_eq!(served(100, now), "clock_off");
    assert_eq!(served(-20, now), "clock_off");
    // The server agrees with this clock: it is the certificate.
    assert_eq!(served(100, "Sun, 25 Apr 2027 08:00:00 GMT"), "expired_leaf");
    // Another time was asked for: no clock says so.
    let given = World::new().with(|evidence| evidence.time_is_given = true);
    let chain = given.chain(&["example.com"], VALID);
    let given = given.with(|evidence| (evidence.not_before, evidence.now) = (NOW, UnixTime(0))).served(chain);
    assert_eq!(given.cause(), "not_yet_valid");
    let (found, _) = diagnose(&given.evidence);
    assert!(
        found.fix.contains("leave --at out") && found.evidence.iter().any(|line| line.contains("as --at asks")),
        "{found:?}"
    );
    // No web server, but a clock of before this program was made.
    let world = World::new();
    let chain = world.chain(&["example.com"], VALID);
    let world = world.with(|evidence| (evidence.not_before, evidence.now) = (NOW, UnixTime(0))).served(chain);
    assert_eq!(world.cause(), "clock_off");
}

#[test]
fn names() {
    let served = |name: &str, sans: &[&str]| {
        let world = World::new().named(name);
        let chain = world.chain(sans, VALID);
        world.served(chain)
    };
    assert_eq!(served("example.com", &["other.example"]).cause(), "wrong_host");
    assert_eq!(served("a.b.example.com", &["*.example.com"]).cause(), "wildcard_depth");
    assert_eq!(served("example.com", &["*.example.com"]).cause(), "bare_domain");
    assert_eq!(served("example.com", &["www.example.com"]).cause(), "bare_domain");
    assert_eq!(served("192.0.2.1", &["example.com"]).cause(), "ip_address");
    assert_eq!(served("example.com", &[]).cause(), "no_san");
    let world = served("example.com", &["*.com"]);
    assert_eq!((world.cause(), diagnose(&world.evidence).0.exit), ("wildcard_suffix", Exit::Untrusted));
    let world = served("foo.co.uk", &["*.co.uk"]);
    assert_eq!((world.cause(), diagnose(&world.evidence).0.exit), ("wildcard_suffix", Exit::Good));
    let world = served("example.com", &["other.example"]);
    let right = leaf(&world.intermediate, &["example.com"], VALID);
    let elsewhere = world.tried(Kind::Neighbour(host("www.example.com")), complete(vec![right]));
    assert_eq!(elsewhere.cause(), "wrong_virtual_host");
    let world = served("example.com", &["other.example"]);
    let third = leaf(&world.intermediate, &["third.example"], VALID);
    assert_eq!(world.tried(Kind::NoSni, complete(vec![third])).cause(), "wrong_virtual_host");
    let fake = ca("Acme Co", "Kubernetes Ingress Controller Fake Certificate", None, (-1, 300));
    assert_eq!(World::new().served(vec![leaf(&fake, &["ingress.local"], VALID)]).cause(), "wrong_virtual_host");
}

#[test]
fn what_the_validator_finds() {
    for (code, certificate, slug) in [
        (Code::BadSignature, 0, "bad_signature"),
        (Code::Revoked, 0, "revoked"),
        (Code::MustStaple, 0, "must_staple"),
        (Code::UnsupportedSignatureAlgorithm, 0, "weak_signature"),
        (Code::UnsupportedKey, 0, "weak_key"),
        (Code::NotACa, 1, "not_a_ca"),
        (Code::KeyUsage, 1, "not_a_ca"),
        (Code::KeyUsage, 0, "purpose"),
        (Code::ExtendedKeyUsage, 0, "purpose"),
        (Code::PathLength, 1, "path_length"),
        (Code::NameConstraints, 0, "name_constraints"),
        (Code::UnknownCriticalExtension, 0, "certificate_refused"),
    ] {
        assert_eq!(World::new().judged(code, Some(certificate)).cause(), slug, "{code}");
    }
    let world = World::new();
    let chain = vec![
        leaf_with(&world.intermediate, &["example.com"], VALID, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        }),
        world.intermediate.certificate.clone(),
    ];
    assert_eq!(world.served(chain).cause(), "purpose");
}

#[test]
fn keys() {
    let world = World::new();
    let chain = world.chain(&["example.com"], VALID);
    let seen = Seen { chain, outcome: Err(error("handshake.bad_signature")), ..Seen::default() };
    assert_eq!(world.tried(Kind::Default, seen.clone()).cause(), "key_mismatch");
    let mut world = World::new().judged(Code::UnsupportedKey, Some(0));
    world.evidence.trials[0].seen.outcome = Err(error("handshake.bad_signature"));
    world.evidence.trials[0].seen.completed = false;
    assert_eq!(world.cause(), "weak_key");
    // The key is good, and was issued for other things.
    let world = World::new();
    let chain = vec![
        leaf_with(&world.intermediate, &["example.com"], VALID, |params| {
            params.key_usages = vec![KeyUsagePurpose::KeyAgreement];
        }),
        world.intermediate.certificate.clone(),
    ];
    let refused = Seen { chain, outcome: Err(error("certificate.key_unsupported")), ..Seen::default() };
    let world = world.tried(Kind::Default, refused);
    let (found, _) = diagnose(&world.evidence);
    assert_eq!(world.cause(), "purpose");
    assert!(found.message.contains("keyAgreement") && found.fix.contains("digitalSignature"), "{found:?}");
    let backwards = Seen { chain: seen.chain.iter().rev().cloned().collect(), ..seen };
    assert_eq!(World::new().tried(Kind::Default, backwards).causes().0, "wrong_order");
}

#[test]
fn must_staple() {
    let world = World::new();
    // id-pe-tlsfeature, status_request (RFC 7633 §4).
    let promise = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5]);
    let certificate = leaf_with(&world.intermediate, &["example.com"], VALID, |params| {
        params.custom_extensions = vec![promise.clone()];
    });
    let chain = vec![certificate, world.intermediate.certificate.clone()];
    assert_eq!(world.served(chain).causes().0, "must_staple");
}

#[test]
fn the_file_on_disk_is_newer() {
    let world = good();
    let newer = leaf(&world.intermediate, &["example.com"], (0, 91));
    let world = world.with(|evidence| evidence.expected = Some((String::from("fullchain.pem"), newer)));
    assert_eq!(world.cause(), "stale_certificate");
    let world = good();
    let older = leaf(&world.intermediate, &["example.com"], (-80, 11));
    let world = world.with(|evidence| evidence.expected = Some((String::from("fullchain.pem"), older)));
    assert_eq!(world.cause(), "other_certificate");
    let world = good();
    let same = world.evidence.leaf().unwrap().clone();
    assert_eq!(world.with(|e| e.expected = Some((String::from("fullchain.pem"), same))).cause(), "nothing_wrong");
}

#[test]
fn several_addresses() {
    let second = || Kind::Address("192.0.2.2:443".parse().unwrap());
    let at = |chain| Seen { address: Some("192.0.2.2:443".parse().unwrap()), ..complete(chain) };
    let world = good();
    let old = world.chain(&["example.com"], (-90, -1));
    assert_eq!(world.tried(second(), at(old)).cause(), "different_certificates");
    let world = good();
    let another = world.chain(&["example.com"], VALID);
    let world = world.tried(second(), at(another));
    assert_eq!((world.cause(), diagnose(&world.evidence).0.exit), ("different_certificates", Exit::Good));
    let world = good();
    let same = world.evidence.chain().to_vec();
    assert_eq!(world.tried(second(), at(same)).cause(), "nothing_wrong");
    let down = Seen { outcome: Err(Error { phase: Some("tcp"), ..error("transport.refused") }), ..Seen::default() };
    assert_eq!(good().tried(second(), down.clone()).cause(), "address_down");
    let local = Kind::Address("[::1]:443".parse().unwrap());
    assert_eq!(good().tried(local.clone(), down.clone()).cause(), "nothing_wrong");
    // He has named the addresses himself.
    let given = |world: World| world.with(|evidence| evidence.addresses_are_given = true);
    assert_eq!(given(good()).tried(local.clone(), down.clone()).cause(), "address_down");
    let two = given(good()).tried(local, down.clone()).tried(second(), down);
    let told = diagnose(&two.evidence).0.message;
    assert!(told.starts_with("2 of 3 addresses") && told.contains("::1") && told.contains("192.0.2.2"), "{told}");
    // The first one takes connections, and nothing else.
    let mute = Seen {
        address: Some("192.0.2.1:443".parse().unwrap()),
        outcome: Err(error("transport.timeout")),
        ..Seen::default()
    };
    let world = World::new().tried(Kind::Default, mute);
    let chain = world.chain(&["example.com"], VALID);
    assert_eq!(world.tried(second(), at(chain)).causes(), ("handshake_timeout", vec!["address_down"]));
}

#[test]
fn chains_that_work_all_the_same() {
    let world = World::new();
    let second = ca("Trust Services", "Second", Some(&world.intermediate), (-100, 100));
    let one = leaf(&second, &["example.com"], VALID);
    let upper = world.intermediate.certificate.clone();
    let chain = vec![one, upper, second.certificate.clone()];
    assert_eq!(world.served(chain).cause(), "wrong_order");
    // Whoever renews it puts the new one into the same file.
    let world = World::new();
    let second = ca("Trust Services", "Second", Some(&world.intermediate), (-100, 100));
    let old = leaf(&second, &["example.com"], (-90, -1));
    let chain = vec![old, world.intermediate.certificate.clone(), second.certificate.clone()];
    assert_eq!(world.served(chain).causes(), ("expired_leaf", vec!["wrong_order"]));
    let world = World::new();
    let stranger = ca("Trust Services", "Stranger", Some(&world.root), (-100, 100));
    let mut chain = world.chain(&["example.com"], VALID);
    chain.push(stranger.certificate.clone());
    assert_eq!(world.served(chain).cause(), "extra_certificate");
}

#[test]
fn every_cause_has_a_case_here() {
    let source =
        [include_str!("mod.rs"), include_str!("issuers.rs"), include_str!("clients.rs"), include_str!("several.rs")]
            .concat();
    for cause in Cause::ALL {
        let slug = cause.row().slug;
        assert!(source.contains(&format!("\"{slug}\"")), "{slug}");
    }
}
