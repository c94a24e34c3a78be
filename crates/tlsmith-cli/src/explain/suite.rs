//! Cipher suites, taken apart by their names.

use std::sync::LazyLock;

use tlsmith::registry::CipherSuite;

use super::{Answer, Part};

/// What is known of a suite, by its IANA name (`TLS_...`, with Java's old `SSL_...`, or as GnuTLS has it, without
/// `_WITH`), OpenSSL's name, or its value in hexadecimal digits (`c02f`, `C0,2F`).
pub(super) fn explain(query: &str) -> Option<Answer> {
    let query = query.trim();
    match by_value(query).or_else(|| by_name(query)) {
        Some(suite) => of_suite(suite),
        None if query.eq_ignore_ascii_case("TLS_FALLBACK_SCSV") => of_suite(CipherSuite::TLS_FALLBACK_SCSV),
        None if query.eq_ignore_ascii_case("TLS_EMPTY_RENEGOTIATION_INFO_SCSV") => {
            of_suite(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
        }
        // A suite that the registry here does not hold is still read by its name.
        None if query.starts_with("TLS_") && query.contains("_WITH_") => {
            Taken::apart(query).map(|taken| taken.answer(query, None))
        }
        None => None,
    }
}

/// By its value.
pub(super) fn of_value(value: u16) -> Option<Answer> {
    of_suite(CipherSuite(value))
}

fn of_suite(suite: CipherSuite) -> Option<Answer> {
    if suite.is_signal() {
        return Some(signal(suite));
    }
    let name = suite.name()?;
    Taken::apart(name).map(|taken| taken.answer(name, Some(suite)))
}

/// A value that stands among the suites and is none.
fn signal(suite: CipherSuite) -> Answer {
    let name = suite.to_string();
    let (means, trouble, section) = match suite {
        CipherSuite::TLS_FALLBACK_SCSV => (
            "A client that tries again with an older version puts it among its suites: a server that knows a newer version \
             answers with the alert inappropriate_fallback, and nobody is led back to an older version.",
            "The alert inappropriate_fallback: the first try failed for another reason, and that one is to be found.",
            "RFC 7507",
        ),
        _ => (
            "A client says with it that it knows secure renegotiation, where an extension might disturb an old server. A \
             server of TLS 1.2 answers with the extension renegotiation_info.",
            "Scanners count it among the suites; it encrypts nothing, and to offer it is right.",
            "RFC 5746 §3.3",
        ),
    };
    Answer {
        kind: "cipher_suite",
        title: format!("{name}: a signal, no cipher suite"),
        id: name,
        means: means.to_owned(),
        parts: vec![Part::new("value", format!("0x{:04x}", suite.0))],
        causes: vec![trouble.to_owned()],
        commands: vec![String::from("tlsmith connect HOST --trace")],
        section: Some(section.to_owned()),
        ..Answer::default()
    }
}

fn by_value(query: &str) -> Option<CipherSuite> {
    let digits: String = match query.strip_prefix("0x").or_else(|| query.strip_prefix("0X")) {
        Some(digits) => digits.replace(",0x", "").replace(",0X", ""),
        None => query.replace([',', ' '], "").replace("0x", ""),
    };
    let value = CipherSuite(u16::from_str_radix(digits.as_str(), 16).ok().filter(|_| digits.len() == 4)?);
    value.name().map(|_| value)
}

fn by_name(query: &str) -> Option<CipherSuite> {
    let wanted = match query.strip_prefix("SSL_") {
        Some(rest) => format!("TLS_{rest}"),
        None => query.replace("EDH-", "DHE-"),
    };
    let is = |name: &str| name.eq_ignore_ascii_case(&wanted);
    // GnuTLS: TLS_ECDHE_RSA_AES_128_GCM_SHA256, TLS_RSA_AES_128_CBC_SHA1, TLS_ECDHE_RSA_CHACHA20_POLY1305.
    let is_gnutls = |name: &str| {
        let short = name.replace("_WITH_", "_");
        is(&short) || (short.ends_with("_SHA") && is(&format!("{short}1"))) || {
            short.strip_suffix("_SHA256").is_some_and(|short| short.ends_with("_POLY1305") && is(short))
        }
    };
    let named = NAMED.iter().find(|(_, name, openssl)| is(name) || openssl.as_deref().is_some_and(is));
    named.or_else(|| NAMED.iter().find(|(_, name, _)| is_gnutls(name))).map(|(suite, ..)| *suite)
}

/// Every suite with a name, signals aside: the registry's name, and OpenSSL's.
static NAMED: LazyLock<Vec<(CipherSuite, String, Option<String>)>> = LazyLock::new(|| {
    let suites = (0..=u16::MAX).map(CipherSuite).filter(|suite| suite.name().is_some() && !suite.is_signal());
    suites.map(|suite| (suite, suite.to_string(), openssl_name(&suite.to_string()))).collect()
});

/// Their names, the registry's and OpenSSL's.
pub(super) fn all() -> impl Iterator<Item = String> {
    NAMED.iter().flat_map(|(_, name, openssl)| {
        let openssl = openssl.as_ref().filter(|openssl| *openssl != name);
        std::iter::once(name.clone()).chain(openssl.cloned())
    })
}

/// A name's parts.
#[derive(Debug, PartialEq, Eq)]
struct Taken<'n> {
    /// `ECDHE`, `DHE`, `RSA`, `PSK`, ...; none in TLS 1.3, whose suites do not say.
    key_exchange: Option<&'n str>,
    /// `RSA`, `ECDSA`, `PSK`, `anon`.
    authentication: Option<&'n str>,
    export: bool,
    /// `AES_128_GCM`.
    cipher: &'n str,
    /// The last part, where it is a hash.
    hash: Option<&'n str>,
}

impl<'n> Taken<'n> {
    /// `TLS_<key exchange>_<authentication>_WITH_<cipher>_<hash>`; of TLS 1.3 `TLS_<cipher>_<hash>`.
    fn apart(name: &'n str) -> Option<Self> {
        let body = name.strip_prefix("TLS_")?;
        let (keys, cipher) = match body.split_once("_WITH_") {
            Some((keys, cipher)) => (Some(keys), cipher),
            None => (None, body),
        };
        let export = keys.is_some_and(|keys| keys.ends_with("_EXPORT"));
        let keys = keys.map(|keys| keys.trim_end_matches("_EXPORT"));
        let (key_exchange, authentication) = match keys {
            None => (None, None),
            // The certificate's own key carries the secret, or the pre-shared key does: one word for both.
            Some(both) => {
                let (exchange, authentication) = both.split_once('_').unwrap_or((both, both));
                (Some(exchange), Some(authentication))
            }
        };
        let is_hash = |part: &str| matches!(part, "MD5" | "SHA" | "SHA256" | "SHA384" | "SHA512");
        let (cipher, hash) = match cipher.rsplit_once('_') {
            Some((cipher, hash)) if is_hash(hash) => (cipher, Some(hash)),
            _ => (cipher, None),
        };
        Some(Self { key_exchange, authentication, export, cipher, hash })
    }

    fn is_tls13(&self) -> bool {
        self.key_exchange.is_none()
    }

    fn is_aead(&self) -> bool {
        ["GCM", "CCM", "POLY1305"].iter().any(|mode| self.cipher.contains(mode))
    }

    fn has_forward_secrecy(&self) -> bool {
        self.key_exchange.is_none_or(|exchange| exchange.ends_with("DHE") || self.authentication == Some("anon"))
    }

    fn key_exchange(&self) -> &'static str {
        match self.key_exchange {
            None => "whatever group both sides choose (the suite does not say): ephemeral, or a pre-shared key",
            Some("ECDHE") => "ECDHE: ephemeral Diffie-Hellman on a curve",
            Some("DHE") => "DHE: ephemeral finite-field Diffie-Hellman",
            Some("ECDH") => "ECDH: Diffie-Hellman on a curve",
            Some("DH") => "DH: finite-field Diffie-Hellman",
            Some("RSA") => "static RSA: the client encrypts the secret to the certificate's key",
            Some("PSK") => "a pre-shared key",
            Some("NULL") => "none",
            Some(_) => "of a kind that is not used",
        }
    }

    fn authentication(&self) -> &'static str {
        match (self.key_exchange, self.authentication) {
            (None, _) => "whatever certificate or pre-shared key both sides choose (the suite does not say)",
            (_, Some("ECDSA")) => "a certificate with an ECDSA (or Ed25519) key",
            (_, Some("RSA")) => "a certificate with an RSA key",
            (_, Some("DSS")) => "a certificate with a DSA key (obsolete)",
            (_, Some("PSK")) => "the pre-shared key",
            (_, Some("anon")) => "none at all (anonymous)",
            _ => "none",
        }
    }

    fn cipher(&self) -> String {
        let key = if self.cipher.contains("256") { 256 } else { 128 };
        match self.cipher {
            cipher if cipher.starts_with("CHACHA20") => String::from("ChaCha20, 256-bit key"),
            cipher if cipher.starts_with("AES") => format!("AES, {key}-bit key"),
            cipher if cipher.starts_with("CAMELLIA") => format!("Camellia, {key}-bit key"),
            cipher if cipher.starts_with("ARIA") => format!("ARIA, {key}-bit key"),
            cipher if cipher.starts_with("3DES") => {
                String::from("Triple DES, 112 bits of strength, 64-bit blocks (Sweet32)")
            }
            cipher if cipher.starts_with("DES40") => String::from("DES with 40 bits: breakable at once"),
            cipher if cipher.starts_with("DES") => String::from("DES, 56-bit key: breakable in hours"),
            cipher if cipher.starts_with("RC4_40") => String::from("RC4 with 40 bits: breakable at once"),
            cipher if cipher.starts_with("RC4") => String::from("RC4, whose output is biased (RFC 7465)"),
            cipher if cipher.starts_with("RC2") => String::from("RC2 with 40 bits: breakable at once"),
            cipher if cipher.starts_with("NULL") => String::from("none: everything is sent in clear"),
            cipher => cipher.replace('_', "-"),
        }
    }

    fn mode(&self) -> &'static str {
        match self.cipher {
            cipher if cipher.ends_with("CCM_8") => "CCM with a tag of 8 bytes (AEAD)",
            cipher if cipher.contains("CCM") => "CCM (AEAD)",
            cipher if cipher.contains("GCM") => "GCM (AEAD)",
            cipher if cipher.contains("POLY1305") => "Poly1305 (AEAD)",
            cipher if cipher.contains("CBC") => "CBC, MAC before encryption (Lucky 13, BEAST, POODLE)",
            cipher if cipher.starts_with("RC4") => "stream",
            _ => "none",
        }
    }

    fn hash(&self) -> String {
        match (self.hash, self.is_aead()) {
            (Some(hash), true) => format!("{} in the key schedule", hyphened(hash)),
            (None, true) => String::from("SHA-256 in the key schedule"),
            (Some(hash), false) => format!("HMAC with {} for each record", hyphened(hash)),
            (None, false) => String::from("none"),
        }
    }

    fn verdict(&self, suite: Option<CipherSuite>) -> String {
        match suite.and_then(CipherSuite::refused_for) {
            Some(flaw) => return format!("do not use: {flaw}; refused here"),
            None if !self.has_forward_secrecy() && self.authentication == Some("PSK") => {
                return String::from("for small devices that share a key: no forward secrecy");
            }
            None if !self.is_aead() || !self.has_forward_secrecy() => {
                return String::from("do not use");
            }
            None => {}
        }
        match (self.cipher.ends_with("CCM_8"), self.key_exchange) {
            (true, _) => String::from("for small devices: the short tag is forged in 2^64 tries"),
            (_, Some("DHE")) => String::from("sound, slow; prefer ECDHE"),
            _ => String::from("recommended"),
        }
    }

    /// The RFC that defines it.
    fn section(&self) -> &'static str {
        let exchange = (self.key_exchange, self.authentication);
        let is = |part: &str| self.cipher.contains(part);
        match exchange {
            (None, _) => "RFC 8446 §B.4",
            _ if self.export => "RFC 2246 §A.5 (withdrawn: RFC 4346)",
            _ if is("POLY1305") => "RFC 7905",
            _ if is("CAMELLIA") => "RFC 5932",
            _ if is("ARIA") => "RFC 6209",
            _ if is("SEED") => "RFC 4162",
            _ if is("IDEA") || self.cipher.starts_with("DES") => "RFC 5469",
            _ if is("RC4") => "RFC 5246 §A.5, prohibited by RFC 7465",
            (Some("ECDHE"), Some("PSK")) if self.is_aead() => "RFC 8442",
            (Some("ECDHE"), Some("PSK")) => "RFC 5489",
            (_, Some("PSK")) if is("GCM") => "RFC 5487",
            (Some("ECDHE"), _) if is("CCM") => "RFC 7251",
            _ if is("CCM") => "RFC 6655",
            (_, Some("PSK")) => "RFC 4279",
            (Some("ECDHE"), _) if is("GCM") || matches!(self.hash, Some("SHA256" | "SHA384")) => "RFC 5289",
            (Some("ECDHE" | "ECDH"), _) => "RFC 8422 §6",
            _ if is("GCM") => "RFC 5288",
            _ => "RFC 5246 §A.5",
        }
    }

    /// How to ask for it: some suites need more than their name, which is not offered without being asked for.
    fn command(&self, name: &str) -> String {
        let groups = if self.key_exchange == Some("DHE") { " --groups ffdhe2048" } else { "" };
        let keys = if self.authentication == Some("PSK") { " --psk-file psk.txt" } else { "" };
        format!("tlsmith connect HOST --suites {name}{groups}{keys}")
    }

    fn answer(&self, name: &str, suite: Option<CipherSuite>) -> Answer {
        let yes_no = |yes| if yes { "yes" } else { "no" };
        let openssl = openssl_name(name).filter(|openssl| openssl != name);
        let value = suite.map(|suite| format!("0x{:04x}", suite.0));
        let secrecy = match (self.has_forward_secrecy(), self.is_tls13()) {
            (true, true) => "yes, but for a pre-shared key used alone (psk_ke)",
            (true, false) => "yes: a key that is stolen later opens nothing that was recorded",
            (false, _) => "no: who gets the key later reads everything that was recorded",
        };
        let versions =
            match (self.is_tls13(), self.is_aead() || self.hash == Some("SHA256") || self.hash == Some("SHA384")) {
                (true, _) => "TLS 1.3",
                (false, true) => "TLS 1.2",
                (false, false) => "TLS 1.2 and before",
            };
        let spoken = suite.is_some_and(|suite| CipherSuite::KNOWN.contains(&suite));
        let mut parts: Vec<Part> = Vec::new();
        parts.extend(value.map(|value| Part::new("value", value)));
        parts.extend(openssl.map(|openssl| Part::new("openssl_name", openssl)));
        parts.extend([
            Part::new("versions", versions),
            Part::new("key_exchange", self.key_exchange()),
            Part::new("authentication", self.authentication()),
            Part::new("cipher", self.cipher()),
            Part::new("mode", self.mode()),
            Part::new("hash", self.hash()),
            Part::new("forward_secrecy", secrecy),
            Part::new("verdict", self.verdict(suite)),
            Part::new("in_tlsmith", yes_no(spoken)),
        ]);
        let commands = if spoken { vec![self.command(name)] } else { Vec::new() };
        Answer {
            kind: "cipher_suite",
            title: format!("The cipher suite {name}"),
            id: name.to_owned(),
            means: String::from("What protects the records of a connection, and in TLS 1.2 how the keys come about."),
            parts,
            commands,
            section: Some(self.section().to_owned()),
            ..Answer::default()
        }
    }
}

fn hyphened(hash: &str) -> String {
    match hash {
        "SHA" => String::from("SHA-1"),
        hash => hash.replace("SHA", "SHA-"),
    }
}

/// OpenSSL's name of a suite, by its rules: static RSA goes unsaid, CBC goes unsaid but for PSK, `CBC3` is Triple DES.
fn openssl_name(name: &str) -> Option<String> {
    let taken = Taken::apart(name)?;
    if taken.is_tls13() {
        return Some(name.to_owned());
    }
    let is_psk = taken.authentication == Some("PSK");
    let keys = match (taken.key_exchange?, taken.authentication?) {
        ("RSA", "RSA") => String::new(),
        ("PSK", "PSK") => String::from("PSK-"),
        ("DH", "anon") => String::from("ADH-"),
        ("ECDH", "anon") => String::from("AECDH-"),
        (exchange, authentication) => format!("{exchange}-{authentication}-"),
    };
    let cipher = match taken.cipher {
        "CHACHA20_POLY1305" => return Some(format!("{keys}CHACHA20-POLY1305")),
        "3DES_EDE_CBC" if is_psk => String::from("3DES-EDE-CBC"),
        "3DES_EDE_CBC" => String::from("DES-CBC3"),
        "DES40_CBC" | "DES_CBC" => String::from("DES-CBC"),
        "RC4_128" | "RC4_40" => String::from("RC4"),
        "RC2_CBC_40" => String::from("RC2-CBC"),
        "IDEA_CBC" => String::from("IDEA-CBC"),
        "SEED_CBC" => String::from("SEED"),
        cipher => {
            let cipher = cipher.replace("AES_", "AES").replace("CAMELLIA_", "CAMELLIA").replace("CCM_8", "CCM8");
            let cipher = if is_psk { cipher } else { cipher.replace("_CBC", "") };
            cipher.replace('_', "-")
        }
    };
    let export = if taken.export { "EXP-" } else { "" };
    let hash = taken.hash.map_or_else(String::new, |hash| format!("-{hash}"));
    Some(format!("{export}{keys}{cipher}{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `openssl ciphers -V ALL:COMPLEMENTOFALL` names them.
    #[test]
    fn names_of_openssl() {
        for (name, openssl) in [
            ("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
            ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
            ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
            ("TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"),
            ("TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256"),
            ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"),
            ("TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", "ECDHE-ECDSA-AES256-CCM8"),
            ("TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", "DHE-PSK-AES128-GCM-SHA256"),
            ("TLS_PSK_WITH_AES_128_CBC_SHA", "PSK-AES128-CBC-SHA"),
            ("TLS_DH_anon_WITH_AES_128_CBC_SHA", "ADH-AES128-SHA"),
            ("TLS_ECDH_anon_WITH_NULL_SHA", "AECDH-NULL-SHA"),
            ("TLS_RSA_WITH_RC4_128_MD5", "RC4-MD5"),
            ("TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", "CAMELLIA128-SHA"),
            ("TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-DES-CBC-SHA"),
        ] {
            assert_eq!(openssl_name(name).as_deref(), Some(openssl));
            assert_eq!(explain(openssl).unwrap().id, name);
        }
    }

    #[test]
    fn every_suite_with_a_name_is_taken_apart() {
        for (suite, name, _) in NAMED.iter() {
            let answer = explain(name).unwrap();
            assert_eq!(explain(&format!("0x{:04x}", suite.0)).as_ref(), Some(&answer));
            let part = |wanted: &str| &answer.parts.iter().find(|part| part.name == wanted).unwrap().value;
            assert_eq!(suite.refused_for().is_some(), part("verdict").starts_with("do not use"), "{name}");
            assert_eq!(CipherSuite::KNOWN.contains(suite), part("in_tlsmith") == "yes", "{name}");
            assert!(part("key_exchange") != "of a kind that is not used", "{name}");
        }
    }

    #[test]
    fn values_and_strangers() {
        for value in ["0xC02F", "c02f", "C0,2F", "0xC0,0x2F"] {
            assert_eq!(explain(value).unwrap().id, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "{value}");
        }
        assert_eq!(explain("SSL_RSA_WITH_RC4_128_SHA").unwrap().id, "TLS_RSA_WITH_RC4_128_SHA");
        let stranger = explain("TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256").unwrap();
        assert_eq!(stranger.section.as_deref(), Some("RFC 6209"));
        for nothing in ["TLS", "", "_WITH_", "TLS_WITH", "0x", "0xffffff", "ECDHE"] {
            assert_eq!(explain(nothing), None, "{nothing}");
        }
    }
}
