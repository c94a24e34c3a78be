//! One certificate (RFC 5280 §4).

pub(crate) mod ext;
mod filter;
mod parse;
pub(crate) mod public_key;
pub(crate) mod request;

pub use ext::details::{Detail, ExtensionDetail, PolicyDetail, SctDetail};

use crate::der::algorithm::SignedWith;
use crate::der::{Span, hex, oid};
use crate::name::BRIEF;
use crate::name::dn::DistinguishedName;
use crate::name::general::GeneralName;
use crate::{ReferenceName, ServerName, UnixTime};
use ext::Extensions;
use public_key::{PublicKey, SubjectPublicKeyInfo};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use tlsmith_crypto::{HashAlgorithm, KeyType, Provider, SignatureAlgorithm};

/// A parsed certificate. Cheap to clone; keeps its DER. Two are equal if their bytes are.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    version: u8,
    tbs: Span,
    serial: Span,
    issuer_der: Span,
    issuer: DistinguishedName,
    not_before: UnixTime,
    not_after: UnixTime,
    subject_der: Span,
    subject: DistinguishedName,
    spki: Span,
    public_key: PublicKey,
    extensions: Extensions,
    signed_with: SignedWith,
    signature: Span,
}

/// Why bytes are not a certificate: what, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    field: &'static str,
    detail: Cow<'static, str>,
}

impl ParseError {
    pub(crate) fn new(field: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { field, detail: detail.into() }
    }

    pub(crate) fn der(field: &'static str, error: &asn1::ParseError) -> Self {
        use asn1::ParseErrorKind as Kind;
        let detail = match error.kind() {
            Kind::ShortData { .. } => "it is cut off".into(),
            Kind::ExtraData => "something follows its end".into(),
            Kind::InvalidLength => "a length is not DER".into(),
            Kind::InvalidTag => "a tag is not DER".into(),
            Kind::UnexpectedTag { actual } => match actual.as_u8() {
                Some(tag) => format!("another element stands there (tag {tag:#04x})").into(),
                None => "another element stands there".into(),
            },
            Kind::InvalidSetOrdering => "a SET is not in the order of DER".into(),
            Kind::InvalidSize { .. } => "it is empty".into(),
            _ => "a value is malformed".into(),
        };
        Self { field, detail }
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The field of the certificate that is malformed, under its name in RFC 5280.
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl From<asn1::ParseError> for ParseError {
    fn from(error: asn1::ParseError) -> Self {
        Self::der("certificate", &error)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed {}: {}", self.field, self.detail)
    }
}

impl std::error::Error for ParseError {}

impl Certificate {
    /// Parses strict DER. Extensions that are not understood are kept, critical ones noted for validation.
    pub fn from_der(der: &[u8]) -> Result<Self, ParseError> {
        parse::certificate(der).map(|inner| Self(Arc::new(inner)))
    }

    /// The certificate as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// 1, 2 or 3. Only version 3 has extensions.
    pub fn version(&self) -> u8 {
        self.0.version
    }

    /// Subject, for people: RFC 4514 text (`CN=example.com,O=Example`), most specific first; escapes control characters.
    /// Empty when the name is.
    pub fn subject(&self) -> String {
        self.0.subject.describe()
    }

    /// Issuer, likewise.
    pub fn issuer(&self) -> String {
        self.0.issuer.describe()
    }

    /// Subject `Name` as DER, to compare and for `certificate_authorities`.
    pub fn subject_der(&self) -> &[u8] {
        self.0.subject_der.get(&self.0.der)
    }

    /// Issuer `Name` as DER.
    pub fn issuer_der(&self) -> &[u8] {
        self.0.issuer_der.get(&self.0.der)
    }

    /// Serial number, big endian content octets.
    pub fn serial(&self) -> &[u8] {
        self.0.serial.get(&self.0.der)
    }

    /// Validity, first second.
    pub fn not_before(&self) -> UnixTime {
        self.0.not_before
    }

    /// Validity, last second.
    pub fn not_after(&self) -> UnixTime {
        self.0.not_after
    }

    /// subjectAltName entries for people: `DNS:example.com`, `IP:192.0.2.1`, `URI:...`, `email:...`, others by kind.
    pub fn sans(&self) -> Vec<String> {
        self.alternative_names().iter().map(GeneralName::describe).collect()
    }

    /// DNS names of the subjectAltName, wildcards included, as they stand (lower case): not checked, nothing escaped.
    pub fn dns_names(&self) -> Vec<String> {
        let names = self.alternative_names().iter();
        names
            .filter_map(|name| if let GeneralName::Dns(name) = name { Some(name.to_ascii_lowercase()) } else { None })
            .collect()
    }

    /// The subjectAltName holds this name: a DNS name exactly or by a wildcard (RFC 9525 §6.3), an address exactly
    /// (§6.5). The common name is not looked at.
    pub fn covers(&self, name: &ServerName) -> bool {
        self.is_for(ReferenceName::Host(name))
    }

    /// The subjectAltName holds this name, of whatever kind.
    pub fn is_for(&self, name: ReferenceName<'_>) -> bool {
        name.is_named_by(self.alternative_names())
    }

    /// The type of its public key, or `None` for one that is not supported. Whether an RSA key is long enough is not asked.
    pub fn key_type(&self) -> Option<KeyType> {
        self.0.public_key.key_type()
    }

    /// For people: `ECDSA P-256`, `RSA 2048`, or the OID of an unknown one.
    pub fn key_description(&self) -> String {
        self.0.public_key.describe()
    }

    /// The name of the algorithm it is signed with: `ecdsa-with-SHA256`, `sha256WithRSAEncryption`, or the OID.
    pub fn signature_description(&self) -> String {
        self.0.signed_with.describe()
    }

    /// DER `SubjectPublicKeyInfo`.
    pub fn spki(&self) -> &[u8] {
        self.0.spki.get(&self.0.der)
    }

    /// The key by itself, to be compared with a raw public key (RFC 7250).
    pub fn subject_public_key_info(&self) -> SubjectPublicKeyInfo {
        SubjectPublicKeyInfo::new(self.spki(), self.0.public_key.clone())
    }

    /// What keeps its key from being used, or nothing.
    pub(crate) fn key_complaint(&self) -> Option<String> {
        self.0.public_key.complaint()
    }

    /// Content of the `subjectPublicKey` BIT STRING, what `Provider::verify` takes.
    pub fn public_key(&self) -> &[u8] {
        self.0.public_key.content(self.spki())
    }

    /// The one hash that an `id-RSASSA-PSS` key may sign with, if its parameters say so (RFC 4055 §1.2).
    pub fn pss_hash(&self) -> Option<HashAlgorithm> {
        self.0.public_key.pss_hash()
    }

    /// Basic constraints say CA.
    pub fn is_ca(&self) -> bool {
        self.extensions().basic_constraints.is_some_and(|constraints| constraints.ca)
    }

    /// Key usage, where present, allows digitalSignature (RFC 8446 §4.4.2.2 wants it for signing certificates).
    pub fn allows_digital_signature(&self) -> bool {
        self.extensions().key_usage.is_none_or(ext::KeyUsage::digital_signature)
    }

    /// Issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.0.issuer.comparable() == self.0.subject.comparable()
    }

    /// Its subject is the issuer of `certificate`, as RFC 5280 §7.1 compares names. Whether its key signed it is another matter.
    pub fn is_named_as_issuer_of(&self, certificate: &Certificate) -> bool {
        self.0.subject.comparable() == certificate.0.issuer.comparable()
    }

    /// SHA-256 of the DER. (`provider.hash`)
    pub fn sha256(&self, provider: &dyn Provider) -> [u8; 32] {
        sha256(provider, self.der())
    }

    /// SHA-256 of the SubjectPublicKeyInfo (RFC 7469 §2.4).
    pub fn spki_sha256(&self, provider: &dyn Provider) -> [u8; 32] {
        sha256(provider, self.spki())
    }

    /// The signature algorithm it is signed with, if supported: used to honour `signature_algorithms_cert`.
    ///
    /// The curve of an ECDSA signature is that of the issuer's key, which is not known here; the curve that TLS 1.3 pairs
    /// with the hash (RFC 8446 §4.2.3) stands in. With the issuer at hand, [`Certificate::signature_algorithm_under`] is exact.
    pub fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.0.signed_with.alone()
    }

    /// The signature algorithm it is signed with if `issuer` signed it; `None` when that key cannot have.
    pub fn signature_algorithm_under(&self, issuer: &Certificate) -> Option<SignatureAlgorithm> {
        self.0.signed_with.under(issuer.key_type()?)
    }

    /// The key of `issuer` made its signature, by an algorithm that is supported and not broken. Nothing else is looked at:
    /// not whether the issuer may, nor when. For putting certificates into order; trust is a matter of [`crate::verify`].
    pub fn is_signed_by(&self, issuer: &Certificate, provider: &dyn Provider) -> bool {
        crate::check::signature::check(provider, self, issuer, &[]).is_ok()
    }

    /// The first common name of the subject, as it stands: nothing in it is escaped.
    pub fn common_name(&self) -> Option<&str> {
        self.0.subject.values(&oid::COMMON_NAME).next()
    }

    /// The authority key identifier, where present.
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions().authority_key_id.as_ref().map(|span| span.get(&self.0.der))
    }

    /// The subject key identifier, where present.
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions().subject_key_id.as_ref().map(|span| span.get(&self.0.der))
    }

    /// URIs under which the issuer's certificate may be found (authorityInfoAccess, RFC 5280 §4.2.2.1), as they stand.
    pub fn ca_issuers_urls(&self) -> &[String] {
        &self.extensions().authority_info_access.ca_issuers
    }

    /// URIs of the responders that know whether it was revoked (authorityInfoAccess, RFC 6960 §3.1), as they stand.
    pub fn ocsp_urls(&self) -> &[String] {
        &self.extensions().authority_info_access.ocsp
    }

    /// URIs of the CRLs that speak of it (cRLDistributionPoints, RFC 5280 §4.2.1.13), as they stand. Those of points whose
    /// CRL another issuer signs are left out: such CRLs are not supported.
    pub fn crl_urls(&self) -> Vec<&str> {
        let points = self.extensions().crl_distribution_points.iter();
        points.filter(|point| point.crl_issuer.is_empty()).flat_map(ext::DistributionPoint::uris).collect()
    }

    /// Its owner promises an OCSP staple in every handshake (RFC 7633): without one, somebody left it out.
    pub fn must_staple(&self) -> bool {
        self.extensions().tls_feature.as_ref().is_some_and(ext::TlsFeature::must_staple)
    }

    /// The extensions: dotted OID, critical or not, content of the value.
    pub fn raw_extensions(&self) -> impl Iterator<Item = (String, bool, &[u8])> {
        let all = self.extensions().all.iter();
        all.map(|extension| (extension.id.to_string(), extension.critical, extension.value.get(&self.0.der)))
    }

    /// The policies it asserts, each as the content of its OID; none where it has no certificatePolicies.
    pub(crate) fn policies(&self) -> Option<impl Iterator<Item = &[u8]>> {
        let asserted = self.extensions().policies.asserted.as_ref()?;
        Some(asserted.iter().map(|span| span.get(&self.0.der)))
    }

    /// Its policy mappings: the issuer's policy, the subject's.
    pub(crate) fn policy_mappings(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mappings = self.extensions().policies.mappings.iter();
        mappings.map(|(issuer, subject)| (issuer.get(&self.0.der), subject.get(&self.0.der)))
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    pub(crate) fn alternative_names(&self) -> &[GeneralName] {
        self.extensions().subject_alt_name.as_deref().unwrap_or_default()
    }

    pub(crate) fn subject_name(&self) -> &DistinguishedName {
        &self.0.subject
    }

    pub(crate) fn issuer_name(&self) -> &DistinguishedName {
        &self.0.issuer
    }

    /// What is signed: TBSCertificate.
    pub(crate) fn signed_part(&self) -> &[u8] {
        self.0.tbs.get(&self.0.der)
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.0.signature.get(&self.0.der)
    }

    pub(crate) fn signed_with(&self) -> &SignedWith {
        &self.0.signed_with
    }

    /// The same name and key: the same CA, in whichever certificate.
    pub(crate) fn is_same_entity(&self, other: &Certificate) -> bool {
        self.0.subject.comparable() == other.0.subject.comparable() && self.spki() == other.spki()
    }

    /// For messages: the subject, or the first alternative name, or the serial number.
    pub(crate) fn label(&self) -> String {
        if !self.0.subject.is_empty() {
            return self.0.subject.brief();
        }
        match self.alternative_names().first() {
            Some(name) => name.brief(),
            None => {
                let serial = self.serial();
                format!("serial number {}", hex(serial.get(..BRIEF).unwrap_or(serial), ":"))
            }
        }
    }

    /// For messages: the issuer.
    pub(crate) fn issuer_label(&self) -> String {
        if self.0.issuer.is_empty() { "a CA without a name".to_owned() } else { self.0.issuer.brief() }
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl std::hash::Hash for Certificate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.der().hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject())
            .field("issuer", &self.issuer())
            .field("serial", &hex(self.serial(), ":"))
            .field("not_after", &self.not_after().to_string())
            .finish_non_exhaustive()
    }
}

fn sha256(provider: &dyn Provider, data: &[u8]) -> [u8; 32] {
    let mut context = provider.hash(HashAlgorithm::Sha256);
    context.update(data);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(context.current().as_ref()) {
        *to = *from;
    }
    out
}
