//! Putting certificates into the order that servers send them in (RFC 8446 §4.4.2).

use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, UnixTime};

use crate::judge::is_named_as_issuer;

/// Longer chains nobody has.
const LONGEST: usize = 16;

/// What became of the certificates of a bundle, by their places in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ordered {
    /// The leaf first, each followed by its issuer; the root last, if it is there.
    pub(super) chain: Vec<usize>,
    /// What is not a part of it, and why.
    pub(super) dropped: Vec<(usize, Why)>,
}

/// Why a certificate is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It stands there twice.
    Twice,
    /// Its name is that of an issuer in the chain, its key did not sign.
    DidNotSign,
    /// It would have done, but another of the same CA is better: not expired, or by an older CA.
    Alternative,
    /// Nobody in the chain was issued by it.
    NotPart,
}

impl Why {
    /// For people.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Twice => "it stands there twice",
            Self::DidNotSign => {
                "it has the issuer's name, but its key did not sign: it belongs to another key of that CA"
            }
            Self::Alternative => "another certificate of the same CA takes its place",
            Self::NotPart => "it did not issue any certificate of the chain",
        }
    }
}

/// The leaf of a bundle: what issued none of the others. Its place, or those of all that it could be.
pub(super) fn leaf(bundle: &[Certificate]) -> Result<usize, Vec<usize>> {
    let issued_nothing = |certificate: &Certificate| {
        !bundle.iter().any(|other| other != certificate && is_named_as_issuer(certificate, other))
    };
    let mut candidates: Vec<usize> = Vec::new();
    for (place, certificate) in bundle.iter().enumerate() {
        let is_new = !bundle.iter().take(place).any(|before| before == certificate);
        if is_new && issued_nothing(certificate) {
            candidates.push(place);
        }
    }
    let is_end_entity = |place: &&usize| bundle.get(**place).is_some_and(|certificate| !certificate.is_ca());
    let leaves: Vec<usize> = candidates.iter().filter(is_end_entity).copied().collect();
    match (leaves.as_slice(), candidates.as_slice(), bundle) {
        ([one], _, _) | ([], [one], _) => Ok(*one),
        // Two CAs that issued one another: the first is as good as any.
        ([], [], [_, ..]) => Ok(0),
        ([], _, _) => Err(candidates),
        _ => Err(leaves),
    }
}

/// Follows the issuers from the leaf up, by name and signature.
pub(super) fn order(provider: &dyn Provider, bundle: &[Certificate], leaf: usize, now: UnixTime) -> Ordered {
    let mut chain = vec![leaf];
    let mut dropped: Vec<(usize, Why)> = Vec::new();
    for (place, certificate) in bundle.iter().enumerate() {
        // The leaf is not its own double.
        let twice = bundle.iter().take(place).any(|before| before == certificate);
        if place != leaf && (twice || bundle.get(leaf) == Some(certificate)) {
            dropped.push((place, Why::Twice));
        }
    }
    while let Some(last) = chain.last().and_then(|place| bundle.get(*place)) {
        if last.is_self_issued() || chain.len() >= LONGEST {
            break;
        }
        let is_free = |place: usize| !chain.contains(&place) && !dropped.iter().any(|(other, _)| *other == place);
        let named: Vec<(usize, &Certificate)> = bundle
            .iter()
            .enumerate()
            .filter(|(place, candidate)| is_free(*place) && candidate.subject_der() == last.issuer_der())
            .collect();
        let (mut signers, others): (Vec<_>, Vec<_>) =
            named.into_iter().partition(|(_, candidate)| last.is_signed_by(candidate, provider));
        // Valid before expired; a certificate by an older CA before the root of the same key, which clients that have it
        // do not need; what lasts longest.
        signers.sort_by_key(|(_, signer)| (signer.not_after() < now, signer.is_self_issued(), -signer.not_after().0));
        dropped.extend(others.iter().map(|(place, _)| (*place, Why::DidNotSign)));
        let Some(((next, _), alternatives)) = signers.split_first() else { break };
        // A root is not the alternative of the cross-signed certificate of its key; it is told as a root.
        let replaced = alternatives.iter().filter(|(_, other)| !other.is_self_issued());
        dropped.extend(replaced.map(|(place, _)| (*place, Why::Alternative)));
        chain.push(*next);
    }
    for place in 0..bundle.len() {
        if !chain.contains(&place) && !dropped.iter().any(|(other, _)| *other == place) {
            dropped.push((place, Why::NotPart));
        }
    }
    dropped.sort_by_key(|(place, _)| *place);
    Ordered { chain, dropped }
}
