//! The runner of Wycheproof's vectors, on vectors that are made here. The suite itself is not part of the repository.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize, SignatureAlgorithm as Rcgen};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use tlsmith_crypto::{
    AeadAlgorithm, Curve, Group, HashAlgorithm, Provider, SignatureAlgorithm,
    aws_lc::{AwsLc, ecdh_from_private},
    hkdf,
};

/// Fields of a group and of its case, as they are valid, and with something in them changed.
struct Vector {
    kind: &'static str,
    algorithm: &'static str,
    good: [Value; 2],
    bad: [Value; 2],
    /// What was changed is noticed only in what comes out: nothing is refused.
    differs: bool,
}

const MESSAGE: &[u8] = b"message";

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        write!(text, "{octet:02x}").unwrap();
        text
    })
}

/// `value` with the last octet of a field changed.
fn changed(value: &Value, field: &str) -> Value {
    let mut other = value.clone();
    let text = value[field].as_str().unwrap();
    let (rest, last) = text.split_at(text.len() - 1);
    other[field] = json!(format!("{rest}{}", if last == "0" { "1" } else { "0" }));
    other
}

impl Vector {
    /// Bad by one field, of the case or else of the group.
    fn new(kind: &'static str, algorithm: &'static str, group: Value, case: Value, field: &str) -> Self {
        let bad = if case.get(field).is_some() {
            [group.clone(), changed(&case, field)]
        } else {
            [changed(&group, field), case.clone()]
        };
        Self::of(kind, algorithm, [group, case], bad)
    }

    fn of(kind: &'static str, algorithm: &'static str, good: [Value; 2], bad: [Value; 2]) -> Self {
        Self { kind, algorithm, good, bad, differs: false }
    }

    fn differing(self) -> Self {
        Self { differs: true, ..self }
    }

    /// A file with each of the three results for each of the two, and the counts that it has to give.
    fn file(&self) -> (Value, String) {
        let mut id = 0;
        let groups = [&self.good, &self.bad].map(|[group, case]| {
            let tests = ["valid", "invalid", "acceptable"].map(|result| {
                id += 1;
                with(case, json!({ "tcId": id, "comment": "made here", "flags": ["Made"], "result": result }))
            });
            with(group, json!({ "type": self.kind, "tests": tests }))
        });
        let counts =
            if self.differs { "pass 2, accept 3, reject 1, skip 0" } else { "pass 4, accept 1, reject 1, skip 0" };
        (json!({ "algorithm": self.algorithm, "testGroups": groups }), counts.to_owned())
    }
}

/// The fields of both.
fn with(value: &Value, more: Value) -> Value {
    let mut all = value.clone();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

/// What is signed by a key in PKCS#8, to be verified by its public key.
fn signed(kind: &'static str, name: &'static str, pkcs8: &[u8], by: SignatureAlgorithm, group: Value) -> Vector {
    let key = AwsLc.load_key(pkcs8).unwrap();
    let signature = key.sign(by, MESSAGE).unwrap();
    let group = with(&group, json!({ "publicKeyDer": hex(key.spki()) }));
    Vector::new(kind, name, group, json!({ "msg": hex(MESSAGE), "sig": hex(&signature) }), "sig")
}

fn key(of: &'static Rcgen) -> Vec<u8> {
    KeyPair::generate_for(of).unwrap().serialize_der()
}

/// PKCS#8 of an ML-DSA-44 key, by its seed (RFC 9881 §6).
fn ml_dsa_44() -> Vec<u8> {
    let head = [0x30, 0x34, 2, 1, 0, 0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17, 4, 34, 0x80, 32];
    [&head[..], &[7; 32]].concat()
}

fn signatures() -> Vec<Vector> {
    let sha256 = HashAlgorithm::Sha256;
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap().serialize_der();
    let pss = json!({ "keySize": 2048, "sha": "SHA-256", "mgf": "MGF1", "mgfSha": "SHA-256", "sLen": 32 });
    vec![
        signed(
            "EcdsaVerify",
            "ECDSA",
            &key(&PKCS_ECDSA_P384_SHA384),
            SignatureAlgorithm::Ecdsa(Curve::P384, HashAlgorithm::Sha384),
            json!({ "publicKey": { "curve": "secp384r1" }, "sha": "SHA-384" }),
        ),
        signed(
            "EddsaVerify",
            "EDDSA",
            &key(&PKCS_ED25519),
            SignatureAlgorithm::Ed25519,
            json!({ "publicKey": { "curve": "edwards25519" } }),
        ),
        signed("MlDsaVerify", "ML-DSA-44", &ml_dsa_44(), SignatureAlgorithm::MlDsa44, json!({})),
        signed(
            "RsassaPkcs1Verify",
            "RSASSA-PKCS1-v1_5",
            &rsa,
            SignatureAlgorithm::RsaPkcs1(sha256),
            json!({ "keySize": 2048, "sha": "SHA-256" }),
        ),
        signed("RsassaPssVerify", "RSASSA-PSS", &rsa, SignatureAlgorithm::RsaPss(sha256), pss),
    ]
}

fn private_keys() -> Vec<Vector> {
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let by = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256);
    let signature = AwsLc.load_key(rsa.serialized_der()).unwrap().sign(by, MESSAGE).unwrap();
    let group = json!({ "keySize": 2048, "sha": "SHA-256", "privateKeyPkcs8": hex(rsa.serialized_der()),
        "privateKeyPem": rsa.serialize_pem() });
    let case = json!({ "msg": hex(MESSAGE), "sig": hex(&signature) });

    let public = AwsLc.load_key(&ml_dsa_44()).unwrap().public_key().to_vec();
    let seed = json!({ "privateSeed": hex(&[7; 32]), "publicKey": hex(&public) });
    let message = json!({ "msg": hex(MESSAGE) });
    let file = with(&seed, json!({ "privateKeyPkcs8": hex(&ml_dsa_44()) }));
    // A seed of another length is no key.
    let short = [with(&seed, json!({ "privateSeed": hex(&[7; 31]) })), message.clone()];
    vec![
        Vector::new("RsassaPkcs1Generate", "RSASSA-PKCS1-v1_5", group, case, "sig").differing(),
        Vector::new("MlDsaSign", "ML-DSA-44", file, message.clone(), "publicKey").differing(),
        Vector::of("MlDsaSign", "ML-DSA-44", [seed, message], short),
    ]
}

fn agreements() -> Vec<Vector> {
    let own = [5; 48];
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let peer = AwsLc.load_key(pair.serialized_der()).unwrap();
    let shared = ecdh_from_private(Group::Secp384r1, &own).unwrap().complete(peer.public_key()).unwrap();
    // With zeros before it, as a number of ASN.1 may have.
    let known = json!({ "private": format!("00{}", hex(&own)), "shared": hex(shared.expose()) });
    let curve = json!({ "curve": "secp384r1" });
    let point = with(&known, json!({ "public": hex(peer.public_key()) }));
    let info = with(&known, json!({ "public": hex(peer.spki()) }));

    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(peer.spki()));
    let pem = json!({ "private": pair.serialize_pem(), "public": pem, "shared": "" });
    let private_twice = with(&pem, json!({ "public": pair.serialize_pem() }));

    let x25519 = ecdh_from_private(Group::X25519, &[9; 32]).unwrap();
    let their_share = x25519.share().to_vec();
    let shared = ecdh_from_private(Group::X25519, &[3; 32]).unwrap().complete(&their_share).unwrap();
    let xdh = json!({ "private": hex(&[3; 32]), "public": hex(&their_share), "shared": hex(shared.expose()) });
    let zero = with(&xdh, json!({ "public": hex(&[0; 32]) }));
    let curve25519 = json!({ "curve": "curve25519" });

    let ml_kem = |group, set, length: usize| {
        let share = AwsLc.start_key_exchange(group).unwrap().share()[..length].to_vec();
        let set = json!({ "parameterSet": set });
        // Coefficients above the modulus (FIPS 203 §7.2).
        let too_large = [&[0xff; 3][..], &share[3..]].concat();
        let keys = [share, too_large].map(|key| json!({ "ek": hex(&key) }));
        let [good, bad] = keys.map(|key| [set.clone(), key]);
        Vector::of("MLKEMEncapsTest", "ML-KEM", good, bad)
    };
    vec![
        Vector::new("EcdhEcpointTest", "ECDH", curve.clone(), point.clone(), "public"),
        Vector::new("EcdhEcpointTest", "ECDH", curve.clone(), point, "shared").differing(),
        Vector::new("EcdhTest", "ECDH", curve.clone(), info.clone(), "public"),
        Vector::new("EcdhTest", "ECDH", curve.clone(), info, "shared").differing(),
        Vector::of("EcdhPemTest", "ECDH", [curve.clone(), pem], [curve, private_twice]),
        Vector::new("XdhComp", "XDH", curve25519.clone(), xdh.clone(), "shared").differing(),
        Vector::of("XdhComp", "XDH", [curve25519.clone(), xdh], [curve25519, zero]),
        ml_kem(Group::X25519MlKem768, "ML-KEM-768", 1184),
        ml_kem(Group::MlKem1024, "ML-KEM-1024", 1568),
    ]
}

fn symmetric() -> Vec<Vector> {
    let (key, nonce) = ([2; 16], [1; 12]);
    let mut sealed = MESSAGE.to_vec();
    let tag = AwsLc.aead(AeadAlgorithm::Aes128Gcm, &key).unwrap().seal(&nonce, b"aad", &mut sealed).unwrap();
    let sizes = json!({ "keySize": 128, "ivSize": 96, "tagSize": 128 });
    let aead = json!({ "key": hex(&key), "iv": hex(&nonce), "aad": hex(b"aad"), "msg": hex(MESSAGE), "ct": hex(&sealed),
        "tag": hex(tag.as_ref()) });

    let mut okm = [0; 40];
    let secret = hkdf::extract(&AwsLc, HashAlgorithm::Sha384, b"salt", b"ikm");
    hkdf::expand(&AwsLc, HashAlgorithm::Sha384, &secret, &[b"info"], &mut okm).unwrap();
    let derived =
        json!({ "salt": hex(b"salt"), "ikm": hex(b"ikm"), "info": hex(b"info"), "size": 40, "okm": hex(&okm) });
    let too_long = with(&derived, json!({ "size": 255 * 48 + 1 }));
    let key_size = json!({ "keySize": 24 });

    let digest = AwsLc.hmac(HashAlgorithm::Sha512, &key, &[MESSAGE]);
    let mac = json!({ "key": hex(&key), "msg": hex(MESSAGE), "tag": hex(&digest.as_ref()[..32]) });
    vec![
        Vector::new("AeadTest", "AES-GCM", sizes.clone(), aead.clone(), "tag"),
        Vector::new("AeadTest", "AES-GCM", sizes, aead, "msg").differing(),
        Vector::new("HkdfTest", "HKDF-SHA-384", key_size.clone(), derived.clone(), "okm").differing(),
        Vector::of("HkdfTest", "HKDF-SHA-384", [key_size.clone(), derived], [key_size, too_long]),
        Vector::new("MacTest", "HMACSHA512", json!({ "tagSize": 256 }), mac, "tag"),
    ]
}

/// The exit code and what was printed.
fn run(arguments: &[&Path]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_wycheproof")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn run_file(file: &[u8], verbose: bool) -> (i32, String) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("made_test.json");
    std::fs::write(&path, file).unwrap();
    let all = [&path, Path::new("-v")];
    run(if verbose { &all } else { &all[..1] })
}

#[test]
fn every_type_of_test_tells_right_from_wrong() {
    for vector in [signatures(), private_keys(), agreements(), symmetric()].into_iter().flatten() {
        let (file, counts) = vector.file();
        let (code, text) = run_file(&serde_json::to_vec(&file).unwrap(), false);
        let what = vector.kind;
        assert_eq!(code, 1, "{what}: {text}");
        assert!(text.contains(&format!("made_test.json: {counts}\n")), "{what}: {text}");
        assert!(text.ends_with(&format!("\n{counts}\n")), "{what}: {text}");
        // The two that are wrong in any case: what is good called invalid, and what is bad called valid.
        assert!(text.contains("accept made_test.json 2: invalid, accepted (Made: made here)\n"), "{what}: {text}");
        let how = if vector.differs { "accepted, with another" } else { "refused: " };
        let how = if vector.differs && what == "MlDsaSign" { "accepted, with a signature that" } else { how };
        assert!(text.contains(&format!("reject made_test.json 4: valid, {how}")), "{what}: {text}");
        let acceptable = if vector.differs { "2 accepted, 0 refused" } else { "1 accepted, 1 refused" };
        assert!(text.contains(&format!("acceptable Made: {acceptable}\n")), "{what}: {text}");
    }
}

/// A group of one case that is wrong in every way, so that only a skip explains it.
fn skipped(algorithm: &str, kind: &str, group: &Value, case: Value) -> String {
    let case = with(&case, json!({ "tcId": 1, "result": "valid" }));
    let group = with(group, json!({ "type": kind, "tests": [case] }));
    let file = json!({ "algorithm": algorithm, "testGroups": [group] });
    let (code, text) = run_file(&serde_json::to_vec(&file).unwrap(), false);
    assert_eq!(code, 0, "{text}");
    assert!(text.ends_with("pass 0, accept 0, reject 0, skip 1\n"), "{text}");
    text.lines()
        .next()
        .unwrap()
        .strip_prefix("made_test.json: pass 0, accept 0, reject 0, skip 1: 1 ")
        .unwrap()
        .to_owned()
}

#[test]
fn what_is_not_spoken_is_skipped_with_its_reason() {
    let curve = |name: &str, sha: &str| json!({ "publicKey": { "curve": name }, "sha": sha, "curve": name });
    let rsa = |bits: u32, sha: &str, mask: &str, salt: u32| json!({ "keySize": bits, "sha": sha, "mgf": "MGF1", "mgfSha": mask, "sLen": salt });
    let sizes = |key: u32, nonce: u32, tag: u32| json!({ "keySize": key, "ivSize": nonce, "tagSize": tag });
    let none = json!({});
    for (algorithm, kind, group, reason) in [
        ("ECDSA", "EcdsaVerify", curve("secp256k1", "SHA-256"), "ECDSA on secp256k1"),
        ("ECDSA", "EcdsaVerify", curve("secp256r1", "SHA3-256"), "SHA3-256"),
        (
            "ECDSA",
            "EcdsaP1363Verify",
            none.clone(),
            "signatures as IEEE P1363 has them; those of TLS and X.509 are DER",
        ),
        ("EDDSA", "EddsaVerify", curve("edwards448", ""), "EdDSA on edwards448"),
        ("RSASSA-PKCS1-v1_5", "RsassaPkcs1Verify", rsa(2048, "SHA-1", "", 0), "SHA-1"),
        ("RSASSA-PKCS1-v1_5", "RsassaPkcs1Generate", rsa(1024, "SHA-256", "", 0), "RSA with 1024 bits"),
        ("RSASSA-PSS", "RsassaPssVerify", rsa(8200, "SHA-256", "SHA-256", 32), "RSA with 8200 bits"),
        ("RSASSA-PSS", "RsassaPssVerify", rsa(2048, "SHA-256", "SHA-1", 32), "PSS with a mask by another hash"),
        (
            "RSASSA-PSS",
            "RsassaPssWithParametersVerify",
            rsa(2048, "SHA-256", "SHA-256", 20),
            "PSS with a salt of another length than the digest",
        ),
        ("ECDH", "EcdhEcpointTest", curve("secp224r1", ""), "ECDH on secp224r1"),
        ("XDH", "XdhComp", curve("curve448", ""), "curve448 (a feature that is off by default)"),
        ("ML-KEM", "MLKEMEncapsTest", json!({ "parameterSet": "ML-KEM-512" }), "ML-KEM-512"),
        ("AES-GCM", "AeadTest", sizes(192, 96, 128), "AES-GCM in sizes that TLS has not"),
        ("AEGIS256", "AeadTest", sizes(256, 256, 128), "AEGIS256"),
        ("HKDF-SHA-1", "HkdfTest", none.clone(), "HKDF-SHA-1"),
        ("HMACSHA1", "MacTest", sizes(160, 0, 160), "HMACSHA1"),
        ("PrimalityTest", "PrimalityTest", none.clone(), "PrimalityTest"),
    ] {
        let case = json!({ "ek": "", "public": "", "private": "", "shared": "", "msg": "", "sig": "" });
        assert_eq!(skipped(algorithm, kind, &group, case), reason);
    }
    assert_eq!(skipped("ML-DSA-44", "MlDsaVerify", &none, json!({ "msg": "", "ctx": "00" })), "ML-DSA with a context");
    assert_eq!(skipped("ML-DSA-44", "MlDsaSign", &none, json!({ "mu": "00" })), "ML-DSA without the message");
}

#[test]
fn files_and_directories() {
    let place = tempfile::tempdir().unwrap();
    let made = signatures();
    for (name, vector) in ["b_test.json", "a_test.json"].iter().zip(&made) {
        std::fs::write(place.path().join(name), vector.file().0.to_string()).unwrap();
    }
    std::fs::write(place.path().join("README.md"), "not read").unwrap();
    let (code, text) = run(&[place.path()]);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("json: ")).collect();
    let counts = "pass 4, accept 1, reject 1, skip 0";
    assert_eq!((code, lines), (1, vec![&*format!("a_test.json: {counts}"), &format!("b_test.json: {counts}")]));
    assert!(text.ends_with("\npass 8, accept 2, reject 2, skip 0\n"), "{text}");

    // Agreement alone exits with 0, and is told if asked for.
    let [group, case] = &made[0].good;
    let case = with(case, json!({ "tcId": 7, "result": "valid" }));
    let group = with(group, json!({ "type": "EcdsaVerify", "tests": [case] }));
    let good = serde_json::to_vec(&json!({ "algorithm": "ECDSA", "testGroups": [group] })).unwrap();
    let counts = "made_test.json: pass 1, accept 0, reject 0, skip 0\npass 1, accept 0, reject 0, skip 0\n";
    assert_eq!(run_file(&good, false), (0, counts.to_owned()));
    assert_eq!(run_file(&good, true), (0, format!("pass   made_test.json 7: valid, accepted (: )\n{counts}")));
}

#[test]
fn what_is_no_file_of_vectors_exits_with_2() {
    let group = |group: Value, case: Value| {
        let case = with(&case, json!({ "tcId": 1 }));
        let group = with(&group, json!({ "type": "EcdsaVerify", "tests": [case] }));
        json!({ "algorithm": "ECDSA", "testGroups": [group] }).to_string()
    };
    let key = json!({ "publicKey": { "curve": "secp256r1" }, "sha": "SHA-256", "publicKeyDer": "00" });
    for (file, why) in [
        ("{}".to_owned(), "it is not a file of Wycheproof"),
        (json!({ "testGroups": [] }).to_string(), "it holds no test case"),
        (group(key.clone(), json!({ "result": "good", "msg": "", "sig": "" })), "unknown variant `good`"),
        (group(key.clone(), json!({ "result": "valid", "msg": "" })), "case 1: it has no sig"),
        (group(key.clone(), json!({ "result": "valid", "msg": "", "sig": "0" })), "case 1: its sig is of another type"),
        (group(key, json!({ "result": "valid", "msg": "", "sig": "0g" })), "case 1: its sig is of another type"),
        (group(json!({}), json!({ "result": "valid" })), "case 1: it has no publicKey"),
    ] {
        let (code, text) = run_file(file.as_bytes(), false);
        assert!(code == 2 && text.contains(why), "{text}");
    }
    let place = tempfile::tempdir().unwrap();
    for arguments in [&[][..], &[Path::new("-x")], &[place.path()], &[&place.path().join("none.json")]] {
        let (code, text) = run(arguments);
        assert!(code == 2 && text.starts_with("wycheproof: "), "{text}");
    }
}
