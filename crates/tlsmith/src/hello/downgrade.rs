//! The downgrade sentinels (RFC 8446 §4.1.3): the last eight bytes of a ServerHello's random, by which a server says that
//! it could have done better.

/// A server of TLS 1.3 negotiates TLS 1.2.
const TO_TLS12: [u8; 8] = *b"DOWNGRD\x01";
/// A server of TLS 1.2 or later negotiates TLS 1.1 or below.
const TO_TLS11: [u8; 8] = *b"DOWNGRD\x00";

/// Marks the random of a server that speaks TLS 1.3 and answers with TLS 1.2.
pub(crate) fn mark(random: &mut [u8; 32]) {
    for (byte, mark) in random.iter_mut().rev().zip(TO_TLS12.iter().rev()) {
        *byte = *mark;
    }
}

/// Whether the random says that its server could have done better.
pub(crate) fn is_marked(random: &[u8; 32]) -> bool {
    random.ends_with(&TO_TLS12) || random.ends_with(&TO_TLS11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_at_the_end() {
        let mut random = [7; 32];
        assert!(!is_marked(&random));
        mark(&mut random);
        assert!(is_marked(&random));
        assert_eq!(random, *b"\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07\x07DOWNGRD\x01");
    }
}
