//! Path building and validation under one budget.

mod anchors;
mod as_sent;
pub(crate) mod budget;
mod build;
mod cache;
mod diagnose;
mod policies;
mod search;
mod verify;

pub use anchors::{AnchorsError, TrustAnchors};
pub use budget::{Budget, Work};
pub use cache::SignatureCache;

use crate::check::{names, validity};
use crate::ct::Transparency;
use crate::profile::{self, Profile};
use crate::report::{Code, Finding};
use crate::revocation::Revocation;
use crate::{Certificate, Pin, ReferenceName, Report, UnixTime};
pub(crate) use build::Node;
#[cfg(test)]
pub(crate) use build::Origin;
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
    /// Certificates that were not sent, but may be needed: fetched, or a bundle of intermediates. A path that needs one is
    /// trusted, and its absence from the chain is a finding all the same.
    pub known: &'a [Certificate],
    /// What for.
    pub purpose: Purpose,
    /// The name that the leaf must hold: the host that was asked for, the URI or mailbox of a client; or none.
    pub name: Option<ReferenceName<'a>>,
    /// When.
    pub now: UnixTime,
    /// How much work.
    pub budget: Budget,
    /// What was verified before; none: nothing is remembered.
    pub cache: Option<&'a SignatureCache>,
    /// Signature algorithms that certificates may be signed with; empty: all that the provider verifies.
    pub algorithms: &'a [SignatureAlgorithm],
    /// What is demanded of the certificates beyond RFC 5280 §6.1.
    pub profile: &'a Profile,
    /// Keys of which one has to stand in the path; none: any will do.
    pub pins: &'a [Pin],
    /// How many logs have to know the leaf (RFC 6962), or none: it is not asked.
    pub transparency: Option<Transparency<'a>>,
    /// The `SignedCertificateTimestampList` that came with the leaf in TLS, its length included (RFC 6962 §3.3.1).
    pub sct_list: Option<&'a [u8]>,
    /// Whether revocations are asked for, and what is at hand about them.
    pub revocation: Revocation<'a>,
    /// The OCSP response that the peer stapled (RFC 6066 §8, RFC 8446 §4.4.2.1), DER.
    pub ocsp_response: Option<&'a [u8]>,
}

impl<'a> PathRequest<'a> {
    /// `chain` to `anchors`, for `purpose`, at `now`: nothing known besides, no name, the usual budget, no cache, every
    /// algorithm, the profile [`Profile::private`], no pins, no CT, no word about revocations. The rest is set afterwards.
    pub fn new(chain: &'a [Certificate], anchors: &'a TrustAnchors, purpose: Purpose, now: UnixTime) -> Self {
        Self {
            anchors,
            chain,
            known: &[],
            purpose,
            name: None,
            now,
            budget: Budget::default(),
            cache: None,
            algorithms: &[],
            profile: &profile::PRIVATE,
            pins: &[],
            transparency: None,
            sct_list: None,
            revocation: Revocation::default(),
            ocsp_response: None,
        }
    }
}

/// Builds a path from the leaf to an anchor and validates it (RFC 5280 §6.1). Never fails: the report says all.
///
/// The first path without an error is taken. Where there is none, the findings are those of the path that came nearest; where
/// no path ends at an anchor, those of the certificates as sent, and why they lead nowhere.
///
/// A leaf that is itself an anchor (a self-signed certificate that was given as trusted) is a path of one.
pub fn verify(provider: &dyn Provider, request: &PathRequest<'_>) -> Report {
    report(provider, request).mended(request.purpose)
}

fn report(provider: &dyn Provider, request: &PathRequest<'_>) -> Report {
    let Some(leaf) = request.chain.first() else {
        let message = "the peer sent no certificate".to_owned();
        return Report::new(Vec::new(), vec![Finding::new(Code::NoCertificate, None, message)]);
    };
    let mut validation = Validation::new(provider, request);
    let mut outcome = search::search(&mut validation, request, leaf);
    let scts = validation.scts(&outcome.path, &outcome.findings);
    outcome.findings.extend(request.name.and_then(|name| names::reference(leaf, name)));
    outcome.findings.extend(diagnose::not_sent(&outcome.path, &validation));
    outcome.findings.extend(as_sent::findings(request, &outcome.path, &outcome.findings));
    let trusted = outcome.anchored && !outcome.findings.iter().any(Finding::is_error);
    if !trusted {
        let work = validation.meter.done();
        return Report { work, scts, revocation: outcome.revocation, ..Report::new(Vec::new(), outcome.findings) };
    }
    let soon = outcome
        .path
        .iter()
        .filter_map(|node| validity::expires_soon(node.certificate, validation.sent_at(*node), request.now));
    outcome.findings.extend(soon);
    let path = outcome.path.iter().map(|node| node.certificate.clone()).collect();
    let work = validation.meter.done();
    Report { work, scts, revocation: outcome.revocation, ..Report::new(path, outcome.findings) }
}
