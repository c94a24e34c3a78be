//! ML-KEM-1024 alone (draft-ietf-tls-mlkem): what the rule books of CNSA 2.0 ask for.

use aws_lc_rs::kem::{Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_1024};

use crate::{CryptoError, Group, KeyExchange, Secret};

/// FIPS 203 §8 table 3: the encapsulation key, which is the client's share, and the ciphertext, which is the server's.
const ENCAPSULATION_KEY_LEN: usize = 1568;
const CIPHERTEXT_LEN: usize = 1568;

/// The client's side.
struct MlKem1024 {
    kem: DecapsulationKey,
    share: Vec<u8>,
}

pub(super) fn start() -> Result<Box<dyn KeyExchange>, CryptoError> {
    let kem = DecapsulationKey::generate(&ML_KEM_1024).map_err(|_| CryptoError::Backend)?;
    let share = kem.encapsulation_key().and_then(|key| key.key_bytes()).map_err(|_| CryptoError::Backend)?;
    let share = share.as_ref().to_vec();
    Ok(Box::new(MlKem1024 { kem, share }))
}

impl KeyExchange for MlKem1024 {
    fn group(&self) -> Group {
        Group::MlKem1024
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        if peer_share.len() != CIPHERTEXT_LEN {
            return Err(CryptoError::InvalidInput);
        }
        let secret = self.kem.decapsulate(Ciphertext::from(peer_share)).map_err(|_| CryptoError::InvalidInput)?;
        Ok(Secret::new(secret.as_ref()))
    }
}

/// The server's side. An encapsulation key that fails the check of FIPS 203 §7.2 is refused.
pub(super) fn accept(peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
    if peer_share.len() != ENCAPSULATION_KEY_LEN {
        return Err(CryptoError::InvalidInput);
    }
    let key = EncapsulationKey::new(&ML_KEM_1024, peer_share).map_err(|_| CryptoError::InvalidInput)?;
    let (ciphertext, secret) = key.encapsulate().map_err(|_| CryptoError::InvalidInput)?;
    Ok((ciphertext.as_ref().to_vec(), Secret::new(secret.as_ref())))
}
