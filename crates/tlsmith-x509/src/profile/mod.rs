//! What is demanded of the certificates of a path beyond RFC 5280 §6.1, as data.
//!
//! RFC 5280 §6.1 says when a path holds; §4, the CA/B Forum's Baseline Requirements (BR) and private rules say how certificates
//! are to be made. A [`Profile`] is such a set of rules: rows for the extensions by the certificate's place in the path, and
//! fields for the rest. [`Profile::private`] demands nothing more than §6.1, [`Profile::web`] what browsers may expect of
//! public CAs; whoever wants something else starts from one of them and changes its fields.

mod policies;
mod rows;
mod web;

pub use policies::{InvalidOid, Oid, PolicyDemands};
pub use rows::{Criticality, Extension, ExtensionRule, Presence};

use crate::UnixTime;
use std::borrow::Cow;
use tlsmith_crypto::{Curve, SignatureAlgorithm};

/// A set of rules for the certificates of a path. Every field may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// For messages: `web`.
    pub name: Cow<'static, str>,
    /// Extensions of the leaf.
    pub leaf: Vec<ExtensionRule>,
    /// Extensions of CAs that are not self-issued anchors.
    pub intermediate: Vec<ExtensionRule>,
    /// Extensions of an anchor that issued itself.
    pub root: Vec<ExtensionRule>,
    /// Every certificate is of version 3 (BR §7.1.1).
    pub version_3: bool,
    /// Serial numbers are positive and at most 20 octets long (RFC 5280 §4.1.2.2).
    pub serial_numbers: bool,
    /// The authority key identifier holds a key identifier and nothing else; that of a root is its own (BR §7.1.2.1.3, §7.1.2.11.1).
    pub key_identifiers: bool,
    /// How long leaves may be valid, by the day of issue: the last row that has begun counts. None: as long as they like.
    pub lifetimes: Vec<Lifetime>,
    /// Whose leaves [`Profile::lifetimes`] bind; those of other CAs earn a warning.
    pub lifetimes_bind: Issuers,
    /// The keys that certificates may hold; `None`: all that are supported.
    pub keys: Option<Keys>,
    /// The algorithms that certificates may be signed with; empty: all that the provider verifies.
    pub signatures: Vec<SignatureAlgorithm>,
    /// What the subjectAltName of a server may hold.
    pub names: Names,
    /// What wildcards may stand for.
    pub wildcards: Wildcards,
    /// What the common name of a leaf has to do with its names.
    pub common_name: CommonName,
    /// The leaf may be a CA certificate.
    pub leaf_may_be_ca: bool,
    /// A leaf may be for `anyExtendedKeyUsage` besides what it is used for.
    pub any_purpose: bool,
    /// How many intermediates that are not self-issued may stand between anchor and leaf (RFC 5280 §6.1.2 (k)), besides what the
    /// certificates say of it; `None`: as many as the budget allows.
    pub max_path_length: Option<u64>,
    /// Which certificate policies are demanded.
    pub policies: PolicyDemands,
}

/// A limit to how long a leaf is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// For certificates issued from this moment on.
    pub issued_from: UnixTime,
    /// The longest validity, both ends included.
    pub days: u32,
}

/// Whose certificates a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuers {
    /// Those of every CA.
    All,
    /// Those of CAs below a root of Mozilla's set ([`TrustAnchors::mozilla`](crate::TrustAnchors::mozilla)).
    Public,
}

/// The keys that certificates may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// RSA with at least so many bits; `None`: no RSA.
    pub rsa_min_bits: Option<u32>,
    /// The length of an RSA modulus is a whole number of octets.
    pub rsa_whole_octets: bool,
    /// ECDSA on these curves.
    pub curves: Vec<Curve>,
    /// Ed25519.
    pub ed25519: bool,
    /// ML-DSA, any parameter set.
    pub ml_dsa: bool,
}

/// What the subjectAltName of a server may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Anything.
    Any,
    /// DNS names in the form of RFC 1034 §3.5, A-labels for others, and IP addresses: nothing else (BR §7.1.2.7.12).
    Hosts,
}

/// What wildcards in the leaf's names may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcards {
    /// One label, with at least two behind it (RFC 9525 §6.3).
    OneLabel,
    /// Nor all names directly below a public suffix, where these belong to different people (BR §3.2.2.6).
    NotPublicSuffixes,
}

/// What the common name of a leaf has to do with its names. It is never what a name is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommonName {
    /// Nothing.
    Free,
    /// Where it repeats a name of the subjectAltName, it does so character for character (BR §7.1.4.3). Another host than
    /// those earns a warning.
    SameSpelling,
    /// It is one of the names of the subjectAltName, character for character.
    Repeats,
}

/// What a verification goes by when nobody says otherwise.
pub(crate) static PRIVATE: Profile = Profile::private();

impl Profile {
    /// RFC 5280 §6.1 and nothing more: for private CAs, who rarely know what else is demanded of certificates.
    pub const fn private() -> Self {
        Self {
            name: Cow::Borrowed("private"),
            leaf: Vec::new(),
            intermediate: Vec::new(),
            root: Vec::new(),
            version_3: false,
            serial_numbers: false,
            key_identifiers: false,
            lifetimes: Vec::new(),
            lifetimes_bind: Issuers::All,
            keys: None,
            signatures: Vec::new(),
            names: Names::Any,
            wildcards: Wildcards::OneLabel,
            common_name: CommonName::Free,
            leaf_may_be_ca: true,
            any_purpose: true,
            max_path_length: None,
            policies: PolicyDemands::none(),
        }
    }

    /// The rules for public certificates of servers: RFC 5280 §4 as the CA/B Forum's Baseline Requirements profile it.
    pub fn web() -> Self {
        web::profile()
    }
}

impl Default for Profile {
    /// [`Profile::private`].
    fn default() -> Self {
        Self::private()
    }
}
