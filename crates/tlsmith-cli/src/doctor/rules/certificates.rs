//! What the certificates say of themselves.

use tlsmith_x509::{Certificate, Code, Finding, Report, TrustAnchors, cert::Detail};

use super::{Diagnosis, handshake::names, issuers::is_end, revocation::is_about_a_source};
use crate::doctor::{causes::Cause, evidence::Evidence};

/// The judgement that tells most: of the completed chain, where it could be completed.
pub(super) fn judged(evidence: &Evidence) -> Option<&Report> {
    evidence.completed.as_ref().map(|completed| &completed.report).or(evidence.report())
}

fn certificate_line(index: usize, certificate: &Certificate) -> String {
    format!("sent {index}: {}, issued by {}", label(certificate), certificate.issuer())
}

pub(super) fn as_sent(evidence: &Evidence) -> Vec<String> {
    const FEW: usize = 6;
    evidence.chain().iter().take(FEW).enumerate().map(|(index, sent)| certificate_line(index, sent)).collect()
}

pub(super) fn label(certificate: &Certificate) -> String {
    match certificate.subject() {
        subject if subject.is_empty() => names(certificate),
        subject => subject,
    }
}

/// A CA stands where the server's own certificate should.
pub(super) fn leaf_not_first(evidence: &Evidence) -> Option<Diagnosis> {
    let chain = evidence.chain();
    let first = chain.first().filter(|first| first.is_ca() && !first.covers(&evidence.name))?;
    let at = chain.iter().position(|sent| !sent.is_ca())?;
    let leaf = chain.get(at)?;
    let message = format!(
        "The first certificate sent is the CA {}; the server's own ({}) is number {at}. Clients take the first for the server's.",
        label(first),
        names(leaf)
    );
    let fix = "Put the certificates into order: the server's own first, then each one's issuer: tlsmith cert chain FILE --out fullchain.pem does it.";
    Some(Diagnosis::new(Cause::WrongOrder, message, fix).about(Some(0)).because_of(as_sent(evidence)))
}

/// The handshake failed over what the key may be used for.
pub(super) fn key_usage(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = evidence.default_trial().filter(|trial| trial.code() == "certificate.key_unsupported")?;
    let leaf = evidence.leaf().filter(|leaf| !leaf.allows_digital_signature())?;
    let usages = leaf.extension_details().into_iter().find_map(|extension| match extension.detail {
        Detail::KeyUsage(usages) => Some(usages.join(", ")),
        _ => None,
    });
    let message = format!(
        "The key usage of the certificate is {}, without digitalSignature: TLS 1.3 and all suites with forward secrecy sign with \
         the server's key.",
        usages.unwrap_or_default()
    );
    let fix = "Have the certificate issued again with the key usage digitalSignature; the key may stay.";
    let diagnosis = Diagnosis::new(Cause::Purpose, message, fix).about(Some(0));
    Some(diagnosis.because_of(trial.error().map(|error| error.message.clone())))
}

/// The handshake failed over the kind of key.
pub(super) fn weak_key(evidence: &Evidence) -> Option<Diagnosis> {
    let told = matches!(evidence.default_trial()?.code(), "certificate.key_unsupported" | "handshake.bad_signature");
    let (trial, leaf) = (evidence.default_trial().filter(|_| told)?, evidence.leaf()?);
    // A key that is too short fails at the first signature, and only the judgement of the chain says why.
    if trial.code() == "handshake.bad_signature" && evidence.finding(Code::UnsupportedKey).is_none() {
        return None;
    }
    let message = format!("The key of the certificate is {}: clients do not take it.", leaf.key_description());
    let diagnosis = Diagnosis::new(Cause::WeakKey, message, Code::UnsupportedKey.row().fix);
    Some(diagnosis.about(Some(0)).because_of(trial.error().map(|error| error.message.clone())))
}

/// What the judgement of the chain says by itself, each error: they do not depend on one another. Who vouches is another
/// matter: an unknown issuer may only be unknown here, while these are wrong for everybody.
pub(super) fn findings(evidence: &Evidence) -> Vec<Diagnosis> {
    let Some(report) = judged(evidence) else { return Vec::new() };
    let errors = report.findings.iter().filter(|finding| is_error(finding));
    errors.filter_map(|finding| cause_of(evidence, finding).map(|cause| told(evidence, finding, cause))).collect()
}

fn cause_of(evidence: &Evidence, finding: &Finding) -> Option<Cause> {
    let index = finding.certificate;
    Some(match finding.code {
        // They have rules of their own.
        Code::NameMismatch | Code::NoSubjectAltName | Code::Revoked => return None,
        code if is_end(finding) || is_about_a_source(code) => return None,
        Code::MustStaple => Cause::MustStaple,
        Code::BadSignature => Cause::BadSignature,
        Code::UnsupportedSignatureAlgorithm => Cause::WeakSignature,
        Code::UnsupportedKey => Cause::WeakKey,
        Code::NotACa => Cause::NotACa,
        Code::PathLength => Cause::PathLength,
        Code::Expired => expired(evidence, index),
        Code::NotYetValid => Cause::NotYetValid,
        Code::ExtendedKeyUsage => Cause::Purpose,
        Code::KeyUsage if index == Some(0) => Cause::Purpose,
        Code::KeyUsage => Cause::NotACa,
        Code::NameConstraints => Cause::NameConstraints,
        _ => Cause::CertificateRefused,
    })
}

fn told(evidence: &Evidence, finding: &Finding, cause: Cause) -> Diagnosis {
    let index = finding.certificate;
    let by_then = evidence.time_is_given && matches!(finding.code, Code::Expired | Code::NotYetValid);
    let by_then = by_then.then(|| format!("judged as of {}, as --at asks", evidence.now));
    let fix = match cause {
        Cause::NotYetValid if evidence.time_is_given => {
            "Ask for a time from then on, or leave --at out to judge by the clock."
        }
        // Whether it was sent or not, it is the client's.
        Cause::ExpiredRoot => {
            "Trust the CA's new root certificate instead: update the system's CA bundle, or the file given with --ca."
        }
        _ => &finding.fix,
    };
    let diagnosis = Diagnosis::new(cause, sentence(&finding.message), fix).about(index);
    let diagnosis = diagnosis.because_of(line_of(evidence, index)).because_of(by_then);
    match cause {
        Cause::ExpiredLeaf => renewed_by_its_ca(evidence, diagnosis),
        _ => diagnosis,
    }
}

fn line_of(evidence: &Evidence, index: Option<usize>) -> Option<String> {
    let index = index?;
    evidence.chain().get(index).map(|certificate| certificate_line(index, certificate))
}

pub(super) fn is_error(finding: &Finding) -> bool {
    finding.severity == tlsmith_x509::Severity::Error
}

/// Which certificate of the path it is.
fn expired(evidence: &Evidence, index: Option<usize>) -> Cause {
    match index.map(|index| (index, evidence.chain().get(index))) {
        Some((0, _)) => Cause::ExpiredLeaf,
        Some((_, Some(certificate))) if !certificate.is_self_issued() => Cause::ExpiredIntermediate,
        Some(_) => Cause::ExpiredRoot,
        // One that was not sent: fetched, or the root.
        None => match &evidence.completed {
            Some(completed)
                if completed.added.iter().any(|added| added.not_after() < evidence.now && !added.is_self_issued()) =>
            {
                Cause::ExpiredIntermediate
            }
            _ => Cause::ExpiredRoot,
        },
    }
}

/// The programs that renew the certificates of public CAs by ACME know nothing of a private one.
pub(super) fn renewed_by_its_ca(evidence: &Evidence, diagnosis: Diagnosis) -> Diagnosis {
    let Some(leaf) = evidence.leaf().filter(|leaf| !is_of_a_public_ca(evidence, leaf)) else { return diagnosis };
    let issuer = if leaf.is_self_issued() { String::from("its maker") } else { leaf.issuer() };
    let fix = match diagnosis.cause {
        Cause::ExpiresSoon => format!(
            "Have it renewed by the CA that issued it ({issuer}) in time; if that runs by itself, check that it does, and that the \
             server is reloaded after it."
        ),
        _ => format!("Have it renewed by the CA that issued it ({issuer}), install the new one, reload the server."),
    };
    Diagnosis { fix, mends: crate::doctor::mends::of(Cause::StaleCertificate), ..diagnosis }
}

/// A log of certificates knows it, which counts public CAs alone; or it is directly below one that Mozilla knows.
fn is_of_a_public_ca(evidence: &Evidence, leaf: &Certificate) -> bool {
    let is_logged = |detail: &Detail| matches!(detail, Detail::Scts(_));
    let logged = leaf.extension_details().iter().any(|extension| is_logged(&extension.detail));
    let is_issuer = |root: &Certificate| evidence.chain().iter().any(|sent| sent.issuer_der() == root.subject_der());
    logged || TrustAnchors::mozilla().certificates().iter().any(is_issuer)
}

/// Not trusted, and nothing better is known.
pub(super) fn any_other(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = judged(evidence)?.cause()?;
    Some(
        Diagnosis::new(Cause::CertificateRefused, sentence(&finding.message), finding.fix.clone())
            .about(finding.certificate)
            .because_of(line_of(evidence, finding.certificate)),
    )
}

/// With a capital, and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let text: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if text.ends_with('.') { text } else { format!("{text}.") }
}
