//! Keys, certificate requests, self-signed certificates, and the files that hold them.
//!
//! The protocol needs none of this: here is what the tools make, read and convert. Files may come from anywhere, so that
//! reading them is bounded like everything that comes from a peer.

pub mod container;
pub mod csr;
pub mod encrypted;
pub mod key;
pub mod self_signed;
