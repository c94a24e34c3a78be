//! authorityInfoAccess (RFC 5280 §4.2.2.1): where the issuer's certificate may be found, and who is to be asked whether the
//! certificate was revoked. Nothing is fetched here; tools do.

use super::non_empty;
use crate::ParseError;
use crate::der::{oid, read, sequence};
use crate::name::general::GeneralName;
use asn1::{ObjectIdentifier, Tlv};

/// The URIs, by what they are for. Other access methods and other kinds of locations are passed over.
#[derive(Debug, Default)]
pub(crate) struct AuthorityInfoAccess {
    /// `id-ad-caIssuers`.
    pub(crate) ca_issuers: Vec<String>,
    /// `id-ad-ocsp`.
    pub(crate) ocsp: Vec<String>,
}

impl AuthorityInfoAccess {
    pub(super) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let field = "authorityInfoAccess";
        let descriptions = non_empty(value, field, |tlv| {
            sequence(tlv.full_data(), field, |p| {
                let method = read::<ObjectIdentifier>(p, field)?;
                let location = GeneralName::parse(&read::<Tlv<'_>>(p, field)?, field)?;
                Ok((method, location))
            })
        })?;
        let mut access = Self::default();
        for (method, location) in descriptions {
            match location {
                GeneralName::Uri(uri) if method == oid::CA_ISSUERS => access.ca_issuers.push(uri),
                GeneralName::Uri(uri) if method == oid::OCSP => access.ocsp.push(uri),
                _ => {}
            }
        }
        Ok(access)
    }
}
