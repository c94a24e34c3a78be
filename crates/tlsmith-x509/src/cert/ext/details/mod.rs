//! What extensions say, decoded for people and tools that show certificates. Nothing is judged by it: validation has its own
//! reading, which refuses what this one shows as an outline.

mod names;
mod outline;
mod points;
mod policies;
mod scts;

pub(crate) use outline::outline;
pub use policies::PolicyDetail;
pub use scts::SctDetail;

use super::{BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, NameConstraints, non_empty};
use crate::der::{oid, read, sequence, single};
use crate::name::constraints::Subtree;
use crate::name::general::GeneralName;
use crate::{Certificate, ParseError};
use asn1::{BigInt, Implicit, ObjectIdentifier, SequenceOf, Tlv};

/// One extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionDetail {
    /// Its identifier, dotted.
    pub id: String,
    /// Its name in the document that assigns it: `subjectAltName`.
    pub name: Option<&'static str>,
    /// Who does not understand it must not use the certificate.
    pub critical: bool,
    /// Content of its OCTET STRING.
    pub value: Vec<u8>,
    /// What that says.
    pub detail: Detail,
}

/// What an extension says. Texts are made harmless: nothing in them moves a cursor or reorders text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// subjectAltName, issuerAltName (RFC 5280 §4.2.1.6, §4.2.1.7): `DNS:example.com`.
    Names(Vec<String>),
    /// keyUsage (§4.2.1.3): the names of the bits.
    KeyUsage(Vec<&'static str>),
    /// extKeyUsage (§4.2.1.12): names, or dotted numbers.
    ExtendedKeyUsage(Vec<String>),
    /// basicConstraints (§4.2.1.9).
    BasicConstraints {
        /// It may issue certificates.
        ca: bool,
        /// How many CAs may follow it.
        path_length: Option<u64>,
    },
    /// authorityKeyIdentifier (§4.2.1.1).
    AuthorityKeyIdentifier {
        /// The key.
        key: Option<Vec<u8>>,
        /// Names of the issuer of the issuer's certificate.
        issuer: Vec<String>,
        /// The serial number of the issuer's certificate.
        serial: Option<Vec<u8>>,
    },
    /// subjectKeyIdentifier (§4.2.1.2).
    SubjectKeyIdentifier(Vec<u8>),
    /// authorityInfoAccess, subjectInfoAccess (§4.2.2): method (`OCSP`, `caIssuers`) and place.
    Access(Vec<(String, String)>),
    /// cRLDistributionPoints, freshestCRL (§4.2.1.13, §4.2.1.15): the places, point by point.
    DistributionPoints(Vec<Vec<String>>),
    /// certificatePolicies (§4.2.1.4).
    Policies(Vec<PolicyDetail>),
    /// policyMappings (§4.2.1.5): the issuer's policy and the subject's.
    PolicyMappings(Vec<(String, String)>),
    /// policyConstraints (§4.2.1.11).
    PolicyConstraints {
        /// After so many certificates a policy has to be there.
        require_explicit: Option<u64>,
        /// After so many certificates policies are mapped no more.
        inhibit_mapping: Option<u64>,
    },
    /// inhibitAnyPolicy (§4.2.1.14).
    InhibitAnyPolicy(u64),
    /// nameConstraints (§4.2.1.10).
    NameConstraints {
        /// Names have to be inside one of these.
        permitted: Vec<String>,
        /// And inside none of these.
        excluded: Vec<String>,
    },
    /// The TLS extensions that the server promises to answer (RFC 7633): 5 is status_request.
    TlsFeatures(Vec<u64>),
    /// Signed certificate timestamps (RFC 6962 §3.3).
    Scts(Vec<SctDetail>),
    /// It says all by being there: OCSP no check, the poison of a precertificate.
    Present,
    /// Not known here, or malformed: its elements, a line each, indented by two spaces a level.
    Outline(Vec<String>),
}

impl Certificate {
    /// All extensions, decoded, in order.
    pub fn extension_details(&self) -> Vec<ExtensionDetail> {
        self.extensions().all.iter().map(|extension| of(extension, self.der())).collect()
    }
}

pub(in crate::cert) fn of(extension: &Extension, whole: &[u8]) -> ExtensionDetail {
    let value = extension.value.get(whole);
    let detail = decode(&extension.id, value).unwrap_or_else(|_| Detail::Outline(outline(value)));
    ExtensionDetail {
        id: extension.id.to_string(),
        name: names::extension(&extension.id),
        critical: extension.critical,
        value: value.to_vec(),
        detail,
    }
}

fn decode(id: &ObjectIdentifier, value: &[u8]) -> Result<Detail, ParseError> {
    Ok(match id {
        id if *id == oid::SUBJECT_ALT_NAME || *id == oid::ISSUER_ALT_NAME => Detail::Names(general_names(value)?),
        id if *id == oid::KEY_USAGE => Detail::KeyUsage(KeyUsage::parse(value)?.names().collect()),
        id if *id == oid::EXTENDED_KEY_USAGE => {
            Detail::ExtendedKeyUsage(ExtendedKeyUsage::parse(value)?.purposes().iter().map(names::purpose).collect())
        }
        id if *id == oid::BASIC_CONSTRAINTS => {
            let constraints = BasicConstraints::parse(value)?;
            Detail::BasicConstraints { ca: constraints.ca, path_length: constraints.path_length }
        }
        id if *id == oid::AUTHORITY_KEY_IDENTIFIER => authority_key_identifier(value)?,
        id if *id == oid::SUBJECT_KEY_IDENTIFIER => {
            Detail::SubjectKeyIdentifier(single::<&[u8]>(value, "subjectKeyIdentifier")?.to_vec())
        }
        id if *id == oid::AUTHORITY_INFO_ACCESS || *id == names::SUBJECT_INFO_ACCESS => access(value)?,
        id if *id == oid::CRL_DISTRIBUTION_POINTS || *id == names::FRESHEST_CRL => {
            Detail::DistributionPoints(points::parse(value)?)
        }
        id if *id == oid::CERTIFICATE_POLICIES => Detail::Policies(policies::policies(value)?),
        id if *id == oid::POLICY_MAPPINGS => Detail::PolicyMappings(policies::mappings(value)?),
        id if *id == oid::POLICY_CONSTRAINTS => policies::constraints(value)?,
        id if *id == oid::INHIBIT_ANY_POLICY => Detail::InhibitAnyPolicy(single::<u64>(value, "inhibitAnyPolicy")?),
        id if *id == oid::NAME_CONSTRAINTS => {
            let constraints = NameConstraints::parse(value)?;
            let texts = |subtrees: &[Subtree]| subtrees.iter().map(Subtree::describe).collect();
            Detail::NameConstraints { permitted: texts(&constraints.permitted), excluded: texts(&constraints.excluded) }
        }
        id if *id == oid::TLS_FEATURE => {
            Detail::TlsFeatures(single::<SequenceOf<'_, u64>>(value, "TLS feature")?.collect())
        }
        id if *id == names::SCT_LIST => Detail::Scts(scts::parse(value)?),
        id if *id == oid::PRECERTIFICATE_POISON || *id == names::OCSP_NO_CHECK => {
            single::<asn1::Null>(value, "extension")?;
            Detail::Present
        }
        _ => Detail::Outline(outline(value)),
    })
}

fn general_names(value: &[u8]) -> Result<Vec<String>, ParseError> {
    let field = "GeneralNames";
    non_empty(value, field, |tlv| GeneralName::parse(&tlv, field).map(|name| name.describe()))
}

fn authority_key_identifier(value: &[u8]) -> Result<Detail, ParseError> {
    let field = "authorityKeyIdentifier";
    sequence(value, field, |p| {
        let key = read::<Option<Implicit<&[u8], 0>>>(p, field)?.map(|key| key.into_inner().to_vec());
        let names = read::<Option<Implicit<SequenceOf<'_, Tlv<'_>>, 1>>>(p, field)?;
        let names = names.into_iter().flat_map(Implicit::into_inner);
        let issuer = names.map(|tlv| GeneralName::parse(&tlv, field).map(|name| name.describe()));
        let issuer = issuer.collect::<Result<Vec<_>, _>>()?;
        let serial = read::<Option<Implicit<BigInt<'_>, 2>>>(p, field)?;
        let serial = serial.map(|serial| serial.into_inner().as_bytes().to_vec());
        Ok(Detail::AuthorityKeyIdentifier { key, issuer, serial })
    })
}

fn access(value: &[u8]) -> Result<Detail, ParseError> {
    let field = "AccessDescription";
    let descriptions = non_empty(value, field, |tlv| {
        sequence(tlv.full_data(), field, |p| {
            let method = names::access_method(&read::<ObjectIdentifier>(p, field)?);
            let place = GeneralName::parse(&read::<Tlv<'_>>(p, field)?, field)?;
            Ok((method, points::place(&place)))
        })
    });
    descriptions.map(Detail::Access)
}

#[cfg(test)]
mod tests;
