//! A server's identities by name (RFC 6066 §3, RFC 8446 §4.4.2.2).

use std::{collections::HashMap, sync::Arc};

use super::Identity;
use crate::{
    conn::ClientHelloFacts,
    registry::{CertificateType, SignatureScheme},
};

/// What a server does with a name that it has no certificate for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UnknownName {
    /// Shows the default (first) identity.
    #[default]
    Default,
    /// Ends the handshake with `unrecognized_name`.
    Refuse,
}

/// What a server's identities answer to a ClientHello.
#[derive(Clone, Debug)]
pub enum IdentityChoice {
    /// This one, signing with this scheme.
    Use(Arc<Identity>, SignatureScheme),
    /// The name is unknown here: `unrecognized_name`.
    UnknownName,
    /// There are certificates for the name, but none that the client can verify: `handshake_failure`.
    NoCommonScheme,
}

/// A server's identities: the seam.
pub trait ServerIdentities: Send + Sync + std::fmt::Debug {
    /// Chooses by what the client sent.
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice;

    /// All of them, for the checks at build time; may be empty for a dynamic source.
    fn all(&self) -> Vec<Arc<Identity>>;
}

/// Identities by name: exact, then one-label wildcard, then the default or refusal; several per name (an ECDSA and an
/// RSA chain), the first that the client can verify.
#[derive(Clone, Debug, Default)]
pub struct NamedIdentities {
    unknown: UnknownName,
    all: Vec<Arc<Identity>>,
    /// Lower-case names as certificates hold them, wildcards included; indices into `all`.
    by_name: HashMap<String, Vec<usize>>,
    /// Those without a certificate and so without a name: they stand for every name (RFC 7250).
    raw: Vec<usize>,
    /// The names of the first identity decide what the default is: all identities for any of them.
    default: Vec<usize>,
}

impl NamedIdentities {
    /// None yet, with the given answer to unknown names.
    pub fn new(unknown: UnknownName) -> Self {
        Self { unknown, ..Self::default() }
    }

    /// Adds one for all DNS names of its leaf. The first added is the default; those that share a name with it stand in
    /// for it with clients that cannot verify it.
    pub fn add(&mut self, identity: Arc<Identity>) {
        let index = self.all.len();
        if identity.certificate_type() == CertificateType::RAW_PUBLIC_KEY {
            self.raw.push(index);
            self.all.push(identity);
            return;
        }
        let names = identity.chain().first().map(|leaf| leaf.dns_names()).unwrap_or_default();
        let mut is_default = self.default.is_empty();
        for name in names {
            let same = self.by_name.entry(name.to_ascii_lowercase()).or_default();
            is_default |= self.default.first().is_some_and(|first| same.contains(first));
            same.push(index);
        }
        if is_default {
            self.default.push(index);
        }
        self.all.push(identity);
    }

    /// Changes the answer to unknown names.
    pub fn set_unknown(&mut self, unknown: UnknownName) {
        self.unknown = unknown;
    }

    fn candidates(&self, name: Option<&str>) -> Option<&[usize]> {
        let Some(name) = name else { return Some(&self.default) };
        let name = name.to_ascii_lowercase();
        let wildcard = || name.split_once('.').and_then(|(_, parent)| self.by_name.get(&format!("*.{parent}")));
        match (self.by_name.get(&name).or_else(wildcard), self.unknown) {
            (Some(found), _) => Some(found),
            (None, UnknownName::Default) => Some(&self.default),
            (None, UnknownName::Refuse) => None,
        }
    }
}

impl ServerIdentities for NamedIdentities {
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice {
        let Some(candidates) = self.candidates(hello.server_name.as_deref()) else {
            return IdentityChoice::UnknownName;
        };
        let usable = || {
            candidates.iter().chain(&self.raw).filter_map(|index| {
                let identity = self.all.get(*index)?;
                Some((identity, identity.choose_scheme_for(hello.version, &hello.signature_schemes)?))
            })
        };
        // The client's order of types decides (RFC 7250 §4.2). Where none suits, the handshake fails by what is shown.
        let wanted = hello
            .server_certificate_types
            .iter()
            .find_map(|wanted| usable().map(|(identity, _)| identity.certificate_type()).find(|kind| kind == wanted));
        let usable = || usable().filter(|(identity, _)| wanted.is_none_or(|kind| identity.certificate_type() == kind));
        // "If the server cannot produce a certificate chain that is signed only via the indicated supported
        // algorithms, then it SHOULD continue the handshake by sending a certificate chain of its choice" (§4.4.2.2).
        let covers = |identity: &Identity| identity.is_covered_by(&hello.signature_schemes_cert);
        // The names of authorities are "to guide certificate selection" (§4.2.4), where there is something to select.
        let wanted = usable().find(|(identity, _)| covers(identity) && identity.is_below(&hello.authorities));
        let covered = || usable().find(|(identity, _)| covers(identity));
        match wanted.or_else(covered).or_else(|| usable().next()) {
            Some((identity, scheme)) => IdentityChoice::Use(Arc::clone(identity), scheme),
            None => IdentityChoice::NoCommonScheme,
        }
    }

    fn all(&self) -> Vec<Arc<Identity>> {
        self.all.clone()
    }
}
