//! TLS 1.2 (RFC 5246): the two state machines and what they share. Files have the names of their counterparts in
//! `tls13/`. The ClientHello is sent and received there, by the states that come before a version is chosen.

pub(crate) mod client;
pub(crate) mod established;
pub(crate) mod flight;
pub(crate) mod key_schedule;
pub(crate) mod server;
pub(crate) mod suite;
#[cfg(test)]
mod tests;
