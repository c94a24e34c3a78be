//! SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): inside a certificate, and by itself as a raw public key (RFC 7250 §3).

use super::ParseError;
use crate::der::Span;
use crate::der::algorithm::PublicKeyInfo;
use std::fmt;
use std::sync::Arc;
use tlsmith_crypto::{HashAlgorithm, KeyType, Provider};

/// RSA below 2048 bits is within reach of an attacker; above 8192 it costs the verifier too much.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// What a SubjectPublicKeyInfo says.
#[derive(Clone)]
pub(crate) struct PublicKey {
    /// Its type, or what it is instead.
    kind: Result<KeyType, String>,
    pss_restriction: Option<HashAlgorithm>,
    /// Where the content of the BIT STRING stands in the SubjectPublicKeyInfo.
    content: Span,
}

impl PublicKey {
    /// A key of an unknown type is kept as that, a structure that is not DER is refused.
    pub(super) fn parse(spki: &[u8]) -> Result<Self, ParseError> {
        let info = PublicKeyInfo::from_der(spki)?;
        Ok(Self { kind: info.key_type(), pss_restriction: info.pss_restriction(), content: Span::of(spki, info.key) })
    }

    pub(super) fn key_type(&self) -> Option<KeyType> {
        self.kind.as_ref().ok().copied()
    }

    pub(super) fn describe(&self) -> String {
        match &self.kind {
            Ok(kind) => kind.to_string(),
            Err(what) => what.clone(),
        }
    }

    pub(super) fn pss_hash(&self) -> Option<HashAlgorithm> {
        self.pss_restriction
    }

    /// The content of the BIT STRING in `spki`, which must be what was parsed.
    pub(super) fn content<'a>(&self, spki: &'a [u8]) -> &'a [u8] {
        self.content.get(spki)
    }

    /// What keeps the key from being used, or nothing.
    pub(crate) fn complaint(&self) -> Option<String> {
        match &self.kind {
            Err(what) => Some(format!("{what}, which is not supported")),
            Ok(kind @ (KeyType::Rsa { bits } | KeyType::RsaPss { bits })) if bits < RSA_BITS.start() => {
                Some(format!("{kind}, which is shorter than {} bits", RSA_BITS.start()))
            }
            Ok(kind @ (KeyType::Rsa { bits } | KeyType::RsaPss { bits })) if bits > RSA_BITS.end() => {
                Some(format!("{kind}, which is longer than {} bits", RSA_BITS.end()))
            }
            Ok(_) => None,
        }
    }
}

/// A public key by itself, as a peer that shows no certificate sends it (RFC 7250 §3). Cheap to clone; keeps its DER.
/// Two are equal if their bytes are.
#[derive(Clone)]
pub struct SubjectPublicKeyInfo(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    key: PublicKey,
}

impl SubjectPublicKeyInfo {
    /// Parses strict DER, as strictly as in a certificate: a key of a type that is not supported is parsed, and has no
    /// [`SubjectPublicKeyInfo::key_type`].
    pub fn from_der(der: &[u8]) -> Result<Self, ParseError> {
        Ok(Self::new(der, PublicKey::parse(der)?))
    }

    /// The key that `key` was parsed from, which stands in `der`.
    pub(super) fn new(der: &[u8], key: PublicKey) -> Self {
        Self(Arc::new(Inner { der: der.into(), key }))
    }

    /// The DER as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The type of the key, or `None` for one that is not supported. Whether an RSA key is long enough is not asked.
    pub fn key_type(&self) -> Option<KeyType> {
        self.0.key.key_type()
    }

    /// The type of the key if it may be used: a supported one, RSA with 2048 to 8192 bits. What is wrong with it, for
    /// people, if not: `RSA 1024, which is shorter than 2048 bits`.
    pub fn usable(&self) -> Result<KeyType, String> {
        match (self.0.key.complaint(), self.key_type()) {
            (None, Some(kind)) => Ok(kind),
            (complaint, _) => Err(complaint.unwrap_or_else(|| self.key_description())),
        }
    }

    /// For people: `ECDSA P-256`, `RSA 2048`, or the OID of an unknown one.
    pub fn key_description(&self) -> String {
        self.0.key.describe()
    }

    /// Content of the `subjectPublicKey` BIT STRING, what `Provider::verify` takes.
    pub fn public_key(&self) -> &[u8] {
        self.0.key.content(&self.0.der)
    }

    /// The one hash that an `id-RSASSA-PSS` key may sign with, if its parameters say so (RFC 4055 §1.2).
    pub fn pss_hash(&self) -> Option<HashAlgorithm> {
        self.0.key.pss_hash()
    }

    /// SHA-256 of the DER, as pins and DANE have it (RFC 7469 §2.4, RFC 6698 §2.1).
    pub fn sha256(&self, provider: &dyn Provider) -> [u8; 32] {
        super::sha256(provider, self.der())
    }
}

impl PartialEq for SubjectPublicKeyInfo {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for SubjectPublicKeyInfo {}

impl std::hash::Hash for SubjectPublicKeyInfo {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.der().hash(state);
    }
}

impl fmt::Debug for SubjectPublicKeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectPublicKeyInfo({}, {} bytes)", self.key_description(), self.der().len())
    }
}
