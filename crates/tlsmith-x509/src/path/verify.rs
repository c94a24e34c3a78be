//! Path validation (RFC 5280 §6.1), its steps under the names of the RFC, from the anchor down to the leaf. All findings of
//! a path are kept, not the first alone. Signatures are apart from the rest: they cost most, and are verified last.

use super::as_sent;
use super::budget::{Exhausted, Meter};
use super::build::{KeyIdFit, Node, Origin, Paths, key_id_fit};
use super::cache::{self, Policy};
use super::{PathRequest, policies};
use crate::Certificate;
use crate::cert::ext::NameConstraints;
use crate::check::profile::{self, Place};
use crate::check::{names, pins, revocation, signature, transparency, usage, validity};
use crate::ct::verify::Judge;
use crate::ct::{JudgedSct, LogList, Source, sct};
use crate::der::oid;
use crate::report::{Code, Finding, LISTED};
use crate::revocation::CertificateRevocation;
use crate::revocation::ocsp::OcspResponse;
use std::cell::OnceCell;
use std::collections::HashMap;
use tlsmith_crypto::Provider;

/// What the checks of all paths of one request share.
pub(crate) struct Validation<'a> {
    provider: &'a dyn Provider,
    request: &'a PathRequest<'a>,
    pub(crate) meter: Meter,
    /// Signatures verified before, by certificate and issuer: paths share most of their edges.
    signatures: HashMap<(Origin, Origin), Result<(), signature::Refusal>>,
    /// The leaf's timestamps under a key of its issuer.
    scts: HashMap<&'a [u8], Vec<JudgedSct>>,
    /// What the profile has against a certificate at a place, found once for all paths.
    profiled: HashMap<(Origin, Place), Vec<Finding>>,
    /// Anchors that another name stands above, and whether their own key signed them all the same.
    roots: HashMap<Origin, bool>,
    /// What the cache goes by; made when it is asked first.
    policy: OnceCell<Policy>,
    /// The OCSP responses of the request.
    responses: revocation::Responses,
    /// What is known of revocations, by certificate and issuer.
    revocations: HashMap<(Origin, Origin), (CertificateRevocation, Vec<Finding>)>,
}

/// The state variables of RFC 5280 §6.1.2, but for those of policies, which have a file of their own.
struct State<'a> {
    /// (a) to (c): the subtrees of each CA so far. A name must be inside what each permits, and outside what each excludes.
    constraints: Vec<(&'a NameConstraints, &'a Certificate)>,
    /// (g) to (j): the issuer, its key and parameters.
    issuer: Option<Node<'a>>,
    /// (k) how many more intermediates that are not self-issued.
    max_path_length: u64,
}

impl<'a> Validation<'a> {
    pub(crate) fn new(provider: &'a dyn Provider, request: &'a PathRequest<'a>) -> Self {
        Self {
            provider,
            request,
            meter: Meter::new(request.budget),
            signatures: HashMap::new(),
            scts: HashMap::new(),
            profiled: HashMap::new(),
            roots: HashMap::new(),
            policy: OnceCell::new(),
            responses: revocation::Responses::new(request),
            revocations: HashMap::new(),
        }
    }

    /// The next path to be validated: none with a signature that is known not to hold.
    pub(crate) fn next_path(&mut self, paths: &mut Paths<'a>) -> Result<Option<Vec<Node<'a>>>, Exhausted> {
        let refuted = |certificate, issuer| matches!(self.signatures.get(&(certificate, issuer)), Some(Err(_)));
        paths.next(&mut self.meter, refuted)
    }

    /// Validates `path`, leaf first, but for its signatures. Its last certificate is the anchor, or where the sent certificates
    /// end.
    pub(crate) fn path(&mut self, path: &[Node<'a>], findings: &mut Vec<Finding>) -> Result<(), Exhausted> {
        let mut state = self.initialise(path.len());
        let mut down = path.iter().rev().peekable();
        while let Some(node) = down.next() {
            let is_leaf = down.peek().is_none();
            self.basic(*node, is_leaf, &state, findings)?;
            if is_leaf {
                self.wrap_up(*node, findings);
            } else {
                self.prepare(*node, &mut state, findings);
            }
        }
        if let Some((node, message)) = policies::check(path, self.request, &mut self.meter)? {
            findings.push(Finding::new(Code::Policy, self.sent_at(node), message));
        }
        findings.extend(profile::lifetime(path, self.is_anchored(path), self.request));
        if self.is_anchored(path) {
            findings.extend(pins::check(self.provider, path, self.request.pins));
        }
        Ok(())
    }

    /// What logs say of the leaf. They sign for one issuer, so that it has to be certain that it is the issuer.
    pub(crate) fn transparency(&mut self, path: &[Node<'a>], findings: &mut Vec<Finding>) -> Result<(), Exhausted> {
        let (Some(transparency), Some(leaf)) = (self.request.transparency, path.first()) else { return Ok(()) };
        let now = self.request.now;
        let judged = self.timestamps(transparency.logs, path)?;
        findings.extend(transparency::findings(&transparency, leaf.certificate, judged, now));
        Ok(())
    }

    /// The leaf's timestamps for those who show them, though something else may be wrong with the path: `findings`.
    pub(crate) fn scts(&mut self, path: &[Node<'a>], findings: &[Finding]) -> Vec<JudgedSct> {
        let forged = [Code::BadSignature, Code::UnknownIssuer, Code::WrongIntermediate];
        let is_forged = |finding: &Finding| finding.is_error() && forged.contains(&finding.code);
        match self.request.transparency {
            Some(transparency) if self.is_anchored(path) && !findings.iter().any(is_forged) => {
                self.timestamps(transparency.logs, path).map(<[_]>::to_vec).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn timestamps(&mut self, logs: &LogList, path: &[Node<'a>]) -> Result<&[JudgedSct], Exhausted> {
        let Some(leaf) = path.first() else { return Ok(&[]) };
        // A leaf that is trusted for itself is its own issuer.
        let (certificate, issuer) = (leaf.certificate, path.get(1).unwrap_or(leaf).certificate);
        if !self.scts.contains_key(issuer.spki()) {
            let judge = Judge { provider: self.provider, logs, now: self.request.now, certificate, issuer };
            let mut judged = judge.embedded(&mut self.meter)?;
            if let Some(list) = self.request.sct_list {
                judged.extend(judge.delivered(Source::Tls, sct::parse_list(list), &mut self.meter)?);
            }
            // What logs say is signed by them, whoever brings it: the response need not be verified for it.
            if let Some(response) = self.request.ocsp_response.and_then(|der| OcspResponse::from_der(der).ok())
                && let Some(list) = response.about(certificate).and_then(|single| single.sct_list.as_deref())
            {
                judged.extend(judge.delivered(Source::Ocsp, sct::parse_list(list), &mut self.meter)?);
            }
            self.scts.insert(issuer.spki(), judged);
        }
        Ok(self.scts.get(issuer.spki()).map(Vec::as_slice).unwrap_or_default())
    }

    /// Whether the path ends at an anchor, and not where the sent certificates end: who vouches is not known there.
    fn is_anchored(&self, path: &[Node<'a>]) -> bool {
        path.last().is_some_and(|end| match end.origin {
            Origin::Anchor(_) => true,
            Origin::Sent(_) | Origin::Known(_) => path.len() == 1 && self.request.anchors.contains(end.certificate),
        })
    }

    /// §6.1.2.
    fn initialise(&self, length: usize) -> State<'a> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let max_path_length = self.request.profile.max_path_length.map_or(length, |limit| limit.min(length));
        State { constraints: Vec::new(), issuer: None, max_path_length }
    }

    /// §6.1.3, basic certificate processing; for the anchor what applies to it.
    fn basic(
        &mut self,
        node: Node<'a>,
        is_leaf: bool,
        state: &State<'a>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Exhausted> {
        let (certificate, sent) = (node.certificate, self.sent_at(node));
        // (a)(1), signatures, come last, and (a)(3), revocation, after them; (a)(4): the builder chose the issuer by its name.
        // (a)(2).
        findings.extend(validity::check(certificate, sent, self.request.now));
        // (b), (c): self-issued certificates are CAs changing keys, but for the last.
        if is_leaf || !certificate.is_self_issued() {
            for (constraints, ca) in &state.constraints {
                findings.extend(names::constrained(certificate, sent, constraints, ca, &mut self.meter)?);
            }
        }
        findings.extend(signature::key(certificate, sent));
        self.profile(node, is_leaf, state, findings);
        Ok(())
    }

    /// The end of a path is a root: its name says so, or its own key signed it, which §4.2.1.1 goes by. The latter is worth a
    /// signature only where rows make a difference between roots and others.
    fn is_root(&mut self, end: Node<'a>) -> bool {
        let (certificate, profile) = (end.certificate, self.request.profile);
        if certificate.is_self_issued() {
            return true;
        }
        // One that identifies its issuer's key says itself that it is none.
        if profile.root == profile.intermediate || certificate.authority_key_id().is_some() {
            return false;
        }
        if let Some(known) = self.roots.get(&end.origin) {
            return *known;
        }
        let signed_itself =
            self.meter.signature().is_ok() && signature::check(self.provider, certificate, certificate, &[]).is_ok();
        self.roots.insert(end.origin, signed_itself);
        signed_itself
    }

    /// What the profile demands beyond §6.1.
    fn profile(&mut self, node: Node<'a>, is_leaf: bool, state: &State<'a>, findings: &mut Vec<Finding>) {
        let (certificate, sent) = (node.certificate, self.sent_at(node));
        let place = match state.issuer {
            _ if is_leaf => Place::Leaf,
            None if self.is_root(node) => Place::Root,
            _ => Place::Intermediate,
        };
        if let Some(issuer) = state.issuer {
            findings.extend(profile::signed_with(certificate, issuer.certificate, sent, self.request.profile));
        }
        let request = self.request;
        let found = self.profiled.entry((node.origin, place));
        findings.extend_from_slice(found.or_insert_with(|| profile::certificate(certificate, sent, place, request)));
    }

    /// §6.1.4, preparation for the next certificate; for the anchor what applies to it (RFC 5937).
    fn prepare(&self, node: Node<'a>, state: &mut State<'a>, findings: &mut Vec<Finding>) {
        let (certificate, sent) = (node.certificate, self.sent_at(node));
        let is_anchor = state.issuer.is_none();
        // (g)
        let extensions = certificate.extensions();
        state.constraints.extend(extensions.name_constraints.as_ref().map(|constraints| (constraints, certificate)));
        // (k)
        findings.extend(not_a_ca(certificate, sent, is_anchor));
        // (l)
        if !is_anchor && !certificate.is_self_issued() {
            match state.max_path_length.checked_sub(1) {
                Some(left) => state.max_path_length = left,
                None => {
                    let message = format!(
                        "{} is one CA more than the CAs above it allow (pathlen), or the profile",
                        certificate.label()
                    );
                    findings.push(Finding::new(Code::PathLength, sent, message));
                }
            }
        }
        // (m)
        if let Some(limit) = extensions.basic_constraints.and_then(|constraints| constraints.path_length) {
            state.max_path_length = state.max_path_length.min(limit);
        }
        // (n)
        findings.extend(usage::issuer_key(certificate, sent));
        findings.extend(usage::issuer_purpose(certificate, sent, self.request.purpose));
        // (o)
        findings.extend(unknown_critical(certificate, sent));
        state.issuer = Some(node);
    }

    /// §6.1.5, wrap-up: (f) critical extensions, and what the leaf is for. The name is checked apart from paths.
    fn wrap_up(&self, node: Node<'a>, findings: &mut Vec<Finding>) {
        let (certificate, sent) = (node.certificate, self.sent_at(node));
        findings.extend(unknown_critical(certificate, sent));
        findings.extend(misplaced_constraints(certificate, sent));
        findings.extend(usage::leaf_purpose(certificate, sent, self.request.purpose));
        findings.extend(usage::leaf_key(certificate, sent));
    }

    /// §6.1.3 (a)(1) along a path, from the anchor down: a peer may send what it likes, but makes no signature of an anchor.
    pub(crate) fn first_bad_signature(&mut self, path: &[Node<'a>]) -> Result<Option<Finding>, Exhausted> {
        for [node, issuer] in path.array_windows().rev() {
            if let Err(refusal) = self.signature(*node, *issuer, true)? {
                return Ok(Some(self.refused(refusal, *node, *issuer)));
            }
        }
        Ok(None)
    }

    /// All signatures of a path that do not hold, as far as the budget goes. Whether all were looked at, and hold.
    pub(crate) fn bad_signatures(&mut self, path: &[Node<'a>], findings: &mut Vec<Finding>) -> bool {
        let mut all_hold = true;
        for [node, issuer] in path.array_windows().rev() {
            match self.signature(*node, *issuer, false) {
                Ok(Ok(())) => {}
                Ok(Err(refusal)) => {
                    findings.push(self.refused(refusal, *node, *issuer));
                    all_hold = false;
                }
                Err(Exhausted) => return false,
            }
        }
        all_hold
    }

    /// §6.1.3 (a)(3) along a path whose signatures hold, from the anchor down: what is known of each certificate, leaf first.
    pub(crate) fn revocation(
        &mut self,
        path: &[Node<'a>],
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<CertificateRevocation>, Exhausted> {
        let mut known = Vec::with_capacity(path.len());
        for (index, [node, issuer]) in path.array_windows().enumerate().rev() {
            let edge = (node.origin, issuer.origin);
            if !self.revocations.contains_key(&edge) {
                let link = revocation::Link {
                    certificate: node.certificate,
                    issuer: issuer.certificate,
                    sent: self.sent_at(*node),
                    is_leaf: index == 0,
                };
                let found = revocation::check(self.provider, self.request, &self.responses, link, &mut self.meter)?;
                self.revocations.insert(edge, found);
            }
            if let Some((status, about)) = self.revocations.get(&edge) {
                known.push(status.clone());
                findings.extend_from_slice(about);
            }
        }
        known.reverse();
        Ok(known)
    }

    /// One signature. It is remembered for other verifications when all above it, up to an anchor, hold.
    fn signature(
        &mut self,
        node: Node<'a>,
        issuer: Node<'a>,
        below_anchor: bool,
    ) -> Result<Result<(), signature::Refusal>, Exhausted> {
        let edge = (node.origin, issuer.origin);
        if let Some(result) = self.signatures.get(&edge) {
            return Ok(result.clone());
        }
        let cache = self.request.cache.map(|cache| (cache, self.cache_key(node, issuer)));
        let result = if cache.as_ref().is_some_and(|(cache, key)| cache.contains(key)) {
            Ok(())
        } else {
            self.meter.signature()?;
            signature::check(self.provider, node.certificate, issuer.certificate, self.request.algorithms)
        };
        if let (Some((cache, key)), Ok(()), true) = (cache, &result, below_anchor) {
            cache.insert(key);
        }
        self.signatures.insert(edge, result.clone());
        Ok(result)
    }

    fn cache_key(&self, node: Node<'a>, issuer: Node<'a>) -> cache::Key {
        let policy = self.policy.get_or_init(|| Policy::new(self.provider, self.request.algorithms));
        policy.key(self.provider, node.certificate, issuer.certificate)
    }

    fn refused(&self, refusal: signature::Refusal, node: Node<'a>, issuer: Node<'a>) -> Finding {
        let (label, sent) = (node.certificate.label(), self.sent_at(node));
        match refusal {
            signature::Refusal::Algorithm(why) => {
                Finding::new(Code::UnsupportedSignatureAlgorithm, sent, format!("{label} {why}"))
            }
            signature::Refusal::Key(why) => {
                Finding::new(Code::UnsupportedKey, self.sent_at(issuer), format!("{label} {why}"))
            }
            // The key identifiers say themselves that another CA of this name issued it.
            signature::Refusal::Bad(_) if key_id_fit(node.certificate, issuer.certificate) == KeyIdFit::Different => {
                self.other_key(node, issuer)
            }
            signature::Refusal::Bad(why) => {
                let message = format!("{label} {why}: it was changed, or another CA of the same name signed it");
                Finding::new(Code::BadSignature, sent, message)
            }
        }
    }

    fn other_key(&self, node: Node<'a>, issuer: Node<'a>) -> Finding {
        if let Origin::Sent(index) = issuer.origin {
            return as_sent::wrong_intermediate(node.certificate, index, issuer.certificate);
        }
        let (label, name) = (node.certificate.label(), node.certificate.issuer_label());
        let message =
            format!("{label} was issued by {name}, but by another key than that of the CA of this name which is known");
        let fix =
            "If the CA was made anew, trust its new certificate (--ca FILE), or issue this one again from the old.";
        Finding::new(Code::UnknownIssuer, self.sent_at(node), message).with_fix(fix)
    }

    /// Its own key signed it. Where that cannot be verified, by what the names and key identifiers say.
    pub(crate) fn is_self_signed(&mut self, certificate: &Certificate) -> bool {
        if !certificate.is_self_issued() || self.meter.signature().is_err() {
            return certificate.is_self_issued();
        }
        match signature::check(self.provider, certificate, certificate, &[]) {
            Ok(()) => true,
            Err(signature::Refusal::Bad(_)) => false,
            Err(_) => key_id_fit(certificate, certificate) != KeyIdFit::Different,
        }
    }

    /// Where a certificate stands in the chain as sent; an anchor may have been sent as well.
    pub(crate) fn sent_at(&self, node: Node<'_>) -> Option<usize> {
        match node.origin {
            Origin::Sent(index) => Some(index),
            Origin::Known(_) => None,
            Origin::Anchor(_) => self.request.chain.iter().position(|sent| sent == node.certificate),
        }
    }
}

/// §6.1.4 (k), and §4.1.2.6: the subject of a CA is not empty.
fn not_a_ca(certificate: &Certificate, sent: Option<usize>, is_anchor: bool) -> Option<Finding> {
    if certificate.subject_name().is_empty() {
        let message = format!("a certificate was issued by a CA without a name ({})", certificate.label());
        return Some(Finding::new(Code::Malformed, sent, message));
    }
    let reason = match (certificate.extensions().basic_constraints, certificate.version()) {
        (Some(constraints), _) if constraints.ca => return None,
        (Some(_), _) => "its basicConstraints say so".to_owned(),
        (None, 3) => "it has no basicConstraints".to_owned(),
        // An anchor of version 1 is trusted for what its owner says, not for what it says.
        (None, _) if is_anchor => return None,
        (None, version) => format!("it is a version {version} certificate, which cannot say that it is one"),
    };
    let message = format!("{} issued a certificate, but is no CA: {reason}", certificate.label());
    Some(Finding::new(Code::NotACa, sent, message))
}

fn unknown_critical(certificate: &Certificate, sent: Option<usize>) -> Option<Finding> {
    let unknown = &certificate.extensions().unknown_critical;
    if unknown.is_empty() {
        return None;
    }
    let label = certificate.label();
    if unknown.contains(&oid::PRECERTIFICATE_POISON) {
        let message = format!("{label} is a precertificate: made for CT logs, not for use (RFC 6962 §3.1)");
        let fix = "Install the certificate itself, not the precertificate.";
        return Some(Finding::new(Code::UnknownCriticalExtension, sent, message).with_fix(fix));
    }
    let names: Vec<String> = unknown.iter().take(LISTED).map(oid::name).collect();
    let message = format!("{label} has a critical extension that is not supported: {}", names.join(", "));
    Some(Finding::new(Code::UnknownCriticalExtension, sent, message))
}

/// §4.2.1.10: name constraints are for CAs. In a certificate that is none they constrain nothing, though somebody thought
/// they would.
fn misplaced_constraints(certificate: &Certificate, sent: Option<usize>) -> Option<Finding> {
    if certificate.is_ca() || certificate.extensions().name_constraints.is_none() {
        return None;
    }
    let message = format!("{} has name constraints, but is no CA", certificate.label());
    Some(Finding::new(Code::Malformed, sent, message))
}
