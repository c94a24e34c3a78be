//! The policy extensions (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11), as they stand.

use super::super::non_empty;
use super::{Detail, names};
use crate::ParseError;
use crate::der::{oid, read, sequence};
use crate::name::general::clean;
use asn1::{Implicit, ObjectIdentifier, SequenceOf, Tlv};

/// A policy under which a certificate was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDetail {
    /// Its identifier, dotted.
    pub id: String,
    /// What the CA/Browser Forum calls it: `domain validated (DV)`.
    pub name: Option<&'static str>,
    /// Where the CA's practice statement is, and notices to the user.
    pub qualifiers: Vec<String>,
}

const FIELD: &str = "certificatePolicies";

pub(super) fn policies(value: &[u8]) -> Result<Vec<PolicyDetail>, ParseError> {
    non_empty(value, FIELD, |tlv| {
        sequence(tlv.full_data(), FIELD, |p| {
            let id = read::<ObjectIdentifier>(p, FIELD)?;
            let qualifiers = read::<Option<SequenceOf<'_, Tlv<'_>>>>(p, FIELD)?;
            let qualifiers = qualifiers.into_iter().flatten().map(|tlv| qualifier(&tlv));
            let qualifiers = qualifiers.collect::<Result<Vec<_>, _>>()?;
            Ok(PolicyDetail { name: names::policy(&id), id: id.to_string(), qualifiers })
        })
    })
}

/// A URI, a notice's text, or the identifier of what is not known.
fn qualifier(tlv: &Tlv<'_>) -> Result<String, ParseError> {
    sequence(tlv.full_data(), FIELD, |p| {
        let id = read::<ObjectIdentifier>(p, FIELD)?;
        let value = read::<Tlv<'_>>(p, FIELD)?;
        Ok(match id {
            id if id == oid::QUALIFIER_CPS => text(&value),
            id if id == oid::QUALIFIER_USER_NOTICE => notice(&value)?,
            other => other.to_string(),
        })
    })
}

/// `UserNotice ::= SEQUENCE { noticeRef SEQUENCE OPTIONAL, explicitText DisplayText OPTIONAL }`.
fn notice(value: &Tlv<'_>) -> Result<String, ParseError> {
    sequence(value.full_data(), FIELD, |p| {
        let mut said = String::from("a notice without text");
        while !p.is_empty() {
            let element = read::<Tlv<'_>>(p, FIELD)?;
            // SEQUENCE: the reference to a document.
            if element.tag().as_u8() != Some(0x30) {
                said = format!("\"{}\"", text(&element));
            }
        }
        Ok(said)
    })
}

/// IA5String, VisibleString, UTF8String; a BMPString is UTF-16.
fn text(tlv: &Tlv<'_>) -> String {
    let octets = tlv.data();
    let text = match tlv.tag().as_u8() {
        Some(0x1e) => {
            let (units, _) = octets.as_chunks::<2>();
            String::from_utf16_lossy(&units.iter().map(|unit| u16::from_be_bytes(*unit)).collect::<Vec<_>>())
        }
        _ => String::from_utf8_lossy(octets).into_owned(),
    };
    clean(&text, usize::MAX)
}

pub(super) fn mappings(value: &[u8]) -> Result<Vec<(String, String)>, ParseError> {
    let field = "policyMappings";
    non_empty(value, field, |tlv| {
        sequence(tlv.full_data(), field, |p| {
            let issuer = read::<ObjectIdentifier>(p, field)?;
            Ok((issuer.to_string(), read::<ObjectIdentifier>(p, field)?.to_string()))
        })
    })
}

pub(super) fn constraints(value: &[u8]) -> Result<Detail, ParseError> {
    let field = "policyConstraints";
    sequence(value, field, |p| {
        let require = read::<Option<Implicit<u64, 0>>>(p, field)?;
        let inhibit = read::<Option<Implicit<u64, 1>>>(p, field)?;
        Ok(Detail::PolicyConstraints {
            require_explicit: require.map(Implicit::into_inner),
            inhibit_mapping: inhibit.map(Implicit::into_inner),
        })
    })
}
