//! What CRLs and OCSP responses have in common with certificates: a part that is signed, how, and the signature.

use crate::ParseError;
use crate::der::algorithm::{AlgorithmIdentifier, SignedWith};
use crate::der::{Span, read};
use asn1::{BitString, Parser, Tlv};

/// Where the signed part and its signature stand in the bytes of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) part: Span,
    pub(crate) with: SignedWith,
    pub(crate) signature: Span,
}

/// The elements as they come, not looked into.
pub(super) struct Envelope<'a> {
    pub(super) part: Tlv<'a>,
    /// The DER of the AlgorithmIdentifier.
    pub(super) algorithm: Tlv<'a>,
    signature: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// The three elements that every signed structure begins with.
    pub(super) fn read(p: &mut Parser<'a>, part: &'static str) -> Result<Self, ParseError> {
        let part = read::<Tlv<'a>>(p, part)?;
        let algorithm = read::<Tlv<'a>>(p, "signatureAlgorithm")?;
        let signature = read::<BitString<'a>>(p, "signature")?;
        if signature.padding_bits() != 0 {
            return Err(ParseError::new("signature", "it is not a whole number of octets"));
        }
        Ok(Self { part, algorithm, signature: signature.as_bytes() })
    }

    /// What is kept of it; `whole` is what it was read from.
    pub(super) fn keep(&self, whole: &[u8]) -> Result<Signed, ParseError> {
        let identifier = AlgorithmIdentifier::from_der(self.algorithm.full_data(), "signatureAlgorithm")?;
        Ok(Signed {
            part: Span::of(whole, self.part.full_data()),
            with: SignedWith::parse(&identifier),
            signature: Span::of(whole, self.signature),
        })
    }
}

/// `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }`, as in certificates.
pub(super) fn extension<'a>(
    tlv: &Tlv<'a>,
    field: &'static str,
) -> Result<(asn1::ObjectIdentifier, bool, &'a [u8]), ParseError> {
    crate::der::sequence(tlv.full_data(), field, |p| {
        let id = read::<asn1::ObjectIdentifier>(p, field)?;
        let critical = read::<Option<bool>>(p, field)?.unwrap_or(false);
        Ok((id, critical, read::<&'a [u8]>(p, field)?))
    })
}
