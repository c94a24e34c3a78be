//! EncryptedExtensions (RFC 8446 §4.3.1).

use crate::{
    ext::{self, Extension, Place},
    wire::{Malformed, Reader, Writer},
};

/// The server's answers that need no plaintext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EncryptedExtensions<'a> {
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> EncryptedExtensions<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let block = r.u16_prefixed(0..=0xffff, Place::EncryptedExtensions.field())?;
        r.finish("EncryptedExtensions")?;
        Ok(Self { extensions: ext::decode_all(block, Place::EncryptedExtensions)? })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        ext::encode_all(&self.extensions, Place::EncryptedExtensions, w);
    }

    /// The chosen protocol; decoding saw to it that there is exactly one.
    pub(crate) fn alpn(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|e| if let Extension::Alpn(v) = e { v.first().copied() } else { None })
    }

    /// Whether the early data are accepted.
    pub(crate) fn early_data(&self) -> bool {
        self.extensions.contains(&Extension::EarlyData)
    }
}
