//! Writes the seeds that the targets start from: RFC 8448, real certificates, whole handshakes.
//!
//! `seeds DIRECTORY` makes `DIRECTORY/<target>/<name>` for every target.

use std::{fs, io, path::Path};

use tlsmith::{
    Connection,
    auth::{Brotli, CertificateCompression, Zlib, Zstd},
    conn::MAX_RECORD,
    registry::{CipherSuite, NamedGroup, ProtocolVersion},
    session::{PolicyId, ServerSession, TicketKeys, ticket_keys::NamedKey},
};
use tlsmith_crypto::{Secret, aws_lc::AwsLc};
use tlsmith_fuzz::{
    CHAIN_PEM, KEY_PEM, LOG_LIST, NOW, anchors, chain,
    null_crypto::NullCrypto,
    roles::{self, Answers::AtOnce},
    sessions, tickets,
};
use tlsmith_x509::{TrustAnchors, UnixTime};

/// CRLs that OpenSSL issued: one of all, one of a partition with reasons and a date.
const CRLS: [(&str, &[u8]); 2] =
    [("complete", include_bytes!("../data/complete.crl")), ("partition", include_bytes!("../data/partition.crl"))];

/// What OpenSSL's responder said.
const OCSP: [(&str, &[u8]); 3] = [
    ("good", include_bytes!("../../crates/tlsmith-x509/src/revocation/ocsp/good.der")),
    ("revoked", include_bytes!("../../crates/tlsmith-x509/src/revocation/ocsp/revoked.der")),
    ("unknown", include_bytes!("../../crates/tlsmith-x509/src/revocation/ocsp/unknown.der")),
];

/// Lists of timestamps by the logs of `data`, with signatures of the right form.
fn sct_lists() -> [(&'static str, Vec<u8>); 3] {
    let vector = |content: &[u8]| {
        let length = u16::try_from(content.len()).expect("a short vector");
        [&length.to_be_bytes()[..], content].concat()
    };
    let sct = |log: usize| {
        let id = chain()[log].spki_sha256(&AwsLc);
        let at = (NOW.0 as u64 - 86_400) * 1000;
        let sct = [&[0][..], &id, &at.to_be_bytes(), &vector(&[0, 0, 5, 0, 0, 0, 1, 2]), &[4, 3], &vector(&[9; 70])];
        vector(&sct.concat())
    };
    let (one, other, later) = (sct(0), sct(1), vector(&[1, 2, 3]));
    [
        ("one", vector(&one)),
        ("two", vector(&[&one[..], &other].concat())),
        ("version-2", vector(&[&later[..], &other].concat())),
    ]
}

/// What OpenSSL wrote under [`tlsmith_fuzz::PASSPHRASE`].
const CONTAINERS: [(&str, &[u8]); 5] = [
    ("modern", include_bytes!("../data/modern.p12")),
    ("legacy", include_bytes!("../data/legacy.p12")),
    ("pkcs7", include_bytes!("../data/chain.p7b")),
    ("pbes2", include_bytes!("../data/pbes2.key.pem")),
    ("traditional", include_bytes!("../data/traditional.key.pem")),
];

const TRACES: [&str; 5] = [
    include_str!("../../crates/tlsmith/tests/data/rfc8448/simple.txt"),
    include_str!("../../crates/tlsmith/tests/data/rfc8448/resumed.txt"),
    include_str!("../../crates/tlsmith/tests/data/rfc8448/retry.txt"),
    include_str!("../../crates/tlsmith/tests/data/rfc8448/client_auth.txt"),
    include_str!("../../crates/tlsmith/tests/data/rfc8448/compat.txt"),
];

fn main() -> io::Result<()> {
    let Some(directory) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("usage: seeds DIRECTORY"));
    };
    let directory = Path::new(&directory);
    messages(directory)?;
    certificates(directory)?;
    compressed(directory)?;
    sealed(directory)?;
    handshakes(directory)
}

fn write(directory: &Path, target: &str, name: &str, data: &[u8]) -> io::Result<()> {
    let directory = directory.join(target);
    fs::create_dir_all(&directory)?;
    fs::write(directory.join(name), data)
}

/// A Certificate message by each algorithm.
fn compressed(directory: &Path) -> io::Result<()> {
    let algorithms: [&dyn CertificateCompression; 3] = [&Zlib, &Brotli, &Zstd];
    let message = [&[0, 0, 8, 0, 0, 8, 3][..], &[0x30; 0x803], &[0, 0]].concat();
    for algorithm in algorithms {
        let Some(data) = algorithm.compress(&message) else { continue };
        let lengths = [u32::try_from(message.len()), u32::try_from(data.len())];
        let [Ok(unpacked), Ok(packed)] = lengths.map(|length| length.map(u32::to_be_bytes)) else { continue };
        let body = [&algorithm.algorithm().0.to_be_bytes()[..], &unpacked[1..], &packed[1..], &data].concat();
        write(directory, "compressed_certificate", &algorithm.algorithm().to_string(), &body)?;
    }
    Ok(())
}

fn messages(directory: &Path) -> io::Result<()> {
    for (trace, text) in TRACES.iter().enumerate() {
        let lines = text.lines().enumerate().filter_map(|(number, line)| Some((number, line.split_once(" = ")?)));
        for (number, (name, hex)) in lines {
            let bytes = unhex(hex);
            let label = format!("rfc8448-{trace}-{number}");
            match (name, bytes.first()) {
                ("payload", Some(kind @ (1 | 2 | 4 | 5 | 8 | 11 | 13 | 15 | 20))) if bytes.len() >= 4 => {
                    write(directory, "handshake", &label, &[&[*kind], &bytes[4..]].concat())?;
                    let target = if *kind == 1 { "client_hello" } else { "server_hello" };
                    if *kind <= 2 {
                        write(directory, target, &label, &bytes[4..])?;
                    }
                    if let Some((place, block)) = extension_block(&bytes) {
                        write(directory, "extensions", &label, &[&[place], block].concat())?;
                    }
                }
                ("complete record", _) => {
                    write(directory, "records", &label, &bytes)?;
                    let choice = u8::try_from(number % 3).unwrap_or_default();
                    write(directory, "tls12_records", &label, &[&[choice], &bytes[..]].concat())?;
                }
                (_, Some(kind)) if bytes.len() >= 4 && is_message_name(name) => {
                    write(directory, "handshake", &label, &[&[*kind], &bytes[4..]].concat())?;
                }
                _ => (),
            }
        }
    }
    Ok(())
}

/// `ClientHello` and the like, not `PRK` or `complete record`.
fn is_message_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

/// The extensions of a hello, and the index of its place.
fn extension_block(message: &[u8]) -> Option<(u8, &[u8])> {
    let session_id = usize::from(*message.get(38)?);
    let after = 39 + session_id;
    match message.first()? {
        1 => {
            let suites = usize::from(u16::from_be_bytes([*message.get(after)?, *message.get(after + 1)?]));
            let compression = usize::from(*message.get(after + 2 + suites)?);
            Some((0, message.get(after + 2 + suites + 1 + compression + 2..)?))
        }
        2 => Some((1, message.get(after + 5..)?)),
        _ => None,
    }
}

fn certificates(directory: &Path) -> io::Result<()> {
    let mozilla = TrustAnchors::mozilla();
    let some = mozilla.certificates().iter().step_by(7).chain(chain()).chain(anchors().certificates());
    for (number, certificate) in some.enumerate() {
        write(directory, "certificate", &number.to_string(), certificate.der())?;
        write(directory, "spki", &number.to_string(), certificate.spki())?;
    }
    for (name, crl) in CRLS {
        write(directory, "crl", name, crl)?;
    }
    for (name, response) in OCSP {
        write(directory, "ocsp", name, response)?;
    }
    write(directory, "log_list", "two", LOG_LIST)?;
    for (name, list) in sct_lists() {
        write(directory, "sct_list", name, &list)?;
    }
    for (name, container) in CONTAINERS {
        write(directory, "pkcs12", name, container)?;
    }
    write(directory, "pem", "chain", CHAIN_PEM)?;
    write(directory, "pem", "noise", &[b"text before\r\n", KEY_PEM, b"text between\n", CHAIN_PEM].concat())?;
    write(directory, "key", "pkcs8", KEY_PEM)?;
    write(directory, "key", "not-a-key", CHAIN_PEM)?;
    for (number, key) in [include_str!("../data/leaf.key.pem")].iter().enumerate() {
        let base64: String = key.lines().filter(|line| !line.starts_with('-')).collect();
        write(directory, "key", &format!("der-{number}"), &unbase64(&base64))?;
    }
    for name in ["example.test", "[2001:db8::1]", "192.0.2.1", "xn--bcher-kva.example.", "*.a", "::ffff:1.2.3.4"] {
        write(directory, "name", &name.replace([':', '[', ']', '*'], "_"), name.as_bytes())?;
    }
    let certificates: Vec<_> = chain().iter().chain(anchors().certificates()).map(|one| one.der()).collect();
    let listed = certificates.iter().flat_map(|der| {
        let length = u16::try_from(der.len()).expect("a short certificate");
        [&length.to_be_bytes()[..], der].concat()
    });
    let listed: Vec<u8> = listed.collect();
    for (name, first) in [("anchored", [0b100, 0]), ("no-anchor", [0, 0]), ("address", [0b100, 4]), ("client", [6, 1])]
    {
        write(directory, "path", name, &[&first[..], &listed].concat())?;
    }
    // A leaf of 1 below CA 2 below the anchor 3, and a cross-signed CA 2 besides.
    let leaf = [0x21, 0x20, 0x09, 1, 7, 0, 0, 0];
    let middle = [0x32, 1, 0x11, 0, 7, 0, 0, 0];
    let cross = [0x42, 1, 0x11, 0, 0, 0, 7, 0];
    let anchor = [0x33, 0x1a, 2, 0, 7, 0, 0, 0];
    write(directory, "path", "graph", &[&[0, 128][..], &leaf, &middle, &cross, &anchor].concat())?;
    Ok(())
}

/// Sessions, tickets that hold them, and files of keys, each behind the byte that says which it is.
fn sealed(directory: &Path) -> io::Result<()> {
    let provider = NullCrypto::default();
    let keys = tickets::keys(&[7; 32]);
    let session = |full: bool| ServerSession {
        version: ProtocolVersion::TLS1_3,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        secret: Secret::new(&[7; 32]),
        issued_at: NOW.into(),
        lifetime: 7200,
        age_add: 5,
        trusted_until: NOW,
        server_name: full.then(|| String::from("example.test")),
        alpn: full.then(|| b"h2".to_vec()),
        extended_main_secret: full,
        group: full.then_some(NamedGroup::X25519),
        peer_certificates: if full { chain().to_vec() } else { Vec::new() },
        policy: full.then_some(PolicyId([1; 32])),
        max_early_data: 16_384,
        context: if full { b"here".to_vec() } else { Vec::new() },
    };
    for (name, full) in [("anonymous", false), ("mutual", true)] {
        let encoded = session(full).encode();
        write(directory, "ticket", name, &[&[0], encoded.as_slice()].concat())?;
        for (kind, label) in [(1, "forged"), (2, "sealed")] {
            let ticket = tickets::seal(&keys, &provider, &encoded);
            write(directory, "ticket", &format!("{name}-{label}"), &[&[kind], ticket.as_slice()].concat())?;
        }
    }
    let list =
        (1..4).map(|n| NamedKey { name: [n; 16], key: Secret::new(&[n; 32]), from: UnixTime(NOW.0 + i64::from(n)) });
    let list = TicketKeys::from_keys(list.collect(), 3600).expect("a list of keys");
    for (name, keys) in [("root", &keys), ("list", &list)] {
        let file = keys.export(&provider, NOW);
        write(directory, "ticket", name, &[&[3], file.as_bytes()].concat())?;
    }
    Ok(())
}

/// Whole handshakes in memory, both directions recorded.
fn handshakes(directory: &Path) -> io::Result<()> {
    for client_options in [0, 1, 2, 4, 8, 16, 32, 63] {
        for server_options in [0, 1, 2, 12] {
            let (to_client, to_server) =
                talk(roles::client(client_options, AtOnce), roles::server(server_options, AtOnce));
            let name = format!("{client_options}-{server_options}");
            write(directory, "client", &name, &[&[client_options, 3], &to_client[..]].concat())?;
            write(directory, "server", &name, &[&[server_options, 3], &to_server[..]].concat())?;
        }
    }
    // Resumed, with early data and without, at once and after a retry.
    for client_options in [0, 32, 64, 128, 128 + 64 + 32] {
        for server_options in [0, 1, 64] {
            let (client, server) = (sessions::client(client_options, AtOnce), sessions::server(server_options, AtOnce));
            let (to_client, to_server) = talk(client, server);
            let name = format!("{client_options}-{server_options}");
            write(directory, "resuming_client", &name, &[&[client_options, 3], &to_client[..]].concat())?;
            write(directory, "resuming_server", &name, &[&[server_options, 3], &to_server[..]].concat())?;
        }
    }
    // TLS 1.2: full, with a pre-shared key, resumed by a ticket and by an ID.
    for client_options in [0, 8, 16, 32, 64, 128] {
        for server_options in [0, 2, 32, 64] {
            let client = sessions::tls12_client(client_options, AtOnce);
            let (to_client, to_server) = talk(client, sessions::tls12_server(server_options, AtOnce));
            let name = format!("{client_options}-{server_options}");
            write(directory, "tls12_client", &name, &[&[client_options, 3], &to_client[..]].concat())?;
            write(directory, "tls12_server", &name, &[&[server_options, 3], &to_server[..]].concat())?;
        }
    }
    for (number, ticket) in sessions::tickets().iter().enumerate() {
        write(directory, "ticket", &format!("plain-{number}"), &[&[0], ticket.as_slice()].concat())?;
    }
    Ok(())
}

/// Lets two connections talk until neither has anything to say; returns what each was told.
fn talk(client: roles::Start, server: roles::Start) -> (Vec<u8>, Vec<u8>) {
    let (mut client, mut to_server) = (client.connection, client.sent);
    let (mut server, mut to_client) = (server.connection, server.sent);
    let (mut client_at, mut server_at) = (0, 0);
    let mut said = 0;
    loop {
        let server_moved = hear(&mut server, &to_server, &mut server_at, &mut to_client);
        let client_moved = hear(&mut client, &to_client, &mut client_at, &mut to_server);
        if server_moved || client_moved {
            continue;
        }
        said += 1;
        if said > 3 {
            return (to_client, to_server);
        }
        for (connection, out) in [(&mut client, &mut to_server), (&mut server, &mut to_client)] {
            match said {
                1 => drop(connection.send(b"some data", out)),
                2 => drop(connection.update_keys(true, out)),
                _ => connection.send_close(out),
            }
        }
    }
}

fn hear(connection: &mut Connection, stream: &[u8], at: &mut usize, out: &mut Vec<u8>) -> bool {
    let mut moved = false;
    loop {
        let mut input = stream[*at..].iter().copied().take(MAX_RECORD).collect::<Vec<_>>();
        match connection.handle_input(&mut input, out) {
            Ok(received) if received.consumed > 0 => *at += received.consumed,
            _ => return moved,
        }
        moved = true;
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn unbase64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for value in text.bytes().filter_map(|byte| ALPHABET.iter().position(|known| *known == byte)) {
        bits = bits << 6 | u32::try_from(value).unwrap_or_default();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    out
}
