//! OpenSSL's packed error codes: `error:0A000416`, or the eight digits alone.
//!
//! OpenSSL 3 packs library << 23 | reason (ERR_PACK in err.h); OpenSSL 1.1 and BoringSSL packed library << 24 | function << 12
//! | reason. A reason from 1000 on, in the library SSL, is an alert of the peer's.

use tlsmith::registry::AlertDescription;

use super::alert;

/// The library SSL (ERR_LIB_SSL of OpenSSL, and BoringSSL's).
const SSL: u32 = 20;
const BORING_SSL: u32 = 16;
const SYSTEM: u32 = 2;
const PEM: u32 = 9;
const EVP: u32 = 6;
const X509: u32 = 11;
const ASN1: u32 = 13;
const PKCS12: u32 = 35;
const DECODER: u32 = 60;
/// SSL_AD_REASON_OFFSET.
const ALERTS: u32 = 1000;
/// ERR_R_UNSUPPORTED of OpenSSL 3: common to all libraries.
const UNSUPPORTED: u32 = 0x8010c;
/// ERR_SYSTEM_FLAG of OpenSSL 3: the rest is errno.
const SYSTEM_FLAG: u32 = 0x8000_0000;

/// Library, reason, and the reason's words, by which the table knows it.
const REASONS: &[(u32, u32, &str)] = &[
    (SSL, 101, "no suitable key share"),
    (SSL, 108, "bad key share"),
    (SSL, 110, "bad extension"),
    (SSL, 118, "no suitable signature algorithm"),
    (SSL, 123, "bad signature"),
    (SSL, 134, "certificate verify failed"),
    (SSL, 149, "digest check failed"),
    (SSL, 155, "https proxy request"),
    (SSL, 156, "http request"),
    (SSL, 177, "no certificate assigned"),
    (SSL, 179, "no certificate set"),
    (SSL, 181, "no ciphers available"),
    (SSL, 185, "no cipher match"),
    (SSL, 191, "no protocols available"),
    (SSL, 193, "no shared cipher"),
    (SSL, 198, "packet length too long"),
    (SSL, 199, "peer did not return a certificate"),
    (SSL, 229, "ssl handshake failure"),
    (SSL, 235, "no application protocol"),
    (SSL, 244, "unexpected message"),
    (SSL, 252, "unknown protocol"),
    (SSL, 258, "unsupported protocol"),
    (SSL, 267, "wrong version number"),
    (SSL, 281, "decryption failed or bad record mac"),
    (SSL, 294, "unexpected eof while reading"),
    (SSL, 333, "legacy sigalg disallowed or unsupported"),
    (SSL, 338, "unsafe legacy renegotiation disabled"),
    (SSL, 339, "no renegotiation"),
    (SSL, 370, "wrong signature type"),
    (SSL, 373, "tlsv1 alert inappropriate fallback"),
    (SSL, 376, "no shared signature algorithms"),
    (SSL, 394, "dh key too small"),
    (SSL, 396, "version too low"),
    (SSL, 397, "ca key too small"),
    (SSL, 398, "ca md too weak"),
    (SSL, 399, "ee key too small"),
    (SSL, 407, "shutdown while in init"),
    (BORING_SSL, 125, "certificate verify failed"),
    (BORING_SSL, 240, "unsupported protocol"),
    (BORING_SSL, 247, "wrong version number"),
    (PEM, 100, "bad base64 decode"),
    (PEM, 101, "bad decrypt"),
    (PEM, 102, "bad end line"),
    (PEM, 104, "bad password read"),
    (PEM, 108, "no start line"),
    (EVP, 100, "bad decrypt"),
    (EVP, UNSUPPORTED, "digital envelope routines::unsupported"),
    (DECODER, UNSUPPORTED, "DECODER routines::unsupported"),
    (X509, 115, "key type mismatch"),
    (X509, 116, "key values mismatch"),
    (ASN1, 123, "header too long"),
    (ASN1, 142, "not enough data"),
    (ASN1, 168, "wrong tag"),
    (PKCS12, 113, "mac verify failure"),
    // errno (POSIX): ENOENT and EACCES.
    (SYSTEM, 2, "fopen:No such file or directory"),
    (SYSTEM, 13, "fopen:Permission denied"),
];

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    /// The peer's alert.
    Alert(AlertDescription),
    /// A message of OpenSSL's, in its words.
    Reason(&'static str),
}

/// The code that a text is, or that stands in it behind `error:`; the last one.
pub(super) fn in_text(text: &str) -> Option<Packed> {
    let behind = text.rmatch_indices("error:").filter_map(|(at, word)| text.get(at + word.len()..));
    behind.chain(std::iter::once(text.trim())).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        // Nothing but the code, where no `error:` announces it.
        let digits = rest.get(..end).filter(|digits| digits.len() == 8)?;
        unpack(u32::from_str_radix(digits, 16).ok()?)
    })
}

fn unpack(code: u32) -> Option<Packed> {
    if code & SYSTEM_FLAG != 0 {
        return reason(SYSTEM, code & !SYSTEM_FLAG);
    }
    // The newer packing first; a code of one packing makes no library of the other.
    reason(code >> 23, code & 0x7f_ffff).or_else(|| reason(code >> 24, code & 0xfff))
}

fn reason(library: u32, reason: u32) -> Option<Packed> {
    if matches!(library, SSL | BORING_SSL) && reason >= ALERTS {
        let number = u16::try_from(reason - ALERTS).ok().filter(|number| *number < 256)?;
        return alert::numbered(number).map(Packed::Alert);
    }
    let row = REASONS.iter().find(|(of, number, _)| (*of, *number) == (library, reason))?;
    Some(Packed::Reason(row.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_packings_are_read() {
        for (code, packed) in [
            ("error:0A000416", Packed::Alert(AlertDescription::CERTIFICATE_UNKNOWN)),
            ("14094416", Packed::Alert(AlertDescription::CERTIFICATE_UNKNOWN)),
            ("error:14094410:SSL routines", Packed::Alert(AlertDescription::HANDSHAKE_FAILURE)),
            ("1000042E", Packed::Alert(AlertDescription::PROTOCOL_VERSION)),
            ("1416F086", Packed::Reason("certificate verify failed")),
            ("1417C0C7", Packed::Reason("peer did not return a certificate")),
            ("error:0A000197", Packed::Reason("shutdown while in init")),
            ("0A00010B", Packed::Reason("wrong version number")),
            ("1408F10B", Packed::Reason("wrong version number")),
            ("error:1000007d:SSL routines:OPENSSL_internal", Packed::Reason("certificate verify failed")),
            ("1E08010C", Packed::Reason("DECODER routines::unsupported")),
            ("0308010C", Packed::Reason("digital envelope routines::unsupported")),
            ("05800074", Packed::Reason("key values mismatch")),
            ("0B080074", Packed::Reason("key values mismatch")),
            ("0906D06C", Packed::Reason("no start line")),
            ("80000002", Packed::Reason("fopen:No such file or directory")),
            ("0200100D", Packed::Reason("fopen:Permission denied")),
        ] {
            assert_eq!(in_text(code), Some(packed), "{code}");
        }
        for nothing in ["", "error:", "0A00041", "error:0A0004160", "0A0004161", "zzzzzzzz", "00000000", "FFFFFFFF"] {
            assert_eq!(in_text(nothing), None, "{nothing}");
        }
    }

    /// The words are those that the table has.
    #[test]
    fn every_reason_is_explained() {
        for (library, number, words) in REASONS {
            assert!(!super::super::texts::find(words).is_empty(), "{library} {number} {words}");
        }
    }
}
