//! Key files, PKCS#12 files and certificate requests: what OpenSSL, Java's keytool and GnuTLS's certtool write is read, and
//! what is written is read by all three.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;
use tlsmith_testkit::{
    count::Counter,
    peers::tlsmith::command,
    process::{Ended, run},
};

const PASSPHRASE: &str = "geheim & sicher";

/// A directory with the files of one test.
struct Files(TempDir);

impl Files {
    /// With a key and a self-signed certificate of each of two types, by OpenSSL, and the passphrase in a file.
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        fs::write(files.path("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        files.ok("openssl", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key");
        files.ok("openssl", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key");
        for kind in ["ec", "rsa"] {
            let line = format!("req -x509 -new -key {kind}.key -out {kind}.crt -subj /CN={kind}.test -days 30");
            files.ok("openssl", &line);
        }
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a program on the words of `line`; `PASS` is the passphrase.
    fn run(&self, program: &str, line: &str) -> Ended {
        let words = line.split(' ').map(|word| word.replace("PASS", PASSPHRASE));
        run(Command::new(program).args(words).current_dir(self.0.path()))
    }

    fn ok(&self, program: &str, line: &str) -> Ended {
        let ended = self.run(program, line);
        assert_eq!(ended.code(), 0, "{program} {line}: {}", ended.text());
        ended
    }

    /// Runs `tlsmith` on the words of `line`, with the passphrase of the file.
    fn tlsmith(&self, line: &str) -> Ended {
        run(command().args(line.split(' ')).current_dir(self.0.path()))
    }

    fn tlsmith_ok(&self, line: &str) -> Ended {
        let ended = self.tlsmith(line);
        assert_eq!(ended.code(), 0, "tlsmith {line}: {}", ended.text());
        ended
    }

    /// The pin of the one key in a file, as `tlsmith key show` tells it.
    fn pin(&self, name: &str) -> String {
        let ended = self.tlsmith_ok(&format!("key show {name} --passphrase-file passphrase --json"));
        let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
        report["keys"][0]["spki_pin"].as_str().unwrap().to_owned()
    }

    /// A keystore of Java with two keys, `one` and `two`, and a trusted certificate, `ca`.
    fn two_keys(&self) {
        for alias in ["one", "two"] {
            self.ok("keytool", &format!("-genkeypair -alias {alias} -keyalg EC -dname CN={alias}.test -storetype PKCS12 -keystore two.p12 -storepass:file passphrase"));
        }
        self.ok("keytool", "-importcert -noprompt -alias ca -file ec.crt -keystore two.p12 -storepass:file passphrase");
    }

    /// The entries of a keystore as keytool lists them: alias and kind, sorted.
    fn entries(&self, keystore: &str) -> Vec<(String, &'static str)> {
        let listed = self.ok("keytool", &format!("-list -keystore {keystore} -storepass:file passphrase")).stdout();
        let kinds = ["PrivateKeyEntry", "trustedCertEntry"];
        let of_line = |line: &str| {
            let kind = kinds.into_iter().find(|kind| line.contains(kind))?;
            Some((line.split(',').next()?.to_owned(), kind))
        };
        let mut entries: Vec<_> = listed.lines().filter_map(of_line).collect();
        entries.sort();
        entries
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Keys in the forms and under the schemes of OpenSSL and GnuTLS.
#[test]
fn keys_of_others_are_read() {
    const LEGACY: &str = "-provider legacy -provider default";
    let files = Files::new();
    let lines = [
        ("openssl", "pkcs8 -topk8 -v2 aes-256-cbc -in ec.key -out new -passout pass:PASS".to_owned(), "ec"),
        (
            "openssl",
            "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512 -in ec.key -out new -passout pass:PASS".into(),
            "ec",
        ),
        ("openssl", "pkcs8 -topk8 -v2 des3 -v2prf hmacWithSHA1 -in rsa.key -out new -passout pass:PASS".into(), "rsa"),
        ("openssl", "pkcs8 -topk8 -scrypt -in ec.key -out new -passout pass:PASS".into(), "ec"),
        ("openssl", "pkcs8 -topk8 -v2 aes-192-cbc -outform der -in ec.key -out new -passout pass:PASS".into(), "ec"),
        ("openssl", format!("pkcs8 -topk8 -v1 PBE-MD5-DES {LEGACY} -in ec.key -out new -passout pass:PASS"), "ec"),
        ("openssl", format!("pkcs8 -topk8 -v1 PBE-SHA1-DES {LEGACY} -in ec.key -out new -passout pass:PASS"), "ec"),
        ("openssl", format!("pkcs8 -topk8 -v1 PBE-SHA1-3DES {LEGACY} -in rsa.key -out new -passout pass:PASS"), "rsa"),
        ("openssl", format!("pkcs8 -topk8 -v1 PBE-SHA1-RC2-128 {LEGACY} -in ec.key -out new -passout pass:PASS"), "ec"),
        ("openssl", "ec -in ec.key -out new -aes256 -passout pass:PASS".into(), "ec"),
        ("openssl", "rsa -in rsa.key -traditional -out new -des3 -passout pass:PASS".into(), "rsa"),
        ("openssl", "rsa -in rsa.key -traditional -out new -aes128 -passout pass:PASS".into(), "rsa"),
        ("openssl", "ec -in ec.key -out new".into(), "ec"),
        ("openssl", "rsa -in rsa.key -traditional -outform der -out new".into(), "rsa"),
        ("certtool", "--to-p8 --load-privkey ec.key --pkcs-cipher aes-256 --password PASS --outfile new".into(), "ec"),
        ("certtool", "--to-p8 --load-privkey ec.key --pkcs-cipher 3des --password PASS --outfile new".into(), "ec"),
        ("certtool", "--to-rsa --load-privkey rsa.key --outfile new".into(), "rsa"),
    ];
    let mut counter = Counter::new("files-keys", lines.len() * 2);
    let pins = [("ec", files.pin("ec.key")), ("rsa", files.pin("rsa.key"))];
    for (program, line, kind) in &lines {
        // Words with spaces in them are one: the passphrase comes from its file where a program takes that.
        let line = line.replace("-passout pass:PASS", "-passout file:passphrase");
        files.ok(program, &line);
        let expected = &pins.iter().find(|(name, _)| name == kind).unwrap().1;
        assert_eq!(&files.pin("new"), expected, "{program} {line}");
        counter.ran();
        // And by way of our own form, under our own passphrase, back to OpenSSL.
        files.tlsmith_ok("convert new --to pkcs8 --encrypt --passphrase-file passphrase --out ours --force");
        let text = files.ok("openssl", "pkey -in ours -passin file:passphrase -pubout").stdout();
        assert_eq!(text, files.ok("openssl", &format!("pkey -in {kind}.key -pubout")).stdout(), "{line}");
        assert_eq!(mode(&files.path("ours")), 0o600);
        counter.ran();
    }
    counter.finish();
}

#[test]
fn pkcs12_of_others_is_read() {
    let files = Files::new();
    let keytool = |options: &str| {
        format!(
            "-genkeypair -alias mine -keyalg EC -groupname secp256r1 -dname CN=java.test -keystore new -storepass:file passphrase {options}"
        )
    };
    let lines = [
        ("openssl", "pkcs12 -export -inkey ec.key -in ec.crt -name mine -passout file:passphrase -out new".to_owned()),
        ("openssl", "pkcs12 -export -legacy -inkey rsa.key -in rsa.crt -name mine -passout file:passphrase -out new".into()),
        ("openssl", "pkcs12 -export -legacy -descert -inkey rsa.key -in rsa.crt -name mine -passout file:passphrase -out new".into()),
        ("openssl", "pkcs12 -export -macalg sha512 -inkey ec.key -in ec.crt -name mine -passout file:passphrase -out new".into()),
        ("openssl", "pkcs12 -export -keypbe NONE -certpbe NONE -inkey ec.key -in ec.crt -name mine -passout file:passphrase -out new".into()),
        ("openssl", "pkcs12 -export -nomac -inkey ec.key -in ec.crt -name mine -passout file:passphrase -out new".into()),
        ("openssl", "pkcs12 -export -inkey ec.key -in ec.crt -name mine -passout pass: -out new".into()),
        ("keytool", keytool("-storetype PKCS12")),
        ("keytool", keytool("-storetype PKCS12 -J-Dkeystore.pkcs12.legacy")),
        ("certtool", "--to-p12 --load-privkey ec.key --load-certificate ec.crt --p12-name mine --password PASS --outder --outfile new".into()),
        ("certtool", "--to-p12 --load-privkey ec.key --load-certificate ec.crt --p12-name mine --password PASS --pkcs-cipher rc2-40 --outfile new".into()),
        ("certtool", "--to-p12 --load-privkey ec.key --load-certificate ec.crt --p12-name mine --password PASS --pkcs-cipher 3des --outder --outfile new".into()),
    ];
    let mut counter = Counter::new("files-pkcs12-read", lines.len());
    for (program, line) in &lines {
        // keytool adds to a keystore that is there.
        let _ = fs::remove_file(files.path("new"));
        files.ok(program, line);
        let ended = files.tlsmith_ok("convert new --to pem --passphrase-file passphrase --out all.pem --force --json");
        let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
        assert_eq!(report["written"]["contents"].as_array().unwrap().len(), 2, "{line}: {report:#}");
        let shown: Value =
            serde_json::from_slice(&files.tlsmith_ok("key show new --passphrase-file passphrase --json").stdout)
                .unwrap();
        assert_eq!(shown["keys"][0]["name"], "mine", "{line}: {shown:#}");
        // The certificate is that of the key.
        let of_key = files.ok("openssl", "pkey -in all.pem -pubout").stdout();
        assert_eq!(files.ok("openssl", "x509 -in all.pem -noout -pubkey").stdout(), of_key, "{line}");
        assert_eq!(mode(&files.path("all.pem")), 0o600);
        counter.ran();
    }
    counter.finish();
}

#[test]
fn pkcs12_of_ours_is_read_by_all() {
    let files = Files::new();
    let mut counter = Counter::new("files-pkcs12-written", 7);
    for kind in ["ec", "rsa"] {
        let line = format!(
            "convert {kind}.crt rsa.crt ec.crt --key {kind}.key --to p12 --name mine --passphrase-file passphrase --out ours --force"
        );
        files.tlsmith_ok(&line);
        assert_eq!(mode(&files.path("ours")), 0o600);
        let openssl = files.ok("openssl", "pkcs12 -in ours -passin file:passphrase -noenc -out back").text();
        assert_eq!(
            files.ok("openssl", "pkey -in back -pubout").stdout(),
            files.ok("openssl", &format!("pkey -in {kind}.key -pubout")).stdout(),
            "{openssl}"
        );
        assert_eq!(files.read("back").matches("BEGIN CERTIFICATE").count(), 2);
        let keytool = files.ok("keytool", "-list -keystore ours -storepass:file passphrase").text();
        assert!(keytool.contains("mine, ") && keytool.contains("PrivateKeyEntry"), "{keytool}");
        // It can use the key, too.
        let keytool = files.ok("keytool", "-certreq -alias mine -keystore ours -storepass:file passphrase").text();
        assert!(keytool.contains("BEGIN NEW CERTIFICATE REQUEST"), "{keytool}");
        let certtool = files.ok("certtool", "--p12-info --inder --infile ours --password PASS").text();
        assert!(certtool.contains("Friendly name: mine") && certtool.contains("PKCS #8 Encrypted key"), "{certtool}");
        (0..3).for_each(|_| counter.ran());
    }
    files.tlsmith_ok(
        "convert ec.crt rsa.crt --to p12 --name ca --only certificates --passphrase-file passphrase --out trust",
    );
    let keytool = files.ok("keytool", "-list -keystore trust -storepass:file passphrase").text();
    assert_eq!(keytool.matches("trustedCertEntry").count(), 2, "{keytool}");
    counter.ran();
    counter.finish();
}

/// Aliases and Java's mark of trust go through, and one entry can be taken out.
#[test]
fn keystores_of_java_keep_their_entries() {
    let files = Files::new();
    files.two_keys();
    let mut counter = Counter::new("files-keystores", 4);
    for alias in ["one", "TWO"] {
        let line = format!("convert two.p12 --alias {alias} --to p12 --passphrase-file passphrase --out ours --force");
        files.tlsmith_ok(&line);
        assert_eq!(files.entries("ours"), [(alias.to_lowercase(), "PrivateKeyEntry")]);
        counter.ran();
    }
    files.tlsmith_ok("convert two.p12 --alias ca --to p12 --passphrase-file passphrase --out ours --force");
    assert_eq!(files.entries("ours"), [("ca".to_owned(), "trustedCertEntry")]);
    counter.ran();
    for (alias, file) in [("r1", "ec.crt"), ("r2", "rsa.crt")] {
        let line =
            format!("-importcert -noprompt -alias {alias} -file {file} -keystore trust -storepass:file passphrase");
        files.ok("keytool", &line);
    }
    files.tlsmith_ok("convert trust --to p12 --passphrase-file passphrase --out ours --force");
    assert_eq!(files.entries("ours"), files.entries("trust"));
    counter.ran();
    counter.finish();
}

/// What is not written is listed, what was in disorder is sorted, and every file is named once.
#[test]
fn a_bundle_is_sorted_and_what_is_left_out_is_told() {
    let files = Files::new();
    files.ok("openssl", "req -new -key rsa.key -subj /CN=leaf.test -out leaf.csr");
    files.ok("openssl", "x509 -req -in leaf.csr -CA ec.crt -CAkey ec.key -days 30 -out leaf.crt");
    let bundle = [files.read("ec.crt"), files.read("rsa.crt"), files.read("leaf.crt")].concat();
    fs::write(files.path("bundle"), bundle).unwrap();
    fs::remove_file(files.path("rsa.crt")).unwrap();
    let told = |line: &str| -> Value { serde_json::from_slice(&files.tlsmith_ok(line).stdout).unwrap() };
    // Two certificates are of the key: the first is the leaf.
    let report = told(
        "convert leaf.crt bundle rsa.key ec.key --key ./rsa.key --to p12 --passphrase-file passphrase --out ours --json",
    );
    let written =
        ["certificate CN=leaf.test", "certificate CN=ec.test", "certificate CN=rsa.test", "private key RSA 2048"];
    assert_eq!(report["written"]["contents"], serde_json::json!(written), "{report:#}");
    assert_eq!(report["left_out"], serde_json::json!(["private key ECDSA P-256"]));
    assert_eq!(report["found"].as_array().unwrap().len(), 4);
    let is_sorted = |report: &Value| report["notes"].to_string().contains("were sorted");
    assert!(!is_sorted(&report), "{report:#}");
    fs::write(files.path("bundle"), [files.read("ec.crt"), files.read("leaf.crt")].concat()).unwrap();
    let report = told("convert bundle --key rsa.key --to pem --out sorted.pem --json");
    assert!(is_sorted(&report), "{report:#}");
    assert!(files.read("sorted.pem").starts_with(&files.read("leaf.crt")));
}

/// certtool sorts the certificates of PKCS#7 as DER does, and keytool writes a chain in DER one after the other.
#[test]
fn certificates_of_others_are_read_leaf_first() {
    let files = Files::new();
    files.ok("openssl", "req -new -key rsa.key -subj /CN=leaf.test -out leaf.csr");
    files.ok("openssl", "x509 -req -in leaf.csr -CA ec.crt -CAkey ec.key -days 30 -out leaf.crt");
    let mut counter = Counter::new("files-certificates", 6);
    let pin = files.tlsmith_ok("cert pin leaf.crt").stdout();
    let pin = pin.lines().find(|line| line.contains("sha256//")).unwrap().trim().to_owned();
    for parts in [["leaf.crt", "ec.crt"], ["ec.crt", "leaf.crt"]] {
        fs::write(files.path("bundle"), parts.map(|part| files.read(part)).concat()).unwrap();
        files.ok("certtool", "--p7-generate --load-certificate bundle --outder --outfile certtool.p7b");
        files.ok("openssl", "crl2pkcs7 -nocrl -certfile bundle -out openssl.p7b");
        for file in ["certtool.p7b", "openssl.p7b"] {
            let said = files.tlsmith_ok(&format!("cert pin {file}")).stdout();
            assert_eq!(said.lines().find(|line| line.contains("sha256//")).unwrap().trim(), pin, "{file}: {said}");
            counter.ran();
        }
    }
    files.ok("openssl", "req -new -key ec.key -subj /CN=issuing.test -out issuing.csr");
    fs::write(files.path("extensions"), "basicConstraints=critical,CA:TRUE\n").unwrap();
    files.ok("openssl", "x509 -req -in issuing.csr -CA rsa.crt -CAkey rsa.key -extfile extensions -out issuing.crt");
    files.ok(
        "openssl",
        "pkcs12 -export -inkey ec.key -in issuing.crt -certfile rsa.crt -name ca -passout file:passphrase -out ca.p12",
    );
    files.ok(
        "keytool",
        "-gencert -alias ca -infile leaf.csr -outfile keytool.der -keystore ca.p12 -storepass:file passphrase",
    );
    for file in ["leaf", "ec"] {
        files.ok("openssl", &format!("x509 -in {file}.crt -outform der -out {file}.der"));
    }
    let [leaf, issuer] = ["leaf.der", "ec.der"].map(|name| fs::read(files.path(name)).unwrap());
    fs::write(files.path("cat.der"), [leaf, issuer].concat()).unwrap();
    for file in ["keytool.der", "cat.der"] {
        let report: Value =
            serde_json::from_slice(&files.tlsmith_ok(&format!("cert show {file} --json")).stdout).unwrap();
        let certificates = report["sources"][0]["certificates"].as_array().unwrap();
        assert_eq!((certificates.len(), &certificates[0]["subject"]), (2, &"CN=leaf.test".into()), "{report:#}");
        counter.ran();
    }
    counter.finish();
}

/// A key may take the place of its own file, in another form; and its certificate's alias may name the pair.
#[test]
fn what_loses_no_key_is_written() {
    let files = Files::new();
    let pin = files.pin("ec.key");
    files.tlsmith_ok("convert ec.key --to pkcs8 --encrypt --passphrase-file passphrase --out ec.key --force");
    assert_eq!((files.pin("ec.key"), files.read("ec.key").contains("ENCRYPTED")), (pin.clone(), true));
    files.ok("keytool", "-importcert -noprompt -alias web -file ec.crt -keystore trust.p12 -storetype PKCS12 -storepass:file passphrase");
    files.tlsmith_ok("convert trust.p12 --alias web --key ec.key --to p12 --passphrase-file passphrase --out web.p12");
    assert_eq!(files.entries("web.p12"), [("web".to_owned(), "PrivateKeyEntry")]);
    assert_eq!(files.pin("web.p12"), pin);
}

/// A hyphen is standard output, for every command that writes one thing.
#[test]
fn a_hyphen_is_standard_output() {
    let files = Files::new();
    for (line, begins) in [
        ("key new --out -", "-----BEGIN PRIVATE KEY-----"),
        ("csr new --key ec.key --out - a.test", "-----BEGIN CERTIFICATE REQUEST-----"),
        ("cert self-signed --key ec.key --out - a.test", "-----BEGIN CERTIFICATE-----"),
        ("cert chain ec.crt --with-root --out -", "-----BEGIN CERTIFICATE-----"),
        ("convert ec.crt --to pem --out -", "-----BEGIN CERTIFICATE-----"),
    ] {
        let said = files.tlsmith_ok(line).stdout();
        assert!(said.starts_with(begins) && said.trim_end().ends_with("-----"), "{line}: {said}");
        assert!(!files.path("-").exists(), "{line}");
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = command().args(["key", "new"]).stdout(full).stderr(std::process::Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn keys_of_ours_are_read_by_all() {
    let files = Files::new();
    let kinds = [
        ("--type p256", "--format sec1"),
        ("--type p256 --der", "--format pkcs8"),
        ("--type p384", "--format sec1 --der"),
        ("--type p521", "--format pkcs8"),
        ("--type ed25519", "--format pkcs8"),
        ("--type rsa", "--format pkcs1"),
        ("--type rsa --bits 3072", "--format pkcs8 --passphrase-file passphrase"),
        ("--type p256", "--format pkcs8 --passphrase-file passphrase"),
    ];
    let mut counter = Counter::new("files-keys-written", kinds.len() * 2);
    for (kind, form) in kinds {
        let line = format!("key new {kind} {form} --out new --force");
        files.tlsmith_ok(&line);
        assert_eq!(mode(&files.path("new")), 0o600);
        let inder = if line.contains("--der") { "--inder " } else { "" };
        let openssl = files.ok("openssl", "pkey -in new -passin file:passphrase -check -noout").text();
        assert!(openssl.contains("valid") || kind.contains("ed25519"), "{line}: {openssl}");
        counter.ran();
        let certtool = files.ok("certtool", &format!("--key-info {inder}--infile new --password PASS")).text();
        // With a passphrase it shows for some types nothing but the key, under that passphrase.
        let shown = ["Public Key", "BEGIN ENCRYPTED PRIVATE KEY"].iter().any(|part| certtool.contains(part));
        assert!(shown, "{line}: {certtool}");
        counter.ran();
    }
    counter.finish();
}

#[test]
fn requests_and_certificates_of_ours_are_read_by_all() {
    let files = Files::new();
    let mut counter = Counter::new("files-requests", 10);
    for kind in ["p256", "p384", "p521", "ed25519", "rsa"] {
        files.tlsmith_ok(&format!(
            "csr new --new-key key --type {kind} --force --out request --must-staple --subject CN=example.com,O=Example,C=DE \
             example.com *.example.com 192.0.2.1 2001:db8::1 me@example.com spiffe://example.org/a"
        ));
        let openssl = files.ok("openssl", "req -in request -verify -noout -text").text();
        for part in [
            "self-signature verify OK",
            "DNS:*.example.com",
            "IP Address:192.0.2.1",
            "email:me@example.com",
            "URI:spiffe://example.org/a",
            "status_request",
            "C = DE, O = Example, CN = example.com",
        ] {
            assert!(openssl.contains(part), "{kind} {part}: {openssl}");
        }
        let certtool = files.ok("certtool", "--crq-info --infile request").text();
        assert!(
            certtool.contains("Self signature: verified") && certtool.contains("OCSP Status Request"),
            "{certtool}"
        );
        let shown: Value = serde_json::from_slice(&files.tlsmith_ok("csr show request --json").stdout).unwrap();
        assert_eq!(shown["requests"][0]["verified"], true, "{shown:#}");
        counter.ran();

        let line = "cert self-signed --key key --out cert --force --days 7 localhost 127.0.0.1";
        files.tlsmith_ok(line);
        let shown: Value = serde_json::from_slice(&files.tlsmith_ok("cert show cert --json").stdout).unwrap();
        assert!(shown.to_string().contains(r#""lifetime_days":7"#), "{shown:#}");
        let verified = files.ok("openssl", "verify -x509_strict -CAfile cert -verify_hostname localhost cert").text();
        assert!(verified.contains("cert: OK"), "{kind}: {verified}");
        let info = files.ok("certtool", "--certificate-info --infile cert").text();
        assert!(info.contains("DNSname: localhost") && info.contains("IPAddress: 127.0.0.1"), "{info}");
        counter.ran();
    }
    // Nothing is wrong with what cannot be checked here.
    files.ok("openssl", "genpkey -algorithm ED448 -out ed448.key");
    files.ok("openssl", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out k1.key");
    for (line, why) in [
        ("-key ed448.key", "its key is Ed448, which is not supported"),
        ("-key k1.key", "its key is ECDSA secp256k1, which is not supported"),
        ("-key rsa.key -sha1", "SHA-1 signatures are not accepted"),
        ("-key rsa.key -md5", "MD5 signatures are not accepted"),
        ("-key rsa.key -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20", "a salt of 20 octets"),
    ] {
        files.ok("openssl", &format!("req -new {line} -subj /CN=a.test -out theirs"));
        let shown: Value = serde_json::from_slice(&files.tlsmith_ok("csr show theirs --json").stdout).unwrap();
        let request = &shown["requests"][0];
        assert!(request["verified"].is_null() && request["verify_error"].is_null(), "{line}: {shown:#}");
        assert!(request["not_checked"].as_str().unwrap().contains(why), "{line}: {shown:#}");
        let said = files.tlsmith_ok("csr show theirs").text();
        assert!(said.contains("not checked: "), "{line}: {said}");
    }
    fs::write(
        files.path("attributes.cnf"),
        "[req]\nprompt=no\ndistinguished_name=dn\nattributes=more\n[dn]\nCN=a.test\n[more]\n\
         unstructuredName=Example\nchallengePassword=hunter2\n",
    )
    .unwrap();
    files.ok("openssl", "req -new -key rsa.key -config attributes.cnf -out theirs");
    let shown = files.tlsmith_ok("csr show theirs -v").text();
    assert!(shown.contains("unstructuredName (1.2.840.113549.1.9.2): Example"), "{shown}");
    for how in ["", " -v", " --json", " -v --json"] {
        let shown = files.tlsmith_ok(&format!("csr show theirs{how}")).text();
        assert!(shown.contains("challenge") && !shown.contains("hunter2"), "{shown}");
    }
    // A request of others, and one that somebody changed.
    files.ok("openssl", "req -new -key rsa.key -subj /CN=a.test -addext subjectAltName=DNS:a.test -out theirs");
    let shown = files.tlsmith_ok("csr show theirs").text();
    assert!(shown.contains("a.test") && shown.contains("yes: who made it"), "{shown}");
    files.ok("openssl", "req -in theirs -outform der -out theirs.der");
    let mut der = fs::read(files.path("theirs.der")).unwrap();
    *der.last_mut().unwrap() ^= 1;
    fs::write(files.path("theirs.der"), der).unwrap();
    let shown = files.tlsmith("csr show theirs.der");
    assert_eq!(shown.code(), 1, "{}", shown.text());
    assert!(shown.text().contains("NO: the key in it did not make its signature"), "{}", shown.text());
    counter.finish();
}

/// Each mistake has one error that names it, exit code 2, and leaves nothing behind.
#[test]
fn mistakes_are_told_and_nothing_is_half_written() {
    let files = Files::new();
    files.ok("openssl", "pkcs12 -export -inkey ec.key -in ec.crt -passout file:passphrase -out ec.p12");
    files.ok("openssl", "pkcs8 -topk8 -in ec.key -out closed.key -passout file:passphrase");
    files.ok(
        "openssl",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3 -out multi.key",
    );
    files.ok("openssl", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.key");
    files.ok("openssl", "genpkey -algorithm ED448 -out ed448.key");
    files.ok("openssl", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out k1.key");
    files.ok("openssl", "ecparam -name prime256v1 -param_enc explicit -genkey -noout -out explicit.key");
    files.ok("openssl", "dsaparam -out dsa.key -genkey 1024");
    files.ok("openssl", "pkey -in ec.key -pubout -out public.key");
    files.two_keys();
    files.ok("keytool", "-genkeypair -alias mine -keyalg RSA -dname CN=java.test -storetype JKS -keystore java.jks -storepass:file passphrase -keypass:file passphrase");
    files.ok("certtool", "--to-p12 --load-privkey ec.key --load-certificate ec.crt --p12-name mine --password PASS --pkcs-cipher arcfour --outder --outfile rc4.p12");
    fs::write(files.path("wrong"), "falsch").unwrap();
    fs::write(files.path("both.pem"), [files.read("ec.crt"), files.read("ec.key")].concat()).unwrap();
    std::os::unix::fs::symlink("ec.key", files.path("link.key")).unwrap();
    let text = files.read("ec.key");
    fs::write(files.path("cut.key"), &text[..text.len() / 2]).unwrap();
    // The public key of another key behind the private one.
    files.ok("openssl", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform der -out other.key");
    files.ok("openssl", "pkey -in ec.key -outform der -out ec.der");
    let (own, other) = (fs::read(files.path("ec.der")).unwrap(), fs::read(files.path("other.key")).unwrap());
    let (own, other) = (&own[..own.len() - 65], &other[other.len() - 65..]);
    fs::write(files.path("mixed.key"), [own, other].concat()).unwrap();

    for (line, expected) in [
        ("convert ec.p12 --to pem --passphrase-file wrong --out out", "the passphrase is wrong"),
        ("convert closed.key --to pkcs8 --passphrase-file wrong --out out", "the passphrase is wrong"),
        ("convert ec.p12 --to pem --out out", "is encrypted, and there is no passphrase"),
        ("convert closed.key --to pem --out out", "is encrypted, and there is no passphrase"),
        ("convert ec.crt --key ec.key --to p12 --out out", "no passphrase for what is written"),
        ("convert java.jks --to pem --passphrase-file passphrase --out out", "JKS"),
        ("convert java.jks --to pem --passphrase-file passphrase --out out", "keytool -importkeystore"),
        ("convert ec.crt rsa.crt --to der --out out", "DER holds one thing"),
        (
            "convert ec.crt --key rsa.key --to p12 --passphrase-file passphrase --out out",
            "none of the certificates belongs",
        ),
        ("convert ec.crt --to pkcs8 --out out", "no private key"),
        ("convert ec.key rsa.key --to pkcs8 --out out", "2 private keys"),
        ("convert ec.key --to pkcs1 --out out", "no form PKCS#1"),
        ("convert rsa.key --to sec1 --out out", "no form SEC1"),
        (
            "convert rsa.key --to pkcs1 --encrypt --passphrase-file passphrase --out out",
            "not written under a passphrase",
        ),
        ("convert cut.key --to pem --out out", "has no end"),
        ("convert mixed.key --to pem --out out", "do not belong together"),
        ("convert multi.key --to pkcs8 --out out", "more than two primes"),
        ("key show multi.key", "more than two primes"),
        ("key show short.key", "1024 bits is not supported"),
        ("key show ed448.key", "Ed448 is not supported"),
        ("key show k1.key", "on the curve secp256k1"),
        ("key show explicit.key", "explicit parameters"),
        ("key show dsa.key", "TLS 1.3 has no DSA"),
        ("convert dsa.key --to pem --out out", "TLS 1.3 has no DSA"),
        ("convert public.key --to pem --out out", "a public key: neither a certificate nor a private key"),
        ("key show ec.crt", "it holds no private key"),
        ("csr show ec.crt", "a certificate, not a request"),
        ("csr new --key ec.key --out out", "a request for nobody"),
        ("csr new --key ec.key --out out bücher.example", "xn--"),
        ("cert self-signed --new-key out --out ec.crt localhost", "it exists"),
        ("key new --out ec.key", "it exists"),
        ("key new --type rsa --bits 1024 --out out", "too short"),
        ("key new --bits 3072 --out out", "--type rsa"),
        ("csr new --new-key out --bits 3072 a.test", "--type rsa"),
        ("csr new --key ec.key a.test --out ec.key --force", "the private key that is read from it would be lost"),
        ("csr new --key link.key a.test --out ./ec.key", "the private key that is read from it would be lost"),
        (
            "cert self-signed --key ec.key a.test --out link.key --force",
            "the private key that is read from it would be lost",
        ),
        ("convert both.pem --only certificates --to pem --out both.pem --force", "would be lost"),
        (
            "convert ec.p12 --only certificates --to pem --passphrase-file passphrase --out ec.p12 --force",
            "would be lost",
        ),
        ("convert ec.crt both.pem --key rsa.key --to pem --out both.pem --force", "would be lost"),
        ("convert rsa.crt ec.crt --to der --only certificates --out out", "write --to pem"),
        (
            "convert two.p12 --to der --only certificates --passphrase-file passphrase --out out",
            r#"--alias ("one", "two", "ca")"#,
        ),
        (
            "convert two.p12 --alias ca --key rsa.key --to p12 --passphrase-file passphrase --out out",
            "--key rsa.key: it does not belong",
        ),
        ("cert chain two.p12 --passphrase-file passphrase --out out", "`tlsmith convert two.p12 --alias NAME --to pem"),
        ("cert show ec.crt --passphrase-file nope", "--passphrase-file nope: no such file or directory"),
        ("cert verify ec.crt --passphrase-file nope", "--passphrase-file nope: no such file or directory"),
        ("cert check ec.crt --passphrase-file nope", "--passphrase-file nope: no such file or directory"),
        ("cert match ec.crt ec.key --passphrase-file nope", "--passphrase-file nope: no such file or directory"),
        ("key show rc4.p12 --passphrase-file passphrase", "pbeWithSHAAnd128BitRC4 (1.2.840.113549.1.12.1.1)"),
        ("key new --passphrase= --out out", "is empty"),
        ("convert ec.crt --key ec.key --to p12 --passphrase= --out out", "is empty"),
        ("convert ec.key --to pkcs8 --encrypt --new-passphrase= --out out", "is empty"),
        ("csr new --out out example.com", "--new-key"),
        ("csr new --new-key - --out out example.com", "a new key goes to a file"),
        ("csr new --key two.p12 --passphrase-file passphrase --out out example.com", "--alias ALIAS"),
        ("convert two.p12 --to pkcs8 --passphrase-file passphrase --out out", r#"--alias: "one", "two""#),
        ("convert two.p12 --to pem --alias x --passphrase-file passphrase --out out", r#"there are "one", "two""#),
        ("convert ec.crt --to pem --der --out out", "--der: PEM is text"),
        ("convert ec.crt --to pem --name x --out out", "--name: only PKCS#12"),
        ("convert ec.crt --to pem --encrypt --out out", "--encrypt: no private key"),
        ("convert ec.crt --to der --new-passphrase-file wrong --out out", "no private key is written"),
    ] {
        let ended = files.tlsmith(line);
        assert_eq!(ended.code(), 2, "{line}: {}", ended.text());
        let said = ended.stderr();
        assert!(said.contains(expected), "{line}: {said}");
        assert_eq!(said.lines().filter(|line| !line.contains(": note: ")).count(), 1, "{line}: {said}");
        assert!(!files.path("out").exists(), "{line}");
        // With --json there is a document all the same.
        let ended = files.tlsmith(&format!("{line} --json"));
        let document: Value = serde_json::from_slice(&ended.stdout).unwrap();
        assert!(document["error"]["code"].is_string(), "{line}: {document:#}");
    }
    assert!(
        !fs::read_dir(files.0.path())
            .unwrap()
            .any(|entry| { entry.unwrap().file_name().to_string_lossy().starts_with(".tlsmith-") })
    );
}

#[test]
fn dhparam_is_answered() {
    let files = Files(tempfile::tempdir().unwrap());
    for line in
        ["dhparam", "dhparam 2048", "dhparam -out dh.pem 2048", "dhparam --out dh.pem 4096", "dhparam 1024 --json"]
    {
        let said = files.tlsmith_ok(line).stdout();
        assert!(said.contains("RFC 7919") && said.contains("ssl_ecdh_curve"), "{line}: {said}");
        let untouched = said.replace('\n', " ").contains("dh.pem was not written");
        assert_eq!(untouched, line.contains("dh.pem"), "{line}: {said}");
    }
    assert!(!files.path("dh.pem").exists());
}
