//! What works and should not stay; and that nothing is wrong.

use tlsmith_x509::{Certificate, Code, Report, Severity};

use super::{
    Diagnosis,
    certificates::{renewed_by_its_ca, sentence},
    handshake::{names, negotiated},
};
use crate::{
    doctor::{
        causes::Cause,
        evidence::{Evidence, Kind, Trial},
    },
    exit::Exit,
};

/// What is served is not what the file of `--expect` holds: older, or another one.
pub(super) fn stale(evidence: &Evidence) -> Option<Diagnosis> {
    let (file, expected) = evidence.expected.as_ref()?;
    let served = evidence.leaf().filter(|served| *served != expected)?;
    let dates = |certificate: &tlsmith_x509::Certificate| {
        format!("valid {} to {}", certificate.not_before(), certificate.not_after())
    };
    let seen = [
        format!("served: {}, {}", names(served), dates(served)),
        format!("{file}: {}, {}", names(expected), dates(expected)),
    ];
    let (cause, message, fix) = match expected.not_before() > served.not_before() {
        true => (
            Cause::StaleCertificate,
            format!(
                "{file} holds a newer certificate than the one that the server serves: it was not reloaded after the renewal."
            ),
            "Reload the server (a renewal hook does it every time), and check that it reads this file; then that a load balancer \
             or CDN before it has the new one, too.",
        ),
        false => (
            Cause::OtherCertificate,
            format!("The server does not serve the certificate in {file}, which is not newer, but another one."),
            "Check that this is the file that the server reads for this name, and that this host is the server.",
        ),
    };
    Some(Diagnosis::new(cause, message, fix).about(Some(0)).because_of(seen))
}

/// Some of the addresses have a certificate that is good, others not.
pub(super) fn some_are_bad(evidence: &Evidence) -> Option<Diagnosis> {
    let trusted = |trial: &&Trial| trial.report.as_ref().is_some_and(Report::is_trusted);
    let bad = evidence.addresses().filter(|trial| trial.leaf().is_some()).find(|trial| !trusted(trial))?;
    evidence.addresses().find(trusted)?;
    let why = bad.report.as_ref().and_then(Report::cause).map(|finding| finding.message.clone()).unwrap_or_default();
    let at = bad.seen.address.map(|address| address.ip().to_string()).unwrap_or_default();
    let message = format!("Not all addresses of {} serve the same certificate: at {at} {why}.", evidence.target.host);
    Some(Diagnosis::new(Cause::DifferentCertificates, message, DIFFERENT).because_of(served(evidence)))
}

const DIFFERENT: &str = "Bring the same certificate to every machine behind the name and reload them all; or take the address of the one \
                         that was forgotten out of DNS.";

/// The addresses serve different certificates, all of them good.
pub(super) fn different(evidence: &Evidence) -> Option<Diagnosis> {
    let mut leaves: Vec<&Certificate> = Vec::new();
    for leaf in evidence.addresses().filter_map(Trial::leaf) {
        if !leaves.contains(&leaf) {
            leaves.push(leaf);
        }
    }
    if leaves.len() < 2 {
        return None;
    }
    let message = format!("The addresses of {} serve {} different certificates.", evidence.target.host, leaves.len());
    Some(Diagnosis::new(Cause::DifferentCertificates, message, DIFFERENT).because_of(served(evidence)).works())
}

fn served(evidence: &Evidence) -> Vec<String> {
    let addresses = evidence.addresses().filter_map(|trial| Some((trial.seen.address?.ip(), trial)));
    let told = addresses.map(|(ip, trial)| match (trial.leaf(), trial.error()) {
        (Some(leaf), _) => format!(
            "{ip}: {}, valid {} to {}, issued by {}",
            names(leaf),
            leaf.not_before(),
            leaf.not_after(),
            leaf.issuer()
        ),
        (None, Some(error)) => format!("{ip}: {}", error.message),
        (None, None) => format!("{ip}: no certificate"),
    });
    told.collect()
}

/// An address that does not answer while another does.
pub(super) fn address_down(evidence: &Evidence) -> Option<Diagnosis> {
    let (serves, fails): (Vec<&Trial>, Vec<&Trial>) = evidence.addresses().partition(|trial| trial.is_good());
    let good = serves.first()?;
    // localhost has two addresses on most machines, and servers for tests listen on one.
    let counts = |trial: &&&Trial| match &trial.kind {
        Kind::Address(address) => evidence.addresses_are_given || !address.ip().is_loopback(),
        _ => true,
    };
    let down: Vec<(String, String)> = fails.iter().filter(counts).filter_map(|trial| down(trial)).collect();
    let (first, _) = down.first()?;
    let (count, all) = (down.len(), serves.len() + fails.len());
    let said: Vec<&str> = down.iter().map(|(_, said)| said.as_str()).collect();
    let message = format!(
        "{count} of {all} addresses of {} {}: {}.",
        evidence.target.host,
        if count == 1 { "does not serve" } else { "do not serve" },
        said.join("; ")
    );
    let fix = format!(
        "Check the machine at {}, or take its record out of DNS: some clients try it first and wait.",
        if count == 1 { first.clone() } else { down.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>().join(", ") }
    );
    let others = serves.iter().filter_map(|trial| trial.seen.address).map(|address| format!("{} serves", address.ip()));
    let diagnosis = Diagnosis::new(Cause::AddressDown, message, fix).because_of(others);
    // Clients go on to the next address where none takes the connection, and not where the handshake fails.
    Some(match good.kind {
        Kind::Default => diagnosis,
        _ => Diagnosis { severity: Severity::Error, exit: Exit::Failed, ..diagnosis },
    })
}

/// Which address it is, and why it does not serve.
fn down(trial: &Trial) -> Option<(String, String)> {
    let address = match &trial.kind {
        Kind::Address(address) => address.ip(),
        _ => trial.seen.address?.ip(),
    };
    // That it wants a certificate of its clients is another matter.
    let error = trial.error().filter(|_| !trial.seen.completed)?;
    let said = if error.message.contains(&address.to_string()) {
        error.message.clone()
    } else {
        format!("{address}: {}", error.message)
    };
    Some((address.to_string(), said))
}

/// The chain works as a set, but not as a list.
pub(super) fn order(evidence: &Evidence) -> Option<Diagnosis> {
    let codes = [(Code::WrongOrder, Cause::WrongOrder), (Code::ExtraCertificate, Cause::ExtraCertificate)];
    let found = codes.into_iter().find_map(|(code, cause)| Some((evidence.finding(code)?, cause)));
    // Whoever mends the rest by the same file meets the order next; what is extra may be what is wrong.
    let (finding, cause) = found.filter(|(_, cause)| evidence.is_trusted() || *cause == Cause::WrongOrder)?;
    let fix = match cause {
        Cause::ExtraCertificate => {
            "Take the certificates out of the file that do not belong to the chain: tlsmith cert chain FILE --out fullchain.pem writes the right ones."
        }
        _ => {
            "Put the certificates into order: the server's own first, then each one's issuer: tlsmith cert chain FILE --out fullchain.pem does it."
        }
    };
    let sent = evidence.chain().iter().enumerate();
    let sent = sent.map(|(index, sent)| format!("sent {index}: {}, issued by {}", sent.subject(), sent.issuer()));
    let but = "clients that build paths (this one, browsers) pass over it; others (old OpenSSL, embedded ones) fail";
    let diagnosis = Diagnosis::new(cause, sentence(&finding.message), fix).about(finding.certificate);
    Some(diagnosis.because(but).because_of(sent).works())
}

/// The last days.
pub(super) fn expires_soon(evidence: &Evidence) -> Option<Diagnosis> {
    let finding = evidence.finding(Code::ExpiresSoon).or(evidence.aside.expires_soon.as_ref())?;
    let diagnosis =
        Diagnosis::new(Cause::ExpiresSoon, sentence(&finding.message), finding.fix.clone()).about(finding.certificate);
    Some(if finding.certificate == Some(0) { renewed_by_its_ca(evidence, diagnosis) } else { diagnosis })
}

/// All is well for those who send the name, and not for those who do not.
pub(super) fn only_with_sni(evidence: &Evidence) -> Option<Diagnosis> {
    evidence.default_trial().filter(|trial| trial.is_good() && evidence.is_trusted())?;
    let without = evidence.of(&Kind::NoSni)?;
    let said = match (without.error(), without.leaf()) {
        (_, Some(leaf)) if leaf.covers(&evidence.name) => return None,
        (Some(error), None) => format!("without SNI: {}", error.message),
        (_, Some(leaf)) => format!("without SNI it serves the certificate of {}", names(leaf)),
        (None, None) => return None,
    };
    let message = format!(
        "All is well for clients that send the name {} (SNI); those that do not get another certificate, or none.",
        evidence.name
    );
    let fix = "Usual behind a CDN or with virtual hosts. If a client fails: make it send SNI (old Java and Python, health checks by \
               address do not), or make this certificate the server's default.";
    Some(Diagnosis::new(Cause::SniNeeded, message, fix).because(said).noted())
}

/// No rule found anything.
pub(super) fn nothing(evidence: &Evidence) -> Diagnosis {
    let message = format!("{} answers, and its certificate is trusted for {}.", evidence.target, evidence.name);
    let fix = "If a client fails all the same, the difference is on its side: its roots, its clock, its name for the server, or what \
               stands between it and the server. Run this on its machine.";
    let diagnosis = Diagnosis::new(Cause::NothingWrong, message, fix);
    let agreed = evidence.default_trial().map(negotiated);
    let leaf = evidence.leaf().map(|leaf| {
        format!(
            "{}, valid until {} ({} days)",
            names(leaf),
            leaf.not_after(),
            evidence.now.days_until(leaf.not_after())
        )
    });
    let asked = evidence.addresses().filter(|trial| trial.is_good()).count();
    let asked = (asked > 1).then(|| format!("{asked} addresses serve the same certificate"));
    diagnosis.because_of(agreed).because_of(leaf).because_of(asked)
}
