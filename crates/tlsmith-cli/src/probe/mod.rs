//! One handshake with given parameters, and everything that can be learned from it, whatever happens.
//!
//! Nobody is believed and nobody refused: the chain is kept as it came and judged by the caller, so that a failure does not
//! hide what else the server would have said. The work is bounded by the connection's own bounds (ARCHITECTURE.md) and by
//! [`Probe::limit`] for each phase.

pub(crate) mod raw;
mod verifier;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tlsmith::{
    ClientConfig, Connection, Facts,
    auth::Identity,
    conn::CertificateRequestFacts,
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    session::UnixMillis,
};
use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, ServerName};
use tokio::{net::TcpStream, time::timeout};

use crate::{
    connect::{
        Error, FailedAddress, Target,
        failure::{self, Phase},
        link::Link,
        of_broken, reach, shares, stalled,
        starttls::{self, Parties, Protocol},
    },
    exit::Usage,
};
use verifier::AcceptAll;

/// How long the last words of a connection may take.
const PARTING: Duration = Duration::from_millis(200);
/// How long a server that judges a client's certificate may take at least (it does so after the client's last message).
const VERDICT: Duration = Duration::from_millis(500);
/// How much of an answer to a request is kept; the heads of HTTP answers are shorter.
const MAX_REPLY: usize = 8 << 10;

/// What to do.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    /// Whom to reach.
    pub(crate) target: Target,
    /// The addresses to ask, of which the first that takes a connection counts; none: those of the target.
    pub(crate) addresses: Vec<SocketAddr>,
    /// The name to send as SNI; none: none is sent. An address is never sent (RFC 6066 §3).
    pub(crate) server_name: Option<ServerName>,
    /// The lowest and the highest version to offer.
    pub(crate) versions: (ProtocolVersion, ProtocolVersion),
    /// The groups to offer, with a share for the first; none: the usual ones.
    pub(crate) groups: Option<Vec<NamedGroup>>,
    /// What to show when the server asks for a certificate.
    pub(crate) identity: Option<Arc<Identity>>,
    /// The protocol to ask for TLS in.
    pub(crate) starttls: Option<Protocol>,
    /// What to send after the handshake; the beginning of the answer is kept.
    pub(crate) request: Option<Vec<u8>>,
    /// How long each of name lookup, TCP, the dialogue before TLS, the handshake and the answer may take.
    pub(crate) limit: Duration,
}

impl Probe {
    /// An everyday handshake with the target: its name as SNI, both versions, the usual groups.
    pub(crate) fn new(target: Target, server_name: Option<ServerName>, limit: Duration) -> Self {
        Self {
            target,
            addresses: Vec::new(),
            server_name,
            versions: (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3),
            groups: None,
            identity: None,
            starttls: None,
            request: None,
            limit,
        }
    }
}

/// What was seen.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The address that took the connection.
    pub(crate) address: Option<SocketAddr>,
    /// Those before it that did not.
    pub(crate) failed_addresses: Vec<FailedAddress>,
    /// The server's certificates as sent, leaf first.
    pub(crate) chain: Vec<Certificate>,
    /// The OCSP response that it stapled (DER).
    pub(crate) ocsp_response: Option<Vec<u8>>,
    /// Its `SignedCertificateTimestampList`, its length included (RFC 6962 §3.3).
    pub(crate) sct_list: Option<Vec<u8>>,
    /// The version, once chosen.
    pub(crate) version: Option<ProtocolVersion>,
    /// The suite, once chosen.
    pub(crate) suite: Option<CipherSuite>,
    /// The group, once chosen.
    pub(crate) group: Option<NamedGroup>,
    /// The scheme of the server's CertificateVerify.
    pub(crate) signature_scheme: Option<SignatureScheme>,
    /// The server asked for another key share first.
    pub(crate) retried: bool,
    /// It asked for a certificate.
    pub(crate) client_certificate_requested: bool,
    /// What it asked for.
    pub(crate) certificate_request: Option<CertificateRequestFacts>,
    /// The handshake went through on this side; `outcome` may still hold what the server had to say after it.
    pub(crate) completed: bool,
    /// What was received, message by message, by the RFC's names.
    pub(crate) received: Vec<&'static str>,
    /// How it ended.
    pub(crate) outcome: Result<(), Error>,
    /// The first bytes that came after the ClientHello: what the server speaks if it is not TLS.
    pub(crate) first_bytes: Vec<u8>,
    /// The beginning of the answer to the request.
    pub(crate) reply: Vec<u8>,
    /// How long the TCP connection took.
    pub(crate) connect_time: Option<Duration>,
    /// How long the handshake took.
    pub(crate) handshake_time: Option<Duration>,
    /// How long all of it took.
    pub(crate) elapsed: Duration,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            address: None,
            failed_addresses: Vec::new(),
            chain: Vec::new(),
            ocsp_response: None,
            sct_list: None,
            version: None,
            suite: None,
            group: None,
            signature_scheme: None,
            retried: false,
            client_certificate_requested: false,
            certificate_request: None,
            completed: false,
            received: Vec::new(),
            outcome: Ok(()),
            first_bytes: Vec::new(),
            reply: Vec::new(),
            connect_time: None,
            handshake_time: None,
            elapsed: Duration::ZERO,
        }
    }
}

/// Does it. Never fails: what went wrong is a part of what was seen.
pub(crate) async fn probe(provider: &Arc<dyn Provider>, probe: &Probe) -> Seen {
    let begun = Instant::now();
    let mut seen = Seen::default();
    seen.outcome = attempt(provider, probe, &mut seen).await;
    seen.elapsed = begun.elapsed();
    seen
}

async fn attempt(provider: &Arc<dyn Provider>, probe: &Probe, seen: &mut Seen) -> Result<(), Error> {
    let config = config(provider, probe).map_err(|usage| Error::of_usage(&usage))?;
    let (tcp, address, rtt) = reach(probe, seen).await?;
    let tcp = ask_for_tls(probe, tcp).await?;
    // The name only steers SNI: the verifier takes everybody.
    let name = probe.server_name.clone().unwrap_or(ServerName::Ip(address.ip()));
    let mut out = Vec::new();
    let conn = Connection::client(config, name, UnixMillis::now(), &mut out).map_err(|error| Error::of(&error))?;
    let begun = Instant::now();
    let mut link = Link::new(tcp, conn, out, begun);
    let mut early = Vec::new();
    let result = match timeout(probe.limit, link.handshake(&mut early)).await {
        Err(_) => Err(failure::timeout(Phase::Tls, probe.limit, &stalled(&link, address))),
        Ok(result) => result.map_err(|broken| of_broken(Phase::Tls, address, broken)),
    };
    seen.handshake_time = Some(begun.elapsed());
    seen.completed = result.is_ok();
    let result = match result {
        Ok(()) => settle(probe, &mut link, address, rtt, early, seen).await,
        Err(error) => {
            // The alert that says why is on its way; what the peer answers to it changes nothing.
            let _ = link.part(PARTING).await;
            Err(error)
        }
    };
    seen.take(&link);
    result
}

/// Offers what the probe says, and accepts everybody.
fn config(provider: &Arc<dyn Provider>, probe: &Probe) -> Result<Arc<ClientConfig>, Usage> {
    let (min, max) = probe.versions;
    let mut builder = ClientConfig::builder(provider.clone(), Arc::new(AcceptAll)).versions(min, max);
    if let Some(groups) = &probe.groups {
        builder = builder.groups(groups).key_shares(&shares(groups));
    }
    if let Some(identity) = &probe.identity {
        builder = builder.identity(identity.clone());
    }
    if probe.server_name.is_none() {
        builder = builder.send_server_name(false);
    }
    builder.build().map_err(Usage::from)
}

/// A TCP connection, and how long it took.
pub(crate) async fn reach(probe: &Probe, seen: &mut Seen) -> Result<(TcpStream, SocketAddr, Duration), Error> {
    let addresses = match (probe.target.ip(), probe.target.host.contains('%')) {
        _ if !probe.addresses.is_empty() => probe.addresses.clone(),
        (Some(ip), false) => vec![SocketAddr::new(ip, probe.target.port)],
        _ => reach::resolve(&probe.target, probe.limit).await?,
    };
    let (tcp, address, rtt) = reach::connect(&addresses, probe.limit, &mut seen.failed_addresses).await?;
    seen.address = Some(address);
    seen.connect_time = Some(rtt);
    Ok((tcp, address, rtt))
}

/// Speaks the protocol in clear until TLS may begin, where there is one to speak.
pub(crate) async fn ask_for_tls(probe: &Probe, mut tcp: TcpStream) -> Result<TcpStream, Error> {
    let Some(protocol) = probe.starttls else { return Ok(tcp) };
    let own = tcp.local_addr().ok().map(|address| address.ip());
    let server = probe.server_name.as_ref().map_or_else(|| probe.target.host.clone(), ToString::to_string);
    let parties = Parties { server, own };
    starttls::negotiate(&mut tcp, protocol, &parties, probe.limit, &mut Vec::new()).await?;
    Ok(tcp)
}

/// Hears what the server makes of the client's certificate, sends the request, and closes.
async fn settle(
    probe: &Probe,
    link: &mut Link,
    address: SocketAddr,
    rtt: Duration,
    mut data: Vec<u8>,
    seen: &mut Seen,
) -> Result<(), Error> {
    let failed = |broken| of_broken(Phase::Reply, address, broken);
    let grace = (rtt * 3).max(VERDICT).min(probe.limit);
    if link.facts().client_auth_requested && data.is_empty() {
        link.listen(grace, &mut data).await.map_err(failed)?;
    }
    if let Some(request) = &probe.request {
        link.send(request).map_err(|error| Error::of(&error))?;
        let deadline = Instant::now() + probe.limit;
        let result = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let is_whole = data.windows(4).any(|end| end == b"\r\n\r\n") || data.len() >= MAX_REPLY;
            if is_whole || left.is_zero() || link.is_ended() || link.is_peer_closed() {
                break Ok(());
            }
            match link.listen(left, &mut data).await {
                Ok(_) => {}
                // An end without close_notify is no answer, and of no interest after one.
                Err(broken) => break Err(failed(broken)),
            }
        };
        data.truncate(MAX_REPLY);
        let is_answered = !data.is_empty();
        seen.reply = data;
        match result {
            Err(error) if error.alert_direction == Some("received") || !is_answered => return Err(error),
            _ => {}
        }
    }
    link.send_close();
    match link.part(grace.min(PARTING.max(rtt * 2))).await {
        Err(error) if error.received_alert().is_some() => Err(Error::of(&error)),
        _ => Ok(()),
    }
}

impl Seen {
    fn take(&mut self, link: &Link) {
        let facts: &Facts = link.facts();
        self.chain.clone_from(&facts.peer_certificates);
        self.ocsp_response.clone_from(&facts.ocsp_response);
        self.sct_list.clone_from(&facts.sct_list);
        self.version = facts.version;
        self.suite = facts.cipher_suite;
        self.group = facts.group;
        self.signature_scheme = facts.signature_scheme;
        self.retried = facts.retried;
        self.client_certificate_requested = facts.client_auth_requested;
        self.certificate_request.clone_from(&facts.certificate_request);
        self.received = link.messages().iter().filter(|m| m.direction == "received").map(|m| m.name).collect();
        self.first_bytes = link.first_bytes().to_vec();
    }
}

#[cfg(test)]
mod tests;
