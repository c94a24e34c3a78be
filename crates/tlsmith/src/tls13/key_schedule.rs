//! The key schedule (RFC 8446 §7.1): bytes in, bytes out.
//!
//! ```text
//!            0
//!            |
//!            v
//!  PSK ->  HKDF-Extract = Early Secret                      [EarlySecret]
//!            |
//!            +-----> Derive-Secret(., "ext binder" | "res binder" | "imp binder", "")
//!            +-----> Derive-Secret(., "c e traffic", ClientHello)
//!            |
//!      Derive-Secret(., "derived", "")
//!            |
//!            v
//! (EC)DHE -> HKDF-Extract = Handshake Secret                [HandshakeSecret]
//!            |
//!            +-----> Derive-Secret(., "c hs traffic", ClientHello...ServerHello)
//!            +-----> Derive-Secret(., "s hs traffic", ClientHello...ServerHello)
//!      Derive-Secret(., "derived", "")
//!            |
//!            v
//!  0 ->    HKDF-Extract = Main Secret                       [MainSecret]
//!            |
//!            +-----> Derive-Secret(., "c ap traffic", ClientHello...server Finished)
//!            +-----> Derive-Secret(., "s ap traffic", ClientHello...server Finished)
//!            +-----> Derive-Secret(., "exp master", ClientHello...server Finished)
//!            +-----> Derive-Secret(., "res master", ClientHello...client Finished)
//! ```
//!
//! Each secret is consumed by the step to the next, so that none outlives its use.

use std::sync::Arc;

use tlsmith_crypto::{AeadKey, CryptoError, Digest, HashAlgorithm, NONCE_LEN, Provider, Secret, hkdf};

use zeroize::Zeroizing;

use super::{constants, suite::Suite};

/// The longest digest, SHA-512's.
const MAX_HASH_LEN: usize = 64;

/// The provider and the hash of the suite: what every step needs.
#[derive(Clone, Debug)]
pub(crate) struct Kdf {
    provider: Arc<dyn Provider>,
    hash: HashAlgorithm,
}

impl Kdf {
    pub(crate) fn new(provider: Arc<dyn Provider>, hash: HashAlgorithm) -> Self {
        Self { provider, hash }
    }

    pub(crate) fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// HKDF-Expand-Label (RFC 8446 §7.1).
    fn expand_label(&self, secret: &Secret, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
        const PREFIX: &[u8] = b"tls13 ";
        let length = u16::try_from(out.len()).map_err(|_| CryptoError::InvalidInput)?.to_be_bytes();
        let label_len = [u8::try_from(PREFIX.len() + label.len()).map_err(|_| CryptoError::InvalidInput)?];
        let context_len = [u8::try_from(context.len()).map_err(|_| CryptoError::InvalidInput)?];
        let info = [length.as_slice(), &label_len, PREFIX, label, &context_len, context];
        hkdf::expand(self.provider.as_ref(), self.hash, secret, &info, out)
    }

    /// HKDF-Expand-Label to a secret as long as the hash.
    fn expand_secret(&self, secret: &Secret, label: &[u8], context: &[u8]) -> Result<Secret, CryptoError> {
        let mut out = Secret::zero(self.hash.output_len());
        self.expand_label(secret, label, context, out.expose_mut())?;
        Ok(out)
    }

    /// The same for a secret that is used once, here, and wiped.
    fn use_once<T>(
        &self,
        secret: &Secret,
        label: &[u8],
        context: &[u8],
        consumer: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, CryptoError> {
        let mut out = Zeroizing::new([0; MAX_HASH_LEN]);
        let out = out.get_mut(..self.hash.output_len()).ok_or(CryptoError::InvalidInput)?;
        self.expand_label(secret, label, context, out)?;
        Ok(consumer(out))
    }

    /// From one extract to the next: the "derived" salt, and what is mixed in.
    fn derive_and_extract(&self, secret: &Secret, input: &[u8]) -> Result<Secret, CryptoError> {
        self.use_once(secret, b"derived", self.hash.of_nothing().as_ref(), |salt| self.extract(salt, input))
    }

    /// The same after the first extract, where a string of zeros takes the place of the PSK: the salt is the same for everybody.
    fn extract_without_psk(&self, input: &[u8]) -> Result<Secret, CryptoError> {
        match constants::derived_without_psk(self.hash) {
            Some(salt) => Ok(self.extract(salt, input)),
            None => self.derive_and_extract(&self.extract(self.zeros(), self.zeros()), input),
        }
    }

    fn extract(&self, salt: &[u8], input: &[u8]) -> Secret {
        hkdf::extract(self.provider.as_ref(), self.hash, salt, input)
    }

    /// The "0" of the drawing: a string of zeros as long as the hash.
    fn zeros(&self) -> &'static [u8] {
        const ZEROS: [u8; MAX_HASH_LEN] = [0; MAX_HASH_LEN];
        ZEROS.get(..self.hash.output_len()).unwrap_or(&ZEROS)
    }

    fn hash_of(&self, data: &[u8]) -> Digest {
        let mut context = self.provider.hash(self.hash);
        context.update(data);
        context.current()
    }
}

/// The first secret of the drawing; without a PSK only what follows from it is of use.
pub(crate) struct EarlySecret {
    kdf: Kdf,
    secret: Option<Secret>,
}

/// Where a PSK comes from: its binder cannot serve as that of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PskKind {
    /// From a ticket.
    Resumption,
    /// Agreed outside of TLS.
    External,
    /// Agreed outside of TLS and imported (RFC 9258).
    Imported,
}

impl PskKind {
    const fn binder_label(self) -> &'static [u8] {
        match self {
            Self::Resumption => b"res binder",
            Self::External => b"ext binder",
            // RFC 9258 §5.2
            Self::Imported => b"imp binder",
        }
    }
}

impl EarlySecret {
    /// Without a PSK: a string of zeros takes its place.
    pub(crate) fn without_psk(kdf: Kdf) -> Self {
        Self { kdf, secret: None }
    }

    /// With a PSK.
    pub(crate) fn with_psk(kdf: Kdf, psk: &Secret) -> Self {
        let secret = kdf.extract(kdf.zeros(), psk.expose());
        Self { kdf, secret: Some(secret) }
    }

    pub(crate) fn kdf(&self) -> &Kdf {
        &self.kdf
    }

    /// The secret of a PSK: without one there is neither a binder nor early data.
    fn of_psk(&self) -> Result<&Secret, CryptoError> {
        self.secret.as_ref().ok_or(CryptoError::InvalidInput)
    }

    /// The PSK binder (RFC 8446 §4.2.11.2); `transcript` is the hash up to the ClientHello's binders.
    pub(crate) fn binder(&self, kind: PskKind, transcript: &Digest) -> Result<Digest, CryptoError> {
        let key = self.kdf.expand_secret(self.of_psk()?, kind.binder_label(), self.kdf.hash.of_nothing().as_ref())?;
        verify_data(&self.kdf, &key, transcript)
    }

    /// The secret that protects early data; `transcript` is the hash of the ClientHello.
    pub(crate) fn client_traffic(&self, transcript: &Digest) -> Result<Secret, CryptoError> {
        self.kdf.expand_secret(self.of_psk()?, b"c e traffic", transcript.as_ref())
    }

    /// Mixes in the agreed secret; zeros where a PSK is used alone (`psk_ke`).
    pub(crate) fn into_handshake(self, shared: Option<Secret>) -> Result<HandshakeSecret, CryptoError> {
        let shared = shared.as_ref().map_or(self.kdf.zeros(), Secret::expose);
        let secret = match &self.secret {
            Some(secret) => self.kdf.derive_and_extract(secret, shared)?,
            None => self.kdf.extract_without_psk(shared)?,
        };
        Ok(HandshakeSecret { kdf: self.kdf, secret })
    }
}

/// The second secret: protects the handshake.
pub(crate) struct HandshakeSecret {
    kdf: Kdf,
    secret: Secret,
}

/// A secret of either side.
pub(crate) struct TrafficSecrets {
    pub(crate) client: Secret,
    pub(crate) server: Secret,
}

impl HandshakeSecret {
    /// The handshake traffic secrets; `transcript` is the hash of ClientHello...ServerHello.
    pub(crate) fn traffic_secrets(&self, transcript: &Digest) -> Result<TrafficSecrets, CryptoError> {
        Ok(TrafficSecrets {
            client: self.kdf.expand_secret(&self.secret, b"c hs traffic", transcript.as_ref())?,
            server: self.kdf.expand_secret(&self.secret, b"s hs traffic", transcript.as_ref())?,
        })
    }

    /// Mixes in zeros.
    pub(crate) fn into_main(self) -> Result<MainSecret, CryptoError> {
        let secret = self.kdf.derive_and_extract(&self.secret, self.kdf.zeros())?;
        Ok(MainSecret { kdf: self.kdf, secret })
    }
}

/// The last secret: protects the data.
pub(crate) struct MainSecret {
    kdf: Kdf,
    secret: Secret,
}

impl MainSecret {
    /// The application traffic secrets; `transcript` is the hash of ClientHello...server Finished.
    pub(crate) fn traffic_secrets(&self, transcript: &Digest) -> Result<TrafficSecrets, CryptoError> {
        Ok(TrafficSecrets {
            client: self.kdf.expand_secret(&self.secret, b"c ap traffic", transcript.as_ref())?,
            server: self.kdf.expand_secret(&self.secret, b"s ap traffic", transcript.as_ref())?,
        })
    }

    /// The exporter's secret; the transcript is the same.
    pub(crate) fn exporter(&self, transcript: &Digest) -> Result<Exporter, CryptoError> {
        let secret = self.kdf.expand_secret(&self.secret, b"exp master", transcript.as_ref())?;
        Ok(Exporter { kdf: self.kdf.clone(), secret })
    }

    /// The secret that tickets' PSKs come from; `transcript` is the hash of ClientHello...client Finished.
    pub(crate) fn resumption(&self, transcript: &Digest) -> Result<Secret, CryptoError> {
        self.kdf.expand_secret(&self.secret, b"res master", transcript.as_ref())
    }
}

/// The PSK of a ticket (RFC 8446 §4.6.1).
pub(crate) fn ticket_psk(kdf: &Kdf, resumption: &Secret, nonce: &[u8]) -> Result<Secret, CryptoError> {
    kdf.expand_secret(resumption, b"resumption", nonce)
}

/// Exports keying material (RFC 8446 §7.5).
pub(crate) struct Exporter {
    kdf: Kdf,
    pub(crate) secret: Secret,
}

impl Exporter {
    pub(crate) fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
        let secret = self.kdf.expand_secret(&self.secret, label, self.kdf.hash.of_nothing().as_ref())?;
        self.kdf.expand_label(&secret, b"exporter", self.kdf.hash_of(context).as_ref(), out)
    }
}

/// What an external PSK becomes for one target (RFC 9258 §5.1): bound to the `ImportedIdentity`, as long as the target's hash.
/// The hash here is the one of the external PSK.
pub(crate) fn import_psk(kdf: &Kdf, external: &Secret, identity: &[u8], length: usize) -> Result<Secret, CryptoError> {
    let extracted = kdf.extract(kdf.zeros(), external.expose());
    let mut imported = Secret::zero(length);
    kdf.expand_label(&extracted, b"derived psk", kdf.hash_of(identity).as_ref(), imported.expose_mut())?;
    Ok(imported)
}

/// `finished_key` and `verify_data` (RFC 8446 §4.4.4).
pub(crate) fn verify_data(kdf: &Kdf, base: &Secret, transcript: &Digest) -> Result<Digest, CryptoError> {
    kdf.use_once(base, b"finished", b"", |key| kdf.provider.hmac(kdf.hash, key, &[transcript.as_ref()]))
}

/// The next generation of an application traffic secret (RFC 8446 §7.2).
pub(crate) fn next_generation(kdf: &Kdf, secret: &Secret) -> Result<Secret, CryptoError> {
    kdf.expand_secret(secret, b"traffic upd", b"")
}

/// `[sender]_write_key` and `[sender]_write_iv` (RFC 8446 §7.3).
pub(crate) fn traffic_keys(
    kdf: &Kdf,
    suite: Suite,
    secret: &Secret,
) -> Result<(Box<dyn AeadKey>, [u8; NONCE_LEN]), CryptoError> {
    /// The longest key of an AEAD, AES-256's and ChaCha20's.
    const MAX_KEY_LEN: usize = 32;
    let mut key = Zeroizing::new([0; MAX_KEY_LEN]);
    let key = key.get_mut(..suite.aead.key_len()).ok_or(CryptoError::InvalidInput)?;
    kdf.expand_label(secret, b"key", b"", key)?;
    let mut iv = [0; NONCE_LEN];
    kdf.expand_label(secret, b"iv", b"", &mut iv)?;
    Ok((kdf.provider.aead(suite.aead, key)?, iv))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is not computed each time is what would be computed.
    #[test]
    fn the_salt_without_a_psk() {
        for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
            let kdf = Kdf::new(Arc::new(tlsmith_crypto::aws_lc::AwsLc), hash);
            let computed = kdf.derive_and_extract(&kdf.extract(kdf.zeros(), kdf.zeros()), b"shared").unwrap();
            assert_eq!(kdf.extract_without_psk(b"shared").unwrap(), computed);
            assert_eq!(constants::derived_without_psk(hash).is_some(), hash != HashAlgorithm::Sha512);
        }
    }

    #[test]
    fn without_a_psk_there_is_no_binder_and_no_early_data() {
        let kdf = Kdf::new(Arc::new(tlsmith_crypto::aws_lc::AwsLc), HashAlgorithm::Sha256);
        let (early, transcript) = (EarlySecret::without_psk(kdf), Digest::new(&[1; 32]));
        assert_eq!(early.binder(PskKind::Resumption, &transcript), Err(CryptoError::InvalidInput));
        assert_eq!(early.client_traffic(&transcript), Err(CryptoError::InvalidInput));
    }
}
