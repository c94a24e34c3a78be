use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tlsmith_pki::PrivateKey;
use tlsmith_x509::Certificate;

use super::{
    alias,
    gather::{Gathered, Held},
    order,
};

fn held<T>(it: T, name: Option<&str>) -> Held<T> {
    Held { it, name: name.map(str::to_owned), also: Vec::new(), trusted: false, file: 0 }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A key and its certificate with two CAs above it, leaf first.
fn entry(name: &str) -> (PrivateKey, [Certificate; 3]) {
    let ca = |name: &str| {
        let mut params = params(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        (params, KeyPair::generate().unwrap())
    };
    let parsed = |der: &[u8]| Certificate::from_der(der).unwrap();
    let ((root, root_key), (intermediate, key)) = (ca(&format!("{name} root")), ca(&format!("{name} CA")));
    let root_certificate = parsed(root.self_signed(&root_key).unwrap().der());
    let by_root = parsed(intermediate.signed_by(&key, &Issuer::from_params(&root, &root_key)).unwrap().der());
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = params(name).signed_by(&leaf_key, &Issuer::from_params(&intermediate, &key)).unwrap();
    (PrivateKey::from_der(&leaf_key.serialize_der()).unwrap(), [parsed(leaf.der()), by_root, root_certificate])
}

fn subjects(gathered: &Gathered) -> Vec<String> {
    gathered.certificates.iter().map(|held| held.it.subject()).collect()
}

#[test]
fn the_chain_is_put_into_order() {
    let (key, [leaf, ca, root]) = entry("a");
    let (_, [other, ..]) = entry("b");
    let mut gathered = Gathered::default();
    gathered.keys.push(held(key, None));
    gathered.certificates = [root, other, leaf, ca].map(|certificate| held(certificate, None)).into();
    assert!(order::sort(&mut gathered));
    assert_eq!(subjects(&gathered), ["CN=a", "CN=a CA", "CN=a root", "CN=b"]);
    assert!(!order::sort(&mut gathered));
    // Without a key there is no leaf to begin with.
    gathered.keys.clear();
    gathered.certificates.reverse();
    assert!(!order::sort(&mut gathered));
}

#[test]
fn an_alias_takes_its_entry_alone() {
    let gathered = || {
        let ((key, chain), (other_key, others)) = (entry("a"), entry("b"));
        let certificates = chain.into_iter().chain(others).map(|certificate| held(certificate, None)).collect();
        let keys = vec![held(key, Some("One")), held(other_key, Some("two"))];
        let mut gathered = Gathered { certificates, keys, ..Gathered::default() };
        gathered.certificates[5].name = Some(String::from("trusted"));
        gathered
    };
    for (alias, keys, expected) in [
        ("One", 1, &["CN=a", "CN=a CA", "CN=a root"][..]),
        ("TWO", 1, &["CN=b", "CN=b CA", "CN=b root"]),
        ("trusted", 0, &["CN=b root"]),
    ] {
        let mut gathered = gathered();
        let left_out = alias::choose(&mut gathered, alias, None).unwrap();
        assert_eq!(
            (gathered.keys.len(), subjects(&gathered)),
            (keys, expected.iter().map(|s| s.to_string()).collect())
        );
        assert_eq!(left_out.len(), 8 - keys - expected.len());
    }
    let said = alias::choose(&mut gathered(), "three", None).unwrap_err();
    assert!(said.fix.contains(r#""One", "two", "trusted""#), "{said}");
    let said = alias::choose(&mut Gathered::default(), "three", None).unwrap_err();
    assert!(said.fix.contains("no aliases"), "{said}");
}

#[test]
fn a_key_that_is_named_is_written_with_its_certificate_or_refused() {
    let gathered = |key: PrivateKey, chain: [Certificate; 3]| {
        let mut certificates: Vec<Held<Certificate>> = chain.into_iter().map(|it| held(it, None)).collect();
        certificates[0].name = Some(String::from("web"));
        Gathered { certificates, keys: vec![held(key, None)], ..Gathered::default() }
    };
    let file = Some(Path::new("k.key"));
    let (key, chain) = entry("a");
    let mut pair = gathered(key.clone(), chain.clone());
    assert!(alias::choose(&mut pair, "WEB", file).unwrap().is_empty());
    assert_eq!((pair.keys.len(), subjects(&pair)), (1, ["CN=a", "CN=a CA", "CN=a root"].map(String::from).into()));
    // Where it was not named, the certificate alone is meant.
    let mut alone = gathered(key, chain.clone());
    assert_eq!(alias::choose(&mut alone, "web", None).unwrap().len(), 3);
    assert_eq!((alone.keys.len(), alone.certificates.len()), (0, 1));
    let (other, _) = entry("b");
    let said = alias::choose(&mut gathered(other, chain), "web", file).unwrap_err();
    assert!(
        said.message.contains(r#"--key k.key: it does not belong to the certificate of the alias "web""#),
        "{said}"
    );
}

/// A renewal with the same key: two entries of one key, each with its certificate.
#[test]
fn two_entries_of_one_key_are_two_aliases() {
    let (_, [old, ca, _]) = entry("a");
    let (issuer, issuer_key) = (params("elsewhere CA"), KeyPair::generate().unwrap());
    let leaf_key = KeyPair::generate().unwrap();
    let signed = |year: i32| {
        let mut params = params("leaf");
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let made = params.signed_by(&leaf_key, &Issuer::from_params(&issuer, &issuer_key)).unwrap();
        Certificate::from_der(made.der()).unwrap()
    };
    let key = || PrivateKey::from_der(&leaf_key.serialize_der()).unwrap();
    let (first, second) = (signed(2030), signed(2031));
    for (alias, expected) in [("web1", &first), ("WEB2", &second)] {
        let mut gathered = Gathered::default();
        let certificates = [(&first, "web1"), (&second, "web2"), (&old, "other"), (&ca, "ca")];
        certificates.into_iter().for_each(|(one, name)| gathered.take_certificate(held(one.clone(), Some(name))));
        ["web1", "web2"].into_iter().for_each(|name| gathered.take_key(held(key(), Some(name))));
        assert_eq!(alias::aliases(&gathered), ["web1", "web2", "other", "ca"]);
        alias::choose(&mut gathered, alias, None).unwrap();
        assert_eq!(gathered.keys.len(), 1, "{alias}");
        assert_eq!(gathered.certificates.iter().map(|held| &held.it).collect::<Vec<_>>(), [expected], "{alias}");
    }
    // Nobody asked for one: the one that lasts longest is served.
    let mut gathered = Gathered::default();
    [&first, &second].into_iter().for_each(|one| gathered.take_certificate(held(one.clone(), None)));
    assert_eq!(gathered.leaf_of(&held(key(), None)), Some(1));
}
