//! What the two sides agree on: suites, groups, ALPN, authorities (RFC 8446 §4.1.1, §4.2.4, RFC 7301).

use std::sync::Arc;

use tlsmith_crypto::aws_lc::AwsLc;

use super::{Pair, Peer, Play, World, peer};
use crate::{
    auth::{Answer, Identity, PeerCertificates, PeerVerifier, Verdict},
    config::{ClientAuth, Preference},
    conn::Facts,
    error::Rule,
    ext::{Extension, OidFilter},
    msg::Message,
    registry::{CipherSuite, ExtensionType, NamedGroup, SignatureScheme},
};

const AES128: CipherSuite = CipherSuite::TLS_AES_128_GCM_SHA256;
const AES256: CipherSuite = CipherSuite::TLS_AES_256_GCM_SHA384;
const CHACHA: CipherSuite = CipherSuite::TLS_CHACHA20_POLY1305_SHA256;

/// Runs a handshake; both sides have to agree on what they agreed on.
fn agreed(pair: &mut Pair) -> Facts {
    pair.run().unwrap();
    pair.exchange();
    let (client, server) = (pair.client.facts(), pair.server.facts());
    assert_eq!((client.cipher_suite, client.group, &client.alpn), (server.cipher_suite, server.group, &server.alpn));
    assert_eq!(client.retried, server.retried);
    server.clone()
}

#[test]
fn suites_by_either_sides_preference() {
    use Preference::{Client, Server};
    let world = World::new();
    for (preference, client, server, expected) in [
        (Server, &[AES128, AES256, CHACHA][..], &[AES256, CHACHA, AES128][..], AES256),
        (Client, &[AES128, AES256, CHACHA], &[AES256, CHACHA, AES128], AES128),
        (Server, &[AES128, CHACHA], &[AES256, CHACHA, AES128], CHACHA),
        // A client that puts ChaCha20 first has no hardware for AES.
        (Server, &[CHACHA, AES128, AES256], &[AES128, AES256, CHACHA], CHACHA),
        (Server, &[CHACHA, AES256], &[AES128, AES256], AES256),
        (Server, &[AES256, CHACHA, AES128], &[AES128, AES256, CHACHA], AES128),
        (Client, &[CHACHA, AES256], &[AES256], AES256),
        (Server, &[AES256], &[AES128, AES256], AES256),
    ] {
        let client_config = world.client().cipher_suites(client).build().unwrap();
        let server_config = world.server().cipher_suites(server).preference(preference).build().unwrap();
        let facts = agreed(&mut Pair::new(client_config, server_config));
        assert_eq!(facts.cipher_suite, Some(expected), "{preference:?} {client:?} {server:?}");
    }
}

/// Off unless both sides name them; and then nothing is special about them.
#[test]
fn ccm_is_used_where_it_is_named() {
    let world = World::new();
    let ccm = [CipherSuite::TLS_AES_128_CCM_SHA256, CipherSuite::TLS_AES_128_CCM_8_SHA256];
    for suite in ccm {
        let client = || world.client().cipher_suites(&[suite]).build().unwrap();
        let server = world.server().cipher_suites(&[AES128, suite]).build().unwrap();
        let mut pair = Pair::new(client(), server);
        assert_eq!(agreed(&mut pair).cipher_suite, Some(suite));
        pair.client.update_keys(true, &mut pair.to_server).unwrap();
        pair.exchange();
        // A side with the defaults has none of them.
        let error = Pair::new(client(), world.server().build().unwrap()).run().unwrap_err();
        assert_eq!(error.rule(), Rule::NoCommonSuite);
        let config = world.client().build().unwrap();
        assert!(!config.cipher_suites.contains(&suite));
    }
}

#[test]
fn groups_by_either_sides_preference_but_shares_first() {
    use NamedGroup as G;
    use Preference::{Client, Server};
    let world = World::new();
    const ALL: &[G] = &[G::X25519MLKEM768, G::X25519, G::SECP256R1, G::SECP384R1, G::SECP521R1];
    for (preference, client, shares, server, expected, retried) in [
        (Server, ALL, ALL, &[G::SECP521R1, G::X25519][..], G::SECP521R1, false),
        (Client, ALL, ALL, &[G::SECP521R1, G::X25519], G::X25519, false),
        // What a round trip would buy is not worth it.
        (Server, ALL, &[G::X25519][..], &[G::SECP521R1, G::X25519], G::X25519, false),
        (Client, ALL, &[G::SECP384R1], &[G::X25519, G::SECP384R1], G::SECP384R1, false),
        // Without a share in common, the preference decides.
        (Server, ALL, &[G::SECP256R1], &[G::SECP521R1, G::X25519], G::SECP521R1, true),
        (Client, ALL, &[G::SECP256R1], &[G::SECP521R1, G::X25519], G::X25519, true),
        (Server, &[G::SECP384R1, G::SECP256R1], &[], ALL, G::SECP256R1, true),
        (Client, &[G::SECP384R1, G::SECP256R1], &[], ALL, G::SECP384R1, true),
    ] {
        let client_config = world.client().groups(client).key_shares(shares).build().unwrap();
        let server_config = world.server().groups(server).preference(preference).build().unwrap();
        let facts = agreed(&mut Pair::new(client_config, server_config));
        let context = format!("{preference:?} {client:?} {shares:?} {server:?}");
        assert_eq!((facts.group, facts.retried), (Some(expected), retried), "{context}");
    }
}

/// Every suite with every group and every type of key.
#[test]
fn every_combination() {
    let world = World::new();
    let kinds = [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ECDSA_P521_SHA512,
        &rcgen::PKCS_ED25519,
        &rcgen::PKCS_RSA_SHA256,
    ];
    let identities = kinds.map(|kind| world.identity(&["host.example"], kind));
    for suite in [AES128, AES256, CHACHA] {
        for group in crate::config::groups_of(world.provider.as_ref()) {
            for identity in &identities {
                let verifier = Arc::new(crate::auth::AcceptAnyway(world.verifier().as_ref().clone()));
                let client = crate::ClientConfig::builder(world.provider.clone(), verifier).groups(&[group]);
                let server = crate::ServerConfig::builder(world.provider.clone()).identity(identity.clone());
                let server = server.cipher_suites(&[suite]).build().unwrap();
                let facts = agreed(&mut Pair::new(client.build().unwrap(), server));
                assert_eq!((facts.cipher_suite, facts.group), (Some(suite), Some(group)));
                assert_eq!(facts.own_signature_scheme, identity.choose_scheme(crate::auth::schemes::SUPPORTED));
            }
        }
    }
}

/// The groups that have to be named, with a share and after a retry.
#[test]
fn groups_on_request() {
    let world = World::new();
    let named = [
        NamedGroup::FFDHE2048,
        NamedGroup::FFDHE3072,
        #[cfg(feature = "x448")]
        NamedGroup::X448,
    ];
    for group in named {
        for shares in [&[group][..], &[]] {
            let client = world.client().groups(&[NamedGroup::X25519, group]).key_shares(shares).build().unwrap();
            let server = world.server().groups(&[group]).build().unwrap();
            let facts = agreed(&mut Pair::new(client, server));
            assert_eq!((facts.group, facts.retried), (Some(group), shares.is_empty()));
        }
        // A server that was not told has no group in common with such a client.
        let client = world.client().groups(&[group]).build().unwrap();
        let mut pair = Pair::new(client, world.server().build().unwrap());
        assert_eq!(pair.run().unwrap_err().code(), "hello.no_common_group");
    }
}

/// The server's order counts (RFC 7301 §3.2); either side may have none.
#[test]
fn application_protocols() {
    let world = World::new();
    for (client, server, expected) in [
        (&[][..], &[][..], None),
        (&[&b"h2"[..]], &[], None),
        (&[], &[&b"h2"[..]], None),
        (&[b"h2"], &[b"h2"], Some(&b"h2"[..])),
        (&[b"http/1.1", b"h2"], &[b"h2", b"http/1.1"], Some(b"h2")),
        (&[b"x", b"http/1.1"], &[b"h2", b"http/1.1"], Some(b"http/1.1")),
    ] {
        let client_config = world.client().alpn(client).build().unwrap();
        let facts = agreed(&mut Pair::new(client_config, world.server().alpn(server).build().unwrap()));
        assert_eq!(facts.alpn.as_deref(), expected, "{client:?} {server:?}");
    }
    // A retry changes nothing about it.
    let client = world.client().alpn(&[b"h2"]).key_shares(&[]).build().unwrap();
    let facts = agreed(&mut Pair::new(client, world.server().alpn(&[b"h2"]).build().unwrap()));
    assert_eq!((facts.alpn.as_deref(), facts.retried), (Some(&b"h2"[..]), true));
}

/// The names of the anchors go into CertificateRequest and are there to see for a client that chooses.
#[test]
fn authorities_of_a_server() {
    let world = World::new();
    let auth = ClientAuth::Request(world.verifier());
    let server = world.server().client_auth(auth);
    let schemes = [SignatureScheme::ED25519, SignatureScheme::ECDSA_SECP256R1_SHA256];
    let server = server.signature_schemes(&schemes).build().unwrap();
    let mut pair = Pair::new(world.client().build().unwrap(), server);
    pair.run().unwrap();
    let request = pair.client.facts().certificate_request.as_ref().unwrap();
    assert_eq!(request.authorities, [world.identity.chain()[0].subject_der()]);
    assert_eq!((&request.signature_schemes[..], &request.signature_schemes_cert[..]), (&schemes[..], &schemes[..]));
    assert!(pair.client.facts().client_auth_requested && pair.server.facts().client_auth_requested);
    assert!(pair.server.facts().peer_certificates.is_empty());
}

#[derive(Debug)]
struct ManyNames(usize);

impl PeerVerifier for ManyNames {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        unreachable!()
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        vec![vec![0x30; 100]; self.0]
    }
}

/// Names by the thousand would only cost: they are left out as a whole, never in part.
#[test]
fn authorities_by_the_thousand() {
    let world = World::new();
    for (count, sent) in [(0, 0), (1, 1), (163, 163), (164, 0), (10_000, 0)] {
        let server = world.server().client_auth(ClientAuth::Request(Arc::new(ManyNames(count)))).build().unwrap();
        let mut pair = Pair::new(world.client().build().unwrap(), server);
        pair.run().unwrap();
        assert_eq!(pair.client.facts().certificate_request.as_ref().unwrap().authorities.len(), sent);
    }
}

#[test]
fn authorities_of_a_client() {
    let world = World::new();
    let script = peer::alter_hello(|hello| {
        hello.extensions.push(Extension::CertificateAuthorities(vec![b"one", b"two"]));
    });
    let peer = Peer::client(world.client().build().unwrap(), script);
    let mut play = Play::server(world.server().build().unwrap(), peer);
    play.go_on();
    assert!(play.error.is_none());
    let hello = play.victim.facts().client_hello.as_ref().unwrap();
    assert_eq!(hello.authorities, [b"one", b"two"]);
}

/// What a peer can make this side keep is bounded, however long its lists are.
#[test]
fn names_by_the_thousand_are_not_kept() {
    let world = World::new();
    let script = peer::alter_hello(|hello| {
        hello.extensions.retain(|extension| extension.extension_type() != ExtensionType::ALPN);
        let mut names = vec![&b"x"[..]; 20_000];
        names[3] = b"h2";
        hello.extensions.push(Extension::Alpn(names));
        hello.extensions.push(Extension::CertificateAuthorities(vec![b"n"; 5000]));
    });
    let peer = Peer::client(world.client().alpn(&[b"h2"]).build().unwrap(), script);
    let mut play = Play::server(world.server().alpn(&[b"h2"]).build().unwrap(), peer);
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected(), "{:?}", play.error);
    let hello = play.victim.facts().client_hello.as_ref().unwrap();
    assert_eq!((hello.alpn.len(), hello.authorities.len()), (1024, 1024));
    assert_eq!(play.victim.facts().alpn.as_deref(), Some(&b"h2"[..]));

    let script = peer::alter("CertificateRequest", |message| {
        let Message::CertificateRequest(message) = message else { unreachable!() };
        message.extensions.retain(|extension| extension.extension_type() != ExtensionType::CERTIFICATE_AUTHORITIES);
        message.extensions.push(Extension::CertificateAuthorities(vec![b"n"; 15_000]));
    });
    let server = world.server().client_auth(ClientAuth::Request(world.verifier())).build().unwrap();
    let mut play = Play::client(world.client().build().unwrap(), Peer::server(server, script));
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected(), "{:?}", play.error);
    assert_eq!(play.victim.facts().certificate_request.as_ref().unwrap().authorities.len(), 1024);
}

/// A client tolerates what it does not know in a CertificateRequest (RFC 8446 §4.3.2, RFC 8701 §4.2).
#[test]
fn a_request_with_unknown_things() {
    let world = World::new();
    let script = peer::alter("CertificateRequest", |message| {
        let Message::CertificateRequest(message) = message else { unreachable!() };
        for extension in &mut message.extensions {
            if let Extension::SignatureAlgorithms(schemes) = extension {
                schemes.splice(0..0, [SignatureScheme(0x0a0a), SignatureScheme(0xfefe)]).for_each(drop);
            }
        }
        message.extensions.push(Extension::Unknown(ExtensionType(0x1a1a), b"grease"));
        message.extensions.push(Extension::StatusRequested);
        message.extensions.push(Extension::OidFilters(Vec::new()));
    });
    let server = world.server().client_auth(ClientAuth::Require(world.verifier())).build().unwrap();
    let client = world.client().identity(world.identity.clone()).build().unwrap();
    let mut play = Play::client(client, Peer::server(server, script));
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected(), "{:?} {:?}", play.error, play.peer.error);
    assert_eq!(play.victim.facts().own_signature_scheme, Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
}

/// A certificate that does not meet the server's filters is not shown (§4.2.5); filters that have no rule are ignored.
#[test]
fn filters() {
    const KEY_USAGE: &[u8] = &[6, 3, 85, 29, 15];
    const EXTENDED_KEY_USAGE: &[u8] = &[6, 3, 85, 29, 37];
    const DIGITAL_SIGNATURE: &[u8] = &[3, 2, 7, 0x80];
    const KEY_CERT_SIGN: &[u8] = &[3, 2, 2, 4];
    const CLIENT_AUTH: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2];
    const ANY: &[u8] = &[0x30, 6, 6, 4, 85, 29, 37, 0];
    let identity = filtered_identity();
    for (filters, shown) in [
        (&[(KEY_USAGE, DIGITAL_SIGNATURE)][..], true),
        (&[(KEY_USAGE, b"")], true),
        (&[(KEY_USAGE, KEY_CERT_SIGN)], false),
        (&[(KEY_USAGE, b"no DER")], false),
        (&[(EXTENDED_KEY_USAGE, CLIENT_AUTH)], true),
        (&[(EXTENDED_KEY_USAGE, ANY)], false),
        (&[(&[6, 2, 42, 3], b"whatever"), (KEY_USAGE, DIGITAL_SIGNATURE)], true),
        (&[(KEY_USAGE, DIGITAL_SIGNATURE), (EXTENDED_KEY_USAGE, ANY)], false),
    ] {
        let world = World::new();
        let script = peer::alter("CertificateRequest", move |message| {
            let Message::CertificateRequest(message) = message else { unreachable!() };
            let filters = filters.iter().map(|&(oid, values)| OidFilter { oid, values }).collect();
            message.extensions.push(Extension::OidFilters(filters));
        });
        let server = world.server().client_auth(ClientAuth::Request(world.verifier())).build().unwrap();
        let client = world.client().identity(identity.clone()).build().unwrap();
        let mut play = Play::client(client, Peer::server(server, script));
        play.go_on();
        assert!(play.error.is_none(), "{:?}", play.error);
        let facts = play.victim.facts();
        assert_eq!(facts.certificate_request.as_ref().unwrap().oid_filters.len(), filters.len());
        assert_eq!(!facts.own_certificates.is_empty(), shown, "{filters:?}");
    }
}

/// For digitalSignature and clientAuth, by nobody: what the server thinks of it is not asked here.
fn filtered_identity() -> Arc<Identity> {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![String::from("client.test")]).unwrap();
    params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let chain = params.self_signed(&key).unwrap().pem();
    Arc::new(Identity::from_pem(&AwsLc, chain.as_bytes(), key.serialize_pem().as_bytes()).unwrap())
}

/// A client whose key suits none of the server's schemes shows nothing (§4.4.2.3).
#[test]
fn a_key_that_suits_no_scheme() {
    let world = World::new();
    let server = world.server().client_auth(ClientAuth::Request(world.verifier()));
    let server = server.signature_schemes(&[SignatureScheme::ED25519]).build().unwrap();
    let client = world.client().identity(world.identity.clone()).build().unwrap();
    let mut pair = Pair::new(client, server);
    pair.run().unwrap();
    assert!(pair.client.facts().own_certificates.is_empty());
    assert!(pair.client.facts().messages.iter().any(|note| note.name == "Certificate" && note.size == 8));
}
