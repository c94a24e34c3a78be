//! What DER is, told by its outermost elements.

use asn1::{Parser, Tlv};

/// What a piece of DER looks like. Whether it is that, its own parser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Certificate,
    Request,
    Crl,
    Key,
    EncryptedKey,
    Pkcs12,
    Pkcs7,
    /// A SEQUENCE of something else, or none.
    Other,
}

// Tags, X.690 §8.
const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xa0;
const CONTEXT_1: u8 = 0xa1;

/// Looks at `der`.
pub(super) fn of(der: &[u8]) -> Kind {
    let Some(outer) = elements(der) else { return Kind::Other };
    match outer.as_slice() {
        // RFC 7292 §4: version 3 and a ContentInfo. A private key has version 0 or 1, and an AlgorithmIdentifier there.
        [(INTEGER, version), (SEQUENCE, _), ..] if version.data() == [3] => Kind::Pkcs12,
        [(INTEGER, _), ..] => Kind::Key,
        [(OID, _), (CONTEXT_0, _)] => Kind::Pkcs7,
        [(SEQUENCE, _), (OCTET_STRING, _)] => Kind::EncryptedKey,
        [(SEQUENCE, signed), (SEQUENCE, _), (BIT_STRING, _)] => of_signed(signed.full_data()),
        _ => Kind::Other,
    }
}

/// Certificate, request or CRL, by what is signed.
fn of_signed(der: &[u8]) -> Kind {
    let Some(inner) = elements(der) else { return Kind::Other };
    let tags: Vec<u8> = inner.iter().map(|(tag, _)| *tag).collect();
    match tags.as_slice() {
        // RFC 5280 §5.1.2: version where it is 2, algorithm, issuer, time.
        [INTEGER, SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..]
        | [SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..] => Kind::Crl,
        // RFC 2986 §4.1: version, subject, key, attributes.
        [INTEGER, SEQUENCE, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0] => Kind::Request,
        // RFC 5280 §4.1: version where it is not 1, serial number, algorithm, issuer.
        [CONTEXT_0, INTEGER, SEQUENCE, SEQUENCE, ..] | [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, ..] => {
            Kind::Certificate
        }
        [CONTEXT_0 | CONTEXT_1, ..] => Kind::Other,
        // Broken ones are most likely meant to be certificates, whose parser says what is wrong.
        _ => Kind::Certificate,
    }
}

/// The elements of the SEQUENCE that `der` is, the first of them.
fn elements(der: &[u8]) -> Option<Vec<(u8, Tlv<'_>)>> {
    /// More are not needed to tell.
    const ENOUGH: usize = 8;
    let read = |p: &mut Parser<'_>| -> Result<usize, asn1::ParseError> {
        let mut count = 0;
        while !p.is_empty() {
            p.read_element::<Tlv<'_>>()?;
            count += 1;
        }
        Ok(count)
    };
    let sequence = asn1::parse_single::<asn1::Sequence<'_>>(der).ok()?;
    // All of it has to be elements, few of which are kept.
    let count = asn1::parse_single::<asn1::Sequence<'_>>(der).ok()?.parse(read).ok()?;
    let parsed = sequence.parse(|p| {
        let mut out = Vec::new();
        for _ in 0..count {
            let element = p.read_element::<Tlv<'_>>()?;
            if out.len() < ENOUGH {
                out.push((element.tag().as_u8().unwrap_or(0), element));
            }
        }
        Ok::<_, asn1::ParseError>(out)
    });
    parsed.ok()
}
