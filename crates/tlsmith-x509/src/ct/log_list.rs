//! The logs that are known: made by the caller, or read from a list in the public format (version 3).

mod json;
mod value;

use super::sct::LogId;
use crate::name::BRIEF;
use crate::name::general::clean;
use crate::{SubjectPublicKeyInfo, UnixTime};
use std::collections::HashMap;
use std::fmt;
use tlsmith_crypto::{HashAlgorithm, Provider};

/// Known logs, and from when the list is.
#[derive(Clone, Debug)]
pub struct LogList {
    timestamp: Option<UnixTime>,
    logs: HashMap<LogId, Log>,
    fingerprint: [u8; 32],
}

/// A log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its key, whose SHA-256 is its identifier (RFC 6962 §3.2).
    pub key: SubjectPublicKeyInfo,
    /// A name for people.
    pub description: String,
    /// Who runs it.
    pub operator: String,
    /// Who ran it before, and until when; the earliest first.
    pub previous_operators: Vec<(UnixTime, String)>,
    /// Where it is asked.
    pub url: String,
    /// How it is asked.
    pub kind: LogKind,
    /// MMD, the time in which it has to publish what it promised (RFC 6962 §3), in seconds.
    pub maximum_merge_delay: Option<u64>,
    /// What its promises are worth.
    pub state: LogState,
    /// It takes certificates that end in this time: from the first, before the second. None: all.
    pub interval: Option<(UnixTime, UnixTime)>,
}

/// How a log is asked; its timestamps are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogKind {
    /// By the interface of RFC 6962 §4.
    Rfc6962,
    /// As tiles, by the static API.
    Tiled,
}

/// The states of the public format, with the time since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogState {
    /// Asked to be taken; not yet trusted, or the list says nothing.
    Pending,
    /// Trusted, though not yet by everybody.
    Qualified(UnixTime),
    /// Trusted.
    Usable(UnixTime),
    /// Trusted, and takes nothing any more.
    ReadOnly(UnixTime),
    /// Trusted for what it promised before this time.
    Retired(UnixTime),
    /// Was refused, or misbehaved: trusted for nothing.
    Rejected(UnixTime),
}

impl fmt::Display for LogState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending => f.write_str("pending"),
            Self::Qualified(since) => write!(f, "qualified since {since}"),
            Self::Usable(since) => write!(f, "usable since {since}"),
            Self::ReadOnly(since) => write!(f, "read-only since {since}"),
            Self::Retired(since) => write!(f, "retired since {since}"),
            Self::Rejected(since) => write!(f, "rejected since {since}"),
        }
    }
}

/// Why there is no list: what is wrong, and in which log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogListError(pub String);

impl fmt::Display for LogListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a list of CT logs: {}", self.0)
    }
}

impl std::error::Error for LogListError {}

impl Log {
    /// A log that is usable, from always and for all certificates; what differs is set afterwards.
    pub fn new(key: SubjectPublicKeyInfo, description: &str, operator: &str) -> Self {
        Self {
            key,
            description: clean(description, BRIEF),
            operator: clean(operator, BRIEF),
            previous_operators: Vec::new(),
            url: String::new(),
            kind: LogKind::Rfc6962,
            maximum_merge_delay: None,
            state: LogState::Usable(UnixTime(0)),
            interval: None,
        }
    }

    /// Who ran it at that time.
    pub fn operator_at(&self, time: UnixTime) -> &str {
        let before = self.previous_operators.iter().find(|(until, _)| time < *until);
        before.map_or(&self.operator, |(_, name)| name)
    }
}

impl LogList {
    /// Knows these logs. `timestamp` is the time that the list is of, where it has one.
    pub fn new(provider: &dyn Provider, timestamp: Option<UnixTime>, logs: Vec<Log>) -> Self {
        let logs: HashMap<LogId, Log> = logs.into_iter().map(|log| (LogId(log.key.sha256(provider)), log)).collect();
        let fingerprint = fingerprint(provider, &logs);
        Self { timestamp, logs, fingerprint }
    }

    /// Reads the public format: <https://www.gstatic.com/ct/log_list/v3/log_list.json>. Every log's identifier has to be that
    /// of its key. What the format has besides, now or later, is passed over.
    pub fn from_json(provider: &dyn Provider, json: &[u8]) -> Result<Self, LogListError> {
        let (timestamp, logs) = json::read(provider, json)?;
        Ok(Self::new(provider, timestamp, logs))
    }

    /// The time that the list is of.
    pub fn timestamp(&self) -> Option<UnixTime> {
        self.timestamp
    }

    /// A log by its identifier.
    pub fn get(&self, id: &LogId) -> Option<&Log> {
        self.logs.get(id)
    }

    /// All logs, in no order.
    pub fn logs(&self) -> impl Iterator<Item = (&LogId, &Log)> {
        self.logs.iter()
    }

    /// SHA-256 over everything that a judgement by this list hangs on: the same for the same logs in any order, whatever
    /// their names for people.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

fn fingerprint(provider: &dyn Provider, logs: &HashMap<LogId, Log>) -> [u8; 32] {
    let mut sorted: Vec<(&LogId, &Log)> = logs.iter().collect();
    sorted.sort_unstable_by_key(|(id, _)| **id);
    let mut hash = provider.hash(HashAlgorithm::Sha256);
    for (id, log) in sorted {
        // Every field by its name, so that none that is added later is forgotten here; the key is in the identifier.
        let Log {
            key: _,
            description: _,
            operator,
            previous_operators,
            url: _,
            kind: _,
            maximum_merge_delay: _,
            state,
            interval,
        } = log;
        hash.update(&id.0);
        // Debug of strings quotes them, so that nothing runs into its neighbour.
        hash.update(format!("{operator:?}{previous_operators:?}{state:?}{interval:?}\n").as_bytes());
    }
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(hash.current().as_ref()) {
        *to = *from;
    }
    out
}
