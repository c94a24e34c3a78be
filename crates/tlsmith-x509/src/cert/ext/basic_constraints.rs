//! basicConstraints (RFC 5280 §4.2.1.9).

use crate::ParseError;
use crate::der::{read, sequence};

#[derive(Clone, Copy, Debug)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    /// How many intermediates that are not self-issued may follow.
    pub(crate) path_length: Option<u64>,
}

impl BasicConstraints {
    /// `cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL`; an encoded FALSE is taken.
    pub(super) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let field = "basicConstraints";
        sequence(value, field, |p| {
            let ca = read::<Option<bool>>(p, field)?.unwrap_or(false);
            let path_length = read::<Option<u64>>(p, field)?;
            Ok(Self { ca, path_length })
        })
    }
}
