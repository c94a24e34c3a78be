//! EncryptedExtensions (RFC 8446 §4.3.1).

use crate::{
    ext::{self, Extension, Place},
    registry::{ExtensionType, NamedGroup},
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

    /// The extension of a type.
    pub(crate) fn find(&self, wanted: ExtensionType) -> Option<&Extension<'a>> {
        ext::find(&self.extensions, wanted)
    }

    /// The chosen protocol; decoding saw to it that there is exactly one.
    pub(crate) fn alpn(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|e| if let Extension::Alpn(v) = e { v.first().copied() } else { None })
    }

    /// Whether the server used the name that it was given.
    pub(crate) fn server_name_ack(&self) -> bool {
        self.extensions.iter().any(|e| matches!(e, Extension::ServerNameAck))
    }

    pub(crate) fn supported_groups(&self) -> Option<&[NamedGroup]> {
        self.extensions
            .iter()
            .find_map(|e| if let Extension::SupportedGroups(v) = e { Some(v.as_slice()) } else { None })
    }

    pub(crate) fn record_size_limit(&self) -> Option<u16> {
        super::record_size_limit(&self.extensions)
    }

    pub(crate) fn early_data(&self) -> bool {
        self.extensions.iter().any(|e| matches!(e, Extension::EarlyData))
    }
}
