//! Revocation of one certificate of a path (RFC 5280 §6.1.3 (a)(3)): what CRLs (§6.3) and OCSP responses (RFC 6960 §3.2) say,
//! and what follows under the policy of the request.

use crate::Certificate;
use crate::path::PathRequest;
use crate::path::budget::{Exhausted, Meter};
use crate::report::{Code, Finding, Severity};
use crate::revocation::crl::{Crl, CrlRefusal, Standing};
use crate::revocation::ocsp::{CertificateStatus, OcspRefusal, OcspResponse, Signer, Word};
use crate::revocation::reason::Reasons;
use crate::revocation::status::SourceKind;
use crate::revocation::{
    CertificateRevocation, RevocationPolicy, RevocationScope, RevocationSource, RevocationStatus, Revoked, Stapling,
};
use tlsmith_crypto::Provider;

/// A certificate of the path and who issued it.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) issuer: &'a Certificate,
    pub(crate) sent: Option<usize>,
    pub(crate) is_leaf: bool,
}

/// The OCSP responses of a request, each read once.
pub(crate) struct Responses {
    staple: Option<Result<OcspResponse, String>>,
    given: Vec<Result<OcspResponse, String>>,
}

impl Responses {
    pub(crate) fn new(request: &PathRequest<'_>) -> Self {
        let read = |der: &[u8]| OcspResponse::from_der(der).map_err(|error| error.to_string());
        let revocation = &request.revocation;
        let wanted = revocation.policy != RevocationPolicy::Ignore;
        let staple = request.ocsp_response.filter(|_| wanted || revocation.stapling == Stapling::Asked);
        let given = if wanted { revocation.responses } else { &[] };
        Self { staple: staple.map(read), given: given.iter().map(|der| read(der)).collect() }
    }
}

/// What one source says.
enum Said {
    Good(RevocationSource),
    Revoked(Revoked, RevocationSource),
}

/// What all of them say of one certificate, and those that are not relied on.
#[derive(Default)]
struct Evidence {
    /// The first that was believed.
    good: Option<RevocationSource>,
    revoked: Option<(Revoked, RevocationSource)>,
    /// The staple was believed.
    staple_counts: bool,
    /// A responder says that he does not know it.
    unknown_to: Option<String>,
    /// Which CRLs of the issuer are not about it.
    out_of_scope: Vec<String>,
    refusals: Vec<Refused>,
}

/// A source that is not relied on.
struct Refused {
    code: Code,
    message: String,
    is_staple: bool,
}

impl Evidence {
    fn take(&mut self, said: Said) {
        match said {
            Said::Good(source) => self.good = self.good.take().or(Some(source)),
            Said::Revoked(revoked, source) => self.revoked = self.revoked.take().or(Some((revoked, source))),
        }
    }

    fn refuse(&mut self, code: Code, message: String, is_staple: bool) {
        self.refusals.push(Refused { code, message, is_staple });
    }
}

/// The status of one certificate and the findings about it.
pub(crate) fn check(
    provider: &dyn Provider,
    request: &PathRequest<'_>,
    responses: &Responses,
    link: Link<'_>,
    meter: &mut Meter,
) -> Result<(CertificateRevocation, Vec<Finding>), Exhausted> {
    let revocation = &request.revocation;
    let in_scope = link.is_leaf || revocation.scope == RevocationScope::Chain;
    let policy = if in_scope { revocation.policy } else { RevocationPolicy::Ignore };
    let must_staple = link.is_leaf && revocation.stapling == Stapling::Asked && link.certificate.must_staple();
    let outcome = |status, source| CertificateRevocation {
        certificate: link.certificate.clone(),
        sent: link.sent,
        status,
        source,
    };
    if policy == RevocationPolicy::Ignore && !must_staple {
        return Ok((outcome(RevocationStatus::NotChecked, None), Vec::new()));
    }
    let mut evidence = Evidence::default();
    if policy != RevocationPolicy::Ignore {
        by_crls(provider, request, link, meter, &mut evidence)?;
    }
    by_responses(provider, request, responses, link, meter, &mut evidence)?;

    let mut findings = Vec::new();
    if let Some((revoked, source)) = evidence.revoked {
        findings.push(revoked_finding(link, &revoked, &source));
        return Ok((outcome(RevocationStatus::Revoked(revoked), Some(source)), findings));
    }
    let (status, source) = match evidence.good.take() {
        Some(source) => (RevocationStatus::Good, Some(source)),
        None if never_published(link.certificate) => (RevocationStatus::NotPublished, None),
        None => (RevocationStatus::Unknown, None),
    };
    let required = policy == RevocationPolicy::Require;
    let unknown = status == RevocationStatus::Unknown;
    let unanswered = must_staple && !evidence.staple_counts && evidence.unknown_to.is_some();
    if (unknown && policy != RevocationPolicy::Ignore) || unanswered {
        findings.push(unknown_finding(link, &evidence, required || must_staple));
    }
    if must_staple && responses.staple.is_none() {
        let message = format!("{} promises an OCSP staple (must-staple), and none came", link.certificate.label());
        findings.push(Finding::new(Code::MustStaple, link.sent, message));
    }
    // What was not relied on matters where it was needed; a staple that is not good is a mistake of the server in any case.
    for refused in evidence.refusals.into_iter().filter(|refused| unknown || refused.is_staple) {
        let needed = (required && unknown) || (must_staple && refused.is_staple && !evidence.staple_counts);
        let severity = if needed { Severity::Error } else { Severity::Warning };
        findings.push(Finding::new(refused.code, link.sent, refused.message).with_severity(severity));
    }
    Ok((outcome(status, source), findings))
}

/// noRevAvail (RFC 9608 §3): the issuer says of a certificate that is no CA's that it will never say anything.
fn never_published(certificate: &Certificate) -> bool {
    !certificate.is_ca() && certificate.extensions().no_revocation_available
}

/// RFC 5280 §6.3.3. The newest CRL first; as many as it takes until every reason of revocation has been looked for.
fn by_crls(
    provider: &dyn Provider,
    request: &PathRequest<'_>,
    link: Link<'_>,
    meter: &mut Meter,
    evidence: &mut Evidence,
) -> Result<(), Exhausted> {
    let mut crls: Vec<&Crl> = of_issuer(request, link.issuer).collect();
    crls.sort_by_key(|crl| std::cmp::Reverse(crl.this_update()));
    let mut covered = Reasons::NONE;
    let mut first = None;
    for crl in crls {
        let scope = crl.scope(link.certificate);
        if !scope.adds_to(Reasons::NONE) {
            let scope = crl.scope_description().unwrap_or_default();
            evidence.out_of_scope.push(format!("{} ({scope})", crl.label()));
            continue;
        }
        // (e)
        if !scope.adds_to(covered) {
            continue;
        }
        let standing = match crl.standing(provider, link.issuer, request.now, meter)? {
            Ok(standing) => standing,
            Err(refusal) => {
                refuse_crl(evidence, refusal);
                continue;
            }
        };
        let entry = crl.find(link.certificate.serial());
        let revoked =
            entry.map(|entry| Revoked { at: entry.at, reason: entry.reason, invalidity_date: entry.invalidity_date });
        match (standing, revoked) {
            (Standing::Current, Some(revoked)) => {
                evidence.take(Said::Revoked(revoked, crl_source(crl)));
                return Ok(());
            }
            (Standing::Stale(_), Some(revoked)) if revoked.is_final() => {
                evidence.take(Said::Revoked(revoked, crl_source(crl)));
                return Ok(());
            }
            (Standing::Stale(refusal), _) => refuse_crl(evidence, refusal),
            (Standing::Current, None) => {
                covered = covered.or(scope);
                first.get_or_insert(crl);
            }
        }
    }
    match first {
        Some(crl) if !Reasons::ALL.adds_to(covered) => evidence.take(Said::Good(crl_source(crl))),
        Some(crl) => evidence.out_of_scope.push(format!("{} (only some reasons)", crl.label())),
        None => {}
    }
    Ok(())
}

/// The CRLs that have the issuer's name.
fn of_issuer<'a>(request: &PathRequest<'a>, issuer: &Certificate) -> impl Iterator<Item = &'a Crl> {
    let name = issuer.subject_name().comparable();
    request.revocation.crls.iter().filter(move |crl| crl.issuer_name().comparable() == name)
}

fn crl_source(crl: &Crl) -> RevocationSource {
    RevocationSource {
        kind: SourceKind::Crl,
        signer: crl.issuer_name().brief(),
        this_update: crl.this_update(),
        next_update: crl.next_update(),
    }
}

fn refuse_crl(evidence: &mut Evidence, refusal: CrlRefusal) {
    let (code, message) = match refusal {
        CrlRefusal::Unsupported(message) => (Code::CrlUnsupported, message),
        CrlRefusal::Untrusted(message) => (Code::CrlUntrusted, message),
        CrlRefusal::Expired(message) => (Code::CrlExpired, message),
    };
    evidence.refuse(code, message, false);
}

/// The staple, for a leaf; then those of the given responses that are about the certificate.
fn by_responses(
    provider: &dyn Provider,
    request: &PathRequest<'_>,
    responses: &Responses,
    link: Link<'_>,
    meter: &mut Meter,
    evidence: &mut Evidence,
) -> Result<(), Exhausted> {
    let staple = responses.staple.iter().filter(|_| link.is_leaf).map(|response| (SourceKind::Staple, response));
    let about = |response: &&Result<OcspResponse, String>| match response {
        Ok(response) => response.is_about(provider, link.certificate, link.issuer),
        // It cannot be said what it is about; it is told with the leaf.
        Err(_) => link.is_leaf,
    };
    let given = responses.given.iter().filter(about).map(|response| (SourceKind::OcspResponse, response));
    for (kind, response) in staple.chain(given) {
        let is_staple = kind == SourceKind::Staple;
        let response = match response {
            Ok(response) => response,
            Err(error) => {
                evidence.refuse(Code::OcspUnusable, error.clone(), is_staple);
                continue;
            }
        };
        match response.word(provider, link.certificate, link.issuer, request.now, meter)? {
            Ok(word) => match responder_was_revoked(provider, request, link, &word.verified.signer, meter)? {
                Some(message) => evidence.refuse(Code::OcspUntrusted, message, is_staple),
                None => take_word(evidence, response, word, kind),
            },
            Err(refusal) => refuse_response(evidence, refusal, is_staple),
        }
    }
    Ok(())
}

fn take_word(evidence: &mut Evidence, response: &OcspResponse, word: Word<'_>, kind: SourceKind) {
    let single = word.verified.single;
    if let Err(refusal) = word.times
        && !(word.stale && single.status.is_final())
    {
        return refuse_response(evidence, refusal, kind == SourceKind::Staple);
    }
    let signer = match word.verified.signer {
        Signer::Issuer => response.responder.to_string(),
        Signer::Delegated(certificate) => certificate.label(),
    };
    let source = RevocationSource { kind, signer, this_update: single.this_update, next_update: single.next_update };
    match single.status {
        CertificateStatus::Good => {
            evidence.staple_counts |= kind == SourceKind::Staple;
            evidence.take(Said::Good(source));
        }
        CertificateStatus::Revoked { at, reason } => {
            evidence.take(Said::Revoked(Revoked { at, reason, invalidity_date: None }, source));
        }
        CertificateStatus::Unknown => evidence.unknown_to = Some(source.to_string()),
    }
}

fn refuse_response(evidence: &mut Evidence, refusal: OcspRefusal, is_staple: bool) {
    let (code, message) = match refusal {
        OcspRefusal::OtherCertificate(message) => (Code::OcspOtherCertificate, message),
        OcspRefusal::Unsupported(message) => (Code::OcspUnusable, message),
        OcspRefusal::Untrusted(message) => (Code::OcspUntrusted, message),
        OcspRefusal::Expired(message) => (Code::OcspExpired, message),
    };
    evidence.refuse(code, message, is_staple);
}

/// RFC 6960 §4.2.2.2.1: a responder whose certificate is to be checked is looked for on the CRLs of its issuer that are at
/// hand. Where none says, it is believed: its certificate is valid, and asking on would have no end.
fn responder_was_revoked(
    provider: &dyn Provider,
    request: &PathRequest<'_>,
    link: Link<'_>,
    signer: &Signer<'_>,
    meter: &mut Meter,
) -> Result<Option<String>, Exhausted> {
    let certificate = match signer {
        Signer::Delegated(certificate) if !signer.needs_no_check() => certificate,
        _ => return Ok(None),
    };
    let mut evidence = Evidence::default();
    let link = Link { certificate, issuer: link.issuer, sent: None, is_leaf: false };
    by_crls(provider, request, link, meter, &mut evidence)?;
    Ok(evidence.revoked.map(|(revoked, source)| {
        let label = certificate.label();
        format!("the OCSP response is signed by {label}, whose certificate was {revoked}, says {source}")
    }))
}

fn revoked_finding(link: Link<'_>, revoked: &Revoked, source: &RevocationSource) -> Finding {
    let message = format!("{} was {revoked}, says {source}", link.certificate.label());
    let finding = Finding::new(Code::Revoked, link.sent, message);
    match (revoked.is_final(), link.is_leaf) {
        (false, _) => finding.with_fix("Ask the CA why it is on hold, and to take it off the list; else have another issued."),
        (true, true) => finding,
        (true, false) => finding.with_fix(
            "Have the certificate issued again by a CA that was not revoked, and serve the intermediate that comes with it.",
        ),
    }
}

fn unknown_finding(link: Link<'_>, evidence: &Evidence, needed: bool) -> Finding {
    let (label, issuer) = (link.certificate.label(), link.issuer.label());
    let why = match (&evidence.unknown_to, evidence.out_of_scope.as_slice()) {
        (Some(source), _) => format!("{source} says that it does not know it"),
        (None, []) if evidence.refusals.is_empty() => {
            format!("no CRL of {issuer} and no OCSP response about it is at hand")
        }
        (None, []) => "what is at hand does not count".to_owned(),
        (None, [only]) => format!("{only} is not about it"),
        (None, [first, rest @ ..]) => format!("{first} and {} more CRLs are not about it", rest.len()),
    };
    let nothing = evidence.unknown_to.is_none() && evidence.out_of_scope.is_empty() && evidence.refusals.is_empty();
    let severity = match (needed, nothing) {
        (true, _) => Severity::Error,
        (false, true) => Severity::Info,
        (false, false) => Severity::Warning,
    };
    let message = format!("nobody says whether {label} was revoked: {why}");
    let finding = Finding::new(Code::RevocationUnknown, link.sent, message).with_severity(severity);
    let crls = link.certificate.crl_urls();
    match (crls.first(), link.certificate.ocsp_urls().first()) {
        (Some(url), _) => finding.with_fix(format!("Get its CRL from {}, and give it.", shown(url))),
        (None, Some(url)) => {
            finding.with_fix(format!("Ask the OCSP responder at {} about it, and give its answer.", shown(url)))
        }
        (None, None) => finding.with_fix(format!(
            "The certificate names neither a CRL nor an OCSP responder: get the CRL of {issuer} from whoever runs it."
        )),
    }
}

/// A URI of a certificate, for messages.
fn shown(uri: &str) -> String {
    crate::name::general::clean(uri, crate::name::BRIEF)
}
