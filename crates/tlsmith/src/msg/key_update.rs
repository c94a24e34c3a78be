//! KeyUpdate (RFC 8446 §4.6.3).

use crate::wire::{Malformed, Problem, Reader, Writer};

const REQUEST: &str = "KeyUpdate.request_update";

/// The sender changes its keys, and may ask the same of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyUpdate {
    pub(crate) request_update: bool,
}

impl KeyUpdate {
    pub(crate) fn decode(body: &[u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let request = r.u8(REQUEST)?;
        r.finish("KeyUpdate")?;
        match request {
            0 => Ok(Self { request_update: false }),
            1 => Ok(Self { request_update: true }),
            _ => Err(Malformed::new(REQUEST, Problem::BadValue)),
        }
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u8(self.request_update.into());
    }
}
