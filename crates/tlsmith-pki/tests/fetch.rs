//! Fetching from a server on loopback that answers as it is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::fetch::cache::Key;
use tlsmith_pki::fetch::{Cache, Fetcher, Note, Problem, Reach, Want, gather};
use tlsmith_x509::revocation::{Revocation, RevocationPolicy};
use tlsmith_x509::{Certificate, Code, PathRequest, Purpose, TrustAnchors, UnixTime, verify};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers by path; counts what it was asked.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

type Answers = Vec<(&'static str, Vec<u8>)>;

fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nContent-Type: text/html\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn status(line: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

impl Server {
    /// `answers` is made when the address is known.
    async fn start(answers: impl FnOnce(SocketAddr) -> Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(answers(address));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answers, log) = (answers.clone(), log.clone());
                tokio::spawn(async move {
                    let mut request = vec![0; 4096];
                    let length = stream.read(&mut request).await.unwrap();
                    let text = String::from_utf8_lossy(&request[..length]).into_owned();
                    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                    log.lock().unwrap().push(text);
                    let answer = answers.iter().find(|(of, _)| *of == path).map(|(_, answer)| answer.clone());
                    let _ = stream.write_all(&answer.clone().unwrap_or_else(|| status("404 Not Found"))).await;
                    if answer.is_some_and(|answer| answer.is_empty()) {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn anywhere() -> Fetcher {
    Fetcher { reach: Reach::Any, ..Fetcher::default() }
}

#[tokio::test]
async fn every_way_in_which_nothing_comes_is_told_apart() {
    let server = Server::start(|address| {
        vec![
            ("/text", ok(b"hello")),
            ("/long", [&b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"[..], &[0; 300_000]].concat()),
            // Without a length: it is counted as it comes.
            ("/endless", [&b"HTTP/1.0 200 OK\r\n\r\n"[..], &[0; 300_000]].concat()),
            ("/round", redirect(&format!("http://{address}/round"))),
            ("/secure", redirect("https://127.0.0.1/")),
            ("/nowhere", status("302 Found")),
            ("/broken", b"nonsense\r\n\r\n".to_vec()),
            ("/slow", Vec::new()),
        ]
    })
    .await;
    let fetcher = Fetcher { limit: Duration::from_millis(1500), ..anywhere() };
    for (path, wanted) in [
        ("/text", "Malformed"),
        ("/long", "TooLong(262144)"),
        ("/endless", "TooLong(262144)"),
        ("/round", "Redirect(\"more than 3 of them\")"),
        ("/secure", "Redirect(\"https is not fetched"),
        ("/nowhere", "Redirect(\"it does not say where to\")"),
        ("/missing", "Status(404)"),
        ("/broken", "Connection("),
        ("/slow", "TimedOut("),
    ] {
        let error = fetcher.ca_issuers(&server.url(path)).await.unwrap_err();
        assert!(format!("{:?}", error.problem()).starts_with(wanted), "{path}: {error}");
        assert!(error.to_string().starts_with(&server.url(path)), "{error}");
    }
    for (url, what) in [
        ("https://ca.example/1.crl", "https is not fetched"),
        ("ldap://ca.example/cn=x", "only http is fetched"),
        ("ca.example", "no URL with a scheme"),
        ("http://user@ca.example/", "user name"),
        ("", "no URL"),
        ("http:// \u{1b}[2J/", "no URL"),
    ] {
        let error = fetcher.crl(url).await.unwrap_err();
        assert!(error.to_string().contains(what) && matches!(error.problem(), Problem::Url(_)), "{error}");
        assert!(!error.to_string().chars().any(char::is_control));
    }
    let closed = fetcher.crl("http://127.0.0.1:1/").await.unwrap_err();
    assert!(matches!(closed.problem(), Problem::Connection(_)), "{closed}");
}

#[tokio::test]
async fn addresses_of_this_network_are_not_reached_for_the_sake_of_a_stranger() {
    let server = Server::start(|address| vec![("/hop", redirect(&format!("http://{address}/x")))]).await;
    let private = Fetcher { reach: Reach::Private, ..Fetcher::default() };
    for fetcher in [Fetcher::default(), private] {
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let url = format!("http://{host}:{}/hop", server.address.port());
            let error = fetcher.crl(&url).await.unwrap_err();
            assert!(matches!(error.problem(), Problem::Address(_)), "{error}");
        }
    }
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn redirects_are_followed_and_requests_are_sent_as_they_are() {
    let server = Server::start(|address| {
        vec![
            ("/a", redirect("/b")),
            ("/b", redirect(&format!("http://{address}/c"))),
            ("/c", ok(b"answer")),
            (
                "/post",
                format!("HTTP/1.1 307 Again\r\nLocation: http://{address}/c\r\nContent-Length: 0\r\n\r\n").into(),
            ),
            ("/see", redirect("/c")),
        ]
    })
    .await;
    assert_eq!(anywhere().ocsp(&server.url("/post"), b"request").await.unwrap(), b"answer");
    let last = server.asked.lock().unwrap().last().unwrap().clone();
    assert!(last.starts_with("POST /c HTTP/1.1\r\n") && last.ends_with("\r\n\r\nrequest"), "{last}");
    assert!(last.contains("content-type: application/ocsp-request\r\n"), "{last}");
    assert!(last.contains(&format!("host: {}\r\n", server.address)), "{last}");
    // A request must not become a GET on the way.
    let error = anywhere().ocsp(&server.url("/see"), b"request").await.unwrap_err();
    assert_eq!(*error.problem(), Problem::Status(302));
    // Two redirects, then something that is no CRL.
    let error = anywhere().crl(&server.url("/a")).await.unwrap_err();
    assert!(matches!(error.problem(), Problem::Malformed(_)), "{error}");
}

/// A root, an intermediate, a leaf; the intermediate and its CRL are at the server.
struct World {
    root: Certificate,
    middle: Certificate,
    leaf: Certificate,
    middle_params: CertificateParams,
    middle_key: KeyPair,
    root_params: CertificateParams,
    root_key: KeyPair,
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

fn params(name: &str, ca: bool) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2028, 1, 1);
    params.use_authority_key_identifier_extension = true;
    if ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    }
    params
}

/// authorityInfoAccess with one caIssuers URL.
fn aia(url: &str) -> rcgen::CustomExtension {
    let uri = [&[0x86, u8::try_from(url.len()).unwrap()][..], url.as_bytes()].concat();
    let method = [0x06, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, 2];
    let description = [&[0x30, u8::try_from(method.len() + uri.len()).unwrap()][..], &method, &uri].concat();
    let value = [&[0x30, u8::try_from(description.len()).unwrap()][..], &description].concat();
    rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], value)
}

impl World {
    fn new(address: SocketAddr) -> Self {
        Self::with_crls(address, &["/middle.crl"])
    }

    /// The CRL of the leaf is at these paths.
    fn with_crls(address: SocketAddr, paths: &[&str]) -> Self {
        let url = |path: &str| format!("http://{address}{path}");
        let (root_params, root_key) = (params("Root", true), key());
        let root = root_params.self_signed(&root_key).unwrap();
        let by_root = Issuer::from_params(&root_params, &root_key);
        let mut middle_params = params("Middle", true);
        middle_params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![url("/root.crl")] }];
        let middle_key = key();
        let middle = middle_params.signed_by(&middle_key, &by_root).unwrap();
        let by_middle = Issuer::from_params(&middle_params, &middle_key);
        let mut leaf = params("leaf", false);
        let points = paths.iter().map(|path| CrlDistributionPoint { uris: vec![url(path)] });
        leaf.crl_distribution_points = points.collect();
        leaf.custom_extensions.push(aia(&url("/middle.cer")));
        let leaf = leaf.signed_by(&key(), &by_middle).unwrap();
        let parse = |der: &[u8]| Certificate::from_der(der).unwrap();
        Self {
            root: parse(root.der()),
            middle: parse(middle.der()),
            leaf: parse(leaf.der()),
            middle_params,
            middle_key,
            root_params,
            root_key,
        }
    }

    fn crl(params: &CertificateParams, key: &KeyPair, revoked: &[&Certificate]) -> Vec<u8> {
        let revoked_certs = revoked.iter().map(|certificate| rcgen::RevokedCertParams {
            serial_number: rcgen::SerialNumber::from_slice(certificate.serial()),
            revocation_time: rcgen::date_time_ymd(2026, 11, 19),
            reason_code: None,
            invalidity_date: None,
        });
        let list = rcgen::CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2026, 11, 20),
            next_update: rcgen::date_time_ymd(2026, 11, 27),
            crl_number: rcgen::SerialNumber::from(1u64),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: rcgen::KeyIdMethod::Sha256,
        };
        list.signed_by(&Issuer::from_params(params, key)).unwrap().der().to_vec()
    }

    fn anchors(&self) -> TrustAnchors {
        [self.root.clone()].into_iter().collect()
    }
}

fn now() -> UnixTime {
    UnixTime::from_civil(2026, 11, 21, 0, 0, 0).unwrap()
}

const ALL: Want = Want { intermediates: true, revocation: true, leaf_only: false };

#[tokio::test]
async fn a_chain_is_completed_and_its_crls_come_once() {
    let mut world = None;
    let server = Server::start(|address| {
        let made = World::new(address);
        let root_crl = World::crl(&made.root_params, &made.root_key, &[]);
        let middle_crl = World::crl(&made.middle_params, &made.middle_key, &[&made.leaf]);
        let answers = vec![
            ("/middle.cer", ok(made.middle.der())),
            ("/root.crl", ok(&root_crl)),
            ("/middle.crl", ok(&middle_crl)),
        ];
        world = Some(made);
        answers
    })
    .await;
    let world = world.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let fetcher = Fetcher { cache: Some(Cache::new(directory.path())), ..anywhere() };
    let chain = [world.leaf.clone()];
    let anchors = world.anchors();
    for (round, asked) in [(1, 3), (2, 3)] {
        let gathered = gather(&fetcher, &AwsLc, &chain, &anchors, ALL, now()).await;
        assert_eq!(gathered.intermediates, std::slice::from_ref(&world.middle), "{:?}", gathered.notes);
        assert_eq!((gathered.crls.len(), gathered.notes.len()), (2, 3), "{:?}", gathered.notes);
        let cached = gathered.notes.iter().all(|note| matches!(note, Note::Cached(..)));
        assert_eq!((server.asked(), cached), (asked, round == 2), "{:?}", gathered.notes);

        let revocation =
            Revocation { policy: RevocationPolicy::Require, crls: &gathered.crls, ..Revocation::default() };
        let request = PathRequest {
            known: &gathered.intermediates,
            revocation,
            ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now())
        };
        assert_eq!(verify(&AwsLc, &request).cause().unwrap().code, Code::Revoked);
    }
    // What is over is fetched again.
    let later = UnixTime(now().0 + 30 * 86_400);
    let gathered = gather(&fetcher, &AwsLc, &chain, &anchors, ALL, later).await;
    assert_eq!(server.asked(), 6, "{:?}", gathered.notes);
    assert!(gathered.notes.iter().any(|note| matches!(note, Note::Refused("CRL", _, why) if why.contains("ended at"))));
    // The leaf alone, of a chain that is complete.
    let whole = [world.leaf.clone(), world.middle.clone()];
    let want = Want { intermediates: false, revocation: true, leaf_only: true };
    let gathered = gather(&anywhere(), &AwsLc, &whole, &anchors, want, now()).await;
    assert_eq!((gathered.crls.len(), gathered.intermediates.len(), server.asked()), (1, 0, 7));
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_used_nor_kept() {
    let mut world = None;
    let server = Server::start(|address| {
        let made = World::new(address);
        // The CRL of the wrong CA, the certificate of somebody else.
        let wrong = World::crl(&made.root_params, &made.root_key, &[]);
        let answers = vec![("/middle.cer", ok(made.root.der())), ("/middle.crl", ok(&wrong))];
        world = Some(made);
        answers
    })
    .await;
    let world = world.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let fetcher = Fetcher { cache: Some(Cache::new(directory.path().join("cache"))), ..anywhere() };
    let gathered = gather(&fetcher, &AwsLc, std::slice::from_ref(&world.leaf), &world.anchors(), ALL, now()).await;
    assert!(gathered.intermediates.is_empty());
    assert!(gathered.notes[0].to_string().contains("not the certificate of who signed"), "{:?}", gathered.notes);
    let chain = [world.leaf.clone(), world.middle.clone()];
    let gathered = gather(&fetcher, &AwsLc, &chain, &world.anchors(), ALL, now()).await;
    let notes: Vec<String> = gathered.notes.iter().map(ToString::to_string).collect();
    assert!(notes[0].contains("is not one of CN=Middle") && notes[1].contains("status 404"), "{notes:?}");
    assert!(!directory.path().join("cache").exists());
    assert_eq!(server.asked(), 3);
}

/// 32 MiB may come at a time, and 64 MiB in all, whatever they are good for.
#[tokio::test]
async fn what_comes_for_one_chain_has_a_bound_of_its_own() {
    const MOST: usize = 32 << 20;
    let mut world = None;
    let server = Server::start(|address| {
        let made = World::with_crls(address, &["/first", "/second", "/middle.crl"]);
        // With an entry it is longer than the other.
        let crl = World::crl(&made.middle_params, &made.middle_key, &[&made.leaf]);
        let root_crl = World::crl(&made.root_params, &made.root_key, &[]);
        let answers = vec![
            ("/first", ok(&vec![0; MOST])),
            ("/second", ok(&vec![0; MOST - root_crl.len()])),
            ("/middle.crl", ok(&crl)),
            ("/root.crl", ok(&root_crl)),
        ];
        world = Some(made);
        answers
    })
    .await;
    let world = world.unwrap();
    let chain = [world.leaf.clone(), world.middle.clone()];
    let fetcher = Fetcher { limit: Duration::from_secs(300), ..anywhere() };
    let want = Want { intermediates: false, revocation: true, leaf_only: false };
    let gathered = gather(&fetcher, &AwsLc, &chain, &world.anchors(), want, now()).await;
    let problem = |at: usize| match &gathered.notes[at] {
        Note::Failed("CRL", error) => error.problem().clone(),
        other => panic!("{other}"),
    };
    assert!(matches!((problem(0), problem(1)), (Problem::Malformed(_), Problem::Malformed(_))), "{:?}", gathered.notes);
    // It is longer than what is left; what just fits, comes.
    assert_eq!(problem(2), Problem::NoRoom(2 * MOST));
    assert!(gathered.notes[2].to_string().contains("more than 64 MiB would be fetched for one chain"));
    assert!(matches!(&gathered.notes[3], Note::Fetched("CRL", _)), "{:?}", gathered.notes);
    assert_eq!((gathered.notes.len(), gathered.crls.len(), server.asked()), (4, 1, 4));

    // What the cache gives takes room as well, and one that is asked for again takes it twice.
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::new(directory.path());
    let week = UnixTime(now().0 + 7 * 86_400);
    cache.put(Key::Crl(&server.url("/first")), &vec![0; MOST], week).unwrap();
    let fetcher = Fetcher { cache: Some(cache), ..fetcher };
    let gathered = gather(&fetcher, &AwsLc, &chain, &world.anchors(), want, now()).await;
    let notes: Vec<String> = gathered.notes.iter().map(ToString::to_string).collect();
    assert!(gathered.crls.is_empty() && notes.len() == 4, "{notes:?}");
    assert!(notes[1..].iter().all(|note| note.contains("more than 64 MiB")), "{notes:?}");
}

/// What came stays when the time for all of it is over: it may be a revocation.
#[tokio::test]
async fn what_does_not_come_takes_nothing_with_it() {
    let mut world = None;
    let server = Server::start(|address| {
        let made = World::with_crls(address, &["/middle.crl"]);
        let crl = World::crl(&made.middle_params, &made.middle_key, &[&made.leaf]);
        world = Some(made);
        // Nothing comes of the root's.
        vec![("/middle.crl", ok(&crl)), ("/root.crl", Vec::new())]
    })
    .await;
    let world = world.unwrap();
    let chain = [world.leaf.clone(), world.middle.clone()];
    let fetcher = Fetcher { limit: Duration::from_secs(600), all: Duration::from_secs(2), ..anywhere() };
    let want = Want { intermediates: false, revocation: true, leaf_only: false };
    let gathered = gather(&fetcher, &AwsLc, &chain, &world.anchors(), want, now()).await;
    let notes: Vec<String> = gathered.notes.iter().map(ToString::to_string).collect();
    assert_eq!((gathered.crls.len(), server.asked()), (1, 2), "{notes:?}");
    assert!(notes[1].contains("it has taken 2 seconds"), "{notes:?}");
}

/// What is signed when it is asked for is newer than the beginning.
#[tokio::test]
async fn an_answer_of_this_second_is_not_one_of_the_future() {
    let mut world = None;
    let server = Server::start(|address| {
        let made = World::new(address);
        let crl = World::crl(&made.middle_params, &made.middle_key, &[]);
        world = Some(made);
        vec![("/middle.crl", ok(&crl))]
    })
    .await;
    let world = world.unwrap();
    let chain = [world.leaf.clone(), world.middle.clone()];
    let want = Want { intermediates: false, revocation: true, leaf_only: true };
    // The CRL is of midnight.
    let midnight = UnixTime::from_civil(2026, 11, 20, 0, 0, 0).unwrap();
    for (early, comes) in [(1, true), (3600, false)] {
        let begun = UnixTime(midnight.0 - early);
        let gathered = gather(&anywhere(), &AwsLc, &chain, &world.anchors(), want, begun).await;
        let came = matches!(&gathered.notes[0], Note::Fetched("CRL", url) if *url == server.url("/middle.crl"));
        assert_eq!(came, comes, "{:?}", gathered.notes);
    }
}
