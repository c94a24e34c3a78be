//! The way to the server: name, TCP, and the dialogue before TLS.

use std::net::SocketAddr;

use super::{Diagnosis, Mend, certificates::sentence};
use crate::doctor::{
    causes::Cause,
    evidence::{Evidence, Trial},
};

/// The name has no address.
pub(super) fn unresolved(evidence: &Evidence) -> Option<Diagnosis> {
    let error = evidence.default_trial()?.error().filter(|error| error.phase == Some("dns"))?;
    let host = &evidence.target.host;
    let fix = format!(
        "Check the spelling, and what the resolver says: getent hosts {host}; dig {host}. To ask a machine by its address: \
         tlsmith doctor ADDRESS --servername {host}."
    );
    Some(Diagnosis::new(Cause::DnsFailure, sentence(&error.message), fix))
}

/// No address takes a TCP connection.
pub(super) fn no_connection(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = evidence.default_trial()?;
    let error = trial.error().filter(|error| error.phase == Some("tcp"))?;
    let port = evidence.target.port;
    let (cause, fix) = match error.code.as_str() {
        "transport.refused" => (
            Cause::ConnectionRefused,
            format!(
                "Check that the server runs and listens on port {port}{}.",
                if is_here(trial) { "" } else { ", and not on 127.0.0.1 only" }
            ),
        ),
        "transport.timeout" => (
            Cause::ConnectTimeout,
            format!(
                "A firewall that drops packets looks like this: check the rules for TCP port {port} on the way and on the host, and the address itself."
            ),
        ),
        "transport.reset" => (Cause::ConnectionReset, String::from(RESET)),
        _ => (Cause::Unreachable, error.fix.clone()),
    };
    // Of one address the message has said it.
    let others = trial.seen.failed_addresses.iter().map(|failed| failed.message.clone());
    let others = others.filter(|said| sentence(said) != sentence(&error.message));
    let mut diagnosis = Diagnosis::new(cause, sentence(&error.message), fix).because_of(others);
    if cause == Cause::ConnectionRefused {
        // A command that is to be copied stands in a line of its own.
        diagnosis.mends.push(Mend { product: String::from("Linux"), text: format!("ss -ltnp 'sport = :{port}'") });
    }
    Some(diagnosis)
}

/// What to do where connections are reset.
pub(super) const RESET: &str = "Look at the server's log. A server that expects a PROXY header before TLS resets who sends none, and a firewall that dislikes \
                                the name (SNI) or the ClientHello does the same: try from another network.";

/// All that was asked is this machine.
fn is_here(trial: &Trial) -> bool {
    let mut asked = trial.seen.failed_addresses.iter().filter_map(|failed| failed.address.parse::<SocketAddr>().ok());
    !trial.seen.failed_addresses.is_empty() && asked.all(|address| address.ip().is_loopback())
}

/// The dialogue in clear did not come to TLS.
pub(super) fn starttls(evidence: &Evidence) -> Option<Diagnosis> {
    let error = evidence.default_trial()?.error().filter(|error| error.phase == Some("starttls"))?;
    Some(
        Diagnosis::new(Cause::StarttlsFailed, sentence(&error.message), error.fix.clone())
            .because_of(error.why.clone()),
    )
}
