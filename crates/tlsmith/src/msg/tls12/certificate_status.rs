//! CertificateStatus (RFC 6066 §8).

use crate::{
    ext::{decode_status, encode_status},
    wire::{Malformed, Reader, Writer},
};

/// The stapled OCSP response of the server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateStatus<'a> {
    /// The DER of the `OCSPResponse`.
    pub(crate) response: &'a [u8],
}

impl<'a> CertificateStatus<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let response = decode_status(&mut r)?;
        r.finish("CertificateStatus")?;
        Ok(Self { response })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        encode_status(self.response, w);
    }
}
