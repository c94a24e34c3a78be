//! Keys, certificate requests, self-signed certificates, the files that hold them; and fetching what certificates name.
//!
//! The protocol needs none of this: here is what the tools make, read and convert. Files may come from anywhere, so that
//! reading them is bounded like everything that comes from a peer.

#![allow(
    clippy::result_large_err,
    reason = "the error of asn1, whose derives return it; it is turned into ours at once"
)]

pub mod container;
pub mod csr;
mod der;
pub mod encrypted;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod key;
pub mod names;
mod oid;
pub mod self_signed;
mod signer;

pub use error::{ContainerError, Problem};
pub use key::PrivateKey;
