//! What a server sends beside its own certificate, and CAs of one's own.

use super::{Meaning, noted, text, vague};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "wrong_order",
        title: "The certificates are sent in the wrong order",
        means: "Each certificate has to be followed by the one that signed it (in TLS 1.2 a rule, RFC 5246 §7.4.2); these stand otherwise. Many clients sort them, some give up.",
        causes: &[
            "The files were put together in the wrong order: first the server's own certificate, then its issuer, and so on up.",
            "A CA's bundle is written with the root on top, and was appended as it was.",
        ],
        commands: &["tlsmith cert chain fullchain.pem --out ordered.pem", "tlsmith cert show HOST"],
        codes: &["certificate.wrong_order", "doctor.wrong_order"],
        texts: &[],
    },
    Meaning {
        id: "extra_certificate",
        title: "The server sends certificates that are not needed",
        means: "Beside the path from the server's certificate to a root there are others: the root itself, one twice, or one of another chain. It works, and costs bytes in each handshake.",
        causes: &[
            "The root was put into the file: clients have it, or do not trust it because it was sent.",
            "After a change of the CA the old intermediate was left in the file.",
            "Two bundles were put together and hold the same certificate.",
        ],
        commands: &["tlsmith cert chain fullchain.pem --out clean.pem", "tlsmith cert show HOST"],
        codes: &["certificate.extra_certificate", "certificate.root_sent", "doctor.extra_certificate"],
        texts: &[],
    },
    Meaning {
        id: "certificate_refused",
        title: "The certificate was not accepted",
        means: "Verification said no. The reason stands beside it (in the finding, the cause of the exception, the lines before), or the program does not say.",
        causes: &[
            "The chain does not end at a root that is trusted: a missing intermediate, a private CA.",
            "The name, the dates or the purpose do not fit.",
            "The server showed no certificate at all (anonymous suites, a broken session).",
            "A check of the program's own said no: a pin, a callback, a policy.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith cert verify HOST", "tlsmith cert show HOST -v"],
        codes: &["doctor.certificate_refused"],
        texts: &[
            noted(
                "Java",
                "SSLPeerUnverifiedException: peer not authenticated",
                "Old Java and Apache HttpClient say so for any failed verification: the exception before it has the reason (-Djavax.net.debug=ssl).",
            ),
            vague("Java", "peer not authenticated", ""),
            vague("Java", "javax.net.ssl.SSLPeerUnverifiedException", "The reason stands behind it."),
            noted(
                ".NET",
                "rejected by the provided RemoteCertificateValidationCallback",
                "The program's own check returned false: log its argument sslPolicyErrors, and the chain's ChainStatus.",
            ),
            text("Windows", "SEC_E_CERT_UNKNOWN"),
            text("Windows", "0x80090327"),
            text("Windows", "An unknown error occurred while processing the certificate"),
        ],
    },
    Meaning {
        id: "private_ca",
        title: "The certificate is of a private CA that is not trusted here",
        means: "The chain is complete and ends at a root that is in no public store: a company's, a cluster's or a test's own CA.",
        causes: &[
            "The CA's root was not added to the store of this program (Java, Node, Python and Firefox have stores of their own).",
            "The CA's root was made anew, and the store has the old one.",
            "It should be a public certificate: the server was given the internal one.",
        ],
        commands: &["tlsmith connect HOST --ca ca.pem", "tlsmith cert show HOST", "tlsmith doctor HOST"],
        codes: &["doctor.private_ca"],
        texts: &[],
    },
    Meaning {
        id: "default_certificate",
        title: "An ingress shows its built-in certificate",
        means: "The proxy found no certificate for this name and answers with the self-signed one that it makes at its start.",
        causes: &[
            "The Ingress (or router) names no TLS secret for this host, or the host's name is spelled otherwise there.",
            "The secret is missing, in another namespace, or holds a certificate and key that do not fit.",
            "cert-manager or the ACME resolver has not got the certificate yet.",
            "The client sent no SNI, or asks by address.",
        ],
        commands: &["tlsmith doctor HOST", "kubectl describe ingress", "tlsmith connect ADDRESS --servername HOST"],
        codes: &[],
        texts: &[
            text("Kubernetes", "Kubernetes Ingress Controller Fake Certificate"),
            text("Traefik", "TRAEFIK DEFAULT CERT"),
        ],
    },
    Meaning {
        id: "same_serial",
        title: "Two certificates of one issuer have the same serial number",
        means: "A CA may use a serial number once (RFC 5280 §4.1.2.2). The browser has seen another certificate with this issuer and number, and refuses the new one.",
        causes: &[
            "The same serial number was used twice: an appliance that makes a new certificate with number 1 at each reset.",
            "Two devices of a kind with a built-in CA of the same name.",
            "A private CA whose counter was set back (a lost serial file).",
        ],
        commands: &["tlsmith cert show HOST", "tlsmith cert diff HOST old.pem"],
        codes: &[],
        texts: &[noted(
            "Firefox",
            "SEC_ERROR_REUSED_ISSUER_AND_SERIAL",
            "Remove the old certificate from the browser: settings, View Certificates, Servers and Authorities.",
        )],
    },
    Meaning {
        id: "issuer_demanded",
        title: "The issuer is not the one that was demanded",
        means: "The program was told which CA has to have issued the certificate, and it is another.",
        causes: &[
            "The server changed its CA, or the CA its intermediate.",
            "The file of the demanded issuer holds the root instead of the intermediate that signed.",
            "A proxy on the way signs with a CA of its own.",
        ],
        commands: &["tlsmith cert show HOST -v"],
        codes: &[],
        texts: &[
            noted("curl", "curl: (83)", "CURLE_SSL_ISSUER_ERROR: the check of CURLOPT_ISSUERCERT."),
            text("curl", "Issuer check against peer certificate failed"),
        ],
    },
    Meaning {
        id: "browser_warning",
        title: "The browser does not trust the certificate",
        means: "The page that browsers show before every untrusted certificate; the reason is the code below it (ERR_CERT_..., SEC_ERROR_...): explain that.",
        causes: &[
            "The certificate has expired, is for another name, or its CA is not known to the browser.",
            "A proxy, antivirus or captive portal answers instead of the server.",
            "The clock of this machine is wrong.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith cert show HOST", "date -u"],
        codes: &[],
        texts: &[
            vague("Chrome", "Your connection is not private", "The code NET::ERR_CERT_... stands below, in grey."),
            vague("Firefox", "Potential Security Risk Ahead", "\"Advanced...\" shows the code."),
            vague("Firefox", "Your connection is not secure", "\"Advanced\" shows the code."),
            vague("Safari", "This Connection Is Not Private", "\"Show Details\" has the certificate."),
            vague("Edge", "Your connection isn't private", "The code stands below, in grey."),
        ],
    },
];
