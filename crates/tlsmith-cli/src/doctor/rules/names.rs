//! The certificate is for others than the one who was asked for.

use tlsmith_x509::{Code, ServerName};

use super::{Diagnosis, certificates::sentence, handshake::names};
use crate::doctor::{
    causes::Cause,
    evidence::{Evidence, Kind, Trial},
    products,
};

/// The server serves what its software brings along.
pub(super) fn default_certificate(evidence: &Evidence) -> Option<Diagnosis> {
    let leaf = evidence.leaf().filter(|leaf| !evidence.is_trusted() && !leaf.covers(&evidence.name))?;
    let product = products::default_of(leaf)?;
    let name = &evidence.name;
    let message = format!("The server answers with the default certificate of {product}: it has none for {name}.");
    let fix = format!(
        "Configure a certificate for {name} there, and check that the request reaches the virtual host or ingress that has it (in \
         Kubernetes: spec.tls of the Ingress, its secret in the same namespace)."
    );
    let said = format!("the certificate is {}, issued by {}", leaf.subject(), leaf.issuer());
    Some(Diagnosis::new(Cause::WrongVirtualHost, message, fix).about(Some(0)).because(said))
}

/// Why the name is not covered.
pub(super) fn mismatch(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = evidence.finding(Code::NoSubjectAltName).or(evidence.finding(Code::NameMismatch))?;
    let leaf = evidence.leaf()?;
    let name = &evidence.name;
    let held = format!("the certificate is for {}", names(leaf));
    let message = sentence(&finding.message);
    let diagnosis = |cause, message: String, fix: String| {
        Some(Diagnosis::new(cause, message, fix).about(Some(0)).because(held.clone()))
    };
    if finding.code == Code::NoSubjectAltName {
        return diagnosis(Cause::NoSan, message, finding.fix.clone());
    }
    if let Some((served, how)) = right_one(evidence) {
        let message = format!(
            "For {name} the server answers with the certificate of {}; the right one is there: {how}.",
            names(leaf)
        );
        let fix = format!(
            "Check server_name or ServerName of the virtual host: the request for {name} falls to another one."
        );
        return diagnosis(Cause::WrongVirtualHost, message, fix)
            .map(|found| found.because(format!("{how}: {}", names(served))));
    }
    let ServerName::Dns(host) = name else {
        let message = format!("The target is the address {name}, and the certificate is for {}.", names(leaf));
        let fix = format!(
            "Connect by a name that the certificate holds (here: tlsmith doctor {} --servername NAME), or have the address added \
             to the certificate (subjectAltName IP).",
            evidence.target
        );
        return diagnosis(Cause::IpAddress, message, fix);
    };
    let (host, presented) = (host.as_str().to_lowercase(), leaf.dns_names());
    if let Some(wildcard) =
        presented.iter().find(|name| name.strip_prefix("*.").is_some_and(|rest| is_deeper(&host, rest)))
    {
        let message =
            format!("{wildcard} stands for one label only (RFC 9525 §6.3): it does not cover {host}, which has more.");
        let fix = format!(
            "Have a certificate issued that holds {host} itself, or the wildcard of its own level (*.{}).",
            parent(&host)
        );
        return diagnosis(Cause::WildcardDepth, message, fix);
    }
    if let Some(wildcard) = presented.iter().find(|name| name.strip_prefix("*.") == Some(parent(&host))) {
        let message = format!(
            "{wildcard} would cover {host}, but stands directly below the top-level domain {}: such a wildcard covers what belongs to \
             different people, and browsers and most other clients refuse it.",
            parent(&host)
        );
        let fix = format!("Have a certificate issued that holds {host} itself (and *.{host}, if need be).");
        return diagnosis(Cause::WildcardSuffix, message, fix);
    }
    let is_below = |name: &&String| name.strip_prefix("*.") == Some(&host) || name.strip_prefix("www.") == Some(&host);
    if let Some(below) = presented.iter().find(is_below) {
        let message = format!(
            "The certificate holds {below}, but not {host} itself: a wildcard or www does not stand for the bare domain."
        );
        let fix = format!("Have the certificate issued again with both names: {host} and {below}.");
        return diagnosis(Cause::BareDomain, message, fix);
    }
    let without = evidence.of(&Kind::NoSni).and_then(Trial::leaf);
    let other_default = without.filter(|other| *other != leaf);
    if let Some(other) = other_default {
        let message = format!(
            "For {name} the server chooses the certificate of {}: the name falls to a virtual host that it does not belong to.",
            names(leaf)
        );
        let fix =
            format!("Give {name} a virtual host with a certificate of its own, or have the name added to this one.");
        let said = format!("without SNI it serves another one, of {}: it has several", names(other));
        return diagnosis(Cause::WrongVirtualHost, message, fix).map(|found| found.because(said));
    }
    let fix = format!(
        "Have a certificate issued that holds {name}, or connect by a name that it holds. If the server has one for \
                       {name}: its virtual host is not reached; check server_name or ServerName, and the address in DNS."
    );
    let same = without.map(|_| {
        String::from("without SNI the server serves the same certificate: it is its only one, or its default")
    });
    diagnosis(Cause::WrongHost, message, fix).map(|found| found.because_of(same))
}

/// This client takes the wildcard, browsers do not.
pub(super) fn suffix_wildcard(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = evidence.aside.wildcard.as_ref()?;
    let name = &evidence.name;
    let fix = format!("Have a certificate issued that holds {name} itself (and *.{name}, if need be).");
    let diagnosis = Diagnosis::new(Cause::WildcardSuffix, sentence(&finding.message), fix).about(Some(0));
    Some(diagnosis.because("browsers refuse it by the public suffix list; programs without that list take it").works())
}

/// A certificate that does hold the name, served when asked in another way.
fn right_one(evidence: &Evidence) -> Option<(&tlsmith_x509::Certificate, String)> {
    let asked_otherwise = evidence.trials.iter().filter_map(|trial| match &trial.kind {
        Kind::NoSni => Some((trial, String::from("it is served without SNI"))),
        Kind::Neighbour(name) => Some((trial, format!("it is served for the name {name}"))),
        _ => None,
    });
    let mut right = asked_otherwise.filter_map(|(trial, how)| Some((trial.leaf()?, how)));
    right.find(|(leaf, _)| leaf.covers(&evidence.name))
}

/// More than one label before `rest`.
fn is_deeper(host: &str, rest: &str) -> bool {
    host.strip_suffix(rest).and_then(|before| before.strip_suffix('.')).is_some_and(|before| before.contains('.'))
}

fn parent(host: &str) -> &str {
    host.split_once('.').map_or(host, |(_, parent)| parent)
}
