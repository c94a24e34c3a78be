//! How many logs have to know a certificate: a count in the manner of the browsers', as data.

use super::log_list::{LogList, LogState};
use super::verify::{JudgedSct, Source, Verdict};
use crate::Certificate;
use std::collections::HashSet;
use std::fmt;

const DAY: i64 = 86_400;

/// The count. Timestamps inside the certificate and timestamps that come with it are counted apart; one way has to do.
///
/// Those inside cannot be replaced when a log goes, so they count as long as the log was trusted when it made them
/// (retired logs); those that come along have to be of logs that are trusted now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CtPolicy {
    /// Inside the certificate: how many, by its lifetime. The first row that reaches as far counts; none: none are asked for.
    pub embedded: Vec<LifetimeRow>,
    /// Of these, how many of logs that are trusted now.
    pub embedded_current: usize,
    /// Come along in TLS or in OCSP: how many.
    pub delivered: usize,
    /// By how many operators.
    pub operators: usize,
}

/// How many timestamps a certificate of some lifetime has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LifetimeRow {
    /// Up to so many days from `notBefore` to `notAfter`; none: any number.
    pub days: Option<u32>,
    /// How many.
    pub timestamps: usize,
}

impl Default for CtPolicy {
    /// Chrome's and Apple's: two up to 180 days, three beyond, one of them of a log that is trusted now; or two that come
    /// along; by two operators.
    fn default() -> Self {
        Self {
            embedded: vec![LifetimeRow { days: Some(180), timestamps: 2 }, LifetimeRow { days: None, timestamps: 3 }],
            embedded_current: 1,
            delivered: 2,
            operators: 2,
        }
    }
}

/// Why the timestamps do not do, for each of the two ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Inside the certificate.
    pub embedded: Count,
    /// Come along.
    pub delivered: Count,
    /// By how many operators they have to be.
    pub operators: usize,
}

/// What counts against what is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Logs whose timestamps count, each once.
    pub logs: usize,
    /// How many it takes.
    pub wanted: usize,
    /// Of these logs, those that are trusted now.
    pub current: usize,
    /// How many it takes.
    pub wanted_current: usize,
    /// Their operators.
    pub operators: usize,
}

impl Count {
    fn suffices(self, operators: usize) -> bool {
        self.logs >= self.wanted && self.current >= self.wanted_current && self.operators >= operators
    }
}

impl fmt::Display for Shortfall {
    /// `1 of 3 inside it that count, by 1 operator; 0 of 2 that came along`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = |count: Count, what: &str| {
            let mut said = format!("{} of {} {what}", count.logs, count.wanted);
            if count.logs >= count.wanted && count.operators < self.operators {
                said.push_str(&format!(", but by {} operator instead of {}", count.operators, self.operators));
            } else if count.logs >= count.wanted {
                said.push_str(&format!(", but {} of {} of logs in use", count.current, count.wanted_current));
            }
            said
        };
        write!(f, "{}; {}", way(self.embedded, "inside it count"), way(self.delivered, "that came along do"))
    }
}

impl CtPolicy {
    /// Counts what was judged.
    pub fn check(&self, certificate: &Certificate, judged: &[JudgedSct], logs: &LogList) -> Result<(), Shortfall> {
        let embedded = Count {
            wanted: self.wanted(certificate),
            wanted_current: self.embedded_current,
            ..count(judged, logs, |sct| sct.source == Source::Certificate)
        };
        // Of what came along only logs that are trusted now count.
        let delivered = Count {
            wanted: self.delivered,
            ..count(judged, logs, |sct| sct.source != Source::Certificate && is_current(sct, logs))
        };
        if embedded.suffices(self.operators) || delivered.suffices(self.operators) {
            return Ok(());
        }
        Err(Shortfall { embedded, delivered, operators: self.operators })
    }

    fn wanted(&self, certificate: &Certificate) -> usize {
        let lifetime = certificate.not_before().seconds_until(certificate.not_after());
        let row = self.embedded.iter().find(|row| row.days.is_none_or(|days| lifetime <= i64::from(days) * DAY));
        row.map_or(0, |row| row.timestamps)
    }
}

fn count(judged: &[JudgedSct], logs: &LogList, takes_part: impl Fn(&JudgedSct) -> bool) -> Count {
    let valid: Vec<&JudgedSct> = judged.iter().filter(|sct| sct.verdict == Verdict::Valid && takes_part(sct)).collect();
    let distinct = |current: bool| {
        let some = valid.iter().filter(|sct| !current || is_current(sct, logs));
        some.filter_map(|sct| sct.log_id).collect::<HashSet<_>>().len()
    };
    let operators: HashSet<&str> = valid.iter().filter_map(|sct| sct.operator.as_deref()).collect();
    Count { logs: distinct(false), current: distinct(true), operators: operators.len(), ..Count::default() }
}

fn is_current(sct: &JudgedSct, logs: &LogList) -> bool {
    let log = sct.log_id.and_then(|id| logs.get(&id));
    log.is_some_and(|log| matches!(log.state, LogState::Qualified(_) | LogState::Usable(_) | LogState::ReadOnly(_)))
}
