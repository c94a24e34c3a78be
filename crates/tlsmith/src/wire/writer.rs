//! Writing: length prefixes are scopes, so that no length is ever computed by hand.

/// A field that got longer than its length prefix can say. Ours is the mistake, not the peer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong {
    /// The field, as the RFC names it.
    pub(crate) what: &'static str,
}

/// Appends to a buffer of the caller.
pub(crate) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    too_long: Option<TooLong>,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start, too_long: None }
    }

    /// Tells whether every length fitted. If one did not, what was written is taken back.
    pub(crate) fn finish(self) -> Result<(), TooLong> {
        match self.too_long {
            None => Ok(()),
            Some(error) => {
                self.out.truncate(self.start);
                Err(error)
            }
        }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes(&value.to_be_bytes());
    }

    /// The low 24 bits; a value that has more is reported as too long.
    pub(crate) fn u24(&mut self, value: u32, what: &'static str) {
        let [high, rest @ ..] = value.to_be_bytes();
        if high != 0 {
            self.too_long.get_or_insert(TooLong { what });
        }
        self.bytes(&rest);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    /// A vector with a length of one byte.
    pub(crate) fn u8_prefixed(&mut self, what: &'static str, content: impl FnOnce(&mut Self)) {
        self.prefixed::<1>(what, content);
    }

    /// A vector with a length of two bytes.
    pub(crate) fn u16_prefixed(&mut self, what: &'static str, content: impl FnOnce(&mut Self)) {
        self.prefixed::<2>(what, content);
    }

    /// A vector with a length of three bytes.
    pub(crate) fn u24_prefixed(&mut self, what: &'static str, content: impl FnOnce(&mut Self)) {
        self.prefixed::<3>(what, content);
    }

    fn prefixed<const N: usize>(&mut self, what: &'static str, content: impl FnOnce(&mut Self)) {
        let at = self.out.len();
        self.bytes(&[0; N]);
        content(self);
        let body = self.out.len().saturating_sub(at).saturating_sub(N) as u64;
        if body >> (8 * N) != 0 {
            self.too_long.get_or_insert(TooLong { what });
        }
        // The low N bytes of the length, big endian, into the place that was kept for them.
        for (place, byte) in self.out.iter_mut().skip(at).zip(body.to_be_bytes().iter().skip(8 - N)) {
            *place = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_nest() {
        let mut out = vec![0xff];
        let mut w = Writer::new(&mut out);
        w.u24_prefixed("outer", |w| {
            w.u8(1);
            w.u16_prefixed("inner", |w| w.bytes(&[7; 258]));
            w.u8_prefixed("empty", |_| ());
        });
        w.u32(0x0102_0304);
        assert_eq!(w.finish(), Ok(()));
        let mut expected = vec![0xff, 0, 1, 6, 1, 1, 2];
        expected.extend_from_slice(&[7; 258]);
        expected.extend_from_slice(&[0, 1, 2, 3, 4]);
        assert_eq!(out, expected);
    }

    #[test]
    fn a_number_of_24_bits_is_one() {
        let mut out = Vec::new();
        let mut w = Writer::new(&mut out);
        w.u24(0xff_ffff, "x");
        w.u24(0x0102, "x");
        assert_eq!(w.finish(), Ok(()));
        assert_eq!(out, [0xff, 0xff, 0xff, 0, 1, 2]);
        let mut w = Writer::new(&mut out);
        w.u24(0x100_0000, "x");
        assert_eq!(w.finish(), Err(TooLong { what: "x" }));
    }

    #[test]
    fn what_does_not_fit_is_reported_and_taken_back() {
        let mut out = vec![1, 2];
        let mut w = Writer::new(&mut out);
        w.u8(3);
        w.u8_prefixed("x", |w| w.bytes(&[0; 256]));
        w.u8_prefixed("y", |w| w.bytes(&[0; 255]));
        assert_eq!(w.finish(), Err(TooLong { what: "x" }));
        assert_eq!(out, [1, 2]);
    }
}
