//! Certificate requests (PKCS#10, RFC 2986).

use std::fmt;
use std::sync::Arc;

use asn1::{BitString, ObjectIdentifier, Parser, Sequence, SequenceOf, Tlv, oid};
use tlsmith_crypto::{CryptoError, Provider};

use super::ParseError;
use super::ext::{Extensions, details};
use super::public_key::{PublicKey, SubjectPublicKeyInfo};
use crate::der::algorithm::{AlgorithmIdentifier, SignedWith};
use crate::der::{self, Span, read};
use crate::name::dn::DistinguishedName;
use crate::name::general::GeneralName;

/// PKCS#9 `extensionRequest` (RFC 2985 §5.4.2).
const EXTENSION_REQUEST: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 14);
/// PKCS#9 `challengePassword` (RFC 2985 §5.4.1).
const CHALLENGE_PASSWORD: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 7);

/// A parsed certificate request. Cheap to clone; keeps its DER. Whether who made it has the private key is not asked by
/// parsing: [`CertificateRequest::verify`].
#[derive(Clone)]
pub struct CertificateRequest(Arc<Inner>);

struct Inner {
    der: Box<[u8]>,
    info: Span,
    subject: DistinguishedName,
    subject_der: Span,
    key: SubjectPublicKeyInfo,
    extensions: Extensions,
    /// Attributes other than the extensions, and not `challengePassword`.
    others: Vec<ObjectIdentifier>,
    challenge_password: bool,
    signed_with: SignedWith,
    signature: Span,
}

/// What `CertificationRequestInfo` holds.
struct Info<'a> {
    subject: Tlv<'a>,
    key: Tlv<'a>,
    attributes: Option<&'a [u8]>,
}

impl CertificateRequest {
    /// Parses strict DER.
    pub fn from_der(der: &[u8]) -> Result<Self, ParseError> {
        let (info, algorithm, signature) = der::sequence(der, "CertificationRequest", |p| {
            let info = read::<Tlv<'_>>(p, "certificationRequestInfo")?;
            let algorithm = read::<Tlv<'_>>(p, "signatureAlgorithm")?;
            let signature = read::<BitString<'_>>(p, "signature")?;
            Ok((info, algorithm, signature.as_bytes()))
        })?;
        let fields = der::sequence(info.full_data(), "certificationRequestInfo", request_info)?;
        let algorithm = AlgorithmIdentifier::from_der(algorithm.full_data(), "signatureAlgorithm")?;
        let key = PublicKey::parse(fields.key.full_data())?;
        let mut inner = Inner {
            info: Span::of(der, info.full_data()),
            subject: DistinguishedName::from_der(fields.subject.full_data(), "subject")?,
            subject_der: Span::of(der, fields.subject.full_data()),
            key: SubjectPublicKeyInfo::new(fields.key.full_data(), key),
            extensions: Extensions::default(),
            others: Vec::new(),
            challenge_password: false,
            signed_with: SignedWith::parse(&algorithm),
            signature: Span::of(der, signature),
            der: der.into(),
        };
        inner.attributes(fields.attributes.unwrap_or_default(), der)?;
        Ok(Self(Arc::new(inner)))
    }

    /// The request as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Subject, for people: RFC 4514 text, most specific first; escapes control characters. Empty when the name is.
    pub fn subject(&self) -> String {
        self.0.subject.describe()
    }

    /// Subject `Name` as DER.
    pub fn subject_der(&self) -> &[u8] {
        self.0.subject_der.get(&self.0.der)
    }

    /// The key that is to be certified.
    pub fn public_key_info(&self) -> &SubjectPublicKeyInfo {
        &self.0.key
    }

    /// The subjectAltName entries that are asked for, for people: `DNS:example.com`.
    pub fn sans(&self) -> Vec<String> {
        self.0.extensions.subject_alt_name.iter().flatten().map(GeneralName::describe).collect()
    }

    /// The extensions that are asked for, decoded, in order.
    pub fn extension_details(&self) -> Vec<details::ExtensionDetail> {
        self.0.extensions.all.iter().map(|extension| details::of(extension, &self.0.der)).collect()
    }

    /// Attributes beyond the extensions, dotted.
    pub fn other_attributes(&self) -> Vec<String> {
        self.0.others.iter().map(ToString::to_string).collect()
    }

    /// It holds a `challengePassword` (RFC 2985 §5.4.1), in clear text.
    pub fn has_challenge_password(&self) -> bool {
        self.0.challenge_password
    }

    /// The name of the algorithm it is signed with.
    pub fn signature_description(&self) -> String {
        self.0.signed_with.describe()
    }

    /// Whether the key that it names signed it (RFC 2986 §3, note 2); why not, for people.
    pub fn verify(&self, provider: &dyn Provider) -> Result<(), String> {
        let kind = self.0.key.usable()?;
        let algorithm = self.0.signed_with.under(kind).ok_or_else(|| {
            let (algorithm, key) = (self.signature_description(), self.0.key.key_description());
            format!("signed with {algorithm}, which is not accepted of a key {key}")
        })?;
        let (info, signature) = (self.0.info.get(&self.0.der), self.0.signature.get(&self.0.der));
        provider.verify(algorithm, self.0.key.public_key(), info, signature).map_err(|error| match error {
            CryptoError::Unsupported => format!("signed with {}, which is not supported", self.signature_description()),
            CryptoError::InvalidInput => "its public key is malformed".to_owned(),
            _ => "the key in it did not make its signature".to_owned(),
        })
    }
}

impl Inner {
    /// The attributes (RFC 2986 §4.1). Their order is not looked at: many programs do not sort them.
    fn attributes(&mut self, content: &[u8], whole: &[u8]) -> Result<(), ParseError> {
        let attributes = der::elements(content, "attributes", |p| {
            let mut attributes = Vec::new();
            while !p.is_empty() {
                attributes.push(der::inside(read::<Sequence<'_>>(p, "attributes")?, "attributes", attribute)?);
            }
            Ok(attributes)
        })?;
        let mut extended = false;
        for (id, values) in attributes {
            if id == EXTENSION_REQUEST {
                if extended {
                    return Err(ParseError::new("attributes", "extensionRequest stands there twice"));
                }
                let extensions = der::single::<SequenceOf<'_, Sequence<'_>, 1>>(values, "extensionRequest")?;
                self.extensions = Extensions::parse(extensions, whole)?;
                extended = true;
            } else if id == CHALLENGE_PASSWORD {
                self.challenge_password = true;
            } else {
                self.others.push(id);
            }
        }
        Ok(())
    }
}

/// `CertificationRequestInfo` (RFC 2986 §4.1).
fn request_info<'a>(p: &mut Parser<'a>) -> Result<Info<'a>, ParseError> {
    match read::<u8>(p, "version")? {
        0 => {}
        other => return Err(ParseError::new("version", format!("{other} is not known"))),
    }
    let subject = read::<Tlv<'a>>(p, "subject")?;
    let key = read::<Tlv<'a>>(p, "subjectPKInfo")?;
    // Some programs leave an empty set out altogether.
    let attributes = match p.is_empty() {
        true => None,
        false => Some(read::<Tlv<'a>>(p, "attributes")?),
    };
    if attributes.as_ref().is_some_and(|attributes| attributes.tag().as_u8() != Some(0xa0)) {
        return Err(ParseError::new("attributes", "another element stands there"));
    }
    Ok(Info { subject, key, attributes: attributes.map(|attributes| attributes.data()) })
}

/// An attribute: its type, and the content of its set of values.
fn attribute<'a>(p: &mut Parser<'a>) -> Result<(ObjectIdentifier, &'a [u8]), ParseError> {
    let id = read::<ObjectIdentifier>(p, "attributes")?;
    let values = read::<Tlv<'a>>(p, "attributes")?;
    match values.tag().as_u8() {
        Some(0x31) => Ok((id, values.data())),
        _ => Err(ParseError::new("attributes", "values that are not a set")),
    }
}

impl PartialEq for CertificateRequest {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for CertificateRequest {}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateRequest({}, {})", self.subject(), self.0.key.key_description())
    }
}
