//! What the server chooses from a ClientHello: identity, suite and group belong together (RFC 5246 §7.4.1.3, §7.4.2,
//! RFC 8422 §5.1).

use std::sync::Arc;

use crate::{
    auth::{Identity, IdentityChoice, schemes},
    config::{Preference, ServerConfig},
    conn::ClientHelloFacts,
    error::{Error, Rule},
    hello::choice::{chacha_first, list},
    msg::tls12::Exchange,
    registry::{CertificateType, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    tls12::{
        client::curve_group,
        suite::{Signer, Suite},
    },
};
use tlsmith_crypto::SignatureAlgorithm;

/// Everything that belongs together.
pub(super) struct Choice {
    pub(super) suite: Suite,
    /// None where keys come of a pre-shared key alone.
    pub(super) group: Option<NamedGroup>,
    /// None where a pre-shared key takes its place.
    pub(super) identity: Option<(Arc<Identity>, SignatureScheme)>,
}

/// Chooses. The order of suites decides among those that an identity of this side can sign for, and those that need none.
pub(super) fn choose(config: &ServerConfig, facts: &ClientHelloFacts) -> Result<Choice, Error> {
    let common = common_suites(config, facts)?;
    let has_group = |suite: &Suite| suite.key_exchange.exchange().is_none() || group(config, facts, *suite).is_some();
    let usable: Vec<Suite> = common.into_iter().filter(has_group).collect();
    if usable.is_empty() {
        return Err(Error::new(
            Rule::NoCommonGroup,
            format!("the client offers {}; this side allows {}", list(&facts.groups), list(&config.groups)),
        ));
    }
    let signed = usable.iter().any(|suite| suite.key_exchange.signer().is_some());
    let identity = match signed.then(|| identity(config, facts, &usable)).transpose() {
        Ok(identity) => identity,
        // There may be another way than certificates.
        Err(_) if usable.iter().any(|suite| suite.key_exchange.is_psk()) => None,
        Err(error) => return Err(error),
    };
    let fits = |suite: &&Suite| match (suite.key_exchange.signer(), &identity) {
        (Some(signer), Some((identity, _))) => signer.is(identity.key_type()),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let suite =
        *usable.iter().find(fits).ok_or_else(|| Error::new(Rule::NoCommonSuite, "none that a key can sign for"))?;
    let identity = identity.filter(|_| suite.key_exchange.signer().is_some());
    Ok(Choice { suite, group: group(config, facts, suite), identity })
}

/// The suites that both sides allow, most wanted first.
fn common_suites(config: &ServerConfig, facts: &ClientHelloFacts) -> Result<Vec<Suite>, Error> {
    // Never more than this side's few, however long the client's list is.
    let place = |suite: &Suite| facts.cipher_suites.iter().position(|offered| *offered == suite.code);
    let has_psk = |suite: &Suite| config.psks.is_some() || !suite.key_exchange.is_psk();
    let own = config.cipher_suites.iter().copied().filter_map(Suite::new).filter(has_psk);
    let mut common: Vec<Suite> = own.filter(|suite| place(suite).is_some()).collect();
    if config.preference == Preference::Client {
        common.sort_by_key(place);
    } else if chacha_first(&facts.cipher_suites, |code| common.iter().any(|suite| suite.code == *code)) {
        common.sort_by_key(|suite| suite.aead != tlsmith_crypto::AeadAlgorithm::ChaCha20Poly1305);
    }
    match common.is_empty() {
        false => Ok(common),
        true => Err(no_common_suite(config, facts)),
    }
}

/// Names what the client offers, and why this side refuses it.
fn no_common_suite(config: &ServerConfig, facts: &ClientHelloFacts) -> Error {
    let own: Vec<CipherSuite> =
        config.cipher_suites.iter().copied().filter(|code| Suite::new(*code).is_some()).collect();
    let mut flaws: Vec<&str> = facts.cipher_suites.iter().take(64).filter_map(|code| code.refused_for()).collect();
    flaws.sort_unstable();
    flaws.dedup();
    let refused = match flaws.is_empty() {
        true => String::new(),
        false => format!("; refused on purpose: {}", flaws.join(", ")),
    };
    Error::new(
        Rule::NoCommonSuite,
        format!(
            "for TLSv1.2 the client offers {}; this side allows {}{refused}",
            list(&facts.cipher_suites),
            list(&own)
        ),
    )
}

/// The group of the suite's exchange, most wanted first. A client that does not say which curves it knows is not asked to
/// agree on one.
fn group(config: &ServerConfig, facts: &ClientHelloFacts, suite: Suite) -> Option<NamedGroup> {
    let exchange = suite.key_exchange.exchange()?;
    let place = |group: &NamedGroup| facts.groups.iter().position(|offered| offered == group);
    // A client that lists no finite field leaves the choice to the server (RFC 7919 §4); 256 to 511 are set apart for them.
    let silent = exchange == Exchange::Dhe && !facts.groups.iter().any(|group| (0x100..0x200).contains(&group.0));
    let common =
        config.groups.iter().copied().filter(|group| exchange.allows(*group) && (silent || place(group).is_some()));
    match config.preference {
        Preference::Server => common.into_iter().next(),
        Preference::Client => common.min_by_key(place),
    }
}

/// The identity: asked for with the schemes alone that the suites can use.
fn identity(
    config: &ServerConfig,
    facts: &ClientHelloFacts,
    suites: &[Suite],
) -> Result<(Arc<Identity>, SignatureScheme), Error> {
    let signs = |signer: Signer| suites.iter().any(|suite| suite.key_exchange.signer() == Some(signer));
    let usable = |scheme: &SignatureScheme| match schemes::algorithm(*scheme) {
        // The curve of the key has to be one that the client knows (RFC 8422 §5.1.1); this side signs on the curve that
        // the scheme names.
        Some(SignatureAlgorithm::Ecdsa(curve, _)) => {
            let group = curve_group(tlsmith_crypto::KeyType::Ecdsa(curve));
            signs(Signer::Ecdsa) && group.is_some_and(|group| facts.groups.contains(&group))
        }
        Some(SignatureAlgorithm::Ed25519) => signs(Signer::Ecdsa),
        Some(_) => signs(Signer::Rsa),
        None => false,
    };
    let narrowed = ClientHelloFacts {
        version: ProtocolVersion::TLS1_2,
        server_certificate_types: vec![CertificateType::X509],
        signature_schemes: facts.signature_schemes.iter().copied().filter(usable).collect(),
        ..facts.clone()
    };
    match config.identities.choose(&narrowed) {
        // A source of the caller's own may not know that TLS 1.2 has no raw public keys here.
        IdentityChoice::Use(identity, scheme) if !identity.chain().is_empty() => Ok((identity, scheme)),
        IdentityChoice::UnknownName => {
            let name = facts.server_name.as_deref().unwrap_or("(none)");
            Err(Error::new(Rule::UnknownServerName, format!("\"{name}\"")))
        }
        IdentityChoice::NoCommonScheme | IdentityChoice::Use(..) => {
            let suites: Vec<CipherSuite> = suites.iter().map(|suite| suite.code).collect();
            Err(Error::new(
                Rule::NoCommonScheme,
                format!("the client accepts {}, with {}", list(&facts.signature_schemes), list(&suites)),
            ))
        }
    }
}
