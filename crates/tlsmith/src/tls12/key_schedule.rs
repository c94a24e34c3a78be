//! The key schedule (RFC 5246 §8.1, §6.3; RFC 7627 §4): bytes in, bytes out.
//!
//! ```text
//!  premaster secret                                          [PremasterSecret]
//!    |
//!    +--> PRF(., "extended master secret", session_hash)     with extended_master_secret
//!    +--> PRF(., "master secret", client + server random)    without
//!    v
//!  main secret                                               [MainSecret]
//!    |
//!    +--> PRF(., "key expansion", server + client random)    keys and IVs of both directions
//!    +--> PRF(., "client finished", Hash(messages))
//!    +--> PRF(., "server finished", Hash(messages))
//!    +--> PRF(., label, client + server random [+ context])  exporters (RFC 5705)
//! ```
//!
//! The RFCs say "master secret" where TLS 1.3 and this crate say main secret; the labels stay.

use std::sync::Arc;

use tlsmith_crypto::{AeadKey, CryptoError, Digest, HashAlgorithm, Provider, Secret, prf::prf};

use zeroize::Zeroizing;

use super::suite::Suite;
use crate::conn::Role;

/// Length of the main secret (RFC 5246 §8.1).
const MAIN_SECRET_LEN: usize = 48;
/// `verify_data_length` of every suite here (RFC 5246 §7.4.9).
pub(crate) const VERIFY_DATA_LEN: usize = 12;

/// The provider and the hash of the suite: what every step needs.
#[derive(Clone, Debug)]
pub(crate) struct Prf {
    provider: Arc<dyn Provider>,
    hash: HashAlgorithm,
}

impl Prf {
    pub(crate) fn new(provider: Arc<dyn Provider>, hash: HashAlgorithm) -> Self {
        Self { provider, hash }
    }

    fn expand(&self, secret: &Secret, label: &[u8], seed: &[&[u8]], out: &mut [u8]) {
        prf(self.provider.as_ref(), self.hash, secret, label, seed, out);
    }
}

/// The randoms of both hellos.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Randoms {
    pub(crate) client: [u8; 32],
    pub(crate) server: [u8; 32],
}

/// What the key exchange agreed on.
pub(crate) struct PremasterSecret(Secret);

impl PremasterSecret {
    /// Of ECDHE: the secret as it is (RFC 8422 §5.10).
    pub(crate) fn ecdhe(shared: Secret) -> Self {
        Self(shared)
    }

    /// Of DHE: "Leading bytes of Z that contain all zero bits are stripped" (RFC 5246 §8.1.2).
    pub(crate) fn dhe(shared: &Secret) -> Self {
        let zeros = shared.expose().iter().take_while(|byte| **byte == 0).count();
        Self(Secret::new(shared.expose().get(zeros..).unwrap_or_default()))
    }

    /// Of a pre-shared key, with the other secret or zeros as long as the key in its place (RFC 4279 §2, RFC 5489 §2).
    pub(crate) fn psk(psk: &Secret, other: Option<&Secret>) -> Result<Self, CryptoError> {
        let zeros = Secret::zero(psk.expose().len());
        let parts = [other.unwrap_or(&zeros), psk];
        // All room at once: a vector that grows leaves copies of the secret behind.
        let room = parts.iter().map(|part| 2 + part.expose().len()).sum();
        let mut premaster = Zeroizing::new(Vec::with_capacity(room));
        for part in parts {
            let length = u16::try_from(part.expose().len()).map_err(|_| CryptoError::InvalidInput)?;
            premaster.extend_from_slice(&length.to_be_bytes());
            premaster.extend_from_slice(part.expose());
        }
        Ok(Self(Secret::new(&premaster)))
    }

    /// RFC 7627 §4; `session_hash` is the hash of ClientHello...ClientKeyExchange.
    pub(crate) fn into_extended_main(self, prf: Prf, session_hash: &Digest) -> MainSecret {
        self.derive(prf, b"extended master secret", &[session_hash.as_ref()])
    }

    /// RFC 5246 §8.1.
    pub(crate) fn into_main(self, prf: Prf, randoms: &Randoms) -> MainSecret {
        self.derive(prf, b"master secret", &[&randoms.client, &randoms.server])
    }

    fn derive(self, prf: Prf, label: &[u8], seed: &[&[u8]]) -> MainSecret {
        let mut secret = Secret::zero(MAIN_SECRET_LEN);
        prf.expand(&self.0, label, seed, secret.expose_mut());
        MainSecret { prf, secret }
    }
}

/// The secret that everything else comes from.
pub(crate) struct MainSecret {
    prf: Prf,
    pub(crate) secret: Secret,
}

/// The key of one direction.
pub(crate) struct WriteKey {
    pub(crate) key: Secret,
    /// The part of the nonce that is not sent.
    pub(crate) fixed_iv: Secret,
}

/// The keys of both directions.
pub(crate) struct KeyBlock {
    pub(crate) client: WriteKey,
    pub(crate) server: WriteKey,
}

impl MainSecret {
    /// That of a session that is resumed (RFC 5246 §8.1).
    pub(crate) fn resumed(prf: Prf, secret: Secret) -> Self {
        Self { prf, secret }
    }

    /// RFC 5246 §6.3. An AEAD has no MAC keys.
    pub(crate) fn key_block(&self, suite: Suite, randoms: &Randoms) -> Result<KeyBlock, CryptoError> {
        let (key_len, iv_len) = (suite.aead.key_len(), suite.fixed_iv_len());
        let mut block = Secret::zero(2 * (key_len + iv_len));
        self.prf.expand(&self.secret, b"key expansion", &[&randoms.server, &randoms.client], block.expose_mut());
        let mut rest = block.expose();
        let mut take = |len| {
            let (taken, left) = rest.split_at_checked(len).ok_or(CryptoError::InvalidInput)?;
            rest = left;
            Ok(Secret::new(taken))
        };
        let (client_key, server_key) = (take(key_len)?, take(key_len)?);
        let (client_iv, server_iv) = (take(iv_len)?, take(iv_len)?);
        Ok(KeyBlock {
            client: WriteKey { key: client_key, fixed_iv: client_iv },
            server: WriteKey { key: server_key, fixed_iv: server_iv },
        })
    }

    /// `verify_data` of a Finished (RFC 5246 §7.4.9).
    pub(crate) fn verify_data(&self, sender: Role, transcript: &Digest) -> Secret {
        let label: &[u8] = match sender {
            Role::Client => b"client finished",
            Role::Server => b"server finished",
        };
        let mut data = Secret::zero(VERIFY_DATA_LEN);
        self.prf.expand(&self.secret, label, &[transcript.as_ref()], data.expose_mut());
        data
    }

    /// Exports keying material (RFC 5705 §4): no context and an empty one are two things. A label that the protocol
    /// itself uses is refused.
    pub(crate) fn export(
        &self,
        randoms: &Randoms,
        label: &[u8],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        const RESERVED: [&[u8]; 5] =
            [b"client finished", b"server finished", b"master secret", b"extended master secret", b"key expansion"];
        if RESERVED.contains(&label) {
            return Err(CryptoError::InvalidInput);
        }
        let context_len = match context {
            Some(context) => Some(u16::try_from(context.len()).map_err(|_| CryptoError::InvalidInput)?.to_be_bytes()),
            None => None,
        };
        let mut seed: Vec<&[u8]> = vec![&randoms.client, &randoms.server];
        if let (Some(len), Some(context)) = (&context_len, context) {
            seed.extend([len.as_slice(), context]);
        }
        self.prf.expand(&self.secret, label, &seed, out);
        Ok(())
    }
}

/// The AEAD of one direction.
pub(crate) fn aead(provider: &dyn Provider, suite: Suite, key: &Secret) -> Result<Box<dyn AeadKey>, CryptoError> {
    provider.aead(suite.aead, key.expose())
}
