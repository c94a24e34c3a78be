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
use crate::name::dn::{self, DistinguishedName};
use crate::name::general::{GeneralName, clean};

/// PKCS#9 `extensionRequest` (RFC 2985 §5.4.2).
const EXTENSION_REQUEST: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 14);
/// PKCS#9 `challengePassword` (RFC 2985 §5.4.1).
const CHALLENGE_PASSWORD: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 7);

/// Attributes that requests hold besides, by their names: PKCS#9 (RFC 2985 §5.2 and §5.4), and what Windows adds ([MS-WCCE]
/// §2.2.2.7).
const ATTRIBUTES: [(ObjectIdentifier, &str); 6] = [
    (CHALLENGE_PASSWORD, "challengePassword"),
    (oid!(1, 2, 840, 113549, 1, 9, 2), "unstructuredName"),
    (oid!(1, 2, 840, 113549, 1, 9, 8), "unstructuredAddress"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 13, 2, 2), "enrolmentCSP"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 13, 2, 3), "OSVersion"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 21, 20), "requestClientInfo"),
];

/// An attribute of a request that is not its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestAttribute {
    /// Dotted.
    pub id: String,
    /// Its name, if it is known.
    pub name: Option<&'static str>,
    /// Its values, for people: text, or the elements of what is no text, a line each. What would mislead on a terminal is
    /// replaced.
    pub values: Vec<String>,
}

/// Why a request is not known to be signed by the key in it, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// The signature is wrong.
    Wrong(String),
    /// Nobody looked: the key or the algorithm is not supported here, or refused on purpose.
    NotChecked(String),
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(why) => f.write_str(why),
            Self::NotChecked(why) => write!(f, "not checked: {why}"),
        }
    }
}

impl std::error::Error for Unverified {}

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
    /// Attributes other than the extensions, and the content of their sets of values.
    others: Vec<(ObjectIdentifier, Span)>,
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

    /// The attributes beyond the extensions, `challengePassword` among them.
    pub fn attributes(&self) -> Vec<RequestAttribute> {
        let attributes = self.0.others.iter().map(|(id, values)| RequestAttribute {
            id: id.to_string(),
            name: ATTRIBUTES.iter().find(|(known, _)| known == id).map(|(_, name)| *name),
            values: attribute_values(values.get(&self.0.der)),
        });
        attributes.collect()
    }

    /// It holds a `challengePassword` (RFC 2985 §5.4.1), in clear text.
    pub fn has_challenge_password(&self) -> bool {
        self.0.others.iter().any(|(id, _)| *id == CHALLENGE_PASSWORD)
    }

    /// The name of the algorithm it is signed with.
    pub fn signature_description(&self) -> String {
        self.0.signed_with.describe()
    }

    /// Whether the key that it names signed it (RFC 2986 §3, note 2); why not, or why nobody can say.
    pub fn verify(&self, provider: &dyn Provider) -> Result<(), Unverified> {
        let unsupported = || Unverified::NotChecked(format!("{} is not supported", self.signature_description()));
        match &self.0.signed_with {
            SignedWith::Broken(name) => {
                let hash = if name.contains("md5") { "MD5" } else { "SHA-1" };
                return Err(Unverified::NotChecked(format!("{hash} signatures are not accepted")));
            }
            SignedWith::Unsupported(_) if self.0.key.usable().is_ok() => return Err(unsupported()),
            _ => {}
        }
        let kind = self.0.key.usable().map_err(|why| Unverified::NotChecked(format!("its key is {why}")))?;
        let algorithm = self.0.signed_with.under(kind).ok_or_else(|| {
            let (algorithm, key) = (self.signature_description(), self.0.key.key_description());
            Unverified::Wrong(format!("signed with {algorithm}, which is not accepted of a key {key}"))
        })?;
        let (info, signature) = (self.0.info.get(&self.0.der), self.0.signature.get(&self.0.der));
        provider.verify(algorithm, self.0.key.public_key(), info, signature).map_err(|error| match error {
            CryptoError::Unsupported => unsupported(),
            CryptoError::InvalidInput => Unverified::Wrong("its public key is malformed".to_owned()),
            _ => Unverified::Wrong("the key in it did not make its signature".to_owned()),
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
            } else {
                self.others.push((id, Span::of(whole, values)));
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

/// The values of an attribute, for people.
fn attribute_values(values: &[u8]) -> Vec<String> {
    /// More of one value is not shown.
    const LONGEST: usize = 1024;
    /// Nor more values.
    const MOST: usize = 100;
    let texts = der::elements(values, "attributes", |p| {
        let mut texts = Vec::new();
        while !p.is_empty() {
            let value = read::<Tlv<'_>>(p, "attributes")?;
            if texts.len() < MOST {
                texts.push(dn::decode(&value));
            }
        }
        Ok(texts)
    });
    match texts.ok().and_then(|texts| texts.into_iter().collect::<Option<Vec<_>>>()) {
        Some(texts) => texts.iter().map(|text| clean(text, LONGEST)).collect(),
        None => details::outline(values),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_or_an_outline() {
        // UTF8String and IA5String; an INTEGER; no DER at all.
        assert_eq!(attribute_values(b"\x0c\x03a\x1bb\x16\x01c"), ["a\u{fffd}b", "c"]);
        assert_eq!(attribute_values(&[0x02, 0x01, 0x05]).len(), 1);
        assert_eq!(attribute_values(&[0x0c, 0x09, 0x61]).len(), 1);
        assert!(attribute_values(&[]).is_empty());
    }
}
