//! Distinguished names (RFC 5280 §4.1.2.4): text for people (RFC 4514), a form to compare by (RFC 5280 §7.1).

use super::BRIEF;
use crate::ParseError;
use crate::der::{hex, oid, read, single};
use asn1::{ObjectIdentifier, Sequence, SequenceOf, SetOf, Tlv};
use std::fmt::Write;
use std::iter::repeat;

/// A `Name`: its RDNs, from the least specific to the most.
#[derive(Clone, Debug, Default)]
pub(crate) struct DistinguishedName {
    /// Of all RDNs, from the first to the last.
    attributes: Vec<Attribute>,
    comparable: Box<[u8]>,
}

#[derive(Clone, Debug)]
struct Attribute {
    /// It is the first of its RDN.
    begins: bool,
    kind: ObjectIdentifier,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    /// Not a string, or one that does not decode; the whole element.
    Raw(Box<[u8]>),
}

impl DistinguishedName {
    pub(crate) fn from_der(der: &[u8], field: &'static str) -> Result<Self, ParseError> {
        let mut attributes = Vec::new();
        for rdn in single::<SequenceOf<'_, SetOf<'_, Tlv<'_>>>>(der, field)? {
            let mut begins = true;
            for tlv in rdn {
                attributes.push(Attribute::from_der(tlv.full_data(), field, begins)?);
                begins = false;
            }
            if begins {
                return Err(ParseError::new(field, "a relative distinguished name is empty"));
            }
        }
        let comparable = comparable(&attributes);
        Ok(Self { attributes, comparable })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Two names are the same if these are. Of two names, one is a subtree of the other if this is a prefix.
    ///
    /// RFC 5280 §7.1 compares strings by RFC 4518 (case folded, white space gathered), whatever their string types. Folded
    /// here is case as Unicode has it; compatibility forms are not: names that differ in those only count as different.
    pub(crate) fn comparable(&self) -> &[u8] {
        &self.comparable
    }

    /// The values of an attribute that are text, the most specific first.
    pub(crate) fn values<'a>(&'a self, kind: &'a ObjectIdentifier) -> impl Iterator<Item = &'a str> {
        self.all_values(kind).flatten()
    }

    /// All values of an attribute, the most specific first; `None` for one that is no text.
    pub(crate) fn all_values<'a>(&'a self, kind: &'a ObjectIdentifier) -> impl Iterator<Item = Option<&'a str>> {
        let attributes = rdns(&self.attributes).rev().flatten().filter(move |attribute| attribute.kind == *kind);
        attributes.map(|attribute| match &attribute.value {
            Value::Text(text) => Some(text.as_str()),
            Value::Raw(_) => None,
        })
    }

    /// RFC 4514 text, the most specific RDN first. What a terminal or a log would take as a command is escaped.
    pub(crate) fn describe(&self) -> String {
        self.text(usize::MAX)
    }

    /// The same for messages, cut after [`BRIEF`] octets.
    pub(crate) fn brief(&self) -> String {
        self.text(BRIEF)
    }

    /// RFC 4514 text of at most `longest` octets.
    pub(crate) fn text(&self, longest: usize) -> String {
        let mut out = String::new();
        let attributes =
            rdns(&self.attributes).rev().flat_map(|rdn| rdn.iter().zip(std::iter::once(',').chain(repeat('+'))));
        for (attribute, separator) in attributes {
            if !out.is_empty() {
                out.push(separator);
            }
            attribute.describe(&mut out, longest);
            if out.len() > longest {
                out.truncate(out.floor_char_boundary(longest));
                out.push('…');
                break;
            }
        }
        out
    }
}

impl Attribute {
    /// AttributeTypeAndValue.
    fn from_der(der: &[u8], field: &'static str, begins: bool) -> Result<Self, ParseError> {
        crate::der::inside(single::<Sequence<'_>>(der, field)?, field, |p| {
            let kind = read::<ObjectIdentifier>(p, field)?;
            let value = read::<Tlv<'_>>(p, field)?;
            let value = decode(&value).map_or_else(|| Value::Raw(value.full_data().into()), Value::Text);
            Ok(Self { begins, kind, value })
        })
    }

    /// How long its comparable form is, if folding changes no lengths: the lengths of the RDN, the kind and the value, a byte
    /// for the kind of value.
    fn size(&self) -> usize {
        let value = match &self.value {
            Value::Text(text) => text.len(),
            Value::Raw(element) => element.len(),
        };
        3 * LENGTH_SIZE + self.kind.as_der().len() + 1 + value
    }

    /// At most `longest` characters of the value are looked at.
    fn describe(&self, out: &mut String, longest: usize) {
        let name = oid::ATTRIBUTES.iter().find(|(kind, _)| *kind == self.kind).map(|(_, name)| *name);
        match name {
            Some(name) => out.push_str(name),
            None => {
                let _ = write!(out, "{}", self.kind);
            }
        }
        out.push('=');
        match &self.value {
            Value::Text(text) => {
                let end = text.char_indices().nth(longest).map_or(text.len(), |(at, _)| at);
                escape(text.get(..end).unwrap_or_default(), out);
            }
            Value::Raw(element) => {
                out.push('#');
                out.push_str(&hex(element.get(..longest).unwrap_or(element), ""));
            }
        }
    }
}

/// The text of a DirectoryString or IA5String. Lenient: CAs put characters into PrintableString that do not belong there,
/// and Latin-1 into TeletexString.
pub(crate) fn decode(value: &Tlv<'_>) -> Option<String> {
    let octets = value.data();
    match value.tag().as_u8()? {
        // UTF8String.
        0x0c => std::str::from_utf8(octets).ok().map(str::to_owned),
        // NumericString, PrintableString, IA5String, VisibleString.
        0x12 | 0x13 | 0x16 | 0x1a => std::str::from_utf8(octets).ok().filter(|text| text.is_ascii()).map(str::to_owned),
        // TeletexString.
        0x14 => Some(octets.iter().copied().map(char::from).collect()),
        // UniversalString.
        0x1c => {
            let (units, rest) = octets.as_chunks::<4>();
            let text = units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect();
            if rest.is_empty() { text } else { None }
        }
        // BMPString.
        0x1e => {
            let (units, rest) = octets.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
        }
        _ => None,
    }
}

/// RFC 4514 §2.4, and more: control characters and those that change the direction of text become `\xx` octets.
fn escape(text: &str, out: &mut String) {
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (index == 0 && matches!(character, ' ' | '#'))
            || (index == last && character == ' ');
        if special {
            out.push('\\');
            out.push(character);
        } else if misleads(character) {
            let mut buffer = [0; 4];
            for octet in character.encode_utf8(&mut buffer).bytes() {
                let _ = write!(out, "\\{octet:02x}");
            }
        } else {
            out.push(character);
        }
    }
}

/// Control characters, those that reorder text, and those that are not seen (Default_Ignorable_Code_Point of Unicode).
pub(crate) fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(character, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(character, '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
        || matches!(character, '\u{e0000}'..='\u{e0fff}')
}

/// The attributes of each RDN.
fn rdns(attributes: &[Attribute]) -> impl DoubleEndedIterator<Item = &[Attribute]> {
    attributes.chunk_by(|_, next| !next.begins)
}

/// How long the length of a part is in a comparable form.
const LENGTH_SIZE: usize = size_of::<u64>();

/// Every part carries its length before it, so that no two different names share a form, and prefixes end between RDNs.
fn comparable(attributes: &[Attribute]) -> Box<[u8]> {
    let mut out = Vec::with_capacity(attributes.iter().map(Attribute::size).sum());
    for rdn in rdns(attributes) {
        put(&mut out, |out| match rdn {
            [only] => put_attribute(out, only),
            several => {
                // A SET has no order.
                let comparable = |attribute| {
                    let mut out = Vec::new();
                    put_attribute(&mut out, attribute);
                    out
                };
                let mut attributes: Vec<Vec<u8>> = several.iter().map(comparable).collect();
                attributes.sort_unstable();
                out.extend(attributes.concat());
            }
        });
    }
    out.into_boxed_slice()
}

fn put_attribute(out: &mut Vec<u8>, attribute: &Attribute) {
    put(out, |out| out.extend_from_slice(attribute.kind.as_der()));
    match &attribute.value {
        Value::Text(text) => {
            out.push(0);
            put(out, |out| {
                for (index, word) in text.split_whitespace().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    fold(out, word);
                }
            });
        }
        Value::Raw(element) => {
            out.push(1);
            put(out, |out| out.extend_from_slice(element));
        }
    }
}

/// The lower case of a word.
fn fold(out: &mut Vec<u8>, word: &str) {
    let mut buffer = [0; 4];
    for character in word.chars().flat_map(char::to_lowercase) {
        out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }
}

/// Writes a part with its length before it.
fn put(out: &mut Vec<u8>, part: impl FnOnce(&mut Vec<u8>)) {
    let length_at = out.len();
    out.extend_from_slice(&[0; LENGTH_SIZE]);
    part(out);
    // usize is 64 bits at most.
    let length = (out.len() - length_at - LENGTH_SIZE) as u64;
    if let Some(slot) = out.get_mut(length_at..length_at + LENGTH_SIZE) {
        slot.copy_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A Name of single-valued RDNs: (attribute, string tag, value).
    pub(crate) fn name(parts: &[(ObjectIdentifier, u8, &[u8])]) -> DistinguishedName {
        DistinguishedName::from_der(&der(parts), "name").unwrap()
    }

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        match content.len() {
            short @ 0..0x80 => [&[tag, short as u8], content].concat(),
            long => [&[tag, 0x82, (long >> 8) as u8, long as u8], content].concat(),
        }
    }

    fn der(parts: &[(ObjectIdentifier, u8, &[u8])]) -> Vec<u8> {
        let rdns: Vec<u8> = parts
            .iter()
            .flat_map(|(kind, tag, value)| tlv(0x31, &tlv(0x30, &[tlv(6, kind.as_der()), tlv(*tag, value)].concat())))
            .collect();
        tlv(0x30, &rdns)
    }

    #[test]
    fn text_is_rfc_4514_with_the_most_specific_first() {
        let name = name(&[
            (asn1::oid!(2, 5, 4, 6), 0x13, b"DE"),
            (oid::ORGANIZATION, 0x0c, "Bücher, Inc. ".as_bytes()),
            (asn1::oid!(1, 2, 3), 0x0c, b"#x"),
            (oid::COMMON_NAME, 0x0c, b"a\x1b[31m\xe2\x80\xae"),
        ]);
        assert_eq!(name.describe(), r"CN=a\1b[31m\e2\80\ae,1.2.3=\#x,O=Bücher\, Inc.\ ,C=DE");
    }

    #[test]
    fn brief_text_is_cut_wherever_it_is_long() {
        let short = name(&[(oid::COMMON_NAME, 0x0c, b"a"), (oid::ORGANIZATION, 0x0c, b"b")]);
        assert_eq!((short.describe(), short.brief()), ("O=b,CN=a".to_owned(), "O=b,CN=a".to_owned()));
        let umlauts = "ü".repeat(50);
        let nine = |tag, value: &[u8]| name(&std::array::from_fn::<_, 9, _>(|_| (oid::COMMON_NAME, tag, value)));
        for long in
            [name(&[(oid::COMMON_NAME, 0x0c, &[0x1b; 100])]), nine(0x0c, umlauts.as_bytes()), nine(0x03, &[0; 100])]
        {
            let (brief, full) = (long.brief(), long.describe());
            assert!(brief.ends_with('…') && brief.len() <= BRIEF + '…'.len_utf8(), "{brief}");
            assert!(full.starts_with(brief.trim_end_matches('…')) && full.len() > BRIEF, "{full}");
        }
    }

    #[test]
    fn values_that_are_no_text_are_hexadecimal() {
        assert_eq!(name(&[(oid::COMMON_NAME, 0x0c, b"\xff")]).describe(), "CN=#0c01ff");
        assert_eq!(name(&[(oid::COMMON_NAME, 0x03, b"\x00\x01")]).describe(), "CN=#03020001");
        assert_eq!(name(&[(oid::COMMON_NAME, 0x1e, b"\x00a\x00b")]).describe(), "CN=ab");
        assert_eq!(name(&[(oid::COMMON_NAME, 0x1e, b"\x00a\x00")]).describe(), "CN=#1e03006100");
        assert_eq!(name(&[(oid::COMMON_NAME, 0x1c, b"\x00\x00\x00a")]).describe(), "CN=a");
        assert_eq!(name(&[(oid::COMMON_NAME, 0x14, b"\xfc")]).describe(), "CN=ü");
        assert_eq!(name(&[]).describe(), "");
    }

    #[test]
    fn names_compare_without_case_spaces_and_string_type() {
        let one = name(&[(oid::COMMON_NAME, 0x0c, b"Example  CA")]);
        let other = name(&[(oid::COMMON_NAME, 0x13, b" example ca ")]);
        assert_eq!(one.comparable(), other.comparable());
        for different in [
            name(&[(oid::COMMON_NAME, 0x0c, b"ExampleCA")]),
            name(&[(oid::ORGANIZATION, 0x0c, b"Example CA")]),
            name(&[(oid::COMMON_NAME, 0x0c, b"Example CA"), (oid::COMMON_NAME, 0x0c, b"x")]),
            name(&[(oid::COMMON_NAME, 0x03, b"Example CA")]),
            name(&[]),
        ] {
            assert_ne!(one.comparable(), different.comparable());
        }
    }

    #[test]
    fn a_subtree_is_a_prefix() {
        let base = name(&[(oid::ORGANIZATION, 0x0c, b"o")]);
        let child = name(&[(oid::ORGANIZATION, 0x0c, b"O"), (oid::COMMON_NAME, 0x0c, b"x")]);
        let sibling = name(&[(oid::ORGANIZATION, 0x0c, b"ox")]);
        assert!(child.comparable().starts_with(base.comparable()));
        assert!(!sibling.comparable().starts_with(base.comparable()));
    }

    #[test]
    fn structures_that_are_not_names_are_refused() {
        assert!(DistinguishedName::from_der(&tlv(0x30, &tlv(0x31, &[])), "name").is_err());
        assert!(DistinguishedName::from_der(&tlv(0x31, &[]), "name").is_err());
        assert!(DistinguishedName::from_der(&[0x30, 0x01], "name").is_err());
        let trailing =
            tlv(0x30, &tlv(0x31, &tlv(0x30, &[tlv(6, &[0x55, 4, 3]), tlv(0x0c, b"a"), tlv(5, &[])].concat())));
        assert!(DistinguishedName::from_der(&trailing, "name").is_err());
    }

    #[test]
    fn what_is_not_seen_is_written_out() {
        let text = "a\u{34f}b\u{115f}c\u{180e}d\u{3164}e\u{fe0f}f\u{ffa0}g\u{e0100}h";
        let mut out = String::new();
        escape(text, &mut out);
        assert_eq!(out, r"a\cd\8fb\e1\85\9fc\e1\a0\8ed\e3\85\a4e\ef\b8\8ff\ef\be\a0g\f3\a0\84\80h");
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = DistinguishedName::from_der(&bytes, "name");
        }

        #[test]
        fn no_text_carries_control_characters_out(text in "\\PC{0,20}[\\x00-\\x1f\\x7f\u{202e}]{0,3}") {
            let mut out = String::new();
            escape(&text, &mut out);
            prop_assert!(!out.chars().any(misleads), "{:?}", out);
        }
    }
}
