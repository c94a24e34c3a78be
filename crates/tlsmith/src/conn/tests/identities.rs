//! Which certificate a server shows, and which scheme signs (RFC 6066 §3, RFC 8446 §4.2.3, §4.4.2.2).

use std::sync::Arc;

use tlsmith_crypto::{CryptoError, HashAlgorithm, KeyType, SignatureAlgorithm, SigningKey};

use super::{
    Pair, Play, World,
    peer::{self, Peer},
};
use crate::{
    ServerConfig,
    auth::{AcceptAnyway, Identity, IdentityKey, UnknownName},
    conn::Facts,
    ext::Extension,
    registry::SignatureScheme,
};

/// What our server shows a client that asks for `name` and accepts these schemes; `None`: it refuses.
fn shown(
    world: &World,
    server: &Arc<ServerConfig>,
    name: Option<&'static str>,
    schemes: &[SignatureScheme],
    schemes_cert: &[SignatureScheme],
) -> Option<Facts> {
    let script = peer::alter_hello(move |hello| {
        hello.extensions.retain(|extension| !matches!(extension, Extension::ServerName(_)));
        hello.extensions.extend(name.map(|name| Extension::ServerName(name.as_bytes())));
    });
    let verifier = Arc::new(AcceptAnyway(world.verifier().as_ref().clone()));
    let mut client = crate::ClientConfig::builder(world.provider.clone(), verifier).signature_schemes(schemes);
    if !schemes_cert.is_empty() {
        client = client.signature_schemes_cert(schemes_cert);
    }
    let mut play = Play::server(server.clone(), Peer::client(client.build().unwrap(), script));
    play.go_on();
    match &play.error {
        Some(error) => {
            assert_eq!(error.code(), "hello.unrecognized_name");
            None
        }
        None => {
            assert!(play.peer.is_connected(), "{:?}", play.peer.error);
            assert_eq!(play.victim.facts().own_certificates, play.peer.facts().peer_certificates);
            assert_eq!(play.victim.facts().own_signature_scheme, play.peer.facts().signature_scheme);
            Some(play.victim.facts().clone())
        }
    }
}

const ALL: &[SignatureScheme] = crate::auth::schemes::SUPPORTED;

#[test]
fn by_name() {
    let world = World::new();
    let ecdsa = &rcgen::PKCS_ECDSA_P256_SHA256;
    let first = world.identity(&["first.example", "www.first.example"], ecdsa);
    let star = world.identity(&["*.first.example"], ecdsa);
    let other = world.identity(&["other.example"], ecdsa);
    for unknown in [UnknownName::Default, UnknownName::Refuse] {
        let mut server = ServerConfig::builder(world.provider.clone()).unknown_name(unknown);
        for identity in [&first, &star, &other] {
            server = server.identity(Arc::clone(identity));
        }
        let server = server.build().unwrap();
        let check = |name: Option<&'static str>, expected: Option<&Arc<Identity>>| {
            let facts = shown(&world, &server, name, ALL, &[]);
            let shown = facts.as_ref().map(|facts| facts.own_certificates.as_slice());
            assert_eq!(shown, expected.map(|identity| identity.chain()), "{name:?} {unknown:?}");
        };
        // Exact before wildcard; a wildcard stands for one label, and not for none.
        check(Some("first.example"), Some(&first));
        check(Some("www.first.example"), Some(&first));
        check(Some("WWW.First.Example"), Some(&first));
        check(Some("mail.first.example"), Some(&star));
        check(Some("other.example"), Some(&other));
        let default = (unknown == UnknownName::Default).then_some(&first);
        check(Some("a.mail.first.example"), default);
        check(Some("www.other.example"), default);
        check(Some("example"), default);
        // A client that asks for none, or for an address, gets the default.
        check(None, Some(&first));
        check(Some("192.0.2.7"), Some(&first));
    }
}

/// An ECDSA and an RSA chain for one name: the client's schemes decide, then the server's order.
#[test]
fn by_schemes() {
    use SignatureScheme as S;
    let world = World::new();
    let names = &["host.example"];
    let ecdsa = world.identity(names, &rcgen::PKCS_ECDSA_P256_SHA256);
    let rsa = world.identity(names, &rcgen::PKCS_RSA_SHA256);
    let ed = world.identity(names, &rcgen::PKCS_ED25519);
    let server = ServerConfig::builder(world.provider.clone());
    let server = server.identity(ecdsa.clone()).identity(rsa.clone()).identity(ed.clone()).build().unwrap();
    for (schemes, identity, scheme) in [
        (ALL, &ecdsa, S::ECDSA_SECP256R1_SHA256),
        (&[S::ED25519, S::RSA_PSS_RSAE_SHA256, S::ECDSA_SECP256R1_SHA256], &ecdsa, S::ECDSA_SECP256R1_SHA256),
        (&[S::ED25519, S::RSA_PSS_RSAE_SHA512, S::RSA_PSS_RSAE_SHA256], &rsa, S::RSA_PSS_RSAE_SHA512),
        (&[S::ECDSA_SECP384R1_SHA384, S::ED25519], &ed, S::ED25519),
        // For certificates, RSA-PKCS#1 counts; for CertificateVerify, it does not.
        (&[S::RSA_PKCS1_SHA256, S::RSA_PSS_RSAE_SHA384], &rsa, S::RSA_PSS_RSAE_SHA384),
    ] {
        for name in [Some("host.example"), None] {
            let facts = shown(&world, &server, name, schemes, &[]).unwrap();
            assert_eq!(facts.own_certificates, identity.chain(), "{schemes:?}");
            assert_eq!(facts.own_signature_scheme, Some(scheme));
        }
    }
}

/// Two chains of keys of one type, from CAs of different types: `signature_algorithms_cert` decides, where it is sent,
/// else `signature_algorithms` (RFC 8446 §4.2.3).
#[test]
fn by_schemes_of_certificates() {
    use SignatureScheme as S;
    let world = World::new();
    let issued = |kind| {
        let ca_key = rcgen::KeyPair::generate_for(kind).unwrap();
        let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        ca.distinguished_name.push(rcgen::DnType::CommonName, "a CA");
        let key = rcgen::KeyPair::generate().unwrap();
        let leaf = rcgen::CertificateParams::new(vec![String::from("host.example")]).unwrap();
        let leaf = leaf.signed_by(&key, &rcgen::Issuer::from_params(&ca, &ca_key)).unwrap();
        let (chain, key) = (leaf.pem(), key.serialize_pem());
        Arc::new(Identity::from_pem(world.provider.as_ref(), chain.as_bytes(), key.as_bytes()).unwrap())
    };
    let by_rsa = issued(&rcgen::PKCS_RSA_SHA256);
    let by_ed = issued(&rcgen::PKCS_ED25519);
    let server = ServerConfig::builder(world.provider.clone()).identity(by_rsa.clone()).identity(by_ed.clone());
    let server = server.build().unwrap();
    const ECDSA: S = S::ECDSA_SECP256R1_SHA256;
    for (schemes, schemes_cert, identity) in [
        (ALL, &[][..], &by_rsa),
        (ALL, &[S::ED25519], &by_ed),
        (ALL, &[S::RSA_PKCS1_SHA256], &by_rsa),
        (&[ECDSA, S::ED25519], &[], &by_ed),
        (&[ECDSA, S::ED25519], &[S::RSA_PKCS1_SHA256], &by_rsa),
        // Neither: a chain of the server's choice (§4.4.2.2).
        (&[ECDSA], &[S::RSA_PKCS1_SHA512], &by_rsa),
    ] {
        let facts = shown(&world, &server, Some("host.example"), schemes, schemes_cert).unwrap();
        assert_eq!(facts.own_certificates, identity.chain(), "{schemes:?} {schemes_cert:?}");
        let hello = facts.client_hello.unwrap();
        assert_eq!(hello.signature_schemes, schemes);
        assert_eq!(hello.signature_schemes_cert, if schemes_cert.is_empty() { schemes } else { schemes_cert });
    }
}

/// A key that can do less than its type: a token that knows one hash.
#[derive(Debug)]
struct Token(Arc<dyn SigningKey>);

impl SigningKey for Token {
    fn key_type(&self) -> KeyType {
        self.0.key_type()
    }

    fn spki(&self) -> &[u8] {
        self.0.spki()
    }

    fn public_key(&self) -> &[u8] {
        self.0.public_key()
    }

    fn supports(&self, algorithm: SignatureAlgorithm) -> bool {
        algorithm == SignatureAlgorithm::RsaPss(HashAlgorithm::Sha384)
    }

    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if self.supports(algorithm) { self.0.sign(algorithm, message) } else { Err(CryptoError::Unsupported) }
    }
}

/// What the key can do decides, not what keys of its type can do.
#[test]
fn by_what_the_key_can_do() {
    let world = World::new();
    let rsa = world.identity(&["host.example"], &rcgen::PKCS_RSA_SHA256);
    let IdentityKey::Here(key) = rsa.key() else { unreachable!() };
    let identity = Arc::new(Identity::new(rsa.chain().to_vec(), Arc::new(Token(key.clone()))).unwrap());
    assert_eq!(rsa.choose_scheme(ALL), Some(SignatureScheme::RSA_PSS_RSAE_SHA256));
    let server = ServerConfig::builder(world.provider.clone()).identity(identity).build().unwrap();
    let facts = shown(&world, &server, None, ALL, &[]).unwrap();
    assert_eq!(facts.own_signature_scheme, Some(SignatureScheme::RSA_PSS_RSAE_SHA384));
}

/// A key whose parameters name a hash signs with that hash alone, whatever comes first in the client's list.
#[test]
fn by_the_parameters_of_a_pss_key() {
    let world = World::new();
    let identity = world.pss384(include_bytes!("../../../tests/data/pss384/key.pem"));
    let unrestricted = world.pss384(include_bytes!("../../../tests/data/pss384/unrestricted.pem"));
    let elsewhere = Identity::with_external_key(identity.chain().to_vec()).unwrap();
    for identity in [&*identity, &*unrestricted, &elsewhere] {
        assert_eq!(identity.choose_scheme(ALL), Some(SignatureScheme::RSA_PSS_PSS_SHA384));
        assert_eq!(identity.choose_scheme(&[SignatureScheme::RSA_PSS_PSS_SHA256]), None);
    }
    let server = ServerConfig::builder(world.provider.clone()).identity(identity).build().unwrap();
    let facts = shown(&world, &server, None, ALL, &[]).unwrap();
    assert_eq!(facts.own_signature_scheme, Some(SignatureScheme::RSA_PSS_PSS_SHA384));
}

/// The identity for host.example whose key is of ML-DSA, below the root of `tests/data/mldsa`.
fn mldsa(world: &World, set: &str) -> Arc<Identity> {
    let (chain, key): (&[u8], &[u8]) = match set {
        "44" => (
            include_bytes!("../../../tests/data/mldsa/leaf44.pem"),
            include_bytes!("../../../tests/data/mldsa/leaf44.key.pem"),
        ),
        "65" => (
            include_bytes!("../../../tests/data/mldsa/leaf65.pem"),
            include_bytes!("../../../tests/data/mldsa/leaf65.key.pem"),
        ),
        _ => (
            include_bytes!("../../../tests/data/mldsa/leaf87.pem"),
            include_bytes!("../../../tests/data/mldsa/leaf87.key.pem"),
        ),
    };
    Arc::new(Identity::from_pem(world.provider.as_ref(), chain, key).unwrap())
}

/// Both sides show ML-DSA, and both verify it, by default; whoever does not list it, does not get it.
#[test]
fn mldsa_in_both_directions() {
    use SignatureScheme as S;
    let world = World::new();
    let root = include_bytes!("../../../tests/data/mldsa/root.pem");
    let anchors = Arc::new(tlsmith_x509::TrustAnchors::from_pem(root).unwrap());
    let verifier = Arc::new(crate::auth::ChainVerifier::new(world.provider.clone(), anchors));
    for (set, scheme) in [("44", S::MLDSA44), ("65", S::MLDSA65), ("87", S::MLDSA87)] {
        let identity = mldsa(&world, set);
        let client = || crate::ClientConfig::builder(world.provider.clone(), verifier.clone());
        let server = ServerConfig::builder(world.provider.clone())
            .identity(identity.clone())
            .client_auth(crate::config::ClientAuth::Require(verifier.clone()))
            .build()
            .unwrap();
        let mut pair = Pair::new(client().identity(identity.clone()).build().unwrap(), server.clone());
        pair.run().unwrap();
        pair.exchange();
        for facts in [pair.client.facts(), pair.server.facts()] {
            assert_eq!((facts.signature_scheme, facts.own_signature_scheme), (Some(scheme), Some(scheme)));
            assert_eq!(facts.peer_certificates, identity.chain());
        }
        // A client of another parameter set, or of none.
        for others in [&[S::ECDSA_SECP256R1_SHA256, S::RSA_PKCS1_SHA256][..], &[other_set(scheme)]] {
            let client = client().signature_schemes(others).build().unwrap();
            let error = Pair::new(client, server.clone()).run().unwrap_err();
            assert_eq!(error.code(), "hello.no_common_signature_scheme");
        }
    }
}

fn other_set(scheme: SignatureScheme) -> SignatureScheme {
    match scheme {
        SignatureScheme::MLDSA44 => SignatureScheme::MLDSA65,
        _ => SignatureScheme::MLDSA44,
    }
}

/// In TLS 1.2 there is no ML-DSA: neither side signs with it nor takes it, whatever the extension lists.
#[test]
fn mldsa_is_for_tls13_alone() {
    use crate::{auth::schemes, registry::ProtocolVersion};
    let world = World::new();
    let tls12 = |builder: crate::config::ClientConfigBuilder| {
        builder.versions(ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_2).build().unwrap()
    };
    for set in ["44", "65", "87"] {
        let identity = mldsa(&world, set);
        let leaf = identity.chain().first().unwrap();
        for scheme in ALL {
            assert_eq!(schemes::of_leaf_tls12(*scheme, leaf), None, "{scheme}");
        }
        assert_eq!(identity.choose_scheme_for(ProtocolVersion::TLS1_2, ALL), None);
        assert!(identity.choose_scheme(ALL).is_some());

        // A server that has nothing else to show; a client that has nothing else to show.
        let server = ServerConfig::builder(world.provider.clone()).identity(identity.clone()).build().unwrap();
        Pair::new(tls12(world.client()), server).run().unwrap_err();
        let request = crate::config::ClientAuth::Request(world.verifier());
        let server = world.server().client_auth(request).build().unwrap();
        let mut pair = Pair::new(tls12(world.client().identity(identity)), server);
        pair.run().unwrap();
        assert_eq!(pair.server.facts().version, Some(ProtocolVersion::TLS1_2));
        assert!(pair.server.facts().peer_certificates.is_empty());
        // Nor is it listed where TLS 1.3 is out of the question.
        let hello = pair.server.facts().client_hello.as_ref().unwrap();
        let request = pair.client.facts().certificate_request.as_ref().unwrap();
        for listed in [&hello.signature_schemes, &request.signature_schemes_cert] {
            assert!(!listed.is_empty() && !listed.iter().any(|scheme| schemes::is_of_tls13(*scheme)), "{listed:?}");
        }
    }
}

/// A client that names authorities is shown what one of them issued, where there is a choice (RFC 8446 §4.2.4).
#[test]
fn by_authorities() {
    let world = World::new();
    let issued = |name: &str| {
        let ca_key = rcgen::KeyPair::generate().unwrap();
        let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        ca.distinguished_name.push(rcgen::DnType::CommonName, name);
        let key = rcgen::KeyPair::generate().unwrap();
        let leaf = rcgen::CertificateParams::new(vec![String::from("host.example")]).unwrap();
        let leaf = leaf.signed_by(&key, &rcgen::Issuer::from_params(&ca, &ca_key)).unwrap();
        let (chain, key) = (leaf.pem(), key.serialize_pem());
        Arc::new(Identity::from_pem(world.provider.as_ref(), chain.as_bytes(), key.as_bytes()).unwrap())
    };
    let (one, two) = (issued("one"), issued("two"));
    let server = ServerConfig::builder(world.provider.clone()).identity(one.clone()).identity(two.clone());
    let server = server.build().unwrap();
    let issuer = |identity: &Identity| identity.chain()[0].issuer_der().to_vec();
    let unknown = b"\x30\x00".to_vec();
    for (names, expected) in [
        (vec![], &one),
        (vec![issuer(&one)], &one),
        (vec![issuer(&two)], &two),
        (vec![unknown.clone(), issuer(&two), issuer(&one)], &one),
        (vec![unknown], &one),
    ] {
        let verifier = Arc::new(AcceptAnyway(world.verifier().as_ref().clone()));
        let list: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let client = crate::ClientConfig::builder(world.provider.clone(), verifier).certificate_authorities(&list);
        let mut pair = super::Pair::new(client.build().unwrap(), server.clone());
        pair.run().unwrap();
        assert_eq!(pair.client.facts().peer_certificates, expected.chain());
        assert_eq!(pair.server.facts().client_hello.as_ref().unwrap().authorities, names);
    }
}
