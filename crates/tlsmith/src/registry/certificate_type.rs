//! TLS Certificate Types (RFC 7250 §3, RFC 8446 §4.4.2) and TLS Certificate Status Types (RFC 6066 §8).

use std::fmt;

/// What a certificate message carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateType(pub u8);

impl Default for CertificateType {
    /// What counts where nothing was negotiated (RFC 7250 §4.1).
    fn default() -> Self {
        Self::X509
    }
}

impl CertificateType {
    /// `X509`(0): certificates.
    pub const X509: Self = Self(0);
    /// `OpenPGP_RESERVED`(1): of TLS 1.2 and below; not implemented.
    pub const OPENPGP: Self = Self(1);
    /// `RawPublicKey`(2): a SubjectPublicKeyInfo.
    pub const RAW_PUBLIC_KEY: Self = Self(2);

    /// Every value that has a name here, in the registry's order.
    pub const KNOWN: &'static [Self] = &[Self::X509, Self::OPENPGP, Self::RAW_PUBLIC_KEY];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::X509 => "X509",
            Self::OPENPGP => "OpenPGP",
            Self::RAW_PUBLIC_KEY => "RawPublicKey",
            _ => return None,
        })
    }
}

impl fmt::Display for CertificateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:02x}", self.0),
        }
    }
}

impl fmt::Debug for CertificateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a certificate's status is told by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateStatusType(pub u8);

impl CertificateStatusType {
    /// `ocsp`(1): one OCSP response (RFC 6066 §8).
    pub const OCSP: Self = Self(1);

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::OCSP => Some("ocsp"),
            _ => None,
        }
    }
}

impl fmt::Display for CertificateStatusType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:02x}", self.0),
        }
    }
}

impl fmt::Debug for CertificateStatusType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
