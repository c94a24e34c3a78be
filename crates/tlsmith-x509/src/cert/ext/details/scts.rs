//! The SCTs that a certificate holds (RFC 6962 §3.3), as they stand and not verified.

use crate::ParseError;
use crate::ct::sct::{Entry, in_extension};

/// A signed certificate timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SctDetail {
    /// SHA-256 of the log's key.
    pub log_id: [u8; 32],
    /// Milliseconds since 1970.
    pub timestamp: u64,
}

/// Every SCT of version 1; those of another version are passed over (RFC 6962 §3.3).
pub(super) fn parse(value: &[u8]) -> Result<Vec<SctDetail>, ParseError> {
    let of_version_1 = in_extension(value)?.into_iter().filter_map(|entry| match entry {
        Entry::V1(sct) => Some(Ok(SctDetail { log_id: sct.log_id.0, timestamp: sct.timestamp })),
        Entry::OtherVersion(..) => None,
        Entry::Malformed(error) => Some(Err(error)),
    });
    of_version_1.collect()
}
