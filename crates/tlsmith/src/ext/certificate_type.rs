//! `client_certificate_type` and `server_certificate_type` (RFC 7250 §3): a client's list, a server's choice.

use crate::{
    registry::CertificateType,
    wire::{Malformed, Reader, Writer},
};

const LIST: &str = "certificate_types";
const CHOICE: &str = "certificate_type";

/// The types, most wanted first.
pub(super) fn decode_offer(r: &mut Reader<'_>) -> Result<Vec<CertificateType>, Malformed> {
    Ok(r.u8_prefixed(1..=255, LIST)?.iter().copied().map(CertificateType).collect())
}

pub(super) fn encode_offer(types: &[CertificateType], w: &mut Writer<'_>) {
    w.u8_prefixed(LIST, |w| types.iter().for_each(|kind| w.u8(kind.0)));
}

/// The one type.
pub(super) fn decode_choice(r: &mut Reader<'_>) -> Result<CertificateType, Malformed> {
    r.u8(CHOICE).map(CertificateType)
}
