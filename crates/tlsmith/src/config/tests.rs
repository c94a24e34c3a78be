//! Every mistake in a configuration is found when it is built.

use std::{collections::HashSet, sync::Arc};

use tlsmith_crypto::{HashAlgorithm, Provider, Secret, aws_lc::AwsLc};
use tlsmith_x509::{TrustAnchors, pem};

use super::{ClientConfig, ClientConfigBuilder, ConfigError, Padding, ServerConfig, ServerConfigBuilder};
use crate::{
    auth::{CertificateCompression, ChainVerifier, Identity, NamedIdentities, Staples, Zlib, Zstd},
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};

fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
}

/// A chain and its key in PEM.
fn made(kind: &'static rcgen::SignatureAlgorithm) -> (String, String) {
    let key = rcgen::KeyPair::generate_for(kind).unwrap();
    let params = rcgen::CertificateParams::new(vec![String::from("host.example")]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn identity() -> Arc<Identity> {
    let (chain, key) = made(&rcgen::PKCS_ECDSA_P256_SHA256);
    Arc::new(Identity::from_pem(&AwsLc, chain.as_bytes(), key.as_bytes()).unwrap())
}

fn client() -> ClientConfigBuilder {
    let (root, _) = made(&rcgen::PKCS_ECDSA_P256_SHA256);
    let anchors = Arc::new(TrustAnchors::from_pem(root.as_bytes()).unwrap());
    ClientConfig::builder(provider(), Arc::new(ChainVerifier::new(provider(), anchors)))
}

fn server() -> ServerConfigBuilder {
    ServerConfig::builder(provider()).identity(identity())
}

/// What both builders refuse alike.
fn refused(client: ClientConfigBuilder, server: ServerConfigBuilder) -> ConfigError {
    let (at_client, at_server) = (client.build().unwrap_err(), server.build().unwrap_err());
    assert_eq!(at_client, at_server);
    at_client
}

#[test]
fn defaults_are_fine() {
    client().build().unwrap();
    server().build().unwrap();
}

#[test]
fn lists() {
    let suites = |list: &[CipherSuite]| refused(client().cipher_suites(list), server().cipher_suites(list));
    let groups = |list: &[NamedGroup]| refused(client().groups(list), server().groups(list));
    let schemes =
        |list: &[SignatureScheme]| refused(client().signature_schemes(list), server().signature_schemes(list));
    let certificates = |list: &[SignatureScheme]| client().signature_schemes_cert(list).build().unwrap_err();

    for error in [suites(&[]), groups(&[]), schemes(&[])] {
        assert_eq!(error.code, "config.empty_list");
    }
    let gcm = CipherSuite::TLS_AES_128_GCM_SHA256;
    assert_eq!(suites(&[gcm, CipherSuite(0xc013)]).code, "config.unsupported");
    assert_eq!(suites(&[gcm, CipherSuite(0x0a0a)]).code, "config.unsupported");
    assert_eq!(suites(&[gcm, gcm]).code, "config.duplicate");
    let ffdhe4096 = groups(&[NamedGroup::FFDHE3072, NamedGroup(0x0102)]);
    assert_eq!(ffdhe4096.code, "config.unsupported");
    // What there is is said, the groups included that have to be named.
    assert!(ffdhe4096.message.contains("ffdhe2048, ffdhe3072, MLKEM1024"), "{ffdhe4096}");
    let twice = groups(&[NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::X25519]);
    assert_eq!(twice.code, "config.duplicate");
    assert!(twice.message.contains("x25519"), "{twice}");
    // SHA-1 is not to be had, for certificates neither (RFC 8446 §4.2.3).
    let sha1 = SignatureScheme(0x0201);
    assert_eq!(schemes(&[SignatureScheme::ED25519, sha1]).code, "config.unsupported");
    assert_eq!(certificates(&[sha1]).code, "config.unsupported");
    assert_eq!(certificates(&[SignatureScheme::ED25519; 2]).code, "config.duplicate");
    // RSA-PKCS#1 alone would leave nothing to sign a handshake with; in certificates it counts.
    let pkcs1 = [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA512];
    assert_eq!(schemes(&pkcs1).code, "config.no_common_scheme");
    client().signature_schemes_cert(&pkcs1).build().unwrap();
}

#[test]
fn versions() {
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    let of = |min, max| refused(client().versions(min, max), server().versions(min, max)).code;
    assert_eq!(of(ProtocolVersion::TLS1_1, tls13), "config.versions");
    assert_eq!(of(tls12, ProtocolVersion(0x0305)), "config.versions");
    assert_eq!(of(tls13, tls12), "config.versions");
    assert_eq!(client().build().unwrap().versions, [tls13, tls12]);
    assert_eq!(server().versions(tls12, tls12).build().unwrap().versions, [tls12]);
    // The suites that are named say as much.
    let gcm13 = CipherSuite::TLS_AES_128_GCM_SHA256;
    let gcm12 = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    assert_eq!(client().cipher_suites(&[gcm13]).build().unwrap().versions, [tls13]);
    assert_eq!(server().cipher_suites(&[gcm12]).build().unwrap().versions, [tls12]);
    let none = refused(
        client().cipher_suites(&[gcm12]).versions(tls13, tls13),
        server().cipher_suites(&[gcm12]).versions(tls13, tls13),
    );
    assert_eq!(none.code, "config.no_suite");
    // TLS 1.2 has no hybrids.
    let hybrid = [NamedGroup::X25519MLKEM768];
    assert_eq!(client().groups(&hybrid).build().unwrap().versions, [tls13]);
    let none =
        refused(client().groups(&hybrid).versions(tls12, tls12), server().groups(&hybrid).versions(tls12, tls12));
    assert_eq!(none.code, "config.no_suite");
    // RSA-PKCS#1 signs handshakes of TLS 1.2.
    let pkcs1 = [SignatureScheme::RSA_PKCS1_SHA256];
    client().signature_schemes(&pkcs1).versions(tls12, tls12).build().unwrap();
}

/// Suites that need a pre-shared key need one.
#[test]
fn psk_suites() {
    let suites = [CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256];
    let none = refused(client().cipher_suites(&suites), server().cipher_suites(&suites));
    assert_eq!(none.code, "config.no_psk");
    let psk = crate::session::ExternalPsk::new(b"name", Secret::new(&[7; 32]), HashAlgorithm::Sha256).unwrap();
    client().cipher_suites(&suites).psks(vec![psk.clone()]).build().unwrap();
    server().cipher_suites(&suites).psks(Arc::new(vec![psk])).build().unwrap();
}

#[test]
fn protocols_and_padding() {
    let alpn = |list: &[&[u8]]| refused(client().alpn(list), server().alpn(list)).code;
    assert_eq!(alpn(&[b"h2", b""]), "config.alpn");
    assert_eq!(alpn(&[&[b'x'; 256]]), "config.alpn");
    assert_eq!(alpn(&[b"h2", b"http/1.1", b"h2"]), "config.duplicate");
    let names: Vec<[u8; 255]> = (0..=255).map(|first| [first; 255]).collect();
    let many: Vec<&[u8]> = names.iter().map(<[u8; 255]>::as_slice).collect();
    assert_eq!(alpn(&many), "config.alpn");
    client().alpn(&many[..100]).build().unwrap();
    // Bytes that are no text are different protocols, not one.
    client().alpn(&[b"\xfe", b"\xff"]).build().unwrap();
    for padding in [Padding::MultipleOf(0), Padding::MultipleOf(16_385), Padding::Bytes(16_385)] {
        assert_eq!(refused(client().padding(padding), server().padding(padding)).code, "config.padding");
    }
    for padding in [Padding::MultipleOf(1), Padding::MultipleOf(16_384), Padding::Bytes(0), Padding::Bytes(16_384)] {
        client().padding(padding).build().unwrap();
    }
}

/// RFC 8449 §4: from 64 to a record of TLS 1.3 with its type.
#[test]
fn record_size_limits() {
    for limit in [0, 63, 16_386, u16::MAX] {
        let error = refused(client().record_size_limit(limit), server().record_size_limit(limit));
        assert_eq!(error.code, "config.record_size_limit");
    }
    for limit in [64, 16_384, 16_385] {
        client().record_size_limit(limit).build().unwrap();
        server().record_size_limit(limit).build().unwrap();
    }
}

#[test]
fn authorities() {
    let refused = |names: &[&[u8]]| client().certificate_authorities(names).build().unwrap_err().code;
    assert_eq!(refused(&[b"\x30\x00", b""]), "config.authorities");
    assert_eq!(refused(&[&[0x30; 16 * 1024 + 1]]), "config.authorities");
    client().certificate_authorities(&[&[0x30; 16 * 1024]]).build().unwrap();
}

#[test]
fn compressions() {
    let refuse = |list: &[Arc<dyn CertificateCompression>]| {
        refused(client().certificate_compression(list), server().certificate_compression(list)).code
    };
    assert_eq!(refuse(&[Arc::new(Zlib), Arc::new(Zstd), Arc::new(Zlib)]), "config.duplicate");
    let many: Vec<Arc<dyn CertificateCompression>> = (0..128).map(|_| Arc::new(Zlib) as _).collect();
    assert_eq!(refuse(&many), "config.compressions");
    client().certificate_compression(&[]).build().unwrap();
}

#[test]
fn shares() {
    let groups = [NamedGroup::SECP256R1, NamedGroup::X25519];
    let error = client().groups(&groups).key_shares(&[NamedGroup::SECP384R1]).build().unwrap_err();
    assert_eq!(error.code, "config.key_share");
    // Shares stand in the order of their groups (RFC 8446 §4.2.8).
    let config = client().groups(&groups).key_shares(&[NamedGroup::X25519, NamedGroup::SECP256R1]).build().unwrap();
    assert_eq!(config.key_shares, groups);
    assert_eq!(client().groups(&groups).build().unwrap().key_shares, [NamedGroup::SECP256R1]);
    let hybrid = [NamedGroup::X25519MLKEM768, NamedGroup::X25519];
    assert_eq!(client().build().unwrap().key_shares, hybrid);
    // The curve of the hybrid, where it is offered.
    let p256 = [NamedGroup::SECP256R1MLKEM768, NamedGroup::X25519, NamedGroup::SECP256R1];
    let config = client().groups(&p256).build().unwrap();
    assert_eq!(config.key_shares, [NamedGroup::SECP256R1MLKEM768, NamedGroup::SECP256R1]);
    assert_eq!(client().groups(&p256[..2]).build().unwrap().key_shares, p256[..1]);
}

/// Finite fields, X448 and ML-KEM alone are never offered unless named, whatever the features are.
#[test]
fn groups_by_default() {
    let default = [
        NamedGroup::X25519MLKEM768,
        NamedGroup::SECP256R1MLKEM768,
        NamedGroup::SECP384R1MLKEM1024,
        NamedGroup::X25519,
        NamedGroup::SECP256R1,
        NamedGroup::SECP384R1,
        NamedGroup::SECP521R1,
    ];
    assert_eq!(client().build().unwrap().groups, default);
    assert_eq!(server().build().unwrap().groups, default);
    let named = [NamedGroup::FFDHE3072, NamedGroup::MLKEM1024, NamedGroup::FFDHE2048];
    assert_eq!(client().groups(&named).build().unwrap().groups, named);
    assert_eq!(server().groups(&named).build().unwrap().groups, named);
    let x448 = client().groups(&[NamedGroup::X448]).build();
    assert_eq!(x448.is_ok(), cfg!(feature = "x448"), "{x448:?}");
}

#[test]
fn identities() {
    assert_eq!(ServerConfig::builder(provider()).build().unwrap_err().code, "config.no_identity");
    // A source of the caller's own may be empty for now.
    let none = Arc::new(NamedIdentities::default());
    ServerConfig::builder(provider()).identities(none).build().unwrap();

    let (chain, key) = made(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (_, other) = made(&rcgen::PKCS_ECDSA_P256_SHA256);
    let (_, rsa) = made(&rcgen::PKCS_RSA_SHA256);
    let pair = |chain: &str, key: &str| Identity::from_pem(&AwsLc, chain.as_bytes(), key.as_bytes());
    pair(&chain, &key).unwrap();
    for wrong in [&other, &rsa] {
        let error = pair(&chain, wrong).unwrap_err();
        assert_eq!(error.code, "config.key_mismatch");
        assert!(error.message.contains("ECDSA P-256"), "{error}");
    }
    assert_eq!(pair("no certificate", &key).unwrap_err().code, "config.certificate_unreadable");
    assert_eq!(pair(&key, &key).unwrap_err().code, "config.certificate_unreadable");
    assert_eq!(pair(&chain, "no key").unwrap_err().code, "config.key_unreadable");
    assert_eq!(pair(&chain, &chain).unwrap_err().code, "config.key_unreadable");
    assert_eq!(Identity::with_external_key(Vec::new()).unwrap_err().code, "config.empty_chain");
    let key = pem::private_key(&AwsLc, key.as_bytes()).unwrap();
    assert_eq!(Identity::new(Vec::new(), key).unwrap_err().code, "config.empty_chain");
    let ed448 = pem::certificates(include_bytes!("../../tests/data/ed448/cert.pem")).unwrap();
    let error = Identity::with_external_key(ed448).unwrap_err();
    assert_eq!(error.code, "config.unsupported_key");
    assert!(error.message.contains("host.example"), "{error}");
}

#[test]
fn staples() {
    let made = |ocsp: Option<Vec<u8>>, scts: Option<Vec<u8>>| Staples::new(ocsp, scts).map_err(|error| error.code);
    assert_eq!(made(None, None), Ok(Staples::default()));
    let longest = [&[0x30][..], &[0; (1 << 15) - 9]].concat();
    assert!(made(Some(longest.clone()), None).is_ok());
    for wrong in [Vec::new(), b"-----BEGIN".to_vec(), [&longest[..], &[0]].concat()] {
        assert_eq!(made(Some(wrong), None), Err("config.ocsp_response"));
    }
    assert!(made(None, Some(vec![0, 3, 0, 1, 7])).is_ok());
    let too_long = [&[0x7f, 0xff, 0x7f, 0xfd][..], &[7; 0x7ffd]].concat();
    for wrong in [vec![], vec![0, 0], vec![0, 1, 7], vec![0, 3, 0, 1, 7, 7], vec![0, 3, 0, 2, 7], too_long] {
        assert_eq!(made(None, Some(wrong)), Err("config.sct_list"));
    }
}

/// Every message says what to do, and no two mistakes share words that do not fit them.
#[test]
fn errors_say_what_to_do() {
    let errors = [
        client().cipher_suites(&[]).build().unwrap_err(),
        client().alpn(&[b""]).build().unwrap_err(),
        client().padding(Padding::MultipleOf(0)).build().unwrap_err(),
        ServerConfig::builder(provider()).build().unwrap_err(),
    ];
    let texts: HashSet<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), errors.len());
    for error in errors {
        assert!(!error.fix.is_empty() && error.to_string().ends_with(error.fix), "{error}");
    }
}
