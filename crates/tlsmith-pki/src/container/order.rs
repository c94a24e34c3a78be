//! Certificates that came without an order: the leaf first, each followed by its issuer.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use tlsmith_x509::Certificate;

/// Longer chains nobody has.
const LONGEST: usize = 16;

/// Puts the leaf first, then its issuers; the others keep their order behind them. The leaf is the first that issued none of
/// the others, an end entity before a CA. Names and key identifiers tell, no signature is verified: the work is that of a few
/// passes over the certificates.
pub(super) fn leaf_first(certificates: Vec<Certificate>) -> Vec<Certificate> {
    let Some(leaf) = leaf(&certificates) else { return certificates };
    let chain = chain(&certificates, leaf);
    let mut rest: Vec<Option<Certificate>> = certificates.into_iter().map(Some).collect();
    let mut sorted: Vec<Certificate> =
        chain.iter().filter_map(|place| rest.get_mut(*place).and_then(Option::take)).collect();
    sorted.extend(rest.into_iter().flatten());
    sorted
}

/// The place of the leaf; of two CAs that issued one another, none is.
fn leaf(certificates: &[Certificate]) -> Option<usize> {
    let issued = certificates.iter().filter(|certificate| !certificate.is_self_issued());
    let issuers: HashSet<&[u8]> = issued.map(Certificate::issuer_der).collect();
    let candidates = certificates.iter().enumerate().filter(|(_, one)| !issuers.contains(one.subject_der()));
    candidates.min_by_key(|(_, certificate)| certificate.is_ca()).map(|(place, _)| place)
}

/// The places of the chain from `leaf` up.
fn chain(certificates: &[Certificate], leaf: usize) -> Vec<usize> {
    let mut by_subject: HashMap<&[u8], Vec<(usize, &Certificate)>> = HashMap::new();
    for (place, certificate) in certificates.iter().enumerate() {
        by_subject.entry(certificate.subject_der()).or_default().push((place, certificate));
    }
    let mut chain = vec![leaf];
    while let Some(last) = chain.last().and_then(|place| certificates.get(*place)) {
        if last.is_self_issued() || chain.len() >= LONGEST {
            break;
        }
        let named = by_subject.get(last.issuer_der()).into_iter().flatten();
        // Another key of the CA has another identifier. A certificate by an older CA comes before the root of the same key,
        // and what lasts longest before what was renewed.
        let next = named
            .filter(|(place, issuer)| !chain.contains(place) && may_have_issued(issuer, last))
            .min_by_key(|(_, issuer)| (issuer.is_self_issued(), Reverse(issuer.not_after())));
        match next {
            Some((place, _)) => chain.push(*place),
            None => break,
        }
    }
    chain
}

/// By key identifier, where both have one (RFC 5280 §4.2.1.1).
fn may_have_issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    match (certificate.authority_key_id(), issuer.subject_key_id()) {
        (Some(wanted), Some(has)) => wanted == has,
        _ => true,
    }
}
