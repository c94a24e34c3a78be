//! BER (X.690 §8) into DER, for containers alone: Windows, NSS and older Java write PKCS#12 and PKCS#7 with lengths that
//! are not said beforehand and strings in pieces. What is inside of certificates is not touched unless it is no DER.

use zeroize::Zeroizing;

use crate::ContainerError;

/// How deep elements may stand in one another. A PKCS#12 file has a dozen levels, a certificate in it as many more.
const MAX_DEPTH: usize = 64;

/// OCTET STRING in pieces, and whole.
const OCTETS_IN_PIECES: u8 = 0x24;
const OCTETS: u8 = 0x04;
const CONSTRUCTED: u8 = 0x20;

/// The one element of `ber`, as DER.
pub(super) fn to_der(ber: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let mut input = Input { rest: ber };
    let out = input
        .element(0)
        .ok_or_else(|| ContainerError::malformed("it is no BER: it is cut off, or a length is wrong"))?;
    match input.rest.is_empty() {
        true => Ok(out),
        false => Err(ContainerError::malformed("something follows its end")),
    }
}

/// Reads one element after the other.
struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn element(&mut self, depth: usize) -> Option<Zeroizing<Vec<u8>>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let tag = self.tag()?;
        let first = *tag.first()?;
        let is_constructed = first & CONSTRUCTED != 0;
        let content = match self.length()? {
            Some(length) => {
                let content = self.take(length)?;
                match is_constructed {
                    false => Zeroizing::new(content.to_vec()),
                    true => {
                        let mut inner = Input { rest: content };
                        inner.elements(first, depth, |inner| inner.rest.is_empty())?
                    }
                }
            }
            // X.690 §8.1.3.6: only where it is made of elements; two zero octets end it.
            None if is_constructed => {
                let content = self.elements(first, depth, |input| input.rest.starts_with(&[0, 0]))?;
                self.take(2)?;
                content
            }
            None => return None,
        };
        // One string out of its pieces.
        let tag = if first == OCTETS_IN_PIECES { &[OCTETS] } else { tag };
        Some(header(tag, &content))
    }

    /// The elements until `ended`; of a string in pieces, what they hold.
    fn elements(&mut self, of: u8, depth: usize, ended: impl Fn(&Self) -> bool) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(Vec::new());
        while !ended(self) {
            let element = self.element(depth + 1)?;
            match of {
                OCTETS_IN_PIECES => append(&mut out, asn1::parse_single::<&[u8]>(&element).ok()?),
                _ => append(&mut out, &element),
            }
        }
        Some(out)
    }

    /// Identifier octets (§8.1.2), at most six of them.
    fn tag(&mut self) -> Option<&'a [u8]> {
        let length = match *self.rest.first()? & 0x1f {
            0x1f => 2 + self.rest.iter().skip(1).take(5).position(|octet| octet & 0x80 == 0)?,
            _ => 1,
        };
        self.take(length)
    }

    /// Length octets (§8.1.3); `None` inside is the indefinite form.
    fn length(&mut self) -> Option<Option<usize>> {
        match *self.take(1)?.first()? {
            0x80 => Some(None),
            short @ ..0x80 => Some(Some(usize::from(short))),
            long => {
                let octets = self.take(usize::from(long & 0x7f))?;
                let length = octets
                    .iter()
                    .try_fold(0_usize, |length, octet| length.checked_mul(0x100)?.checked_add(usize::from(*octet)))?;
                Some(Some(length))
            }
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// It may be a private key, so that a vector that grows must not leave copies behind.
fn append(out: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if out.capacity() - out.len() < more.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((out.len() + more.len()).saturating_mul(2)));
        larger.extend_from_slice(out);
        *out = larger;
    }
    out.extend_from_slice(more);
}

/// `content` under `tag`, which may be longer than one octet.
fn header(tag: &[u8], content: &[u8]) -> Zeroizing<Vec<u8>> {
    let element = crate::der::element(0, &[content]);
    let mut out = Zeroizing::new(Vec::with_capacity(tag.len() + element.len()));
    out.extend_from_slice(tag);
    out.extend_from_slice(element.get(1..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_der_stays_as_it_is() {
        for der in [
            &[0x30, 0x03, 0x02, 0x01, 0x05][..],
            &[0x05, 0x00],
            &[0x04, 0x02, 0xff, 0x00],
            &[0x9f, 0x81, 0x01, 0x01, 7],
        ] {
            assert_eq!(to_der(der).unwrap().as_slice(), der);
        }
    }

    #[test]
    fn indefinite_lengths_and_pieces_are_put_together() {
        let ber = [0x30, 0x80, 0x24, 0x80, 0x04, 0x02, 1, 2, 0x04, 0x81, 0x01, 3, 0, 0, 0x02, 0x01, 5, 0, 0];
        assert_eq!(to_der(&ber).unwrap().as_slice(), [0x30, 0x08, 0x04, 0x03, 1, 2, 3, 0x02, 0x01, 5]);
    }

    #[test]
    fn broken_ber_is_refused() {
        let deep = [[0x30, 0x80].repeat(MAX_DEPTH + 2), [0, 0].repeat(MAX_DEPTH + 2)].concat();
        for bad in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x80, 0],
            &[0x04, 0x80, 0, 0],
            &[0x30, 0x05, 0],
            &[0x05, 0, 0],
            &deep,
        ] {
            assert!(to_der(bad).is_err(), "{bad:02x?}");
        }
        assert!(to_der(&[0x04, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
    }
}
