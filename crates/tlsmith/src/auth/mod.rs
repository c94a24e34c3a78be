//! Proving who one is and judging who the peer is: identities, verifiers, and the only makers of the proofs that a
//! handshake ends with.

mod chain;
mod identity;
mod named;
pub(crate) mod proofs;
mod raw_keys;
pub(crate) mod schemes;
mod staples;
mod verifier;

pub use crate::tls13::compress::{Brotli, CertificateCompression, Zlib, Zstd};
pub use chain::{ChainVerifier, Crls, CtDemand};
pub(crate) use identity::OneIdentity;
pub use identity::{ClientIdentities, Identity, IdentityKey};
pub use named::{IdentityChoice, NamedIdentities, ServerIdentities, UnknownName};
pub use raw_keys::ExpectedKeys;
pub(crate) use raw_keys::{HoldsKey, PeerKey};
pub use staples::Staples;
pub(crate) use staples::{PackedAs, Showing};
pub use verifier::{AcceptAnyway, PeerCertificates, PeerVerifier, Verdict};

/// What a seam answers: the value at once, or that the caller will bring it later
/// (see [`Need`](crate::conn::Need)).
#[derive(Debug)]
pub enum Answer<T> {
    /// Here it is.
    Now(T),
    /// The connection pauses; [`Connection::reply`](crate::Connection::reply) brings it.
    Later,
}
