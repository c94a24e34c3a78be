//! Writing DER (X.690 §10), from the inside out: what is written may be a private key, so that every piece wipes itself.

use asn1::ObjectIdentifier;
use zeroize::Zeroizing;

/// A piece of DER.
pub(crate) type Der = Zeroizing<Vec<u8>>;

/// Tags of X.690 §8, with class and constructed bits.
pub(crate) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const BMP_STRING: u8 = 0x1e;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[n]`, constructed: how explicit tagging encodes.
    pub(crate) const fn explicit(n: u8) -> u8 {
        0xa0 | n
    }
}

/// NULL.
pub(crate) const NULL: &[u8] = &[0x05, 0x00];

/// One element; its content is the concatenation of `parts`.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Der {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let octets = length.to_be_bytes();
    let significant = octets.iter().position(|octet| *octet != 0).and_then(|first| octets.get(first..));
    // Room for all of it at once: a vector that grows leaves copies behind.
    let mut out = Zeroizing::new(Vec::with_capacity(length + 2 + octets.len()));
    out.push(tag);
    match significant {
        None => out.push(0),
        Some([short]) if *short < 0x80 => out.push(*short),
        Some(long) => {
            // At most eight octets of a length.
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(u8::MAX));
            out.extend_from_slice(long);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// A SEQUENCE of `parts`.
pub(crate) fn sequence(parts: &[&[u8]]) -> Der {
    element(tag::SEQUENCE, parts)
}

/// An object identifier.
pub(crate) fn oid(oid: &ObjectIdentifier) -> Der {
    element(tag::OID, &[oid.as_der()])
}

/// A non-negative INTEGER in its shortest form.
pub(crate) fn integer(value: u32) -> Der {
    let octets = [&[0], value.to_be_bytes().as_slice()].concat();
    // A leading zero stays where the sign would be lost without it, and one octet always.
    let first = octets.array_windows().position(|[this, next]| *this != 0 || *next >= 0x80).unwrap_or(octets.len() - 1);
    element(tag::INTEGER, &[octets.get(first..).unwrap_or_default()])
}

/// A BIT STRING of whole octets.
pub(crate) fn bits(octets: &[u8]) -> Der {
    element(tag::BIT_STRING, &[&[0], octets])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_by_a_strict_reader() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let content = vec![0xa5; length];
            let der = element(tag::OCTET_STRING, &[&content]);
            assert_eq!(asn1::parse_single::<&[u8]>(&der).unwrap(), content);
        }
        for value in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 600_000, u32::MAX] {
            assert_eq!(asn1::parse_single::<u32>(&integer(value)).unwrap(), value);
        }
    }
}
