//! The SCTs that a certificate holds (RFC 6962 §3.3), as they stand and not verified.

use crate::ParseError;
use crate::der::single;

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
    let malformed = || ParseError::new("SCT list", "a length does not fit");
    let octets = single::<&[u8]>(value, "SCT list")?;
    let (mut list, rest) = vector(octets).ok_or_else(malformed)?;
    if !rest.is_empty() {
        return Err(malformed());
    }
    let mut scts = Vec::new();
    while !list.is_empty() {
        let (sct, rest) = vector(list).ok_or_else(malformed)?;
        // v1 is 0.
        if let Some((0, sct)) = sct.split_first().map(|(version, sct)| (*version, sct)) {
            let (log_id, sct) = sct.split_first_chunk::<32>().ok_or_else(malformed)?;
            let (timestamp, _) = sct.split_first_chunk::<8>().ok_or_else(malformed)?;
            scts.push(SctDetail { log_id: *log_id, timestamp: u64::from_be_bytes(*timestamp) });
        }
        list = rest;
    }
    Ok(scts)
}

/// What a length of two octets announces, and what follows.
fn vector(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, data) = data.split_first_chunk::<2>()?;
    data.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
