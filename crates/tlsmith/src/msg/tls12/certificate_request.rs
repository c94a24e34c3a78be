//! CertificateRequest (RFC 5246 §7.4.4).

use std::fmt;

use tlsmith_crypto::SignatureAlgorithm;

use crate::{
    registry::SignatureScheme,
    wire::{Malformed, Reader, Writer},
};

const TYPES: &str = "CertificateRequest.certificate_types";
const SCHEMES: &str = "CertificateRequest.supported_signature_algorithms";
const AUTHORITIES: &str = "CertificateRequest.certificate_authorities";
const NAME: &str = "CertificateRequest.DistinguishedName";

/// `ClientCertificateType`: which kind of key the client's certificate may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientCertificateType(pub(crate) u8);

impl ClientCertificateType {
    /// An RSA key (RFC 5246 §7.4.4).
    pub(crate) const RSA_SIGN: Self = Self(1);
    /// A key for ECDSA (RFC 8422 §5.5), and for EdDSA as well (§5.10).
    pub(crate) const ECDSA_SIGN: Self = Self(64);

    /// The type that the keys of a scheme belong to.
    pub(crate) fn of_scheme(scheme: SignatureScheme) -> Option<Self> {
        match scheme.algorithm()? {
            SignatureAlgorithm::Ecdsa(..) | SignatureAlgorithm::Ed25519 => Some(Self::ECDSA_SIGN),
            SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(_) => Some(Self::RSA_SIGN),
            _ => None,
        }
    }
}

impl fmt::Display for ClientCertificateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::RSA_SIGN => f.write_str("rsa_sign"),
            Self::ECDSA_SIGN => f.write_str("ecdsa_sign"),
            Self(other) => write!(f, "{other}"),
        }
    }
}

/// The server asks the client for a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateRequestTls12<'a> {
    pub(crate) types: Vec<ClientCertificateType>,
    pub(crate) schemes: Vec<SignatureScheme>,
    /// DER names of authorities; none given: any will do.
    pub(crate) authorities: Vec<&'a [u8]>,
}

impl<'a> CertificateRequestTls12<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let types = r.u8_prefixed(1..=255, TYPES)?.iter().copied().map(ClientCertificateType).collect();
        let schemes = Reader::new(r.u16_prefixed(2..=0xfffe, SCHEMES)?).code_points(SignatureScheme, SCHEMES)?;
        let mut names = Reader::new(r.u16_prefixed(0..=0xffff, AUTHORITIES)?);
        r.finish("CertificateRequest")?;
        let authorities = names.list(|r| r.u16_prefixed(1..=0xffff, NAME))?;
        Ok(Self { types, schemes, authorities })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u8_prefixed(TYPES, |w| self.types.iter().for_each(|kind| w.u8(kind.0)));
        w.u16_prefixed(SCHEMES, |w| self.schemes.iter().for_each(|scheme| w.u16(scheme.0)));
        w.u16_prefixed(AUTHORITIES, |w| {
            for name in &self.authorities {
                w.u16_prefixed(NAME, |w| w.bytes(name));
            }
        });
    }
}
