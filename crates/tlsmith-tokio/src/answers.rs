//! Answers that have to be awaited: a signature by an HSM or a KMS, a verdict that takes a lookup.

use std::{io, pin::Pin};

use tlsmith::conn::{Need, Reply};

/// A future in a box, as [`Answers`] returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Answers what a connection needs besides bytes; see [`Options::answers`](crate::Options::answers).
pub trait Answers: Send + Sync {
    /// Answers `need` with the [`Reply`] that belongs to it.
    ///
    /// An error ends the handshake with the alert for a signature that could not be made or for a certificate that was
    /// refused, and becomes [`Failure::Io`](crate::Failure::Io).
    fn answer<'a>(&'a self, need: Need<'a>) -> BoxFuture<'a, io::Result<Reply>>;
}
