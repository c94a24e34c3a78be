//! OCSP responses (RFC 6960 §4.2.1): what a responder says of certificates, **read and not verified**. Who signed it, and
//! whether he may, is not looked at here: whoever acts on a status has to verify it first.

use std::fmt;

use asn1::{Enumerated, Explicit, Implicit, Null, ObjectIdentifier, Parser, Sequence, Tlv, X509GeneralizedTime};

use crate::{
    Certificate, ParseError, UnixTime,
    der::{elements, inside, oid, read, sequence},
    name::dn::DistinguishedName,
};

/// A successful response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponse {
    /// Who says it.
    pub responder: Responder,
    /// When it was signed.
    pub produced_at: UnixTime,
    /// What it says, certificate by certificate.
    pub statuses: Vec<SingleStatus>,
}

/// Who signed a response, as he says himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Responder {
    /// His name.
    Name(String),
    /// SHA-1 of his public key.
    KeyHash(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleStatus {
    /// Its serial number, as certificates have it.
    pub serial: Vec<u8>,
    /// The digest of its issuer's name.
    pub issuer_name_hash: Vec<u8>,
    /// The digest of its issuer's key.
    pub issuer_key_hash: Vec<u8>,
    /// Whether it counts.
    pub status: CertificateStatus,
    /// The time at which that was known to be right.
    pub this_update: UnixTime,
    /// By then there is newer word; none: there always is.
    pub next_update: Option<UnixTime>,
}

/// Whether a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateStatus {
    /// It was not revoked.
    Good,
    /// It was.
    Revoked {
        /// Since when.
        at: UnixTime,
        /// Why: the name in RFC 5280 §5.3.1.
        reason: Option<&'static str>,
    },
    /// The responder does not know it.
    Unknown,
}

/// Why there is no response to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OcspError {
    /// The responder had none: the name of its status (RFC 6960 §4.2.1), `tryLater`.
    Unsuccessful(&'static str),
    /// The bytes are none.
    Malformed(ParseError),
}

impl From<ParseError> for OcspError {
    fn from(error: ParseError) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for OcspError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsuccessful(status) => write!(f, "the responder answered {status}"),
            Self::Malformed(error) => write!(f, "not an OCSP response: {error}"),
        }
    }
}

impl std::error::Error for OcspError {}

impl fmt::Display for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::KeyHash(hash) => write!(f, "key {}", crate::der::hex(hash, "")),
        }
    }
}

impl OcspResponse {
    /// Reads an OCSPResponse.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        let (status, bytes) = sequence(der, "OCSPResponse", |p| {
            let status = read::<Enumerated>(p, "responseStatus")?.value();
            Ok((status, read::<Option<Explicit<Sequence<'_>, 0>>>(p, "responseBytes")?))
        })?;
        let bytes = match (status, bytes) {
            (0, Some(bytes)) => bytes.into_inner(),
            (0, None) => return Err(ParseError::new("responseBytes", "a successful response has none").into()),
            (1, _) => return Err(OcspError::Unsuccessful("malformedRequest")),
            (2, _) => return Err(OcspError::Unsuccessful("internalError")),
            (3, _) => return Err(OcspError::Unsuccessful("tryLater")),
            (5, _) => return Err(OcspError::Unsuccessful("sigRequired")),
            (6, _) => return Err(OcspError::Unsuccessful("unauthorized")),
            _ => return Err(ParseError::new("responseStatus", "not known").into()),
        };
        let basic = inside(bytes, "responseBytes", |p| {
            let kind = read::<ObjectIdentifier>(p, "responseType")?;
            let basic = read::<&[u8]>(p, "response")?;
            if kind == oid::OCSP_BASIC {
                Ok(basic)
            } else {
                Err(ParseError::new("responseType", "not id-pkix-ocsp-basic"))
            }
        })?;
        let data = sequence(basic, "BasicOCSPResponse", |p| {
            let data = read::<Sequence<'_>>(p, "tbsResponseData")?;
            read::<Tlv<'_>>(p, "signatureAlgorithm")?;
            read::<asn1::BitString<'_>>(p, "signature")?;
            read::<Option<Explicit<Tlv<'_>, 0>>>(p, "certs")?;
            Ok(data)
        })?;
        Ok(inside(data, "tbsResponseData", response_data)?)
    }

    /// What it says of this certificate: by its serial number alone, since what is not verified proves nothing anyway.
    pub fn about(&self, certificate: &Certificate) -> Option<&SingleStatus> {
        self.statuses.iter().find(|single| single.serial == certificate.serial())
    }
}

/// ResponseData: who, when, and the responses.
fn response_data(p: &mut Parser<'_>) -> Result<OcspResponse, ParseError> {
    read::<Option<Explicit<u8, 0>>>(p, "version")?;
    let responder = read::<Tlv<'_>>(p, "responderID")?;
    let responder = match responder.tag().as_u8() {
        Some(0xa1) => {
            let name = DistinguishedName::from_der(responder.data(), "responderID")?;
            Responder::Name(name.describe())
        }
        Some(0xa2) => Responder::KeyHash(elements(responder.data(), "responderID", octets)?),
        _ => return Err(ParseError::new("responderID", "neither a name nor a key")),
    };
    let produced_at = time(p, "producedAt")?;
    let responses = read::<asn1::SequenceOf<'_, Tlv<'_>>>(p, "responses")?;
    let statuses = responses.map(|single| sequence(single.full_data(), "SingleResponse", single_response));
    let statuses = statuses.collect::<Result<_, _>>()?;
    read::<Option<Explicit<Tlv<'_>, 1>>>(p, "responseExtensions")?;
    Ok(OcspResponse { responder, produced_at, statuses })
}

fn single_response(p: &mut Parser<'_>) -> Result<SingleStatus, ParseError> {
    let id = read::<Sequence<'_>>(p, "certID")?;
    let (issuer_name_hash, issuer_key_hash, serial) = inside(id, "certID", |p| {
        read::<Tlv<'_>>(p, "hashAlgorithm")?;
        Ok((octets(p)?, octets(p)?, read::<asn1::BigInt<'_>>(p, "serialNumber")?.as_bytes().to_vec()))
    })?;
    let status = read::<Tlv<'_>>(p, "certStatus")?;
    let status = match status.tag().as_u8() {
        Some(0x80) => {
            status.parse::<Implicit<Null, 0>>().map_err(|error| ParseError::der("certStatus", &error))?;
            CertificateStatus::Good
        }
        Some(0xa1) => elements(status.data(), "revokedInfo", revoked)?,
        Some(0x82) => {
            status.parse::<Implicit<Null, 2>>().map_err(|error| ParseError::der("certStatus", &error))?;
            CertificateStatus::Unknown
        }
        _ => return Err(ParseError::new("certStatus", "not known")),
    };
    let this_update = time(p, "thisUpdate")?;
    let next_update = read::<Option<Explicit<X509GeneralizedTime, 0>>>(p, "nextUpdate")?;
    let next_update = next_update.map(|time| civil(&time.into_inner(), "nextUpdate")).transpose()?;
    read::<Option<Explicit<Tlv<'_>, 1>>>(p, "singleExtensions")?;
    Ok(SingleStatus { serial, issuer_name_hash, issuer_key_hash, status, this_update, next_update })
}

fn revoked(p: &mut Parser<'_>) -> Result<CertificateStatus, ParseError> {
    let at = time(p, "revocationTime")?;
    let reason = read::<Option<Explicit<Enumerated, 0>>>(p, "revocationReason")?;
    let reason = reason.and_then(|reason| reason_name(reason.into_inner().value()));
    Ok(CertificateStatus::Revoked { at, reason })
}

/// CRLReason (RFC 5280 §5.3.1).
fn reason_name(reason: u32) -> Option<&'static str> {
    Some(match reason {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => return None,
    })
}

fn octets(p: &mut Parser<'_>) -> Result<Vec<u8>, ParseError> {
    Ok(read::<&[u8]>(p, "hash")?.to_vec())
}

/// GeneralizedTime to the second, in UTC (RFC 6960 §4.2.2.1 refers to RFC 5280 §4.1.2.5.2).
fn time(p: &mut Parser<'_>, field: &'static str) -> Result<UnixTime, ParseError> {
    civil(&read::<X509GeneralizedTime>(p, field)?, field)
}

fn civil(time: &X509GeneralizedTime, field: &'static str) -> Result<UnixTime, ParseError> {
    let civil = time.as_datetime();
    let year = i32::from(civil.year());
    UnixTime::from_civil(year, civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second())
        .ok_or_else(|| ParseError::new(field, "it is no date"))
}

#[cfg(test)]
mod tests;
