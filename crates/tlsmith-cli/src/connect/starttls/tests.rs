//! Scripted servers: for each protocol a good one, those that refuse, and what all of them have in common when they are
//! hostile.

use std::{net::Ipv4Addr, time::Duration};

use clap::ValueEnum as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;
use wire::{MAX_BYTES, MAX_LINE};

/// One step of a server: what it says, and what it waits for before.
#[derive(Clone, Copy)]
enum Step {
    Say(&'static [u8]),
    Hear(&'static [u8]),
}
use Step::{Hear, Say};

/// A server that does its part and then waits for the ClientHello.
fn good(protocol: Protocol) -> &'static [Step] {
    match protocol {
        Protocol::Smtp => &[
            Say(b"220-mail.example ESMTP\r\n220 ready\r\n"),
            Hear(b"EHLO [192.0.2.1]\r\n"),
            Say(b"250-mail.example\r\n250-SIZE 1000\r\n250-starttls\r\n250 8BITMIME\r\n"),
            Hear(b"STARTTLS\r\n"),
            Say(b"220 2.0.0 go on\r\n"),
        ],
        Protocol::Lmtp => &[
            Say(b"220 mail.example LMTP\r\n"),
            Hear(b"LHLO [192.0.2.1]\r\n"),
            Say(b"250-mail.example\r\n250 STARTTLS\r\n"),
            Hear(b"STARTTLS\r\n"),
            Say(b"220\r\n"),
        ],
        Protocol::Imap => &[
            Say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n"),
            Hear(b"a1 CAPABILITY\r\n"),
            Say(b"* OK still here\r\n* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n"),
            Hear(b"a2 STARTTLS\r\n"),
            Say(b"a2 OK begin\r\n"),
        ],
        Protocol::Pop3 => &[
            Say(b"+OK ready <1@mail.example>\r\n"),
            Hear(b"CAPA\r\n"),
            Say(b"+OK\r\nTOP\r\nSTLS\r\n.\r\n"),
            Hear(b"STLS\r\n"),
            Say(b"+OK begin\r\n"),
        ],
        Protocol::Ftp => &[
            Say(b"120 in a minute\r\n220-Welcome\r\n  220 is not the end\r\nnor this\r\n220 ready\r\n"),
            Hear(b"AUTH TLS\r\n"),
            Say(b"234 begin\r\n"),
        ],
        Protocol::Postgres => &[Hear(&[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]), Say(b"S")],
        Protocol::Mysql => &[Say(MYSQL_WITH_TLS), Hear(MYSQL_REQUEST)],
        Protocol::Ldap => &[Hear(LDAP_REQUEST), Say(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00")],
        Protocol::Xmpp => &[
            Hear(
                b"<?xml version='1.0'?><stream:stream to='mail.example' version='1.0' xmlns='jabber:client' \
                  xmlns:stream='http://etherx.jabber.org/streams'>",
            ),
            Say(b"<?xml version='1.0'?>\n<stream:stream from='mail.example' id='a>b' version='1.0' \
                  xmlns='jabber:client'><stream:features><starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\">\
                  <required/></starttls><x/></stream:features>\n"),
            Hear(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            Say(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
        ],
        Protocol::XmppServer => &[
            Hear(
                b"<?xml version='1.0'?><stream:stream to='mail.example' version='1.0' xmlns='jabber:server' \
                  xmlns:stream='http://etherx.jabber.org/streams'>",
            ),
            Say(b"<s:stream xmlns:s='http://etherx.jabber.org/streams'><s:features>\
                  <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></s:features>"),
            Hear(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            Say(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>"),
        ],
        Protocol::Sieve => &[
            Say(b"\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n"),
            Hear(b"STARTTLS\r\n"),
            Say(b"ok\r\n"),
        ],
        Protocol::Nntp => &[
            Say(b"200 ready\r\n"),
            Hear(b"CAPABILITIES\r\n"),
            Say(b"101 list\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n"),
            Hear(b"STARTTLS\r\n"),
            Say(b"382 go on\r\n"),
        ],
        Protocol::Irc => &[
            Hear(IRC_REQUEST),
            Say(b":irc.example NOTICE * :*** Looking up your hostname\r\nNOTICE AUTH :x\r\n"),
            Say(b":irc.example CAP * LS * :away sasl\r\n:irc.example CAP * LS :cap tls\r\n:irc.example 670 * :go\r\n"),
        ],
    }
}

/// Version 10, "8.0", thread id, salt, zero, capabilities with and without 0x0800, and a bit of the rest.
const MYSQL_WITH_TLS: &[u8] = b"\x16\x00\x00\x00\x0a8.0\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x2d\x02";
const MYSQL_WITHOUT: &[u8] = b"\x16\x00\x00\x00\x0a8.0\x00\x01\x00\x00\x00saltsalt\x00\xff\xf7\x2d\x02";
const MYSQL_REQUEST: &[u8] = b"\x20\x00\x00\x01\x00\x8a\x00\x00\x00\x00\x00\x01\x2d\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
const IRC_REQUEST: &[u8] = b"CAP LS 302\r\nSTARTTLS\r\n";
const LDAP_REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// Plays the server's part; it ends early if the client goes.
async fn play(mut server: DuplexStream, steps: Vec<(Vec<u8>, bool)>, piece: usize) -> DuplexStream {
    for (bytes, say) in steps {
        if say {
            for part in bytes.chunks(piece) {
                if server.write_all(part).await.is_err() {
                    return server;
                }
                tokio::task::yield_now().await;
            }
        } else {
            let mut heard = vec![0; bytes.len()];
            if server.read_exact(&mut heard).await.is_err() {
                return server;
            }
            assert_eq!(heard.escape_ascii().to_string(), bytes.escape_ascii().to_string());
        }
    }
    server
}

fn owned(steps: &[Step]) -> Vec<(Vec<u8>, bool)> {
    let own = |step: &Step| match step {
        Say(bytes) => (bytes.to_vec(), true),
        Hear(bytes) => (bytes.to_vec(), false),
    };
    steps.iter().map(own).collect()
}

/// Runs a client against such a server, which closes at its end if `closes`.
async fn run(
    protocol: Protocol,
    steps: Vec<(Vec<u8>, bool)>,
    piece: usize,
    closes: bool,
) -> Result<Vec<Spoken>, Error> {
    let (mut client, server) = duplex(1 << 20);
    let parties = Parties { server: String::from("mail.example"), own: Some(Ipv4Addr::new(192, 0, 2, 1).into()) };
    let mut dialogue = Vec::new();
    let play = async {
        let server = play(server, steps, piece).await;
        if !closes {
            std::future::pending::<()>().await;
        }
        drop(server);
        std::future::pending::<()>().await;
    };
    // Time stands still in these tests but where everything waits: then it is out.
    let limit = Duration::from_secs(10);
    let result = tokio::select! {
        biased;
        () = play => unreachable!("it never ends"),
        result = negotiate(&mut client, protocol, &parties, limit, &mut dialogue) => result,
    };
    result.map(|()| dialogue)
}

async fn fails(protocol: Protocol, steps: &[Step]) -> Error {
    run(protocol, owned(steps), usize::MAX, true).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn good_servers_however_their_bytes_are_cut() {
    for protocol in Protocol::value_variants() {
        let whole = run(*protocol, owned(good(*protocol)), usize::MAX, false).await.unwrap();
        assert!(whole.iter().any(|s| s.direction == "sent"), "{protocol}");
        assert!(whole.iter().any(|s| s.direction == "received"), "{protocol}");
        for piece in [1, 2, 7] {
            let cut = run(*protocol, owned(good(*protocol)), piece, false).await.unwrap();
            assert_eq!(cut, whole, "{protocol} in pieces of {piece}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_follows_the_go_ahead_in_clear_is_refused() {
    for protocol in Protocol::value_variants() {
        let mut steps = owned(good(*protocol));
        // MySQL's go-ahead is its greeting.
        let at = if *protocol == Protocol::Mysql { 0 } else { steps.len() - 1 };
        steps[at].0.extend_from_slice(b"220 evil\x1b[2J\r\n");
        let error = run(*protocol, steps, usize::MAX, false).await.unwrap_err();
        // With MySQL it is there before the client has asked.
        let code = if *protocol == Protocol::Mysql { "starttls.unasked" } else { "starttls.injected" };
        assert_eq!(error.code, code, "{protocol}");
        assert!(error.message.contains("evil\\u{1b}[2J"), "{protocol}: {}", error.message);
        assert!(!error.fix.is_empty() && error.why.is_some() && error.section.is_some());
    }
    let (mut client, mut server) = duplex(1 << 16);
    server.write_all(b"220 x\r\n").await.unwrap();
    let mut wire = Wire::new(&mut client);
    wire.line("").await.unwrap();
    // It comes apart from the go-ahead, and is there before this side has said its first word of TLS.
    server.write_all(b"x").await.unwrap();
    assert!(matches!(wire.finish().await, Err(Stop::Injected(bytes)) if bytes == b"x"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_anywhere_is_no_success() {
    for protocol in Protocol::value_variants() {
        let steps = owned(good(*protocol));
        let last = steps.iter().rposition(|(_, say)| *say).unwrap();
        for end in 0..=last {
            if !steps[end].1 {
                continue;
            }
            for cut in 0..steps[end].0.len() {
                let mut cut_off = steps[..=end].to_vec();
                cut_off[end].0.truncate(cut);
                let error = run(*protocol, cut_off, usize::MAX, true).await.unwrap_err();
                assert_eq!(error.code, "starttls.closed", "{protocol}, step {end}, byte {cut}: {}", error.message);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_given_up() {
    for protocol in Protocol::value_variants() {
        let error = run(*protocol, Vec::new(), 1, false).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.phase), ("transport.timeout", Some("starttls")), "{protocol}");
        assert!(error.fix.contains("leave --starttls out"), "{protocol}");
        assert!(error.message.contains(" did not come"), "{protocol}: {}", error.message);
    }
}

#[tokio::test(start_paused = true)]
async fn servers_that_speak_tls_at_once_are_told() {
    for protocol in Protocol::value_variants() {
        for closes in [true, false] {
            let steps = vec![(b"\x15\x03\x01\x00\x02\x02\x0a".to_vec(), true)];
            let error = run(*protocol, steps, usize::MAX, closes).await.unwrap_err();
            assert_eq!(error.code, "starttls.speaks_tls", "{protocol}: {}", error.message);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_without_end() {
    for protocol in Protocol::value_variants() {
        // A line without an end, and lines without an end, in the words of each protocol.
        let endless = [
            vec![b'2'; MAX_BYTES * 2],
            b"220-x\r\n".repeat(MAX_LINE * 4),
            b"* OK x\r\n".repeat(MAX_LINE * 4),
            b":a NOTICE x\r\n".repeat(MAX_LINE * 4),
            b"\"A\" \"B\"\r\n".repeat(MAX_LINE * 4),
            b"+OK\r\n".repeat(MAX_LINE * 4),
            [b"<stream:stream><features>".as_slice(), &b"<a/>".repeat(MAX_BYTES)].concat(),
            [b"<a x='".as_slice(), &vec![b'>'; MAX_BYTES * 2]].concat(),
            [b"\x30\x84\xff\xff\xff\xff".as_slice(), &vec![0; MAX_BYTES * 2]].concat(),
            [b"E\xff\xff\xff\xff".as_slice(), &vec![0; MAX_BYTES * 2]].concat(),
            [b"\xff\xff\xff\x00".as_slice(), &vec![0; MAX_BYTES * 2]].concat(),
        ];
        for (index, bytes) in endless.into_iter().enumerate() {
            let error = run(*protocol, vec![(bytes, true)], usize::MAX, false).await.unwrap_err();
            let codes = ["starttls.too_long", "starttls.unexpected_reply", "starttls.unasked", "starttls.not_offered"];
            assert!(codes.contains(&error.code.as_str()), "{protocol} {index}: {} {}", error.code, error.message);
            assert!(error.message.len() < 1000, "{protocol} {index}: quoted in full");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn garbage_is_an_error_and_no_panic() {
    // xorshift64 (Marsaglia 2003)
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for protocol in Protocol::value_variants() {
        for _ in 0..300 {
            let mut steps = owned(good(*protocol));
            // One byte of what the server says becomes another one, or all after it is gone.
            let says: Vec<usize> = steps.iter().enumerate().filter(|(_, (_, say))| *say).map(|(at, _)| at).collect();
            let at = says[next() as usize % says.len()];
            let byte = next() as usize % steps[at].0.len();
            steps[at].0[byte] = (next() >> 32) as u8;
            if next() % 4 == 0 {
                steps[at].0.truncate(byte + 1);
            }
            // A changed letter in a text for people changes nothing: then it is a good server still.
            let _ = run(*protocol, steps, usize::MAX, true).await;
        }
    }
}

/// What each protocol has for "no", and which code that is.
#[tokio::test(start_paused = true)]
async fn servers_that_say_no() {
    use Protocol as P;
    let cases: &[(Protocol, &[Step], &str, &str)] = &[
        (P::Smtp, &[Say(b"554 no service\r\n")], "starttls.refused", "554 no service"),
        (
            P::Smtp,
            &[Say(b"220 x\r\n"), Hear(b"EHLO [192.0.2.1]\r\n"), Say(b"250-STARTTLS\r\n250 SIZE\r\n")],
            "starttls.not_offered",
            "SIZE",
        ),
        (
            P::Smtp,
            &[Say(b"220 x\r\n"), Hear(b"EHLO [192.0.2.1]\r\n"), Say(b"502 what?\r\n")],
            "starttls.not_offered",
            "502 what?",
        ),
        (
            P::Smtp,
            &[Say(b"220 x\r\n"), Hear(b"EHLO [192.0.2.1]\r\n"), Say(b"421 busy\r\n")],
            "starttls.refused",
            "421 busy",
        ),
        (
            P::Smtp,
            &[
                Say(b"220 x\r\n"),
                Hear(b"EHLO [192.0.2.1]\r\n"),
                Say(b"250-x\r\n250 STARTTLS\r\n"),
                Hear(b"STARTTLS\r\n"),
                Say(b"454 not now\r\n"),
            ],
            "starttls.refused",
            "454 not now",
        ),
        (P::Smtp, &[Say(b"220-x\r\n221 y\r\n")], "starttls.unexpected_reply", "221 y"),
        (P::Smtp, &[Say(b"22\xc3\xa4 x\r\n")], "starttls.unexpected_reply", "greeting"),
        (P::Smtp, &[Say(b"* OK IMAP\r\n")], "starttls.unexpected_reply", "* OK IMAP"),
        (P::Smtp, &[Say(b"220 x\r\n250-x\r\n250 STARTTLS\r\n220 y\r\n")], "starttls.unasked", "250 STARTTLS"),
        (P::Imap, &[Say(b"* PREAUTH welcome\r\n")], "starttls.refused", "PREAUTH"),
        (P::Imap, &[Say(b"* BYE no\r\n")], "starttls.refused", "BYE"),
        (
            P::Imap,
            &[Say(b"* OK\r\n"), Hear(b"a1 CAPABILITY\r\n"), Say(b"* CAPABILITY IMAP4rev1\r\na1 OK\r\n")],
            "starttls.not_offered",
            "IMAP4rev1",
        ),
        (
            P::Imap,
            &[Say(b"* OK\r\n"), Hear(b"a1 CAPABILITY\r\n"), Say(b"a1 OK\r\n")],
            "starttls.unexpected_reply",
            "a1 OK",
        ),
        (P::Imap, &[Say(b"* OK\r\n"), Hear(b"a1 CAPABILITY\r\n"), Say(b"a1 BAD\r\n")], "starttls.refused", "a1 BAD"),
        (
            P::Imap,
            &[Say(b"* OK\r\n"), Hear(b"a1 CAPABILITY\r\n"), Say(b"a2 OK\r\n")],
            "starttls.unexpected_reply",
            "a2 OK",
        ),
        (
            P::Imap,
            &[
                Say(b"* OK\r\n"),
                Hear(b"a1 CAPABILITY\r\n"),
                Say(b"* CAPABILITY STARTTLS\r\na1 OK\r\n"),
                Hear(b"a2 STARTTLS\r\n"),
                Say(b"a2 NO broken\r\n"),
            ],
            "starttls.refused",
            "a2 NO broken",
        ),
        (P::Pop3, &[Say(b"-ERR locked\r\n")], "starttls.refused", "-ERR locked"),
        (P::Pop3, &[Say(b"+OK\r\n"), Hear(b"CAPA\r\n"), Say(b"+OK\r\nTOP\r\n.\r\n")], "starttls.not_offered", "TOP"),
        (
            P::Pop3,
            &[Say(b"+OK\r\n"), Hear(b"CAPA\r\n"), Say(b"-ERR\r\n"), Hear(b"STLS\r\n"), Say(b"-ERR what?\r\n")],
            "starttls.refused",
            "-ERR what?",
        ),
        (P::Pop3, &[Say(b"220 mail\r\n")], "starttls.unexpected_reply", "220 mail"),
        (P::Ftp, &[Say(b"421 full\r\n")], "starttls.refused", "421 full"),
        (P::Ftp, &[Say(b"220 x\r\n"), Hear(b"AUTH TLS\r\n"), Say(b"502 no\r\n")], "starttls.not_offered", "502 no"),
        (P::Ftp, &[Say(b"220 x\r\n"), Hear(b"AUTH TLS\r\n"), Say(b"431 later\r\n")], "starttls.refused", "431 later"),
        (P::Ftp, &[Say(b"SSH-2.0-x\r\n")], "starttls.unexpected_reply", "SSH-2.0-x"),
        (P::Postgres, &[Hear(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), Say(b"N")], "starttls.not_offered", "\"N\""),
        (
            P::Postgres,
            &[Hear(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), Say(b"E\x00\x00\x00\x12SFATAL\0Mfull\0\0")],
            "starttls.refused",
            "\"full\"",
        ),
        (P::Postgres, &[Hear(&[0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), Say(b"H")], "starttls.unexpected_reply", "\"H\""),
        (P::Mysql, &[Say(MYSQL_WITHOUT)], "starttls.not_offered", "8.0"),
        (P::Mysql, &[Say(b"\x0b\x00\x00\x00\xff\x6a\x04blocked!")], "starttls.refused", "blocked!"),
        (P::Mysql, &[Say(b"\x05\x00\x00\x00\x0a8.0\x00")], "starttls.unexpected_reply", "8.0"),
        (P::Mysql, &[Say(b"220 mail\r\n")], "starttls.unexpected_reply", "220"),
        (
            P::Ldap,
            &[
                Hear(LDAP_REQUEST),
                Say(b"\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x02\x04\x00\x04\x00"),
            ],
            "starttls.not_offered",
            "protocolError",
        ),
        (
            P::Ldap,
            &[Hear(LDAP_REQUEST), Say(b"\x30\x0e\x02\x01\x01\x78\x09\x0a\x01\x34\x04\x00\x04\x02no")],
            "starttls.refused",
            "unavailable) no",
        ),
        (
            P::Ldap,
            &[Hear(LDAP_REQUEST), Say(b"\x30\x0e\x02\x01\x00\x78\x09\x0a\x01\x34\x04\x00\x04\x02no")],
            "starttls.refused",
            "the connection",
        ),
        (P::Ldap, &[Hear(LDAP_REQUEST), Say(b"\x30\x03\x02\x01\x01")], "starttls.unexpected_reply", ""),
        (P::Xmpp, &[Say(b"<stream:stream><stream:features/>")], "starttls.not_offered", "starttls"),
        (
            P::Xmpp,
            &[Say(b"<stream:stream><stream:features><starttls xmlns='other'/></stream:features>")],
            "starttls.not_offered",
            "starttls",
        ),
        (
            P::Xmpp,
            &[Say(b"<stream:stream><stream:error><host-unknown xmlns='x'/></stream:error>")],
            "starttls.refused",
            "host-unknown",
        ),
        (P::Xmpp, &[Say(b"<!DOCTYPE a>")], "starttls.unexpected_reply", "<!"),
        (P::Xmpp, &[Say(b"<html>")], "starttls.unexpected_reply", "<html>"),
        (P::Xmpp, &[Say(b"220 mail\r\n")], "starttls.unexpected_reply", "220 mail"),
        (P::Sieve, &[Say(b"\"SIEVE\" \"\"\r\nOK\r\n")], "starttls.not_offered", "SIEVE"),
        (P::Sieve, &[Say(b"BYE \"no\"\r\n")], "starttls.refused", "BYE"),
        (
            P::Sieve,
            &[Say(b"\"STARTTLS\"\r\nOK\r\n"), Hear(b"STARTTLS\r\n"), Say(b"NO \"no key\"\r\n")],
            "starttls.refused",
            "no key",
        ),
        (P::Sieve, &[Say(b"* OK\r\n")], "starttls.unexpected_reply", "* OK"),
        (P::Nntp, &[Say(b"502 go away\r\n")], "starttls.refused", "502 go away"),
        (
            P::Nntp,
            &[Say(b"200 x\r\n"), Hear(b"CAPABILITIES\r\n"), Say(b"101\r\nREADER\r\n.\r\n")],
            "starttls.not_offered",
            "READER",
        ),
        (
            P::Nntp,
            &[
                Say(b"200 x\r\n"),
                Hear(b"CAPABILITIES\r\n"),
                Say(b"500\r\n"),
                Hear(b"STARTTLS\r\n"),
                Say(b"500 what?\r\n"),
            ],
            "starttls.not_offered",
            "500 what?",
        ),
        (
            P::Nntp,
            &[Say(b"200 x\r\n"), Hear(b"CAPABILITIES\r\n"), Say(b"500\r\n"), Hear(b"STARTTLS\r\n"), Say(b"580 no\r\n")],
            "starttls.refused",
            "580 no",
        ),
        (
            P::Irc,
            &[Hear(IRC_REQUEST), Say(b":x 421 * CAP :what?\r\n:x 421 * STARTTLS :Unknown command\r\n")],
            "starttls.not_offered",
            "421 * STARTTLS",
        ),
        (P::Irc, &[Hear(IRC_REQUEST), Say(b":x CAP * LS :away\r\n")], "starttls.not_offered", "LS :away"),
        (P::Irc, &[Hear(IRC_REQUEST), Say(b":x 691 * :no\r\n")], "starttls.refused", "691"),
        (P::Irc, &[Hear(IRC_REQUEST), Say(b"ERROR :banned\r\n")], "starttls.refused", "banned"),
        (P::Irc, &[Hear(IRC_REQUEST), Say(b"HTTP/1.1 400 Bad Request\r\n")], "starttls.unexpected_reply", "HTTP/1.1"),
    ];
    for (protocol, steps, code, word) in cases {
        let error = fails(*protocol, steps).await;
        assert_eq!(error.code, *code, "{protocol}: {}", error.message);
        assert!(error.message.contains(word), "{protocol}: no {word:?} in {}", error.message);
        assert!(!error.fix.is_empty() && error.section.is_some(), "{protocol}");
    }
}

#[test]
fn ports_and_names() {
    for protocol in Protocol::value_variants() {
        assert_eq!(Protocol::usual_on(protocol.port()), Some(*protocol));
        assert_eq!(Protocol::from_str(&protocol.to_string(), false), Ok(*protocol));
    }
    assert_eq!(Protocol::usual_on(587), Some(Protocol::Smtp));
    assert_eq!(Protocol::usual_on(443), None);
}
