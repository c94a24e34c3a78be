//! `renegotiation_info` (RFC 5746 §3.2).

use crate::wire::{Malformed, Reader, Writer};

const WHAT: &str = "renegotiation_info.renegotiated_connection";

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    r.u8_prefixed(0..=255, WHAT)
}

pub(super) fn encode(connection: &[u8], w: &mut Writer<'_>) {
    w.u8_prefixed(WHAT, |w| w.bytes(connection));
}
