//! CertificateStatus (RFC 6066 §8).

use crate::wire::{Malformed, Problem, Reader, Writer};

const TYPE: &str = "CertificateStatus.status_type";
const RESPONSE: &str = "CertificateStatus.response";

/// `CertificateStatusType` ocsp; no other was defined but `ocsp_multi`, which nobody here asks for.
const OCSP: u8 = 1;

/// The stapled OCSP response of the server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateStatus<'a> {
    /// The DER of the `OCSPResponse`.
    pub(crate) response: &'a [u8],
}

impl<'a> CertificateStatus<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        if r.u8(TYPE)? != OCSP {
            return Err(Malformed::new(TYPE, Problem::BadValue));
        }
        let response = r.u24_prefixed(1..=0xff_ffff, RESPONSE)?;
        r.finish("CertificateStatus")?;
        Ok(Self { response })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u8(OCSP);
        w.u24_prefixed(RESPONSE, |w| w.bytes(self.response));
    }
}
