//! `status_request` (RFC 6066 §8, RFC 8446 §4.4.2.1): three shapes. A ClientHello says what it wants, a
//! CertificateRequest only that it wants, and a certificate's entry carries the `CertificateStatus`.

use crate::{
    registry::CertificateStatusType,
    wire::{Malformed, Problem, Reader, Writer},
};

const TYPE: &str = "CertificateStatusRequest.status_type";
const RESPONDERS: &str = "OCSPStatusRequest.responder_id_list";
const RESPONDER: &str = "OCSPStatusRequest.ResponderID";
const EXTENSIONS: &str = "OCSPStatusRequest.request_extensions";
const STATUS_TYPE: &str = "CertificateStatus.status_type";
const RESPONSE: &str = "CertificateStatus.OCSPResponse";

/// `CertificateStatusRequest`: what a client wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusRequest<'a> {
    /// An OCSP response, from one of these responders if there are any.
    Ocsp {
        /// The content of `responder_id_list`.
        responders: &'a [u8],
        /// The DER of `Extensions`, or nothing.
        extensions: &'a [u8],
    },
    /// Of a type that was never defined: no reason to fail, and nothing that could be answered.
    Other(CertificateStatusType, &'a [u8]),
}

impl<'a> StatusRequest<'a> {
    /// An OCSP response, from whichever responder.
    pub(crate) const ANY_OCSP: Self = Self::Ocsp { responders: &[], extensions: &[] };

    pub(super) fn decode(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        let status_type = CertificateStatusType(r.u8(TYPE)?);
        if status_type != CertificateStatusType::OCSP {
            return Ok(Self::Other(status_type, r.rest()));
        }
        let responders = r.u16_prefixed(0..=0xffff, RESPONDERS)?;
        let mut each = Reader::new(responders);
        while !each.is_empty() {
            each.u16_prefixed(1..=0xffff, RESPONDER)?;
        }
        Ok(Self::Ocsp { responders, extensions: r.u16_prefixed(0..=0xffff, EXTENSIONS)? })
    }

    pub(super) fn encode(&self, w: &mut Writer<'_>) {
        match self {
            Self::Ocsp { responders, extensions } => {
                w.u8(CertificateStatusType::OCSP.0);
                w.u16_prefixed(RESPONDERS, |w| w.bytes(responders));
                w.u16_prefixed(EXTENSIONS, |w| w.bytes(extensions));
            }
            Self::Other(status_type, data) => {
                w.u8(status_type.0);
                w.bytes(data);
            }
        }
    }
}

/// `CertificateStatus`: the DER of the OCSP response. Also the body of TLS 1.2's message of that name.
pub(crate) fn decode_status<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    if CertificateStatusType(r.u8(STATUS_TYPE)?) != CertificateStatusType::OCSP {
        return Err(Malformed::new(STATUS_TYPE, Problem::BadValue));
    }
    r.u24_prefixed(1..=0xff_ffff, RESPONSE)
}

/// The counterpart.
pub(crate) fn encode_status(response: &[u8], w: &mut Writer<'_>) {
    w.u8(CertificateStatusType::OCSP.0);
    w.u24_prefixed(RESPONSE, |w| w.bytes(response));
}
