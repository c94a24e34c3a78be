//! The examination: which handshakes are tried, and what each of them is for.
//!
//! The everyday one comes first; what it came to decides which others can tell more. They follow one after another, since small
//! servers take one connection at a time.

use std::{net::SocketAddr, time::Duration};

use tlsmith::registry::{NamedGroup, ProtocolVersion};
use tlsmith_x509::{
    Certificate, Code, DnsName, PathRequest, Purpose, Report, ServerName, TrustAnchors, UnixTime,
    name::ReferenceName,
    revocation::{Revocation, RevocationPolicy, Stapling},
};
use tokio::{task::JoinSet, time::timeout};

use super::{
    aside, complete,
    evidence::{Aside, Evidence, Kind, RawTrial, Trial},
    http,
    plan::Plan,
};
use crate::{
    connect::reach,
    probe::{Probe, Seen, probe, raw},
};

/// A server that has not answered by then gets other ClientHellos as well.
const HEAD_START: Duration = Duration::from_millis(1500);
/// More addresses of a name than this are not asked.
const MAX_ADDRESSES: usize = 8;
/// Groups whose shares fit into one packet.
const CLASSICAL: [NamedGroup; 3] = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1];
/// Ports on which TLS is spoken from the first byte, and what is spoken in it is not HTTP (IANA).
const NOT_HTTP: [u16; 16] = [465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 5061, 5223, 5671, 6697, 8883];

/// Examines.
pub(crate) async fn examine(plan: &Plan) -> Evidence {
    let mut examination = Examination { plan, evidence: empty(plan) };
    examination.run().await;
    let completed = complete::complete(plan, &examination.evidence).await;
    examination.evidence.completed = completed;
    examination.evidence.aside = aside::of(plan.provider.as_ref(), &examination.evidence);
    examination.evidence
}

/// Nothing seen yet.
fn empty(plan: &Plan) -> Evidence {
    Evidence {
        target: plan.target.clone(),
        name: plan.name.clone(),
        starttls: plan.starttls,
        now: plan.now(),
        time_is_given: plan.at.is_some(),
        addresses_are_given: !plan.addresses.is_empty(),
        trials: Vec::new(),
        raw: Vec::new(),
        completed: None,
        aside: Aside::default(),
        expected: plan.expected.clone(),
        client: plan.client.clone(),
        roots: plan.roots.clone(),
        anchors: plan.anchors.clone(),
        not_before: newest_root(),
    }
}

/// The program was made after the newest root in it became valid.
fn newest_root() -> UnixTime {
    let roots = TrustAnchors::mozilla();
    roots.certificates().iter().map(Certificate::not_before).max().unwrap_or(UnixTime(0))
}

struct Examination<'p> {
    plan: &'p Plan,
    evidence: Evidence,
}

impl Examination<'_> {
    async fn run(&mut self) {
        self.first().await;
        let Some(first) = self.evidence.default_trial() else { return };
        let (phase, code) = (first.error().and_then(|error| error.phase), first.code().to_owned());
        let (is_complete, is_silent) = (first.seen.completed, first.seen.first_bytes.is_empty());
        let is_other_protocol = matches!(code.as_str(), "record.plain_http" | "record.not_tls");
        if matches!(phase, Some("dns" | "starttls")) || is_other_protocol {
            return;
        }
        match phase {
            Some("tcp") => {}
            _ if is_complete => self.look_around().await,
            // The others were tried meanwhile; to wait once more for each kind would tell nothing new.
            _ if code == "transport.timeout" && is_silent => {}
            _ => self.find_what_it_takes().await,
        }
        self.other_addresses().await;
    }

    /// The everyday handshake; where it is not answered at once, a small and an old ClientHello beside it, so that nobody waits
    /// for one after another.
    async fn first(&mut self) {
        let provider = &self.plan.provider;
        let (usual, small) = (self.probe(&Kind::Default), self.probe(&Kind::Classical));
        let mut default = std::pin::pin!(probe(provider, &usual));
        if let Ok(seen) = timeout(HEAD_START, &mut default).await {
            return self.note(Kind::Default, seen);
        }
        let offer = raw::Offer::Legacy;
        let (seen, small, answer) =
            tokio::join!(default, probe(provider, &small), raw::ask(provider.as_ref(), &usual, offer));
        self.note(Kind::Default, seen);
        self.note(Kind::Classical, small);
        self.evidence.raw.push(RawTrial { offer, answer });
    }

    /// The handshake went through: what else is served?
    async fn look_around(&mut self) {
        if matches!(self.plan.name, ServerName::Dns(_)) {
            self.handshake(Kind::NoSni).await;
        }
        self.handshake(Kind::Tls12).await;
        if self.evidence.finding(Code::NameMismatch).is_some()
            && let Some(neighbour) = neighbour(&self.plan.name)
        {
            self.handshake(Kind::Neighbour(neighbour)).await;
        }
        let asked = self.evidence.default_trial().is_some_and(|trial| trial.seen.client_certificate_requested);
        let dated = [Code::Expired, Code::NotYetValid].into_iter().any(|code| self.evidence.finding(code).is_some());
        let is_http = self.plan.starttls.is_none() && !NOT_HTTP.contains(&self.plan.target.port);
        if is_http && (asked || dated) {
            self.handshake(Kind::Request).await;
        }
    }

    /// The handshake failed: with which ClientHello would the server go on?
    async fn find_what_it_takes(&mut self) {
        if self.evidence.of(&Kind::Classical).is_none() {
            self.handshake(Kind::Classical).await;
        }
        if self.evidence.of(&Kind::Classical).is_some_and(Trial::is_good) {
            return;
        }
        self.handshake(Kind::Tls12).await;
        let is_named = matches!(self.plan.name, ServerName::Dns(_));
        if is_named && self.evidence.trials.iter().all(|trial| trial.seen.version.is_none()) {
            self.handshake(Kind::NoSni).await;
        }
        if self.evidence.trials.iter().any(|trial| !trial.seen.chain.is_empty() && trial.kind != Kind::NoSni) {
            return;
        }
        for offer in [raw::Offer::Legacy, raw::Offer::Tls10, raw::Offer::Ssl3, raw::Offer::AnyGroup] {
            if self.evidence.raw(offer).is_some() {
                continue;
            }
            let answer = raw::ask(self.plan.provider.as_ref(), &self.probe(&Kind::Default), offer).await;
            self.evidence.raw.push(RawTrial { offer, answer });
        }
    }

    /// Every address of the name but the one that was asked.
    async fn other_addresses(&mut self) {
        let all = match (self.plan.addresses.as_slice(), self.plan.target.ip()) {
            ([], Some(_)) => return,
            ([], None) => reach::resolve(&self.plan.target, self.plan.timeout).await.unwrap_or_default(),
            (named, _) => named.to_vec(),
        };
        let asked = self.evidence.default_trial().and_then(|trial| trial.seen.address);
        // None took a connection: all of them have been asked.
        let Some(asked) = asked else { return };
        // These are machines of their own: they can be asked at the same time.
        let mut asked_now = JoinSet::new();
        for address in all.into_iter().filter(|address| *address != asked).take(MAX_ADDRESSES) {
            let (provider, kind) = (self.plan.provider.clone(), Kind::Address(address));
            let what = self.probe(&kind);
            asked_now.spawn(async move { (kind, probe(&provider, &what).await) });
        }
        let mut seen = asked_now.join_all().await;
        seen.sort_by_key(|(_, seen)| seen.address);
        seen.into_iter().for_each(|(kind, seen)| self.note(kind, seen));
    }

    async fn handshake(&mut self, kind: Kind) {
        let seen = probe(&self.plan.provider, &self.probe(&kind)).await;
        self.note(kind, seen);
    }

    fn note(&mut self, kind: Kind, seen: Seen) {
        let name = match &kind {
            Kind::Neighbour(name) => name,
            _ => &self.plan.name,
        };
        let report = (!seen.chain.is_empty()).then(|| self.judge(&seen, name));
        self.evidence.trials.push(Trial { kind, seen, report });
    }

    fn judge(&self, seen: &Seen, name: &ServerName) -> Report {
        // Without a word at hand nobody is to be told that there is none.
        let is_told = seen.ocsp_response.is_some() || !self.plan.crls.is_empty();
        let request = PathRequest {
            name: Some(ReferenceName::Host(name)),
            ocsp_response: seen.ocsp_response.as_deref(),
            revocation: Revocation {
                policy: if is_told { self.plan.revocation } else { RevocationPolicy::Ignore },
                crls: &self.plan.crls,
                // A handshake that did not come to its end may have come to no staple either.
                stapling: if seen.completed { Stapling::Asked } else { Stapling::NotAsked },
                ..Revocation::default()
            },
            ..PathRequest::new(&seen.chain, &self.plan.anchors, Purpose::ServerAuth, self.plan.now())
        };
        tlsmith_x509::verify(self.plan.provider.as_ref(), &request)
    }

    fn probe(&self, kind: &Kind) -> Probe {
        let plan = self.plan;
        let usual = Probe {
            identity: plan.identity.clone(),
            starttls: plan.starttls,
            addresses: self.addresses(),
            ..Probe::new(plan.target.clone(), Some(plan.name.clone()), plan.timeout)
        };
        match kind {
            Kind::Default => usual,
            Kind::NoSni => Probe { server_name: None, ..usual },
            Kind::Tls12 => Probe { versions: (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_2), ..usual },
            Kind::Classical => Probe { groups: Some(CLASSICAL.to_vec()), ..usual },
            Kind::Request => Probe { request: Some(http::request(&plan.name.to_string())), ..usual },
            Kind::Address(address) => Probe { addresses: vec![*address], ..usual },
            Kind::Neighbour(name) => Probe { server_name: Some(name.clone()), ..usual },
        }
    }

    /// All handshakes go to the machine that the first one went to; that one to the first that takes a connection.
    fn addresses(&self) -> Vec<SocketAddr> {
        match self.evidence.default_trial().and_then(|trial| trial.seen.address) {
            Some(address) => vec![address],
            None => self.plan.addresses.clone(),
        }
    }
}

/// The name with `www.` where it has none, and without where it has.
fn neighbour(name: &ServerName) -> Option<ServerName> {
    let ServerName::Dns(name) = name else { return None };
    let text = match name.as_str().strip_prefix("www.") {
        Some(bare) => bare.to_owned(),
        None => format!("www.{}", name.as_str()),
    };
    DnsName::new(&text).ok().map(ServerName::Dns)
}
