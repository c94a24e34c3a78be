//! Which certificates go together, and in which order: the leaf first, each followed by its issuer.

use std::cmp::Reverse;

use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::Certificate;

use super::gather::Gathered;
use crate::judge::is_named_as_issuer;

/// Longer chains nobody has.
const LONGEST: usize = 16;
/// Nor has anybody more certificates of one CA; of more, not all are asked whether they signed.
const VERIFIED: usize = 32;

/// The certificate of the one key to the front, then its issuers: servers want it so, and PKCS#12 is made of it. What is
/// no part of the chain keeps its order behind it. Whether anything was moved.
pub(super) fn sort(gathered: &mut Gathered) -> bool {
    let [key] = gathered.keys.as_slice() else { return false };
    let Some(leaf) = gathered.leaf_of(key) else { return false };
    let places = chain(gathered, leaf);
    if places.iter().copied().eq(0..places.len()) {
        return false;
    }
    let mut rest: Vec<Option<_>> = std::mem::take(&mut gathered.certificates).into_iter().map(Some).collect();
    let first = places.iter().filter_map(|place| rest.get_mut(*place).and_then(Option::take)).collect::<Vec<_>>();
    gathered.certificates = first.into_iter().chain(rest.into_iter().flatten()).collect();
    true
}

/// The places of the chain from `leaf` up.
pub(super) fn chain(gathered: &Gathered, leaf: usize) -> Vec<usize> {
    let certificates: Vec<&Certificate> = gathered.certificates.iter().map(|held| &held.it).collect();
    let mut chain = vec![leaf];
    while let Some(last) = chain.last().and_then(|place| certificates.get(*place)) {
        if last.is_self_issued() || chain.len() >= LONGEST {
            break;
        }
        let named = certificates
            .iter()
            .enumerate()
            .filter(|(place, other)| !chain.contains(place) && is_named_as_issuer(other, last));
        // Who signed it before who has the name alone: a signature by SHA-1 counts for nothing here, its chain is one. A
        // certificate by an older CA before the root of the same key; what lasts longest.
        let mut named: Vec<(usize, &Certificate)> = named.map(|(place, other)| (place, *other)).collect();
        named.sort_by_key(|(_, other)| (other.is_self_issued(), Reverse(other.not_after())));
        let signer = named.iter().take(VERIFIED).find(|(_, other)| last.is_signed_by(other, &AwsLc));
        match signer.or(named.first()) {
            Some((place, _)) => chain.push(*place),
            None => break,
        }
    }
    chain
}
