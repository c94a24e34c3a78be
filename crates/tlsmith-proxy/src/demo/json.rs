//! What a connection is told about itself. The keys are those of `tlsmith connect --json`, as far as a server knows.

use http::{header, request::Parts};
use serde::Serialize;
use tlsmith::{
    conn::{ClientHelloFacts, Direction, MessageNote},
    registry::NamedGroup,
};
use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, Report, Severity};

use crate::http::Peer;

/// One connection and the request that asks.
#[derive(Debug, Serialize)]
pub(super) struct View {
    /// The host that was asked for.
    pub(super) target: Option<String>,
    /// The client's address.
    pub(super) address: String,
    pub(super) local_address: String,
    pub(super) protocol: Option<String>,
    pub(super) cipher_suite: Option<String>,
    pub(super) group: Option<String>,
    /// Whether recorded traffic stays closed to quantum computers.
    pub(super) post_quantum: bool,
    /// The scheme of the server's CertificateVerify.
    pub(super) signature_scheme: Option<String>,
    pub(super) client_signature_scheme: Option<String>,
    pub(super) alpn: Option<String>,
    pub(super) resumed: bool,
    pub(super) retried: bool,
    pub(super) server_name: Option<String>,
    pub(super) client_auth_requested: bool,
    pub(super) timings_ms: Timings,
    /// The client's certificates; empty if it showed none.
    pub(super) chain: Vec<CertificateView>,
    /// The certificates that the server showed.
    pub(super) server_chain: Vec<CertificateView>,
    /// What the verifier said about the client's certificates.
    pub(super) verification: Option<Verification>,
    /// Always null here: a connection that failed cannot ask.
    pub(super) error: Option<String>,
    pub(super) client_hello: Option<Offer>,
    pub(super) messages: Vec<Message>,
    pub(super) http: HttpView,
}

#[derive(Debug, Serialize)]
pub(super) struct Timings {
    pub(super) dns: Option<f64>,
    pub(super) tcp: Option<f64>,
    pub(super) tls: f64,
}

#[derive(Debug, Serialize)]
pub(super) struct CertificateView {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) sans: Vec<String>,
    pub(super) not_before: String,
    pub(super) not_after: String,
    pub(super) serial: String,
    pub(super) sha256: String,
    pub(super) spki_sha256: String,
    pub(super) key: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Verification {
    pub(super) trusted: bool,
    pub(super) findings: Vec<FindingView>,
}

#[derive(Debug, Serialize)]
pub(super) struct FindingView {
    pub(super) code: &'static str,
    pub(super) severity: &'static str,
    pub(super) message: String,
    pub(super) fix: String,
}

/// What the client offered, in its order.
#[derive(Debug, Serialize)]
pub(super) struct Offer {
    pub(super) versions: Vec<String>,
    pub(super) cipher_suites: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) key_shares: Vec<String>,
    pub(super) signature_schemes: Vec<String>,
    pub(super) alpn: Vec<String>,
    pub(super) extensions: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Message {
    /// As the server sees it: `sent` or `received`.
    pub(super) direction: &'static str,
    pub(super) name: &'static str,
    pub(super) size: usize,
    pub(super) encrypted: bool,
    pub(super) details: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct HttpView {
    pub(super) version: String,
    pub(super) method: String,
    pub(super) path: String,
}

impl View {
    pub(super) fn new(request: &Parts, peer: &Peer, provider: &dyn Provider) -> Self {
        let facts = &peer.facts;
        let certificates =
            |chain: &[Certificate]| chain.iter().map(|one| CertificateView::new(one, provider)).collect::<Vec<_>>();
        let target = match request.uri.authority() {
            Some(authority) => Some(authority.to_string()),
            None => request.headers.get(header::HOST).map(|host| lossy(host.as_bytes())),
        };
        Self {
            target,
            address: peer.address.to_string(),
            local_address: peer.local.to_string(),
            protocol: facts.version.map(|version| version.to_string()),
            cipher_suite: facts.cipher_suite.map(|suite| suite.to_string()),
            group: facts.group.map(|group| group.to_string()),
            post_quantum: facts.group.is_some_and(NamedGroup::is_post_quantum),
            signature_scheme: facts.own_signature_scheme.map(|scheme| scheme.to_string()),
            client_signature_scheme: facts.signature_scheme.map(|scheme| scheme.to_string()),
            alpn: facts.alpn.as_deref().map(lossy),
            resumed: facts.resumed,
            retried: facts.retried,
            server_name: facts.server_name.clone(),
            client_auth_requested: facts.client_auth_requested,
            timings_ms: Timings { dns: None, tcp: None, tls: (peer.handshake.as_secs_f64() * 1e5).round() / 100.0 },
            chain: certificates(&facts.peer_certificates),
            server_chain: certificates(&facts.own_certificates),
            verification: match facts.peer_certificates.is_empty() {
                true => None,
                false => facts.verification.as_ref().map(Verification::new),
            },
            error: None,
            client_hello: facts.client_hello.as_ref().map(Offer::new),
            messages: facts.messages.iter().map(Message::new).collect(),
            http: HttpView {
                version: format!("{:?}", request.version),
                method: request.method.to_string(),
                path: request.uri.path().to_owned(),
            },
        }
    }
}

impl CertificateView {
    fn new(certificate: &Certificate, provider: &dyn Provider) -> Self {
        Self {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            sans: certificate.sans(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            serial: hex(certificate.serial()),
            sha256: hex(&certificate.sha256(provider)),
            spki_sha256: hex(&certificate.spki_sha256(provider)),
            key: certificate.key_description(),
        }
    }
}

impl Verification {
    fn new(report: &Report) -> Self {
        let findings = report.findings.iter().map(|finding| FindingView {
            code: finding.code.row().code,
            severity: match finding.severity {
                Severity::Info => "info",
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            message: finding.message.clone(),
            fix: finding.fix.clone(),
        });
        Self { trusted: report.is_trusted(), findings: findings.collect() }
    }
}

impl Offer {
    fn new(hello: &ClientHelloFacts) -> Self {
        Self {
            versions: names(&hello.versions),
            cipher_suites: names(&hello.cipher_suites),
            groups: names(&hello.groups),
            key_shares: names(&hello.key_shares),
            signature_schemes: names(&hello.signature_schemes),
            alpn: hello.alpn.iter().map(|protocol| lossy(protocol)).collect(),
            extensions: names(&hello.extensions),
        }
    }
}

impl Message {
    fn new(note: &MessageNote) -> Self {
        Self {
            direction: match note.direction {
                Direction::Sent => "sent",
                Direction::Received => "received",
            },
            name: note.name,
            size: note.size,
            encrypted: note.encrypted,
            details: note.details.clone(),
        }
    }
}

fn names(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
