//! The policy extensions (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14). What they mean for a path is in
//! `path/policies.rs`.

use super::non_empty;
use crate::ParseError;
use crate::der::{Span, oid, read, sequence, single};
use asn1::{Implicit, ObjectIdentifier, SequenceOf, Tlv};

/// What a certificate says of policies. They stand as spans over the content of their OIDs: there can be thousands.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    /// certificatePolicies, where present.
    pub(crate) asserted: Option<Vec<Span>>,
    /// policyMappings: (issuerDomainPolicy, subjectDomainPolicy).
    pub(crate) mappings: Vec<(Span, Span)>,
    /// policyConstraints: after so many certificates a policy is demanded.
    pub(crate) require_explicit: Option<u64>,
    /// policyConstraints: after so many certificates nothing is mapped.
    pub(crate) inhibit_mapping: Option<u64>,
    /// After so many certificates anyPolicy stands for itself alone.
    pub(crate) inhibit_any: Option<u64>,
}

impl Policies {
    /// certificatePolicies. False when it has a qualifier that is not known: where the extension is critical, software that
    /// cannot interpret the qualifiers has to reject the certificate (§4.2.1.4).
    pub(super) fn parse(&mut self, value: &[u8], whole: &[u8]) -> Result<bool, ParseError> {
        let field = "certificatePolicies";
        let qualifier = |tlv: Tlv<'_>| {
            sequence(tlv.full_data(), field, |p| {
                let id = read::<ObjectIdentifier>(p, field)?;
                read::<Tlv<'_>>(p, field)?;
                Ok(id == oid::QUALIFIER_CPS || id == oid::QUALIFIER_USER_NOTICE)
            })
        };
        let policies = non_empty(value, field, |tlv| {
            sequence(tlv.full_data(), field, |p| {
                let id = identifier(&read::<Tlv<'_>>(p, field)?, field, whole)?;
                let qualifiers = read::<Option<SequenceOf<'_, Tlv<'_>>>>(p, field)?;
                let mut qualifiers = qualifiers.into_iter().flatten();
                let known = qualifiers.try_fold(true, |known, tlv| Ok::<_, ParseError>(qualifier(tlv)? && known))?;
                Ok((id, known))
            })
        })?;
        let known = policies.iter().all(|(_, known)| *known);
        self.asserted = Some(policies.into_iter().map(|(id, _)| id).collect());
        Ok(known)
    }

    /// policyMappings: no policy is mapped to or from anyPolicy (§4.2.1.5, §6.1.4 (a)).
    pub(super) fn parse_mappings(&mut self, value: &[u8], whole: &[u8]) -> Result<(), ParseError> {
        let field = "policyMappings";
        self.mappings = non_empty(value, field, |tlv| {
            sequence(tlv.full_data(), field, |p| {
                let issuer = identifier(&read::<Tlv<'_>>(p, field)?, field, whole)?;
                Ok((issuer, identifier(&read::<Tlv<'_>>(p, field)?, field, whole)?))
            })
        })?;
        let is_any = |span: &Span| span.get(whole) == oid::ANY_POLICY.as_der();
        if self.mappings.iter().any(|(issuer, subject)| is_any(issuer) || is_any(subject)) {
            return Err(ParseError::new(field, "it maps anyPolicy"));
        }
        Ok(())
    }

    /// inhibitAnyPolicy: a number of certificates.
    pub(super) fn parse_inhibit_any(&mut self, value: &[u8]) -> Result<(), ParseError> {
        self.inhibit_any = Some(single::<u64>(value, "inhibitAnyPolicy")?);
        Ok(())
    }

    /// policyConstraints: one or both of two numbers of certificates.
    pub(super) fn parse_constraints(&mut self, value: &[u8]) -> Result<(), ParseError> {
        let field = "policyConstraints";
        let (require, inhibit) = sequence(value, field, |p| {
            let require = read::<Option<Implicit<u64, 0>>>(p, field)?;
            let inhibit = read::<Option<Implicit<u64, 1>>>(p, field)?;
            if require.is_none() && inhibit.is_none() {
                return Err(ParseError::new(field, "it is empty"));
            }
            Ok((require.map(Implicit::into_inner), inhibit.map(Implicit::into_inner)))
        })?;
        (self.require_explicit, self.inhibit_mapping) = (require, inhibit);
        Ok(())
    }
}

/// The content of an OID, checked.
fn identifier(tlv: &Tlv<'_>, field: &'static str, whole: &[u8]) -> Result<Span, ParseError> {
    tlv.parse::<ObjectIdentifier>().map_err(|error| ParseError::der(field, &error))?;
    Ok(Span::of(whole, tlv.data()))
}
