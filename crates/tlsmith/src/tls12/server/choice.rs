//! What the server chooses from a ClientHello: identity, suite and group belong together (RFC 5246 §7.4.1.3, §7.4.2,
//! RFC 8422 §5.1).

use std::sync::Arc;

use crate::{
    auth::{Identity, IdentityChoice, schemes},
    config::{Preference, ServerConfig},
    conn::ClientHelloFacts,
    error::{Error, Rule},
    hello::choice::{chacha_first, list},
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
    pub(super) group: NamedGroup,
    pub(super) identity: Arc<Identity>,
    pub(super) scheme: SignatureScheme,
}

/// Chooses. The order of suites decides among those that an identity of this side can sign for.
pub(super) fn choose(config: &ServerConfig, facts: &ClientHelloFacts) -> Result<Choice, Error> {
    let suites = common_suites(config, facts)?;
    let mut usable = suites.iter().filter(|suite| group(config, facts, **suite).is_some()).copied().peekable();
    if usable.peek().is_none() {
        return Err(Error::new(
            Rule::NoCommonGroup,
            format!("the client offers {}; this side allows {}", list(&facts.groups), list(&config.groups)),
        ));
    }
    let usable: Vec<Suite> = usable.collect();
    let (identity, scheme) = identity(config, facts, &usable)?;
    let fits = |suite: &&Suite| suite.key_exchange.signer().is_some_and(|signer| signer.is(identity.key_type()));
    let none = || Error::new(Rule::NoCommonSuite, format!("none for a key of type {}", identity.key_type()));
    let suite = *usable.iter().find(fits).ok_or_else(none)?;
    let group = group(config, facts, suite).ok_or_else(none)?;
    Ok(Choice { suite, group, identity, scheme })
}

/// The suites that both sides allow, most wanted first.
fn common_suites(config: &ServerConfig, facts: &ClientHelloFacts) -> Result<Vec<Suite>, Error> {
    // Never more than this side's few, however long the client's list is.
    let place = |suite: &Suite| facts.cipher_suites.iter().position(|offered| *offered == suite.code);
    let own = config.cipher_suites.iter().copied().filter_map(Suite::new);
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
    let common = config.groups.iter().copied().filter(|group| exchange.allows(*group) && place(group).is_some());
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
