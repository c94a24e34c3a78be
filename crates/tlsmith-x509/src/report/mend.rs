//! Mends by product: the very line of a configuration, or the command, that puts a finding right. File names are examples.

use super::{Code, Finding};
use crate::path::Purpose;

/// What to write or run, for one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// `nginx`, `Apache`, `HAProxy`, `Caddy`, `certbot`, `curl`, or `shell` for a command that serves all.
    pub product: &'static str,
    /// The line.
    pub text: String,
}

/// Rows of product and line.
type Rows = &'static [(&'static str, &'static str)];

/// A server's chain: one file, the leaf first. nginx `ssl_certificate`, Apache 2.4.8 `SSLCertificateFile`, Caddy `tls`;
/// HAProxy `crt` takes the key from the same file.
const SERVER_CHAIN: Rows = &[
    ("shell", "cat leaf.pem intermediate.pem > /etc/ssl/fullchain.pem"),
    ("nginx", "ssl_certificate /etc/ssl/fullchain.pem;"),
    ("Apache", "SSLCertificateFile \"/etc/ssl/fullchain.pem\""),
    ("HAProxy", "bind :443 ssl crt /etc/haproxy/site.pem  # leaf, intermediates and key in one file"),
    ("Caddy", "tls /etc/ssl/fullchain.pem /etc/ssl/site.key"),
];

/// A server's renewed certificate is read when the server is told to.
const RENEW_SERVER: Rows = &[
    ("certbot", "certbot renew --deploy-hook 'systemctl reload nginx'"),
    ("nginx", "nginx -s reload"),
    ("Apache", "apachectl graceful"),
    ("HAProxy", "systemctl reload haproxy"),
    ("Caddy", "caddy reload --config /etc/caddy/Caddyfile"),
];

/// The CAs whose client certificates a server takes.
const CLIENT_CA: Rows = &[
    ("nginx", "ssl_client_certificate /etc/ssl/client-ca.pem;"),
    ("Apache", "SSLCACertificateFile \"/etc/ssl/client-ca.pem\""),
    ("HAProxy", "bind :443 ssl crt /etc/haproxy/site.pem ca-file /etc/ssl/client-ca.pem verify required"),
    ("Caddy", "trust_pool file /etc/ssl/client-ca.pem  # in tls { client_auth { ... } }"),
];

/// A client's chain.
const CLIENT_CHAIN: Rows = &[
    ("shell", "cat client.pem intermediate.pem > client-chain.pem"),
    ("curl", "curl --cert client-chain.pem --key client.key URL"),
];

/// A server's OCSP staples. HAProxy 2.8 fetches them for the certificates of a `crt-list`; Caddy staples by itself.
const STAPLE: Rows = &[
    ("nginx", "ssl_stapling on;  # and a resolver, by which nginx finds the CA's responder"),
    (
        "Apache",
        "SSLUseStapling On  # and outside of <VirtualHost>: SSLStaplingCache \"shmcb:logs/ssl_stapling(32768)\"",
    ),
    ("HAProxy", "/etc/haproxy/site.pem [ocsp-update on]  # a line of the file that bind names with crt-list"),
];

const NOTHING: Rows = &[];

/// What is known to mend a finding.
pub(super) fn mends(finding: &Finding, purpose: Purpose) -> Vec<Mend> {
    let rows = match (finding.code, purpose, finding.certificate) {
        (Code::Expired | Code::ExpiresSoon, Purpose::ServerAuth, Some(0)) => RENEW_SERVER,
        // An anchor of the one who verifies: nothing at the peer mends it.
        (Code::Expired | Code::ExpiresSoon, _, None | Some(0)) => NOTHING,
        (
            Code::MissingIntermediate
            | Code::WrongIntermediate
            | Code::WrongOrder
            | Code::ExtraCertificate
            | Code::RootSent
            | Code::Expired
            | Code::ExpiresSoon,
            purpose,
            _,
        ) => match purpose {
            Purpose::ServerAuth => SERVER_CHAIN,
            Purpose::ClientAuth => CLIENT_CHAIN,
        },
        (Code::MustStaple, Purpose::ServerAuth, _) => STAPLE,
        (Code::UnknownIssuer | Code::SelfSigned, Purpose::ClientAuth, _) => CLIENT_CA,
        _ => NOTHING,
    };
    rows.iter().map(|(product, text)| Mend { product, text: (*text).to_owned() }).collect()
}

/// Fetches the issuer from where its certificate says (authorityInfoAccess). The address is the certificate's, and this is a
/// command: one that a shell would take for more than an address is left out.
pub(crate) fn fetch(uri: &str) -> Option<Mend> {
    let plain = uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-_~%".contains(&byte));
    let known = plain && uri.starts_with("http://") && uri.len() <= crate::name::BRIEF;
    let text = format!("curl -fsS {uri} | openssl x509 -inform DER >> /etc/ssl/fullchain.pem");
    known.then_some(Mend { product: "shell", text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_shell_would_run_comes_from_a_certificate() {
        assert!(fetch("http://ca.example/i%20.der").is_some());
        for uri in
            ["http://ca.example/$(id)", "http://a;id", "http://a b", "http://a`id`", "ldap://ca.example/", "-o", ""]
        {
            assert_eq!(fetch(uri), None, "{uri}");
        }
        assert_eq!(fetch(&format!("http://{}", "a".repeat(1_000))), None);
    }

    #[test]
    fn mends_are_for_the_one_who_can_do_something() {
        let of = |code, certificate, purpose| {
            let mends = mends(&Finding::new(code, certificate, String::new()), purpose);
            mends.into_iter().map(|mend| mend.product).collect::<Vec<_>>()
        };
        let servers = ["nginx", "Apache", "HAProxy", "Caddy"];
        let (server, client) = (Purpose::ServerAuth, Purpose::ClientAuth);
        for code in [Code::MissingIntermediate, Code::WrongIntermediate, Code::WrongOrder, Code::ExtraCertificate] {
            assert_eq!(of(code, Some(1), server)[1..], servers, "{code}");
            assert_eq!(of(code, Some(1), client), ["shell", "curl"], "{code}");
        }
        assert_eq!(of(Code::Expired, Some(0), server)[1..], servers);
        assert_eq!(of(Code::Expired, Some(1), server)[1..], servers);
        assert!(of(Code::Expired, None, server).is_empty() && of(Code::Expired, Some(0), client).is_empty());
        assert_eq!(of(Code::UnknownIssuer, Some(0), client), servers);
        assert!(of(Code::UnknownIssuer, Some(0), server).is_empty());
        assert_eq!(of(Code::MustStaple, Some(0), server), ["nginx", "Apache", "HAProxy"]);
    }
}
