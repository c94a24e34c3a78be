//! What the verifier of a handshake demands besides a path, and the alerts by which it refuses.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tlsmith_crypto::{Curve, HashAlgorithm, Provider, SignatureAlgorithm, SigningKey, aws_lc::AwsLc};
use tlsmith_x509::{
    Certificate, Code, Pin, Profile, SignatureCache, SubjectPublicKeyInfo, TrustAnchors,
    ct::{CtPolicy, Log, LogList},
};

use super::Pair;
use crate::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, CtDemand, Identity, Staples},
    conn::Connection,
    error::{Error, Rule},
    registry::AlertDescription,
};

/// A root, an intermediate, and a server that shows a leaf, the intermediate as well or not.
struct World {
    root: Certificate,
    intermediate: Certificate,
    leaf: Certificate,
    key: KeyPair,
}

impl World {
    fn new() -> Self {
        let ca = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            (params, KeyPair::generate().unwrap())
        };
        let ((root, root_key), (below, below_key), key) = (ca("Root"), ca("Below"), KeyPair::generate().unwrap());
        let leaf = CertificateParams::new(vec!["host.example".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &Issuer::from_params(&below, &below_key)).unwrap();
        let below = below.signed_by(&below_key, &Issuer::from_params(&root, &root_key)).unwrap();
        let root = root.self_signed(&root_key).unwrap();
        let parse = |certificate: &rcgen::Certificate| Certificate::from_der(certificate.der()).unwrap();
        Self { root: parse(&root), intermediate: parse(&below), leaf: parse(&leaf), key }
    }

    fn verifier(&self) -> ChainVerifier {
        let anchors: TrustAnchors = [self.root.clone()].into_iter().collect();
        ChainVerifier::new(Arc::new(AwsLc), Arc::new(anchors))
    }

    fn identity(&self, chain: &[&Certificate]) -> Arc<Identity> {
        let key = AwsLc.load_key(&self.key.serialize_der()).unwrap();
        let chain = chain.iter().map(|certificate| (*certificate).clone()).collect();
        Arc::new(Identity::new(chain, key).unwrap())
    }

    /// Leaf and intermediate, with these staples.
    fn whole(&self, staples: Staples) -> Arc<Identity> {
        let identity = self.identity(&[&self.leaf, &self.intermediate]);
        identity.staple(staples);
        identity
    }
}

/// A handshake in each version: how it went, and the alert that the server got.
fn handshakes(verifier: &ChainVerifier, identity: &Arc<Identity>) -> Vec<Result<Connection, Error>> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let versions = [crate::registry::ProtocolVersion::TLS1_3, crate::registry::ProtocolVersion::TLS1_2];
    let one = |version| {
        let client = ClientConfig::builder(provider.clone(), Arc::new(verifier.clone())).versions(version, version);
        let server = ServerConfig::builder(provider.clone()).identity(identity.clone());
        let mut pair = Pair::new(client.build().unwrap(), server.build().unwrap());
        pair.run().map(|_| pair.client)
    };
    versions.into_iter().map(one).collect()
}

fn accepted(verifier: &ChainVerifier, identity: &Arc<Identity>) {
    for connection in handshakes(verifier, identity) {
        let connection = connection.unwrap();
        assert!(connection.facts().verification.as_ref().unwrap().is_trusted());
    }
}

fn refused(verifier: &ChainVerifier, identity: &Arc<Identity>, code: Code, alert: AlertDescription) {
    for result in handshakes(verifier, identity) {
        let error = result.err().unwrap();
        assert_eq!((error.rule(), error.alert()), (Rule::Certificate(code), Some(alert)), "{error}");
    }
}

#[test]
fn pins_are_kept_in_both_versions() {
    let world = World::new();
    let identity = world.whole(Staples::default());
    let pin = |certificate| Pin::of(certificate, &AwsLc);
    for certificate in [&world.root, &world.intermediate, &world.leaf] {
        accepted(&world.verifier().pins(&[Pin([1; 32]), pin(certificate)]), &identity);
    }
    let verifier = world.verifier().pins(&[Pin([1; 32])]);
    refused(&verifier, &identity, Code::PinMismatch, AlertDescription::CERTIFICATE_UNKNOWN);
}

/// A log that signs what it is given (RFC 6962 §3.2).
struct TestLog(Arc<dyn SigningKey>);

impl TestLog {
    fn new() -> Self {
        Self(AwsLc.load_key(&KeyPair::generate().unwrap().serialize_der()).unwrap())
    }

    fn sct(&self, certificate: &Certificate) -> Vec<u8> {
        let key = SubjectPublicKeyInfo::from_der(self.0.spki()).unwrap();
        let at = 1_795_000_000_000_u64.to_be_bytes();
        let length = u32::try_from(certificate.der().len()).unwrap().to_be_bytes();
        let signed = [&[0, 0][..], &at, &[0, 0], &length[1..], certificate.der(), &[0, 0]].concat();
        let p256 = SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
        let signature = vector(&self.0.sign(p256, &signed).unwrap());
        [&[0][..], &key.sha256(&AwsLc), &at, &[0, 0], &[4, 3], &signature].concat()
    }
}

fn vector(content: &[u8]) -> Vec<u8> {
    [&u16::try_from(content.len()).unwrap().to_be_bytes()[..], content].concat()
}

fn staples(logs: &[&TestLog], certificate: &Certificate) -> Staples {
    let list: Vec<u8> = logs.iter().flat_map(|log| vector(&log.sct(certificate))).collect();
    Staples::new(None, Some(vector(&list))).unwrap()
}

fn demand(logs: &[&TestLog]) -> CtDemand {
    let known = logs.iter().enumerate().map(|(number, log)| {
        let key = SubjectPublicKeyInfo::from_der(log.0.spki()).unwrap();
        Log::new(key, &format!("log {number}"), &format!("operator {number}"))
    });
    let logs = Arc::new(LogList::new(&AwsLc, None, known.collect()));
    CtDemand { logs, policy: CtPolicy::default(), required: true }
}

#[test]
fn transparency_that_is_demanded_takes_two_logs() {
    let world = World::new();
    let (one, other) = (TestLog::new(), TestLog::new());
    let verifier = world.verifier().transparency(demand(&[&one, &other]));
    let unknown = AlertDescription::CERTIFICATE_UNKNOWN;
    refused(&verifier, &world.whole(Staples::default()), Code::TooFewScts, unknown);
    refused(&verifier, &world.whole(staples(&[&one], &world.leaf)), Code::TooFewScts, unknown);
    refused(&verifier, &world.whole(staples(&[&one, &other], &world.root)), Code::TooFewScts, unknown);
    accepted(&verifier, &world.whole(staples(&[&one, &other], &world.leaf)));
    // Not demanded, it is a warning.
    let verifier = world.verifier().transparency(CtDemand { required: false, ..demand(&[&one, &other]) });
    for connection in handshakes(&verifier, &world.whole(Staples::default())) {
        let connection = connection.unwrap();
        let report = connection.facts().verification.as_ref().unwrap();
        assert!(report.findings.iter().any(|finding| finding.code == Code::TooFewScts));
    }
}

#[test]
fn an_intermediate_that_is_known_need_not_be_sent() {
    let world = World::new();
    let identity = world.identity(&[&world.leaf]);
    refused(&world.verifier(), &identity, Code::UnknownIssuer, AlertDescription::UNKNOWN_CA);
    accepted(&world.verifier().known_intermediates(std::slice::from_ref(&world.intermediate)), &identity);
}

#[test]
fn a_profile_is_kept() {
    let world = World::new();
    let identity = world.whole(Staples::default());
    let profile = Profile { max_path_length: Some(0), ..Profile::private() };
    refused(&world.verifier().profile(profile), &identity, Code::PathLength, AlertDescription::UNKNOWN_CA);
}

#[test]
fn a_cache_saves_the_signatures_of_the_next_handshake() {
    let world = World::new();
    let cache = Arc::new(SignatureCache::new(100));
    let verifier = world.verifier().signature_cache(cache.clone());
    accepted(&verifier, &world.whole(Staples::default()));
    assert_eq!(cache.len(), 2);
    // None is left to be made.
    let budget = tlsmith_x509::Budget { signatures: 0, ..tlsmith_x509::Budget::default() };
    accepted(&verifier.budget(budget), &world.whole(Staples::default()));
}
