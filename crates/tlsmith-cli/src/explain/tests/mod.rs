//! What has to be found, and what has to hold of the whole table.

mod named;
mod pasted;

use std::{collections::HashSet, path::Path};

use clap::Parser as _;

use super::{codes, lookup, table::meanings};

fn first(query: &str) -> String {
    let report = lookup::look_up(query);
    report.answers.first().map_or_else(|| panic!("{query}: nothing"), |answer| answer.id.clone())
}

/// What people paste: whole lines, with what their programs put around the message.
#[test]
fn whole_messages_are_found() {
    for (query, id) in [
        ("CERTIFICATE_VERIFY_FAILED", "verification_failed"),
        ("PKIX path building failed", "unknown_issuer"),
        ("SSL_ERROR_RX_RECORD_TOO_LONG", "not_tls"),
        ("tlsv1 alert unknown ca", "unknown_ca"),
        ("x509: certificate signed by unknown authority", "unknown_issuer"),
        (
            "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)",
            "unknown_issuer",
        ),
        (
            "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
            "expired",
        ),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'a.example'. (_ssl.c:1006)",
            "name_mismatch",
        ),
        ("curl: (60) SSL certificate problem: self-signed certificate", "self_signed"),
        ("curl: (60) SSL certificate problem: self-signed certificate in certificate chain", "root_not_trusted"),
        (
            "curl: (60) SSL: no alternative certificate subject name matches target host name 'x.example'",
            "name_mismatch",
        ),
        (
            "error:0A000410:SSL routines::sslv3 alert handshake failure:../ssl/record/rec_layer_s3.c:1586:SSL alert number 40",
            "handshake_failure",
        ),
        ("139:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:", "not_tls"),
        (
            "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
            "unknown_issuer",
        ),
        (
            "Get \"https://a.example\": tls: failed to verify certificate: x509: certificate is valid for b.example, not a.example",
            "name_mismatch",
        ),
        (
            "Get \"https://a.example\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "unknown_issuer",
        ),
        (
            "http: TLS handshake error from 10.0.0.1:52411: remote error: tls: unknown certificate authority",
            "unknown_ca",
        ),
        ("NET::ERR_CERT_DATE_INVALID", "expired"),
        ("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "no_common_suite"),
        ("Error code: SEC_ERROR_UNKNOWN_ISSUER", "unknown_issuer"),
        ("MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING", "must_staple"),
        ("Error: unable to verify the first certificate code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'", "unknown_issuer"),
        ("400 No required SSL certificate was sent", "client_certificate_required"),
        (
            "nginx: [emerg] SSL_CTX_use_PrivateKey(\"/etc/ssl/key.pem\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)",
            "key_mismatch",
        ),
        (
            "nginx: [warn] \"ssl_stapling\" ignored, issuer certificate not found for certificate \"/etc/ssl/c.pem\"",
            "stapling_failed",
        ),
        (
            "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch",
            "name_mismatch",
        ),
        ("invalid peer certificate: UnknownIssuer", "unknown_issuer"),
        ("dh key too small", "weak_dh"),
        ("unsafe legacy renegotiation disabled", "legacy_renegotiation"),
    ] {
        assert_eq!(first(query), id, "{query}");
    }
}

#[test]
fn names_are_found_as_they_are_written_anywhere() {
    for (query, kind, id) in [
        ("unknown_ca", "alert", "unknown_ca"),
        ("Alert unknown CA", "alert", "unknown_ca"),
        ("SSL alert number 48", "alert", "unknown_ca"),
        ("alert 112", "alert", "unrecognized_name"),
        ("certificate.expired", "code", "certificate.expired"),
        ("hello.no_common_suite", "code", "hello.no_common_suite"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "cipher_suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("tls_aes_128_gcm_sha256", "cipher_suite", "TLS_AES_128_GCM_SHA256"),
        ("prime256v1", "group", "secp256r1"),
        ("X25519MLKEM768", "group", "X25519MLKEM768"),
        ("rsa_pss_rsae_sha256", "signature_scheme", "rsa_pss_rsae_sha256"),
    ] {
        let report = lookup::look_up(query);
        let answer = report.answers.first().unwrap_or_else(|| panic!("{query}"));
        assert_eq!((answer.kind, answer.id.as_str()), (kind, id), "{query}");
    }
}

#[test]
fn what_is_not_known_is_said_and_something_near_is_named() {
    let report = lookup::look_up("SSL_ERROR_RX_RECORD_TO_LONG");
    assert!(report.answers.is_empty());
    assert!(report.suggestions.iter().any(|near| near == "SSL_ERROR_RX_RECORD_TOO_LONG"), "{report:?}");
    for query in ["", " ", "ssl", "the weather is fine", "\u{0}", "\u{1F980}"] {
        assert!(lookup::look_up(query).answers.is_empty(), "{query}");
    }
}

#[test]
fn suggestions_are_typing_mistakes_and_no_noise() {
    for query in ["curl: (16)", "curl: (2)", "Error 527", "AH99999", "the weather", "ERR_SSL_SOMETHING_ELSE_ENTIRELY"] {
        let report = lookup::look_up(query);
        assert!(report.answers.is_empty() && report.suggestions.is_empty(), "{query}: {report:?}");
    }
    assert_eq!(lookup::look_up("PKIX path bulding failed").suggestions, ["PKIX path building failed"]);
    assert_eq!(lookup::look_up("certficate.expired").suggestions, ["certificate.expired", "certificate_expired"]);
}

/// Each text is found by itself, and leads to its own meaning first.
#[test]
fn every_text_leads_to_its_meaning() {
    for meaning in meanings() {
        for text in meaning.texts {
            let report = lookup::look_up(text.text);
            let answer = report.answers.first().unwrap_or_else(|| panic!("{}", text.text));
            assert!(answer.id == meaning.id || answer.kind != "message", "{}: {}", text.text, answer.id);
        }
    }
}

#[test]
fn the_table_is_in_order() {
    let texts: Vec<&str> = meanings().flat_map(|meaning| meaning.texts).map(|text| text.text).collect();
    assert!(texts.len() >= 600, "{} texts", texts.len());
    let ids: Vec<&str> = meanings().map(|meaning| meaning.id).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "an id stands twice");
    for meaning in meanings() {
        assert!(!meaning.causes.is_empty() && !meaning.commands.is_empty(), "{}", meaning.id);
        let ends = |text: &&str| text.ends_with(['.', ')']);
        assert!(meaning.causes.iter().all(ends) && ends(&meaning.means), "{}", meaning.id);
        for code in meaning.codes {
            assert!(codes::code(code).is_some(), "{}: {code} is no code", meaning.id);
        }
        let mut own = HashSet::new();
        assert!(meaning.texts.iter().all(|text| own.insert((text.of, text.text))), "{}", meaning.id);
    }
}

/// A command that is recommended is one that there is.
#[test]
fn commands_of_our_own_exist() {
    let names = lookup::everything();
    let named = names.iter().flat_map(|name| lookup::look_up(name).answers).flat_map(|answer| answer.commands);
    let commands: HashSet<String> = named.filter(|command| command.starts_with("tlsmith ")).collect();
    assert!(commands.len() > 50, "{commands:?}");
    for command in commands {
        if let Err(error) = crate::cli::Cli::try_parse_from(command.split(' ')) {
            panic!("{command}: {error}");
        }
    }
}

/// Every code that stands in the sources of the library and of the tools is explained.
#[test]
fn every_code_is_explained() {
    let families = ["config", "transport", "starttls", "usage", "local", "doctor", "container", "bench"];
    let mut found = HashSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    for name in ["tlsmith", "tlsmith-x509", "tlsmith-cli", "tlsmith-pki", "tlsmith-tokio", "tlsmith-proxy"] {
        sources(&crates.join(name).join("src"), &mut |text| {
            for literal in text.split('"').skip(1).step_by(2) {
                let Some((family, rest)) = literal.split_once('.') else { continue };
                let is_code = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                if families.contains(&family) && is_code {
                    found.insert(literal.to_owned());
                }
            }
        });
    }
    assert!(found.len() > 50, "{found:?}");
    found.extend(codes::all());
    let mut unknown: Vec<&String> = found.iter().filter(|code| codes::code(code).is_none()).collect();
    unknown.sort();
    assert!(unknown.is_empty(), "{unknown:#?}");
    // What the doctor finds is explained with causes and commands, not by its headline alone.
    for code in codes::all().filter(|code| code.starts_with("doctor.") && code != "doctor.nothing_wrong") {
        assert!(!codes::code(&code).unwrap().causes.is_empty(), "{code}");
    }
}

fn sources(directory: &Path, each: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
