//! The algorithms that rule books demand (BoringSSL's compliance policies), as a configuration.

use tlsmith::registry::{CipherSuite, NamedGroup, SignatureScheme};

use crate::options::Policy;

/// What a policy allows.
pub(super) struct Allowed {
    pub(super) suites: &'static [CipherSuite],
    pub(super) groups: &'static [NamedGroup],
    pub(super) schemes: &'static [SignatureScheme],
}

impl Policy {
    pub(super) const fn allowed(self) -> Allowed {
        match self {
            Self::Fips202205 => FIPS_202205,
            Self::Wpa202304 => WPA_202304,
            Self::Cnsa1202603 => CNSA1_202603,
            Self::Cnsa2202603 => CNSA2_202603,
        }
    }
}

/// SP 800-52r2: §3.3.1 "composed entirely of NIST approved algorithms", curves of table 4.1.
const FIPS_202205: Allowed = Allowed {
    suites: &[
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ],
    groups: &[NamedGroup::SECP256R1, NamedGroup::SECP384R1],
    schemes: &[
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
        SignatureScheme::ECDSA_SECP256R1_SHA256,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA256,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA512,
    ],
};

/// WPA 3.1, §3.5: what has 192 bits of security.
const WPA_202304: Allowed = Allowed {
    suites: SUITES_256,
    groups: &[NamedGroup::SECP384R1],
    schemes: &[
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA512,
    ],
};

/// CNSA 1.0 (RFC 9151), with ML-KEM-1024 first.
const CNSA1_202603: Allowed =
    Allowed { suites: SUITES_256, groups: &[NamedGroup::MLKEM1024, NamedGroup::SECP384R1], schemes: CNSA_SCHEMES };

/// CNSA 2.0, about.
const CNSA2_202603: Allowed =
    Allowed { suites: &[CipherSuite::TLS_AES_256_GCM_SHA384], groups: &[NamedGroup::MLKEM1024], schemes: CNSA_SCHEMES };

const CNSA_SCHEMES: &[SignatureScheme] =
    &[SignatureScheme::ECDSA_SECP384R1_SHA384, SignatureScheme::RSA_PSS_RSAE_SHA384, SignatureScheme::RSA_PKCS1_SHA384];

const SUITES_256: &[CipherSuite] = &[
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];
