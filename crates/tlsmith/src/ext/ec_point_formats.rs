//! `ec_point_formats` (RFC 8422 §5.1.2).

use crate::wire::{Malformed, Reader, Writer};

const WHAT: &str = "ec_point_formats.ec_point_format_list";

pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    r.u8_prefixed(1..=255, WHAT)
}

pub(super) fn encode(formats: &[u8], w: &mut Writer<'_>) {
    w.u8_prefixed(WHAT, |w| w.bytes(formats));
}
