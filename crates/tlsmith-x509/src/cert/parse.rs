//! Certificate and TBSCertificate (RFC 5280 §4.1).

use super::ext::Extensions;
use super::{Inner, ParseError, PublicKey};
use crate::UnixTime;
use crate::der::algorithm::{AlgorithmIdentifier, SignedWith};
use crate::der::time::time;
use crate::der::{self, Span, read};
use crate::name::dn::DistinguishedName;
use asn1::{BigInt, BitString, Explicit, Implicit, Parser, Sequence, SequenceOf, Tlv};

/// The elements of TBSCertificate, not looked into.
struct Tbs<'a> {
    version: u8,
    serial: &'a [u8],
    signature: Tlv<'a>,
    issuer: Tlv<'a>,
    not_before: UnixTime,
    not_after: UnixTime,
    subject: Tlv<'a>,
    spki: Tlv<'a>,
    extensions: Option<SequenceOf<'a, Sequence<'a>, 1>>,
}

pub(super) fn certificate(der: &[u8]) -> Result<Inner, ParseError> {
    let (tbs, algorithm, signature) = der::sequence(der, "certificate", |p| {
        let tbs = read::<Tlv<'_>>(p, "tbsCertificate")?;
        let algorithm = read::<Tlv<'_>>(p, "signatureAlgorithm")?;
        let signature = read::<BitString<'_>>(p, "signatureValue")?;
        if signature.padding_bits() != 0 {
            return Err(ParseError::new("signatureValue", "it is not a whole number of octets"));
        }
        Ok((tbs, algorithm, signature.as_bytes()))
    })?;
    let fields = der::sequence(tbs.full_data(), "tbsCertificate", tbs_certificate)?;

    // RFC 5280 §4.1.1.2: both must be the same, or what is signed does not say how.
    if algorithm.full_data() != fields.signature.full_data() {
        return Err(ParseError::new("signatureAlgorithm", "it differs from the one inside the signed part"));
    }
    let signed_with = SignedWith::parse(&AlgorithmIdentifier::from_der(algorithm.full_data(), "signatureAlgorithm")?);

    let public_key = PublicKey::parse(fields.spki.full_data())?;
    let extensions = match fields.extensions {
        Some(extensions) => Extensions::parse(extensions, der)?,
        None => Extensions::default(),
    };
    Ok(Inner {
        version: fields.version,
        tbs: Span::of(der, tbs.full_data()),
        serial: Span::of(der, fields.serial),
        issuer_der: Span::of(der, fields.issuer.full_data()),
        issuer: DistinguishedName::from_der(fields.issuer.full_data(), "issuer")?,
        not_before: fields.not_before,
        not_after: fields.not_after,
        subject_der: Span::of(der, fields.subject.full_data()),
        subject: DistinguishedName::from_der(fields.subject.full_data(), "subject")?,
        spki: Span::of(der, fields.spki.full_data()),
        public_key,
        extensions,
        signed_with,
        signature: Span::of(der, signature),
        der: der.into(),
    })
}

fn tbs_certificate<'a>(p: &mut Parser<'a>) -> Result<Tbs<'a>, ParseError> {
    let version = version(p)?;
    // Negative and overlong serial numbers break RFC 5280 §4.1.2.2, but decide nothing here: users should take them.
    let serial = read::<BigInt<'a>>(p, "serialNumber")?.as_bytes();
    let signature = read::<Tlv<'a>>(p, "signature")?;
    let issuer = read::<Tlv<'a>>(p, "issuer")?;
    let validity = read::<Sequence<'a>>(p, "validity")?;
    let (not_before, not_after) =
        der::inside(validity, "validity", |p| Ok((time(p, "notBefore")?, time(p, "notAfter")?)))?;
    let subject = read::<Tlv<'a>>(p, "subject")?;
    let spki = read::<Tlv<'a>>(p, "subjectPublicKeyInfo")?;
    let issuer_id = read::<Option<Implicit<BitString<'a>, 1>>>(p, "issuerUniqueID")?;
    let subject_id = read::<Option<Implicit<BitString<'a>, 2>>>(p, "subjectUniqueID")?;
    if version == 1 && (issuer_id.is_some() || subject_id.is_some()) {
        return Err(ParseError::new("version", "a version 1 certificate has no unique identifiers"));
    }
    let extensions = read::<Option<Explicit<SequenceOf<'a, Sequence<'a>, 1>, 3>>>(p, "extensions")?;
    if version != 3 && extensions.is_some() {
        return Err(ParseError::new("version", format!("a version {version} certificate has no extensions")));
    }
    let extensions = extensions.map(Explicit::into_inner);
    Ok(Tbs { version, serial, signature, issuer, not_before, not_after, subject, spki, extensions })
}

/// `version [0] DEFAULT v1`, as people count them: 1, 2, 3.
fn version(p: &mut Parser<'_>) -> Result<u8, ParseError> {
    let version = read::<Option<Explicit<u8, 0>>>(p, "version")?.map(Explicit::into_inner);
    match version {
        None => Ok(1),
        Some(1) => Ok(2),
        Some(2) => Ok(3),
        Some(0) => Err(ParseError::new("version", "the default is encoded")),
        Some(other) => Err(ParseError::new("version", format!("{other} is not known"))),
    }
}
