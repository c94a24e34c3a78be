//! Certificate revocation lists (RFC 5280 §5). Complete CRLs are used, partitioned ones within their scope; delta CRLs and
//! indirect CRLs are read and refused by name when a certificate is looked up.

mod parse;
mod scope;
mod trust;

pub use trust::CrlRefusal;
pub(crate) use trust::Standing;

use super::reason::Reason;
use super::signed::Signed;
use crate::der::{Span, hex};
use crate::name::dn::DistinguishedName;
use crate::{ParseError, PemError, UnixTime, pem};
use scope::IssuingDistributionPoint;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A parsed CRL, not verified yet: that takes the issuer's certificate. Cheap to clone; keeps its DER, and twelve octets an
/// entry to find certificates by. Parsing looks at every entry once, finding one at a handful.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    signed: Signed,
    version: u8,
    issuer_der: Span,
    issuer: DistinguishedName,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    /// Key, place and length of each entry, in order.
    index: Vec<(u32, u32, u16)>,
    number: Option<Span>,
    authority_key_id: Option<Span>,
    distribution_point: Option<IssuingDistributionPoint>,
    /// deltaCRLIndicator: the number of the CRL that this one only adds to.
    base_number: Option<Span>,
    /// A critical extension that is not known.
    unsupported: Option<String>,
    /// The SubjectPublicKeyInfo that the signature was verified by.
    verified_by: OnceLock<Box<[u8]>>,
}

/// What a CRL says of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Its serial number, big endian content octets.
    pub serial: Vec<u8>,
    /// When it was revoked.
    pub at: UnixTime,
    /// Why, where it says so.
    pub reason: Option<Reason>,
    /// When its key was lost, or it should not have been used any more, where it says so.
    pub invalidity_date: Option<UnixTime>,
}

impl Crl {
    /// Longest CRL that is parsed, 64 MiB. The largest in public use have some ten; an entry takes 20 octets at least, so
    /// that there are at most 3.4 million.
    pub const MAX_LEN: usize = 64 << 20;

    /// Parses strict DER.
    pub fn from_der(der: &[u8]) -> Result<Self, ParseError> {
        parse::crl(der).map(|inner| Self(Arc::new(inner)))
    }

    /// The one CRL of a file: PEM (`X509 CRL`) or DER. For files that hold several there is [`pem::crls`].
    pub fn from_pem(data: &[u8]) -> Result<Self, PemError> {
        pem::crl(data)
    }

    /// The CRL as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// 1 or 2. Only version 2 has extensions.
    pub fn version(&self) -> u8 {
        self.0.version
    }

    /// Who issued it, for people, as [`crate::Certificate::issuer`].
    pub fn issuer(&self) -> String {
        self.0.issuer.describe()
    }

    /// Issuer `Name` as DER.
    pub fn issuer_der(&self) -> &[u8] {
        self.0.issuer_der.get(&self.0.der)
    }

    /// The time at which it was right.
    pub fn this_update(&self) -> UnixTime {
        self.0.this_update
    }

    /// By then there is a newer one.
    pub fn next_update(&self) -> Option<UnixTime> {
        self.0.next_update
    }

    /// cRLNumber, big endian.
    pub fn number(&self) -> Option<&[u8]> {
        self.0.number.as_ref().map(|span| span.get(&self.0.der))
    }

    /// The number of the CRL that this one adds to, in a delta CRL.
    pub fn delta_base(&self) -> Option<&[u8]> {
        self.0.base_number.as_ref().map(|span| span.get(&self.0.der))
    }

    /// It lists certificates of other issuers as well.
    pub fn is_indirect(&self) -> bool {
        self.0.distribution_point.as_ref().is_some_and(|point| point.indirect)
    }

    /// The key identifier of the key that signed it.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.authority_key_id.as_ref().map(|span| span.get(&self.0.der))
    }

    /// How its scope is narrowed (issuingDistributionPoint), for people; `None` for a CRL of everything that its issuer issues.
    pub fn scope_description(&self) -> Option<String> {
        self.0.distribution_point.as_ref().map(IssuingDistributionPoint::describe)
    }

    /// The name of the algorithm it is signed with.
    pub fn signature_description(&self) -> String {
        self.0.signed.with.describe()
    }

    /// How many certificates it lists.
    pub fn len(&self) -> usize {
        self.0.index.len()
    }

    /// It lists none.
    pub fn is_empty(&self) -> bool {
        self.0.index.is_empty()
    }

    /// The entry of this serial number (content octets, as certificates have it).
    pub fn find(&self, serial: &[u8]) -> Option<RevokedEntry> {
        let key = index_key(serial);
        let start = self.0.index.partition_point(|(of_entry, ..)| *of_entry < key);
        let same = self.0.index.get(start..)?.iter().take_while(|(of_entry, ..)| *of_entry == key);
        same.filter_map(|entry| self.entry(entry)).find(|entry| entry.serial == serial)
    }

    /// All entries, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = RevokedEntry> {
        self.0.index.iter().filter_map(|entry| self.entry(entry))
    }

    /// Parses an entry again, which did parse once.
    fn entry(&self, (_, place, length): &(u32, u32, u16)) -> Option<RevokedEntry> {
        let start = usize::try_from(*place).ok()?;
        let content = self.0.der.get(start..start.checked_add(usize::from(*length))?)?;
        parse::parse_entry(content).ok().map(|(entry, _)| entry)
    }

    pub(crate) fn issuer_name(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// For messages: `the CRL of CN=Example CA (number 12, of 2026-11-20T00:00:00Z)`.
    pub(crate) fn label(&self) -> String {
        let number = self.number().map_or_else(String::new, |number| format!("number {}, ", brief_number(number)));
        format!("the CRL of {} ({number}of {})", self.0.issuer.brief(), self.this_update())
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Crl {}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer())
            .field("this_update", &self.this_update().to_string())
            .field("entries", &self.len())
            .finish_non_exhaustive()
    }
}

/// The last four octets of a serial number: the part that differs most. Serial numbers of one key are compared one by one.
fn index_key(serial: &[u8]) -> u32 {
    serial.iter().rev().take(4).fold(0, |key, octet| key << 8 | u32::from(*octet))
}

/// Decimal where that is short, else hexadecimal, at most 20 octets of it (RFC 5280 §5.2.3).
fn brief_number(number: &[u8]) -> String {
    let small = number.iter().try_fold(0u64, |value, octet| value.checked_mul(256)?.checked_add(u64::from(*octet)));
    small.map_or_else(|| hex(number.get(..20).unwrap_or(number), ""), |value| value.to_string())
}
