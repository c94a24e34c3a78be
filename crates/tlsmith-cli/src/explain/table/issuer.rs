//! Who signed it: chains that do not end at a root that is trusted.

use super::{Meaning, general, noted, text};

const JAVA_STORE: &str = "Java trusts its own store, not the system's: keytool -importcert -cacerts -alias NAME -file ca.pem, or \
                          -Djavax.net.ssl.trustStore=FILE.";
const NODE_STORE: &str = "Node has Mozilla's roots built in and does not read the system's store: NODE_EXTRA_CA_CERTS=ca.pem, or node --use-system-ca.";
const PYTHON_STORE: &str = "Python's ssl uses OpenSSL's default paths, requests the certifi package: SSL_CERT_FILE=ca.pem, REQUESTS_CA_BUNDLE=ca.pem; on \
                            macOS run \"Install Certificates.command\".";
const GO_STORE: &str =
    "Go reads the system's store, and SSL_CERT_FILE or SSL_CERT_DIR if set; an image FROM scratch has no store at all.";

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "unknown_issuer",
        title: "The certificate's issuer is not known",
        means: "No path leads from the server's certificate to a root that this program trusts: either the server left out an intermediate, or \
                the root is one that is not in the program's store.",
        causes: &[
            "The server sends its own certificate without the intermediate. Browsers that have seen the intermediate elsewhere do not complain, everybody else does.",
            "The root belongs to a private CA (a company's, a test's) that was not added to the store of this program.",
            "A proxy or antivirus on the way signs certificates itself, and its CA is not trusted here.",
            "The store is old or missing: an image without ca-certificates, an end-of-life system without today's roots.",
        ],
        commands: &[
            "tlsmith doctor HOST",
            "tlsmith cert verify HOST --aia",
            "tlsmith connect HOST --ca ca.pem",
            "tlsmith cert chain cert.pem --aia --out fullchain.pem",
        ],
        codes: &[
            "certificate.unknown_issuer",
            "certificate.missing_intermediate",
            "doctor.missing_intermediate",
            "doctor.private_ca",
            "doctor.certificate_refused",
            "certificate.extra_certificate",
            "doctor.extra_certificate",
            "certificate.wrong_order",
            "doctor.wrong_order",
        ],
        texts: &[
            noted(
                "OpenSSL",
                "unable to get local issuer certificate",
                "Verify error 20: the issuer of a certificate was not found in the store or in what was sent.",
            ),
            noted(
                "OpenSSL",
                "unable to verify the first certificate",
                "Verify error 21: only the leaf was sent and its issuer is not in the store; nearly always a missing intermediate.",
            ),
            noted(
                "OpenSSL",
                "unable to get issuer certificate",
                "Verify error 2: an intermediate was found, the one above it was not.",
            ),
            general("Python", "CERTIFICATE_VERIFY_FAILED", PYTHON_STORE),
            general(
                "OpenSSL",
                "certificate verify failed",
                "The general message: the reason stands behind it, or in the verify return code.",
            ),
            general(
                "curl",
                "SSL certificate problem",
                "The reason stands behind it; curl's exit code is 60. --cacert FILE adds a CA; -k hides the problem and does not mend it.",
            ),
            general("curl", "curl: (60)", "CURLE_PEER_FAILED_VERIFICATION: the reason stands in the message."),
            text("curl", "Peer certificate cannot be authenticated with given CA certificates"),
            noted(
                "Chrome",
                "ERR_CERT_AUTHORITY_INVALID",
                "chrome://certificate-manager shows what Chrome trusts; on Linux it has its own store besides (certutil -d sql:$HOME/.pki/nssdb).",
            ),
            noted(
                "Firefox",
                "SEC_ERROR_UNKNOWN_ISSUER",
                "Firefox has its own store; it finds intermediates that it knows in advance, so what fails elsewhere can work here.",
            ),
            text("Firefox", "SEC_ERROR_UNTRUSTED_ISSUER"),
            noted("Java", "PKIX path building failed", JAVA_STORE),
            noted("Java", "unable to find valid certification path to requested target", JAVA_STORE),
            noted("Java", "Path does not chain with any of the trust anchors", JAVA_STORE),
            noted(
                "Android",
                "Trust anchor for certification path not found",
                "Android fetches no intermediates, and apps trust user-installed CAs only if their network security configuration says so.",
            ),
            noted("Go", "x509: certificate signed by unknown authority", GO_STORE),
            general("Go", "tls: failed to verify certificate", "The reason stands behind it."),
            noted(
                "Docker",
                "certificate signed by unknown authority",
                "For a private registry put its CA into /etc/docker/certs.d/HOST:PORT/ca.crt.",
            ),
            noted("Node", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", NODE_STORE),
            noted("Node", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", NODE_STORE),
            noted("Node", "UNABLE_TO_GET_ISSUER_CERT", NODE_STORE),
            text("GnuTLS", "The certificate issuer is unknown"),
            general("GnuTLS", "Error in the certificate verification", ""),
            noted(
                "rustls",
                "invalid peer certificate: UnknownIssuer",
                "rustls trusts what the program gave it: often webpki-roots, which knows no private CA, instead of the platform's store.",
            ),
            noted(
                "git",
                "server certificate verification failed. CAfile",
                "git config http.sslCAInfo FILE names a CA for git alone.",
            ),
            general(
                "Envoy",
                "OPENSSL_internal:CERTIFICATE_VERIFY_FAILED",
                "The words of BoringSSL: Envoy, Istio, gRPC, Chromium.",
            ),
            text("wget", "cannot verify"),
            text("Windows", "SEC_E_UNTRUSTED_ROOT"),
            text("Windows", "A certificate chain processed, but terminated in a root certificate which is not trusted"),
            text(".NET", "RemoteCertificateChainErrors"),
            general(".NET", "The remote certificate is invalid", ""),
            text(".NET", "Could not establish trust relationship for the SSL/TLS secure channel"),
            noted("Apple", "NSURLErrorServerCertificateUntrusted", "NSURLErrorDomain -1202."),
            text("Apple", "errSSLXCertChainInvalid"),
            text("nginx", "upstream SSL certificate verify error"),
            text("Postfix", "Untrusted TLS connection established"),
        ],
    },
    Meaning {
        id: "self_signed",
        title: "The certificate signed itself",
        means: "The server's certificate has no issuer but itself. Nobody vouches for it, and it is not in the store as trusted.",
        causes: &[
            "A default or test certificate is served: the real one was not installed, or another virtual host answers.",
            "It is meant to be so (an appliance, a lab) and was never added to this program's store.",
            "Somebody in between answers in the server's place.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith cert show HOST", "tlsmith connect HOST --ca cert.pem"],
        codes: &["certificate.self_signed", "doctor.self_signed"],
        texts: &[
            noted("OpenSSL", "self-signed certificate", "Verify error 18: the leaf itself."),
            noted("OpenSSL", "self signed certificate", "Verify error 18, in the spelling before OpenSSL 3."),
            text("Node", "DEPTH_ZERO_SELF_SIGNED_CERT"),
            text("Firefox", "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT"),
        ],
    },
    Meaning {
        id: "root_not_trusted",
        title: "The chain ends at a root that is not trusted",
        means: "The server sent a chain up to its root, and that root is not in the store of this program.",
        causes: &[
            "A private CA (of a company, a cluster, a test) that this program was not told to trust.",
            "A proxy or antivirus inspects the traffic and signs with its own root.",
            "The public root was distrusted, or is newer than the store.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith cert show HOST", "tlsmith connect HOST --ca ca.pem"],
        codes: &["certificate.unknown_issuer"],
        texts: &[
            noted("OpenSSL", "self-signed certificate in certificate chain", "Verify error 19."),
            noted(
                "OpenSSL",
                "self signed certificate in certificate chain",
                "Verify error 19, in the spelling before OpenSSL 3.",
            ),
            noted("Node", "SELF_SIGNED_CERT_IN_CHAIN", NODE_STORE),
            text("OpenSSL", "certificate not trusted"),
            text("OpenSSL", "certificate rejected"),
            text("Windows", "CERT_E_UNTRUSTEDROOT"),
        ],
    },
    Meaning {
        id: "interception",
        title: "Something on the way inspects the connection",
        means: "The certificate was made by a program between here and the server (a company's proxy, an antivirus, a captive portal), not by the server's CA.",
        causes: &[
            "A TLS-inspecting proxy or antivirus whose root is not installed in this program's store.",
            "A captive portal that wants a login first.",
            "An attacker.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith cert show HOST"],
        codes: &["doctor.middlebox"],
        texts: &[
            text("Firefox", "MOZILLA_PKIX_ERROR_MITM_DETECTED"),
            noted(
                "Chrome",
                "ERR_CERT_KNOWN_INTERCEPTION_BLOCKED",
                "A root that is known to be used for interception against its users' will.",
            ),
            text("Chrome", "ERR_SSL_UNRECOGNIZED_NAME_ALERT_INTERCEPTION"),
        ],
    },
    Meaning {
        id: "bad_signature",
        title: "A signature in the chain does not hold",
        means: "The issuer's key did not make the signature on a certificate: it was altered, or the intermediate sent is another one of the same name.",
        causes: &[
            "The intermediate is that of an older or newer CA key with the same name.",
            "The CA was made anew under its old name, and the old root is still trusted here (typical for private CAs).",
            "A file was damaged or edited.",
        ],
        commands: &[
            "tlsmith doctor HOST",
            "tlsmith cert verify HOST",
            "tlsmith cert chain cert.pem --aia --out fullchain.pem",
        ],
        codes: &[
            "certificate.bad_signature",
            "certificate.wrong_intermediate",
            "doctor.bad_signature",
            "doctor.wrong_intermediate",
        ],
        texts: &[
            noted("OpenSSL", "certificate signature failure", "Verify error 7."),
            text("Firefox", "SEC_ERROR_BAD_SIGNATURE"),
            text("Java", "signature check failed"),
            text("Java", "Signature does not match"),
            text("Go", "crypto/rsa: verification error"),
            text("Go", "x509: ECDSA verification failure"),
            text("rustls", "invalid peer certificate: BadSignature"),
        ],
    },
    Meaning {
        id: "no_roots",
        title: "The program has no trusted roots at all",
        means: "The store of trusted certificates is empty or was not found, so that every server is unknown.",
        causes: &[
            "The package ca-certificates is missing (small container images).",
            "A path points nowhere: --cacert, SSL_CERT_FILE, CURL_CA_BUNDLE, javax.net.ssl.trustStore.",
            "The trust store has another type or password than configured.",
        ],
        commands: &["tlsmith connect HOST", "tlsmith connect HOST --roots mozilla"],
        codes: &["usage.roots"],
        texts: &[
            text("curl", "error setting certificate verify locations"),
            text("curl", "error adding trust anchors from file"),
            noted("curl", "curl: (77)", "CURLE_SSL_CACERT_BADFILE."),
            text("curl", "Problem with the SSL CA cert"),
            noted(
                "Java",
                "the trustAnchors parameter must be non-empty",
                "The file of javax.net.ssl.trustStore was not found, or cacerts is empty (Debian: apt install --reinstall ca-certificates-java).",
            ),
            text("Go", "x509: failed to load system roots and no roots provided"),
        ],
    },
    Meaning {
        id: "not_a_ca",
        title: "A certificate that is no CA has issued another",
        means: "A certificate in the chain stands as issuer without being allowed to: basicConstraints does not say CA, or the key usage does not say keyCertSign.",
        causes: &[
            "A leaf or a self-made certificate was used to sign others without CA:TRUE.",
            "An old private CA of version 1, without extensions.",
        ],
        commands: &["tlsmith cert verify HOST", "tlsmith cert show ca.pem -v"],
        codes: &["certificate.not_a_ca", "certificate.key_usage", "doctor.not_a_ca"],
        texts: &[
            noted("OpenSSL", "invalid CA certificate", "Verify error 79 (24 before OpenSSL 3)."),
            noted("OpenSSL", "key usage does not include certificate signing", "Verify error 32."),
            text("Go", "x509: certificate is not authorized to sign other certificates"),
            text("Go", "x509: invalid signature: parent certificate cannot sign this kind of certificate"),
            text("Firefox", "SEC_ERROR_CA_CERT_INVALID"),
            text("Java", "basic constraints check failed"),
        ],
    },
    Meaning {
        id: "ca_as_leaf",
        title: "A CA's certificate is used as a server's",
        means: "The server shows a certificate with CA:TRUE: a root or intermediate instead of one that was issued for it.",
        causes: &[
            "A self-signed certificate made with `openssl req -x509`, which makes a CA by default.",
            "The wrong file was configured: the CA's instead of the server's.",
        ],
        commands: &[
            "tlsmith cert show HOST",
            "tlsmith cert self-signed localhost --out-cert cert.pem --out-key key.pem",
        ],
        codes: &["certificate.leaf_is_ca"],
        texts: &[text("Firefox", "MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY"), text("rustls", "CaUsedAsEndEntity")],
    },
    Meaning {
        id: "path_limits",
        title: "The chain breaks a limit that a CA in it set",
        means: "A CA in the chain allows fewer CAs below itself, or other names, than there are.",
        causes: &[
            "pathlen:0 in the issuer's certificate, and another CA below it.",
            "Name constraints: the CA may issue for certain domains only, and this name is outside.",
            "The chain is longer than the program goes.",
        ],
        commands: &["tlsmith cert verify HOST", "tlsmith cert show HOST -v"],
        codes: &[
            "certificate.path_length",
            "certificate.name_constraints",
            "certificate.path_too_long",
            "certificate.budget_exhausted",
            "certificate.policy",
            "doctor.path_length",
            "doctor.name_constraints",
        ],
        texts: &[
            noted("OpenSSL", "path length constraint exceeded", "Verify error 25."),
            noted("OpenSSL", "permitted subtree violation", "Verify error 47."),
            noted("OpenSSL", "excluded subtree violation", "Verify error 48."),
            noted("OpenSSL", "certificate chain too long", "Verify error 22."),
            text("Chrome", "ERR_CERT_NAME_CONSTRAINT_VIOLATION"),
            text("Firefox", "SEC_ERROR_CERT_NOT_IN_NAME_SPACE"),
            text("Firefox", "SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID"),
            text("Go", "is not permitted by any constraint"),
            text("Go", "x509: too many intermediates for path length constraint"),
            text("nginx", "certificate chain too long"),
        ],
    },
];
