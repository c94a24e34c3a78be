//! `tlsmith connect --starttls` against real servers of each protocol, with TLS and without.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use tlsmith_testkit::{
    certs::{HOST, KeyKind, Pki},
    count::Counter,
    peers::{
        starttls::{Dovecot, Inspircd, Mariadb, Postfix, Postgres, Prosody, Slapd, Tls, Vsftpd},
        tlsmith::{Connected, connect, connect_json},
    },
    process::Process,
};

/// The kinds of key that all of these servers take.
const KINDS: [KeyKind; 2] = [KeyKind::P256, KeyKind::Rsa];

/// A server that runs, as it is asked for TLS.
struct Case {
    protocol: &'static str,
    port: u16,
    /// Words of what it says before TLS.
    says: &'static str,
    /// What it answers under TLS before anybody has logged in.
    request: &'static [u8],
}

impl Case {
    fn new(protocol: &'static str, port: u16, says: &'static str, request: &'static [u8]) -> Self {
        Self { protocol, port, says, request }
    }

    /// Shakes hands, and has the server answer under TLS.
    fn works(&self, pki: &Pki) {
        let connected = connect_json(self.port, pki.root(), &["--starttls", self.protocol]);
        let (context, json) = (format!("{} {:?}", self.protocol, pki.kind()), &connected.json);
        assert_eq!((connected.code, json["error"].is_null()), (0, true), "{context}: {json:#}");
        assert_eq!(json["verification"]["trusted"], true, "{context}: {json:#}");
        assert_eq!(json["starttls"]["protocol"], self.protocol, "{context}");
        assert_eq!(connected.text("/protocol"), "TLSv1.3", "{context}: {json:#}");
        assert_eq!(connected.text("/chain/0/key"), pki.kind().label(), "{context}");
        assert!(said(&connected).contains(self.says), "{context}: {json:#}");
        if self.request.is_empty() {
            return;
        }
        let mut command = connect(pki.root());
        command.args(["--servername", HOST, "--starttls", self.protocol, "--send", "-"]);
        let mut process = Process::spawn(command.arg(format!("127.0.0.1:{}", self.port)));
        process.write(self.request);
        process.wait_for_stdout_len(1);
        process.close_stdin();
        let ended = process.finish();
        // Not all of these servers say close_notify at their end, but all of them are trusted.
        assert!([0, 1].contains(&ended.code()), "{context}: {}", ended.text());
    }

    /// It has no TLS, and that is what is said.
    fn does_not_offer(&self, pki: &Pki) {
        let connected = connect_json(self.port, pki.root(), &["--starttls", self.protocol]);
        let json = &connected.json;
        assert_eq!((connected.code, connected.text("/error/code")), (1, "starttls.not_offered"), "{json:#}");
        assert!(json["protocol"].is_null() && json["verification"]["trusted"].is_null(), "{json:#}");
        assert!(!connected.text("/error/message").is_empty() && !connected.text("/error/fix").is_empty());
    }
}

/// All lines of the dialogue.
fn said(connected: &Connected) -> String {
    let lines = connected.json["starttls"]["dialogue"].as_array().unwrap();
    lines.iter().map(|line| line["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Runs these with certificates of each kind, and once without TLS.
fn each(name: &'static str, cases: usize, start: impl Fn(Tls<'_>) -> (Box<dyn std::any::Any>, Vec<Case>)) {
    let mut counter = Counter::new(name, KINDS.len() * cases + cases);
    for kind in KINDS {
        let pki = Pki::new(kind);
        let (server, running) = start(Tls::With(&pki.server));
        for case in &running {
            case.works(&pki);
            counter.ran();
        }
        drop(server);
    }
    let pki = Pki::new(KeyKind::P256);
    let (server, running) = start(Tls::Without);
    for case in &running {
        case.does_not_offer(&pki);
        counter.ran();
    }
    drop(server);
    counter.finish();
}

#[test]
fn postfix_smtp() {
    each("starttls-postfix", 1, |tls| {
        let server = Postfix::start(tls);
        let case = Case::new("smtp", server.port, "250-PIPELINING", b"EHLO tlsmith.test\r\n");
        (Box::new(server), vec![case])
    });
}

#[test]
fn dovecot_imap_pop3_sieve_lmtp() {
    each("starttls-dovecot", 4, |tls| {
        let server = Dovecot::start(tls);
        let cases = vec![
            Case::new("imap", server.imap, "* CAPABILITY IMAP4rev1", b"a NOOP\r\n"),
            Case::new("pop3", server.pop3, "+OK Dovecot", b"CAPA\r\n"),
            Case::new("sieve", server.sieve, "\"IMPLEMENTATION\" \"Dovecot", b"NOOP\r\n"),
            Case::new("lmtp", server.lmtp, "250-8BITMIME", b"LHLO tlsmith.test\r\n"),
        ];
        (Box::new(server), cases)
    });
}

#[test]
fn postgresql() {
    each("starttls-postgres", 1, |tls| {
        let server = Postgres::start(tls);
        // StartupMessage of protocol 3.0, for the user that there is.
        let startup = b"\x00\x00\x00\x28\x00\x03\x00\x00user\x00tlsmith\x00database\x00postgres\x00\x00";
        let case = Case::new("postgres", server.port, "SSLRequest\nS", startup);
        (Box::new(server), vec![case])
    });
}

#[test]
fn slapd_ldap() {
    each("starttls-slapd", 1, |tls| {
        let server = Slapd::start(tls);
        // BindRequest of nobody.
        let bind = b"\x30\x0c\x02\x01\x02\x60\x07\x02\x01\x03\x04\x00\x80\x00";
        let case = Case::new("ldap", server.port, "resultCode 0 (success)", bind);
        (Box::new(server), vec![case])
    });
}

#[test]
fn mariadb_mysql() {
    each("starttls-mariadb", 1, |tls| {
        let server = Mariadb::start(tls);
        let case = Case::new("mysql", server.port, "protocol 10, version ", b"");
        (Box::new(server), vec![case])
    });
}

#[test]
fn vsftpd_ftp() {
    each("starttls-vsftpd", 1, |tls| {
        let server = Vsftpd::start(tls);
        let case = Case::new("ftp", server.port, "220 that looks like an end", b"FEAT\r\n");
        (Box::new(server), vec![case])
    });
}

#[test]
fn prosody_xmpp() {
    each("starttls-prosody", 2, |tls| {
        let server = Prosody::start(tls);
        let header = b"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client' \
                       xmlns:stream='http://etherx.jabber.org/streams'></stream:stream>";
        let cases = vec![
            Case::new("xmpp", server.c2s, "urn:ietf:params:xml:ns:xmpp-tls", header),
            Case::new("xmpp-server", server.s2s, "urn:ietf:params:xml:ns:xmpp-tls", b""),
        ];
        (Box::new(server), cases)
    });
}

#[test]
fn inspircd_irc() {
    each("starttls-inspircd", 1, |tls| {
        let server = Inspircd::start(tls);
        let case = Case::new("irc", server.port, " 670 ", b"CAP LS\r\n");
        (Box::new(server), vec![case])
    });
}

#[test]
fn a_wrong_protocol_is_told_from_a_right_one() {
    let pki = Pki::new(KeyKind::P256);
    let server = Dovecot::start(Tls::With(&pki.server));
    for (port, protocol, names) in
        [(server.imap, "pop3", "IMAP"), (server.pop3, "smtp", "POP3"), (server.lmtp, "imap", "SMTP or FTP")]
    {
        let connected = connect_json(port, pki.root(), &["--starttls", protocol]);
        let json = &connected.json;
        assert_eq!((connected.code, connected.text("/error/code")), (1, "starttls.unexpected_reply"), "{json:#}");
        assert!(connected.text("/error/fix").contains(names), "{json:#}");
    }
    // And without the option: no TLS comes from there.
    let connected = connect_json(server.imap, pki.root(), &[]);
    assert_eq!((connected.code, connected.text("/error/code")), (1, "record.not_tls"), "{:#}", connected.json);
}
