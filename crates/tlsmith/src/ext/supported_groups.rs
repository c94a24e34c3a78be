//! `supported_groups` (RFC 8446 §4.2.7).

use crate::{
    registry::NamedGroup,
    wire::{Malformed, Reader, Writer},
};

const WHAT: &str = "supported_groups.named_group_list";

pub(super) fn decode(r: &mut Reader<'_>) -> Result<Vec<NamedGroup>, Malformed> {
    Reader::new(r.u16_prefixed(2..=0xffff, WHAT)?).code_points(NamedGroup, WHAT)
}

pub(super) fn encode(groups: &[NamedGroup], w: &mut Writer<'_>) {
    w.u16_prefixed(WHAT, |w| groups.iter().for_each(|group| w.u16(group.0)));
}
