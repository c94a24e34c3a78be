//! What servers, proxies and ACME clients say of their own setup.

use super::{Meaning, text, vague};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "no_certificate_configured",
        title: "The server listens for TLS and has no certificate",
        means: "A virtual host was told to speak TLS and has nothing to show.",
        causes: &[
            "ssl_certificate and ssl_certificate_key are missing in this server block or above it.",
            "Another server block on the same port became the default.",
            "The certificate could not be loaded at start: look further up in the log.",
        ],
        commands: &["nginx -T | grep -n ssl_certificate", "tlsmith doctor HOST"],
        codes: &["config.no_identity", "certificate.no_chain", "certificate.none_from_server"],
        texts: &[
            text("nginx", "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive"),
            text("nginx", "no \"ssl_certificate\" is defined in server listening on SSL port"),
            text("OpenSSL", "no certificate assigned"),
            text("OpenSSL", "no certificate set"),
            text("Go", "tls: no certificates configured"),
            text("Go", "tls: neither Certificates, GetCertificate, nor GetConfigForClient set in Config"),
            text("Apache", "AH02572"),
            text("Java", "No available authentication scheme"),
        ],
    },
    Meaning {
        id: "no_secret_yet",
        title: "The proxy has not been given its certificate yet",
        means: "Envoy (Istio, Contour) waits for the certificate from its control plane (SDS); until then the listener or cluster does not speak TLS.",
        causes: &[
            "The control plane cannot be reached, or has no such secret (a name or namespace that is wrong).",
            "The secret is there and not readable for the proxy, or its content is not valid.",
            "It is the first seconds after the start.",
        ],
        commands: &["istioctl proxy-config secret POD", "kubectl get secret", "tlsmith connect HOST"],
        codes: &[],
        texts: &[text("Envoy", "Secret is not supplied by SDS")],
    },
    Meaning {
        id: "origin_certificate",
        title: "The proxy does not accept the origin's certificate",
        means: "A CDN or load balancer reached the origin server and did not trust what it showed.",
        causes: &[
            "The origin's certificate has expired, is self-signed, or is for another name.",
            "Strict mode of the CDN with a private certificate: use one of a public CA or of the CDN's own origin CA.",
        ],
        commands: &["tlsmith doctor ADDRESS --servername HOST"],
        codes: &["certificate.expired", "certificate.name_mismatch"],
        texts: &[
            text("Cloudflare", "Error 526"),
            vague("nginx", "502 Bad Gateway", "With https:// upstreams: error.log says whether it was TLS."),
        ],
    },
    Meaning {
        id: "acme",
        title: "The CA did not issue the certificate",
        means: "An ACME client (certbot, acme.sh, Caddy, cert-manager) could not prove that the name is yours, or the CA refused.",
        causes: &[
            "Port 80 (http-01) or 443 (tls-alpn-01) does not lead to the ACME client from the Internet; an AAAA record leads elsewhere.",
            "The TXT record _acme-challenge (dns-01) is missing, or not yet visible.",
            "A CAA record forbids this CA.",
            "A rate limit: too many certificates or failures for this name in a week; use the staging CA for trials.",
        ],
        commands: &[
            "curl -v http://HOST/.well-known/acme-challenge/test",
            "dig +short TXT _acme-challenge.HOST",
            "dig +short CAA HOST",
            "tlsmith connect HOST --alpn acme-tls/1",
        ],
        codes: &[],
        texts: &[
            text("ACME", "urn:ietf:params:acme:error:unauthorized"),
            text("ACME", "urn:ietf:params:acme:error:connection"),
            text("ACME", "urn:ietf:params:acme:error:dns"),
            text("ACME", "urn:ietf:params:acme:error:caa"),
            text("ACME", "urn:ietf:params:acme:error:rateLimited"),
            text("ACME", "urn:ietf:params:acme:error:badNonce"),
            text("certbot", "Some challenges have failed"),
            text("certbot", "Failed to renew certificate"),
        ],
    },
    Meaning {
        id: "insecure_off",
        title: "Verification is switched off",
        means: "A program warns that it does not check certificates: anyone on the way can read and alter what it sends.",
        causes: &["verify=False, rejectUnauthorized: false, curl -k or InsecureSkipVerify, left from a test."],
        commands: &["tlsmith doctor HOST", "tlsmith connect HOST --ca ca.pem"],
        codes: &[],
        texts: &[
            text("Python", "InsecureRequestWarning"),
            text("Python", "Unverified HTTPS request is being made"),
            text("Node", "NODE_TLS_REJECT_UNAUTHORIZED"),
        ],
    },
    Meaning {
        id: "several_servers",
        title: "The addresses of one name do not serve the same",
        means: "A name has several addresses (IPv4 and IPv6, a round robin), and not all of the servers behind them have the same certificate.",
        causes: &[
            "A renewal reached one of the machines only, or one of them was not reloaded.",
            "The AAAA record leads to an old machine that nobody looks at.",
            "A load balancer and a server of one's own behind the same name.",
        ],
        commands: &["tlsmith doctor HOST", "getent ahosts HOST"],
        codes: &["doctor.different_certificates"],
        texts: &[],
    },
    Meaning {
        id: "other_certificate",
        title: "The server serves another certificate than that of the file",
        means: "The certificate in the file and the one that the server shows differ, and neither is simply an older one of the other's kind.",
        causes: &[
            "The server reads another file than the one that was compared.",
            "Another virtual host, or a proxy or CDN before the server, answers with a certificate of its own.",
            "The file is of another host.",
        ],
        commands: &["tlsmith cert diff HOST /etc/ssl/fullchain.pem", "nginx -T | grep -n ssl_certificate"],
        codes: &["doctor.other_certificate"],
        texts: &[],
    },
];
