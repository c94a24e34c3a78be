//! Sealing and opening tickets: the seam.

use std::fmt;

use tlsmith_crypto::{CryptoError, Provider};
use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use crate::auth::Answer;

/// Seals what a server remembers into a ticket, and opens it again. [`TicketKeys`](super::TicketKeys) is the one of
/// everyday; a KMS can stand behind another.
///
/// A ticket has to be confidential and authentic: it holds the secret of a session and the client's identity.
pub trait Ticketer: Send + Sync + fmt::Debug {
    /// Seals an encoded session. `None`: no ticket today; the client makes a full handshake the next time.
    fn seal(&self, provider: &dyn Provider, session: &[u8], now: UnixTime) -> Result<Option<Vec<u8>>, CryptoError>;

    /// Opens a ticket. `None` for whatever is not a ticket of this server that still counts: altered, of another server, of
    /// another time. [`Answer::Later`] pauses the connection (`Need::DecryptTicket`).
    fn open(&self, provider: &dyn Provider, ticket: &[u8], now: UnixTime) -> Answer<Option<Zeroizing<Vec<u8>>>>;

    /// For how many seconds a ticket counts, at most [`MAX_LIFETIME`](super::MAX_LIFETIME); 0 for not at all.
    fn lifetime(&self) -> u32;
}
