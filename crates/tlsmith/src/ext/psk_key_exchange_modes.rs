//! `psk_key_exchange_modes` (RFC 8446 §4.2.9).

use crate::wire::{Malformed, Reader, Writer};

const WHAT: &str = "psk_key_exchange_modes.ke_modes";

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    r.u8_prefixed(1..=255, WHAT)
}

pub(super) fn encode(modes: &[u8], w: &mut Writer<'_>) {
    w.u8_prefixed(WHAT, |w| w.bytes(modes));
}
