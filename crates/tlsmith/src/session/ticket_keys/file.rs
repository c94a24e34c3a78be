//! The file: see the module above for its format.

use tlsmith_crypto::{HashAlgorithm, Provider, Secret};
use tlsmith_x509::UnixTime;
use zeroize::Zeroizing;

use super::{
    list::{List, MAX_KEYS, NamedKey},
    mistake,
    root::Root,
    schedule::Schedule,
};
use crate::config::ConfigError;

/// The first line.
const MAGIC: &str = "tlsmith ticket keys 1";

/// The longest line is that of a root of 255 bytes; the longest file has all keys that a list may have.
const MAX_LINE: usize = 520;
const MAX_FILE: usize = MAX_KEYS * 128 + 4 * MAX_LINE;

pub(super) fn write(provider: &dyn Provider, schedule: &Schedule, now: UnixTime) -> Zeroizing<String> {
    // All room at once: a string that grows leaves copies of the secrets behind.
    let mut out = Zeroizing::new(String::with_capacity(MAX_FILE));
    out.push_str(MAGIC);
    line(&mut out, "\ncreated", &[&now.to_string()]);
    line(&mut out, "lifetime", &[&schedule.lifetime().to_string()]);
    match schedule {
        Schedule::Root(root) => {
            line(&mut out, "period", &[&root.period.to_string()]);
            line(&mut out, "root", &[&hex(root.secret.expose())]);
        }
        Schedule::List(list) => {
            for key in &list.keys {
                line(&mut out, "key", &[&hex(&key.name), &hex(key.key.expose()), &key.from.to_string()]);
            }
        }
    }
    let checksum = checksum(provider, out.as_bytes());
    line(&mut out, "checksum", &[&checksum]);
    out
}

fn line(out: &mut String, name: &str, values: &[&str]) {
    out.push_str(name);
    for value in values {
        out.push(' ');
        out.push_str(value);
    }
    out.push('\n');
}

/// What the lines said.
#[derive(Default)]
struct Lines {
    created: Option<UnixTime>,
    lifetime: Option<u32>,
    period: Option<u32>,
    root: Option<Secret>,
    keys: Vec<NamedKey>,
}

pub(super) fn read(provider: &dyn Provider, content: &[u8]) -> Result<(Schedule, UnixTime), ConfigError> {
    let body = verified(provider, content)?;
    let mut lines = Lines::default();
    for (number, text) in body.split_terminator('\n').enumerate().skip(1) {
        // The number and not the line: it may hold a secret.
        let wrong = |what: &str| broken(format!("line {} of the file of ticket keys {what}", number + 1));
        let (name, values) = text.split_once(' ').ok_or_else(|| wrong("is no name with a value"))?;
        let done = match name {
            "created" => once(&mut lines.created, time(values)),
            "lifetime" => once(&mut lines.lifetime, number_of(values)),
            "period" => once(&mut lines.period, number_of(values)),
            "root" => once(&mut lines.root, unhex(values)),
            "key" => named_key(values).map(|key| lines.keys.push(key)),
            _ => return Err(wrong("has a name that is not known here")),
        };
        done.ok_or_else(|| wrong("has a wrong value, or stands there twice"))?;
    }
    let missing = |what: &str| broken(format!("the file of ticket keys does not say {what}"));
    let created = lines.created.ok_or_else(|| missing("when it was created"))?;
    let lifetime = lines.lifetime.ok_or_else(|| missing("the lifetime of tickets"))?;
    let schedule = match (lines.period, lines.root, lines.keys) {
        (Some(period), Some(root), keys) if keys.is_empty() => Schedule::Root(Root::new(&root, period, lifetime)?),
        (None, None, keys) => Schedule::List(List::new(keys, lifetime)?),
        _ => return Err(broken("the file of ticket keys has neither period and root alone nor keys alone")),
    };
    Ok((schedule, created))
}

/// Everything before the line of the checksum, if it is as it was written.
fn verified<'a>(provider: &dyn Provider, content: &'a [u8]) -> Result<&'a str, ConfigError> {
    let text = std::str::from_utf8(content).ok().filter(|text| text.len() <= MAX_FILE);
    let text =
        text.filter(|text| text.split('\n').next().is_some_and(|first| first.starts_with("tlsmith ticket keys ")));
    let text = text.ok_or_else(|| broken("this is no file of ticket keys"))?;
    if text.split('\n').next() != Some(MAGIC) {
        return Err(mistake(
            "the file of ticket keys is of another version",
            "use a tlsmith that knows the version, or make new keys",
        ));
    }
    let cut_off = || broken("the file of ticket keys is cut off: its last line is no checksum");
    let (body, checksum_line) = text.strip_suffix('\n').and_then(|text| text.rsplit_once('\n')).ok_or_else(cut_off)?;
    let stated = checksum_line.strip_prefix("checksum ").ok_or_else(cut_off)?;
    // The line feed that ends the body is part of it.
    let body = text.get(..body.len() + 1).unwrap_or_default();
    match stated == checksum(provider, body.as_bytes()) {
        true => Ok(body),
        false => Err(broken("the checksum of the file of ticket keys is wrong: it was altered since it was written")),
    }
}

fn broken(message: impl Into<String>) -> ConfigError {
    mistake(message, "copy the file again from where it is whole, or make new keys")
}

/// `None` as well where there is a value already.
fn once<T>(place: &mut Option<T>, value: Option<T>) -> Option<()> {
    match (&place, value) {
        (None, Some(value)) => {
            *place = Some(value);
            Some(())
        }
        _ => None,
    }
}

fn named_key(values: &str) -> Option<NamedKey> {
    let mut values = values.split(' ');
    let name = unhex(values.next()?)?;
    let key = unhex(values.next()?)?;
    let from = time(values.next()?)?;
    if values.next().is_some() {
        return None;
    }
    Some(NamedKey { name: name.expose().try_into().ok()?, key, from })
}

/// As `UnixTime` writes itself: `2026-11-21T12:00:00Z`.
fn time(text: &str) -> Option<UnixTime> {
    let (date, of_day) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.split('-');
    let mut of_day = of_day.split(':');
    let year = date.next()?.parse().ok()?;
    let (month, day) = (two(date.next()?)?, two(date.next()?)?);
    let (hour, minute, second) = (two(of_day.next()?)?, two(of_day.next()?)?, two(of_day.next()?)?);
    let time = UnixTime::from_civil(year, month, day, hour, minute, second)?;
    // One way to write each, and nothing after it.
    (time.to_string() == text).then_some(time)
}

fn two(digits: &str) -> Option<u8> {
    digits.parse().ok()
}

fn number_of(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}

fn checksum(provider: &dyn Provider, content: &[u8]) -> String {
    let mut context = provider.hash(HashAlgorithm::Sha256);
    context.update(content);
    String::clone(&hex(context.current().as_ref()))
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for nibble in bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]) {
        out.push(char::from_digit(u32::from(nibble), 16).unwrap_or_default());
    }
    out
}

/// Lower case only: one way to write each.
fn unhex(text: &str) -> Option<Secret> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() || pairs.is_empty() {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut out = Secret::zero(pairs.len());
    for (to, [high, low]) in out.expose_mut().iter_mut().zip(pairs) {
        *to = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}
