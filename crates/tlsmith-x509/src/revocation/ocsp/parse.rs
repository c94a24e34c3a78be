//! OCSPResponse, BasicOCSPResponse and ResponseData (RFC 6960 §4.2.1).

use super::{CertificateStatus, Hashed, OcspError, OcspResponse, Responder, SingleStatus};
use crate::der::algorithm::AlgorithmIdentifier;
use crate::der::time::{civil, generalized as time};
use crate::der::{elements, inside, oid, read, sequence, single};
use crate::name::dn::DistinguishedName;
use crate::revocation::reason::Reason;
use crate::revocation::signed::{Envelope, extension};
use crate::{Certificate, ParseError, UnixTime};
use asn1::{
    Enumerated, Explicit, Implicit, Null, ObjectIdentifier, Parser, Sequence, SequenceOf, Tlv, X509GeneralizedTime,
};

pub(super) fn response(der: &[u8]) -> Result<OcspResponse, OcspError> {
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
        if kind == oid::OCSP_BASIC { Ok(basic) } else { Err(ParseError::new("responseType", "not id-pkix-ocsp-basic")) }
    })?;
    Ok(basic_response(basic)?)
}

fn basic_response(basic: &[u8]) -> Result<OcspResponse, ParseError> {
    let (envelope, certificates) = sequence(basic, "BasicOCSPResponse", |p| {
        let envelope = Envelope::read(p, "tbsResponseData")?;
        Ok((envelope, read::<Option<Explicit<SequenceOf<'_, Tlv<'_>>, 0>>>(p, "certs")?))
    })?;
    let data = sequence(envelope.part.full_data(), "tbsResponseData", response_data)?;
    let certificates = certificates.into_iter().flat_map(Explicit::into_inner).take(OcspResponse::MAX_CERTIFICATES);
    let mut response = OcspResponse {
        responder: data.responder,
        responder_name: data.responder_name,
        produced_at: data.produced_at,
        statuses: data.statuses,
        signed: envelope.keep(basic)?,
        certificates: certificates.filter_map(|tlv| Certificate::from_der(tlv.full_data()).ok()).collect(),
        nonce: None,
        unsupported: None,
        basic: basic.into(),
    };
    for tlv in data.extensions.into_iter().flatten() {
        let (id, critical, value) = extension(&tlv, "responseExtensions")?;
        match id {
            // RFC 9654 §2.1: an OCTET STRING; older responders put the octets there as they are.
            id if id == oid::OCSP_NONCE => {
                response.nonce = Some(single::<&[u8]>(value, "nonce").unwrap_or(value).to_vec());
            }
            id if critical => response.unsupported = Some(oid::name(&id)),
            _ => {}
        }
    }
    Ok(response)
}

/// ResponseData: who, when, and the responses.
struct Data<'a> {
    responder: Responder,
    responder_name: Option<DistinguishedName>,
    produced_at: UnixTime,
    statuses: Vec<SingleStatus>,
    extensions: Option<SequenceOf<'a, Tlv<'a>, 1>>,
}

fn response_data<'a>(p: &mut Parser<'a>) -> Result<Data<'a>, ParseError> {
    read::<Option<Explicit<u8, 0>>>(p, "version")?;
    let responder = read::<Tlv<'_>>(p, "responderID")?;
    let (responder, responder_name) = match responder.tag().as_u8() {
        Some(0xa1) => {
            let name = DistinguishedName::from_der(responder.data(), "responderID")?;
            (Responder::Name(name.describe()), Some(name))
        }
        Some(0xa2) => (Responder::KeyHash(elements(responder.data(), "responderID", octets)?), None),
        _ => return Err(ParseError::new("responderID", "neither a name nor a key")),
    };
    let produced_at = time(p, "producedAt")?;
    let responses = read::<SequenceOf<'_, Tlv<'_>>>(p, "responses")?;
    let statuses = responses.map(|single| sequence(single.full_data(), "SingleResponse", single_response));
    let statuses = statuses.collect::<Result<_, _>>()?;
    let extensions = read::<Option<Explicit<SequenceOf<'a, Tlv<'a>, 1>, 1>>>(p, "responseExtensions")?;
    let extensions = extensions.map(Explicit::into_inner);
    Ok(Data { responder, responder_name, produced_at, statuses, extensions })
}

fn single_response(p: &mut Parser<'_>) -> Result<SingleStatus, ParseError> {
    let id = read::<Sequence<'_>>(p, "certID")?;
    let (hashed, issuer_name_hash, issuer_key_hash, serial) = inside(id, "certID", |p| {
        let hashed = hashed(&read::<Tlv<'_>>(p, "hashAlgorithm")?)?;
        Ok((hashed, octets(p)?, octets(p)?, read::<asn1::BigInt<'_>>(p, "serialNumber")?.as_bytes().to_vec()))
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
    let next_update = next_update.map(|time| civil(time.into_inner().as_datetime(), "nextUpdate")).transpose()?;
    let extensions = read::<Option<Explicit<SequenceOf<'_, Tlv<'_>, 1>, 1>>>(p, "singleExtensions")?;
    let (mut sct_list, mut unsupported) = (None, None);
    for tlv in extensions.into_iter().flat_map(Explicit::into_inner) {
        let (id, critical, value) = extension(&tlv, "singleExtensions")?;
        match id {
            id if id == oid::OCSP_SCT_LIST => sct_list = Some(crate::der::single::<&[u8]>(value, "SCT list")?.to_vec()),
            id if critical => unsupported = Some(oid::name(&id)),
            _ => {}
        }
    }
    Ok(SingleStatus {
        serial,
        issuer_name_hash,
        issuer_key_hash,
        status,
        this_update,
        next_update,
        sct_list,
        hashed,
        unsupported,
    })
}

fn revoked(p: &mut Parser<'_>) -> Result<CertificateStatus, ParseError> {
    let at = time(p, "revocationTime")?;
    let reason = read::<Option<Explicit<Enumerated, 0>>>(p, "revocationReason")?;
    let reason = reason.map(|reason| Reason(reason.into_inner().value()));
    Ok(CertificateStatus::Revoked { at, reason })
}

fn hashed(identifier: &Tlv<'_>) -> Result<Hashed, ParseError> {
    let identifier = AlgorithmIdentifier::from_der(identifier.full_data(), "hashAlgorithm")?;
    Ok(match identifier.algorithm {
        id if id == oid::SHA1 => Hashed::Sha1,
        id if id == oid::SHA256 => Hashed::Sha256,
        other => Hashed::Other(other.to_string()),
    })
}

fn octets(p: &mut Parser<'_>) -> Result<Vec<u8>, ParseError> {
    Ok(read::<&[u8]>(p, "hash")?.to_vec())
}
