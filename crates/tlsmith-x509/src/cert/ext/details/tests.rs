use super::*;
use crate::der::hex;

fn outline_of(value: &[u8]) -> Vec<String> {
    match decode(&asn1::oid!(1, 2, 3, 4), value).unwrap() {
        Detail::Outline(lines) => lines,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_known_is_outlined() {
    let value = [0x30, 0x0e, 0x06, 0x02, 0x2a, 0x03, 0x0c, 0x02, b'h', b'i', 0xa0, 0x02, 0x05, 0x00, 0x04, 0x00];
    assert_eq!(
        outline_of(&value),
        ["SEQUENCE", "  OBJECT IDENTIFIER 1.2.3", "  UTF8String \"hi\"", "  [0]", "    NULL", "  OCTET STRING (empty)"]
    );
    assert_eq!(outline_of(b"not DER"), [hex(b"not DER", "")]);
    // A context tag that says it is made of elements, and is not.
    assert_eq!(outline_of(&[0xa1, 0x01, 0xff]), ["[1] ff"]);
}

#[test]
fn an_outline_is_bounded() {
    // Nested 1,000 deep, and 10,000 side by side.
    let mut deep = Vec::new();
    for _ in 0..1_000 {
        let length = deep.len();
        let header: Vec<u8> = match length {
            0..=0x7f => vec![0x30, length as u8],
            0x80..=0xff => vec![0x30, 0x81, length as u8],
            _ => vec![0x30, 0x82, (length >> 8) as u8, length as u8],
        };
        deep.splice(0..0, header);
    }
    let lines = outline_of(&deep);
    assert!(lines.len() < 20, "{}", lines.len());
    let lines = outline_of(&[5, 0].repeat(10_000));
    assert_eq!(lines.last().map(String::as_str), Some("…"));
    assert!(lines.len() < 110);
}

#[test]
fn policies_have_the_forums_names() {
    // SEQUENCE { SEQUENCE { 2.23.140.1.2.1 }, SEQUENCE { 1.2.3, SEQUENCE { SEQUENCE { cps, "http://x" } } } }
    let mut qualifier = vec![0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x02, 0x01, 0x16, 0x08];
    qualifier.extend(b"http://x");
    let mut second = vec![0x06, 0x02, 0x2a, 0x03, 0x30, qualifier.len() as u8 + 2, 0x30, qualifier.len() as u8];
    second.extend(qualifier);
    let mut value = vec![0x30, 0x08, 0x06, 0x06, 0x67, 0x81, 0x0c, 0x01, 0x02, 0x01, 0x30, second.len() as u8];
    value.extend(second);
    value.splice(0..0, [0x30, value.len() as u8]);
    let Detail::Policies(policies) = decode(&oid::CERTIFICATE_POLICIES, &value).unwrap() else { panic!() };
    assert_eq!(policies[0].name, Some("domain validated (DV)"));
    assert_eq!((policies[1].id.as_str(), policies[1].name), ("1.2.3", None));
    assert_eq!(policies[1].qualifiers, ["http://x"]);
}

#[test]
fn scts_are_told_apart_and_other_versions_passed_over() {
    let mut sct = vec![0u8];
    sct.extend([7; 32]);
    sct.extend(1_795_219_200_000_u64.to_be_bytes());
    sct.extend([0, 0, 4, 3, 0, 0]);
    let mut list = Vec::new();
    for version in [0, 9] {
        sct[0] = version;
        list.extend((sct.len() as u16).to_be_bytes());
        list.extend(&sct);
    }
    let mut value = vec![0x04, list.len() as u8 + 2, 0, list.len() as u8];
    value.extend(&list);
    let Detail::Scts(scts) = decode(&names::SCT_LIST, &value).unwrap() else { panic!() };
    assert_eq!(scts, [SctDetail { log_id: [7; 32], timestamp: 1_795_219_200_000 }]);
    // A length that reaches too far.
    value[3] += 1;
    assert!(decode(&names::SCT_LIST, &value).is_err());
}

#[test]
fn places_of_revocation_lists() {
    let mut value = vec![0x30, 0x10, 0x30, 0x0e, 0xa0, 0x0c, 0xa0, 0x0a, 0x86, 0x08];
    value.extend(b"http://x");
    assert_eq!(
        decode(&oid::CRL_DISTRIBUTION_POINTS, &value).unwrap(),
        Detail::DistributionPoints(vec![vec!["http://x".to_owned()]])
    );
}
