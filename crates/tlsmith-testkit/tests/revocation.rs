//! Revocations as other people's programs say them: CRLs of `openssl ca` and certtool, answers and staples of `openssl ocsp`,
//! held against the verdicts of `openssl verify` and `openssl ocsp`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tempfile::TempDir;
use tlsmith_testkit::{
    certs::{CertFiles, HOST},
    count::Counter,
    lab::{http::Web, scripted::Listening},
    peers::{
        ServerSetup,
        openssl::{Mode, Server},
        tlsmith::{command, connect_json},
    },
    process::{must_run, run},
};

/// What the CA's database says of the serial numbers that it gave. 1009 is not in it.
const INDEX: &str = "\
V\t491231235959Z\t\t1001\tunknown\t/CN=good
R\t491231235959Z\t200102030405Z,keyCompromise\t1002\tunknown\t/CN=revoked
R\t491231235959Z\t200102030405Z,certificateHold\t1003\tunknown\t/CN=held
R\t491231235959Z\t200102030405Z\t1004\tunknown\t/CN=without a reason
R\t491231235959Z\t200102030405Z,cessationOfOperation\t1005\tunknown\t/CN=responder
V\t491231235959Z\t\t1006\tunknown\t/CN=another responder
V\t491231235959Z\t\t1007\tunknown\t/CN=no responder
";
const GOOD: &str = "1001";
const REVOKED: &str = "1002";
const HELD: &str = "1003";
const WITHOUT_REASON: &str = "1004";
const REVOKED_RESPONDER: &str = "1005";
const RESPONDER: &str = "1006";
const NO_RESPONDER: &str = "1007";
const UNHEARD_OF: &str = "1009";

/// The sections that CRLs may have extensions from.
const CONFIG: &str = "\
[ca]
default_ca=d
[d]
database=index
crlnumber=number
default_md=sha256
[plain]
authorityKeyIdentifier=keyid
[delta]
2.5.29.27=critical,ASN1:INTEGER:1
[users]
issuingDistributionPoint=critical,@users_only
[users_only]
onlyuser=TRUE
[cas]
issuingDistributionPoint=critical,@cas_only
[cas_only]
onlyCA=TRUE
[own_part]
issuingDistributionPoint=critical,@own_place
[own_place]
fullname=URI:http://crl.example/part.crl
[other_part]
issuingDistributionPoint=critical,@other_place
[other_place]
fullname=URI:http://crl.example/other.crl
[some_reasons]
issuingDistributionPoint=critical,@two_reasons
[two_reasons]
onlysomereasons=keyCompromise,CACompromise
[indirect]
issuingDistributionPoint=critical,@anybody
[anybody]
indirectCRL=TRUE
[unheard_of]
1.3.6.1.4.1.99999.1=critical,ASN1:NULL
";

/// A root by OpenSSL, `root.pem`, with what it issues and says, in a directory of its own.
struct Ca(TempDir);

impl Ca {
    fn new() -> Self {
        let ca = Self(tempfile::Builder::new().prefix("tlsmith-revocation-").tempdir().unwrap());
        ca.write("index", INDEX);
        ca.write("number", "01\n");
        ca.write("config", CONFIG);
        ca.root("root", "Root");
        ca
    }

    fn root(&self, file: &str, name: &str) {
        self.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {file}.key -out {file}.pem -days 30 \
             -subj /CN={name} -addext keyUsage=critical,keyCertSign,cRLSign"
        ));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.file(name), content).unwrap();
    }

    fn command(&self, program: &str, line: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).args(line.split(' '));
        command
    }

    fn openssl(&self, line: &str) -> String {
        must_run(&mut self.command("openssl", line))
    }

    /// A certificate of this serial number, `SERIAL.pem`, with these extensions besides.
    fn issue(&self, serial: &str, extensions: &str) -> String {
        self.write("extensions", &format!("subjectAltName=DNS:{HOST},IP:127.0.0.1\n{extensions}"));
        let key = format!("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {serial}.key");
        self.openssl(&format!("req -new {key} -out {serial}.csr -subj /CN={serial}"));
        self.openssl(&format!(
            "x509 -req -in {serial}.csr -CA root.pem -CAkey root.key -days 20 -set_serial 0x{serial} -extfile extensions \
             -out {serial}.pem"
        ));
        self.text(&format!("{serial}.pem"))
    }

    /// A CRL of the database by `openssl ca`, with the extensions of this section.
    fn crl(&self, section: &str, more: &str) -> String {
        let out = format!("{section}.crl");
        let line = format!("ca -gencrl -config config -cert root.pem -keyfile root.key -crlexts {section} -out {out}");
        self.openssl(&format!("{line} {more}"));
        self.text(&out)
    }

    /// `tlsmith cert verify`, which trusts the root.
    fn verify(&self, source: &str, more: &[&str]) -> Judged {
        let mut tlsmith = command();
        tlsmith.args(["cert", "verify", source, "--json", "--timeout", "60s", "--ca"]).arg(self.file("root.pem"));
        let ended = run(tlsmith.args(more));
        let json = serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.text()));
        Judged { code: ended.code(), json }
    }

    /// `openssl verify`: whether it is good, and what it says.
    fn openssl_verify(&self, certificate: &str, more: &str) -> (bool, String) {
        let line = format!("verify -CAfile root.pem {more} {certificate}");
        let ended = run(&mut self.command("openssl", &line));
        (ended.code() == 0, ended.text())
    }
}

/// What `tlsmith cert verify` said.
#[derive(Debug)]
struct Judged {
    code: i32,
    json: Value,
}

impl Judged {
    /// The leaf's: status, reason, by what.
    fn leaf(&self) -> [&str; 3] {
        let leaf = &self.json["judgement"]["revocation"][0];
        ["status", "reason", "by"].map(|key| leaf[key].as_str().unwrap_or_default())
    }

    fn codes(&self) -> String {
        let findings = self.json["judgement"]["findings"].as_array().unwrap();
        let codes: Vec<&str> = findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
        codes.join(" ")
    }
}

/// A certificate and a CRL: as OpenSSL judges it, so does who requires to know.
struct Listed<'a> {
    certificate: &'a str,
    crl: &'a str,
    /// Status and reason.
    says: [&'a str; 2],
    /// A finding that has to be among them; empty: there is none at all.
    code: &'a str,
    /// It stands in what OpenSSL says.
    openssl: &'a str,
}

impl Listed<'_> {
    fn check(&self, ca: &Ca) {
        let Self { certificate, crl, says, code, openssl } = self;
        let [status, reason] = *says;
        let known = matches!(status, "good" | "revoked");
        for (policy, trusted) in [("require", status == "good"), ("prefer", status != "revoked")] {
            let judged = ca.verify(certificate, &["--crl", crl, "--revocation", policy]);
            let by = if known { "crl" } else { "" };
            assert_eq!(judged.leaf(), [status, reason, by], "{crl}: {:#}", judged.json);
            assert_eq!(judged.code, if trusted { 0 } else { 3 }, "{crl}, {policy}: {:#}", judged.json);
            assert!(judged.codes().contains(code), "{crl}: {:#}", judged.json);
            assert_eq!(judged.codes().is_empty(), code.is_empty(), "{crl}: {:#}", judged.json);
        }
        let (good, said) = ca.openssl_verify(certificate, &format!("-crl_check -CRLfile {crl}"));
        assert_eq!(good, status == "good", "{crl}: {said}");
        assert!(said.contains(openssl), "{crl}: {said}");
        // Whom nobody asks, nobody refuses.
        assert_eq!(ca.verify(certificate, &["--revocation", "ignore"]).code, 0);
    }
}

#[test]
fn crls_of_openssl_and_certtool() {
    let ca = Ca::new();
    let part = "crlDistributionPoints=URI:http://crl.example/part.crl\n";
    let [good, revoked, held, silent] =
        [GOOD, REVOKED, HELD, WITHOUT_REASON].map(|serial| ca.issue(serial, if serial == HELD { "" } else { part }));
    let crl = |section: &str| ca.crl(section, "-crldays 7");
    let plain = crl("plain");
    let der = ca.text("plain.der");
    ca.openssl("crl -in plain.crl -outform DER -out plain.der");
    let old = ca.text("old.crl");
    fs::rename(ca.crl("plain", "-crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z"), &old).unwrap();
    fs::write(&plain, ca.openssl("crl -inform DER -in plain.der")).unwrap();

    // Of somebody else, and of somebody else who calls himself the same.
    ca.root("stranger", "Stranger");
    ca.root("namesake", "Root");
    for name in ["stranger", "namesake"] {
        let line = format!("ca -gencrl -config config -cert {name}.pem -keyfile {name}.key -crldays 7 -out {name}.crl");
        ca.openssl(&line);
    }
    let [stranger, namesake] = ["stranger.crl", "namesake.crl"].map(|file| ca.text(file));

    // certtool has the certificates that it revokes in a file, and gives no reasons.
    ca.write("certtool.cfg", "crl_next_update = 7\ncrl_number = 9\n");
    let dates =
        "crl_this_update_date = \"2020-01-01 00:00:00 UTC\"\ncrl_next_update_date = \"2020-02-01 00:00:00 UTC\"\n";
    ca.write("certtool-old.cfg", &format!("{dates}crl_number = 9\n"));
    let gnutls = |name: &str, template: &str, more: &str| {
        let line = format!(
            "--generate-crl --load-ca-certificate root.pem --load-ca-privkey root.key --template {template} --outfile \
             {name}{more}"
        );
        must_run(&mut ca.command("certtool", &line));
        ca.text(name)
    };
    let gnutls_empty = gnutls("gnutls-empty.crl", "certtool.cfg", "");
    let gnutls_one = gnutls("gnutls-one.crl", "certtool.cfg", &format!(" --load-certificate {REVOKED}.pem"));
    let gnutls_old = gnutls("gnutls-old.crl", "certtool-old.cfg", "");

    let [users, cas, own, other] = ["users", "cas", "own_part", "other_part"].map(crl);
    let [some, indirect, unheard_of, delta] = ["some_reasons", "indirect", "unheard_of", "delta"].map(crl);

    let (unknown, was) = ("certificate.revocation_unknown", "certificate.revoked");
    let (unsupported, untrusted) = ("certificate.crl_unsupported", "certificate.crl_untrusted");
    let expired = "certificate.crl_expired";
    let nothing = "unable to get certificate CRL";
    let rows = [
        (&good, &plain, ["good", ""], "", ": OK"),
        (&good, &der, ["good", ""], "", ": OK"),
        (&revoked, &plain, ["revoked", "keyCompromise"], was, "certificate revoked"),
        (&held, &plain, ["revoked", "certificateHold"], was, "certificate revoked"),
        (&silent, &plain, ["revoked", ""], was, "certificate revoked"),
        (&good, &old, ["unknown", ""], expired, "CRL has expired"),
        // Once revoked, revoked for good; on hold may be over.
        (&revoked, &old, ["revoked", "keyCompromise"], was, "CRL has expired"),
        (&held, &old, ["unknown", ""], expired, "CRL has expired"),
        (&good, &stranger, ["unknown", ""], unknown, nothing),
        (&revoked, &namesake, ["unknown", ""], untrusted, "CRL signature failure"),
        (&good, &gnutls_empty, ["good", ""], "", ": OK"),
        (&revoked, &gnutls_one, ["revoked", ""], was, "certificate revoked"),
        (&good, &gnutls_one, ["good", ""], "", ": OK"),
        (&good, &gnutls_old, ["unknown", ""], expired, "CRL has expired"),
        // Parts: it is the part of this certificate, or it is not.
        (&good, &users, ["good", ""], "", ": OK"),
        (&revoked, &users, ["revoked", "keyCompromise"], was, "certificate revoked"),
        (&good, &cas, ["unknown", ""], unknown, "different CRL scope"),
        (&good, &own, ["good", ""], "", ": OK"),
        (&revoked, &own, ["revoked", "keyCompromise"], was, "certificate revoked"),
        (&good, &other, ["unknown", ""], unknown, "different CRL scope"),
        (&held, &own, ["unknown", ""], unknown, "different CRL scope"),
        (&good, &some, ["unknown", ""], unknown, nothing),
        (&good, &indirect, ["unknown", ""], unsupported, nothing),
        (&good, &unheard_of, ["unknown", ""], unsupported, "unhandled critical CRL extension"),
        (&good, &delta, ["unknown", ""], unsupported, nothing),
    ];
    let mut counter = Counter::new("revocation-crls", 25 + 2);
    for (certificate, crl, says, code, openssl) in rows {
        Listed { certificate, crl, says, code, openssl }.check(&ca);
        counter.ran();
    }
    // What a delta is beside a list that is whole, is said; the list counts.
    let judged = ca.verify(&good, &["--crl", &delta, "--crl", &plain, "--revocation", "require"]);
    assert_eq!((judged.code, judged.leaf()), (0, ["good", "", "crl"]), "{:#}", judged.json);
    counter.ran();
    let judged = ca.verify(&good, &["--crl", &delta, "--revocation", "require"]);
    assert!(judged.json.to_string().contains("delta CRL"), "{:#}", judged.json);
    counter.ran();
    counter.finish();
}

/// From where the certificates say that they are, in the forms that CAs have them in.
#[test]
fn crls_are_fetched() {
    let (ca, web) = (Ca::new(), Web::start());
    let extension = format!("crlDistributionPoints=URI:{}\n", web.address("ca.crl"));
    let [good, revoked] = [GOOD, REVOKED].map(|serial| ca.issue(serial, &extension));
    let plain = fs::read(ca.crl("plain", "-crldays 7")).unwrap();
    ca.openssl("crl -in plain.crl -outform DER -out plain.der");
    ca.write("certtool.cfg", "crl_next_update = 7\ncrl_number = 9\n");
    let line = format!(
        "--generate-crl --load-ca-certificate root.pem --load-ca-privkey root.key --template certtool.cfg \
         --load-certificate {REVOKED}.pem --outder --outfile gnutls.der"
    );
    must_run(&mut ca.command("certtool", &line));
    let mut counter = Counter::new("revocation-crls-fetched", 3 * 2);
    for crl in [plain, fs::read(ca.file("plain.der")).unwrap(), fs::read(ca.file("gnutls.der")).unwrap()] {
        web.publish("ca.crl", "application/pkix-crl", crl);
        for (certificate, status, code) in [(&good, "good", 0), (&revoked, "revoked", 3)] {
            let fetch = ["--fetch", "--reach", "any", "--no-cache", "--revocation", "require"];
            let judged = ca.verify(certificate, &fetch);
            let [said, _, by] = judged.leaf();
            assert_eq!((judged.code, said, by), (code, status, "crl"), "{:#}", judged.json);
            counter.ran();
        }
    }
    counter.finish();
}

/// Each certificate of the path but the root is looked for, as by `openssl verify -crl_check_all`.
#[test]
fn a_revoked_intermediate() {
    let ca = Ca::new();
    let ca_extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n";
    let mut counter = Counter::new("revocation-chain", 2);
    let plain = ca.crl("plain", "-crldays 7");
    for (serial, status) in [(GOOD, "good"), (REVOKED, "revoked")] {
        let above = ca.issue(serial, ca_extensions);
        // Its own CRL lists nobody.
        ca.write("nobody", "");
        ca.write("below.config", &CONFIG.replace("database=index", "database=nobody"));
        ca.openssl(&format!(
            "ca -gencrl -config below.config -cert {serial}.pem -keyfile {serial}.key -crlexts plain -crldays 7 -out \
             below.crl"
        ));
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key";
        ca.openssl(&format!("req -new {key} -out leaf.csr -subj /CN=leaf"));
        ca.openssl(&format!("x509 -req -in leaf.csr -CA {serial}.pem -CAkey {serial}.key -days 20 -out leaf.pem"));
        let (leaf, below) = (ca.text("leaf.pem"), ca.text("below.crl"));
        let judge = |policy| {
            ca.verify(&leaf, &["--untrusted", &above, "--crl", &plain, "--crl", &below, "--revocation", policy])
        };
        for policy in ["prefer", "require"] {
            let judged = judge(policy);
            assert_eq!(judged.code, if status == "good" { 0 } else { 3 }, "{:#}", judged.json);
            assert_eq!(judged.json["judgement"]["revocation"][1]["status"], status, "{:#}", judged.json);
            assert_eq!(judged.leaf()[0], "good", "{:#}", judged.json);
        }
        let more = format!("-crl_check_all -CRLfile {plain} -CRLfile {below} -untrusted {above}");
        let (good, said) = ca.openssl_verify(&leaf, &more);
        assert_eq!(good, status == "good", "{said}");
        counter.ran();
    }
    counter.finish();
}

/// `openssl ocsp` as a responder. Its own server listens on every address: this one listens on loopback and hands it each
/// request.
struct Responder {
    listening: Listening,
    /// Who signs, and what else it is told.
    signer: Arc<Mutex<String>>,
}

impl Responder {
    fn start(place: &Path) -> Self {
        let signer = Arc::new(Mutex::new(String::from(BY_ROOT)));
        let (place, told) = (place.to_owned(), Arc::clone(&signer));
        let listening = Listening::start(move |socket| {
            let signer = told.lock().unwrap().clone();
            answer(socket, &place, &signer);
        });
        Self { listening, signer }
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.listening.port)
    }

    fn signs_by(&self, signer: &str) {
        signer.clone_into(&mut self.signer.lock().unwrap());
    }
}

const BY_ROOT: &str = "-rsigner root.pem -rkey root.key -ndays 3";

fn answer(mut socket: TcpStream, place: &Path, signer: &str) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut request = vec![0; length];
    if reader.read_exact(&mut request).is_err() {
        return;
    }
    fs::write(place.join("asked"), request).unwrap();
    let line = format!("ocsp -index index -CA root.pem -reqin asked -respout answer {signer}");
    must_run(Command::new("openssl").current_dir(place).args(line.split(' ')));
    let body = fs::read(place.join("answer")).unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = socket.write_all(&[head.as_bytes(), &body].concat());
}

/// What `openssl ocsp` says of a response: `good`, `revoked`, `unknown`, or nothing where it does not count.
fn openssl_says(ca: &Ca, serial: &str, response: &str) -> String {
    let line = format!("ocsp -issuer root.pem -cert {serial}.pem -respin {response} -CAfile root.pem -no_nonce");
    let ended = run(&mut ca.command("openssl", &line));
    if !ended.stderr().contains("Response verify OK") || ended.text().contains("WARNING: Status times invalid") {
        return String::new();
    }
    let said = ended.stdout();
    let word = said.lines().find_map(|line| line.strip_prefix(&format!("{serial}.pem: ")));
    word.unwrap_or_default().to_owned()
}

/// Makes certificates for whoever may sign responses, and one for who may not.
fn responders(ca: &Ca) {
    for (serial, extensions) in [
        (RESPONDER, "extendedKeyUsage=OCSPSigning\nnoCheck=ignored\n"),
        // It is in another part of the CRL than the leaves are.
        (REVOKED_RESPONDER, "extendedKeyUsage=OCSPSigning\ncrlDistributionPoints=URI:http://crl.example/part.crl\n"),
        (NO_RESPONDER, "extendedKeyUsage=serverAuth\n"),
    ] {
        ca.issue(serial, extensions);
    }
}

fn by(serial: &str, more: &str) -> String {
    format!("-rsigner {serial}.pem -rkey {serial}.key -ndays 3{more}")
}

#[test]
fn answers_of_openssl_as_a_responder() {
    let ca = Ca::new();
    let responder = Responder::start(ca.0.path());
    let extension = format!("authorityInfoAccess=OCSP;URI:{}\n", responder.address());
    for serial in [GOOD, REVOKED, HELD, WITHOUT_REASON, UNHEARD_OF] {
        ca.issue(serial, &extension);
    }
    responders(&ca);
    let delegated = by(RESPONDER, "");
    let (unknown, was, untrusted) =
        ("certificate.revocation_unknown", "certificate.revoked", "certificate.ocsp_untrusted");
    let rows = [
        (GOOD, BY_ROOT.to_owned(), ["good", ""], ""),
        (REVOKED, BY_ROOT.to_owned(), ["revoked", "keyCompromise"], was),
        (HELD, BY_ROOT.to_owned(), ["revoked", "certificateHold"], was),
        (WITHOUT_REASON, BY_ROOT.to_owned(), ["revoked", ""], was),
        (UNHEARD_OF, BY_ROOT.to_owned(), ["unknown", ""], unknown),
        (GOOD, delegated.clone(), ["good", ""], ""),
        (REVOKED, delegated.clone(), ["revoked", "keyCompromise"], was),
        (GOOD, by(RESPONDER, " -resp_key_id"), ["good", ""], ""),
        // Without an end, it is good for a day.
        (GOOD, "-rsigner root.pem -rkey root.key".to_owned(), ["good", ""], ""),
        (GOOD, by(NO_RESPONDER, ""), ["unknown", ""], untrusted),
        (REVOKED, by(NO_RESPONDER, ""), ["unknown", ""], untrusted),
        (GOOD, by(RESPONDER, " -resp_no_certs"), ["unknown", ""], untrusted),
    ];
    let mut counter = Counter::new("revocation-ocsp", 12);
    for (serial, signer, [status, reason], code) in rows {
        responder.signs_by(&signer);
        let certificate = ca.text(&format!("{serial}.pem"));
        for (policy, trusted) in [("require", status == "good"), ("prefer", status != "revoked")] {
            let fetch = ["--fetch", "--reach", "any", "--no-cache", "--revocation", policy];
            let judged = ca.verify(&certificate, &fetch);
            let by = if matches!(status, "good" | "revoked") { "ocsp_response" } else { "" };
            assert_eq!(judged.leaf(), [status, reason, by], "{signer}: {:#}", judged.json);
            assert_eq!(judged.code, if trusted { 0 } else { 3 }, "{signer}, {policy}: {:#}", judged.json);
            assert!(judged.codes().contains(code), "{signer}: {:#}", judged.json);
            assert_eq!(judged.codes().is_empty(), code.is_empty(), "{signer}: {:#}", judged.json);
        }
        // Its own client says the same of the same answer; who may not sign has said nothing.
        let wanted = if code == untrusted { "" } else { status };
        assert_eq!(openssl_says(&ca, serial, "answer"), wanted, "{signer}");
        counter.ran();
    }
    counter.finish();
}

/// Responses that are given as files: with and without a nonce, of another certificate, and when they are over.
#[test]
fn answers_in_files() {
    let ca = Ca::new();
    for serial in [GOOD, REVOKED, UNHEARD_OF] {
        ca.issue(serial, "");
    }
    responders(&ca);
    let respond = |serial: &str, nonce: &str, signer: &str| {
        ca.openssl(&format!("ocsp {nonce} -issuer root.pem -cert {serial}.pem -reqout request"));
        ca.openssl(&format!("ocsp -index index -CA root.pem -reqin request -respout {serial}.ocsp {signer}"));
        ca.text(&format!("{serial}.ocsp"))
    };
    let require = |serial: &str, response: &str, more: &[&str]| {
        let options = [&["--ocsp", response, "--revocation", "require"], more].concat();
        ca.verify(&ca.text(&format!("{serial}.pem")), &options)
    };
    let mut counter = Counter::new("revocation-ocsp-files", 8 + 4);
    for nonce in ["-nonce", "-no_nonce"] {
        for signer in [BY_ROOT.to_owned(), by(RESPONDER, "")] {
            for (serial, status, code) in [(GOOD, "good", 0), (REVOKED, "revoked", 3)] {
                let response = respond(serial, nonce, &signer);
                let judged = require(serial, &response, &[]);
                assert_eq!((judged.code, judged.leaf()[0]), (code, status), "{nonce} {signer}: {:#}", judged.json);
                assert_eq!(openssl_says(&ca, serial, &response), status);
                counter.ran();
            }
        }
    }
    // Of another certificate it says nothing.
    let response = respond(GOOD, "-no_nonce", BY_ROOT);
    let judged = require(REVOKED, &response, &[]);
    assert_eq!((judged.code, judged.leaf()[0]), (3, "unknown"), "{:#}", judged.json);
    counter.ran();
    // When it is over.
    let later = must_run(&mut ca.command("date", "-u -d +5days +%Y-%m-%d"));
    let judged = require(GOOD, &response, &["--at", later.trim()]);
    assert_eq!((judged.code, judged.leaf()[0]), (3, "unknown"), "{:#}", judged.json);
    assert!(judged.codes().contains("certificate.ocsp_expired"), "{:#}", judged.json);
    counter.ran();
    // Altered, where its signature is the last of it.
    let response = respond(GOOD, "-no_nonce", &format!("{BY_ROOT} -resp_no_certs"));
    assert_eq!(require(GOOD, &response, &[]).code, 0);
    let mut bytes = fs::read(&response).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&response, bytes).unwrap();
    let judged = require(GOOD, &response, &[]);
    assert_eq!((judged.code, judged.leaf()[0]), (3, "unknown"), "{:#}", judged.json);
    assert!(judged.codes().contains("certificate.ocsp_untrusted"), "{:#}", judged.json);
    assert_eq!(openssl_says(&ca, GOOD, &response), "");
    counter.ran();
    // By a responder that was revoked: OpenSSL's client looks at no CRL, ours at those that it has.
    let response = respond(GOOD, "-no_nonce", &by(REVOKED_RESPONDER, ""));
    assert_eq!((require(GOOD, &response, &[]).code, openssl_says(&ca, GOOD, &response).as_str()), (0, "good"));
    let part = ca.crl("own_part", "-crldays 7");
    let judged = require(GOOD, &response, &["--crl", &part]);
    assert_eq!((judged.code, judged.leaf()[0]), (3, "unknown"), "{:#}", judged.json);
    assert!(judged.codes().contains("certificate.ocsp_untrusted"), "{:#}", judged.json);
    // Who need not be looked for is not.
    let response = respond(GOOD, "-no_nonce", &by(RESPONDER, ""));
    assert_eq!(require(GOOD, &response, &["--crl", &part]).code, 0);
    counter.ran();
    counter.finish();
}

/// What `openssl s_server` staples, to `connect` and to `cert verify`.
#[test]
fn staples_of_openssl() {
    let ca = Ca::new();
    for serial in [GOOD, REVOKED, UNHEARD_OF] {
        ca.issue(serial, "");
    }
    let must = "tlsfeature=status_request\n";
    ca.issue("100a", must);
    responders(&ca);
    ca.write("index", &INDEX.replace(RESPONDER, "100A"));
    let staple = |serial: &str, file: &str, signer: &str| {
        ca.openssl(&format!("ocsp -no_nonce -issuer root.pem -cert {serial}.pem -reqout request"));
        ca.openssl(&format!("ocsp -index index -CA root.pem -reqin request -respout {file} {signer}"));
    };
    let delegated = by(NO_RESPONDER, "");
    let mut counter = Counter::new("revocation-staples", 6 * 2);
    for (serial, about, signer, status, trusted) in [
        // Trusted where it is ignored, preferred, required.
        (GOOD, GOOD, BY_ROOT, "good", [true, true, true]),
        (REVOKED, REVOKED, BY_ROOT, "revoked", [true, false, false]),
        (UNHEARD_OF, UNHEARD_OF, BY_ROOT, "unknown", [true, true, false]),
        (GOOD, REVOKED, BY_ROOT, "unknown", [true, true, false]),
        (GOOD, GOOD, &delegated, "unknown", [true, true, false]),
        ("100a", GOOD, BY_ROOT, "unknown", [false, false, false]),
    ] {
        staple(about, "staple.ocsp", signer);
        let path = |end: &str| ca.file(&format!("{serial}.{end}"));
        let cert = CertFiles { chain: path("pem"), leaf: path("pem"), key: path("key"), root: ca.file("root.pem") };
        for version in ["TLSv1.3", "TLSv1.2"] {
            let versions = [version];
            let setup = ServerSetup { versions: &versions, ..ServerSetup::new(&cert) };
            let file = ca.text("staple.ocsp");
            let server = Server::start(&setup, Mode::Www, &["-status_file", &file]);
            let target = format!("127.0.0.1:{}", server.port);
            for (policy, trusted) in ["ignore", "prefer", "require"].into_iter().zip(trusted) {
                let code = if trusted { 0 } else { 3 };
                let judged = ca.verify(&target, &["--revocation", policy]);
                assert_eq!(judged.code, code, "{serial} {version} {policy}: {:#}", judged.json);
                if policy != "ignore" {
                    let by = if matches!(status, "good" | "revoked") { "staple" } else { "" };
                    assert_eq!((judged.leaf()[0], judged.leaf()[2]), (status, by), "{:#}", judged.json);
                }
                let connected = connect_json(server.port, &ca.file("root.pem"), &["--revocation", policy]);
                assert_eq!(connected.code, code, "{serial} {version} {policy}: {:#}", connected.json);
                assert_eq!(connected.text("/protocol"), version);
            }
            counter.ran();
        }
    }
    counter.finish();
}
