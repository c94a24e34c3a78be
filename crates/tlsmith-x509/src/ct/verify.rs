//! The judgement of each timestamp (RFC 6962 §3.2, §5.2).

use super::log_list::{Log, LogList, LogState};
use super::precert;
use super::sct::{self, Entry, LogId, Sct};
use crate::path::budget::{Exhausted, Meter};
use crate::{Certificate, ParseError, UnixTime};
use std::fmt;
use tlsmith_crypto::{Curve, HashAlgorithm, KeyType, Provider, SignatureAlgorithm};

/// How a timestamp came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Inside the certificate.
    Certificate,
    /// In the TLS extension `signed_certificate_timestamp`.
    Tls,
    /// In an OCSP response.
    Ocsp,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "in the certificate",
            Self::Tls => "in TLS",
            Self::Ocsp => "in OCSP",
        })
    }
}

/// What a timestamp is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Valid,
    /// The list does not have the log.
    UnknownLog,
    /// Of a version that is not known: the number on the wire, where version 1 is 0.
    UnknownVersion(u8),
    /// It, or the list that it should stand in, cannot be read.
    Malformed(ParseError),
    /// The log's key did not sign it for this certificate and issuer.
    BadSignature,
    /// The log's key cannot be used, or not with this algorithm.
    UnsupportedAlgorithm,
    /// It says a time that has not come.
    InTheFuture,
    /// The certificate ends at a time that the log takes none for.
    OutsideInterval,
    /// The log was not trusted when it made it: not yet, no more, or never.
    LogNotTrusted(LogState),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::UnknownLog => f.write_str("of a log that is not in the list"),
            Self::UnknownVersion(version) => write!(f, "of version {}, which is not known", u16::from(*version) + 1),
            Self::Malformed(error) => write!(f, "{error}"),
            Self::BadSignature => f.write_str("its signature is not the log's for this certificate"),
            Self::UnsupportedAlgorithm => f.write_str("signed in a way that is not supported"),
            Self::InTheFuture => f.write_str("its time has not come"),
            Self::OutsideInterval => f.write_str("the log does not take certificates that end then"),
            Self::LogNotTrusted(state) => write!(f, "the log is not trusted for it ({state})"),
        }
    }
}

/// A timestamp, and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedSct {
    /// How it came.
    pub source: Source,
    /// Which log, where that can be read.
    pub log_id: Option<LogId>,
    /// What it says, where that can be read.
    pub time: Option<UnixTime>,
    /// The log's name for people, if it is known.
    pub log: Option<String>,
    /// Who ran the log at the time, if it is known.
    pub operator: Option<String>,
    /// What it is worth.
    pub verdict: Verdict,
}

impl JudgedSct {
    fn unread(source: Source, verdict: Verdict) -> Self {
        Self { source, log_id: None, time: None, log: None, operator: None, verdict }
    }
}

/// What timestamps are judged by.
pub(crate) struct Judge<'a> {
    pub(crate) provider: &'a dyn Provider,
    pub(crate) logs: &'a LogList,
    pub(crate) now: UnixTime,
    pub(crate) certificate: &'a Certificate,
    pub(crate) issuer: &'a Certificate,
}

impl Judge<'_> {
    /// The list inside the certificate.
    pub(crate) fn embedded(&self, meter: &mut Meter) -> Result<Vec<JudgedSct>, Exhausted> {
        let Some(list) = sct::embedded(self.certificate) else { return Ok(Vec::new()) };
        let signed = precert::without_timestamps(self.certificate).map(|tbs| {
            // PreCert: `issuer_key_hash`, and the TBSCertificate behind three bytes of length.
            [&self.issuer.spki_sha256(self.provider)[..], &opaque24(&tbs)].concat()
        });
        match signed {
            Ok(signed) => self.list(Source::Certificate, list, EntryType::Precert, &signed, meter),
            Err(error) => Ok(vec![JudgedSct::unread(Source::Certificate, Verdict::Malformed(error))]),
        }
    }

    /// A list that came along, read already.
    pub(crate) fn delivered(
        &self,
        source: Source,
        list: Result<Vec<Entry>, ParseError>,
        meter: &mut Meter,
    ) -> Result<Vec<JudgedSct>, Exhausted> {
        self.list(source, list, EntryType::X509, &opaque24(self.certificate.der()), meter)
    }

    fn list(
        &self,
        source: Source,
        list: Result<Vec<Entry>, ParseError>,
        kind: EntryType,
        signed: &[u8],
        meter: &mut Meter,
    ) -> Result<Vec<JudgedSct>, Exhausted> {
        let entries = match list {
            Ok(entries) => entries,
            Err(error) => return Ok(vec![JudgedSct::unread(source, Verdict::Malformed(error))]),
        };
        let judge = |entry| match entry {
            Entry::V1(sct) => self.timestamp(source, &sct, kind, signed, meter),
            Entry::OtherVersion(version, _) => Ok(JudgedSct::unread(source, Verdict::UnknownVersion(version))),
            Entry::Malformed(error) => Ok(JudgedSct::unread(source, Verdict::Malformed(error))),
        };
        entries.into_iter().map(judge).collect()
    }

    fn timestamp(
        &self,
        source: Source,
        sct: &Sct,
        kind: EntryType,
        signed: &[u8],
        meter: &mut Meter,
    ) -> Result<JudgedSct, Exhausted> {
        let log = self.logs.get(&sct.log_id);
        let verdict = match log {
            Some(log) => self.verdict(log, sct, kind, signed, meter)?,
            None => Verdict::UnknownLog,
        };
        Ok(JudgedSct {
            source,
            log_id: Some(sct.log_id),
            time: Some(sct.time()),
            log: log.map(|log| log.description.clone()),
            operator: log.map(|log| log.operator_at(sct.time()).to_owned()),
            verdict,
        })
    }

    /// What costs nothing first.
    fn verdict(
        &self,
        log: &Log,
        sct: &Sct,
        kind: EntryType,
        signed: &[u8],
        meter: &mut Meter,
    ) -> Result<Verdict, Exhausted> {
        let time = sct.time();
        match log.state {
            LogState::Pending | LogState::Rejected(_) => return Ok(Verdict::LogNotTrusted(log.state)),
            LogState::Retired(since) if time >= since => return Ok(Verdict::LogNotTrusted(log.state)),
            LogState::Qualified(_) | LogState::Usable(_) | LogState::ReadOnly(_) | LogState::Retired(_) => {}
        }
        if time > self.now {
            return Ok(Verdict::InTheFuture);
        }
        let ends = self.certificate.not_after();
        if log.interval.is_some_and(|(from, to)| ends < from || ends >= to) {
            return Ok(Verdict::OutsideInterval);
        }
        let Some(algorithm) = algorithm(log, sct) else { return Ok(Verdict::UnsupportedAlgorithm) };
        meter.signature()?;
        let message = signed_part(sct, kind, signed);
        let result = self.provider.verify(algorithm, log.key.public_key(), &message, &sct.signature);
        Ok(if result.is_ok() { Verdict::Valid } else { Verdict::BadSignature })
    }
}

/// LogEntryType (RFC 6962 §3.1).
#[derive(Clone, Copy)]
enum EntryType {
    X509 = 0,
    Precert = 1,
}

/// RFC 6962 §2.1.4: ECDSA on P-256 or RSA of 2048 bits and more, with SHA-256.
fn algorithm(log: &Log, sct: &Sct) -> Option<SignatureAlgorithm> {
    match (sct.algorithm, log.key.usable().ok()?) {
        ((4, 3), KeyType::Ecdsa(Curve::P256)) => Some(SignatureAlgorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256)),
        ((4, 1), KeyType::Rsa { .. }) => Some(SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256)),
        _ => None,
    }
}

/// What the log signed (RFC 6962 §3.2): version v1, `certificate_timestamp`, the time, the entry, the extensions.
fn signed_part(sct: &Sct, kind: EntryType, entry: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0];
    out.extend(sct.timestamp.to_be_bytes());
    out.extend([0, kind as u8]);
    out.extend_from_slice(entry);
    // It was read from a field with two bytes of length.
    out.extend(u16::try_from(sct.extensions.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(&sct.extensions);
    out
}

/// An opaque vector behind three bytes of length. Longer ones (which no certificate is that was read) are signed by nobody.
fn opaque24(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    let [_, length @ ..] = length;
    [&length[..], content].concat()
}
