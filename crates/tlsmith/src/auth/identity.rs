//! Identities: a certificate chain with its key, or a key alone.

use std::sync::{Arc, PoisonError, RwLock};

use tlsmith_crypto::{KeyType, Provider, SignatureAlgorithm, SigningKey};
use tlsmith_x509::{Certificate, SubjectPublicKeyInfo, pem};

use super::{Showing, Staples, schemes};
use crate::{
    config::ConfigError,
    conn::{CertificateFilter, CertificateRequestFacts},
    registry::{CertificateType, ProtocolVersion, SignatureScheme},
    session::IdentityId,
};

/// Where the private key is.
#[derive(Clone, Debug)]
pub enum IdentityKey {
    /// In this process (or behind an object that answers at once).
    Here(Arc<dyn SigningKey>),
    /// Elsewhere, an HSM or a KMS: the connection pauses with `Need::Sign`.
    Elsewhere(KeyType),
}

/// A certificate chain and the key of its leaf, or a raw public key (RFC 7250) and its private half. Clones share what is stapled to it.
#[derive(Clone, Debug)]
pub struct Identity {
    chain: Vec<Certificate>,
    /// What is shown instead of a chain.
    raw_public_key: Option<SubjectPublicKeyInfo>,
    key: IdentityKey,
    key_type: KeyType,
    showing: Arc<RwLock<Arc<Showing>>>,
}

impl Identity {
    /// Puts chain (leaf first) and key together; refused if they do not match, or the chain is empty.
    pub fn new(chain: Vec<Certificate>, key: Arc<dyn SigningKey>) -> Result<Self, ConfigError> {
        let leaf = leaf(&chain)?;
        if leaf.public_key() != key.public_key() {
            return Err(ConfigError {
                code: "config.key_mismatch",
                message: format!(
                    "the private key ({}) is not the key of the certificate for {} ({})",
                    key.key_type(),
                    subject(leaf),
                    leaf.key_description()
                ),
                fix: "give the key that the certificate was requested with, and the leaf as the first certificate",
            });
        }
        let key_type = key_type(leaf)?;
        Ok(Self::of_chain(chain, IdentityKey::Here(key), key_type))
    }

    /// The same from the content of a certificate file and a key file, PEM or DER.
    pub fn from_pem(provider: &dyn Provider, chain: &[u8], key: &[u8]) -> Result<Self, ConfigError> {
        let chain = pem::certificates(chain).map_err(|error| ConfigError {
            code: "config.certificate_unreadable",
            message: error.to_string(),
            fix: "give a PEM file with the leaf certificate first, then its intermediates",
        })?;
        let key = pem::private_key(provider, key).map_err(|error| ConfigError {
            code: "config.key_unreadable",
            message: error.to_string(),
            fix: "give an unencrypted private key in PEM or DER: PKCS#8, SEC1 or PKCS#1",
        })?;
        Self::new(chain, key)
    }

    /// An identity whose signatures the caller brings (`Need::Sign`).
    pub fn with_external_key(chain: Vec<Certificate>) -> Result<Self, ConfigError> {
        let key_type = key_type(leaf(&chain)?)?;
        Ok(Self::of_chain(chain, IdentityKey::Elsewhere(key_type), key_type))
    }

    fn of_chain(chain: Vec<Certificate>, key: IdentityKey, key_type: KeyType) -> Self {
        Self { chain, raw_public_key: None, key, key_type, showing: Arc::default() }
    }

    /// An identity without a certificate: it shows its public key, to peers that take that (RFC 7250).
    pub fn raw_public_key(key: Arc<dyn SigningKey>) -> Result<Self, ConfigError> {
        let public = SubjectPublicKeyInfo::from_der(key.spki()).map_err(|error| ConfigError {
            code: "config.key_unreadable",
            message: format!("the public half of the private key ({}): {error}", key.key_type()),
            fix: "give a key whose public half is a SubjectPublicKeyInfo",
        })?;
        Self::of_key(public, |_| IdentityKey::Here(key))
    }

    /// The same, where the caller brings the signatures (`Need::Sign`).
    pub fn external_raw_public_key(public: SubjectPublicKeyInfo) -> Result<Self, ConfigError> {
        Self::of_key(public, IdentityKey::Elsewhere)
    }

    fn of_key(public: SubjectPublicKeyInfo, key: impl FnOnce(KeyType) -> IdentityKey) -> Result<Self, ConfigError> {
        let key_type = public.usable().map_err(|complaint| ConfigError {
            code: "config.unsupported_key",
            message: format!("a raw public key that is not supported: {complaint}"),
            fix: "use an ECDSA (P-256, P-384, P-521), Ed25519 or RSA (2048 to 8192 bits) key",
        })?;
        Ok(Self {
            chain: Vec::new(),
            raw_public_key: Some(public),
            key: key(key_type),
            key_type,
            showing: Arc::default(),
        })
    }

    /// From now on shows these along with the leaf, to peers that ask, instead of what was shown until now. An OCSP
    /// response is good for some days: a server puts a new one here while it runs.
    pub fn staple(&self, staples: Staples) {
        *self.showing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Showing::new(staples));
    }

    /// What is shown along with the leaf.
    pub fn staples(&self) -> Arc<Staples> {
        Arc::clone(&self.showing().staples)
    }

    /// The same with the messages that were compressed with it.
    pub(crate) fn showing(&self) -> Arc<Showing> {
        Arc::clone(&self.showing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The chain, leaf first; empty where a raw public key is shown.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The key that is shown instead of a chain.
    pub fn shown_key(&self) -> Option<&SubjectPublicKeyInfo> {
        self.raw_public_key.as_ref()
    }

    /// What is shown: certificates, or a raw public key.
    pub fn certificate_type(&self) -> CertificateType {
        match self.raw_public_key {
            Some(_) => CertificateType::RAW_PUBLIC_KEY,
            None => CertificateType::X509,
        }
    }

    /// The algorithm of a scheme, if the key shown suits it.
    fn algorithm(&self, version: ProtocolVersion, scheme: SignatureScheme) -> Option<SignatureAlgorithm> {
        match &self.raw_public_key {
            // This side shows them in TLS 1.3 alone.
            Some(_) if version == ProtocolVersion::TLS1_2 => None,
            Some(key) => schemes::of_leaf(scheme, key),
            None if version == ProtocolVersion::TLS1_2 => schemes::of_own_leaf_tls12(scheme, self.chain.first()?),
            None => schemes::of_leaf(scheme, self.chain.first()?),
        }
    }

    /// The key.
    pub fn key(&self) -> &IdentityKey {
        &self.key
    }

    /// The type of the key.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The first scheme of the peer's list that the key can sign a handshake of TLS 1.3 with.
    pub fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<SignatureScheme> {
        self.choose_scheme_for(ProtocolVersion::TLS1_3, offered)
    }

    /// The same for a version: TLS 1.2 has RSA-PKCS#1 as well.
    pub fn choose_scheme_for(&self, version: ProtocolVersion, offered: &[SignatureScheme]) -> Option<SignatureScheme> {
        let signs = |scheme: &SignatureScheme| match (self.algorithm(version, *scheme), &self.key) {
            (Some(algorithm), IdentityKey::Here(key)) => key.supports(algorithm),
            (Some(_), IdentityKey::Elsewhere(_)) => true,
            (None, _) => false,
        };
        offered.iter().copied().find(signs)
    }

    /// Whether one of these authorities (DER names) issued a certificate of the chain (RFC 8446 §4.2.4); none named: any.
    pub fn is_below(&self, authorities: &[Vec<u8>]) -> bool {
        let issued = |certificate: &Certificate| authorities.iter().any(|name| name == certificate.issuer_der());
        authorities.is_empty() || self.chain.iter().any(issued)
    }

    /// Whether its leaf meets all of these filters (RFC 8446 §4.2.5). Those of extensions that have no rule are ignored.
    pub fn meets(&self, filters: &[CertificateFilter]) -> bool {
        let meets = |leaf: &Certificate| {
            filters.iter().all(|filter| leaf.meets_filter(&filter.oid, &filter.values).unwrap_or(true))
        };
        self.chain.first().is_none_or(meets)
    }

    /// Whether a peer that accepts these schemes in certificates can verify the whole chain (RFC 8446 §4.4.2.2).
    pub fn is_covered_by(&self, schemes: &[SignatureScheme]) -> bool {
        schemes::covers_chain(schemes, &self.chain)
    }
}

fn leaf(chain: &[Certificate]) -> Result<&Certificate, ConfigError> {
    chain.first().ok_or_else(|| ConfigError {
        code: "config.empty_chain",
        message: String::from("the certificate chain is empty"),
        fix: "give the leaf certificate and its intermediates",
    })
}

fn subject(leaf: &Certificate) -> String {
    match leaf.subject() {
        empty if empty.is_empty() => leaf.sans().join(", "),
        subject => subject,
    }
}

fn key_type(leaf: &Certificate) -> Result<KeyType, ConfigError> {
    leaf.key_type().ok_or_else(|| ConfigError {
        code: "config.unsupported_key",
        message: format!(
            "the certificate for {} has a key that is not supported: {}",
            subject(leaf),
            leaf.key_description()
        ),
        fix: "use an ECDSA (P-256, P-384, P-521), Ed25519, ML-DSA or RSA (2048 to 8192 bits) key",
    })
}

/// A client's identities: the seam.
pub trait ClientIdentities: Send + Sync + std::fmt::Debug {
    /// Chooses by what the server asked for; `None` sends an empty certificate list. So does an identity of another type
    /// than [`CertificateRequestFacts::certificate_type`].
    fn choose(&self, request: &CertificateRequestFacts) -> Option<(Arc<Identity>, SignatureScheme)>;

    /// Which types can be chosen, most wanted first: they are offered to the server (RFC 7250).
    fn certificate_types(&self) -> Vec<CertificateType> {
        vec![CertificateType::X509]
    }

    /// The fingerprint of everything that this source can show. A session is resumed only under the one that it was made
    /// under. `None`: resume nothing.
    fn id(&self, provider: &dyn Provider) -> Option<IdentityId> {
        let _ = provider;
        None
    }
}

/// The one identity of a client: shown whenever the server's schemes and filters allow it. The list of authorities is not held
/// against it: whoever configures a single certificate means to show it, and the server's refusal says more than silence.
#[derive(Clone, Debug)]
pub(crate) struct OneIdentity(pub(crate) Arc<Identity>);

impl ClientIdentities for OneIdentity {
    fn choose(&self, request: &CertificateRequestFacts) -> Option<(Arc<Identity>, SignatureScheme)> {
        let scheme = self.0.choose_scheme_for(request.version, &request.signature_schemes)?;
        // A certificate that is sent has to meet the filters (RFC 8446 §4.2.5).
        self.0.meets(&request.oid_filters).then_some(())?;
        Some((Arc::clone(&self.0), scheme))
    }

    fn certificate_types(&self) -> Vec<CertificateType> {
        vec![self.0.certificate_type()]
    }

    fn id(&self, provider: &dyn Provider) -> Option<IdentityId> {
        Some(IdentityId::of(provider, &self.0))
    }
}
