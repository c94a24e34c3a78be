//! `oid_filters` (RFC 8446 §4.2.5).

use crate::wire::{Malformed, Problem, Reader, Writer};

const LIST: &str = "oid_filters.filters";
const OID: &str = "OIDFilter.certificate_extension_oid";
const VALUES: &str = "OIDFilter.certificate_extension_values";

/// What an extension of the client's certificate has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OidFilter<'a> {
    /// The DER of the extension's OID.
    pub(crate) oid: &'a [u8],
    /// The DER of the values; empty: the extension only has to be there.
    pub(crate) values: &'a [u8],
}

/// "Any given OID MUST NOT appear more than once in the filters list" (RFC 8446 §4.2.5).
pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<Vec<OidFilter<'a>>, Malformed> {
    let filters = Reader::new(r.u16_prefixed(0..=0xffff, LIST)?)
        .list(|r| Ok(OidFilter { oid: r.u8_prefixed(1..=255, OID)?, values: r.u16_prefixed(0..=0xffff, VALUES)? }))?;
    // Sorted first: a peer can send some ten thousand of them.
    let mut sorted: Vec<&[u8]> = filters.iter().map(|filter| filter.oid).collect();
    sorted.sort_unstable();
    if !sorted.is_sorted_by(|a, b| a < b) {
        return Err(Malformed::new(LIST, Problem::Repeated));
    }
    Ok(filters)
}

pub(super) fn encode(filters: &[OidFilter<'_>], w: &mut Writer<'_>) {
    w.u16_prefixed(LIST, |w| {
        for filter in filters {
            w.u8_prefixed(OID, |w| w.bytes(filter.oid));
            w.u16_prefixed(VALUES, |w| w.bytes(filter.values));
        }
    });
}
