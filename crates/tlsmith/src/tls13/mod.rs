//! TLS 1.3 (RFC 8446): the two state machines and what they share.

pub(crate) mod certificate;
pub(crate) mod client;
pub(crate) mod compress;
mod constants;
pub(crate) mod effects;
pub(crate) mod established;
pub(crate) mod flight;
pub(crate) mod key_schedule;
pub(crate) mod server;
pub(crate) mod suite;
#[cfg(test)]
mod tests;
pub(crate) mod transcript;
