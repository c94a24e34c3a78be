//! extKeyUsage (RFC 5280 §4.2.1.12).

use super::non_empty;
use crate::ParseError;
use crate::der::oid;
use crate::report::LISTED;
use asn1::ObjectIdentifier;
use std::collections::HashSet;

#[derive(Clone, Debug)]
pub(crate) struct ExtendedKeyUsage(Vec<ObjectIdentifier>);

impl ExtendedKeyUsage {
    pub(crate) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let field = "extKeyUsage";
        let purposes = non_empty(value, field, |tlv| {
            tlv.parse::<ObjectIdentifier>().map_err(|error| ParseError::der(field, &error))
        });
        purposes.map(Self)
    }

    pub(crate) fn purposes(&self) -> &[ObjectIdentifier] {
        &self.0
    }

    pub(crate) fn contains(&self, purpose: &ObjectIdentifier) -> bool {
        self.0.contains(purpose)
    }

    pub(crate) fn contains_any(&self) -> bool {
        self.contains(&oid::ANY_EXTENDED_KEY_USAGE)
    }

    /// Every purpose of `other` stands here as well; each by itself, so "any" stands for none but itself.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        let own: HashSet<&ObjectIdentifier> = self.0.iter().collect();
        other.0.iter().all(|purpose| own.contains(purpose))
    }

    /// The names of the first purposes, for messages.
    pub(crate) fn describe(&self) -> String {
        self.0.iter().take(LISTED).map(oid::name).collect::<Vec<_>>().join(", ")
    }
}
