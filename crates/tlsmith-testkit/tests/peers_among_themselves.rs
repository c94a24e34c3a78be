//! The launchers against each other: what they say they start is what runs, and the certificates are good for other
//! people's programs. A failure here is the test kit's, not tlsmith's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use tlsmith_testkit::{
    certs::{Bad, KeyKind, Pki},
    peers::{
        CLASSIC_GROUPS, ClientAuth, ClientSetup, HYBRID, SUITES, Seen, ServerSetup, curl, gnutls,
        nginx::{self, Nginx},
        openssl,
        script::{Language, Script},
    },
    process::Process,
};

fn finish_text(mut client: Process, until: &str) -> String {
    client.wait_for_text(until);
    client.close_stdin();
    client.finish().text()
}

#[test]
fn openssl_and_gnutls_speak_every_suite_group_and_scheme() {
    for kind in KeyKind::ALL {
        let pki = Pki::new(kind);
        for (at, scheme) in kind.schemes().iter().enumerate() {
            let (suite, group) = (SUITES[at % 3], CLASSIC_GROUPS[(at + kind as usize) % 4]);
            let setup =
                ServerSetup { suites: &[suite], groups: &[group], schemes: &[scheme], ..ServerSetup::new(&pki.server) };
            let context = format!("{kind:?} {suite} {group} {scheme}");

            let server = gnutls::Server::start(&setup, &["--echo"]);
            let seen =
                finish_text(openssl::client(&ClientSetup::new(server.port, pki.root()), &[]), "Verify return code: 0");
            openssl::seen_by_client(&seen).check(
                &format!("gnutls-serv, s_client: {context}"),
                "TLSv1.3",
                suite,
                group,
                scheme,
            );
            assert_eq!(openssl::seen_by_client(&seen).scheme.as_deref(), Some(*scheme));

            let server = openssl::Server::start(&setup, openssl::Mode::Www, &[]);
            let client = gnutls::client(&ClientSetup::new(server.port, pki.root()), &[]);
            let seen = gnutls::seen_by_client(&finish_text(client, "Simple Client Mode"));
            seen.check(&format!("s_server, gnutls-cli: {context}"), "TLSv1.3", suite, group, scheme);
            assert!(seen.group.is_some() && seen.scheme.is_some(), "{seen:?}");
        }
    }
}

#[test]
fn nginx_serves_curl_and_fetches_from_openssl() {
    let pki = Pki::new(KeyKind::P256);
    let setups: Vec<_> = SUITES
        .iter()
        .zip(CLASSIC_GROUPS.iter())
        .map(|(suite, group)| ServerSetup {
            suites: std::slice::from_ref(suite),
            groups: std::slice::from_ref(group),
            client_auth: ClientAuth::Require(pki.root()),
            ..ServerSetup::new(&pki.server)
        })
        .collect();
    let nginx = Nginx::servers(&setups);
    for (setup, port) in setups.iter().zip(&nginx.ports) {
        let client = ClientSetup { identity: Some(&pki.client), ..ClientSetup::new(*port, pki.root()) };
        let page = curl::get(&client, "/", &[]).stdout();
        assert!(page.contains(&format!("suite={}\n", setup.suites[0])), "{page}");
        let group = page.lines().find_map(|line| line.strip_prefix("group=")).map(nginx::group_name);
        assert_eq!(group, Some(setup.groups[0]), "{page}");
        assert!(page.contains("verified=SUCCESS"), "{page}");
    }
    let server = openssl::Server::start(&ServerSetup::new(&pki.server), openssl::Mode::Www, &[]);
    let fetching =
        ClientSetup { suites: &SUITES[2..], groups: &["secp384r1"], ..ClientSetup::new(server.port, pki.root()) };
    let nginx = Nginx::clients(&[fetching]);
    let page = tlsmith_testkit::process::run(
        std::process::Command::new("curl")
            .args(["-sS", "--noproxy", "*"])
            .arg(format!("http://127.0.0.1:{}/", nginx.ports[0])),
    );
    assert!(page.stdout().contains("TLS_CHACHA20_POLY1305_SHA256"), "{}", page.text());
}

#[test]
fn scripts_transfer_to_each_other() {
    let pki = Pki::new(KeyKind::Rsa);
    let languages = [Language::Python, Language::PyOpenSsl, Language::Node, Language::Java];
    let mut servers: Vec<_> = languages.iter().map(|language| Script::start(*language, &[], &[])).collect();
    for language in languages {
        let of_process = language != Language::Node;
        let (suite, group) = (SUITES[1], CLASSIC_GROUPS[2]);
        let mut client =
            if of_process { Script::start(language, &[suite], &[group]) } else { Script::start(language, &[], &[]) };
        for server in &mut servers {
            let setup = ServerSetup {
                alpn: &["beta", "alpha"],
                client_auth: ClientAuth::Require(pki.root()),
                ..ServerSetup::new(&pki.server)
            };
            let (listening, port) = server.listen(&setup);
            let context = format!("{language:?} to {:?}", server.language());
            let mut setup =
                ClientSetup { identity: Some(&pki.client), alpn: &["alpha"], ..ClientSetup::new(port, pki.root()) };
            if language == Language::Node {
                (setup.suites, setup.groups) = (&SUITES[1..2], &CLASSIC_GROUPS[2..3]);
            }
            if language == Language::Java {
                setup.suites = &SUITES[1..2];
            }
            let order = client.connect(&setup, 100_000, 200_000);
            let (near, far) = (client.outcome(order, 0), server.outcome(listening, 0));
            for seen in [near.seen(&context), far.seen(&context)] {
                seen.check(&context, "TLSv1.3", suite, group, "");
                assert_eq!(seen.alpn.as_deref(), Some("alpha"), "{context}");
                assert!(seen.peer.is_some(), "{context}");
            }
            assert_eq!(near.get("sent"), far.get("received"), "{context}");
            assert_eq!(near.get("received"), far.get("sent"), "{context}");
        }
    }
}

#[test]
fn the_hybrid_group_is_there() {
    let pki = Pki::new(KeyKind::P256);
    let mut script = Script::start(Language::PyOpenSsl, &[], &[HYBRID]);
    let (listening, port) = script.listen(&ServerSetup::new(&pki.server));
    let order = script.connect(&ClientSetup::new(port, pki.root()), 10, 10);
    let seen = script.outcome(order, 0).seen("hybrid");
    assert_eq!(seen.group.as_deref(), Some(HYBRID), "{}", script.version);
    script.outcome(listening, 0).seen("hybrid");
}

#[test]
fn openssl_agrees_that_the_bad_certificates_are_bad() {
    let expected = [
        (Bad::OtherHost, "hostname mismatch"),
        (Bad::Expired, "certificate has expired"),
        (Bad::NotYetValid, "certificate is not yet valid"),
        (Bad::SelfSigned, "self-signed certificate"),
        (Bad::UnknownCa, "unable to get local issuer certificate"),
        (Bad::UnknownCaSent, "self-signed certificate in certificate chain"),
        (Bad::NoIntermediate, "unable to get local issuer certificate"),
        (Bad::ClientOnly, "unsuitable certificate purpose"),
        (Bad::IssuerNotCa, "invalid CA certificate"),
        (Bad::Constrained, "permitted subtree violation"),
        (Bad::BadSignature, "certificate signature failure"),
        (Bad::UnknownCritical, "unhandled critical extension"),
    ];
    let pki = Pki::new(KeyKind::P256);
    for (bad, words) in expected {
        let cert = pki.bad(bad);
        let server = openssl::Server::start(&ServerSetup::new(&cert), openssl::Mode::Www, &[]);
        let client = openssl::client(&ClientSetup::new(server.port, pki.root()), &[]);
        let said = client.finish().text();
        assert!(said.contains(words), "{bad:?}: {said}");
        assert_ne!(openssl::seen_by_client(&said), Seen::default());
    }
}
