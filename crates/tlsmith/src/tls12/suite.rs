//! The cipher suites of TLS 1.2: a key exchange, an AEAD and the hash of the PRF.

use tlsmith_crypto::{AeadAlgorithm, HashAlgorithm, KeyType};

use crate::{
    msg::tls12::{Exchange, Parameters},
    registry::{CipherSuite, NamedGroup},
};

/// The suites of a configuration that names none, in the order of preference (as in TLS 1.3). ECDSA first: a server that
/// has both kinds of certificates saves work with it.
pub(crate) const DEFAULT: &[CipherSuite] = &[
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// The suites that are implemented. Those that are not in [`DEFAULT`] are used only where a configuration names them: DHE is
/// slow and its groups are few; CCM is for small devices, and CCM_8's tag is short; PSK needs a key that both sides have.
pub(crate) const SUPPORTED: &[CipherSuite] = &[
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8,
    CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_DHE_RSA_WITH_AES_128_CCM,
    CipherSuite::TLS_DHE_RSA_WITH_AES_256_CCM,
    CipherSuite::TLS_DHE_RSA_WITH_AES_128_CCM_8,
    CipherSuite::TLS_DHE_RSA_WITH_AES_256_CCM_8,
    CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
    CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256,
    CipherSuite::TLS_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_PSK_WITH_AES_128_CCM,
    CipherSuite::TLS_PSK_WITH_AES_256_CCM,
    CipherSuite::TLS_PSK_WITH_AES_128_CCM_8,
    CipherSuite::TLS_PSK_WITH_AES_256_CCM_8,
];

/// How the two sides agree on the premaster secret, and how the server proves who it is (RFC 5246 §7.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyExchange {
    /// Ephemeral, on a curve, signed by the key of the server's certificate (RFC 8422 §2).
    Ecdhe(Signer),
    /// Ephemeral, in a finite field, signed by an RSA key (RFC 5246 §F.1.1.3, RFC 7919).
    DheRsa,
    /// By a pre-shared key alone (RFC 4279 §2).
    Psk,
    /// By a pre-shared key and ephemeral on a curve (RFC 5489).
    EcdhePsk,
}

/// Which keys sign the ServerKeyExchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    /// ECDSA, and EdDSA as well (RFC 8422 §5.10).
    Ecdsa,
    /// RSA, with either padding (RFC 8446 §4.2.3).
    Rsa,
}

impl Signer {
    /// Whether a key of this type signs for such a suite.
    pub(crate) const fn is(self, key: KeyType) -> bool {
        match self {
            Self::Ecdsa => matches!(key, KeyType::Ecdsa(_) | KeyType::Ed25519),
            Self::Rsa => matches!(key, KeyType::Rsa { .. } | KeyType::RsaPss { .. }),
        }
    }
}

impl KeyExchange {
    /// What the messages of the key exchange hold.
    pub(crate) const fn parameters(self) -> Parameters {
        match self {
            Self::Ecdhe(_) => Parameters { psk: false, exchange: Some(Exchange::Ecdhe), signed: true },
            Self::DheRsa => Parameters { psk: false, exchange: Some(Exchange::Dhe), signed: true },
            Self::Psk => Parameters { psk: true, exchange: None, signed: false },
            Self::EcdhePsk => Parameters { psk: true, exchange: Some(Exchange::Ecdhe), signed: false },
        }
    }

    /// Which keys sign; none without certificates.
    pub(crate) const fn signer(self) -> Option<Signer> {
        match self {
            Self::Ecdhe(signer) => Some(signer),
            Self::DheRsa => Some(Signer::Rsa),
            Self::Psk | Self::EcdhePsk => None,
        }
    }

    /// Whether a pre-shared key takes the place of certificates.
    pub(crate) const fn is_psk(self) -> bool {
        self.parameters().psk
    }

    /// In which kind of group keys are agreed.
    pub(crate) const fn exchange(self) -> Option<Exchange> {
        self.parameters().exchange
    }
}

impl Exchange {
    /// Whether TLS 1.2 agrees on keys in this group by this exchange. It has no hybrids.
    pub(crate) const fn allows(self, group: NamedGroup) -> bool {
        match self {
            Self::Ecdhe => {
                matches!(
                    group,
                    NamedGroup::X25519
                        | NamedGroup::X448
                        | NamedGroup::SECP256R1
                        | NamedGroup::SECP384R1
                        | NamedGroup::SECP521R1
                )
            }
            Self::Dhe => matches!(group, NamedGroup::FFDHE2048 | NamedGroup::FFDHE3072),
        }
    }
}

/// What a suite is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suite {
    pub(crate) code: CipherSuite,
    pub(crate) key_exchange: KeyExchange,
    pub(crate) aead: AeadAlgorithm,
    pub(crate) hash: HashAlgorithm,
}

impl Suite {
    /// The suite behind a code point, if it is implemented.
    pub(crate) fn new(code: CipherSuite) -> Option<Self> {
        use AeadAlgorithm::{Aes128Ccm, Aes128Ccm8, Aes128Gcm, Aes256Ccm, Aes256Ccm8, Aes256Gcm, ChaCha20Poly1305};
        use HashAlgorithm::{Sha256, Sha384};
        const ECDHE_ECDSA: KeyExchange = KeyExchange::Ecdhe(Signer::Ecdsa);
        use KeyExchange::{DheRsa, EcdhePsk, Psk};
        const ECDHE_RSA: KeyExchange = KeyExchange::Ecdhe(Signer::Rsa);
        let (key_exchange, aead, hash) = match code {
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => (ECDHE_ECDSA, Aes128Gcm, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => (ECDHE_ECDSA, Aes256Gcm, Sha384),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => (ECDHE_ECDSA, ChaCha20Poly1305, Sha256),
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => (ECDHE_RSA, Aes128Gcm, Sha256),
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => (ECDHE_RSA, Aes256Gcm, Sha384),
            CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => (ECDHE_RSA, ChaCha20Poly1305, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CCM => (ECDHE_ECDSA, Aes128Ccm, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CCM => (ECDHE_ECDSA, Aes256Ccm, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 => (ECDHE_ECDSA, Aes128Ccm8, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8 => (ECDHE_ECDSA, Aes256Ccm8, Sha256),
            CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 => (DheRsa, Aes128Gcm, Sha256),
            CipherSuite::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 => (DheRsa, Aes256Gcm, Sha384),
            CipherSuite::TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => (DheRsa, ChaCha20Poly1305, Sha256),
            CipherSuite::TLS_DHE_RSA_WITH_AES_128_CCM => (DheRsa, Aes128Ccm, Sha256),
            CipherSuite::TLS_DHE_RSA_WITH_AES_256_CCM => (DheRsa, Aes256Ccm, Sha256),
            CipherSuite::TLS_DHE_RSA_WITH_AES_128_CCM_8 => (DheRsa, Aes128Ccm8, Sha256),
            CipherSuite::TLS_DHE_RSA_WITH_AES_256_CCM_8 => (DheRsa, Aes256Ccm8, Sha256),
            CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256 => (EcdhePsk, Aes128Gcm, Sha256),
            CipherSuite::TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384 => (EcdhePsk, Aes256Gcm, Sha384),
            CipherSuite::TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 => (EcdhePsk, ChaCha20Poly1305, Sha256),
            CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256 => (EcdhePsk, Aes128Ccm, Sha256),
            CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256 => (EcdhePsk, Aes128Ccm8, Sha256),
            CipherSuite::TLS_PSK_WITH_AES_128_GCM_SHA256 => (Psk, Aes128Gcm, Sha256),
            CipherSuite::TLS_PSK_WITH_AES_256_GCM_SHA384 => (Psk, Aes256Gcm, Sha384),
            CipherSuite::TLS_PSK_WITH_CHACHA20_POLY1305_SHA256 => (Psk, ChaCha20Poly1305, Sha256),
            CipherSuite::TLS_PSK_WITH_AES_128_CCM => (Psk, Aes128Ccm, Sha256),
            CipherSuite::TLS_PSK_WITH_AES_256_CCM => (Psk, Aes256Ccm, Sha256),
            CipherSuite::TLS_PSK_WITH_AES_128_CCM_8 => (Psk, Aes128Ccm8, Sha256),
            CipherSuite::TLS_PSK_WITH_AES_256_CCM_8 => (Psk, Aes256Ccm8, Sha256),
            _ => return None,
        };
        Some(Self { code, key_exchange, aead, hash })
    }

    /// `SecurityParameters.fixed_iv_length` (RFC 5288 §3, RFC 6655 §3, RFC 7905 §2): the rest of a nonce is explicit.
    pub(crate) const fn fixed_iv_len(self) -> usize {
        match self.aead {
            AeadAlgorithm::ChaCha20Poly1305 => 12,
            _ => 4,
        }
    }
}
