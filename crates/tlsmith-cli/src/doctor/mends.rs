//! The line to write or the command to run, for the servers that are met most: a row a cause and product.

use super::{causes::Cause, rules::Mend};

const CHAIN: &[(&str, &str)] = &[
    ("nginx", "ssl_certificate /etc/ssl/fullchain.pem;   # leaf, then intermediates; then: nginx -s reload"),
    ("Apache", "SSLCertificateFile /etc/ssl/fullchain.pem   # leaf, then intermediates; then: apachectl graceful"),
    ("HAProxy", "bind :443 ssl crt /etc/ssl/site.pem   # leaf, intermediates and key in one file"),
    ("Caddy", "tls /etc/ssl/fullchain.pem /etc/ssl/site.key"),
    ("certbot", "use live/NAME/fullchain.pem, not cert.pem"),
];
const RENEW: &[(&str, &str)] = &[
    ("certbot", "certbot renew --deploy-hook 'nginx -s reload'"),
    ("acme.sh", "acme.sh --renew -d NAME && nginx -s reload"),
    ("Caddy", "renews by itself: look for \"tls.obtain\" and \"tls.renew\" in its log"),
];
const RELOAD: &[(&str, &str)] = &[
    ("nginx", "nginx -t && nginx -s reload"),
    ("Apache", "apachectl configtest && apachectl graceful"),
    ("HAProxy", "systemctl reload haproxy"),
    ("Caddy", "caddy reload"),
];
const VERSIONS: &[(&str, &str)] = &[
    ("nginx", "ssl_protocols TLSv1.2 TLSv1.3;"),
    ("Apache", "SSLProtocol -all +TLSv1.2 +TLSv1.3"),
    ("HAProxy", "ssl-default-bind-options ssl-min-ver TLSv1.2"),
];
const SUITES: &[(&str, &str)] = &[
    ("nginx", "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;"),
    ("Apache", "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20"),
    ("HAProxy", "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20"),
];
const GROUPS: &[(&str, &str)] = &[
    ("nginx", "ssl_ecdh_curve X25519:prime256v1:secp384r1;"),
    ("Apache", "SSLOpenSSLConfCmd Groups X25519:P-256:P-384"),
    ("HAProxy", "ssl-default-bind-curves X25519:P-256:P-384"),
];
const SIGNATURES: &[(&str, &str)] = &[
    ("nginx", "ssl_conf_command SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256;"),
    ("Apache", "SSLOpenSSLConfCmd SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256"),
    ("HAProxy", "ssl-default-bind-sigalgs ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256"),
];
const PROXY_HEADER: &[(&str, &str)] = &[
    ("nginx", "listen 443 ssl proxy_protocol;   # takes nobody who sends no PROXY header: drop the word"),
    ("HAProxy", "bind :443 accept-proxy ...   # the same; who connects to it needs: server ... send-proxy-v2"),
];
const TLS_ON: &[(&str, &str)] = &[
    ("nginx", "listen 443 ssl;   # the word ssl is what is missing"),
    ("Apache", "SSLEngine on   # in the <VirtualHost *:443>"),
    ("HAProxy", "bind :443 ssl crt /etc/ssl/site.pem"),
];
const VIRTUAL_HOST: &[(&str, &str)] = &[
    ("nginx", "server { listen 443 ssl; server_name NAME; ssl_certificate ...; }"),
    ("Apache", "<VirtualHost *:443> ServerName NAME ... </VirtualHost>; apachectl -S shows who is the default"),
    ("HAProxy", "bind :443 ssl crt /etc/ssl/sites/   # a directory: one file a certificate, chosen by its names"),
    ("Caddy", "NAME { ... }"),
];
const STAPLE: &[(&str, &str)] = &[
    ("nginx", "ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate /etc/ssl/chain.pem; resolver ...;"),
    ("Apache", "SSLUseStapling On; SSLStaplingCache shmcb:/run/ocsp(128000)"),
    ("HAProxy", "crt-list with [ocsp-update on]"),
];
const CLIENT_OPTIONAL: &[(&str, &str)] = &[
    ("nginx", "ssl_verify_client optional;"),
    ("Apache", "SSLVerifyClient optional"),
    ("HAProxy", "bind ... verify optional ca-file /etc/ssl/client-ca.pem"),
    ("curl", "curl --cert CLIENT.pem --key CLIENT.key ..."),
];
const CLIENT_CA: &[(&str, &str)] = &[
    ("nginx", "ssl_client_certificate /etc/ssl/client-ca.pem;   # add the CA; ssl_verify_depth 2; with intermediates"),
    ("Apache", "SSLCACertificateFile /etc/ssl/client-ca.pem"),
    ("HAProxy", "bind ... ca-file /etc/ssl/client-ca.pem"),
];
const KEY: &[(&str, &str)] = &[
    ("nginx", "ssl_certificate and ssl_certificate_key of the same pair, in the same server block"),
    ("Apache", "SSLCertificateFile and SSLCertificateKeyFile of the same pair"),
    ("HAProxy", "certificate and key of one pair in the file of crt"),
];

/// What can be said of a cause.
pub(crate) fn of(cause: Cause) -> Vec<Mend> {
    let rows = match cause {
        Cause::MissingIntermediate | Cause::WrongIntermediate | Cause::WrongOrder | Cause::ExtraCertificate => CHAIN,
        Cause::ExpiredLeaf | Cause::ExpiresSoon => RENEW,
        Cause::StaleCertificate => RELOAD,
        Cause::OldTlsOnly | Cause::Ssl3Only => VERSIONS,
        Cause::NoCommonSuite => SUITES,
        Cause::NoCommonGroup => GROUPS,
        Cause::NoCommonSignature => SIGNATURES,
        Cause::ConnectionReset | Cause::ClosedWithoutAlert => PROXY_HEADER,
        Cause::PlainHttp => TLS_ON,
        Cause::WrongVirtualHost | Cause::UnknownName => VIRTUAL_HOST,
        Cause::MustStaple | Cause::BadStaple => STAPLE,
        Cause::ClientCertificateRequired => CLIENT_OPTIONAL,
        Cause::ClientCertificateUnknownCa => CLIENT_CA,
        Cause::KeyMismatch => KEY,
        _ => &[],
    };
    rows.iter().map(|(product, text)| Mend { product: (*product).to_owned(), text: (*text).to_owned() }).collect()
}
