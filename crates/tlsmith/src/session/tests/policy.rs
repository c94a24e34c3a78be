//! What a session is bound to: the fingerprints of verifiers and identities.

use std::sync::Arc;

use tlsmith_crypto::{Curve, HashAlgorithm, SignatureAlgorithm, aws_lc::AwsLc};
use tlsmith_x509::{
    Budget, Pin, Profile, SignatureCache, TrustAnchors,
    ct::{CtPolicy, Log, LogList},
    revocation::{RevocationPolicy, RevocationScope},
};

use super::{super::IdentityId, certificates};
use crate::auth::{
    AcceptAnyway, Answer, ChainVerifier, ClientIdentities, CtDemand, Identity, OneIdentity, PeerCertificates,
    PeerVerifier, Verdict,
};

fn verifier(anchors: &[usize]) -> ChainVerifier {
    let anchors: TrustAnchors = anchors.iter().map(|at| certificates()[*at].clone()).collect();
    ChainVerifier::new(Arc::new(AwsLc), Arc::new(anchors))
}

/// Transparency by no log, or by one whose key is that of a certificate.
fn demand(log: Option<usize>, required: bool) -> CtDemand {
    let log = log.map(|at| Log::new(certificates()[at].subject_public_key_info(), "a log", "an operator"));
    let logs = Arc::new(LogList::new(&AwsLc, None, log.into_iter().collect()));
    CtDemand { logs, policy: CtPolicy::default(), required }
}

#[test]
fn whatever_a_judgement_hangs_on_is_in_the_policy() {
    let p256 = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
    let ed25519 = SignatureAlgorithm::Ed25519;
    let all = [
        verifier(&[]),
        verifier(&[0]),
        verifier(&[1]),
        verifier(&[0, 1]),
        verifier(&[0]).signature_algorithms(&[p256]),
        verifier(&[0]).signature_algorithms(&[p256, ed25519]),
        verifier(&[0]).budget(Budget { depth: 3, ..Budget::default() }),
        verifier(&[0]).budget(Budget { signatures: 3, ..Budget::default() }),
        verifier(&[0]).profile(Profile::web()),
        verifier(&[0]).profile(Profile { any_purpose: false, ..Profile::private() }),
        verifier(&[0]).known_intermediates(&certificates()[..1]),
        verifier(&[0]).known_intermediates(&certificates()[..2]),
        verifier(&[0]).pins(&[Pin([1; 32])]),
        verifier(&[0]).pins(&[Pin([1; 32]), Pin([2; 32])]),
        verifier(&[0]).revocation(RevocationPolicy::Prefer, RevocationScope::Leaf),
        verifier(&[0]).revocation(RevocationPolicy::Prefer, RevocationScope::Chain),
        verifier(&[0]).revocation(RevocationPolicy::Require, RevocationScope::Chain),
        verifier(&[0]).transparency(demand(None, true)),
        verifier(&[0]).transparency(demand(None, false)),
        verifier(&[0]).transparency(demand(Some(0), true)),
        verifier(&[0])
            .transparency(CtDemand { policy: CtPolicy { delivered: 3, ..CtPolicy::default() }, ..demand(None, true) }),
    ];
    let mut policies: Vec<_> = all.iter().map(|verifier| verifier.policy().unwrap()).collect();
    policies.push(AcceptAnyway(verifier(&[0])).policy().unwrap());
    for (at, one) in policies.iter().enumerate() {
        assert!(policies.iter().skip(at + 1).all(|other| other != one), "{at}");
    }
    // Of two made alike it is the same, also in another order, and however often it is asked.
    assert_eq!(verifier(&[0, 1]).policy(), verifier(&[1, 0]).policy());
    let swapped = verifier(&[0]).signature_algorithms(&[ed25519, p256, ed25519]);
    assert_eq!(swapped.policy(), all[5].policy());
    assert_eq!(swapped.clone().policy(), swapped.policy());
    let pins = [Pin([1; 32]), Pin([2; 32])];
    assert_eq!(verifier(&[0]).pins(&pins).policy(), verifier(&[0]).pins(&[pins[1], pins[0]]).policy());
    // What is remembered of signatures changes no judgement.
    let remembers = verifier(&[0]).signature_cache(Arc::new(SignatureCache::new(10)));
    assert_eq!(remembers.policy(), verifier(&[0]).policy());
    // And not that of before a setting was changed.
    let asked = verifier(&[0]);
    let before = asked.policy();
    assert_ne!(asked.clone().signature_algorithms(&[p256]).policy(), before);
    assert_ne!(asked.budget(Budget { depth: 3, ..Budget::default() }).policy(), before);
}

/// What a peer may sign with is a demand as well.
#[test]
fn the_schemes_of_a_configuration_belong_to_it() {
    use crate::registry::SignatureScheme as Scheme;
    let plain = verifier(&[0]).policy().unwrap();
    let with = |schemes: &[Scheme]| plain.in_configuration(&AwsLc, schemes, true);
    let all = [
        plain,
        with(&[]),
        with(&[Scheme::ED25519]),
        plain.in_configuration(&AwsLc, &[Scheme::ED25519], false),
        with(&[Scheme::ED25519, Scheme::RSA_PSS_RSAE_SHA256]),
        verifier(&[1]).policy().unwrap().in_configuration(&AwsLc, &[Scheme::ED25519], true),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(all.iter().skip(at + 1).all(|other| other != one), "{at}");
    }
    assert_eq!(with(&[Scheme::RSA_PSS_RSAE_SHA256, Scheme::ED25519]), all[4], "in any order");
}

/// However it is wrapped, accepting everybody is never taken for judging.
#[test]
fn accepting_anyway_is_a_policy_of_its_own() {
    let once = AcceptAnyway(verifier(&[0]));
    let twice = AcceptAnyway(once.clone());
    assert_ne!(once.policy(), verifier(&[0]).policy());
    assert_ne!(twice.policy(), verifier(&[0]).policy());
    assert_eq!(once.policy(), AcceptAnyway(verifier(&[1])).policy());
}

#[derive(Debug)]
struct Own;

impl PeerVerifier for Own {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Later
    }
}

impl ClientIdentities for Own {
    fn choose(
        &self,
        _: &crate::conn::CertificateRequestFacts,
    ) -> Option<(Arc<Identity>, crate::registry::SignatureScheme)> {
        None
    }
}

/// Who says nothing is not resumed.
#[test]
fn without_a_word_nothing_is_resumed() {
    assert_eq!(Own.policy(), None);
    assert_eq!(Own.id(&AwsLc), None);
}

#[test]
fn an_identity_is_its_chain() {
    let identity = |chain: &[usize]| {
        let chain = chain.iter().map(|at| certificates()[*at].clone()).collect();
        OneIdentity(Arc::new(Identity::with_external_key(chain).unwrap())).id(&AwsLc).unwrap()
    };
    let all = [identity(&[0]), identity(&[1]), identity(&[0, 1]), identity(&[1, 0]), IdentityId::NOBODY];
    for (at, one) in all.iter().enumerate() {
        assert!(all.iter().skip(at + 1).all(|other| other != one));
    }
    assert_eq!(identity(&[0, 1]), all[2]);
    assert!(format!("{:?}", all[0]).starts_with("IdentityId("));
}
