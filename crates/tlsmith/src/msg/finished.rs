//! Finished (RFC 8446 §4.4.4).

use crate::wire::{Reader, Writer};

/// The MAC over the handshake. Its length is the hash's, which only the state machine knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished<'a> {
    pub(crate) verify_data: &'a [u8],
}

impl<'a> Finished<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Self {
        Self { verify_data: Reader::new(body).rest() }
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.bytes(self.verify_data);
    }
}
