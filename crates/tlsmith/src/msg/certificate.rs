//! Certificate (RFC 8446 §4.4.2).

use crate::{
    ext::{self, Extension, Place},
    wire::{Malformed, Problem, Reader, Writer},
};

const CONTEXT: &str = "Certificate.certificate_request_context";
const LIST: &str = "Certificate.certificate_list";
const DATA: &str = "CertificateEntry.cert_data";

/// How long a message with certificates may be, as it comes or unpacked: some 50 certificates of the usual size.
pub(crate) const MAX_CERTIFICATE_MESSAGE: usize = 128 * 1024;

/// No chain in use has more than a handful; what is longer only costs.
pub(crate) const MAX_CERTIFICATES: usize = 100;

/// A certificate chain, the end entity's first; empty where a client has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateMessage<'a> {
    pub(crate) context: &'a [u8],
    pub(crate) entries: Vec<CertificateEntry<'a>>,
}

/// A certificate and what was said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateEntry<'a> {
    /// The DER of the certificate.
    pub(crate) data: &'a [u8],
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> CertificateMessage<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let context = r.u8_prefixed(0..=255, CONTEXT)?;
        let mut list = Reader::new(r.u24_prefixed(0..=0xff_ffff, LIST)?);
        r.finish("Certificate")?;
        let mut count = 0;
        let entries = list.list(|r| {
            count += 1;
            if count > MAX_CERTIFICATES {
                return Err(Malformed::new(LIST, Problem::TooMany));
            }
            CertificateEntry::decode(r)
        })?;
        Ok(Self { context, entries })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u8_prefixed(CONTEXT, |w| w.bytes(self.context));
        w.u24_prefixed(LIST, |w| self.entries.iter().for_each(|entry| entry.encode(w)));
    }
}

impl<'a> CertificateEntry<'a> {
    fn decode(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        let data = r.u24_prefixed(1..=0xff_ffff, DATA)?;
        let block = r.u16_prefixed(0..=0xffff, Place::Certificate.field())?;
        Ok(Self { data, extensions: ext::decode_all(block, Place::Certificate)? })
    }

    fn encode(&self, w: &mut Writer<'_>) {
        w.u24_prefixed(DATA, |w| w.bytes(self.data));
        ext::encode_all(&self.extensions, Place::Certificate, w);
    }
}
