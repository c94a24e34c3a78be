//! Certificates: who vouches, and what they say.

use tlsmith_x509::{Certificate, Code, Finding, Report, cert::Detail};

use super::{Diagnosis, handshake::names};
use crate::doctor::{causes::Cause, evidence::Evidence, products};

/// TLS feature status_request (RFC 7633 §4.2.3.1).
const STATUS_REQUEST: u64 = 5;

/// The judgement that tells most: of the completed chain, where it could be completed.
fn judged(evidence: &Evidence) -> Option<&Report> {
    evidence.completed.as_ref().map(|completed| &completed.report).or(evidence.report())
}

/// The chain as sent does not end at a root that is trusted.
fn leads_nowhere(evidence: &Evidence) -> bool {
    let stops = |finding: &Finding| is_end(finding) || finding.code == Code::BadSignature;
    !evidence.is_trusted() && evidence.report().is_some_and(|report| report.findings.iter().any(stops))
}

/// The way up ends before a root that is trusted.
fn is_end(finding: &Finding) -> bool {
    use Code as C;
    let is_end =
        matches!(finding.code, C::SelfSigned | C::UnknownIssuer | C::MissingIntermediate | C::WrongIntermediate);
    is_end && is_error(finding)
}

/// By name, and by key identifier where both have one, `issuer` certifies `subject`.
fn certifies(issuer: &Certificate, subject: &Certificate) -> bool {
    let keys = match (subject.authority_key_id(), issuer.subject_key_id()) {
        (Some(wanted), Some(key)) => wanted == key,
        _ => true,
    };
    keys && issuer.subject_der() == subject.issuer_der() && issuer != subject
}

fn certificate_line(index: usize, certificate: &Certificate) -> String {
    format!("sent {index}: {}, issued by {}", label(certificate), certificate.issuer())
}

fn as_sent(evidence: &Evidence) -> Vec<String> {
    const FEW: usize = 6;
    evidence.chain().iter().take(FEW).enumerate().map(|(index, sent)| certificate_line(index, sent)).collect()
}

fn label(certificate: &Certificate) -> String {
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

/// The issuer is a product that opens TLS on the way.
pub(super) fn middlebox(evidence: &Evidence) -> Option<Diagnosis> {
    let leaf = evidence.leaf().filter(|leaf| !leaf.is_self_issued())?;
    let path = evidence.report().map(|report| report.path.as_slice()).unwrap_or_default();
    let issuers = evidence.chain().iter().chain(path).map(Certificate::issuer);
    let (issuer, product) = issuers.filter_map(|issuer| products::recognise(&issuer).map(|p| (issuer, p))).next()?;
    let message = format!(
        "The certificate for {} was made by {product} (issuer {issuer}), which reads the connection on its way: it is not the server's own.",
        evidence.name
    );
    let fix = "If it is your company's: have its root certificate installed where this client looks for roots (system store, \
               Java's cacerts, NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE), or the host exempted from inspection. If you know of \
               none, do not go on: somebody listens.";
    let diagnosis = Diagnosis::new(Cause::Middlebox, message, fix).about(Some(0)).because_of(as_sent(evidence));
    let fresh = format!("the certificate is valid since {}", leaf.not_before());
    let diagnosis = diagnosis.because(fresh);
    Some(if evidence.is_trusted() { diagnosis.works() } else { diagnosis })
}

/// A list or a responder says so.
pub(super) fn revoked(evidence: &Evidence) -> Option<Diagnosis> {
    let fix = "Have a new certificate issued (with a new key, if the key may be known to others), install it, reload the server.";
    let found = judged(evidence).and_then(|report| report.findings.iter().find(|f| f.code == Code::Revoked));
    // A response that could not be verified says nothing: anybody can staple one.
    let finding = found?;
    let notes = evidence.completed.iter().flat_map(|completed| completed.notes.clone());
    let diagnosis = Diagnosis::new(Cause::Revoked, sentence(&finding.message), fix).about(finding.certificate);
    Some(diagnosis.because_of(notes))
}

/// Nobody but its owner vouches.
pub(super) fn self_signed(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = evidence.finding(Code::SelfSigned)?;
    let leaf = evidence.leaf()?;
    let fix = "Use a certificate of a CA that the clients trust (a public one is free by ACME). For a test: give this very \
               certificate to the client (--ca FILE).";
    let same = format!("subject and issuer are both {}", label(leaf));
    let made = format!("valid from {} to {}", leaf.not_before(), leaf.not_after());
    let diagnosis = Diagnosis::new(Cause::SelfSigned, sentence(&finding.message), fix).about(finding.certificate);
    Some(diagnosis.because(same).because(made))
}

/// An intermediate was sent, but not the one that certifies the leaf.
pub(super) fn wrong_intermediate(evidence: &Evidence) -> Option<Diagnosis> {
    let (leaf, rest) = evidence.chain().split_first().filter(|_| leads_nowhere(evidence))?;
    let sent = rest.iter().find(|sent| sent.is_ca() && !sent.is_self_issued())?;
    if leaf.is_self_issued() || rest.iter().any(|sent| certifies(sent, leaf)) {
        return None;
    }
    let index = evidence.chain().iter().position(|one| one == sent);
    let (issuer, other) = (leaf.issuer(), label(sent));
    let message = match sent.subject_der() == leaf.issuer_der() {
        true => format!(
            "The intermediate sent is called {other} as it should, but has another key than the one that issued the certificate."
        ),
        false => {
            format!("The certificate was issued by {issuer}, but the intermediate that the server sends is {other}.")
        }
    };
    let fix = format!(
        "Put the intermediate {issuer} that the CA delivered with this certificate after it in the certificate file{}, instead of the one there.",
        place(evidence)
    );
    let diagnosis = Diagnosis::new(Cause::WrongIntermediate, message, fix).about(index).because_of(as_sent(evidence));
    Some(diagnosis.because_of(completion(evidence)))
}

/// An intermediate was not sent.
pub(super) fn missing_intermediate(evidence: &Evidence) -> Option<Diagnosis> {
    if !leads_nowhere(evidence) || wrong_intermediate(evidence).is_some() || self_signed(evidence).is_some() {
        return None;
    }
    let chain = evidence.chain();
    let (end, rest) = evidence.report()?.findings.iter().find_map(|finding| match finding.code {
        Code::MissingIntermediate => Some((chain.get(finding.certificate.unwrap_or_default())?, true)),
        Code::UnknownIssuer => {
            let end = chain.get(finding.certificate.unwrap_or_default())?;
            Some((end, chain.len() > 1 && !end.is_self_issued() && is_below_a_root(evidence, end)))
        }
        _ => None,
    })?;
    let added = evidence.completed.as_ref().filter(|completed| !completed.added.is_empty());
    let proven =
        added.is_some_and(|completed| completed.report.is_trusted() || !completed.report.findings.iter().any(is_end));
    if !(proven || rest) {
        return None;
    }
    let issuer = end.issuer();
    let count = match chain.len() {
        1 => String::from("only its own certificate"),
        count => format!("{count} certificates"),
    };
    let message = format!("The server sends {count}, and not the intermediate {issuer} that issued {}.", label(end));
    let fix = format!(
        "Serve the full chain: put the intermediate {issuer} after the leaf in the certificate file{}.",
        place(evidence)
    );
    let diagnosis = Diagnosis::new(Cause::MissingIntermediate, message, fix).about(Some(chain.len().saturating_sub(1)));
    let unproven = (!proven).then(|| {
        String::from(
            "it could not be fetched to prove it: if the issuer is itself a private root, give it with --ca FILE",
        )
    });
    Some(diagnosis.because_of(completion(evidence)).because_of(unproven).because_of(as_sent(evidence)))
}

/// A trusted root is of the same organisation as the issuer that nobody knows: what is missing stands between the two.
fn is_below_a_root(evidence: &Evidence, end: &Certificate) -> bool {
    // RFC 4514 text; commas inside of a value are escaped there, and a comparison that they spoil says no.
    let organisation = |name: &str| name.split(',').find(|part| part.starts_with("O=")).map(str::to_owned);
    let wanted = organisation(&end.issuer());
    wanted.is_some() && evidence.anchors.certificates().iter().any(|root| organisation(&root.subject()) == wanted)
}

/// Where the missing certificate lies.
fn place(evidence: &Evidence) -> String {
    let urls = evidence.chain().iter().rev().flat_map(Certificate::extension_details);
    let url = urls.filter_map(|extension| match extension.detail {
        Detail::Access(places) => places.into_iter().find(|(method, _)| method == "caIssuers").map(|(_, url)| url),
        _ => None,
    });
    url.into_iter().next().map(|url| format!(" (it lies at {url})")).unwrap_or_default()
}

fn completion(evidence: &Evidence) -> Option<String> {
    let completed = evidence.completed.as_ref().filter(|completed| !completed.added.is_empty())?;
    let added = completed.added.iter().map(label).collect::<Vec<_>>().join(", ");
    let verdict = match completed.report.cause() {
        None => "the chain is trusted",
        Some(_) => "the chain reaches a root that is trusted",
    };
    let notes = completed.notes.join("; ");
    Some(format!("with {added} added, {verdict} ({notes})"))
}

/// What the judgement of the chain says by itself.
pub(super) fn of_the_finding(evidence: &Evidence) -> Option<Diagnosis> {
    let report = judged(evidence)?;
    let errors = || report.findings.iter().filter(|finding| Some(*finding) == report.cause() || is_error(finding));
    // Dates are wrong for everybody; an unknown issuer may only be unknown here.
    let dated = errors().find(|finding| matches!(finding.code, Code::Expired | Code::NotYetValid));
    let finding = match errors().find(|finding| !is_end(finding)) {
        Some(first) if report.cause() == Some(first) => first,
        _ => dated.or(errors().next())?,
    };
    let index = finding.certificate;
    let cause = match finding.code {
        // They have rules of their own.
        Code::NameMismatch | Code::NoSubjectAltName | Code::Revoked => return None,
        Code::MustStaple => Cause::MustStaple,
        _ if is_end(finding) => return private_ca(evidence, finding),
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
    };
    let about =
        index.and_then(|index| evidence.chain().get(index).map(|certificate| certificate_line(index, certificate)));
    Some(Diagnosis::new(cause, sentence(&finding.message), finding.fix.clone()).about(index).because_of(about))
}

fn is_error(finding: &Finding) -> bool {
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

/// Nobody knows the issuer, and nothing else explains why.
fn private_ca(evidence: &Evidence, finding: &Finding) -> Option<Diagnosis> {
    let explained: [super::Rule; 4] = [middlebox, self_signed, wrong_intermediate, missing_intermediate];
    if explained.iter().any(|rule| rule(evidence).is_some()) {
        return None;
    }
    let end = evidence.chain().last()?;
    let ca = if end.is_self_issued() { label(end) } else { end.issuer() };
    let (kind, count) = (&evidence.roots, evidence.anchors.len());
    let message = format!("The chain ends at {ca}, which is none of the {count} roots that are trusted here ({kind}).");
    let fix = format!(
        "If {ca} is your own CA: give its root certificate to the client (here with --ca FILE). If the server is meant for \
                       everybody, use a certificate of a public CA."
    );
    let diagnosis = Diagnosis::new(Cause::PrivateCa, message, fix).about(finding.certificate);
    Some(diagnosis.because_of(as_sent(evidence)))
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

/// Not trusted, and nothing better is known.
pub(super) fn any_other(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = judged(evidence)?.cause()?;
    Some(
        Diagnosis::new(Cause::CertificateRefused, sentence(&finding.message), finding.fix.clone())
            .about(finding.certificate),
    )
}

/// With a capital, and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let text: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if text.ends_with('.') { text } else { format!("{text}.") }
}
