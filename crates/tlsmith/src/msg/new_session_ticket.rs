//! NewSessionTicket (RFC 8446 §4.6.1).

use crate::{
    ext::{self, Extension, Place},
    wire::{Malformed, Reader, Writer},
};

const LIFETIME: &str = "NewSessionTicket.ticket_lifetime";
const AGE_ADD: &str = "NewSessionTicket.ticket_age_add";
const NONCE: &str = "NewSessionTicket.ticket_nonce";
const TICKET: &str = "NewSessionTicket.ticket";

/// A ticket to resume with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewSessionTicket<'a> {
    pub(crate) lifetime: u32,
    pub(crate) age_add: u32,
    pub(crate) nonce: &'a [u8],
    pub(crate) ticket: &'a [u8],
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> NewSessionTicket<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let lifetime = r.u32(LIFETIME)?;
        let age_add = r.u32(AGE_ADD)?;
        let nonce = r.u8_prefixed(0..=255, NONCE)?;
        let ticket = r.u16_prefixed(1..=0xffff, TICKET)?;
        let block = r.u16_prefixed(0..=0xfffe, Place::NewSessionTicket.field())?;
        r.finish("NewSessionTicket")?;
        let extensions = ext::decode_all(block, Place::NewSessionTicket)?;
        Ok(Self { lifetime, age_add, nonce, ticket, extensions })
    }

    /// `early_data`: how many bytes of early data the ticket allows.
    pub(crate) fn max_early_data(&self) -> Option<u32> {
        self.extensions.iter().find_map(|e| if let Extension::EarlyDataLimit(limit) = e { Some(*limit) } else { None })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u32(self.lifetime);
        w.u32(self.age_add);
        w.u8_prefixed(NONCE, |w| w.bytes(self.nonce));
        w.u16_prefixed(TICKET, |w| w.bytes(self.ticket));
        ext::encode_all(&self.extensions, Place::NewSessionTicket, w);
    }
}
