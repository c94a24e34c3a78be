//! CertificateRequest (RFC 8446 §4.3.2).

use crate::{
    ext::{self, Extension, OidFilter, Place},
    registry::{CertificateCompressionAlgorithm, SignatureScheme},
    wire::{Malformed, Reader, Writer},
};

const CONTEXT: &str = "CertificateRequest.certificate_request_context";

/// The server asks the client for a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateRequest<'a> {
    pub(crate) context: &'a [u8],
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> CertificateRequest<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let context = r.u8_prefixed(0..=255, CONTEXT)?;
        // The range begins at 2, yet nothing shorter than an extension's header of 4 bytes can be read; an empty block
        // is well formed but for the `signature_algorithms` that it lacks, which is the better thing to say.
        let block = r.u16_prefixed(0..=0xffff, Place::CertificateRequest.field())?;
        r.finish("CertificateRequest")?;
        Ok(Self { context, extensions: ext::decode_all(block, Place::CertificateRequest)? })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u8_prefixed(CONTEXT, |w| w.bytes(self.context));
        ext::encode_all(&self.extensions, Place::CertificateRequest, w);
    }

    pub(crate) fn signature_algorithms(&self) -> Option<&[SignatureScheme]> {
        super::signature_algorithms(&self.extensions)
    }

    pub(crate) fn signature_algorithms_cert(&self) -> Option<&[SignatureScheme]> {
        super::signature_algorithms_cert(&self.extensions)
    }

    pub(crate) fn compressions(&self) -> Option<&[CertificateCompressionAlgorithm]> {
        super::compressions(&self.extensions)
    }

    pub(crate) fn certificate_authorities(&self) -> Option<&[&'a [u8]]> {
        super::certificate_authorities(&self.extensions)
    }

    pub(crate) fn oid_filters(&self) -> &[OidFilter<'a>] {
        let filters = self.extensions.iter().find_map(|extension| match extension {
            Extension::OidFilters(filters) => Some(filters.as_slice()),
            _ => None,
        });
        filters.unwrap_or_default()
    }
}
