//! Client certificates: required, or not taken.

use tlsmith::conn::CertificateRequestFacts;

use super::*;

#[test]
fn client_certificates() {
    let asked = || {
        let world = World::new();
        let chain = world.chain(&["example.com"], VALID);
        (world, Seen { client_certificate_requested: true, ..complete(chain) })
    };
    let ended = |alert: &str, days: Option<(i64, i64)>| {
        let (world, seen) = asked();
        let own = days.map(|days| leaf(&world.root, &["client.example"], days));
        world
            .with(|evidence| evidence.client = own.into_iter().collect())
            .tried(Kind::Default, alerted(alert, seen))
            .cause()
    };
    assert_eq!(ended("certificate_required", None), "client_certificate_required");
    assert_eq!(ended("handshake_failure", None), "client_certificate_required");
    assert_eq!(ended("unknown_ca", Some(VALID)), "client_certificate_unknown_ca");
    assert_eq!(ended("certificate_expired", Some(VALID)), "client_certificate_expired");
    assert_eq!(ended("bad_certificate", Some((-90, -1))), "client_certificate_expired");
    assert_eq!(ended("bad_certificate", Some(VALID)), "client_certificate_refused");
    let (world, seen) = asked();
    let page = b"HTTP/1.1 400 Bad Request\r\n\r\n<center>No required SSL certificate was sent</center>".to_vec();
    let world = world.tried(Kind::Default, seen.clone()).tried(Kind::Request, Seen { reply: page, ..seen.clone() });
    assert_eq!(world.cause(), "client_certificate_required");
    // Asked for, and not required.
    let (world, seen) = asked();
    assert_eq!(world.tried(Kind::Default, seen).cause(), "nothing_wrong");
}

/// The server named these CAs, and ended with this alert; the client has shown these certificates.
fn refused(alert: &str, named: Vec<Vec<u8>>, shown: Vec<tlsmith_x509::Certificate>) -> Diagnosis {
    let world = World::new();
    let chain = world.chain(&["example.com"], VALID);
    let request = CertificateRequestFacts { authorities: named, ..CertificateRequestFacts::default() };
    let seen = Seen { client_certificate_requested: true, certificate_request: Some(request), ..complete(chain) };
    let world = world.with(|evidence| evidence.client = shown).tried(Kind::Default, alerted(alert, seen));
    diagnose(&world.evidence).0
}

#[test]
fn a_purpose_that_is_not_the_clients() {
    let world = World::new();
    let named = || vec![world.root.certificate.subject_der().to_vec()];
    let shown = || vec![leaf(&world.intermediate, &["client.example"], VALID), world.intermediate.certificate.clone()];
    for alert in ["unsupported_certificate", "bad_certificate", "handshake_failure"] {
        let found = refused(alert, named(), shown());
        assert_eq!(found.cause, Cause::ClientCertificateRefused, "{alert}");
        assert!(found.message.contains("serverAuth, not for clientAuth"), "{}", found.message);
        // The intermediate that is shown is of the root that the server names.
        assert!(!found.evidence.iter().any(|line| line.contains("the server names")), "{:?}", found.evidence);
    }
    // What the server says itself counts more.
    assert_eq!(refused("unknown_ca", named(), shown()).cause, Cause::ClientCertificateUnknownCa);
}

#[test]
fn the_whole_file_is_compared_with_the_names() {
    let world = World::new();
    let client = || {
        leaf_with(&world.intermediate, &["client.example"], VALID, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })
    };
    let named = || vec![world.root.certificate.subject_der().to_vec()];
    let whole = refused("bad_certificate", named(), vec![client(), world.intermediate.certificate.clone()]);
    assert_eq!(whole.cause, Cause::ClientCertificateRefused);
    // Alone it cannot be seen to belong to the root.
    let alone = refused("bad_certificate", named(), vec![client()]);
    assert_eq!(alone.cause, Cause::ClientCertificateUnknownCa);
    assert!(alone.fix.starts_with("Send the intermediates along"), "{}", alone.fix);
}
