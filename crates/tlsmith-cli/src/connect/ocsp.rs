//! `--status`: the OCSP response that the server stapled, as it came.

use serde::Serialize;
use tlsmith::Facts;
use tlsmith_x509::{
    UnixTime,
    revocation::{
        Reason,
        ocsp::{CertificateStatus, OcspResponse},
    },
};

/// What it says. Nothing of it was verified.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Ocsp {
    /// The server sent one.
    pub(crate) stapled: bool,
    /// Always false: who signed it was not looked at.
    pub(crate) verified: bool,
    /// `good`, `revoked` or `unknown`; null where it does not speak of the server's certificate.
    pub(crate) status: Option<&'static str>,
    pub(crate) revoked_at: Option<String>,
    /// As RFC 5280 §5.3.1 names it.
    pub(crate) reason: Option<&'static str>,
    pub(crate) produced_at: Option<String>,
    pub(crate) this_update: Option<String>,
    pub(crate) next_update: Option<String>,
    /// `next_update` is over: clients do not take it any more.
    pub(crate) stale: bool,
    /// Who says that he signed it.
    pub(crate) responder: Option<String>,
    /// Why there is nothing to show of what was stapled.
    pub(crate) error: Option<String>,
}

impl Ocsp {
    /// Of what came with the server's certificate.
    pub(crate) fn of(facts: &Facts, now: UnixTime) -> Self {
        let Some(der) = &facts.ocsp_response else { return Self::default() };
        let stapled = Self { stapled: true, ..Self::default() };
        let response = match OcspResponse::from_der(der) {
            Ok(response) => response,
            Err(error) => return Self { error: Some(error.to_string()), ..stapled },
        };
        let told = Self {
            produced_at: Some(response.produced_at.to_string()),
            responder: Some(response.responder.to_string()),
            ..stapled
        };
        let Some(single) = facts.peer_certificates.first().and_then(|leaf| response.about(leaf)) else {
            let error = Some(String::from("it is about other certificates than the server's"));
            return Self { error, ..told };
        };
        let (status, revoked_at, reason) = match single.status {
            CertificateStatus::Good => ("good", None, None),
            CertificateStatus::Revoked { at, reason } => {
                ("revoked", Some(at.to_string()), reason.and_then(Reason::name))
            }
            CertificateStatus::Unknown => ("unknown", None, None),
        };
        Self {
            status: Some(status),
            revoked_at,
            reason,
            this_update: Some(single.this_update.to_string()),
            next_update: single.next_update.map(|time| time.to_string()),
            stale: single.next_update.is_some_and(|time| time < now),
            ..told
        }
    }
}
