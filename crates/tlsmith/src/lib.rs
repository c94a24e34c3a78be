//! TLS as a library: bytes in, bytes and facts out. No socket, no clock of its own, no thread.
//!
//! A [`Connection`] is one side of one TLS connection. Feed it what the transport brings with
//! [`Connection::handle_input`], write to the transport what it appends to the output, and read
//! [`Connection::facts`] to see what was negotiated. Everything else hangs on that loop; [`blocking`] is the
//! loop over `std::io`, the crate `tlsmith-tokio` the one over tokio.
//!
//! Methods come in four kinds: getters (`facts`, `is_handshaking`), `handle_*` (something happened outside), mutators
//! (`send`, `update_keys`, `reply`), and `need`, which says what the connection waits for besides bytes.

pub mod auth;
pub mod blocking;
pub mod buffered;
pub mod config;
pub mod conn;
pub mod error;
mod ext;
#[doc(hidden)]
pub mod fuzzing;
mod hello;
mod msg;
mod record;
pub mod registry;
#[cfg(test)]
mod rfc8448;
pub mod session;
mod tls12;
mod tls13;
mod wire;

pub use config::{ClientConfig, ServerConfig};
pub use conn::{Connection, Facts, Received};
pub use error::{Error, Rule};

/// The README's code, compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
