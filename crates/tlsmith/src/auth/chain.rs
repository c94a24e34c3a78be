//! The verifier of everyday: a path to an anchor, and everything that may be demanded of it besides.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tlsmith_crypto::{Provider, SignatureAlgorithm};
use tlsmith_x509::{
    Budget, Certificate, PathRequest, Pin, Profile, SignatureCache, TrustAnchors,
    ct::{CtPolicy, LogList, Transparency},
    revocation::{Crl, Revocation, RevocationPolicy, RevocationScope, Stapling},
};

use super::{Answer, PeerCertificates, PeerVerifier, Verdict};
use crate::session::PolicyId;

/// The verifier of everyday: RFC 5280 path validation against anchors, under a profile; revocations, pins and Certificate
/// Transparency where they are asked for. A certificate that promises an OCSP staple (RFC 7633) is refused without a good one
/// by whoever asked for it, whatever else is said about revocations.
///
/// Nothing is fetched: it goes by the staple and by the CRLs that it is given.
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
    revocation: RevocationPolicy,
    revocation_scope: RevocationScope,
    crls: Arc<Crls>,
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

/// The CRLs that a verifier goes by. They may be replaced while it is in use: the next handshake is judged by the new ones,
/// and sessions that were made under the old ones are not resumed.
#[derive(Debug, Default)]
pub struct Crls(Mutex<Arc<CrlSet>>);

#[derive(Debug, Default)]
struct CrlSet {
    list: Vec<Crl>,
    fingerprint: OnceLock<PolicyId>,
}

impl Crls {
    /// These, in any order.
    pub fn new(list: Vec<Crl>) -> Self {
        let crls = Self::default();
        crls.replace(list);
        crls
    }

    /// These from now on, in place of those before.
    pub fn replace(&self, list: Vec<Crl>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(CrlSet { list, fingerprint: OnceLock::new() });
    }

    fn current(&self) -> Arc<CrlSet> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CrlSet {
    fn fingerprint(&self, provider: &dyn Provider) -> PolicyId {
        *self.fingerprint.get_or_init(|| {
            let mut list: Vec<&[u8]> = self.list.iter().map(Crl::der).collect();
            list.sort_unstable();
            list.dedup();
            PolicyId::of(provider, "CRLs", &list)
        })
    }
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
            revocation: RevocationPolicy::default(),
            revocation_scope: RevocationScope::default(),
            crls: Arc::default(),
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

    /// Asks for revocations of these certificates; by default nobody is asked.
    #[must_use]
    pub fn revocation(mut self, policy: RevocationPolicy, scope: RevocationScope) -> Self {
        (self.revocation, self.revocation_scope) = (policy, scope);
        self.changed()
    }

    /// Goes by these CRLs besides the staple, where revocations are asked for; under every policy they say whether a responder
    /// that signs a staple by delegation was revoked. Whoever keeps them can replace them.
    #[must_use]
    pub fn crls(mut self, crls: Arc<Crls>) -> Self {
        self.crls = crls;
        self
    }

    /// What was remembered of the policy is not so any more.
    fn changed(mut self) -> Self {
        self.policy = OnceLock::new();
        self
    }

    /// Anchors, algorithms, intermediates and pins are sets: their order changes no judgement.
    fn fingerprint(&self) -> PolicyId {
        // Every field by its name, so that none that is added later is forgotten here. The cache changes no judgement: what
        // is in it counts only under the provider and the algorithms that it was verified under. The CRLs change while the
        // verifier does not, and come on top.
        let Self {
            provider,
            anchors,
            algorithms,
            budget,
            profile,
            known,
            cache: _,
            pins,
            transparency,
            revocation,
            revocation_scope,
            crls: _,
            policy: _,
        } = self;
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
        let revocation = format!("{revocation:?} {revocation_scope:?}");
        let parts: [&[u8]; 8] = [
            &budget,
            &set("algorithms", algorithms.iter().map(String::as_bytes).collect()),
            &set("anchors", anchors.certificates().iter().map(Certificate::der).collect()),
            profile.as_bytes(),
            &set("known intermediates", known.iter().map(Certificate::der).collect()),
            &set("pins", pins.iter().map(|pin| &pin.0[..]).collect()),
            transparency.as_deref().unwrap_or_default(),
            revocation.as_bytes(),
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
        let crls = self.crls.current();
        let revocation = Revocation {
            policy: self.revocation,
            scope: self.revocation_scope,
            crls: &crls.list,
            stapling: if peer.ocsp_asked { Stapling::Asked } else { Stapling::NotAsked },
            ..Revocation::default()
        };
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
            revocation,
            ocsp_response: peer.ocsp_response,
            ..PathRequest::new(peer.chain, &self.anchors, peer.purpose, peer.now)
        };
        Answer::Now(Verdict::judge(tlsmith_x509::verify(self.provider.as_ref(), &request)))
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.anchors.certificates().iter().map(|anchor| anchor.subject_der().to_vec()).collect()
    }

    fn policy(&self) -> Option<PolicyId> {
        let policy = *self.policy.get_or_init(|| self.fingerprint());
        // Also where revocations are ignored: of a leaf that promises a staple, they say whether the certificate of a responder
        // was revoked (RFC 6960 §4.2.2.2.1).
        let crls = self.crls.current().fingerprint(self.provider.as_ref());
        Some(PolicyId::of(self.provider.as_ref(), "with CRLs", &[&policy.0, &crls.0]))
    }
}
