//! `pre_shared_key` (RFC 8446 §4.2.11).

use crate::wire::{Malformed, Problem, Reader, Writer};

const IDENTITIES: &str = "pre_shared_key.identities";
const IDENTITY: &str = "pre_shared_key.identity";
const BINDERS: &str = "pre_shared_key.binders";
const BINDER: &str = "pre_shared_key.binder";

/// A key that the client would resume with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PskIdentity<'a> {
    pub(crate) identity: &'a [u8],
    pub(crate) obfuscated_ticket_age: u32,
}

/// The client's offer: as many binders as identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfferedPsks<'a> {
    pub(crate) identities: Vec<PskIdentity<'a>>,
    pub(crate) binders: Vec<&'a [u8]>,
}

impl<'a> OfferedPsks<'a> {
    pub(super) fn decode(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        let identities = Reader::new(r.u16_prefixed(7..=0xffff, IDENTITIES)?).list(|r| {
            Ok(PskIdentity {
                identity: r.u16_prefixed(1..=0xffff, IDENTITY)?,
                obfuscated_ticket_age: r.u32("pre_shared_key.obfuscated_ticket_age")?,
            })
        })?;
        let binders = Reader::new(r.u16_prefixed(33..=0xffff, BINDERS)?).list(|r| r.u8_prefixed(32..=255, BINDER))?;
        if identities.len() != binders.len() {
            return Err(Malformed::new(BINDERS, Problem::BadValue));
        }
        Ok(Self { identities, binders })
    }

    /// How many bytes the binders take at the end of the ClientHello, their lengths included: what they bind is the rest
    /// (§4.2.11.2).
    pub(crate) fn binders_len(&self) -> usize {
        2 + self.binders.iter().map(|binder| 1 + binder.len()).sum::<usize>()
    }

    pub(super) fn encode(&self, w: &mut Writer<'_>) {
        w.u16_prefixed(IDENTITIES, |w| {
            for psk in &self.identities {
                w.u16_prefixed(IDENTITY, |w| w.bytes(psk.identity));
                w.u32(psk.obfuscated_ticket_age);
            }
        });
        w.u16_prefixed(BINDERS, |w| {
            for binder in &self.binders {
                w.u8_prefixed(BINDER, |w| w.bytes(binder));
            }
        });
    }
}

/// The index of the identity that the server chose.
pub(super) fn decode_choice(r: &mut Reader<'_>) -> Result<u16, Malformed> {
    r.u16("pre_shared_key.selected_identity")
}
