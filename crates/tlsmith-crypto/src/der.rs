//! The little DER (X.690) that key files need: strict reading, and writing of a `SubjectPublicKeyInfo`.
//!
//! Certificates have a parser of their own in `tlsmith-x509`; this crate stands below it.

use crate::CryptoError;

/// Tags of X.690 §8, with class and constructed bits.
pub(crate) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const SEQUENCE: u8 = 0x30;

    /// `[n]`, constructed: how explicit tagging encodes.
    pub(crate) const fn explicit(n: u8) -> u8 {
        0xa0 | n
    }
}

/// Reads elements one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// A reader of the content of the only element in `input`, which is a SEQUENCE.
    pub(crate) fn of_sequence(input: &'a [u8]) -> Result<Self, CryptoError> {
        let mut outer = Self::new(input);
        let content = outer.take(tag::SEQUENCE)?;
        outer.end()?;
        Ok(Self::new(content))
    }

    /// The tag of the next element; `None` at the end.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element's content; its tag must be `expected`.
    pub(crate) fn take(&mut self, expected: u8) -> Result<&'a [u8], CryptoError> {
        let (header, content) = self.split()?;
        let (Some(&found), Some(after)) = (header.first(), self.rest.get(header.len() + content.len()..)) else {
            return Err(CryptoError::InvalidInput);
        };
        if found != expected {
            return Err(CryptoError::InvalidInput);
        }
        self.rest = after;
        Ok(content)
    }

    /// As [`Reader::take`], but the whole element, header included.
    pub(crate) fn take_whole(&mut self, expected: u8) -> Result<&'a [u8], CryptoError> {
        let before = self.rest;
        self.take(expected)?;
        before.get(..before.len() - self.rest.len()).ok_or(CryptoError::InvalidInput)
    }

    /// The next element's content if its tag is `expected`; `None`, and nothing read, if not.
    pub(crate) fn take_if(&mut self, expected: u8) -> Result<Option<&'a [u8]>, CryptoError> {
        if self.peek() == Some(expected) { self.take(expected).map(Some) } else { Ok(None) }
    }

    /// A non-negative INTEGER's magnitude, without the leading zero of its sign.
    pub(crate) fn take_unsigned(&mut self) -> Result<&'a [u8], CryptoError> {
        match self.take(tag::INTEGER)? {
            // X.690 §8.3.2: the first nine bits are not all zero.
            [0, second, ..] if *second < 0x80 => Err(CryptoError::InvalidInput),
            [0] => Ok(&[]),
            [0, magnitude @ ..] => Ok(magnitude),
            magnitude @ [first, ..] if *first < 0x80 => Ok(magnitude),
            _ => Err(CryptoError::InvalidInput),
        }
    }

    /// A BIT STRING of whole octets.
    pub(crate) fn take_octet_bits(&mut self) -> Result<&'a [u8], CryptoError> {
        whole_octets(self.take(tag::BIT_STRING)?)
    }

    /// Nothing may follow.
    pub(crate) fn end(self) -> Result<(), CryptoError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CryptoError::InvalidInput) }
    }

    /// Header and content of the next element. Definite lengths in their shortest form only (X.690 §10.1).
    fn split(&self) -> Result<(&'a [u8], &'a [u8]), CryptoError> {
        let (header_len, len) = match self.rest {
            [_, len, ..] if *len < 0x80 => (2, usize::from(*len)),
            [_, 0x81, len, ..] if *len >= 0x80 => (3, usize::from(*len)),
            [_, 0x82, high, low, ..] if *high > 0 => (4, usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return Err(CryptoError::InvalidInput),
        };
        let (header, body) = self.rest.split_at_checked(header_len).ok_or(CryptoError::InvalidInput)?;
        Ok((header, body.get(..len).ok_or(CryptoError::InvalidInput)?))
    }
}

/// The content of a BIT STRING whose number of unused bits is zero.
pub(crate) fn whole_octets(content: &[u8]) -> Result<&[u8], CryptoError> {
    match content {
        [0, octets @ ..] => Ok(octets),
        _ => Err(CryptoError::InvalidInput),
    }
}

/// Writes one element; its content is the concatenation of `parts`, less than 2^16 bytes together.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Result<Vec<u8>, CryptoError> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let [high, low] = u16::try_from(len).map_err(|_| CryptoError::InvalidInput)?.to_be_bytes();
    let mut out = Vec::with_capacity(4 + len);
    out.push(tag);
    match (high, low) {
        (0, 0..0x80) => out.push(low),
        (0, _) => out.extend_from_slice(&[0x81, low]),
        _ => out.extend_from_slice(&[0x82, high, low]),
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_round_trip_at_every_form() {
        for len in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff] {
            let content = vec![0xa5; len];
            let der = element(tag::OCTET_STRING, &[&content]).unwrap();
            let mut reader = Reader::new(&der);
            assert_eq!(reader.take(tag::OCTET_STRING).unwrap(), content);
            reader.end().unwrap();
            // A byte short, or a byte over.
            assert!(Reader::new(&der[..der.len() - 1]).take(tag::OCTET_STRING).is_err());
        }
        assert!(element(tag::OCTET_STRING, &[&vec![0; 0x1_0000]]).is_err());
    }

    #[test]
    fn long_forms_and_indefinite_lengths_are_refused() {
        for bad in
            [&[0x04, 0x81, 0x01, 0xff][..], &[0x04, 0x82, 0x00, 0x01, 0xff], &[0x04, 0x80, 0x00, 0x00], &[0x04], &[]]
        {
            assert!(Reader::new(bad).take(tag::OCTET_STRING).is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        let read = |der: &[u8]| Reader::new(der).take_unsigned().map(<[u8]>::to_vec);
        assert_eq!(read(&[2, 1, 0]), Ok(vec![]));
        assert_eq!(read(&[2, 1, 5]), Ok(vec![5]));
        assert_eq!(read(&[2, 2, 0, 0x80]), Ok(vec![0x80]));
        for bad in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 0x7f], &[3, 1, 0]] {
            assert_eq!(read(bad), Err(CryptoError::InvalidInput), "{bad:02x?}");
        }
    }

    #[test]
    fn a_wrong_tag_reads_nothing() {
        let mut reader = Reader::new(&[4, 1, 9]);
        assert!(reader.take(tag::INTEGER).is_err());
        assert_eq!(reader.take_if(tag::INTEGER), Ok(None));
        assert_eq!(reader.take_whole(tag::OCTET_STRING), Ok(&[4, 1, 9][..]));
    }
}
