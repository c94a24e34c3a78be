//! More than one thing is wrong: each is told.

use super::*;

#[test]
fn what_does_not_depend_on_one_another_is_all_told() {
    let given = |evidence: &mut Evidence| "file".clone_into(&mut evidence.roots);
    // Expired, and the intermediate is missing.
    let world = World::new().with(given);
    let issuing = ca("", "Issuing", Some(&world.root), (-500, 500));
    let world = world.served(vec![leaf(&issuing, &["example.com"], (-90, -1))]);
    assert_eq!(world.causes(), ("expired_leaf", vec!["missing_intermediate"]));
    // Ends soon, and the intermediate is missing.
    let world = World::new().with(given);
    let issuing = ca("", "Issuing", Some(&world.root), (-500, 500));
    let world = world.served(vec![leaf(&issuing, &["example.com"], (-80, 2))]);
    assert_eq!(world.causes(), ("missing_intermediate", vec!["expires_soon"]));
    // Leaf and intermediate have expired.
    let world = World::new();
    let old = ca("Trust Services", "Old", Some(&world.root), (-500, -1));
    let chain = vec![leaf(&old, &["example.com"], (-90, -2)), old.certificate.clone()];
    assert_eq!(world.served(chain).causes(), ("expired_leaf", vec!["expired_intermediate"]));
    // For clients, and for another host.
    let world = World::new();
    let chain = vec![
        leaf_with(&world.intermediate, &["other.example"], VALID, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        }),
        world.intermediate.certificate.clone(),
    ];
    assert_eq!(world.served(chain).causes(), ("purpose", vec!["wrong_host"]));
    // Expired, and of a CA that nobody knows.
    let private = ca("Company", "Company Root", None, (-100, 100));
    let chain = vec![leaf(&private, &["example.com"], (-90, -1)), private.certificate.clone()];
    assert_eq!(World::new().served(chain).causes(), ("expired_leaf", vec!["private_ca"]));
}

#[test]
fn words_about_revocation_that_do_not_count() {
    let stapled = |code| {
        let mut world = World::new().judged(code, Some(0));
        world.evidence.trials[0].seen.ocsp_response = Some(vec![0x30]);
        // A warning does not make the chain untrusted.
        let path = world.evidence.trials[0].seen.chain.clone();
        world.evidence.trials[0].report.as_mut().unwrap().path = path;
        (world.cause(), diagnose(&world.evidence).0.exit)
    };
    for code in [
        Code::OcspExpired,
        Code::OcspOtherCertificate,
        Code::OcspUntrusted,
        Code::OcspUnusable,
        Code::RevocationUnknown,
    ] {
        assert_eq!(stapled(code), ("bad_staple", Exit::Good), "{code}");
    }
    for code in [Code::CrlExpired, Code::CrlUntrusted, Code::CrlUnsupported, Code::RevocationUnknown] {
        let mut world = World::new().judged(code, Some(0));
        let path = world.evidence.trials[0].seen.chain.clone();
        world.evidence.trials[0].report.as_mut().unwrap().path = path;
        assert_eq!((world.cause(), diagnose(&world.evidence).0.exit), ("bad_crl", Exit::Good), "{code}");
    }
}
