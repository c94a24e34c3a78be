//! `key_share` (RFC 8446 §4.2.8): three shapes for three messages.

use crate::{
    registry::NamedGroup,
    wire::{Malformed, Problem, Reader, Writer},
};

const SHARES: &str = "key_share.client_shares";
const GROUP: &str = "key_share.group";
const SHARE: &str = "key_share.key_exchange";

/// A share of a key in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyShareEntry<'a> {
    pub(crate) group: NamedGroup,
    pub(crate) key_exchange: &'a [u8],
}

impl<'a> KeyShareEntry<'a> {
    pub(super) fn decode(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        Ok(Self { group: NamedGroup(r.u16(GROUP)?), key_exchange: r.u16_prefixed(1..=0xffff, SHARE)? })
    }

    pub(super) fn encode(&self, w: &mut Writer<'_>) {
        w.u16(self.group.0);
        w.u16_prefixed(SHARE, |w| w.bytes(self.key_exchange));
    }
}

/// The ClientHello's shares; none at all asks for a retry.
pub(super) fn decode_offer<'a>(r: &mut Reader<'a>) -> Result<Vec<KeyShareEntry<'a>>, Malformed> {
    let shares = Reader::new(r.u16_prefixed(0..=0xffff, SHARES)?).list(KeyShareEntry::decode)?;
    // "Clients MUST NOT offer multiple KeyShareEntry values for the same group."
    if super::has_duplicates(shares.iter().map(|share| share.group.0)) {
        return Err(Malformed::new(SHARES, Problem::Repeated));
    }
    Ok(shares)
}

pub(super) fn encode_offer(shares: &[KeyShareEntry<'_>], w: &mut Writer<'_>) {
    w.u16_prefixed(SHARES, |w| shares.iter().for_each(|share| share.encode(w)));
}

/// The HelloRetryRequest's `selected_group`.
pub(super) fn decode_retry(r: &mut Reader<'_>) -> Result<NamedGroup, Malformed> {
    r.u16("key_share.selected_group").map(NamedGroup)
}
