//! Client certificates: required, or not taken.

use tlsmith_x509::{Certificate, cert::Detail};

use super::{Diagnosis, issuers::is_called_a_root};
use crate::doctor::{
    causes::Cause,
    evidence::{Evidence, Kind, Trial},
};

/// How nginx says over a connection that stands what others say by an alert (its 495 and 496 go out as 400).
const NGINX_REQUIRED: &str = "No required SSL certificate was sent";
const NGINX_REFUSED: &str = "The SSL certificate error";

/// The trial in which the server asked for a certificate and then gave up, with what it said.
fn given_up(evidence: &Evidence) -> Option<(&Trial, String)> {
    let kinds = [Kind::Default, Kind::Request, Kind::Tls12];
    let asked =
        kinds.iter().filter_map(|kind| evidence.of(kind)).filter(|trial| trial.seen.client_certificate_requested);
    asked.into_iter().find_map(|trial| Some((trial, words(trial)?)))
}

fn words(trial: &Trial) -> Option<String> {
    let reply = String::from_utf8_lossy(&trial.seen.reply);
    for phrase in [NGINX_REQUIRED, NGINX_REFUSED] {
        if reply.contains(phrase) {
            return Some(format!("the server answers the request with \"400 {phrase}\""));
        }
    }
    let error = trial.error()?;
    match (trial.alert(), error.code.as_str()) {
        (Some(alert), _) => Some(format!("after the client's certificate was due the server sent the alert {alert}")),
        (None, "transport.reset" | "transport.closed_in_handshake" | "transport.truncated" | "transport.failed") => {
            Some(String::from("after the client's certificate was due the server ended the connection without a word"))
        }
        _ => None,
    }
}

/// A certificate was shown, and is not taken.
pub(super) fn refused(evidence: &Evidence) -> Option<Diagnosis> {
    let own = evidence.client.first()?;
    let (trial, said) = given_up(evidence)?;
    let expired = own.not_after() < evidence.now;
    let known = is_of_named_authority(trial, &evidence.client);
    let is_of_unknown_ca = known == Some(false);
    let fields = [
        Some(said),
        Some(format!(
            "the client certificate shown is {}, issued by {}, valid until {}",
            own.subject(),
            own.issuer(),
            own.not_after()
        )),
        is_of_unknown_ca.then(|| authorities(evidence, trial)),
    ];
    let purposes = purposes(own).filter(|purposes| !purposes.iter().any(|purpose| is_for_clients(purpose)));
    let (cause, message, fix) = match trial.alert() {
        Some("certificate_expired") => expired_client(own),
        _ if expired => expired_client(own),
        Some("unknown_ca") => unknown_ca(evidence, own),
        _ if purposes.is_some() => wrong_purpose(own, &purposes.unwrap_or_default()),
        Some("unsupported_certificate") => refused_client(own),
        _ if is_of_unknown_ca => unknown_ca(evidence, own),
        _ => refused_client(own),
    };
    Some(Diagnosis::new(cause, message, fix).because_of(fields.into_iter().flatten()))
}

fn expired_client(own: &Certificate) -> (Cause, String, String) {
    let message = format!(
        "The client certificate {} ended {}; the server does not take it any more.",
        own.subject(),
        own.not_after()
    );
    let fix = "Have the client certificate renewed, install it with its key, and restart the client. If it has not expired, the \
               clock of the server is wrong.";
    (Cause::ClientCertificateExpired, message, fix.to_owned())
}

fn unknown_ca(evidence: &Evidence, own: &Certificate) -> (Cause, String, String) {
    let message =
        format!("The server does not trust {}, which issued the client certificate {}.", own.issuer(), own.subject());
    let fix = match evidence.client.len() {
        1 if !is_called_a_root(&own.issuer()) => {
            "Send the intermediates along (in the file of --cert, after the leaf: it holds the leaf alone), show a certificate of a \
             CA that the server trusts, or have the CA added on the server."
        }
        _ => "Show a certificate of a CA that the server trusts, or have the CA added on the server.",
    };
    (Cause::ClientCertificateUnknownCa, message, fix.to_owned())
}

fn wrong_purpose(own: &Certificate, purposes: &[String]) -> (Cause, String, String) {
    let message = format!(
        "The server does not take the client certificate {}: it is for {}, not for clientAuth.",
        own.subject(),
        purposes.join(", ")
    );
    let fix = "Have the client certificate issued with the extended key usage clientAuth (public CAs issue for servers only: take a CA \
               of your own), and show that one.";
    (Cause::ClientCertificateRefused, message, fix.to_owned())
}

fn refused_client(own: &Certificate) -> (Cause, String, String) {
    let message = format!("The server does not take the client certificate {}.", own.subject());
    let fix = "The server's log says why: its purpose (extendedKeyUsage has to allow clientAuth), a revocation, a name that it \
               does not expect, or a missing intermediate in the file of --cert.";
    (Cause::ClientCertificateRefused, message, fix.to_owned())
}

/// What its extended key usage allows; none where it has none: then it allows everything.
fn purposes(own: &Certificate) -> Option<Vec<String>> {
    own.extension_details().into_iter().find_map(|extension| match extension.detail {
        Detail::ExtendedKeyUsage(purposes) => Some(purposes),
        _ => None,
    })
}

fn is_for_clients(purpose: &str) -> bool {
    matches!(purpose, "clientAuth" | "anyExtendedKeyUsage")
}

/// Whether a certificate that is shown, or the issuer of one, is among those that the server named (RFC 8446 §4.2.4); none where
/// it named none.
fn is_of_named_authority(trial: &Trial, shown: &[Certificate]) -> Option<bool> {
    let request = trial.seen.certificate_request.as_ref().filter(|request| !request.authorities.is_empty())?;
    let leads_to = |name: &Vec<u8>| shown.iter().any(|sent| sent.issuer_der() == name || sent.subject_der() == name);
    Some(request.authorities.iter().any(leads_to))
}

fn authorities(evidence: &Evidence, trial: &Trial) -> String {
    let named =
        trial.seen.certificate_request.as_ref().map(|request| request.authorities.as_slice()).unwrap_or_default();
    // Names are shown as certificates at hand have them.
    let roots = evidence.anchors.certificates();
    let label = |name: &Vec<u8>| roots.iter().find(|root| root.subject_der() == name).map(Certificate::subject);
    match named {
        [one] => match label(one) {
            Some(name) => {
                format!("the server names one CA that it takes, {name}: it issued nothing in the file of --cert")
            }
            None => String::from("the server names one CA that it takes, and it issued nothing in the file of --cert"),
        },
        _ => format!("none of the {} CAs that the server names issued anything in the file of --cert", named.len()),
    }
}

/// None was shown, and it does not go without.
pub(super) fn required(evidence: &Evidence) -> Option<Diagnosis> {
    if !evidence.client.is_empty() {
        return None;
    }
    let says_so = |trial: &&Trial| trial.alert() == Some("certificate_required");
    let (trial, said) = match given_up(evidence) {
        Some(found) => found,
        None => {
            let trial = evidence.trials.iter().find(says_so)?;
            (trial, String::from("received the alert certificate_required"))
        }
    };
    let message = "The server asks for a client certificate and does not go on without one (mutual TLS).";
    let fix = format!(
        "Show one: tlsmith doctor {} --cert CLIENT.pem --key CLIENT.key. If clients should need none, make it optional on the server.",
        evidence.target
    );
    let named = trial.seen.certificate_request.as_ref().map(|request| match request.authorities.len() {
        0 => String::from("it names no CA: any may have issued it"),
        count => format!("it names {count} CA{} that may have issued it", if count == 1 { "" } else { "s" }),
    });
    Some(Diagnosis::new(Cause::ClientCertificateRequired, message, fix).because(said).because_of(named))
}
