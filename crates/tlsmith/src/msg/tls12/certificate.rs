//! Certificate (RFC 5246 §7.4.2).

use crate::{
    msg::MAX_CERTIFICATES,
    wire::{Malformed, Problem, Reader, Writer},
};

const LIST: &str = "Certificate.certificate_list";
const CERTIFICATE: &str = "Certificate.ASN.1Cert";

/// A certificate chain, the end entity's first; empty where a client has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateTls12<'a> {
    /// The DER of each certificate.
    pub(crate) chain: Vec<&'a [u8]>,
}

impl<'a> CertificateTls12<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let mut list = Reader::new(r.u24_prefixed(0..=0xff_ffff, LIST)?);
        r.finish("Certificate")?;
        let mut count = 0;
        let chain = list.list(|r| {
            count += 1;
            if count > MAX_CERTIFICATES {
                return Err(Malformed::new(LIST, Problem::TooMany));
            }
            r.u24_prefixed(1..=0xff_ffff, CERTIFICATE)
        })?;
        Ok(Self { chain })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u24_prefixed(LIST, |w| {
            for certificate in &self.chain {
                w.u24_prefixed(CERTIFICATE, |w| w.bytes(certificate));
            }
        });
    }
}
