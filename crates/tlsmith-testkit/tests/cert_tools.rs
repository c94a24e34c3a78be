//! `tlsmith cert` on files made by OpenSSL, keytool and certtool, held field by field against what `openssl x509` says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tlsmith_testkit::{
    count::Counter,
    peers::tlsmith::command,
    process::{must_run, run},
};

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("tlsmith-cert-tools-").tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &str) -> PathBuf {
        fs::write(self.file(name), content).unwrap();
        self.file(name)
    }

    /// A command that runs here.
    fn command(&self, program: &str, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path()).args(arguments.split(' '));
        command
    }
}

/// `tlsmith cert`, its exit code and its document.
fn cert(arguments: &[&str]) -> (i32, Value) {
    let mut command = command();
    let ended = run(command.arg("cert").args(arguments).arg("--json"));
    let document = serde_json::from_slice(&ended.stdout)
        .unwrap_or_else(|error| panic!("{error}: {arguments:?}: {}", ended.text()));
    (ended.code(), document)
}

/// One line of `openssl x509`: what stands behind the first `=`.
fn openssl(file: &Path, arguments: &str) -> String {
    let mut command = Command::new("openssl");
    command.arg("x509").arg("-in").arg(file).arg("-noout").args(arguments.split(' '));
    let said = must_run(&mut command);
    said.trim().split_once('=').map_or(said.trim(), |(_, value)| value).to_owned()
}

/// The first certificate of the file is shown as OpenSSL shows it.
fn compare(file: &Path) {
    let (code, document) = cert(&["show", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{document:#}");
    let entry = &document["sources"][0]["certificates"][0];
    let text = |key: &str| entry[key].as_str().unwrap().to_owned();
    let hex = |text: String| text.replace(':', "").to_lowercase();
    let name = file.display();
    assert_eq!(text("subject"), openssl(file, "-subject -nameopt RFC2253,-esc_msb,utf8"), "{name}");
    assert_eq!(text("issuer"), openssl(file, "-issuer -nameopt RFC2253,-esc_msb,utf8"), "{name}");
    // OpenSSL shows the number, we its bytes: one that would be negative has a zero before it.
    assert_eq!(text("serial").trim_start_matches("00"), openssl(file, "-serial").to_lowercase(), "{name}");
    let time = |option: &str| openssl(file, &format!("{option} -dateopt iso_8601")).replace(' ', "T");
    assert_eq!(text("not_before"), time("-startdate"), "{name}");
    assert_eq!(text("not_after"), time("-enddate"), "{name}");
    assert_eq!(text("sha256"), hex(openssl(file, "-fingerprint -sha256")), "{name}");
    assert_eq!(text("sha1"), hex(openssl(file, "-fingerprint -sha1")), "{name}");
    let names = openssl(file, "-ext subjectAltName");
    let names: Vec<String> = names
        .lines()
        .filter(|line| line.starts_with(' '))
        .flat_map(|line| line.trim().split(", "))
        .map(|name| match name.strip_prefix("IP Address:") {
            // OpenSSL does not shorten IPv6 addresses (RFC 5952).
            Some(address) => format!("IP:{}", address.parse::<IpAddr>().unwrap()),
            None => name.to_owned(),
        })
        .collect();
    assert_eq!(entry["sans"], json!(names), "{name}");
    let basic = openssl(file, "-ext basicConstraints");
    assert_eq!(entry["ca"], json!(basic.contains("CA:TRUE")), "{name}");
    let usage = openssl(file, "-ext keyUsage").lines().last().map(|line| line.trim().to_owned());
    let usage: Vec<&str> =
        usage.iter().filter(|_| entry["key_usage"].is_array()).flat_map(|all| all.split(", ")).collect();
    let usage: Vec<&str> = usage
        .into_iter()
        .map(|name| match name {
            "Digital Signature" => "digitalSignature",
            "Non Repudiation" => "contentCommitment",
            "Key Encipherment" => "keyEncipherment",
            "Data Encipherment" => "dataEncipherment",
            "Key Agreement" => "keyAgreement",
            "Certificate Sign" => "keyCertSign",
            "CRL Sign" => "cRLSign",
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(entry["key_usage"].as_array().cloned().unwrap_or_default(), json!(usage).as_array().unwrap().clone());
    // The pin, as RFC 7469's appendix computes it.
    let script = "openssl x509 -in \"$0\" -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64";
    let pin = must_run(Command::new("sh").args(["-c", script]).arg(file));
    let (code, document) = cert(&["pin", file.to_str().unwrap()]);
    assert_eq!((code, document["pins"][0]["sha256_base64"].as_str().unwrap()), (0, pin.trim()), "{name}");
}

const EXTENSIONS: &str = "\
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:www.example.com,DNS:*.example.com,IP:192.0.2.7,IP:2001:db8::1,email:a@example.com
crlDistributionPoints=URI:http://crl.example.com/1.crl
authorityInfoAccess=OCSP;URI:http://ocsp.example.com,caIssuers;URI:http://ca.example.com/1.cer
certificatePolicies=2.23.140.1.2.1
tlsfeature=status_request
";

/// Leaves of every kind of key by OpenSSL, below one root.
#[test]
fn files_of_openssl() {
    let kinds = [
        ("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
        ("p521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521"),
        ("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"),
        ("pss", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"),
        ("ed25519", "-algorithm ED25519"),
    ];
    let mut counter = Counter::new("cert-openssl", 2 * kinds.len() + 1);
    let place = Place::new();
    place.write("extensions", EXTENSIONS);
    let root = "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30 -utf8 -subj";
    must_run(place.command("openssl", root).arg("/C=DE/O=Bücher, Söhne & Co./CN=Root \"1\""));
    compare(&place.file("root.pem"));
    counter.ran();
    for (name, options) in kinds {
        must_run(&mut place.command("openssl", &format!("genpkey {options} -out {name}.key")));
        let subject =
            format!("/C=DE/ST=Berlin/L=Berlin/O=Example/OU=Web/CN={name}.example.com/emailAddress=a@example.com");
        must_run(&mut place.command("openssl", &format!("req -new -key {name}.key -out {name}.csr -subj {subject}")));
        must_run(&mut place.command(
            "openssl",
            &format!(
                "x509 -req -in {name}.csr -CA root.pem -CAkey root.key -days 20 -extfile extensions -out {name}.pem"
            ),
        ));
        compare(&place.file(&format!("{name}.pem")));
        counter.ran();
        let path = |ending: &str| place.file(&format!("{name}.{ending}")).to_str().unwrap().to_owned();
        let (root, certificate) = (place.file("root.pem").to_str().unwrap().to_owned(), path("pem"));
        let verified = cert(&["verify", &certificate, "--ca", &root, "--name", "www.example.com"]);
        assert_eq!(verified.0, 0, "{:#}", verified.1);
        assert_eq!(cert(&["match", &certificate, &path("key")]).0, 0, "{name}");
        assert_eq!(cert(&["match", &certificate, &path("csr"), &path("key")]).0, 0, "{name}");
        assert_eq!(cert(&["match", &root, &path("key")]).0, 1, "{name}");
        assert_eq!(cert(&["chain", &root, &certificate, "--ca", &root]).0, 0, "{name}");
        assert_eq!(cert(&["check", &certificate, "--days", "19"]).0, 0, "{name}");
        assert_eq!(cert(&["check", &certificate, "--days", "21"]).0, 1, "{name}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn files_of_keytool() {
    let mut counter = Counter::new("cert-keytool", 2);
    let place = Place::new();
    let make = "-genkeypair -alias web -keyalg EC -groupname secp384r1 -storetype PKCS12 -keystore store.p12 -storepass \
                geheim1 -validity 40 -ext san=dns:java.example.com,ip:192.0.2.9 -ext ku=digitalSignature -ext \
                eku=serverAuth -dname";
    must_run(place.command("keytool", make).arg("CN=java.example.com, O=Example, C=DE"));
    for (format, option) in [("pem", " -rfc"), ("der", "")] {
        let export =
            format!("-exportcert -alias web -keystore store.p12 -storepass geheim1 -file web.{format}{option}");
        must_run(&mut place.command("keytool", &export));
        compare(&place.file(&format!("web.{format}")));
        let file = place.file(&format!("web.{format}")).to_str().unwrap().to_owned();
        // Self-signed: good for whoever trusts it.
        assert_eq!(cert(&["verify", &file, "--ca", &file, "--name", "java.example.com"]).0, 0);
        assert_eq!(cert(&["verify", &file, "--roots", "mozilla"]).0, 3);
        counter.ran();
    }
    let same = [place.file("web.pem"), place.file("web.der")].map(|path| path.to_str().unwrap().to_owned());
    assert_eq!(cert(&["diff", &same[0], &same[1]]).0, 0);
    counter.finish();
}

#[test]
fn files_of_certtool() {
    let mut counter = Counter::new("cert-certtool", 2);
    let place = Place::new();
    place.write(
        "ca.cfg",
        "cn = \"GnuTLS CA\"\norganization = \"Example\"\nca\ncert_signing_key\nexpiration_days = 50\n",
    );
    place.write(
        "leaf.cfg",
        "cn = \"gnutls.example.com\"\ndns_name = \"gnutls.example.com\"\nip_address = \"192.0.2.3\"\ntls_www_server\n\
         signing_key\nexpiration_days = 40\n",
    );
    for line in [
        "--generate-privkey --key-type=ecdsa --curve=secp256r1 --no-text --outfile ca.key",
        "--generate-privkey --key-type=ed25519 --no-text --outfile leaf.key",
        "--generate-self-signed --load-privkey ca.key --template ca.cfg --no-text --outfile ca.pem",
        "--generate-certificate --load-privkey leaf.key --load-ca-certificate ca.pem --load-ca-privkey ca.key --template \
         leaf.cfg --outfile leaf.pem",
    ] {
        must_run(&mut place.command("certtool", line));
    }
    for name in ["ca.pem", "leaf.pem"] {
        compare(&place.file(name));
        counter.ran();
    }
    let path = |name: &str| place.file(name).to_str().unwrap().to_owned();
    assert_eq!(cert(&["verify", &path("leaf.pem"), "--ca", &path("ca.pem"), "--name", "gnutls.example.com"]).0, 0);
    assert_eq!(cert(&["match", &path("leaf.pem"), &path("leaf.key")]).0, 0);
    counter.finish();
}
