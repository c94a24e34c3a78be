//! cRLDistributionPoints (RFC 5280 §4.2.1.13): where the CRL is that speaks of the certificate, and the names that it has in
//! common with that CRL's issuingDistributionPoint (§5.2.5).

use super::non_empty;
use crate::ParseError;
use crate::der::write::{SEQUENCE, element};
use crate::der::{elements, read, sequence};
use crate::name::dn::DistinguishedName;
use crate::name::general::GeneralName;
use crate::revocation::reason::Reasons;
use asn1::{BitString, Explicit, Implicit, Parser, Tlv};

/// One place, for some reasons or all.
#[derive(Clone, Debug)]
pub(crate) struct DistributionPoint {
    pub(crate) name: Option<PointName>,
    /// None: the CRL there knows of every reason.
    pub(crate) reasons: Option<Reasons>,
    /// Who signs the CRL, where that is not the certificate's own issuer.
    pub(crate) crl_issuer: Vec<GeneralName>,
}

/// DistributionPointName.
#[derive(Clone, Debug)]
pub(crate) enum PointName {
    /// fullName: one place under several names.
    Full(Vec<GeneralName>),
    /// nameRelativeToCRLIssuer: what has to be put after the name of the CRL's issuer.
    Relative(DistinguishedName),
}

/// The distribution points, in order.
pub(super) fn parse(value: &[u8]) -> Result<Vec<DistributionPoint>, ParseError> {
    let field = "cRLDistributionPoints";
    non_empty(value, field, |tlv| sequence(tlv.full_data(), field, |p| DistributionPoint::content(p, field)))
}

impl DistributionPoint {
    fn content(p: &mut Parser<'_>, field: &'static str) -> Result<Self, ParseError> {
        let name = read::<Option<Explicit<Tlv<'_>, 0>>>(p, field)?;
        let name = name.map(|name| PointName::parse(&name.into_inner(), field)).transpose()?;
        let reasons = read::<Option<Implicit<BitString<'_>, 1>>>(p, field)?;
        let reasons = reasons.map(|bits| Reasons::from_bits(&bits.into_inner()));
        // IMPLICIT, so that the tag is that of the SEQUENCE: [2], constructed.
        let crl_issuer = if p.is_empty() { Vec::new() } else { issuers(&read::<Tlv<'_>>(p, field)?, field)? };
        if name.is_none() && crl_issuer.is_empty() {
            return Err(ParseError::new(field, "a distribution point has neither a name nor an issuer"));
        }
        Ok(Self { name, reasons, crl_issuer })
    }

    /// The places that a URI names.
    pub(crate) fn uris(&self) -> impl Iterator<Item = &str> {
        let names: &[GeneralName] = match &self.name {
            Some(PointName::Full(names)) => names,
            _ => &[],
        };
        names.iter().filter_map(|name| if let GeneralName::Uri(uri) = name { Some(uri.as_str()) } else { None })
    }
}

fn issuers(tlv: &Tlv<'_>, field: &'static str) -> Result<Vec<GeneralName>, ParseError> {
    match tlv.tag().as_u8() {
        Some(0xa2) => names(tlv.data(), field),
        _ => Err(ParseError::new(field, "another element stands there")),
    }
}

impl PointName {
    /// Parses the CHOICE.
    pub(crate) fn parse(tlv: &Tlv<'_>, field: &'static str) -> Result<Self, ParseError> {
        match tlv.tag().as_u8() {
            Some(0xa0) => names(tlv.data(), field).map(Self::Full),
            Some(0xa1) => {
                // The RDN stands there under an IMPLICIT tag; a Name of this one RDN is what it is compared as.
                let name = element(SEQUENCE, &[&element(SET, &[tlv.data()])]);
                DistinguishedName::from_der(&name, field).map(Self::Relative)
            }
            _ => Err(ParseError::new(field, "a distribution point has a name of no known kind")),
        }
    }

    /// Both name the same place, if `issuer` signs the CRL: one of the names of one is one of the other's
    /// (RFC 5280 §6.3.3 (b)(2)(i)).
    pub(crate) fn meets(&self, other: &Self, issuer: &DistinguishedName) -> bool {
        match (self, other) {
            (Self::Full(one), Self::Full(other)) => {
                one.iter().any(|name| other.iter().any(|other| name.is_same(other)))
            }
            (Self::Relative(one), Self::Relative(other)) => one.comparable() == other.comparable(),
            (Self::Full(full), Self::Relative(relative)) | (Self::Relative(relative), Self::Full(full)) => {
                let whole = [issuer.comparable(), relative.comparable()].concat();
                full.iter().any(|name| matches!(name, GeneralName::Directory(name) if name.comparable() == whole))
            }
        }
    }

    /// One of its names is the name of this issuer.
    pub(crate) fn is_issuer(&self, issuer: &DistinguishedName) -> bool {
        let Self::Full(names) = self else { return false };
        names
            .iter()
            .any(|name| matches!(name, GeneralName::Directory(name) if name.comparable() == issuer.comparable()))
    }

    /// For messages: its first name.
    pub(crate) fn brief(&self) -> String {
        match self {
            Self::Full(names) => names.first().map_or_else(String::new, GeneralName::brief),
            Self::Relative(name) => name.brief(),
        }
    }
}

/// SET, constructed.
const SET: u8 = 0x31;

/// GeneralNames under an IMPLICIT tag: at least one.
fn names(content: &[u8], field: &'static str) -> Result<Vec<GeneralName>, ParseError> {
    let names = elements(content, field, |p| {
        let mut names = Vec::new();
        while !p.is_empty() {
            names.push(GeneralName::parse(&read::<Tlv<'_>>(p, field)?, field)?);
        }
        Ok(names)
    })?;
    if names.is_empty() { Err(ParseError::new(field, "it is empty")) } else { Ok(names) }
}
