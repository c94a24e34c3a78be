//! Words of TLS: what is meant by them, and what goes wrong with it.

use super::Answer;

struct Row {
    name: &'static str,
    /// Other names for it.
    also: &'static [&'static str],
    title: &'static str,
    means: &'static str,
    /// What goes wrong with it.
    troubles: &'static [&'static str],
    commands: &'static [&'static str],
    section: &'static str,
}

const TABLE: &[Row] = &[
    Row {
        name: "SNI",
        also: &["server_name", "server name indication"],
        title: "SNI: the client says which host it wants",
        means: "An extension of the ClientHello with the host's name, so that a server of many names picks the right certificate. It is sent in clear, and never for an IP address.",
        troubles: &[
            "A client that sends none (connected by address, an old library, a proxy) gets the certificate of the default host.",
            "A proxy that forwards to https without it: nginx needs proxy_ssl_server_name on.",
            "A name that the server does not know: the alert unrecognized_name, or the default certificate.",
        ],
        commands: &["tlsmith connect ADDRESS --servername HOST", "tlsmith doctor HOST"],
        section: "RFC 6066 §3",
    },
    Row {
        name: "ALPN",
        also: &["application_layer_protocol_negotiation", "NPN"],
        title: "ALPN: both sides agree on the protocol above TLS",
        means: "The client lists protocols (h2, http/1.1, acme-tls/1, ...), the server picks one in its answer. NPN was its predecessor.",
        troubles: &[
            "Nothing in common: the alert no_application_protocol.",
            "A proxy that does not forward it: HTTP/2 and gRPC fall back or fail.",
            "A client of gRPC demands that h2 was picked.",
        ],
        commands: &["tlsmith connect HOST --alpn h2,http/1.1"],
        section: "RFC 7301",
    },
    Row {
        name: "mTLS",
        also: &["mutual TLS", "client certificate", "client authentication"],
        title: "mTLS: the client shows a certificate too",
        means: "The server sends a CertificateRequest with the CAs that it trusts; the client answers with a certificate and proves that it has the key.",
        troubles: &[
            "No certificate shown: the alert certificate_required in TLS 1.3, handshake_failure or bad_certificate in TLS 1.2.",
            "A certificate of a CA that the server does not know, or sent without its intermediate: unknown_ca.",
            "A certificate for servers only (extended key usage without clientAuth).",
            "In TLS 1.3 the client is done before the server has judged: the refusal comes with the first read.",
        ],
        commands: &[
            "tlsmith connect HOST --cert client.pem --key client.key",
            "tlsmith cert verify client.pem --ca ca.pem --purpose client",
        ],
        section: "RFC 8446 §4.3.2, §4.4.2.4",
    },
    Row {
        name: "HelloRetryRequest",
        also: &["HRR", "hello_retry_request"],
        title: "HelloRetryRequest: the server asks for another key share",
        means: "The client sent a share of a group that the server does not want, and offers one that it does: the server says which, and the client says hello again. One more round trip, no error.",
        troubles: &[
            "Each connection takes a round trip more: put the server's group first.",
            "A server or middlebox that does not know it breaks the connection when the first share is of a new group (ML-KEM).",
        ],
        commands: &["tlsmith connect HOST --trace", "tlsmith connect HOST --groups P-256 --trace"],
        section: "RFC 8446 §4.1.4",
    },
    Row {
        name: "GREASE",
        also: &[],
        title: "GREASE: a value that means nothing, on purpose",
        means: "The values 0x0a0a, 0x1a1a, ... 0xfafa are reserved in every list of TLS. Clients send them so that servers learn to pass over what they do not know.",
        troubles: &[
            "A server that breaks on it has a bug: unknown values are to be ignored.",
            "In a capture it is noise: the values change with each connection.",
        ],
        commands: &["tlsmith connect HOST --trace"],
        section: "RFC 8701",
    },
    Row {
        name: "ECH",
        also: &["encrypted client hello", "ESNI"],
        title: "ECH: the ClientHello is encrypted",
        means: "The client encrypts its hello, the name included, to a key that DNS announces (HTTPS record); outside stands the public name of the front server.",
        troubles: &[
            "The key in DNS is older than the server's: the alert ech_required after the handshake with the public name.",
            "Firewalls that filter by name block it.",
        ],
        commands: &["dig +short HTTPS HOST", "tlsmith doctor HOST"],
        section: "RFC 9849",
    },
    Row {
        name: "0-RTT",
        also: &["early data", "early_data", "0RTT"],
        title: "0-RTT: data before the handshake is done",
        means: "A client that was there before sends a request with its ClientHello, encrypted with a key of the old session.",
        troubles: &[
            "It can be replayed: only for requests that may be made twice; servers answer HTTP 425 otherwise.",
            "Several servers of one name without common ticket keys refuse it each time.",
        ],
        commands: &["tlsmith connect HOST --early-data request.txt"],
        section: "RFC 8446 §2.3, §8",
    },
    Row {
        name: "session ticket",
        also: &["NewSessionTicket", "session resumption", "resumption"],
        title: "Session ticket: the next handshake is shorter",
        means: "The server gives the client an encrypted memory of the session; with it the next handshake needs no certificate.",
        troubles: &[
            "Several servers of one name with different ticket keys: nothing is resumed.",
            "Ticket keys that are never changed: who gets one reads what was recorded (TLS 1.2).",
        ],
        commands: &["tlsmith connect HOST --resume 3"],
        section: "RFC 8446 §4.6.1, RFC 5077",
    },
    Row {
        name: "OCSP stapling",
        also: &["stapling", "status_request", "OCSP", "must-staple"],
        title: "OCSP stapling: the server brings the proof that its certificate is not revoked",
        means: "The server fetches the CA's signed answer itself and sends it in the handshake, so that the client need not ask.",
        troubles: &[
            "The server cannot reach the responder, and sends nothing or an old answer.",
            "CAs stop OCSP in favour of CRLs: then there is nothing to staple, and must-staple certificates no longer work.",
        ],
        commands: &["tlsmith connect HOST --status", "tlsmith cert verify HOST --fetch --revocation require"],
        section: "RFC 6066 §8, RFC 7633",
    },
    Row {
        name: "SAN",
        also: &["subjectAltName", "subject alternative name"],
        title: "SAN: the names that a certificate is for",
        means: "The extension subjectAltName lists DNS names and addresses. Clients look there alone; the common name does not count.",
        troubles: &[
            "A certificate without it is for no host at all.",
            "An address written as DNS: instead of IP:.",
            "A wildcard stands for one label: *.example.com is neither example.com nor a.b.example.com.",
        ],
        commands: &["tlsmith cert show HOST"],
        section: "RFC 9525, RFC 5280 §4.2.1.6",
    },
    Row {
        name: "STARTTLS",
        also: &["STLS", "opportunistic TLS"],
        title: "STARTTLS: TLS begins after a command in clear",
        means: "SMTP, IMAP, POP3, FTP, LDAP, PostgreSQL and others begin in clear on their old port, and one command starts TLS.",
        troubles: &[
            "A client that speaks TLS at once on such a port: \"wrong version number\".",
            "Somebody in between takes the offer away, and the client goes on in clear.",
        ],
        commands: &["tlsmith connect HOST:587 --starttls smtp", "tlsmith doctor HOST:587"],
        section: "RFC 3207, RFC 8314",
    },
    Row {
        name: "AIA",
        also: &["authorityInfoAccess", "CA Issuers"],
        title: "AIA: where a certificate's issuer can be fetched",
        means: "An extension with the address of the issuer's certificate and of the OCSP responder. Browsers and Windows fetch with it what a server forgot to send; most other programs do not.",
        troubles: &["A server without its intermediate works in a browser, and fails in curl, Java and Go."],
        commands: &["tlsmith cert verify HOST --aia", "tlsmith cert chain fullchain.pem --aia --out complete.pem"],
        section: "RFC 5280 §4.2.2.1",
    },
    Row {
        name: "PSK",
        also: &["pre-shared key", "pre_shared_key"],
        title: "PSK: a key that both sides were given beforehand",
        means: "Either a secret from outside (TLS-PSK, small devices), or in TLS 1.3 also the key of an earlier session.",
        troubles: &[
            "An identity that the server does not know: the alert unknown_psk_identity.",
            "Different keys on both sides: decrypt_error, or bad_record_mac in TLS 1.2.",
            "A guessable key: who records one handshake tries them all.",
        ],
        commands: &["tlsmith connect HOST --psk-file psk.txt"],
        section: "RFC 8446 §2.2, RFC 4279, RFC 9257",
    },
    Row {
        name: "SCT",
        also: &["certificate transparency", "signed certificate timestamp"],
        title: "SCT: proof that a certificate stands in a public log",
        means: "A log's signed promise to publish the certificate. Browsers want two or more for certificates of public CAs.",
        troubles: &["Too few, or of logs that no longer count: browsers refuse the certificate."],
        commands: &["tlsmith cert show HOST -v"],
        section: "RFC 6962",
    },
];

/// What is known of a word.
pub(super) fn explain(query: &str) -> Option<Answer> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '-'], " ");
    let wanted = plain(query.trim());
    let row =
        TABLE.iter().find(|row| plain(row.name) == wanted || row.also.iter().any(|also| plain(also) == wanted))?;
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
    Some(Answer {
        kind: "term",
        id: row.name.to_owned(),
        title: row.title.to_owned(),
        means: row.means.to_owned(),
        causes: owned(row.troubles),
        commands: owned(row.commands),
        section: Some(row.section.to_owned()),
        ..Answer::default()
    })
}

/// Their names.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name)
}
