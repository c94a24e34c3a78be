//! The hellos, as far as they come before a version is chosen: what a client offers, what a server chooses.

pub(crate) mod choice;
pub(crate) mod downgrade;
mod facts;
pub(crate) mod grease;
pub(crate) mod offer;
pub(crate) mod record_size;

pub(crate) use facts::{client_hello_facts, host_name, keep_filters, keep_names};
