//! Block ciphers in CBC mode with the padding of RFC 8018 §6.1.1, as key files have them.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use cbc::Decryptor;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use zeroize::Zeroizing;

/// A block cipher and the length of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    /// Three keys.
    TripleDes,
    /// The third key is the first.
    TwoKeyTripleDes,
    Des,
    /// 40 bits.
    Rc2With40,
    /// 128 bits.
    Rc2With128,
}

impl Cipher {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Aes128 => "AES-128-CBC",
            Self::Aes192 => "AES-192-CBC",
            Self::Aes256 => "AES-256-CBC",
            Self::TripleDes => "3DES-CBC",
            Self::TwoKeyTripleDes => "3DES-CBC with two keys",
            Self::Des => "DES-CBC",
            Self::Rc2With40 => "RC2-CBC with 40 bits",
            Self::Rc2With128 => "RC2-CBC with 128 bits",
        }
    }

    pub(crate) fn key_len(self) -> usize {
        match self {
            Self::Aes128 | Self::TwoKeyTripleDes | Self::Rc2With128 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Des => 8,
            Self::Rc2With40 => 5,
        }
    }

    /// The length of a block, and with it of the IV.
    pub(crate) fn block_len(self) -> usize {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
            _ => 8,
        }
    }

    /// A new file had better not have it.
    pub(crate) fn is_legacy(self) -> bool {
        !matches!(self, Self::Aes128 | Self::Aes192 | Self::Aes256)
    }

    fn aes(self) -> Option<&'static Algorithm> {
        match self {
            Self::Aes128 => Some(&AES_128),
            Self::Aes192 => Some(&AES_192),
            Self::Aes256 => Some(&AES_256),
            _ => None,
        }
    }

    /// The plaintext. `None` if the padding is wrong: almost always, then the key is.
    pub(super) fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let length = match self.aes() {
            Some(algorithm) => {
                let key = UnboundCipherKey::new(algorithm, key).ok()?;
                let context = DecryptionContext::Iv128(FixedLength::from(<[u8; 16]>::try_from(iv).ok()?));
                let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
                key.decrypt(&mut buffer, context).ok()?.len()
            }
            None => self.decrypt_legacy(key, iv, &mut buffer)?,
        };
        buffer.truncate(length);
        Some(buffer)
    }

    /// In place; the length of the plaintext.
    fn decrypt_legacy(self, key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Option<usize> {
        let plaintext = match self {
            Self::TripleDes => cbc_of::<des::TdesEde3>(key, iv)?.decrypt_padded::<Pkcs7>(buffer),
            Self::TwoKeyTripleDes => cbc_of::<des::TdesEde2>(key, iv)?.decrypt_padded::<Pkcs7>(buffer),
            Self::Des => cbc_of::<des::Des>(key, iv)?.decrypt_padded::<Pkcs7>(buffer),
            // The effective length of the key is its length (RFC 2268 §2).
            Self::Rc2With40 | Self::Rc2With128 => cbc_of::<rc2::Rc2>(key, iv)?.decrypt_padded::<Pkcs7>(buffer),
            Self::Aes128 | Self::Aes192 | Self::Aes256 => return None,
        };
        plaintext.ok().map(<[u8]>::len)
    }
}

fn cbc_of<C>(key: &[u8], iv: &[u8]) -> Option<Decryptor<C>>
where
    C: cbc::cipher::BlockCipherDecrypt,
    Decryptor<C>: KeyIvInit,
{
    Decryptor::<C>::new_from_slices(key, iv).ok()
}

/// Encrypts under AES-256-CBC, the one cipher that is written. `None` if the backend fails.
pub(super) fn encrypt(key: &[u8], iv: [u8; 16], plaintext: &[u8]) -> Option<Vec<u8>> {
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    // Room for the padding at once: a vector that grows leaves copies behind.
    let mut buffer = Vec::with_capacity(plaintext.len() + 16);
    buffer.extend_from_slice(plaintext);
    key.less_safe_encrypt(&mut buffer, aws_lc_rs::cipher::EncryptionContext::Iv128(FixedLength::from(iv))).ok()?;
    Some(buffer)
}
