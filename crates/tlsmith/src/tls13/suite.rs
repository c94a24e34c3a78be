//! The cipher suites of TLS 1.3: an AEAD and a hash (RFC 8446 §B.4).

use tlsmith_crypto::{AeadAlgorithm, HashAlgorithm};

use crate::registry::CipherSuite;

/// The suites of a configuration that names none, in the order of preference: AES-128 is fastest where there is hardware
/// for it and strong enough everywhere; ChaCha20 comes first for clients that say so (see `hello::choice`).
pub(crate) const DEFAULT: &[CipherSuite] = &[
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];

/// The suites that are implemented. CCM is slow beside GCM and for small devices that have nothing else, and the short
/// tag of CCM_8 is not for general use (the registry does not recommend it): both only where a configuration names them.
pub(crate) const SUPPORTED: &[CipherSuite] = &[
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_AES_128_CCM_SHA256,
    CipherSuite::TLS_AES_128_CCM_8_SHA256,
];

/// What a suite is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) code: CipherSuite,
    pub(crate) aead: AeadAlgorithm,
    pub(crate) hash: HashAlgorithm,
}

impl Suite {
    /// The suite behind a code point, if it is implemented.
    pub(crate) fn new(code: CipherSuite) -> Option<Self> {
        let (aead, hash) = match code {
            CipherSuite::TLS_AES_128_GCM_SHA256 => (AeadAlgorithm::Aes128Gcm, HashAlgorithm::Sha256),
            CipherSuite::TLS_AES_256_GCM_SHA384 => (AeadAlgorithm::Aes256Gcm, HashAlgorithm::Sha384),
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => (AeadAlgorithm::ChaCha20Poly1305, HashAlgorithm::Sha256),
            CipherSuite::TLS_AES_128_CCM_SHA256 => (AeadAlgorithm::Aes128Ccm, HashAlgorithm::Sha256),
            CipherSuite::TLS_AES_128_CCM_8_SHA256 => (AeadAlgorithm::Aes128Ccm8, HashAlgorithm::Sha256),
            _ => return None,
        };
        Some(Self { code, aead, hash })
    }
}
