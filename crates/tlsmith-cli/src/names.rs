//! Names of groups, suites and signature schemes as people write them: IANA's, and the usual spellings of OpenSSL.

use tlsmith::registry::{CipherSuite, NamedGroup, SignatureScheme};

use crate::exit::Usage;

/// What can stand in one list: a value, its IANA name, and how else it is written.
struct Entry<T: 'static> {
    value: T,
    name: &'static str,
    others: &'static [&'static str],
}

const GROUPS: &[Entry<NamedGroup>] = &[
    Entry { value: NamedGroup::X25519MLKEM768, name: "X25519MLKEM768", others: &["mlkem768x25519", "x25519-mlkem768"] },
    Entry {
        value: NamedGroup::SECP256R1MLKEM768,
        name: "SecP256r1MLKEM768",
        others: &["p256_mlkem768", "P256MLKEM768", "p256-mlkem768"],
    },
    Entry {
        value: NamedGroup::SECP384R1MLKEM1024,
        name: "SecP384r1MLKEM1024",
        others: &["p384_mlkem1024", "P384MLKEM1024", "p384-mlkem1024"],
    },
    Entry { value: NamedGroup::MLKEM1024, name: "MLKEM1024", others: &["ML-KEM-1024", "mlkem1024"] },
    Entry { value: NamedGroup::X25519, name: "x25519", others: &["curve25519"] },
    Entry { value: NamedGroup::SECP256R1, name: "secp256r1", others: &["P-256", "P256", "prime256v1", "nistp256"] },
    Entry { value: NamedGroup::SECP384R1, name: "secp384r1", others: &["P-384", "P384", "nistp384"] },
    Entry { value: NamedGroup::SECP521R1, name: "secp521r1", others: &["P-521", "P521", "nistp521"] },
    Entry { value: NamedGroup::FFDHE2048, name: "ffdhe2048", others: &["dh_2048", "FFDHE-2048"] },
    Entry { value: NamedGroup::FFDHE3072, name: "ffdhe3072", others: &["dh_3072", "FFDHE-3072"] },
    #[cfg(feature = "x448")]
    Entry { value: NamedGroup::X448, name: "x448", others: &["curve448"] },
];

const SUITES: &[Entry<CipherSuite>] = &[
    Entry {
        value: CipherSuite::TLS_AES_128_GCM_SHA256,
        name: "TLS_AES_128_GCM_SHA256",
        others: &["AES-128-GCM", "AES128-GCM", "TLS13-AES128-GCM-SHA256"],
    },
    Entry {
        value: CipherSuite::TLS_AES_256_GCM_SHA384,
        name: "TLS_AES_256_GCM_SHA384",
        others: &["AES-256-GCM", "AES256-GCM", "TLS13-AES256-GCM-SHA384"],
    },
    Entry {
        value: CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        name: "TLS_CHACHA20_POLY1305_SHA256",
        others: &["CHACHA20-POLY1305", "CHACHA20", "TLS13-CHACHA20-POLY1305-SHA256"],
    },
    Entry {
        value: CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        others: &["ECDHE-ECDSA-AES128-GCM-SHA256"],
    },
    Entry {
        value: CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        name: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        others: &["ECDHE-ECDSA-AES256-GCM-SHA384"],
    },
    Entry {
        value: CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        others: &["ECDHE-ECDSA-CHACHA20-POLY1305"],
    },
    Entry {
        value: CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        others: &["ECDHE-RSA-AES128-GCM-SHA256"],
    },
    Entry {
        value: CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        others: &["ECDHE-RSA-AES256-GCM-SHA384"],
    },
    Entry {
        value: CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        others: &["ECDHE-RSA-CHACHA20-POLY1305"],
    },
];

/// The schemes that a handshake may be signed with (RFC 8446 §4.2.3); those of PKCS#1 v1.5 in TLS 1.2 only.
const SCHEMES: &[Entry<SignatureScheme>] = &[
    Entry {
        value: SignatureScheme::ECDSA_SECP256R1_SHA256,
        name: "ecdsa_secp256r1_sha256",
        others: &["ECDSA+SHA256", "ecdsa_p256_sha256"],
    },
    Entry {
        value: SignatureScheme::ECDSA_SECP384R1_SHA384,
        name: "ecdsa_secp384r1_sha384",
        others: &["ECDSA+SHA384", "ecdsa_p384_sha384"],
    },
    Entry {
        value: SignatureScheme::ECDSA_SECP521R1_SHA512,
        name: "ecdsa_secp521r1_sha512",
        others: &["ECDSA+SHA512", "ecdsa_p521_sha512"],
    },
    Entry { value: SignatureScheme::ED25519, name: "ed25519", others: &[] },
    Entry {
        value: SignatureScheme::RSA_PSS_RSAE_SHA256,
        name: "rsa_pss_rsae_sha256",
        others: &["RSA-PSS+SHA256", "PSS+SHA256"],
    },
    Entry {
        value: SignatureScheme::RSA_PSS_RSAE_SHA384,
        name: "rsa_pss_rsae_sha384",
        others: &["RSA-PSS+SHA384", "PSS+SHA384"],
    },
    Entry {
        value: SignatureScheme::RSA_PSS_RSAE_SHA512,
        name: "rsa_pss_rsae_sha512",
        others: &["RSA-PSS+SHA512", "PSS+SHA512"],
    },
    Entry { value: SignatureScheme::RSA_PSS_PSS_SHA256, name: "rsa_pss_pss_sha256", others: &[] },
    Entry { value: SignatureScheme::RSA_PSS_PSS_SHA384, name: "rsa_pss_pss_sha384", others: &[] },
    Entry { value: SignatureScheme::RSA_PSS_PSS_SHA512, name: "rsa_pss_pss_sha512", others: &[] },
    Entry { value: SignatureScheme::RSA_PKCS1_SHA256, name: "rsa_pkcs1_sha256", others: &["RSA+SHA256"] },
    Entry { value: SignatureScheme::RSA_PKCS1_SHA384, name: "rsa_pkcs1_sha384", others: &["RSA+SHA384"] },
    Entry { value: SignatureScheme::RSA_PKCS1_SHA512, name: "rsa_pkcs1_sha512", others: &["RSA+SHA512"] },
    Entry { value: SignatureScheme::MLDSA44, name: "mldsa44", others: &["ML-DSA-44"] },
    Entry { value: SignatureScheme::MLDSA65, name: "mldsa65", others: &["ML-DSA-65"] },
    Entry { value: SignatureScheme::MLDSA87, name: "mldsa87", others: &["ML-DSA-87"] },
];

/// Reads `--groups`.
pub(crate) fn groups(list: &str) -> Result<Vec<NamedGroup>, Usage> {
    let registered = NamedGroup::KNOWN.iter().filter_map(|group| Some((group.name()?, *group))).collect();
    read(&List { option: "--groups", kind: "group", entries: GROUPS, registered, refused: |_| None }, list)
}

/// Reads `--suites`.
pub(crate) fn suites(list: &str) -> Result<Vec<CipherSuite>, Usage> {
    let registered = CipherSuite::KNOWN.iter().filter_map(|suite| Some((suite.name()?, *suite))).collect();
    read(&List { option: "--suites", kind: "cipher suite", entries: SUITES, registered, refused: refused_suite }, list)
}

/// Reads `--sigalgs`.
pub(crate) fn schemes(list: &str) -> Result<Vec<SignatureScheme>, Usage> {
    let registered = SignatureScheme::KNOWN.iter().filter_map(|scheme| Some((scheme.name()?, *scheme))).collect();
    read(&List { option: "--sigalgs", kind: "signature scheme", entries: SCHEMES, registered, refused: |_| None }, list)
}

/// One option's vocabulary.
struct List<T: 'static> {
    option: &'static str,
    kind: &'static str,
    entries: &'static [Entry<T>],
    /// IANA's names. What of them is not carried out, or not by this provider, the configuration says.
    registered: Vec<(&'static str, T)>,
    /// Why a name is refused on purpose.
    refused: fn(&str) -> Option<&'static str>,
}

/// What is wrong with a suite that nobody should use.
fn refused_suite(word: &str) -> Option<&'static str> {
    let is_called = |suite: &CipherSuite| suite.name().is_some_and(|name| name.eq_ignore_ascii_case(word));
    (0..=u16::MAX).map(CipherSuite).find(is_called).and_then(CipherSuite::refused_for)
}

fn read<T: Copy + PartialEq>(list: &List<T>, text: &str) -> Result<Vec<T>, Usage> {
    let mut values = Vec::new();
    // A comma as everywhere here, a colon as in OpenSSL's lists.
    for word in text.split([',', ':']).map(str::trim) {
        let value = list.find(word)?;
        if values.contains(&value) {
            return Err(list.usage(format!("{word} stands there twice"), String::from("name it once")));
        }
        values.push(value);
    }
    Ok(values)
}

impl<T: Copy> List<T> {
    fn find(&self, word: &str) -> Result<T, Usage> {
        let same = |name: &&str| name.eq_ignore_ascii_case(word);
        if let Some(entry) = self.entries.iter().find(|e| same(&e.name) || e.others.iter().any(same)) {
            return Ok(entry.value);
        }
        let known = self.entries.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
        let known = format!("known are {known}");
        if word.is_empty() {
            return Err(self.usage(String::from("an empty name"), known));
        }
        if let Some((_, value)) = self.registered.iter().find(|(name, _)| same(name)) {
            return Ok(*value);
        }
        if let Some(flaw) = (self.refused)(word) {
            return Err(self.usage(format!("{word}: refused on purpose ({flaw})"), known));
        }
        let fix = match self.nearest(word) {
            Some(name) => format!("did you mean {name}? {known}"),
            None => known,
        };
        Err(self.usage(format!("no {} is called {word:?}", self.kind), fix))
    }

    /// The name that is most like the word, if one is.
    fn nearest(&self, word: &str) -> Option<&'static str> {
        self.entries
            .iter()
            .flat_map(|entry| std::iter::once(&entry.name).chain(entry.others).map(|other| (*other, entry.name)))
            .map(|(spelling, name)| {
                (strsim::jaro_winkler(&spelling.to_ascii_lowercase(), &word.to_ascii_lowercase()), name)
            })
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name)
    }

    fn usage(&self, message: String, fix: String) -> Usage {
        Usage::new("usage.name", format!("{}: {message}", self.option), fix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iana_and_openssl_spellings_mean_the_same() {
        let p256 = vec![NamedGroup::SECP256R1];
        for spelling in ["secp256r1", "P-256", "p256", "prime256v1", "SECP256R1"] {
            assert_eq!(groups(spelling).unwrap(), p256, "{spelling}");
        }
        assert_eq!(
            groups("X25519MLKEM768:X25519,P-384").unwrap(),
            [NamedGroup::X25519MLKEM768, NamedGroup::X25519, NamedGroup::SECP384R1]
        );
        assert_eq!(suites("TLS_AES_256_GCM_SHA384, chacha20").unwrap().len(), 2);
        assert_eq!(
            schemes("ECDSA+SHA256:RSA-PSS+SHA256").unwrap().first(),
            Some(&SignatureScheme::ECDSA_SECP256R1_SHA256)
        );
    }

    #[test]
    fn every_group_of_the_provider_can_be_named() {
        use tlsmith_crypto::Provider as _;
        for group in tlsmith_crypto::aws_lc::AwsLc.groups() {
            let group = NamedGroup::from_group(*group).unwrap();
            assert_eq!(groups(group.name().unwrap()).unwrap(), [group]);
        }
        assert_eq!(groups("ffdhe2048,SecP256r1MLKEM768").unwrap().len(), 2, "those off by default as well");
    }

    #[test]
    fn own_names_are_ianas() {
        assert!(GROUPS.iter().all(|e| e.value.name() == Some(e.name)));
        assert!(SUITES.iter().all(|e| e.value.name() == Some(e.name)));
        assert!(SCHEMES.iter().all(|e| e.value.name() == Some(e.name)));
    }

    #[test]
    fn a_slip_gets_a_suggestion_and_the_list() {
        let usage = groups("x25591").unwrap_err();
        assert!(usage.fix.starts_with("did you mean x25519?"), "{usage}");
        assert!(usage.fix.contains("secp521r1"), "{usage}");
        let usage = suites("TLS_AES_128_GCM_SHA265").unwrap_err();
        assert!(usage.fix.starts_with("did you mean TLS_AES_128_GCM_SHA256?"), "{usage}");
        let usage = groups("kangaroo").unwrap_err();
        assert!(usage.fix.starts_with("known are"), "{usage}");
    }

    #[test]
    fn whatever_is_registered_has_its_name_and_what_is_refused_its_flaw() {
        assert_eq!(groups("X448").unwrap(), [NamedGroup::X448]);
        assert_eq!(suites("tls_aes_128_ccm_sha256").unwrap(), [CipherSuite::TLS_AES_128_CCM_SHA256]);
        assert_eq!(
            suites("ECDHE-RSA-AES128-GCM-SHA256").unwrap(),
            [CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
        );
        assert_eq!(schemes("RSA+SHA256").unwrap(), [SignatureScheme::RSA_PKCS1_SHA256]);
        let usage = suites("TLS_RSA_WITH_AES_128_GCM_SHA256").unwrap_err();
        assert!(usage.message.contains("refused on purpose ("), "{usage}");
    }

    #[test]
    fn empty_and_doubled_names_are_mistakes() {
        assert!(groups("").is_err());
        assert!(groups("x25519,,P-256").is_err());
        assert!(groups("P-256,prime256v1").unwrap_err().message.contains("twice"));
    }
}
