//! `certificate_authorities` (RFC 8446 §4.2.4).

use crate::wire::{Malformed, Reader, Writer};

const LIST: &str = "certificate_authorities.authorities";
const NAME: &str = "certificate_authorities.distinguished_name";

/// The names, each a DER `Name`.
pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<Vec<&'a [u8]>, Malformed> {
    Reader::new(r.u16_prefixed(3..=0xffff, LIST)?).list(|r| r.u16_prefixed(1..=0xffff, NAME))
}

pub(super) fn encode(names: &[&[u8]], w: &mut Writer<'_>) {
    w.u16_prefixed(LIST, |w| {
        for name in names {
            w.u16_prefixed(NAME, |w| w.bytes(name));
        }
    });
}
