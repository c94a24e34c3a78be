//! Signature schemes (RFC 8446 §4.2.3), taken apart.

use tlsmith::registry::SignatureScheme;

use super::{Answer, Part};

/// Other spellings: OpenSSL's lists, GnuTLS (SIGN-...), and the algorithms of certificates (RFC 8017, RFC 5758, Java's).
const ALIASES: &[(SignatureScheme, &[&str])] = &[
    (SignatureScheme::RSA_PKCS1_SHA1, &["RSA+SHA1", "SIGN-RSA-SHA1", "sha1WithRSAEncryption", "SHA1withRSA"]),
    (SignatureScheme::ECDSA_SHA1, &["ECDSA+SHA1", "SIGN-ECDSA-SHA1", "ecdsa-with-SHA1", "SHA1withECDSA"]),
    (SignatureScheme::RSA_PKCS1_SHA256, &["RSA+SHA256", "SIGN-RSA-SHA256", "sha256WithRSAEncryption", "SHA256withRSA"]),
    (SignatureScheme::RSA_PKCS1_SHA384, &["RSA+SHA384", "SIGN-RSA-SHA384", "sha384WithRSAEncryption", "SHA384withRSA"]),
    (SignatureScheme::RSA_PKCS1_SHA512, &["RSA+SHA512", "SIGN-RSA-SHA512", "sha512WithRSAEncryption", "SHA512withRSA"]),
    (
        SignatureScheme::ECDSA_SECP256R1_SHA256,
        &["ECDSA+SHA256", "SIGN-ECDSA-SHA256", "SIGN-ECDSA-SECP256R1-SHA256", "ecdsa-with-SHA256", "SHA256withECDSA"],
    ),
    (
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        &["ECDSA+SHA384", "SIGN-ECDSA-SHA384", "SIGN-ECDSA-SECP384R1-SHA384", "ecdsa-with-SHA384", "SHA384withECDSA"],
    ),
    (
        SignatureScheme::ECDSA_SECP521R1_SHA512,
        &["ECDSA+SHA512", "SIGN-ECDSA-SHA512", "SIGN-ECDSA-SECP521R1-SHA512", "ecdsa-with-SHA512", "SHA512withECDSA"],
    ),
    (SignatureScheme::RSA_PSS_RSAE_SHA256, &["RSA-PSS+SHA256", "PSS+SHA256", "SIGN-RSA-PSS-RSAE-SHA256", "rsassaPss"]),
    (SignatureScheme::RSA_PSS_RSAE_SHA384, &["RSA-PSS+SHA384", "PSS+SHA384", "SIGN-RSA-PSS-RSAE-SHA384"]),
    (SignatureScheme::RSA_PSS_RSAE_SHA512, &["RSA-PSS+SHA512", "PSS+SHA512", "SIGN-RSA-PSS-RSAE-SHA512"]),
    (SignatureScheme::RSA_PSS_PSS_SHA256, &["SIGN-RSA-PSS-SHA256"]),
    (SignatureScheme::RSA_PSS_PSS_SHA384, &["SIGN-RSA-PSS-SHA384"]),
    (SignatureScheme::RSA_PSS_PSS_SHA512, &["SIGN-RSA-PSS-SHA512"]),
    (SignatureScheme::ED25519, &["SIGN-EDDSA-ED25519"]),
    (SignatureScheme::ED448, &["SIGN-EDDSA-ED448"]),
    (SignatureScheme::MLDSA44, &["ML-DSA-44"]),
    (SignatureScheme::MLDSA65, &["ML-DSA-65"]),
    (SignatureScheme::MLDSA87, &["ML-DSA-87"]),
];

/// What is known of a scheme, by its name or another spelling of it.
pub(super) fn explain(query: &str) -> Option<Answer> {
    let is = |name: &str| name.eq_ignore_ascii_case(query);
    let known = SignatureScheme::KNOWN.iter().find(|scheme| is(&scheme.to_string()));
    let also = || ALIASES.iter().find(|(_, names)| names.iter().any(|name| is(name))).map(|(scheme, _)| scheme);
    known.or_else(also).copied().map(answer)
}

/// By its value.
pub(super) fn of_value(value: u16) -> Option<Answer> {
    Some(SignatureScheme(value)).filter(|scheme| SignatureScheme::KNOWN.contains(scheme)).map(answer)
}

fn answer(scheme: SignatureScheme) -> Answer {
    let name = scheme.to_string();
    let (signature, key) = match name.as_str() {
        _ if name.starts_with("rsa_pkcs1") => ("RSA with the padding of PKCS#1 v1.5", "RSA"),
        _ if name.starts_with("rsa_pss_rsae") => ("RSA-PSS", "RSA, with the usual key type rsaEncryption"),
        _ if name.starts_with("rsa_pss_pss") => ("RSA-PSS", "RSA, with the key type id-RSASSA-PSS (rare)"),
        _ if name.starts_with("ecdsa_secp256r1") => ("ECDSA", "ECDSA on P-256"),
        _ if name.starts_with("ecdsa_secp384r1") => ("ECDSA", "ECDSA on P-384"),
        _ if name.starts_with("ecdsa_secp521r1") => ("ECDSA", "ECDSA on P-521"),
        _ if name.starts_with("ecdsa") => ("ECDSA", "ECDSA on any curve"),
        _ if name.starts_with("mldsa") => ("ML-DSA", "ML-DSA, which withstands quantum computers"),
        _ => ("EdDSA", "of this kind"),
    };
    let hash = ["sha1", "sha256", "sha384", "sha512"].into_iter().find(|hash| name.ends_with(hash));
    let (tls13, tls12, verdict) = match name.as_str() {
        _ if name.ends_with("sha1") => (false, false, "broken: SHA-1; refused"),
        _ if name.starts_with("rsa_pkcs1") => (false, true, "in TLS 1.3 for signatures in certificates only"),
        _ if name.starts_with("mldsa") => (true, false, "young; public CAs do not issue it"),
        _ if name.starts_with("ed") => (true, true, "good; public CAs do not issue it"),
        _ => (true, true, "recommended"),
    };
    let versions = match (tls13, tls12) {
        (true, true) => "TLS 1.3, TLS 1.2",
        (true, false) => "TLS 1.3",
        (false, true) => "TLS 1.2",
        (false, false) => "none",
    };
    let also = ALIASES.iter().find(|(other, _)| *other == scheme).map(|(_, names)| names.join(", "));
    let mut parts = vec![
        Part::new("value", format!("0x{:04x}", scheme.0)),
        Part::new("signature", signature),
        Part::new("key", key),
        Part::new("hash", hash.map_or_else(|| String::from("its own"), str::to_uppercase)),
        Part::new("signs_handshakes_of", versions),
        Part::new("verdict", verdict),
    ];
    if let Some(also) = also {
        parts.insert(1, Part::new("also_called", also));
    }
    let section = if name.starts_with("mldsa") { "draft-ietf-tls-mldsa" } else { "RFC 8446 §4.2.3" };
    Answer {
        kind: "signature_scheme",
        title: format!("The signature scheme {name}"),
        id: name,
        means: String::from(
            "How a side proves that it has the key of its certificate, and how certificates are signed.",
        ),
        parts,
        section: Some(section.to_owned()),
        ..Answer::default()
    }
}

/// Their names.
pub(super) fn all() -> impl Iterator<Item = String> {
    SignatureScheme::KNOWN.iter().map(ToString::to_string)
}
