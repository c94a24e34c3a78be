//! Path building and validation under one budget.

mod anchors;
pub(crate) mod budget;
mod build;
mod diagnose;
mod verify;

pub use anchors::{AnchorsError, TrustAnchors};
pub use budget::Budget;

use crate::check::{names, validity};
use crate::report::{Code, Finding};
use crate::{Certificate, Pin, Report, ServerName, UnixTime};
use budget::Exhausted;
pub(crate) use build::Node;
use build::{Origin, Paths};
use tlsmith_crypto::{Provider, SignatureAlgorithm};
use verify::Validation;

/// What the leaf is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// id-kp-serverAuth.
    ServerAuth,
    /// id-kp-clientAuth.
    ClientAuth,
}

/// What is to be verified.
#[derive(Clone, Debug)]
pub struct PathRequest<'a> {
    /// Whom to trust.
    pub anchors: &'a TrustAnchors,
    /// As the peer sent them: the leaf first, the rest in any order.
    pub chain: &'a [Certificate],
    /// What for.
    pub purpose: Purpose,
    /// The name that the leaf must hold (servers), or none (clients).
    pub name: Option<&'a ServerName>,
    /// When.
    pub now: UnixTime,
    /// How much work.
    pub budget: Budget,
    /// Signature algorithms that certificates may be signed with; empty: all that the provider verifies.
    pub algorithms: &'a [SignatureAlgorithm],
    /// Keys of which one has to stand in the path; none: any will do.
    pub pins: &'a [Pin],
}

impl<'a> PathRequest<'a> {
    /// `chain` to `anchors`, for `purpose`, at `now`: no name, the usual budget, every algorithm, no pins. The rest is set afterwards.
    pub fn new(chain: &'a [Certificate], anchors: &'a TrustAnchors, purpose: Purpose, now: UnixTime) -> Self {
        Self { anchors, chain, purpose, name: None, now, budget: Budget::default(), algorithms: &[], pins: &[] }
    }
}

/// Builds a path from the leaf to an anchor and validates it (RFC 5280 §6.1). Never fails: the report says all.
///
/// The first path without an error is taken. Where there is none, the findings are those of the path that came nearest; where
/// no path ends at an anchor, those of the certificates as sent, and why they lead nowhere.
///
/// A leaf that is itself an anchor (a self-signed certificate that was given as trusted) is a path of one.
pub fn verify(provider: &dyn Provider, request: &PathRequest<'_>) -> Report {
    let Some(leaf) = request.chain.first() else {
        let message = "the peer sent no certificate".to_owned();
        return Report::new(Vec::new(), vec![Finding::new(Code::NoCertificate, None, message)]);
    };
    let mut validation = Validation::new(provider, request);
    let mut outcome = search(&mut validation, request, leaf);
    outcome.findings.extend(request.name.and_then(|name| names::server_name(leaf, name)));
    outcome.findings.extend(diagnose::as_sent(request, &outcome.path));
    let trusted = outcome.anchored && !outcome.findings.iter().any(Finding::is_error);
    if !trusted {
        return Report::new(Vec::new(), outcome.findings);
    }
    let soon = outcome
        .path
        .iter()
        .filter_map(|node| validity::expires_soon(node.certificate, validation.sent_at(*node), request.now));
    outcome.findings.extend(soon);
    let path = outcome.path.iter().map(|node| node.certificate.clone()).collect();
    Report::new(path, outcome.findings)
}

/// The path that was found, or the one that explains best why none was.
struct Outcome<'a> {
    path: Vec<Node<'a>>,
    anchored: bool,
    findings: Vec<Finding>,
}

impl Outcome<'_> {
    /// How far from trusted: a signature that does not hold weighs more than anything that a renewal mends.
    fn distance(&self) -> usize {
        let weight = |finding: &Finding| match finding.code {
            Code::UnknownIssuer | Code::BadSignature => 1_000,
            _ if finding.is_error() => 1,
            _ => 0,
        };
        self.findings.iter().map(weight).sum()
    }
}

fn search<'a>(validation: &mut Validation<'a>, request: &'a PathRequest<'a>, leaf: &'a Certificate) -> Outcome<'a> {
    if request.anchors.contains(leaf) {
        let path = vec![Node { certificate: leaf, origin: Origin::Sent(0) }];
        return validated(validation, path, true);
    }
    let mut paths = Paths::new(request.chain, request.anchors);
    let mut best: Option<Outcome<'a>> = None;
    while validation.meter.exhausted().is_none() {
        let Ok(Some(path)) = paths.next(&mut validation.meter) else { break };
        let outcome = validated(validation, path, true);
        if outcome.distance() == 0 {
            return outcome;
        }
        if best.as_ref().is_none_or(|best| outcome.distance() < best.distance()) {
            best = Some(outcome);
        }
    }
    let mut outcome = best.unwrap_or_else(|| sent_alone(validation, request, &paths));
    outcome.anchored = false;
    outcome.findings.extend(validation.meter.exhausted().map(exhaustion));
    if paths.too_long() {
        let message = format!("a path was left because it has more than {} certificates", request.budget.depth);
        outcome.findings.push(Finding::new(Code::PathTooLong, None, message));
    }
    outcome
}

/// A path and what is wrong with it; an exhausted budget is wrong with it too.
fn validated<'a>(validation: &mut Validation<'a>, path: Vec<Node<'a>>, anchored: bool) -> Outcome<'a> {
    let mut findings = Vec::new();
    if validation.path(&path, &mut findings) == Err(Exhausted) {
        findings.extend(validation.meter.exhausted().map(exhaustion));
    }
    Outcome { path, anchored, findings }
}

/// No path ends at an anchor: what the sent certificates are worth by themselves, and where they end.
fn sent_alone<'a>(validation: &mut Validation<'a>, request: &'a PathRequest<'a>, paths: &Paths<'a>) -> Outcome<'a> {
    let path = build::sent_alone(request.chain, &validation.meter);
    let mut outcome = validated(validation, path, false);
    // A search that was left half-way has no end to speak of.
    if !paths.too_long() && validation.meter.exhausted().is_none() {
        outcome.findings.extend(diagnose::end_of_chain(&outcome.path, validation, request.anchors));
    }
    outcome
}

fn exhaustion(what: &str) -> Finding {
    let message = format!("the search for a path was stopped: it takes more {what} than any chain in use");
    Finding::new(Code::BudgetExhausted, None, message)
}
