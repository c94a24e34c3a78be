//! CertificateList and TBSCertList (RFC 5280 §5.1), and the extensions of both levels (§5.2, §5.3).

use super::scope::IssuingDistributionPoint;
use super::{Crl, Inner, RevokedEntry, index_key};
use crate::cert::ext::key_identifiers;
use crate::der::algorithm::AlgorithmIdentifier;
use crate::der::time::{GENERALIZED_TIME, UTC_TIME, time};
use crate::der::{self, Span, oid, read, single};
use crate::name::dn::DistinguishedName;
use crate::revocation::reason::Reason;
use crate::revocation::signed::{Envelope, extension};
use crate::{ParseError, UnixTime};
use asn1::{BigInt, BigUint, Enumerated, Explicit, ObjectIdentifier, Parser, SequenceOf, Tlv};
use std::sync::OnceLock;

/// The elements of TBSCertList, not looked into.
struct Tbs<'a> {
    version: u8,
    signature: Tlv<'a>,
    issuer: Tlv<'a>,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    revoked: Option<SequenceOf<'a, Tlv<'a>>>,
    extensions: Option<SequenceOf<'a, Tlv<'a>, 1>>,
}

pub(super) fn crl(der: &[u8]) -> Result<Inner, ParseError> {
    if der.len() > Crl::MAX_LEN {
        return Err(ParseError::new("CRL", format!("it has more than {} MiB", Crl::MAX_LEN >> 20)));
    }
    let envelope = der::sequence(der, "CRL", |p| Envelope::read(p, "tbsCertList"))?;
    let fields = der::sequence(envelope.part.full_data(), "tbsCertList", tbs_cert_list)?;
    // RFC 5280 §5.1.1.2: both must be the same, or what is signed does not say how.
    if envelope.algorithm.full_data() != fields.signature.full_data() {
        return Err(ParseError::new("signatureAlgorithm", "it differs from the one inside the signed part"));
    }
    AlgorithmIdentifier::from_der(fields.signature.full_data(), "signature")?;
    let mut inner = Inner {
        signed: envelope.keep(der)?,
        version: fields.version,
        issuer_der: Span::of(der, fields.issuer.full_data()),
        issuer: DistinguishedName::from_der(fields.issuer.full_data(), "issuer")?,
        this_update: fields.this_update,
        next_update: fields.next_update,
        index: Vec::new(),
        number: None,
        authority_key_id: None,
        distribution_point: None,
        base_number: None,
        unsupported: None,
        verified_by: OnceLock::new(),
        der: Box::default(),
    };
    let mut extensions = Unique::default();
    for tlv in fields.extensions.into_iter().flatten() {
        let (id, critical, value) = extension(&tlv, "crlExtensions")?;
        crl_extension(&mut inner, &id, critical, value, der)?;
        extensions.add(id)?;
    }
    for entry in fields.revoked.into_iter().flatten() {
        index(&mut inner, entry.full_data(), der)?;
    }
    // A CA may list them in any order. Of equal keys the first on the list stays the first.
    inner.index.sort_unstable();
    inner.der = der.into();
    Ok(inner)
}

fn tbs_cert_list<'a>(p: &mut Parser<'a>) -> Result<Tbs<'a>, ParseError> {
    // §5.1.2.1: absent in version 1, which some tools still make unless they are told to add extensions.
    let version = match read::<Option<u8>>(p, "version")? {
        None => 1,
        Some(1) => 2,
        Some(other) => return Err(ParseError::new("version", format!("{other} is not known"))),
    };
    let signature = read::<Tlv<'a>>(p, "signature")?;
    let issuer = read::<Tlv<'a>>(p, "issuer")?;
    let this_update = time(p, "thisUpdate")?;
    let has_next = matches!(p.peek_tag().and_then(asn1::Tag::as_u8), Some(UTC_TIME | GENERALIZED_TIME));
    let next_update = if has_next { Some(time(p, "nextUpdate")?) } else { None };
    let revoked = read::<Option<SequenceOf<'a, Tlv<'a>>>>(p, "revokedCertificates")?;
    let extensions = read::<Option<Explicit<SequenceOf<'a, Tlv<'a>, 1>, 0>>>(p, "crlExtensions")?;
    let extensions = extensions.map(Explicit::into_inner);
    if version == 1 && extensions.is_some() {
        return Err(ParseError::new("version", "a version 1 CRL has no extensions"));
    }
    Ok(Tbs { version, signature, issuer, this_update, next_update, revoked, extensions })
}

/// §5.2.
fn crl_extension(
    inner: &mut Inner,
    id: &ObjectIdentifier,
    critical: bool,
    value: &[u8],
    whole: &[u8],
) -> Result<(), ParseError> {
    match id {
        id if *id == oid::AUTHORITY_KEY_IDENTIFIER => {
            inner.authority_key_id = key_identifiers::authority(value)?.0.map(|key| Span::of(whole, key));
        }
        id if *id == oid::CRL_NUMBER => {
            let number = single::<BigUint<'_>>(value, "cRLNumber")?;
            inner.number = Some(Span::of(whole, number.as_bytes()));
        }
        id if *id == oid::DELTA_CRL_INDICATOR => {
            let number = single::<BigUint<'_>>(value, "deltaCRLIndicator")?;
            inner.base_number = Some(Span::of(whole, number.as_bytes()));
        }
        id if *id == oid::ISSUING_DISTRIBUTION_POINT => {
            inner.distribution_point = Some(IssuingDistributionPoint::parse(value)?);
        }
        // Other names of the issuer: nothing to carry out (§5.2.2).
        id if *id == oid::ISSUER_ALT_NAME => {}
        // §5.2: such a CRL must not be used.
        id if critical => unsupported(inner, id),
        _ => {}
    }
    Ok(())
}

/// Takes the entry into the index, and notes what keeps the CRL from being used.
fn index(inner: &mut Inner, element: &[u8], whole: &[u8]) -> Result<(), ParseError> {
    let (entry, critical) = parse_entry(element)?;
    if let Some(id) = critical {
        unsupported(inner, &id);
    }
    // §5.3.1: that reason may only appear in delta CRLs.
    if entry.reason == Some(Reason::REMOVE_FROM_CRL) && inner.base_number.is_none() {
        return Err(ParseError::new("reasonCode", "removeFromCRL stands in a CRL that is no delta CRL"));
    }
    // `Crl::MAX_LEN` fits.
    let place = u32::try_from(Span::of(whole, element).start());
    let place = place.map_err(|_| ParseError::new("CRL", "it is too long"))?;
    let length = u16::try_from(element.len());
    let length = length.map_err(|_| ParseError::new("revokedCertificates", "an entry has more than 64 KiB"))?;
    inner.index.push((index_key(&entry.serial), place, length));
    Ok(())
}

/// One entry, and a critical extension of it that is not known (§5.3).
pub(super) fn parse_entry(entry: &[u8]) -> Result<(RevokedEntry, Option<ObjectIdentifier>), ParseError> {
    let field = "revokedCertificates";
    der::sequence(entry, field, |p| {
        let serial = read::<BigInt<'_>>(p, field)?.as_bytes().to_vec();
        let mut entry = RevokedEntry { serial, at: time(p, "revocationDate")?, reason: None, invalidity_date: None };
        let mut unknown = None;
        let mut ids = Unique::default();
        for tlv in read::<Option<SequenceOf<'_, Tlv<'_>, 1>>>(p, field)?.into_iter().flatten() {
            let (id, critical, value) = extension(&tlv, "crlEntryExtensions")?;
            match &id {
                id if *id == oid::REASON_CODE => {
                    entry.reason = Some(Reason(single::<Enumerated>(value, "reasonCode")?.value()));
                }
                id if *id == oid::INVALIDITY_DATE => {
                    let date = single::<Tlv<'_>>(value, "invalidityDate")?;
                    entry.invalidity_date = Some(der::time::of(&date, "invalidityDate")?);
                }
                id if critical => unknown = Some(id.clone()),
                _ => {}
            }
            ids.add(id)?;
        }
        Ok((entry, unknown))
    })
}

fn unsupported(inner: &mut Inner, id: &ObjectIdentifier) {
    inner.unsupported.get_or_insert_with(|| oid::name(id));
}

/// Extensions that were seen: none stands there twice (§4.2, §5.2).
#[derive(Default)]
struct Unique(Vec<ObjectIdentifier>);

impl Unique {
    /// A handful of extensions has a use in CRLs; more are refused, so that looking through them stays cheap.
    const MOST: usize = 32;

    fn add(&mut self, id: ObjectIdentifier) -> Result<(), ParseError> {
        if self.0.contains(&id) {
            return Err(ParseError::new("extensions", format!("{} stands there twice", oid::name(&id))));
        }
        if self.0.len() == Self::MOST {
            return Err(ParseError::new("extensions", format!("there are more than {}", Self::MOST)));
        }
        self.0.push(id);
        Ok(())
    }
}
