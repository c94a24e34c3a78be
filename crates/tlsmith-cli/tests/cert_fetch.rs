//! `tlsmith cert verify` and `cert chain` with `--aia` and `--fetch`: what comes from a server on loopback, what does not, and
//! what stays in the cache.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use common::{Run, run, run_with, tlsmith};
use rcgen::CertificateParams;
use serde_json::{Value, json};
use tempfile::TempDir;
use tlsmith_testkit::{
    certs::HOST,
    config,
    lab::{
        pki::{self, Authority, Leaf, authority_information, crl_at},
        scripted::Listening,
    },
    process::must_run,
    server::{Mode, TestServer},
};

/// What stands at a path.
#[derive(Clone)]
enum Answer {
    /// With status 200 and a length.
    Body(Vec<u8>),
    /// These bytes, and no more.
    Raw(Vec<u8>),
    /// These bytes, then nothing, and the connection stays open.
    Silence(&'static str),
    /// The same, with one more byte now and then, for ever.
    Drips(&'static str),
}

/// A web server that keeps what it was asked for.
struct Site {
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
    listening: Listening,
}

impl Site {
    fn start() -> Self {
        let answers: Arc<Mutex<HashMap<String, Answer>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (served, log) = (Arc::clone(&answers), Arc::clone(&asked));
        let listening = Listening::start(move |mut socket| {
            let Some(request) = read_request(&socket) else { return };
            log.lock().unwrap().push(request.clone());
            let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
            let answer = served.lock().unwrap().get(&path).cloned();
            say(&mut socket, answer);
        });
        Self { answers, asked, listening }
    }

    fn put(&self, path: &str, answer: Answer) -> String {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
        self.at(path)
    }

    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.listening.port)
    }

    /// How many requests came.
    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// The line of the request; its body is read as well. None of whoever says nothing.
fn read_request(socket: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(socket);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request).ok().filter(|count| *count > 0)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).ok()?;
    Some(request)
}

fn say(socket: &mut TcpStream, answer: Option<Answer>) {
    let head = |status: &str, length: usize| {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes()
    };
    let bytes = match &answer {
        None => head("404 Not Found", 0),
        Some(Answer::Body(body)) => [head("200 OK", body.len()), body.clone()].concat(),
        Some(Answer::Raw(bytes)) => bytes.clone(),
        Some(Answer::Silence(text) | Answer::Drips(text)) => text.as_bytes().to_vec(),
    };
    // Who does not want it all goes.
    if socket.write_all(&bytes).is_err() {
        return;
    }
    match answer {
        Some(Answer::Silence(_)) => common::read_to_close(socket),
        Some(Answer::Drips(_)) => {
            while socket.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        }
        _ => {}
    }
}

fn redirect(to: &str) -> Answer {
    let text = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    Answer::Raw(text.into_bytes())
}

/// Two CAs, a site on which they may publish, and a cache of its own.
struct World {
    site: Site,
    dir: TempDir,
    issuing: Authority,
    root: Authority,
    ca: PathBuf,
}

impl World {
    fn new() -> Self {
        let (site, dir) = (Site::start(), tempfile::tempdir().unwrap());
        let root = Authority::new("Tests Root", None, |_| {});
        let issuing = Authority::new("Tests Issuing", Some(&root), |_| {});
        let ca = pki::write(dir.path(), "root.pem", &root.pem);
        Self { site, dir, issuing, root, ca }
    }

    /// A leaf that says that its issuer is at this path; no more is in its file.
    fn alone(&self, path: &str) -> String {
        let url = self.site.at(path);
        self.file(&self.leaf(|params| params.custom_extensions.push(authority_information(Some(&url), None))), &[])
    }

    fn leaf(&self, change: impl FnOnce(&mut CertificateParams)) -> Leaf {
        self.issuing.leaf(&[HOST], change)
    }

    /// A file with the leaf and what stands above it.
    fn file(&self, leaf: &Leaf, above: &[&str]) -> String {
        let path = self.dir.path().join(format!("{}.pem", leaf.serial));
        fs::write(&path, format!("{}{}", leaf.pem, above.concat())).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn cache(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    /// The files of the cache, by name.
    fn kept(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.cache().join("tlsmith/revocation")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// `tlsmith cert`, which trusts the root. A busy machine is no finding: it waits long unless it is told otherwise.
    fn cert(&self, command: &str, source: &str, more: &[&str]) -> Run {
        let mut tlsmith = tlsmith();
        tlsmith.env("XDG_CACHE_HOME", self.cache()).args(["cert", command, source]).arg("--ca").arg(&self.ca);
        if !more.contains(&"--timeout") {
            tlsmith.args(["--timeout", "60s"]);
        }
        run(tlsmith.args(more), b"")
    }

    fn verify(&self, source: &str, more: &[&str]) -> Told {
        let run = self.cert("verify", source, &[more, &["--json"]].concat());
        Told { code: run.code, json: run.json() }
    }
}

/// What `cert verify --json` said.
#[derive(Debug)]
struct Told {
    code: i32,
    json: Value,
}

impl Told {
    fn notes(&self) -> Vec<&str> {
        self.json["fetching"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect()
    }

    fn codes(&self) -> Vec<&str> {
        let findings = self.json["judgement"]["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
    }

    fn sources(&self) -> Vec<&str> {
        let path = self.json["judgement"]["path"].as_array().unwrap();
        path.iter().map(|step| step["source"].as_str().unwrap()).collect()
    }

    /// What is known of the leaf: its status, and by what.
    fn status(&self) -> (&str, Option<&str>) {
        let leaf = &self.json["judgement"]["revocation"][0];
        (leaf["status"].as_str().unwrap(), leaf["by"].as_str())
    }
}

/// Fetched by one run, and not kept.
const ANY: [&str; 3] = ["--reach", "any", "--no-cache"];

fn aia(more: &[&'static str]) -> Vec<&'static str> {
    [&["--aia"], &ANY[..], more].concat()
}

fn pkcs7(world: &World, certificates: &[&str]) -> Vec<u8> {
    let (list, out) = (world.dir.path().join("list.pem"), world.dir.path().join("list.p7c"));
    fs::write(&list, certificates.concat()).unwrap();
    let mut openssl = Command::new("openssl");
    must_run(openssl.args(["crl2pkcs7", "-nocrl", "-outform", "DER", "-certfile"]).arg(&list).arg("-out").arg(&out));
    fs::read(out).unwrap()
}

#[test]
fn a_missing_intermediate_comes_in_every_form_and_stays_a_finding() {
    let world = World::new();
    let several = pkcs7(&world, &[&world.root.pem, &world.issuing.pem]);
    let forms = [
        ("issuing.der", world.issuing.der.clone()),
        ("issuing.pem", world.issuing.pem.clone().into_bytes()),
        ("issuing.p7c", several),
    ];
    for (path, body) in forms {
        let url = world.site.put(path, Answer::Body(body));
        let file = world.alone(path);
        let without = world.verify(&file, &["--name", HOST]);
        assert_eq!((without.code, without.sources()), (3, vec!["sent", "missing"]), "{without:?}");
        assert_eq!((without.notes().len(), world.site.asked()), (0, 0), "{without:?}");

        let told = world.verify(&file, &aia(&["--name", HOST]));
        assert_eq!((told.code, told.sources()), (0, vec!["sent", "fetched", "root"]), "{told:?}");
        assert_eq!(told.codes()[0], "certificate.missing_intermediate", "{told:?}");
        assert_eq!(told.notes(), [format!("issuer's certificate fetched from {url}")]);
        world.site.asked.lock().unwrap().clear();
    }
    // On the screen as well; where nothing is missing, nobody is asked.
    let file = world.alone("issuing.der");
    let text = world.cert("verify", &file, &aia(&[])).text();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Fetching issuer's certificate fetched from http://127.0.0.1:"), "{text}");
    assert!(text.contains("certificate.missing_intermediate"), "{text}");
    let leaf = world.leaf(|_| {});
    let whole = world.verify(&world.file(&leaf, &[&world.issuing.pem]), &aia(&[]));
    assert_eq!((whole.code, whole.notes().len(), whole.codes().len()), (0, 0, 0), "{whole:?}");
    assert_eq!(world.site.asked(), 1);
}

#[test]
fn a_chain_is_completed_and_written() {
    let world = World::new();
    let url = world.site.put("issuing.der", Answer::Body(world.issuing.der.clone()));
    let file = world.alone("issuing.der");
    let out = world.dir.path().join("fullchain.pem");
    let out = out.to_str().unwrap();
    let run = world.cert("chain", &file, &["--json"]);
    assert_eq!((run.code, &run.json()["missing"]["locations"]), (1, &json!([url])), "{run:?}");
    let run = world.cert("chain", &file, &aia(&["--json"]));
    let document = run.json();
    assert_eq!((run.code, &document["complete"], &document["out"]), (0, &json!(true), &Value::Null), "{document:#}");
    assert_eq!(document["fetching"], json!([format!("issuer's certificate fetched from {url}")]));
    let link = &document["chain"][1];
    assert_eq!((&link["fetched"], &link["source"]), (&json!(true), &json!("authorityInfoAccess")), "{link}");
    assert_eq!(document["chain"][0]["fetched"], false);
    let run = world.cert("chain", &file, &[&aia(&[])[..], &["--out", out]].concat());
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.text().contains("fetched"), "{}", run.text());
    // What was written needs no fetching.
    let told = world.verify(out, &["--name", HOST]);
    assert_eq!((told.code, told.sources()), (0, vec!["sent", "sent", "root"]), "{told:?}");
    // Nothing comes: nothing is written over.
    let before = fs::read(out).unwrap();
    let gone = world.alone("gone.der");
    let run = world.cert("chain", &gone, &[&aia(&["--json", "--force"])[..], &["--out", out]].concat());
    assert_eq!((run.code, &run.json()["complete"]), (1, &json!(false)), "{run:?}");
    assert!(run.json()["fetching"][0].as_str().unwrap().ends_with("the server answered with status 404"), "{run:?}");
    assert_eq!(fs::read(out).unwrap(), before);
}

/// Each ends the same: not trusted, and a line that says why.
#[test]
fn what_does_not_come_is_told() {
    let world = World::new();
    let long = vec![0; (256 << 10) + 1];
    let endless = [&b"HTTP/1.0 200 OK\r\n\r\n"[..], &long].concat();
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n".to_vec();
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nnot so many".to_vec();
    let stranger = Authority::new("Tests Issuing", None, |_| {});
    let cut = world.issuing.der[..world.issuing.der.len() - 1].to_vec();
    let site = &world.site;
    for (path, answer, why) in [
        ("root.der", Answer::Body(world.root.der.clone()), "not used: it is not the certificate of who signed"),
        // Of the same name.
        ("stranger.der", Answer::Body(stranger.der.clone()), "not used: it is not the certificate of who signed"),
        ("html", Answer::Body(b"<html>not found</html>".to_vec()), "the answer is not what was asked for"),
        ("empty", Answer::Body(Vec::new()), "the answer is not what was asked for"),
        ("cut.der", Answer::Body(cut), "the answer is not what was asked for"),
        ("long", Answer::Body(long), "the answer has more than 256 KiB"),
        ("endless", Answer::Raw(endless), "the answer has more than 256 KiB"),
        ("announced", Answer::Raw(announced), "no answer: "),
        ("short", Answer::Raw(short), "no answer: "),
        ("garbage", Answer::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()), "no answer: "),
        ("round", redirect("/round"), "a redirect that is not followed: more than 3 of them"),
        ("secure", redirect("https://ca.example/"), "a redirect that is not followed: https is not fetched"),
        ("file", redirect("file:///etc/passwd"), "a redirect that is not followed: it is no URL"),
        ("ftp", redirect("ftp://ca.example/x"), "a redirect that is not followed: only http is fetched"),
    ] {
        site.put(path, answer);
        let told = world.verify(&world.alone(path), &aia(&[]));
        assert_eq!((told.code, told.sources()), (3, vec!["sent", "missing"]), "{path}: {told:?}");
        assert_eq!(told.notes().len(), 1, "{path}: {told:?}");
        assert!(told.notes()[0].contains(why) && told.notes()[0].contains(&site.at(path)), "{path}: {told:?}");
    }
    // One redirect leads there.
    site.put("issuing.der", Answer::Body(world.issuing.der.clone()));
    site.put("moved", redirect(&site.at("issuing.der")));
    assert_eq!(world.verify(&world.alone("moved"), &aia(&[])).code, 0);
    // What a certificate names is shown, and steers no terminal.
    let told = world.verify(&world.alone("\x1b]0;owned\x07"), &aia(&[]));
    assert!(told.notes()[0].contains("?]0;owned?: it is no URL"), "{told:?}");
}

#[test]
fn where_no_place_is_named_nobody_is_asked() {
    let world = World::new();
    let file = world.file(&world.leaf(|_| {}), &[]);
    let told = world.verify(&file, &aia(&["--fetch"]));
    assert_eq!((told.code, world.site.asked()), (3, 0), "{told:?}");
    assert_eq!(told.notes(), ["issuer's certificate not fetched: the certificate of CN=localhost names no place"]);
    // What was tried is not advised.
    for (options, advised) in [(&[][..], true), (&aia(&[]), false)] {
        let run = world.cert("chain", &file, options);
        assert_eq!((run.code, run.text().contains("try --aia")), (1, advised), "{}", run.text());
    }
}

/// Two CAs that issued one another: each names where the other is.
#[test]
fn certificates_that_lead_in_a_circle_come_once() {
    let world = World::new();
    let at = |path: &str| {
        let url = world.site.at(path);
        move |params: &mut CertificateParams| params.custom_extensions.push(authority_information(Some(&url), None))
    };
    let one = Authority::new("One", None, at("other.pem"));
    let other = Authority::new("Other", Some(&one), at("one.pem"));
    world.site.put("one.pem", Answer::Body(one.cross_signed(&other).into_bytes()));
    world.site.put("other.pem", Answer::Body(other.pem.clone().into_bytes()));
    let leaf = one.leaf(&[HOST], at("one.pem"));
    let file = world.file(&leaf, &[]);
    let told = world.verify(&file, &aia(&[]));
    assert_eq!((told.code, told.notes().len(), world.site.asked()), (3, 2, 2), "{told:?}");
    let run = world.cert("chain", &file, &aia(&["--json"]));
    assert_eq!((run.code, &run.json()["complete"], world.site.asked()), (1, &json!(false), 4), "{run:?}");
    // And one that names itself.
    let itself = world.leaf(at("itself.pem"));
    world.site.put("itself.pem", Answer::Body(itself.pem.clone().into_bytes()));
    let told = world.verify(&world.file(&itself, &[]), &aia(&[]));
    assert_eq!((told.code, world.site.asked()), (3, 5), "{told:?}");
    assert!(told.notes()[0].contains("not the certificate of who signed"), "{told:?}");
}

/// The time is the caller's: without an end this test would not have one either.
#[test]
fn an_answer_that_never_ends_is_not_waited_for() {
    let world = World::new();
    for (path, answer) in [
        ("mute", Answer::Silence("")),
        ("half", Answer::Silence("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0")),
        ("head", Answer::Drips("HTTP/1.1 200 OK\r\nX: ")),
        ("body", Answer::Drips("HTTP/1.1 200 OK\r\n\r\n")),
    ] {
        world.site.put(path, answer);
        let told = world.verify(&world.alone(path), &aia(&["--timeout", "500ms"]));
        assert_eq!(told.code, 3, "{path}: {told:?}");
        assert!(told.notes()[0].ends_with("no answer within 0.5 seconds"), "{path}: {told:?}");
    }
}

/// Three times what one may take; what came before that counts.
#[test]
fn all_that_is_slow_together_takes_nothing_with_it() {
    let world = World::new();
    let (revoked, mute) = (world.site.at("revoked.crl"), world.site.put("mute", Answer::Silence("")));
    // The leaf's CRL comes, then a CA's that names six addresses where nothing does.
    let middle = Authority::new("Tests Middle", Some(&world.root), |params| {
        params.crl_distribution_points = vec![crl_at(&mute), crl_at(&mute), crl_at(&mute)];
        params.custom_extensions.push(authority_information(None, Some(&mute)));
    });
    let leaf = middle.leaf(&[HOST], |params| params.crl_distribution_points.push(crl_at(&revoked)));
    world.site.put("revoked.crl", Answer::Body(middle.crl(&[&leaf.serial])));
    let file = world.file(&leaf, &[&middle.pem]);
    let told = world.verify(&file, &["--fetch", "--reach", "any", "--no-cache", "--timeout", "2s"]);
    assert_eq!((told.code, told.status()), (3, ("revoked", Some("crl"))), "{told:?}");
    assert!(told.notes().last().unwrap().ends_with("it has taken 6 seconds"), "{told:?}");
}

#[test]
fn nobody_is_asked_in_this_network_unless_the_caller_says_so() {
    let world = World::new();
    world.site.put("issuing.der", Answer::Body(world.issuing.der.clone()));
    let file = world.alone("issuing.der");
    for reach in [&[][..], &["--reach", "public"], &["--reach", "private"]] {
        let told = world.verify(&file, &[&["--aia", "--no-cache"], reach].concat());
        assert_eq!((told.code, world.site.asked()), (3, 0), "{told:?}");
        assert!(told.notes()[0].contains("issuing.der: 127.0.0.1 is not a public address"), "{told:?}");
        assert!(told.notes()[0].ends_with("; --reach any goes there all the same"), "{told:?}");
    }
    assert_eq!(world.verify(&file, &["--aia", "--no-cache", "--reach", "any"]).code, 0);
    // A name is where it leads; and one in a private network is told so.
    let port = world.site.listening.port;
    for (place, option) in [
        (format!("http://localhost:{port}/issuing.der"), "--reach any"),
        (format!("http://[::ffff:127.0.0.1]:{port}/issuing.der"), "--reach any"),
        ("http://169.254.169.254/latest/meta-data/".to_owned(), "--reach any"),
        ("http://10.0.0.1/issuing.der".to_owned(), "--reach private"),
    ] {
        let leaf = world.leaf(|params| params.custom_extensions.push(authority_information(Some(&place), None)));
        let told = world.verify(&world.file(&leaf, &[]), &["--aia", "--no-cache"]);
        assert_eq!((told.code, world.site.asked()), (3, 1), "{told:?}");
        assert!(told.notes()[0].ends_with(&format!("; {option} goes there all the same")), "{told:?}");
    }
}

/// A leaf whose issuer and whose CRL are at the site, in files of two kinds.
fn published(world: &World, revoked: bool) -> String {
    let (issuer, list) = (world.site.put("issuing.der", Answer::Body(world.issuing.der.clone())), "issuing.crl");
    let at = world.site.at(list);
    let leaf = world.leaf(|params| {
        params.crl_distribution_points.push(crl_at(&at));
        params.custom_extensions.push(authority_information(Some(&issuer), None));
    });
    let serials: &[&str] = if revoked { &[&leaf.serial] } else { &[] };
    world.site.put(list, Answer::Body(world.issuing.crl(serials)));
    world.file(&leaf, &[])
}

const KEPT: [&str; 4] = ["--aia", "--fetch", "--reach", "any"];

#[test]
fn what_came_is_kept_for_its_owner_until_it_is_asked_not_to() {
    let world = World::new();
    let file = published(&world, true);
    let told = world.verify(&file, &KEPT);
    assert_eq!((told.code, told.status(), world.site.asked()), (3, ("revoked", Some("crl")), 2), "{told:?}");
    assert_eq!(world.kept().len(), 2);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for directory in ["", "tlsmith", "tlsmith/revocation"] {
        assert_eq!(mode(&world.cache().join(directory)), 0o700, "{directory}");
    }

    // With nobody there it says the same.
    world.site.answers.lock().unwrap().clear();
    let told = world.verify(&file, &KEPT);
    assert_eq!((told.code, told.status(), world.site.asked()), (3, ("revoked", Some("crl")), 2), "{told:?}");
    assert!(told.notes().iter().all(|note| note.ends_with(" taken from the cache")), "{told:?}");
    assert_eq!(told.sources()[1], "fetched");
    // Unless the cache is not to be looked at, or it is over.
    let told = world.verify(&file, &[&KEPT[..], &["--no-cache"]].concat());
    assert_eq!((told.code, world.site.asked()), (3, 3), "{told:?}");
    assert!(told.notes()[0].ends_with("status 404"), "{told:?}");
    let later = ["--at", "2099-01-01"];
    assert!(world.verify(&file, &[&KEPT[..], &later].concat()).notes()[0].ends_with("status 404"));

    // Nor is anything kept.
    let world = World::new();
    let file = published(&world, false);
    let told = world.verify(&file, &[&KEPT[..], &["--no-cache"]].concat());
    assert_eq!((told.code, told.status()), (0, ("good", Some("crl"))), "{told:?}");
    assert!(!world.cache().exists());
}

#[test]
fn a_cache_that_was_tampered_with_does_no_harm() {
    let world = World::new();
    let file = published(&world, true);
    assert_eq!((world.verify(&file, &KEPT).code, world.site.asked()), (3, 2));
    let kept = world.kept();
    let whole: Vec<Vec<u8>> = kept.iter().map(|path| fs::read(path).unwrap()).collect();
    type Harm = fn(&Path, &[u8], &[u8]);
    let harms: [(&str, Harm); 5] = [
        ("empty", |path, _, _| fs::write(path, b"").unwrap()),
        ("cut short", |path, own, _| fs::write(path, &own[..own.len() / 2]).unwrap()),
        ("one bit", |path, own, _| {
            let mut changed = own.to_vec();
            *changed.last_mut().unwrap() ^= 1;
            fs::write(path, changed).unwrap();
        }),
        ("another's", |path, _, other| fs::write(path, other).unwrap()),
        ("a pipe", |path, _, _| {
            fs::remove_file(path).unwrap();
            must_run(Command::new("mkfifo").arg(path));
        }),
    ];
    for (harm, act) in harms {
        for (at, path) in kept.iter().enumerate() {
            act(path, &whole[at], &whole[1 - at]);
        }
        let asked = world.site.asked();
        let told = world.verify(&file, &KEPT);
        assert_eq!((told.code, told.status()), (3, ("revoked", Some("crl"))), "{harm}: {told:?}");
        assert_eq!(world.site.asked(), asked + 2, "{harm}: {told:?}");
        // It was mended.
        assert_eq!((world.verify(&file, &KEPT).code, world.site.asked()), (3, asked + 2), "{harm}");
    }
    // Where none can be, it goes without, and says so.
    fs::remove_dir_all(world.cache()).unwrap();
    fs::create_dir(world.cache()).unwrap();
    fs::write(world.cache().join("tlsmith"), b"").unwrap();
    let told = world.verify(&file, &KEPT);
    assert_eq!((told.code, told.status()), (3, ("revoked", Some("crl"))), "{told:?}");
    assert!(told.notes().iter().any(|note| note.starts_with("the cache was not written: ")), "{told:?}");
}

#[test]
fn what_is_said_of_revocations_is_fetched() {
    let world = World::new();
    let [crl, ocsp] = ["issuing.crl", "ocsp"].map(|path| world.site.at(path));
    let leaf = world.leaf(|params| {
        params.crl_distribution_points.push(crl_at(&crl));
        params.custom_extensions.push(authority_information(None, Some(&ocsp)));
    });
    let file = world.file(&leaf, &[&world.issuing.pem]);
    // Of the CA above it is given: it names no place.
    let above = world.dir.path().join("root.crl");
    fs::write(&above, world.root.crl(&[])).unwrap();
    let fetch = [&["--fetch", "--crl", above.to_str().unwrap()], &ANY[..]].concat();
    let responses = [false, true].map(|revoked| world.issuing.ocsp_response(&leaf, revoked, world.dir.path()));
    let stranger = Authority::new("Tests Issuing", None, |_| {});
    let [good, revoked] = [&[][..], &[leaf.serial.as_str()]].map(|serials| Answer::Body(world.issuing.crl(serials)));
    let foreign = Answer::Body(stranger.crl(&[&leaf.serial]));
    let [answers_good, answers_revoked] = responses.map(Answer::Body);
    let long = || Answer::Body(vec![0; (64 << 10) + 1]);
    let nothing = || Answer::Body(Vec::new());
    for (list, answer, status, notes) in [
        // The CRL says it, and the responder is not asked.
        (good, nothing(), ("good", Some("crl")), &["CRL fetched from "][..]),
        (revoked, nothing(), ("revoked", Some("crl")), &["CRL fetched from "]),
        // No CRL: the responder.
        (nothing(), answers_good, ("good", Some("ocsp_response")), &["CRL not fetched: ", "OCSP response fetched "]),
        (foreign, answers_revoked, ("revoked", Some("ocsp_response")), &["CRL of ", "OCSP response fetched "]),
        // Neither.
        (nothing(), long(), ("unknown", None), &["CRL not fetched: ", "OCSP response not fetched: "]),
        (nothing(), nothing(), ("unknown", None), &["CRL not fetched: ", "OCSP response of "]),
    ] {
        world.site.put("issuing.crl", list);
        world.site.put("ocsp", answer);
        for policy in ["prefer", "require"] {
            let told = world.verify(&file, &[&fetch[..], &["--revocation", policy]].concat());
            let trusted = status.0 == "good" || (status.0 == "unknown" && policy == "prefer");
            assert_eq!((told.status(), told.code), (status, if trusted { 0 } else { 3 }), "{policy}: {told:?}");
            let fit = told.notes().iter().zip(notes).all(|(note, wanted)| note.starts_with(wanted));
            assert!(fit && told.notes().len() == notes.len(), "{told:?}");
        }
    }
    let posted = world.site.asked.lock().unwrap().iter().filter(|line| line.starts_with("POST /ocsp ")).count();
    assert_eq!(posted, 8);
}

#[test]
fn a_server_that_does_not_send_its_intermediate() {
    let world = World::new();
    let url = world.site.put("issuing.der", Answer::Body(world.issuing.der.clone()));
    let leaf = world.leaf(|params| params.custom_extensions.push(authority_information(Some(&url), None)));
    let files = leaf.files(world.dir.path(), "server", &[]);
    let server = TestServer::start(config::server(&files).build().unwrap(), Mode::Echo);
    let target = format!("127.0.0.1:{}", server.port);
    let named = ["--name", HOST];
    assert_eq!(world.verify(&target, &named).code, 3);
    let told = world.verify(&target, &[&aia(&[])[..], &named].concat());
    assert_eq!((told.code, told.sources()), (0, vec!["sent", "fetched", "root"]), "{told:?}");
    // Who is not there is told as that; nothing is fetched.
    let told = world.verify("127.0.0.1:1", &aia(&[]));
    assert_eq!((told.code, &told.json["judgement"], told.notes().len()), (1, &Value::Null, 0), "{told:?}");
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let world = World::new();
    let file = published(&world, false);
    for (command, options, word) in [
        ("verify", &["--reach", "any"][..], "--aia"),
        ("verify", &["--no-cache"], "--aia"),
        ("verify", &["--aia", "--reach", "everywhere"], "--reach"),
        ("verify", &["--fetch", "--revocation", "ignore"], "--revocation ignore"),
        ("chain", &["--reach", "any"], "--aia"),
        ("chain", &["--no-cache"], "--aia"),
        ("chain", &["--fetch"], "--fetch"),
    ] {
        let run = world.cert(command, &file, options);
        assert_eq!((run.code, run.stdout.len()), (2, 0), "{command} {options:?}: {run:?}");
        assert!(run.stderr.contains(word), "{command} {options:?}: {run:?}");
        let run = world.cert(command, &file, &[options, &["--json"]].concat());
        assert_eq!(run.code, 2, "{command} {options:?}: {run:?}");
        assert!(run.json()["error"]["message"].as_str().unwrap().contains(word), "{run:?}");
    }
    assert_eq!(world.site.asked(), 0);
    // What one of the two allows, the other does as well.
    for option in ["--aia", "--fetch"] {
        assert!(world.verify(&file, &[option, "--reach", "any", "--no-cache"]).code != 2, "{option}");
    }
    let help = run_with(b"", &["cert", "verify", "--help"]).text();
    assert!(["--aia", "--fetch", "--reach", "--no-cache"].iter().all(|option| help.contains(option)), "{help}");
}
