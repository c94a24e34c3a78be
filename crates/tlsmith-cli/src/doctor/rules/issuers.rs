//! Who vouches for the certificate: nobody, somebody who is not known, somebody in between.

use tlsmith_x509::{Certificate, Code, Finding, cert::Detail};

use super::{
    Diagnosis, Rule,
    certificates::{as_sent, is_error, judged, label, sentence},
    names,
};
use crate::doctor::{causes::Cause, evidence::Evidence, products};

/// The chain as sent does not end at a root that is trusted.
fn leads_nowhere(evidence: &Evidence) -> bool {
    let stops = |finding: &Finding| is_end(finding) || finding.code == Code::BadSignature;
    !evidence.is_trusted() && evidence.report().is_some_and(|report| report.findings.iter().any(stops))
}

/// The way up ends before a root that is trusted.
pub(super) fn is_end(finding: &Finding) -> bool {
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
    let (at, end, speaks_for_it, is_gap) = evidence.report()?.findings.iter().find_map(|finding| {
        let at = finding.certificate.unwrap_or_default();
        let end = chain.get(at)?;
        match finding.code {
            Code::MissingIntermediate => Some((at, end, true, at > 0)),
            Code::UnknownIssuer => {
                // What has the name of a root that is trusted is no intermediate.
                let above = namesake(evidence, end).is_none() && is_below_a_root(evidence, end);
                Some((at, end, chain.len() > 1 && !end.is_self_issued() && above, false))
            }
            _ => None,
        }
    })?;
    let added = evidence.completed.as_ref().filter(|completed| !completed.added.is_empty());
    let proven =
        added.is_some_and(|completed| completed.report.is_trusted() || !completed.report.findings.iter().any(is_end));
    if !(proven || speaks_for_it) {
        return None;
    }
    let issuer = end.issuer();
    let count = match chain.len() {
        1 => String::from("only its own certificate"),
        count => format!("{count} certificates"),
    };
    let message = format!("The server sends {count}, and not the intermediate {issuer} that issued {}.", label(end));
    let after = if at == 0 { String::from("the leaf") } else { label(end) };
    let fix = format!(
        "Serve the full chain: put the intermediate {issuer} after {after} in the certificate file{}.",
        place(evidence)
    );
    let diagnosis = Diagnosis::new(Cause::MissingIntermediate, message, fix).about(Some(at));
    let certain = proven || is_gap;
    let unproven = (!certain).then(|| {
        String::from(
            "it could not be fetched to prove it: if the issuer is itself a private root, give it with --ca FILE",
        )
    });
    Some(diagnosis.because_of(completion(evidence)).because_of(unproven).because_of(as_sent(evidence)))
}

/// A trusted root is of the same organisation as the issuer that nobody knows: what is missing stands between the two.
fn is_below_a_root(evidence: &Evidence, end: &Certificate) -> bool {
    // RFC 4514 text, where a comma inside of a value is escaped.
    let organisation = |name: &str| {
        let masked = name.replace("\\,", "\0");
        masked.split(',').find(|part| part.starts_with("O=")).map(str::to_owned)
    };
    let wanted = organisation(&end.issuer());
    wanted.is_some() && evidence.anchors.certificates().iter().any(|root| organisation(&root.subject()) == wanted)
}

/// CAs that issue for servers are rarely called roots, and roots nearly always.
pub(super) fn is_called_a_root(name: &str) -> bool {
    name.split(|char: char| !char.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("root"))
}

/// The leaf came alone, of an issuer that nothing is known of, to somebody who says himself whom to trust: he has the root,
/// and what he lacks stands below it, unless the name says that the issuer is another root.
pub(super) fn perhaps_missing(evidence: &Evidence) -> Option<Diagnosis> {
    let [leaf] = evidence.chain() else { return None };
    let finding =
        evidence.finding(Code::UnknownIssuer).filter(|_| evidence.roots_are_given() && leads_nowhere(evidence))?;
    let explained: [Rule; 3] = [middlebox, names::default_certificate, missing_intermediate];
    let issuer = leaf.issuer();
    if is_called_a_root(&issuer)
        || namesake(evidence, leaf).is_some()
        || explained.iter().any(|rule| rule(evidence).is_some())
    {
        return None;
    }
    let message = format!(
        "The server sends only its own certificate. {issuer}, which issued it, is not among the roots given: most likely an \
         intermediate, which the server has to send."
    );
    let fix = format!(
        "Serve the full chain: put the intermediate {issuer} after the leaf in the certificate file. If {issuer} is itself the root \
         of a private CA: give its certificate with --ca FILE."
    );
    let diagnosis = Diagnosis::new(Cause::MissingIntermediate, message, fix).about(finding.certificate);
    let trusted = evidence.anchors.certificates().iter().take(FEW).map(|root| format!("trusted: {}", label(root)));
    Some(diagnosis.because_of(as_sent(evidence)).because_of(trusted))
}

/// How many roots are named.
const FEW: usize = 3;

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

/// Nobody knows the issuer, and nothing else explains why.
pub(super) fn private_ca(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = judged(evidence)?.findings.iter().find(|finding| is_end(finding))?;
    let explained: [Rule; 5] = [middlebox, self_signed, wrong_intermediate, missing_intermediate, perhaps_missing];
    if explained.iter().any(|rule| rule(evidence).is_some()) {
        return None;
    }
    let chain = evidence.chain();
    let end = finding.certificate.and_then(|index| chain.get(index)).or(chain.last())?;
    let ca = if end.is_self_issued() { label(end) } else { end.issuer() };
    let (message, fix) = match namesake(evidence, end) {
        Some(_) => (
            format!(
                "The chain ends at {ca}. A root of this name is trusted here ({}), but it has another key.",
                kinds(evidence)
            ),
            format!(
                "If the CA was made anew: give its new root certificate to the client (here with --ca FILE), or have the server's \
                 certificate issued again by the CA that is trusted. If you know of no second {ca}: somebody uses its name, do not go on."
            ),
        ),
        None => {
            let or_sent = match end.is_self_issued() || is_called_a_root(&ca) {
                true => "",
                false => " If it is an intermediate of a CA that is trusted: the server has to send it.",
            };
            (
                format!("The chain ends at {ca}, which is {}.", none_of_the_roots(evidence)),
                format!(
                    "If {ca} is your own CA: give its root certificate to the client (here with --ca FILE).{or_sent} If the server \
                     is meant for everybody, use a certificate of a public CA."
                ),
            )
        }
    };
    let diagnosis = Diagnosis::new(Cause::PrivateCa, message, fix).about(finding.certificate);
    Some(diagnosis.because_of(as_sent(evidence)))
}

/// A root that is trusted and has the name of the one at which the chain ends.
fn namesake<'e>(evidence: &'e Evidence, end: &Certificate) -> Option<&'e Certificate> {
    evidence.anchors.certificates().iter().find(|root| root.subject_der() == end.issuer_der())
}

fn none_of_the_roots(evidence: &Evidence) -> String {
    let kinds = kinds(evidence);
    match evidence.anchors.len() {
        0 => String::from("not trusted: no root is"),
        1 => format!("not the one root that is trusted here ({kinds})"),
        count => format!("none of the {count} roots that are trusted here ({kinds})"),
    }
}

/// Where the roots come from, for people.
fn kinds(evidence: &Evidence) -> String {
    let kinds = evidence.roots.split('+').map(|kind| match kind {
        "file" => "--ca",
        "system" => "the system's store",
        "mozilla" => "Mozilla's set",
        other => other,
    });
    kinds.collect::<Vec<_>>().join(" and ")
}
