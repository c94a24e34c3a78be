//! policyConstraints (RFC 5280 §4.2.1.11), as far as it can be ignored.

use crate::ParseError;
use crate::der::{read, sequence};
use asn1::Implicit;

/// True when the extension asks for nothing that is not done: `inhibitPolicyMapping` has no effect as long as no policy is
/// demanded, `requireExplicitPolicy` demands one, and policies are not processed yet.
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
