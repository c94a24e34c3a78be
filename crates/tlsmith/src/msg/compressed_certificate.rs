//! CompressedCertificate (RFC 8879 §4).

use crate::{
    registry::CertificateCompressionAlgorithm,
    wire::{Malformed, Reader, Writer},
};

const ALGORITHM: &str = "CompressedCertificate.algorithm";
const LENGTH: &str = "CompressedCertificate.uncompressed_length";
const DATA: &str = "CompressedCertificate.compressed_certificate_message";

/// A Certificate message, compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CompressedCertificate<'a> {
    pub(crate) algorithm: CertificateCompressionAlgorithm,
    /// The length of the Certificate message's body, as the sender announces it.
    pub(crate) uncompressed_length: u32,
    pub(crate) data: &'a [u8],
}

impl<'a> CompressedCertificate<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let algorithm = CertificateCompressionAlgorithm(r.u16(ALGORITHM)?);
        let uncompressed_length = r.u24(LENGTH)?;
        let data = r.u24_prefixed(1..=0xff_ffff, DATA)?;
        r.finish("CompressedCertificate")?;
        Ok(Self { algorithm, uncompressed_length, data })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u16(self.algorithm.0);
        w.u24(self.uncompressed_length, LENGTH);
        w.u24_prefixed(DATA, |w| w.bytes(self.data));
    }
}
