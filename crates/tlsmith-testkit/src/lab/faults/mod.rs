//! The faults, by what they are about.

mod chain;
mod clients;
mod healthy;
mod keys;
mod names;
mod network;
mod protocols;
mod revocation;
mod several;
mod time;
mod trust;

use super::{Exit, Fault, Product, Running, bench, ours, pki, scripted};

/// All of them, the healthy servers last.
pub fn all() -> Vec<Fault> {
    [
        chain::FAULTS,
        time::FAULTS,
        trust::FAULTS,
        names::FAULTS,
        keys::FAULTS,
        revocation::FAULTS,
        clients::FAULTS,
        protocols::FAULTS,
        network::FAULTS,
        several::FAULTS,
        healthy::FAULTS,
    ]
    .concat()
}
