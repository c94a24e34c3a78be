//! Client certificates: required, or not taken.

use tlsmith_x509::Certificate;

use super::Diagnosis;
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
    let own = evidence.client.as_ref()?;
    let (trial, said) = given_up(evidence)?;
    let subject = own.subject();
    let expired = own.not_after() < evidence.now;
    let known = is_of_named_authority(trial, own);
    let fields = [
        Some(said),
        Some(format!(
            "the client certificate shown is {subject}, issued by {}, valid until {}",
            own.issuer(),
            own.not_after()
        )),
        (known == Some(false)).then(|| authorities(trial)),
    ];
    let (cause, message, fix) = match trial.alert() {
        Some("certificate_expired") => expired_client(own),
        _ if expired => expired_client(own),
        Some("unknown_ca") => unknown_ca(own),
        _ if known == Some(false) => unknown_ca(own),
        _ => (
            Cause::ClientCertificateRefused,
            format!("The server does not take the client certificate {subject}."),
            String::from(
                "The server's log says why: its purpose (extendedKeyUsage has to allow clientAuth), a revocation, a name that it \
                 does not expect, or a missing intermediate in the file of --cert.",
            ),
        ),
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

fn unknown_ca(own: &Certificate) -> (Cause, String, String) {
    let message =
        format!("The server does not trust {}, which issued the client certificate {}.", own.issuer(), own.subject());
    let fix = "Show a certificate of a CA that the server trusts, send the intermediates along (in the file of --cert, after the \
               leaf), or have the CA added on the server.";
    (Cause::ClientCertificateUnknownCa, message, fix.to_owned())
}

/// Whether the issuer is among those that the server named; none where it named none.
fn is_of_named_authority(trial: &Trial, own: &Certificate) -> Option<bool> {
    let request = trial.seen.certificate_request.as_ref().filter(|request| !request.authorities.is_empty())?;
    Some(request.authorities.iter().any(|name| name == own.issuer_der()))
}

fn authorities(trial: &Trial) -> String {
    let count = trial.seen.certificate_request.as_ref().map_or(0, |request| request.authorities.len());
    match count {
        1 => String::from("the server names one CA that it takes, another one"),
        count => format!("its issuer is none of the {count} CAs that the server names"),
    }
}

/// None was shown, and it does not go without.
pub(super) fn required(evidence: &Evidence) -> Option<Diagnosis> {
    if evidence.client.is_some() {
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
