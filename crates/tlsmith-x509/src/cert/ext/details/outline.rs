//! The elements of DER that nobody here knows, a line each.

use crate::der::{hex, read};
use crate::name::general::clean;
use asn1::{ObjectIdentifier, Tlv};

/// Deeper, nothing is told apart any more.
const DEPTH: usize = 12;
/// So many elements are shown.
const LINES: usize = 100;
/// So many octets or characters of one value are shown.
const LONGEST: usize = 64;

/// The outline of a value; hexadecimal where it is not DER.
pub(crate) fn outline(value: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    if !elements(value, 0, &mut lines) {
        lines = vec![octets(value)];
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…".to_owned());
    }
    lines
}

/// False where `data` is not a row of DER elements; `lines` has to be thrown away then.
fn elements(data: &[u8], depth: usize, lines: &mut Vec<String>) -> bool {
    let read = crate::der::elements(data, "outline", |p| {
        let mut found = Vec::new();
        while !p.is_empty() {
            let element = read::<Tlv<'_>>(p, "outline")?;
            // The rest is read all the same: it tells whether this is DER.
            if found.len() <= LINES {
                found.push(element);
            }
        }
        Ok(found)
    });
    let Ok(found) = read else { return false };
    for element in found {
        if lines.len() > LINES {
            return true;
        }
        element_line(&element, depth, lines);
    }
    true
}

fn element_line(element: &Tlv<'_>, depth: usize, lines: &mut Vec<String>) {
    let (data, indent) = (element.data(), "  ".repeat(depth));
    let tag = element.tag().as_u8();
    // Bit 6: it is made of elements (X.690 §8.1.2.5).
    if tag.is_some_and(|tag| tag & 0x20 != 0) && depth < DEPTH {
        let at = lines.len();
        lines.push(format!("{indent}{}", name(tag)));
        if elements(data, depth + 1, lines) {
            return;
        }
        lines.truncate(at);
    }
    let name = name(tag);
    let value = match tag {
        Some(0x01) => if data == [0] { "FALSE" } else { "TRUE" }.to_owned(),
        Some(0x05) => String::new(),
        Some(0x06) => ObjectIdentifier::from_der(data).map_or_else(|_| octets(data), |id| id.to_string()),
        Some(0x02 | 0x0a) => match *data {
            [byte] => (byte as i8).to_string(),
            _ => octets(data),
        },
        Some(0x0c | 0x12 | 0x13 | 0x16 | 0x17 | 0x18 | 0x1a) => match std::str::from_utf8(data) {
            Ok(text) => format!("\"{}\"", clean(text, LONGEST)),
            Err(_) => octets(data),
        },
        _ => octets(data),
    };
    lines.push(format!("{indent}{name} {value}").trim_end().to_owned());
}

fn octets(data: &[u8]) -> String {
    match data.get(..LONGEST) {
        Some(first) if data.len() > LONGEST => format!("{}… ({} octets)", hex(first, ""), data.len()),
        _ if data.is_empty() => "(empty)".to_owned(),
        _ => hex(data, ""),
    }
}

/// Universal types by name (X.680 §8.4), others by number.
fn name(tag: Option<u8>) -> String {
    let known = match tag {
        Some(0x01) => "BOOLEAN",
        Some(0x02) => "INTEGER",
        Some(0x03) => "BIT STRING",
        Some(0x04) => "OCTET STRING",
        Some(0x05) => "NULL",
        Some(0x06) => "OBJECT IDENTIFIER",
        Some(0x0a) => "ENUMERATED",
        Some(0x0c) => "UTF8String",
        Some(0x12) => "NumericString",
        Some(0x13) => "PrintableString",
        Some(0x14) => "TeletexString",
        Some(0x16) => "IA5String",
        Some(0x17) => "UTCTime",
        Some(0x18) => "GeneralizedTime",
        Some(0x1a) => "VisibleString",
        Some(0x1e) => "BMPString",
        Some(0x30) => "SEQUENCE",
        Some(0x31) => "SET",
        Some(tag @ 0x80..) => return format!("[{}]", tag & 0x1f),
        Some(tag) => return format!("tag {tag:#04x}"),
        None => "a long tag",
    };
    known.to_owned()
}
