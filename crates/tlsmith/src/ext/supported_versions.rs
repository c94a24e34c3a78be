//! `supported_versions` (RFC 8446 §4.2.1).

use crate::{
    registry::ProtocolVersion,
    wire::{Malformed, Reader, Writer},
};

const OFFER: &str = "supported_versions.versions";
const CHOICE: &str = "supported_versions.selected_version";

pub(super) fn decode_offer(r: &mut Reader<'_>) -> Result<Vec<ProtocolVersion>, Malformed> {
    Reader::new(r.u8_prefixed(2..=254, OFFER)?).code_points(ProtocolVersion, OFFER)
}

pub(super) fn encode_offer(versions: &[ProtocolVersion], w: &mut Writer<'_>) {
    w.u8_prefixed(OFFER, |w| versions.iter().for_each(|version| w.u16(version.0)));
}

pub(super) fn decode_choice(r: &mut Reader<'_>) -> Result<ProtocolVersion, Malformed> {
    r.u16(CHOICE).map(ProtocolVersion)
}
