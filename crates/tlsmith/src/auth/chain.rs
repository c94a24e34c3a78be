//! The verifier of everyday: a path to an anchor, and everything that may be demanded of it besides.

use std::sync::{Arc, OnceLock};

use tlsmith_crypto::{Provider, SignatureAlgorithm};
use tlsmith_x509::{
    Budget, Certificate, PathRequest, Pin, Profile, SignatureCache, TrustAnchors,
    ct::{CtPolicy, LogList, Transparency},
};

use super::{Answer, PeerCertificates, PeerVerifier, Verdict};
use crate::session::PolicyId;

/// The verifier of everyday: RFC 5280 path validation against anchors, under a profile; pins and Certificate Transparency
/// where they are asked for.
///
/// Whatever a setting demands belongs to [`PeerVerifier::policy`]: a session that was made before it is not resumed after.
#[derive(Clone, Debug)]
pub struct ChainVerifier {
    provider: Arc<dyn Provider>,
    anchors: Arc<TrustAnchors>,
    algorithms: Vec<SignatureAlgorithm>,
    budget: Budget,
    profile: Arc<Profile>,
    known: Vec<Certificate>,
    cache: Option<Arc<SignatureCache>>,
    pins: Vec<Pin>,
    transparency: Option<CtDemand>,
    policy: OnceLock<PolicyId>,
}

/// What is asked of certificates in the way of Certificate Transparency (RFC 6962).
#[derive(Clone, Debug)]
pub struct CtDemand {
    /// The logs that are known.
    pub logs: Arc<LogList>,
    /// How many of them have to know the certificate.
    pub policy: CtPolicy,
    /// Too few are an error; otherwise a warning.
    pub required: bool,
}

impl ChainVerifier {
    /// Trusts `anchors`, under the profile [`Profile::private`].
    pub fn new(provider: Arc<dyn Provider>, anchors: Arc<TrustAnchors>) -> Self {
        Self {
            provider,
            anchors,
            algorithms: Vec::new(),
            budget: Budget::default(),
            profile: Arc::new(Profile::private()),
            known: Vec::new(),
            cache: None,
            pins: Vec::new(),
            transparency: None,
            policy: OnceLock::new(),
        }
    }

    /// Accepts only these algorithms in certificates; none given: all that the provider verifies.
    #[must_use]
    pub fn signature_algorithms(mut self, algorithms: &[SignatureAlgorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self.changed()
    }

    /// Bounds the work of one verification.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self.changed()
    }

    /// Demands that certificates keep to this profile.
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = Arc::new(profile);
        self.changed()
    }

    /// Certificates of intermediates that peers may leave out. Nobody is trusted for standing here.
    #[must_use]
    pub fn known_intermediates(mut self, known: &[Certificate]) -> Self {
        self.known = known.to_vec();
        self.changed()
    }

    /// Remembers verified signatures here, so that an intermediate that was met before costs none. May be shared by verifiers
    /// of different policies.
    #[must_use]
    pub fn signature_cache(mut self, cache: Arc<SignatureCache>) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Demands that one of these keys stands in the path (RFC 7469 §2.6); none given: any path will do.
    #[must_use]
    pub fn pins(mut self, pins: &[Pin]) -> Self {
        self.pins = pins.to_vec();
        self.changed()
    }

    /// Asks that CT logs know the certificate (RFC 6962).
    #[must_use]
    pub fn transparency(mut self, demand: CtDemand) -> Self {
        self.transparency = Some(demand);
        self.changed()
    }

    /// What was remembered of the policy is not so any more.
    fn changed(mut self) -> Self {
        self.policy = OnceLock::new();
        self
    }

    /// Anchors, algorithms, intermediates and pins are sets: their order changes no judgement.
    fn fingerprint(&self) -> PolicyId {
        // Every field by its name, so that none that is added later is forgotten here. The cache changes no judgement: what
        // is in it counts only under the provider and the algorithms that it was verified under.
        let Self { provider, anchors, algorithms, budget, profile, known, cache: _, pins, transparency, policy: _ } =
            self;
        let Budget { signatures, candidates, name_comparisons, depth } = *budget;
        let budget: Vec<u8> = [signatures, candidates, name_comparisons, depth].map(u32::to_be_bytes).concat();
        let set = |label: &str, mut parts: Vec<&[u8]>| {
            parts.sort_unstable();
            parts.dedup();
            PolicyId::of(provider.as_ref(), label, &parts).0
        };
        let algorithms: Vec<String> = algorithms.iter().map(|algorithm| format!("{algorithm:?}")).collect();
        let transparency = transparency.as_ref().map(|CtDemand { logs, policy, required }| {
            [&logs.fingerprint()[..], &[u8::from(*required)], format!("{policy:?}").as_bytes()].concat()
        });
        // Its representation for debugging has all of its fields, and quotes what is text in them.
        let profile = format!("{profile:?}");
        let parts: [&[u8]; 7] = [
            &budget,
            &set("algorithms", algorithms.iter().map(String::as_bytes).collect()),
            &set("anchors", anchors.certificates().iter().map(Certificate::der).collect()),
            profile.as_bytes(),
            &set("known intermediates", known.iter().map(Certificate::der).collect()),
            &set("pins", pins.iter().map(|pin| &pin.0[..]).collect()),
            transparency.as_deref().unwrap_or_default(),
        ];
        PolicyId::of(provider.as_ref(), "chain to anchors", &parts)
    }
}

impl PeerVerifier for ChainVerifier {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        let transparency = self.transparency.as_ref().map(|CtDemand { logs, policy, required }| Transparency {
            logs,
            policy,
            required: *required,
        });
        let request = PathRequest {
            known: &self.known,
            name: peer.name.map(Into::into),
            budget: self.budget,
            cache: self.cache.as_deref(),
            algorithms: &self.algorithms,
            profile: &self.profile,
            pins: &self.pins,
            transparency,
            sct_list: peer.sct_list,
            ..PathRequest::new(peer.chain, &self.anchors, peer.purpose, peer.now)
        };
        Answer::Now(Verdict::judge(tlsmith_x509::verify(self.provider.as_ref(), &request)))
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.anchors.certificates().iter().map(|anchor| anchor.subject_der().to_vec()).collect()
    }

    fn policy(&self) -> Option<PolicyId> {
        Some(*self.policy.get_or_init(|| self.fingerprint()))
    }
}
