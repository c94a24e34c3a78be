//! Signature schemes (RFC 8446 §4.2.3), taken apart.

use tlsmith::registry::SignatureScheme;

use super::{Answer, Part};

/// What is known of a scheme, by its name.
pub(super) fn explain(query: &str) -> Option<Answer> {
    let known = |scheme: &&SignatureScheme| scheme.to_string().eq_ignore_ascii_case(query);
    let scheme = *SignatureScheme::KNOWN.iter().find(known)?;
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
    let parts = vec![
        Part::new("value", format!("0x{:04x}", scheme.0)),
        Part::new("signature", signature),
        Part::new("key", key),
        Part::new("hash", hash.map_or_else(|| String::from("its own"), str::to_uppercase)),
        Part::new("signs_handshakes_of", versions),
        Part::new("verdict", verdict),
    ];
    let section = if name.starts_with("mldsa") { "draft-ietf-tls-mldsa" } else { "RFC 8446 §4.2.3" };
    Some(Answer {
        kind: "signature_scheme",
        title: format!("The signature scheme {name}"),
        id: name,
        means: String::from(
            "How a side proves that it has the key of its certificate, and how certificates are signed.",
        ),
        parts,
        section: Some(section.to_owned()),
        ..Answer::default()
    })
}

/// Their names.
pub(super) fn all() -> impl Iterator<Item = String> {
    SignatureScheme::KNOWN.iter().map(ToString::to_string)
}
