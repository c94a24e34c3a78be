//! Test tools of tlsmith; never published.
//!
//! [`peers`] starts other people's TLS programs on loopback, [`certs`] makes the certificates they show, [`server`] and
//! [`client`] are our side of such a connection, [`backend`] is an HTTP server to put it before, [`relay`] cuts streams into single bytes, [`pair`] joins two
//! connections in memory, [`scripted`] is a provider whose randomness is written down, [`null_crypto`] one without
//! cryptography for fuzzing, [`combos`] is the table of what is run,
//! [`count`] adds it up, [`truth`] is what OpenSSL says about a certificate, and [`lab`] brings up broken servers for people
//! and for `tlsmith doctor`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test tools: a panic is a failed test, with the reason in its message"
)]

pub mod backend;
pub mod certs;
pub mod chains;
pub mod client;
pub mod combos;
pub mod config;
pub mod count;
pub mod lab;
pub mod null_crypto;
pub mod pair;
pub mod peers;
pub mod process;
pub mod relay;
pub mod scripted;
pub mod server;
pub mod truth;
