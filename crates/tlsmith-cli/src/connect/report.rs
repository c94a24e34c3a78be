//! What `tlsmith connect` found: one struct, shown as text or as JSON.

use std::time::Duration;

use serde::Serialize;
use tlsmith::{Facts, Rule, registry::AlertDescription};
use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, Severity, UnixTime};

use super::ocsp::Ocsp;
pub(crate) use super::starttls::Spoken;
use crate::exit::{Exit, Usage};

/// Everything that is known at the end, whether it ended well or not.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// Host and port, as asked for.
    pub(crate) target: String,
    /// When, RFC 3339; validity is judged by it.
    pub(crate) time: String,
    /// The name that was verified, and sent as SNI if it is a DNS name.
    pub(crate) server_name: Option<String>,
    /// The address that answered.
    pub(crate) address: Option<String>,
    /// The addresses before it that did not.
    pub(crate) failed_addresses: Vec<FailedAddress>,
    /// All connections, this one first; more than one with `--resume` and `--early-data`.
    pub(crate) connections: Vec<OneConnection>,
    /// What became of the early data, with `--early-data`.
    pub(crate) early_data: Option<EarlyData>,
    /// The server is known by a pre-shared key.
    pub(crate) external_psk: bool,
    /// What the server stapled, with `--status`.
    pub(crate) ocsp: Option<Ocsp>,
    /// The dialogue before TLS, with `--starttls`.
    pub(crate) starttls: Option<StartTls>,
    /// `TLSv1.3`.
    pub(crate) protocol: Option<String>,
    /// IANA's name.
    pub(crate) cipher_suite: Option<String>,
    /// IANA's name.
    pub(crate) group: Option<String>,
    /// The scheme of the server's CertificateVerify.
    pub(crate) signature_scheme: Option<String>,
    /// The application protocol agreed on.
    pub(crate) alpn: Option<String>,
    /// Every connection after the first was resumed; false where there is only one.
    pub(crate) resumed: bool,
    /// A HelloRetryRequest was part of the handshake.
    pub(crate) retried: bool,
    /// The server asked for a client certificate.
    pub(crate) client_auth_requested: bool,
    /// What became of that, where it asked.
    pub(crate) client_auth: Option<Client>,
    /// How long each phase took.
    pub(crate) timings_ms: Timings,
    /// The server's certificates as sent, leaf first.
    pub(crate) chain: Vec<ChainEntry>,
    /// The judgement.
    pub(crate) verification: Verification,
    /// Why it failed.
    pub(crate) error: Option<Error>,
    /// The messages, with `--trace`.
    pub(crate) trace: Option<Vec<Message>>,
    /// What came back, with `--send` and in conversation.
    pub(crate) reply: Option<Reply>,
}

/// An address that could not be connected to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FailedAddress {
    pub(crate) address: String,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// One of the connections.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OneConnection {
    /// It continued a session of a connection before.
    pub(crate) resumed: bool,
    /// By what: `psk` (TLS 1.3), `ticket` or `session_id` (TLS 1.2).
    pub(crate) resumed_by: Option<&'static str>,
    /// Why a session that was kept was not offered, or not gone on with.
    pub(crate) not_resumed: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) cipher_suite: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) alpn: Option<String>,
    pub(crate) timings_ms: Timings,
    /// How many sessions the server gave for later.
    pub(crate) sessions_received: usize,
    pub(crate) error: Option<Error>,
    /// Its messages, with `--trace`.
    pub(crate) trace: Option<Vec<Message>>,
}

/// What became of the early data.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct EarlyData {
    /// `accepted`, `rejected`, or `not_offered` where there was no session that allows them.
    pub(crate) status: &'static str,
    /// How many bytes went with the ClientHello; what was not accepted was sent again, with the rest.
    pub(crate) sent_early_bytes: usize,
    /// How many there are in all.
    pub(crate) bytes: usize,
}

/// What was said in clear before TLS.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StartTls {
    /// The protocol.
    pub(crate) protocol: String,
    /// All of it, line by line; anybody on the way may have changed it.
    pub(crate) dialogue: Vec<Spoken>,
}

/// Durations in milliseconds; null for a phase that was not reached or not needed.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Timings {
    pub(crate) dns: Option<f64>,
    pub(crate) tcp: Option<f64>,
    pub(crate) starttls: Option<f64>,
    pub(crate) tls: Option<f64>,
}

/// Milliseconds with three decimals: what the clock is good for.
pub(crate) fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// This side's certificate, and what the server made of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Client {
    /// Subject of the certificate that was shown; null if none was.
    pub(crate) subject: Option<String>,
    /// The scheme of this side's CertificateVerify.
    pub(crate) signature_scheme: Option<String>,
    /// `accepted`, `refused`, or `unanswered`: TLS 1.3 servers judge after the client's handshake is complete, and some
    /// never say that they are content.
    pub(crate) outcome: &'static str,
    /// Signature schemes that the server asked for.
    pub(crate) accepted_schemes: Vec<String>,
    /// How many authorities the server named; 0 means any.
    pub(crate) authorities: usize,
}

/// One certificate.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ChainEntry {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) sans: Vec<String>,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    /// Whole days until `not_after`; negative once it is past.
    pub(crate) days_left: i64,
    pub(crate) serial: String,
    pub(crate) sha256: String,
    pub(crate) spki_sha256: String,
    pub(crate) key: String,
    pub(crate) signature: String,
    pub(crate) ca: bool,
}

/// The judgement of the chain.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Verification {
    /// Null where it did not come to a judgement.
    pub(crate) trusted: Option<bool>,
    /// Which roots were asked: `system`, `mozilla`, `file`, or two of them.
    pub(crate) roots: String,
    /// How many roots these are.
    pub(crate) root_count: usize,
    /// Subjects of the path that was verified, leaf first, root last.
    pub(crate) path: Vec<String>,
    /// What was found, the one that explains most first.
    pub(crate) findings: Vec<Finding>,
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) code: String,
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    pub(crate) fix: String,
    /// Index into `chain`, where it is about one certificate.
    pub(crate) certificate: Option<usize>,
    pub(crate) section: String,
    pub(crate) why: String,
    /// The very line or command, by product, where one is known.
    pub(crate) mends: Vec<Mend>,
}

/// What to write or run, for one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mend {
    /// `nginx`, or `shell` for a command that serves all.
    pub(crate) product: String,
    /// The very line or command.
    pub(crate) text: String,
}

/// Why it failed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Error {
    pub(crate) code: String,
    /// The alert that went with it.
    pub(crate) alert: Option<String>,
    /// `sent` or `received`.
    pub(crate) alert_direction: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) fix: String,
    pub(crate) section: Option<String>,
    pub(crate) why: Option<String>,
    /// Which phase failed, for failures of the transport.
    pub(crate) phase: Option<&'static str>,
}

/// One message of the handshake.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    /// `sent` or `received`.
    pub(crate) direction: &'static str,
    pub(crate) name: &'static str,
    pub(crate) size: usize,
    /// `none`, `handshake` or `application`: the keys that protect it.
    pub(crate) protection: &'static str,
    pub(crate) details: Vec<String>,
    /// Since the ClientHello was sent.
    pub(crate) at_ms: f64,
}

/// What came back.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reply {
    pub(crate) sent_bytes: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// The peer said close_notify: this is all.
    pub(crate) complete: bool,
}

impl Report {
    /// The report of a command that could not begin.
    pub(crate) fn refused(target: &str, usage: &Usage) -> Self {
        let error = Error::of_usage(usage);
        Self { target: target.to_owned(), time: UnixTime::now().to_string(), error: Some(error), ..Self::default() }
    }

    /// Takes over what the connection knows of itself; it may be asked again later.
    pub(crate) fn take_facts(&mut self, facts: &Facts, provider: &dyn Provider, now: UnixTime) {
        self.protocol = facts.version.map(|version| version.to_string());
        self.cipher_suite = facts.cipher_suite.map(|suite| suite.to_string());
        self.group = facts.group.map(|group| group.to_string());
        self.signature_scheme = facts.signature_scheme.map(|scheme| scheme.to_string());
        self.alpn = facts.alpn.as_deref().map(protocol_name);
        self.external_psk = facts.external_psk;
        self.retried = facts.retried;
        self.client_auth_requested = facts.client_auth_requested;
        self.client_auth = facts.certificate_request.as_ref().map(|request| Client {
            subject: facts.own_certificates.first().map(Certificate::subject),
            signature_scheme: facts.own_signature_scheme.map(|scheme| scheme.to_string()),
            outcome: "unanswered",
            accepted_schemes: request.signature_schemes.iter().map(ToString::to_string).collect(),
            authorities: request.authorities.len(),
        });
        self.chain = facts.peer_certificates.iter().map(|c| ChainEntry::new(c, provider, now)).collect();
        if let Some(judged) = &facts.verification {
            self.verification.trusted = Some(judged.is_trusted());
            self.verification.path = judged.path.iter().map(Certificate::subject).collect();
            self.verification.findings = judged.findings.iter().map(Finding::new).collect();
        }
    }

    /// The finding because of which the chain is not trusted.
    pub(crate) fn cause(&self) -> Option<&Finding> {
        self.verification.findings.iter().find(|finding| finding.is_error())
    }

    /// The exit code that tells what the report tells.
    pub(crate) fn exit(&self) -> Exit {
        match (self.verification.trusted, &self.error) {
            (Some(false), _) => Exit::Untrusted,
            (_, Some(error)) if error.is_about_trust() => Exit::Untrusted,
            (_, Some(_)) => Exit::Failed,
            (_, None) => Exit::Good,
        }
    }
}

impl ChainEntry {
    fn new(certificate: &Certificate, provider: &dyn Provider, now: UnixTime) -> Self {
        Self {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            sans: certificate.sans(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            days_left: now.days_until(certificate.not_after()),
            serial: hex(certificate.serial()),
            sha256: hex(&certificate.sha256(provider)),
            spki_sha256: hex(&certificate.spki_sha256(provider)),
            key: certificate.key_description(),
            signature: certificate.signature_description(),
            ca: certificate.is_ca(),
        }
    }
}

impl Finding {
    /// It is why the chain is not trusted.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == "error"
    }

    /// The finding as the library has it, with its row.
    pub(crate) fn new(finding: &tlsmith_x509::Finding) -> Self {
        let row = finding.code.row();
        Self {
            code: row.code.to_owned(),
            severity: match finding.severity {
                Severity::Info => "info",
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            message: finding.message.clone(),
            fix: finding.fix.clone(),
            certificate: finding.certificate,
            section: row.section.to_owned(),
            why: row.why.to_owned(),
            mends: finding.mends.iter().map(Mend::new).collect(),
        }
    }
}

impl Mend {
    fn new(mend: &tlsmith_x509::Mend) -> Self {
        Self { product: mend.product.to_owned(), text: mend.text.clone() }
    }
}

impl Error {
    /// A mistake of the caller's, for the document.
    pub(crate) fn of_usage(usage: &Usage) -> Self {
        Self {
            code: usage.code.to_owned(),
            alert: None,
            alert_direction: None,
            message: usage.message.clone(),
            fix: usage.fix.clone(),
            section: None,
            why: None,
            phase: None,
        }
    }

    /// The failure as the library names it.
    pub(crate) fn of(error: &tlsmith::Error) -> Self {
        let (alert, alert_direction) = match (error.received_alert(), error.alert()) {
            (Some(alert), _) => (Some(alert), Some("received")),
            (None, Some(alert)) => (Some(alert), Some("sent")),
            (None, None) => (None, None),
        };
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            code: error.code().to_owned(),
            alert: alert.map(|alert: AlertDescription| alert.to_string()),
            alert_direction,
            message: error.message(),
            fix: error.fix(),
            section: filled(error.section()),
            why: filled(error.why()),
            phase: None,
        }
    }

    /// The server's certificate was the reason. `certificate.required` is about this side's: no server sends it here.
    pub(crate) fn is_about_trust(&self) -> bool {
        self.code.starts_with("certificate.") && self.code != Rule::CertificateRequired.row().code
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An application protocol's name: text where it is text, `\xNN` for every byte that is not printable ASCII.
fn protocol_name(name: &[u8]) -> String {
    name.escape_ascii().to_string()
}

/// A made-up report, for the tests of how reports are shown.
#[cfg(test)]
pub(crate) fn example() -> Report {
    let owned = |text: &str| Some(text.to_owned());
    Report {
        target: "example.com:443".into(),
        time: "2026-11-21T00:00:00Z".into(),
        server_name: owned("example.com"),
        address: owned("192.0.2.1:443"),
        failed_addresses: vec![FailedAddress {
            address: "[2001:db8::1]:443".into(),
            code: "transport.unreachable".into(),
            message: "no route".into(),
        }],
        protocol: owned("TLSv1.3"),
        cipher_suite: owned("TLS_AES_128_GCM_SHA256"),
        group: owned("x25519"),
        signature_scheme: owned("ecdsa_secp256r1_sha256"),
        alpn: owned("h2"),
        retried: true,
        client_auth_requested: true,
        client_auth: Some(Client {
            subject: None,
            signature_scheme: None,
            outcome: "accepted",
            accepted_schemes: vec!["ed25519".into()],
            authorities: 0,
        }),
        timings_ms: Timings { dns: Some(1.234), tcp: Some(10.0), starttls: None, tls: Some(25.06) },
        chain: vec![ChainEntry {
            subject: "CN=example.com".into(),
            issuer: "CN=Root".into(),
            sans: ["a.example", "b.example", "c.example", "d.example"]
                .iter()
                .map(|name| format!("DNS:{name}"))
                .chain(["IP:192.0.2.9".into()])
                .collect(),
            not_before: "2026-11-01T00:00:00Z".into(),
            not_after: "2026-12-01T00:00:00Z".into(),
            days_left: 10,
            serial: "01".into(),
            sha256: "00".repeat(32),
            spki_sha256: "ff".repeat(32),
            key: "ECDSA P-256".into(),
            signature: "ecdsa-with-SHA256".into(),
            ca: false,
        }],
        verification: Verification {
            trusted: Some(true),
            roots: "system".into(),
            root_count: 2,
            path: vec!["CN=example.com".into(), "CN=Root".into()],
            findings: vec![Finding {
                code: "certificate.expires_soon".into(),
                severity: "warning",
                message: "it ends in 10 days".into(),
                fix: "Renew it.".into(),
                certificate: Some(0),
                section: "RFC 5280 §4.1.2.5".into(),
                why: "Because.".into(),
                mends: Vec::new(),
            }],
        },
        ..Report::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_promised_keys_whatever_happened() {
        let usage = Usage::new("usage.file", "--ca x: no such file", "");
        let json = serde_json::to_value(Report::refused("example.com", &usage)).unwrap();
        for key in [
            "target",
            "address",
            "starttls",
            "protocol",
            "cipher_suite",
            "group",
            "signature_scheme",
            "alpn",
            "resumed",
            "client_auth_requested",
            "timings_ms",
            "chain",
            "verification",
            "error",
        ] {
            assert!(json.get(key).is_some(), "{key}");
        }
        for key in ["dns", "tcp", "starttls", "tls"] {
            assert!(json["timings_ms"].get(key).is_some(), "{key}");
        }
        assert!(json["verification"].get("trusted").is_some());
        assert!(json["verification"]["findings"].is_array());
        assert_eq!(json["error"]["code"], "usage.file");
        assert_eq!(json["error"]["alert"], serde_json::Value::Null);
    }

    fn failed(code: &str) -> Error {
        Error { code: code.to_owned(), ..Report::refused("", &Usage::new("x", "", "")).error.unwrap() }
    }

    #[test]
    fn exit_codes_follow_the_report() {
        let mut report = Report::default();
        assert_eq!(report.exit(), Exit::Good);
        report.error = Some(failed("transport.refused"));
        assert_eq!(report.exit(), Exit::Failed);
        report.error = Some(failed("certificate.undecodable"));
        assert_eq!(report.exit(), Exit::Untrusted);
        report.error = Some(failed("alert.certificate_required"));
        assert_eq!(report.exit(), Exit::Failed);
        // --insecure: the handshake went through, the certificate stays untrusted.
        report.error = None;
        report.verification.trusted = Some(false);
        assert_eq!(report.exit(), Exit::Untrusted);
        report.verification.trusted = Some(true);
        assert_eq!(report.exit(), Exit::Good);
    }

    #[test]
    fn hashes_are_lower_case_hex_and_protocols_printable() {
        assert_eq!(hex(&[0x00, 0xAB, 0x0f]), "00ab0f");
        assert_eq!(protocol_name(b"http/1.1"), "http/1.1");
        assert_eq!(protocol_name(b"\x1b[2J\xff"), "\\x1b[2J\\xff");
    }

    #[test]
    fn milliseconds_have_three_decimals() {
        assert_eq!(ms(Duration::from_nanos(1_234_567)), 1.235);
    }
}
