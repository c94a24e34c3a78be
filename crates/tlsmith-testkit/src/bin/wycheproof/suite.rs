//! A file of vectors: one JSON object. Fields under the names of Wycheproof's schemas; those that differ from one type of test
//! to the other are kept as they are.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One file.
#[derive(Debug, Deserialize)]
pub(crate) struct Suite {
    /// Not said by those about JSON.
    #[serde(default)]
    pub(crate) algorithm: String,
    #[serde(rename = "testGroups")]
    pub(crate) groups: Vec<Group>,
}

/// Cases that have a key or sizes in common.
#[derive(Debug, Deserialize)]
pub(crate) struct Group {
    /// What is done with the cases: `EcdsaVerify`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) tests: Vec<Case>,
    #[serde(flatten)]
    pub(crate) fields: Fields,
}

/// One case.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    #[serde(rename = "tcId")]
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) comment: String,
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    pub(crate) result: Expected,
    #[serde(flatten)]
    pub(crate) fields: Fields,
}

/// What an implementation has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expected {
    Valid,
    Invalid,
    /// Either: legacy, weak, or encoded otherwise than usual.
    Acceptable,
}

/// The fields of a group or a case that its type gives it. An error says which one is missing or of another type.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn text(&self, name: &str) -> Result<&str, String> {
        self.get(name, Value::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Result<u64, String> {
        self.get(name, Value::as_u64)
    }

    /// Octets that are written in hexadecimal.
    pub(crate) fn octets(&self, name: &str) -> Result<Vec<u8>, String> {
        self.get(name, |value| hex(value.as_str()?))
    }

    /// The same, or nothing where there is no such field.
    pub(crate) fn octets_or_none(&self, name: &str) -> Result<Vec<u8>, String> {
        if self.has(name) { self.octets(name) } else { Ok(Vec::new()) }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text inside of an object.
    pub(crate) fn text_in(&self, object: &str, name: &str) -> Result<&str, String> {
        self.get(object, |value| value.get(name)?.as_str())
    }

    fn get<'a, T>(&'a self, name: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<T, String> {
        let value = self.0.get(name).ok_or_else(|| format!("it has no {name}"))?;
        read(value).ok_or_else(|| format!("its {name} is of another type"))
    }
}

/// The vectors of a file's bytes.
pub(crate) fn read(bytes: &[u8]) -> Result<Suite, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("it is not a file of Wycheproof: {error}"))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let octet = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(octet).collect()
}
