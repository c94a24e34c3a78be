//! authorityKeyIdentifier and subjectKeyIdentifier (RFC 5280 §4.2.1.1, §4.2.1.2): hints for path building.

use crate::ParseError;
use crate::der::{read, sequence, single};
use asn1::{BigInt, Implicit, Sequence};

/// `keyIdentifier [0]`, where present; and whether authorityCertIssuer or authorityCertSerialNumber are there, which must be
/// well formed, and are not used.
pub(crate) fn authority(value: &[u8]) -> Result<(Option<&[u8]>, bool), ParseError> {
    let field = "authorityKeyIdentifier";
    sequence(value, field, |p| {
        let key = read::<Option<Implicit<&[u8], 0>>>(p, field)?;
        let issuer = read::<Option<Implicit<Sequence<'_>, 1>>>(p, field)?;
        let serial = read::<Option<Implicit<BigInt<'_>, 2>>>(p, field)?;
        Ok((key.map(Implicit::into_inner), issuer.is_some() || serial.is_some()))
    })
}

pub(super) fn subject(value: &[u8]) -> Result<&[u8], ParseError> {
    single::<&[u8]>(value, "subjectKeyIdentifier")
}
