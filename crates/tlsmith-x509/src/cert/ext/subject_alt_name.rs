//! subjectAltName (RFC 5280 §4.2.1.6).

use super::non_empty;
use crate::ParseError;
use crate::name::general::GeneralName;
use crate::name::ip;

/// At least one name. An address is 4 or 16 octets: what is longer belongs into a constraint.
pub(super) fn parse(value: &[u8]) -> Result<Vec<GeneralName>, ParseError> {
    let field = "subjectAltName";
    non_empty(value, field, |tlv| match GeneralName::parse(&tlv, field)? {
        GeneralName::Ip(octets) if ip::from_octets(&octets).is_none() => {
            Err(ParseError::new(field, format!("an iPAddress has {} octets, not 4 or 16", octets.len())))
        }
        name => Ok(name),
    })
}
