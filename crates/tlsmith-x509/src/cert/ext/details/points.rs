//! cRLDistributionPoints (RFC 5280 §4.2.1.13): where to look.

use super::super::non_empty;
use crate::ParseError;
use crate::der::{elements, read, sequence};
use crate::name::general::GeneralName;
use asn1::{Parser, Tlv};

const FIELD: &str = "DistributionPoint";

/// The places of every point; one that has none but says for which reasons it is, or by whom the list is signed, is empty.
pub(super) fn parse(value: &[u8]) -> Result<Vec<Vec<String>>, ParseError> {
    non_empty(value, FIELD, |tlv| {
        sequence(tlv.full_data(), FIELD, |p| {
            let mut places = Vec::new();
            while !p.is_empty() {
                let element = read::<Tlv<'_>>(p, FIELD)?;
                // [0] is a CHOICE, and so explicit; [1] and [2] are reasons and the signer.
                if element.tag().as_u8() == Some(0xa0) {
                    places = elements(element.data(), FIELD, |p| {
                        let name = read::<Tlv<'_>>(p, FIELD)?;
                        match name.tag().as_u8() {
                            Some(0xa0) => elements(name.data(), FIELD, full_name),
                            _ => Ok(vec!["a name relative to the CRL's issuer".to_owned()]),
                        }
                    })?;
                }
            }
            Ok(places)
        })
    })
}

/// GeneralNames, without their SEQUENCE.
fn full_name(p: &mut Parser<'_>) -> Result<Vec<String>, ParseError> {
    let mut places = Vec::new();
    while !p.is_empty() {
        places.push(place(&GeneralName::parse(&read::<Tlv<'_>>(p, FIELD)?, FIELD)?));
    }
    Ok(places)
}

/// A URI without its kind: a place is one unless it says otherwise.
pub(super) fn place(name: &GeneralName) -> String {
    let text = name.describe();
    text.strip_prefix("URI:").map(str::to_owned).unwrap_or(text)
}
