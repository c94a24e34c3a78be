//! The two directions of a connection, each with its keys and its counters.

use super::{Direction, Facts, MessageNote};
use crate::{
    config::{self, KeyLog},
    error::{Error, Rule},
    msg::MAX_CERTIFICATE_MESSAGE,
    record::{
        INITIAL_VERSION, LEGACY_VERSION, MAX_PLAINTEXT, RecordError, RecordType,
        deframe::Stage,
        fragment,
        join::{Joiner, MessageLimits},
        protect::{Opener, Padding, Sealer},
    },
    tls13::effects::SkipEarlyData,
};

use std::sync::Arc;

/// How long any other message may be; a ClientHello cannot be much longer for its 16-bit lengths.
const MAX_MESSAGE: usize = 64 * 1024;

/// How many records in a row may carry nothing (empty data, ChangeCipherSpec), and how many KeyUpdates may follow each
/// other: BoringSSL's bounds, which the public servers live with.
pub(super) const MAX_IDLE_RECORDS: u32 = 32;
/// How many alerts may come that end nothing (`user_canceled`).
pub(super) const MAX_WARNINGS: u32 = 4;
/// How many notes of messages are kept.
const MAX_NOTES: usize = 64;
/// As many as a full handshake with a ticket or two makes.
const USUAL_NOTES: usize = 12;

/// What comes from the peer.
pub(super) struct ReadHalf {
    pub(super) opener: Option<Opener>,
    pub(super) joiner: Joiner,
    /// Nothing has come yet.
    pub(super) first: bool,
    /// A record was opened with the keys of the handshake: from then on nothing may come in the clear.
    pub(super) authenticated: bool,
    /// A ChangeCipherSpec came that TLS 1.3 lets pass.
    pub(super) dropped_change_cipher_spec: bool,
    /// `close_notify` came.
    pub(super) closed: bool,
    /// This side's `record_size_limit`, once the peer has agreed to it.
    size_limit: Option<usize>,
    /// The longest protected record that came before.
    longest: usize,
    pub(super) idle_records: u32,
    pub(super) idle_messages: u32,
    pub(super) warnings: u32,
    /// How many bytes of early data may still come; none: none may.
    pub(super) early_data: Option<u32>,
    skip: Option<(SkipEarlyData, usize)>,
    skipped: usize,
}

impl ReadHalf {
    pub(super) fn new() -> Self {
        let limits = MessageLimits { certificate: MAX_CERTIFICATE_MESSAGE, general: MAX_MESSAGE };
        Self {
            opener: None,
            joiner: Joiner::new(limits),
            first: true,
            authenticated: false,
            dropped_change_cipher_spec: false,
            closed: false,
            size_limit: None,
            longest: 0,
            idle_records: 0,
            idle_messages: 0,
            warnings: 0,
            early_data: None,
            skip: None,
            skipped: 0,
        }
    }

    /// Where in the stream the next record stands.
    pub(super) fn stage(&self) -> Stage {
        match &self.opener {
            _ if self.first => Stage::First,
            Some(opener) if opener.covers_every_type() => Stage::Tls12Protected,
            Some(_) | None => Stage::Later,
        }
    }

    pub(super) fn skip_early_data(&mut self, skip: SkipEarlyData, limit: usize) {
        self.skip = Some((skip, limit));
    }

    pub(super) fn stop_skipping(&mut self) {
        self.skip = None;
    }

    /// From here on, protected records are this long at most (RFC 8449 §4). So had to be those that came before it was known
    /// whether the peer agrees.
    pub(super) fn set_size_limit(&mut self, limit: usize) -> Result<(), Error> {
        self.size_limit = Some(limit);
        self.check_size(self.longest)
    }

    /// Judges the plaintext's length of a protected record. Early data are sent before the limit is known, under keys that
    /// no limit was set for (§4): their bound is another.
    pub(super) fn check_size(&mut self, size: usize) -> Result<(), Error> {
        match self.size_limit {
            Some(max) if size > max && self.early_data.is_none() => {
                Err(RecordError::Overflow { len: size, max }.into())
            }
            Some(_) => Ok(()),
            None => {
                self.longest = self.longest.max(size);
                Ok(())
            }
        }
    }

    /// Drops keys and what was received under them.
    pub(super) fn forget(&mut self) {
        *self = Self { closed: self.closed, ..Self::new() };
    }

    /// Whether a protected record of this length that cannot be read is early data to be skipped.
    pub(super) fn skips(&mut self, when: SkipEarlyData, len: usize) -> Result<bool, Error> {
        let Some((_, limit)) = self.skip.filter(|(skip, _)| *skip == when) else { return Ok(false) };
        if len == 0 {
            // Or records of no length could come for ever.
            self.count_idle()?;
        }
        self.skipped += len;
        match self.skipped <= limit {
            true => Ok(true),
            false => Err(Error::new(Rule::TooMuchEarlyData, format!("{} bytes were skipped", self.skipped))),
        }
    }

    /// Takes early data off what may still come (RFC 8446 §4.6.1: "the amount of 0-RTT data ... counts content, not
    /// padding").
    pub(super) fn take_early_data(&mut self, limit: u32, len: usize) -> Result<(), Error> {
        let left = u32::try_from(len).ok().and_then(|len| limit.checked_sub(len));
        match left {
            Some(_) => {
                self.early_data = left;
                Ok(())
            }
            None => Err(Error::new(Rule::EarlyDataOverLimit, format!("{len} bytes, where {limit} are left"))),
        }
    }

    /// Counts a record that carries nothing.
    pub(super) fn count_idle(&mut self) -> Result<(), Error> {
        self.idle_records += 1;
        match self.idle_records > MAX_IDLE_RECORDS {
            true => Err(Error::new(Rule::TooManyEmptyRecords, "")),
            false => Ok(()),
        }
    }
}

/// What goes to the peer.
pub(super) struct WriteHalf {
    pub(super) sealer: Option<Sealer>,
    /// Handshake messages that wait to share records; empty between calls but for a pause.
    pub(super) pending: Vec<u8>,
    /// `close_notify` or a fatal alert went out.
    pub(super) closed: bool,
    /// The peer asked for a KeyUpdate: it goes before the next application data (RFC 8446 §4.6.3), one for any number of
    /// requests until then.
    pub(super) owes_key_update: bool,
    /// How many bytes of early data may still go; none: none may.
    pub(super) early_data: Option<u32>,
    /// The next record holds the initial ClientHello.
    pub(super) initial: bool,
    /// The peer's `record_size_limit` (RFC 8449 §4), for protected records alone.
    size_limit: Option<usize>,
    pub(super) padding: Padding,
}

impl WriteHalf {
    pub(super) fn new() -> Self {
        Self {
            sealer: None,
            pending: Vec::new(),
            closed: false,
            owes_key_update: false,
            early_data: None,
            initial: true,
            size_limit: None,
            padding: Padding::None,
        }
    }

    /// From here on, protected records are this long at most (RFC 8449 §4).
    pub(super) fn set_size_limit(&mut self, limit: usize) {
        self.size_limit = Some(limit);
    }

    /// Appends a record of another type than handshake, or application data.
    pub(super) fn append(&mut self, record_type: RecordType, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match &mut self.sealer {
            Some(sealer) => {
                if let Some(limit) = self.size_limit {
                    sealer.set_size_limit(limit);
                }
                fragment::append_protected(sealer, record_type, data, self.padding, out)?;
            }
            None => {
                let version = if self.initial { INITIAL_VERSION } else { LEGACY_VERSION };
                fragment::append_plaintext(record_type, version, data, MAX_PLAINTEXT, out);
            }
        }
        Ok(())
    }

    /// Drops keys; nothing goes out any more.
    pub(super) fn forget(&mut self) {
        (self.sealer, self.pending, self.early_data, self.closed) = (None, Vec::new(), None, true);
    }

    /// Writes the messages that wait.
    pub(super) fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.pending.is_empty() {
            return Ok(());
        }
        // Taken, not cleared: an idle connection holds no buffer.
        let pending = std::mem::take(&mut self.pending);
        self.append(RecordType::Handshake, &pending, out)?;
        self.initial = false;
        Ok(())
    }
}

/// What the configuration says about how a connection is watched and padded.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) key_log: Option<Arc<dyn KeyLog>>,
    pub(super) trace: bool,
}

impl From<config::Padding> for Padding {
    fn from(padding: config::Padding) -> Self {
        match padding {
            config::Padding::None => Self::None,
            config::Padding::MultipleOf(step) => Self::ToMultiple(usize::from(step)),
            config::Padding::Bytes(count) => Self::Bytes(usize::from(count)),
        }
    }
}

/// Adds a note; past the bound the oldest after the handshake's beginning goes.
pub(super) fn note(
    facts: &mut Facts,
    direction: Direction,
    name: &'static str,
    size: usize,
    encrypted: bool,
    details: Vec<String>,
) {
    if facts.messages.len() >= MAX_NOTES {
        facts.messages.remove(MAX_NOTES / 2);
    }
    if facts.messages.is_empty() {
        facts.messages.reserve_exact(USUAL_NOTES);
    }
    facts.messages.push(MessageNote { direction, name, size, encrypted, details });
}
