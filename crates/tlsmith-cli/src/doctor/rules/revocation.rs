//! What the issuer says of the certificate after it was issued, and what others make of that.

use tlsmith_x509::{Code, Finding, cert::Detail};

use super::{
    Diagnosis,
    certificates::{is_error, judged, sentence},
};
use crate::{
    doctor::{causes::Cause, evidence::Evidence},
    exit::Exit,
};

/// TLS feature status_request (RFC 7633 §4.2.3.1).
const STATUS_REQUEST: u64 = 5;

/// A list or a responder says so.
pub(super) fn revoked(evidence: &Evidence) -> Option<Diagnosis> {
    let fix = "Have a new certificate issued (with a new key, if the key may be known to others), install it, reload the server.";
    // A response that could not be verified says nothing: anybody can staple one.
    let finding = judged(evidence)?.findings.iter().find(|finding| finding.code == Code::Revoked)?;
    let notes = evidence.completed.iter().flat_map(|completed| completed.notes.clone());
    Some(Diagnosis::new(Cause::Revoked, sentence(&finding.message), fix).about(finding.certificate).because_of(notes))
}

/// A certificate that says "only with a fresh OCSP response", and none came (RFC 7633).
pub(super) fn must_staple(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = evidence.with_chain().filter(|trial| trial.seen.ocsp_response.is_none())?;
    let details = trial.leaf()?.extension_details();
    let promised =
        |detail: &Detail| matches!(detail, Detail::TlsFeatures(features) if features.contains(&STATUS_REQUEST));
    // TLS 1.2 servers send it in a message of its own, which the handshake may not have come to.
    if !details.iter().any(|extension| promised(&extension.detail)) || !trial.seen.completed {
        return None;
    }
    let message = "The certificate has the TLS feature status_request (must-staple), and the server staples no OCSP response: \
                   clients that enforce it refuse the connection.";
    let fix = "Switch OCSP stapling on and let the server reach its CA's responder, or have the certificate issued without must-staple \
               (CAs are giving up OCSP; Let's Encrypt issues none any more).";
    let diagnosis = Diagnosis::new(Cause::MustStaple, message, fix).about(Some(0));
    Some(diagnosis.because("the ClientHello asked for it (status_request), and none came with the certificate"))
}

/// What is said by words that are at hand and do not count.
pub(super) fn is_about_a_source(code: Code) -> bool {
    is_about_ocsp(code) || is_about_a_crl(code) || code == Code::RevocationUnknown
}

fn is_about_ocsp(code: Code) -> bool {
    use Code as C;
    matches!(code, C::OcspUntrusted | C::OcspOtherCertificate | C::OcspExpired | C::OcspUnusable)
}

fn is_about_a_crl(code: Code) -> bool {
    matches!(code, Code::CrlUntrusted | Code::CrlExpired | Code::CrlUnsupported)
}

/// The server staples something that nobody can rely on.
///
/// In the judgement of the chain as sent there is no other response than the staple, and no other CRL than those of `--crl`.
pub(super) fn bad_staple(evidence: &Evidence) -> Option<Diagnosis> {
    evidence.with_chain().filter(|trial| trial.seen.ocsp_response.is_some())?;
    let findings = evidence.report()?.findings.as_slice();
    // A responder that answers "unknown" is not refused: his word is that nobody knows.
    let about_the_leaf = |finding: &&Finding| is_unknown(finding) && finding.certificate == Some(0);
    let unknown = || findings.iter().find(about_the_leaf).filter(|_| !findings.iter().any(of_a_crl));
    let finding = findings.iter().find(|finding| is_about_ocsp(finding.code)).or_else(unknown)?;
    let (or_none, who) = match is_error(finding) {
        true => ("", "a good one is demanded: by the certificate (must-staple), or by --revocation require"),
        false => (
            ", or switch stapling off: none is better than one that does not count",
            "clients that look at it refuse the connection (GnuTLS, curl --cert-status); others pass over it",
        ),
    };
    let fix = format!(
        "Let the server fetch a fresh response for this very certificate (restart what fetches it, look at its log: can it reach the \
         CA's responder?){or_none}."
    );
    Some(of_finding(Cause::BadStaple, finding, &fix).because(who))
}

/// The CRL that the caller has given does not say what he wants to know.
pub(super) fn bad_crl(evidence: &Evidence) -> Option<Diagnosis> {
    let findings = evidence.report()?.findings.as_slice();
    let stapled = evidence.with_chain().is_some_and(|trial| trial.seen.ocsp_response.is_some());
    let finding =
        findings.iter().find(|finding| of_a_crl(finding) || (is_unknown(finding) && !is_error(finding) && !stapled))?;
    let but = "whether the certificate was revoked is not known by it";
    Some(of_finding(Cause::BadCrl, finding, &finding.fix).because(but))
}

fn of_a_crl(finding: &Finding) -> bool {
    is_about_a_crl(finding.code)
}

/// Something was at hand, and it says that it does not know; with nothing at hand that is no warning.
fn is_unknown(finding: &Finding) -> bool {
    finding.code == Code::RevocationUnknown && finding.severity >= tlsmith_x509::Severity::Warning
}

fn of_finding(cause: Cause, finding: &Finding, fix: &str) -> Diagnosis {
    let diagnosis = Diagnosis::new(cause, sentence(&finding.message), fix).about(finding.certificate);
    match is_error(finding) {
        // It is demanded: by the certificate (must-staple), or by the caller.
        true => Diagnosis { severity: finding.severity, exit: Exit::Untrusted, ..diagnosis },
        false => diagnosis,
    }
}
