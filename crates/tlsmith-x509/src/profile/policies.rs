//! Which certificate policies are demanded: the inputs (c), (e), (f) and (g) of RFC 5280 §6.1.1.

use asn1::ObjectIdentifier;
use std::fmt;
use std::str::FromStr;

/// What is demanded of the certificate policies of a path (RFC 5280 §6.1.1). CAs may demand more, each of what is below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDemands {
    /// (c) The user-initial-policy-set: the policies of which one has to hold where one is demanded; empty: any.
    pub acceptable: Vec<Oid>,
    /// (e) Policies are not mapped.
    pub inhibit_mapping: bool,
    /// (f) A policy is demanded, though no CA of the path does.
    pub require_explicit: bool,
    /// (g) anyPolicy stands for itself alone.
    pub inhibit_any: bool,
}

impl PolicyDemands {
    /// Any policy, or none.
    pub const fn none() -> Self {
        Self { acceptable: Vec::new(), inhibit_mapping: false, require_explicit: false, inhibit_any: false }
    }
}

/// An object identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Oid(pub(crate) ObjectIdentifier);

/// A text is not an object identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidOid;

impl fmt::Display for InvalidOid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is not an object identifier in dotted numbers, such as 2.23.140.1.2.1")
    }
}

impl std::error::Error for InvalidOid {}

impl FromStr for Oid {
    type Err = InvalidOid;

    /// Dotted numbers.
    fn from_str(text: &str) -> Result<Self, InvalidOid> {
        ObjectIdentifier::from_string(text).map(Self).ok_or(InvalidOid)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
