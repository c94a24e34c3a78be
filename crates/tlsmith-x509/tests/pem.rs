//! Files: certificates and private keys, and what stands in their place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use proptest::prelude::*;
use support::{AS_IT_IS, Ca, PROVIDER};
use tlsmith_crypto::{KeyType, Provider};
use tlsmith_x509::{Certificate, TrustAnchors, pem};

fn block(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn certificate() -> Certificate {
    Ca::root("Root", AS_IT_IS).certificate
}

fn certificates_error(data: impl AsRef<[u8]>) -> String {
    pem::certificates(data.as_ref()).unwrap_err().to_string()
}

fn key_error(data: impl AsRef<[u8]>) -> String {
    pem::private_key(&PROVIDER, data.as_ref()).unwrap_err().to_string()
}

#[test]
fn certificates_come_in_order_whatever_stands_between() {
    let (one, two) = (certificate(), certificate());
    let key = block("PRIVATE KEY", &support::key().serialize_der());
    let text = format!(
        "\u{feff}# comment: x\n{}{key}subject=CN = Two\n\n{}",
        block("CERTIFICATE", one.der()).replace('\n', "\r\n"),
        block("X509 CERTIFICATE", two.der()).replace('\n', " \n"),
    );
    assert_eq!(pem::certificates(text.as_bytes()).unwrap(), [one.clone(), two.clone()]);
    assert_eq!(pem::certificates(one.der()).unwrap(), std::slice::from_ref(&one));
    let anchors = TrustAnchors::from_pem(text.as_bytes()).unwrap();
    assert!(anchors.contains(&one) && anchors.contains(&two) && anchors.len() == 2);
}

#[test]
fn what_is_no_certificate_is_named() {
    let (certificate, key) = (certificate(), support::key().serialize_der());
    let good = block("CERTIFICATE", certificate.der());
    for (data, text) in [
        (String::new(), "it is empty"),
        ("hello".to_owned(), "neither PEM"),
        (block("PRIVATE KEY", &key), "private key and no certificate; are the two files swapped?"),
        (block("CERTIFICATE REQUEST", &key), "certificate request"),
        (block("PKCS7", &key), "openssl pkcs7"),
        (block("TRUSTED CERTIFICATE", &key), "openssl x509"),
        (block("X509 CRL", &key), "no certificate, but block 1 (\"X509 CRL\", line 1)"),
        (format!("{good}{}", block("CERTIFICATE", &key)), "block 2 (\"CERTIFICATE\", line "),
        (good.replace("-----END", "-----XXX"), "has no end; the file may have been cut off"),
        (good.replace("END CERTIFICATE", "END PRIVATE KEY"), "ends as \"PRIVATE KEY\""),
        (good.replacen("\nM", "\n*", 1), "it is not base64"),
        (good.replace('\n', "\\n"), "line breaks"),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_owned(), "it is empty"),
        (format!("-----BEGIN CERTIFICATE-----\n{good}"), "has no end"),
    ] {
        let error = certificates_error(&data);
        assert!(error.contains(text) && !error.contains('\n'), "{text}: {error}");
    }
    assert!(certificates_error(b"\xff\xfe-\0").contains("UTF-16"));
    let mut cut = certificate.der().to_vec();
    cut.pop();
    assert!(certificates_error(&cut).contains("cut off"));
    assert!(certificates_error([0x30, 0x82, 0, 3, 2, 1, 3]).contains("DER"));
}

#[test]
fn private_keys_of_every_format_are_loaded() {
    for (algorithm, expected) in [
        (&rcgen::PKCS_ECDSA_P256_SHA256, "ECDSA P-256"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "ECDSA P-384"),
        (&rcgen::PKCS_ED25519, "Ed25519"),
        (&rcgen::PKCS_RSA_SHA256, "RSA 2048"),
    ] {
        let der = rcgen::KeyPair::generate_for(algorithm).unwrap().serialize_der();
        let from_pem = pem::private_key(&PROVIDER, block("PRIVATE KEY", &der).as_bytes()).unwrap();
        let from_der = pem::private_key(&PROVIDER, &der).unwrap();
        assert_eq!(from_pem.key_type().to_string(), expected);
        assert_eq!(from_pem.spki(), from_der.spki());
    }
    // Beside certificates, and after the parameters that OpenSSL writes before an EC key.
    let der = support::key().serialize_der();
    let text = format!(
        "{}-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{}",
        block("CERTIFICATE", certificate().der()),
        block("PRIVATE KEY", &der)
    );
    let key = pem::private_key(&PROVIDER, text.as_bytes()).unwrap();
    assert_eq!(key.key_type(), PROVIDER.load_key(&der).unwrap().key_type());
    assert!(matches!(key.key_type(), KeyType::Ecdsa(_)));
}

#[test]
fn what_is_no_usable_private_key_is_named() {
    let der = support::key().serialize_der();
    let good = block("PRIVATE KEY", &der);
    let old_style = good.replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1);
    let mut wrong = der.clone();
    wrong[20] ^= 0xff;
    for (data, text) in [
        (String::new(), "it is empty: no private key"),
        (format!("{good}{good}"), "more than one private key"),
        (block("ENCRYPTED PRIVATE KEY", &der), "encrypted; decrypt it with `openssl pkey -in FILE -out key.pem`"),
        (old_style.replace("PRIVATE KEY", "RSA PRIVATE KEY"), "is encrypted"),
        (block("OPENSSH PRIVATE KEY", &der), "ssh-keygen -p -m PKCS8"),
        (block("CERTIFICATE", certificate().der()), "a certificate and no private key; are the two files swapped?"),
        (block("PUBLIC KEY", &der), "a public key"),
        (block("PRIVATE KEY", &wrong), "is not"),
        (block("PRIVATE KEY", b"junk"), "not a valid private key"),
    ] {
        let error = key_error(&data);
        assert!(error.contains(text) && !error.contains('\n'), "{text}: {error}");
    }
    assert!(key_error(certificate().der()).contains("swapped"));
    let raw = support::raw::sequence;
    let wrapped = raw(&[&support::raw::tlv(2, &[3]), &raw(&[&[5, 0]]), &support::raw::tlv(4, &[0x80; 200])]);
    assert!(key_error(&wrapped).contains("PKCS#12"));
    let encrypted = raw(&[&raw(&[&[5, 0]]), &support::raw::tlv(4, &[0x80; 200])]);
    assert!(key_error(&encrypted).contains("is encrypted"));
}

#[test]
fn errors_do_not_repeat_the_content() {
    let der = support::key().serialize_der();
    let text = block("PRIVATE KEY", &der).replacen("\nM", "\n!SECRET", 1);
    let error = key_error(&text);
    assert!(error.contains("not base64") && !error.contains("SECRET"), "{error}");
    let escape = "-----BEGIN \u{1b}[2J-----\nAAAA\n-----END \u{1b}[2J-----\n";
    assert!(!certificates_error(escape).contains('\u{1b}'));
}

proptest! {
    #[test]
    fn any_content_is_taken_or_refused_in_one_line(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Err(error) = pem::certificates(&data) {
            prop_assert!(!error.to_string().contains('\n'));
        }
        let _ = pem::private_key(&PROVIDER, &data);
    }

    #[test]
    fn any_blocks_are_taken_or_refused(parts in proptest::collection::vec(0usize..8, 0..12)) {
        let pieces = ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----", "MIIB", "\n", "Proc-Type: 4,ENCRYPTED", "-----BEGIN -----"];
        let text: String = parts.iter().map(|part| pieces[*part]).collect::<Vec<_>>().join("\n");
        let _ = (pem::certificates(text.as_bytes()), pem::private_key(&PROVIDER, text.as_bytes()));
    }
}
