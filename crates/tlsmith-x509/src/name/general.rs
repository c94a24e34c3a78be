//! GeneralName (RFC 5280 §4.2.1.6): what subjectAltName and name constraints hold.

use super::dn::{self, DistinguishedName};
use super::{BRIEF, ip};
use crate::ParseError;
use crate::der::{hex, oid, read, single};
use asn1::{ObjectIdentifier, SimpleAsn1Readable as _, Tlv};

/// One name, by kind.
#[derive(Clone, Debug)]
pub(crate) enum GeneralName {
    /// otherName: its type, and its value where that is text (the user principal name of Windows).
    Other(ObjectIdentifier, Option<String>),
    /// rfc822Name.
    Email(String),
    /// dNSName.
    Dns(String),
    /// x400Address.
    X400,
    /// directoryName.
    Directory(DistinguishedName),
    /// ediPartyName.
    EdiParty,
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: 4 or 16 octets, twice that in a constraint.
    Ip(Box<[u8]>),
    /// registeredID.
    RegisteredId(ObjectIdentifier),
}

impl GeneralName {
    /// Parses the element; lengths of addresses and the syntax of names are not looked at.
    pub(crate) fn parse(tlv: &Tlv<'_>, field: &'static str) -> Result<Self, ParseError> {
        let octets = tlv.data();
        // IMPLICIT tags but for [4], whose type is a CHOICE (X.680 §31.2.7).
        match tlv.tag().as_u8() {
            Some(0xa0) => {
                let (kind, value) = crate::der::elements(octets, field, |p| {
                    Ok((read::<ObjectIdentifier>(p, field)?, read::<asn1::Explicit<Tlv<'_>, 0>>(p, field)?))
                })?;
                let value = value.into_inner();
                let is_text = value.tag() == asn1::Utf8String::TAG || value.tag() == asn1::IA5String::TAG;
                let text = std::str::from_utf8(value.data()).ok().filter(|_| is_text);
                Ok(Self::Other(kind, text.map(str::to_owned)))
            }
            Some(0x81) => ia5(octets, field).map(Self::Email),
            Some(0x82) => ia5(octets, field).map(Self::Dns),
            Some(0xa3) => Ok(Self::X400),
            Some(0xa4) => {
                let name = single::<Tlv<'_>>(octets, field)?;
                DistinguishedName::from_der(name.full_data(), field).map(Self::Directory)
            }
            Some(0xa5) => Ok(Self::EdiParty),
            Some(0x86) => ia5(octets, field).map(Self::Uri),
            Some(0x87) => Ok(Self::Ip(octets.into())),
            Some(0x88) => {
                let id = ObjectIdentifier::from_der(octets).map_err(|error| ParseError::der(field, &error))?;
                Ok(Self::RegisteredId(id))
            }
            _ => Err(ParseError::new(field, "a name is of no known kind")),
        }
    }

    /// The same name: host names whatever their case, directory names as RFC 5280 §7.1 compares them, the rest octet by octet.
    /// Kinds that are not looked into are never the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dns(one), Self::Dns(other)) => one.eq_ignore_ascii_case(other),
            (Self::Email(one), Self::Email(other)) | (Self::Uri(one), Self::Uri(other)) => one == other,
            (Self::Directory(one), Self::Directory(other)) => one.comparable() == other.comparable(),
            (Self::Ip(one), Self::Ip(other)) => one == other,
            (Self::RegisteredId(one), Self::RegisteredId(other)) => one == other,
            _ => false,
        }
    }

    /// `DNS:example.com`, `IP:192.0.2.1`; nothing in it moves a cursor or reorders text.
    pub(crate) fn describe(&self) -> String {
        self.text(usize::MAX)
    }

    /// The same for messages, cut after [`BRIEF`] characters.
    pub(crate) fn brief(&self) -> String {
        self.text(BRIEF)
    }

    fn text(&self, longest: usize) -> String {
        match self {
            Self::Other(kind, None) => format!("otherName:{}", oid::name(kind)),
            Self::Other(kind, Some(text)) => format!("otherName:{}:{}", oid::name(kind), clean(text, longest)),
            Self::Email(address) => format!("email:{}", clean(address, longest)),
            Self::Dns(name) => format!("DNS:{}", clean(name, longest)),
            Self::X400 => "x400Address".to_owned(),
            Self::Directory(name) => format!("dirName:{}", name.text(longest)),
            Self::EdiParty => "ediPartyName".to_owned(),
            Self::Uri(uri) => format!("URI:{}", clean(uri, longest)),
            Self::Ip(octets) => match ip::from_octets(octets) {
                Some(address) => format!("IP:{address}"),
                None => format!("IP:#{}", hex(octets, "")),
            },
            Self::RegisteredId(id) => format!("registeredID:{id}"),
        }
    }
}

/// IA5String content: ASCII.
fn ia5(octets: &[u8], field: &'static str) -> Result<String, ParseError> {
    let text = std::str::from_utf8(octets).ok().filter(|text| text.is_ascii());
    text.map(str::to_owned).ok_or_else(|| {
        ParseError::new(
            field,
            "a name holds octets beyond ASCII; internationalised names are written as A-labels, xn--…",
        )
    })
}

/// At most `longest` characters, none of which misleads.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let mut characters = text.chars();
    let taken = characters.by_ref().take(longest);
    let mut out: String = taken.map(|character| if dn::misleads(character) { '\u{fffd}' } else { character }).collect();
    if characters.next().is_some() {
        out.push('…');
    }
    out
}
