//! What `tlsmith doctor` says, on the screen and to programs, and how it ends. Which cause it finds for which server is the lab's
//! matter (tlsmith-testkit, tests/lab.rs).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::LazyLock,
    thread,
};

use common::{Run, read_hello_or_end, run_with};
use serde_json::{Value, json};
use tempfile::TempDir;
use tlsmith_testkit::{
    certs::{Bad, CertFiles, HOST, KeyKind, OTHER_HOST, Pki},
    config,
    lab::{
        http::Web,
        pki::{self, Authority, authority_information, crl_at},
    },
    server::{Mode, TestServer},
};
use tlsmith_x509::UnixTime;

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

/// The doctor at a port of this machine, which is asked as `localhost`. A busy machine is no finding: it waits long.
fn doctor(port: u16, ca: &Path, more: &[&str]) -> Run {
    let target = format!("127.0.0.1:{port}");
    let ca = ca.to_str().unwrap();
    let arguments = ["doctor", &target, "--servername", HOST, "--ca", ca, "--timeout", "60s"];
    run_with(b"", &[arguments.as_slice(), more].concat())
}

/// What it says of a server on the screen and as JSON.
struct Told {
    screen: String,
    json: Value,
}

impl Told {
    /// The screen has these words, wherever its lines are broken.
    fn says(&self, words: &str) -> bool {
        self.screen.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
    }
}

/// Asks for both, and checks what has to hold of every diagnosis.
fn told(port: u16, ca: &Path, slug: &str, exit: i32, more: &[&str]) -> Told {
    let (plain, document) = (doctor(port, ca, more), doctor(port, ca, &[more, &["--json"]].concat()));
    let (screen, json) = (plain.text(), document.json());
    assert_eq!((plain.code, document.code), (exit, exit), "{screen}{}", plain.stderr);
    assert_eq!(json["exit"], exit, "{json:#}");
    let cause = &json["cause"];
    let code = format!("doctor.{slug}");
    assert_eq!(cause["code"], code, "{json:#}");
    assert_eq!((&json["host"], &json["port"]), (&json!("127.0.0.1"), &json!(port)));
    assert_eq!((&json["server_name"], &json["error"]), (&json!(HOST), &Value::Null));

    // The cause stands in the first line, what is wrong in the second, the code in the last.
    let headline = cause["headline"].as_str().unwrap();
    assert!(screen.starts_with(&format!("127.0.0.1:{port}  {headline}\n  ")), "{screen}");
    assert!(screen.ends_with(&format!("\n[{code}]\n")), "{screen}");
    assert!(screen.contains(if cause["severity"] == "error" { "\nMend\n" } else { "\nWhat to do\n" }), "{screen}");
    assert!(!screen.contains('\x1b'), "{screen}");
    for text in [&cause["message"], &cause["fix"]] {
        let text = text.as_str().unwrap();
        assert!(text.ends_with('.') && !text.starts_with(char::is_lowercase), "a sentence: {text}");
    }
    // A line that is to be copied stands whole, all others are broken.
    let mends: Vec<&str> =
        cause["mends"].as_array().unwrap().iter().map(|mend| mend["text"].as_str().unwrap()).collect();
    assert!(mends.iter().all(|mend| screen.contains(mend)), "{screen}");
    let mut broken = screen.lines().filter(|line| !mends.iter().any(|mend| line.ends_with(mend)));
    assert!(broken.all(|line| line.chars().count() <= 80), "{screen}");
    Told { screen, json }
}

/// Our server with this certificate.
fn serve(cert: &CertFiles) -> TestServer {
    TestServer::start(config::server(cert).build().unwrap(), Mode::Http)
}

/// A CA that publishes, with its root as a file.
struct Published {
    web: Web,
    dir: TempDir,
    issuing: Authority,
    ca: PathBuf,
}

impl Published {
    fn new() -> Self {
        let (web, dir) = (Web::start(), tempfile::tempdir().unwrap());
        let root = Authority::new("Tests Root", None, |_| {});
        let issuing = Authority::new("Tests Issuing", Some(&root), |_| {});
        let ca = pki::write(dir.path(), "root.pem", &root.pem);
        Self { web, dir, issuing, ca }
    }
}

/// Something that answers every ClientHello with these bytes, for as long as the test runs.
fn answering(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            read_hello_or_end(&mut socket);
            let _ = socket.write_all(bytes);
        }
    });
    port
}

#[test]
fn nothing_wrong() {
    let server = serve(&PKI.server);
    let told = told(server.port, PKI.root(), "nothing_wrong", 0, &[]);
    assert!(told.says("its certificate is trusted for localhost"), "{}", told.screen);
    assert!(told.screen.contains("\n  - TLSv1.3, "), "{}", told.screen);
    assert!(!told.screen.contains("\nTried\n"), "{}", told.screen);
    assert_eq!(told.json["others"], json!([]));
    assert_eq!(told.json["findings"], json!([]));
    assert_eq!(told.json["fetched"], json!([]));
    assert_eq!(told.json["chain"].as_array().unwrap().len(), 2);
    let first = &told.json["probes"][0];
    assert_eq!(
        (&first["what"], &first["protocol"], &first["trusted"]),
        (&json!("default"), &json!("TLSv1.3"), &json!(true))
    );
    assert_eq!((&first["certificates"], &first["error"]), (&json!(2), &Value::Null));
}

#[test]
fn everything_that_was_tried_is_listed_on_demand() {
    let server = serve(&PKI.server);
    let run = doctor(server.port, PKI.root(), &["-v"]);
    let text = run.text();
    let (_, tried) = text.split_once("\nTried\n").expect(&text);
    assert_eq!(run.code, 0, "{text}");
    for kind in ["default", "without SNI", "TLS 1.2 only"] {
        assert!(tried.lines().any(|line| line.trim_start().starts_with(kind)), "{kind}: {text}");
    }
    assert!(tried.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn an_expired_certificate() {
    let server = serve(&PKI.bad(Bad::Expired));
    let told = told(server.port, PKI.root(), "expired_leaf", 3, &[]);
    assert_eq!(told.json["cause"]["certificate"], 0);
    assert_eq!(told.json["cause"]["severity"], "error");
    // A private CA is not renewed by ACME.
    assert!(told.says("Have it renewed by the CA that issued it"), "{}", told.screen);
    assert!(!told.screen.contains("certbot"), "{}", told.screen);
    assert_eq!(told.json["findings"][0]["code"], "certificate.expired", "{:#}", told.json);
}

#[test]
fn another_time_is_another_judgement() {
    // The leaf lasts for 60 days, the CAs for 400.
    let later = UnixTime(UnixTime::now().0 + 100 * 86_400).to_string();
    let server = serve(&PKI.server);
    told(server.port, PKI.root(), "expired_leaf", 3, &["--at", &later]);
    // It is no clock that says so.
    told(server.port, PKI.root(), "not_yet_valid", 3, &["--at", "2020-06-01"]);
}

#[test]
fn an_address_that_is_down_is_named_in_any_order() {
    let server = serve(&PKI.server);
    for order in [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"]] {
        let [first, second] = order;
        let told = told(server.port, PKI.root(), "address_down", 0, &["--address", first, "--address", second]);
        assert!(told.says("1 of 2 addresses of 127.0.0.1 does not serve: 127.0.0.2:"), "{}", told.screen);
        assert!(told.says("127.0.0.1 serves"), "{}", told.screen);
    }
}

#[test]
fn a_url_counts_for_its_host() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let run = run_with(b"", &["doctor", &format!("https://127.0.0.1:{port}/"), "--timeout", "60s"]);
    assert!(run.stderr.contains(&format!("note: of the URL only 127.0.0.1:{port} counts")), "{}", run.stderr);
    // On this machine it is no use to listen elsewhere than on loopback.
    let text = run.text();
    assert!(text.contains(&format!("\n  Linux  ss -ltnp 'sport = :{port}'\n")), "{text}");
    assert!(!text.contains("127.0.0.1 only"), "{text}");
}

#[test]
fn a_certificate_for_another_host() {
    let server = serve(&PKI.bad(Bad::OtherHost));
    let told = told(server.port, PKI.root(), "wrong_host", 3, &[]);
    assert!(told.says(OTHER_HOST) && told.says("localhost"), "{}", told.screen);
}

#[test]
fn a_ca_that_is_not_trusted_is_no_missing_intermediate() {
    let server = serve(&PKI.bad(Bad::UnknownCaSent));
    let told = told(server.port, PKI.root(), "private_ca", 3, &[]);
    assert!(told.says("a stranger's root"), "{}", told.screen);
    assert!(told.says("--ca FILE"), "{}", told.screen);
}

#[test]
fn a_missing_intermediate_is_fetched_and_named_unless_nothing_may_be_fetched() {
    let Published { web, dir, issuing, ca } = Published::new();
    let place = web.publish("issuing.der", "application/pkix-cert", issuing.der.clone());
    let leaf = issuing.leaf(&[HOST], |params| {
        params.custom_extensions.push(authority_information(Some(&place), None));
    });
    let server = serve(&leaf.files(dir.path(), "missing", &[]));

    let fetched = told(server.port, &ca, "missing_intermediate", 3, &[]);
    assert!(fetched.says("Tests Issuing"), "{}", fetched.screen);
    assert!(fetched.says("the chain is trusted"), "{}", fetched.screen);
    assert!(fetched.screen.contains("\n  nginx "), "{}", fetched.screen);
    let notes = fetched.json["fetched"].to_string();
    assert!(notes.contains(&place), "{notes}");

    let offline = told(server.port, &ca, "missing_intermediate", 3, &["--offline"]);
    assert!(!offline.says("the chain is trusted"), "{}", offline.screen);
    assert_eq!(offline.json["fetched"], json!([]));
}

#[test]
fn a_revoked_certificate_by_a_list_that_is_fetched_or_given() {
    let Published { web, dir, issuing, ca } = Published::new();
    let place = web.address("issuing.crl");
    let leaf = issuing.leaf(&[HOST], |params| params.crl_distribution_points.push(crl_at(&place)));
    let (list, file) = (issuing.crl(&[&leaf.serial]), dir.path().join("issuing.crl"));
    fs::write(&file, &list).unwrap();
    web.publish("issuing.crl", "application/pkix-crl", list);
    let server = serve(&leaf.files(dir.path(), "revoked", &[&issuing.pem]));

    let fetched = told(server.port, &ca, "revoked", 3, &[]);
    assert!(fetched.json["fetched"].to_string().contains(&place), "{:#}", fetched.json);
    told(server.port, &ca, "revoked", 3, &["--offline", "--crl", file.to_str().unwrap()]);
    told(server.port, &ca, "nothing_wrong", 0, &["--offline"]);
    told(server.port, &ca, "nothing_wrong", 0, &["--revocation", "ignore"]);
    told(server.port, &ca, "certificate_refused", 3, &["--offline", "--revocation", "require"]);
}

#[test]
fn plain_http() {
    let port = answering(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    let told = told(port, PKI.root(), "plain_http", 1, &[]);
    assert!(told.screen.contains("\n  nginx    listen 443 ssl;"), "{}", told.screen);
    assert_eq!(told.json["chain"], json!([]));
    assert_eq!(told.json["probes"][0]["error"]["code"], "record.plain_http");
}

#[test]
fn another_protocol_has_its_option_named() {
    let port = answering(b"220 mail.example.com ESMTP Postfix\r\n");
    let told = told(port, PKI.root(), "not_tls", 1, &[]);
    assert!(told.says("--starttls smtp"), "{}", told.screen);
}

#[test]
fn a_client_certificate_is_required_and_shown() {
    let config = config::server(&PKI.server).client_auth(config::require(PKI.root())).build().unwrap();
    let server = TestServer::start(config, Mode::Http);
    let told_without = told(server.port, PKI.root(), "client_certificate_required", 1, &[]);
    assert!(told_without.says("--cert CLIENT.pem"), "{}", told_without.screen);
    let (cert, key) = (PKI.client.chain.to_str().unwrap(), PKI.client.key.to_str().unwrap());
    told(server.port, PKI.root(), "nothing_wrong", 0, &["--cert", cert, "--key", key]);
}

#[test]
fn a_server_that_was_not_reloaded() {
    let server = serve(&PKI.bad(Bad::Expired));
    let renewed = PKI.server.chain.to_str().unwrap();
    let told = told(server.port, PKI.root(), "stale_certificate", 1, &["--expect", renewed]);
    assert!(told.says("not reloaded"), "{}", told.screen);

    // The other way round the file is not newer, and the server not behind.
    let (server, old) = (serve(&PKI.server), PKI.bad(Bad::Expired));
    let old = old.chain.to_str().unwrap();
    let other = self::told(server.port, PKI.root(), "other_certificate", 1, &["--expect", old]);
    assert!(other.says("which is not newer"), "{}", other.screen);
}

#[test]
fn nobody_listens() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let told = told(port, PKI.root(), "connection_refused", 1, &[]);
    assert_eq!(told.json["probes"].as_array().unwrap().len(), 1);
    assert_eq!(told.json["cause"]["evidence"], json!([]), "nothing is said twice");
}

#[test]
fn what_a_server_says_does_no_harm_to_the_terminal() {
    let port = answering(b"\x1b]0;owned\x07hello \x1b[31m\r\n");
    let run = doctor(port, PKI.root(), &["-v"]);
    assert_eq!(run.code, 1);
    assert!(!run.text().chars().any(|char| char.is_control() && char != '\n'), "{:?}", run.text());
}

#[test]
fn wrong_usage_ends_with_2_and_is_a_document_too() {
    let run = run_with(b"", &["doctor", "localhost:1", "--ca", "/nowhere/ca.pem"]);
    assert_eq!((run.code, run.stdout.as_slice()), (2, [].as_slice()));
    assert!(run.stderr.contains("/nowhere/ca.pem"), "{}", run.stderr);
    let run = run_with(b"", &["doctor", "localhost:1", "--ca", "/nowhere/ca.pem", "--json"]);
    let report = run.json();
    assert_eq!((run.code, &report["exit"], &report["cause"]), (2, &json!(2), &Value::Null), "{report:#}");
    assert!(report["error"]["message"].as_str().unwrap().contains("/nowhere/ca.pem"), "{report:#}");
}

/// On a terminal nobody is left to wonder whether anything happens.
#[test]
fn what_takes_long_says_so() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    // Connections are taken, and nothing is said.
    let held = thread::spawn(move || listener.incoming().take(8).collect::<Vec<_>>());
    let target = format!("127.0.0.1:{port}");
    let run = run_with(b"", &["doctor", &target, "--servername", HOST, "--timeout", "4s"]);
    assert!(run.stderr.contains(&format!("tlsmith: examining {target}, ")), "{}", run.stderr);
    let run = run_with(b"", &["cert", "verify", &target, "--timeout", "4s"]);
    assert!(run.stderr.contains(&format!("tlsmith: reading {target}, ")), "{}", run.stderr);
    drop(held);
}
