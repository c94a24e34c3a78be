//! The ClientHello that offers what is otherwise never offered.

use tlsmith::registry::{CipherSuite, NamedGroup, ProtocolVersion};
use tlsmith_x509::ServerName;

use super::Offer;

/// Curves of RFC 4492, RFC 7027, RFC 8422 and RFC 8734, finite fields of RFC 7919, and what has ML-KEM in it.
const GROUPS: [std::ops::RangeInclusive<u16>; 4] = [0x01..=0x22, 0x0100..=0x0104, 0x0200..=0x0202, 0x11eb..=0x11ed];
/// Where suites of TLS 1.2 and before stand in the registry of IANA.
const SUITES: [std::ops::RangeInclusive<u16>; 3] = [0x0001..=0x00c5, 0xc001..=0xc0af, 0xcca8..=0xccae];
/// Those of TLS 1.3.
const SUITES_TLS13: std::ops::RangeInclusive<u16> = 0x1301..=0x1305;
/// Signature algorithms: those of TLS 1.3, then hash and signature of RFC 5246 §7.4.1.4.1 from SHA-512 down to MD5, with RSA,
/// DSA and ECDSA.
const SCHEMES: [u16; 26] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601,
    0x0904, 0x0905, 0x0906, 0x0301, 0x0303, 0x0402, 0x0502, 0x0602, 0x0201, 0x0203, 0x0202, 0x0101,
];

/// The record with the ClientHello (RFC 5246 §7.4.1.2, RFC 6101 §5.6.1.2, RFC 8446 §4.1.2).
pub(super) fn encode(offer: Offer, name: Option<&ServerName>, random: &[u8; 32]) -> Vec<u8> {
    let version = match offer {
        Offer::Ssl3 => ProtocolVersion::SSL3_0,
        Offer::Tls10 => ProtocolVersion::TLS1_0,
        Offer::Legacy | Offer::AnyGroup => ProtocolVersion::TLS1_2,
    };
    let mut body = version.0.to_be_bytes().to_vec();
    body.extend_from_slice(random);
    // No session ID; TLS 1.3 servers need none.
    body.push(0);
    put16(&mut body, &suites(offer).iter().flat_map(|suite| suite.0.to_be_bytes()).collect::<Vec<_>>());
    // No compression.
    body.extend_from_slice(&[1, 0]);
    if offer != Offer::Ssl3 {
        put16(&mut body, &extensions(offer, name));
    }
    let mut message = vec![1, 0];
    put16(&mut message, &body);
    // The version of the record that every server has read since SSLv3 (RFC 5246 Appendix E.1).
    let record_version = if offer == Offer::Ssl3 { version } else { ProtocolVersion::TLS1_0 };
    let mut record = vec![0x16];
    record.extend_from_slice(&record_version.0.to_be_bytes());
    put16(&mut record, &message);
    record
}

/// All that have a name, those that protect something first.
fn suites(offer: Offer) -> Vec<CipherSuite> {
    let all: Vec<u16> = match offer {
        Offer::AnyGroup => SUITES_TLS13.collect(),
        Offer::Legacy | Offer::Tls10 => SUITES.into_iter().flatten().collect(),
        // RFC 6101 Appendix A.6 and the AES suites that were soon added (RFC 3268).
        Offer::Ssl3 => (0x0001..=0x003a).collect(),
    };
    let mut suites: Vec<CipherSuite> =
        all.into_iter().map(CipherSuite).filter(|suite| suite.name().is_some()).collect();
    suites.sort_by_key(|suite| weakness(suite.name().unwrap_or_default()));
    if matches!(offer, Offer::Legacy | Offer::Tls10) {
        suites.push(CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    }
    suites
}

/// How far behind a suite stands.
fn weakness(name: &str) -> u8 {
    let has = |word: &str| name.contains(word);
    match () {
        () if has("anon") || has("NULL") => 6,
        () if has("EXPORT") || has("RC4") || has("_DES_") || has("MD5") || has("IDEA") => 5,
        () if has("PSK") || has("KRB5") || has("SRP") || has("DSS") => 4,
        () if has("CBC") => 3,
        // What clients of today offer goes first: where a server takes it, the suite is not what is wrong.
        () if has("ECDHE") => 0,
        () if has("DHE") => 1,
        () => 2,
    }
}

fn extensions(offer: Offer, name: Option<&ServerName>) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(ServerName::Dns(name)) = name {
        let mut entry = vec![0];
        put16(&mut entry, name.as_str().as_bytes());
        extension(&mut all, 0, &list16(&entry));
    }
    let groups: Vec<u8> =
        GROUPS.into_iter().flatten().map(NamedGroup).flat_map(|group| group.0.to_be_bytes()).collect();
    extension(&mut all, 10, &list16(&groups));
    // ec_point_formats: uncompressed (RFC 8422 §5.1.2).
    extension(&mut all, 11, &[1, 0]);
    if offer == Offer::Tls10 {
        return all;
    }
    extension(&mut all, 13, &list16(&SCHEMES.iter().flat_map(|scheme| scheme.to_be_bytes()).collect::<Vec<_>>()));
    if offer == Offer::AnyGroup {
        extension(&mut all, 43, &[2, 3, 4]);
        extension(&mut all, 51, &[0, 0]);
    }
    all
}

fn extension(all: &mut Vec<u8>, kind: u16, content: &[u8]) {
    all.extend_from_slice(&kind.to_be_bytes());
    put16(all, content);
}

fn list16(content: &[u8]) -> Vec<u8> {
    let mut list = Vec::new();
    put16(&mut list, content);
    list
}

/// Content behind its length. All that stands in this file is far shorter than 2^16 bytes.
fn put16(to: &mut Vec<u8>, content: &[u8]) {
    to.extend_from_slice(&u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes());
    to.extend_from_slice(content);
}
