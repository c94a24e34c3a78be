//! Certificate Transparency (RFC 6962): a log promises in a signed certificate timestamp (SCT) to publish the certificate,
//! so that whoever owns the name can see it. Here the promises are read ([`sct`]), verified against the logs that are known
//! ([`log_list`]), and counted ([`CtPolicy`]).
//!
//! Timestamps come inside the certificate, in an extension of TLS, and in OCSP responses. Each is signed over the certificate
//! itself, so that it makes no difference who brings it. No log is asked for anything: whether it kept its promise is for
//! monitors.

pub mod log_list;
mod policy;
mod precert;
pub mod sct;
pub(crate) mod verify;

pub use log_list::{Log, LogKind, LogList, LogListError, LogState};
pub use policy::{CtPolicy, Shortfall};
pub use sct::{Entry, LogId, Sct};
pub use verify::{JudgedSct, Source, Verdict};

/// What is asked of a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Transparency<'a> {
    /// The logs that are known.
    pub logs: &'a LogList,
    /// How many of them have to know the certificate.
    pub policy: &'a CtPolicy,
    /// Too few are an error; otherwise a warning.
    pub required: bool,
}
