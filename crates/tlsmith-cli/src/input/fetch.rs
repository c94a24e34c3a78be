//! The chain that a server sends.

use std::sync::Arc;

use tlsmith_crypto::Provider;

use super::{Input, InputOpts, NoInput, name_of};
use crate::{
    connect::{Error, Target},
    probe::{Probe, probe},
};

/// Shakes hands and takes what was sent. A handshake that fails after the chain has come gave what was wanted: many servers
/// refuse whoever shows no certificate.
pub(super) async fn chain(target: &Target, opts: &InputOpts, provider: &Arc<dyn Provider>) -> Result<Input, NoInput> {
    let name = Some(name_of(target, opts)?);
    let seen =
        probe(provider, &Probe { starttls: opts.starttls, ..Probe::new(target.clone(), name, opts.timeout) }).await;
    match &seen.outcome {
        Err(error) if seen.chain.is_empty() => Err(NoInput::Host(Box::new(error.clone()))),
        _ if seen.chain.is_empty() => Err(NoInput::Host(Box::new(no_chain(target)))),
        _ => Ok(Input {
            name: target.to_string(),
            certificates: seen.chain.clone(),
            skipped: Vec::new(),
            seen: Some(Box::new(seen)),
            format: None,
            has_private_key: false,
        }),
    }
}

fn no_chain(target: &Target) -> Error {
    let row = tlsmith_x509::Code::NoCertificate.row();
    Error {
        code: row.code.to_owned(),
        alert: None,
        alert_direction: None,
        message: format!("{target} sent no certificate"),
        fix: row.fix.to_owned(),
        section: Some(row.section.to_owned()),
        why: Some(row.why.to_owned()),
        phase: None,
    }
}
