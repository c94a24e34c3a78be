//! TLS 1.2: whole handshakes of both sides, and of both versions with one (RFC 5246 §7.3, RFC 8446 §4.2.1).

use std::sync::Arc;

use tlsmith_crypto::{HashAlgorithm, Secret};
use tlsmith_x509::TrustAnchors;

use super::{Pair, Peer, Play, World, peer, pump, self_signed};
use crate::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Identity, Staples},
    config::{ClientAuth, ClientConfigBuilder, Preference, ServerConfigBuilder},
    conn::{Connection, Facts},
    ext::Extension,
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    session::ExternalPsk,
    tls12::suite,
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS13: ProtocolVersion = ProtocolVersion::TLS1_3;

/// A world whose identity is RSA.
fn rsa_world() -> World {
    let mut world = World::new();
    let (chain, key) = self_signed(&["host.example"], &rcgen::PKCS_RSA_SHA256);
    world.anchors = Arc::new(TrustAnchors::from_pem(chain.as_bytes()).unwrap());
    let identity = Identity::from_pem(world.provider.as_ref(), chain.as_bytes(), key.as_bytes());
    world.identity = Arc::new(identity.unwrap());
    world
}

fn client(world: &World) -> ClientConfigBuilder {
    world.client().versions(TLS12, TLS12)
}

fn server(world: &World) -> ServerConfigBuilder {
    world.server().versions(TLS12, TLS12)
}

/// Runs a handshake; both sides have to agree on what they agreed on.
fn agreed(client: Arc<ClientConfig>, server: Arc<ServerConfig>) -> Facts {
    let mut pair = Pair::new(client, server);
    pair.run().unwrap();
    pair.exchange();
    let (client, server) = (pair.client.facts(), pair.server.facts());
    assert_eq!((client.version, client.cipher_suite), (server.version, server.cipher_suite));
    assert_eq!((client.group, &client.alpn), (server.group, &server.alpn));
    assert_eq!(client.extended_main_secret, server.extended_main_secret);
    assert_eq!(client.signature_scheme, server.own_signature_scheme);
    assert_eq!(client.own_signature_scheme, server.signature_scheme);
    assert_eq!(client.peer_certificates, server.own_certificates);
    assert_eq!(client.own_certificates, server.peer_certificates);
    client.clone()
}

#[test]
fn every_suite_with_its_kind_of_key() {
    for (world, name) in [(World::new(), "ECDSA"), (rsa_world(), "RSA")] {
        for suite in suite::DEFAULT.iter().filter(|suite| suite.name().unwrap().contains(name)) {
            let client = client(&world).cipher_suites(&[*suite]).build().unwrap();
            let facts = agreed(client, server(&world).build().unwrap());
            assert_eq!((facts.version, facts.cipher_suite), (Some(TLS12), Some(*suite)));
            assert!(facts.extended_main_secret && facts.verification.unwrap().is_trusted());
        }
    }
}

#[test]
fn every_group() {
    let world = World::new();
    for group in [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1, NamedGroup::SECP521R1] {
        // The curve of the certificate has to be offered as well.
        let client = client(&world).groups(&[group, NamedGroup::SECP256R1][..if group.0 == 23 { 1 } else { 2 }]);
        let server = server(&world).preference(Preference::Client).build().unwrap();
        assert_eq!(agreed(client.build().unwrap(), server).group, Some(group));
    }
    // The hybrid, first on both sides, is of TLS 1.3 alone.
    assert_eq!(
        agreed(client(&world).build().unwrap(), world.server().build().unwrap()).group,
        Some(NamedGroup::X25519)
    );
}

#[test]
fn the_highest_common_version() {
    let world = World::new();
    for (client, server, expected) in [
        ((TLS12, TLS13), (TLS12, TLS13), TLS13),
        ((TLS12, TLS12), (TLS12, TLS13), TLS12),
        ((TLS12, TLS13), (TLS12, TLS12), TLS12),
        ((TLS12, TLS13), (TLS13, TLS13), TLS13),
        ((TLS13, TLS13), (TLS12, TLS13), TLS13),
    ] {
        let client = world.client().versions(client.0, client.1).build().unwrap();
        let server = world.server().versions(server.0, server.1).build().unwrap();
        assert_eq!(agreed(client, server).version, Some(expected));
    }
    for (client, server) in [(TLS12, TLS13), (TLS13, TLS12)] {
        let client = world.client().versions(client, client).build().unwrap();
        let error = Pair::new(client, world.server().versions(server, server).build().unwrap()).run().unwrap_err();
        assert_eq!(error.code(), "hello.unsupported_version");
        assert!(error.detail().contains("TLSv1.2") && error.detail().contains("TLSv1.3"), "{error}");
    }
}

#[test]
fn names_protocols_and_staples() {
    let world = World::new();
    let identity = world.identity.clone();
    identity.staple(Staples::new(Some(b"0 an OCSP response".to_vec()), Some(vec![0, 4, 0, 2, 7, 7])).unwrap());
    let server = || server(&world).alpn(&[b"h2", b"http/1.1"]).build().unwrap();
    let facts = agreed(client(&world).alpn(&[b"http/1.1", b"h2"]).build().unwrap(), server());
    assert_eq!(facts.alpn.as_deref(), Some(&b"h2"[..]));
    assert_eq!(facts.ocsp_response.as_deref(), Some(&b"0 an OCSP response"[..]));
    assert_eq!(facts.sct_list, Some(vec![0, 4, 0, 2, 7, 7]));
    assert!(facts.messages.iter().any(|note| note.name == "CertificateStatus"));
    let plain = client(&world).ocsp_stapling(false).signed_certificate_timestamps(false).build().unwrap();
    let facts = agreed(plain, server());
    assert_eq!((facts.ocsp_response, facts.sct_list, facts.alpn), (None, None, None));
}

#[test]
fn both_sides_show_certificates() {
    for world in [World::new(), rsa_world()] {
        let server = |auth| server(&world).client_auth(auth).build().unwrap();
        let with = || client(&world).identity(world.identity.clone()).build().unwrap();
        for auth in [ClientAuth::Require(world.verifier()), ClientAuth::Request(world.verifier())] {
            let facts = agreed(with(), server(auth));
            assert!(facts.client_auth_requested && !facts.own_certificates.is_empty());
            let request = facts.certificate_request.unwrap();
            assert_eq!(request.version, TLS12);
            assert_eq!(request.authorities.len(), 1);
        }
        // Asked, and with nothing to show.
        let facts = agreed(client(&world).build().unwrap(), server(ClientAuth::Request(world.verifier())));
        assert!(facts.client_auth_requested && facts.own_certificates.is_empty());
    }
    // A key that the server's types of certificates rule out is not shown.
    let (world, rsa) = (World::new(), rsa_world());
    let verifier = Arc::new(ChainVerifier::new(world.provider.clone(), rsa.anchors.clone()));
    let schemes = [SignatureScheme::ECDSA_SECP256R1_SHA256];
    let server = server(&world).client_auth(ClientAuth::Request(verifier)).signature_schemes(&schemes);
    let client = client(&world).identity(rsa.identity.clone()).build().unwrap();
    assert!(agreed(client, server.build().unwrap()).own_certificates.is_empty());
}

/// RSA signs with either padding, ECDSA with the hash of its curve (RFC 8446 §4.2.3).
#[test]
fn schemes_of_tls12() {
    let world = rsa_world();
    for scheme in [
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PSS_RSAE_SHA512,
    ] {
        let client = client(&world).signature_schemes(&[scheme]).build().unwrap();
        assert_eq!(agreed(client, world.server().build().unwrap()).signature_scheme, Some(scheme));
    }
    let mut world = World::new();
    for (kind, scheme) in [
        (&rcgen::PKCS_ECDSA_P384_SHA384, SignatureScheme::ECDSA_SECP384R1_SHA384),
        (&rcgen::PKCS_ED25519, SignatureScheme::ED25519),
    ] {
        let (chain, key) = self_signed(&["host.example"], kind);
        world.anchors = Arc::new(TrustAnchors::from_pem(chain.as_bytes()).unwrap());
        let identity = Identity::from_pem(world.provider.as_ref(), chain.as_bytes(), key.as_bytes());
        world.identity = Arc::new(identity.unwrap());
        let facts = agreed(client(&world).build().unwrap(), server(&world).build().unwrap());
        assert_eq!(facts.signature_scheme, Some(scheme));
    }
}

/// A server with both kinds of keys shows the one that the client's suites and schemes can use.
#[test]
fn the_certificate_follows_the_suites() {
    let world = World::new();
    let rsa = rsa_world();
    let server = server(&world).identity(rsa.identity.clone()).build().unwrap();
    let seen = |suites: &[CipherSuite], schemes: &[SignatureScheme]| {
        let verifier = Arc::new(crate::auth::AcceptAnyway(world.verifier().as_ref().clone()));
        let client = ClientConfig::builder(world.provider.clone(), verifier).versions(TLS12, TLS12);
        let client = client.cipher_suites(suites).signature_schemes(schemes).build().unwrap();
        agreed(client, server.clone()).cipher_suite.unwrap()
    };
    let (ecdsa, rsa) =
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
    let (p256, pss) = (SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::RSA_PSS_RSAE_SHA256);
    assert_eq!(seen(&[rsa, ecdsa], &[pss, p256]), ecdsa);
    assert_eq!(seen(&[rsa], &[p256, pss]), rsa);
    assert_eq!(seen(&[rsa, ecdsa], &[pss]), rsa);
    assert_eq!(seen(&[ecdsa], &[p256]), ecdsa);
}

#[test]
fn suites_by_either_sides_preference() {
    use Preference::{Client, Server};
    const AES128: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    const AES256: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
    const CHACHA: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
    let world = World::new();
    for (preference, of_client, of_server, expected) in [
        (Server, &[AES128, AES256, CHACHA][..], &[AES256, CHACHA, AES128][..], AES256),
        (Client, &[AES128, AES256, CHACHA], &[AES256, CHACHA, AES128], AES128),
        (Server, &[CHACHA, AES128, AES256], &[AES128, AES256, CHACHA], CHACHA),
        (Server, &[CHACHA, AES256], &[AES128, AES256], AES256),
        (Server, &[AES256, CHACHA, AES128], &[AES128, AES256, CHACHA], AES128),
    ] {
        let client = client(&world).cipher_suites(of_client).build().unwrap();
        let server = server(&world).cipher_suites(of_server).preference(preference).build().unwrap();
        assert_eq!(agreed(client, server).cipher_suite, Some(expected), "{preference:?} {of_client:?} {of_server:?}");
    }
}

/// A peer without extended_master_secret is served; nothing is exported to it (RFC 7627 §5).
#[test]
fn without_extended_main_secret() {
    let world = World::new();
    let script = peer::alter_hello(|hello| {
        hello.extensions.retain(|extension| *extension != Extension::ExtendedMainSecret);
    });
    let peer = Peer::client(client(&world).build().unwrap(), script);
    let mut play = Play::server(server(&world).build().unwrap(), peer);
    play.go_on();
    assert!(play.error.is_none() && play.peer.is_connected(), "{:?} {:?}", play.error, play.peer.error);
    assert!(!play.victim.facts().extended_main_secret);
    let refused = play.victim.export(b"EXPORTER-x", None, &mut [0; 8]).unwrap_err();
    assert_eq!(refused.code(), "local.export_refused");
    play.peer.send(b"data");
    play.go_on();
    assert_eq!(play.data, b"data");
}

#[test]
fn exporters_are_equal_on_both_sides() {
    let world = World::new();
    let mut pair = Pair::new(client(&world).build().unwrap(), server(&world).build().unwrap());
    pair.run().unwrap();
    let export = |side: &Connection, label: &[u8], context: Option<&[u8]>| {
        let mut out = [0; 40];
        side.export(label, context, &mut out).map(|()| out)
    };
    let mut seen = Vec::new();
    for context in [None, Some(&b""[..]), Some(b"context")] {
        let at_client = export(&pair.client, b"EXPORTER-x", context).unwrap();
        assert_eq!(at_client, export(&pair.server, b"EXPORTER-x", context).unwrap());
        // None and an empty one are two things in TLS 1.2 (RFC 5705 §4).
        assert!(!seen.contains(&at_client));
        seen.push(at_client);
    }
    assert_eq!(export(&pair.client, b"key expansion", None).unwrap_err().code(), "local.export_refused");
}

/// Bytes arrive one by one, in either direction.
#[test]
fn byte_by_byte() {
    let world = World::new();
    let server = server(&world).client_auth(ClientAuth::Require(world.verifier())).build().unwrap();
    let mut pair = Pair::new(client(&world).identity(world.identity.clone()).build().unwrap(), server);
    let (mut server_inbox, mut client_inbox) = (Vec::new(), Vec::new());
    let Pair { client, server, to_server, to_client } = &mut pair;
    while !to_server.is_empty() || !to_client.is_empty() {
        for byte in std::mem::take(to_server) {
            server_inbox.push(byte);
            pump(server, &mut server_inbox, to_client, &mut Vec::new()).unwrap();
        }
        for byte in std::mem::take(to_client) {
            client_inbox.push(byte);
            pump(client, &mut client_inbox, to_server, &mut Vec::new()).unwrap();
        }
    }
    assert!(!pair.client.is_handshaking() && !pair.server.is_handshaking());
    pair.exchange();
}

/// A peer whose messages come in fragments of a few bytes, or all in one record.
#[test]
fn fragments_and_shared_records() {
    let world = World::new();
    let fine = |mut play: Play| {
        play.go_on();
        assert!(!play.victim.is_handshaking() && play.peer.is_connected(), "{:?}", play.error);
    };
    let of_server = || Peer::server(server(&world).build().unwrap(), peer::honest());
    let of_client = || Peer::client(client(&world).build().unwrap(), peer::honest());
    for fragment in [1, 7, 100] {
        fine(Play::client(world.client().build().unwrap(), of_server().in_fragments(fragment)));
        fine(Play::server(world.server().build().unwrap(), of_client().in_fragments(fragment)));
    }
    fine(Play::client(world.client().build().unwrap(), of_server().coalescing()));
    fine(Play::server(world.server().build().unwrap(), of_client().coalescing()));
}

/// HelloRequests during the handshake mean nothing, and stand in no transcript (RFC 5246 §7.4.1.1).
#[test]
fn hello_requests_in_the_handshake_are_ignored() {
    let world = World::new();
    for before in ["Certificate", "ServerKeyExchange", "ServerHelloDone"] {
        let request = peer::raw_message(crate::registry::HandshakeType::HELLO_REQUEST, &[]);
        let script = peer::before(before, move || peer::Act::Whisper(request.clone()));
        let peer = Peer::server(server(&world).build().unwrap(), script);
        let mut play = Play::client(client(&world).build().unwrap(), peer);
        play.go_on();
        assert!(!play.victim.is_handshaking() && play.peer.is_connected(), "{before}: {:?}", play.error);
    }
}

/// The signal of RFC 5746 §3.3 counts as much as the extension.
#[test]
fn the_renegotiation_signal_is_answered() {
    let world = World::new();
    let script = peer::alter_hello(|hello| {
        hello.extensions.retain(|extension| !matches!(extension, Extension::RenegotiationInfo(_)));
        hello.cipher_suites.push(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    });
    let mut play = Play::server(server(&world).build().unwrap(), Peer::client(client(&world).build().unwrap(), script));
    play.go_on();
    // The peer, which is this crate's client, refuses an answer that its state did not offer.
    assert_eq!(play.peer.error.as_ref().map(crate::Error::code), None);
    assert!(play.peer.is_connected());
}

/// Warnings end nothing in TLS 1.2, and neither does a name that the server does not know (RFC 6066 §3).
#[test]
fn warnings() {
    let world = World::new();
    let unknown = crate::registry::AlertDescription::UNRECOGNIZED_NAME;
    let warning = move || peer::Act::Wire(peer::plain_record(21, &[1, unknown.0]));
    for at in ["ServerHello", "Certificate"] {
        let peer = Peer::server(server(&world).build().unwrap(), peer::before(at, warning));
        let mut play = Play::client(world.client().build().unwrap(), peer);
        play.go_on();
        assert!(!play.victim.is_handshaking() && play.peer.is_connected(), "{at}: {:?}", play.error);
    }
}

/// No secret of TLS 1.3 is logged, but the main secret, once, on both sides the same.
#[test]
fn the_key_log() {
    use std::sync::Mutex;
    #[derive(Debug, Default)]
    struct Lines(Mutex<Vec<String>>);
    impl crate::config::KeyLog for Lines {
        fn log(&self, label: &str, client_random: &[u8; 32], secret: &[u8]) {
            self.0.lock().unwrap().push(crate::config::key_log_line(label, client_random, secret));
        }
    }
    let world = World::new();
    let (at_client, at_server) = (Arc::new(Lines::default()), Arc::new(Lines::default()));
    let client = client(&world).key_log(at_client.clone()).build().unwrap();
    agreed(client, world.server().key_log(at_server.clone()).build().unwrap());
    let lines = at_client.0.lock().unwrap();
    assert_eq!(*lines, *at_server.0.lock().unwrap());
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let fields: Vec<&str> = line.split(' ').collect();
    assert_eq!((fields[0], fields[2].len()), ("CLIENT_RANDOM", 96));
}

/// `record_size_limit` counts in both directions, without the byte of the type that TLS 1.3 has (RFC 8449 §4).
#[test]
fn record_size_limits() {
    let world = World::new();
    let client = client(&world).record_size_limit(100).build().unwrap();
    let mut pair = Pair::new(client, server(&world).record_size_limit(64).build().unwrap());
    pair.run().unwrap();
    assert_eq!(pair.client.facts().record_size_limit, Some(64));
    assert_eq!(pair.server.facts().record_size_limit, Some(100));
    let longest = |out: &[u8]| {
        let (mut at, mut longest) = (0, 0);
        while at < out.len() {
            let len = usize::from(out[at + 3]) << 8 | usize::from(out[at + 4]);
            // AES-GCM: 8 bytes of nonce, 16 of tag.
            longest = longest.max(len - 8 - 16);
            at += 5 + len;
        }
        longest
    };
    pair.client.send(&[7; 1000], &mut pair.to_server).unwrap();
    pair.server.send(&[8; 1000], &mut pair.to_client).unwrap();
    assert_eq!((longest(&pair.to_server), longest(&pair.to_client)), (64, 100));
    assert_eq!(pair.run().unwrap(), (vec![8; 1000], vec![7; 1000]));
}

fn psk(identity: &[u8], byte: u8) -> Arc<ExternalPsk> {
    ExternalPsk::new(identity, Secret::new(&[byte; 32]), HashAlgorithm::Sha256).unwrap()
}

/// The suites that are used only where both sides name them.
#[test]
fn suites_that_are_off_unless_named() {
    let groups = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::FFDHE3072, NamedGroup::FFDHE2048];
    let (ecdsa, rsa) = (World::new(), rsa_world());
    let key = psk(b"device 7", 7);
    for suite in suite::SUPPORTED.iter().filter(|suite| !suite::DEFAULT.contains(suite)) {
        let name = suite.name().unwrap();
        let world = if name.contains("_RSA_") { &rsa } else { &ecdsa };
        let named = client(world).cipher_suites(&[*suite]).groups(&groups).psks(vec![key.clone()]).build().unwrap();
        let server = |suites: &[CipherSuite]| {
            let psks = Arc::new(vec![psk(b"another", 1), key.clone()]);
            server(world).cipher_suites(suites).groups(&groups).psks(psks).build().unwrap()
        };
        let facts = agreed(named.clone(), server(suite::SUPPORTED));
        assert_eq!(facts.cipher_suite, Some(*suite));
        assert_eq!(facts.external_psk, name.contains("_PSK_"), "{name}");
        assert_eq!(facts.peer_certificates.is_empty(), facts.external_psk, "{name}");
        let group = match (name.contains("_ECDHE_"), name.contains("_DHE_")) {
            (true, _) => Some(NamedGroup::X25519),
            (_, true) => Some(NamedGroup::FFDHE3072),
            _ => None,
        };
        assert_eq!(facts.group, group, "{name}");
        let mut pair = Pair::new(named, server(suite::DEFAULT));
        assert_eq!(pair.run().unwrap_err().code(), "hello.no_common_suite", "{name}");
    }
}

/// Nothing is resumed of a handshake with a pre-shared key: it is there the next time as well.
#[test]
fn pre_shared_keys_make_no_sessions() {
    use crate::session::{ClientSessions, MemorySessions, SessionKey, TicketKeys};
    let world = World::new();
    let suites = [CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256];
    let sessions = Arc::new(MemorySessions::new(4, 4, 1 << 20));
    let client = client(&world).cipher_suites(&suites).psks(vec![psk(b"x", 1)]).sessions(sessions.clone());
    let ticketer = Arc::new(TicketKeys::generate(world.provider.as_ref()).unwrap());
    let server = server(&world).cipher_suites(&suites).psks(Arc::new(vec![psk(b"x", 1)])).ticketer(ticketer);
    let facts = agreed(client.build().unwrap(), server.build().unwrap());
    assert!(facts.external_psk && !facts.messages.iter().any(|note| note.name == "NewSessionTicket"));
    let key = SessionKey { name: "host.example".parse().unwrap(), scope: Vec::new() };
    assert!(sessions.take(&key, super::NOW.into()).is_none());
}

/// A client that lists no finite field takes whichever the server has; one that lists others does not (RFC 7919 §4).
#[test]
fn finite_fields_by_what_the_client_lists() {
    let world = rsa_world();
    let suites = [CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256];
    let play = |listed: Vec<NamedGroup>| {
        let script = peer::alter_hello(move |hello| {
            hello.extensions.retain(|extension| !matches!(extension, Extension::SupportedGroups(_)));
            hello.extensions.push(Extension::SupportedGroups(listed.clone()));
        });
        let client = client(&world).cipher_suites(&suites).groups(&[NamedGroup::FFDHE2048]).build().unwrap();
        let server = server(&world).cipher_suites(&suites).groups(&[NamedGroup::FFDHE2048]).build().unwrap();
        let mut play = Play::server(server, Peer::client(client, script));
        play.go_on();
        play.error.as_ref().map(crate::Error::code)
    };
    assert_eq!(play(vec![NamedGroup::SECP256R1]), None);
    assert_eq!(play(vec![NamedGroup::FFDHE2048]), None);
    assert_eq!(play(vec![NamedGroup::SECP256R1, NamedGroup(0x0104)]), Some("hello.no_common_group"));
}
