//! TLS Cipher Suites (RFC 8446 §B.4; RFC 5246 §A.5 and the RFCs that add to it).

use std::fmt;

/// A cipher suite's code point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CipherSuite(pub u16);

impl CipherSuite {
    /// `TLS_AES_128_GCM_SHA256` (RFC 8446 §B.4).
    pub const TLS_AES_128_GCM_SHA256: Self = Self(0x1301);
    /// `TLS_AES_256_GCM_SHA384` (RFC 8446 §B.4).
    pub const TLS_AES_256_GCM_SHA384: Self = Self(0x1302);
    /// `TLS_CHACHA20_POLY1305_SHA256` (RFC 8446 §B.4).
    pub const TLS_CHACHA20_POLY1305_SHA256: Self = Self(0x1303);
    /// `TLS_AES_128_CCM_SHA256` (RFC 8446 §B.4).
    pub const TLS_AES_128_CCM_SHA256: Self = Self(0x1304);
    /// `TLS_AES_128_CCM_8_SHA256` (RFC 8446 §B.4).
    pub const TLS_AES_128_CCM_8_SHA256: Self = Self(0x1305);
    /// `TLS_DHE_RSA_WITH_AES_128_GCM_SHA256` (RFC 5288).
    pub const TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0x009e);
    /// `TLS_DHE_RSA_WITH_AES_256_GCM_SHA384` (RFC 5288).
    pub const TLS_DHE_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0x009f);
    /// `TLS_PSK_WITH_AES_128_GCM_SHA256` (RFC 5487).
    pub const TLS_PSK_WITH_AES_128_GCM_SHA256: Self = Self(0x00a8);
    /// `TLS_PSK_WITH_AES_256_GCM_SHA384` (RFC 5487).
    pub const TLS_PSK_WITH_AES_256_GCM_SHA384: Self = Self(0x00a9);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256` (RFC 5289).
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: Self = Self(0xc02b);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384` (RFC 5289).
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: Self = Self(0xc02c);
    /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` (RFC 5289).
    pub const TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0xc02f);
    /// `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384` (RFC 5289).
    pub const TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0xc030);
    /// `TLS_DHE_RSA_WITH_AES_128_CCM` (RFC 6655).
    pub const TLS_DHE_RSA_WITH_AES_128_CCM: Self = Self(0xc09e);
    /// `TLS_DHE_RSA_WITH_AES_256_CCM` (RFC 6655).
    pub const TLS_DHE_RSA_WITH_AES_256_CCM: Self = Self(0xc09f);
    /// `TLS_DHE_RSA_WITH_AES_128_CCM_8` (RFC 6655).
    pub const TLS_DHE_RSA_WITH_AES_128_CCM_8: Self = Self(0xc0a2);
    /// `TLS_DHE_RSA_WITH_AES_256_CCM_8` (RFC 6655).
    pub const TLS_DHE_RSA_WITH_AES_256_CCM_8: Self = Self(0xc0a3);
    /// `TLS_PSK_WITH_AES_128_CCM` (RFC 6655).
    pub const TLS_PSK_WITH_AES_128_CCM: Self = Self(0xc0a4);
    /// `TLS_PSK_WITH_AES_256_CCM` (RFC 6655).
    pub const TLS_PSK_WITH_AES_256_CCM: Self = Self(0xc0a5);
    /// `TLS_PSK_WITH_AES_128_CCM_8` (RFC 6655).
    pub const TLS_PSK_WITH_AES_128_CCM_8: Self = Self(0xc0a8);
    /// `TLS_PSK_WITH_AES_256_CCM_8` (RFC 6655).
    pub const TLS_PSK_WITH_AES_256_CCM_8: Self = Self(0xc0a9);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_CCM` (RFC 7251).
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_CCM: Self = Self(0xc0ac);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_CCM` (RFC 7251).
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_CCM: Self = Self(0xc0ad);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8` (RFC 7251).
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: Self = Self(0xc0ae);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8` (RFC 7251).
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: Self = Self(0xc0af);
    /// `TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256` (RFC 7905).
    pub const TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xcca8);
    /// `TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256` (RFC 7905).
    pub const TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xcca9);
    /// `TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256` (RFC 7905).
    pub const TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccaa);
    /// `TLS_PSK_WITH_CHACHA20_POLY1305_SHA256` (RFC 7905).
    pub const TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccab);
    /// `TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256` (RFC 7905).
    pub const TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccac);
    /// `TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256` (RFC 8442).
    pub const TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256: Self = Self(0xd001);
    /// `TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384` (RFC 8442).
    pub const TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384: Self = Self(0xd002);
    /// `TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256` (RFC 8442).
    pub const TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256: Self = Self(0xd003);
    /// `TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256` (RFC 8442).
    pub const TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256: Self = Self(0xd005);
    /// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV` (RFC 5746 §3.3): a signal, no suite.
    pub const TLS_EMPTY_RENEGOTIATION_INFO_SCSV: Self = Self(0x00ff);
    /// `TLS_FALLBACK_SCSV` (RFC 7507): a signal, no suite.
    pub const TLS_FALLBACK_SCSV: Self = Self(0x5600);

    /// The suites of TLS 1.3, then those of TLS 1.2 that this implementation knows how to use, in the registry's order.
    pub const KNOWN: &'static [Self] = &[
        Self::TLS_AES_128_GCM_SHA256,
        Self::TLS_AES_256_GCM_SHA384,
        Self::TLS_CHACHA20_POLY1305_SHA256,
        Self::TLS_AES_128_CCM_SHA256,
        Self::TLS_AES_128_CCM_8_SHA256,
        Self::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
        Self::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
        Self::TLS_PSK_WITH_AES_128_GCM_SHA256,
        Self::TLS_PSK_WITH_AES_256_GCM_SHA384,
        Self::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        Self::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        Self::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        Self::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        Self::TLS_DHE_RSA_WITH_AES_128_CCM,
        Self::TLS_DHE_RSA_WITH_AES_256_CCM,
        Self::TLS_DHE_RSA_WITH_AES_128_CCM_8,
        Self::TLS_DHE_RSA_WITH_AES_256_CCM_8,
        Self::TLS_PSK_WITH_AES_128_CCM,
        Self::TLS_PSK_WITH_AES_256_CCM,
        Self::TLS_PSK_WITH_AES_128_CCM_8,
        Self::TLS_PSK_WITH_AES_256_CCM_8,
        Self::TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
        Self::TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
        Self::TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
        Self::TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8,
        Self::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_PSK_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
        Self::TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
        Self::TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256,
        Self::TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
    ];

    /// The registry's name, if the value is known here.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::TLS_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
            Self::TLS_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
            Self::TLS_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
            Self::TLS_AES_128_CCM_SHA256 => "TLS_AES_128_CCM_SHA256",
            Self::TLS_AES_128_CCM_8_SHA256 => "TLS_AES_128_CCM_8_SHA256",
            Self::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 => "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            Self::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 => "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
            Self::TLS_PSK_WITH_AES_128_GCM_SHA256 => "TLS_PSK_WITH_AES_128_GCM_SHA256",
            Self::TLS_PSK_WITH_AES_256_GCM_SHA384 => "TLS_PSK_WITH_AES_256_GCM_SHA384",
            Self::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            Self::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            Self::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            Self::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            Self::TLS_DHE_RSA_WITH_AES_128_CCM => "TLS_DHE_RSA_WITH_AES_128_CCM",
            Self::TLS_DHE_RSA_WITH_AES_256_CCM => "TLS_DHE_RSA_WITH_AES_256_CCM",
            Self::TLS_DHE_RSA_WITH_AES_128_CCM_8 => "TLS_DHE_RSA_WITH_AES_128_CCM_8",
            Self::TLS_DHE_RSA_WITH_AES_256_CCM_8 => "TLS_DHE_RSA_WITH_AES_256_CCM_8",
            Self::TLS_PSK_WITH_AES_128_CCM => "TLS_PSK_WITH_AES_128_CCM",
            Self::TLS_PSK_WITH_AES_256_CCM => "TLS_PSK_WITH_AES_256_CCM",
            Self::TLS_PSK_WITH_AES_128_CCM_8 => "TLS_PSK_WITH_AES_128_CCM_8",
            Self::TLS_PSK_WITH_AES_256_CCM_8 => "TLS_PSK_WITH_AES_256_CCM_8",
            Self::TLS_ECDHE_ECDSA_WITH_AES_128_CCM => "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
            Self::TLS_ECDHE_ECDSA_WITH_AES_256_CCM => "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
            Self::TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 => "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
            Self::TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8 => "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
            Self::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            Self::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            Self::TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            Self::TLS_PSK_WITH_CHACHA20_POLY1305_SHA256 => "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256",
            Self::TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 => "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
            Self::TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
            Self::TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384",
            Self::TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256 => "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256",
            Self::TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256 => "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256",
            Self::TLS_EMPTY_RENEGOTIATION_INFO_SCSV => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
            Self::TLS_FALLBACK_SCSV => "TLS_FALLBACK_SCSV",
            _ => return self.refused_name(),
        })
    }

    /// The names of suites that are refused on purpose, for reading what others offer.
    const fn refused_name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0000 => "TLS_NULL_WITH_NULL_NULL",
            0x0001 => "TLS_RSA_WITH_NULL_MD5",
            0x0002 => "TLS_RSA_WITH_NULL_SHA",
            0x0003 => "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
            0x0004 => "TLS_RSA_WITH_RC4_128_MD5",
            0x0005 => "TLS_RSA_WITH_RC4_128_SHA",
            0x0006 => "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
            0x0007 => "TLS_RSA_WITH_IDEA_CBC_SHA",
            0x0008 => "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
            0x0009 => "TLS_RSA_WITH_DES_CBC_SHA",
            0x000a => "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            0x0013 => "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA",
            0x0014 => "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
            0x0015 => "TLS_DHE_RSA_WITH_DES_CBC_SHA",
            0x0016 => "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
            0x0017 => "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5",
            0x0018 => "TLS_DH_anon_WITH_RC4_128_MD5",
            0x001b => "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
            0x002f => "TLS_RSA_WITH_AES_128_CBC_SHA",
            0x0032 => "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
            0x0033 => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
            0x0034 => "TLS_DH_anon_WITH_AES_128_CBC_SHA",
            0x0035 => "TLS_RSA_WITH_AES_256_CBC_SHA",
            0x0038 => "TLS_DHE_DSS_WITH_AES_256_CBC_SHA",
            0x0039 => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
            0x003a => "TLS_DH_anon_WITH_AES_256_CBC_SHA",
            0x003b => "TLS_RSA_WITH_NULL_SHA256",
            0x003c => "TLS_RSA_WITH_AES_128_CBC_SHA256",
            0x003d => "TLS_RSA_WITH_AES_256_CBC_SHA256",
            0x0041 => "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA",
            0x0045 => "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA",
            0x0067 => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
            0x006b => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
            0x006c => "TLS_DH_anon_WITH_AES_128_CBC_SHA256",
            0x006d => "TLS_DH_anon_WITH_AES_256_CBC_SHA256",
            0x0084 => "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA",
            0x0088 => "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA",
            0x008a => "TLS_PSK_WITH_RC4_128_SHA",
            0x008b => "TLS_PSK_WITH_3DES_EDE_CBC_SHA",
            0x008c => "TLS_PSK_WITH_AES_128_CBC_SHA",
            0x008d => "TLS_PSK_WITH_AES_256_CBC_SHA",
            0x0096 => "TLS_RSA_WITH_SEED_CBC_SHA",
            0x009c => "TLS_RSA_WITH_AES_128_GCM_SHA256",
            0x009d => "TLS_RSA_WITH_AES_256_GCM_SHA384",
            0x00a6 => "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
            0x00a7 => "TLS_DH_anon_WITH_AES_256_GCM_SHA384",
            0x00aa => "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256",
            0x00ab => "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
            0xc006 => "TLS_ECDHE_ECDSA_WITH_NULL_SHA",
            0xc007 => "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            0xc008 => "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
            0xc009 => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            0xc00a => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            0xc010 => "TLS_ECDHE_RSA_WITH_NULL_SHA",
            0xc011 => "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
            0xc012 => "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
            0xc013 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            0xc014 => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            0xc015 => "TLS_ECDH_anon_WITH_NULL_SHA",
            0xc016 => "TLS_ECDH_anon_WITH_RC4_128_SHA",
            0xc017 => "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA",
            0xc018 => "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
            0xc019 => "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
            0xc023 => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
            0xc024 => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
            0xc027 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            0xc028 => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            0xc035 => "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA",
            0xc036 => "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA",
            0xc09c => "TLS_RSA_WITH_AES_128_CCM",
            0xc09d => "TLS_RSA_WITH_AES_256_CCM",
            0xc0a0 => "TLS_RSA_WITH_AES_128_CCM_8",
            0xc0a1 => "TLS_RSA_WITH_AES_256_CCM_8",
            _ => return None,
        })
    }

    /// A reserved value of RFC 8701 (0x0a0a, 0x1a1a, ... 0xfafa), sent to keep peers tolerant.
    pub const fn is_grease(self) -> bool {
        self.0 & 0x0f0f == 0x0a0a && self.0 >> 8 == self.0 & 0xff
    }

    /// A signal that stands among the suites without being one (RFC 5746 §3.3, RFC 7507 §2).
    pub const fn is_signal(self) -> bool {
        matches!(self, Self::TLS_EMPTY_RENEGOTIATION_INFO_SCSV | Self::TLS_FALLBACK_SCSV)
    }

    /// Why the suite is refused on purpose, if it is: the property in a word.
    pub fn refused_for(self) -> Option<&'static str> {
        let name = self.refused_name()?;
        /// Part of the name, and what it stands for; the worst first.
        const FLAWS: &[(&str, &str)] = &[
            ("_NULL_", "no encryption (NULL)"),
            ("_anon_", "no authentication (anonymous)"),
            ("_EXPORT_", "export-grade keys"),
            ("_RC4_", "RC4"),
            ("_3DES_", "3DES"),
            ("_DES_", "DES"),
            ("_CBC_", "CBC"),
            ("_RSA_WITH_", "static RSA key exchange"),
            ("_DHE_PSK_", "DHE_PSK"),
        ];
        FLAWS.iter().find(|(part, _)| name.contains(part)).map(|(_, flaw)| *flaw)
    }
}

impl fmt::Display for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "0x{:04x}", self.0),
        }
    }
}

impl fmt::Debug for CipherSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_says_why() {
        for (value, flaw) in [
            (0x0000, "no encryption (NULL)"),
            (0x0005, "RC4"),
            (0x0003, "export-grade keys"),
            (0x000a, "3DES"),
            (0x0034, "no authentication (anonymous)"),
            (0x00a6, "no authentication (anonymous)"),
            (0x009c, "static RSA key exchange"),
            (0xc013, "CBC"),
        ] {
            assert_eq!(CipherSuite(value).refused_for(), Some(flaw), "{}", CipherSuite(value));
        }
        for value in 0..=u16::MAX {
            let suite = CipherSuite(value);
            // Every name that is not of a suite in use is of one with a flaw.
            assert_eq!(suite.refused_for().is_some(), suite.refused_name().is_some(), "{suite}");
        }
        assert!(CipherSuite::KNOWN.iter().all(|suite| suite.refused_for().is_none() && suite.name().is_some()));
    }
}
