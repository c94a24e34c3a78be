//! `application_layer_protocol_negotiation` (RFC 7301 §3.1).

use super::Place;
use crate::wire::{Malformed, Problem, Reader, Writer};

const LIST: &str = "application_layer_protocol_negotiation.protocol_name_list";
const NAME: &str = "application_layer_protocol_negotiation.protocol_name";

/// The names in order; a server's answer has exactly one.
pub(super) fn decode<'a>(r: &mut Reader<'a>, place: Place) -> Result<Vec<&'a [u8]>, Malformed> {
    let names = Reader::new(r.u16_prefixed(2..=0xffff, LIST)?).list(|r| r.u8_prefixed(1..=255, NAME))?;
    if place != Place::ClientHello && names.len() != 1 {
        return Err(Malformed::new(LIST, Problem::Trailing));
    }
    Ok(names)
}

pub(super) fn encode(names: &[&[u8]], w: &mut Writer<'_>) {
    w.u16_prefixed(LIST, |w| {
        for name in names {
            w.u8_prefixed(NAME, |w| w.bytes(name));
        }
    });
}
