//! SignedCertificateTimestampList and SCTs of version 1 (RFC 6962 §3.2, §3.3), read and not verified.

use crate::cert::Certificate;
use crate::der::{hex, oid, single};
use crate::{ParseError, UnixTime};
use std::fmt;

/// Timestamps of a list that are looked at; certificates in public use have two to five. A list with more is refused.
const MOST: usize = 32;

/// `LogID.key_id`: SHA-256 of the log's SubjectPublicKeyInfo (RFC 6962 §3.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId(pub [u8; 32]);

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0, ""))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({self})")
    }
}

/// One element of a list. What cannot be read does not spoil the others (RFC 6962 §3.3 has each in its own length for that).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Version 1, which is 0 on the wire.
    V1(Sct),
    /// Of a version that is not known: the number on the wire, and all bytes.
    OtherVersion(u8, Vec<u8>),
    /// Of version 1, and malformed.
    Malformed(ParseError),
}

/// A signed certificate timestamp of version 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sct {
    /// Which log.
    pub log_id: LogId,
    /// Milliseconds since 1970, leap seconds not counted.
    pub timestamp: u64,
    /// `CtExtensions`: none in RFC 6962; logs of the static API put the leaf's index there.
    pub extensions: Vec<u8>,
    /// HashAlgorithm and SignatureAlgorithm of TLS 1.2 (RFC 5246 §7.4.1.4.1): (4, 3) is ECDSA with SHA-256, (4, 1) RSA.
    pub algorithm: (u8, u8),
    /// Its signature.
    pub signature: Vec<u8>,
}

impl Sct {
    /// The timestamp, in whole seconds.
    pub fn time(&self) -> UnixTime {
        UnixTime(i64::try_from(self.timestamp / 1000).unwrap_or(i64::MAX))
    }

    /// For people: `ecdsa-with-SHA256`, or the two numbers.
    pub fn algorithm_description(&self) -> String {
        match self.algorithm {
            (4, 3) => "ecdsa-with-SHA256".to_owned(),
            (4, 1) => "sha256WithRSAEncryption".to_owned(),
            (hash, signature) => format!("hash {hash} with signature {signature}"),
        }
    }
}

/// Reads a `SignedCertificateTimestampList`, its two bytes of length included (RFC 6962 §3.3).
pub fn parse_list(list: &[u8]) -> Result<Vec<Entry>, ParseError> {
    let error = |detail: &'static str| ParseError::new(LIST, detail);
    let mut rest = list;
    let mut list = prefixed(&mut rest).ok_or_else(|| error("it is cut off"))?;
    if !rest.is_empty() {
        return Err(error("something follows its end"));
    }
    if list.is_empty() {
        return Err(error("it is empty"));
    }
    let mut entries = Vec::new();
    while !list.is_empty() {
        if entries.len() == MOST {
            return Err(ParseError::new(LIST, format!("it has more than {MOST} timestamps")));
        }
        let serialized = prefixed(&mut list).ok_or_else(|| error("a timestamp is cut off"))?;
        entries.push(entry(serialized));
    }
    Ok(entries)
}

/// The list that a certificate holds itself, if it has one.
pub fn embedded(certificate: &Certificate) -> Option<Result<Vec<Entry>, ParseError>> {
    let mut extensions = certificate.extensions().all.iter();
    let extension = extensions.find(|extension| extension.id == oid::SIGNED_CERTIFICATE_TIMESTAMPS)?;
    Some(in_extension(extension.value.get(certificate.der())))
}

/// The list in the value of an extension, of a certificate or of a single OCSP response: the TLS structure in another OCTET
/// STRING (RFC 6962 §3.3).
pub fn in_extension(value: &[u8]) -> Result<Vec<Entry>, ParseError> {
    parse_list(single::<&[u8]>(value, LIST)?)
}

const LIST: &str = "SignedCertificateTimestampList";
const SCT: &str = "SignedCertificateTimestamp";

fn entry(serialized: &[u8]) -> Entry {
    match serialized.split_first() {
        Some((0, rest)) => version_1(rest).map_or_else(Entry::Malformed, Entry::V1),
        Some((version, _)) => Entry::OtherVersion(*version, serialized.to_vec()),
        None => Entry::Malformed(ParseError::new(SCT, "it is empty")),
    }
}

/// What follows the version.
fn version_1(mut rest: &[u8]) -> Result<Sct, ParseError> {
    let cut_off = || ParseError::new(SCT, "it is cut off");
    let log_id = take::<32>(&mut rest).ok_or_else(cut_off)?;
    let timestamp = take::<8>(&mut rest).ok_or_else(cut_off)?;
    let extensions = prefixed(&mut rest).ok_or_else(cut_off)?;
    let [hash, signature_algorithm] = take::<2>(&mut rest).ok_or_else(cut_off)?;
    let signature = prefixed(&mut rest).ok_or_else(cut_off)?;
    if !rest.is_empty() {
        return Err(ParseError::new(SCT, "something follows its end"));
    }
    Ok(Sct {
        log_id: LogId(log_id),
        timestamp: u64::from_be_bytes(timestamp),
        extensions: extensions.to_vec(),
        algorithm: (hash, signature_algorithm),
        signature: signature.to_vec(),
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

/// An opaque vector behind two bytes of length.
fn prefixed<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_be_bytes(take(rest)?);
    let (taken, after) = rest.split_at_checked(usize::from(length))?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(content: &[u8]) -> Vec<u8> {
        [&u16::try_from(content.len()).unwrap().to_be_bytes()[..], content].concat()
    }

    fn timestamp() -> Vec<u8> {
        [&[0][..], &[7; 32], &1_700_000_000_123_u64.to_be_bytes(), &vector(&[1, 2]), &[4, 3], &vector(&[9; 70])]
            .concat()
    }

    fn list(entries: &[&[u8]]) -> Vec<u8> {
        vector(&entries.iter().flat_map(|entry| vector(entry)).collect::<Vec<u8>>())
    }

    #[test]
    fn a_timestamp_of_version_1_is_read() {
        let [Entry::V1(sct)] = &parse_list(&list(&[&timestamp()])).unwrap()[..] else { panic!("one timestamp") };
        assert_eq!(
            (sct.log_id, sct.timestamp, sct.time()),
            (LogId([7; 32]), 1_700_000_000_123, UnixTime(1_700_000_000))
        );
        assert_eq!((&sct.extensions[..], sct.algorithm, &sct.signature[..]), (&[1, 2][..], (4, 3), &[9; 70][..]));
        assert_eq!(sct.algorithm_description(), "ecdsa-with-SHA256");
    }

    #[test]
    fn what_cannot_be_read_does_not_spoil_the_others() {
        let (whole, mut long) = (timestamp(), timestamp());
        long.push(0);
        let entries = parse_list(&list(&[&[1, 2, 3], &whole, &whole[..60], &[], &long])).unwrap();
        assert_eq!(entries[0], Entry::OtherVersion(1, vec![1, 2, 3]));
        assert!(matches!(entries[1], Entry::V1(_)));
        for (entry, detail) in entries[2..].iter().zip(["cut off", "empty", "follows its end"]) {
            let Entry::Malformed(error) = entry else { panic!("{entry:?}") };
            assert!(error.to_string().contains(detail), "{error}");
        }
    }

    #[test]
    fn malformed_lists_are_refused() {
        let whole = list(&[&timestamp()]);
        for cut in 0..whole.len() {
            assert!(parse_list(&whole[..cut]).is_err(), "{cut}");
        }
        assert!(parse_list(&[&whole[..], &[0]].concat()).is_err());
        assert!(parse_list(&[0, 0]).unwrap_err().to_string().contains("empty"));
        assert!(parse_list(&list(&vec![&[1][..]; MOST])).is_ok());
        assert!(parse_list(&list(&vec![&[1][..]; MOST + 1])).unwrap_err().to_string().contains("more than 32"));
    }

    #[test]
    fn a_time_beyond_all_years_does_not_overflow() {
        let mut sct = timestamp();
        sct[33..41].fill(0xff);
        let Entry::V1(sct) = entry(&sct) else { panic!("a timestamp") };
        assert_eq!(sct.time(), UnixTime(i64::try_from(u64::MAX / 1000).unwrap()));
    }
}
