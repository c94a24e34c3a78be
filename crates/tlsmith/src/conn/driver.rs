//! The sink of the TCP driver: effects become records in the caller's output buffer.

use tlsmith_crypto::Secret;

use super::{
    Direction, Facts,
    halves::{ReadHalf, Settings, WriteHalf, note},
    trace,
};
use crate::{
    auth::proofs::crypto,
    error::{Error, Rule},
    msg::Message,
    record::{
        RecordType,
        protect::{KeyLimits, Opener, Padding, Sealer},
    },
    session::UnixMillis,
    tls13::{
        effects::{EarlyData, InstallKeys, InstallTls12Keys, RecordSizeLimits, Sink},
        key_schedule,
        transcript::Transcript,
    },
};

/// Room for the messages of a flight, so that it need not be made bit by bit: more than a ClientHello without a hybrid share
/// or two certificates have.
const USUAL_FLIGHT: usize = 2048;

/// Both halves and the output of one call.
pub(super) struct Driver<'a> {
    pub(super) read: &'a mut ReadHalf,
    pub(super) write: &'a mut WriteHalf,
    pub(super) facts: &'a mut Facts,
    pub(super) settings: &'a Settings,
    pub(super) now: UnixMillis,
    pub(super) out: &'a mut Vec<u8>,
    /// What is left of the record that holds the message at hand: nothing may be left where keys change.
    pub(super) rest: &'a [u8],
}

impl Sink for Driver<'_> {
    fn send(&mut self, message: &Message<'_>, transcript: &mut Transcript) -> Result<(), Error> {
        let start = self.write.pending.len();
        if start == 0 {
            self.write.pending.reserve(USUAL_FLIGHT);
        }
        message
            .encode(&mut self.write.pending)
            .map_err(|error| Error::new(Rule::Internal, format!("{} is too long", error.what)))?;
        let encoded = self.write.pending.get(start..).unwrap_or_default();
        transcript.add(encoded);
        if self.write.closed {
            // §6.1: close_notify said that nothing more will be sent; in the handshake as well.
            self.write.pending.truncate(start);
            return Ok(());
        }
        let details = if self.settings.trace { trace::describe(message) } else { Vec::new() };
        let (name, size) = (trace::name(message), encoded.len());
        note(self.facts, Direction::Sent, name, size, self.write.sealer.is_some(), details);
        Ok(())
    }

    fn send_change_cipher_spec(&mut self) {
        // Unprotected by nature, so it cannot fail; the messages before it go first.
        if self.write.flush(self.out).is_ok() && self.write.sealer.is_none() && !self.write.closed {
            let _ = self.write.append(RecordType::ChangeCipherSpec, &[1], self.out);
            note(self.facts, Direction::Sent, "ChangeCipherSpec", 1, false, Vec::new());
        }
    }

    fn install_keys(&mut self, keys: InstallKeys<'_>) -> Result<(), Error> {
        let (key, iv) =
            key_schedule::traffic_keys(keys.kdf, keys.suite, keys.secret).map_err(|error| crypto(&error))?;
        match keys.direction {
            Direction::Sent => {
                self.write.flush(self.out)?;
                self.write.sealer = Some(Sealer::new(key, iv, KeyLimits::of(keys.suite.aead)));
            }
            Direction::Received => {
                self.read.joiner.allow_key_change(self.rest)?;
                self.read.opener = Some(Opener::new(key, iv));
            }
        }
        Ok(())
    }

    fn install_tls12_keys(&mut self, keys: InstallTls12Keys<'_>) -> Result<(), Error> {
        match keys.direction {
            Direction::Sent => {
                self.write.flush(self.out)?;
                // There is no KeyUpdate to ask for: the key is used until it is refused.
                let limits = KeyLimits { update_after: u64::MAX, ..KeyLimits::of(keys.suite.aead) };
                self.write.sealer = Some(Sealer::tls12(keys.key, keys.fixed_iv, limits)?);
                // Its records have no padding.
                self.write.padding = Padding::None;
            }
            Direction::Received => {
                self.read.joiner.allow_key_change(self.rest)?;
                self.read.opener = Some(Opener::tls12(keys.key, keys.fixed_iv)?);
            }
        }
        Ok(())
    }

    fn limit_records(&mut self, limits: RecordSizeLimits) -> Result<(), Error> {
        self.facts.record_size_limit = Some(limits.sent);
        self.write.set_size_limit(usize::from(limits.sent));
        self.read.set_size_limit(usize::from(limits.received))
    }

    fn end_of_flight(&mut self) -> Result<(), Error> {
        self.read.joiner.allow_key_change(self.rest).map_err(|_| {
            Error::new(Rule::UnexpectedMessage, "handshake bytes follow a message that has to be answered first")
        })
    }

    fn key_log(&mut self, label: &str, client_random: &[u8; 32], secret: &Secret) {
        if let Some(key_log) = &self.settings.key_log {
            key_log.log(label, client_random, secret.expose());
        }
    }

    fn early_data(&mut self, change: EarlyData) {
        match change {
            EarlyData::MaySend { limit } => self.write.early_data = Some(limit),
            EarlyData::Rejected => (self.write.early_data, self.write.sealer) = (None, None),
            EarlyData::Expect { limit } => self.read.early_data = Some(limit),
            EarlyData::NoMore => (self.write.early_data, self.read.early_data) = (None, None),
            EarlyData::Skip(skip, limit) => self.read.skip_early_data(skip, limit),
        }
    }

    fn facts(&mut self) -> &mut Facts {
        self.facts
    }

    fn now(&self) -> UnixMillis {
        self.now
    }
}
