//! Refusals: alerts about certificates, and what a server says of its clients' certificates.

use super::{Meaning, noted, text, vague};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "client_ca_unknown",
        title: "This server does not know the CA of the client's certificate",
        means: "In a server's log: a client showed a certificate, and no path leads from it to the CAs that the server accepts for clients.",
        causes: &[
            "The file of client CAs (nginx: ssl_client_certificate, Apache: SSLCACertificateFile) lacks the CA that issued the client's certificate.",
            "The client sends its certificate without the intermediate, and the server has the root only.",
            "The depth is too small (nginx: ssl_verify_depth 1): an intermediate needs 2.",
            "A client with a certificate of another CA, or a self-signed one.",
        ],
        commands: &[
            "tlsmith cert verify client.pem --ca client-ca.pem --purpose client",
            "tlsmith cert show client.pem",
            "nginx -T | grep -n ssl_client_certificate",
        ],
        codes: &[],
        texts: &[
            noted(
                "nginx",
                "client SSL certificate verify error … unable to get local issuer certificate",
                "Error 20, of the client's certificate, not of the server's own.",
            ),
            text("nginx", "client SSL certificate verify error … unable to get issuer certificate"),
            text("nginx", "client SSL certificate verify error … unable to verify the first certificate"),
            text("nginx", "client SSL certificate verify error … self-signed certificate"),
            text("nginx", "client SSL certificate verify error … self-signed certificate in certificate chain"),
            text("nginx", "client SSL certificate verify error … self signed certificate in certificate chain"),
            text("Apache", "AH02039 … unable to get local issuer certificate"),
            text("Apache", "AH02039 … unable to verify the first certificate"),
            text("Apache", "AH02039 … self-signed certificate"),
            text("Apache", "AH02039 … self-signed certificate in certificate chain"),
            vague("Apache", "AH02039", "Certificate Verification: Error; the number and the reason stand behind it."),
            vague("nginx", "client SSL certificate verify error", "The number and the reason stand behind it."),
        ],
    },
    Meaning {
        id: "client_certificate_refused",
        title: "The server refused the client's certificate",
        means: "A client certificate was shown, and the server did not take it.",
        causes: &[
            "It comes from a CA that the server does not accept for clients, or was sent without its intermediate.",
            "It has expired or was revoked.",
            "It is not for clients: its extended key usage lacks clientAuth.",
            "It is good, and the user in it is not known to the server.",
        ],
        commands: &[
            "tlsmith doctor HOST --cert client.pem --key client.key",
            "tlsmith cert verify client.pem --ca ca.pem --purpose client",
            "tlsmith cert show client.pem -v",
        ],
        codes: &["doctor.client_certificate_refused"],
        texts: &[
            noted(
                "Chrome",
                "ERR_BAD_SSL_CLIENT_AUTH_CERT",
                "Another certificate is asked for after the browser is closed.",
            ),
            noted(
                "nginx",
                "The SSL certificate error",
                "HTTP 400 (nginx's code 495): the client's certificate was shown and not accepted; the reason is in error.log.",
            ),
            text("PostgreSQL", "certificate authentication failed for user"),
        ],
    },
    Meaning {
        id: "certificate_expired",
        title: "The peer says that the certificate it was shown has expired",
        means: "The alert certificate_expired comes from the side that judges: in a server's log the client says it of the server's certificate, in a client the server says it of the client's.",
        causes: &[
            "The certificate that was shown, or an intermediate sent with it, has expired.",
            "A client certificate was forgotten at renewal, or the program still holds the old one in memory.",
            "The peer's clock is wrong.",
        ],
        commands: &[
            "tlsmith cert show client.pem",
            "tlsmith doctor HOST --cert client.pem --key client.key",
            "date -u",
        ],
        codes: &["alert.certificate_expired", "doctor.client_certificate_expired"],
        texts: &[
            noted("OpenSSL", "sslv3 alert certificate expired", "SSL alert number 45."),
            text("OpenSSL", "ssl/tls alert certificate expired"),
            text("Go", "remote error: tls: expired certificate"),
            text("Firefox", "SSL_ERROR_EXPIRED_CERT_ALERT"),
            text("Java", "Received fatal alert: certificate_expired"),
            text("rustls", "received fatal alert: CertificateExpired"),
            noted(
                "nginx",
                "client SSL certificate verify error … certificate has expired",
                "The client's certificate.",
            ),
            noted("Apache", "AH02039 … certificate has expired", "The client's certificate."),
        ],
    },
    Meaning {
        id: "certificate_revoked",
        title: "The peer says that the certificate it was shown was revoked",
        means: "The alert certificate_revoked comes from the side that judges the certificate and looked it up in the CA's lists.",
        causes: &[
            "The certificate was renewed and the old one revoked, and the old one is still shown.",
            "The CA took it back: ask the CA why.",
        ],
        commands: &["tlsmith cert verify HOST --fetch --revocation require", "tlsmith cert show client.pem"],
        codes: &["alert.certificate_revoked"],
        texts: &[
            noted("OpenSSL", "sslv3 alert certificate revoked", "SSL alert number 44."),
            text("OpenSSL", "ssl/tls alert certificate revoked"),
            text("Go", "remote error: tls: revoked certificate"),
            text("Firefox", "SSL_ERROR_REVOKED_CERT_ALERT"),
            text("Java", "Received fatal alert: certificate_revoked"),
            text("nginx", "client SSL certificate verify error … certificate revoked"),
        ],
    },
    Meaning {
        id: "unsupported_certificate",
        title: "The peer cannot use a certificate of this kind",
        means: "The alert unsupported_certificate comes from the side that judges: the purpose (EKU) or the kind of key is one that it does not take.",
        causes: &[
            "A certificate for servers only that a client shows, or the other way round.",
            "A kind of key that the peer does not know: Ed25519, a rare curve, ML-DSA.",
        ],
        commands: &["tlsmith cert show client.pem -v", "tlsmith cert verify client.pem --ca ca.pem --purpose client"],
        codes: &["alert.unsupported_certificate"],
        texts: &[
            noted("OpenSSL", "sslv3 alert unsupported certificate", "SSL alert number 43."),
            text("OpenSSL", "ssl/tls alert unsupported certificate"),
            text("Go", "remote error: tls: unsupported certificate"),
            text("Java", "Received fatal alert: unsupported_certificate"),
            text("nginx", "client SSL certificate verify error … unsuitable certificate purpose"),
            text("nginx", "client SSL certificate verify error … unsupported certificate purpose"),
        ],
    },
    Meaning {
        id: "alert_received",
        title: "The other side ended the handshake with an alert",
        means: "The peer says why in one number, and this message does not repeat it: it stands beside it, or in a trace.",
        causes: &[
            "Nothing in common: suites, versions, groups.",
            "A client certificate that is missing or not accepted.",
            "A name (SNI) that the server does not know.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith connect HOST --trace"],
        codes: &[],
        texts: &[
            vague(
                "GnuTLS",
                "A TLS fatal alert has been received",
                "The alert stands in the line after it, or in gnutls-cli -d 5.",
            ),
            vague("rustls", "received fatal alert", ""),
            vague("Java", "Received fatal alert", "Its name stands behind it."),
            vague(
                "Windows",
                "A fatal alert was received from the remote endpoint",
                "Schannel event 36887: the number stands behind it.",
            ),
        ],
    },
    Meaning {
        id: "handshake_failed",
        title: "The handshake fails, and fits no known pattern",
        means: "TLS began and did not come to its end; what was seen does not say why.",
        causes: &[
            "A rule of the server's that it does not tell: its log has the reason.",
            "A middlebox that alters the handshake.",
            "A bug on one side: try the other version of TLS.",
        ],
        commands: &["tlsmith connect HOST --trace", "tlsmith connect HOST --max 1.2", "tlsmith doctor HOST"],
        codes: &["doctor.handshake_failed"],
        texts: &[
            noted("Oracle", "ORA-28860", "Fatal SSL error; sqlnet.log and a trace (ssl_debug) say more."),
            vague(
                "HAProxy",
                "SSL handshake failure",
                "In HAProxy's log; `log-format` with %[ssl_fc_err_str] says why.",
            ),
            vague("PHP", "Failed to enable crypto", "The reason stands in the warning before it."),
            vague("Python", "SSLError", "The reason stands behind it."),
            vague("Java", "javax.net.ssl.SSLHandshakeException", "The reason stands behind it, or in \"Caused by\"."),
        ],
    },
];
