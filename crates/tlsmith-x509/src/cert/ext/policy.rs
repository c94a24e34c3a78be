//! The policy extensions (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14), as far as they can be ignored: with any policy
//! acceptable and none demanded (§6.1.1 (c) to (g)), what is well formed decides nothing.

use super::non_empty;
use crate::ParseError;
use crate::der::{oid, read, sequence, single};
use asn1::{Implicit, ObjectIdentifier, SequenceOf, Tlv};

/// certificatePolicies. False when it has a qualifier that is not known: where the extension is critical, software that
/// cannot interpret the qualifiers has to reject the certificate (§4.2.1.4).
pub(super) fn qualifiers_are_known(value: &[u8]) -> Result<bool, ParseError> {
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
            read::<ObjectIdentifier>(p, field)?;
            let qualifiers = read::<Option<SequenceOf<'_, Tlv<'_>>>>(p, field)?;
            qualifiers.into_iter().flatten().try_fold(true, |known, tlv| Ok(qualifier(tlv)? && known))
        })
    })?;
    Ok(policies.into_iter().all(|known| known))
}

/// policyMappings: no policy is mapped to or from anyPolicy (§4.2.1.5, §6.1.4 (a)).
pub(super) fn mappings(value: &[u8]) -> Result<(), ParseError> {
    let field = "policyMappings";
    let mappings = non_empty(value, field, |tlv| {
        sequence(tlv.full_data(), field, |p| {
            Ok([read::<ObjectIdentifier>(p, field)?, read::<ObjectIdentifier>(p, field)?])
        })
    })?;
    if mappings.as_flattened().contains(&oid::ANY_POLICY) {
        return Err(ParseError::new(field, "it maps anyPolicy"));
    }
    Ok(())
}

/// inhibitAnyPolicy: a number of certificates.
pub(super) fn inhibit_any(value: &[u8]) -> Result<(), ParseError> {
    single::<u64>(value, "inhibitAnyPolicy").map(|_| ())
}

/// policyConstraints. True when it asks for nothing that is not done: `inhibitPolicyMapping` has no effect as long as no
/// policy is demanded, `requireExplicitPolicy` demands one, and policies are not processed yet.
pub(super) fn constraints_are_idle(value: &[u8]) -> Result<bool, ParseError> {
    let field = "policyConstraints";
    sequence(value, field, |p| {
        let require = read::<Option<Implicit<u64, 0>>>(p, field)?;
        let inhibit = read::<Option<Implicit<u64, 1>>>(p, field)?;
        if require.is_none() && inhibit.is_none() {
            return Err(ParseError::new(field, "it is empty"));
        }
        Ok(require.is_none())
    })
}
