//! What follows from a transition, handed over in order. A transition touches nothing but this.

use tlsmith_crypto::{AeadKey, Secret};

use super::{key_schedule::Kdf, suite::Suite, transcript::Transcript};
use crate::{
    conn::{Direction, Facts},
    error::Error,
    msg::Message,
    session::UnixMillis,
    tls12,
};

/// The keys of one direction from here on.
pub(crate) struct InstallKeys<'a> {
    /// `Sent`: this side writes with them; `Received`: it reads.
    pub(crate) direction: Direction,
    pub(crate) suite: Suite,
    pub(crate) kdf: &'a Kdf,
    pub(crate) secret: &'a Secret,
}

/// How long protected records may be, as both sides have said (RFC 8449 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordSizeLimits {
    /// The peer's: for what this side sends.
    pub(crate) sent: u16,
    /// This side's: for what the peer sends.
    pub(crate) received: u16,
}

/// The keys of one direction of TLS 1.2, from a ChangeCipherSpec on (RFC 5246 §7.1).
pub(crate) struct InstallTls12Keys<'a> {
    /// `Sent`: this side writes with them; `Received`: it reads.
    pub(crate) direction: Direction,
    pub(crate) suite: tls12::suite::Suite,
    pub(crate) key: Box<dyn AeadKey>,
    pub(crate) fixed_iv: &'a [u8],
}

/// Takes the effects.
pub(crate) trait Sink {
    /// Sends a message under the keys in place, and adds it to the transcript.
    fn send(&mut self, message: &Message<'_>, transcript: &mut Transcript) -> Result<(), Error>;

    /// Sends ChangeCipherSpec: of middlebox compatibility (RFC 8446 §D.4), or TLS 1.2's own.
    fn send_change_cipher_spec(&mut self);

    /// Changes keys. Reading: the message that led here has to be the last of its record (RFC 8446 §5.1).
    fn install_keys(&mut self, keys: InstallKeys<'_>) -> Result<(), Error>;

    /// From here on no protected record is longer than this (RFC 8449 §4).
    fn limit_records(&mut self, limits: RecordSizeLimits) -> Result<(), Error>;

    /// Changes keys, in TLS 1.2. Reading: no handshake message may be incomplete.
    fn install_tls12_keys(&mut self, keys: InstallTls12Keys<'_>) -> Result<(), Error>;

    /// Nothing may follow the message at hand before it is answered: what comes next depends on the answer.
    fn end_of_flight(&mut self) -> Result<(), Error>;

    /// Logs a secret, if anybody listens.
    fn key_log(&mut self, label: &str, client_random: &[u8; 32], secret: &Secret);

    /// What is done with early data from here on (RFC 8446 §4.2.10).
    fn early_data(&mut self, change: EarlyData);

    /// What is known about the connection.
    fn facts(&mut self) -> &mut Facts;

    /// The time that the connection was told last.
    fn now(&self) -> UnixMillis;
}

/// What is done with early data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EarlyData {
    /// A client may send up to this many bytes, under the keys that it just installed.
    MaySend { limit: u32 },
    /// A client's early data were rejected: the keys for them go, and so does what may still be sent.
    Rejected,
    /// A server reads up to this many bytes of data before the handshake is complete.
    Expect { limit: u32 },
    /// No more, to neither send nor read.
    NoMore,
    /// A server will not read what the client sent: records of at most this many bytes are skipped.
    Skip(SkipEarlyData, usize),
}

/// How early data is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SkipEarlyData {
    /// Records that do not decrypt, until the first that does.
    Undecryptable,
    /// All protected records, until a ClientHello in the clear.
    Protected,
}
