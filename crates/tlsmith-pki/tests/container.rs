//! Files of every form: what is written is read again, what is broken is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_ED25519, PKCS_RSA_SHA256,
};
use tlsmith_pki::{
    ContainerError, PrivateKey, Problem,
    container::{self, Contents, Format, Named, NamedCertificate},
};
use tlsmith_x509::Certificate;
use zeroize::Zeroizing;

const PASSPHRASE: &str = "Öl & Wasser";

fn read_with(bytes: &[u8], passphrase: Option<&str>) -> Result<Contents, ContainerError> {
    container::read(bytes, &mut || passphrase.map(|text| Zeroizing::new(text.to_owned())))
}

fn read(bytes: &[u8]) -> Contents {
    container::read(bytes, &mut || panic!("nothing is encrypted")).unwrap()
}

fn pair() -> (PrivateKey, Certificate) {
    let pair = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["a.test".to_owned()]).unwrap().self_signed(&pair).unwrap();
    (PrivateKey::from_der(&pair.serialize_der()).unwrap(), Certificate::from_der(certificate.der()).unwrap())
}

/// PKCS#12 with a key and one certificate.
fn pkcs12_of(key: &PrivateKey, certificate: &Certificate, passphrase: &str) -> Zeroizing<Vec<u8>> {
    let certificate = NamedCertificate { certificate, name: Some("x"), trusted: false };
    container::pkcs12(Some(key), &[certificate], passphrase).unwrap()
}

#[test]
fn pem_with_text_between_and_many_kinds() {
    let (key, certificate) = pair();
    let request = CertificateParams::new(["b.test".to_owned()]).unwrap();
    let request = request.serialize_request(&KeyPair::generate().unwrap()).unwrap();
    let file = [
        "Bag Attributes\n    friendlyName: x\n",
        &container::pem("CERTIFICATE", certificate.der()),
        "subject=CN = a.test\r\n",
        &container::pem("PRIVATE KEY", key.pkcs8()),
        &container::pem("EC PRIVATE KEY", &key.sec1().unwrap()),
        &container::pem("CERTIFICATE REQUEST", request.der()),
        &container::pem("CERTIFICATE", b"0\x03\x02\x01\x05"),
        &container::pem("PUBLIC KEY", key.public_key_info().der()),
    ]
    .concat();
    let contents = read(file.as_bytes());
    assert_eq!(contents.format, Format::Pem);
    assert_eq!(contents.certificates, [certificate]);
    assert_eq!(contents.keys.len(), 2);
    assert_eq!(contents.keys[0].pkcs8(), contents.keys[1].pkcs8());
    assert_eq!(contents.requests[0].sans(), ["DNS:b.test"]);
    let skipped: Vec<String> = contents.skipped.iter().map(|skipped| skipped.what.clone()).collect();
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    assert!(skipped[0].starts_with("block 5 ") && skipped[1].starts_with("block 6 "), "{skipped:?}");
}

#[test]
fn der_is_told_apart() {
    let (key, certificate) = pair();
    assert_eq!(read(certificate.der()).certificates, [certificate]);
    for der in [key.pkcs8(), &key.sec1().unwrap()] {
        let contents = read(der);
        assert_eq!((contents.format, contents.keys[0].pkcs8()), (Format::Der, key.pkcs8()));
    }
    let encrypted = key.encrypted_pkcs8(PASSPHRASE).unwrap();
    let contents = read_with(&encrypted, Some(PASSPHRASE)).unwrap();
    assert_eq!(contents.keys[0].pkcs8(), key.pkcs8());
    let scheme = &contents.encryption[0];
    assert_eq!(scheme.to_string(), "AES-256-CBC, PBKDF2 with HMAC-SHA-256, 600000 iterations");
    assert!(!scheme.is_legacy());
    // One piece that cannot be used is an error, not something that was passed over.
    assert_eq!(read_with(&encrypted, None).unwrap_err().problem(), Problem::PassphraseNeeded);
    assert_eq!(read_with(&encrypted, Some("no")).unwrap_err().problem(), Problem::WrongPassphrase);
}

/// A leaf, a CA, a root.
fn chain() -> [Certificate; 3] {
    let params = |name: &str, is_ca: IsCa| {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = is_ca;
        params.use_authority_key_identifier_extension = true;
        (params, KeyPair::generate().unwrap())
    };
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    let (root, issuing, leaf) = (params("root", ca()), params("issuing", ca()), params("leaf", IsCa::NoCa));
    let by = |issuer: &(CertificateParams, KeyPair), (params, key): &(CertificateParams, KeyPair)| {
        params.signed_by(key, &Issuer::from_params(&issuer.0, &issuer.1)).unwrap()
    };
    let made = [by(&issuing, &leaf), by(&root, &issuing), root.0.self_signed(&root.1).unwrap()];
    made.map(|certificate| Certificate::from_der(certificate.der()).unwrap())
}

/// RFC 2315 §9.1 has a SET of them: whoever makes it may sort them as he likes.
#[test]
fn the_leaf_of_pkcs7_comes_first() {
    let [leaf, issuing, root] = chain();
    let (_, other) = pair();
    let in_order = [&leaf, &issuing, &root].map(Clone::clone);
    for places in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let file = signed_data(&places.map(|place| &in_order[place]));
        assert_eq!(read(&file).certificates, in_order, "{places:?}");
        assert_eq!(container::certificates(&file).unwrap(), in_order, "{places:?}");
        let block = container::pem("PKCS7", &file);
        // What stands before it in a file of several blocks keeps its place.
        let blocks = container::pem("CERTIFICATE", root.der()).as_str().to_owned() + block.as_str();
        assert_eq!(read(blocks.as_bytes()).certificates[1..], in_order, "{places:?}");
    }
    // What belongs to no chain keeps its order behind it.
    let file = signed_data(&[&root, &leaf, &other, &issuing]);
    assert_eq!(read(&file).certificates, [leaf.clone(), issuing.clone(), root.clone(), other.clone()]);
    let roots = [chain()[2].clone(), root.clone(), chain()[2].clone()];
    assert_eq!(read(&signed_data(&[&roots[0], &roots[1], &roots[2]])).certificates, roots);
    // An issuer by name alone, of another key, is not one.
    let [_, another, _] = chain();
    assert_eq!(read(&signed_data(&[&another, &issuing, &leaf])).certificates, [leaf, issuing, another]);
}

#[test]
fn certificates_in_der_may_follow_one_another() {
    let [leaf, issuing, root] = chain();
    let all = [leaf.der(), issuing.der(), root.der()].concat();
    let contents = read(&all);
    assert_eq!((contents.format, contents.certificates.as_slice()), (Format::Der, &[leaf.clone(), issuing, root][..]));
    let (key, _) = pair();
    for (after, expected) in [
        (&b"\n"[..], "a certificate, and 1 octet after it that is none"),
        (&[0x30, 0x82, 1, 0, 5], "a certificate, and 5 octets after it that are none"),
        (key.pkcs8(), &format!("a certificate, and {} octets after it that are none", key.pkcs8().len())),
    ] {
        let error = read_with(&[leaf.der(), after].concat(), None).unwrap_err();
        assert!(error.message().contains(expected), "{error}");
    }
    let error = read_with(&[&all[..], b"xy"].concat(), None).unwrap_err();
    assert!(error.message().contains("3 certificates, and 2 octets after them that are none"), "{error}");
    // It looks like one, and is none.
    let broken = element(0x30, &[&[0x30, 0][..], &[0x30, 0], &[3, 1, 0]].concat());
    let error = read_with(&[leaf.der(), &broken].concat(), None).unwrap_err();
    assert!(error.message().starts_with("certificate 2: "), "{error}");
}

/// RFC 7292 §C: two of its schemes are not read, and named.
#[test]
fn keys_under_rc4_are_told_by_name() {
    for (number, name) in [(1, "pbeWithSHAAnd128BitRC4"), (2, "pbeWithSHAAnd40BitRC4")] {
        let parameters = element(0x30, &[4, 2, 1, 2, 2, 1, 9]);
        let id = element(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 12, 1, number]);
        let algorithm = element(0x30, &[id, parameters].concat());
        let error = read_with(&element(0x30, &[algorithm, element(4, &[7; 16])].concat()), Some("x")).unwrap_err();
        let expected = format!("it is encrypted with {name} (1.2.840.113549.1.12.1.{number}), which is not supported");
        assert_eq!((error.problem(), error.message()), (Problem::Unsupported, expected.as_str()));
        assert!(error.fix().contains("openssl pkcs12 -legacy"), "{error}");
    }
    // Of those that are read, a mistake has the name as well.
    let id = element(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 12, 1, 6]);
    let file = element(0x30, &[element(0x30, &[id, vec![5, 0]].concat()), element(4, &[7; 16])].concat());
    let error = read_with(&file, Some("x")).unwrap_err();
    assert!(error.message().contains("pbewithSHAAnd40BitRC2-CBC (1.2.840.113549.1.12.1.6) are malformed"), "{error}");
}

#[test]
fn a_private_key_that_is_not_read_is_one() {
    let (key, certificate) = pair();
    let pem = |label: &str, der: &[u8]| container::pem(label, der).as_str().to_owned();
    let encrypted = key.encrypted_pkcs8(PASSPHRASE).unwrap();
    let beside = |block: String| pem("CERTIFICATE", certificate.der()) + &block;
    for (file, expected) in [
        (beside(pem("PRIVATE KEY", key.pkcs8())), true),
        (beside(pem("ENCRYPTED PRIVATE KEY", &encrypted)), true),
        (beside(pem("OPENSSH PRIVATE KEY", b"openssh")), true),
        (beside(pem("PUBLIC KEY", key.public_key_info().der())), false),
        (beside(String::new()), false),
    ] {
        assert_eq!(read_with(file.as_bytes(), None).unwrap().has_private_key(), expected, "{file}");
    }
}

#[test]
fn keys_of_every_type_keep_through_their_forms() {
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519, &PKCS_RSA_SHA256] {
        let pair = KeyPair::generate_for(algorithm).unwrap();
        let key = PrivateKey::from_der(&pair.serialize_der()).unwrap();
        assert_eq!(PrivateKey::from_der(key.pkcs8()).unwrap().pkcs8(), key.pkcs8());
        for form in [key.sec1(), key.pkcs1()].into_iter().flatten() {
            let again = PrivateKey::from_der(&form).unwrap();
            assert_eq!((again.pkcs8(), again.public_key_info()), (key.pkcs8(), key.public_key_info()));
        }
    }
}

#[test]
fn pkcs12_keeps_what_is_put_into_it() {
    let (key, certificate) = pair();
    let (_, other) = pair();
    let chain = [certificate, other];
    let named = |at: usize, name, trusted| NamedCertificate { certificate: &chain[at], name, trusted };
    let file =
        container::pkcs12(Some(&key), &[named(0, Some("näme"), false), named(1, None, false)], PASSPHRASE).unwrap();
    let contents = read_with(&file, Some(PASSPHRASE)).unwrap();
    assert_eq!(contents.format, Format::Pkcs12);
    assert_eq!(contents.certificates, chain);
    assert_eq!(contents.keys[0].pkcs8(), key.pkcs8());
    assert_eq!(contents.friendly_name(Named::Key(0)), Some("näme"));
    assert_eq!(contents.friendly_name(Named::Certificate(0)), Some("näme"));
    assert_eq!(contents.friendly_name(Named::Certificate(1)), None);
    assert!(contents.skipped.is_empty() && contents.encryption.len() == 1);

    assert_eq!(read_with(&file, None).unwrap_err().problem(), Problem::PassphraseNeeded);
    assert_eq!(read_with(&file, Some("")).unwrap_err().problem(), Problem::WrongPassphrase);
    // As certtool writes it when nobody says otherwise.
    let text = container::pem("PKCS12", &file);
    assert_eq!(read_with(text.as_bytes(), Some(PASSPHRASE)).unwrap().keys.len(), 1);
}

/// Names and Java's mark belong to each certificate, with a key beside it and without.
#[test]
fn pkcs12_keeps_the_names_of_certificates() {
    let (key, leaf) = pair();
    let (_, other) = pair();
    let named = [
        NamedCertificate { certificate: &leaf, name: Some("leaf"), trusted: false },
        NamedCertificate { certificate: &other, name: Some("r2"), trusted: true },
    ];
    for key in [Some(&key), None] {
        let contents = read_with(&container::pkcs12(key, &named, PASSPHRASE).unwrap(), Some(PASSPHRASE)).unwrap();
        let names = [0, 1].map(|at| contents.friendly_name(Named::Certificate(at)));
        assert_eq!((names, &contents.trusted[..]), ([Some("leaf"), Some("r2")], &[1][..]));
        assert_eq!(contents.friendly_name(Named::Key(0)), key.map(|_| "leaf"));
    }
}

/// In SEC1 and in PKCS#8 the message names the curve; of DSA it says why not.
#[test]
fn keys_that_are_not_supported_are_named() {
    for (oid, expected) in [
        (&[0x2b, 0x81, 0x04, 0x00, 0x0a][..], "on the curve secp256k1"),
        (&[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07], "on the curve brainpoolP256r1"),
        (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01], "on the curve P-192"),
        (&[0x2b, 0x81, 0x04, 0x00, 0x21], "on the curve P-224"),
        (&[0x2b, 0x81, 0x04, 0x00, 0x63], "on the curve 1.3.132.0.99"),
    ] {
        let error = PrivateKey::from_der(&sec1_on(&element(0x06, oid))).unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
        let ec = [&[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01][..], &element(0x06, oid)].concat();
        let pkcs8 = [&[0x02, 1, 0][..], &element(0x30, &ec), &element(0x04, &sec1_on(&element(0x06, oid)))].concat();
        let error = PrivateKey::from_der(&element(0x30, &pkcs8)).unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
    let error = PrivateKey::from_der(&sec1_on(&element(0x30, &[0x02, 1, 1]))).unwrap_err();
    assert!(error.to_string().contains("explicit parameters"), "{error}");
    let parameters = container::pem("DSA PARAMETERS", &[0x30, 0]);
    let dsa = container::pem("DSA PRIVATE KEY", &[0x30, 0]);
    let skipped = |text: &str| read(text.as_bytes()).skipped;
    assert!(skipped(&format!("{}{}", *parameters, *dsa))[0].why.to_string().contains("TLS 1.3 has no DSA"));
    assert!(skipped(&parameters)[0].why.to_string().contains("and not the key"));
}

/// A short element of DER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()][..], content].concat()
}

/// A key of 32 octets with these parameters (RFC 5915 §3).
fn sec1_on(parameters: &[u8]) -> Vec<u8> {
    element(0x30, &[&[0x02, 1, 1][..], &element(0x04, &[7; 32]), &element(0xa0, parameters)].concat())
}

#[test]
fn no_passphrase_is_not_asked_for() {
    let (key, certificate) = pair();
    let file = pkcs12_of(&key, &certificate, "");
    assert_eq!(read(&file).keys.len(), 1);
}

#[test]
fn what_is_not_read_is_named() {
    for (bytes, expected) in [
        (&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2][..], "JKS"),
        (&[0xce, 0xce, 0xce, 0xce, 0, 0, 0, 2], "keytool -importkeystore"),
        (b" \n", "empty"),
        (b"PuTTY-User-Key-File-3: ssh-ed25519", "PuTTY"),
        (b"\xff\xfe-\0-\0", "UTF-16"),
        (b"hello", "neither PEM"),
        (b"x -----BEGIN CERTIFICATE-----\\nMII", "line of its own"),
        (b"-----BEGIN CERTIFICATE-----\nMII=\n", "no end"),
        (b"0\x80\x02\x01\x05", "BER"),
        (b"0\x81\x01\x05", "neither a certificate"),
    ] {
        let error = read_with(bytes, None).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let ssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n";
    assert!(read(ssh.as_bytes()).skipped[0].why.to_string().contains("ssh-keygen -p -m PKCS8"));
}

/// A stranger's answer costs no more than its certificates, whatever else is in it.
#[test]
fn of_a_strangers_file_only_certificates_are_taken() {
    let (key, certificate) = pair();
    let pem = |label: &str, der: &[u8]| container::pem(label, der).as_str().to_owned();
    let only = |bytes: &[u8]| container::certificates(bytes).unwrap();
    assert_eq!(only(certificate.der()), std::slice::from_ref(&certificate));
    assert_eq!(only(pem("CERTIFICATE", certificate.der()).as_bytes()), std::slice::from_ref(&certificate));
    let mixed = pem("PRIVATE KEY", b"no key") + &pem("CERTIFICATE", certificate.der());
    assert_eq!(only(mixed.as_bytes()), std::slice::from_ref(&certificate));
    assert_eq!(only(&signed_data(&[&certificate, &certificate])), [certificate.clone(), certificate.clone()]);
    assert_eq!(only(pem("PKCS7", &signed_data(&[&certificate])).as_bytes()), std::slice::from_ref(&certificate));

    // It opens without a passphrase, and is not opened.
    let locked = pkcs12_of(&key, &certificate, "");
    for other in [&locked[..], pem("PKCS12", &locked).as_bytes(), key.pkcs8(), b"hello", b"", &signed_data(&[])] {
        assert!(container::certificates(other).is_err());
    }
}

/// PKCS#7 that nobody signed, with these certificates (RFC 2315 §9.1).
fn signed_data(certificates: &[&Certificate]) -> Vec<u8> {
    let element = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, content].concat()
    };
    // X.690 §8.1.3: two octets of length are no DER where one would do; BER is read all the same.
    let all: Vec<u8> = certificates.iter().flat_map(|certificate| certificate.der().to_vec()).collect();
    let data = [&[2, 1, 1, 0x31, 0][..], &[0x30, 11, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1]].concat();
    let signed = element(0x30, &[&data[..], &element(0xa0, &all), &[0x31, 0]].concat());
    element(0x30, &[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2][..], &element(0xa0, &signed)].concat())
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let (key, certificate) = pair();
    let file = pkcs12_of(&key, &certificate, "");
    for length in (0..file.len()).step_by(7) {
        let error = read_with(&file[..length], None).unwrap_err();
        assert_ne!(error.problem(), Problem::PassphraseNeeded, "{length}: {error}");
    }
}
