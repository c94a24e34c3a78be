//! Mutual TLS: the server's view of the client's certificate.

use super::{Meaning, noted, text};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "client_certificate_required",
        title: "The server wants a client certificate and got none",
        means: "The server demands mutual TLS. In TLS 1.3 the refusal comes after the client's handshake is done, so it shows at the first read.",
        causes: &[
            "The client is configured without certificate and key.",
            "It has one, but from none of the CAs that the server names (certificate_authorities), so it showed nothing.",
            "A proxy in between ends TLS and forwards without the client's certificate.",
        ],
        commands: &[
            "tlsmith connect HOST --cert client.pem --key client.key",
            "tlsmith connect HOST -v",
            "tlsmith doctor HOST",
        ],
        codes: &[
            "certificate.required",
            "certificate.none_from_client",
            "alert.certificate_required",
            "doctor.client_certificate_required",
        ],
        texts: &[
            noted("OpenSSL", "tlsv13 alert certificate required", "SSL alert number 116."),
            noted("OpenSSL", "peer did not return a certificate", "In a server's log."),
            noted(
                "nginx",
                "No required SSL certificate was sent",
                "HTTP 400 over a good connection (nginx's code 496): ssl_verify_client on.",
            ),
            text("Java", "Received fatal alert: certificate_required"),
            text("Java", "Empty client certificate chain"),
            noted(
                "Java",
                "Received fatal alert: bad_certificate",
                "From a server of TLS 1.2 this often means: no certificate was shown, or one of an unknown CA.",
            ),
            text("Go", "remote error: tls: certificate required"),
            text("Go", "tls: client didn't provide a certificate"),
            text("Firefox", "SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT"),
            text("Chrome", "ERR_SSL_CLIENT_AUTH_CERT_NEEDED"),
            text("rustls", "peer sent no certificates"),
            text("PostgreSQL", "connection requires a valid client certificate"),
            text("GnuTLS", "No certificate was found"),
            noted("curl", "curl: (98)", "CURLE_SSL_CLIENTCERT."),
            text("curl", "SSL Client Certificate required"),
        ],
    },
    Meaning {
        id: "unknown_ca",
        title: "The peer does not know the CA of the certificate that was shown",
        means: "The alert unknown_ca comes from the side that judges: a server that does not trust the client's CA, or a client that does not trust the server's.",
        causes: &[
            "In a client: its certificate comes from another CA than the server trusts, or its intermediate was not sent along.",
            "In a server's log: the client does not trust the server's chain; a missing intermediate or a private CA.",
            "The CA was renewed on one side only.",
        ],
        commands: &[
            "tlsmith cert verify client.pem --ca ca.pem --purpose client",
            "tlsmith connect HOST --cert client-fullchain.pem --key client.key",
            "tlsmith doctor HOST",
        ],
        codes: &["alert.unknown_ca", "certificate.unknown_issuer", "doctor.client_certificate_unknown_ca"],
        texts: &[
            noted("OpenSSL", "tlsv1 alert unknown ca", "SSL alert number 48."),
            text("Python", "TLSV1_ALERT_UNKNOWN_CA"),
            text("Java", "Received fatal alert: unknown_ca"),
            text("Go", "remote error: tls: unknown certificate authority"),
            text("Firefox", "SSL_ERROR_UNKNOWN_CA_ALERT"),
            text("rustls", "received fatal alert: UnknownCA"),
        ],
    },
    Meaning {
        id: "bad_certificate",
        title: "The peer did not accept the certificate that was shown",
        means: "The alerts bad_certificate and certificate_unknown come from the side that judges the certificate, and do not say what it did not like.",
        causes: &[
            "In a server's log: a client does not trust the server's certificate, and left. Often a user who saw a browser's warning.",
            "In a client: its own certificate is expired, revoked, for servers only (EKU without clientAuth), or of an unknown CA.",
            "A pinned certificate was renewed.",
        ],
        commands: &[
            "tlsmith doctor HOST",
            "tlsmith doctor HOST --cert client.pem --key client.key",
            "tlsmith cert verify client.pem --ca ca.pem --purpose client",
        ],
        codes: &["alert.bad_certificate", "alert.certificate_unknown"],
        texts: &[
            noted("OpenSSL", "sslv3 alert bad certificate", "SSL alert number 42."),
            noted(
                "OpenSSL",
                "sslv3 alert certificate unknown",
                "SSL alert number 46: what Chrome and Java say when they do not trust.",
            ),
            text("Go", "remote error: tls: bad certificate"),
            text("Go", "remote error: tls: unknown certificate"),
            text("Firefox", "SSL_ERROR_BAD_CERT_ALERT"),
            text("Java", "Received fatal alert: certificate_unknown"),
            text("rustls", "received fatal alert: BadCertificate"),
            text("rustls", "received fatal alert: CertificateUnknown"),
            text("OpenSSL", "ssl/tls alert bad certificate"),
            text("OpenSSL", "ssl/tls alert certificate unknown"),
        ],
    },
    Meaning {
        id: "access_denied",
        title: "The peer knows the certificate and does not let it in",
        means: "The alert access_denied: the certificate is valid, and a rule of the application says no.",
        causes: &[
            "The client's name is not on the server's list.",
            "A firewall or a service mesh refuses this identity.",
        ],
        commands: &["tlsmith cert show client.pem"],
        codes: &["alert.access_denied"],
        texts: &[
            text("OpenSSL", "tlsv1 alert access denied"),
            text("Go", "remote error: tls: access denied"),
            text("Java", "Received fatal alert: access_denied"),
        ],
    },
    Meaning {
        id: "client_certificate_load",
        title: "The client's certificate or key could not be loaded",
        means: "The program that was to show a client certificate could not read the files, or they do not belong together.",
        causes: &[
            "A wrong path, or no right to read the key.",
            "The key is encrypted and no passphrase was given.",
            "A PKCS#12 file where PEM is expected, or the other way round.",
        ],
        commands: &["tlsmith cert match client.pem client.key", "tlsmith convert client.p12 --to pem --out client.pem"],
        codes: &["config.key_unreadable", "config.certificate_unreadable"],
        texts: &[
            noted("curl", "curl: (58)", "CURLE_SSL_CERTPROBLEM."),
            text("curl", "unable to set private key file"),
            text("curl", "could not load PEM client certificate"),
            text("curl", "Problem with the local SSL certificate"),
        ],
    },
];
