//! TLS as a library: bytes in, bytes and facts out. No socket, no clock of its own, no thread.

pub mod registry;
