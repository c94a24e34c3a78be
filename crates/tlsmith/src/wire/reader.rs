//! Reading: a cursor over borrowed bytes that never goes past their end.

use std::ops::RangeInclusive;

use super::{Malformed, Problem};

/// What is left to read. Every method takes the name of the field that it reads, for the error.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes all that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// The end must be here.
    pub(crate) const fn finish(&self, what: &'static str) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::new(what, Problem::Trailing)) }
    }

    pub(crate) fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Malformed::new(what, Problem::Truncated))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed::new(what, Problem::Truncated))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        self.array(what).map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        self.array(what).map(u16::from_be_bytes)
    }

    pub(crate) fn u24(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_be_bytes)
    }

    /// `opaque what<range>` with a length of one byte.
    pub(crate) fn u8_prefixed(
        &mut self,
        range: RangeInclusive<usize>,
        what: &'static str,
    ) -> Result<&'a [u8], Malformed> {
        let len = usize::from(self.u8(what)?);
        self.ranged(len, range, what)
    }

    /// `opaque what<range>` with a length of two bytes.
    pub(crate) fn u16_prefixed(
        &mut self,
        range: RangeInclusive<usize>,
        what: &'static str,
    ) -> Result<&'a [u8], Malformed> {
        let len = usize::from(self.u16(what)?);
        self.ranged(len, range, what)
    }

    /// `opaque what<range>` with a length of three bytes.
    pub(crate) fn u24_prefixed(
        &mut self,
        range: RangeInclusive<usize>,
        what: &'static str,
    ) -> Result<&'a [u8], Malformed> {
        // A length that does not fit into `usize` cannot be there either.
        let len = usize::try_from(self.u24(what)?).unwrap_or(usize::MAX);
        self.ranged(len, range, what)
    }

    /// "A length outside of the vector's range is a syntax error" (RFC 8446 §3.4, §6).
    fn ranged(&mut self, len: usize, range: RangeInclusive<usize>, what: &'static str) -> Result<&'a [u8], Malformed> {
        if !range.contains(&len) {
            let problem = if len == 0 { Problem::Empty } else { Problem::BadLength };
            return Err(Malformed::new(what, problem));
        }
        self.take(len, what)
    }

    /// Everything left as a list of two-byte code points.
    pub(crate) fn code_points<T>(&mut self, make: fn(u16) -> T, what: &'static str) -> Result<Vec<T>, Malformed> {
        let (pairs, odd) = self.rest().as_chunks::<2>();
        if !odd.is_empty() {
            return Err(Malformed::new(what, Problem::BadLength));
        }
        Ok(pairs.iter().map(|pair| make(u16::from_be_bytes(*pair))).collect())
    }

    /// Everything left as a list of elements that `element` reads one by one.
    pub(crate) fn list<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        /// As many as most lists have, so that they need not grow; an element has one byte at least.
        const USUAL: usize = 16;
        let mut elements = Vec::with_capacity(self.rest.len().min(USUAL));
        while !self.is_empty() {
            elements.push(element(self)?);
        }
        Ok(elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_integers_in_network_order() {
        let mut r = Reader::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(r.u8("a"), Ok(1));
        assert_eq!(r.u16("b"), Ok(0x0203));
        assert_eq!(r.u24("c"), Ok(0x0004_0506));
        assert_eq!(r.u32("d"), Ok(0x0708_090a));
        assert_eq!(r.finish("e"), Ok(()));
        assert_eq!(r.u8("f"), Err(Malformed::new("f", Problem::Truncated)));
    }

    #[test]
    fn a_length_is_judged_before_the_bytes_are_taken() {
        assert_eq!(Reader::new(&[0]).u8_prefixed(1..=2, "x"), Err(Malformed::new("x", Problem::Empty)));
        assert_eq!(Reader::new(&[3, 0, 0, 0]).u8_prefixed(1..=2, "x"), Err(Malformed::new("x", Problem::BadLength)));
        assert_eq!(Reader::new(&[0, 2, 9]).u16_prefixed(1..=2, "x"), Err(Malformed::new("x", Problem::Truncated)));
        assert_eq!(Reader::new(&[0, 0, 1, 9]).u24_prefixed(1..=2, "x"), Ok(&[9][..]));
    }

    #[test]
    fn half_a_code_point_is_no_code_point() {
        assert_eq!(Reader::new(&[0, 1, 2, 3]).code_points(|v| v, "x"), Ok(vec![1, 0x0203]));
        assert_eq!(Reader::new(&[0, 1, 2]).code_points(|v| v, "x"), Err(Malformed::new("x", Problem::BadLength)));
    }
}
