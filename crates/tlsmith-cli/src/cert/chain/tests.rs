use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tlsmith_crypto::aws_lc::AwsLc;

use super::{
    order::{Ordered, Why},
    *,
};

struct Ca {
    params: CertificateParams,
    key: KeyPair,
}

fn params(name: &str, ca: bool) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    if ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

impl Ca {
    fn new(name: &str) -> Self {
        Self { params: params(name, true), key: KeyPair::generate().unwrap() }
    }

    /// Its own certificate.
    fn root(&self) -> Certificate {
        Certificate::from_der(self.params.self_signed(&self.key).unwrap().der()).unwrap()
    }

    /// Its certificate for another CA.
    fn certify(&self, other: &Ca) -> Certificate {
        let issuer = Issuer::from_params(&self.params, &self.key);
        Certificate::from_der(other.params.signed_by(&other.key, &issuer).unwrap().der()).unwrap()
    }

    fn leaf(&self, name: &str) -> Certificate {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let key = KeyPair::generate().unwrap();
        Certificate::from_der(params(name, false).signed_by(&key, &issuer).unwrap().der()).unwrap()
    }
}

fn sorted(bundle: &[Certificate]) -> Ordered {
    order(&AwsLc, bundle, leaf(bundle).unwrap(), UnixTime::now())
}

#[test]
fn any_order_becomes_the_right_one() {
    let (root, one, two) = (Ca::new("root"), Ca::new("one"), Ca::new("two"));
    let all = [root.root(), root.certify(&one), one.certify(&two), two.leaf("leaf")];
    let in_order: Vec<Certificate> = all.iter().rev().cloned().collect();
    // Every permutation of four.
    for number in 0..24 {
        let mut rest = all.to_vec();
        let bundle: Vec<Certificate> = [6, 2, 1, 1].iter().map(|by| rest.remove(number / by % rest.len())).collect();
        let ordered = sorted(&bundle);
        let chain: Vec<Certificate> = ordered.chain.iter().map(|place| bundle[*place].clone()).collect();
        assert_eq!(chain, in_order, "{number}");
        assert!(ordered.dropped.is_empty());
    }
}

#[test]
fn what_does_not_belong_is_told_apart() {
    let (root, one, other) = (Ca::new("root"), Ca::new("one"), Ca::new("other"));
    // Of the same name, with another key.
    let renewed = Ca::new("one");
    let intermediate = root.certify(&one);
    let bundle =
        [one.leaf("leaf"), root.certify(&renewed), intermediate.clone(), intermediate, other.root(), root.root()];
    let ordered = sorted(&bundle);
    assert_eq!(ordered.chain, [0, 2, 5]);
    assert_eq!(ordered.dropped, [(1, Why::DidNotSign), (3, Why::Twice), (4, Why::NotPart)]);
}

#[test]
fn a_cross_signed_ca_comes_before_its_own_root() {
    let (old, new, one) = (Ca::new("old"), Ca::new("new"), Ca::new("one"));
    let bundle = [one.leaf("leaf"), new.certify(&one), new.root(), old.certify(&new)];
    let ordered = sorted(&bundle);
    assert_eq!(ordered.chain, [0, 1, 3]);
    assert_eq!(ordered.dropped, [(2, Why::NotPart)]);
}

#[test]
fn the_leaf_is_found_or_several_are_named() {
    let (root, one) = (Ca::new("root"), Ca::new("one"));
    let (a, b) = (one.leaf("a"), one.leaf("b"));
    assert_eq!(leaf(&[root.certify(&one), a.clone()]), Ok(1));
    assert_eq!(leaf(&[a.clone(), root.certify(&one), b]), Err(vec![0, 2]));
    assert_eq!(leaf(&[a.clone(), a]), Ok(0));
    assert_eq!(leaf(&[root.root(), root.certify(&one)]), Ok(1), "a chain that ends below");
    assert_eq!(leaf(&[root.root()]), Ok(0));
    // CAs that certify one another.
    assert!(leaf(&[root.certify(&one), one.certify(&root)]).is_ok());
}
