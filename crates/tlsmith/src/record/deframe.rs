//! Bytes to records (RFC 8446 §5.1, §5.2, RFC 5246 §6.2), and what the first bytes are if they are no record.

use super::{HEADER_LEN, MAX_CIPHERTEXT, MAX_CIPHERTEXT_TLS12, MAX_PLAINTEXT, RecordError, RecordType};
use crate::registry::ContentType;

/// What stands at the front of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deframed {
    /// Not yet a whole record.
    Incomplete {
        /// Length the input must have before it is worth asking again.
        needed: usize,
    },
    /// A record.
    Record {
        /// The outer type.
        record_type: RecordType,
        /// Length of the record with its header; the fragment is `input[HEADER_LEN..len]`.
        len: usize,
    },
}

/// Where in the stream a record stands: what is known about it before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was received before it, so that bytes of another protocol can be named.
    First,
    /// Application data is protected, everything else is not: TLS 1.3, and the beginning of TLS 1.2.
    Later,
    /// Every record is protected: TLS 1.2 after the peer's ChangeCipherSpec.
    Tls12Protected,
}

/// Looks at the record at the front of `input`.
///
/// The header alone decides about errors, and only once it is complete: however the bytes are cut, the outcome is one.
pub(crate) fn deframe(input: &[u8], stage: Stage) -> Result<Deframed, RecordError> {
    let Some((&header, _)) = input.split_first_chunk::<HEADER_LEN>() else {
        return Ok(Deframed::Incomplete { needed: HEADER_LEN });
    };
    if stage == Stage::First
        && let Some(other) = other_protocol(header)
    {
        return Err(other);
    }
    let [content_type, major, minor, high, low] = header;
    let record_type = RecordType::new(ContentType(content_type))?;
    // §5.1: the version is to be ignored. The major part has been 3 since SSL 3.0, and has to stay so: it is what
    // tells a record from noise. In a protected record the whole header is authenticated (§5.2).
    if major != 3 {
        return Err(RecordError::InvalidVersion(u16::from_be_bytes([major, minor])));
    }
    let len = usize::from(u16::from_be_bytes([high, low]));
    // §5.1: application data is always protected, so this type has the limit of §5.2, and the others are plaintext.
    let max = match (stage, record_type) {
        (Stage::Tls12Protected, _) => MAX_CIPHERTEXT_TLS12,
        (Stage::First | Stage::Later, RecordType::ApplicationData) => MAX_CIPHERTEXT,
        (Stage::First | Stage::Later, RecordType::ChangeCipherSpec | RecordType::Alert | RecordType::Handshake) => {
            MAX_PLAINTEXT
        }
    };
    if len > max {
        return Err(RecordError::Overflow { len, max });
    }
    // §5.1: only application data may be of length zero. (A protected record of length zero fails to open.)
    let protected = stage == Stage::Tls12Protected || record_type == RecordType::ApplicationData;
    if len == 0 && !protected {
        return Err(RecordError::Empty(record_type));
    }
    match HEADER_LEN + len {
        len if len <= input.len() => Ok(Deframed::Record { record_type, len }),
        needed => Ok(Deframed::Incomplete { needed }),
    }
}

/// The protocol that these first bytes are of, if it is not TLS.
fn other_protocol(start: [u8; HEADER_LEN]) -> Option<RecordError> {
    match &start {
        b"CONNE" => Some(RecordError::HttpRequest { connect: true }),
        // RFC 9110 §9.3, RFC 5789, and the preface of HTTP/2 (RFC 9113 §3.4).
        [b'G', b'E', b'T', b' ', _]
        | [b'P', b'U', b'T', b' ', _]
        | b"HEAD "
        | b"POST "
        | b"DELET"
        | b"OPTIO"
        | b"TRACE"
        | b"PATCH"
        | b"PRI *" => Some(RecordError::HttpRequest { connect: false }),
        // Some servers answer what is no request of theirs with a bare page, without a status line (HTTP/0.9).
        b"HTTP/" | b"<!DOC" | b"<!doc" | b"<HTML" | b"<html" => Some(RecordError::HttpResponse),
        b"SSH-1" | b"SSH-2" => Some(RecordError::SshBanner),
        [b'2', b'2', b'0', b' ' | b'-', _] => Some(RecordError::SmtpBanner),
        text if text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t')) => {
            Some(RecordError::OtherText(start))
        }
        // RFC 5246 §E.2: a length of two bytes with the top bit set, msg_type 1, then a version of SSL or TLS.
        [0x80..=0xff, _, 1, 3, _] | [0x80..=0xff, _, 1, 0, 2] => Some(RecordError::Sslv2ClientHello),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(content_type: u8, version: u16, len: u16) -> Vec<u8> {
        let [major, minor] = version.to_be_bytes();
        let [high, low] = len.to_be_bytes();
        let mut out = vec![content_type, major, minor, high, low];
        out.resize(HEADER_LEN + usize::from(len), 0x5a);
        out
    }

    #[test]
    fn whole_and_partial_records() {
        let mut input = record(22, 0x0301, 300);
        let whole = Deframed::Record { record_type: RecordType::Handshake, len: 305 };
        for stage in [Stage::First, Stage::Later, Stage::Tls12Protected] {
            for len in 0..HEADER_LEN {
                assert_eq!(deframe(&input[..len], stage), Ok(Deframed::Incomplete { needed: HEADER_LEN }));
            }
            for len in HEADER_LEN..305 {
                assert_eq!(deframe(&input[..len], stage), Ok(Deframed::Incomplete { needed: 305 }));
            }
            assert_eq!(deframe(&input, stage), Ok(whole));
        }
        input.extend_from_slice(b"what follows");
        assert_eq!(deframe(&input, Stage::First), Ok(whole));
    }

    #[test]
    fn the_version_is_ignored_but_for_its_major_part() {
        for minor in 0..=255 {
            assert!(matches!(deframe(&record(22, 0x0300 | minor, 1), Stage::First), Ok(Deframed::Record { .. })));
        }
        for version in [0x0000, 0x0200, 0x0403, 0xfefd, 0xff03] {
            assert_eq!(deframe(&record(22, version, 1), Stage::First), Err(RecordError::InvalidVersion(version)));
        }
    }

    #[test]
    fn only_four_content_types() {
        for value in 0..=255 {
            let known = (20..=23).contains(&value);
            let got = deframe(&record(value, 0x0303, 1), Stage::Later);
            assert_eq!(got.is_ok(), known);
            match RecordType::new(ContentType(value)) {
                Ok(record_type) => assert_eq!(record_type.value(), ContentType(value)),
                Err(error) => {
                    assert_eq!(error, RecordError::InvalidContentType(ContentType(value)));
                    assert_eq!(got, Err(error));
                }
            }
        }
    }

    #[test]
    fn lengths_are_bounded_by_the_header_alone() {
        for (content_type, max) in [(20, 1 << 14), (21, 1 << 14), (22, 1 << 14), (23, (1 << 14) + 256)] {
            let at = record(content_type, 0x0303, max);
            let total = HEADER_LEN + usize::from(max);
            assert!(matches!(deframe(&at, Stage::Later), Ok(Deframed::Record { len, .. }) if len == total));
            let over = record(content_type, 0x0303, max + 1);
            let error = RecordError::Overflow { len: usize::from(max) + 1, max: usize::from(max) };
            assert_eq!(deframe(&over, Stage::Later), Err(error));
            assert_eq!(deframe(&over[..HEADER_LEN], Stage::Later), Err(error));
        }
    }

    /// RFC 5246 §6.2.3: after ChangeCipherSpec, every type.
    #[test]
    fn lengths_of_protected_records_of_tls_1_2() {
        let max: u16 = (1 << 14) + 2048;
        for content_type in 20..=23 {
            let at = record(content_type, 0x0303, max);
            let total = HEADER_LEN + usize::from(max);
            assert!(matches!(deframe(&at, Stage::Tls12Protected), Ok(Deframed::Record { len, .. }) if len == total));
            let over = record(content_type, 0x0303, max + 1);
            let error = RecordError::Overflow { len: usize::from(max) + 1, max: usize::from(max) };
            assert_eq!(deframe(&over[..HEADER_LEN], Stage::Tls12Protected), Err(error));
            // No length at all is for the MAC to judge.
            let none = deframe(&record(content_type, 0x0303, 0), Stage::Tls12Protected);
            assert!(matches!(none, Ok(Deframed::Record { len: HEADER_LEN, .. })));
        }
    }

    #[test]
    fn only_application_data_may_be_empty() {
        for record_type in [RecordType::ChangeCipherSpec, RecordType::Alert, RecordType::Handshake] {
            assert_eq!(
                deframe(&record(record_type.value().0, 0x0303, 0), Stage::First),
                Err(RecordError::Empty(record_type))
            );
        }
        let whole = Deframed::Record { record_type: RecordType::ApplicationData, len: 5 };
        assert_eq!(deframe(&record(23, 0x0303, 0), Stage::Later), Ok(whole));
    }

    #[test]
    fn other_protocols_are_named_at_the_first_record() {
        let request = RecordError::HttpRequest { connect: false };
        for (bytes, want) in [
            (&b"GET / HTTP/1.1\r\n"[..], request),
            (b"GET http://host/ HTTP/1.1\r\n", request),
            (b"HEAD / HTTP/1.1\r\n", request),
            (b"POST / HTTP/1.1\r\n", request),
            (b"PUT / HTTP/1.1\r\n", request),
            (b"DELETE / HTTP/1.1\r\n", request),
            (b"OPTIONS * HTTP/1.1\r\n", request),
            (b"TRACE / HTTP/1.1\r\n", request),
            (b"PATCH / HTTP/1.1\r\n", request),
            (b"PRI * HTTP/2.0\r\n", request),
            (b"CONNECT host:443 HTTP/1.1\r\n", RecordError::HttpRequest { connect: true }),
            (b"HTTP/1.1 400 Bad Request\r\n", RecordError::HttpResponse),
            (b"<!DOCTYPE HTML>\n<html>", RecordError::HttpResponse),
            (b"SSH-2.0-OpenSSH_9.6\r\n", RecordError::SshBanner),
            (b"SSH-1.99-x\r\n", RecordError::SshBanner),
            (b"220 mail ESMTP\r\n", RecordError::SmtpBanner),
            (b"220-mail ESMTP\r\n", RecordError::SmtpBanner),
            (b"* OK IMAP4rev1\r\n", RecordError::OtherText(*b"* OK ")),
            (b"\r\n\r\nx", RecordError::OtherText(*b"\r\n\r\nx")),
            (b"\x80\x2e\x01\x00\x02\x00", RecordError::Sslv2ClientHello),
            (b"\x80\x2e\x01\x03\x01\x00", RecordError::Sslv2ClientHello),
            (b"\xff\xff\x01\x03\x03\x00", RecordError::Sslv2ClientHello),
            (b"\x80\x2e\x02\x03\x01\x00", RecordError::InvalidContentType(ContentType(0x80))),
            (b"\x00\x00\x00\x00\x00\x00", RecordError::InvalidContentType(ContentType(0))),
        ] {
            for len in HEADER_LEN..bytes.len() {
                assert_eq!(deframe(&bytes[..len], Stage::First), Err(want), "{}", bytes.escape_ascii());
            }
            // After the first record, it is only a wrong type.
            assert_eq!(deframe(bytes, Stage::Later), Err(RecordError::InvalidContentType(ContentType(bytes[0]))));
        }
    }

    proptest! {
        /// Cut anywhere, bytes give the same records and the same error.
        #[test]
        fn cut_anywhere(
            sizes in proptest::collection::vec((20..=23_u8, 1..400_u16), 0..6),
            tail in proptest::collection::vec(any::<u8>(), 0..12), step in 1..50_usize,
        ) {
            let mut bytes: Vec<u8> = sizes.iter().flat_map(|(kind, len)| record(*kind, 0x0303, *len)).collect();
            bytes.extend_from_slice(&tail);
            let run = |step: usize| {
                let (mut seen, mut from) = (Vec::new(), 0);
                for end in (0..bytes.len()).step_by(step).chain([bytes.len()]) {
                    loop {
                        match deframe(&bytes[from..end], if from == 0 { Stage::First } else { Stage::Later }) {
                            Ok(Deframed::Record { record_type, len }) => {
                                seen.push((record_type, bytes[from..from + len].to_vec()));
                                from += len;
                            }
                            Ok(Deframed::Incomplete { needed }) => {
                                assert!(needed > end - from);
                                break;
                            }
                            Err(error) => return (seen, Some(error)),
                        }
                    }
                }
                (seen, None)
            };
            prop_assert_eq!(run(step), run(bytes.len() + 1));
        }
    }
}
