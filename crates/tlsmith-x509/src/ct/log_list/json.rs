//! The public format of lists of logs, version 3 (<https://www.gstatic.com/ct/log_list/v3/log_list_schema.json>).

use super::value::Value;
use super::{Log, LogKind, LogListError, LogState};
use crate::name::BRIEF;
use crate::name::general::clean;
use crate::{SubjectPublicKeyInfo, UnixTime};
use base64::prelude::{BASE64_STANDARD, Engine};
use tlsmith_crypto::Provider;

/// The list of all logs that there ever were has some 400 KB.
const LONGEST: usize = 4 << 20;
/// There were some 300 in all.
const MOST: usize = 4096;

pub(super) fn read(provider: &dyn Provider, json: &[u8]) -> Result<(Option<UnixTime>, Vec<Log>), LogListError> {
    if json.len() > LONGEST {
        return Err(LogListError(format!("it is longer than {} MiB", LONGEST >> 20)));
    }
    let list = Value::parse(json)?;
    let timestamp = optional(&list, "log_list_timestamp", text)?.map(time).transpose()?;
    let mut logs = Vec::new();
    for operator in required(&list, "operators", array)? {
        let name = required(operator, "name", text)?;
        for (kind, field) in [(LogKind::Rfc6962, "logs"), (LogKind::Tiled, "tiled_logs")] {
            for entry in optional(operator, field, array)?.unwrap_or_default() {
                logs.push(named(provider, name, kind, entry)?);
                if logs.len() > MOST {
                    return Err(LogListError(format!("it has more than {MOST} logs")));
                }
            }
        }
    }
    if logs.is_empty() {
        return Err(LogListError("it has no logs".to_owned()));
    }
    Ok((timestamp, logs))
}

/// A log; what is wrong with it is told with its name.
fn named(provider: &dyn Provider, operator: &str, kind: LogKind, entry: &Value) -> Result<Log, LogListError> {
    let description = optional(entry, "description", text)?.unwrap_or_default();
    let log = log(provider, operator, description, kind, entry);
    log.map_err(|LogListError(what)| LogListError(format!("the log {}: {what}", clean(description, BRIEF))))
}

fn log(
    provider: &dyn Provider,
    operator: &str,
    description: &str,
    kind: LogKind,
    entry: &Value,
) -> Result<Log, LogListError> {
    let key = base64(entry, "key")?;
    let key = SubjectPublicKeyInfo::from_der(&key).map_err(|error| LogListError(error.to_string()))?;
    if base64(entry, "log_id")? != key.sha256(provider) {
        return Err(LogListError("its log_id is not the SHA-256 of its key".to_owned()));
    }
    let mut previous_operators = Vec::new();
    for previous in optional(entry, "previous_operators", array)?.unwrap_or_default() {
        let until = time(required(previous, "end_time", text)?)?;
        previous_operators.push((until, clean(required(previous, "name", text)?, BRIEF)));
    }
    previous_operators.sort_unstable();
    let interval = match entry.get("temporal_interval") {
        Some(interval) => {
            let end = |field| required(interval, field, text).and_then(time);
            Some((end("start_inclusive")?, end("end_exclusive")?))
        }
        None => None,
    };
    // Tiled logs are read in one place and written to in another.
    let url = optional(entry, "url", text)?.or(optional(entry, "monitoring_url", text)?).unwrap_or_default();
    Ok(Log {
        previous_operators,
        url: clean(url, BRIEF),
        kind,
        maximum_merge_delay: optional(entry, "mmd", seconds)?,
        state: entry.get("state").map_or(Ok(LogState::Pending), state)?,
        interval,
        ..Log::new(key, description, operator)
    })
}

/// A state that is not known is worth no trust.
fn state(states: &Value) -> Result<LogState, LogListError> {
    let Value::Object(states) = states else { return Err(LogListError("its state is no object".to_owned())) };
    let [(name, since)] = states.as_slice() else {
        return Err(LogListError("it has not one state".to_owned()));
    };
    let since = time(required(since, "timestamp", text)?)?;
    Ok(match name.as_str() {
        "qualified" => LogState::Qualified(since),
        "usable" => LogState::Usable(since),
        "readonly" => LogState::ReadOnly(since),
        "retired" => LogState::Retired(since),
        "rejected" => LogState::Rejected(since),
        _ => LogState::Pending,
    })
}

fn base64(entry: &Value, field: &str) -> Result<Vec<u8>, LogListError> {
    let text = required(entry, field, text)?;
    BASE64_STANDARD.decode(text).map_err(|_| LogListError(format!("its {field} is not base64")))
}

/// A member that has to be there, of the type that `of_type` takes.
fn required<'a, T>(
    object: &'a Value,
    field: &str,
    of_type: impl Fn(&'a Value) -> Option<T>,
) -> Result<T, LogListError> {
    optional(object, field, of_type)?.ok_or_else(|| LogListError(format!("{field} is missing")))
}

/// A member that may be there, of the type that `of_type` takes.
fn optional<'a, T>(
    object: &'a Value,
    field: &str,
    of_type: impl Fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, LogListError> {
    let wrong = || LogListError(format!("{field} is of another type than it should be"));
    object.get(field).map(|value| of_type(value).ok_or_else(wrong)).transpose()
}

fn text(value: &Value) -> Option<&str> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

fn array(value: &Value) -> Option<&[Value]> {
    if let Value::Array(values) = value { Some(values) } else { None }
}

fn seconds(value: &Value) -> Option<u64> {
    if let Value::Number(number) = value { number.parse().ok() } else { None }
}

/// `date-time` of RFC 3339 in UTC, as the format has it everywhere: `2024-01-31T00:00:00Z`, a fraction of a second or none.
fn time(text: &str) -> Result<UnixTime, LogListError> {
    let wrong = || LogListError(format!("{} is not a time such as 2024-01-31T00:00:00Z", clean(text, BRIEF)));
    let whole = text.strip_suffix('Z').ok_or_else(wrong)?;
    let (whole, fraction) = whole.split_once('.').unwrap_or((whole, "0"));
    let (date, of_day) = whole.split_once('T').ok_or_else(wrong)?;
    let [year, month, day] = three(date, '-').ok_or_else(wrong)?;
    let [hour, minute, second] = three(of_day, ':').ok_or_else(wrong)?;
    let part = |value: u16| u8::try_from(value).map_err(|_| wrong());
    if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(wrong());
    }
    UnixTime::from_civil(i32::from(year), part(month)?, part(day)?, part(hour)?, part(minute)?, part(second)?)
        .ok_or_else(wrong)
}

fn three(text: &str, separator: char) -> Option<[u16; 3]> {
    let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    let parts: Option<Vec<u16>> = text.split(separator).map(digits).collect();
    parts?.try_into().ok()
}

#[cfg(test)]
mod tests;
