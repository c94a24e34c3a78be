//! The codes of tlsmith's own: those of the library from its tables, those of the tools from the one here.

use tlsmith::error::Rule;
use tlsmith_x509::Code;

use super::{Answer, lookup::capital, table::meanings};
use crate::doctor::Cause;

/// A code of the tools, or of a configuration: what it says, and what to do. The message at hand has the values.
struct Row {
    code: &'static str,
    what: &'static str,
    fix: &'static str,
}

const fn row(code: &'static str, what: &'static str, fix: &'static str) -> Row {
    Row { code, what, fix }
}

const TABLE: &[Row] = &[
    row(
        "config.alpn",
        "an application protocol's name is empty or longer than 255 bytes",
        "Use names such as h2 and http/1.1.",
    ),
    row(
        "config.authorities",
        "the names of authorities are empty, or more than a handshake holds",
        "Give the DER names of a few authorities, 16 KiB at most.",
    ),
    row(
        "config.certificate_unreadable",
        "a certificate could not be read",
        "Give a PEM file with the leaf certificate first, then its intermediates.",
    ),
    row("config.compressions", "there are too many algorithms for certificate compression", "Give at most 127."),
    row("config.duplicate", "something is listed twice", "List it once, at the place of its preference."),
    row("config.empty_chain", "the certificate chain is empty", "Give the leaf certificate and its intermediates."),
    row("config.empty_list", "nothing of a kind is allowed", "Allow at least one, or leave the default."),
    row(
        "config.key_mismatch",
        "the private key does not belong to the certificate",
        "Find the key that the certificate was made for: tlsmith cert match CERT KEY.",
    ),
    row(
        "config.key_share",
        "a share of a group is to be sent that is not offered",
        "Offer the group as well, or send no share of it.",
    ),
    row(
        "config.key_unreadable",
        "a private key could not be read",
        "Give a private key in PEM or DER: PKCS#8, SEC1 or PKCS#1.",
    ),
    row(
        "config.no_common_scheme",
        "no signature scheme suits the key and the versions",
        "Use an ECDSA (P-256, P-384, P-521), Ed25519 or RSA key, and allow a scheme that it signs with.",
    ),
    row("config.no_identity", "the server has no certificate", "Give a certificate chain and its key."),
    row(
        "config.no_psk",
        "a suite needs a pre-shared key, and there is none for TLS 1.2",
        "Give one, or leave the suite out.",
    ),
    row(
        "config.no_suite",
        "no cipher suite is left for the versions and groups that are allowed",
        "Allow a suite of a version that is to be spoken, and for TLS 1.2 a group such as x25519.",
    ),
    row(
        "config.ocsp_response",
        "what is to be stapled is no OCSP response",
        "Give the DER of an OCSP response of at most 32 KiB (openssl ocsp -respout).",
    ),
    row("config.padding", "records cannot be padded like this", "Use 1 to 16384."),
    row(
        "config.psk",
        "a pre-shared key cannot be used",
        "Use at least 16 random bytes and an identity of 1 to 4096 bytes; offer at most 8.",
    ),
    row("config.record_size_limit", "records cannot be limited to this size", "Use 64 to 16385."),
    row(
        "config.sct_list",
        "what is to be sent is no list of signed certificate timestamps",
        "Give a SignedCertificateTimestampList (RFC 6962 §3.3), its length included.",
    ),
    row(
        "config.ticket_keys",
        "ticket keys could not be made or read",
        "Make them anew; all servers of one name need the same file.",
    ),
    row("config.tickets", "too many tickets are to be sent at each handshake", "Send at most 16; 2 is usual."),
    row(
        "config.unsupported",
        "something is asked for that is not implemented",
        "Choose among those that the message names.",
    ),
    row(
        "config.unsupported_key",
        "a certificate has a key of a kind that is not supported",
        "Use an ECDSA (P-256, P-384, P-521), Ed25519, ML-DSA or RSA (2048 to 8192 bits) key.",
    ),
    row(
        "config.versions",
        "the versions cannot be spoken",
        "Use TLS 1.2 to TLS 1.3; older versions are refused on purpose.",
    ),
    row(
        "transport.refused",
        "the peer refused the TCP connection",
        "Nothing listens on this port there, or a firewall says so: check the port and that the server runs.",
    ),
    row(
        "transport.unreachable",
        "the peer's address is not reachable",
        "Check the route, and whether this machine has the address family (IPv6).",
    ),
    row(
        "transport.reset",
        "the connection was reset",
        "The server, or a firewall before it, dropped the connection without a reason: look at the server's log.",
    ),
    row(
        "transport.timeout",
        "something took longer than allowed",
        "See in which phase: the resolver, TCP (a firewall that drops packets), or TLS (tlsmith doctor HOST).",
    ),
    row(
        "transport.handshake_timeout",
        "a client did not finish its handshake in time",
        "A health check without TLS, a scanner, or a slow client: allow more time if it is one of yours.",
    ),
    row(
        "transport.dns",
        "the name cannot be resolved",
        "Check the spelling and the resolver (getent hosts NAME); connect by address with --servername NAME.",
    ),
    row("transport.failed", "the system reports an error of the network", "Look at the network of this machine."),
    row("transport.broken", "the connection broke", "Look at the server's log and at the network in between."),
    row(
        "session.not_resumed",
        "a connection that was to be resumed was not",
        "Switch tickets on (nginx: ssl_session_tickets, ssl_session_cache), and give all servers of one name the same ticket keys.",
    ),
    row(
        "session.no_early_data",
        "the session allows no early data",
        "Switch it on at the server (nginx: ssl_early_data on), where a replay does no harm.",
    ),
    row(
        "session.early_data_rejected",
        "the server did not take the early data",
        "It was sent again after the handshake; a replay window, another key or a policy of the server says no.",
    ),
    row(
        "bench.not_http",
        "the server answered something that is no HTTP",
        "Leave --path out: handshakes alone are measured then.",
    ),
    row("local.input", "what is to be sent cannot be read", "Check the file of --send."),
    row(
        "local.no_port",
        "no local port is left for a connection",
        "Too many connections wait for their end (ss -s): try again, with fewer at once.",
    ),
    row("local.output", "what was received cannot be written", "Check where standard output goes."),
    row("starttls.refused", "the server refused to begin TLS", "Look at the server's log; it may have no certificate."),
    row(
        "starttls.unexpected_reply",
        "the server's reply does not belong to this protocol",
        "Check the port and the protocol after --starttls.",
    ),
    row(
        "starttls.not_offered",
        "the server does not offer TLS",
        "Switch TLS on in the server; or something in between strips the offer.",
    ),
    row(
        "starttls.unasked",
        "the server sent something that nobody asked for",
        "Check the port and the protocol after --starttls.",
    ),
    row(
        "starttls.too_long",
        "the server's reply is longer than such a reply may be",
        "Check the port and the protocol after --starttls.",
    ),
    row("starttls.speaks_tls", "the server speaks TLS at once on this port", "Leave --starttls out."),
    row(
        "starttls.injected",
        "something was sent in clear behind the reply that begins TLS",
        "Somebody may be injecting commands; else the server breaks the protocol.",
    ),
    row(
        "starttls.closed",
        "the server closed the connection before TLS began",
        "Look at the server's log; it may refuse this address.",
    ),
    row("usage.arguments", "the command line is wrong", "See --help of the command."),
    row("usage.cert", "the options of a cert command do not fit together", "See --help of the command."),
    row(
        "usage.convert",
        "the files cannot be converted like this",
        "See tlsmith convert --help: what goes into which form.",
    ),
    row("usage.csr", "the certificate request cannot be made like this", "See tlsmith csr new --help."),
    row("usage.key", "the key cannot be made or used like this", "See tlsmith key new --help."),
    row(
        "usage.output",
        "a file cannot be written",
        "Check path and rights; a file that is there is replaced with --force only.",
    ),
    row(
        "usage.passphrase",
        "the passphrase is wrong, or one is needed",
        "Give it with --passphrase-file, or be at a terminal to be asked.",
    ),
    row("usage.subject", "the subject is malformed", "Write it as CN=example.com,O=Example."),
    row(
        "usage.file",
        "a file that an argument names cannot be read or written, or holds something else",
        "Check path, rights and content: tlsmith cert show FILE.",
    ),
    row(
        "usage.listen",
        "the address cannot be listened on",
        "Another program may have the port (ss -ltnp); ports below 1024 need the right to.",
    ),
    row("usage.name", "a name is no host name", "Write the name in its ASCII form (xn--...), or an address."),
    row(
        "usage.profile",
        "a profile cannot be read, or does not fit",
        "Say web, private, or the file of a profile: tlsmith cert verify --help has its keys.",
    ),
    row("usage.path", "a path of a URL is malformed", "Write it as in a URL: /index.html."),
    row("usage.psk", "a pre-shared key is malformed", "Write IDENTITY:HEX."),
    row(
        "usage.roots",
        "there are no roots to trust",
        "Install ca-certificates, name a CA file with --ca, or use --roots mozilla.",
    ),
    row("usage.serve", "the options of serve do not fit together", "See tlsmith serve --help."),
    row("usage.system", "the system does not let the program start its work", "Look at limits (ulimit -a) and rights."),
    row("usage.target", "the target is malformed", "Write HOST, HOST:PORT or [ADDRESS]:PORT."),
    row("usage.versions", "the versions do not fit together", "Use TLS 1.2 to TLS 1.3, the lower one first."),
];

/// Every rule that the library knows, alerts received and findings about certificates included.
fn rules() -> impl Iterator<Item = Rule> {
    let alerts = tlsmith::registry::AlertDescription::KNOWN.iter().map(|alert| Rule::PeerAlert(*alert));
    let certificates = Code::ALL.iter().map(|code| Rule::Certificate(*code));
    Rule::ALL.iter().copied().chain(alerts).chain(certificates)
}

/// What `tlsmith doctor` can find: the code, and what it says.
fn causes() -> impl Iterator<Item = (String, &'static str)> {
    Cause::ALL.iter().map(|cause| (format!("doctor.{}", cause.row().slug), cause.row().headline))
}

/// What is known of a code.
pub(super) fn code(query: &str) -> Option<Answer> {
    let of_tools = TABLE.iter().find(|row| row.code == query).map(|row| (row.what, None, Some(row.fix), None, None));
    let of_doctor = || causes().find(|(code, _)| code == query).map(|(_, what)| (what, None, None, None, None));
    let of_library = || {
        let rule = rules().find(|rule| rule.row().code == query)?;
        let row = rule.row();
        let what = match rule {
            Rule::Certificate(_) => "a certificate is not trusted, or worth a warning, for this reason",
            _ => row.what,
        };
        Some((what, Some(row.why), Some(row.fix), Some(row.section), row.alert))
    };
    let (what, why, fix, section, alert) = of_tools.or_else(of_library).or_else(of_doctor)?;
    let meaning = meanings().find(|meaning| meaning.codes.contains(&query));
    let means = match (why, meaning) {
        (Some(why), _) => format!("{}. {why}", capital(what)),
        // The title says it already.
        (None, Some(meaning)) if meaning.title == capital(what) => meaning.means.to_owned(),
        (None, Some(meaning)) => format!("{}. {}", capital(what), meaning.means),
        (None, None) => format!("{}.", capital(what)),
    };
    let list = |items: Option<&'static [&'static str]>| {
        items.unwrap_or_default().iter().map(|item| (*item).to_owned()).collect::<Vec<_>>()
    };
    Some(Answer {
        kind: "code",
        id: query.to_owned(),
        title: match meaning {
            Some(meaning) => meaning.title.to_owned(),
            None => capital(what),
        },
        means,
        causes: list(meaning.map(|meaning| meaning.causes)),
        fix: fix.map(str::to_owned),
        commands: list(meaning.map(|meaning| meaning.commands)),
        section: section.map(str::to_owned),
        related: alert
            .map(|alert| alert.to_string())
            .into_iter()
            .chain(meaning.map(|meaning| meaning.id.to_owned()))
            .collect(),
        ..Answer::default()
    })
}

/// Every code.
pub(super) fn all() -> impl Iterator<Item = String> {
    let own = TABLE.iter().map(|row| row.code).chain(rules().map(|rule| rule.row().code));
    own.map(str::to_owned).chain(causes().map(|(code, _)| code))
}
