//! TLS SignatureScheme (RFC 8446 §4.2.3).

use std::fmt;

/// A signature scheme's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignatureScheme(pub u16);

impl SignatureScheme {
    /// `rsa_pkcs1_sha1` (RFC 8446 §4.2.3).
    pub const RSA_PKCS1_SHA1: Self = Self(0x0201);
    /// `ecdsa_sha1` (RFC 8446 §4.2.3).
    pub const ECDSA_SHA1: Self = Self(0x0203);
    /// `rsa_pkcs1_sha256` (RFC 8446 §4.2.3).
    pub const RSA_PKCS1_SHA256: Self = Self(0x0401);
    /// `ecdsa_secp256r1_sha256` (RFC 8446 §4.2.3).
    pub const ECDSA_SECP256R1_SHA256: Self = Self(0x0403);
    /// `rsa_pkcs1_sha384` (RFC 8446 §4.2.3).
    pub const RSA_PKCS1_SHA384: Self = Self(0x0501);
    /// `ecdsa_secp384r1_sha384` (RFC 8446 §4.2.3).
    pub const ECDSA_SECP384R1_SHA384: Self = Self(0x0503);
    /// `rsa_pkcs1_sha512` (RFC 8446 §4.2.3).
    pub const RSA_PKCS1_SHA512: Self = Self(0x0601);
    /// `ecdsa_secp521r1_sha512` (RFC 8446 §4.2.3).
    pub const ECDSA_SECP521R1_SHA512: Self = Self(0x0603);
    /// `rsa_pss_rsae_sha256` (RFC 8446 §4.2.3).
    pub const RSA_PSS_RSAE_SHA256: Self = Self(0x0804);
    /// `rsa_pss_rsae_sha384` (RFC 8446 §4.2.3).
    pub const RSA_PSS_RSAE_SHA384: Self = Self(0x0805);
    /// `rsa_pss_rsae_sha512` (RFC 8446 §4.2.3).
    pub const RSA_PSS_RSAE_SHA512: Self = Self(0x0806);
    /// `ed25519` (RFC 8446 §4.2.3).
    pub const ED25519: Self = Self(0x0807);
    /// `ed448` (RFC 8446 §4.2.3).
    pub const ED448: Self = Self(0x0808);
    /// `rsa_pss_pss_sha256` (RFC 8446 §4.2.3).
    pub const RSA_PSS_PSS_SHA256: Self = Self(0x0809);
    /// `rsa_pss_pss_sha384` (RFC 8446 §4.2.3).
    pub const RSA_PSS_PSS_SHA384: Self = Self(0x080a);
    /// `rsa_pss_pss_sha512` (RFC 8446 §4.2.3).
    pub const RSA_PSS_PSS_SHA512: Self = Self(0x080b);

    /// `mldsa44` (draft-ietf-tls-mldsa), TLS 1.3 only.
    pub const MLDSA44: Self = Self(0x0904);
    /// `mldsa65` (draft-ietf-tls-mldsa), TLS 1.3 only.
    pub const MLDSA65: Self = Self(0x0905);
    /// `mldsa87` (draft-ietf-tls-mldsa), TLS 1.3 only.
    pub const MLDSA87: Self = Self(0x0906);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::RSA_PKCS1_SHA1,
        Self::ECDSA_SHA1,
        Self::RSA_PKCS1_SHA256,
        Self::ECDSA_SECP256R1_SHA256,
        Self::RSA_PKCS1_SHA384,
        Self::ECDSA_SECP384R1_SHA384,
        Self::RSA_PKCS1_SHA512,
        Self::ECDSA_SECP521R1_SHA512,
        Self::RSA_PSS_RSAE_SHA256,
        Self::RSA_PSS_RSAE_SHA384,
        Self::RSA_PSS_RSAE_SHA512,
        Self::ED25519,
        Self::ED448,
        Self::RSA_PSS_PSS_SHA256,
        Self::RSA_PSS_PSS_SHA384,
        Self::RSA_PSS_PSS_SHA512,
        Self::MLDSA44,
        Self::MLDSA65,
        Self::MLDSA87,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::RSA_PKCS1_SHA1 => "rsa_pkcs1_sha1",
            Self::ECDSA_SHA1 => "ecdsa_sha1",
            Self::RSA_PKCS1_SHA256 => "rsa_pkcs1_sha256",
            Self::ECDSA_SECP256R1_SHA256 => "ecdsa_secp256r1_sha256",
            Self::RSA_PKCS1_SHA384 => "rsa_pkcs1_sha384",
            Self::ECDSA_SECP384R1_SHA384 => "ecdsa_secp384r1_sha384",
            Self::RSA_PKCS1_SHA512 => "rsa_pkcs1_sha512",
            Self::ECDSA_SECP521R1_SHA512 => "ecdsa_secp521r1_sha512",
            Self::RSA_PSS_RSAE_SHA256 => "rsa_pss_rsae_sha256",
            Self::RSA_PSS_RSAE_SHA384 => "rsa_pss_rsae_sha384",
            Self::RSA_PSS_RSAE_SHA512 => "rsa_pss_rsae_sha512",
            Self::ED25519 => "ed25519",
            Self::ED448 => "ed448",
            Self::RSA_PSS_PSS_SHA256 => "rsa_pss_pss_sha256",
            Self::RSA_PSS_PSS_SHA384 => "rsa_pss_pss_sha384",
            Self::RSA_PSS_PSS_SHA512 => "rsa_pss_pss_sha512",
            Self::MLDSA44 => "mldsa44",
            Self::MLDSA65 => "mldsa65",
            Self::MLDSA87 => "mldsa87",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }
}

impl fmt::Display for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for SignatureScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
