//! `cookie` (RFC 8446 §4.2.2).

use crate::wire::{Malformed, Reader, Writer};

const WHAT: &str = "cookie.cookie";

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    r.u16_prefixed(1..=0xffff, WHAT)
}

pub(super) fn encode(cookie: &[u8], w: &mut Writer<'_>) {
    w.u16_prefixed(WHAT, |w| w.bytes(cookie));
}
