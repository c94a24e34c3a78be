//! authorityInfoAccess (RFC 5280 §4.2.2.1): where the issuer's certificate may be found. Nothing is fetched; it tells the
//! user of a server that forgot its intermediate where to get it.

use super::non_empty;
use crate::ParseError;
use crate::der::{oid, read, sequence};
use crate::name::general::GeneralName;
use asn1::{ObjectIdentifier, Tlv};

/// The URIs of `id-ad-caIssuers`.
pub(super) fn ca_issuers(value: &[u8]) -> Result<Vec<String>, ParseError> {
    let field = "authorityInfoAccess";
    let descriptions = non_empty(value, field, |tlv| {
        sequence(tlv.full_data(), field, |p| {
            let method = read::<ObjectIdentifier>(p, field)?;
            let location = GeneralName::parse(&read::<Tlv<'_>>(p, field)?, field)?;
            Ok((method, location))
        })
    })?;
    let issuers = descriptions.into_iter().filter(|(method, _)| *method == oid::CA_ISSUERS);
    Ok(issuers
        .filter_map(|(_, location)| if let GeneralName::Uri(uri) = location { Some(uri) } else { None })
        .collect())
}
