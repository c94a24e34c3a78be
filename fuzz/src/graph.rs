//! Many certificates out of few bytes: graphs of CAs that a fuzzer reaches without finding out about DER first.

use tlsmith_x509::Certificate;

/// How many bytes one certificate is made of.
pub const SIZE: usize = 8;

/// Where a certificate comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Sent,
    Known,
    Anchor,
}

/// A certificate that is well formed, and may be wrong in every way that a path can be.
pub fn certificate(choices: [u8; SIZE]) -> Option<(Place, Certificate)> {
    let [names, key, ids, sans, constraints, usages, policies, rest] = choices;
    let place = match key >> 3 & 3 {
        0 | 1 => Place::Sent,
        2 => Place::Known,
        _ => Place::Anchor,
    };
    let signature: &[u8] = if rest & 0x80 == 0 { &[0, 1] } else { &[0] };
    let validity: [&[u8]; 2] = match key & 0x80 {
        0 => [b"260101000000Z", b"280101000000Z"],
        _ => [b"250101000000Z", b"260101000000Z"],
    };
    let extensions = [
        basic_constraints(key, rest),
        key_ids(ids),
        alternative_names(sans),
        name_constraints(constraints),
        uses(usages),
        policy(policies),
    ]
    .concat();
    let algorithm = sequence(&[&oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2])]);
    let tbs = sequence(&[
        &tlv(0xa0, &tlv(2, &[2])),
        &tlv(2, &[1 + (rest & 0x0f)]),
        &algorithm,
        &name(names >> 4),
        &sequence(&validity.map(|time| tlv(0x17, time)).each_ref().map(Vec::as_slice)),
        &name(names & 0x0f),
        &public_key(key & 7),
        &tlv(0xa3, &tlv(0x30, &extensions)),
    ]);
    let der = sequence(&[&tbs, &algorithm, &tlv(3, signature)]);
    Some((place, Certificate::from_der(&der).ok()?))
}

fn basic_constraints(key: u8, rest: u8) -> Vec<u8> {
    let length = if key & 0x40 == 0 { Vec::new() } else { tlv(2, &[rest & 3]) };
    match key & 0x20 {
        0 => extension(0x13, true, &sequence(&[&[1, 1, 0xff], &length])),
        _ => Vec::new(),
    }
}

fn key_ids(ids: u8) -> Vec<u8> {
    let (subject, authority) = (ids & 7, ids >> 3 & 7);
    let mut out = Vec::new();
    if subject > 0 {
        out.extend(extension(0x0e, false, &tlv(4, &[subject])));
    }
    if authority > 0 {
        out.extend(extension(0x23, false, &sequence(&[&tlv(0x80, &[authority])])));
    }
    if ids & 0x40 != 0 {
        out.extend(extension(0x7f, ids & 0x80 != 0, &[5, 0]));
    }
    out
}

/// One name of each kind, inside and outside of the constraints below.
fn general_names(bits: u8) -> Vec<Vec<u8>> {
    let names = [
        tlv(0x82, b"example.test"),
        tlv(0x82, b"*.example.test"),
        tlv(0x87, &[192, 0, 2, 7]),
        tlv(0x86, b"spiffe://example.test/a"),
        tlv(0x81, b"a@example.test"),
        tlv(0xa4, &name(3)),
        tlv(0x88, &[0x2a, 3]),
        tlv(0x82, b"xn--bcher-kva.test"),
    ];
    names.into_iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, name)| name).collect()
}

fn alternative_names(bits: u8) -> Vec<u8> {
    match general_names(bits).concat() {
        names if names.is_empty() => names,
        names => extension(0x11, false, &tlv(0x30, &names)),
    }
}

fn name_constraints(choice: u8) -> Vec<u8> {
    let bases = [
        tlv(0x82, b"example.test"),
        tlv(0x82, b""),
        tlv(0x87, &[192, 0, 2, 0, 255, 255, 255, 0]),
        tlv(0x86, b".test"),
        tlv(0x81, b"example.test"),
        tlv(0xa4, &name(3)),
        tlv(0x88, &[0x2a, 3]),
    ];
    let Some(base) = bases.get(usize::from(choice & 7)) else { return Vec::new() };
    let tag = if choice & 8 == 0 { 0xa0 } else { 0xa1 };
    extension(0x1e, choice & 16 == 0, &sequence(&[&tlv(tag, &sequence(&[base]))]))
}

fn uses(choice: u8) -> Vec<u8> {
    let mut out = Vec::new();
    if choice & 1 != 0 {
        out.extend(extension(0x0f, true, &tlv(3, &[1, choice | 2])));
    }
    let purposes: [&[u8]; 3] = [&[0x2b, 6, 1, 5, 5, 7, 3, 1], &[0x2b, 6, 1, 5, 5, 7, 3, 2], &[0x55, 0x1d, 0x25, 0]];
    let chosen = purposes.iter().enumerate().filter(|(bit, _)| choice >> (bit + 4) & 1 == 1);
    let purposes: Vec<u8> = chosen.flat_map(|(_, id)| oid(id)).collect();
    if !purposes.is_empty() {
        out.extend(extension(0x25, false, &tlv(0x30, &purposes)));
    }
    out
}

fn policy(choice: u8) -> Vec<u8> {
    let (one, two, any) = (oid(&[0x2a, 1]), oid(&[0x2a, 2]), oid(&[0x55, 0x1d, 0x20, 0]));
    let listed: Vec<u8> = [&one, &two, &any]
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| choice >> bit & 1 == 1)
        .flat_map(|(_, id)| sequence(&[id]))
        .collect();
    let mut out = Vec::new();
    if !listed.is_empty() {
        out.extend(extension(0x20, false, &tlv(0x30, &listed)));
    }
    if choice & 8 != 0 {
        out.extend(extension(0x21, false, &sequence(&[&sequence(&[&one, &two])])));
    }
    if choice & 16 != 0 {
        out.extend(extension(0x24, true, &sequence(&[&tlv(0x80, &[choice >> 5 & 1]), &tlv(0x81, &[choice >> 6 & 1])])));
    }
    if choice & 128 != 0 {
        out.extend(extension(0x36, true, &tlv(2, &[choice >> 5 & 1])));
    }
    out
}

/// Fifteen names, and the empty one.
fn name(number: u8) -> Vec<u8> {
    if number == 15 {
        return sequence(&[]);
    }
    sequence(&[&tlv(0x31, &sequence(&[&oid(&[0x55, 4, 3]), &tlv(0x0c, &[b'A' + number])]))])
}

fn public_key(number: u8) -> Vec<u8> {
    let algorithm =
        sequence(&[&oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), &oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])]);
    let point = [&[0, 4][..], &[number; 64]].concat();
    sequence(&[&algorithm, &tlv(3, &point)])
}

/// id-ce.
fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid(&[0x55, 0x1d, id]), critical, &tlv(4, value)])
}

fn oid(content: &[u8]) -> Vec<u8> {
    tlv(6, content)
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u16::try_from(content.len()).expect("a short element").to_be_bytes() {
        [0, length @ 0..0x80] => out.push(length),
        [0, length] => out.extend([0x81, length]),
        [high, low] => out.extend([0x82, high, low]),
    }
    out.extend_from_slice(content);
    out
}
