//! What engineers paste, program by program: what was pasted, and the meaning that has to stand first.

use super::{super::lookup, first};

fn all_are(rows: &[(&str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .map(|(query, id)| (query, id, lookup::look_up(query).answers))
        .filter(|(_, id, answers)| answers.first().is_none_or(|answer| answer.id != **id))
        .map(|(query, id, answers)| {
            format!("{query}: {id}, not {:?}", answers.iter().map(|answer| &answer.id).collect::<Vec<_>>())
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn alerts_in_every_spelling() {
    all_are(&[
        ("alert(40)", "handshake_failure"),
        ("certificate_unknown(46)", "certificate_unknown"),
        ("level=fatal description=protocol_version", "protocol_version"),
        ("fatal, description = 70", "protocol_version"),
        ("SSL3_ALERT_HANDSHAKE_FAILURE", "handshake_failure"),
        ("Received alert [40]: Handshake failed", "handshake_failure"),
        ("* TLSv1.3 (IN), TLS alert, unknown CA (560):", "unknown_ca"),
        ("TLS alert, handshake failure (552)", "handshake_failure"),
        ("Alert (Level: Fatal, Description: Handshake Failure)", "handshake_failure"),
        ("remote party sent a TLS alert: 'HandshakeFailure'", "handshake_failure"),
        ("fatal alert code is 40", "handshake_failure"),
        ("The TLS protocol defined fatal alert code is 46.", "certificate_unknown"),
        ("The following fatal alert was received: 70.", "protocol_version"),
        ("sslv3 alert certificate expired", "certificate_expired"),
        ("SSL alert number 45", "certificate_expired"),
        ("remote error: tls: unknown certificate authority", "unknown_ca"),
        ("remote error: tls: unknown certificate", "bad_certificate"),
        ("A TLS fatal alert has been received.", "alert_received"),
    ]);
}

#[test]
fn windows_and_dotnet() {
    all_are(&[
        ("0x80090325", "root_not_trusted"),
        ("0x800B0109", "root_not_trusted"),
        ("0x80090326", "protocol_error"),
        ("0x80090308", "protocol_error"),
        ("0x80090331", "no_common_suite"),
        ("0x800b0101", "expired"),
        ("SEC_E_CERT_UNKNOWN", "certificate_refused"),
        ("error code -2146893019", "root_not_trusted"),
        ("SEC_E_NO_CREDENTIALS", "no_credentials"),
        ("CERT_E_WRONG_USAGE", "wrong_purpose"),
        ("CERT_TRUST_IS_UNTRUSTED_ROOT", "root_not_trusted"),
        (
            "curl: (35) schannel: next InitializeSecurityContext failed: SEC_E_UNTRUSTED_ROOT (0x80090325)",
            "root_not_trusted",
        ),
        ("The client and server cannot communicate, because they do not possess a common algorithm", "no_common_suite"),
        ("The certificate chain was issued by an authority that is not trusted.", "root_not_trusted"),
        ("The target principal name is incorrect", "name_mismatch"),
        ("The internal error state is 10013.", "schannel_credential"),
        ("The request was aborted: Could not create SSL/TLS secure channel.", "no_secure_channel"),
        (
            "The remote certificate was rejected by the provided RemoteCertificateValidationCallback.",
            "certificate_refused",
        ),
        ("The handshake failed due to an unexpected packet format.", "not_tls"),
        ("Cannot determine the frame size or a corrupted frame was received.", "not_tls"),
        ("Authentication failed because the remote party has closed the transport stream.", "closed_in_handshake"),
        ("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", "expired"),
        ("RemoteCertificateChainErrors", "verification_failed"),
    ]);
}

#[test]
fn browsers_and_apple() {
    all_are(&[
        ("Safari can't establish a secure connection to the server", "apple_secure_connection"),
        ("Safari can\u{2019}t establish a secure connection", "apple_secure_connection"),
        ("This Connection Is Not Private", "browser_warning"),
        ("NSURLErrorDomain -1200", "apple_secure_connection"),
        ("Error Domain=NSURLErrorDomain Code=-1200 \"An SSL error has occurred\"", "apple_secure_connection"),
        ("-9802", "apple_secure_connection"),
        ("Error Domain=NSURLErrorDomain Code=-1200 {_kCFStreamErrorCodeKey=-9814}", "expired"),
        ("\u{201c}x.example\u{201d} certificate is not trusted", "verification_failed"),
        ("Your connection is not private", "browser_warning"),
        ("Warning: Potential Security Risk Ahead", "browser_warning"),
        ("Your connection is not private NET::ERR_CERT_AUTHORITY_INVALID", "unknown_issuer"),
        ("ERR_CONNECTION_TIMED_OUT", "connect_timeout"),
        ("ERR_EMPTY_RESPONSE", "empty_response"),
        ("MOZILLA_PKIX_ERROR_V1_CERT_USED_AS_CA", "not_a_ca"),
        ("SEC_ERROR_REUSED_ISSUER_AND_SERIAL", "same_serial"),
        ("ERR_BAD_SSL_CLIENT_AUTH_CERT", "client_certificate_refused"),
    ]);
}

#[test]
fn openssl_and_those_who_use_it() {
    all_are(&[
        ("error:1E08010C:DECODER routines::unsupported", "no_pem"),
        ("[SSL] PEM lib (_ssl.c:4166)", "no_pem"),
        ("error:0A000416", "certificate_unknown"),
        ("14094416", "certificate_unknown"),
        ("1416F086", "verification_failed"),
        ("1417C0C7", "client_certificate_required"),
        ("0A000197", "closed_in_handshake"),
        ("CERT_SIGNATURE_FAILURE", "bad_signature"),
        ("error:0A000065:SSL routines::no suitable key share", "no_common_group"),
        ("curl: (35) error:0A00010B:SSL routines::wrong version number", "not_tls"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'a'",
            "name_mismatch",
        ),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: CA cert does not include key usage extension",
            "strict_extensions",
        ),
        ("cURL error 60: SSL certificate problem: certificate has expired", "expired"),
        ("self-signed certificate in certificate chain", "root_not_trusted"),
        ("SSL_connect SYSCALL returned=5 errno=0 state=SSLv3/TLS write client hello", "closed_in_handshake"),
        ("There was a problem confirming the ssl certificate: HTTPSConnectionPool(...)", "verification_failed"),
        ("OSError: Could not find a suitable TLS CA certificate bundle, invalid path: /x/ca.pem", "no_roots"),
        ("invalid path: /x/ca.pem", "no_roots"),
        ("Peer certificate CN=`x.example' did not match expected CN=`y.example'", "name_mismatch"),
    ]);
}

#[test]
fn gnutls_curl_nss_and_wget() {
    all_are(&[
        (
            "fatal: unable to access 'https://a/': gnutls_handshake() failed: Error in the pull function.",
            "closed_in_handshake",
        ),
        ("gnutls_handshake() failed: Handshake failed", "handshake_failure"),
        ("curl: (82) Failed to load CRL file", "crl_file"),
        ("curl: (83) SSL: Issuer check against peer certificate failed", "issuer_demanded"),
        ("curl: (98)", "client_certificate_required"),
        ("Peer's Certificate issuer is not recognized.", "unknown_issuer"),
        ("SSL peer certificate or SSH remote key was not OK", "verification_failed"),
        ("ERROR: no certificate subject alternative name matches requested host name 'x'.", "name_mismatch"),
    ]);
}

#[test]
fn servers_and_databases() {
    all_are(&[
        (
            "client SSL certificate verify error: (20:unable to get local issuer certificate) while reading client request headers",
            "client_ca_unknown",
        ),
        ("client SSL certificate verify error: (10:certificate has expired)", "certificate_expired"),
        ("AH02039: Certificate Verification: Error (20): unable to get local issuer certificate", "client_ca_unknown"),
        ("AH02039: Certificate Verification: Error (10): certificate has expired", "certificate_expired"),
        ("AH02039", "client_ca_unknown"),
        (
            "nginx: [emerg] cannot load certificate \"/etc/c.pem\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/etc/c.pem, r))",
            "file_missing",
        ),
        ("nginx: [emerg] cannot load certificate … No such file or directory", "file_missing"),
        ("error:0200100D:system library:fopen:Permission denied:fopen('/etc/k.pem','r')", "file_permission"),
        (
            "ERROR 2026 (HY000): SSL connection error: SSL is required, but the server does not support it",
            "tls_not_offered",
        ),
        ("root certificate file \"/root/.postgresql/root.crt\" does not exist", "no_roots"),
        ("server certificate for \"a.example\" does not match host name \"b.example\"", "name_mismatch"),
        ("private key file \"/var/lib/pg/server.key\" has group or world access", "key_too_open"),
        (
            "FATAL: no pg_hba.conf entry for host \"10.0.0.1\", user \"a\", database \"b\", no encryption",
            "tls_required",
        ),
        ("unable to load SSL certificate from PEM file '/etc/haproxy/x.pem'", "no_pem"),
        ("TLS error: Secret is not supplied by SDS", "no_secret_yet"),
        ("certificate verification failed for mx.example[192.0.2.1]:25: untrusted issuer /CN=x", "unknown_issuer"),
        ("SSL_accept error from unknown[192.0.2.1]: lost connection", "closed_in_handshake"),
        ("ORA-28860: Fatal SSL error", "handshake_failed"),
        ("ORA-29024: Certificate validation failure", "verification_failed"),
        (
            "TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)",
            "openvpn_timeout",
        ),
    ]);
}

#[test]
fn go_kubernetes_and_java() {
    all_are(&[
        (
            "x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01T00:00:00Z",
            "not_yet_valid",
        ),
        (
            "x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z",
            "expired",
        ),
        ("tls: client offered only unsupported versions: [301]", "old_client"),
        ("tls: no supported versions satisfy MinVersion and MaxVersion", "no_version_enabled"),
        ("tls: failed to parse private key", "no_pem"),
        ("http2: frame too large, note that the frame header looked like an HTTP/1.1 header", "alpn"),
        ("Kubernetes Ingress Controller Fake Certificate", "default_certificate"),
        ("subject: CN=TRAEFIK DEFAULT CERT", "default_certificate"),
        ("java.io.IOException: Invalid keystore format", "keystore_format"),
        ("DerInputStream.getLength(): lengthTag=109, too big.", "keystore_format"),
        ("toDerInputStream rejects tag type 45", "keystore_format"),
        (
            "x509: certificate signed by unknown authority (possibly because of \"crypto/rsa: verification error\" while trying to verify candidate authority certificate \"kubernetes\")",
            "bad_signature",
        ),
        ("dial tcp 192.0.2.1:443: i/o timeout", "connect_timeout"),
        ("Algorithm constraints check failed on keysize limits: RSA 1024 bit key used", "weak_key"),
        ("Algorithm constraints check failed on disabled algorithm: SHA1", "weak_signature"),
        ("javax.net.ssl.SSLPeerUnverifiedException: Certificate pinning failure!", "pin"),
        ("javax.net.ssl.SSLPeerUnverifiedException: peer not authenticated", "certificate_refused"),
        (
            "PKIX path validation failed: java.security.cert.CertPathValidatorException: Certificate has been revoked",
            "revoked",
        ),
    ]);
}

/// What is found besides the specific message is general, and untrue here.
#[test]
fn a_specific_message_stands_alone() {
    for query in [
        "curl: (35) error:0A00010B:SSL routines::wrong version number",
        "curl: (35) schannel: next InitializeSecurityContext failed: SEC_E_UNTRUSTED_ROOT (0x80090325)",
        "PKIX path validation failed: java.security.cert.CertPathValidatorException: Certificate has been revoked",
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'a'",
        "cURL error 60: SSL certificate problem: certificate has expired",
        "self-signed certificate in certificate chain",
        "remote error: tls: unknown certificate authority",
        "client SSL certificate verify error: (20:unable to get local issuer certificate)",
        "tlsv1 alert unknown ca: SSL alert number 48",
    ] {
        let answers = lookup::look_up(query).answers;
        assert_eq!(answers.len(), 1, "{query}: {answers:#?}");
    }
}

/// The advice is that of the program that speaks.
#[test]
fn advice_is_for_the_program_at_hand() {
    for (query, program) in [
        (
            "PHP Warning: file_get_contents(): SSL operation failed with code 1. OpenSSL Error messages: error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed",
            "PHP",
        ),
        ("ERROR 2026 (HY000): SSL connection error: error:0A000086:SSL routines::certificate verify failed", "OpenSSL"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)", "Python"),
    ] {
        let answers = lookup::look_up(query).answers;
        let answer = answers.first().unwrap();
        assert_eq!((answer.id.as_str(), answer.program), ("verification_failed", Some(program)), "{query}");
        assert!(
            answers.iter().all(|answer| program == "Python" || !answer.note.unwrap_or_default().contains("Python"))
        );
    }
}

/// A log is read to its end; what stands last counts most, and the line is named.
#[test]
fn a_log_is_read_to_its_end() {
    let mut log = "10.0.0.1 - - GET / 200 nothing to see here, move on\n".repeat(5_000);
    log.push_str("dh key too small\n");
    log.push_str(&"all is well again\n".repeat(1_000));
    log.push_str("SSL_ERROR_RX_RECORD_TOO_LONG");
    assert!(log.len() > 200_000);
    let report = lookup::look_up(&log);
    let found: Vec<_> = report.answers.iter().map(|answer| (answer.id.as_str(), answer.line)).collect();
    assert_eq!(found, [("not_tls", Some(6_002)), ("weak_dh", Some(5_001))]);
    assert_eq!(report.more, 0);

    let many =
        "certificate has expired\nhostname mismatch\ndh key too small\nca md too weak\nno start line\nbad decrypt";
    let report = lookup::look_up(many);
    assert_eq!((report.answers.len(), report.more, first(many).as_str()), (4, 2, "wrong_passphrase"));
}

/// One line without an end takes no longer than many short ones, whatever stands in it.
#[test]
fn a_long_line_is_read_once() {
    for part in ["x", "certificate ", "invalid path: ", "alert ", "error:", "self-signed certificate "] {
        let line = part.repeat(200_000 / part.len());
        let report = lookup::look_up(&line);
        assert!(report.suggestions.is_empty(), "{part}");
        assert_eq!(report.answers.is_empty(), part != "self-signed certificate ", "{part}");
    }
    let end = format!("{}dh key too small", "word ".repeat(40_000));
    assert_eq!(first(&end), "weak_dh");
}
