//! CertificateVerify (RFC 8446 §4.4.3, RFC 5246 §7.4.8).

use crate::{
    registry::SignatureScheme,
    wire::{Malformed, Reader, TooLong, Writer},
};

const SCHEME: &str = "CertificateVerify.algorithm";
const SIGNATURE: &str = "CertificateVerify.signature";

/// The proof that the sender holds the certificate's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateVerify<'a> {
    pub(crate) scheme: SignatureScheme,
    pub(crate) signature: &'a [u8],
}

impl<'a> CertificateVerify<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let verify =
            Self { scheme: SignatureScheme(r.u16(SCHEME)?), signature: r.u16_prefixed(0..=0xffff, SIGNATURE)? };
        r.finish("CertificateVerify")?;
        Ok(verify)
    }

    /// Appends it where it signs something else than the transcript, as in a ServerKeyExchange (RFC 5246 §4.7).
    pub(crate) fn append(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        let mut w = Writer::new(out);
        self.encode_body(&mut w);
        w.finish()
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u16(self.scheme.0);
        w.u16_prefixed(SIGNATURE, |w| w.bytes(self.signature));
    }
}
