//! What a request or a certificate says of its holder: names, as people write them.

use std::net::IpAddr;

use rcgen::{DistinguishedName, DnType, DnValue, SanType};
use tlsmith_x509::DnsName;

/// A name of subjectAltName (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    /// A host, perhaps `*.` before it.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// A mailbox.
    Email(String),
    /// A URI: `spiffe://example.org/service`.
    Uri(String),
}

impl AlternativeName {
    /// Reads `example.com`, `*.example.com`, `192.0.2.1`, `2001:db8::1`, `me@example.com`, `https://example.com/x`; with the
    /// kind before it where that is to be said: `DNS:`, `IP:`, `email:`, `URI:`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some((kind, name)) = text.split_once(':') {
            match kind.to_ascii_lowercase().as_str() {
                "dns" => return dns(name),
                "ip" => return ip(name).ok_or_else(|| format!("{name:?} is no address")),
                "email" => return email(name),
                "uri" => return uri(name),
                _ => {}
            }
        }
        if let Some(address) = ip(text) {
            return Ok(address);
        }
        match (text.contains("://"), text.contains('@')) {
            (true, _) => uri(text),
            (false, true) => email(text),
            (false, false) => dns(text),
        }
    }

    pub(crate) fn to_rcgen(&self) -> Result<SanType, String> {
        let ia5 = |text: &str| text.try_into().map_err(|_| format!("{text:?} holds characters beyond ASCII"));
        Ok(match self {
            Self::Dns(name) => SanType::DnsName(ia5(name)?),
            Self::Ip(address) => SanType::IpAddress(*address),
            Self::Email(address) => SanType::Rfc822Name(ia5(address)?),
            Self::Uri(uri) => SanType::URI(ia5(uri)?),
        })
    }
}

fn ip(text: &str) -> Option<AlternativeName> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().map(AlternativeName::Ip)
}

fn dns(text: &str) -> Result<AlternativeName, String> {
    let host = text.strip_prefix("*.").unwrap_or(text);
    match host.parse::<DnsName>() {
        Ok(_) => Ok(AlternativeName::Dns(text.to_ascii_lowercase())),
        // It names what was given.
        Err(error) => Err(error.to_string()),
    }
}

fn email(text: &str) -> Result<AlternativeName, String> {
    // RFC 5280 §4.2.1.6: a Mailbox, ASCII.
    let is_mailbox =
        text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.parse::<DnsName>().is_ok());
    match is_mailbox && text.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(AlternativeName::Email(text.to_owned())),
        false => Err(format!("{text:?} is no mailbox as me@example.com")),
    }
}

fn uri(text: &str) -> Result<AlternativeName, String> {
    // RFC 5280 §4.2.1.6: not relative.
    let has_scheme = text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
    });
    match has_scheme && text.chars().all(|c| c.is_ascii_graphic()) {
        true => Ok(AlternativeName::Uri(text.to_owned())),
        false => Err(format!("{text:?} is no URI as https://example.com/x")),
    }
}

/// A subject. rcgen keeps one value an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject(pub(crate) DistinguishedName);

impl Subject {
    /// Reads `CN=example.com,O=Example Ltd,C=DE` (RFC 4514, the most specific first; `\` before a comma that is part of a
    /// value), or OpenSSL's `/C=DE/O=Example Ltd/CN=example.com`. Empty is a name without attributes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let mut parts = match text.strip_prefix('/') {
            Some(rest) => split(rest, '/'),
            None => split(text, ','),
        };
        if !text.starts_with('/') {
            // RFC 4514 §2.1: the last one first.
            parts.reverse();
        }
        let mut name = DistinguishedName::new();
        for part in parts.iter().filter(|part| !part.trim().is_empty()) {
            let (kind, value) = part.split_once('=').ok_or_else(|| format!("{part:?} is not of the form CN=value"))?;
            let (kind, value) = attribute(kind.trim(), value.trim())?;
            if name.get(&kind).is_some() {
                return Err(format!("{:?} stands there twice", part.trim()));
            }
            name.push(kind, value);
        }
        Ok(Self(name))
    }

    /// A subject with nothing but a common name, if it is short enough for one.
    pub fn common_name(name: &str) -> Self {
        let mut subject = DistinguishedName::new();
        // RFC 5280 §A.1: ub-common-name.
        if name.chars().count() <= 64 {
            subject.push(DnType::CommonName, name);
        }
        Self(subject)
    }

    /// It has no attributes.
    pub fn is_empty(&self) -> bool {
        self.0.iter().next().is_none()
    }
}

/// Splits at `separator`, but not where `\` stands before it.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, parts.last_mut()) {
            ('\\', Some(last)) => last.extend(characters.next()),
            (character, _) if character == separator => parts.push(String::new()),
            (character, Some(last)) => last.push(character),
            (_, None) => {}
        }
    }
    parts
}

/// An attribute by its short name, and its value in the string type that it wants (RFC 5280 §A.1).
fn attribute(kind: &str, value: &str) -> Result<(DnType, DnValue), String> {
    const EMAIL: &[u64] = &[1, 2, 840, 113549, 1, 9, 1];
    const SERIAL: &[u64] = &[2, 5, 4, 5];
    const DOMAIN_COMPONENT: &[u64] = &[0, 9, 2342, 19200300, 100, 1, 25];
    const USER_ID: &[u64] = &[0, 9, 2342, 19200300, 100, 1, 1];
    const STREET: &[u64] = &[2, 5, 4, 9];
    const POSTAL_CODE: &[u64] = &[2, 5, 4, 17];
    if value.is_empty() {
        return Err(format!("{kind} has no value"));
    }
    let utf8 = || Ok(DnValue::Utf8String(value.to_owned()));
    let printable = || {
        let text = value.try_into().map_err(|_| format!("{kind}={value:?}: only letters, digits and some signs"))?;
        Ok(DnValue::PrintableString(text))
    };
    let ia5 = || Ok(DnValue::Ia5String(value.try_into().map_err(|_| format!("{kind}={value:?}: not ASCII"))?));
    let custom = |id: &[u64]| DnType::CustomDnType(id.to_vec());
    let (kind, longest, value) = match kind.to_ascii_uppercase().as_str() {
        "CN" => (DnType::CommonName, 64, utf8()),
        "O" => (DnType::OrganizationName, 64, utf8()),
        "OU" => (DnType::OrganizationalUnitName, 64, utf8()),
        "L" => (DnType::LocalityName, 128, utf8()),
        "ST" | "S" => (DnType::StateOrProvinceName, 128, utf8()),
        "C" if value.len() == 2 => (DnType::CountryName, 2, printable()),
        "C" => return Err(format!("C={value:?}: two letters (ISO 3166)")),
        "STREET" => (custom(STREET), 128, utf8()),
        "POSTALCODE" => (custom(POSTAL_CODE), 40, utf8()),
        "SERIALNUMBER" => (custom(SERIAL), 64, printable()),
        "EMAILADDRESS" | "EMAIL" | "E" => (custom(EMAIL), 255, ia5()),
        "DC" => (custom(DOMAIN_COMPONENT), 63, ia5()),
        "UID" => (custom(USER_ID), 256, utf8()),
        _ => {
            let known = "CN, O, OU, L, ST, C, STREET, postalCode, serialNumber, emailAddress, DC, UID";
            return Err(format!("the attribute {kind:?} is not known; there are {known}"));
        }
    };
    match value_len(&value) > longest {
        true => Err(format!("longer than {longest} characters (RFC 5280 §A.1)")),
        false => value.map(|value| (kind, value)),
    }
}

fn value_len(value: &Result<DnValue, String>) -> usize {
    match value {
        Ok(DnValue::Utf8String(text)) => text.chars().count(),
        Ok(DnValue::PrintableString(text)) => text.as_str().len(),
        Ok(DnValue::Ia5String(text)) => text.as_str().len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_their_looks() {
        let parse = |text| AlternativeName::parse(text).unwrap();
        assert_eq!(parse("Example.com"), AlternativeName::Dns("example.com".to_owned()));
        assert_eq!(parse("*.example.com"), AlternativeName::Dns("*.example.com".to_owned()));
        assert_eq!(parse("192.0.2.1"), AlternativeName::Ip([192, 0, 2, 1].into()));
        assert_eq!(parse("IP:[::1]"), AlternativeName::Ip(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)));
        assert_eq!(parse("::1"), parse("[::1]"));
        assert_eq!(parse("me@example.com"), AlternativeName::Email("me@example.com".to_owned()));
        assert_eq!(parse("spiffe://a.test/b"), AlternativeName::Uri("spiffe://a.test/b".to_owned()));
        assert_eq!(parse("URI:urn:x:y"), AlternativeName::Uri("urn:x:y".to_owned()));
        for bad in ["", "a b", "*.*.com", "IP:example.com", "bücher.example", "@x", "email:x", "URI:/x", "a..b"] {
            assert!(AlternativeName::parse(bad).is_err(), "{bad}");
        }
        // What was given is named once.
        for bad in ["a b", "bücher.example"] {
            let said = AlternativeName::parse(bad).unwrap_err();
            assert_eq!(said.matches(bad).count(), 1, "{said}");
        }
    }

    #[test]
    fn subjects_of_both_kinds_are_the_same() {
        let one = Subject::parse("CN=example.com, O=Example\\, Ltd, C=DE").unwrap();
        let other = Subject::parse("/C=DE/O=Example, Ltd/CN=example.com").unwrap();
        assert_eq!(one, other);
        assert!(Subject::parse("").unwrap().is_empty());
        for bad in ["example.com", "CN=", "C=Germany", "XX=1", "CN=a,CN=b", "serialNumber=ä"] {
            assert!(Subject::parse(bad).is_err(), "{bad}");
        }
        assert!(Subject::parse(&format!("CN={}", "x".repeat(65))).is_err());
        assert!(Subject::common_name(&"x".repeat(65)).is_empty());
    }
}
