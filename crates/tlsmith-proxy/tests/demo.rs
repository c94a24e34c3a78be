//! The demonstration: its CA, the renewal of its certificate, and what connections are told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use hyper_util::rt::{TokioExecutor, TokioIo};
use support::{full, limits, provider, text};
use tlsmith::{ClientConfig, ServerConfig, auth::ChainVerifier, auth::UnknownName};
use tlsmith_proxy::{Clock, Demonstration, Service, Shutdown, StateError, SystemClock, Terminator, listen};
use tlsmith_tokio::{Connector, Options, TlsStream};
use tlsmith_x509::{TrustAnchors, UnixTime};
use tokio::net::TcpStream;

const DAY: i64 = 86_400;

/// A clock that is set by hand.
#[derive(Debug)]
struct Hand(AtomicI64);

impl Hand {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_800_000_000)))
    }

    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(Ordering::SeqCst))
    }
}

fn open_at(directory: &Path, clock: Arc<dyn Clock>) -> Result<Demonstration, StateError> {
    Demonstration::open(directory, provider(), clock, UnknownName::Default)
}

fn open(directory: &Path) -> Result<Demonstration, StateError> {
    open_at(directory, Arc::new(SystemClock))
}

#[test]
fn the_ca_is_made_once_and_kept() {
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("state");
    let first = open(&directory).unwrap();
    let second = open(&directory).unwrap();
    assert_eq!(first.ca().der(), second.ca().der());
    assert_ne!(first.certificate().der(), second.certificate().der());
    assert_eq!(first.ca_path(), directory.join("ca.pem"));
    assert_eq!(first.certificate().sans(), ["DNS:localhost", "IP:127.0.0.1", "IP:::1"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(directory.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("."), mode("ca-key.pem"), mode("ca.pem")), (0o700, 0o600, 0o644));
    }
    let pem = fs::read_to_string(directory.join("ca.pem")).unwrap();
    assert!(!pem.contains("PRIVATE"));
}

#[test]
fn concurrent_starts_agree_on_one_ca() {
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("state");
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let directory = directory.clone();
            std::thread::spawn(move || open(&directory).unwrap().ca().der().to_vec())
        })
        .collect();
    let mut cas: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
    cas.dedup();
    assert_eq!(cas.len(), 1);
}

#[test]
fn damage_is_named_with_its_mend() {
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("state");
    let other = outer.path().join("other");
    open(&directory).unwrap();
    open(&other).unwrap();
    let (certificate, key) = (directory.join("ca.pem"), directory.join("ca-key.pem"));
    let (good_certificate, good_key) = (fs::read(&certificate).unwrap(), fs::read(&key).unwrap());
    let broken = |which: &Path, content: &[u8], code: &str, names: &str| {
        fs::write(which, content).unwrap();
        let error = open(&directory).unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.message.contains(names), "{error}");
        assert!(error.fix.contains("remove") && error.fix.contains("ca-key.pem"), "{error}");
        fs::write(&certificate, &good_certificate).unwrap();
        fs::write(&key, &good_key).unwrap();
        open(&directory).unwrap();
    };
    broken(&certificate, b"", "state.damaged", "ca.pem");
    broken(&certificate, &good_certificate[..good_certificate.len() / 2], "state.damaged", "ca.pem");
    broken(&certificate, &[good_certificate.as_slice(), &good_certificate].concat(), "state.damaged", "exactly one");
    broken(&certificate, &good_key, "state.damaged", "ca.pem");
    broken(&key, b"", "state.damaged", "ca-key.pem");
    broken(&key, &good_key[..good_key.len() / 2], "state.damaged", "ca-key.pem");
    broken(&key, &good_certificate, "state.damaged", "ca-key.pem");
    broken(&key, &[0xff; 100], "state.damaged", "ca-key.pem");
    broken(&key, &fs::read(other.join("ca-key.pem")).unwrap(), "state.damaged", "not the key of ca.pem");
    broken(&certificate, &fs::read(other.join("ca.pem")).unwrap(), "state.damaged", "not the key of ca.pem");

    fs::remove_file(&key).unwrap();
    assert_eq!(open(&directory).unwrap_err().code, "state.key_missing");
    fs::write(&key, &good_key).unwrap();
    // A key alone: nobody can have trusted its CA through this directory. A new one is made.
    fs::remove_file(&certificate).unwrap();
    assert_ne!(
        open(&directory).unwrap().ca().der(),
        tlsmith_x509::pem::certificates(&good_certificate).unwrap()[0].der()
    );
}

#[test]
fn a_ca_out_of_its_time_is_named() {
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("state");
    let clock = Hand::new();
    open_at(&directory, clock.clone()).unwrap();
    clock.forward(3651 * DAY);
    assert_eq!(open_at(&directory, clock.clone()).unwrap_err().code, "state.ca_expired");
    clock.forward(-3654 * DAY);
    assert_eq!(open_at(&directory, clock).unwrap_err().code, "state.clock");
}

#[test]
fn a_leaf_does_not_outlive_its_ca() {
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("state");
    let clock = Hand::new();
    open_at(&directory, clock.clone()).unwrap();
    clock.forward(3640 * DAY);
    let late = open_at(&directory, clock).unwrap();
    assert_eq!(late.certificate().not_after(), late.ca().not_after());
}

/// A connection to `address` at the time of `clock`, that trusts the demonstration's CA alone.
async fn connect(
    address: std::net::SocketAddr,
    demonstration: &Demonstration,
    clock: Arc<dyn Clock>,
) -> TlsStream<TcpStream> {
    let mut anchors = TrustAnchors::new();
    anchors.add(demonstration.ca().clone());
    let verifier = Arc::new(ChainVerifier::new(provider(), Arc::new(anchors)));
    let config = ClientConfig::builder(provider(), verifier).alpn(&[b"h2", b"http/1.1"]).build().unwrap();
    let connector = Connector::with_options(config, Options::new().clock(move || clock.now()));
    let tcp = TcpStream::connect(address).await.unwrap();
    connector.connect("localhost".parse().unwrap(), tcp).await.unwrap()
}

struct Served {
    address: std::net::SocketAddr,
    shutdown: Shutdown,
    done: tokio::task::JoinHandle<()>,
}

async fn serve(demonstration: &Demonstration, clock: Arc<dyn Clock>) -> Served {
    let config = ServerConfig::builder(provider())
        .identities(demonstration.identities())
        .alpn(&[b"h2", b"http/1.1"])
        .trace(true)
        .build()
        .unwrap();
    let listeners = listen(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
    let address = listeners[0].local_addr().unwrap();
    let shutdown = Shutdown::new();
    let service = Service::Demo(demonstration.page());
    let terminator = Terminator::new(config, service, clock, limits(), shutdown.clone());
    Served { address, shutdown, done: tokio::spawn(terminator.run(listeners)) }
}

#[tokio::test]
async fn the_certificate_is_renewed_while_it_serves() {
    let outer = tempfile::tempdir().unwrap();
    let clock = Hand::new();
    let demonstration = open_at(&outer.path().join("state"), clock.clone()).unwrap();
    let served = serve(&demonstration, clock.clone()).await;
    let shown =
        async || connect(served.address, &demonstration, clock.clone()).await.facts().peer_certificates[0].clone();

    let first = shown().await;
    assert_eq!(first.not_after(), UnixTime(clock.now().0 + 30 * DAY));
    clock.forward(19 * DAY);
    assert!(!demonstration.renew_if_due().unwrap());
    assert_eq!(shown().await.der(), first.der());
    clock.forward(DAY);
    assert!(demonstration.renew_if_due().unwrap());
    let second = shown().await;
    assert_ne!(second.der(), first.der());
    assert_eq!(second.not_after(), UnixTime(clock.now().0 + 30 * DAY));
    // Long after the first would have ended.
    for _ in 0..6 {
        clock.forward(20 * DAY);
        assert!(demonstration.renew_if_due().unwrap());
        assert!(shown().await.not_after() > clock.now());
    }
    served.shutdown.begin();
    served.done.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_renewal_happens_by_itself() {
    /// The time of the test's runtime, which runs as fast as timers ask for.
    #[derive(Debug)]
    struct Virtual(tokio::time::Instant);
    impl Clock for Virtual {
        fn now(&self) -> UnixTime {
            UnixTime(1_800_000_000 + i64::try_from(self.0.elapsed().as_secs()).unwrap())
        }
    }
    let outer = tempfile::tempdir().unwrap();
    let clock = Arc::new(Virtual(tokio::time::Instant::now()));
    let demonstration = open_at(&outer.path().join("state"), clock.clone()).unwrap();
    let shutdown = Shutdown::new();
    let keeping = {
        let (demonstration, shutdown) = (demonstration.clone(), shutdown.clone());
        tokio::spawn(async move { demonstration.keep_renewed(shutdown).await })
    };
    let mut seen = vec![demonstration.certificate()];
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_secs(DAY as u64)).await;
        let current = demonstration.certificate();
        // A third of its life is always left, but for the time between two looks at the clock.
        assert!(current.not_after().0 - clock.now().0 > 9 * DAY, "{} at {}", current.not_after(), clock.now());
        if seen.last().unwrap().der() != current.der() {
            seen.push(current);
        }
    }
    assert_eq!(seen.len(), 5);
    shutdown.begin();
    keeping.await.unwrap();
}

#[tokio::test]
async fn each_connection_is_told_what_it_negotiated() {
    let outer = tempfile::tempdir().unwrap();
    let demonstration = open(&outer.path().join("state")).unwrap();
    let served = serve(&demonstration, Arc::new(SystemClock)).await;
    let stream = connect(served.address, &demonstration, Arc::new(SystemClock)).await;
    let facts = stream.facts().clone();
    assert_eq!(facts.alpn.as_deref(), Some(b"h2".as_slice()));
    let (mut http2, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let request =
        |accept: &str| http::Request::get("https://localhost/").header("accept", accept).body(full("")).unwrap();
    let json = text(http2.send_request(request("application/json")).await.unwrap()).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["protocol"], "TLSv1.3");
    assert_eq!(json["cipher_suite"], facts.cipher_suite.unwrap().to_string());
    assert_eq!(json["group"], facts.group.unwrap().to_string());
    assert_eq!(json["signature_scheme"], facts.signature_scheme.unwrap().to_string());
    assert_eq!(json["server_name"], "localhost");
    assert_eq!(json["alpn"], "h2");
    assert_eq!(json["target"], "localhost");
    assert_eq!(json["server_chain"][0]["subject"], "CN=localhost");
    let names: Vec<_> =
        json["messages"].as_array().unwrap().iter().map(|message| message["name"].as_str().unwrap()).collect();
    assert_eq!(names.first(), Some(&"ClientHello"));
    assert!(names.contains(&"CertificateVerify"));

    let page = text(http2.send_request(request("text/html")).await.unwrap()).await;
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.contains(&facts.cipher_suite.unwrap().to_string()));
    drop(http2);
    connection.await.unwrap().unwrap();

    served.shutdown.begin();
    served.done.await.unwrap();
}
