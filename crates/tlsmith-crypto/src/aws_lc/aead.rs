//! AEAD with a nonce that the caller chooses, as the record layer does (RFC 8446 §5.3).

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use crate::{AeadAlgorithm, AeadKey, CryptoError, NONCE_LEN, TAG_LEN, Tag, rust_crypto::ccm};

struct Key(LessSafeKey);

pub(super) fn key(algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
    let algorithm = match algorithm {
        AeadAlgorithm::Aes128Gcm => &AES_128_GCM,
        AeadAlgorithm::Aes256Gcm => &AES_256_GCM,
        AeadAlgorithm::ChaCha20Poly1305 => &CHACHA20_POLY1305,
        AeadAlgorithm::Aes128Ccm | AeadAlgorithm::Aes256Ccm | AeadAlgorithm::Aes128Ccm8 | AeadAlgorithm::Aes256Ccm8 => {
            return ccm::key(algorithm, key);
        }
    };
    let unbound = UnboundKey::new(algorithm, key).map_err(|_| CryptoError::InvalidInput)?;
    Ok(Box::new(Key(LessSafeKey::new(unbound))))
}

impl AeadKey for Key {
    fn tag_len(&self) -> usize {
        // Of every algorithm above.
        TAG_LEN
    }

    fn seal(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<Tag, CryptoError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let tag =
            self.0.seal_in_place_separate_tag(nonce, Aad::from(aad), in_out).map_err(|_| CryptoError::InvalidInput)?;
        let bytes: [u8; TAG_LEN] = tag.as_ref().try_into().map_err(|_| CryptoError::Backend)?;
        Ok(Tag::from(bytes))
    }

    fn open(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<usize, CryptoError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plaintext = self.0.open_in_place(nonce, Aad::from(aad), in_out).map_err(|_| CryptoError::Rejected)?;
        Ok(plaintext.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_util::hex;

    /// All that the provider has, with those of RustCrypto.
    const ALL: [AeadAlgorithm; 7] = [
        AeadAlgorithm::Aes128Gcm,
        AeadAlgorithm::Aes256Gcm,
        AeadAlgorithm::ChaCha20Poly1305,
        AeadAlgorithm::Aes128Ccm,
        AeadAlgorithm::Aes256Ccm,
        AeadAlgorithm::Aes128Ccm8,
        AeadAlgorithm::Aes256Ccm8,
    ];

    fn known(algorithm: AeadAlgorithm, k: &str, nonce: &str, aad: &str, plain: &str, sealed: &str) {
        let (nonce, aad, plain, sealed) = (hex(nonce), hex(aad), hex(plain), hex(sealed));
        let nonce: [u8; NONCE_LEN] = nonce.try_into().unwrap();
        let key = key(algorithm, &hex(k)).unwrap();
        let mut buffer = plain.clone();
        let tag = key.seal(&nonce, &aad, &mut buffer).unwrap();
        buffer.extend_from_slice(tag.as_ref());
        assert_eq!(buffer, sealed);
        let len = key.open(&nonce, &aad, &mut buffer).unwrap();
        assert_eq!(&buffer[..len], plain);
    }

    /// Test case 4 of "The Galois/Counter Mode of Operation" (McGrew, Viega), the submission to NIST.
    #[test]
    fn aes_128_gcm_test_case_4() {
        known(
            AeadAlgorithm::Aes128Gcm,
            "feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
             21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091
             5bc94fbc3221a5db94fae95ae7121a47",
        );
    }

    /// Test case 16 of the same.
    #[test]
    fn aes_256_gcm_test_case_16() {
        known(
            AeadAlgorithm::Aes256Gcm,
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
             76fc6ece0f4e1768cddf8853bb2d551b",
        );
    }

    /// RFC 8439 §2.8.2.
    #[test]
    fn chacha20_poly1305_rfc8439() {
        known(
            AeadAlgorithm::ChaCha20Poly1305,
            "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
            "070000004041424344454647",
            "50515253c0c1c2c3c4c5c6c7",
            "4c616469657320616e642047656e746c656d656e206f662074686520636c6173
             73206f66202739393a204966204920636f756c64206f6666657220796f75206f
             6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73
             637265656e20776f756c642062652069742e",
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
             3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
             92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
             3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691",
        );
    }

    #[test]
    fn keys_of_another_length_are_refused() {
        for algorithm in ALL {
            for len in 0..=64 {
                assert_eq!(key(algorithm, &vec![1; len]).is_ok(), len == algorithm.key_len(), "{algorithm:?} {len}");
            }
        }
    }

    #[test]
    fn shorter_than_a_tag_is_rejected() {
        for algorithm in ALL {
            let key = key(algorithm, &vec![1; algorithm.key_len()]).unwrap();
            assert_eq!(key.tag_len(), algorithm.tag_len());
            for len in 0..algorithm.tag_len() {
                assert_eq!(key.open(&[0; NONCE_LEN], &[], &mut vec![0; len]), Err(CryptoError::Rejected));
            }
        }
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_rejected(
            which in 0..ALL.len(), plain in proptest::collection::vec(any::<u8>(), 0..80),
            aad in proptest::collection::vec(any::<u8>(), 0..20), at: proptest::sample::Index, bit in 0..8_u8,
        ) {
            let key = key(ALL[which], &vec![0x42; ALL[which].key_len()]).unwrap();
            let nonce = [9; NONCE_LEN];
            let mut sealed = plain.clone();
            let tag = key.seal(&nonce, &aad, &mut sealed).unwrap();
            sealed.extend_from_slice(tag.as_ref());

            let mut good = sealed.clone();
            let len = key.open(&nonce, &aad, &mut good).unwrap();
            prop_assert_eq!(&good[..len], &plain[..]);

            let mut bad = sealed.clone();
            let place = at.index(bad.len());
            bad[place] ^= 1 << bit;
            prop_assert_eq!(key.open(&nonce, &aad, &mut bad), Err(CryptoError::Rejected));
            prop_assert_eq!(key.open(&[8; NONCE_LEN], &aad, &mut sealed.clone()), Err(CryptoError::Rejected));
            let mut other = aad.clone();
            other.push(0);
            prop_assert_eq!(key.open(&nonce, &other, &mut sealed), Err(CryptoError::Rejected));
        }
    }
}
