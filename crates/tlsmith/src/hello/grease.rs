//! Reserved values that keep servers tolerant of what they do not know (RFC 8701).

use tlsmith_crypto::{CryptoError, Provider};

/// The values of one connection: drawn once, so that a second ClientHello repeats the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grease {
    pub(crate) suite: u16,
    pub(crate) group: u16,
    pub(crate) scheme: u16,
    pub(crate) version: u16,
    pub(crate) first_extension: u16,
    pub(crate) last_extension: u16,
}

impl Grease {
    pub(crate) fn draw(provider: &dyn Provider) -> Result<Self, CryptoError> {
        let mut seed = [0; 6];
        provider.random(&mut seed)?;
        let [suite, group, scheme, version, first, last] = seed.map(reserved);
        // Two extensions of one type are prohibited.
        let last = if last == first { last ^ 0x1010 } else { last };
        Ok(Self { suite, group, scheme, version, first_extension: first, last_extension: last })
    }
}

/// One of 0x0a0a, 0x1a1a, ... 0xfafa.
fn reserved(seed: u8) -> u16 {
    let byte = u16::from(seed & 0xf0 | 0x0a);
    byte << 8 | byte
}

#[cfg(test)]
mod tests {
    use super::reserved;

    #[test]
    fn every_seed_gives_a_value_of_rfc_8701() {
        for seed in 0..=255 {
            assert!(crate::registry::CipherSuite(reserved(seed)).is_grease());
        }
    }
}
