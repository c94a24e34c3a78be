//! PKCS#7 with certificates and CRLs only (RFC 2315 §9.1): SignedData that nobody signed. Its certificates are a SET, in
//! which DER sorts them by their octets (X.690 §11.6): the leaf may stand anywhere, and is put first.

use asn1::{Asn1Read, ObjectIdentifier, Parser, Sequence, Tlv};

use super::{order, read::Reader};
use crate::{ContainerError, oid};

/// `ContentInfo` (RFC 2315 §7).
#[derive(Asn1Read)]
pub(super) struct ContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[explicit(0)]
    pub(super) content: Option<Tlv<'a>>,
}

/// Reads the certificates and CRLs of a ContentInfo; the certificates are put in [order](order::leaf_first). Signatures are not looked at: what is in it vouches for itself.
pub(super) fn read(der: &[u8], reader: &mut Reader<'_>) -> Result<(), ContainerError> {
    let malformed = || ContainerError::malformed("it is a malformed PKCS#7 file");
    let info = asn1::parse_single::<ContentInfo<'_>>(der).map_err(|_| malformed())?;
    if info.content_type != oid::SIGNED_DATA {
        let what = match info.content_type {
            id if id == oid::ENVELOPED_DATA => "an encrypted message".to_owned(),
            id => format!("content of type {id}"),
        };
        return Err(ContainerError::unsupported(format!("it is PKCS#7 with {what}, not with certificates")));
    }
    let content = info.content.ok_or_else(malformed)?;
    let sets =
        content.parse::<Sequence<'_>>().and_then(|sequence| sequence.parse(signed_data)).map_err(|_| malformed())?;
    let before = reader.contents.certificates.len();
    for (set, what) in sets {
        let mut number = 0;
        let mut rest = set.data();
        while !rest.is_empty() {
            number += 1;
            let (element, after) = asn1::strip_tlv(rest).map_err(|_| malformed())?;
            let place = format!("{what} {number} of the PKCS#7 file");
            match what {
                CERTIFICATE => reader.certificate(place, element.full_data()),
                _ => reader.crl(element.full_data()),
            }
            rest = after;
        }
    }
    let read = reader.contents.certificates.split_off(before);
    reader.contents.certificates.extend(order::leaf_first(read));
    Ok(())
}

const CERTIFICATE: &str = "certificate";
const CRL: &str = "CRL";

/// `SignedData` (RFC 2315 §9.1): version, digestAlgorithms, contentInfo, `[0]` certificates, `[1]` crls, signerInfos.
fn signed_data<'a>(p: &mut Parser<'a>) -> Result<Vec<(Tlv<'a>, &'static str)>, asn1::ParseError> {
    let mut sets = Vec::new();
    while !p.is_empty() {
        let element = p.read_element::<Tlv<'a>>()?;
        match element.tag().as_u8() {
            Some(0xa0) => sets.push((element, CERTIFICATE)),
            Some(0xa1) => sets.push((element, CRL)),
            _ => {}
        }
    }
    Ok(sets)
}
