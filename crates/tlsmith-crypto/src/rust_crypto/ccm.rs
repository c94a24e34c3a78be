//! AES-CCM and AES-CCM_8 (RFC 3610, RFC 5116 §5.3, RFC 6655 §6), which `aws-lc-rs` does not offer.

use aes::{Aes128, Aes256};
use ccm::{
    AeadInOut, Ccm, KeyInit,
    aead::array::Array,
    consts::{U8, U12, U16},
};

use crate::{AeadAlgorithm, AeadKey, CryptoError, NONCE_LEN, Tag};

/// A key of one of the four instances.
struct Key<C>(C);

/// An instance of CCM with the nonce of TLS: its length field of 3 bytes holds 2^24 - 1, more than any record.
trait Instance: AeadInOut<NonceSize = U12> + Send + Sync {
    const TAG_LEN: usize;

    fn tag(tag: ccm::Tag<Self::TagSize>) -> Tag;
}

impl Instance for Ccm<Aes128, U16, U12> {
    const TAG_LEN: usize = AeadAlgorithm::Aes128Ccm.tag_len();

    fn tag(tag: ccm::Tag<U16>) -> Tag {
        Tag::from(tag.0)
    }
}

impl Instance for Ccm<Aes256, U16, U12> {
    const TAG_LEN: usize = AeadAlgorithm::Aes256Ccm.tag_len();

    fn tag(tag: ccm::Tag<U16>) -> Tag {
        Tag::from(tag.0)
    }
}

impl Instance for Ccm<Aes128, U8, U12> {
    const TAG_LEN: usize = AeadAlgorithm::Aes128Ccm8.tag_len();

    fn tag(tag: ccm::Tag<U8>) -> Tag {
        Tag::from(tag.0)
    }
}

impl Instance for Ccm<Aes256, U8, U12> {
    const TAG_LEN: usize = AeadAlgorithm::Aes256Ccm8.tag_len();

    fn tag(tag: ccm::Tag<U8>) -> Tag {
        Tag::from(tag.0)
    }
}

/// A key for `algorithm`, if that is CCM.
pub(crate) fn key(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
    match algorithm {
        AeadAlgorithm::Aes128Ccm => ready::<Ccm<Aes128, U16, U12>>(key),
        AeadAlgorithm::Aes256Ccm => ready::<Ccm<Aes256, U16, U12>>(key),
        AeadAlgorithm::Aes128Ccm8 => ready::<Ccm<Aes128, U8, U12>>(key),
        AeadAlgorithm::Aes256Ccm8 => ready::<Ccm<Aes256, U8, U12>>(key),
        AeadAlgorithm::Aes128Gcm | AeadAlgorithm::Aes256Gcm | AeadAlgorithm::ChaCha20Poly1305 => {
            Err(CryptoError::Unsupported)
        }
    }
}

fn ready<C: Instance + KeyInit + 'static>(key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
    let key = C::new_from_slice(key).map_err(|_| CryptoError::InvalidInput)?;
    Ok(Box::new(Key(key)))
}

impl<C: Instance> AeadKey for Key<C> {
    fn tag_len(&self) -> usize {
        C::TAG_LEN
    }

    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<Tag, CryptoError> {
        let tag = self.0.encrypt_inout_detached(nonce.into(), aad, in_out.into());
        tag.map(C::tag).map_err(|_| CryptoError::InvalidInput)
    }

    fn open(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<usize, CryptoError> {
        let len = in_out.len().checked_sub(C::TAG_LEN).ok_or(CryptoError::Rejected)?;
        let (text, tag) = in_out.split_at_mut_checked(len).ok_or(CryptoError::Rejected)?;
        let tag: &Array<u8, C::TagSize> = (&*tag).try_into().map_err(|_| CryptoError::Rejected)?;
        self.0.decrypt_inout_detached(nonce.into(), aad, text.into(), tag).map_err(|_| CryptoError::Rejected)?;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use ccm::consts::U13;

    use super::*;
    use crate::test_util::hex;

    const NONCE: &str = "101112131415161718191a1b";

    fn known(algorithm: AeadAlgorithm, aad: &str, plain: &[u8], sealed: &str) {
        let bytes: Vec<u8> = (0x40..).take(algorithm.key_len()).collect();
        let key = key(algorithm, &bytes).unwrap();
        let nonce: [u8; NONCE_LEN] = hex(NONCE).try_into().unwrap();
        let mut buffer = plain.to_vec();
        let tag = key.seal(&nonce, &hex(aad), &mut buffer).unwrap();
        assert_eq!((tag.as_ref().len(), key.tag_len()), (algorithm.tag_len(), algorithm.tag_len()));
        buffer.extend_from_slice(tag.as_ref());
        assert_eq!(buffer, hex(sealed), "{algorithm:?}");
        let len = key.open(&nonce, &hex(aad), &mut buffer).unwrap();
        assert_eq!(&buffer[..len], plain);
    }

    /// NIST SP 800-38C, Example 3: the nonce of 12 bytes and the tag of 8 are those of TLS.
    #[test]
    fn nist_sp_800_38c_example_3() {
        known(
            AeadAlgorithm::Aes128Ccm8,
            "000102030405060708090a0b0c0d0e0f10111213",
            &(0x20..0x38).collect::<Vec<u8>>(),
            "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951",
        );
    }

    /// The four instances as TLS uses them, computed with OpenSSL.
    #[test]
    fn with_the_additional_data_of_a_record() {
        let plain: Vec<u8> = (0x20..0x45).collect();
        for (algorithm, sealed) in [
            (
                AeadAlgorithm::Aes128Ccm8,
                "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5541bd1d416fa0ce3ec37af206ec9af8c1b12d662bc",
            ),
            (
                AeadAlgorithm::Aes128Ccm,
                "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5541bd1d416fa0ce3ec37af206e\
                 782439ff31f09fe0b8f96ee81bedd9b3",
            ),
            (
                AeadAlgorithm::Aes256Ccm8,
                "04f883aeb3bd0730eaf50bb6de4fa2212034e4e41b0e75e577f6bf2422c0f6d266a55d0cdde0ae651830ac8c73",
            ),
            (
                AeadAlgorithm::Aes256Ccm,
                "04f883aeb3bd0730eaf50bb6de4fa2212034e4e41b0e75e577f6bf2422c0f6d266a55d0cdd\
                 a3fb931893018b561a45720ed62e59b1",
            ),
        ] {
            known(algorithm, "00000000000000001703030015", &plain, sealed);
        }
    }

    /// RFC 3610 §8, packet vector 1. Its nonce of 13 bytes is not ours, so this asks the crate itself.
    #[test]
    fn rfc3610_packet_vector_1() {
        let cipher = Ccm::<Aes128, U8, U13>::new_from_slice(&hex("c0c1c2c3c4c5c6c7c8c9cacbcccdcecf")).unwrap();
        let nonce: [u8; 13] = hex("00000003020100a0a1a2a3a4a5").try_into().unwrap();
        let mut buffer: Vec<u8> = (0x08..=0x1e).collect();
        let aad: Vec<u8> = (0..8).collect();
        let tag = cipher.encrypt_inout_detached((&nonce).into(), &aad, buffer.as_mut_slice().into()).unwrap();
        buffer.extend_from_slice(&tag);
        assert_eq!(buffer, hex("588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"));
    }

    #[test]
    fn other_algorithms_are_not_made_here() {
        for algorithm in [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305] {
            let made = key(algorithm, &vec![0; algorithm.key_len()]);
            assert_eq!(made.err(), Some(CryptoError::Unsupported));
        }
    }

    /// A tag cut to the length of CCM_8 is no tag of CCM, and the other way round: the length is part of the MAC.
    #[test]
    fn tags_of_both_lengths_do_not_mix() {
        let long = key(AeadAlgorithm::Aes128Ccm, &[7; 16]).unwrap();
        let short = key(AeadAlgorithm::Aes128Ccm8, &[7; 16]).unwrap();
        let mut buffer = b"text".to_vec();
        let tag = long.seal(&[1; NONCE_LEN], b"", &mut buffer).unwrap();
        buffer.extend_from_slice(&tag.as_ref()[..8]);
        assert_eq!(short.open(&[1; NONCE_LEN], b"", &mut buffer.clone()), Err(CryptoError::Rejected));
        assert_eq!(long.open(&[1; NONCE_LEN], b"", &mut buffer), Err(CryptoError::Rejected));
    }
}
