//! Names, numbers, values and words; and tlsmith's own codes.

use super::super::{codes, lookup};

#[test]
fn names_and_numbers_of_all_kinds() {
    for (query, kind, id) in [
        ("40", "alert", "handshake_failure"),
        ("0x28", "alert", "handshake_failure"),
        ("48", "alert", "unknown_ca"),
        ("45", "alert", "certificate_expired"),
        ("TLS_FALLBACK_SCSV", "cipher_suite", "TLS_FALLBACK_SCSV"),
        ("0x5600", "cipher_suite", "TLS_FALLBACK_SCSV"),
        ("TLS_EMPTY_RENEGOTIATION_INFO_SCSV", "cipher_suite", "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"),
        ("0x00FF", "cipher_suite", "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"),
        ("{0x13, 0x01}", "cipher_suite", "TLS_AES_128_GCM_SHA256"),
        ("TLS_AES_128_GCM_SHA256 (0x1301)", "cipher_suite", "TLS_AES_128_GCM_SHA256"),
        ("Cipher is ECDHE-RSA-AES128-GCM-SHA256", "cipher_suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384", "cipher_suite", "TLS_AES_256_GCM_SHA384"),
        ("TLS_ECDHE_RSA_AES_128_GCM_SHA256", "cipher_suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("TLS_RSA_AES_128_CBC_SHA1", "cipher_suite", "TLS_RSA_WITH_AES_128_CBC_SHA"),
        ("TLS_ECDHE_RSA_CHACHA20_POLY1305", "cipher_suite", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("GROUP-SECP256R1", "group", "secp256r1"),
        ("group 29", "group", "x25519"),
        ("29", "group", "x25519"),
        ("4588", "group", "X25519MLKEM768"),
        ("0x0804", "signature_scheme", "rsa_pss_rsae_sha256"),
        ("0x0905", "signature_scheme", "mldsa65"),
        ("RSA+SHA256", "signature_scheme", "rsa_pkcs1_sha256"),
        ("ECDSA+SHA256", "signature_scheme", "ecdsa_secp256r1_sha256"),
        ("RSA-PSS+SHA256", "signature_scheme", "rsa_pss_rsae_sha256"),
        ("SIGN-RSA-PSS-RSAE-SHA256", "signature_scheme", "rsa_pss_rsae_sha256"),
        ("sha256WithRSAEncryption", "signature_scheme", "rsa_pkcs1_sha256"),
        ("0x0303", "protocol_version", "TLSv1.2"),
        ("TLS 1.3", "protocol_version", "TLSv1.3"),
        ("TLSv1", "protocol_version", "TLSv1.0"),
        ("0x1a1a", "term", "GREASE"),
        ("SNI", "term", "SNI"),
        ("ALPN", "term", "ALPN"),
        ("mTLS", "term", "mTLS"),
        ("HelloRetryRequest", "term", "HelloRetryRequest"),
    ] {
        let answers = lookup::look_up(query).answers;
        let answer = answers.first().unwrap_or_else(|| panic!("{query}: nothing"));
        assert_eq!((answer.kind, answer.id.as_str()), (kind, id), "{query}");
    }
}

/// A code that tlsmith prints leads to a title and a first cause of its own, not to those of another fault.
#[test]
fn own_codes_have_meanings_of_their_own() {
    for (code, meaning, cause) in [
        ("certificate.wrong_order", "wrong_order", "wrong order"),
        ("doctor.wrong_order", "wrong_order", "wrong order"),
        ("certificate.extra_certificate", "extra_certificate", "root"),
        ("doctor.extra_certificate", "extra_certificate", "root"),
        ("doctor.certificate_refused", "certificate_refused", "root that is trusted"),
        ("doctor.private_ca", "private_ca", "not added to the store"),
        ("certificate.expires_soon", "expires_soon", "Renewal"),
        ("doctor.expires_soon", "expires_soon", "Renewal"),
        ("doctor.stale_certificate", "stale_certificate", "reloaded"),
        ("doctor.expired_intermediate", "expired_issuer", "intermediate"),
        ("doctor.expired_root", "expired_issuer", "intermediate"),
        ("doctor.handshake_failed", "handshake_failed", "log"),
        ("doctor.large_client_hello", "large_client_hello", "whole ClientHello"),
        ("doctor.connect_timeout", "connect_timeout", "firewall"),
        ("doctor.unreachable", "unreachable", "IPv6"),
        ("doctor.no_common_group", "no_common_group", "list"),
        ("doctor.client_certificate_expired", "certificate_expired", "expired"),
        ("doctor.client_certificate_refused", "client_certificate_refused", "CA"),
        ("doctor.clock_off", "clock_off", "time service"),
        ("doctor.sni_needed", "sni_needed", "no SNI"),
        ("doctor.name_constraints", "name_constraints", "bound to its own domain"),
        ("certificate.name_constraints", "name_constraints", "bound to its own domain"),
        ("certificate.serial_number", "serial_number", "negative"),
        ("certificate.wildcard", "bad_name", "wildcard"),
        ("certificate.crl_expired", "crl_expired", "publishes"),
        ("doctor.bad_crl", "bad_crl", "another CA"),
        ("doctor.wildcard_suffix", "bad_name", "wildcard"),
        ("certificate.root_sent", "extra_certificate", "root"),
        ("certificate.common_name", "common_name", "title"),
        ("certificate.version", "version_1", "x509 -req"),
        ("certificate.key_not_allowed", "key_not_allowed", "Ed25519"),
        ("certificate.path_too_long", "path_search", "circle"),
        ("certificate.policy", "policy", "certificatePolicies"),
        ("doctor.ip_address", "ip_address", "address"),
        ("certificate.pin_on_leaf", "pin_on_leaf", "server's certificate"),
    ] {
        let answer = codes::code(code).unwrap();
        assert!(answer.related.iter().any(|id| id == meaning), "{code}: {:?}", answer.related);
        assert!(answer.causes.first().unwrap().contains(cause), "{code}: {:?}", answer.causes);
        assert!(!answer.commands.is_empty(), "{code}");
    }
}
