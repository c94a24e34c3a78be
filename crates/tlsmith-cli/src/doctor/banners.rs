//! Whose first words these are: what a server says that does not speak TLS.

use crate::connect::starttls::Protocol;

/// How a protocol is known, and how it is asked for TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Banner {
    /// Its name for people.
    pub(crate) name: &'static str,
    /// What has to be asked for with `--starttls`.
    pub(crate) starttls: Option<Protocol>,
}

/// The beginning of the first bytes, a word that has to be among them, and whose they are. The first that fits counts.
const TABLE: &[(&[u8], &[u8], Banner)] = &[
    (b"SSH-", b"", Banner { name: "SSH", starttls: None }),
    (b"HTTP/", b"", Banner { name: "plain HTTP", starttls: None }),
    (b"220", b"FTP", Banner { name: "FTP", starttls: Some(Protocol::Ftp) }),
    (b"220", b"LMTP", Banner { name: "LMTP", starttls: Some(Protocol::Lmtp) }),
    (b"220", b"", Banner { name: "SMTP", starttls: Some(Protocol::Smtp) }),
    (b"554", b"", Banner { name: "SMTP", starttls: Some(Protocol::Smtp) }),
    (b"421", b"", Banner { name: "SMTP", starttls: Some(Protocol::Smtp) }),
    (b"* OK", b"", Banner { name: "IMAP", starttls: Some(Protocol::Imap) }),
    (b"* PREAUTH", b"", Banner { name: "IMAP", starttls: Some(Protocol::Imap) }),
    (b"* BYE", b"", Banner { name: "IMAP", starttls: Some(Protocol::Imap) }),
    (b"+OK", b"", Banner { name: "POP3", starttls: Some(Protocol::Pop3) }),
    (b"-ERR", b"", Banner { name: "POP3 or Redis", starttls: Some(Protocol::Pop3) }),
    (b"200 ", b"", Banner { name: "NNTP", starttls: Some(Protocol::Nntp) }),
    (b"201 ", b"", Banner { name: "NNTP", starttls: Some(Protocol::Nntp) }),
    (b"\"IMPLEMENTATION\"", b"", Banner { name: "ManageSieve", starttls: Some(Protocol::Sieve) }),
    (b"<?xml", b"stream", Banner { name: "XMPP", starttls: Some(Protocol::Xmpp) }),
    (b"<stream:", b"", Banner { name: "XMPP", starttls: Some(Protocol::Xmpp) }),
    (b":", b"NOTICE", Banner { name: "IRC", starttls: Some(Protocol::Irc) }),
    (b"NOTICE", b"", Banner { name: "IRC", starttls: Some(Protocol::Irc) }),
    (b"ERROR :", b"", Banner { name: "IRC", starttls: Some(Protocol::Irc) }),
    (b"RFB ", b"", Banner { name: "VNC", starttls: None }),
    (b"@RSYNCD", b"", Banner { name: "rsync", starttls: None }),
    (b"AMQP", b"", Banner { name: "AMQP", starttls: None }),
    (b"\x03\x00\x00", b"", Banner { name: "RDP", starttls: None }),
];

/// The HTTP servers' words for a TLS ClientHello on a port of plain HTTP, without a status line (HTTP/0.9).
const HTML: [&[u8]; 3] = [b"<html", b"<HTML", b"<!DOCTYPE"];

/// Who speaks there.
pub(crate) fn recognise(first: &[u8]) -> Option<Banner> {
    if HTML.iter().any(|head| first.starts_with(head)) {
        return Some(Banner { name: "plain HTTP", starttls: None });
    }
    if is_http2(first) {
        return Some(Banner { name: "plain HTTP/2", starttls: None });
    }
    if is_mysql(first) {
        return Some(Banner { name: "MySQL", starttls: Some(Protocol::Mysql) });
    }
    if is_postgres(first) {
        return Some(Banner { name: "PostgreSQL", starttls: Some(Protocol::Postgres) });
    }
    let holds = |word: &[u8]| word.is_empty() || first.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    TABLE.iter().find(|(head, word, _)| first.starts_with(head) && holds(word)).map(|(_, _, banner)| *banner)
}

/// A server of HTTP/2 begins with a SETTINGS frame (RFC 9113 §3.4, §4.1, §6.5): the length of some settings of six octets each,
/// type 4, no flags, stream 0.
fn is_http2(first: &[u8]) -> bool {
    matches!(first, [0, high, low, 4, 0, 0, 0, 0, 0, ..] if u16::from_be_bytes([*high, *low]) % 6 == 0)
}

/// The greeting of MySQL and MariaDB: a packet's length (3 bytes), its number 0, and protocol 10, or an error (0xff) at once.
fn is_mysql(first: &[u8]) -> bool {
    matches!(first, [_, _, 0, 0, 10, b'1'..=b'9', ..] | [_, _, 0, 0, 0xff, ..])
}

/// PostgreSQL answers what it does not understand with an ErrorResponse: `E`, the length, and fields that begin with `S`.
fn is_postgres(first: &[u8]) -> bool {
    matches!(first, [b'E', 0, 0, _, _, b'S', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings() {
        let name = |first: &[u8]| recognise(first).map(|banner| banner.name);
        assert_eq!(name(b"SSH-2.0-OpenSSH_9.2\r\n"), Some("SSH"));
        assert_eq!(name(b"220 mail.example.com ESMTP Postfix\r\n"), Some("SMTP"));
        assert_eq!(name(b"220 (vsFTPd 3.0.3)\r\n"), Some("FTP"));
        assert_eq!(name(b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n"), Some("IMAP"));
        assert_eq!(name(b"+OK Dovecot ready.\r\n"), Some("POP3"));
        assert_eq!(name(b"J\0\0\0\x0a8.0.33\0"), Some("MySQL"));
        assert_eq!(name(b"E\0\0\0\x8dSFATAL\0VFATAL\0"), Some("PostgreSQL"));
        assert_eq!(name(b"HTTP/1.1 400 Bad Request\r\n"), Some("plain HTTP"));
        assert_eq!(name(b"<html><head><title>400"), Some("plain HTTP"));
        assert_eq!(name(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0d"), Some("plain HTTP/2"));
        assert_eq!(name(b"\0\0\x05\x04\0\0\0\0\0"), None);
        assert_eq!(name(b"\x15\x03\x01"), None);
        assert_eq!(name(b""), None);
        assert!(recognise(b"220 x ESMTP").and_then(|banner| banner.starttls).is_some());
    }
}
