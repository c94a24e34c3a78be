//! `signed_certificate_timestamp` (RFC 6962 §3.3.1): empty where it asks; else a list.

use crate::wire::{Malformed, Reader};

const LIST: &str = "SignedCertificateTimestampList.sct_list";
const SCT: &str = "SignedCertificateTimestampList.SerializedSCT";

/// A `SignedCertificateTimestampList`, its length included: at least one timestamp, none empty. What is in them is
/// for the verifier.
pub(super) fn decode_list<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let whole = r.rest();
    let mut r = Reader::new(whole);
    let mut list = Reader::new(r.u16_prefixed(1..=0xffff, LIST)?);
    r.finish(LIST)?;
    while !list.is_empty() {
        list.u16_prefixed(1..=0xffff, SCT)?;
    }
    Ok(whole)
}

/// Whether `bytes` are such a list.
pub(crate) fn is_list(bytes: &[u8]) -> bool {
    decode_list(&mut Reader::new(bytes)).is_ok()
}
