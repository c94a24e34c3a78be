//! Who vouches: nobody, somebody unknown, somebody in between.

use super::*;

#[test]
fn who_vouches() {
    let world = World::new();
    let alone = leaf(&world.intermediate, &["example.com"], VALID);
    assert_eq!(world.served(vec![alone]).cause(), "missing_intermediate");
    assert_eq!(World::new().served(vec![self_signed("example.com")]).cause(), "self_signed");
    let private = ca("Company", "Company Root", None, (-10, 100));
    let chain = vec![leaf(&private, &["example.com"], VALID), private.certificate.clone()];
    assert_eq!(World::new().served(chain).cause(), "private_ca");
    let world = World::new();
    let other = ca("Trust Services", "Other", Some(&world.root), (-500, 500));
    let chain = vec![leaf(&world.intermediate, &["example.com"], VALID), other.certificate.clone()];
    assert_eq!(world.served(chain).cause(), "wrong_intermediate");
    let firewall = ca("Fortinet", "FGT60E", None, (-10, 100));
    let chain = vec![leaf(&firewall, &["example.com"], VALID), firewall.certificate.clone()];
    assert_eq!(World::new().served(chain.clone()).cause(), "middlebox");
    // Its root was installed here: it works, and is said.
    let world = World::new().with(|evidence| evidence.anchors.add(firewall.certificate.clone())).served(chain);
    assert_eq!((world.cause(), diagnose(&world.evidence).0.exit), ("middlebox", Exit::Good));
}

#[test]
fn an_intermediate_that_was_found_proves_it() {
    let world = World::new();
    // Nothing in the names tells of the root.
    let other = ca("", "Issuing", Some(&world.root), (-500, 500));
    let chain = vec![leaf(&other, &["example.com"], VALID)];
    let added = vec![other.certificate.clone()];
    let report = world.judge(&chain, &added);
    assert!(report.is_trusted(), "{:?}", report.findings);
    let completed = Completed { report, added, notes: vec![String::from("fetched")] };
    let world = world.served(chain).with(|evidence| evidence.completed = Some(completed));
    let (found, _) = diagnose(&world.evidence);
    assert_eq!(found.cause, Cause::MissingIntermediate);
    assert!(found.evidence.iter().any(|line| line.contains("fetched")), "{:?}", found.evidence);
}

#[test]
fn a_gap_in_the_middle_is_named() {
    let world = World::new();
    // Of organisations of their own: names alone tell nothing.
    let upper = ca("", "Sub 1", Some(&world.root), (-500, 500));
    let middle = ca("", "Sub 2", Some(&upper), (-400, 400));
    let lower = ca("", "Sub 3", Some(&middle), (-300, 300));
    let chain = vec![leaf(&lower, &["example.com"], VALID), lower.certificate.clone(), upper.certificate.clone()];
    let world = world.served(chain);
    let (found, others) = diagnose(&world.evidence);
    assert_eq!((found.cause, others), (Cause::MissingIntermediate, Vec::new()));
    assert!(found.message.contains("not the intermediate O=,CN=Sub 2 that issued O=,CN=Sub 3"), "{}", found.message);
    assert!(found.fix.contains("O=,CN=Sub 2 after O=,CN=Sub 3"), "{}", found.fix);
    assert_eq!(found.certificate, Some(1));
}

#[test]
fn who_names_the_roots_lacks_an_intermediate() {
    let alone = |name: &str, roots: &str| {
        let world = World::new();
        let issuer = ca("Hosting", name, Some(&world.root), (-500, 500));
        let chain = vec![leaf(&issuer, &["example.com"], VALID)];
        world.with(|evidence| roots.clone_into(&mut evidence.roots)).served(chain)
    };
    let given = alone("Issuing", "file");
    let (found, _) = diagnose(&given.evidence);
    assert_eq!(given.cause(), "missing_intermediate");
    // The other possibility is named as well.
    assert!(found.fix.contains("--ca FILE") && found.message.contains("most likely"), "{found:?}");
    assert_eq!(alone("Hosting Root CA", "file").cause(), "private_ca");
    let system = alone("Issuing", "system");
    assert_eq!(system.cause(), "private_ca");
    assert!(diagnose(&system.evidence).0.fix.contains("the server has to send it"));
}

#[test]
fn a_root_of_the_same_name_with_another_key() {
    let world = World::new();
    let namesake = ca("Trust Services", "Root", None, (-10, 1000));
    let chain = world.chain(&["example.com"], VALID);
    let world = world.with(|evidence| {
        evidence.anchors = TrustAnchors::new();
        evidence.anchors.add(namesake.certificate.clone());
    });
    let world = world.served(chain);
    let (found, _) = diagnose(&world.evidence);
    assert_eq!(world.cause(), "private_ca");
    assert!(
        found.message.contains("A root of this name is trusted here") && found.message.contains("another key"),
        "{found:?}"
    );
}

#[test]
fn roots_are_counted_in_words() {
    let private = ca("Company", "Company Root", None, (-10, 100));
    let chain = vec![leaf(&private, &["example.com"], VALID), private.certificate.clone()];
    let world = World::new().with(|evidence| "file".clone_into(&mut evidence.roots)).served(chain);
    let (found, _) = diagnose(&world.evidence);
    assert!(found.message.ends_with("which is not the one root that is trusted here (--ca)."), "{}", found.message);
}

#[test]
fn an_old_root_that_is_sent_is_the_clients_to_replace() {
    let old = ca("Trust Services", "Old Root", None, (-900, -1));
    let issuing = ca("Trust Services", "Issuing", Some(&old), (-500, 500));
    let chain = vec![leaf(&issuing, &["example.com"], VALID), issuing.certificate.clone(), old.certificate.clone()];
    let world = World::new().with(|evidence| evidence.anchors.add(old.certificate.clone())).served(chain);
    let (found, _) = diagnose(&world.evidence);
    assert_eq!(found.cause, Cause::ExpiredRoot);
    assert!(found.fix.starts_with("Trust the CA's new root"), "{}", found.fix);
}

#[test]
fn a_private_ca_renews_its_certificates_itself() {
    let world = World::new();
    let chain = world.chain(&["example.com"], (-90, -1));
    let (found, _) = diagnose(&world.served(chain).evidence);
    assert_eq!(found.cause, Cause::ExpiredLeaf);
    assert!(found.fix.contains("by the CA that issued it (O=Trust Services,CN=Intermediate)"), "{}", found.fix);
    assert!(!found.mends.iter().any(|mend| mend.product == "certbot"), "{:?}", found.mends);
}
