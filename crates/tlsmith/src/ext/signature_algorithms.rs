//! `signature_algorithms` and `signature_algorithms_cert` (RFC 8446 §4.2.3).

use crate::{
    registry::SignatureScheme,
    wire::{Malformed, Reader, Writer},
};

const WHAT: &str = "signature_algorithms.supported_signature_algorithms";

pub(super) fn decode(r: &mut Reader<'_>) -> Result<Vec<SignatureScheme>, Malformed> {
    Reader::new(r.u16_prefixed(2..=0xfffe, WHAT)?).code_points(SignatureScheme, WHAT)
}

pub(super) fn encode(schemes: &[SignatureScheme], w: &mut Writer<'_>) {
    w.u16_prefixed(WHAT, |w| schemes.iter().for_each(|scheme| w.u16(scheme.0)));
}
