//! The search for a path that can be trusted: what the certificates say first, the signatures of a path only when nothing
//! else is wrong with it.

use super::PathRequest;
use super::budget::Exhausted;
use super::build::{self, Node, Origin, Paths};
use super::diagnose;
use super::verify::Validation;
use crate::Certificate;
use crate::report::{Code, Finding};
use crate::revocation::CertificateRevocation;

/// How many paths that came near are kept, to find among them the one that explains best why none was good.
const KEPT: usize = 8;

/// The path that was found, or the one that explains best why none was.
pub(super) struct Outcome<'a> {
    pub(super) path: Vec<Node<'a>>,
    pub(super) anchored: bool,
    pub(super) findings: Vec<Finding>,
    /// What is known of revocations, if it came to that.
    pub(super) revocation: Vec<CertificateRevocation>,
}

/// A path that is not good.
struct Near<'a> {
    /// At least so far from trusted.
    distance: usize,
    path: Vec<Node<'a>>,
    /// What is wrong with it besides signatures.
    claims: Vec<Finding>,
    revocation: Vec<CertificateRevocation>,
}

/// The first path without an error; or what is wrong with the one that came nearest.
pub(super) fn search<'a>(
    validation: &mut Validation<'a>,
    request: &'a PathRequest<'a>,
    leaf: &'a Certificate,
) -> Outcome<'a> {
    if request.anchors.contains(leaf) {
        return alone(validation, leaf);
    }
    let mut paths = Paths::new(request.chain, request.known, request.anchors);
    let mut near: Vec<Near<'a>> = Vec::new();
    while let Ok(Some(path)) = validation.next_path(&mut paths) {
        match judged(validation, path) {
            Ok(Judgement::Good(outcome)) => return outcome,
            Ok(Judgement::Refused(refused)) => keep(&mut near, refused),
            Err(Exhausted) => break,
        }
    }
    let exhausted = validation.meter.exhausted().map(exhaustion);
    let mut outcome = match nearest(validation, near) {
        Some(outcome) => outcome,
        None => {
            // A search that was left half-way has no end to speak of.
            let ended = !paths.too_long() && exhausted.is_none();
            sent_alone(validation, request, ended)
        }
    };
    outcome.anchored = false;
    outcome.findings.extend(exhausted);
    if paths.too_long() {
        let message = format!("a path was left because it has more than {} certificates", request.budget.depth);
        outcome.findings.push(Finding::new(Code::PathTooLong, None, message));
    }
    outcome
}

/// A leaf that is itself an anchor: there is no signature to verify.
fn alone<'a>(validation: &mut Validation<'a>, leaf: &'a Certificate) -> Outcome<'a> {
    let path = vec![Node { certificate: leaf, origin: Origin::Sent(0) }];
    let mut findings = Vec::new();
    let judged = validation.path(&path, &mut findings).and_then(|()| validation.transparency(&path, &mut findings));
    if judged == Err(Exhausted) {
        findings.extend(validation.meter.exhausted().map(exhaustion));
    }
    Outcome { path, anchored: true, findings, revocation: Vec::new() }
}

/// What became of one path.
enum Judgement<'a> {
    Good(Outcome<'a>),
    Refused(Near<'a>),
}

/// One path. Its signatures cost most, so they come after all else, and revocations after them, each only where what comes
/// before is good.
fn judged<'a>(validation: &mut Validation<'a>, path: Vec<Node<'a>>) -> Result<Judgement<'a>, Exhausted> {
    let mut claims = Vec::new();
    validation.path(&path, &mut claims)?;
    if claims.iter().any(Finding::is_error) {
        return Ok(Judgement::Refused(Near { distance: distance(&claims), path, claims, revocation: Vec::new() }));
    }
    if let Some(bad) = validation.first_bad_signature(&path)? {
        return Ok(Judgement::Refused(Near { distance: distance(&[bad]), path, claims, revocation: Vec::new() }));
    }
    // What others say of a certificate, and logs, is signed by or for its issuer: that it is the issuer has to be certain.
    let revocation = validation.revocation(&path, &mut claims)?;
    validation.transparency(&path, &mut claims)?;
    if claims.iter().any(Finding::is_error) {
        return Ok(Judgement::Refused(Near { distance: distance(&claims), path, claims, revocation }));
    }
    Ok(Judgement::Good(Outcome { path, anchored: true, findings: claims, revocation }))
}

/// How far from trusted: a signature that does not hold weighs more than anything that a renewal mends.
fn distance(findings: &[Finding]) -> usize {
    let weight = |finding: &Finding| match finding.code {
        Code::UnknownIssuer | Code::WrongIntermediate | Code::BadSignature => 1_000,
        _ if finding.is_error() => 1,
        _ => 0,
    };
    findings.iter().map(weight).sum()
}

/// The nearest are kept, of equals those that came first.
fn keep<'a>(near: &mut Vec<Near<'a>>, refused: Near<'a>) {
    let at = near.partition_point(|kept| kept.distance <= refused.distance);
    near.insert(at, refused);
    near.truncate(KEPT);
}

/// The path that came nearest, its signatures included, with everything that is wrong with it.
fn nearest<'a>(validation: &mut Validation<'a>, near: Vec<Near<'a>>) -> Option<Outcome<'a>> {
    let mut best: Option<(usize, bool, Outcome<'a>)> = None;
    for Near { distance: at_least, path, claims, revocation } in near {
        if best.as_ref().is_some_and(|best| best.0 <= at_least) {
            break;
        }
        let mut findings = claims;
        let certain = validation.bad_signatures(&path, &mut findings);
        let distance = distance(&findings);
        if best.as_ref().is_none_or(|best| distance < best.0) {
            best = Some((distance, certain, Outcome { path, anchored: true, findings, revocation }));
        }
    }
    let (_, certain, mut outcome) = best?;
    if certain && outcome.revocation.is_empty() {
        // It was refused before it came to that. Its issuers are who they say, so their word belongs to the whole truth.
        let told = validation.revocation(&outcome.path, &mut outcome.findings);
        outcome.revocation = told.unwrap_or_default();
    }
    Some(outcome)
}

/// No path ends at an anchor: what the sent certificates are worth by themselves, and where they end.
fn sent_alone<'a>(validation: &mut Validation<'a>, request: &'a PathRequest<'a>, ended: bool) -> Outcome<'a> {
    let path = build::sent_alone(request.chain, &validation.meter);
    let mut findings = Vec::new();
    let result = validation.path(&path, &mut findings);
    validation.bad_signatures(&path, &mut findings);
    // A budget that ends here ends what is said, and changes nothing about the outcome.
    // Nor does it matter where a chain ends that is broken further down.
    let broken = findings.iter().any(|finding| finding.code == Code::WrongIntermediate);
    if ended && !broken && result == Ok(()) {
        findings.extend(diagnose::end_of_chain(&path, validation, request.chain, request.anchors));
    }
    Outcome { path, anchored: false, findings, revocation: Vec::new() }
}

fn exhaustion(what: String) -> Finding {
    let message = format!("the search for a path was stopped: {what}");
    Finding::new(Code::BudgetExhausted, None, message)
}
