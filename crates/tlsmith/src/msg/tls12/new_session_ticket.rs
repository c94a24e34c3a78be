//! NewSessionTicket (RFC 5077 §3.3).

use crate::wire::{Malformed, Reader, Writer};

const LIFETIME: &str = "NewSessionTicket.ticket_lifetime_hint";
const TICKET: &str = "NewSessionTicket.ticket";

/// A ticket to resume with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewSessionTicketTls12<'a> {
    /// In seconds; 0 says nothing.
    pub(crate) lifetime_hint: u32,
    /// Empty: the server changed its mind and gives none.
    pub(crate) ticket: &'a [u8],
}

impl<'a> NewSessionTicketTls12<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let message = Self { lifetime_hint: r.u32(LIFETIME)?, ticket: r.u16_prefixed(0..=0xffff, TICKET)? };
        r.finish("NewSessionTicket")?;
        Ok(message)
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u32(self.lifetime_hint);
        w.u16_prefixed(TICKET, |w| w.bytes(self.ticket));
    }
}
