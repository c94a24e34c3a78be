//! The table of combinations: what is run is counted from it, so that nothing can fall away unnoticed.

use tlsmith::Facts;

use crate::{
    certs::{KeyKind, Pki},
    peers::SUITES,
};

/// One suite, one group, one type of key, one scheme.
#[derive(Clone, Copy, Debug)]
pub struct Combo {
    /// The suite.
    pub suite: &'static str,
    /// The group.
    pub group: &'static str,
    /// The type of the server's key.
    pub kind: KeyKind,
    /// The scheme of its CertificateVerify.
    pub scheme: &'static str,
}

impl std::fmt::Display for Combo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.suite, self.group, self.scheme)
    }
}

impl Combo {
    /// Checks what our side knows of a connection.
    pub fn check(&self, context: &str, facts: &Facts, server: bool) {
        let scheme = if server { facts.own_signature_scheme } else { facts.signature_scheme };
        assert_eq!(facts.version.unwrap().to_string(), "TLSv1.3", "{context}");
        assert_eq!(facts.cipher_suite.unwrap().to_string(), self.suite, "{context}");
        assert_eq!(facts.group.unwrap().to_string(), self.group, "{context}");
        assert_eq!(scheme.unwrap().to_string(), self.scheme, "{context}");
    }
}

/// Every suite with every one of these groups and every scheme of these types of key.
pub fn all(groups: &[&'static str], kinds: &[KeyKind]) -> Vec<Combo> {
    product(groups, kinds, |kind| kind.schemes())
}

/// The same with the first scheme only: for peers that cannot be told schemes.
pub fn first_schemes(groups: &[&'static str], kinds: &[KeyKind]) -> Vec<Combo> {
    product(groups, kinds, |kind| &kind.schemes()[..1])
}

fn product(groups: &[&'static str], kinds: &[KeyKind], schemes: fn(KeyKind) -> &'static [&'static str]) -> Vec<Combo> {
    let mut combos = Vec::new();
    for &kind in kinds {
        for &scheme in schemes(kind) {
            for suite in SUITES {
                combos.extend(groups.iter().map(|&group| Combo { suite, group, kind, scheme }));
            }
        }
    }
    combos
}

/// Certificates for each of these types of key.
pub fn pkis(kinds: &[KeyKind]) -> Vec<Pki> {
    kinds.iter().map(|kind| Pki::new(*kind)).collect()
}

/// That for one type.
pub fn pki_of(pkis: &[Pki], kind: KeyKind) -> &Pki {
    pkis.iter().find(|pki| pki.kind() == kind).unwrap()
}
