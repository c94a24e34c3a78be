//! What a server chooses from a ClientHello (RFC 8446 §4.1.1, §4.2, §9.2).

use tlsmith_crypto::HashAlgorithm;

use crate::{
    config::{Preference, ServerConfig},
    conn::ClientHelloFacts,
    error::{Error, Rule},
    ext::Extension,
    msg::ClientHello,
    registry::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion},
    tls13::suite::Suite,
};

/// The versions that are implemented, highest first.
pub(crate) const VERSIONS: &[ProtocolVersion] = &[ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// The highest of this side's `versions` (in that order) that the client offers, or an error that names what it offers.
///
/// `supported_versions` alone decides where it is. Without it a client speaks at most TLS 1.2, even if `legacy_version`
/// says more (RFC 8446 §4.2.1). A hello that speaks of SSLv3 is refused whatever else it says (§D.5).
pub(crate) fn version(
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    versions: &[ProtocolVersion],
) -> Result<ProtocolVersion, Error> {
    if hello.legacy_version <= ProtocolVersion::SSL3_0 {
        return Err(Error::new(Rule::PeerVersion, "the client's legacy_version is that of SSLv3"));
    }
    let offered = |version: &ProtocolVersion| match hello.supported_versions() {
        Some(offered) => offered.contains(version),
        None => *version == ProtocolVersion::TLS1_2 && hello.legacy_version >= ProtocolVersion::TLS1_2,
    };
    versions.iter().copied().find(offered).ok_or_else(|| {
        Error::new(
            Rule::PeerVersion,
            format!("the client offers {}; this side {}", list(&facts.versions), list(versions)),
        )
    })
}

/// A client that tries again with a lower version says so (RFC 7507 §3), and is told that it need not.
pub(crate) fn check_fallback(
    facts: &ClientHelloFacts,
    chosen: ProtocolVersion,
    versions: &[ProtocolVersion],
) -> Result<(), Error> {
    let better = versions.iter().find(|version| **version > chosen);
    match better.filter(|_| facts.cipher_suites.contains(&CipherSuite::TLS_FALLBACK_SCSV)) {
        Some(better) => Err(Error::new(Rule::InappropriateFallback, format!("to {chosen}; this side speaks {better}"))),
        None => Ok(()),
    }
}

/// The demands on every ClientHello of TLS 1.3 (RFC 8446 §4.1.2, §4.2.8, §9.2).
pub(crate) fn check_hello(hello: &ClientHello<'_>) -> Result<(), Error> {
    if hello.compression_methods != [0] {
        return Err(Error::new(Rule::CompressionOffered, "legacy_compression_methods is not exactly null"));
    }
    // A PSK does without (§9.2); where none is taken, they are missed later.
    let psk = hello.pre_shared_key().is_some();
    let demanded = [ExtensionType::SIGNATURE_ALGORITHMS, ExtensionType::SUPPORTED_GROUPS, ExtensionType::KEY_SHARE];
    if let Some(missing) = demanded.into_iter().find(|extension| hello.find(*extension).is_none() && !psk) {
        return Err(Error::new(Rule::MissingExtension, format!("{missing} in the ClientHello")));
    }
    // "If containing a "supported_groups" extension, it MUST also contain a "key_share" extension, and vice versa" (§9.2).
    let together = [ExtensionType::SUPPORTED_GROUPS, ExtensionType::KEY_SHARE];
    let [groups, shares] = together.map(|extension| hello.find(extension).is_some());
    if groups != shares {
        return Err(Error::new(Rule::MissingExtension, "one of supported_groups and key_share without the other"));
    }
    if hello.pre_shared_key().is_some() && hello.psk_key_exchange_modes().is_none() {
        return Err(Error::new(Rule::MissingExtension, "pre_shared_key without psk_key_exchange_modes"));
    }
    // Sorted: a hostile hello has thousands of either.
    let mut groups = hello.supported_groups().unwrap_or_default().to_vec();
    groups.sort_unstable();
    let shares = hello.key_share().unwrap_or_default();
    let stranger = shares.iter().find(|share| groups.binary_search(&share.group).is_err());
    match stranger {
        Some(share) => Err(Error::new(
            Rule::IllegalParameter,
            format!("a key share of {}, which supported_groups does not list", share.group),
        )),
        None => Ok(()),
    }
}

/// The suite. With [`Preference::Server`], a client that puts ChaCha20 before AES gets it: it has no hardware for AES.
pub(crate) fn suite(config: &ServerConfig, offered: &[CipherSuite]) -> Result<Suite, Error> {
    let own: Vec<CipherSuite> =
        config.cipher_suites.iter().copied().filter(|code| Suite::new(*code).is_some()).collect();
    let is_ours = |suite: &CipherSuite| own.contains(suite);
    let chosen = match config.preference {
        Preference::Client => offered.iter().copied().find(is_ours),
        Preference::Server if chacha_first(offered, is_ours) => Some(CipherSuite::TLS_CHACHA20_POLY1305_SHA256),
        Preference::Server => own.iter().copied().find(|suite| offered.contains(suite)),
    };
    chosen.and_then(Suite::new).ok_or_else(|| {
        Error::new(Rule::NoCommonSuite, format!("the client offers {}; this side allows {}", list(offered), list(&own)))
    })
}

/// Whether the first suite of the client's that this side allows is one with ChaCha20.
pub(crate) fn chacha_first(offered: &[CipherSuite], is_ours: impl Fn(&CipherSuite) -> bool) -> bool {
    offered.iter().find(|suite| is_ours(suite)).is_some_and(|first| {
        matches!(
            *first,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256
                | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
                | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        )
    })
}

/// The most wanted suite of a hash: a PSK is bound to it.
pub(crate) fn suite_of_hash(config: &ServerConfig, offered: &[CipherSuite], hash: HashAlgorithm) -> Option<Suite> {
    let ours = config.cipher_suites.iter().copied().filter(|suite| offered.contains(suite));
    ours.filter_map(Suite::new).find(|suite| suite.hash == hash)
}

/// The group, and whether the client sent a share of it. One with a share is chosen before one that costs a round trip;
/// among equals the preference decides.
pub(crate) fn group(config: &ServerConfig, facts: &ClientHelloFacts) -> Result<(NamedGroup, bool), Error> {
    // Never more than this side's few, however long the client's list is.
    let place = |group: &NamedGroup| facts.groups.iter().position(|offered| offered == group);
    let mut common: Vec<NamedGroup> = config.groups.iter().copied().filter(|group| place(group).is_some()).collect();
    if config.preference == Preference::Client {
        common.sort_by_key(place);
    }
    let shared = common.iter().copied().find(|group| facts.key_shares.contains(group));
    match (shared, common.first()) {
        (Some(group), _) => Ok((group, true)),
        (None, Some(group)) => Ok((*group, false)),
        (None, None) => Err(Error::new(
            Rule::NoCommonGroup,
            format!("the client offers {}; this side allows {}", list(&facts.groups), list(&config.groups)),
        )),
    }
}

/// The application protocol (RFC 7301 §3.2), in the server's order.
pub(crate) fn alpn(config: &ServerConfig, facts: &ClientHelloFacts) -> Result<Option<Vec<u8>>, Error> {
    if facts.alpn.is_empty() || config.alpn.is_empty() {
        return Ok(None);
    }
    let text = |names: &[Vec<u8>]| {
        let names: Vec<String> = names.iter().take(17).map(|name| name.escape_ascii().to_string()).collect();
        list(&names)
    };
    match config.alpn.iter().find(|name| facts.alpn.contains(name)) {
        Some(name) => Ok(Some(name.clone())),
        None => Err(Error::new(
            Rule::NoApplicationProtocol,
            format!("the client offers {}; this side speaks {}", text(&facts.alpn), text(&config.alpn)),
        )),
    }
}

/// A second ClientHello repeats the first but for what the retry asked for (RFC 8446 §4.1.2).
pub(crate) fn check_second(first: &ClientHello<'_>, second: &ClientHello<'_>) -> Result<(), Error> {
    let changed = if first.legacy_version != second.legacy_version {
        "legacy_version"
    } else if first.random != second.random {
        "random"
    } else if first.session_id != second.session_id {
        "legacy_session_id"
    } else if first.cipher_suites != second.cipher_suites {
        "cipher_suites"
    } else if first.compression_methods != second.compression_methods {
        "legacy_compression_methods"
    } else if kept(first) != kept(second) {
        "an extension that the retry did not ask to change"
    } else if second.early_data() {
        "early_data, which a second ClientHello must not have"
    } else {
        return Ok(());
    };
    Err(Error::new(Rule::RetryMismatch, format!("the second ClientHello changed {changed}")))
}

/// The extensions that a second ClientHello has to repeat.
fn kept<'h, 'a>(hello: &'h ClientHello<'a>) -> Vec<&'h Extension<'a>> {
    let may_change = |extension: &Extension<'_>| {
        matches!(
            extension.extension_type(),
            ExtensionType::KEY_SHARE
                | ExtensionType::EARLY_DATA
                | ExtensionType::COOKIE
                | ExtensionType::PRE_SHARED_KEY
                | ExtensionType::PADDING
                | ExtensionType::ENCRYPTED_CLIENT_HELLO
        )
    };
    hello.extensions.iter().filter(|extension| !may_change(extension)).collect()
}

/// Values for an error's message.
pub(crate) fn list<T: std::fmt::Display>(items: &[T]) -> String {
    match items.is_empty() {
        true => String::from("none"),
        // Enough to see what is going on; a hostile hello lists thousands.
        false => items.iter().take(16).map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::client_hello_facts;

    #[test]
    fn tls13_is_offered_by_the_extension_alone() {
        let mut hello = ClientHello {
            legacy_version: ProtocolVersion::TLS1_3,
            random: [0; 32],
            session_id: &[],
            cipher_suites: Vec::new(),
            compression_methods: &[0],
            extensions: Vec::new(),
        };
        let choose = |hello: &ClientHello<'_>, versions| version(hello, &client_hello_facts(hello), versions);
        assert_eq!(choose(&hello, VERSIONS).unwrap(), ProtocolVersion::TLS1_2);
        assert_eq!(choose(&hello, &VERSIONS[..1]).unwrap_err().code(), "hello.unsupported_version");
        hello
            .extensions
            .push(Extension::SupportedVersionsOffer(vec![ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3]));
        assert_eq!(choose(&hello, VERSIONS).unwrap(), ProtocolVersion::TLS1_3);
        assert_eq!(choose(&hello, &VERSIONS[1..]).unwrap(), ProtocolVersion::TLS1_2);
        // Where the extension is, the legacy version says nothing.
        hello.extensions = vec![Extension::SupportedVersionsOffer(vec![ProtocolVersion::TLS1_1])];
        assert_eq!(choose(&hello, VERSIONS).unwrap_err().code(), "hello.unsupported_version");
    }
}
