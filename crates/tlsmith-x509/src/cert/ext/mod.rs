//! Extensions (RFC 5280 §4.2): the table of those that are understood, one file each.

mod authority_info_access;
mod basic_constraints;
pub(crate) mod crl_distribution_points;
pub(crate) mod details;
mod extended_key_usage;
pub(crate) mod key_identifiers;
mod key_usage;
mod name_constraints;
mod policy;
mod subject_alt_name;
mod tls_feature;

pub(crate) use authority_info_access::AuthorityInfoAccess;
pub(crate) use basic_constraints::BasicConstraints;
pub(crate) use crl_distribution_points::DistributionPoint;
pub(crate) use extended_key_usage::ExtendedKeyUsage;
pub(crate) use key_usage::KeyUsage;
pub(crate) use name_constraints::NameConstraints;
pub(crate) use policy::Policies;
pub(crate) use tls_feature::TlsFeature;

use crate::ParseError;
use crate::der::{Span, oid, read, single};
use crate::name::general::GeneralName;
use asn1::{ObjectIdentifier, Parser, Sequence, SequenceOf};

/// What the extensions of a certificate say.
#[derive(Debug, Default)]
pub(crate) struct Extensions {
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(crate) subject_alt_name: Option<Vec<GeneralName>>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) authority_key_id: Option<Span>,
    /// authorityKeyIdentifier names the issuer's certificate, by its issuer or serial number.
    pub(crate) authority_certificate: bool,
    pub(crate) subject_key_id: Option<Span>,
    pub(crate) policies: Policies,
    pub(crate) authority_info_access: AuthorityInfoAccess,
    pub(crate) crl_distribution_points: Vec<DistributionPoint>,
    pub(crate) tls_feature: Option<TlsFeature>,
    /// id-pkix-ocsp-nocheck: of the certificate of an OCSP responder, that nobody says whether it was revoked.
    pub(crate) ocsp_no_check: bool,
    /// noRevAvail: nobody will say whether it was revoked.
    pub(crate) no_revocation_available: bool,
    /// Critical ones that are not carried out here.
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
    /// All, in order.
    pub(crate) all: Vec<Extension>,
}

/// One extension as it stands.
#[derive(Debug)]
pub(crate) struct Extension {
    pub(crate) id: ObjectIdentifier,
    pub(crate) critical: bool,
    /// Content of the OCTET STRING.
    pub(crate) value: Span,
}

impl Extensions {
    /// Parses the `Extensions` of a certificate whose bytes are `whole`.
    pub(crate) fn parse(sequence: SequenceOf<'_, Sequence<'_>, 1>, whole: &[u8]) -> Result<Self, ParseError> {
        let mut extensions = Self::default();
        for extension in sequence {
            let (id, critical, value) = crate::der::inside(extension, "extension", header)?;
            let understood = extensions.dispatch(&id, value, whole)?;
            if critical && !understood {
                extensions.unknown_critical.push(id.clone());
            }
            extensions.all.push(Extension { id, critical, value: Span::of(whole, value) });
        }
        extensions.check_unique()?;
        Ok(extensions)
    }

    /// RFC 5280 §4.2: not more than one instance of an extension. Sorted first: there can be thousands.
    fn check_unique(&self) -> Result<(), ParseError> {
        let mut ids: Vec<&ObjectIdentifier> = self.all.iter().map(|extension| &extension.id).collect();
        ids.sort_unstable_by_key(|id| id.as_der());
        match ids.array_windows().find(|[one, next]| one == next) {
            Some([twice, _]) => Err(ParseError::new("extensions", format!("{} stands there twice", oid::name(twice)))),
            None => Ok(()),
        }
    }

    /// The table: who parses what. False for an extension that nobody here carries out.
    fn dispatch(&mut self, id: &ObjectIdentifier, value: &[u8], whole: &[u8]) -> Result<bool, ParseError> {
        match id {
            id if *id == oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(BasicConstraints::parse(value)?),
            id if *id == oid::KEY_USAGE => self.key_usage = Some(KeyUsage::parse(value)?),
            id if *id == oid::EXTENDED_KEY_USAGE => self.extended_key_usage = Some(ExtendedKeyUsage::parse(value)?),
            id if *id == oid::SUBJECT_ALT_NAME => self.subject_alt_name = Some(subject_alt_name::parse(value)?),
            id if *id == oid::NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::parse(value)?),
            id if *id == oid::AUTHORITY_KEY_IDENTIFIER => {
                let (key, certificate) = key_identifiers::authority(value)?;
                self.authority_key_id = key.map(|key| Span::of(whole, key));
                self.authority_certificate = certificate;
            }
            id if *id == oid::SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_id = Some(Span::of(whole, key_identifiers::subject(value)?));
            }
            id if *id == oid::CERTIFICATE_POLICIES => return self.policies.parse(value, whole),
            id if *id == oid::POLICY_MAPPINGS => self.policies.parse_mappings(value, whole)?,
            id if *id == oid::POLICY_CONSTRAINTS => self.policies.parse_constraints(value)?,
            id if *id == oid::INHIBIT_ANY_POLICY => self.policies.parse_inhibit_any(value)?,
            id if *id == oid::AUTHORITY_INFO_ACCESS => self.authority_info_access = AuthorityInfoAccess::parse(value)?,
            id if *id == oid::CRL_DISTRIBUTION_POINTS => {
                self.crl_distribution_points = crl_distribution_points::parse(value)?;
            }
            id if *id == oid::TLS_FEATURE => {
                let feature = TlsFeature::parse(value)?;
                let understood = feature.is_understood();
                self.tls_feature = Some(feature);
                return Ok(understood);
            }
            id if *id == oid::OCSP_NO_CHECK => {
                // RFC 6960 §4.2.2.2.1: its value is NULL.
                single::<asn1::Null>(value, "OCSP no check")?;
                self.ocsp_no_check = true;
            }
            id if *id == oid::NO_REVOCATION_AVAILABLE => {
                single::<asn1::Null>(value, "noRevAvail")?;
                self.no_revocation_available = true;
            }
            // Other names of the issuer: nothing to carry out (RFC 5280 §4.2.1.7).
            id if *id == oid::ISSUER_ALT_NAME => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// `Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }`. An encoded FALSE breaks DER but is common, and
/// harmless: it is taken.
fn header<'a>(p: &mut Parser<'a>) -> Result<(ObjectIdentifier, bool, &'a [u8]), ParseError> {
    let id = read::<ObjectIdentifier>(p, "extension")?;
    let critical = read::<Option<bool>>(p, "extension")?.unwrap_or(false);
    let value = read::<&'a [u8]>(p, "extension")?;
    Ok((id, critical, value))
}

/// A SEQUENCE of at least one element that `parse` reads.
fn non_empty<'a, T>(
    value: &'a [u8],
    field: &'static str,
    parse: impl Fn(asn1::Tlv<'a>) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    single::<SequenceOf<'a, asn1::Tlv<'a>, 1>>(value, field)?.map(parse).collect()
}
