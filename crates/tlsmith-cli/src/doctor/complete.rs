//! What certificates name and the server did not send: the missing intermediate, fetched, proves that it is what is missing;
//! lists and responders say what was revoked.

use tlsmith_pki::fetch::{Cache, Fetcher, Gathered, Reach, Want, gather};
use tlsmith_x509::{
    Code, Finding, PathRequest, Purpose, Severity,
    name::ReferenceName,
    revocation::{Crl, Revocation, RevocationPolicy, Stapling},
};

use super::{
    evidence::{Completed, Evidence},
    plan::Plan,
};

/// All fetches together may take so many times what one may.
const PATIENCE: u32 = 2;

/// Fetches what is wanting, and judges again. None where nothing is wanting.
pub(super) async fn complete(plan: &Plan, evidence: &Evidence) -> Option<Completed> {
    let trial = evidence.with_chain()?;
    let report = trial.report.as_ref()?;
    let ends = |finding: &Finding| {
        let is_end = matches!(finding.code, Code::UnknownIssuer | Code::MissingIntermediate | Code::WrongIntermediate);
        is_end && finding.severity == Severity::Error
    };
    let intermediates = report.findings.iter().any(ends);
    // Of what is refused anyway nobody needs to know whether it was revoked as well.
    let revocation = plan.revocation != RevocationPolicy::Ignore && (report.is_trusted() || intermediates);
    if !(intermediates || revocation) {
        return None;
    }
    let want = Want { intermediates, revocation, leaf_only: false };
    let gathered = match plan.offline {
        true => Gathered::default(),
        false => fetch(plan, evidence, want).await,
    };
    let notes = gathered.notes.iter().map(ToString::to_string).collect();
    let crls: Vec<Crl> = plan.crls.iter().chain(&gathered.crls).cloned().collect();
    let responses: Vec<&[u8]> = gathered.responses.iter().map(Vec::as_slice).collect();
    let request = PathRequest {
        known: &gathered.intermediates,
        name: Some(ReferenceName::Host(&plan.name)),
        ocsp_response: trial.seen.ocsp_response.as_deref(),
        revocation: Revocation {
            policy: plan.revocation,
            crls: &crls,
            responses: &responses,
            stapling: if trial.seen.completed { Stapling::Asked } else { Stapling::NotAsked },
            ..Revocation::default()
        },
        ..PathRequest::new(&trial.seen.chain, &plan.anchors, Purpose::ServerAuth, plan.now())
    };
    let report = tlsmith_x509::verify(plan.provider.as_ref(), &request);
    Some(Completed { report, added: gathered.intermediates, notes })
}

async fn fetch(plan: &Plan, evidence: &Evidence, want: Want) -> Gathered {
    let Some(trial) = evidence.with_chain() else { return Gathered::default() };
    // As far as the server itself is: a server of the world must not send requests into this network.
    let own = trial.seen.address.map(|address| address.ip());
    let reach = [Reach::Public, Reach::Private].into_iter().find(|reach| own.is_none_or(|own| reach.allows(own)));
    let reach = reach.unwrap_or(Reach::Any);
    // What this machine serves itself changes faster than a cache believes.
    let cache = if reach == Reach::Any { None } else { Cache::of_user() };
    let fetcher = Fetcher { reach, limit: plan.timeout, all: plan.timeout * PATIENCE, cache };
    gather(&fetcher, plan.provider.as_ref(), &trial.seen.chain, &plan.anchors, want, plan.now()).await
}
