//! Writing DER: what is asked of responders, and names that are put together to be compared.

/// SEQUENCE, constructed.
pub(crate) const SEQUENCE: u8 = 0x30;
/// OCTET STRING.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// INTEGER.
pub(crate) const INTEGER: u8 = 0x02;

/// One element with `parts`, one after the other, as its content.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(2 + size_of::<usize>() + length);
    out.push(tag);
    put_length(&mut out, length);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// X.690 §10.1: the short form up to 127, else the fewest octets.
fn put_length(out: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|octet| **octet == 0).count();
            let significant = octets.get(zeros..).unwrap_or_default();
            // At most eight octets, so that the count fits into the low bits.
            out.push(0x80 | u8::try_from(significant.len()).unwrap_or(0x7f));
            out.extend_from_slice(significant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_der() {
        for (length, head) in [
            (0, &[0x30, 0][..]),
            (127, &[0x30, 127]),
            (128, &[0x30, 0x81, 128]),
            (256, &[0x30, 0x82, 1, 0]),
            (65_536, &[0x30, 0x83, 1, 0, 0]),
        ] {
            let content = vec![7; length];
            let out = element(SEQUENCE, &[&content]);
            assert_eq!(out, [head, &content].concat());
            assert!(asn1::parse_single::<asn1::Sequence<'_>>(&out).is_ok() || length > 0);
        }
        assert_eq!(element(OCTET_STRING, &[b"a", b"", b"bc"]), b"\x04\x03abc");
    }
}
